//! A mechanism made small enough to unroll: states, clocks, counters and the facts that anything depends on, as numbers.
//! Values of a fact that no guard and no number can tell apart become one. No times here; those are `promise`'s.

use super::lower::{is_raise, one_of_ways};
use super::passing::counts_itself;
use kernel::form::Coded;
use kernel::guard::Guard;
use kernel::mechanism::{Action, Clock, FieldKind, Mechanism};
use kernel::number::Value;
use kernel::part::NO_PARTS;
use kernel::role::BodyExpr;
use kernel::time::Length;
use std::collections::{BTreeMap, BTreeSet};

/// A clock that does not run.
pub(crate) const OFF: u8 = 0;
/// A clock that runs; `RUNS + 1 + k` is one that stands still while clock `k` runs.
pub(crate) const RUNS: u8 = 1;
/// The length that stands in for a `local` one, so that a base can be proved before any region has spoken.
pub(crate) const PLACEHOLDER: Length = Length::Days(30);
/// The value that stands for every other one of an open fact.
const OTHER: &str = "_other";

/// Where a matter may stand, without its times. Whether an owed clock has expired is left out: an expiry changes nothing
/// of what is possible, so every clock that runs is taken as one that may have expired.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct Config {
    pub state: u16,
    pub clocks: Vec<u8>,
    pub counts: Vec<u8>,
    /// 0 is not set; `1 + i` is the i-th value.
    pub facts: Vec<u8>,
}

/// A fact that a guard or a number depends on.
#[derive(Debug)]
pub(crate) struct Fact {
    pub name: String,
    /// One value for each class that can be told apart.
    pub values: Vec<String>,
    /// The class of each known value.
    class: BTreeMap<String, u8>,
    /// The classes that a form can give.
    pub given: Vec<u8>,
}

/// What an action does, in numbers.
#[derive(Debug, Default)]
pub(crate) struct Effect {
    pub to: Option<u16>,
    pub ends: bool,
    pub stops: Vec<bool>,
    pub starts: Vec<usize>,
    pub counter: Option<usize>,
}

/// The compiled mechanism.
#[derive(Debug)]
pub(crate) struct Model {
    pub mechanism: Mechanism,
    pub states: Vec<String>,
    pub clocks: Vec<(String, Clock)>,
    pub suspends: Vec<Vec<usize>>,
    pub actions: Vec<(String, Action)>,
    pub effects: Vec<Effect>,
    pub facts: Vec<Fact>,
    /// The counted actions and the number at which counting stops to matter.
    pub counters: Vec<(usize, u8)>,
    /// The actions that only count themselves.
    alone: BTreeSet<usize>,
    /// The facts that only the form reads which surely gives them anew: nothing depends on what they were before.
    passing: Vec<usize>,
}

impl Model {
    /// Whether an action changes nothing but its own count, so that no configuration tells how often it was done.
    pub fn only_counts_itself(&self, action: &str) -> bool {
        self.alone.iter().any(|a| self.actions[*a].0 == action)
    }

    /// Compiles a mechanism whose names are sound. `local` lengths get a placeholder, but those that only optional routes
    /// need keep none where `without_optional` asks so.
    pub fn new(mechanism: &Mechanism, without_optional: bool) -> Model {
        let left = if without_optional { optional_numbers(mechanism) } else { BTreeSet::new() };
        let mut m = super::lower::with_others(mechanism);
        for (id, row) in &mut m.number {
            if row.value.is_missing() && !left.contains(id) {
                row.value = Value::Fixed(PLACEHOLDER);
            }
        }
        let states: Vec<String> = m.state.keys().cloned().collect();
        let clocks: Vec<(String, Clock)> = m.clock.clone().into_iter().collect();
        let actions: Vec<(String, Action)> = m.action.clone().into_iter().collect();
        let clock_at = |id: &String| clocks.iter().position(|(c, _)| c == id);
        let suspends = clocks.iter().map(|(_, c)| c.suspends.iter().filter_map(clock_at).collect()).collect();
        let facts = facts(&m);
        let alone: BTreeSet<usize> = (0..actions.len()).filter(|a| counts_itself(&m, &facts, &actions[*a])).collect();
        let counters: Vec<_> = counters(&m, &actions).into_iter().filter(|(a, _)| !alone.contains(a)).collect();
        let first = |id: &str| actions.iter().position(|(a, _)| one_of_ways(a) == one_of_ways(id)).unwrap_or_default();
        let effects = actions.iter().map(|(id, a)| effect(&m, &states, &clocks, &counters, first(id), id, a));
        let effects = effects.collect();
        let passing = super::passing::facts(&m, facts.iter().map(|f| f.name.as_str()));
        Model { mechanism: m, states, clocks, suspends, actions, effects, facts, counters, alone, passing }
    }

