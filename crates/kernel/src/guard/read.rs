//! Reading a condition as packs write it. What it says is `guard`'s.

use super::{Guard, Many};
use crate::numeric::{Comparison, Numeric};
use std::collections::BTreeSet;
use std::str::FromStr;

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
            return self.told(crate::kin::child_fact);
        }
        if called && self.peek() == "about" {
            return self.told(crate::personal::about_fact);
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

    /// `child(order) in [none, open, ended]`, `about(which) = ended`: where another matter stands; not set as long as there
    /// is none.
    fn told(&mut self, fact: fn(&str) -> String) -> Result<Guard, GuardError> {
        self.at += 2;
        let fact = fact(&self.name()?);
        if !self.eat(")") {
            return self.stop("expected `)` after the name");
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
