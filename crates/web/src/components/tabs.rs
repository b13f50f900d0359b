//! Tabs that are links: every tab has an address, the browser's back works, nothing needs a script.

use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// One tab.
#[derive(Clone, Debug, Default)]
pub struct Tab {
    pub href: String,
    pub label: String,
    pub count: Option<String>,
    pub current: bool,
}

/// The tabs.
#[must_use]
pub fn tabs(label: &str, tabs: &[Tab]) -> Markup {
    html! { nav.tabs aria-label=(label) { @for tab in tabs {
        a href=(tab.href) aria-current=[tab.current.then_some("page")] { (tab.label) @if let Some(count) = &tab.count { b { (count) } } }
    } } }
}

/// Three tabs.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let tab = |key, current: bool| Tab {
        href: "#".into(),
        label: t(lang, key).into(),
        count: current.then(|| "41".into()),
        current,
    };
    tabs(
        t(lang, "sample.view.mine"),
        &[tab("sample.view.mine", true), tab("sample.view.today", false), tab("sample.inbox", false)],
    )
}
