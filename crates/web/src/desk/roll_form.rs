//! A roll beside the number that it gives: chosen as a file in the form of whatever action asks how many slips there are, shown
//! once, and carried on in the form until the act is done. Nothing is stored before that.

use super::form::{Filling, name};
use crate::components::action_picker::Act;
use crate::components::field::{Field, Input, Needed};
use crate::i18n::{Lang, t, tf};
use crate::posted::Posted;
use crate::visitor::Visitor;
use app::roll::{Line, most, read, takes, text};
use app::view::FieldView;
use kernel::form::Raw;
use kernel::mechanism::Mechanism;
use kernel::vote::ROLL;

/// How many faults and lines a form tells of.
const TOLD: usize = 20;

fn key(field: &str) -> String {
    format!("{ROLL}{field}")
}

fn file(field: &str) -> String {
    format!("roll-{field}")
}

fn asked<'a>(
    mechanism: Option<&'a Mechanism>,
    fields: &'a [FieldView],
) -> impl Iterator<Item = (&'a Mechanism, &'a str)> {
    let of = move |f: &'a FieldView| Some((mechanism?, f.id.as_str())).filter(|(m, id)| takes(m, id).is_some());
    fields.iter().filter_map(of)
}

/// Whether one of these fields may come from a roll.
#[must_use]
pub fn any(mechanism: Option<&Mechanism>, fields: &[FieldView]) -> bool {
    asked(mechanism, fields).next().is_some()
}

/// The rolls that came with a form: one from a file, just read, or one that was carried on.
pub struct Sent {
    /// Name in the form, the text that is kept, and the number that it gives.
    rolls: Vec<(String, String, usize)>,
    errors: Vec<(String, String)>,
    /// What a file says, to be looked at before it counts.
    pub look: Option<(String, String)>,
}

/// Takes the rolls out of what was sent.
pub fn take(visitor: &Visitor, mechanism: Option<&Mechanism>, fields: &[FieldView], sent: &mut Posted) -> Sent {
    let lang = visitor.lang;
    let mut all = Sent { rolls: Vec::new(), errors: Vec::new(), look: None };
    for (m, id) in asked(mechanism, fields) {
        let at = sent.files.iter().position(|f| f.field == file(id));
        let Some(at) = at else {
            let carried = sent.get(&name(&key(id)));
            if !carried.is_empty() {
                all.rolls.push((id.to_owned(), carried.to_owned(), carried.lines().count()));
            }
            continue;
        };
        let Some(bytes) = sent.files.remove(at).content else {
            all.errors.push((id.to_owned(), t(lang, "desk.file_too_big").to_owned()));
            continue;
        };
        let found = read(&bytes, most(m, id));
        if found.faults.is_empty() {
            all.look = Some(looked(lang, &found));
            all.rolls.push((id.to_owned(), text(&found.lines), found.lines.len()));
        } else {
            all.errors.push((id.to_owned(), faults(lang, &found)));
        }
    }
    all
}

impl Sent {
    /// Puts the number, the text and what is wrong where the form shows them.
    pub fn show(&self, filling: &mut Filling) {
        for (id, text, n) in &self.rolls {
            filling.set(id, &n.to_string());
            filling.set(&key(id), text);
        }
        filling.errors.extend(self.errors.iter().cloned());
    }

    /// Puts the rolls where the act finds them.
    pub fn into_act(self, raw: &mut Raw) {
        raw.extend(self.rolls.into_iter().map(|(id, text, _)| (key(&id), text.into())));
    }
}

/// Offers a file beside the number, and carries on what was read.
#[must_use]
pub fn offered(
    lang: Lang,
    mechanism: Option<&Mechanism>,
    fields: &[FieldView],
    filling: &Filling,
    mut act: Act,
) -> Act {
    for (m, id) in asked(mechanism, fields) {
        let carried = filling.get(&key(id));
        if !carried.is_empty() {
            act.hidden.push((name(&key(id)), carried.to_owned()));
        }
        let Some(at) = act.fields.iter().position(|f| f.name == name(id)) else { continue };
        let needed = Needed { words: t(lang, "roll.file.or").to_owned(), when: String::new() };
        let number = &mut act.fields[at];
        (number.required, number.needed) = (false, Some(needed));
        let input = Input::Files { accept: ".xlsx,.csv", many: false, staged: Vec::new() };
        let hint = tf(lang, "roll.file.hint", &[("n", &most(m, id).to_string())]);
        act.fields.insert(at + 1, Field::new(file(id), t(lang, "roll.file.label"), input).hint(hint).optional());
    }
    act
}

fn looked(lang: Lang, read: &app::roll::Read) -> (String, String) {
    let n = read.lines.len().to_string();
    let mut words = vec![tf(lang, "roll.good.text", &[("n", &n)])];
    if let (Some(first), Some(last)) = (read.lines.first(), read.lines.last()) {
        words.push(tf(lang, "roll.good.first", &[("first", &Line::words(first)), ("last", &Line::words(last))]));
    }
    let list = |all: Vec<String>| all.join(t(lang, "desk.list"));
    if !read.blank.is_empty() {
        let lines = read.blank.iter().take(TOLD).map(usize::to_string).collect();
        words.push(tf(lang, "roll.good.blank", &[("lines", &list(lines))]));
    }
    if !read.left_out.is_empty() {
        words.push(tf(lang, "roll.good.left", &[("columns", &list(read.left_out.clone()))]));
    }
    (tf(lang, "roll.good.label", &[("n", &n)]), words.join("\n"))
}

fn faults(lang: Lang, read: &app::roll::Read) -> String {
    let all = read.faults.len().to_string();
    let one = |f: &app::set::RowFault| {
        let at = if f.line == 0 { String::new() } else { tf(lang, "roll.at", &[("line", &f.line.to_string())]) };
        format!("{at}{}", super::words::say(lang, &f.message))
    };
    let told = read.faults.iter().take(TOLD).map(one);
    let told = told.collect::<Vec<_>>().join(t(lang, "portal.semicolon"));
    format!("{} {told}", tf(lang, "roll.faults", &[("n", &all)]))
}
