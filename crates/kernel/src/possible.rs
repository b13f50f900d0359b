//! "Possible now": one function for the kernel, the checker, the walk, the portal and the desk.

use crate::form::Coded;
use crate::guard::Facts;
use crate::mechanism::{Action, Mechanism};
use crate::part::{PartFile, Parts};
use crate::refusal::Rule;
use std::collections::BTreeMap;

/// What of a file decides what is possible: the configuration of mechanisms.md without its times.
pub struct Position<'a> {
    /// The state.
    pub state: &'a str,
    /// Whether the file has ended.
    pub ended: bool,
    /// Facts.
    pub facts: &'a BTreeMap<String, Coded>,
    /// Counters.
    pub counts: &'a BTreeMap<String, u32>,
    /// Parts.
    pub parts: &'a Parts,
    /// The part that the action would be done on.
    pub part: Option<&'a PartFile>,
    /// Whether a clock runs.
    pub runs: &'a dyn Fn(&str) -> bool,
}

/// Why an action is not possible here, whoever asks; none if it is.
#[must_use]
pub fn blocked(mechanism: &Mechanism, id: &str, action: &Action, at: &Position<'_>) -> Option<Rule> {
    if let Some(rule) = elsewhere(mechanism, action, at) {
        return Some(rule);
    }
    let counts = action.part.as_ref().and(at.part).map_or(at.counts, |p| &p.counts);
    if let Some(most) = action.at_most
        && counts.get(id).copied().unwrap_or(0) >= most
    {
        return Some(Rule::AtMost { at_most: most, then: action.then.clone() });
    }
    if let Some(guard) = &action.when {
        let facts = Facts { facts: at.facts, counts: at.counts, parts: at.parts };
        if !guard.holds(&facts) {
            return Some(Rule::Guard { action: id.to_owned(), unmet: guard.unmet(&facts) });
        }
    }
    if let Some(extends) = &action.extends
        && !(at.runs)(&clock_of(mechanism, &extends.clock, at.part))
    {
        return Some(Rule::ClockStopped { clock: extends.clock.clone() });
    }
    missing(mechanism, id, action, at.facts).map(|number| Rule::NotOffered { number })
}

/// Why not in this state of the matter, or of the part.
fn elsewhere(mechanism: &Mechanism, action: &Action, at: &Position<'_>) -> Option<Rule> {
    let state = |s: &str| Some(Rule::State { state: s.to_owned() });
    let Some(kind) = &action.part else {
        if at.ended && !action.after_end {
            return Some(Rule::Ended);
        }
        let here = (action.anytime && !at.ended) || (action.after_end && at.ended) || action.states.contains(at.state);
        return if here { None } else { state(at.state) };
    };
    let Some(part) = at.part.filter(|p| p.kind() == kind) else {
        return Some(Rule::NoPart { part: kind.clone() });
    };
    if at.ended && !mechanism.part.get(kind).is_some_and(|p| p.outlives) {
        return Some(Rule::Ended);
    }
    match action.during.is_empty() || action.during.contains(at.state) {
        false => state(at.state),
        true if action.states.contains(&part.state) => None,
        true => state(&part.state),
    }
}

/// The id under which a clock runs: of a part, its own instance.
#[must_use]
pub fn clock_of(mechanism: &Mechanism, clock: &str, part: Option<&PartFile>) -> String {
    let own = part.filter(|p| mechanism.clock.get(clock).is_some_and(|c| c.part.as_deref() == Some(p.kind())));
    own.map_or_else(|| clock.to_owned(), |p| p.clock(clock))
}

/// A number that the action needs and that has no value in this region.
#[must_use]
pub fn missing(mechanism: &Mechanism, id: &str, action: &Action, facts: &BTreeMap<String, Coded>) -> Option<String> {
    let started = mechanism.clock.values().filter(|c| c.from.iter().any(|a| a == id)).map(|c| c.length.as_str());
    let wanted = started.chain(action.extends.iter().map(|e| e.by.as_str()));
    let mut none = wanted.filter(|n| mechanism.number.get(*n).is_none_or(|row| row.value.length(facts).is_none()));
    none.next().map(str::to_owned)
}
