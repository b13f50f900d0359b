//! Papers of a matter for its raiser: letters to read and print, attachments, the receipt as a file.

use super::head;
use crate::components::letter::{letter as sheet, sent};
use crate::components::letter_fate::{fate, slip};
use crate::error::WebError;
use crate::i18n::{Lang, t};
use crate::layout::portal_page;
use crate::portal::code;
use crate::portal::words::{say, when};
use crate::visitor::Visitor;
use axum::extract::{Path, RawQuery};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

/// `GET /m/{number}/letter/{seq}`
pub async fn letter(visitor: Visitor, Path((number, seq)): Path<(String, u32)>) -> Result<Markup, Response> {
    let (viewer, id) = code::viewer(&visitor, &number).await?;
    let fails = |e| WebError::new(e, &visitor).into_response();
    let page = visitor.site.app.letter(&viewer, id, seq).await.map_err(fails)?;
    let (lang, today) = (visitor.lang, visitor.site.app.now().date());
    let title = say(lang, &page.view.name).to_owned();
    let body = html! {
        p.overline.no-print { a href=(format!("/m/{number}")) { span.num { (number) } } " · " (when(lang, page.view.at, today)) }
        h1.title.no-print { (title) }
        @if lang == Lang::En { p.quiet.no-print { (t(lang, "follow.letter.zh")) } }
        (fate(lang, &format!("/m/{number}"), &page.view))
        (sheet(lang, &sent(&page)))
        (slip(lang, &page.view))
        p.actions.no-print { button.btn type="button" data-print hidden { (t(lang, "follow.letter.print")) } a href=(format!("/m/{number}")) { (t(lang, "follow.letter.back")) } }
    };
    Ok(portal_page(&head(&visitor, &title), &body))
}

/// `GET /m/{number}/file/{id}`: pictures in place, everything else as a download, nothing ever as a page.
pub async fn file(visitor: Visitor, Path((number, blob)): Path<(String, String)>) -> Result<Response, Response> {
    let (viewer, id) = code::viewer(&visitor, &number).await?;
    let fails = |e| WebError::new(e, &visitor).into_response();
    let file = visitor.site.app.attachment(&viewer, id, &blob).await.map_err(fails)?;
    let name: String = file.name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '.').collect();
    let how = if file.inline { "inline" } else { "attachment" };
    let headers = [
        (CONTENT_TYPE, file.mime),
        (CONTENT_DISPOSITION, format!("{how}; filename=\"{name}\"")),
        (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    Ok((headers, file.content).into_response())
}

/// `GET /m/{number}/receipt.txt`; with `?bare` without her own words, to hand on.
pub async fn receipt(
    visitor: Visitor,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Response> {
    let (viewer, id) = code::viewer(&visitor, &number).await?;
    let fails = |e| WebError::new(e, &visitor).into_response();
    let own = visitor.site.app.own_receipt(&viewer, id).await.map_err(fails)?;
    let name: String = number.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let (file, kind) = match query.as_deref() {
        Some("bare") => (own.bare, "proof"),
        _ => (own.file, "receipt"),
    };
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{kind}-{name}.txt\"")),
    ];
    Ok((headers, file).into_response())
}
