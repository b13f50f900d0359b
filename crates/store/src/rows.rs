//! The rows that cross the port. Everything is computed before it comes here: ids, times, hashes, ciphertext.

mod administration;
mod installation;
mod keys;
mod log;
mod set;
mod side;
mod skip;
mod whole;

pub use administration::{ActRow, Administration, Ends};
pub use installation::{BodyRow, DirectoryRows, PersonRow, PostRow, RelationRow, SessionRow};
pub use keys::{ErasureRow, KeyQuery, KeyRow, SecretRow};
pub use log::{CheckpointRow, LeafKey, LeafKind, LeafRow, LogAppend, LookLink, NodeRow};
pub use set::{SetDraft, SetRow, SetVersion};
pub use side::{
    BlobRow, CommandRow, LetterDraft, LetterRow, LookRow, NoticeRow, OutboxDraft, OutboxRow, RegisterQuery,
};

pub use skip::{LetterGap, Skip};
pub use whole::{Belongings, Finding};

use kernel::chain::Hash;
use kernel::ids::{BodyId, Cell, Class, MatterId};
use kernel::region::RegionCode;
use kernel::time::{Date, Timestamp};
use serde::{Deserialize, Serialize};

/// One transaction on one matter.
#[derive(Clone, Debug)]
pub struct Append {
    /// The row after it; its `seq` and `head` are those of the last new entry.
    pub matter: MatterRow,
    /// The `seq` and `head` that the file must still have; 0 and the genesis hash for a new matter.
    pub expected: (u32, Hash),
    /// The new entries, in order.
    pub entries: Vec<EntryRow>,
    /// What is sealed beside them.
    pub vault: Vec<VaultRow>,
    /// The keys of a new matter.
    pub key: Option<KeyRow>,
    /// Work rows that go and that come.
    pub work: Change<WorkRow>,
    /// Due rows that go and that come.
    pub due: Change<DueRow>,
    /// Marks that go and that come.
    pub marks: Change<MarkRow>,
    /// Counters; the last statement of the transaction.
    pub counters: Vec<CounterDelta>,
    /// What the follower will send.
    pub outbox: Vec<OutboxDraft>,
    /// Search terms that this append adds (sorted, without repeats).
    pub terms: Vec<u64>,
    /// Letters to number, each with the home cell of the body that issues it: the number is the next of the body, year and
    /// series, wherever the matter lies. It is drawn in this transaction, so a letter that is not issued takes none.
    pub letters: Vec<(Cell, LetterDraft)>,
    /// Staged attachments that now belong to the matter, each with its key wrapped anew.
    pub blobs: Vec<(String, Sealed)>,
    /// Entries of which what is sealed under the identity key is destroyed: counted secret ballots.
    pub destroy: Vec<u32>,
    /// The command, so that a second one gets the same answer.
    pub command: Option<CommandRow>,
}

/// Rows that go and rows that come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<T> {
    /// Gone.
    pub remove: Vec<T>,
    /// New.
    pub add: Vec<T>,
}

// By hand: the derived one would ask that rows have a default.
impl<T> Default for Change<T> {
    fn default() -> Self {
        Self { remove: Vec::new(), add: Vec::new() }
    }
}

/// What an append gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Appended {
    /// The letters with their numbers, in the order asked.
    pub letters: Vec<LetterRow>,
}

/// The projection of a matter: what lists and the status page need, derived from its entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MatterRow {
    /// Which.
    pub id: MatterId,
    /// Its public number: year and serial; the cell's alias comes before.
    pub number: (i16, u32),
    /// The mechanism.
    pub mechanism: String,
    /// Its version, hex.
    pub version: String,
    /// Where.
    pub region: RegionCode,
    /// The state.
    pub state: String,
    /// The segment of the ring, 1 to 5.
    pub ring: u8,
    /// Who holds it: none is the raiser, or nobody after the end.
    pub holder: Option<BodyId>,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// When its last entry was written.
    pub last_at: Timestamp,
    /// The clock that comes due first.
    pub due_at: Option<Timestamp>,
    /// The ordinary date promised.
    pub due_by: Option<Timestamp>,
    /// The latest lawful date promised.
    pub promised_by: Option<Timestamp>,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// `yes`, `not_heard`, or none yet.
    pub heard: Option<String>,
    /// The bodies complained about (second book).
    pub shield: Vec<BodyId>,
    /// Its title, sealed under the handlers' key.
    pub title: Option<Sealed>,
    /// How many entries.
    pub seq: u32,
    /// The hash of the last one.
    pub head: Hash,
}

/// An entry as it was hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryRow {
    /// 1, 2, 3 …
    pub seq: u32,
    /// The salt of its inner hash.
    pub salt: [u8; 16],
    /// The body: the exact bytes that were hashed (JSON).
    pub body: Vec<u8>,
    /// Which hash: see `kernel::chain::HashAlg`.
    pub alg: u8,
    /// Its hash.
    pub hash: Hash,
}

/// Something encrypted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// Which cipher.
    pub alg: u8,
    /// The nonce.
    pub nonce: Vec<u8>,
    /// The ciphertext with its tag.
    pub text: Vec<u8>,
}

/// A row of the vault: all fields of one class of one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VaultRow {
    /// The entry.
    pub seq: u32,
    /// Which key.
    pub class: Class,
    /// The fields.
    pub sealed: Sealed,
}

