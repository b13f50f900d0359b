//! Guards: decidable conditions over coded facts and counters, nothing else (decisions 6).
//! There is no general expression language here, and no personal text can be reached.

mod read;
mod unmet;
mod words;

pub use read::GuardError;
pub use words::{Condition, conditions, sentence};

use crate::form::Coded;
use crate::numeric::Numeric;
use crate::part::{Parts, of};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// A condition, written `kind = appeal and not route in [litigation, arbitration] and count(object) < 2`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Guard {
    /// All of them.
    And(Vec<Guard>),
    /// Any of them.
    Or(Vec<Guard>),
    /// The opposite.
    Not(Box<Guard>),
    /// The fact has one of these values (`=` is a set of one).
    In(String, BTreeSet<String>),
    /// The fact has been set.
    Set(String),
    /// The action was done fewer than `n` times.
    CountBelow(String, u32),
    /// A comparison of numbers, a share, or room under a cap.
    Numeric(Numeric),
    /// So many of these parts stand in one of these states.
    Parts(Many, String, BTreeSet<String>),
}

/// How many parts a condition speaks of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Many {
    /// Every one; not where there is none.
    All,
    /// At least one.
    Some,
    /// More than half.
    Most,
    /// The one that leads.
    Lead,
    /// There is no part at all; it names no states.
    None,
}

impl Many {
    pub(super) const WORDS: [(&str, Many); 5] =
        [("all", Many::All), ("some", Many::Some), ("most", Many::Most), ("lead", Many::Lead), ("none", Many::None)];

    fn word(self) -> &'static str {
        Many::WORDS.iter().find(|(_, m)| *m == self).map_or("all", |(word, _)| word)
    }

    fn holds(self, kind: &str, states: &BTreeSet<String>, parts: &Parts) -> bool {
        let (all, there) = (of(parts, kind), of(parts, kind).filter(|p| states.contains(&p.state)));
        match self {
            Many::All => all.clone().next().is_some() && there.count() == all.count(),
            Many::Some => there.count() > 0,
            Many::Most => there.count() * 2 > all.count(),
            Many::Lead => there.into_iter().any(|p| p.lead),
            Many::None => all.count() == 0,
        }
    }
}

/// The facts of a file that a guard may read.
pub struct Facts<'a> {
    /// Coded fields and `sets`.
    pub facts: &'a BTreeMap<String, Coded>,
    /// How often each action was done.
    pub counts: &'a BTreeMap<String, u32>,
    /// Parts.
    pub parts: &'a Parts,
}

impl Guard {
    /// Whether it holds. A fact that is not set equals nothing.
    #[must_use]
    pub fn holds(&self, f: &Facts<'_>) -> bool {
        match self {
            Guard::And(all) => all.iter().all(|g| g.holds(f)),
            Guard::Or(any) => any.iter().any(|g| g.holds(f)),
            Guard::Not(g) => !g.holds(f),
            Guard::In(fact, values) => f.facts.get(fact).is_some_and(|v| values.contains(v.as_code().as_ref())),
            Guard::Set(fact) => f.facts.contains_key(fact),
            Guard::CountBelow(action, n) => f.counts.get(action).copied().unwrap_or(0) < *n,
            Guard::Parts(many, kind, states) => many.holds(kind, states, f.parts),
            Guard::Numeric(n) => n.holds(f.facts),
        }
    }

    /// Every fact that it reads, with the values it compares (for the checker's enumeration).
    pub fn visit(&self, fact: &mut dyn FnMut(&str, Option<&BTreeSet<String>>), count: &mut dyn FnMut(&str)) {
        match self {
            Guard::And(gs) | Guard::Or(gs) => gs.iter().for_each(|g| g.visit(fact, count)),
            Guard::Not(g) => g.visit(fact, count),
            Guard::In(name, values) => fact(name, Some(values)),
            Guard::Set(name) => fact(name, None),
            Guard::CountBelow(action, _) => count(action),
            Guard::Parts(..) => {}
            Guard::Numeric(n) => n.reads().into_iter().for_each(|name| fact(name, None)),
        }
    }

    /// Every comparison of numbers in it.
    pub fn numerics(&self, each: &mut dyn FnMut(&Numeric)) {
        match self {
            Guard::And(gs) | Guard::Or(gs) => gs.iter().for_each(|g| g.numerics(each)),
            Guard::Not(g) => g.numerics(each),
            Guard::Numeric(n) => each(n),
            Guard::In(..) | Guard::Set(_) | Guard::CountBelow(..) | Guard::Parts(..) => {}
        }
    }

    /// Every kind of part that it reads, with how many and the states.
    pub fn visit_parts(&self, part: &mut dyn FnMut(Many, &str, &BTreeSet<String>)) {
        match self {
            Guard::And(gs) | Guard::Or(gs) => gs.iter().for_each(|g| g.visit_parts(part)),
            Guard::Not(g) => g.visit_parts(part),
            Guard::Parts(many, kind, states) => part(*many, kind, states),
            Guard::In(..) | Guard::Set(_) | Guard::CountBelow(..) | Guard::Numeric(_) => {}
        }
    }
}

impl TryFrom<String> for Guard {
    type Error = GuardError;
    fn try_from(s: String) -> Result<Guard, GuardError> {
        s.parse()
    }
}

