//! The public log: a page that says what it is, and the files that any checker of such logs reads (C2SP tlog-tiles).
//! Tiles change only with a declared loss, after which the same paths hold the lines of the log that goes on: so they are kept for
//! minutes and never called immutable, or a checker would find a fork where there is none. The checkpoint is kept for a moment.

use crate::error::WebError;
use crate::i18n::{t, tf};
use crate::layout::{PageHead, portal_page};
use crate::portal::words::when;
use crate::visitor::Visitor;
use app::error::AppError;
use app::log::tiles::TilePath;
use app::log::witnessed::Trouble;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse;
use maud::{Markup, html};

/// How long a tile may be kept.
const TILES: &str = "public, max-age=300";

/// `GET /open/log`
pub async fn page(visitor: Visitor) -> Result<Markup, WebError> {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let last = app.log_checkpoint().await.map_err(visitor.fails())?;
    let body = html! { div.narrow {
        h1.title { (t(lang, "portal.log.title")) }
        p.lede { (t(lang, "portal.log.lede")) }
        @if let Some(last) = &last {
            dl.promise-dates.block {
                div { dt { (t(lang, "portal.log.size")) } dd.num { (tf(lang, "portal.log.rows", &[("n", &last.size.to_string())])) } }
                div { dt { (t(lang, "portal.log.at")) } dd { (when(lang, last.at, app.now().date())) } }
            }
        } @else { p.block { (t(lang, "portal.log.empty")) } }
        (losses(&visitor))
        section.block { h2.h2 { (t(lang, "portal.log.shows.title")) } ul.does { @for n in 1..=3 { li { (t(lang, &format!("portal.log.shows.{n}"))) } } } }
        section.block { h2.h2 { (t(lang, "portal.log.hides.title")) } p { (t(lang, "portal.log.hides.text")) } }
        section.block { h2.h2 { (t(lang, "portal.log.how.title")) } ol.steps-text { @for n in 1..=3 { li { (t(lang, &format!("portal.log.how.{n}"))) } } }
            @if app.witnesses().is_empty() { p.small.quiet.block { (t(lang, "portal.log.not")) } } }
        (witnesses(&visitor))
        @if let Some(last) = &last { section.card.block { h2.h3 { (t(lang, "portal.log.checkpoint.label")) } p.small { (t(lang, "portal.log.checkpoint.hint")) @if !app.losses().is_empty() { (t(lang, "portal.log.checkpoint.lost")) } }
            pre.signed lang="en" tabindex="0" { (last.note) } p.small { a href="/receipt" { (t(lang, "portal.check.title")) } " · " a href="/log/checkpoint" { (t(lang, "portal.log.file")) } } } }
        section.card.block { h2.h3 { (t(lang, "portal.key.key")) } pre.signed lang="en" tabindex="0" { (app.log_key()) }
            @if let Some(key) = app.sm2_key() { h3.h3 { (t(lang, "portal.log.sm2.label")) } p.small { (t(lang, "portal.log.sm2.hint")) }
                pre.signed lang="en" tabindex="0" { (key) } } }
    } };
    let title = t(lang, "portal.log.title");
    Ok(portal_page(&PageHead { section: "open", ..visitor.head(title) }, &body))
}

/// Who cosigns, how far and when; what is wrong where it does not.
fn witnesses(visitor: &Visitor) -> Markup {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let all = app.witnesses();
    if all.is_empty() {
        return html! {};
    }
    let trouble = |trouble: &Trouble| match trouble {
        Trouble::Silent => t(lang, "portal.log.witness.silent").to_owned(),
        Trouble::Stranger => t(lang, "portal.log.witness.stranger").to_owned(),
        Trouble::Fork => t(lang, "portal.log.witness.fork").to_owned(),
        Trouble::Ahead(n) => tf(lang, "portal.log.witness.ahead", &[("n", &n.to_string())]),
    };
    html! { section.block { h2.h2 { (t(lang, "portal.log.witness.title")) } p { (t(lang, "portal.log.witness.text")) }
        @for one in &all { section.card.block {
            h3.h3 { (one.key.name()) }
            p { @match one.last {
                Some(last) => (tf(lang, "portal.log.witness.last", &[("n", &last.size.to_string()), ("when", &when(lang, last.at, app.now().date()))])),
                None => (t(lang, "portal.log.witness.none")),
            } }
            @if let Some(wrong) = &one.trouble { p.note { (trouble(wrong)) } }
            pre.signed lang="en" tabindex="0" { (one.key.to_string()) }
        } }
    } }
}

/// What was lost, as it was declared.
fn losses(visitor: &Visitor) -> Markup {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    html! { @for loss in app.losses().iter().rev() {
        @let (from, to) = (loss.from + 1, loss.size);
        @let lines = if from == to { tf(lang, "portal.log.lost.line", &[("n", &to.to_string())]) } else { tf(lang, "portal.log.lost.lines", &[("from", &from.to_string()), ("to", &to.to_string())]) };
        section.block.note data-tone="warn" { h2.h2 { (t(lang, "portal.log.lost.title")) }
            p { (tf(lang, "portal.log.lost.text", &[("when", &when(lang, loss.at, app.now().date())), ("lines", &lines)])) }
            p { (t(lang, "portal.log.lost.now")) " " span.num { (loss.opened) } }
            details { summary { (t(lang, "portal.log.lost.old")) } pre.signed lang="en" tabindex="0" { (loss.note) } } }
    } }
}

/// `GET /log/cosigned`: the last checkpoint that a witness cosigned, which may be some seconds older than the last one.
pub async fn cosigned(visitor: Visitor) -> Result<impl IntoResponse, WebError> {
    let note = visitor.site.app.last_cosigned().ok_or_else(|| visitor.fails()(AppError::NotFound))?;
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8"), (CACHE_CONTROL, "public, max-age=2")], note))
}

/// `GET /log/checkpoint`
pub async fn checkpoint(visitor: Visitor) -> Result<impl IntoResponse, WebError> {
    let fails = visitor.fails();
    let last = visitor.site.app.log_checkpoint().await.map_err(&fails)?;
    let last = last.ok_or_else(|| fails(AppError::NotFound))?;
    Ok(([(CONTENT_TYPE, "text/plain; charset=utf-8"), (CACHE_CONTROL, "public, max-age=2")], last.note))
}

/// `GET /log/tile/{*path}`: `<L>/<N>[.p/<W>]` and `entries/<N>[.p/<W>]`.
pub async fn tile(visitor: Visitor, Path(path): Path<String>) -> Result<impl IntoResponse, WebError> {
    let fails = visitor.fails();
    let path = TilePath::parse(&path).ok_or_else(|| fails(AppError::NotFound))?;
    let bytes = visitor.site.app.log_tile(path).await.map_err(&fails)?.ok_or_else(|| fails(AppError::NotFound))?;
    Ok(([(CONTENT_TYPE, "application/octet-stream"), (CACHE_CONTROL, TILES)], bytes))
}
