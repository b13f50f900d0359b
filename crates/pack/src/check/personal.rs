//! Names and rule 4 for personal content: who may erase, restrict or correct what lies in another matter, on which grounds,
//! and that whoever is refused learns why and what she may do against it (PIPL 47, 50). How long content is kept.

use super::Findings;
use super::compare::value_no_longer;
use super::kin::unknown;
use super::names::words;
use crate::finding::{Finding, Rule};
use kernel::form::kept_as;
use kernel::guard::Guard;
use kernel::ids::Class;
use kernel::mechanism::{Action, CLOCK, Deed, Field, FieldKind, Mechanism, RAISE, RAISER, Retention};
use kernel::number::Value;
use kernel::personal::{STANDINGS, about_fact};
use std::collections::BTreeSet;

pub(super) fn check(m: &Mechanism) -> Vec<Finding> {
    let (mut sound, mut answered) = (Findings::of(Rule::Sound), Findings::of(Rule::Answered));
    retention(m, &mut sound);
    about(m, &mut sound);
    for (id, action) in &m.action {
        deed(m, id, action, &mut sound);
        remedy(m, id, action, &mut answered);
    }
    refusals(m, &mut answered);
    sound.list.extend(answered.list);
    sound.list
}

fn say(out: &mut Findings, path: impl Into<String>, zh: &str, en: &str, help: (&str, &str)) {
    out.add(path, Vec::new(), (zh.to_owned(), en.to_owned()), help);
}

fn retention(m: &Mechanism, out: &mut Findings) {
    let Some(r) = &m.retention else { return };
    if r.after_end.is_some() == r.archive.is_some() {
        let help = (
            "到期删除的写 after_end = \"数值\"；要归档保存的写 archive = { zh, en }",
            "write after_end = \"NUMBER\" for what is erased in time, archive = { zh, en } for what is archived",
        );
        say(out, "retention", "没有写保存多久，或者两样都写了", "say either `after_end` or `archive`", help);
    }
    for (path, number) in [("retention.after_end", &r.after_end), ("retention.identity", &r.identity)] {
        let Some(number) = number else { continue };
        match m.number.get(number).map(|n| &n.value) {
            None => unknown(out, path.into(), ("数值", "number"), number, m.number.keys()),
            Some(Value::Until { .. }) => {
                let help = ("写天数，或者 \"local\"", "give days, or \"local\"");
                say(out, path, "保存期限不能由人填日子", "nobody fills in how long it is kept", help);
            }
            Some(_) => {}
        }
    }
    identity(m, r, out);
    r.archive.iter().for_each(|t| words(out, "retention.archive", t));
}

/// Who the people are goes before the rest, or with it; an archive is kept whole.
fn identity(m: &Mechanism, r: &Retention, out: &mut Findings) {
    let Some(identity) = &r.identity else { return };
    let path = "retention.identity";
    let Some(all) = &r.after_end else {
        let help = ("只和 after_end 一起写", "write it beside `after_end` only");
        return say(out, path, "归档的材料整件保存", "what is archived is kept whole", help);
    };
    if !m.field.values().any(|f| kept_as(f) == Class::Sealed) {
        let help = (
            "去掉它，或者把姓名、电话写成 class = \"sealed\"",
            "remove it, or give names and numbers class = \"sealed\"",
        );
        say(out, path, "没有 class = \"sealed\" 的字段可以先删", "no field of class `sealed` could go first", help);
    }
    let kinds = [FieldKind::Files, FieldKind::Sketch];
    for (id, _) in m.field.iter().filter(|(_, f)| f.class == Class::Sealed && kinds.contains(&f.kind)) {
        let help = (
            "附件写成 class = \"handlers\"，或者去掉 identity",
            "give attachments class = \"handlers\", or remove `identity`",
        );
        say(
            out,
            format!("field.{id}.class"),
            "附件和内容一起保存，不能先删",
            "attachments are kept with the rest",
            help,
        );
    }
    let value = |id: &String| m.number.get(id).map(|n| &n.value).filter(|v| !v.is_missing());
    if let (Some(short), Some(long)) = (value(identity), value(all))
        && !value_no_longer(short, long)
    {
        let help = ("写得不比 after_end 长", "let it be no longer than `after_end`");
        say(out, path, "身份信息保存得比内容还久", "who the people are is kept longer than the rest", help);
    }
}

