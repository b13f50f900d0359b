//! What was published of matters: words that an office wrote for everybody, never what a person wrote.

use super::doors;
use super::words::{say, when};
use crate::components::empty::{Empty, empty};
use crate::components::ring::{Size, ring};
use crate::error::WebError;
use crate::i18n::{t, tf};
use crate::layout::{PageHead, portal_page, with_query};
use crate::visitor::Visitor;
use app::kin::PublishedView;
use app::lists::MarkRow;
use axum::extract::Query;
use kernel::ids::MatterId;
use kernel::region::RegionCode;
use maud::{Markup, html};
use std::collections::HashMap;

/// How many stand on one page.
const PAGE: u32 = 20;

/// `GET /open/matters?region=&after=`; with `door=` what is under way at that door
pub async fn matters(visitor: Visitor, Query(query): Query<HashMap<String, String>>) -> Result<Markup, WebError> {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let territory = app.settings().territory;
    let given = query.get("region").and_then(|r| r.parse::<RegionCode>().ok());
    let region = given.filter(|r| territory.contains(r)).unwrap_or(territory);
    let cell = app.cell_of(&region);
    let after = query.get("after").and_then(|a| {
        let (order, serial) = a.split_once('.')?;
        Some((order.parse().ok()?, MatterId { cell, serial: serial.parse().ok()? }))
    });
    if let Some(door) = query.get("door").and_then(|d| doors::known(d)) {
        return super::now::all(&visitor, door, &region, after).await;
    }
    let after = after.map(|(order, id)| {
        let (kind, key, about) = ("published".to_owned(), String::new(), String::new());
        MarkRow { kind, key, order, id, about }
    });
    let (views, next) = app.published(cell, Some(&region), after, PAGE).await.map_err(visitor.fails())?;
    let body = html! {
        h1.title { (t(lang, "portal.published.title")) }
        p.lede { (t(lang, "portal.published.lede")) }
        @if views.is_empty() { (empty(&Empty { title: t(lang, "portal.published.none").to_owned(), text: Some(t(lang, "portal.published.none_text").to_owned()), action: None })) }
        @else { ul.matters { @for v in &views { (one(&visitor, v)) } } }
        @if let Some(next) = next { p.block { a href=(with_query(&format!("/open/matters?region={}", region.as_str()), "after", &format!("{}.{}", next.order, next.id.serial))) { (t(lang, "portal.published.more")) } } }
        p.src.block { (t(lang, "portal.published.source")) }
    };
    Ok(portal_page(&PageHead { section: "open", ..visitor.head(t(lang, "portal.published.title")) }, &body))
}

fn one(visitor: &Visitor, v: &PublishedView) -> Markup {
    let (lang, today) = (visitor.lang, visitor.site.app.now().date());
    html! { li {
        (ring(lang, Size::S, crate::portal::words::ring_at(v.ring, v.ended)))
        p { a href=(format!("/open/matters/{}", v.number)) { b { (v.words) } }
            span { (say(lang, &v.mechanism)) " · " (say(lang, &v.state)) " · " (say(lang, &v.place)) " · " (tf(lang, "portal.published.at", &[("when", &when(lang, v.at, today))])) " · " span.num.nb { (v.number) } } }
    } }
}
