//! Rule 6: what is owed and late becomes the concern of another body that can act. The climb from there is the kernel's: it
//! follows the relation of `[escalation]` upward, which ends, and at the top the clock stands on the public list.

use super::Findings;
use super::model::{OFF, body_of};
use super::unroll::Unrolled;
use crate::finding::{Finding, Rule};
use kernel::mechanism::{CLOCK, Mechanism, RAISER};
use std::collections::BTreeSet;

/// What can be said without the graph.
pub(super) fn named(m: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Escalates);
    let owed = m.clock.iter().filter_map(|(id, c)| Some((id, c.owed_by.as_deref()?, c.expiry.as_deref()?)));
    for (id, owner, expiry) in owed {
        same_body(m, &format!("clock.{id}.expiry"), owner, expiry, &mut out);
    }
    if let Some(approval) = &m.approval {
        for role in m.action.values().filter_map(|a| a.approval.as_deref()) {
            same_body(m, "approval.expiry", role, &approval.expiry, &mut out);
        }
    }
    let owes = m.clock.values().any(|c| c.owed_by.is_some()) || m.action.values().any(|a| a.approval.is_some());
    if owes && m.escalation.is_none() {
        out.add(
            "escalation",
            Vec::new(),
            ("有期限，却没有写逾期以后怎么往上走".into(), "there are owed clocks but no [escalation]".into()),
            (
                "加上 [escalation]：within 写上级多久内要推动，up 写沿哪种关系向上",
                "add [escalation] with `within` (how long each superior has) and `up` (along which relation)",
            ),
        );
    }
    out.list
}

fn same_body(m: &Mechanism, path: &str, owner: &str, expiry: &str, out: &mut Findings) {
    let nobody = [RAISER, CLOCK].contains(&expiry);
    if nobody || body_of(m, owner) == body_of(m, expiry) {
        out.add(
            path,
            Vec::new(),
            (
                format!("逾期以后还是交给“{expiry}”，和欠着的“{owner}”是同一个单位，或者不是单位"),
                format!("the expiry goes to `{expiry}`, which is the same body as `{owner}` or no body"),
            ),
            (
                "expiry 写另一个单位的角色，通常是上级（RELATION of 角色）",
                "name a role of another body in `expiry`, as a rule its superior (RELATION of ROLE)",
            ),
        );
    }
}

/// Whether the body that an expiry reaches can do anything, wherever the clock may have expired.
pub(super) fn check(u: &Unrolled) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Escalates);
    let m = &u.model.mechanism;
    let bodies = |roles: &[String]| roles.iter().map(|r| body_of(m, r)).collect::<BTreeSet<_>>();
    let may: Vec<BTreeSet<String>> = u.model.actions.iter().map(|(_, a)| bodies(&a.by)).collect();
    let can = |n: usize, role: &str| {
        let body = body_of(m, role);
        u.possible[n].iter().any(|a| may[*a].contains(&body))
    };
    for (i, (id, clock)) in u.model.clocks.iter().enumerate() {
        let Some(expiry) = clock.expiry.as_deref().filter(|_| clock.owed_by.is_some()) else {
            continue;
        };
        let idle = (0..u.nodes.len()).find(|n| !u.ended(*n) && u.nodes[*n].clocks[i] != OFF && !can(*n, expiry));
        if let Some(n) = idle {
            cannot_act(u, n, &format!("clock.{id}.expiry"), expiry, &mut out);
        }
    }
    if let Some(approval) = &m.approval {
        let proposes = |n: &usize| u.possible[*n].iter().any(|a| u.model.actions[*a].1.approval.is_some());
        if let Some(n) = (0..u.nodes.len()).filter(proposes).find(|n| !can(*n, &approval.expiry)) {
            cannot_act(u, n, "approval.expiry", &approval.expiry, &mut out);
        }
    }
    out.list
}

fn cannot_act(u: &Unrolled, n: usize, path: &str, role: &str, out: &mut Findings) {
    let state = u.state(n);
    out.add(
        path,
        u.chain(n),
        (
            format!("在“{state}”逾期后交给“{role}”，但它在这里什么也做不了"),
            format!("an expiry in `{state}` goes to `{role}`, who can do nothing there"),
        ),
        (
            "给它一个动作（例如督办，anytime = true），或者改 expiry",
            "give that role an action (such as one with `anytime = true`), or change `expiry`",
        ),
    );
}