/// A matter is about one other at most, which only raising names.
fn about(m: &Mechanism, out: &mut Findings) {
    let raise = m.action.get(RAISE).map(|r| m.fields_of(r)).unwrap_or_default();
    let mut fields = m.field.iter().filter(|(_, f)| f.about);
    for (n, (id, field)) in fields.by_ref().enumerate() {
        let later = m.action.iter().any(|(a, x)| a != RAISE && m.fields_of(x).contains(&id.as_str()));
        let asked = raise.contains(&id.as_str());
        if n > 0 || field.kind != FieldKind::Matter || field.takes.is_some() || !asked || later {
            let help = (
                "一个机制只写一个 about = true 的 matter 字段，只在 raise 里填",
                "one `matter` field with about = true, which only `raise` asks for",
            );
            say(
                out,
                format!("field.{id}.about"),
                "说的是哪一件事，只能提交时填一个编号",
                "which matter it is about is one number that raising asks for",
                help,
            );
        }
    }
}

/// A condition over where the matter stands that this one is about.
pub(super) fn about_guard(m: &Mechanism, path: &str, field: &str, values: &BTreeSet<String>, out: &mut Findings) {
    let fields: Vec<String> = m.about().map(str::to_owned).into_iter().collect();
    if !fields.iter().any(|f| f == field) {
        return unknown(out, path.to_owned(), ("about = true 的字段", "field with about = true"), field, &fields);
    }
    let known = STANDINGS.map(str::to_owned);
    for value in values.iter().filter(|v| !known.contains(v)) {
        unknown(out, path.to_owned(), ("那件事的状况", "standing of the other matter"), value, &known);
    }
}

fn deed(m: &Mechanism, id: &str, a: &Action, out: &mut Findings) {
    let deeds = [&a.erases, &a.restricts, &a.corrects].into_iter().flatten().count();
    let Some((deed, field)) = a.deed() else { return };
    let at = |key: &str| format!("action.{id}.{key}");
    if deeds > 1 {
        let help = ("分成几个动作", "make an action for each");
        say(out, at(deed.word()), "一个动作只能做一样", "one action does one of them", help);
    }
    let Some(about) = m.about() else {
        let help = (
            "加一个 type = \"matter\"、about = true 的字段，由 raise 来填",
            "add a field of type `matter` with about = true that `raise` asks for",
        );
        return say(out, at(deed.word()), "没有写是哪一件事的", "it does not say of which matter", help);
    };
    let fits = |f: &Field| match deed {
        Deed::Correct => f.kind == FieldKind::Text && kept_as(f) == Class::Handlers,
        _ => grounds(f),
    };
    if !a.needs.iter().any(|f| f == field) || !m.field.get(field).is_some_and(fits) {
        let help = (
            "erases、restricts 写一个本动作必填的 coded 选择题，每个选项写 source（哪一条）；corrects 写必填的 handlers 文字",
            "a coded choice that this action needs, each option with its `source`; for `corrects` a handlers' text that it needs",
        );
        say(
            out,
            at(deed.word()),
            &format!("“{field}”不能作为根据"),
            &format!("`{field}` cannot be what it rests on"),
            help,
        );
    }
    let allowed: &[&str] = if deed == Deed::Erase { &STANDINGS[1..2] } else { &STANDINGS[..3] };
    if !a.when.as_ref().is_some_and(|g| demands(g, &about_fact(about), allowed)) {
        let zh = format!("when 里要写 about({about}) 等于 {}", allowed.join("、"));
        let en = format!("let `when` demand about({about}) in [{}]", allowed.join(", "));
        say(
            out,
            at("when"),
            "正在办理的事，不能删掉它的内容；已经删掉的，没有什么可改",
            "what still runs is not erased, and in what was erased nothing is left",
            (&zh, &en),
        );
    }
    if deed == Deed::Erase && a.approval.as_ref().is_none_or(|r| a.by.contains(r)) {
        let help = ("写 approval = \"另一个角色\"", "write approval = \"ANOTHER ROLE\"");
        say(
            out,
            at("approval"),
            "删除不能挽回，要由提出的人以外的角色批准",
            "what is erased cannot be had back: another role than the one that proposes it approves",
            help,
        );
    }
}

/// A coded choice whose options each name their clause.
fn grounds(f: &Field) -> bool {
    let clause = |c: &kernel::mechanism::Choice| c.source.as_ref().is_some_and(|s| !s.trim().is_empty());
    f.kind == FieldKind::Choice && f.class == Class::Coded && !f.of.is_empty() && f.of.iter().all(clause)
}

