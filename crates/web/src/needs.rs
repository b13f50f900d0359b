//! When a field that may otherwise stay empty has to be filled in: in words, and as a rule that a script can watch.
//! Whether it is missing is decided by `kernel::form`; this only says so before.

use crate::components::field::Needed;
use crate::i18n::{Lang, t, tf};
use app::view::FieldView;
use kernel::guard::Guard;
use kernel::mechanism::FieldKind;
use std::collections::BTreeSet;

/// What a condition of a pack asks for, where it looks at one choice of the same form; else that there are such cases.
/// `name` is the name of a field in the form.
#[must_use]
pub fn needed(lang: Lang, view: &FieldView, all: &[FieldView], name: fn(&str) -> String) -> Option<Needed> {
    let guard = view.required_when.as_ref()?;
    let told = match guard {
        Guard::In(field, values) => choice(lang, all, field, values, true, name),
        Guard::Not(inner) => match &**inner {
            Guard::In(field, values) => choice(lang, all, field, values, false, name),
            _ => None,
        },
        _ => None,
    };
    Some(told.unwrap_or_else(|| Needed { words: t(lang, "field.needed.sometimes").to_owned(), when: String::new() }))
}

fn choice(
    lang: Lang,
    all: &[FieldView],
    field: &str,
    values: &BTreeSet<String>,
    is: bool,
    name: fn(&str) -> String,
) -> Option<Needed> {
    let view = all.iter().find(|v| v.id == field && v.field.kind == FieldKind::Choice)?;
    let chosen = view.field.of.iter().filter(|c| values.contains(&c.id));
    let labels: Vec<String> = chosen.map(|c| quoted(lang, if lang == Lang::Zh { &c.zh } else { &c.en })).collect();
    let label = match lang {
        Lang::Zh => view.field.label.zh.as_str(),
        Lang::En => view.field.label.en.as_str(),
    };
    let key = if is { "field.needed.is" } else { "field.needed.is_not" };
    let options = labels.join(t(lang, "field.needed.or"));
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    Some(Needed {
        words: tf(lang, key, &[("field", label), ("options", &options)]),
        when: format!("{}{}{}", name(field), if is { "=" } else { "!" }, values.join("|")),
    })
}

/// A field that some of the answers of a form ask for: those are named. `chosen` is the name of the choice.
#[must_use]
pub fn by_answer(lang: Lang, chosen: &str, answers: &[(&str, &str)]) -> Option<Needed> {
    if answers.is_empty() {
        return None;
    }
    let labels: Vec<String> = answers.iter().map(|(_, label)| quoted(lang, label)).collect();
    let values: Vec<&str> = answers.iter().map(|(value, _)| *value).collect();
    Some(Needed {
        words: tf(lang, "field.needed.answer", &[("options", &labels.join(t(lang, "field.needed.or")))]),
        when: format!("{chosen}={}", values.join("|")),
    })
}

fn quoted(lang: Lang, text: &str) -> String {
    tf(lang, "field.needed.quote", &[("text", text)])
}
