//! Forms of packs on the desk: a field of a mechanism as the field component draws it, and what was typed as the use
//! cases take it. Which fields there are, and what is right in them, is the mechanism's affair.

use super::words::say;
use crate::components::field::{Confidentiality, Field, Input, Opt, Staged};
use crate::components::sketch;
use crate::error::WebError;
use crate::i18n::{Lang, t, tf};
use crate::needs::needed;
use crate::portal::fields::rows;
use crate::posted::Posted;
use crate::tasks;
use crate::under;
use crate::visitor::Visitor;
use app::error::AppError;
use app::view::{BodyName, FieldView, Proposed};
use kernel::form::Raw;
use kernel::ids::Class;
use kernel::mechanism::FieldKind;
use kernel::refusal::FieldError;
use kernel::region::{RegionCode, RegionLevel};
use serde_json::Value;
use std::collections::BTreeMap;

/// So many characters and fewer are one line: a name, a topic.
const SHORT: u32 = 100;

/// What files a form takes; `app::upload` judges by content.
const ACCEPT: &str = "image/jpeg,image/png,application/pdf,.docx,.xlsx,.txt,.mp3,.m4a,.wav,.amr";

/// A form as far as it is filled in.
#[derive(Default)]
pub struct Filling {
    values: BTreeMap<String, Vec<String>>,
    /// What is wrong, by field.
    pub errors: BTreeMap<String, String>,
}

impl Filling {
    /// Takes over what was sent and stages the files.
    ///
    /// # Errors
    /// What the store cannot do; a file that cannot be taken is an error of its field.
    pub async fn read(
        visitor: &Visitor,
        fields: &[FieldView],
        mut sent: Posted,
        region: &RegionCode,
    ) -> Result<Filling, WebError> {
        let mut filling = Filling::default();
        for (field, why) in under::stage(visitor, region, &mut sent, false).await.map_err(visitor.fails())? {
            filling.errors.insert(field, why);
        }
        for view in fields {
            let name = name(&view.id);
            let kept = format!("{name}_keep");
            let from = if view.field.kind == FieldKind::Files { &kept } else { &name };
            let given = match view.field.kind {
                FieldKind::Tasks => tasks::carried(&tasks::posted(&sent, &name)),
                FieldKind::Sketch => sketch::posted(&sent, &name),
                _ => sent.all(from),
            };
            filling.values.insert(view.id.clone(), given);
        }
        let too_big = t(visitor.lang, "desk.file_too_big");
        for file in std::mem::take(&mut sent.files) {
            let Some(view) = fields.iter().find(|v| name(&v.id) == file.field) else { continue };
            let staged = match file.content {
                Some(bytes) => visitor.site.app.stage(region, bytes).await,
                None => {
                    filling.errors.insert(view.id.clone(), too_big.to_owned());
                    continue;
                }
            };
            match staged {
                Ok(staged) => filling.values.entry(view.id.clone()).or_default().push(staged.id),
                Err(AppError::Upload(why)) => {
                    let text = if visitor.lang == Lang::Zh { why.zh() } else { why.en() };
                    filling.errors.insert(view.id.clone(), text.to_owned());
                }
                Err(other) => return Err(WebError::new(other, visitor)),
            }
        }
        Ok(filling)
    }

    /// As the use cases take it.
    #[must_use]
    pub fn raw(&self, fields: &[FieldView]) -> Raw {
        let value = |view: &FieldView| {
            let given = self.values.get(&view.id).filter(|v| !v.is_empty())?;
            if view.field.kind == FieldKind::Tasks {
                return Some(tasks::value(&tasks::read(given.last()?)));
            }
            let many = matches!(view.field.kind, FieldKind::Bodies | FieldKind::Files);
            Some(if many { Value::from(given.clone()) } else { Value::from(given.last().cloned()) })
        };
        fields.iter().filter_map(|view| Some((view.id.clone(), value(view)?))).collect()
    }

    /// Takes over what the rules say is wrong.
    pub fn wrong(&mut self, lang: Lang, errors: &[FieldError]) {
        self.errors.extend(errors.iter().map(|e| (e.field.clone(), say(lang, &e.message).to_owned())));
    }

