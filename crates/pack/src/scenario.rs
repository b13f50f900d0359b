//! Scenarios (场景): stories that an official can read, played through the kernel step by step. They show that a pack does
//! what it is meant to do; that it can do no harm is the checker's to prove. Only `kernel::decide` moves anything here.

mod alike;
pub(crate) mod ballot;
pub(crate) mod kin;
mod names;
mod papers;
mod then;
mod told;

use crate::demo_directory::{DemoDirectory, Rows};
use crate::fault::Fault;
use crate::packs::{PackSet, missing_values};
use crate::schema::read;
use crate::source::parse;
use kernel::calendar::Calendar;
use kernel::chain::{HashAlg, hex};
use kernel::decide::{Actor, Command, Context, Decision, Opening, decide, raise_from};
use kernel::entry::Entry;
use kernel::file::CaseFile;
use kernel::form::{Filled, check};
use kernel::guard::Guard;
use kernel::mechanism::{Mechanism, RAISE};
use kernel::permit::acts_as;
use kernel::refusal::{FieldError, Refusal, Rule};
use kernel::region::RegionCode;
use kernel::text::Text;
use kernel::time::Timestamp;
use serde::Deserialize;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use told::{Told, left_out, unmet, words};

/// What scenarios call the raiser.
pub const RESIDENT: &str = "resident";
/// What they call the clock, which only waits.
pub const CLOCK: &str = "clock";

/// A scenario as read.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    name: Text,
    region: RegionCode,
    #[serde(default)]
    overlay: Overlay,
    #[serde(default)]
    set: Rows,
    step: Vec<Step>,
}

/// Which variant is played: the region's own (the default), another region's, or the national one (`false`).
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Overlay {
    Own(bool),
    Of(RegionCode),
}

impl Default for Overlay {
    fn default() -> Overlay {
        Overlay::Own(true)
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    at: String,
    who: String,
    #[serde(rename = "do", default)]
    what: String,
    #[serde(default)]
    with: BTreeMap<String, Json>,
    #[serde(default)]
    part: Option<String>,
    #[serde(default)]
    occurred: Option<String>,
    #[serde(default)]
    vote: Option<String>,
    #[serde(default)]
    slip: Option<u32>,
    #[serde(default)]
    for_slip: Option<u32>,
    #[serde(default)]
    choice: Option<String>,
    #[serde(default)]
    paper: Option<ballot::Paper>,
    #[serde(default)]
    used: BTreeMap<String, u32>,
    /// How many matters of the category the system counts for each number that an action counts.
    #[serde(default)]
    counted: BTreeMap<String, u32>,
    /// What repeats, where that is why it is raised.
    #[serde(default)]
    repeats: Option<alike::Repeating>,
    #[serde(default)]
    then: Then,
    #[serde(default)]
    refused: Option<String>,
    /// Where the other matter stands that this one is about: `open`, `ended` (the default), `archived`, `erased`.
    #[serde(default)]
    about: Option<String>,
    /// The body for which another matter has this one raised (`who = "clock"`).
    #[serde(default, rename = "for")]
    raised_for: Option<String>,
    /// The child that this step is about: it `ended`, with facts of its own, or was `not_raised`.
    #[serde(default)]
    child: Option<String>,
}

impl Step {
    fn ballot(&self) -> Option<Command> {
        ballot::command(self.vote.as_deref()?, self.paper.as_ref(), [self.slip, self.for_slip], self.choice.as_deref())
    }
}

/// What must hold after a step.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Then {
    state: Option<String>,
    holder: Option<String>,
    #[serde(default)]
    due: BTreeMap<String, String>,
    #[serde(default)]
    overdue: BTreeSet<String>,
    overdue_listed: Option<bool>,
    heard: Option<String>,
    answered: Option<bool>,
    ended: Option<bool>,
    letter: Option<String>,
    #[serde(default)]
    served: Option<String>,
    #[serde(default)]
    facts: BTreeMap<String, String>,
    /// The state of each part, by the name of its body or, for tasks, by its key.
    #[serde(default)]
    parts: BTreeMap<String, String>,
    #[serde(default)]
    may: Vec<String>,
    #[serde(default)]
    may_not: Vec<String>,
    #[serde(default)]
    children: BTreeMap<String, String>,
    /// What a body may not know yet: the fields by the body's name; and what it may know.
    #[serde(default)]
    hidden: BTreeMap<String, BTreeSet<String>>,
    #[serde(default)]
    shown: BTreeMap<String, BTreeSet<String>>,
    published: Option<bool>,
    plans: Option<BTreeSet<String>>,
    places: Option<u32>,
}

