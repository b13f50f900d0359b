//! Names, fourth part: children, plans, places and published words fit into their own mechanism. Whether the other
//! mechanism fits as well is asked over the whole set of packs (`crate::kin`).

use super::Findings;
use super::names::words;
use super::said::surely;
use crate::finding::{Finding, Rule};
use crate::near::nearest;
use kernel::form::kept_as;
use kernel::ids::Class;
use kernel::kin::{ENDED, NONE, OPEN};
use kernel::mechanism::{CLOCK, FieldKind, Mechanism, NUMBER, Plan, PlanOf, RAISE, THE_BODY};
use kernel::time::Length;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(m: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Sound);
    children(m, &mut out);
    raising(m, &mut out);
    for (id, plan) in &m.plan {
        plans(m, id, plan, &mut out);
    }
    published(m, &mut out);
    super::invites::check(m, &mut out);
    super::linked::check(m, &mut out);
    super::repeats::check(m, &mut out);
    super::slots::check(m, &mut out);
    out.list
}

pub(super) fn say(out: &mut Findings, path: impl Into<String>, zh: &str, en: &str, help: (&str, &str)) {
    out.add(path, Vec::new(), (zh.to_owned(), en.to_owned()), help);
}

/// A name that stands for nothing, with the nearest one that does.
pub(crate) fn unknown<'a>(
    out: &mut Findings,
    path: String,
    (zh, en): (&str, &str),
    name: &str,
    known: impl IntoIterator<Item = &'a String>,
) {
    let known: Vec<&str> = known.into_iter().map(String::as_str).collect();
    let near = nearest(name, known.iter().copied());
    let help = near.map_or_else(
        || (format!("已有的：{}", known.join("、")), format!("there are: {}", known.join(", "))),
        |n| (format!("是不是想写“{n}”？"), format!("did you mean `{n}`?")),
    );
    let says = (format!("没有叫“{name}”的{zh}"), format!("there is no {en} `{name}`"));
    out.add(path, Vec::new(), says, (&help.0, &help.1));
}

/// A condition over a child.
pub(super) fn child_guard(m: &Mechanism, path: &str, child: &str, values: &BTreeSet<String>, out: &mut Findings) {
    let shown = m.child.iter().filter(|(_, c)| !c.hidden).map(|(id, _)| id);
    if m.child.get(child).is_none_or(|c| c.hidden) {
        return unknown(out, path.to_owned(), ("子事项", "child"), child, shown);
    }
    let known = [NONE, OPEN, ENDED].map(str::to_owned);
    for value in values.iter().filter(|v| !known.contains(v)) {
        unknown(out, path.to_owned(), ("子事项状况", "standing of a child"), value, &known);
    }
}

