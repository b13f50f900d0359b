//! Rules 1 to 3: every state can be reached and left, somebody holds the matter and can act, and a clock runs.

use super::Findings;
use super::lower::child::WORD;
use super::lower::{is_raise, real};
use super::model::{OFF, body_of};
use super::unroll::{Edge, Unrolled};
use crate::finding::{Finding, Rule};
use std::collections::BTreeSet;

pub(super) fn check(u: &Unrolled, all_routes: bool) -> Vec<Finding> {
    let mut found = Vec::new();
    if all_routes {
        found.extend(unreached(u));
    }
    found.extend(traps(u));
    found.extend(held(u));
    found.extend(clocked(u));
    found.extend(misfires(u));
    found
}

fn unreached(u: &Unrolled) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Reachable);
    let reached: BTreeSet<&str> = (0..u.nodes.len()).map(|n| u.state(n)).collect();
    for state in u.model.states.iter().filter(|s| !reached.contains(s.as_str())) {
        out.add(
            format!("state.{state}"),
            Vec::new(),
            (format!("从提交开始，怎么走都到不了“{state}”"), format!("no path from raising leads to `{state}`")),
            (
                "删去这个状态，或者让某个动作通到这里（检查动作的 in、to 和 when）",
                "remove the state, or let an action lead to it (look at `in`, `to` and `when`)",
            ),
        );
    }
    let done: BTreeSet<usize> = u.edges.iter().flatten().filter_map(|e| e.action).collect();
    let open: BTreeSet<usize> = u.possible.iter().flatten().copied().collect();
    // Of those that stand for one action of the file, one that is possible is enough.
    let never = |id: &str| {
        let mut all = u.model.actions.iter().enumerate().filter(|(_, (x, _))| real(x) == real(id));
        all.all(|(a, _)| !open.contains(&a) && !done.contains(&a))
    };
    for (id, action) in &u.model.actions {
        let idle = !is_raise(id) && !action.after_end && never(id);
        if idle {
            out.add(
                format!("action.{id}"),
                Vec::new(),
                (format!("动作“{id}”在任何情形下都做不了"), format!("the action `{id}` is never possible")),
                ("删去它，或者改 in、when、at_most", "remove it, or change `in`, `when` or `at_most`"),
            );
        }
    }
    out.list
}

/// Whether the step is one that does not end the matter by the raiser's giving it up.
pub(super) fn kept_up(u: &Unrolled, e: &Edge) -> bool {
    e.action.is_none_or(|a| !u.model.actions[a].1.withdraws)
}

/// Whether the step is one that can be counted upon: neither giving up nor the word of another matter, which may never come.
fn leads_on(u: &Unrolled, e: &Edge) -> bool {
    kept_up(u, e) && e.action.is_none_or(|a| u.model.actions[a].1.by != [WORD])
}

/// Configurations from which no end can be reached, unless the raiser gives up.
fn traps(u: &Unrolled) -> Vec<Finding> {
    let mut back: Vec<Vec<usize>> = vec![Vec::new(); u.nodes.len()];
    for (n, edges) in u.edges.iter().enumerate() {
        edges.iter().filter(|e| leads_on(u, e)).for_each(|e| back[e.to].push(n));
    }
    let mut safe = vec![false; u.nodes.len()];
    let mut stack: Vec<usize> = (0..u.nodes.len()).filter(|n| u.ended(*n)).collect();
    while let Some(n) = stack.pop() {
        if !std::mem::replace(&mut safe[n], true) {
            stack.extend(&back[n]);
        }
    }
    let mut out = Findings::of(Rule::Reachable);
    for n in (0..u.nodes.len()).filter(|n| !safe[*n]) {
        let state = u.state(n);
        out.add(
            format!("state.{state}"),
            u.chain(n),
            (
                format!("走到“{state}”以后再也办不结（{}）", or_any(u, n)),
                format!("from `{state}` no end can be reached ({})", or_any(u, n)),
            ),
            (
                "补一个从这里通向结束的动作，或者放宽挡住它的条件或次数；来件人撤回、另一件事会传来的话都不算出路",
                "add an action that leads on to an end, or loosen the condition or count that blocks it; giving up by the raiser is no way out, nor is word that another matter may send",
            ),
        );
        if out.list.len() >= 20 {
            break;
        }
    }
    // One per state is enough: the shortest comes first.
    let mut seen = BTreeSet::new();
    out.list.retain(|f| seen.insert(f.path.clone()));
    out.list
}

