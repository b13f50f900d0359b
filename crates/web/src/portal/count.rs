//! The count of a vote in the portal: for everybody where the matter was published, for whoever holds its code otherwise.

use super::code;
use crate::components::count::{count, file};
use crate::error::WebError;
use crate::i18n::t;
use crate::layout::{PageHead, portal_page};
use crate::visitor::Visitor;
use app::count_sheet::CountSheet;
use app::viewer::Viewer;
use axum::extract::{Path, RawQuery};
use axum::response::{IntoResponse, Response};
use maud::html;

/// `GET /open/matters/{number}/count/{vote}`
pub async fn open(
    visitor: Visitor,
    Path((number, vote)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, WebError> {
    let app = &visitor.site.app;
    let id = app.by_number(&number).await.map_err(visitor.fails())?;
    let sheet = app.count_sheet(&Viewer::Public, id, &vote).await.map_err(visitor.fails())?;
    let here = format!("/open/matters/{}", sheet.number);
    shown(&visitor, &sheet, (&here, &vote), query.as_deref(), "open")
}

/// `GET /m/{number}/count/{vote}`
pub async fn own(
    visitor: Visitor,
    Path((number, vote)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Result<Response, Response> {
    let (viewer, id) = code::viewer(&visitor, &number).await?;
    let fails = |e: WebError| e.into_response();
    let sheet = visitor.site.app.count_sheet(&viewer, id, &vote).await.map_err(visitor.fails()).map_err(fails)?;
    let here = format!("/m/{}", sheet.number);
    shown(&visitor, &sheet, (&here, &vote), query.as_deref(), "follow").map_err(fails)
}

fn shown(
    visitor: &Visitor,
    sheet: &CountSheet,
    (matter, vote): (&str, &str),
    query: Option<&str>,
    section: &'static str,
) -> Result<Response, WebError> {
    let lang = visitor.lang;
    if query == Some("format=xlsx") {
        return file(lang, sheet).map_err(visitor.fails());
    }
    let title = t(lang, "vote.count.title");
    let shown = count(lang, sheet, &format!("{matter}/count/{vote}"), matter);
    let body = html! { h1.title { (title) } (shown) };
    let head = PageHead { section, private: section == "follow", ..visitor.head(title) };
    Ok(portal_page(&head, &body).into_response())
}
