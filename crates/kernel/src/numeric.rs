//! Conditions over numbers: `amount >= 5`, `share(attended, invited) >= 1/2`, `room(meetings)`. They compare whole numbers
//! exactly and add nothing up: what is compared is a field, the size of a list of bodies, or what the caller counted.

use crate::form::Coded;
use std::collections::BTreeMap;
use std::fmt;

/// The fact that says whether a cap has room; set for one decision from what the caller counted, and never kept.
#[must_use]
pub fn room_fact(cap: &str) -> String {
    format!("room({cap})")
}

/// How two numbers are compared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Comparison {
    /// `<`
    Below,
    /// `<=`
    AtMost,
    /// `>=`
    AtLeast,
    /// `>`
    Above,
}

impl Comparison {
    /// All four.
    pub const ALL: [Comparison; 4] = [Comparison::Below, Comparison::AtMost, Comparison::AtLeast, Comparison::Above];

    /// The sign in packs.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Comparison::Below => "<",
            Comparison::AtMost => "<=",
            Comparison::AtLeast => ">=",
            Comparison::Above => ">",
        }
    }

    /// Whether it holds.
    #[must_use]
    pub fn holds<T: PartialOrd>(self, a: T, b: T) -> bool {
        match self {
            Comparison::Below => a < b,
            Comparison::AtMost => a <= b,
            Comparison::AtLeast => a >= b,
            Comparison::Above => a > b,
        }
    }
}

/// One condition over numbers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Numeric {
    /// A number field, or the size of a list of bodies, against a number. Not set compares to nothing.
    Number(String, Comparison, i64),
    /// One such number as a share of another against a fraction. A share of nothing is 0.
    Share(String, String, Comparison, u32, u32),
    /// The cap has room this year.
    Room(String),
}

impl Numeric {
    /// The facts that it reads.
    #[must_use]
    pub fn reads(&self) -> Vec<&str> {
        match self {
            Numeric::Number(a, ..) => vec![a],
            Numeric::Share(a, b, ..) => vec![a, b],
            Numeric::Room(_) => Vec::new(),
        }
    }

    /// Whether it holds.
    #[must_use]
    pub fn holds(&self, facts: &BTreeMap<String, Coded>) -> bool {
        match self {
            Numeric::Number(a, how, n) => size(facts, a).is_some_and(|a| how.holds(a, *n)),
            Numeric::Share(a, b, how, n, d) => match (size(facts, a), size(facts, b)) {
                (Some(_), Some(0)) => how.holds(0, *n),
                (Some(a), Some(b)) => how.holds(i128::from(a) * i128::from(*d), i128::from(b) * i128::from(*n)),
                _ => false,
            },
            Numeric::Room(cap) => facts.get(&room_fact(cap)).is_some_and(|v| v.as_code() == "yes"),
        }
    }
}

/// The number that a fact is: a number, or how many bodies.
#[must_use]
pub fn size(facts: &BTreeMap<String, Coded>, name: &str) -> Option<i64> {
    match facts.get(name)? {
        Coded::Number(n) => Some(*n),
        list @ Coded::Bodies(_) => i64::try_from(list.bodies().len()).ok(),
        _ => None,
    }
}

impl fmt::Display for Numeric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Numeric::Number(a, how, n) => write!(f, "{a} {} {n}", how.sign()),
            Numeric::Share(a, b, how, n, d) => write!(f, "share({a}, {b}) {} {n}/{d}", how.sign()),
            Numeric::Room(cap) => write!(f, "room({cap})"),
        }
    }
}
