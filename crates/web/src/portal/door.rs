//! One door of the home page: the box for one sentence, and every way behind the door with the dates of its first answer.

use super::doors::{self, key, kind};
use super::words::say;
use crate::components::Link;
use crate::components::breadcrumb::Crumb;
use crate::components::empty::{Empty, empty};
use crate::components::tile_doors::{Door as Tile, tile_doors};
use crate::error::WebError;
use crate::i18n::{Lang, date_long, t, tf};
use crate::layout::{PageHead, portal_page};
use crate::visitor::Visitor;
use app::catalogue::Effective;
use app::error::AppError;
use axum::extract::{Path, Query};
use kernel::mechanism::Door;
use kernel::region::RegionCode;
use maud::{Markup, html};
use std::collections::HashMap;

/// `GET /door/{door}`
pub async fn page(
    visitor: Visitor,
    Path(word): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Markup, WebError> {
    let door = doors::known(&word).ok_or_else(|| WebError::new(AppError::NotFound, &visitor))?;
    let lang = visitor.lang;
    let territory = visitor.site.app.settings().territory;
    let asked = query.get("region").and_then(|r| r.parse().ok()).filter(|r| territory.contains(r));
    let region: RegionCode = asked.unwrap_or(territory);
    let ways = doors::offered(&visitor, &region, door);
    let others = others(&visitor, door);
    let title = t(lang, &format!("door.{}.title", key(door)));
    let now = super::now::newest(&visitor, door, &region).await?;
    let body = html! { div.narrow {
        h1.title { label for="say" { (title) } }
        p.lede { (t(lang, &format!("door.{}.text", key(door)))) }
        @if ways.is_empty() { (empty(&nothing(&visitor))) } @else {
            (ask(lang, door))
            (now)
            section.block { h2.h2 { (t(lang, "portal.door.ways")) }
                ul.plain.ways { @for way in &ways { (line(&visitor, way, &region)) } } }
        }
        @if !others.is_empty() { section.block { h2.h2 { (t(lang, "portal.door.others")) } (tile_doors(&others)) } }
    } };
    let crumbs = vec![Crumb::link(Link::new("/", t(lang, "nav.home")))];
    Ok(portal_page(&PageHead { section: "home", crumbs, ..visitor.head(title) }, &body))
}

/// One sentence, without choosing: the next page offers the ways behind this door.
fn ask(lang: Lang, door: Door) -> Markup {
    html! { form.ask method="post" action="/raise" data-draft="/raise" {
        input type="hidden" name="door" value=(doors::word(door));
        textarea.in #say name="what" rows="3" placeholder=(t(lang, &format!("door.{}.example", key(door)))) {}
        p.actions { button.btn data-kind="go" name="go" value="start" { (t(lang, "raise.next")) }
            span.quiet.small { (t(lang, "portal.home.steps")) } }
    } }
}

fn line(visitor: &Visitor, way: &Effective, region: &RegionCode) -> Markup {
    let (lang, head) = (visitor.lang, &way.mechanism.mechanism);
    let own =
        if *region == visitor.site.app.settings().territory { String::new() } else { format!("?region={region}") };
    html! { li {
        a href=(format!("/raise/{}{own}", head.id)) { b { (say(lang, &head.name)) } }
        p { (say(lang, &head.summary)) }
        p.small.quiet { (promise(visitor, way)) " " a.nb href=(format!("/open/mechanisms/{}{own}", head.id)) { (t(lang, "portal.door.rules")) } }
    } }
}

/// The dates of the first answer to what is sent now.
fn promise(visitor: &Visitor, way: &Effective) -> String {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    match app.catalogue().promise(way, app.calendar(), app.now()) {
        Some((due, latest, _)) if due == latest => {
            tf(lang, "portal.door.promise_one", &[("due", &date_long(lang, due.date()))])
        }
        Some((due, latest, _)) => tf(
            lang,
            "portal.door.promise",
            &[("due", &date_long(lang, due.date())), ("latest", &date_long(lang, latest.date()))],
        ),
        None => t(lang, "raise.promise.none").to_owned(),
    }
}

fn others(visitor: &Visitor, door: Door) -> Vec<Tile> {
    let mut tiles = doors::tiles(visitor);
    tiles.retain(|tile| tile.kind != kind(door));
    tiles
}

/// That nothing is offered, and whom to call.
pub(super) fn nothing(visitor: &Visitor) -> Empty {
    let lang = visitor.lang;
    let text = match &visitor.site.app.settings().phone {
        Some(phone) => tf(lang, "portal.home.else", &[("phone", phone)]),
        None => t(lang, "portal.door.none_text").to_owned(),
    };
    Empty {
        title: t(lang, "portal.door.none").into(),
        text: Some(text),
        action: Some(Link::new("/", t(lang, "nav.home"))),
    }
}