    /// The number of an action.
    pub fn action(&self, id: &str) -> Option<usize> {
        self.actions.binary_search_by(|(a, _)| a.as_str().cmp(id)).ok()
    }

    /// The number of a clock.
    pub fn clock(&self, id: &str) -> Option<usize> {
        self.clocks.binary_search_by(|(c, _)| c.as_str().cmp(id)).ok()
    }

    /// Whether the action changes the configuration of some file: it moves, or it takes a fact that something reads.
    pub fn is_edge(&self, a: usize) -> bool {
        let (id, action) = &self.actions[a];
        let only_later = action.after_end && action.states.is_empty() && !action.anytime;
        !is_raise(id) && !only_later && !self.alone.contains(&a) && {
            let takes = |f: &Fact| self.mechanism.fields_of(action).contains(&f.name.as_str());
            self.mechanism.moves(id, action) || self.facts.iter().any(takes)
        }
    }

    /// The facts as guards read them.
    pub fn coded(&self, facts: &[u8]) -> BTreeMap<String, Coded> {
        let set = self.facts.iter().zip(facts).filter(|(_, v)| **v > 0);
        set.map(|(f, v)| (f.name.clone(), Coded::Code(f.values[usize::from(*v) - 1].clone()))).collect()
    }

    /// The facts that may hold after the action; with an empty form where the clock does it.
    pub fn branches(&self, before: &[u8], a: usize, by_clock: bool) -> Vec<Vec<u8>> {
        let action = &self.actions[a].1;
        let mut all = vec![(before.to_vec(), vec![false; before.len()])];
        let takes = self.mechanism.fields_of(action);
        let taken = self.facts.iter().enumerate().filter(|(_, f)| {
            let given = !by_clock || self.counted(a, &f.name);
            given && takes.contains(&f.name.as_str())
        });
        for (i, fact) in taken {
            let must = action.needs.contains(&fact.name);
            let mut next = Vec::new();
            for (facts, given) in all {
                for class in &fact.given {
                    let (mut facts, mut given) = (facts.clone(), given.clone());
                    (facts[i], given[i]) = (class + 1, true);
                    next.push((facts, given));
                }
                if !must {
                    next.push((facts, given));
                }
            }
            all = next;
        }
        if !by_clock {
            all.retain(|(facts, given)| self.form_is_whole(action, facts, given));
        }
        let mut out: Vec<Vec<u8>> = all.into_iter().map(|(facts, _)| self.with_sets(action, facts)).collect();
        out.iter_mut().for_each(|facts| self.passing.iter().for_each(|i| facts[*i] = 0));
        out.sort();
        out.dedup();
        out
    }

    /// Whether the action counts this vote; its result comes whoever closes it.
    fn counted(&self, a: usize, fact: &str) -> bool {
        self.mechanism.vote.get(fact).is_some_and(|v| v.closed_by == self.actions[a].0)
    }

    fn form_is_whole(&self, action: &Action, facts: &[u8], given: &[bool]) -> bool {
        let asked = action.needs_when.iter().filter_map(|(f, g)| Some((self.fact(f)?, g)));
        let mut asked = asked.filter(|(i, _)| !given[*i]).peekable();
        asked.peek().is_none() || {
            let (coded, counts) = (self.coded(facts), BTreeMap::new());
            asked.all(|(_, g)| !g.holds(&kernel::guard::Facts { facts: &coded, counts: &counts, parts: &NO_PARTS }))
        }
    }

    fn with_sets(&self, action: &Action, mut facts: Vec<u8>) -> Vec<u8> {
        for (name, value) in &action.sets {
            if let Some(i) = self.fact(name) {
                facts[i] = self.facts[i].class.get(value).map_or(0, |c| c + 1);
            }
        }
        facts
    }

    fn fact(&self, name: &str) -> Option<usize> {
        self.facts.iter().position(|f| f.name == name)
    }

    /// The class of a value of a fact, as configurations keep it; none if nothing depends on the fact.
    pub fn fact_value(&self, name: &str, value: &str) -> Option<(usize, u8)> {
        let i = self.fact(name)?;
        let class = &self.facts[i].class;
        let range = || class.iter().find(|(range, _)| super::lower::number::lies_in(range, value)).map(|(_, c)| c);
        class.get(value).or_else(range).or_else(|| class.get(OTHER)).map(|c| (i, c + 1))
    }

