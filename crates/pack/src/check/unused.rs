//! Names, sixth part: what nothing refers to has no effect, and was most likely meant as something else. A county that writes
//! `handel` believes that it has set `handle`. Asked of numbers, fields, letters, sets, caps and roles; states, actions and
//! clocks that lead nowhere break other rules.

use super::Findings;
use crate::finding::{Finding, Rule};
use crate::near::nearest;
use kernel::mechanism::Mechanism;
use kernel::numeric::Numeric;
use std::collections::BTreeSet;

pub(super) fn check(m: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Sound);
    let tables = [
        ("number", ("数值", "number"), m.number.keys().collect::<Vec<_>>(), numbers(m)),
        ("field", ("字段", "field"), m.field.keys().collect(), fields(m)),
        ("letter", ("函件", "letter"), m.letter.keys().collect(), letters(m)),
        ("set", ("名单", "set"), m.set.keys().collect(), sets(m)),
        ("cap", ("次数上限", "cap"), m.cap.keys().collect(), rooms(m)),
        ("role", ("角色", "role"), m.role.keys().collect(), roles(m)),
    ];
    for (table, what, ids, used) in tables {
        for id in ids.iter().filter(|id| !used.contains(**id)) {
            let known = ids.iter().map(|i| i.as_str()).filter(|i| used.contains(*i));
            let (zh, en) = match nearest(id, known) {
                Some(near) => (format!("是不是想写“{near}”？"), format!("did you mean `{near}`?")),
                None => {
                    ("去掉它，或者写上在哪里用到它".to_owned(), "remove it, or name it where it is meant".to_owned())
                }
            };
            let says = (format!("没有用到“{id}”这个{}", what.0), format!("nothing uses the {} `{id}`", what.1));
            out.add(format!("{table}.{id}"), Vec::new(), says, (&zh, &en));
        }
    }
    out.list
}

fn numbers(m: &Mechanism) -> BTreeSet<String> {
    let clocks = m.clock.values().map(|c| &c.length);
    let more = m.action.values().filter_map(|a| a.extends.as_ref()).map(|e| &e.by);
    let days = m.action.values().flat_map(|a| a.counts.values()).filter_map(|c| c.tally()).map(|t| &t.days);
    let repeats = m.plan.values().filter_map(|p| p.repeats.as_ref()).flat_map(|r| [&r.within, &r.at_least]);
    let within = m.escalation.iter().map(|e| &e.within).chain(m.approval.iter().map(|a| &a.within));
    let kept = m.retention.iter().flat_map(|r| r.after_end.iter().chain(&r.identity));
    clocks.chain(more).chain(days).chain(repeats).chain(within).chain(kept).cloned().collect()
}

/// What some action asks for or counts, or a child brings.
fn fields(m: &Mechanism) -> BTreeSet<String> {
    let asked = m.action.values().flat_map(|a| m.fields_of(a).into_iter().map(str::to_owned));
    let brought = m.child.values().flat_map(|c| c.brings.keys().cloned());
    asked.chain(brought).chain(m.action.values().flat_map(|a| a.counts.keys().cloned())).collect()
}

fn letters(m: &Mechanism) -> BTreeSet<String> {
    m.action.values().filter_map(|a| a.letter.clone()).collect()
}

fn sets(m: &Mechanism) -> BTreeSet<String> {
    let fields = m.field.values().filter_map(|f| f.set.clone());
    fields.chain(m.cap.values().filter_map(|c| c.set.clone())).collect()
}

/// Every word that stands anywhere but in what people read: a role is named by actions, clocks, windows, votes, other roles.
fn roles(m: &Mechanism) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    words(&serde_json::to_value(m).unwrap_or_default(), &mut out);
    out
}

fn words(value: &serde_json::Value, out: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::String(text) => {
            out.extend(text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned));
        }
        serde_json::Value::Array(all) => all.iter().for_each(|v| words(v, out)),
        serde_json::Value::Object(all) => {
            all.iter()
                .filter(|(key, _)| !["zh", "en", "note"].contains(&key.as_str()))
                .for_each(|(_, v)| words(v, out));
        }
        _ => {}
    }
}

/// The caps that some condition asks for room.
fn rooms(m: &Mechanism) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for guard in m.action.values().flat_map(|a| a.when.iter().chain(a.needs_when.values())) {
        guard.numerics(&mut |n| {
            if let Numeric::Room(cap) = n {
                out.insert(cap.clone());
            }
        });
    }
    out
}
