//! Label and value, for what is known of a matter.

use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// One fact; the value is markup so that it can hold a link or a sealed field.
#[derive(Clone, Debug)]
pub struct Fact {
    pub label: String,
    pub value: Markup,
}

impl Fact {
    /// A fact in plain words.
    #[must_use]
    pub fn text(label: impl Into<String>, value: impl AsRef<str>) -> Self {
        Self { label: label.into(), value: html! { (value.as_ref()) } }
    }

    /// A fact with markup.
    #[must_use]
    pub fn markup(label: impl Into<String>, value: Markup) -> Self {
        Self { label: label.into(), value }
    }
}

/// The list.
#[must_use]
pub fn facts(facts: &[Fact]) -> Markup {
    html! { dl.facts { @for fact in facts { dt { (fact.label) } dd { (fact.value) } } } }
}

/// Two facts.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    facts(&[
        Fact::text(t(lang, "sample.place.label"), t(lang, "sample.place.value")),
        Fact::text(t(lang, "sample.name.label"), t(lang, "sample.name.value")),
    ])
}
