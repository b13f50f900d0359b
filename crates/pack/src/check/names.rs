//! Names, first half: roles, numbers, fields, states and measures fit together. No proof can start before this.

use super::Findings;
use crate::finding::{Finding, Rule};
use kernel::form::kept_as;
use kernel::ids::Class;
use kernel::mechanism::{CHANNEL, CLOCK, FieldKind, Mechanism, PART, RAISE, RAISER, RAISER_BODY, ROW_DAY};
use kernel::number::{Confidence, Value};
use kernel::role::{BodyExpr, Exclusion};
use kernel::text::Text;

pub(super) fn check(m: &Mechanism, overlaid: bool) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Sound);
    roles(m, &mut out);
    numbers(m, overlaid, &mut out);
    fields(m, &mut out);
    states(m, &mut out);
    measures(m, &mut out);
    out.list
}

/// A name that stands for nothing.
pub(super) fn unknown(out: &mut Findings, path: String, what: (&str, &str), name: &str) {
    out.add(
        path,
        Vec::new(),
        (format!("没有叫“{name}”的{}", what.0), format!("there is no {} `{name}`", what.1)),
        ("改成已有的名字，或者把它补上", "use a name that exists, or add it"),
    );
}

/// Both languages are there.
pub(super) fn words(out: &mut Findings, path: &str, text: &Text) {
    if text.zh.trim().is_empty() || text.en.trim().is_empty() {
        out.add(
            path,
            Vec::new(),
            ("这里要有中文和英文".into(), "words are missing in one language".into()),
            ("写全 { zh = \"…\", en = \"…\" }", "write { zh = \"…\", en = \"…\" } in full"),
        );
    }
}

/// Whether it can stand where a body is meant.
pub(super) fn is_role(m: &Mechanism, role: &str) -> bool {
    role == RAISER || m.role.contains_key(role)
}

const ROLE: (&str, &str) = ("角色", "role");

fn roles(m: &Mechanism, out: &mut Findings) {
    for (id, role) in &m.role {
        words(out, &format!("role.{id}.name"), &role.name);
        if [RAISER, RAISER_BODY, CLOCK, PART, "parts"].contains(&id.as_str()) {
            out.add(
                format!("role.{id}"),
                Vec::new(),
                (format!("“{id}”是内建角色，不能再定义"), format!("`{id}` is built in")),
                ("换一个名字", "choose another name"),
            );
        }
        if let BodyExpr::Superior(_, other) | BodyExpr::Same(other) | BodyExpr::RaiserBody(Some(other)) = &role.is
            && !m.role.contains_key(other)
        {
            unknown(out, format!("role.{id}.is"), ROLE, other);
        }
        for other in role.not.iter().filter_map(|n| if let Exclusion::Role(r) = n { Some(r) } else { None }) {
            if !m.role.contains_key(other) {
                unknown(out, format!("role.{id}.not"), ROLE, other);
            }
        }
        if leads_back(m, id) {
            out.add(
                format!("role.{id}.is"),
                Vec::new(),
                (format!("角色“{id}”绕了一圈又指回自己"), format!("the role `{id}` leads back to itself")),
                (
                    "让其中一个角色用 office、assignee 或 raiser_body 定下来",
                    "let one of these roles be an `office`, the `assignee` or the `raiser_body`",
                ),
            );
        }
    }
}

fn leads_back(m: &Mechanism, start: &str) -> bool {
    let next = |id: &str| -> Vec<String> {
        m.role.get(id).map_or_else(Vec::new, |r| {
            let is = match &r.is {
                BodyExpr::Superior(_, o) | BodyExpr::Same(o) | BodyExpr::RaiserBody(Some(o)) => Some(o.clone()),
                _ => None,
            };
            let not = r.not.iter().filter_map(|n| if let Exclusion::Role(r) = n { Some(r.clone()) } else { None });
            is.into_iter().chain(not).collect()
        })
    };
    let mut seen = std::collections::BTreeSet::new();
    let mut stack = next(start);
    while let Some(id) = stack.pop() {
        if id == start {
            return true;
        }
        if seen.insert(id.clone()) {
            stack.extend(next(&id));
        }
    }
    false
}

