//! The fields of a mechanism's form as the components draw them, and what was typed as the use cases take it.
//! Whether a value is right is decided by `kernel::form`, not here.

use super::words::say;
use crate::components::field::{Confidentiality, Field, Input, Opt, Staged};
use crate::components::sketch;
use crate::i18n::{Lang, t, tf};
use crate::needs::needed;
use crate::pace::What;
use crate::posted::Posted;
use crate::tasks;
use app::error::AppError;
use app::view::FieldView;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kernel::form::Raw;
use kernel::guard::Facts;
use kernel::ids::Class;
use kernel::mechanism::FieldKind;
use kernel::refusal::FieldError;
use maud::Markup;
use std::collections::{BTreeMap, BTreeSet};

/// Values by field, as typed; several for bodies.
pub type Values = BTreeMap<String, Vec<String>>;

/// The name of a field in a form: no field of a pack can take the place of one of ours.
#[must_use]
pub fn name(id: &str) -> String {
    format!("v-{id}")
}

/// What was typed into the fields of packs.
#[must_use]
pub fn typed(posted: &Posted) -> Values {
    let mut values = Values::new();
    // The rows of a sketch and of a list of tasks are named below it; a list has no name of its own.
    let plain = |n: &str| [".0.what", ".0.square"].iter().fold(n, |n, row| n.strip_suffix(row).unwrap_or(n)).to_owned();
    let own: BTreeSet<String> = posted.names("v-").map(plain).filter(|n| !n.contains('.')).collect();
    for id in own {
        let drawn = posted.names("v-").any(|n| n.strip_prefix(id.as_str()) == Some(".0.square"));
        let all = match tasks::asked(posted, &name(&id)) {
            _ if drawn => sketch::posted(posted, &name(&id)),
            true => tasks::carried(&tasks::posted(posted, &name(&id))),
            false => posted.all(&name(&id)),
        };
        if !all.is_empty() {
            values.insert(id, all);
        }
    }
    values
}

/// As the use cases take it.
#[must_use]
pub fn raw(views: &[FieldView], values: &Values) -> Raw {
    let value = |view: &FieldView| {
        let given = values.get(&view.id)?;
        let json = match view.field.kind {
            FieldKind::Bodies | FieldKind::Files => serde_json::json!(given),
            FieldKind::Tasks => tasks::value(&tasks::read(given.last()?)),
            _ => serde_json::json!(given.last()?),
        };
        Some((view.id.clone(), json))
    };
    views.iter().filter_map(value).collect()
}

/// A staged file, carried from page to page in the form itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its id.
    pub id: String,
    /// What the device called it.
    pub name: String,
}

impl Kept {
    /// As a form carries it.
    #[must_use]
    pub fn carried(&self) -> String {
        format!("{}:{}", self.id, self.name)
    }

    /// As it came back; the id is checked again where it is claimed.
    #[must_use]
    pub fn read(text: &str) -> Option<Kept> {
        let (id, name) = text.split_once(':')?;
        let plain = matches!(id.len(), 32 | 64) && id.bytes().all(|b| b.is_ascii_hexdigit());
        plain.then(|| Kept { id: id.to_owned(), name: name.chars().take(60).collect() })
    }
}

/// The field with what was typed and what is wrong with it; `all` are the fields of its form.
#[must_use]
pub fn field(
    lang: Lang,
    view: &FieldView,
    all: &[FieldView],
    values: &Values,
    files: &[Kept],
    error: Option<&FieldError>,
) -> Field {
    let given = values.get(&view.id);
    let one = given.and_then(|v| v.last()).cloned().unwrap_or_default();
    let hint = view.field.hint.as_ref().map(|h| say(lang, h).to_owned());
    Field {
        id: format!("f-{}", view.id),
        name: name(&view.id),
        label: say(lang, &view.field.label).to_owned(),
        hint,
        error: error.map(|e| say(lang, &e.message).to_owned()),
        required: view.required || needed_now(view, values),
        needed: needed(lang, view, all, name),
        confidentiality: match view.field.class {
            Class::Sealed => Some(Confidentiality::Sealed),
            Class::Public => Some(Confidentiality::Public),
            _ => None,
        },
        input: input(lang, view, one, given.cloned().unwrap_or_default(), files),
    }
}

