//! Typed identifiers. A matter's id carries its cell, so that a look-up never searches.
//! Nothing here makes ids: time and randomness are the caller's.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The shard of an installation that a matter lives in, normally one county. Cell 0 is the installation itself.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cell(pub u32);

impl Cell {
    /// Accounts, directory, sets and the leaves of the log.
    pub const INSTALLATION: Cell = Cell(0);
}

/// A matter: its cell and a time-ordered number within it (milliseconds since 1970 in the high 43 bits, a sequence in the low 20).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct MatterId {
    /// Where it lives, for life.
    pub cell: Cell,
    /// Time-ordered within the cell.
    pub serial: i64,
}

impl MatterId {
    /// An id for a matter raised at `millis` (since 1970), the `sequence`th of that millisecond and node.
    #[must_use]
    pub fn new(cell: Cell, millis: i64, sequence: u32) -> MatterId {
        MatterId { cell, serial: (millis << 20) | i64::from(sequence & 0xF_FFFF) }
    }
}

impl fmt::Display for MatterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.cell.0, self.serial)
    }
}

/// A public body (单位) of the installation's directory.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BodyId(pub u32);

/// A person who has an account; never a raiser, who has none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonId(pub u32);

/// Who may know what a field holds; decided once per field, in the pack.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Not personal, one of a closed set; stands in the entry itself, and guards may read it.
    Coded,
    /// Text that everybody may read once it is published.
    Public,
    /// Text for the raiser and for those who hold or held the matter.
    Handlers,
    /// Identity: opened by named roles, each look with its reason.
    Sealed,
}
