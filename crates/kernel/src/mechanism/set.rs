//! Sets and caps: lists that officials keep in a table (duties, names, numbers a year), and how often something may be done.
//! The rows live outside the mechanism, in versions; a mechanism says only which columns it counts on.

use super::field::Choice;
use crate::guard::Guard;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A versioned list.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    /// Its name.
    pub name: Text,
    /// Its columns; `code` and `name` are always there.
    #[serde(default)]
    pub column: BTreeMap<String, Column>,
    /// Nobody loads it: its rows are the clauses on which the mechanisms in force rest, each with the rules that do.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub register: bool,
}

/// The column of a register: the ids of the rules that rest on the clause.
pub const RULES: &str = "rules";

/// A column of a set.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// What stands over it; its id where that is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: ColumnKind,
    /// The options of a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of: Vec<Choice>,
}

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnKind {
    /// One of `of`; conditions may read it.
    Choice,
    /// Words.
    Text,
    /// A whole number; conditions may compare it.
    Number,
    /// A body, by its name.
    Body,
    /// Ids with a blank between them; of a register alone.
    Codes,
}

impl ColumnKind {
    /// Whether the value stands in entries. Such a column is never empty, so that no older value shows through.
    #[must_use]
    pub fn coded(self) -> bool {
        self != ColumnKind::Text
    }
}

/// How rows of a set are proposed to whoever fills in a form: those whose words are those of the matter. Nobody is bound
/// by a proposal, and none is recorded.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposes {
    /// The column with the body whose affair such a row is.
    pub body: String,
    /// The fields that take a body, in which those bodies come first.
    pub first: Vec<String>,
}

/// How often something may be done in a calendar year.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// Its name.
    pub name: Text,
    /// How many a year, where the mechanism itself says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// The set that says it …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<String>,
    /// … in the row with this code, column `limit`. Where this is missing, the code is what `per` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// What is counted: `did ACTION`.
    pub counts: String,
    /// Only those of which this holds when it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Guard>,
    /// A coded field: each of its values has a count of its own. None for one count of the whole installation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<String>,
    /// The clause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// The column of a set that a cap reads.
pub const LIMIT: &str = "limit";

impl Cap {
    /// The action that is counted.
    #[must_use]
    pub fn action(&self) -> Option<&str> {
        self.counts.strip_prefix("did ").map(str::trim)
    }
}
