//! Rule 9 for what is not a region's: each key that `keys` puts under `never`, and under `added` what the base says there, is
//! as the base has it. Compared as data, so that a key needs no code of its own; whether the rest is better is `overlay`'s,
//! `stricter`'s, `windows`' and `offers`'.

use super::Findings;
use super::keys::{ROWS, Row};
use super::overlay::lost;
use crate::finding::{Finding, Rule};
use crate::schema::{NAMED, SINGLE};
use kernel::mechanism::Mechanism;
use serde_json::Value as Json;

pub(super) fn overlay(new: &Mechanism, base: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::OverlaySafe);
    let read = |m: &Mechanism| serde_json::to_value(m).expect("invariant: a mechanism is plain data");
    let (now, was) = (read(new), read(base));
    for table in SINGLE {
        one(table, table, &now[table], &was[table], &mut out);
    }
    for table in NAMED {
        for (id, old) in was[table].as_object().into_iter().flatten() {
            one(table, &format!("{table}.{id}"), &now[table][id], old, &mut out);
        }
    }
    out.list
}

/// One part that the base has. Where the region has none of it, others say whether it may be taken away.
fn one(table: &str, path: &str, now: &Json, was: &Json, out: &mut Findings) {
    let Some(row) = ROWS.iter().find(|r| r.table == table).filter(|_| now.is_object() && was.is_object()) else {
        return;
    };
    for key in row.never.iter().filter(|k| now[**k] != was[**k]) {
        changed(row, path, key, None, out);
    }
    for key in row.added {
        match &was[*key] {
            said if !says(said) => {}
            Json::Object(entries) if inside(row.table, key).is_none_or(|r| r.table.ends_with(".*")) => {
                for name in entries.iter().filter(|(name, e)| now[*key][*name] != **e).map(|(name, _)| name) {
                    changed(row, path, key, Some(name), out);
                }
            }
            said if now[*key] != *said => changed(row, path, key, None, out),
            _ => {}
        }
    }
    for key in row.better {
        deeper(row.table, key, path, &now[*key], &was[*key], out);
    }
}

/// Tables inside a table: one, named ones, or a list of those with an id.
fn deeper(table: &str, key: &str, path: &str, now: &Json, was: &Json, out: &mut Findings) {
    let path = format!("{path}.{key}");
    match (inside(table, key), was) {
        (Some(row), Json::Object(entries)) if row.table.ends_with(".*") => {
            for (id, old) in entries {
                one(row.table, &format!("{path}.{id}"), &now[id], old, out);
            }
        }
        (Some(row), Json::Array(entries)) => {
            let same = |old: &Json| now.as_array().into_iter().flatten().find(|n| n["id"] == old["id"]).cloned();
            for (old, new) in entries.iter().filter_map(|old| Some((old, same(old)?))) {
                one(row.table, &path, &new, old, out);
            }
        }
        (Some(row), Json::Object(_)) => one(row.table, &path, now, was, out),
        _ => {}
    }
}

fn inside(table: &str, key: &str) -> Option<&'static Row> {
    ROWS.iter().find(|r| {
        let rest = r.table.strip_prefix(table).and_then(|r| r.strip_prefix('.')).and_then(|r| r.strip_prefix(key));
        rest.is_some_and(|r| ["", ".*", "[]"].contains(&r))
    })
}

/// Whether a value says anything.
fn says(value: &Json) -> bool {
    match value {
        Json::Null | Json::Bool(false) => false,
        Json::Array(a) => !a.is_empty(),
        Json::Object(o) => !o.is_empty(),
        _ => true,
    }
}

fn changed(row: &Row, path: &str, key: &str, name: Option<&str>, out: &mut Findings) {
    let table = row.table;
    let path = [Some(path), Some(key), name].into_iter().flatten().collect::<Vec<_>>().join(".");
    let own = WORDS.iter().find(|(t, keys, ..)| *t == table && (keys.is_empty() || keys.contains(&key)));
    match own {
        Some((.., zh, en)) => lost(out, path, zh, en),
        None => {
            let (zh, en) = (
                format!("改了“{key}”，这一项不由地方定"),
                format!("changes `{key}`, which is not the region's to say"),
            );
            lost(out, path, &zh, &en);
        }
    }
}

/// What a change of such a key does to people, where that can be said in a word: table, keys (all where none), words.
const WORDS: [(&str, &[&str], &str, &str); 17] = [
    ("mechanism", &["category"], "反复来的不再按原来的类数", "counts what keeps coming by another kind"),
    ("mechanism.invites", &["day", "goes_on"], "请人参加的时间变短了", "asks people in for a shorter time"),
    ("field", &["outside"], "不再避开被反映的单位", "no longer keeps out the body complained about"),
    ("field", &["among"], "可以写别的单位，或者可以漏掉几家", "lets other bodies be named, or some be left out"),
    ("field", &["within"], "填的数不再和关联的件数核对", "no longer holds a number against what is linked"),
    ("state", &["ring"], "办到哪一段，显示得和基础机制不一样", "shows people another stage than the base does"),
    ("part", &[], "分头办理怎么开、等谁、谁牵头，改了", "changes how parts begin, who leads or for whom it waits"),
    ("action", &["answers"], "改了哪个动作算答复", "changes which action is the answer"),
    ("action", &["publishes"], "不再公开，或者改公开别的", "no longer publishes this"),
    ("action", &["raises"], "原来接着会办的事不再照样办", "no longer raises what was to follow as it did"),
    ("action", &["erases", "restricts", "corrects"], "改了对个人信息的处理", "does something else to personal content"),
    ("clock", &["owed_by"], "必须办的换了人，或者变成可以不办", "lets another owe this, or nobody"),
    ("clock", &["window_of"], "这段时间不再是原来那一方的", "gives this window to somebody else"),
    ("clock.silence", &["then"], "没人说话的后果变了", "changes what follows from silence"),
    ("letter", &["serve"], "这份文书不再照样送达", "no longer serves the letter as it was"),
    ("vote", &["tellers"], "计票的人换了：少了监督的一方，或者多了别人", "changes who counts the ballots"),
    ("measure", &[], "统计的算法各地要一样", "reckons a figure otherwise than elsewhere"),
];