/// What a step did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StepLog {
    /// Its number in the file, from 1.
    pub step: usize,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub who: String,
    /// What.
    pub what: String,
    /// The rule that refused it, as the file expected.
    pub refused: Option<&'static str>,
    /// The conditions that did not hold, where it was refused because of them.
    pub unmet: Vec<Guard>,
    /// The fields that a refused form left out though they were asked for.
    pub left_out: BTreeSet<String>,
    /// The roles that separation of duty kept this person from, where it was refused so.
    pub apart: BTreeSet<String>,
    /// The state after it.
    pub state: String,
    /// Who holds the matter after it: the name of a body, or `resident`; none after the end.
    pub holder: Option<String>,
    /// The entries that it left.
    pub entries: Vec<Entry>,
}

/// Plays a scenario file of a mechanism.
///
/// # Errors
/// What cannot be read, or the first step that went otherwise than the file says: file, line, step, expected and got.
pub fn run_scenario(
    packs: &PackSet,
    directory: &DemoDirectory,
    calendar: &Calendar,
    mechanism: &str,
    file: &str,
    text: &str,
) -> Result<Vec<StepLog>, Vec<Fault>> {
    let root = parse(file, text.as_bytes())?;
    let mut faults = Vec::new();
    let scenario = read::<Scenario>(&root, "", &mut faults).filter(|_| faults.is_empty()).ok_or(faults)?;
    let mechanism = match &scenario.overlay {
        Overlay::Own(true) => packs.effective(mechanism, &scenario.region)?,
        Overlay::Own(false) => packs.base(mechanism)?,
        Overlay::Of(region) => packs.effective(mechanism, region)?,
    };
    let directory = &ballot::with_rows(directory, &scenario.set);
    let (file, beside) = (CaseFile::default(), ballot::Beside::default());
    let mut stage = Stage { mechanism, directory, calendar, region: scenario.region, file, beside };
    let mut logs = Vec::new();
    for (i, step) in scenario.step.iter().enumerate() {
        let node = root.get_deep(&format!("step.{i}")).unwrap_or(&root);
        let told = Told { node, step: i + 1, name: &scenario.name };
        logs.push(stage.play(step, &told).map_err(|f| vec![*f])?);
    }
    Ok(logs)
}

struct Stage<'a> {
    mechanism: Arc<Mechanism>,
    directory: &'a DemoDirectory,
    calendar: &'a Calendar,
    region: RegionCode,
    file: CaseFile,
    beside: ballot::Beside,
}

