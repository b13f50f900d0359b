//! Rule 5: no matter can be sent round for ever. Counters are unrolled, so counted actions close no cycle; what is left as a
//! strongly connected part must lie inside one owed clock that no step of it stops, starts or prolongs. That is exact: a
//! run that uses every step of the part over and over is bounded by no other clock.

use super::Findings;
use super::model::OFF;
use super::unroll::{Edge, Unrolled};
use crate::finding::{Finding, Rule};

pub(super) fn check(u: &Unrolled) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Bounded);
    let part = parts(u);
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); u.nodes.len()];
    (0..u.nodes.len()).for_each(|n| members[part[n]].push(n));
    for nodes in members.iter().filter(|m| !m.is_empty()) {
        let inside = nodes.iter().flat_map(|n| u.edges[*n].iter().map(move |e| (*n, *e)));
        let inside: Vec<(usize, Edge)> = inside.filter(|(n, e)| part[*n] == part[e.to]).collect();
        let moving = |e: &Edge| match e.action {
            Some(a) => u.model.mechanism.moves(&u.model.actions[a].0, &u.model.actions[a].1),
            None => true,
        };
        let Some((from, via)) = inside.iter().find(|(_, e)| moving(e)) else {
            continue;
        };
        let bounded = (0..u.model.clocks.len()).any(|c| {
            u.model.clocks[c].1.owed_by.is_some()
                && nodes.iter().all(|n| u.nodes[*n].clocks[c] != OFF)
                && inside.iter().all(|(_, e)| !touches(u, e, c))
        });
        if bounded {
            continue;
        }
        let Some((_, way)) = u.find(&[via.to], |n, e| part[n] == part[e.to], |n| n == *from) else {
            continue;
        };
        let known = u.chain(via.to).len();
        let mut chain = u.chain(*from);
        chain.push(u.link(*from, via));
        chain.extend(way.into_iter().skip(known));
        let action = via.action.map_or("", |a| u.model.actions[a].0.as_str());
        out.add(
            format!("action.{action}"),
            chain,
            (
                format!("可以没完没了地转下去：经过“{action}”又回到“{}”", u.state(*from)),
                format!("this can go round for ever: by `{action}` and back to `{}`", u.state(*from)),
            ),
            (
                "给这一圈里的一个动作写 at_most 和 then，或者让整圈都在同一个走着的期限之内（这一圈的动作都不能停、重起或延长它）",
                "give an action of the cycle `at_most` and `then`, or keep the whole cycle inside one owed clock that none of its actions stops, restarts or extends",
            ),
        );
    }
    out.list
}

fn touches(u: &Unrolled, e: &Edge, clock: usize) -> bool {
    let suspends = |i: &usize| u.model.suspends[*i].contains(&clock);
    e.silence.is_some_and(|w| suspends(&w))
        || e.action.is_some_and(|a| {
            let (effect, action) = (&u.model.effects[a], &u.model.actions[a].1);
            let stopped = (0..u.model.clocks.len()).filter(|i| effect.stops[*i]).any(|i| suspends(&i));
            effect.stops[clock]
                || stopped
                || effect.starts.iter().any(suspends)
                || action.extends.as_ref().is_some_and(|x| u.model.clock(&x.clock) == Some(clock))
        })
}

/// The strongly connected part of every configuration (Kosaraju, without recursion).
fn parts(u: &Unrolled) -> Vec<usize> {
    let n = u.nodes.len();
    let mut order = Vec::with_capacity(n);
    let mut seen = vec![false; n];
    for root in 0..n {
        if std::mem::replace(&mut seen[root], true) {
            continue;
        }
        let mut stack = vec![(root, 0)];
        while let Some((at, next)) = stack.pop() {
            match u.edges[at].get(next) {
                Some(e) => {
                    stack.push((at, next + 1));
                    if !std::mem::replace(&mut seen[e.to], true) {
                        stack.push((e.to, 0));
                    }
                }
                None => order.push(at),
            }
        }
    }
    let mut back: Vec<Vec<usize>> = vec![Vec::new(); n];
    for (from, edges) in u.edges.iter().enumerate() {
        edges.iter().for_each(|e| back[e.to].push(from));
    }
    let mut part = vec![usize::MAX; n];
    for root in order.into_iter().rev() {
        let mut stack = vec![root];
        while let Some(at) = stack.pop() {
            if part[at] == usize::MAX {
                part[at] = root;
                stack.extend(back[at].iter().filter(|b| part[**b] == usize::MAX));
            }
        }
    }
    part
}