fn children(m: &Mechanism, out: &mut Findings) {
    super::told::on_word(m, out);
    for (id, child) in &m.child {
        let at = |key: &str| format!("child.{id}.{key}");
        words(out, &at("name"), &child.name);
        let raised = m.action.values().any(|a| a.raises.as_ref().is_some_and(|r| r.child == *id));
        let open = child.open_while.is_some();
        if raised == (child.hidden || child.comes()) {
            let help = (
                "子事项由某个动作的 raises 提出；hidden 的只由来件人自己提出，open_while 的由大家提出，joins 的由工作人员给另一个人登记，都不能有动作 raises 它",
                "a child is raised by the `raises` of an action; a hidden one by the person alone, one with `open_while` by anybody, one that `joins` by a post for somebody else, all three by no action",
            );
            say(
                out,
                format!("child.{id}"),
                "没有动作提出它，或者该由人提出的被动作提出",
                "no action raises it, or one raises what a person raises",
                help,
            );
        }
        if child.hidden && (child.ended.is_some() || !child.brings.is_empty()) {
            let help = ("去掉 ended 和 brings", "remove `ended` and `brings`");
            say(
                out,
                format!("child.{id}"),
                "隐藏的子事项不能告诉原事项任何事",
                "a hidden child tells the parent nothing",
                help,
            );
        }
        if !child.hidden && (child.shield.is_some() || (!open && !child.with.is_empty())) {
            let help = (
                "写 hidden = true，或者把 with 写在动作的 raises 里",
                "say hidden = true, or write `with` in the action's `raises`",
            );
            say(
                out,
                format!("child.{id}"),
                "shield 和 with 只给隐藏的子事项",
                "`shield` and `with` are for hidden children",
                help,
            );
        }
        super::told::child(m, id, child, out);
        if child.comes() {
            asked_about(m, id, out);
        }
        if let Some(clock) = &child.open_while {
            anybodys(m, id, child, clock, out);
        }
        if child.internal && (child.hidden || open) {
            let help = ("两个写一个", "say one of the two");
            let (zh, en) =
                ("隐藏的子事项是本人的，不会是单位之间的", "a hidden child is the person's own, never the offices'");
            say(out, at("internal"), zh, en, help);
        }
        sources(m, &at("with"), &child.with, out);
        if let Some(ended) = &child.ended {
            match m.action.get(ended) {
                None => unknown(out, at("ended"), ("动作", "action"), ended, m.action.keys()),
                Some(a) if a.by != [CLOCK] => {
                    let help = ("那个动作写 by = [\"clock\"]", "give that action by = [\"clock\"]");
                    say(
                        out,
                        at("ended"),
                        "子事项办完时做的动作，只能由系统做",
                        "what happens at the child's end is done by nobody else",
                        help,
                    );
                }
                Some(_) => {}
            }
        }
        for fact in child.brings.keys().filter(|f| m.field.get(*f).is_some_and(|x| kept_as(x) != Class::Coded)) {
            let help = ("换一个名字", "choose another name");
            say(out, at("brings"), &format!("“{fact}”是文字字段"), &format!("`{fact}` is a field of words"), help);
        }
    }
}

/// What anybody may raise stands beside published words and takes nothing along that is not public.
fn anybodys(m: &Mechanism, id: &str, child: &kernel::mechanism::Child, clock: &str, out: &mut Findings) {
    let at = |key: &str| format!("child.{id}.{key}");
    if !m.clock.contains_key(clock) {
        unknown(out, at("open_while"), ("期限", "clock"), clock, m.clock.keys());
    }
    if m.action.values().all(|a| a.publishes.is_none()) || m.shield().is_some() || child.hidden {
        let help = (
            "让一个动作 publishes；有 shield 的机制、hidden 的子事项不写 open_while",
            "let an action publish; no `open_while` where there is a shield, or beside `hidden`",
        );
        let (zh, en) = ("没有公开的页面，大家提不了", "there is no page of published words to raise it from");
        say(out, at("open_while"), zh, en, help);
    }
    let open = |f: &kernel::mechanism::Field| kept_as(f) == Class::Coded || f.class == Class::Public;
    if let Some(from) = child.with.values().find(|from| m.field.get(*from).is_some_and(|f| !open(f))) {
        let help = ("只交给它公开的、coded 的内容", "hand over only what is public or coded");
        let (zh, en) = (format!("“{from}”不是公开的内容"), format!("`{from}` is not public"));
        say(out, at("with"), &zh, &en, help);
    }
}

/// One more may come at any time, so it is asked about only in a way that one more changes nothing but `open`.
fn asked_about(m: &Mechanism, id: &str, out: &mut Findings) {
    let fact = kernel::kin::child_fact(id);
    for (action, guard) in m.action.iter().filter_map(|(a, x)| Some((a, x.when.as_ref()?))) {
        let mut fits = true;
        guard.visit(
            &mut |name, values| fits &= name != fact || values.is_none_or(|v| v.iter().all(|v| v == OPEN)),
            &mut |_| {},
        );
        if !fits {
            let help = ("写成 child(…) = open 或 child(…) != open", "write child(…) = open or child(…) != open");
            let (zh, en) =
                ("随时还会来一件，只能问是不是都答完了", "one more may come at any time: ask only whether any is open");
            say(out, format!("action.{action}.when"), zh, en, help);
        }
    }
}