impl From<Guard> for String {
    fn from(g: Guard) -> String {
        g.to_string()
    }
}

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn list(f: &mut fmt::Formatter<'_>, gs: &[Guard], word: &str) -> fmt::Result {
            for (i, g) in gs.iter().enumerate() {
                if i > 0 {
                    write!(f, " {word} ")?;
                }
                match g {
                    Guard::And(_) | Guard::Or(_) => write!(f, "({g})")?,
                    _ => write!(f, "{g}")?,
                }
            }
            Ok(())
        }
        match self {
            Guard::And(gs) => list(f, gs, "and"),
            Guard::Or(gs) => list(f, gs, "or"),
            Guard::Not(g) => write!(f, "not ({g})"),
            Guard::In(fact, values) if values.len() == 1 => {
                write!(f, "{fact} = {}", values.iter().next().map_or("", String::as_str))
            }
            Guard::In(fact, values) => {
                write!(f, "{fact} in [{}]", values.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
            }
            Guard::Set(fact) => write!(f, "{fact} is set"),
            Guard::CountBelow(action, n) => write!(f, "count({action}) < {n}"),
            Guard::Parts(Many::None, kind, _) => write!(f, "none({kind})"),
            Guard::Parts(many, kind, states) => {
                let states = states.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                write!(f, "{}({kind}) in [{states}]", many.word())
            }
            Guard::Numeric(n) => write!(f, "{n}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(guard: &str, facts: &[(&str, &str)], counts: &[(&str, u32)]) -> bool {
        let facts = facts.iter().map(|(k, v)| ((*k).to_owned(), Coded::Code((*v).to_owned()))).collect();
        let counts = counts.iter().map(|(k, v)| ((*k).to_owned(), *v)).collect();
        guard.parse::<Guard>().expect("reads").holds(&Facts {
            facts: &facts,
            counts: &counts,
            parts: &crate::part::NO_PARTS,
        })
    }

    #[test]
    fn a_guard_reads_facts_and_counters() {
        assert!(holds("kind = appeal and route in [six, five]", &[("kind", "appeal"), ("route", "six")], &[]));
        assert!(!holds("kind = appeal and not route = six", &[("kind", "appeal"), ("route", "six")], &[]));
        assert!(holds("kind != appeal or count(object) < 2", &[("kind", "appeal")], &[("object", 1)]));
        assert!(!holds("count(object) < 2", &[], &[("object", 2)]));
        assert!(!holds("route = six", &[], &[]));
        assert!(holds("not (route is set)", &[], &[]));
    }

    #[test]
    fn a_child_is_a_fact_that_may_be_missing() {
        let open = [("child(order)", "open")];
        assert!(holds("child(order) = none", &[], &[]) && !holds("child(order) = none", &open, &[]));
        assert!(holds("child(order) in [none, open]", &open, &[]) && !holds("child(order) = ended", &open, &[]));
        assert!(holds("child(order) != ended", &[], &[]));
        assert!("child(order = x".parse::<Guard>().is_err() && "child(order) <".parse::<Guard>().is_err());
    }

    #[test]
    fn numbers_are_compared_exactly() {
        let told = |guard: &str, facts: &[(&str, i64)]| {
            let facts = facts.iter().map(|(k, v)| ((*k).to_owned(), Coded::Number(*v))).collect();
            let counts = BTreeMap::new();
            guard.parse::<Guard>().expect("reads").holds(&Facts {
                facts: &facts,
                counts: &counts,
                parts: &crate::part::NO_PARTS,
            })
        };
        assert!(told("amount >= 5", &[("amount", 5)]) && !told("amount < 5", &[("amount", 5)]));
        assert!(!told("amount >= 5", &[]) && !told("amount < 5", &[]), "not set compares to nothing");
        assert!(told("share(a, b) >= 1/3", &[("a", 1), ("b", 3)]) && !told("share(a, b) > 1/3", &[("a", 1), ("b", 3)]));
        assert!(told("share(a, b) < 1/2", &[("a", 3), ("b", 0)]), "a share of nothing is nothing");
        assert!(!told("share(a, b) < 1/2", &[("a", 3)]) && !told("room(x)", &[]));
    }

    #[test]
    fn printing_and_reading_agree() {
        for text in [
            "child(a) = ended",
            "child(a) in [none, open]",
            "a = b and child(a) != none",
            "a = b and (c = d or e in [f, g])",
            "not (a = b)",
            "count(x) < 3",
            "a is set",
            "all(unit) in [a, b] and not (none(unit))",
            "amount >= 5 and duty.cost < 10",
            "share(here, all) >= 1/2",
            "not (room(meetings))",
            "room = three and share is set",
        ] {
            let guard: Guard = text.parse().expect("reads");
            assert_eq!(guard.to_string().parse::<Guard>().expect("reads again"), guard);
        }
    }

    #[test]
    fn what_cannot_be_read_names_the_place() {
        for (text, near) in
            [("a = ", "the end"), ("a b", "b"), ("(a = b", "the end"), ("count(a) < x", "the end"), ("a = b c", "c")]
        {
            assert_eq!(text.parse::<Guard>().expect_err("refused").near, near, "{text}");
        }
    }
}
