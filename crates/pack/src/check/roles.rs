//! Roles that may be nobody: one with `function` is somebody only where the body has that function. Nothing may wait for it,
//! and the mechanism is proved a second time without what such roles alone may do.

use super::Findings;
use crate::finding::{Finding, Rule};
use kernel::mechanism::Mechanism;
use kernel::role::{BodyExpr, Exclusion};
use std::collections::BTreeSet;

pub(super) fn check(m: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Sound);
    for id in limited(m) {
        if let Some(path) = relied_on(m, id) {
            out.add(
                path,
                Vec::new(),
                (
                    format!("“{id}”写了 function，有的单位没有这项职能，那时这个角色就没有人"),
                    format!("`{id}` has a `function`: where the body lacks it, the role is nobody"),
                ),
                (
                    "这样的角色只写进动作的 by；负责、承担期限、批准、督办、收发函件的另用一个角色",
                    "name it in `by` of actions alone; holding, owing, approving, urging and letters are for another role",
                ),
            );
        }
    }
    out.list
}

/// The roles that may be nobody.
fn limited(m: &Mechanism) -> BTreeSet<&str> {
    m.role.iter().filter(|(_, r)| r.function.is_some()).map(|(id, _)| id.as_str()).collect()
}

/// Where something rests on a role.
fn relied_on(m: &Mechanism, role: &str) -> Option<String> {
    let is = |r: &Option<String>| r.as_deref() == Some(role);
    let found = |it: Option<&String>, path: &dyn Fn(&str) -> String| it.map(|id| path(id));
    let holds = m.state.iter().find(|(_, s)| is(&s.holder)).map(|(id, _)| id);
    let owes = m.clock.iter().find(|(_, c)| is(&c.owed_by) || is(&c.window_of) || is(&c.expiry)).map(|(id, _)| id);
    let acts = m.action.iter().find(|(_, a)| is(&a.approval) || is(&a.assign)).map(|(id, _)| id);
    let writes = m.letter.iter().find(|(_, l)| l.to == role || l.from == role).map(|(id, _)| id);
    let built = m.role.iter().find(|(_, r)| {
        matches!(&r.is, BodyExpr::Superior(_, o) | BodyExpr::Same(o) if o == role)
            || r.not.contains(&Exclusion::Role(role.to_owned()))
    });
    found(holds, &|id| format!("state.{id}.holder"))
        .or_else(|| found(owes, &|id| format!("clock.{id}")))
        .or_else(|| found(acts, &|id| format!("action.{id}")))
        .or_else(|| found(writes, &|id| format!("letter.{id}")))
        .or_else(|| found(built.map(|(id, _)| id), &|id| format!("role.{id}.is")))
        .or_else(|| m.approval.as_ref().filter(|a| a.expiry == role).map(|_| "approval.expiry".to_owned()))
}

/// The mechanism as it is where none of these roles is anybody; none where it is the same.
pub(super) fn without(m: &Mechanism) -> Option<Mechanism> {
    let limited = limited(m);
    let only: BTreeSet<String> = m
        .action
        .iter()
        .filter(|(_, a)| !a.by.is_empty() && a.by.iter().all(|r| limited.contains(r.as_str())))
        .map(|(id, _)| id.clone())
        .collect();
    if only.is_empty() {
        return None;
    }
    let mut rest = m.clone();
    rest.action.retain(|id, _| !only.contains(id));
    Some(rest)
}
