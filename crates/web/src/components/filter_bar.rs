//! Saved views and filters above a list. A plain GET form, so that a filtered list has an address; but words that somebody
//! searches for may be a person's, and are posted: addresses are kept by browsers and logged on the way.

use super::field::Opt;
use super::{Hidden, hidden_fields};
use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// A saved view.
#[derive(Clone, Debug, Default)]
pub struct View {
    pub href: String,
    pub label: String,
    pub count: Option<String>,
    pub current: bool,
}

/// A filter with its options; the empty value means all.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub name: String,
    pub label: String,
    pub options: Vec<Opt>,
    pub value: String,
}

/// The bar.
#[derive(Clone, Debug, Default)]
pub struct FilterBar {
    pub action: String,
    pub views: Vec<View>,
    /// Search words, sent as `q`; `None` shows no search.
    pub query: Option<String>,
    pub filters: Vec<Filter>,
    pub hidden: Hidden,
    /// What is typed is posted and stands in no address.
    pub posted: bool,
}

/// The filter bar.
#[must_use]
pub fn filter_bar(lang: Lang, bar: &FilterBar) -> Markup {
    html! {
        @if !bar.views.is_empty() { nav.chips aria-label=(t(lang, "filter.views")) { @for view in &bar.views {
            a href=(view.href) aria-current=[view.current.then_some("page")] { (view.label) @if let Some(count) = &view.count { b { (count) } } }
        } } }
        @if bar.query.is_some() || !bar.filters.is_empty() {
            form.filters method=(if bar.posted { "post" } else { "get" }) action=(bar.action) role="search" {
                (hidden_fields(&bar.hidden))
                @if let Some(query) = &bar.query { label { span { (t(lang, "filter.search")) }
                    input.in type="search" name="q" value=(query) data-key="/"; } }
                @for filter in &bar.filters { label { span { (filter.label) }
                    select.in name=(filter.name) { option value="" { (t(lang, "filter.all")) }
                        @for opt in &filter.options { option value=(opt.value) selected[opt.value == filter.value] { (opt.label) } } } } }
                button.btn { (t(lang, if bar.filters.is_empty() { "field.search.go" } else { "filter.go" })) }
            }
        }
    }
}

/// Views, search and two filters.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let view = |key, n: u8, current: bool| View {
        href: "#".into(),
        label: t(lang, key).into(),
        count: Some(n.to_string()),
        current,
    };
    let options = vec![Opt::new("a", t(lang, "sample.opt.a")), Opt::new("b", t(lang, "sample.opt.b"))];
    filter_bar(
        lang,
        &FilterBar {
            action: "#".into(),
            views: vec![view("sample.view.mine", 41, true), view("sample.view.today", 2, false)],
            query: Some(String::new()),
            filters: vec![Filter {
                name: "when".into(),
                label: t(lang, "sample.kind").into(),
                options,
                value: String::new(),
            }],
            hidden: vec![],
            posted: false,
        },
    )
}
