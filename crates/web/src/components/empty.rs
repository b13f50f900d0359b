//! Nothing here: says why, and what one can do.

use super::Link;
use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// An empty place.
#[derive(Clone, Debug, Default)]
pub struct Empty {
    pub title: String,
    pub text: Option<String>,
    pub action: Option<Link>,
}

/// The empty state.
#[must_use]
pub fn empty(empty: &Empty) -> Markup {
    html! { div.empty {
        svg viewBox="0 0 48 48" aria-hidden="true" { circle cx="24" cy="24" r="20" pathLength="100" stroke-dasharray="16 4" {} }
        p { b { (empty.title) } }
        @if let Some(text) = &empty.text { p { (text) } }
        @if let Some(action) = &empty.action { p { a href=(action.href) { (action.label) } } }
    } }
}

/// A finished inbox.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    empty(&Empty {
        title: t(lang, "sample.empty.label").into(),
        text: Some(t(lang, "sample.empty.text").into()),
        action: Some(Link::new("#", t(lang, "sample.empty.link"))),
    })
}
