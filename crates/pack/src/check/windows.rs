//! Rule 9 for the time that people have: a region may give more of it, never less. Three kinds: windows of the raiser; times
//! that must pass (notice, display, comments, ballots), which only the clock ends and in which anybody may speak; and
//! numbers that the law calls a minimum (`floor`). How long a body may use a window of its own is not judged here: to be
//! quicker is better for the raiser, and what it may say there `offers` keeps.

use super::Findings;
use super::compare::{end_no_later, value_no_shorter};
use super::overlay::{lost, value};
use crate::finding::{Finding, Rule};
use kernel::mechanism::{CLOCK, Clock, Mechanism, RAISER};
use kernel::number::Value;

/// A minimum measures no deadline: the one may only grow and the other only shrink.
pub(super) fn check(m: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Sound);
    let owed = m.clock.values().filter(|c| c.owed_by.is_some()).map(|c| &c.length);
    let more = m.action.values().filter_map(|a| a.extends.as_ref()).map(|e| &e.by);
    let within = m.escalation.iter().map(|e| &e.within).chain(m.approval.iter().map(|a| &a.within));
    let kept = m.retention.iter().flat_map(|r| r.after_end.iter().chain(&r.identity));
    for id in owed.chain(more).chain(within).chain(kept) {
        if m.number.get(id).is_some_and(|n| n.floor) {
            out.add(
                format!("number.{id}.floor"),
                Vec::new(),
                (
                    format!("“{id}”写了 floor（只能更长），又用作必须按时办的期限（只能更短）"),
                    format!("`{id}` is a `floor`, which may only grow, and measures a deadline, which may only shrink"),
                ),
                ("去掉 floor，或者分成两个数值", "remove `floor`, or make two numbers of it"),
            );
        }
    }
    out.list
}

pub(super) fn overlay(new: &Mechanism, base: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::OverlaySafe);
    for (id, old) in base.number.iter().filter(|(_, n)| n.floor) {
        let kept = new.number.get(id).is_some_and(|n| n.floor && value_no_shorter(&n.value, &old.value));
        if !kept {
            lost(
                &mut out,
                format!("number.{id}"),
                "这是不能少的时间（floor），写短了或者去掉了",
                "cuts a time that is a minimum (`floor`), or takes it away",
            );
        }
    }
    for (id, old) in base.clock.iter().filter(|(_, c)| c.window_of.is_some()) {
        window(new, base, id, old, &mut out);
    }
    out.list
}

/// Whether only the clock, or the raiser, ends it: a time that must pass before the holder goes on.
fn must_pass(m: &Mechanism, c: &Clock) -> bool {
    let waits = |a: &String| m.action.get(a).is_some_and(|a| a.by.iter().all(|r| r == CLOCK || r == RAISER));
    c.silence.as_ref().is_some_and(|s| s.then.is_some()) && c.to.iter().all(waits)
}

fn window(new: &Mechanism, base: &Mechanism, id: &str, old: &Clock, out: &mut Findings) {
    let path = |key: &str| format!("clock.{id}{key}");
    let hers = old.whose() == RAISER;
    let passes = !hers && must_pass(base, old);
    let Some(now) = new.clock.get(id) else {
        if hers || old.silence.as_ref().is_some_and(|s| s.then.is_some()) {
            lost(out, path(""), "去掉了这段时间", "removes this window");
        }
        return;
    };
    if now.silence.is_none() && old.silence.is_some() {
        lost(out, path(".silence"), "没人说话的后果没有了", "takes away what follows from silence");
    }
    let (is, was) = (value(new, &now.length), value(base, &old.length));
    let end = end_no_later((old.roll, old.ends), (now.roll, now.ends));
    // The day that somebody names counts there, not the most that it may be.
    let named = matches!((is, was), (Value::Until { field: a, .. }, Value::Until { field: b, .. }) if a == b);
    let minimum = base.number.get(&old.length).is_some_and(|n| n.floor);
    let shorter = !value_no_shorter(is, was) || !end;
    if hers && shorter {
        lost(out, path(".length"), "来件人的窗口变短了", "shortens a window of the raiser");
    } else if (passes && !named || minimum) && shorter {
        lost(
            out,
            path(".length"),
            "通知、公示、听意见这些给别人说话的时间变短了",
            "shortens a time in which others may speak (notice, display, comments)",
        );
    }
    if !(hers || passes || minimum) {
        return;
    }
    let stood = |m: &Mechanism, other: &str| m.clock.get(other).is_some_and(|c| c.suspends.iter().any(|s| s == id));
    if base.clock.keys().any(|other| stood(base, other) && new.clock.contains_key(other) && !stood(new, other)) {
        lost(out, path(""), "这段时间原来会停下来等，现在不停了", "no longer lets this time stand still");
    }
    let raisers = |a: &String| new.action.get(a).is_some_and(|a| a.by.iter().all(|r| r == RAISER));
    let started = old.from.iter().all(|a| now.from.contains(a) || !new.action.contains_key(a));
    if !started || !now.to.iter().all(|a| old.to.contains(a) || raisers(a)) {
        lost(
            out,
            path(""),
            "这段时间开得少了，或者别人可以提前结束",
            "opens this window less often, or lets others end it early",
        );
    }
}
