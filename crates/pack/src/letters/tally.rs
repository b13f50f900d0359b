//! What a letter may say of a vote, and which of it only once it was counted. It counts nothing and knows no slip.

use kernel::mechanism::Mechanism;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What may be said of a vote from the moment at which it is opened.
const OPENED: [&str; 8] = ["eligible", "from", "majority_rule", "name", "per", "quorum", "quorum_rule", "to"];
/// What is only known after the count.
const COUNTED: [&str; 8] = ["majority", "online", "paper", "present", "proxy", "reached", "result", "said"];

/// A vote in words.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct TallyWords {
    /// What is voted on.
    pub name: String,
    /// What has one slip.
    pub per: String,
    /// How many slips there are.
    pub eligible: String,
    /// How many have to take part.
    pub quorum: String,
    /// The same as the rule says it.
    pub quorum_rule: String,
    /// How many have to be for it, as the rule says it.
    pub majority_rule: String,
    /// The day on which slips were given out.
    pub from: String,
    /// The last day.
    pub to: String,
    /// What is known after the count; nothing of it before.
    #[serde(flatten)]
    pub counted: Option<CountedWords>,
}

/// A counted vote in words.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct CountedWords {
    /// How many slips were counted.
    pub present: String,
    /// How many of them on paper.
    pub paper: String,
    /// How many of them online.
    pub online: String,
    /// How many of them by somebody whom the holder sent.
    pub proxy: String,
    /// Whether enough took part.
    pub reached: String,
    /// How many had to be for it.
    pub majority: String,
    /// How often each option was chosen.
    pub counts: BTreeMap<String, String>,
    /// What came of it.
    pub result: String,
    /// All of it in sentences.
    pub said: String,
}

/// Every name that a template may use of the votes of a mechanism.
pub(super) fn known(mechanism: &Mechanism) -> impl Iterator<Item = String> + '_ {
    mechanism.vote.iter().flat_map(|(id, vote)| {
        let keys = OPENED.iter().chain(&COUNTED).map(move |key| format!("votes.{id}.{key}"));
        let options = vote.options.iter().map(move |o| format!("votes.{id}.counts.{}", o.id));
        keys.chain(options).chain([format!("votes.{id}")])
    })
}

/// Where a vote stands when a letter is issued.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Stage {
    /// It was never opened.
    Never,
    /// Ballots are taken, or not yet counted.
    Running,
    /// It was counted.
    Counted,
}

/// The votes that a template speaks of, and whether of their count. Empty for what is no template.
pub(crate) fn spoken_of(mechanism: &Mechanism, template: &str) -> BTreeMap<String, bool> {
    let env = super::environment();
    let named = env.template_from_str(template).map(|t| t.undeclared_variables(true)).unwrap_or_default();
    let parts: BTreeSet<Vec<&str>> = named.iter().map(|n| n.split('.').collect()).collect();
    let mut spoken: BTreeMap<String, bool> = BTreeMap::new();
    for part in parts {
        let ["votes", id, rest @ ..] = &part[..] else { continue };
        if mechanism.vote.contains_key(*id) {
            *spoken.entry((*id).to_owned()).or_default() |=
                rest.first().is_some_and(|key| *key == "counts" || COUNTED.contains(key));
        }
    }
    spoken
}

/// Whether the letter can be written where this vote stands so, and everything else that it names is there.
pub(crate) fn can_be_written(mechanism: &Mechanism, letter: &str, vote: &str, stage: Stage) -> bool {
    let Some(spec) = mechanism.letter.get(letter) else { return true };
    let word = || "…".to_owned();
    let mut context = super::Context {
        fields: spec.fields.iter().map(|f| (f.clone(), word())).collect(),
        clocks: mechanism
            .clock
            .keys()
            .map(|c| (c.clone(), super::ClockWords { due: word(), length: word() }))
            .collect(),
        ..super::Context::default()
    };
    for (id, v) in &mechanism.vote {
        let counts = v.options.iter().map(|o| (o.id.clone(), word())).collect();
        let counted = CountedWords { counts, ..CountedWords::default() };
        let at = if id == vote { stage } else { Stage::Counted };
        let words = TallyWords { counted: (at == Stage::Counted).then_some(counted), ..TallyWords::default() };
        if at != Stage::Never {
            context.votes.insert(id.clone(), words);
        }
    }
    super::render(&spec.template, &context).is_ok()
}