/// Whether a condition makes the field necessary, as far as what is typed so far tells.
#[must_use]
pub fn needed_now(view: &FieldView, values: &Values) -> bool {
    let Some(guard) = &view.required_when else { return false };
    let coded = |(id, v): (&String, &Vec<String>)| Some((id.clone(), kernel::form::Coded::Code(v.last()?.clone())));
    let facts = values.iter().filter_map(coded).collect();
    guard.holds(&Facts { facts: &facts, counts: &BTreeMap::new(), parts: &kernel::part::NO_PARTS })
}

fn input(lang: Lang, view: &FieldView, value: String, values: Vec<String>, files: &[Kept]) -> Input {
    let max = view.field.max;
    match view.field.kind {
        FieldKind::Choice => {
            let option = |c: &kernel::mechanism::Choice| Opt {
                value: c.id.clone(),
                label: if lang == Lang::Zh { c.zh.clone() } else { c.en.clone() },
                hint: c.hint.as_ref().map(|h| say(lang, h).to_owned()),
                fills: None,
            };
            let options = view.field.of.iter().map(option).collect();
            // A choice that may stay open must be possible to take back: radio buttons are not.
            if view.required { Input::Choice { value, options } } else { Input::Select { value, options } }
        }
        FieldKind::YesNo => Input::YesNo { value: (!value.is_empty()).then(|| value == "yes") },
        FieldKind::Number => Input::Number { value, min: Some(0), max: max.map(i64::from), unit: None },
        FieldKind::Date => Input::Date { value, min: None, max: None },
        FieldKind::Text if max.is_none_or(|m| m > 200) => Input::LongText { value, rows: 4, max },
        FieldKind::Text | FieldKind::Place | FieldKind::ResidentId | FieldKind::Matter => {
            Input::Text { value, max, autocomplete: None }
        }
        FieldKind::PersonName => Input::PersonName { value },
        FieldKind::Phone => Input::Phone { value },
        FieldKind::Body => Input::Select { value, options: bodies(lang, view) },
        FieldKind::Bodies => Input::Many { values, options: bodies(lang, view) },
        FieldKind::Tasks => tasks::input(tasks::read(&value), bodies(lang, view)),
        FieldKind::Sketch => Input::Sketch { value, pictures: sketch::pictures(lang, view, "") },
        FieldKind::Row => Input::Select { value, options: rows(&view.rows) },
        FieldKind::Files => staged(files),
    }
}

fn bodies(lang: Lang, view: &FieldView) -> Vec<Opt> {
    view.bodies.iter().map(|b| Opt::new(b.id.0.to_string(), say(lang, &b.name))).collect()
}

/// The rows of a set to choose from, each with its code.
#[must_use]
pub fn rows(rows: &[app::view::RowName]) -> Vec<Opt> {
    rows.iter().map(|r| Opt::new(r.code.clone(), format!("{} {}", r.code, r.name))).collect()
}

/// A choice of files with those that are already here.
#[must_use]
pub fn staged(files: &[Kept]) -> Input {
    let one = |k: &Kept| Staged { id: k.carried(), label: k.name.clone(), thumb: None };
    Input::Files {
        accept: "image/*,application/pdf,.docx,.xlsx,.txt,audio/*",
        many: true,
        staged: files.iter().map(one).collect(),
    }
}

