//! Rule 4: no path to an end without an answer to the raiser, feedback asked for after it, and nobody but the raiser or a
//! separated role says that she was heard (separation of duty, decisions 8 and 11).

use super::Findings;
use super::lower::is_raise;
use super::model::OFF;
use super::reach::kept_up;
use super::unroll::{Edge, Unrolled};
use crate::finding::{Finding, Rule};
use kernel::mechanism::{CLOCK, HEARD, Mechanism, RAISER};
use kernel::role::{BodyExpr, Exclusion};

pub(super) fn check(u: &Unrolled) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Answered);
    let is =
        |e: &Edge, what: fn(&kernel::mechanism::Action) -> bool| e.action.is_some_and(|a| what(&u.model.actions[a].1));
    let first: Vec<usize> = u.first.clone();
    let raised_answered = u.model.actions.iter().any(|(id, a)| is_raise(id) && a.answers);
    let silent = |n: usize, e: &Edge| n < u.nodes.len() && kept_up(u, e) && !is(e, |a| a.answers);
    if !raised_answered && let Some((n, chain)) = u.find(&first, silent, |n| u.ended(n)) {
        let state = u.state(n);
        out.add(
            format!("state.{state}"),
            chain,
            (
                format!("这样走到“{state}”就结束了，来件人始终没有得到答复"),
                format!("this path ends in `{state}` and the raiser was never answered"),
            ),
            (
                "在这条路上的某个动作写 answers = true（它要真的把结果告诉来件人），或者去掉这条路",
                "mark the action on this path that tells the raiser the outcome with `answers = true`, or remove the path",
            ),
        );
    }
    if u.model.mechanism.mechanism.feedback {
        feedback(u, &mut out);
    }
    heard(&u.model.mechanism, &mut out);
    out.list
}

fn feedback(u: &Unrolled, out: &mut Findings) {
    let windows: Vec<usize> =
        (0..u.model.clocks.len()).filter(|i| u.model.clocks[*i].1.window_of.as_deref() == Some(RAISER)).collect();
    let asked = |n: usize| windows.iter().any(|w| u.nodes[n].clocks[*w] != OFF);
    let asks = |e: &Edge| e.action.is_some_and(|a| u.model.actions[a].1.asks);
    for (n, edges) in u.edges.iter().enumerate() {
        for e in edges.iter().filter(|e| e.action.is_some_and(|a| u.model.actions[a].1.answers) && !asks(e)) {
            let pass = |_: usize, e: &Edge| kept_up(u, e) && !asks(e) && !asked(e.to);
            if asked(e.to) {
                continue;
            }
            let Some((end, links)) = u.find(&[e.to], pass, |n| u.ended(n)) else {
                continue;
            };
            let mut chain = u.chain(n);
            chain.push(u.link(n, e));
            let known = u.chain(e.to).len();
            chain.extend(links.into_iter().skip(known));
            let action = e.action.map_or("", |a| u.model.actions[a].0.as_str());
            out.add(
                format!("action.{action}"),
                chain,
                (
                    format!("“{action}”答复以后，没有人问过来件人解决没有，就到了“{}”", u.state(end)),
                    format!("after the answer `{action}` the matter reaches `{}` and nobody asked the raiser", u.state(end)),
                ),
                (
                    "答复以后加一个回访动作（asks = true），或者给来件人开一个窗口（window_of = \"raiser\"）；不需要的话写 feedback = false",
                    "after the answer add an action with `asks = true` or a window of the raiser; or say `feedback = false`",
                ),
            );
            return;
        }
    }
}

/// Whether a role is kept apart from who handled the matter.
pub(super) fn separated(m: &Mechanism, role: &str) -> bool {
    m.role.get(role).is_some_and(|r| {
        let apart = r.not.contains(&Exclusion::Assignee) && r.not.contains(&Exclusion::FormerAssignees);
        apart && !matches!(r.is, BodyExpr::Assignee)
    })
}

fn heard(m: &Mechanism, out: &mut Findings) {
    for (id, action) in &m.action {
        let says = action.sets.get(HEARD).is_some_and(|v| v == "yes") || m.fields_of(action).contains(&HEARD);
        let may = |r: &&String| r.as_str() == RAISER || (r.as_str() != CLOCK && separated(m, r));
        let Some(role) = action.by.iter().find(|r| says && !may(r)) else {
            continue;
        };
        out.add(
            format!("action.{id}.by"),
            Vec::new(),
            (
                format!("“{id}”把“已回话”记成 yes，却由“{role}”来做：办事的人不能替来件人说满意"),
                format!("`{id}` records that the raiser was heard, but `{role}` does it: who handled it cannot say so for her"),
            ),
            (
                "只让 raiser 做，或者交给写了 not = [\"assignee\", \"former assignees\"] 的回访角色",
                "let only `raiser` do it, or a callback role with not = [\"assignee\", \"former assignees\"]",
            ),
        );
    }
}
