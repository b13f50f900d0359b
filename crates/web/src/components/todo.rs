//! What the reader can do now, as links: verb first, then what it leads to. For the portal; desks use the action picker.

use super::Link;
use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// One thing to do.
#[derive(Clone, Debug, Default)]
pub struct Todo {
    pub link: Link,
    /// What it leads to.
    pub text: String,
}

/// The list.
#[must_use]
pub fn todo(list: &[Todo]) -> Markup {
    html! { ul.todo { @for item in list { li { a href=(item.link.href) { b { (item.link.label) } span { (item.text) } } } } } }
}

/// Two things.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let item = Todo { link: Link::new("#", t(lang, "sample.add.label")), text: t(lang, "sample.add.text").into() };
    todo(&[item.clone(), item])
}