fn numbers(m: &Mechanism, overlaid: bool, out: &mut Findings) {
    for (id, row) in &m.number {
        let path = format!("number.{id}");
        let unsure = matches!(row.confidence, Confidence::Recalled | Confidence::Secondary) && !row.value.is_missing();
        if unsure && !overlaid && !m.mechanism.sample {
            out.add(
                format!("{path}.confidence"),
                Vec::new(),
                (
                    format!("“{id}”的数值没有对照原文核实，不能作为全国的默认值"),
                    format!("the value of `{id}` was not verified and cannot be a national default"),
                ),
                (
                    "写 value = \"local\" 留给地方填，或者核实后写 confidence = \"verified\"",
                    "write value = \"local\" and leave it to the region, or verify it",
                ),
            );
        }
        match &row.value {
            Value::By { field, lengths } => match m.field.get(field) {
                None => unknown(out, format!("{path}.value"), ("字段", "field"), field),
                Some(f) => {
                    let options = crate::check::guards::options(m, field);
                    let options = options.unwrap_or_default();
                    let fits = options.iter().all(|o| lengths.contains_key(o)) && lengths.len() == options.len();
                    if !fits || kept_as(f) != Class::Coded {
                        out.add(
                            format!("{path}.value"),
                            Vec::new(),
                            (
                                format!("“{id}”要给“{field}”的每个选项恰好一个期限（{}）", options.join("、")),
                                format!(
                                    "`{id}` needs exactly one length for each option of the coded `{field}` ({})",
                                    options.join(", ")
                                ),
                            ),
                            (
                                "补上缺的选项，去掉多出来的",
                                "add the options that are missing and remove those that are too many",
                            ),
                        );
                    }
                }
            },
            Value::Until { field, .. } => {
                let row = field == ROW_DAY && rows(m, id);
                if !row && !m.field.get(field).is_some_and(|f| f.kind == FieldKind::Date && kept_as(f) == Class::Coded)
                {
                    unknown(out, format!("{path}.value"), ("coded 日期字段", "coded date field"), field);
                }
            }
            Value::Fixed(_) | Value::Local | Value::Count(_) => {}
        }
    }
}

/// Whether nothing but clocks of tasks reads this number, so that it may read the day of the row.
fn rows(m: &Mechanism, number: &str) -> bool {
    let mut clocks = m.clock.values().filter(|c| c.length == number).peekable();
    let tasks = |c: &kernel::mechanism::Clock| {
        let each = c.part.as_ref().and_then(|p| m.part.get(p)).and_then(|p| m.field.get(&p.each));
        each.is_some_and(|f| f.kind == FieldKind::Tasks)
    };
    clocks.peek().is_some() && clocks.all(tasks)
}

