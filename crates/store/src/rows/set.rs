//! Rows of sets: lists that officials keep. A version is whole and never changes; a new one closes the one before.

use kernel::ids::PersonId;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A version to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetDraft {
    /// The set.
    pub set: String,
    /// The version that is the last one still; 0 for the first.
    pub after: u32,
    /// When.
    pub at: Timestamp,
    /// Who loaded it; none from the command line.
    pub by: Option<PersonId>,
    /// Its rows, in the order of the list; each code once.
    pub rows: Vec<SetRow>,
}

/// A version without its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetVersion {
    /// The set.
    pub set: String,
    /// Its number, from 1.
    pub version: u32,
    /// Since when it holds.
    pub at: Timestamp,
    /// Until when; none for the one that holds.
    pub closed: Option<Timestamp>,
    /// Who loaded it.
    pub by: Option<PersonId>,
    /// How many rows.
    pub rows: u32,
}

/// A row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetRow {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its other columns, as text: the code of a choice, digits, the name of a body.
    pub columns: BTreeMap<String, String>,
}
