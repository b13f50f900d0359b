//! Votes: who has slips, what may be chosen, and when a result counts. The law's words are fractions, so they stay fractions.

use super::field::Choice;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The result of a vote, as a fact: more voted for it than the majority asks.
pub const PASSED: &str = "passed";
/// Enough took part and too few were for it.
pub const FAILED: &str = "failed";
/// Too few took part.
pub const NO_QUORUM: &str = "no_quorum";
/// All three.
pub const OUTCOMES: [&str; 3] = [FAILED, NO_QUORUM, PASSED];

/// A vote.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vote {
    /// What is voted on.
    pub name: Text,
    /// The action that opens it; it needs the field `base`.
    pub opened_by: String,
    /// The action after which the fact of the vote's id is `passed`, `failed` or `no_quorum`.
    pub closed_by: String,
    /// The number field that says how many slips there are.
    pub base: String,
    /// What has one slip: a household, a member.
    pub per: Text,
    /// What may be chosen.
    pub options: Vec<Choice>,
    /// The option that is counted for the majority.
    #[serde(rename = "for")]
    pub favour: String,
    /// Nobody is shown who chose what.
    #[serde(default)]
    pub secret: bool,
    /// For how many others one slip may vote.
    #[serde(default)]
    pub proxies: u32,
    /// Whether tellers may enter paper ballots.
    #[serde(default)]
    pub paper: bool,
    /// How many must take part.
    pub quorum: Portion,
    /// How many must be for it.
    pub majority: Portion,
    /// The clock during which ballots are taken.
    pub window: String,
    /// The roles that print slips and enter paper ballots.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tellers: Vec<String>,
    /// The clause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// What a portion is taken of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Whole {
    /// Of all slips.
    Base,
    /// Of the slips that were counted.
    Present,
}

/// `more than 1/2 of base`, `at least 2/3 of present`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Portion {
    /// More than it, not just as much.
    pub more: bool,
    /// Above the line.
    pub n: u32,
    /// Below it; never 0.
    pub d: u32,
    /// Of what.
    pub of: Whole,
}

impl Portion {
    /// Whether so many of so many are enough. Of nothing nothing is enough.
    #[must_use]
    pub fn met(&self, count: u32, whole: u32) -> bool {
        let (have, need) = (u64::from(count) * u64::from(self.d), u64::from(whole) * u64::from(self.n));
        whole > 0 && if self.more { have > need } else { have >= need }
    }

    /// The smallest number that is enough.
    #[must_use]
    pub fn least(&self, whole: u32) -> u32 {
        let need = u64::from(whole) * u64::from(self.n);
        let d = u64::from(self.d);
        let least = if self.more { need / d + 1 } else { need.div_ceil(d) };
        u32::try_from(least).unwrap_or(u32::MAX)
    }

    /// Whether it asks at least as much as another of the same whole.
    #[must_use]
    pub fn no_easier(&self, than: &Portion) -> bool {
        let (a, b) = (u64::from(self.n) * u64::from(than.d), u64::from(than.n) * u64::from(self.d));
        let whole = self.of == than.of || self.of == Whole::Base;
        whole && (a > b || a == b && (self.more || !than.more))
    }
}

impl FromStr for Portion {
    type Err = String;
    fn from_str(s: &str) -> Result<Portion, String> {
        let wrong = || format!("`{s}` is no portion; write `more than 1/2 of base` or `at least 2/3 of present`");
        let words: Vec<&str> = s.split_whitespace().collect();
        let [how, than, fraction, "of", of] = words[..] else { return Err(wrong()) };
        let more = match (how, than) {
            ("more", "than") => true,
            ("at", "least") => false,
            _ => return Err(wrong()),
        };
        let (n, d) = fraction.split_once('/').ok_or_else(wrong)?;
        let (n, d): (u32, u32) = (n.parse().map_err(|_| wrong())?, d.parse().map_err(|_| wrong())?);
        let of = match of {
            "base" => Whole::Base,
            "present" => Whole::Present,
            _ => return Err(wrong()),
        };
        let possible = d > 0 && n <= d && !(more && n == d);
        possible.then_some(Portion { more, n, d, of }).ok_or_else(wrong)
    }
}

impl TryFrom<String> for Portion {
    type Error = String;
    fn try_from(s: String) -> Result<Portion, String> {
        s.parse()
    }
}

impl From<Portion> for String {
    fn from(p: Portion) -> String {
        p.to_string()
    }
}

impl fmt::Display for Portion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = if self.more { "more than" } else { "at least" };
        let of = if self.of == Whole::Base { "base" } else { "present" };
        write!(f, "{how} {}/{} of {of}", self.n, self.d)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portions_are_exact_at_the_edge() {
        let of = |text: &str| text.parse::<Portion>().expect("reads");
        let half = of("more than 1/2 of base");
        assert_eq!((half.met(50, 100), half.met(51, 100), half.least(100), half.least(101)), (false, true, 51, 51));
        let two = of("at least 2/3 of present");
        assert_eq!((two.met(66, 100), two.met(67, 100), two.least(99), two.met(0, 0)), (false, true, 66, false));
        assert_eq!(half.to_string().parse(), Ok(half));
        for wrong in
            ["1/2", "more than 1/0 of base", "more than 2/2 of base", "at least 3/2 of base", "at least 1/2 of x"]
        {
            assert!(wrong.parse::<Portion>().is_err(), "{wrong}");
        }
        assert!(half.no_easier(&of("at least 1/2 of base")) && !of("at least 1/2 of base").no_easier(&half));
        assert!(of("more than 1/2 of base").no_easier(&of("more than 1/2 of present")));
    }
}
