//! Rows that stand beside the entries: messages, letters, commands, attachments, looks.

use super::Sealed;
use kernel::chain::Hash;
use kernel::ids::{BodyId, Cell, MatterId, PersonId};
use kernel::time::{Date, Timestamp};
use serde::{Deserialize, Serialize};

/// Something for the follower: references, never text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxDraft {
    /// When it was written.
    pub at: Timestamp,
    /// `notice`, `webhook` …
    pub kind: String,
    /// About which entry.
    pub seq: u32,
    /// To the raiser, or to this body.
    pub to: Option<BodyId>,
    /// What about: the action or clock.
    pub about: String,
}

/// A row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its place.
    pub id: i64,
    /// The matter.
    pub matter: MatterId,
    /// What.
    pub draft: OutboxDraft,
}

/// What was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeRow {
    /// The matter.
    pub matter: MatterId,
    /// About which entry.
    pub seq: u32,
    /// When.
    pub at: Timestamp,
    /// To the raiser, or to this body.
    pub to: Option<BodyId>,
    /// What about.
    pub about: String,
    /// By which channel: `page`, `sms` …
    pub channel: String,
}

/// A letter to be numbered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterDraft {
    /// The entry that issues it.
    pub seq: u32,
    /// Which letter of the mechanism.
    pub letter: String,
    /// Who signs it.
    pub body: BodyId,
    /// The series; none for a letter without number.
    pub series: Option<String>,
    /// The year of its number.
    pub year: i16,
}

/// A letter with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterRow {
    /// As asked.
    pub draft: LetterDraft,
    /// Its number in the series; 0 without series.
    pub number: u32,
}

/// A page of the register of letters: the numbered letters of a body and year in the matters of a cell, series by series,
/// the last number first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterQuery {
    /// The cell of the matters.
    pub cell: Cell,
    /// Who issued them.
    pub body: BodyId,
    /// The year of their numbers.
    pub year: i16,
    /// After this series and number.
    pub after: Option<(String, u32)>,
    /// At most so many.
    pub limit: u32,
}

/// A command carried out, and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandRow {
    /// Who sent it.
    pub principal: String,
    /// His key.
    pub key: String,
    /// The hash of what was asked.
    pub request: Hash,
    /// The matter.
    pub matter: MatterId,
    /// When.
    pub at: Timestamp,
}

/// An attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlobRow {
    /// Its id: random.
    pub id: String,
    /// The cell.
    pub cell: Cell,
    /// The matter, once named.
    pub matter: Option<MatterId>,
    /// When it was staged.
    pub at: Timestamp,
    /// What it is.
    pub mime: String,
    /// How many bytes before encryption.
    pub size: u32,
    /// Its key, wrapped.
    pub key: Sealed,
    /// Its content, sealed; empty in lists.
    pub content: Sealed,
}

/// A look at something that is not for everybody (decisions 27).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookRow {
    /// The matter.
    pub matter: MatterId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub person: PersonId,
    /// At which body.
    pub body: BodyId,
    /// As what.
    pub role: String,
    /// Why: sealed under the matter's own keys, in hex; empty where no reason is asked for.
    pub reason: String,
    /// Which fields.
    pub fields: Vec<String>,
    /// The day, for looks that are recorded once a day; none for sealed fields, which are recorded each time.
    pub once_on: Option<Date>,
    /// Random, so that nobody can guess a look from its hash in the public log; all zero in looks from before the log.
    #[serde(default)]
    pub salt: [u8; 16],
}

impl LookRow {
    /// Whether its hash may be published.
    #[must_use]
    pub fn salted(&self) -> bool {
        self.salt != [0; 16]
    }
}
