//! Letters and attachments of a matter.

use super::read;
use super::voiding::{Back, form};
use crate::components::Link;
use crate::components::breadcrumb::Crumb;
use crate::components::letter::{letter as sheet, sent};
use crate::components::letter_fate::{fate, slip};
use crate::desk::frame::page as framed;
use crate::desk::words::say;
use crate::error::WebError;
use crate::i18n::t;
use crate::layout::PageHead;
use crate::visitor::Visitor;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

/// A letter as it was issued, to be read and printed.
pub async fn letter(visitor: Visitor, Path((number, seq)): Path<(String, u32)>) -> Result<Markup, WebError> {
    sheet_of(&visitor, &number, seq, None).await
}

/// The page of a letter: what became of it, the sheet, and how it is declared void.
///
/// # Errors
/// The letter may not be read.
pub async fn sheet_of(visitor: &Visitor, number: &str, seq: u32, back: Option<Back>) -> Result<Markup, WebError> {
    let (id, view) = read(visitor, number).await?;
    let page = visitor.site.app.letter(&visitor.viewer(), id, seq).await.map_err(visitor.fails())?;
    let lang = visitor.lang;
    let base = format!("/desk/m/{}", view.number);
    let head = PageHead {
        crumbs: vec![Crumb::link(Link::new(&base, &view.number))],
        ..visitor.head(say(lang, &page.view.name))
    };
    let file = format!("{base}/letter/{seq}/docx");
    let print = html! { a.btn href=(file) { (t(lang, "desk.letter.file")) } button.btn type="button" data-print hidden { (t(lang, "desk.letter.print")) } };
    let body = html! { div.stack {
        (fate(lang, &base, &page.view))
        (sheet(lang, &sent(&page)))
        (slip(lang, &page.view))
        @if let Some(of) = &page.may_void { (form(visitor, &view.number, seq, &view.region, of, back)) }
    } };
    framed(visitor, head, "", &print, &body).await
}

/// The same as a Word file, to go on writing in.
pub async fn docx(visitor: Visitor, Path((number, seq)): Path<(String, u32)>) -> Result<Response, WebError> {
    let (id, view) = read(&visitor, &number).await?;
    let app = &visitor.site.app;
    let page = app.letter(&visitor.viewer(), id, seq).await.map_err(visitor.fails())?;
    let file = app.letter_file(&page).map_err(visitor.fails())?;
    let name = format!("attachment; filename=\"{}-{seq}.docx\"", view.number);
    Ok(([(header::CONTENT_TYPE, app::docx::MIME.to_owned()), (header::CONTENT_DISPOSITION, name)], file)
        .into_response())
}

/// An attachment: pictures in the browser, everything else as a file.
pub async fn file(visitor: Visitor, Path((number, blob)): Path<(String, String)>) -> Result<Response, WebError> {
    let (id, _) = read(&visitor, &number).await?;
    let found = visitor.site.app.attachment(&visitor.viewer(), id, &blob).await.map_err(visitor.fails())?;
    let place = if found.inline { "inline" } else { "attachment" };
    let headers = [
        (header::CONTENT_TYPE, found.mime),
        (header::CONTENT_DISPOSITION, format!("{place}; filename=\"{}\"", found.name)),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox".to_owned()),
    ];
    Ok((headers, found.content).into_response())
}