fn or_any(u: &Unrolled, n: usize) -> String {
    let details = u.details(n);
    if details.is_empty() { "-".into() } else { details }
}

fn open_nodes(u: &Unrolled) -> impl Iterator<Item = usize> + '_ {
    (0..u.nodes.len()).filter(|n| !u.ended(*n))
}

/// The body that holds a configuration.
fn holder(u: &Unrolled, n: usize) -> Option<String> {
    let state = u.model.mechanism.state.get(u.state(n))?;
    state.holder.as_deref().map(|h| body_of(&u.model.mechanism, h))
}

fn held(u: &Unrolled) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Held);
    let m = &u.model.mechanism;
    let by: Vec<Vec<String>> =
        u.model.actions.iter().map(|(_, a)| a.by.iter().map(|r| body_of(m, r)).collect()).collect();
    let mut said = BTreeSet::new();
    for n in open_nodes(u) {
        let Some(holder) = holder(u, n) else {
            continue;
        };
        let acts = |a: &usize| m.moves(&u.model.actions[*a].0, &u.model.actions[*a].1) && by[*a].contains(&holder);
        let silence = u.edges[n].iter().any(|e| e.silence.is_some());
        if silence || u.possible[n].iter().any(acts) || !said.insert(u.state(n)) {
            continue;
        }
        let (state, role) = (u.state(n), m.state[u.state(n)].holder.clone().unwrap_or_default());
        out.add(
            format!("state.{state}.holder"),
            u.chain(n),
            (
                format!("事情到了“{state}”由“{role}”负责，但这时它什么也做不了（{}）", or_any(u, n)),
                format!("`{role}` holds the matter in `{state}`, but can do nothing there ({})", or_any(u, n)),
            ),
            (
                "给负责人一个能推进的动作（by 里写上它），或者换一个负责人，或者设一个写明沉默含义的窗口",
                "give the holder an action that moves the matter (name it in `by`), change the holder, or add a window with a silence",
            ),
        );
    }
    out.list
}

fn clocked(u: &Unrolled) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Clocked);
    let m = &u.model.mechanism;
    let whose: Vec<String> = u.model.clocks.iter().map(|(_, c)| body_of(m, c.whose())).collect();
    let mut said = BTreeSet::new();
    for n in open_nodes(u) {
        let Some(holder) = holder(u, n) else {
            continue;
        };
        let clocks = u.nodes[n].clocks.iter().enumerate().filter(|(_, c)| **c != OFF);
        let runs = clocks.map(|(i, _)| i).any(|i| whose[i] == holder);
        if runs || !said.insert(u.state(n)) {
            continue;
        }
        let (state, role) = (u.state(n), m.state[u.state(n)].holder.clone().unwrap_or_default());
        out.add(
            format!("state.{state}"),
            u.chain(n),
            (
                format!("“{state}”由“{role}”负责，但没有为它走着的期限，可能一直等下去（{}）", or_any(u, n)),
                format!("in `{state}` no clock runs for `{role}`, who holds it: it may wait for ever ({})", or_any(u, n)),
            ),
            (
                "让负责人的一个期限从通到这里的动作起算（from），并且不要停得太早（to）；来件人负责的状态用 window_of 和 silence",
                "let a clock of the holder start at the action that leads here (`from`) and not stop too early (`to`); where the raiser holds, use `window_of` with a silence",
            ),
        );
    }
    out.list
}

fn misfires(u: &Unrolled) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Clocked);
    let mut said = BTreeSet::new();
    for (n, w) in u.misfires.iter().copied().filter(|(_, w)| said.insert(*w)) {
        let (id, clock) = &u.model.clocks[w];
        let then = clock.silence.as_ref().and_then(|s| s.then.clone()).unwrap_or_default();
        let state = u.state(n);
        out.add(
            format!("clock.{id}.silence"),
            u.chain(n),
            (
                format!("窗口“{id}”在“{state}”还开着，但到期后的动作“{then}”在这里做不了"),
                format!("the window `{id}` still runs in `{state}`, where its silence `{then}` is not possible"),
            ),
            (
                "让离开时的动作停掉这个窗口（写进 to），或者让到期的动作在这个状态也可以做",
                "let the action that leaves stop the window (name it in `to`), or let the silence's action be possible here",
            ),
        );
    }
    out.list
}