/// Whether each source of a `with` is there.
fn sources(m: &Mechanism, path: &str, with: &BTreeMap<String, String>, out: &mut Findings) {
    for from in with.values().filter(|f| !f.starts_with('=') && *f != NUMBER) {
        match from.strip_prefix(THE_BODY) {
            Some(role) if !m.role.contains_key(role) => {
                unknown(out, path.to_owned(), ("角色", "role"), role, m.role.keys())
            }
            None if !m.field.contains_key(from) => {
                unknown(out, path.to_owned(), ("字段", "field"), from, m.field.keys())
            }
            _ => {}
        }
    }
}

fn raising(m: &Mechanism, out: &mut Findings) {
    for (id, action) in &m.action {
        let Some(raises) = &action.raises else { continue };
        let at = |key: &str| format!("action.{id}.raises.{key}");
        match m.child.get(&raises.child) {
            None => unknown(out, at("child"), ("子事项", "child"), &raises.child, m.child.keys()),
            Some(child) if raises.mechanism.as_ref().is_some_and(|x| *x != child.mechanism) => {
                let help = (&*format!("写 \"{}\"", child.mechanism), &*format!("write \"{}\"", child.mechanism));
                say(
                    out,
                    at("mechanism"),
                    "和 [child] 里写的机制不一样",
                    "is not the mechanism that [child] names",
                    help,
                );
            }
            Some(_) => {}
        }
        sources(m, &at("with"), &raises.with, out);
        if let Some(from) = hers(m, &raises.with).filter(|_| m.child.get(&raises.child).is_some_and(|c| c.internal)) {
            let help = (
                "另设一个字段，由办的人写事、不写人；或者去掉 internal",
                "let whoever acts write the facts in a field of their own, or remove `internal`",
            );
            let (zh, en) = (
                format!("“{from}”是来件人写的，不能交给单位之间的事项"),
                format!("`{from}` is what the person wrote; it is not handed to a matter of the offices"),
            );
            say(out, at("with"), &zh, &en, help);
        }
        if action.after_end {
            let help = ("在结束以前提出", "raise it before the end");
            say(
                out,
                format!("action.{id}.raises"),
                "结束以后不能再提出子事项",
                "nothing is raised after the end",
                help,
            );
        }
    }
}

/// What the person wrote, or what says who she is, among what is handed over.
fn hers<'a>(m: &Mechanism, with: &'a BTreeMap<String, String>) -> Option<&'a String> {
    let raise = m.action.get(RAISE).map(|r| m.fields_of(r)).unwrap_or_default();
    let words = |f: &kernel::mechanism::Field| kept_as(f) != Class::Coded;
    with.values().find(|from| {
        let field = m.field.get(*from);
        field.is_some_and(|f| f.class == Class::Sealed || (words(f) && raise.contains(&from.as_str())))
    })
}

