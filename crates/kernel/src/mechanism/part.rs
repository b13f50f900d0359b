//! Parts of a mechanism: several bodies work on one matter at once, each with a state and clocks of its own.
//! How parts are opened, moved and counted when a matter runs stands in `crate::part`.

use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The role that stands for the body of a part; only acts, clocks and letters of parts may name it.
pub const PART: &str = "part";
/// In a number of a part that is a task, `{ until = "by" }` reads the day that the row names.
pub const ROW_DAY: &str = "by";

/// Parts: one for each body that a field names, or for each row of a list of tasks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// What one of them is called.
    pub name: Text,
    /// The field that names the bodies (`bodies`) or the tasks (`tasks`).
    pub each: String,
    /// The actions that take this field and open parts.
    pub opened_by: Vec<String>,
    /// The state in which a part begins.
    pub first: String,
    /// A body field of the opening actions: the part of that body leads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<String>,
    /// When enough parts have ended; all where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits: Option<Waits>,
    /// The action of the clock that follows then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complete: Option<String>,
    /// Parts keep their states and clocks after the file has ended.
    #[serde(default)]
    pub outlives: bool,
    /// The states of one part.
    pub state: BTreeMap<String, PartState>,
}

/// A state of a part.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartState {
    /// Its name, plainly.
    pub name: Text,
    /// The part ends here; its clocks stop.
    #[serde(default)]
    pub end: bool,
}

/// How many parts have to end.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Waits {
    /// Every one.
    #[default]
    All,
    /// The one that leads.
    Lead,
    /// More than half.
    Most,
}
