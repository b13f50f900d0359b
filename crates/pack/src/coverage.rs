//! What scenarios leave unshown, and what a directory leaves unfilled. It plays nothing.

mod demand;
mod wanted;

pub use demand::{Demand, Shown};

use crate::demo_directory::DemoDirectory;
use crate::fault::{Sources, line_column};
use crate::packs::Effective;
use crate::scenario::StepLog;
use kernel::directory::Directory;
use kernel::mechanism::{Mechanism, RAISE};
use kernel::region::RegionCode;
use kernel::role::{BodyExpr, Standing, resolve};
use kernel::text::Text;
use std::collections::BTreeSet;

/// What the scenarios of a mechanism have to show: every end, every refusal that it can give, every silence and expiry.
#[must_use]
pub fn demands(mechanism: &Mechanism, base: &Mechanism) -> Vec<Demand> {
    wanted::wanted(mechanism, base).demands
}

/// What the scenarios of a mechanism leave unshown.
#[must_use]
pub fn not_covered(mechanism: &Mechanism, base: &Mechanism, logs: &[StepLog]) -> Vec<Demand> {
    let mut missing = demands(mechanism, base);
    missing.retain(|d| !logs.iter().any(|l| d.shown.by(l)));
    missing
}

/// Conditions and counts that can never refuse anything: the path and what is wrong.
#[must_use]
pub fn superfluous(mechanism: &Mechanism) -> Vec<(String, Text)> {
    wanted::wanted(mechanism, mechanism).idle
}

/// What is unshown, a line each with file, line and place, and below it the step to write.
#[must_use]
pub fn list(missing: &[Demand], packs: &Effective, sources: &Sources) -> String {
    let one = |d: &Demand| {
        let Text { zh, en } = &d.what;
        format!(
            "{} {}: 没有场景演到：{zh} / no scenario shows {en}\n    {}\n",
            at(&d.path, packs, sources),
            d.path,
            d.step
        )
    };
    missing.iter().map(one).collect()
}

/// File and line of a path.
#[must_use]
pub fn at(path: &str, packs: &Effective, sources: &Sources) -> String {
    let place = packs.place(path);
    let line = place.span.zip(sources.get(&*place.file)).map(|(span, text)| line_column(text, span.start).0);
    format!("{}:{}", place.file, line.unwrap_or(1))
}

/// Whether the directory has somebody for every role of a mechanism in a region, before any assignment and with each body
/// that may be assigned in turn (decisions 18). Names the roles that find nobody.
#[must_use]
pub fn unfilled_roles(mechanism: &Mechanism, region: &RegionCode, directory: &DemoDirectory) -> BTreeSet<String> {
    let functions = mechanism.field.values().filter_map(|f| f.function.as_deref());
    let mut assignable: BTreeSet<_> = functions.flat_map(|f| directory.offices(f, region)).collect();
    // Where no function is asked for, any body may be: whoever hands the matter over says which.
    let field = |a: &kernel::mechanism::Action| a.assign.as_ref().and_then(|f| mechanism.field.get(f)).cloned();
    if mechanism.action.values().filter_map(field).any(|f| f.function.is_none()) {
        assignable.extend(directory.bodies().map(|b| b.id));
    }
    let mut standings: Vec<Standing> =
        assignable.into_iter().map(|b| Standing { assignee: Some(b), ..Standing::default() }).collect();
    if standings.is_empty() {
        standings.push(Standing::default());
    }
    let first = resolve(mechanism, region, &Standing::default(), directory as &dyn Directory);
    let raises = mechanism.action.get(RAISE).into_iter().flat_map(|a| &a.by);
    let raisers: BTreeSet<_> = raises.filter_map(|r| first.get(r)).collect();
    if !raisers.is_empty() {
        let for_each =
            |s: &Standing| raisers.iter().map(|b| Standing { raiser: Some(**b), ..s.clone() }).collect::<Vec<_>>();
        standings = standings.iter().flat_map(for_each).collect();
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