impl Stage<'_> {
    fn play(&mut self, step: &Step, told: &Told<'_>) -> Result<StepLog, Box<Fault>> {
        let now = time(&step.at, "at", told)?;
        let occurred = step.occurred.as_deref().map(|o| time(o, "occurred", told)).transpose()?;
        let actor = self.actor(&step.who, told)?;
        let mut seed = [0; 16];
        seed[..8].copy_from_slice(&(told.step as u64).to_be_bytes());
        let mechanism = self.mechanism.clone();
        let (calendar, directory) = (self.calendar, self.directory);
        let used = |id: &str| step.used.get(id).or_else(|| step.counted.get(id)).copied().unwrap_or_default();
        let mut outside = self.beside.outside(&mechanism, &self.file, directory, &used);
        outside.about = self.stands(step, told)?;
        let ctx =
            Context { mechanism: &mechanism, calendar, directory, now, seed, hash: HashAlg::Sha256, outside: &outside };
        let outcome = self.outcome(&ctx, &actor, step, occurred, told)?;
        let refused = match (outcome, &step.refused) {
            (Ok(decision), None) => {
                self.beside.take(&decision.entries, &decision.personal);
                let entries = kin::carried(&ctx, decision.entries, decision.file, &mut self.file);
                return self.log(step, now, None, entries, &ctx, &actor, told);
            }
            (Err(refusal), Some(expected)) => {
                told.same("refused", expected, refusal.rule.code())?;
                refusal.rule
            }
            (Ok(_), Some(expected)) => {
                let says = [
                    &*format!("应当被“{expected}”拒绝，却办成了"),
                    &*format!("should be refused by `{expected}` and was done"),
                ];
                return Err(told.says("refused", says));
            }
            (Err(refusal), None) => {
                let (rule, why) = (refusal.rule.code(), words(&refusal));
                let zh = format!("“{}”应当办成，却被“{rule}”拒绝：{why}", step.what);
                let en = format!("`{}` should be done and was refused by `{rule}`: {why}", step.what);
                return Err(told.says("do", [&zh, &en]));
            }
        };
        self.log(step, now, Some(&refused), Vec::new(), &ctx, &actor, told)
    }

    #[expect(clippy::too_many_arguments, reason = "one step's whole surroundings, used once")]
    fn log(
        &self,
        step: &Step,
        at: Timestamp,
        refused: Option<&Rule>,
        entries: Vec<Entry>,
        ctx: &Context<'_>,
        actor: &Actor,
        told: &Told<'_>,
    ) -> Result<StepLog, Box<Fault>> {
        self.then(&step.then, &entries, ctx, actor, told)?;
        let (who, what) = (step.who.clone(), step.what.clone());
        let (state, holder) = (self.file.state.clone(), self.holder());
        let left_out = refused.map(left_out).unwrap_or_default();
        let apart = refused.map(|r| self.apart(r, &what, ctx, actor)).unwrap_or_default();
        let unmet = refused.map(unmet).unwrap_or_default();
        let refused = refused.map(Rule::code);
        Ok(StepLog { step: told.step, at, who, what, refused, unmet, left_out, apart, state, holder, entries })
    }

    /// The roles of a step that separation of duty keeps the actor from; none where he only proposed it himself.
    fn apart(&self, refused: &Rule, what: &str, ctx: &Context<'_>, actor: &Actor) -> BTreeSet<String> {
        let decided = what.strip_prefix("approve:").or_else(|| what.strip_prefix("reject:"));
        let action = self.mechanism.action.get(decided.unwrap_or(what)).filter(|_| *refused == Rule::Separation);
        let roles = action.into_iter().flat_map(|a| {
            let approval = a.approval.iter().filter(|_| decided.is_some());
            approval.chain(a.by.iter().filter(|_| decided.is_none()))
        });
        roles.filter(|r| acts_as(ctx, &self.file, actor, r) == Err(Rule::Separation)).cloned().collect()
    }

    fn actor(&self, who: &str, told: &Told<'_>) -> Result<Actor, Box<Fault>> {
        match who {
            RESIDENT => Ok(Actor { raiser: true, ..Actor::default() }),
            CLOCK => Ok(Actor::default()),
            _ => self.directory.person(who).map(crate::demo_directory::Person::actor).ok_or_else(|| {
                let known = self.directory.people().iter().map(|p| p.user.as_str());
                told.unknown("who", who, known.chain([RESIDENT, CLOCK]))
            }),
        }
    }

    fn outcome(
        &self,
        ctx: &Context<'_>,
        actor: &Actor,
        step: &Step,
        occurred: Option<Timestamp>,
        told: &Told<'_>,
    ) -> Result<Result<Decision, Refusal>, Box<Fault>> {
        if let Some(command) = step.ballot().or_else(|| self.voiding(step)) {
            return Ok(decide(ctx, &self.file, actor, &command));
        }
        if step.what == "wait" {
            return Ok(decide(ctx, &self.file, actor, &Command::Tick));
        }
        if let Some(action) = step.what.strip_prefix("approve:") {
            return Ok(decide(ctx, &self.file, actor, &Command::Approve { action: action.into() }));
        }
        if let Some(action) = step.what.strip_prefix("reject:") {
            let reason = step.with.get("reason").and_then(Json::as_str).unwrap_or_default().to_owned();
            return Ok(decide(ctx, &self.file, actor, &Command::Reject { action: action.into(), reason }));
        }
        if let Some(action) = step.what.strip_prefix("take_back:") {
            return Ok(decide(ctx, &self.file, actor, &Command::TakeBack { action: action.into() }));
        }
        if let Some(command) = self.between(step, told)? {
            return Ok(decide(ctx, &self.file, actor, &command));
        }
        let Some(action) = self.mechanism.action.get(&step.what) else {
            let known = self.mechanism.action.keys().map(String::as_str);
            return Err(told.unknown("do", &step.what, known.chain(["wait", "vote"])));
        };
        let alike = step.repeats.as_ref().filter(|_| step.what == RAISE);
        let (raw, origin) = match alike.map(|r| self.repeating(r, ctx.now.date(), told)).transpose()? {
            None => (self.raw(&step.with, told)?, self.origin(step, told)?),
            Some(Ok(raised)) => raised,
            Some(Err(rule)) => return Ok(Err(Rule::Count(rule).into())),
        };
        let checked = check(ctx.mechanism, action, &raw, &self.file.facts, self.directory);
        let (filled, faults) = match checked {
            Ok(filled) => (filled, None),
            Err(faults) => (Filled::new(), Some(faults)),
        };
        let unset = || missing_values(&self.mechanism).into_iter().next();
        let outcome = if let Some(number) = Some(RAISE).filter(|r| *r == step.what).and_then(|_| unset()) {
            // As the app does: where a number is not set, the mechanism is not offered, whichever clock needs it.
            Err(Rule::NotOffered { number }.into())
        } else if step.what == RAISE {
            let opening = Opening { region: self.region, promise: None, version: hex(&self.mechanism.hash()) };
            let by = kernel::decide::raises_as(&self.mechanism).ok().filter(|_| step.who == CLOCK);
            match by {
                Some(by) => raise_from(ctx, by, opening, origin, filled, occurred),
                None => kin::raised(ctx, actor, opening, filled, occurred),
            }
        } else {
            let part = step.part.as_deref().map(|p| self.key(p, told)).transpose()?;
            let action = step.what.clone();
            decide(ctx, &self.file, actor, &Command::Act { action, filled, occurred, part })
        };
        Ok(form_or(outcome, faults))
    }
}

fn time(text: &str, key: &str, told: &Told<'_>) -> Result<Timestamp, Box<Fault>> {
    text.parse().map_err(|e: kernel::time::TimeError| told.fault(key, "a time", &e.to_string()))
}

/// A form that is not right is told only where the action itself would be lawful.
fn form_or(outcome: Result<Decision, Refusal>, faults: Option<Vec<FieldError>>) -> Result<Decision, Refusal> {
    let Some(faults) = faults else { return outcome };
    match outcome {
        Err(r)
            if !matches!(r.rule, Rule::Nobody { .. } | Rule::NotOffered { .. } | Rule::Fields(_) | Rule::Paper(_)) =>
        {
            Err(r)
        }
        _ => Err(Rule::Fields(faults).into()),
    }
}
