//! Rows of the administration: what was done to accounts, posts and bodies, by whom and when. Never a password, never a
//! secret of a session: a record is for whoever looks into it years later.

use super::{DirectoryRows, SessionRow};
use kernel::ids::PersonId;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One act of administration: what it changes, whose sessions it begins and ends, and its record, in one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Administration {
    /// The directory's version that it was decided over: a row is replaced whole, so nothing may have moved since.
    pub after: i64,
    /// Rows to add or replace.
    pub rows: DirectoryRows,
    /// Sessions and tokens that end with it.
    pub ends: Ends,
    /// A token that begins with it.
    pub begins: Option<SessionRow>,
    /// A setting that is set with it: key and value.
    pub setting: Option<(String, String)>,
    /// The record.
    pub act: ActRow,
}

/// Which sessions and tokens end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// None.
    Nothing,
    /// All of a person.
    All(PersonId),
    /// The one with this hash.
    One([u8; 32]),
}

/// The record of an act. It is written once and stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActRow {
    /// When.
    pub at: Timestamp,
    /// Who; none from the command line.
    pub by: Option<PersonId>,
    /// What, as `user.lock`.
    pub what: String,
    /// Of whom and of what: words by name.
    pub about: BTreeMap<String, String>,
    /// A hash of each row of the directory that it wrote, by what names the row; so that verifying finds what no act wrote.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rows: BTreeMap<String, String>,
}
