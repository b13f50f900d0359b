//! A mechanism (机制): the lifecycle of a kind of matter, as data. The kernel runs any of them and knows the name of none.
//! Reading the file, merging overlays and proving it are the pack crate's; what stands here is already whole.

mod above;
mod clock;
mod field;
mod kin;
mod letter;
mod measure;
mod part;
mod personal;
mod repeats;
mod set;
mod vote;

pub use above::{Approval, Escalation};
pub use clock::{Clock, Silence};
pub use field::{Among, CHANNEL, Choice, Field, FieldKind, Within};
pub use kin::{Child, Each, Invites, NUMBER, Plan, PlanOf, PlanRaises, Raises, Slots, THE_BODY, Takes};
pub use letter::{
    DEEMED, DIRECT, Letter, NOTICE, ONLINE, PHONE, READ, SIGNED, Serve, WAYS, names_somebody, needs_proof,
};
pub use measure::{Hours, Marks, Measure, UNTIL_END};
pub use part::{PART, Part, PartState, ROW_DAY, Waits};
pub use personal::{Deed, Retention};
pub use repeats::{Counted, Repeats, Tally, WORDS, Word};
pub use set::{Cap, Column, ColumnKind, LIMIT, Proposes, RULES, Set};
pub use vote::{FAILED, NO_QUORUM, OUTCOMES, PASSED, Portion, Vote, Whole};

use crate::guard::Guard;
use crate::number::NumberRow;
use crate::role::Role;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The role that raises a matter; always there.
pub const RAISER: &str = "raiser";
/// The body for which a matter was raised.
pub const RAISER_BODY: &str = "raiser_body";
/// The role of the clock: actions that nobody does and that expiry does.
pub const CLOCK: &str = "clock";
/// The body that a matter is assigned to.
pub const ASSIGNEE: &str = "assignee";
/// The action by which a matter comes to be.
pub const RAISE: &str = "raise";
/// The fact that says whether the person was answered and heard (decisions 8).
pub const HEARD: &str = "heard";

/// One mechanism, effective in one region.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mechanism {
    /// What it is.
    pub mechanism: Head,
    /// Who is who, found in the directory or in the file.
    pub role: BTreeMap<String, Role>,
    /// The only place where numbers live.
    #[serde(default)]
    pub number: BTreeMap<String, NumberRow>,
    /// Every field that any action takes.
    #[serde(default)]
    pub field: BTreeMap<String, Field>,
    /// The states.
    pub state: BTreeMap<String, State>,
    /// Several bodies on one matter.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub part: BTreeMap<String, Part>,
    /// What may be done; `raise` is one of them.
    pub action: BTreeMap<String, Action>,
    /// The clocks.
    #[serde(default)]
    pub clock: BTreeMap<String, Clock>,
    /// What an expiry sets in motion, upward.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<Escalation>,
    /// How long an approval may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<Approval>,
    /// The letters.
    #[serde(default)]
    pub letter: BTreeMap<String, Letter>,
    /// The statistics that it contributes.
    #[serde(default)]
    pub measure: BTreeMap<String, Measure>,
    /// Matters of other mechanisms that come out of one of this.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub child: BTreeMap<String, Child>,
    /// Matters that the calendar raises.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub plan: BTreeMap<String, Plan>,
    /// Places that other matters take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slots: Option<Slots>,
    /// The votes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub vote: BTreeMap<String, Vote>,
    /// How long what people wrote is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
    /// The lists that it reads.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set: BTreeMap<String, Set>,
    /// How often something may be done in a year.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cap: BTreeMap<String, Cap>,
}

/// The head of a mechanism.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Its name in addresses and interfaces.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// What it is for, in one sentence, as people see it when they choose.
    pub summary: Text,
    /// Under which door of the home page it stands.
    pub door: Door,
    /// The text it rests on.
    pub source: String,
    /// Order among its neighbours on pages; small first.
    #[serde(default)]
    pub order: u32,
    /// Asked after the answer whether the person was heard (checked by rule 4).
    #[serde(default)]
    pub feedback: bool,
    /// A sample that was not verified: shown as such, never a national default.
    #[serde(default)]
    pub sample: bool,
    /// Its published words stand on the shelf of questions and answers for as long as the matter runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shelf: Option<Shelf>,
    /// Its published matters stand at a door of the home page for as long as anybody may take part in them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invites: Option<Invites>,
    /// The coded choice that says of which kind a matter is: by it matters are counted as alike, each once, on the day on
    /// which it came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
}

/// How published words stand on the shelf of questions and answers.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shelf {
    /// The public text, asked for when the matter is raised, under which they stand.
    pub title: String,
}

/// The doors of the home page.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Door {
    /// 反映问题
    Report,
    /// 提个建议
    Suggest,
    /// 找地方找帮手
    Find,
    /// 一起出力
    Join,
    /// Not offered to residents.
    Staff,
}

/// The five segments of the ring (环).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub enum Ring {
    /// 收到
    #[serde(rename = "收到")]
    Received,
    /// 接手
    #[serde(rename = "接手")]
    Taken,
    /// 办理
    #[serde(rename = "办理")]
    Handling,
    /// 答复
    #[serde(rename = "答复")]
    Answer,
    /// 回话: the person's own.
    #[serde(rename = "回话")]
    Heard,
}

