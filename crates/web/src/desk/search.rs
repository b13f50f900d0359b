//! Search over what this viewer may read: a number, or words. They are posted, never in an address: they may be a name.

use super::frame::page;
use super::rows::work_row;
use crate::components::empty::{Empty, empty};
use crate::components::filter_bar::{FilterBar, filter_bar};
use crate::components::work_list::{WorkList, work_list};
use crate::error::WebError;
use crate::i18n::{t, tf};
use crate::posted::Posted;
use crate::visitor::Visitor;
use maud::{Markup, html};

const MOST: u32 = 50;

/// `GET /desk/search`: nothing asked yet.
pub async fn start(visitor: Visitor) -> Result<Markup, WebError> {
    search(visitor, Posted::default()).await
}

/// `POST /desk/search`
pub async fn search(visitor: Visitor, asked: Posted) -> Result<Markup, WebError> {
    let staff = visitor.staff()?;
    let (lang, words) = (visitor.lang, asked.get("q").trim());
    let found = if words.is_empty() {
        Vec::new()
    } else {
        visitor.site.app.search(staff, words, MOST).await.map_err(visitor.fails())?
    };
    let bar = FilterBar {
        action: "/desk/search".into(),
        query: Some(words.to_owned()),
        posted: true,
        ..FilterBar::default()
    };
    let list = WorkList {
        caption: t(lang, "desk.search.title").into(),
        rows: found.iter().map(|i| work_row(&visitor, i)).collect(),
        empty: Empty {
            title: t(lang, "desk.search.none").into(),
            text: Some(t(lang, "desk.search.none_text").into()),
            action: None,
        },
        ..WorkList::default()
    };
    let start = Empty {
        title: t(lang, "desk.search.start").into(),
        text: Some(t(lang, "desk.search.start_text").into()),
        action: None,
    };
    let body =
        html! { (filter_bar(lang, &bar)) @if words.is_empty() { (empty(&start)) } @else { (work_list(lang, &list)) } };
    let title = match (words.is_empty(), found.len()) {
        (true, _) => t(lang, "desk.search.title").to_owned(),
        (false, 0) => t(lang, "desk.search.none").to_owned(),
        (false, n) => tf(lang, "desk.search.found", &[("n", &n.to_string())]),
    };
    page(&visitor, visitor.head(title), "/desk/search", &html! {}, &body).await
}
