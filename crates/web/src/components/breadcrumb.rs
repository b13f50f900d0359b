//! The way back, outermost first.

use super::Link;
use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// One step of the way back; without an address it is only words (a number, an edition).
#[derive(Clone, Debug, Default)]
pub struct Crumb {
    pub href: Option<String>,
    pub label: String,
}

impl Crumb {
    /// A step with an address.
    #[must_use]
    pub fn link(link: Link) -> Self {
        Self { href: Some(link.href), label: link.label }
    }

    /// A step without one.
    #[must_use]
    pub fn text(label: impl Into<String>) -> Self {
        Self { href: None, label: label.into() }
    }
}

/// The way back; nothing when there is none.
#[must_use]
pub fn breadcrumb(lang: Lang, crumbs: &[Crumb]) -> Markup {
    html! { @if !crumbs.is_empty() {
        nav.crumbs aria-label=(t(lang, "frame.crumbs")) { ol.plain { @for crumb in crumbs { li {
            @if let Some(href) = &crumb.href { a href=(href) { (crumb.label) } } @else { (crumb.label) }
        } } } }
    } }
}

/// Two links and a number.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let crumbs = [Crumb::link(Link::new("#", t(lang, "sample.inbox"))), Crumb::text("YX-2026-094173")];
    breadcrumb(lang, &crumbs)
}
