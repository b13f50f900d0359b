//! Entries (记录) of a case file. An entry holds resolved facts: bodies, absolute due dates, the calendar's edition.
//! Folding needs neither the mechanism nor the directory. Personal text is never here: only salted commitments to it.

use crate::form::Coded;
use crate::ids::{BodyId, Class, PersonId};
use crate::kin::{Beyond, Kin, Origin};
use crate::part::PartEvent;
use crate::region::RegionCode;
use crate::time::{DayEnd, Length, Roll, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One entry, as it is hashed and kept.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// 1, 2, 3 … without gaps within the file.
    pub seq: u32,
    /// When it was written.
    pub at: Timestamp,
    /// When it happened, where that was earlier (posted, spoken, visited).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occurred: Option<Timestamp>,
    /// What happened.
    pub act: Act,
    /// Who did it.
    pub by: By,
    /// The state that it leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The file ends with it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub ends: bool,
    /// It is the substantive answer.
    #[serde(default, skip_serializing_if = "is_false")]
    pub answers: bool,
    /// Coded fields and facts set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, Coded>,
    /// Roles that are now another body, or nobody.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<String, Option<BodyId>>,
    /// The new assignee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assigned: Option<BodyId>,
    /// Bodies complained about, from now on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shields: Vec<BodyId>,
    /// Bodies from which the identity is kept, from now on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withholds: Vec<BodyId>,
    /// The part that it acted on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// Parts that it opened or moved.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PartEvent>,
    /// What the clocks did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clocks: Vec<ClockEvent>,
    /// Commitments to text and attachments that lie beside the chain.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sealed: Vec<Commitment>,
    /// The letter issued with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<String>,
    /// The letter that it says was served.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub served: Option<crate::papers::Service>,
    /// What votes did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub polls: Vec<PollEvent>,
    /// Only in the first entry: under which mechanism, where, and what was promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened: Option<Opened>,
    /// The entry with which silence spoke in a window of the raiser, where this act was posted before the window closed:
    /// the file goes on from where it stood without that silence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undoes: Option<u32>,
    /// What it sets in motion beyond this file.
    #[serde(default, skip_serializing_if = "Beyond::is_empty")]
    pub beyond: Beyond,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(b: &bool) -> bool {
    !*b
}

/// What happened.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// An action of the mechanism took effect.
    Did(String),
    /// An action was proposed and waits for approval.
    Proposed(String),
    /// The proposal of this entry was approved; the action takes effect with this entry.
    Approved(String, u32),
    /// The proposal of this entry was not approved.
    Rejected(String, u32),
    /// The proposal of this entry was taken back by whoever made it.
    TakenBack(String, u32),
    /// A clock passed its due date.
    Expired(String),
    /// Due dates were computed again under another calendar edition.
    Recomputed,
    /// Something happened between this matter and another one.
    Kin(Kin),
    /// Ballots of this vote were taken.
    Voted(String),
    /// The letter that this entry issued is void.
    Voided(u32),
}

impl Act {
    /// The action that took effect, if one did.
    #[must_use]
    pub fn effect(&self) -> Option<&str> {
        match self {
            Act::Did(a) | Act::Approved(a, _) => Some(a),
            _ => None,
        }
    }
}

/// Who did it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// The raiser, by code or signature.
    Raiser,
    /// Somebody at a post.
    Post {
        /// The account.
        person: PersonId,
        /// The body for which it was done.
        body: BodyId,
    },
    /// The clock.
    Clock,
    /// Whoever holds a slip of a vote; who that is nobody knows.
    Slip,
}

