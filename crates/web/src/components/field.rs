//! One field of a form: label, hint, who will see it, error, and the input itself. Keeps what was typed. Works
//! without scripts. Which fields there are is the mechanism's affair.

mod input;
mod props;
mod sample;

pub use props::{Confidentiality, Field, Input, Needed, Opt, RegionLevel, Staged, Under};

use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// The field with everything around it. Groups (choices) are a `fieldset`, single inputs a `label`.
#[must_use]
pub fn field(lang: Lang, field: &Field) -> Markup {
    let described = describe(field);
    let control = input::control(lang, field, described.as_deref());
    if field.input.is_group() {
        html! {
            fieldset.field #(field.id) data-error[field.error.is_some()] data-when=[when(field)] aria-describedby=[described.as_deref()] {
                legend { (field.label) (mark(lang, field)) }
                (around(lang, field))
                (control)
            }
        }
    } else {
        html! {
            div.field data-error[field.error.is_some()] data-when=[when(field)] {
                label for=(field.id) { (field.label) (mark(lang, field)) }
                (around(lang, field))
                (control)
            }
        }
    }
}

/// Ids of hint, note and error, in reading order.
fn describe(field: &Field) -> Option<String> {
    let mut ids = Vec::new();
    if field.hint.is_some() {
        ids.push(format!("{}-hint", field.id));
    }
    if field.confidentiality.is_some() {
        ids.push(format!("{}-who", field.id));
    }
    if field.error.is_some() {
        ids.push(format!("{}-error", field.id));
    }
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// Optional fields are marked, not required ones: most fields we ask for are needed, and an asterisk needs a key.
fn mark(lang: Lang, field: &Field) -> Markup {
    let words = field.needed.as_ref().map_or_else(|| t(lang, "field.optional"), |n| &n.words);
    html! { @if !field.required { span.optional { (words) } } }
}

fn when(field: &Field) -> Option<&str> {
    field.needed.as_ref().filter(|n| !field.required && !n.when.is_empty()).map(|n| n.when.as_str())
}

fn around(lang: Lang, field: &Field) -> Markup {
    html! {
        @if let Some(hint) = &field.hint { span.hint id=(format!("{}-hint", field.id)) { (hint) } }
        @if let Some(note) = field.confidentiality {
            span.who-sees id=(format!("{}-who", field.id)) data-class=(note.name()) { (t(lang, note.key())) }
        }
        @if let Some(error) = &field.error {
            span.error id=(format!("{}-error", field.id)) { span.vh { (t(lang, "field.error")) } (error) }
        }
    }
}

/// Those of the samples that are wrong, for the samples of the error summary.
pub(super) fn sample_errors(lang: Lang) -> Vec<Field> {
    sample::sample_fields(lang).into_iter().filter(|field| field.error.is_some()).collect()
}

/// Each kind of input, some with errors.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    html! { div.stack { @for item in sample::sample_fields(lang) { (field(lang, &item)) } } }
}