fn plans(m: &Mechanism, id: &str, plan: &Plan, out: &mut Findings) {
    let at = |key: &str| format!("plan.{id}.{key}");
    words(out, &at("name"), &plan.name);
    if plan.each.is_some() && plan.of != PlanOf::Region {
        let help = ("去掉 each，或者写 of = \"region\"", "remove `each`, or say of = \"region\"");
        say(out, at("each"), "只有按地区的计划分到各单位", "only a plan of a region is for each office", help);
    }
    if plan.of == PlanOf::Repeats || plan.repeats.is_some() {
        return super::repeats::plan(m, id, plan, out);
    }
    if plan.every.is_some() != plan.on.is_empty() {
        let help = ("写 every = \"365d\" 或者 on = [\"03-10\"]", "write either every = \"365d\" or on = [\"03-10\"]");
        say(out, format!("plan.{id}"), "every 和 on 写一个", "say either `every` or `on`", help);
    }
    if plan.every.is_some_and(|e| !matches!(e, Length::Days(n) if n > 0)) {
        let help = ("写成日，如 \"365d\"", "write days, such as \"365d\"");
        say(out, at("every"), "计划按日历日算", "a plan counts calendar days", help);
    }
    // A leap year has every day that any year has.
    let is_day = |d: &String| d.len() == 5 && format!("2024-{d}").parse::<kernel::time::Date>().is_ok();
    for day in plan.on.iter().filter(|d| !is_day(d)) {
        let help = ("写成 \"03-10\"", "write it as \"03-10\"");
        say(out, at("on"), &format!("“{day}”不是日子"), &format!("`{day}` is no day"), help);
    }
    for (key, action) in [("starts", &plan.starts), ("stops", &plan.stops)] {
        if let Some(action) = action.as_ref().filter(|a| !m.action.contains_key(*a)) {
            unknown(out, at(key), ("动作", "action"), action, m.action.keys());
        }
    }
    let register = plan.of == PlanOf::Register;
    if register != plan.starts.is_some() || (!register && plan.stops.is_some()) {
        let help = (
            "of = \"register\" 写 starts（哪个动作列入）；of = \"region\" 不写 starts 和 stops",
            "of = \"register\" needs `starts`; of = \"region\" has neither `starts` nor `stops`",
        );
        say(out, at("of"), "没有写什么时候列入计划，或者不该写", "it does not fit with `starts` and `stops`", help);
    }
    sources(m, &at("raises.with"), &plan.raises.with, out);
    let reads = |f: &&String| !f.starts_with('=') && !f.starts_with(THE_BODY);
    if let Some(from) = plan.raises.with.values().find(reads).filter(|_| !register) {
        let help = ("只写 = 开头的固定值", "give only values after `=`");
        say(
            out,
            at("raises.with"),
            &format!("没有哪一件事可以取“{from}”"),
            &format!("there is no matter to take `{from}` from"),
            help,
        );
    }
}

fn published(m: &Mechanism, out: &mut Findings) {
    let any = m.action.values().any(|a| a.publishes.is_some());
    if let Some(shelf) = &m.mechanism.shelf {
        let public = |f: &kernel::mechanism::Field| f.class == Class::Public && f.kind == FieldKind::Text;
        let asked = m.action.get(RAISE).is_some_and(|r| r.needs.contains(&shelf.title));
        if !any || !asked || !m.field.get(&shelf.title).is_some_and(public) {
            let help = (
                "title 写提出时必填的公开文字，并让一个动作 publishes",
                "let `title` be a public text that raising needs, and let an action publish",
            );
            let (zh, en) = ("架上的话没有题目，或者没有什么可公开", "the shelf has no title, or nothing is published");
            say(out, "mechanism.shelf", zh, en, help);
        }
    }
    for (id, action) in &m.action {
        if let Some(field) = &action.publishes {
            let path = format!("action.{id}.publishes");
            let public = |f: &&kernel::mechanism::Field| f.class == Class::Public && f.kind == FieldKind::Text;
            match m.field.get(field) {
                None => unknown(out, path, ("字段", "field"), field, m.field.keys()),
                Some(f) if !public(&f) || !action.needs.contains(field) && !surely(m, action, field) => {
                    let help = (
                        "写 type = \"text\"、class = \"public\"，并写进这个动作的 needs，或者写进到这里的每条路都要走的一步：公开的是另写的一段话，不是来件人的原话",
                        "make it a text of class `public` that this action needs, or a step on every way to it: what is published is written for it, never what the person wrote",
                    );
                    say(
                        out,
                        path,
                        "公开的不是本动作要填的公开文字",
                        "what is published is no public text that this action needs",
                        help,
                    );
                }
                Some(_) => {}
            }
        }
        if action.unpublishes && (!any || action.publishes.is_some()) {
            let help = ("另有动作写 publishes", "let another action have `publishes`");
            say(out, format!("action.{id}.unpublishes"), "没有什么可撤下的", "there is nothing to take back", help);
        }
    }
}
