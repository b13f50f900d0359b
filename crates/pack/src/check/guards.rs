//! Names, second half: conditions read only coded facts that exist, with values that they can have, and none that the same
//! form is only just asking for.

use super::Findings;
use super::names::unknown;
use crate::finding::{Finding, Rule};
use kernel::form::kept_as;
use kernel::guard::Guard;
use kernel::ids::Class;
use kernel::mechanism::{Action, Field, FieldKind, Mechanism, RAISE};
use std::collections::BTreeSet;

pub(super) fn check(m: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Sound);
    for (id, action) in &m.action {
        unless(id, action, &mut out);
        if let Some(guard) = &action.when {
            let own: Vec<&str> = m.fields_of(action);
            one(m, &format!("action.{id}.when"), guard, Some(&own), &mut out);
            if id == RAISE {
                out.add(
                    "action.raise.when",
                    Vec::new(),
                    ("提交不能附条件".into(), "raising has no condition".into()),
                    ("去掉 when", "remove `when`"),
                );
            }
        }
        for (field, guard) in &action.needs_when {
            one(m, &format!("action.{id}.needs_when.{field}"), guard, None, &mut out);
            let mut counts = false;
            guard.visit(&mut |_, _| {}, &mut |_| counts = true);
            guard.visit_parts(&mut |_, _, _| counts = true);
            if counts {
                out.add(
                    format!("action.{id}.needs_when.{field}"),
                    Vec::new(),
                    (
                        "表单的条件里不能用次数，也不能看各单位办到哪一步".into(),
                        "the condition of a form cannot read a count or parts".into(),
                    ),
                    ("只比较字段的值", "compare values of fields only"),
                );
            }
        }
    }
    out.list
}

/// Words for whoever is refused belong to a condition, and are a whole sentence in both languages.
fn unless(id: &str, action: &Action, out: &mut Findings) {
    let Some(words) = &action.unless else { return };
    let path = format!("action.{id}.unless");
    if action.when.is_none() {
        let says = ("没有条件（when），不会因此被拒绝", "there is no condition (`when`) that could refuse it");
        out.add(&path, Vec::new(), (says.0.into(), says.1.into()), ("去掉 unless", "remove `unless`"));
    }
    if !words.zh.ends_with('。') || !words.en.ends_with('.') {
        let says = ("不是完整的一句话", "it is no whole sentence");
        let help = ("中文用“。”结尾，英文用“.”结尾", "end the Chinese with 。 and the English with a full stop");
        out.add(&path, Vec::new(), (says.0.into(), says.1.into()), help);
    }
}

/// The words for whoever is refused still are those of the condition, where a region changed it.
pub(super) fn overlay(new: &Mechanism, base: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Sound);
    let both = new.action.iter().filter_map(|(id, a)| Some((id, a, base.action.get(id)?)));
    let stale =
        |(_, a, b): &(&String, &Action, &Action)| a.when != b.when && a.unless.is_some() && a.unless == b.unless;
    for (id, ..) in both.filter(stale) {
        out.add(
            format!("action.{id}.unless"),
            Vec::new(),
            (
                "条件改了，被拒绝时说的话还是原来的".into(),
                "the condition was changed, and what whoever is refused is told was not".into(),
            ),
            ("把 unless 也改过来", "write `unless` anew as well"),
        );
    }
    out.list
}

/// The field that a fact is: one of the mechanism's, the result of a vote, or a column of a row's set.
pub(super) fn fact_field(m: &Mechanism, fact: &str) -> Option<Field> {
    let mut lowered = None;
    if !m.field.contains_key(fact) && (m.vote.contains_key(fact) || fact.contains('.')) {
        lowered = super::lower::facts(m).field.remove(fact);
    }
    m.field.get(fact).cloned().or(lowered)
}

/// The values that a fact can have; none where that is open (numbers, days, bodies) or the fact is unknown.
pub(super) fn options(m: &Mechanism, fact: &str) -> Option<Vec<String>> {
    match fact_field(m, fact).map(|f| (f.kind, f)) {
        Some((FieldKind::Choice, f)) => Some(f.of.iter().map(|c| c.id.clone()).collect()),
        Some((FieldKind::YesNo, _)) => Some(vec!["yes".into(), "no".into()]),
        _ => None,
    }
}

pub(super) fn one(m: &Mechanism, path: &str, guard: &Guard, own: Option<&[&str]>, out: &mut Findings) {
    let mut facts: Vec<(String, BTreeSet<String>)> = Vec::new();
    let mut counted: Vec<String> = Vec::new();
    guard
        .visit(&mut |fact, values| facts.push((fact.to_owned(), values.cloned().unwrap_or_default())), &mut |action| {
            counted.push(action.to_owned())
        });
    super::parts::guard(m, path, guard, out);
    for action in counted.iter().filter(|a| !m.action.contains_key(*a)) {
        unknown(out, path.to_owned(), ("动作", "action"), action);
    }
    for (fact, values) in facts {
        if let Some(child) = fact.strip_prefix("child(").and_then(|f| f.strip_suffix(')')) {
            super::kin::child_guard(m, path, child, &values, out);
            continue;
        }
        if let Some(about) = fact.strip_prefix("about(").and_then(|f| f.strip_suffix(')')) {
            super::personal::about_guard(m, path, about, &values, out);
            continue;
        }
        let field = fact_field(m, &fact);
        // What a child brings has the values of the child; `kin::wired` compares them.
        if field.is_none() && m.child.values().any(|c| c.brings.contains_key(&fact)) {
            continue;
        }
        let set: BTreeSet<&String> = m.action.values().filter_map(|a| a.sets.get(&fact)).collect();
        if field.is_none() && set.is_empty() {
            unknown(out, path.to_owned(), ("字段或事实", "field or fact"), &fact);
            continue;
        }
        if field.as_ref().is_some_and(|f| kept_as(f) != Class::Coded) {
            out.add(
                path,
                Vec::new(),
                (
                    format!("条件读了“{fact}”，它不是 coded：人写的内容不能作条件"),
                    format!("the condition reads `{fact}`, which is not coded: what a person wrote is no condition"),
                ),
                (
                    "改用 class = \"coded\" 的选择、是否、数字或日期",
                    "use a choice, yes/no, number or day with class = \"coded\"",
                ),
            );
        }
        if own.is_some_and(|own| own.contains(&fact.split('.').next().unwrap_or(&fact))) {
            out.add(
                path,
                Vec::new(),
                (
                    format!("条件读了本动作自己才要填的“{fact}”"),
                    format!("the condition reads `{fact}`, which this very action only asks for"),
                ),
                (
                    "在更早的动作里填它，或者把动作按结果分成几个",
                    "ask for it in an earlier action, or make one action for each outcome",
                ),
            );
        }
        let known = options(m, &fact).or_else(|| field.is_none().then(Vec::new));
        let fits = |v: &String| known.as_ref().is_none_or(|k| k.contains(v)) || set.contains(v);
        for value in values.iter().filter(|v| !fits(v)) {
            unknown(out, path.to_owned(), (&format!("“{fact}”的值"), &format!("value of `{fact}`")), value);
        }
    }
}
