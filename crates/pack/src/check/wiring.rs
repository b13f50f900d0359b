//! Names, third part: actions, clocks and letters name what exists, and say what they must.

use super::Findings;
use super::names::{is_role, unknown, words};
use crate::finding::{Finding, Rule};
use kernel::mechanism::{Action, CLOCK, Clock, FieldKind, Mechanism, PART, RAISE, RAISER};

const ROLE: (&str, &str) = ("角色", "role");
const FIELD: (&str, &str) = ("字段", "field");
const STATE: (&str, &str) = ("状态", "state");
const ACTION: (&str, &str) = ("动作", "action");
const CLOCKS: (&str, &str) = ("期限", "clock");
const NUMBER: (&str, &str) = ("数值", "number");

pub(super) fn check(m: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Sound);
    let raises = m.action.get(RAISE).is_some_and(|r| r.to.is_some() && r.states.is_empty() && !r.anytime);
    if !raises {
        out.add(
            "action.raise",
            Vec::new(),
            (
                "要有一个提交动作 raise，写明到哪个状态，不写 in".into(),
                "there must be an action `raise` with `to` and without `in`".into(),
            ),
            ("加上 [action.raise]，写 to", "add [action.raise] with `to`"),
        );
    }
    for (id, action) in &m.action {
        names(m, id, action, &mut out);
        shape(m, id, action, &mut out);
        limits(m, id, action, &mut out);
    }
    for (id, clock) in &m.clock {
        clock_names(m, id, clock, &mut out);
        clock_shape(m, id, clock, &mut out);
    }
    general(m, &mut out);
    letters(m, &mut out);
    out.list
}

fn say(out: &mut Findings, path: String, zh: &str, en: &str, help: (&str, &str)) {
    out.add(path, Vec::new(), (zh.to_owned(), en.to_owned()), help);
}

fn names(m: &Mechanism, id: &str, a: &Action, out: &mut Findings) {
    let at = |key: &str| format!("action.{id}.{key}");
    words(out, &at("label"), &a.label);
    words(out, &at("said"), &a.said);
    let states = a.states.iter().map(|s| ("in", s)).chain(a.to.iter().map(|s| ("to", s)));
    for (key, state) in states.filter(|(_, s)| a.part.is_none() && !m.state.contains_key(*s)) {
        unknown(out, at(key), STATE, state);
    }
    for role in
        a.by.iter().filter(|r| !is_role(m, r) && *r != CLOCK && !(*r == PART && (a.part.is_some() || later(m, a))))
    {
        unknown(out, at("by"), ROLE, role);
    }
    let fields = a.needs.iter().map(|f| ("needs", f)).chain(a.may.iter().map(|f| ("may", f)));
    let fields = fields.chain(a.needs_when.keys().map(|f| ("needs_when", f)));
    for (key, field) in fields.filter(|(_, f)| !m.field.contains_key(*f)) {
        unknown(out, at(key), FIELD, field);
    }
    if let Some(letter) = a.letter.as_ref().filter(|l| !m.letter.contains_key(*l)) {
        unknown(out, at("letter"), ("函件", "letter"), letter);
    }
    if let Some(then) = a.then.as_ref().filter(|t| !m.action.contains_key(*t)) {
        unknown(out, at("then"), ACTION, then);
    }
    if let Some(role) = a.approval.as_ref().filter(|r| !m.role.contains_key(*r)) {
        unknown(out, at("approval"), ROLE, role);
    }
    if let Some(e) = &a.extends {
        if !m.clock.contains_key(&e.clock) {
            unknown(out, at("extends"), CLOCKS, &e.clock);
        }
        if !m.number.contains_key(&e.by) {
            unknown(out, at("extends"), NUMBER, &e.by);
        }
    }
    if let Some(assign) = &a.assign {
        let field = m.field.get(assign).filter(|f| matches!(f.kind, FieldKind::Body | FieldKind::Bodies));
        let asked = field.is_some() && a.needs.contains(assign);
        if !(asked || field.is_none() && m.role.contains_key(assign)) {
            unknown(
                out,
                at("assign"),
                ("本动作必填的单位字段或角色", "role, or body field that this action needs,"),
                assign,
            );
        }
    }
}

/// Only after the end every body that had a part in it may do something of the whole matter.
fn later(m: &Mechanism, a: &Action) -> bool {
    a.after_end && a.states.is_empty() && !a.anytime && !m.part.is_empty()
}

