//! From a clause to the rules: which texts the mechanisms in force here name, and what rests on one clause. Where a text
//! has changed, this is the list to go through; whether a rule still follows its clause is for a reader.

use super::admin;
use crate::components::Link;
use crate::components::breadcrumb::Crumb;
use crate::components::empty::{Empty, empty};
use crate::desk::about::about;
use crate::desk::frame::page as framed;
use crate::desk::words::say;
use crate::error::WebError;
use crate::i18n::{Lang, labelled, source, t, tf};
use crate::layout::{PageHead, escaped};
use crate::visitor::Visitor;
use app::clauses::{Cited, Item, cited, clauses};
use app::resting::in_force;
use axum::extract::Query;
use maud::{Markup, html};
use serde::Deserialize;

/// Which clause, or which whole text.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Asked {
    clause: String,
}

/// The page.
///
/// # Errors
/// `SignIn`, `NotFound`.
pub async fn page(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Markup, WebError> {
    admin(&visitor)?;
    let lang = visitor.lang;
    let (all, wanted) =
        (in_force(visitor.site.app.catalogue(), &visitor.site.app.settings().territory), asked.clause.trim());
    let texts = cited(&all);
    let on = clauses(wanted);
    if on.is_empty() {
        let title = tf(lang, "admin.clauses.title", &[("n", &texts.len().to_string())]);
        let body = html! { (lookup(lang, "")) (table(lang, &texts)) };
        return framed(&visitor, visitor.head(title), "/admin/clauses", &html! {}, &body).await;
    }
    let rests = |i: &&Item| clauses(&i.source).iter().any(|c| on.iter().any(|o| o.touches(c)));
    let rows: Vec<&Item> = all.iter().filter(rests).collect();
    let text = texts.iter().find(|x| x.key == on[0].text);
    let title = tf(lang, "admin.clauses.of", &[("clause", &source(lang, wanted)), ("n", &rows.len().to_string())]);
    let head = PageHead {
        crumbs: vec![Crumb::link(Link::new("/admin/clauses", t(lang, "admin.nav.clauses")))],
        ..visitor.head(title)
    };
    let body = html! {
        (lookup(lang, wanted))
        @if let Some(text) = text.filter(|x| !x.clauses.is_empty()) { p { (t(lang, "admin.clauses.others")) " " (articles(lang, text)) } }
        @if rows.is_empty() { (empty(&Empty { title: t(lang, "admin.clauses.none").into(), text: None, action: None })) }
        @else { (found(lang, &rows)) }
    };
    framed(&visitor, head, "/admin/clauses", &html! {}, &body).await
}

fn lookup(lang: Lang, wanted: &str) -> Markup {
    html! {
        p.quiet { (t(lang, "admin.clauses.lede")) }
        form.filters method="get" action="/admin/clauses" {
            label { (t(lang, "admin.clauses.clause")) " " input.in type="text" name="clause" value=(wanted) maxlength="60"; }
            button.btn { (t(lang, "admin.clauses.show")) }
        }
    }
}

fn table(lang: Lang, texts: &[Cited]) -> Markup {
    html! { table.tbl data-cards { caption.vh { (t(lang, "admin.nav.clauses")) }
        thead { tr { @for key in ["text", "items", "articles"] { th scope="col" { (t(lang, &format!("admin.clauses.{key}"))) } } } }
        tbody { @for text in texts { tr {
            th scope="row" { a.t href=(address(&text.key)) { (source(lang, &text.key)) } @if text.title.is_some() { small.num { (text.key) } } }
            td data-l=(t(lang, "admin.clauses.items")) { (text.items) }
            td data-l=(t(lang, "admin.clauses.articles")) { (articles(lang, text)) }
        } } }
    } }
}

/// The clauses of a text, each leading to what rests on it. Of what is no document nothing is told apart.
fn articles(lang: Lang, text: &Cited) -> Markup {
    let told = text.title.as_ref().is_none_or(|t| !t.plain);
    html! { @if text.clauses.is_empty() || !told { "—" } @else { @for (i, (clause, n)) in text.clauses.iter().enumerate() {
        @if i > 0 { (t(lang, "desk.list")) }
        a href=(address(&clause.key())) title=(tf(lang, "admin.clauses.n", &[("n", &n.to_string())])) { (clause.article) }
    } } }
}

fn address(clause: &str) -> String {
    format!("/admin/clauses?clause={}", escaped(clause))
}

/// What rests on it, mechanism by mechanism.
fn found(lang: Lang, rows: &[&Item]) -> Markup {
    html! { @for group in rows.chunk_by(|a, b| a.mechanism == b.mechanism) { section.sec {
        header { h2 { a href=(format!("/admin/mechanisms/{}", group[0].mechanism)) { (say(lang, &group[0].name)) } " " (group.len()) } }
        table.tbl data-cards {
            thead { tr { @for key in ["item", "value", "source"] { th scope="col" { (t(lang, &format!("admin.clauses.{key}"))) } } } }
            tbody { @for item in group { tr {
                th scope="row" { (named(lang, item)) small.num { (item.path) } }
                td data-l=(t(lang, "admin.clauses.value")) { @match &item.value { Some(v) => (say(lang, v)), None => { "—" } } }
                td data-l=(t(lang, "admin.clauses.source")) { (source(lang, &item.source)) }
            } } }
        }
    } } }
}

fn named(lang: Lang, item: &Item) -> String {
    let kind = kind(lang, item);
    item.label.as_ref().map_or_else(|| kind.to_owned(), |label| labelled(lang, kind, &about(lang, label)))
}

/// What kind of item it is: the table of the pack in which it stands.
fn kind(lang: Lang, item: &Item) -> &'static str {
    let table = item.path.split('.').next().unwrap_or_default();
    t(
        lang,
        match table {
            "number" => "admin.clauses.kind.number",
            "action" => "admin.clauses.kind.action",
            "field" => "admin.clauses.kind.field",
            "mechanism" => "admin.clauses.kind.mechanism",
            "retention" => "admin.clauses.kind.retention",
            "vote" => "admin.clauses.kind.vote",
            "cap" => "admin.clauses.kind.cap",
            _ => "admin.clauses.kind.other",
        },
    )
}