fn fields(m: &Mechanism, out: &mut Findings) {
    let raise = m.action.get(RAISE);
    for (id, field) in &m.field {
        let path = format!("field.{id}");
        words(out, &format!("{path}.label"), &field.label);
        let choice = field.kind == FieldKind::Choice;
        let mut ids: Vec<&str> = field.of.iter().map(|c| c.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        if choice == field.of.is_empty() || ids.len() != field.of.len() {
            out.add(
                format!("{path}.of"),
                Vec::new(),
                (
                    format!("“{id}”：选择题要有选项，选项不能重复；别的字段不能有选项"),
                    format!("`{id}`: a choice has options, each once; other fields have none"),
                ),
                ("写 of = [{ id, zh, en }, …]，或者改 type", "write of = [{ id, zh, en }, …], or change `type`"),
            );
        }
        let online = field.of.iter().filter(|o| o.online).count();
        let own = raise.is_some_and(|a| a.by.iter().any(|r| r == RAISER) && m.fields_of(a).contains(&id.as_str()));
        if online > usize::from(id == CHANNEL) || (id == CHANNEL && own && online == 0) {
            out.add(
                format!("{path}.of"),
                Vec::new(),
                (
                    format!("“{id}”：从哪里来的（channel）里，有一个选项写 online = true，就是自己在网上提交的那一个"),
                    format!(
                        "`{id}`: one option of `channel` says `online = true`, the one for whoever writes it herself"
                    ),
                ),
                ("给网上的那一项写 online = true，别的都不写", "write `online = true` on that option and on no other"),
            );
        }
        for option in &field.of {
            words(out, &format!("{path}.of"), &Text::new(option.zh.as_str(), option.en.as_str()));
        }
        if field.class == Class::Coded && kept_as(field) != Class::Coded {
            out.add(
                format!("{path}.class"),
                Vec::new(),
                (
                    format!("“{id}”是文字一类的内容，不能写成 coded，那样会明文留在记录里"),
                    format!(
                        "`{id}` is free or personal content and cannot be coded, which would put it in the open entry"
                    ),
                ),
                (
                    "写 class = \"handlers\"，能认出人的写 \"sealed\"",
                    "write class = \"handlers\", or \"sealed\" where it identifies a person",
                ),
            );
        }
        if let Some(other) = field.outside.as_ref().filter(|o| !m.field.contains_key(*o)) {
            unknown(out, format!("{path}.outside"), ("字段", "field"), other);
        }
        day(m, id, field, out);
        let of_part = m.action.values().any(|a| a.part.is_some() && m.fields_of(a).contains(&id.as_str()));
        for role in field.hidden_until_end_from.iter().filter(|r| !(is_role(m, r) || *r == PART && of_part)) {
            unknown(out, format!("{path}.hidden_until_end_from"), ROLE, role);
        }
    }
}

/// What a form may ask of a date is asked of dates only.
fn day(m: &Mechanism, id: &str, field: &kernel::mechanism::Field, out: &mut Findings) {
    let asks = [("ahead", field.ahead), ("past", field.past), ("after", field.after.is_some())];
    for (key, _) in asks.into_iter().filter(|(key, asks)| {
        *asks && (field.kind != FieldKind::Date || *key == "past" && (field.ahead || field.after.is_some()))
    }) {
        let says = (
            format!("“{id}”：只有日期才能要求在以后或以前，两样只写一样"),
            format!("`{id}`: only a date can be asked to lie ahead or to be over, and not both"),
        );
        let (zh, en) = (format!("去掉 {key}"), format!("remove `{key}`"));
        out.add(format!("field.{id}.{key}"), Vec::new(), says, (&zh, &en));
    }
    let fixed = |c: &kernel::mechanism::Clock| {
        matches!(m.number.get(&c.length).map(|n| &n.value), Some(Value::Fixed(_) | Value::Local | Value::By { .. }))
    };
    if let Some(clock) = field.after.as_ref().filter(|c| !m.clock.get(*c).is_some_and(fixed)) {
        unknown(out, format!("field.{id}.after"), ("有固定长短的期限", "clock of a fixed length"), clock);
    }
}

fn states(m: &Mechanism, out: &mut Findings) {
    for (id, state) in &m.state {
        words(out, &format!("state.{id}.name"), &state.name);
        match &state.holder {
            Some(role) if !state.end && !is_role(m, role) => {
                unknown(out, format!("state.{id}.holder"), ROLE, role);
            }
            Some(_) if !state.end => {}
            None if state.end => {}
            _ => out.add(
                format!("state.{id}.holder"),
                Vec::new(),
                (
                    format!("“{id}”：没结束的状态要有一个负责人，结束的状态没有"),
                    format!("`{id}`: a state has one holder, unless it is an end, which has none"),
                ),
                ("写 holder = \"角色\" 或者 end = true，两者取一", "write either holder = \"ROLE\" or end = true"),
            ),
        }
    }
}

fn measures(m: &Mechanism, out: &mut Findings) {
    for (id, measure) in &m.measure {
        words(out, &format!("measure.{id}.name"), &measure.name);
        words(out, &format!("measure.{id}.formula"), &measure.formula);
        let lines = measure.numerator.iter().map(|s| ("numerator", s));
        for (key, series) in lines.chain(measure.denominator.iter().map(|s| ("denominator", s))) {
            let parts: Vec<&str> = series.split_whitespace().collect();
            let known = match parts[..] {
                ["raised" | "ended"] => true,
                ["did", action] => m.action.contains_key(action),
                ["kept" | "missed", clock] => m.clock.contains_key(clock),
                ["fact", name, value] => {
                    let set = m.action.values().any(|a| a.sets.get(name).is_some_and(|v| v == value));
                    set || crate::check::guards::options(m, name).is_some_and(|o| o.iter().any(|o| o == value))
                }
                _ => false,
            };
            if !known {
                out.add(
                    format!("measure.{id}.{key}"),
                    Vec::new(),
                    (
                        format!("“{series}”数不出来"),
                        format!("`{series}` cannot be counted"),
                    ),
                    (
                        "可以写：did 动作、kept 期限、missed 期限、fact 事实 值、raised、ended，并且名字都要有",
                        "write `did ACTION`, `kept CLOCK`, `missed CLOCK`, `fact NAME VALUE`, `raised` or `ended`, with names that exist",
                    ),
                );
            }
        }
        super::figures::measure(m, id, measure, out);
        let other = measure.marks.is_some() || measure.hours.is_some();
        if measure.numerator.is_empty() && !other {
            out.add(
                format!("measure.{id}.numerator"),
                Vec::new(),
                ("没有写数什么".into(), "nothing is counted".into()),
                ("给 numerator 至少一项", "give `numerator` at least one series"),
            );
        }
    }
}
