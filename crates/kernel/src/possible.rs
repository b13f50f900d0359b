//! "Possible now": one function for the kernel, the checker, the walk, the portal and the desk.

use crate::form::Coded;
use crate::guard::Facts;
use crate::mechanism::{Action, Mechanism};
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
    /// Whether a clock runs.
    pub runs: &'a dyn Fn(&str) -> bool,
}

/// Why an action is not possible here, whoever asks; none if it is.
#[must_use]
pub fn blocked(mechanism: &Mechanism, id: &str, action: &Action, at: &Position<'_>) -> Option<Rule> {
    if at.ended && !action.after_end {
        return Some(Rule::Ended);
    }
    let here = (action.anytime && !at.ended) || (action.after_end && at.ended) || action.states.contains(at.state);
    if !here {
        return Some(Rule::State { state: at.state.to_owned() });
    }
    if let Some(most) = action.at_most
        && at.counts.get(id).copied().unwrap_or(0) >= most
    {
        return Some(Rule::AtMost { at_most: most, then: action.then.clone() });
    }
    if let Some(guard) = &action.when
        && !guard.holds(&Facts { facts: at.facts, counts: at.counts })
    {
        return Some(Rule::Guard { guard: guard.to_string() });
    }
    if let Some(extends) = &action.extends
        && !(at.runs)(&extends.clock)
    {
        return Some(Rule::ClockStopped { clock: extends.clock.clone() });
    }
    missing(mechanism, id, action, at.facts).map(|number| Rule::NotOffered { number })
}

/// A number that the action needs and that has no value in this region.
#[must_use]
pub fn missing(mechanism: &Mechanism, id: &str, action: &Action, facts: &BTreeMap<String, Coded>) -> Option<String> {
    let started = mechanism.clock.values().filter(|c| c.from.iter().any(|a| a == id)).map(|c| c.length.as_str());
    let wanted = started.chain(action.extends.iter().map(|e| e.by.as_str()));
    let mut none = wanted.filter(|n| mechanism.number.get(*n).is_none_or(|row| row.value.length(facts).is_none()));
    none.next().map(str::to_owned)
}