/// A typed value in words, for reading once more before sending.
#[must_use]
pub fn in_words(lang: Lang, view: &FieldView, values: &[String]) -> String {
    let word = |value: &String| match view.field.kind {
        FieldKind::Choice => view
            .field
            .of
            .iter()
            .find(|c| c.id == *value)
            .map_or_else(|| value.clone(), |c| if lang == Lang::Zh { c.zh.clone() } else { c.en.clone() }),
        FieldKind::YesNo => t(lang, if value == "yes" { "field.yes" } else { "field.no" }).to_owned(),
        FieldKind::Body | FieldKind::Bodies => {
            let body = view.bodies.iter().find(|b| b.id.0.to_string() == *value);
            body.map_or_else(|| value.clone(), |b| say(lang, &b.name).to_owned())
        }
        FieldKind::Tasks => tasks::in_words(lang, &tasks::read(value), |who| {
            let body = view.bodies.iter().find(|b| b.id.0.to_string() == who);
            body.map_or_else(|| who.to_owned(), |b| say(lang, &b.name).to_owned())
        }),
        FieldKind::Row => {
            let row = view.rows.iter().find(|r| r.code == *value);
            row.map_or_else(|| value.clone(), |r| format!("{} {}", r.code, r.name))
        }
        FieldKind::Sketch => kernel::sketch::Sketch::read(value).map_or_else(
            |_| value.clone(),
            |s| s.twin().iter().map(|line| say(lang, line)).collect::<Vec<_>>().join(t(lang, "portal.list_comma")),
        ),
        _ => value.clone(),
    };
    values.iter().map(word).collect::<Vec<_>>().join(t(lang, "portal.list_comma"))
}

/// Why a file is not here: in words at the field, and the error behind it where it is not the file's own.
pub struct Unstaged {
    /// What is told.
    pub text: String,
    /// The pace, or the store.
    pub error: Option<AppError>,
}

impl Unstaged {
    /// The page that tells it, with its status.
    #[must_use]
    pub fn answer(&self, page: Markup) -> Response {
        match &self.error {
            Some(error) => crate::error::retry(error, (crate::error::status(error), page).into_response()),
            None => (StatusCode::UNPROCESSABLE_ENTITY, page).into_response(),
        }
    }
}

/// Stages the files of a form. What cannot be taken is told at the field; the others stay.
pub async fn stage(
    visitor: &crate::visitor::Visitor,
    region: &kernel::region::RegionCode,
    posted: Posted,
    kept: &mut Vec<Kept>,
) -> (Posted, Option<Unstaged>) {
    let lang = visitor.lang;
    let mut posted = posted;
    let mut wrong = match crate::under::stage(visitor, region, &mut posted, true).await {
        Ok(wrong) => wrong.into_iter().next().map(|(_, text)| Unstaged { text, error: None }),
        Err(e) => {
            crate::error::log(&e);
            let why = crate::error::words(&e, lang).map(|(_, text)| text);
            Some(Unstaged { text: why.unwrap_or_else(|| t(lang, "raise.file.broken").to_owned()), error: Some(e) })
        }
    };
    for upload in std::mem::take(&mut posted.files) {
        let told = |text: &str| tf(lang, "raise.file.refused", &[("name", &upload.name), ("why", text)]);
        let refused = |r: app::upload::Refusal| if lang == Lang::Zh { r.zh() } else { r.en() };
        let Some(content) = upload.content else {
            wrong = Some(Unstaged { text: told(refused(app::upload::Refusal::TooLarge)), error: None });
            continue;
        };
        let staged = match visitor.pace(What::File) {
            Ok(()) => visitor.site.app.stage(region, content).await,
            Err(e) => Err(e),
        };
        wrong = match staged {
            Ok(staged) => {
                kept.push(Kept { id: staged.id, name: upload.name.chars().take(60).collect() });
                continue;
            }
            Err(AppError::Upload(r)) => Some(Unstaged { text: told(refused(r)), error: None }),
            Err(e) => {
                crate::error::log(&e);
                let why = crate::error::words(&e, lang).map(|(_, text)| text);
                let text = told(why.as_deref().unwrap_or(t(lang, "raise.file.broken")));
                Some(Unstaged { text, error: Some(e) })
            }
        };
    }
    (posted, wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carried_file_comes_back_or_is_nothing() {
        let kept = Kept { id: "0123456789abcdef0123456789abcdef".into(), name: "a:b.jpg".into() };
        assert_eq!(Kept::read(&kept.carried()), Some(kept));
        for bad in ["", ":x", "../../x:y", "0123:z"] {
            assert_eq!(Kept::read(bad), None, "{bad}");
        }
    }
}
