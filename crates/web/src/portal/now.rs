//! What is under way and asks people in: three at each door, all of a door on pages of their own.

use super::doors::{self, key};
use super::words::{say, when};
use crate::components::Link;
use crate::components::breadcrumb::Crumb;
use crate::components::empty::{Empty, empty};
use crate::error::WebError;
use crate::i18n::{date_long, t, tf};
use crate::layout::{PageHead, portal_page, with_query};
use crate::visitor::Visitor;
use app::installation::App;
use app::kin::{InvitedView, TakePart};
use app::lists::MarkRow;
use kernel::ids::MatterId;
use kernel::mechanism::Door;
use kernel::region::RegionCode;
use maud::{Markup, html};

/// How many stand at a door.
const AT_A_DOOR: u32 = 3;
/// How many stand on one page.
const PAGE: u32 = 20;

/// The newest at a door; nothing where nothing is under way.
pub async fn newest(visitor: &Visitor, door: Door, region: &RegionCode) -> Result<Markup, WebError> {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let (views, next) = app.invited_at(door, region, None, AT_A_DOOR).await.map_err(visitor.fails())?;
    Ok(html! { @if !views.is_empty() { section.block #now {
        h2.h2 { (t(lang, "portal.door.now.title")) }
        (list(visitor, &views, region))
        @if next.is_some() { p { a href=(address(door, region)) { (t(lang, "portal.door.now.all")) } } }
    } } })
}

/// All of a door, page by page.
pub async fn all(
    visitor: &Visitor,
    door: Door,
    region: &RegionCode,
    after: Option<(i64, MatterId)>,
) -> Result<Markup, WebError> {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let after: Option<MarkRow> = after.map(|(order, id)| App::invited_after(door, order, id));
    let (views, next) = app.invited_at(door, region, after, PAGE).await.map_err(visitor.fails())?;
    let title = t(lang, &format!("door.{}.title", key(door)));
    let more = |n: &MarkRow| with_query(&address(door, region), "after", &format!("{}.{}", n.order, n.id.serial));
    let nothing = Empty {
        title: t(lang, "portal.door.now.none").to_owned(),
        text: Some(t(lang, "portal.door.now.none_text").to_owned()),
        action: None,
    };
    let body = html! { div.narrow {
        p.overline { (title) }
        h1.title { (t(lang, "portal.door.now.all")) }
        p.lede { (t(lang, "portal.door.now.lede")) }
        @if views.is_empty() { (empty(&nothing)) } @else { (list(visitor, &views, region)) }
        @if let Some(next) = &next { p.block { a href=(more(next)) { (t(lang, "portal.door.now.more")) } } }
        p.block { a href=(format!("/door/{}", doors::word(door))) { (tf(lang, "portal.door.now.back", &[("door", title)])) } }
    } };
    let crumbs = vec![
        Crumb::link(Link::new("/", t(lang, "nav.home"))),
        Crumb::link(Link::new(format!("/door/{}", doors::word(door)), title)),
    ];
    let head = visitor.head(t(lang, "portal.door.now.all"));
    Ok(portal_page(&PageHead { section: "home", crumbs, ..head }, &body))
}

fn address(door: Door, region: &RegionCode) -> String {
    format!("/open/matters?door={}&region={region}", doors::word(door))
}

fn list(visitor: &Visitor, views: &[InvitedView], region: &RegionCode) -> Markup {
    html! { ul.plain.invited { @for v in views { (one(visitor, v, region)) } } }
}

fn one(visitor: &Visitor, v: &InvitedView, region: &RegionCode) -> Markup {
    let (lang, today) = (visitor.lang, visitor.site.app.now().date());
    let time = match v.day {
        Some(day) => tf(lang, "portal.door.now.day", &[("day", &date_long(lang, day))]),
        None => tf(lang, "portal.door.now.until", &[("until", &when(lang, v.until, today))]),
    };
    let page = format!("/open/matters/{}", v.number);
    html! { li {
        a href=(page) { b { (v.title) } }
        p.small.quiet { (say(lang, &v.mechanism)) " · " (say(lang, &v.place)) " · " b.nb { (time) } }
        p.invited-ways {
            @for way in &v.ways { (take_part(visitor, v, way, region)) }
            @if v.ways.is_empty() { a href=(page) { (t(lang, "portal.door.now.read")) } }
        }
    } }
}

fn take_part(visitor: &Visitor, v: &InvitedView, way: &TakePart, region: &RegionCode) -> Markup {
    let (lang, page) = (visitor.lang, format!("/open/matters/{}", v.number));
    let own =
        if *region == visitor.site.app.settings().territory { String::new() } else { format!("?region={region}") };
    html! { @match way {
        TakePart::Write { child } => a href=(format!("{page}/{child}")) { (t(lang, "portal.door.now.write")) },
        TakePart::Vote => a href=(format!("/v/{}", v.number)) { (t(lang, "portal.door.now.vote")) },
        TakePart::Book { free: 0, .. } => span.quiet { (t(lang, "portal.door.now.full")) },
        TakePart::Book { mechanism, label, free } => {
            a href=(format!("/raise/{mechanism}{own}")) { (say(lang, label)) }
            " " span.quiet.nb { (tf(lang, "portal.door.now.free", &[("n", &free.to_string())])) }
        },
    } }
}
