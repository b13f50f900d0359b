//! Clocks of a mechanism: what is owed or may be done, from when, how long, and what its end means.

use super::RAISER;
use crate::text::Text;
use crate::time::{DayEnd, Roll};
use serde::{Deserialize, Serialize};

/// A clock: starts at actions, stops at actions, across states.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// What is due.
    pub label: Text,
    /// Who must act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owed_by: Option<String>,
    /// Who may act.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window_of: Option<String>,
    /// It runs once for each of these parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// The actions that start it; one that finds it running leaves it as it is.
    pub from: Vec<String>,
    /// The actions that stop it.
    pub to: Vec<String>,
    /// The number that is its length.
    pub length: String,
    /// Whether it rolls to the next working day.
    #[serde(default = "no_roll")]
    pub roll: Roll,
    /// When its last day ends.
    #[serde(default = "midnight")]
    pub ends: DayEnd,
    /// For an owed clock: the role that the expiry starts a clock of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expiry: Option<String>,
    /// For a window: what silence means.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silence: Option<Silence>,
    /// Clocks that stand still while this one runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspends: Vec<String>,
}

fn no_roll() -> Roll {
    Roll::None
}

fn midnight() -> DayEnd {
    DayEnd::Midnight
}

impl Clock {
    /// Whose it is: the one who owes, or the one whose window it is.
    #[must_use]
    pub fn whose(&self) -> &str {
        self.owed_by.as_deref().or(self.window_of.as_deref()).unwrap_or(RAISER)
    }
}

/// What it means when a window passes unused.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Silence {
    /// 中文.
    pub zh: String,
    /// English.
    pub en: String,
    /// The action of the clock that follows; none if nothing moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<String>,
}