fn shape(m: &Mechanism, id: &str, a: &Action, out: &mut Findings) {
    let at = |key: &str| format!("action.{id}.{key}");
    if a.by.is_empty() {
        let help = (
            "by 写上角色；只由到期触发的写 [\"clock\"]",
            "name the roles in `by`; [\"clock\"] where only an expiry does it",
        );
        say(out, at("by"), "没有写由谁来做", "nobody may do it", help);
    }
    if id != RAISE && a.states.is_empty() && !a.anytime && !a.after_end {
        let help = ("写 in = [状态]，或者 anytime / after_end", "write in = [STATE], or `anytime` / `after_end`");
        say(out, at("in"), "没有写在哪些状态可以做", "it is possible in no state", help);
    }
    if a.after_end && (a.to.is_some() || a.assign.is_some() || a.extends.is_some()) {
        let help =
            ("去掉 to、assign、extends，或者去掉 after_end", "remove `to`, `assign` and `extends`, or `after_end`");
        say(out, at("after_end"), "结束以后的动作不能再改变去向", "what is done after the end moves nothing", help);
    }
    if let Some(end) = a.states.iter().find(|s| a.part.is_none() && m.state.get(*s).is_some_and(|s| s.end)) {
        let help =
            ("结束后还能做的写 after_end = true", "write after_end = true for what remains possible after the end");
        say(
            out,
            at("in"),
            &format!("“{end}”已经结束，不能写在 in 里"),
            &format!("`{end}` is an end and cannot stand in `in`"),
            help,
        );
    }
    if a.withdraws && a.by.iter().any(|r| r != RAISER) {
        let help = ("by 只写 raiser，或者去掉 withdraws", "let only `raiser` do it, or remove `withdraws`");
        say(out, at("withdraws"), "只有来件人自己可以撤回", "only the raiser gives up the matter", help);
    }
    let by_clock = a.by.iter().any(|r| r == CLOCK);
    // What another matter or a plan raises is filled in from there (`crate::kin` looks at that).
    if by_clock && (!a.needs.is_empty() && id != RAISE && !a.on_word || a.approval.is_some()) {
        let help =
            ("去掉 needs 和 approval，或者 by 里去掉 clock", "remove `needs` and `approval`, or `clock` from `by`");
        say(
            out,
            at("by"),
            "到期自动做的动作，没有人填表，也没有人批准",
            "what the clock does is filled in and approved by nobody",
            help,
        );
    }
}

fn limits(m: &Mechanism, id: &str, a: &Action, out: &mut Findings) {
    let at = |key: &str| format!("action.{id}.{key}");
    if a.extends.is_some() && a.at_most.is_none() {
        let help = ("写 at_most = 1 和 then", "write at_most = 1 and `then`");
        out.list.extend(bounded(&at("at_most"), "延长期限要有次数", "a prolongation has a count", help));
    }
    if a.approval.is_some() && m.approval.is_none() {
        let help = ("加上 [approval]，写 within 和 expiry", "add [approval] with `within` and `expiry`");
        say(
            out,
            at("approval"),
            "要批准，却没有写多久批、逾期归谁",
            "it needs approval, but [approval] is missing",
            help,
        );
    }
    if a.approval.as_deref().is_some_and(|r| a.by == [r]) {
        let help = ("批准的人和提出的人分开", "let another role approve");
        say(out, at("approval"), "自己提出、自己批准", "the one who proposes would approve", help);
    }
    match (&a.at_most, &a.then) {
        (Some(_), None) => {
            let help = ("写 then，指明次数用完以后做什么", "name in `then` what remains when the count is used up");
            say(out, at("then"), "写了次数，没写用完以后怎么办", "a count without what follows it", help);
        }
        (None, Some(_)) => {
            let help = ("写 at_most，或者去掉 then", "write `at_most`, or remove `then`");
            say(out, at("then"), "写了 then，没写次数", "`then` without a count", help);
        }
        (Some(_), Some(then)) => {
            let Some(next) = m.action.get(then) else {
                return;
            };
            let lost = a.states.iter().find(|s| !next.anytime && !next.states.contains(*s));
            if a.anytime && !next.anytime || lost.is_some() || then == id {
                let state = lost.map_or("anytime", String::as_str);
                let help =
                    ("让 then 的动作在同样的状态可以做", "let the action of `then` be possible in the same states");
                say(
                    out,
                    at("then"),
                    &format!("次数用完后，“{then}”在“{state}”做不了"),
                    &format!("when the count is used up, `{then}` is not possible in `{state}`"),
                    help,
                );
            }
        }
        (None, None) => {}
    }
}

/// A prolongation without a count breaks rule 5, not the names.
fn bounded(path: &str, zh: &str, en: &str, help: (&str, &str)) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Bounded);
    say(&mut out, path.to_owned(), zh, en, help);
    out.list
}

fn clock_names(m: &Mechanism, id: &str, c: &Clock, out: &mut Findings) {
    let at = |key: &str| format!("clock.{id}.{key}");
    words(out, &at("label"), &c.label);
    let roles = [("owed_by", &c.owed_by), ("window_of", &c.window_of), ("expiry", &c.expiry)];
    for (key, role) in roles.into_iter().filter_map(|(k, r)| Some((k, r.as_ref()?))) {
        let parts_own = role == PART && c.part.is_some() && key != "expiry";
        if !is_role(m, role) && !parts_own {
            unknown(out, at(key), ROLE, role);
        }
    }
    let actions = c.from.iter().map(|a| ("from", a)).chain(c.to.iter().map(|a| ("to", a)));
    let then = c.silence.iter().filter_map(|s| s.then.as_ref()).map(|a| ("silence", a));
    for (key, action) in actions.chain(then).filter(|(_, a)| !m.action.contains_key(*a)) {
        unknown(out, at(key), ACTION, action);
    }
    if !m.number.contains_key(&c.length) {
        unknown(out, at("length"), NUMBER, &c.length);
    }
    for other in c.suspends.iter().filter(|s| !m.clock.contains_key(*s) || *s == id) {
        unknown(out, at("suspends"), ("别的期限", "other clock"), other);
    }
}