    /// Fills in what the rows that were chosen name, where nothing is chosen yet.
    pub fn fill(&mut self, visitor: &Visitor, fields: &[FieldView]) {
        for (field, body) in super::fill::named(visitor, fields, self) {
            if self.get(&field).is_empty() {
                self.set(&field, &body);
            }
        }
    }

    /// Sets the value of a field.
    pub fn set(&mut self, field: &str, value: &str) {
        self.values.insert(field.to_owned(), vec![value.to_owned()]);
    }

    /// The value of a field.
    #[must_use]
    pub fn get(&self, field: &str) -> &str {
        self.values.get(field).and_then(|v| v.last()).map_or("", String::as_str)
    }

    /// Everything that was typed, for showing it where the form itself is gone.
    #[must_use]
    pub fn typed(&self) -> String {
        self.values.values().flatten().map(String::as_str).collect::<Vec<_>>().join("\n")
    }
}

/// The name of a field in forms: never one of the form's own.
#[must_use]
pub fn name(id: &str) -> String {
    format!("v-{id}")
}

/// A field as the component draws it; `all` are the fields of its form. `near` puts the bodies of that place first.
#[must_use]
pub fn field(visitor: &Visitor, view: &FieldView, all: &[FieldView], filling: &Filling, near: &RegionCode) -> Field {
    let lang = visitor.lang;
    let spec = &view.field;
    Field {
        hint: spec.hint.as_ref().map(|h| say(lang, h).to_owned()),
        required: view.required,
        needed: needed(lang, view, all, name),
        error: filling.errors.get(&view.id).cloned(),
        confidentiality: match spec.class {
            Class::Sealed => Some(Confidentiality::Sealed),
            Class::Public => Some(Confidentiality::Public),
            Class::Coded | Class::Handlers => None,
        },
        ..Field::new(name(&view.id), say(lang, &spec.label), input(visitor, view, filling, near))
    }
}

fn input(visitor: &Visitor, view: &FieldView, filling: &Filling, near: &RegionCode) -> Input {
    let lang = visitor.lang;
    let value = filling.get(&view.id).to_owned();
    let many = filling.values.get(&view.id).cloned().unwrap_or_default();
    let max = view.field.max;
    match view.field.kind {
        FieldKind::Choice => choice(lang, view, value),
        FieldKind::YesNo => YES_NO
            .iter()
            .find(|(v, _)| *v == value)
            .map_or(Input::YesNo { value: None }, |(_, yes)| Input::YesNo { value: Some(*yes) }),
        FieldKind::Number => Input::Number { value, min: Some(0), max: max.map(i64::from), unit: None },
        FieldKind::Date => Input::Date { value, min: None, max: None },
        FieldKind::Text if max.is_some_and(|m| m <= SHORT) => Input::Text { value, max, autocomplete: None },
        FieldKind::Text => Input::LongText { value, rows: if max.is_some_and(|m| m <= 300) { 2 } else { 4 }, max },
        FieldKind::Place | FieldKind::ResidentId | FieldKind::Matter => Input::Text { value, max, autocomplete: None },
        FieldKind::Sketch => Input::Sketch { value, pictures: sketch::pictures(lang, view, "/desk") },
        FieldKind::Row if !view.proposed.is_empty() => {
            let likely = |p| likely(lang, p);
            let proposed = super::fill::filling(visitor, view, view.proposed.iter().map(likely).collect());
            Input::Proposed { value, proposed, options: super::fill::filling(visitor, view, rows(&view.rows)) }
        }
        FieldKind::Row => Input::Select { value, options: super::fill::filling(visitor, view, rows(&view.rows)) },
        FieldKind::PersonName => Input::PersonName { value },
        FieldKind::Phone => Input::Phone { value },
        FieldKind::Body => Input::Select { value, options: bodies(visitor, view, near) },
        FieldKind::Bodies => Input::Many { values: many, options: bodies(visitor, view, near) },
        FieldKind::Tasks => tasks::input(tasks::read(&value), bodies(visitor, view, near)),
        FieldKind::Files => {
            let label = |n: usize| tf(lang, "desk.file", &[("n", &(n + 1).to_string())]);
            let staged = many.into_iter().enumerate().map(|(n, id)| Staged { id, label: label(n), thumb: None });
            Input::Files { accept: ACCEPT, many: true, staged: staged.collect() }
        }
    }
}

