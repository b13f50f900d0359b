//! Who looked at a person's data: role, body, time, reason. Never the name of whoever looked.

use super::Link;
use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// One look.
#[derive(Clone, Debug, Default)]
pub struct Look {
    pub when: String,
    pub role: String,
    pub body: String,
    /// What was looked at.
    pub what: String,
    pub why: Option<String>,
}

/// The table, with a way to object. Says so when nobody looked.
#[must_use]
pub fn looks(lang: Lang, looks: &[Look], object: Option<&Link>) -> Markup {
    html! {
        @if looks.is_empty() { p.quiet { (t(lang, "looks.none")) } } @else {
            table.tbl.looks data-cards {
                thead { tr { th scope="col" { (t(lang, "looks.when")) } th scope="col" { (t(lang, "looks.who")) } th scope="col" { (t(lang, "looks.what")) } th scope="col" { (t(lang, "looks.why")) } } }
                tbody { @for look in looks { tr {
                    td { (look.when) } td { (look.body) " · " (look.role) } td data-l=(t(lang, "looks.what")) { (look.what) }
                    td data-l=(t(lang, "looks.why")) data-none[look.why.is_none()] { (look.why.as_deref().unwrap_or("—")) }
                } } }
            }
        }
        @if let Some(link) = object { p { a href=(link.href) { (link.label) } } }
    }
}

/// Two looks, and none.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let look = Look {
        when: "9月29日 15:38".into(),
        role: t(lang, "sample.looks.role").into(),
        body: t(lang, "sample.holder").into(),
        what: t(lang, "sample.phone.label").into(),
        why: Some(t(lang, "sample.looks.why").into()),
    };
    html! { (looks(lang, &[look.clone(), Look { why: None, ..look }], Some(&Link::new("#", t(lang, "looks.object"))))) (looks(lang, &[], None)) }
}