fn clock_shape(m: &Mechanism, id: &str, c: &Clock, out: &mut Findings) {
    let at = |key: &str| format!("clock.{id}.{key}");
    if c.owed_by.is_some() == c.window_of.is_some() {
        let help = (
            "owed_by（谁必须办）和 window_of（谁可以办）写一个",
            "write either `owed_by` (who must) or `window_of` (who may)",
        );
        say(
            out,
            at("owed_by"),
            "期限要么有人欠着，要么是谁的窗口，两者取一",
            "a clock is either owed by somebody or somebody's window",
            help,
        );
    }
    if c.window_of.is_some() && c.silence.is_none() {
        let help = ("写 silence = { zh, en, then }", "write silence = { zh, en, then }");
        let mut clocked = Findings::of(Rule::Clocked);
        say(
            &mut clocked,
            at("silence"),
            "窗口过了没人说话是什么意思，没有写",
            "the window does not say what silence means",
            help,
        );
        out.list.append(&mut clocked.list);
    }
    if c.owed_by.is_some() && (c.expiry.is_none() || c.silence.is_some()) {
        let help = ("写 expiry = \"上级角色\"，去掉 silence", "write expiry = \"ROLE\" and no silence");
        let mut escalates = Findings::of(Rule::Escalates);
        say(
            &mut escalates,
            at("expiry"),
            "欠着的期限逾期以后归谁，没有写",
            "it does not say whose concern an expiry becomes",
            help,
        );
        out.list.append(&mut escalates.list);
    }
    if c.owed_by.as_deref().is_some_and(|r| r == RAISER) {
        let help = ("用 window_of = \"raiser\" 和 silence", "use window_of = \"raiser\" with a silence");
        say(out, at("owed_by"), "来件人不欠谁期限", "the raiser owes nothing", help);
    }
    if c.from.is_empty() {
        let help = ("from 写上起算的动作", "name in `from` the actions that start it");
        say(out, at("from"), "没有写从什么时候起算", "nothing starts it", help);
    }
    if let Some(silence) = &c.silence {
        words(out, &at("silence"), &kernel::text::Text::new(silence.zh.as_str(), silence.en.as_str()));
        let then = silence.then.as_ref();
        let by_clock = then.and_then(|t| m.action.get(t)).is_none_or(|a| a.by.iter().any(|r| r == CLOCK));
        if !by_clock {
            let help = ("那个动作的 by 里写上 \"clock\"", "name \"clock\" in the `by` of that action");
            say(
                out,
                at("silence"),
                "沉默以后的动作不是由期限来做的",
                "the action of the silence is not one that the clock may do",
                help,
            );
        }
        // The kernel lets a suspended clock go on when an action stops the window, so the silence has to be one that does.
        if !c.suspends.is_empty() && then.is_some_and(|t| !c.to.contains(t)) {
            let help = ("把 silence.then 也写进 to", "name the action of the silence in `to` as well");
            say(
                out,
                at("to"),
                "窗口到期后，被它暂停的期限不会接着走",
                "the clocks that it suspends would never go on after the silence",
                help,
            );
        }
    }
}

fn general(m: &Mechanism, out: &mut Findings) {
    let within = m.escalation.iter().map(|e| ("escalation", &e.within));
    for (table, number) in within.chain(m.approval.iter().map(|a| ("approval", &a.within))) {
        if !m.number.contains_key(number) {
            unknown(out, format!("{table}.within"), NUMBER, number);
        }
    }
    if let Some(approval) = m.approval.as_ref().filter(|a| !is_role(m, &a.expiry)) {
        unknown(out, "approval.expiry".into(), ROLE, &approval.expiry);
    }
}

fn letters(m: &Mechanism, out: &mut Findings) {
    for (id, letter) in &m.letter {
        words(out, &format!("letter.{id}.name"), &letter.name);
        for (key, role) in [("to", &letter.to), ("from", &letter.from)] {
            let to_parts = key == "to" && role == PART;
            if (!is_role(m, role) && !to_parts) || (key == "from" && role == RAISER) {
                unknown(out, format!("letter.{id}.{key}"), ROLE, role);
            }
        }
        for field in letter.fields.iter().filter(|f| !m.field.contains_key(*f)) {
            unknown(out, format!("letter.{id}.fields"), FIELD, field);
        }
    }
}
