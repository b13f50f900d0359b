//! Rule 9 for what happens by itself and what is kept: plans, figures, lists, retention, and the mark of a sample. A region
//! may have more looked at and more often; it stops nothing that the base has looked at.

use super::Findings;
use super::compare::{no_longer, value_no_shorter};
use super::overlay::{lost, value};
use crate::finding::{Finding, Rule};
use kernel::mechanism::{Mechanism, Plan, Repeats};
use kernel::number::Value;

pub(super) fn overlay(new: &Mechanism, base: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::OverlaySafe);
    for (id, was) in &base.plan {
        plan(new, base, id, was, &mut out);
    }
    for id in base.measure.keys().filter(|id| !new.measure.contains_key(*id)) {
        lost(&mut out, format!("measure.{id}"), "去掉了一项统计", "takes a figure away");
    }
    lists(new, base, &mut out);
    if base.mechanism.sample && !new.mechanism.sample {
        lost(
            &mut out,
            "mechanism.sample".into(),
            "去掉了“示例，未经核定”的标记",
            "takes away the mark that this is an unverified sample",
        );
    }
    let archived = |m: &Mechanism| m.retention.as_ref().is_some_and(|r| r.archive.is_some());
    if base.retention.is_some() && archived(new) != archived(base) {
        lost(
            &mut out,
            "retention.archive".into(),
            "到期删除和归档保存之间改了",
            "changes whether content is erased in time or archived for good",
        );
    }
    out.list
}

fn plan(new: &Mechanism, base: &Mechanism, id: &str, was: &Plan, out: &mut Findings) {
    let path = |key: &str| format!("plan.{id}{key}");
    let Some(now) = new.plan.get(id) else {
        return lost(out, path(""), "去掉了到时候自动提出的事", "takes away what is raised by itself");
    };
    let often = match (now.every, was.every) {
        (Some(now), Some(was)) => no_longer(now, was),
        (now, was) => was.is_none() || now.is_some(),
    };
    if !often {
        lost(out, path(".every"), "隔得更久才提一次", "raises it less often");
    }
    if was.on.iter().any(|day| !now.on.contains(day)) {
        lost(out, path(".on"), "一年里少提了几次", "raises it on fewer days");
    }
    match (&now.repeats, &was.repeats) {
        (Some(now), Some(was)) => repeats(new, base, id, (now, was), out),
        (None, Some(_)) => lost(out, path(".repeats"), "反复来的不再提出来", "no longer raises what keeps coming back"),
        _ => {}
    }
}

/// What is counted as coming back: no fewer kinds, over no fewer days, from no larger a number on.
fn repeats(new: &Mechanism, base: &Mechanism, id: &str, (now, was): (&Repeats, &Repeats), out: &mut Findings) {
    let less = |out: &mut Findings, key: &str| {
        lost(
            out,
            format!("plan.{id}.repeats.{key}"),
            "反复来的要更多、更密才提出来",
            "asks for more matters, or in fewer days, before what keeps coming back is raised",
        );
    };
    if was.of.iter().any(|of| !now.of.contains(of)) {
        less(out, "of");
    }
    if !value_no_shorter(value(new, &now.within), value(base, &was.within)) {
        less(out, "within");
    }
    let more = match (value(new, &now.at_least), value(base, &was.at_least)) {
        (_, Value::Local) => false,
        (now, was) => now.count().is_none_or(|n| was.count().is_some_and(|w| n > w)),
    };
    if more {
        less(out, "at_least");
    }
}

/// A list keeps its columns, and each column what may stand in it; parts keep their states.
fn lists(new: &Mechanism, base: &Mechanism, out: &mut Findings) {
    for (id, was) in &base.part {
        let Some(now) = new.part.get(id) else { continue };
        for state in was.state.keys().filter(|s| !now.state.contains_key(*s)) {
            lost(
                out,
                format!("part.{id}.state.{state}"),
                "分头办理少了一步",
                "takes a state out of what each body goes through",
            );
        }
    }
    for (id, was) in &base.set {
        let Some(now) = new.set.get(id) else { continue };
        for (name, column) in &was.column {
            let path = format!("set.{id}.column.{name}");
            let Some(is) = now.column.get(name) else {
                lost(out, path, "清单少了一列", "takes a column out of the list");
                continue;
            };
            if column.of.iter().any(|o| is.of.iter().all(|n| n.id != o.id)) {
                lost(out, format!("{path}.of"), "清单的这一列少了选项", "takes an option out of a column of the list");
            }
        }
    }
}
