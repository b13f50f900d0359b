//! Rule 9 for who is above: what is late, or waits for approval, goes to whom the base says, or higher up by the same relation.
//! Never to the body that is late, to one beneath it, or to one of which the mechanism does not say that it stands above. Which
//! bodies these are, the directory says; here they are compared as the roles of the mechanism name them.

use super::Findings;
use super::model::body_of;
use super::overlay::lost;
use crate::finding::{Finding, Rule};
use kernel::mechanism::Mechanism;
use kernel::role::{BodyExpr, Relation};
use std::collections::BTreeSet;

pub(super) fn overlay(new: &Mechanism, base: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::OverlaySafe);
    for (id, was) in &base.clock {
        let now = new.clock.get(id).and_then(|c| c.expiry.as_deref());
        if let (Some(late), Some(old)) = (was.owed_by.as_deref(), was.expiry.as_deref())
            && new.clock.contains_key(id)
            && !now.is_some_and(|now| reaches(new, base, late, now, old))
        {
            moved(&mut out, format!("clock.{id}.expiry"));
        }
    }
    if let (Some(now), Some(was)) = (&new.approval, &base.approval) {
        let late = base.action.values().filter_map(|a| a.approval.as_deref()).collect::<BTreeSet<_>>();
        if !late.iter().all(|late| reaches(new, base, late, &now.expiry, &was.expiry)) {
            moved(&mut out, "approval.expiry".into());
        }
    }
    targets(new, base, &mut out);
    out.list
}

fn moved(out: &mut Findings, path: String) {
    lost(
        out,
        path,
        "逾期以后交给的不是原来那个单位，也不是它的上级",
        "hands what is late to another than the base does, and not to its superior",
    );
}

/// Whether a role stands where the base's did, higher, or where the base sends the same body when it is late with something else.
fn reaches(new: &Mechanism, base: &Mechanism, late: &str, now: &str, old: &str) -> bool {
    let of = |role: &str| body_of(if new.role.contains_key(role) { new } else { base }, role);
    let (late_body, target, was) = (of(late), of(now), of(old));
    if target == late_body || beneath(new, late, None).contains(&target) {
        return false;
    }
    let up = base.escalation.as_ref().map(|e| e.up);
    let named = || base.clock.values().filter(|c| c.owed_by.as_deref().is_some_and(|o| of(o) == late_body));
    target == was
        || beneath(new, now, up).contains(&was)
        || named().filter_map(|c| c.expiry.as_deref()).any(|e| of(e) == target)
}

/// Whether whoever approves is who the base says, or a superior of that one.
pub(super) fn approves(new: &Mechanism, base: &Mechanism, now: &str, old: &str) -> bool {
    let was = body_of(if new.role.contains_key(old) { new } else { base }, old);
    now == old || beneath(new, now, None).contains(&was)
}

/// The bodies above which a role stands, along one relation or any.
fn beneath(m: &Mechanism, role: &str, along: Option<Relation>) -> BTreeSet<String> {
    let (mut out, mut at, mut steps) = (BTreeSet::new(), role, 0);
    while let Some(role) = m.role.get(at).filter(|_| steps < 9) {
        match &role.is {
            BodyExpr::Same(other) => at = other,
            BodyExpr::Superior(relation, other) if along.is_none_or(|a| a == *relation) => {
                out.insert(body_of(m, other));
                at = other;
            }
            _ => break,
        }
        steps += 1;
    }
    out
}

/// A role to which the base hands what is late, or whose approval it asks for, stays the same body.
fn targets(new: &Mechanism, base: &Mechanism, out: &mut Findings) {
    let late = base.clock.values().filter_map(|c| c.expiry.as_deref());
    let approving = base.action.values().filter_map(|a| a.approval.as_deref());
    let all: BTreeSet<&str> = late.chain(approving).chain(base.approval.iter().map(|a| a.expiry.as_str())).collect();
    for id in all {
        let (Some(now), Some(was)) = (new.role.get(id), base.role.get(id)) else { continue };
        // Those set apart and superiors are `offers`'.
        if now.is != was.is && was.not.is_empty() && !matches!(was.is, BodyExpr::Superior(..)) {
            lost(
                out,
                format!("role.{id}.is"),
                "逾期以后接着管的、批准的一方换成了别人",
                "puts another in the place of whom what is late goes to, or who approves",
            );
        }
    }
}
