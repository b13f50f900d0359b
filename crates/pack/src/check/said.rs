//! Which fields were surely given before a state is reached: on every way to it some step needs them. Conditions are not asked;
//! what only they guarantee counts as missing.

use kernel::mechanism::{Action, Mechanism, RAISE, RAISER};
use std::collections::{BTreeMap, BTreeSet};

/// Whether every way to where this action may be done passes a step that needs the field, and no person writes it.
pub(super) fn surely(m: &Mechanism, action: &Action, field: &str) -> bool {
    if m.action.values().any(|a| a.by.iter().any(|r| r == RAISER) && m.fields_of(a).contains(&field)) {
        return false;
    }
    let given = given(m);
    let known = |s: &str| given.get(s).is_some_and(|fields| fields.contains(field));
    let states = whence(m, action);
    !states.is_empty() && states.iter().all(|s| known(s) || !given.contains_key(*s))
}

/// What was given wherever a state can be reached; states that cannot are absent.
fn given(m: &Mechanism) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut given: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    loop {
        let mut grew = false;
        for (id, action) in m.action.iter().filter(|(_, a)| a.part.is_none()) {
            let Some(to) = action.to.as_deref() else { continue };
            let needs = || action.needs.iter().map(String::as_str);
            let ways: Vec<BTreeSet<&str>> = if id == RAISE {
                vec![needs().collect()]
            } else {
                whence(m, action)
                    .into_iter()
                    .filter_map(|s| Some(given.get(s)?.iter().copied().chain(needs()).collect()))
                    .collect()
            };
            for way in ways {
                let all = given.get(to).map_or_else(|| way.clone(), |old| old.intersection(&way).copied().collect());
                grew |= given.get(to) != Some(&all);
                given.insert(to, all);
            }
        }
        if !grew {
            return given;
        }
    }
}

/// The states in which an action may be done.
fn whence<'a>(m: &'a Mechanism, action: &'a Action) -> Vec<&'a str> {
    if action.anytime {
        m.state.iter().filter(|(_, s)| !s.end).map(|(id, _)| id.as_str()).collect()
    } else {
        action.states.iter().map(String::as_str).collect()
    }
}
