//! Children: the fact `child(x)` is set by the action that raises one, and an event ends it. Where the parent has an action
//! for that, the event is this action, done in the name of whoever holds the matter and waits; elsewhere it only changes
//! the fact. When the child ends is the child's own promise; here the parent's clock bounds it, as rule 3 demands one.

use super::is_raise;
use kernel::form::kept_as;
use kernel::guard::Guard;
use kernel::ids::Class;
use kernel::kin::{ENDED, OPEN, child_fact};
use kernel::mechanism::{Action, Child, Field, FieldKind, Mechanism};
use kernel::number::Value;
use kernel::text::Text;
use std::collections::BTreeSet;

/// The beginning of the path of an event that only changes the fact.
pub(super) const ENDS: &str = "action.child ";
/// Nobody either, and nothing to count upon: the child may never say it.
pub(crate) const WORD: &str = "word from another matter";
/// Nobody: what happens in another matter is no act of whoever holds this one.
const ELSEWHERE: &str = "another matter";

pub(super) fn lower(m: &Mechanism, low: &mut Mechanism) {
    for action in low.action.values_mut().filter(|a| a.on_word) {
        action.by = vec![WORD.into()];
    }
    for (id, child) in m.child.iter().filter(|(_, c)| !c.hidden) {
        let fact = child_fact(id);
        words(m, id, child, low, &fact);
        if child.ended.is_none() && !read(m, child, &fact) {
            continue;
        }
        brought(child, low);
        if let Some((then, action)) = child.ended.as_ref().and_then(|e| m.action.get_key_value(e))
            && !read(m, child, &fact)
            && open_while_it_waits(m, id, then, action)
        {
            low.action.insert(then.clone(), Action { by: waiters(m, action), ..action.clone() });
            continue;
        }
        for action in low.action.values_mut().filter(|a| a.raises.as_ref().is_some_and(|r| r.child == *id)) {
            action.sets.insert(fact.clone(), OPEN.into());
        }
        if child.comes() {
            low.action.insert(format!("child {id} comes"), comes(m, child, &fact));
        }
        let open = Guard::In(fact.clone(), BTreeSet::from([OPEN.to_owned()]));
        let several = several(m, id, child, &fact);
        let waits = child.ended.as_ref().and_then(|e| m.action.get_key_value(e));
        if let Some((then, action)) = waits {
            low.action.insert(then.clone(), waiting(m, action, child, &fact, &open, true));
            if several {
                // Another one of the same name may still be open.
                let again = Action { after_end: true, ..waiting(m, action, child, &fact, &open, false) };
                low.action.insert(format!("child {id} again"), again);
                like(low, then, &format!("child {id} again"));
            }
        }
        let taken = waits.filter(|(_, a)| a.when.is_none()).map(|(_, a)| a.states.clone()).unwrap_or_default();
        let elsewhere: BTreeSet<String> =
            m.state.iter().filter(|(s, x)| !x.end && !taken.contains(*s)).map(|(s, _)| s.clone()).collect();
        if !elsewhere.is_empty() {
            let ends = Action {
                label: Text::new(format!("{}结束", child.name.zh), format!("the end of {}", child.name.en)),
                said: child.name.clone(),
                states: elsewhere,
                by: vec![ELSEWHERE.into()],
                when: Some(open),
                may: child.brings.keys().cloned().collect(),
                sets: [(fact, ENDED.to_owned())].into(),
                // It is nobody's to do, so that rule 1 has nothing to say where it never happens before the end.
                after_end: true,
                ..Action::default()
            };
            low.action.insert(format!("child {id}"), ends);
        }
    }
}

/// What a child tells may come whenever it is possible here, or never: in nobody's name, and no way on to count upon. What it
/// brings comes with it, and alone where nothing follows.
fn words(m: &Mechanism, id: &str, child: &Child, low: &mut Mechanism, fact: &str) {
    for then in child.told.values() {
        if let Some(action) = low.action.get_mut(then) {
            action.by = vec![WORD.into()];
            action.may.extend(child.brings.keys().cloned());
        }
    }
    if child.told.is_empty() || child.brings.is_empty() || !read(m, child, fact) {
        return;
    }
    brought(child, low);
    let alone = Action {
        label: Text::new(format!("{}传来了话", child.name.zh), format!("word from {}", child.name.en)),
        said: child.name.clone(),
        states: m.state.iter().filter(|(_, s)| !s.end).map(|(id, _)| id.clone()).collect(),
        by: vec![WORD.into()],
        may: child.brings.keys().cloned().collect(),
        after_end: true,
        ..Action::default()
    };
    low.action.insert(format!("child {id} tells"), alone);
}

/// One comes from outside. It may come at any time; that another one comes when all have ended is no other standing than that
/// the first does, because conditions ask for nothing but `open`.
fn comes(m: &Mechanism, child: &Child, fact: &str) -> Action {
    Action {
        label: Text::new(format!("{}来了", child.name.zh), format!("{} comes", child.name.en)),
        said: child.name.clone(),
        states: m.state.iter().filter(|(_, s)| !s.end).map(|(id, _)| id.clone()).collect(),
        by: vec![ELSEWHERE.into()],
        when: Some(Guard::Not(Box::new(Guard::Set(fact.to_owned())))),
        sets: [(fact.to_owned(), OPEN.to_owned())].into(),
        after_end: true,
        ..Action::default()
    }
}

