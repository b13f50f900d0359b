//! What is wrong with a form, at its head, each line a link to its field. Takes the focus after a failed submit.

use super::field::Field;
use crate::i18n::{Lang, t, tf};
use maud::{Markup, html};

/// The summary of all errors in `fields`; nothing when there are none.
#[must_use]
pub fn error_summary(lang: Lang, fields: &[Field]) -> Markup {
    let wrong: Vec<_> = fields.iter().filter_map(|field| field.error.as_ref().map(|error| (field, error))).collect();
    html! { @if !wrong.is_empty() {
        div.note.errors data-tone="warn" role="alert" tabindex="-1" autofocus {
            p { b { (tf(lang, "errors.title", &[("n", &wrong.len().to_string())])) } " " (t(lang, "errors.kept")) }
            ul { @for (field, error) in wrong { li { a href=(format!("#{}", field.id)) { (field.label.trim_end_matches(['?', '？'])) } (t(lang, "portal.colon")) (error) } } }
        }
    } }
}

/// Two errors.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    error_summary(lang, &super::field::sample_errors(lang))
}
