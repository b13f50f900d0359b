//! Questions and answers: what is asked often, whose it is, when it was last checked. Everybody reads it; the hotline
//! answers from it.

use super::words::{say, when};
use crate::components::Link;
use crate::components::empty::{Empty, empty};
use crate::error::WebError;
use crate::i18n::{Lang, t, tf};
use crate::layout::{PageHead, portal_page, with_query};
use crate::posted::Posted;
use crate::visitor::Visitor;
use app::kin::ShelfView;
use app::lists::MarkRow;
use axum::extract::Query;
use kernel::ids::{Cell, MatterId};
use kernel::region::RegionCode;
use maud::{Markup, html};
use std::collections::HashMap;

/// How many stand on one page.
const PAGE: u32 = 20;
/// So few are shown open.
const OPEN: usize = 2;
/// The longest question that is searched for, in characters.
const LONGEST: usize = 60;

/// `GET /know?region=&after=`
pub async fn page(visitor: Visitor, Query(query): Query<HashMap<String, String>>) -> Result<Markup, WebError> {
    found(visitor, query, "").await
}

/// `POST /know`: what these words find. No page puts typed words into an address.
pub async fn ask(
    visitor: Visitor,
    Query(query): Query<HashMap<String, String>>,
    asked: Posted,
) -> Result<Markup, WebError> {
    found(visitor, query, asked.get("q")).await
}

async fn found(visitor: Visitor, query: HashMap<String, String>, asked: &str) -> Result<Markup, WebError> {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let territory = app.settings().territory;
    let given = query.get("region").and_then(|r| r.parse::<RegionCode>().ok());
    let region = given.filter(|r| territory.contains(r)).unwrap_or(territory);
    let cell = app.cell_of(&region);
    let words: String = asked.trim().chars().take(LONGEST).collect();
    let after = query.get("after").and_then(|a| place(cell, a));
    let (views, next) = app.shelf(cell, &region, &words, after, PAGE).await.map_err(visitor.fails())?;
    let body = html! {
        h1.title { (t(lang, "portal.know.title")) }
        p.lede { (t(lang, "portal.know.lede")) }
        (form(lang, &words))
        @if views.is_empty() { div.block { (nothing(&visitor, &words)) } }
        @else { div.block { @for v in &views { (one(&visitor, v, views.len() <= OPEN)) } } }
        @if let Some(next) = next { p.block { a href=(with_query(&format!("/know?region={}", region.as_str()), "after", &format!("{}.{}", next.order, next.id.serial))) { (t(lang, "portal.know.more")) } } }
        p.src.block { (t(lang, "portal.know.source")) }
    };
    Ok(portal_page(&PageHead { section: "know", ..visitor.head(t(lang, "portal.know.title")) }, &body))
}

fn place(cell: Cell, after: &str) -> Option<MarkRow> {
    let (order, serial) = after.split_once('.')?;
    let id = MatterId { cell, serial: serial.parse().ok()? };
    let (kind, key, about) = ("published".to_owned(), "shelf".to_owned(), String::new());
    Some(MarkRow { kind, key, order: order.parse().ok()?, id, about })
}

fn form(lang: Lang, words: &str) -> Markup {
    html! { form.block method="post" action="/know" role="search" {
        div.field { label for="q" { (t(lang, "portal.know.ask")) }
            input.in #q name="q" type="search" value=(words) maxlength=(LONGEST) autocomplete="off"; }
        p.actions { button.btn data-kind="go" { (t(lang, "portal.know.search")) }
            @if !words.is_empty() { " " a href="/know" { (t(lang, "portal.know.all")) } } }
    } }
}

fn nothing(visitor: &Visitor, words: &str) -> Markup {
    let lang = visitor.lang;
    let title = if words.is_empty() { "portal.know.none" } else { "portal.know.not_found" };
    let mut text = t(lang, "portal.know.none_text").to_owned();
    if let Some(phone) = &visitor.site.app.settings().phone {
        text.push_str(&tf(lang, "portal.know.call", &[("phone", phone)]));
    }
    let action = Some(Link::new("/raise", t(lang, "portal.know.raise")));
    empty(&Empty { title: t(lang, title).to_owned(), text: Some(text), action })
}

fn one(visitor: &Visitor, v: &ShelfView, open: bool) -> Markup {
    let (lang, now) = (visitor.lang, visitor.site.app.now());
    let day = |at| when(lang, at, now.date());
    let late = v.check_by.filter(|by| *by < now);
    html! { details.qa open[open] {
        summary { b { (v.title) } @if let Some(k) = &v.keeper { span.small.quiet { (say(lang, &k.name)) } } }
        p.voice { @for line in v.words.lines() { (line) br; } }
        dl.facts {
            dt { (t(lang, "portal.know.keeper")) } dd { (v.keeper.as_ref().map_or_else(|| t(lang, "portal.nobody").to_owned(), |k| say(lang, &k.name).to_owned()))
                @if let Some(phone) = v.keeper.as_ref().and_then(|k| k.phone.as_ref()) { " " a href=(format!("tel:{phone}")) { (phone) } } }
            dt { (t(lang, "portal.know.state")) } dd { (say(lang, &v.state)) " · " (tf(lang, "portal.know.touched", &[("when", &day(v.touched))])) }
            @if let Some(by) = late { dt { (t(lang, "portal.know.late")) } dd.warn { (tf(lang, "portal.know.late_since", &[("when", &day(by))])) } }
            dt { (t(lang, "portal.know.place")) } dd { (say(lang, &v.place)) " · " span.num.nb { (v.number) } }
        }
    } }
}
