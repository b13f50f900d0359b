//! Lowering: what the language has beyond states, clocks, counters and facts is rewritten into these before it is proved.
//! The nine rules and the promise see only the ordinary mechanism that comes out; the kernel runs the real one. One module
//! for each construct. Ids that a lowering makes end in `@1` (the first of several that stand for all) or `+1` (one of the
//! ways in which the same action may be done) or `!` (it follows at once wherever it is possible); findings point to the real one.

mod about;
pub(crate) mod child;
pub(crate) mod number;
mod part;
pub(crate) mod slots;
mod vote;

use crate::finding::Finding;
use kernel::mechanism::{Mechanism, RAISE};
use kernel::text::Text;
use std::borrow::Cow;

/// How many parts stand for any number of them where rules are proved, and where the longest time is reckoned.
pub(crate) const RULES: usize = 2;
pub(crate) const PROMISE: usize = 1;

/// The mechanism with what other matters do to it said as actions: the ends of children, the places that are
/// taken; with fields for what lists and votes tell, and comparisons of numbers as facts.
pub(crate) fn with_others(m: &Mechanism) -> Mechanism {
    let mut low = facts(m);
    child::lower(m, &mut low);
    slots::lower(m, &mut low);
    about::lower(&mut low);
    number::tallies(&mut low);
    number::numbers(&mut low);
    low
}

/// The mechanism with a field for every fact that some construct gives: columns of rows, results of votes.
#[must_use]
pub fn facts(mechanism: &Mechanism) -> Mechanism {
    let mut m = mechanism.clone();
    number::rows(&mut m);
    vote::votes(&mut m);
    m
}

/// The path in the pack of what a finding says about an event of another matter.
pub(crate) fn written(path: String) -> String {
    match path.strip_prefix(child::ENDS) {
        Some(rest) => format!("child.{}", rest.split('.').next().unwrap_or(rest)),
        None => path,
    }
}

/// An ordinary mechanism that does what this one does, with so many parts standing for any number.
pub(crate) fn lower(m: &Mechanism, copies: usize) -> Cow<'_, Mechanism> {
    if m.part.is_empty() {
        return Cow::Borrowed(m);
    }
    Cow::Owned(part::lower(m, copies))
}

/// The real id of a lowered one.
pub(crate) fn real(id: &str) -> &str {
    id.split(['@', '+', '!']).next().unwrap_or(id)
}

/// Whether this is raising, in whatever way.
pub(crate) fn is_raise(id: &str) -> bool {
    one_of_ways(id) == RAISE
}

/// Whether it follows at once wherever it is possible, before anybody can do anything else.
pub(crate) fn at_once(id: &str) -> bool {
    id.ends_with('!')
}

/// The action that this is one of the ways of; ways share what was counted.
pub(crate) fn one_of_ways(id: &str) -> &str {
    id.split('+').next().unwrap_or(id)
}

/// Findings as they read on the real mechanism.
pub(crate) fn plainly(mut found: Vec<Finding>) -> Vec<Finding> {
    for f in &mut found {
        f.path = f.path.split('.').map(real).collect::<Vec<_>>().join(".");
        f.chain.iter_mut().for_each(|link| *link = without_ways(link));
        f.message = Text::new(without_ways(&f.message.zh), without_ways(&f.message.en));
    }
    found
}

/// Takes `+12` off every word.
fn without_ways(text: &str) -> String {
    let mut out = String::new();
    let mut skipping = false;
    for c in text.chars() {
        let after_name = out.chars().last().is_some_and(|l| l.is_ascii_alphanumeric() || l == '_');
        skipping = (matches!(c, '+' | '!') && after_name) || (skipping && (c.is_ascii_digit() || c == '+'));
        if !skipping {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_shown_as_the_file_has_them() {
        assert_eq!((real("call@2"), real("call+12"), one_of_ways("call+1+0")), ("call", "call", "call"));
        assert_eq!(without_ways("open -call+12-> busy -all!-> done, 1 + 2"), "open -call-> busy -all-> done, 1 + 2");
    }
}
