//! Lists that officials keep: what holds, earlier versions, and a new one from a file, looked at before it is loaded.

use super::admin;
use crate::components::breadcrumb::Crumb;
use crate::components::notice::outcome;
use crate::components::{Link, Tone};
use crate::desk::frame::page as framed;
use crate::desk::words::{say, when};
use crate::error::WebError;
use crate::i18n::{Lang, t, tf};
use crate::layout::PageHead;
use crate::posted::Posted;
use crate::visitor::Visitor;
use app::error::AppError;
use app::set::{SetReport, SetView};
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use std::collections::HashMap;

/// How many rows a page shows; the file has them all.
const SHOWN: usize = 200;

/// `GET /admin/sets`
pub async fn list(visitor: Visitor) -> Result<Markup, WebError> {
    admin(&visitor)?;
    let lang = visitor.lang;
    let mut views = Vec::new();
    for id in visitor.site.app.known_sets().keys() {
        views.push(visitor.site.app.set(id).await.map_err(visitor.fails())?);
    }
    let body = html! {
        p { (t(lang, "sets.lede")) }
        @if views.is_empty() { p.quiet { (t(lang, "sets.none")) } } @else { table.tbl data-cards {
            thead { tr { @for key in ["name", "version", "rows"] { th scope="col" { (t(lang, &format!("sets.{key}"))) } } } }
            tbody { @for v in &views { tr {
                th scope="row" { a href=(format!("/admin/sets/{}", v.id)) { (say(lang, &v.set.name)) } small { code lang="en" { (v.id) } } }
                td data-l=(t(lang, "sets.version")) { (v.versions.first().map_or("—".to_owned(), |v| v.version.to_string())) }
                td data-l=(t(lang, "sets.rows")) { (v.rows.len()) }
            } } }
        } }
    };
    framed(&visitor, visitor.head(t(lang, "sets.title")), "/admin/sets", &html! {}, &body).await
}

