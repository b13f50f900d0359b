//! What a mechanism says about personal content: how long it is kept, and what its decisions do to another matter's.
//! What that does to a file is `crate::personal`'s; destroying keys and text is the app's.

use crate::text::Text;
use serde::{Deserialize, Serialize};

/// How long what people wrote in a matter is kept (PIPL 19: the shortest time that the purpose needs).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Number: how long after the end. A region that gave it no value keeps the content until somebody decides; a matter
    /// is offered all the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after_end: Option<String>,
    /// Number: how long after the end names, numbers and addresses of people (class `sealed`) are kept, where that is
    /// shorter than the rest. They have a key of their own; what happened stays readable without them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
    /// It is kept under a duty to archive and never erased by the clock: what becomes of it, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archive: Option<Text>,
    /// The clause.
    pub source: String,
}

/// What a decision does to the personal content of the matter that this one is about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Its keys and its text are destroyed.
    Erase,
    /// It is only stored from now on: nobody who handled it reads it any more (PIPL 47, second paragraph).
    Restrict,
    /// What is wrong in it is put right by a note beside it.
    Correct,
}

impl Deed {
    /// All of them.
    pub const ALL: [Deed; 3] = [Deed::Erase, Deed::Restrict, Deed::Correct];

    /// The key of an action that does it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Deed::Erase => "erases",
            Deed::Restrict => "restricts",
            Deed::Correct => "corrects",
        }
    }
}

impl super::Action {
    /// What it does to the matter that this one is about, and the field that says why, or how it reads now.
    #[must_use]
    pub fn deed(&self) -> Option<(Deed, &str)> {
        let by = [(Deed::Erase, &self.erases), (Deed::Restrict, &self.restricts), (Deed::Correct, &self.corrects)];
        by.into_iter().find_map(|(deed, field)| Some((deed, field.as_deref()?)))
    }
}

impl super::Mechanism {
    /// The field that names the matter which one of this mechanism is about.
    #[must_use]
    pub fn about(&self) -> Option<&str> {
        self.field.iter().find(|(_, f)| f.about).map(|(id, _)| id.as_str())
    }
}
