//! Names, fifth part: a vote is opened, held and closed by what exists; and what a region may change of it (rule 9).

use super::Findings;
use super::names::{is_role, unknown, words};
use crate::finding::{Finding, Rule};
use kernel::form::kept_as;
use kernel::ids::Class;
use kernel::mechanism::{FieldKind, Mechanism, RAISER, Vote, Whole};
use kernel::text::Text;
use std::collections::BTreeSet;

pub(super) fn check(m: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Sound);
    for (id, vote) in &m.vote {
        names(m, id, vote, &mut out);
        options(id, vote, &mut out);
        held(m, id, vote, &mut out);
        apart(m, id, vote, &mut out);
    }
    out.list
}

fn say(out: &mut Findings, path: String, zh: &str, en: &str, help: (&str, &str)) {
    out.add(path, Vec::new(), (zh.to_owned(), en.to_owned()), help);
}

fn names(m: &Mechanism, id: &str, v: &Vote, out: &mut Findings) {
    let at = |key: &str| format!("vote.{id}.{key}");
    words(out, &at("name"), &v.name);
    words(out, &at("per"), &v.per);
    for (key, action) in [("opened_by", &v.opened_by), ("closed_by", &v.closed_by)] {
        if !m.action.contains_key(action) {
            unknown(out, at(key), ("动作", "action"), action);
        }
    }
    if !m.clock.contains_key(&v.window) {
        unknown(out, at("window"), ("期限", "clock"), &v.window);
    }
    for role in v.tellers.iter().filter(|r| !is_role(m, r) || *r == RAISER) {
        unknown(out, at("tellers"), ("角色", "role"), role);
    }
    if !m.field.get(&v.base).is_some_and(|f| f.kind == FieldKind::Number && kept_as(f) == Class::Coded) {
        unknown(out, at("base"), ("coded 数字字段", "coded number field"), &v.base);
    }
}

fn options(id: &str, v: &Vote, out: &mut Findings) {
    let at = |key: &str| format!("vote.{id}.{key}");
    let ids: BTreeSet<&str> = v.options.iter().map(|o| o.id.as_str()).collect();
    if ids.len() != v.options.len() || ids.len() < 2 {
        let help = ("至少写两个不同的选项", "write at least two different options");
        say(
            out,
            at("options"),
            "选项少于两个，或者有重复",
            "there are fewer than two options, or one is there twice",
            help,
        );
    }
    // The sealed count of paper ballots is written with these signs.
    if ids.contains(kernel::vote::INVALID) {
        let help = ("换一个代码；废票由唱票的人登记", "use another code; tellers enter invalid ballots");
        say(out, at("options"), "选项的代码不能是 invalid", "no option may be called `invalid`", help);
    }
    if ids.iter().any(|i| i.is_empty() || !i.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))) {
        let help = ("只用英文字母、数字、- 和 _", "use letters a-z, digits, - and _");
        say(out, at("options"), "选项的代码里有别的符号", "the code of an option holds another sign", help);
    }
    v.options.iter().for_each(|o| words(out, &at("options"), &Text::new(o.zh.as_str(), o.en.as_str())));
    if !ids.contains(v.favour.as_str()) {
        unknown(out, at("for"), ("选项", "option"), &v.favour);
    }
    if v.quorum.of != Whole::Base {
        let help = ("写 of base", "write `of base`");
        say(out, at("quorum"), "多少人参加才有效，要按总数算", "a quorum is a portion of all slips", help);
    }
}

fn held(m: &Mechanism, id: &str, v: &Vote, out: &mut Findings) {
    let at = |key: &str| format!("vote.{id}.{key}");
    // Where it stands before, whoever opens the vote does not choose how many slips there are.
    let asked = m.action.values().any(|a| a.needs.contains(&v.base));
    let by_clock = m.action.get(&v.opened_by).is_some_and(|a| a.by.iter().any(|r| r == kernel::mechanism::CLOCK));
    if !asked && !by_clock {
        let help = (
            "把 base 的字段写进那个动作或者它以前的动作的 needs",
            "name the field of `base` in the `needs` of that action, or of one before it",
        );
        let why = ("没有哪个动作问一共几张票", "no action asks for `base`");
        say(out, at("base"), why.0, why.1, help);
    }
    if let Some(clock) = m.clock.get(&v.window) {
        if clock.window_of.is_none() || !clock.from.contains(&v.opened_by) {
            let help = ("用 window_of，from 写上 opened_by 的动作", "use `window_of`, with `opened_by` in `from`");
            say(
                out,
                at("window"),
                "投票的时间不是从开始表决起算的窗口",
                "the window does not start when the vote opens",
                help,
            );
        }
        let closes = clock.to.contains(&v.closed_by);
        if !closes {
            let help = ("把 closed_by 的动作写进窗口的 to", "name `closed_by` in the `to` of the window");
            say(out, at("closed_by"), "计票以后还能投票", "ballots would be taken after the count", help);
        }
    }
    if v.paper && v.tellers.is_empty() {
        let help = ("写 tellers = [角色]", "write tellers = [ROLE]");
        say(out, at("tellers"), "收纸质票，却没有写谁来登记", "paper ballots without anybody to enter them", help);
    }
}

/// The fact is the vote's alone, and nobody opens a vote again with the action that closes it.
fn apart(m: &Mechanism, id: &str, v: &Vote, out: &mut Findings) {
    let set = m.action.values().any(|a| a.sets.contains_key(id));
    if m.field.contains_key(id) || set {
        let help = ("给表决换一个名字", "give the vote another name");
        say(out, format!("vote.{id}"), "已经有同名的字段或事实", "a field or fact has the same name", help);
    }
    if v.opened_by == v.closed_by {
        let help = ("分成两个动作", "make two actions of it");
        say(
            out,
            format!("vote.{id}.closed_by"),
            "同一个动作既开始又结束表决",
            "one action both opens and closes it",
            help,
        );
    }
}

/// Rule 9: a region keeps the votes of the base as hard to win, as secret, and its caps as tight.
pub(super) fn overlay(new: &Mechanism, base: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::OverlaySafe);
    let help = ("按基础机制写，或者更严", "write it as the base does, or stricter");
    for (id, old) in &base.vote {
        let Some(now) = new.vote.get(id) else {
            say(
                &mut out,
                format!("vote.{id}"),
                "地方规定放松了基础机制：去掉了这项表决",
                "the overlay loosens the base: it removes this vote",
                help,
            );
            continue;
        };
        let kept = [
            ("quorum", now.quorum.no_easier(&old.quorum)),
            ("majority", now.majority.no_easier(&old.majority)),
            ("secret", now.secret || !old.secret),
            ("proxies", now.proxies <= old.proxies),
        ];
        for (key, _) in kept.into_iter().filter(|(_, kept)| !kept) {
            say(
                &mut out,
                format!("vote.{id}.{key}"),
                "地方规定放松了基础机制：表决更容易通过，或者保密更少",
                "the overlay loosens the base: the vote is easier to win, or less secret",
                help,
            );
        }
    }
    for (id, old) in &base.cap {
        let looser = new.cap.get(id).is_none_or(|c| match (c.number, old.number) {
            (Some(now), Some(was)) => now > was,
            (None, Some(_)) => true,
            _ => false,
        });
        if looser {
            say(
                &mut out,
                format!("cap.{id}"),
                "地方规定放松了基础机制：次数限得更松",
                "the overlay loosens the base: it allows more a year",
                help,
            );
        }
    }
    out.list
}
