//! Guards: decidable conditions over coded facts and counters, nothing else (decisions 6).
//! There is no general expression language here, and no personal text can be reached.

use crate::form::Coded;
use crate::numeric::{Comparison, Numeric};
use crate::part::{Parts, of};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

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
    const WORDS: [(&str, Many); 5] =
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

/// What a guard that cannot be read gets wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the condition cannot be read at `{near}`: {why}")]
pub struct GuardError {
    /// The word where reading stopped.
    pub near: String,
    /// What was expected there.
    pub why: &'static str,
}

impl FromStr for Guard {
    type Err = GuardError;
    fn from_str(s: &str) -> Result<Guard, GuardError> {
        let words = words(s);
        let mut reader = Reader { words: &words, at: 0 };
        let guard = reader.or()?;
        if reader.at < words.len() {
            return reader.stop("`and`, `or` or the end");
        }
        Ok(guard)
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

fn words(s: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut word = String::new();
    for c in s.chars() {
        if c.is_alphanumeric() || matches!(c, '_' | '-' | '.') {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            out.push(std::mem::take(&mut word));
        }
        if !c.is_whitespace() {
            match (c, out.last().map(String::as_str)) {
                ('=', Some("!" | "<" | ">")) => out.last_mut().expect("invariant: just matched").push('='),
                _ => out.push(c.to_string()),
            }
        }
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

struct Reader<'a> {
    words: &'a [String],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> &str {
        self.words.get(self.at).map_or("", String::as_str)
    }

    fn eat(&mut self, word: &str) -> bool {
        let hit = self.peek() == word;
        self.at += usize::from(hit);
        hit
    }

    fn stop<T>(&self, why: &'static str) -> Result<T, GuardError> {
        let near = if self.peek().is_empty() { "the end" } else { self.peek() };
        Err(GuardError { near: near.into(), why })
    }

    fn name(&mut self) -> Result<String, GuardError> {
        let word = self.peek().to_owned();
        if !word.starts_with(|c: char| c.is_alphanumeric()) {
            return self.stop("expected a name");
        }
        self.at += 1;
        Ok(word)
    }

    fn or(&mut self) -> Result<Guard, GuardError> {
        let mut all = vec![self.and()?];
        while self.eat("or") {
            all.push(self.and()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Guard::Or(all) })
    }

    fn and(&mut self) -> Result<Guard, GuardError> {
        let mut all = vec![self.term()?];
        while self.eat("and") {
            all.push(self.term()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Guard::And(all) })
    }

    fn term(&mut self) -> Result<Guard, GuardError> {
        if self.eat("not") {
            return Ok(Guard::Not(Box::new(self.term()?)));
        }
        if self.eat("(") {
            let inner = self.or()?;
            return if self.eat(")") { Ok(inner) } else { self.stop("expected `)`") };
        }
        if self.eat("count") {
            return self.count();
        }
        let called = self.words.get(self.at + 1).is_some_and(|w| w == "(");
        if called && self.peek() == "child" {
            return self.child();
        }
        let many = Many::WORDS.iter().find(|(word, _)| *word == self.peek());
        if let Some((_, many)) = many.filter(|_| called) {
            return self.parts(*many);
        }
        if called && self.eat("share") {
            return self.share();
        }
        if called && self.eat("room") {
            let cap = self.inside("expected `(` after room")?;
            return Ok(Guard::Numeric(Numeric::Room(cap)));
        }
        let fact = self.name()?;
        if let Some(how) = self.comparison() {
            let n = self.whole()?;
            return Ok(Guard::Numeric(Numeric::Number(fact, how, n)));
        }
        if self.eat("=") {
            return Ok(Guard::In(fact, BTreeSet::from([self.name()?])));
        }
        if self.eat("!=") {
            let value = self.name()?;
            return Ok(Guard::Not(Box::new(Guard::In(fact, BTreeSet::from([value])))));
        }
        if self.eat("is") {
            return if self.eat("set") { Ok(Guard::Set(fact)) } else { self.stop("expected `set`") };
        }
        if self.eat("in") {
            return self.set(fact);
        }
        self.stop("expected `=`, `!=`, `<`, `>=`, `in [..]` or `is set`")
    }

    fn count(&mut self) -> Result<Guard, GuardError> {
        if !self.eat("(") {
            return self.stop("expected `(` after count");
        }
        let action = self.name()?;
        if !(self.eat(")") && self.eat("<")) {
            return self.stop("expected `) <` and a number");
        }
        match self.name()?.parse() {
            Ok(n) => Ok(Guard::CountBelow(action, n)),
            Err(_) => self.stop("expected a whole number before this"),
        }
    }

    /// `child(order) in [none, open, ended]`: a fact that the fold keeps, not set as long as there is none.
    fn child(&mut self) -> Result<Guard, GuardError> {
        self.at += 2;
        let fact = crate::kin::child_fact(&self.name()?);
        if !self.eat(")") {
            return self.stop("expected `)` after the child");
        }
        let (values, not) = match self.peek() {
            "is" => {
                self.at += 1;
                return if self.eat("set") { Ok(Guard::Set(fact)) } else { self.stop("expected `set`") };
            }
            "in" => {
                self.at += 1;
                match self.set(String::new())? {
                    Guard::In(_, values) => (values, false),
                    _ => return self.stop("expected `[..]`"),
                }
            }
            word @ ("=" | "!=") => {
                let not = word == "!=";
                self.at += 1;
                (BTreeSet::from([self.name()?]), not)
            }
            _ => return self.stop("expected `=`, `!=` or `in [..]`"),
        };
        let (none, values): (BTreeSet<_>, BTreeSet<_>) = values.into_iter().partition(|v| v == crate::kin::NONE);
        let mut any = Vec::new();
        if !none.is_empty() {
            any.push(Guard::Not(Box::new(Guard::Set(fact.clone()))));
        }
        if !values.is_empty() {
            any.push(Guard::In(fact, values));
        }
        let guard = if any.len() == 1 { any.remove(0) } else { Guard::Or(any) };
        Ok(if not { Guard::Not(Box::new(guard)) } else { guard })
    }

    fn parts(&mut self, many: Many) -> Result<Guard, GuardError> {
        self.at += 2;
        let kind = self.name()?;
        if !self.eat(")") {
            return self.stop("expected `)`");
        }
        if many == Many::None {
            return Ok(Guard::Parts(many, kind, BTreeSet::new()));
        }
        if !self.eat("in") {
            return self.stop("expected `in [..]`");
        }
        match self.set(kind)? {
            Guard::In(kind, states) => Ok(Guard::Parts(many, kind, states)),
            other => Ok(other),
        }
    }

    fn comparison(&mut self) -> Option<Comparison> {
        Comparison::ALL.into_iter().find(|c| self.eat(c.sign()))
    }

    fn whole<T: FromStr>(&mut self) -> Result<T, GuardError> {
        let word = self.peek().to_owned();
        match word.parse() {
            Ok(n) => {
                self.at += 1;
                Ok(n)
            }
            Err(_) => self.stop("expected a whole number"),
        }
    }

    fn inside(&mut self, why: &'static str) -> Result<String, GuardError> {
        if !self.eat("(") {
            return self.stop(why);
        }
        let name = self.name()?;
        if self.eat(")") { Ok(name) } else { self.stop("expected `)`") }
    }

    fn share(&mut self) -> Result<Guard, GuardError> {
        if !self.eat("(") {
            return self.stop("expected `(` after share");
        }
        let part = self.name()?;
        if !self.eat(",") {
            return self.stop("expected `,` and what it is a share of");
        }
        let whole = self.name()?;
        if !self.eat(")") {
            return self.stop("expected `)`");
        }
        let Some(how) = self.comparison() else {
            return self.stop("expected `>=`, `>`, `<` or `<=`");
        };
        let n = self.whole()?;
        if !self.eat("/") {
            return self.stop("expected a fraction such as 1/2");
        }
        let d: u32 = self.whole()?;
        if d == 0 {
            self.at -= 1;
            return self.stop("expected a number other than 0 below the line");
        }
        Ok(Guard::Numeric(Numeric::Share(part, whole, how, n, d)))
    }

    fn set(&mut self, fact: String) -> Result<Guard, GuardError> {
        if !self.eat("[") {
            return self.stop("expected `[`");
        }
        let mut values = BTreeSet::from([self.name()?]);
        while self.eat(",") {
            values.insert(self.name()?);
        }
        if self.eat("]") { Ok(Guard::In(fact, values)) } else { self.stop("expected `]`") }
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