/// What a vote did.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PollEvent {
    /// It was opened; what an earlier one of the same name counted is history.
    Opened {
        /// Which.
        vote: String,
        /// How many slips there are.
        base: u32,
    },
    /// One slip was counted.
    Ballot {
        /// Which.
        vote: String,
        /// The slip that is counted now.
        slip: u32,
        /// The slip whose holder voted for it, where that is another.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proxy: Option<u32>,
        /// What was chosen, in an open vote only.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        choice: Option<String>,
    },
    /// Paper ballots were counted.
    Paper {
        /// Which.
        vote: String,
        /// The slips, in order.
        slips: Vec<u32>,
        /// How often each option was chosen, in an open vote only.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        counts: BTreeMap<String, u32>,
    },
    /// So many of the roll were handed a slip; to whom lies beside the entry, and which slip nowhere.
    Handed {
        /// Which.
        vote: String,
        /// How many.
        n: u32,
        /// They gave it back: it was written down by mistake.
        #[serde(default, skip_serializing_if = "is_false")]
        back: bool,
    },
    /// Slips were printed with their codes; of one that was printed before, the former code is good for nothing.
    Printed {
        /// Which.
        vote: String,
        /// From which slip to which, in order.
        slips: Vec<(u32, u32)>,
    },
    /// It was closed and counted.
    Closed {
        /// Which.
        vote: String,
        /// `passed`, `failed` or `no_quorum`.
        outcome: String,
        /// How many slips there were.
        base: u32,
        /// How many were counted.
        present: u32,
        /// How often each option was chosen.
        counts: BTreeMap<String, u32>,
    },
}

/// The opening of a file.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Opened {
    /// The mechanism's id.
    pub mechanism: String,
    /// The hash of the effective mechanism, hex.
    pub version: String,
    /// Where.
    pub region: RegionCode,
    /// The ordinary date of the first substantive answer: no extension, no return.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_by: Option<Timestamp>,
    /// The latest lawful date of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised_by: Option<Timestamp>,
    /// Either date rests on a calendar that is not published yet.
    #[serde(default, skip_serializing_if = "is_false")]
    pub provisional: bool,
    /// The matter or the plan that stood behind it.
    #[serde(default, skip_serializing_if = "Origin::is_empty")]
    pub origin: Origin,
    /// Its public number: year and number. Entries written before numbers stood in them have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<(i16, u32)>,
}

/// What a clock did.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockEvent {
    /// It started.
    Started(Started),
    /// It stopped: kept, or late.
    Stopped {
        /// Which.
        id: String,
    },
    /// It was prolonged.
    Extended {
        /// Which.
        id: String,
        /// By how much.
        by: Length,
        /// Its new dates.
        dates: Dates,
    },
    /// It stands still.
    Suspended {
        /// Which.
        id: String,
        /// Because of which clock.
        by: String,
    },
    /// It goes on.
    Resumed {
        /// Which.
        id: String,
        /// Its new dates.
        dates: Dates,
    },
    /// It passed its due date; it keeps running as overdue.
    Expired {
        /// Which.
        id: String,
        /// No superior is left: the matter enters the public overdue list.
        #[serde(default, skip_serializing_if = "is_false")]
        listed: bool,
    },
    /// Computed again under another calendar.
    Recomputed {
        /// Which.
        id: String,
        /// Its new dates.
        dates: Dates,
        /// The edition.
        edition: String,
    },
}

/// A clock's start with all that its explanation needs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Started {
    /// `handle`, or `handle^1` for the clock of a superior, or `approve:ACTION`.
    pub id: String,
    /// The body that owes it; none for a window of the raiser.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyId>,
    /// From when it counts.
    pub from: Timestamp,
    /// How long.
    pub length: Length,
    /// Whether it rolls.
    pub roll: Roll,
    /// When its last day ends.
    pub ends: DayEnd,
    /// Its dates.
    pub dates: Dates,
    /// The calendar's edition of the year of its due date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
}

/// The dates of a clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Dates {
    /// The date that counts.
    pub due: Timestamp,
    /// By bare counting.
    pub nominal: Timestamp,
    /// With the roll of CC 203, whether or not it counts here.
    pub legal: Timestamp,
    /// Rests on a calendar that is not published.
    #[serde(default, skip_serializing_if = "is_false")]
    pub provisional: bool,
}

/// A commitment to something that lies beside the chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Commitment {
    /// The field.
    pub field: String,
    /// Who may know it.
    pub class: Class,
    /// `SHA-256(salt ‖ field ‖ content)`, hex; the salt is erased with the content.
    pub hash: String,
}
