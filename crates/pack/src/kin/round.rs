//! Mechanisms that raise each other without end.

use super::Reach;
use crate::check::Findings;
use kernel::mechanism::{Mechanism, PlanOf};
use std::collections::BTreeSet;

impl Reach<'_> {
    /// Mechanisms that raise each other: a new matter has new counters, so nothing bounds such a circle.
    pub(super) fn round(&self, out: &mut Findings) {
        let start = self.m.mechanism.id.as_str();
        for (path, first) in edges(self.m) {
            let mut seen: BTreeSet<String> = BTreeSet::new();
            let mut stack = vec![(first.clone(), vec![start.to_owned(), first])];
            while let Some((at, way)) = stack.pop() {
                if at == start {
                    out.add(
                        path.clone(),
                        way.clone(),
                        (
                            format!("这些机制会没完没了地互相提出：{}", way.join(" → ")),
                            format!("these mechanisms raise each other without end: {}", way.join(" → ")),
                        ),
                        (
                            "去掉其中一个 raises；每一件新事项的次数都从头算，at_most 挡不住这样的圈",
                            "remove one `raises`: a new matter counts anew, so no at_most bounds such a circle",
                        ),
                    );
                    break;
                }
                if seen.insert(at.clone())
                    && let Some(m) = self.find(&at)
                {
                    stack.extend(edges(&m).into_iter().map(|(_, to)| {
                        let way = way.iter().cloned().chain([to.clone()]).collect();
                        (to, way)
                    }));
                }
            }
        }
    }
}

/// What a mechanism raises by itself. Hidden children are the person's own doing each time, and a plan for a region is the
/// calendar's alone, however many matters there are.
fn edges(m: &Mechanism) -> Vec<(String, String)> {
    let raised = m.child.iter().filter(|(_, c)| !c.hidden && !c.comes());
    let raised = raised.map(|(id, c)| (format!("child.{id}"), c.mechanism.clone()));
    let planned = m.plan.iter().filter(|(_, p)| p.of == PlanOf::Register);
    raised.chain(planned.map(|(id, p)| (format!("plan.{id}"), p.raises.mechanism.clone()))).collect()
}