    /// The configuration after an action, clock by clock as `kernel::clocks` does it.
    pub fn step(&self, from: &Config, a: usize, facts: Vec<u8>, silence: Option<usize>) -> Config {
        let effect = &self.effects[a];
        let mut to = Config { facts, ..from.clone() };
        if let Some(k) = effect.counter {
            to.counts[k] = (to.counts[k] + 1).min(self.counters[k].1);
        }
        if let Some(state) = effect.to {
            to.state = state;
        }
        if effect.ends {
            to.clocks.fill(OFF);
            return to;
        }
        for (i, was) in from.clocks.iter().enumerate().filter(|(_, c)| **c != OFF) {
            if effect.stops[i] {
                to.clocks[i] = OFF;
            } else if *was > RUNS && effect.stops[usize::from(*was - RUNS) - 1] {
                to.clocks[i] = RUNS;
            }
        }
        for i in effect.starts.iter().copied().filter(|i| from.clocks[*i] == OFF || effect.stops[*i]) {
            to.clocks[i] = RUNS;
            for t in self.suspends[i].iter().copied().filter(|t| from.clocks[*t] == RUNS && !effect.stops[*t]) {
                to.clocks[t] = standing(i);
            }
        }
        if let Some(window) = silence.filter(|w| !effect.stops[*w]) {
            to.clocks[window] = OFF;
        }
        to
    }

    /// The configuration after a window closed and nothing else happened.
    pub fn quiet(&self, from: &Config, window: usize) -> Config {
        let mut to = from.clone();
        to.clocks[window] = OFF;
        to.clocks.iter_mut().filter(|c| **c == standing(window)).for_each(|c| *c = RUNS);
        to
    }
}

/// A clock that stands still while clock `by` runs.
pub(crate) fn standing(by: usize) -> u8 {
    RUNS + 1 + u8::try_from(by).unwrap_or(u8::MAX - RUNS - 1)
}

/// The body of a role, as an expression in which two roles of the same body read alike.
pub(crate) fn body_of(m: &Mechanism, role: &str) -> String {
    fn at(m: &Mechanism, id: &str, depth: usize) -> String {
        let Some(role) = m.role.get(id).filter(|_| depth < 9) else {
            return id.to_owned();
        };
        let body = match &role.is {
            BodyExpr::Same(other) => at(m, other, depth + 1),
            BodyExpr::Superior(relation, other) => format!("{} of ({})", relation.word(), at(m, other, depth + 1)),
            other => other.to_string(),
        };
        // Exclusions move a role to another body only where it asks for no post (kernel::role).
        if role.post.is_none() && !role.not.is_empty() { format!("{body} but {id}") } else { body }
    }
    at(m, role, 0)
}

/// The `local` numbers that nothing but optional routes needs.
fn optional_numbers(m: &Mechanism) -> BTreeSet<String> {
    let optional = |a: &String| m.action.get(a).is_some_and(|a| a.optional);
    let missing = m.number.iter().filter(|(_, n)| n.value.is_missing()).map(|(id, _)| id.clone());
    missing
        .filter(|n| {
            let mut clocks = m.clock.values().filter(|c| c.length == *n);
            let mut extended = m.action.values().filter(|a| a.extends.as_ref().is_some_and(|e| e.by == *n));
            let general = m.escalation.iter().map(|e| &e.within).chain(m.approval.iter().map(|a| &a.within));
            clocks.all(|c| c.from.iter().all(optional))
                && extended.all(|a| a.optional)
                && !general.into_iter().any(|g| g == n)
        })
        .collect()
}

/// Whether proving the mechanism without its optional routes is a different proof.
pub(crate) fn has_optional(m: &Mechanism) -> bool {
    !optional_numbers(m).is_empty()
}

fn counters(m: &Mechanism, actions: &[(String, Action)]) -> Vec<(usize, u8)> {
    let limited = actions.iter().filter_map(|(id, a)| Some((id.as_str(), a.at_most?)));
    // The ways of one action count together.
    let limited = limited.map(|(id, n)| (one_of_ways(id), n));
    let mut most: BTreeMap<&str, u32> = limited.collect();
    fn below<'a>(g: &'a Guard, out: &mut Vec<(&'a str, u32)>) {
        match g {
            Guard::And(gs) | Guard::Or(gs) => gs.iter().for_each(|g| below(g, out)),
            Guard::Not(g) => below(g, out),
            Guard::CountBelow(action, n) => out.push((action, *n)),
            Guard::In(..) | Guard::Set(_) | Guard::Parts(..) | Guard::Numeric(_) => {}
        }
    }
    let mut read = Vec::new();
    m.action.values().filter_map(|a| a.when.as_ref()).for_each(|g| below(g, &mut read));
    for (id, n) in read {
        let most = most.entry(id).or_default();
        *most = (*most).max(n);
    }
    let at = |id: &str| actions.iter().position(|(a, _)| one_of_ways(a) == id);
    most.into_iter().filter_map(|(id, n)| Some((at(id)?, u8::try_from(n).unwrap_or(u8::MAX)))).collect()
}

