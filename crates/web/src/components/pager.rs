//! Keyset paging: newer and older, no page numbers (they would lie while the list moves).

use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// Neighbouring pages; `None` where the list ends.
#[derive(Clone, Debug, Default)]
pub struct Pager {
    /// Which list it pages, for screen readers where a page has several.
    pub label: Option<String>,
    pub newer: Option<String>,
    pub older: Option<String>,
    /// What is shown, e.g. 1–20，共 41 件.
    pub shown: Option<String>,
}

/// The pager; nothing when there is only one page and nothing to say.
#[must_use]
pub fn pager(lang: Lang, pager: &Pager) -> Markup {
    html! { @if pager.newer.is_some() || pager.older.is_some() || pager.shown.is_some() {
        nav.pager aria-label=(pager.label.as_deref().unwrap_or(t(lang, "pager.label"))) {
            @if let Some(shown) = &pager.shown { p.quiet { (shown) } }
            @if let Some(newer) = &pager.newer { a.btn href=(newer) rel="prev" { "← " (t(lang, "pager.newer")) } }
            @if let Some(older) = &pager.older { a.btn href=(older) rel="next" { (t(lang, "pager.older")) " →" } }
        }
    } }
}

/// In the middle of a list.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    pager(
        lang,
        &Pager { newer: Some("#".into()), older: Some("#".into()), shown: Some("21–40 / 41".into()), label: None },
    )
}