const YES_NO: [(&str, bool); 2] = [("yes", true), ("no", false)];

fn choice(lang: Lang, view: &FieldView, value: String) -> Input {
    let option = |c: &kernel::mechanism::Choice| Opt {
        value: c.id.clone(),
        label: if lang == Lang::Zh { c.zh.clone() } else { c.en.clone() },
        hint: c.hint.as_ref().map(|h| say(lang, h).to_owned()),
        fills: None,
    };
    let options: Vec<Opt> = view.field.of.iter().map(option).collect();
    let letters: usize = options.iter().map(|o| o.label.chars().count()).sum();
    let short = options.len() <= 4 && letters <= 32 && options.iter().all(|o| o.hint.is_none());
    if short && (view.required || !value.is_empty()) {
        Input::ChoiceRow { value, options }
    } else if view.required || options.iter().any(|o| o.hint.is_some()) {
        Input::Choice { value, options }
    } else {
        // Radios cannot be taken back; what may stay empty is a list with an empty line.
        Input::Select { value, options }
    }
}

/// A row that the words of the matter point to, with whose affair it is.
fn likely(lang: Lang, p: &Proposed) -> Opt {
    let opt = Opt::new(p.row.code.clone(), format!("{} {}", p.row.code, p.row.name));
    match &p.body {
        Some(body) => opt.hint(tf(lang, "desk.proposed.body", &[("body", say(lang, &body.name))])),
        None => opt,
    }
}

/// The bodies to choose from: those that a list names, then those of the place first, the narrowest territory before the wider, then the neighbours.
fn bodies(visitor: &Visitor, view: &FieldView, near: &RegionCode) -> Vec<Opt> {
    let directory = visitor.site.app.directory();
    let rank = |b: &BodyName| directory.body(b.id).map_or((2, 0), |row| nearness(&row.region, near));
    let listed = |b: &BodyName| view.first.iter().position(|(id, _)| *id == b.id);
    let mut sorted: Vec<&BodyName> = view.bodies.iter().collect();
    sorted.sort_by_key(|b| (listed(b).unwrap_or(usize::MAX), rank(b), b.id));
    let local =
        |b: &BodyName| rank(b).0 == 0 && directory.body(b.id).is_some_and(|r| r.region.level() >= RegionLevel::Town);
    let label = |b: &BodyName| {
        let name = say(visitor.lang, &b.name);
        if let Some((_, code)) = listed(b).and_then(|n| view.first.get(n)) {
            return tf(visitor.lang, "desk.body.listed", &[("body", name), ("code", code)]);
        }
        if local(b) { tf(visitor.lang, "desk.body.here", &[("body", name)]) } else { name.to_owned() }
    };
    sorted.into_iter().map(|b| Opt::new(b.id.0.to_string(), label(b))).collect()
}

/// 0 for a body whose territory holds the place (the narrower the better), 1 for the others (the nearer the better).
fn nearness(body: &RegionCode, place: &RegionCode) -> (u8, i8) {
    let shared = RegionLevel::ALL.into_iter().filter(|l| body.at(*l).is_some() && body.at(*l) == place.at(*l)).count();
    let shared = i8::try_from(shared).unwrap_or(0);
    (u8::from(!body.contains(place)), -shared)
}

#[cfg(test)]
mod tests {
    use super::nearness;

    #[test]
    fn the_body_of_the_place_comes_before_wider_and_neighbouring_ones() {
        let code = |text: &str| text.parse().expect("a code");
        let place = code("990101001001");
        let order = ["990101001001", "990101001", "990101", "990101001002", "990101002"].map(code);
        let ranks: Vec<_> = order.iter().map(|b| nearness(b, &place)).collect();
        assert!(ranks.is_sorted(), "{ranks:?}");
    }
}
