//! What a mechanism says about matters of the same kind: when so many of them raise a matter by themselves, and which of its
//! numbers are such counts. How many there are, only the caller knows (`crate::tally`); whether it fits together is the
//! pack crate's.

use crate::guard::Guard;
use crate::kin::LinkKind;
use crate::region::RegionLevel;
use serde::de::{IntoDeserializer, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;

/// Repeats (反复来): at least so many matters of one category in one region within so many days.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeats {
    /// Matters of these mechanisms are counted, each by its own category.
    pub of: Vec<String>,
    /// Matters in the same region of this level are the same place.
    pub level: RegionLevel,
    /// The number of days.
    pub within: String,
    /// The number of matters.
    pub at_least: String,
}

/// A count of matters of the same category as this one and in its region, over whole days.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Matters of these mechanisms are counted.
    pub of: Vec<String>,
    /// The number of days: those before today, or those that follow the start of `since`.
    pub days: String,
    /// The clock with whose start the days begin.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Only where this holds, over the form and the file; elsewhere the number may be typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Guard>,
}

/// What a number counts when an action is done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
pub enum Counted {
    /// Matters that are linked in this way.
    Links(LinkKind),
    /// Matters of the same category.
    Tally(Tally),
}

impl Counted {
    /// The links that it counts.
    #[must_use]
    pub fn links(&self) -> Option<LinkKind> {
        if let Counted::Links(kind) = self { Some(*kind) } else { None }
    }

    /// The count of a category that it is.
    #[must_use]
    pub fn tally(&self) -> Option<&Tally> {
        if let Counted::Tally(tally) = self { Some(tally) } else { None }
    }
}

// By hand: an untagged one would not say what is wrong in a table.
impl<'de> Deserialize<'de> for Counted {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Counted, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Counted;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a kind of link as string, or a table")
            }
            fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Counted, E> {
                LinkKind::deserialize(word.into_deserializer()).map(Counted::Links)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Counted, A::Error> {
                Tally::deserialize(MapAccessDeserializer::new(map)).map(Counted::Tally)
            }
        }
        from.deserialize_any(Either)
    }
}

/// What repeats hand over to the matter that they raise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Word {
    /// The category: its code, or its name.
    Category,
    /// The region's name.
    Region,
    /// How many came.
    Count,
    /// The first day that was counted.
    From,
    /// The last day that was counted.
    To,
}

/// The words of [`Word`] in the `with` of a plan.
pub const WORDS: [(&str, Word); 5] = [
    ("category", Word::Category),
    ("region", Word::Region),
    ("count", Word::Count),
    ("from", Word::From),
    ("to", Word::To),
];

impl Word {
    /// What a word in `with` means.
    #[must_use]
    pub fn of(word: &str) -> Option<Word> {
        WORDS.into_iter().find(|(w, _)| *w == word).map(|(_, what)| what)
    }
}
