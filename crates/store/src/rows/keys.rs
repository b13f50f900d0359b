//! Wrapped keys, the installation's wrapped secrets, and the ledger of erasures. No key crosses the port in the clear.

use super::Sealed;
use kernel::ids::{Cell, MatterId};
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};

/// The wrapped keys of a matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRow {
    /// Text and attachments.
    pub handlers: Sealed,
    /// Identity; none once it was destroyed, while the other is still there.
    pub identity: Option<Sealed>,
    /// The epoch of the wrap key that wraps them; from 1.
    pub epoch: u32,
}

/// Which page of the keys of a cell.
#[derive(Clone, Copy, Debug)]
pub struct KeyQuery {
    /// The cell.
    pub cell: Cell,
    /// Only keys of an epoch below this.
    pub below: u32,
    /// After this serial.
    pub after: Option<i64>,
    /// At most so many.
    pub limit: u32,
}

/// A secret of the installation, wrapped by the master key: a wrap key, or what codes, terms and receipts hang on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretRow {
    /// Its name.
    pub name: String,
    /// The fingerprint of the master key that wraps it.
    pub master: String,
    /// The secret, wrapped.
    pub sealed: Sealed,
}

/// An erasure as the ledger keeps it: facts, no word of what was erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureRow {
    /// When it was carried out.
    pub at: Timestamp,
    /// Why, as a coded word: `request`, `retention` …
    pub ground: String,
    /// The entry that orders it, in the erased matter itself or in the one in which it was asked for.
    pub order: Option<(MatterId, u32)>,
    /// Only who the people in it are was erased: the rest is still there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub identity: bool,
}
