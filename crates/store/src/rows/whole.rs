//! Rows for checking the whole store.

use super::{BlobRow, Derived, ErasureRow, KeyRow, LetterRow, Loaded, VaultRow};
use kernel::ids::MatterId;

/// A matter with everything that belongs to it, except the content of its attachments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Belongings {
    /// Its row and entries.
    pub loaded: Loaded,
    /// Its wrapped keys; none once erased.
    pub key: Option<KeyRow>,
    /// What the ledger says of its erasure, or of that of its identity.
    pub erasure: Option<ErasureRow>,
    /// What lies sealed beside its entries.
    pub vault: Vec<VaultRow>,
    /// Its letters.
    pub letters: Vec<LetterRow>,
    /// Its attachments, without content.
    pub blobs: Vec<BlobRow>,
    /// Its derived rows.
    pub derived: Derived,
}

/// Something that the store itself finds wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The matter that it belongs to, where one is known.
    pub matter: Option<MatterId>,
    /// What it is, without any content.
    pub what: String,
}