fn effect(
    m: &Mechanism,
    states: &[String],
    clocks: &[(String, Clock)],
    counters: &[(usize, u8)],
    a: usize,
    id: &str,
    action: &Action,
) -> Effect {
    let to = action.to.as_ref().and_then(|t| states.iter().position(|s| s == t));
    Effect {
        to: to.and_then(|t| u16::try_from(t).ok()),
        ends: action.to.as_ref().is_some_and(|t| m.state.get(t).is_some_and(|s| s.end)),
        stops: clocks.iter().map(|(_, c)| c.to.iter().any(|x| x == id)).collect(),
        starts: (0..clocks.len()).filter(|i| clocks[*i].1.from.iter().any(|x| x == id)).collect(),
        counter: counters.iter().position(|(x, _)| *x == a),
    }
}

type Values = BTreeMap<String, Vec<BTreeSet<String>>>;

/// The facts that guards and numbers read, each with its values grouped by what they change.
fn facts(m: &Mechanism) -> Vec<Fact> {
    let mut read: Values = BTreeMap::new();
    let note = |g: &Guard, read: &mut Values| {
        g.visit(&mut |fact, values| read.entry(fact.to_owned()).or_default().extend(values.cloned()), &mut |_| {});
    };
    m.action.values().filter_map(|a| a.when.as_ref()).for_each(|g| note(g, &mut read));
    for row in m.number.values() {
        if let Value::By { field, lengths } = &row.value {
            let by_length = lengths.values().map(|l| l.to_string()).collect::<BTreeSet<_>>();
            let of = |l: &String| lengths.iter().filter(|(_, x)| x.to_string() == *l).map(|(v, _)| v.clone()).collect();
            read.entry(field.clone()).or_default().extend(by_length.iter().map(of));
        }
    }
    // A form that asks for such a fact on a condition makes the condition's facts matter too.
    loop {
        let before: usize = read.values().map(Vec::len).sum::<usize>() + read.len();
        let conditions = m.action.values().flat_map(|a| &a.needs_when);
        let conditions: Vec<&Guard> = conditions.filter(|(f, _)| read.contains_key(*f)).map(|(_, g)| g).collect();
        for g in conditions {
            note(g, &mut read);
        }
        read.values_mut().for_each(|sets| {
            sets.sort();
            sets.dedup();
        });
        if before == read.values().map(Vec::len).sum::<usize>() + read.len() {
            break;
        }
    }
    read.into_iter().map(|(name, sets)| grouped(m, name, &sets)).collect()
}

fn grouped(m: &Mechanism, name: String, sets: &[BTreeSet<String>]) -> Fact {
    let mut given: BTreeSet<String> = BTreeSet::new();
    if let Some(field) = m.field.get(&name) {
        match field.kind {
            FieldKind::Choice => given.extend(field.of.iter().map(|c| c.id.clone())),
            FieldKind::YesNo => given.extend(["yes".to_owned(), "no".to_owned()]),
            _ => given.extend(sets.iter().flatten().cloned().chain([OTHER.to_owned()])),
        }
    }
    let set = m.action.values().filter_map(|a| a.sets.get(&name)).cloned();
    let known: BTreeSet<String> = given.iter().cloned().chain(set).collect();
    let signature = |v: &String| sets.iter().map(|s| s.contains(v)).collect::<Vec<_>>();
    let (mut signatures, mut values, mut class) = (Vec::new(), Vec::new(), BTreeMap::new());
    for value in known {
        let of = signature(&value);
        let at = signatures.iter().position(|s| *s == of).unwrap_or_else(|| {
            signatures.push(of);
            values.push(value.clone());
            values.len() - 1
        });
        class.insert(value, u8::try_from(at).unwrap_or(u8::MAX - 1));
    }
    let given: BTreeSet<u8> = given.iter().filter_map(|v| class.get(v).copied()).collect();
    Fact { name, values, class, given: given.into_iter().collect() }
}
