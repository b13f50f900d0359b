//! The differences that are not numbers.

use super::{Difference, Direction, join};
use kernel::mechanism::{Action, Mechanism};
use kernel::text::Text;
use std::collections::BTreeMap;

pub(super) fn differences(new: &Mechanism, base: &Mechanism, out: &mut Vec<Difference>) {
    let state = |s: &kernel::mechanism::State| s.name.clone();
    table("state", ("状态", "state"), (&new.state, &base.state), state, out);
    table("clock", ("期限", "clock"), (&new.clock, &base.clock), |c| c.label.clone(), out);
    actions(new, base, out);
    table("field", ("要填的", "field"), (&new.field, &base.field), |f| f.label.clone(), out);
    table("role", ("角色", "role"), (&new.role, &base.role), |r| r.name.clone(), out);
    table("letter", ("函件", "letter"), (&new.letter, &base.letter), |l| l.name.clone(), out);
    table("measure", ("统计", "measure"), (&new.measure, &base.measure), |m| m.name.clone(), out);
    if new.mechanism.name != base.mechanism.name || new.mechanism.summary != base.mechanism.summary {
        out.push(Difference {
            path: "mechanism.name".into(),
            what: Text::new("名称和说明", "name and summary"),
            from: Some(base.mechanism.name.clone()),
            to: Some(new.mechanism.name.clone()),
            direction: Direction::Changed,
            source: None,
        });
    }
}

/// What came, what went and what was written otherwise in a table of parts.
fn table<T: PartialEq>(
    key: &str,
    kind: (&str, &str),
    (new, base): (&BTreeMap<String, T>, &BTreeMap<String, T>),
    name: impl Fn(&T) -> Text,
    out: &mut Vec<Difference>,
) {
    let mut push = |id: &str, what: &T, from: Option<Text>, to: Option<Text>, direction| {
        let name = name(what);
        let what = Text::new(format!("{}“{}”", kind.0, name.zh), format!("{} “{}”", kind.1, name.en));
        out.push(Difference { path: format!("{key}.{id}"), what, from, to, direction, source: None });
    };
    let (base_words, own_words) = (Text::new("按基础", "as the base"), Text::new("按地方的写法", "as the region says"));
    for (id, now) in new {
        match base.get(id) {
            None => push(id, now, None, Some(Text::new("有", "there")), Direction::Added),
            Some(was) if was != now => {
                push(id, now, Some(base_words.clone()), Some(own_words.clone()), Direction::Changed);
            }
            Some(_) => {}
        }
    }
    for (id, was) in base.iter().filter(|(id, _)| !new.contains_key(*id)) {
        push(id, was, Some(Text::new("有", "there")), None, Direction::Removed);
    }
}

fn actions(new: &Mechanism, base: &Mechanism, out: &mut Vec<Difference>) {
    // The place on the page is no difference to anybody.
    let plain = |m: &Mechanism| -> BTreeMap<String, Action> {
        m.action.iter().map(|(id, a)| (id.clone(), Action { order: 0, ..a.clone() })).collect()
    };
    let (now, was) = (plain(new), plain(base));
    let in_words = |m: &Mechanism, ids: &[String]| {
        let name = |id: &String| m.field.get(id).map_or_else(|| Text::new(id, id), |f| f.label.clone());
        if ids.is_empty() {
            Text::new("无", "nothing")
        } else {
            join(&ids.iter().map(name).collect::<Vec<_>>(), "、", ", ")
        }
    };
    let mut rest = (now.clone(), was.clone());
    for (id, a) in &now {
        let Some(b) = was.get(id) else { continue };
        let mut push = |part: (&str, &str), from: Text, to: Text, direction| {
            let what = Text::new(format!("“{}”{}", a.label.zh, part.0), format!("“{}” {}", a.label.en, part.1));
            let (from, to, source) = (Some(from), Some(to), a.source.clone());
            out.push(Difference { path: format!("action.{id}"), what, from, to, direction, source });
        };
        if a.needs != b.needs {
            let more = a.needs.len().cmp(&b.needs.len());
            let direction = if more.is_gt() { Direction::Tighter } else { Direction::Changed };
            push(("要填的", "must be given"), in_words(base, &b.needs), in_words(new, &a.needs), direction);
        }
        if a.at_most != b.at_most {
            let times = |n: Option<u32>| match n {
                Some(n) => Text::new(format!("{n} 次"), format!("{n} times")),
                None => Text::new("不限次数", "any number of times"),
            };
            let most = |n: Option<u32>| n.unwrap_or(u32::MAX);
            let less = most(a.at_most) < most(b.at_most);
            let direction = if less { Direction::Tighter } else { Direction::Looser };
            push(("最多", "at most"), times(b.at_most), times(a.at_most), direction);
        }
        let same = Action { needs: b.needs.clone(), at_most: b.at_most, ..a.clone() } == *b;
        if same {
            rest.0.remove(id);
            rest.1.remove(id);
        }
    }
    table("action", ("动作", "action"), (&rest.0, &rest.1), |a| a.label.clone(), out);
}
