//! Rule 9, four eyes: where the base lets an action only follow what others have established, no region lets the same hands do
//! both. A committee that confirms its own number of voters has confirmed nothing.

use super::Findings;
use super::overlay::lost;
use crate::finding::{Finding, Rule};
use kernel::mechanism::{Action, CLOCK, Mechanism};
use std::collections::BTreeSet;

pub(super) fn check(new: &Mechanism, base: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::OverlaySafe);
    for (after, old_after) in &base.action {
        let rests = rests_on(old_after);
        for (id, old) in base.action.iter().filter(|(id, _)| *id != after) {
            let (Some(now), Some(now_after)) = (new.action.get(id), new.action.get(after)) else { continue };
            if sets(base, old).is_disjoint(&rests) || shared(old, old_after).next().is_some() {
                continue;
            }
            if let Some(role) = shared(now, now_after).next() {
                let (zh, en) = (
                    format!("“{}”要别人先核定（{id}），现在同一方（{role}）两样都能做", old_after.label.zh),
                    format!("lets `{role}` both establish (`{id}`) and act on it (`{after}`)"),
                );
                let path = if old.by.contains(role) { after } else { id };
                lost(&mut out, format!("action.{path}.by"), &zh, &en);
            }
        }
    }
    out.list
}

/// The facts on which its condition rests.
fn rests_on(action: &Action) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    action.when.iter().for_each(|g| g.visit(&mut |fact, _| out.extend([fact.to_owned()]), &mut |_| {}));
    out
}

/// The facts that it establishes and no other action of other hands does as well.
fn sets(m: &Mechanism, action: &Action) -> BTreeSet<String> {
    let coded = m.fields_of(action).into_iter().map(str::to_owned);
    coded.chain(action.sets.keys().cloned()).collect()
}

fn shared<'a>(one: &'a Action, other: &'a Action) -> impl Iterator<Item = &'a String> {
    one.by.iter().filter(|r| *r != CLOCK && other.by.contains(r))
}