/// `GET /admin/sets/{id}`
pub async fn page(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Markup, WebError> {
    admin(&visitor)?;
    let view = visitor.site.app.set(&id).await.map_err(visitor.fails())?;
    let loaded =
        query.get("loaded").and_then(|v| v.parse().ok()).filter(|v| view.versions.iter().any(|k| k.version == *v));
    render(&visitor, &view, None, loaded).await
}

/// `POST /admin/sets/{id}`: a file is looked at, or one that was looked at is loaded.
pub async fn load(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let staff = admin(&visitor)?;
    let table = posted.get("table");
    let bytes = match posted.files.first().and_then(|f| f.content.clone()) {
        Some(bytes) => bytes,
        None => table.as_bytes().to_vec(),
    };
    let app = &visitor.site.app;
    let report = app.load_set(Some(staff), &id, &bytes, posted.get("step") == "load").await.map_err(visitor.fails())?;
    if let Some(version) = report.version {
        return Ok(Redirect::to(&format!("/admin/sets/{id}?loaded={version}")).into_response());
    }
    let view = app.set(&id).await.map_err(visitor.fails())?;
    let status = if report.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    Ok((status, render(&visitor, &view, Some((report, bytes)), None).await?).into_response())
}

/// `GET /admin/sets/{id}/file?format=xlsx|csv&version=N`
pub async fn file(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, WebError> {
    admin(&visitor)?;
    let xlsx = query.get("format").is_some_and(|f| f == "xlsx");
    let version = match query.get("version") {
        None => None,
        Some(v) => Some(v.parse().map_err(|_| WebError::new(AppError::NotFound, &visitor))?),
    };
    let bytes = visitor.site.app.export_set(&id, version, xlsx).await.map_err(visitor.fails())?;
    let (mime, ending) = if xlsx {
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")
    } else {
        ("text/csv; charset=utf-8", "csv")
    };
    let name: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
    let how = format!("attachment; filename=\"{name}.{ending}\"");
    Ok(([(CONTENT_TYPE, mime.to_owned()), (CONTENT_DISPOSITION, how)], bytes).into_response())
}

async fn render(
    visitor: &Visitor,
    view: &SetView,
    looked: Option<(SetReport, Vec<u8>)>,
    loaded: Option<u32>,
) -> Result<Markup, WebError> {
    let lang = visitor.lang;
    let table = app::set::table(&view.set, &view.rows);
    let heads = heads(lang, view, &table[0]);
    let today = visitor.site.app.now().date();
    let body = html! {
        @if let Some(version) = loaded { (outcome(Tone::Done, &tf(lang, "sets.loaded", &[("n", &version.to_string())]), &html! {})) }
        @if let Some((report, bytes)) = &looked { (preview(visitor, view, report, bytes)) }
        section.sec { header { h2 { (t(lang, "sets.new")) } }
            p { (tf(lang, "sets.columns", &[("columns", &heads.join(t(lang, "desk.list")))])) }
            form method="post" enctype="multipart/form-data" action=(format!("/admin/sets/{}", view.id)) {
                div.field { label for="file" { (t(lang, "sets.file")) }
                    label.file-add { b { (t(lang, "field.file.add")) } span data-many=(t(lang, "field.file.many")) { (t(lang, "field.file.none")) }
                        input type="file" id="file" name="file" required accept=".xlsx,.csv"; } }
                p.actions { button.btn data-kind="go" { (t(lang, "sets.look")) } }
            }
        }
        section.sec { header { h2 { (t(lang, "sets.holds")) } }
            p { a href=(format!("/admin/sets/{}/file?format=xlsx", view.id)) { "Excel" } " · " a href=(format!("/admin/sets/{}/file?format=csv", view.id)) { "CSV" } }
            @if view.rows.is_empty() { p.quiet { (t(lang, "sets.empty")) } } @else { table.tbl data-cards {
                thead { tr { @for head in &heads { th scope="col" { (head) } } } }
                tbody { @for row in table.iter().skip(1).take(SHOWN) { tr { @for ((id, head), cell) in table[0].iter().zip(&heads).zip(row) { td.nb[id == "code"] data-l=(head) { (option(lang, view, id, cell)) } } } } }
            } @if view.rows.len() > SHOWN { p.quiet { (tf(lang, "sets.more", &[("n", &view.rows.len().to_string())])) } } }
        }
        @if !view.versions.is_empty() { section.sec { header { h2 { (t(lang, "sets.versions")) } } ul.plain.stack-s { @for v in &view.versions { li {
            (tf(lang, "sets.line", &[("n", &v.version.to_string()), ("from", &when(lang, v.at, today)), ("rows", &v.rows.to_string())])) " "
            a href=(format!("/admin/sets/{}/file?format=xlsx&version={}", view.id, v.version)) { "Excel" }
        } } } } }
    };
    let head = PageHead {
        crumbs: vec![Crumb::link(Link::new("/admin/sets", t(lang, "sets.title")))],
        ..visitor.head(say(lang, &view.set.name))
    };
    framed(visitor, head, "/admin/sets", &html! {}, &body).await
}

/// What stands over each column: its name where it has one.
fn heads(lang: Lang, view: &SetView, ids: &[String]) -> Vec<String> {
    let name = |id: &String| match id.as_str() {
        "code" => t(lang, "sets.code").to_owned(),
        "name" => t(lang, "sets.name").to_owned(),
        id => view
            .set
            .column
            .get(id)
            .and_then(|c| c.name.as_ref())
            .map_or_else(|| id.to_owned(), |n| say(lang, n).to_owned()),
    };
    ids.iter().map(name).collect()
}

/// A cell in words: the option of a choice by its name.
fn option<'a>(lang: Lang, view: &'a SetView, column: &str, cell: &'a str) -> &'a str {
    let found = view.set.column.get(column).and_then(|c| c.of.iter().find(|o| o.id == cell));
    found.map_or(cell, |o| if lang == Lang::Zh { &o.zh } else { &o.en })
}

fn preview(visitor: &Visitor, view: &SetView, report: &SetReport, bytes: &[u8]) -> Markup {
    let lang = visitor.lang;
    if !report.faults.is_empty() {
        let column = |id: &String| heads(lang, view, std::slice::from_ref(id)).concat();
        let said = tf(lang, "sets.faults", &[("n", &report.faults.len().to_string())]);
        return outcome(
            Tone::Warn,
            &said,
            &html! { ul { @for f in &report.faults { li {
                @if f.line > 0 { (tf(lang, "sets.at", &[("line", &f.line.to_string()), ("column", &column(&f.column))])) } (say(lang, &f.message))
            } } } },
        );
    }
    let counts = [("added", &report.added), ("changed", &report.changed), ("gone", &report.gone)];
    let table = app::sheet::read(bytes).ok().and_then(|t| app::sheet::to_csv(&t).ok());
    let table = table.and_then(|b| String::from_utf8(b).ok()).unwrap_or_default();
    outcome(
        Tone::Plain,
        &tf(lang, "sets.good", &[("rows", &report.rows.to_string())]),
        &html! {
            ul { @for (key, codes) in counts { li {
                (tf(lang, &format!("sets.{key}"), &[("n", &codes.len().to_string())]))
                @if !codes.is_empty() { small.quiet { " " (codes.iter().take(20).map(String::as_str).collect::<Vec<_>>().join(t(lang, "desk.list"))) @if codes.len() > 20 { " …" } } }
            } } }
            form method="post" enctype="multipart/form-data" action=(format!("/admin/sets/{}", view.id)) {
                textarea name="table" hidden { (table) }
                p.actions { button.btn data-kind="go" name="step" value="load" { (t(lang, "sets.load")) } }
            }
        },
    )
}