/// Whether anything depends on where the child stands or on what it brings.
fn read(m: &Mechanism, child: &Child, fact: &str) -> bool {
    let mut found = false;
    let guards = m.action.values().flat_map(|a| a.when.iter().chain(a.needs_when.values()));
    for guard in guards {
        guard.visit(&mut |name, _| found |= name == fact || child.brings.contains_key(name), &mut |_| {});
    }
    let number = |v: &Value| matches!(v, Value::By { field, .. } if child.brings.contains_key(field));
    found || m.number.values().any(|n| number(&n.value))
}

/// Whether the parent waits only where a child was raised that is still open: no other way leads to where it waits, and no
/// second child comes. Then the state says all that the fact would, and the configurations do without it.
fn open_while_it_waits(m: &Mechanism, id: &str, then: &str, action: &Action) -> bool {
    let waits = |state: &str| action.states.contains(state);
    let raises = |a: &Action| a.raises.as_ref().is_some_and(|r| r.child == id);
    let comes = |a: &Action| raises(a) || (!a.anytime && a.states.iter().all(|s| waits(s)));
    action.when.is_none()
        && m.action.values().filter(|a| raises(a)).all(|a| a.at_most == Some(1) && a.to.as_deref().is_some_and(waits))
        && m.action.values().filter(|a| raises(a)).count() == 1
        && m.action
            .iter()
            .all(|(id, a)| !a.to.as_deref().is_some_and(waits) || (id != then && !is_raise(id) && comes(a)))
}

/// In whose name the parent goes on: whoever holds it and waits.
fn waiters(m: &Mechanism, action: &Action) -> Vec<String> {
    let holders = action.states.iter().filter_map(|s| m.state.get(s)?.holder.clone());
    holders.collect::<BTreeSet<_>>().into_iter().chain([ELSEWHERE.to_owned()]).collect()
}

/// The action of the parent at the child's end.
fn waiting(m: &Mechanism, action: &Action, child: &Child, fact: &str, open: &Guard, last: bool) -> Action {
    let mut a = action.clone();
    a.by = waiters(m, action);
    a.may.extend(child.brings.keys().cloned());
    a.when = Some(match &action.when {
        Some(own) => Guard::And(vec![open.clone(), own.clone()]),
        None => open.clone(),
    });
    if last {
        a.sets.insert(fact.to_owned(), ENDED.into());
    }
    a
}

/// What starts and stops clocks like another action does.
fn like(low: &mut Mechanism, action: &str, copy: &str) {
    for clock in low.clock.values_mut() {
        for list in [&mut clock.from, &mut clock.to] {
            if list.iter().any(|a| a == action) {
                list.push(copy.to_owned());
            }
        }
    }
}

/// The facts that a child brings may have any of its values.
fn brought(child: &Child, low: &mut Mechanism) {
    for fact in child.brings.keys() {
        if low.field.get(fact).is_some_and(|f| kept_as(f) == Class::Coded) {
            continue;
        }
        let field = Field { label: child.name.clone(), ..super::vote::plain(FieldKind::Number, Vec::new()) };
        low.field.insert(fact.clone(), field);
    }
}

/// Whether a second child of the name may be raised while one is open: by the conditions of what raises it, and by the
/// states that can be come to without the end of the first.
fn several(m: &Mechanism, id: &str, child: &Child, fact: &str) -> bool {
    let raises = |a: &Action| a.raises.as_ref().is_some_and(|r| r.child == id);
    let raising: Vec<&Action> = m.action.values().filter(|a| raises(a)).collect();
    if raising.iter().all(|a| a.when.as_ref().is_some_and(|g| never_open(g, fact))) {
        return false;
    }
    let leads = |a: &Action, from: &str| a.anytime || a.states.contains(from);
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let mut stack: Vec<&str> = Vec::new();
    for action in &raising {
        match action.to.as_deref() {
            Some(to) => stack.push(to),
            // It stays where it was, and can be done there again.
            None => return true,
        }
    }
    while let Some(at) = stack.pop() {
        if m.state.get(at).is_some_and(|s| s.end) || !seen.insert(at) {
            continue;
        }
        if raising.iter().any(|a| leads(a, at)) {
            return true;
        }
        let others = m.action.iter().filter(|(a, _)| child.ended.as_ref() != Some(a));
        stack.extend(others.filter(|(_, a)| leads(a, at)).filter_map(|(_, a)| a.to.as_deref()));
    }
    false
}

/// Whether a condition surely fails while a child is open.
fn never_open(guard: &Guard, fact: &str) -> bool {
    match guard {
        Guard::And(gs) => gs.iter().any(|g| never_open(g, fact)),
        Guard::Or(gs) => gs.iter().all(|g| never_open(g, fact)),
        Guard::In(name, values) => name == fact && !values.contains(OPEN),
        Guard::Not(g) => match &**g {
            Guard::Set(name) => name == fact,
            Guard::In(name, values) => name == fact && values.contains(OPEN),
            _ => false,
        },
        _ => false,
    }
}