/// Whether a condition holds only where the fact is one of these.
fn demands(guard: &Guard, fact: &str, allowed: &[&str]) -> bool {
    match guard {
        Guard::And(gs) => gs.iter().any(|g| demands(g, fact, allowed)),
        Guard::Or(gs) => !gs.is_empty() && gs.iter().all(|g| demands(g, fact, allowed)),
        Guard::In(name, values) => name == fact && values.iter().all(|v| allowed.contains(&v.as_str())),
        _ => false,
    }
}

/// What one may do against an answer stands in the letter that brings it.
fn remedy(m: &Mechanism, id: &str, a: &Action, out: &mut Findings) {
    if a.deed().is_some_and(|(d, _)| d == Deed::Restrict) && a.remedy.is_none() {
        let help = ("写 remedy = { zh, en }", "write remedy = { zh, en }");
        say(
            out,
            format!("action.{id}.remedy"),
            "没有照她要求的删，要告诉她还能怎么办",
            "what was asked for was not done: she is told what she may do against it",
            help,
        );
    }
    let Some(text) = &a.remedy else { return };
    words(out, &format!("action.{id}.remedy"), text);
    let letter = a.letter.as_ref().and_then(|l| m.letter.get(l));
    if !letter.is_some_and(|l| l.to == RAISER && l.template.contains("remedy")) {
        let help =
            ("写一封给 raiser 的函，正文里写 {{ remedy }}", "issue a letter to the raiser that says {{ remedy }}");
        say(
            out,
            format!("action.{id}.letter"),
            "救济途径没有写进给她的函里",
            "its letter does not tell her the remedy",
            help,
        );
    }
}

/// Wherever something may be erased it may be refused as well: with a coded ground, reasons, a letter and the remedy.
fn refusals(m: &Mechanism, out: &mut Findings) {
    let refuses = |a: &Action| {
        let reasons = a.needs.iter().any(|f| m.field.get(f).is_some_and(|f| f.kind == FieldKind::Text));
        let ground = a.needs.iter().any(|f| m.field.get(f).is_some_and(grounds));
        let official = a.by.iter().all(|r| r != RAISER && r != CLOCK) && a.approval.is_none() && !a.optional;
        a.remedy.is_some() && a.answers && a.deed().is_none() && reasons && ground && official
    };
    let refusing: Vec<&Action> = m.action.values().filter(|a| refuses(a)).collect();
    for (id, a) in m.action.iter().filter(|(_, a)| a.deed().is_some_and(|(d, _)| d == Deed::Erase)) {
        let missing = a.states.iter().find(|s| !refusing.iter().any(|r| r.states.contains(*s) && r.when.is_none()));
        if let Some(state) = missing {
            let help = (
                "加一个拒绝的动作：answers = true，needs 写带依据的选择题和理由，remedy 写怎么起诉，letter 发给她",
                "add an action that refuses: answers = true, `needs` a choice of grounds with clauses and a text of reasons, `remedy`, and a letter to her",
            );
            say(
                out,
                format!("action.{id}.erases"),
                &format!("在“{state}”只能删除，不能说明理由拒绝"),
                &format!("in `{state}` it can be erased and not be refused with reasons and a remedy"),
                help,
            );
        }
    }
}

/// Rule 9: nothing is kept longer than the base says, nobody loses a remedy.
pub(super) fn overlay(new: &Mechanism, base: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::OverlaySafe);
    const KEEP: (&str, &str) = ("按基础机制写，或者写得更短", "write it as the base does, or shorter");
    if let Some(old) = &base.retention {
        let value = |m: &Mechanism, id: &String| m.number.get(id).map_or(Value::Local, |n| n.value.clone());
        let now = new.retention.as_ref();
        let shorter = |was: &Option<String>, is: Option<&String>| match (was, is) {
            (Some(was), Some(is)) => value_no_longer(&value(new, is), &value(base, was)),
            (Some(_), None) => false,
            (None, _) => now.is_some(),
        };
        let whole = shorter(&old.after_end, now.and_then(|r| r.after_end.as_ref()));
        if !whole || !shorter(&old.identity, now.and_then(|r| r.identity.as_ref())) {
            let (zh, en) =
                ("地方规定放松了基础机制：内容保存得更久", "the overlay loosens the base: it keeps content longer");
            say(&mut out, "retention", zh, en, KEEP);
        }
    }
    for (id, _) in base.action.iter().filter(|(_, a)| a.remedy.is_some()) {
        if new.action.get(id).is_some_and(|a| a.remedy.is_none()) {
            let help = ("照基础机制写", "write it as the base does");
            let (zh, en) =
                ("地方规定放松了基础机制：少了救济途径", "the overlay loosens the base: it takes a remedy away");
            say(&mut out, format!("action.{id}.remedy"), zh, en, help);
        }
    }
    out.list
}
