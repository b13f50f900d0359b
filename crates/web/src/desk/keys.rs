//! All keys on one page, for those who want to read them once, or print them.

use super::frame::page;
use crate::error::WebError;
use crate::i18n::t;
use crate::visitor::Visitor;
use maud::{Markup, html};

const KEYS: [(&str, &str); 16] = [
    ("G T", "keys.today"),
    ("G I", "keys.inbox"),
    ("G W", "desk.keys.new"),
    ("G N", "desk.keys.intake"),
    ("G S", "desk.keys.search"),
    ("G C", "desk.keys.calendar"),
    ("J / K", "keys.next"),
    ("Enter", "keys.open"),
    ("/", "keys.search"),
    ("A", "keys.act"),
    ("1 – 9", "keys.choose"),
    ("Ctrl Enter", "keys.send"),
    ("Esc", "desk.keys.none"),
    ("G M", "desk.keys.mechanisms"),
    ("G V", "desk.keys.verify"),
    ("?", "keys.this"),
];

/// The page.
pub async fn keys(visitor: Visitor) -> Result<Markup, WebError> {
    let staff = visitor.staff()?;
    let admin = crate::admin::admits(staff);
    let shown = KEYS.iter().filter(|(key, _)| admin || !matches!(*key, "G M" | "G V"));
    let body = html! { p { (t(visitor.lang, "desk.keys.lede")) }
    dl.facts { @for (key, text) in shown { dt { kbd { (key) } } dd { (t(visitor.lang, text)) } } } };
    page(&visitor, visitor.head(t(visitor.lang, "keys.title")), "/desk/keys", &html! {}, &body).await
}
