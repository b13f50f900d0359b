//! Numbers of the law: a row each, with source, validity and confidence. No number stands anywhere else.

use crate::form::Coded;
use crate::time::{Date, Length};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How sure we are.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Read in the public text.
    Verified,
    /// Said by a secondary or local page: a sample, never a national default.
    Secondary,
    /// Recalled, not verified.
    Recalled,
    /// Our own modelling choice, not law.
    Design,
}

/// A number with its clause.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberRow {
    /// The value.
    pub value: Value,
    /// The clause, or who must say it.
    #[serde(default)]
    pub source: String,
    /// From which day it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Date>,
    /// Until which day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// The least that the law allows (不少于): whoever comes below may give more, never less (rule 9).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub floor: bool,
    /// How sure.
    #[serde(default = "design")]
    pub confidence: Confidence,
    /// What else a reader should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

fn design() -> Confidence {
    Confidence::Design
}

/// What a number is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "RawValue", into = "RawValue")]
pub enum Value {
    /// A length of time.
    Fixed(Length),
    /// The overlay must say it.
    Local,
    /// By the value of a coded field.
    By {
        /// The field.
        field: String,
        /// One length for each value.
        lengths: BTreeMap<String, Length>,
    },
    /// Until a day that a coded date field names, at most so long.
    Until {
        /// The date field.
        field: String,
        /// The longest that may be.
        max: Length,
    },
    /// How many: no length of time.
    Count(u32),
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum RawValue {
    Word(String),
    By { by: String, lengths: BTreeMap<String, Length> },
    Until { until: String, max: Length },
    Count { count: u32 },
}

impl TryFrom<RawValue> for Value {
    type Error = String;
    fn try_from(raw: RawValue) -> Result<Value, String> {
        match raw {
            RawValue::Word(w) if w == "local" => Ok(Value::Local),
            RawValue::Word(w) => w.parse().map(Value::Fixed).map_err(|e| format!("{e}")),
            RawValue::By { by, lengths } => Ok(Value::By { field: by, lengths }),
            RawValue::Until { until, max } => Ok(Value::Until { field: until, max }),
            RawValue::Count { count } => Ok(Value::Count(count)),
        }
    }
}

impl From<Value> for RawValue {
    fn from(v: Value) -> RawValue {
        match v {
            Value::Fixed(l) => RawValue::Word(l.to_string()),
            Value::Local => RawValue::Word("local".into()),
            Value::By { field, lengths } => RawValue::By { by: field, lengths },
            Value::Until { field, max } => RawValue::Until { until: field, max },
            Value::Count(count) => RawValue::Count { count },
        }
    }
}

/// A length in hours, good enough to order lengths of different units (a working day counts as one and a half).
#[must_use]
pub fn rough_hours(length: Length) -> i64 {
    match length {
        Length::Hours(n) => i64::from(n),
        Length::Days(n) => i64::from(n) * 24,
        Length::WorkingDays(n) => i64::from(n) * 36,
    }
}

impl Value {
    /// The length for a file with these facts; none where the overlay has not said it or the field is not set.
    /// Before the field is set the longest possible class counts (decisions 2).
    #[must_use]
    pub fn length(&self, facts: &BTreeMap<String, Coded>) -> Option<Length> {
        match self {
            Value::Fixed(l) => Some(*l),
            Value::Local | Value::Count(_) => None,
            Value::By { field, lengths } => match facts.get(field) {
                Some(v) => lengths.get(v.as_code().as_ref()).copied(),
                None => lengths.values().copied().max_by_key(|l| rough_hours(*l)),
            },
            Value::Until { max, .. } => Some(*max),
        }
    }

    /// How many, where it is a count.
    #[must_use]
    pub fn count(&self) -> Option<u32> {
        if let Value::Count(n) = self { Some(*n) } else { None }
    }

    /// Whether the overlay still has to say it.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        matches!(self, Value::Local)
    }
}
