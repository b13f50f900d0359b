//! What scenarios leave unshown, and what a directory leaves unfilled. It plays nothing.

use crate::demo_directory::DemoDirectory;
use crate::scenario::StepLog;
use kernel::directory::Directory;
use kernel::mechanism::{Action, Mechanism};
use kernel::region::RegionCode;
use kernel::role::{BodyExpr, Exclusion, Standing, resolve};
use std::collections::BTreeSet;

/// What the scenarios of a mechanism leave unshown: end states that none reaches, kinds of refusal that none meets.
#[must_use]
pub fn not_covered(mechanism: &Mechanism, logs: &[StepLog]) -> Vec<String> {
    let states: BTreeSet<&str> = logs.iter().map(|l| l.state.as_str()).collect();
    let refused: BTreeSet<&str> = logs.iter().filter_map(|l| l.refused).collect();
    let ends = mechanism.state.iter().filter(|(id, s)| s.end && !states.contains(id.as_str()));
    let mut missing: Vec<String> = ends.map(|(id, _)| format!("end state `{id}`")).collect();
    let any = |f: &dyn Fn(&Action) -> bool| mechanism.action.values().any(f);
    let apart = |role: &String| {
        mechanism
            .role
            .get(role)
            .is_some_and(|r| r.not.iter().any(|e| matches!(e, Exclusion::Assignee | Exclusion::FormerAssignees)))
    };
    let to_a_named_body = any(&|a| a.assign.as_ref().is_some_and(|f| mechanism.field.contains_key(f)));
    for (can, word) in [
        (any(&|a| a.when.is_some()), "guard"),
        (any(&|a| a.at_most.is_some()), "at_most"),
        (any(&|a| a.by.iter().any(apart)), "separation"),
        (mechanism.shield().is_some() && to_a_named_body, "shielded"),
    ] {
        if can && !refused.contains(word) {
            missing.push(format!("a step with refused = \"{word}\""));
        }
    }
    missing
}

/// Whether the directory has somebody for every role of a mechanism in a region, before any assignment and with each body
/// that may be assigned in turn (decisions 18). Names the roles that find nobody.
#[must_use]
pub fn unfilled_roles(mechanism: &Mechanism, region: &RegionCode, directory: &DemoDirectory) -> BTreeSet<String> {
    let functions = mechanism.field.values().filter_map(|f| f.function.as_deref());
    let assignable: BTreeSet<_> = functions.flat_map(|f| directory.offices(f, region)).collect();
    let mut standings: Vec<Standing> =
        assignable.into_iter().map(|b| Standing { assignee: Some(b), ..Standing::default() }).collect();
    if standings.is_empty() {
        standings.push(Standing::default());
    }
    // A role that only waits above an expiry may find nobody: then the top is reached and the matter is listed.
    let holders = mechanism.state.values().filter_map(|s| s.holder.as_ref());
    let owing = mechanism.clock.values().filter_map(|c| c.owed_by.as_ref());
    let approving = mechanism.action.values().filter_map(|a| a.approval.as_ref());
    let needed: BTreeSet<&String> =
        holders.chain(owing).chain(approving).chain(mechanism.letter.values().map(|l| &l.from)).collect();
    let mut missing = BTreeSet::new();
    for standing in &standings {
        let found = resolve(mechanism, region, standing, directory as &dyn Directory);
        let wanted =
            mechanism.role.iter().filter(|(id, r)| needed.contains(id) && r.is != BodyExpr::Raiser).map(|(id, _)| id);
        missing.extend(wanted.filter(|id| !found.contains_key(*id)).cloned());
    }
    missing
}
