//! Number and code: how a person who is not signed in gets back to her matter.

use super::field::{Field, Input, field};
use super::{Hidden, hidden_fields};
use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// The form; values are kept after an error.
#[derive(Clone, Debug, Default)]
pub struct CodeForm {
    pub action: String,
    pub number: String,
    pub error: Option<String>,
    /// How to get help when the codes are lost.
    pub lost: String,
    pub hidden: Hidden,
}

/// The form, with fields `number` and `code`.
#[must_use]
pub fn code_form(lang: Lang, form: &CodeForm) -> Markup {
    let number = Field::new(
        "number",
        t(lang, "code.number.label"),
        Input::Text { value: form.number.clone(), max: Some(40), autocomplete: Some("off") },
    )
    .hint(t(lang, "code.number.hint"));
    let code = Field {
        error: form.error.clone(),
        ..Field::new(
            "code",
            t(lang, "code.code.label"),
            Input::Text { value: String::new(), max: Some(80), autocomplete: Some("off") },
        )
        .hint(t(lang, "code.code.hint"))
    };
    html! { form.code-form method="post" action=(form.action) {
        (hidden_fields(&form.hidden))
        div.stack { (field(lang, &number)) (field(lang, &code)) }
        p.actions { button.btn { (t(lang, "code.go")) } }
        p.small.quiet { (form.lost) }
    } }
}

/// Empty, and after a wrong code.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    code_form(
        lang,
        &CodeForm {
            action: "#".into(),
            number: "YX-2026-094173".into(),
            error: Some(t(lang, "code.wrong").into()),
            lost: t(lang, "sample.lost").into(),
            hidden: vec![],
        },
    )
}
