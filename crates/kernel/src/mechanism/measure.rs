//! Statistics that a mechanism contributes: which of the things that its entries say are counted, and how they are put together.
//! They are counted elsewhere, each from its entry alone; none is about a person.

use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A statistic: `numerator / denominator` over series that the kernel's entries give, or a mean of marks, or of hours.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Its name.
    pub name: Text,
    /// The formula in one line.
    pub formula: Text,
    /// Its code in the annual report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The series above the line: `did ACTION`, `kept CLOCK`, `missed CLOCK`, `fact NAME VALUE`, `raised`, `ended`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub numerator: Vec<String>,
    /// The series below it; none for a plain count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub denominator: Vec<String>,
    /// Instead of both: a mean of marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marks: Option<Marks>,
    /// Instead of both: how many hours something took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
}

/// A mean of marks (评分): each option of a choice is worth so much.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marks {
    /// The coded choices, which all have the same options.
    pub of: Vec<String>,
    /// What each option is worth.
    pub worth: BTreeMap<String, u32>,
}

/// How many hours passed, whatever the hour of the day and the day of the week.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// While this clock ran: from the action that started it to the one that stopped it, on each part where it has parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<String>,
    /// From the raising until this action was done first, or until [`UNTIL_END`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// In `until`: the end of the matter.
pub const UNTIL_END: &str = "end";

impl Hours {
    /// What its series are called: `clock/report`, `until/answer`.
    #[must_use]
    pub fn series(&self) -> String {
        match (&self.clock, &self.until) {
            (Some(clock), _) => format!("clock/{clock}"),
            (None, until) => format!("until/{}", until.as_deref().unwrap_or(UNTIL_END)),
        }
    }
}

impl Marks {
    /// Each series with what one of it is worth: `fact arrival good`, 3.
    pub fn series(&self) -> impl Iterator<Item = (String, i64)> {
        let each = |field: &String| {
            let worth = self.worth.iter();
            worth.map(|(option, n)| (format!("fact {field} {option}"), i64::from(*n))).collect::<Vec<_>>()
        };
        self.of.iter().flat_map(each)
    }

    /// The most that one can be worth.
    #[must_use]
    pub fn best(&self) -> u32 {
        self.worth.values().copied().max().unwrap_or(0)
    }
}
