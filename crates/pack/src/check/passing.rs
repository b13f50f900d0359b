//! What need not be remembered while a mechanism is unrolled: facts that nothing reads but the condition of a form that asks
//! for them itself, and counts that nothing asks for. Remembered, each would multiply what is proved and change none of it.

use super::lower::one_of_ways;
use super::model::Fact;
use kernel::guard::Guard;
use kernel::mechanism::{Action, Mechanism};
use kernel::number::Value;

/// The places of such facts.
pub(super) fn facts<'a>(m: &Mechanism, names: impl Iterator<Item = &'a str>) -> Vec<usize> {
    names.enumerate().filter(|(_, name)| passes(m, name)).map(|(i, _)| i).collect()
}

fn passes(m: &Mechanism, name: &str) -> bool {
    let length = m.number.values().any(|n| matches!(&n.value, Value::By { field, .. } if field == name));
    let asked = m.action.values().any(|a| {
        let own = a.needs.iter().any(|f| f == name);
        a.when.as_ref().is_some_and(|g| reads(g, name)) || (!own && a.needs_when.values().any(|g| reads(g, name)))
    });
    !length && !asked
}

fn reads(guard: &Guard, name: &str) -> bool {
    let mut found = false;
    guard.visit(&mut |fact, _| found |= fact == name, &mut |_| {});
    found
}

/// Whether an action changes nothing but its own count, which nothing else asks for: it would only double what is proved.
pub(super) fn counts_itself(m: &Mechanism, facts: &[Fact], (id, action): &(String, Action)) -> bool {
    let asked = m.action.values().flat_map(|a| a.when.iter().chain(a.needs_when.values())).any(|g| counts(g, id));
    let without = Action { at_most: None, raises: None, ..action.clone() };
    let takes = |f: &Fact| m.fields_of(action).contains(&f.name.as_str());
    action.at_most.is_some() && one_of_ways(id) == id && !asked && !m.moves(id, &without) && !facts.iter().any(takes)
}

/// Whether a guard asks how often an action was done.
fn counts(guard: &Guard, action: &str) -> bool {
    match guard {
        Guard::And(all) | Guard::Or(all) => all.iter().any(|g| counts(g, action)),
        Guard::Not(one) => counts(one, action),
        Guard::CountBelow(counted, _) => counted == action,
        Guard::In(..) | Guard::Set(_) | Guard::Parts(..) | Guard::Numeric(_) => false,
    }
}