/// A matter and its entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// The projection.
    pub matter: MatterRow,
    /// The entries in order.
    pub entries: Vec<EntryRow>,
}

/// What of a matter can change what a finished answer about it shows: one point read, never the entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// How many entries.
    pub seq: u32,
    /// The hash of the last one.
    pub head: Hash,
    /// Grows with every look at it; 0 before the first.
    pub looks: u32,
    /// Its keys are there: false once it is erased.
    pub keyed: bool,
}

/// The lane of a work list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[repr(u8)]
pub enum Lane {
    /// It waits for this body; by what is due first.
    Mine = 0,
    /// This body takes part and it waits for somebody else; by what is due first.
    Others = 1,
    /// This body took part and it has ended; the newest first (the order is minus the time of the end).
    Ended = 2,
    /// This body has a proposal to decide; by what is due first.
    Decide = 3,
    /// An escalation clock runs for this body; by what is due first.
    Escalated = 4,
}

/// A place in a work list: body, lane and order lead its key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct WorkRow {
    /// Whose list.
    pub body: BodyId,
    /// Which lane.
    pub lane: Lane,
    /// The order within it: milliseconds; `i64::MAX` where nothing is due.
    pub order: i64,
    /// The matter.
    pub id: MatterId,
}

/// A work row with its matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkItem {
    /// The place; the cursor of the next page.
    pub work: WorkRow,
    /// The matter.
    pub matter: MatterRow,
}

/// Which page of which lists.
#[derive(Clone, Debug)]
pub struct ListQuery {
    /// The cell.
    pub cell: Cell,
    /// Whose lists, merged in order.
    pub bodies: Vec<BodyId>,
    /// Which lane.
    pub lane: Lane,
    /// Only this mechanism.
    pub mechanism: Option<String>,
    /// Only regions within this one.
    pub region: Option<RegionCode>,
    /// Only states of this segment of the ring.
    pub ring: Option<u8>,
    /// Only what was due before this.
    pub due_before: Option<Timestamp>,
    /// Leave out matters that shield any of these bodies.
    pub shielded_from: Vec<BodyId>,
    /// After this row.
    pub after: Option<WorkRow>,
    /// At most so many.
    pub limit: u32,
}

/// A running clock with its date, for the follower and the public list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DueRow {
    /// When it is due; for a listed clock when it became so.
    pub at: Timestamp,
    /// The matter.
    pub id: MatterId,
    /// The clock.
    pub clock: String,
    /// Whose.
    pub body: Option<BodyId>,
    /// It expired at the top.
    pub listed: bool,
}

/// Which marks.
#[derive(Clone, Debug)]
pub struct MarkQuery {
    /// The cell.
    pub cell: Cell,
    /// The index.
    pub kind: String,
    /// The key.
    pub key: String,
    /// Only orders below this.
    pub before: Option<i64>,
    /// After this row.
    pub after: Option<MarkRow>,
    /// At most so many.
    pub limit: u32,
}

/// A place of a matter in an index that the use cases name: children of a matter, published texts, plans, free places.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MarkRow {
    /// Which index.
    pub kind: String,
    /// The key in it.
    pub key: String,
    /// The order under the key.
    pub order: i64,
    /// The matter.
    pub id: MatterId,
    /// What the reader needs beside it.
    pub about: String,
}

/// The derived rows of a matter, beside its projection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Derived {
    /// Its places in work lists, sorted.
    pub work: Vec<WorkRow>,
    /// Its due rows, sorted.
    pub due: Vec<DueRow>,
    /// Its search terms, sorted.
    pub terms: Vec<u64>,
    /// Its marks, sorted.
    pub marks: Vec<MarkRow>,
}

/// The key of a counter (decisions 29).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CounterKey {
    /// The cell.
    pub cell: Cell,
    /// Public (0) or shielded (1).
    pub book: u8,
    /// `{mechanism}/{series}`.
    pub series: String,
    /// The day.
    pub day: Date,
    /// The body concerned, 0 for none.
    pub body: BodyId,
    /// Where.
    pub region: RegionCode,
    /// A coded class, or empty.
    pub class: String,
    /// For durations: the bucket of the histogram; else 0.
    pub bucket: u16,
}

/// A change of a counter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterDelta {
    /// Which.
    pub key: CounterKey,
    /// Matter id mod 8.
    pub slot: u8,
    /// By how much.
    pub by: i64,
}

/// A counter's value, its slots summed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CounterRow {
    /// Which.
    pub key: CounterKey,
    /// How many.
    pub n: i64,
}

impl CounterQuery {
    /// Every counter of a cell, both books, all time: for verification only.
    #[must_use]
    pub fn everything(cell: Cell) -> CounterQuery {
        CounterQuery {
            cell,
            shielded: true,
            series: Vec::new(),
            from: Date::MIN,
            to: Date::MAX,
            body: None,
            region: None,
        }
    }
}

/// Which counters.
#[derive(Clone, Debug)]
pub struct CounterQuery {
    /// The cell.
    pub cell: Cell,
    /// Which books.
    pub shielded: bool,
    /// Exact series names; none for all.
    pub series: Vec<String>,
    /// From this day.
    pub from: Date,
    /// To this day, inclusive.
    pub to: Date,
    /// Only this body.
    pub body: Option<BodyId>,
    /// Only regions within this one.
    pub region: Option<RegionCode>,
}
