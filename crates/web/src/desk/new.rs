//! What this person may raise, on one page: grouped as the doors of the home page, with a search; and the same list for
//! intake and the rail. What a role is comes from the mechanism and the directory; whether it is done, from the use case.

use super::frame::{hints, page};
use super::words::say;
use crate::components::empty::{Empty, empty};
use crate::components::filter_bar::{FilterBar, filter_bar};
use crate::error::WebError;
use crate::i18n::{Lang, t, tf};
use crate::posted::Posted;
use crate::visitor::Visitor;
use app::catalogue::Effective;
use app::viewer::Staff;
use kernel::mechanism::{Door, Mechanism, RAISE};
use kernel::permit::itself;
use kernel::region::RegionCode;
use kernel::role::{Role, Standing, resolve};
use maud::{Markup, html};
use std::collections::BTreeSet;

/// A mechanism that somebody may raise, and where: the whole territory, or the region of one of his bodies.
#[derive(Clone)]
pub struct Raisable {
    /// As it holds there.
    pub effective: Effective,
    /// Where.
    pub region: RegionCode,
}

/// The mechanisms that somebody at these posts may raise, in the order of their heads.
#[must_use]
pub fn raisable(visitor: &Visitor, staff: &Staff) -> Vec<Raisable> {
    let regions = regions(visitor, staff);
    let mut all: Vec<Raisable> =
        visitor.site.app.catalogue().ids().iter().filter_map(|id| first(visitor, staff, id, &regions)).collect();
    all.sort_by_key(|r| r.effective.mechanism.mechanism.order);
    all
}

/// Whether there is anything that somebody at these posts may raise.
#[must_use]
pub fn raises_any(visitor: &Visitor, staff: &Staff) -> bool {
    let regions = regions(visitor, staff);
    visitor.site.app.catalogue().ids().iter().any(|id| first(visitor, staff, id, &regions).is_some())
}

/// The whole territory first, then where the bodies of the posts are.
fn regions(visitor: &Visitor, staff: &Staff) -> Vec<RegionCode> {
    let territory = visitor.site.app.settings().territory;
    let directory = visitor.site.app.directory();
    let own: BTreeSet<RegionCode> = staff
        .posts
        .iter()
        .filter_map(|p| Some(directory.body(p.body)?.region))
        .filter(|r| territory.contains(r))
        .collect();
    std::iter::once(territory).chain(own.into_iter().filter(|r| *r != territory)).collect()
}

fn first(visitor: &Visitor, staff: &Staff, id: &str, regions: &[RegionCode]) -> Option<Raisable> {
    let found = regions.iter().filter_map(|region| {
        let effective = visitor.site.app.catalogue().effective(id, region)?;
        let open = visitor.site.app.nobody_in(&effective, region).is_none();
        (open && may_raise(visitor, staff, &effective.mechanism, region))
            .then_some(Raisable { effective, region: *region })
    });
    { found }.next()
}

fn may_raise(visitor: &Visitor, staff: &Staff, mechanism: &Mechanism, region: &RegionCode) -> bool {
    let Some(raise) = mechanism.action.get(RAISE) else { return false };
    let directory = visitor.site.app.directory();
    let found = resolve(mechanism, region, &Standing::default(), &*directory);
    raise
        .by
        .iter()
        .filter_map(|r| Some((mechanism.role.get(r)?, *found.get(r)?)))
        .any(|(role, body)| staff.posts.iter().any(|p| p.body == body && fits(role, &p.role)))
        || itself(mechanism, region, &*directory, &staff.posts).is_some()
}

/// Whether a post is one that a role names; a role that names none means whoever works matters there.
#[must_use]
pub fn fits(role: &Role, post: &str) -> bool {
    match &role.post {
        Some(wanted) => wanted == post,
        None => !matches!(post, "admin" | "auditor"),
    }
}

const GROUPS: [(Door, &str); 5] = [
    (Door::Staff, "desk.new.staff"),
    (Door::Report, "door.problem.title"),
    (Door::Suggest, "door.suggest.title"),
    (Door::Find, "door.find.title"),
    (Door::Join, "door.take_part.title"),
];

/// `GET /desk/new`: everything.
pub async fn all(visitor: Visitor) -> Result<Markup, WebError> {
    new(visitor, Posted::default()).await
}

/// `POST /desk/new`: what these words find. No page puts typed words into an address.
pub async fn new(visitor: Visitor, asked: Posted) -> Result<Markup, WebError> {
    let staff = visitor.staff()?;
    let lang = visitor.lang;
    let words = asked.get("q").trim();
    let mut all = raisable(&visitor, staff);
    let some = !all.is_empty();
    all.retain(|r| meets(r, words));
    let group = |(door, key): (Door, &'static str)| {
        let ours: Vec<&Raisable> = all.iter().filter(|r| r.effective.mechanism.mechanism.door == door).collect();
        (key, ours)
    };
    let bar =
        FilterBar { action: "/desk/new".into(), query: Some(words.to_owned()), posted: true, ..FilterBar::default() };
    let body = html! {
        @if some { p.lede { (t(lang, "desk.new.lede")) } (filter_bar(lang, &bar)) }
        @if all.is_empty() { (empty(&nothing(lang, some))) }
        @for (key, ours) in GROUPS.into_iter().map(group).filter(|(_, ours)| !ours.is_empty()) {
            section.sec.new { header { h2 { (t(lang, key)) } } ul.plain { @for r in ours { (line(lang, r)) } } }
        }
    };
    let title = if words.is_empty() {
        t(lang, "desk.new.title").to_owned()
    } else {
        tf(lang, "desk.new.found", &[("n", &all.len().to_string()), ("words", words)])
    };
    let keys = hints(lang, &[("/", "keys.search"), ("J / K", "keys.next"), ("Enter", "keys.open")]);
    page(&visitor, visitor.head(title), "/desk/new", &keys, &body).await
}

fn line(lang: Lang, r: &Raisable) -> Markup {
    let head = &r.effective.mechanism.mechanism;
    let label = r.effective.mechanism.action.get(RAISE).map_or("", |a| say(lang, &a.label));
    html! { li data-row { a href=(format!("/desk/intake?mechanism={}", head.id)) { b { (say(lang, &head.name)) } }
    span.verb { (label) } p.small.quiet { (say(lang, &head.summary)) " " a.nb href=(format!("/open/mechanisms/{}?region={}", head.id, r.region)) { (t(lang, "portal.door.rules")) } } } }
}

fn nothing(lang: Lang, some: bool) -> Empty {
    let key = if some { "desk.new.none" } else { "desk.new.nothing" };
    let action = some.then(|| crate::components::Link::new("/desk/new", t(lang, "desk.new.all")));
    Empty { title: t(lang, key).into(), text: Some(t(lang, &format!("{key}_text")).into()), action }
}

/// Each word stands somewhere in what the mechanism is called and for, in either language.
fn meets(r: &Raisable, words: &str) -> bool {
    let head = &r.effective.mechanism.mechanism;
    let mut text = [&head.name, &head.summary].map(|t| format!("{} {}", t.zh, t.en)).join(" ");
    if let Some(raise) = r.effective.mechanism.action.get(RAISE) {
        text.push_str(&format!(" {} {}", raise.label.zh, raise.label.en));
    }
    let text = text.to_lowercase();
    words.split_whitespace().all(|w| text.contains(&w.to_lowercase()))
}