/// A state: exactly one holder, or an end.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Its name, plainly.
    pub name: Text,
    /// The segment of the ring.
    pub ring: Ring,
    /// Who holds the matter here; none only where it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// The file ends here.
    #[serde(default)]
    pub end: bool,
}

/// Something that may be done.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// The verb on the button.
    pub label: Text,
    /// How the thread tells it afterwards.
    pub said: Text,
    /// What it does and does not do, for the one who presses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub does: Option<Text>,
    /// The states in which it may be done.
    #[serde(default, rename = "in", skip_serializing_if = "BTreeSet::is_empty")]
    pub states: BTreeSet<String>,
    /// It is done on one of these parts: `in` and `to` are states of the part, and the matter's own state stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// For an act on a part: only while the matter is in these states; none for all.
    #[serde(default, rename = "while", skip_serializing_if = "BTreeSet::is_empty")]
    pub during: BTreeSet<String>,
    /// May be done in every state that is not an end.
    #[serde(default)]
    pub anytime: bool,
    /// May be done after the end (a late rating, a word of thanks); changes no state.
    #[serde(default)]
    pub after_end: bool,
    /// Happens on the word of the matter out of which this one came, with the fields that it hands over (`tells`); `by` the clock.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub on_word: bool,
    /// The roles that may do it.
    pub by: Vec<String>,
    /// Where it leads; none keeps the state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// On what condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Guard>,
    /// What to say to whoever is refused because of that, in a whole sentence; the condition in words where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unless: Option<Text>,
    /// Fields that must be given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// Fields that may be given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may: Vec<String>,
    /// Fields that must be given on a condition (over these fields and the file's facts).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub needs_when: BTreeMap<String, Guard>,
    /// Who the matter is assigned to: a `body` field of this action, or a role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assign: Option<String>,
    /// The role whose approval gives it effect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<String>,
    /// How often at most, in one file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u32>,
    /// What remains when that is used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<String>,
    /// The letter that it issues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<String>,
    /// It is the substantive answer to the raiser.
    #[serde(default)]
    pub answers: bool,
    /// It asks the raiser whether it is solved (rule 4).
    #[serde(default)]
    pub asks: bool,
    /// The raiser gives up the matter.
    #[serde(default)]
    pub withdraws: bool,
    /// It prolongs a running clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extends: Option<Extends>,
    /// Facts that it sets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sets: BTreeMap<String, String>,
    /// Number fields that nobody types: what is counted when it is done.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counts: BTreeMap<String, Counted>,
    /// The child that it raises.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raises: Option<Raises>,
    /// The public text field that everybody may read from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publishes: Option<String>,
    /// It takes the published text back; the entry stays.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unpublishes: bool,
    /// It gives back the place that the matter took; giving up always does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub gives_back: bool,
    /// It erases the personal content of the matter that this one is about; the coded choice that says on which ground.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erases: Option<String>,
    /// From now on that content is only stored; the coded choice that says why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restricts: Option<String>,
    /// It puts that content right by a note beside it: this text field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<String>,
    /// What the person may do against it, told with it and in its letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Text>,
    /// Its place among the actions of a page, as the pack writes them; the pack crate fills it in.
    #[serde(default)]
    pub order: u32,
    /// A route that is offered only where its numbers have values.
    #[serde(default)]
    pub optional: bool,
    /// The clause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// A prolongation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extends {
    /// Which clock.
    pub clock: String,
    /// By which number.
    pub by: String,
}

impl std::fmt::Debug for Mechanism {
    /// Its id alone: the whole would fill a log.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mechanism({})", self.mechanism.id)
    }
}

impl Mechanism {
    /// The fields of an action, required ones first, without repeats.
    #[must_use]
    pub fn fields_of<'a>(&'a self, action: &'a Action) -> Vec<&'a str> {
        let mut seen = BTreeSet::new();
        let all = action.needs.iter().chain(action.needs_when.keys()).chain(&action.may);
        all.map(String::as_str).filter(|f| seen.insert(*f)).collect()
    }

    /// The shield field, if this mechanism has one.
    #[must_use]
    pub fn shield(&self) -> Option<&str> {
        self.field.iter().find(|(_, f)| f.shield).map(|(id, _)| id.as_str())
    }

    /// Whether an action may change where a matter stands: its state, its clocks, a counter or a fact.
    /// Those that do not (remind, add material, note) may be done without end (decisions 7).
    #[must_use]
    pub fn moves(&self, id: &str, action: &Action) -> bool {
        action.to.is_some()
            || action.at_most.is_some()
            || action.assign.is_some()
            || action.extends.is_some()
            || !action.sets.is_empty()
            || action.raises.is_some()
            || action.deed().is_some()
            || self.part.values().any(|p| p.opened_by.iter().any(|a| a == id))
            || self.vote.values().any(|v| v.opened_by == id || v.closed_by == id)
            || self.clock.values().any(|c| c.from.iter().chain(&c.to).any(|a| a == id))
    }

    /// The hash that names this effective mechanism for ever: SHA-256 of its canonical JSON.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        use sha2::Digest;
        let json = serde_json::to_vec(self).expect("invariant: a mechanism is plain data");
        sha2::Sha256::digest(json).into()
    }
}
