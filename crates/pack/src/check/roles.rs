//! Roles that may be nobody. One with `function` is somebody only where the body has that function: nothing may wait for it,
//! and the mechanism is proved a second time without what such roles alone may do. The body that raised a matter is somebody
//! only where a body raises it: whether every matter out of which it may come does so is asked over all packs (`crate::kin`).

use super::Findings;
use crate::finding::{Finding, Rule};
use kernel::mechanism::{Mechanism, RAISE, RAISER};
use kernel::role::{BodyExpr, Exclusion, Role};
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
    raising_bodies(m, &mut out);
    out.list
}

/// Whoever raised is known only afterwards, and is a body only where a body raises.
fn raising_bodies(m: &Mechanism, out: &mut Findings) {
    let raisers = m.action.get(RAISE).map(|a| a.by.as_slice()).unwrap_or_default();
    for (id, role) in &m.role {
        let BodyExpr::RaiserBody(or) = &role.is else { continue };
        // One with a `function` alone stands in `by` of actions, of raising too: there it is whoever has the function.
        if or.is_none() && role.function.is_some() {
            continue;
        }
        let path = format!("role.{id}.is");
        if let Some(by) = raisers.iter().find(|by| builds_on(m, by, id)) {
            out.add(
                "action.raise.by",
                Vec::new(),
                (
                    format!("“{by}”要等提交以后才知道是谁，不能由它来提交"),
                    format!("`{by}` is known only once it is raised and cannot be who raises it"),
                ),
                ("写一个 office 的角色", "name a role that is an `office`"),
            );
        }
        let nobody = raisers.iter().any(|by| by == RAISER) || m.shield().is_some();
        let kept = role.post.is_none() && !role.not.is_empty();
        if or.is_none() && (nobody || kept) {
            out.add(
                path,
                Vec::new(),
                (
                    format!("“{id}”有时没有人：本人也能提交，或者提交的单位要回避"),
                    format!("`{id}` may be nobody: the person may raise it, or the body that did is kept out"),
                ),
                (
                    "写 is = \"raiser_body or 角色\"，说清那时是谁",
                    "write is = \"raiser_body or ROLE\" and say who it is then",
                ),
            );
        }
    }
}

/// Whether a role is this one, or made of it.
fn builds_on(m: &Mechanism, role: &str, of: &str) -> bool {
    let mut at = role;
    for _ in 0..=m.role.len() {
        if at == of {
            return true;
        }
        match m.role.get(at).map(|r| &r.is) {
            Some(BodyExpr::Superior(_, o) | BodyExpr::Same(o)) => at = o,
            _ => return false,
        }
    }
    false
}

/// Whether some role is nobody unless a body raises the matter.
pub(crate) fn needs_body(m: &Mechanism) -> bool {
    m.role.values().any(|r| r.is == BodyExpr::RaiserBody(None) && r.function.is_none())
}

/// The roles that may be nobody, whoever raised it.
fn limited(m: &Mechanism) -> BTreeSet<&str> {
    let sure = |r: &Role| r.function.is_none() || matches!(r.is, BodyExpr::RaiserBody(Some(_)));
    m.role.iter().filter(|(_, r)| !sure(r)).map(|(id, _)| id.as_str()).collect()
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
        matches!(&r.is, BodyExpr::Superior(_, o) | BodyExpr::Same(o) | BodyExpr::RaiserBody(Some(o)) if o == role)
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
