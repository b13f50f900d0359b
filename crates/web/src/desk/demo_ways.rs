//! In a demo: everything that can be tried, and at whose post it begins, so that nothing has to be known before. Who may
//! raise what is the mechanism's and the directory's affair; this only looks it up.

use super::new::fits;
use super::words::{post, say};
use crate::i18n::{Lang, t, tf};
use crate::portal::doors;
use crate::visitor::Visitor;
use app::catalogue::Effective;
use app::directory::Snapshot;
use app::view::body_name;
use kernel::ids::BodyId;
use kernel::mechanism::{Door, Mechanism, RAISE, RAISER};
use kernel::region::RegionCode;
use kernel::role::{Role, Standing, resolve};
use maud::{Markup, html};
use std::collections::BTreeSet;

/// Somebody at whose post a matter begins: the sign-in name, and the post in words.
struct Beginner {
    login: String,
    post: String,
}

/// The list. `press` draws the button that signs in: sign-in name, its words, and where it leads.
#[must_use]
pub fn ways(visitor: &Visitor, press: &dyn Fn(&str, &str, &str) -> Markup) -> Markup {
    let lang = visitor.lang;
    let territory = visitor.site.app.settings().territory;
    let groups = doors::everything(visitor, &territory);
    let count: usize = groups.iter().map(|(_, ways)| ways.len()).sum();
    html! { details.block { summary { (tf(lang, "desk.signin.ways", &[("n", &count.to_string())])) }
        p.quiet { (t(lang, "desk.signin.ways_text")) }
        @for (door, ways) in &groups { h3.h3 { (doors::title(lang, *door)) }
            dl.demo-doors { @for way in ways { (one(visitor, way, press)) } } }
    } }
}

fn one(visitor: &Visitor, way: &Effective, press: &dyn Fn(&str, &str, &str) -> Markup) -> Markup {
    let lang = visitor.lang;
    let head = &way.mechanism.mechanism;
    let by_residents =
        head.door != Door::Staff && way.mechanism.action.get(RAISE).is_some_and(|a| a.by.iter().any(|r| r == RAISER));
    html! { div {
        dt { (say(lang, &head.name)) }
        dd {
            @if by_residents { a.btn href=(format!("/raise/{}", head.id)) { (t(lang, "desk.signin.as_resident")) } }
            @else if let Some(who) = beginner(visitor, &head.id) { (press(&who.login, &who.post, &format!("/desk/intake?mechanism={}", head.id))) }
            @else { span.quiet { (t(lang, "desk.signin.by_itself")) } }
        }
    } }
}

/// The first whose post may raise it, in the territory or where one of the bodies is.
fn beginner(visitor: &Visitor, id: &str) -> Option<Beginner> {
    let app = &visitor.site.app;
    let directory = app.directory();
    let territory = app.settings().territory;
    let below: BTreeSet<RegionCode> =
        directory.bodies().map(|b| b.region).filter(|r| *r != territory && territory.contains(r)).collect();
    std::iter::once(territory).chain(below).find_map(|region| {
        let effective = app.catalogue().effective(id, &region)?;
        raisers(&effective.mechanism, &region, &directory)
            .into_iter()
            .find_map(|(role, body)| at(visitor.lang, role, body, &directory))
    })
}

fn raisers<'a>(mechanism: &'a Mechanism, region: &RegionCode, directory: &Snapshot) -> Vec<(&'a Role, BodyId)> {
    let found = resolve(mechanism, region, &Standing::default(), directory);
    let Some(raise) = mechanism.action.get(RAISE) else { return Vec::new() };
    raise.by.iter().filter_map(|r| Some((mechanism.role.get(r)?, *found.get(r)?))).collect()
}

fn at(lang: Lang, role: &Role, body: BodyId, directory: &Snapshot) -> Option<Beginner> {
    let mut people = directory.persons().filter(|p| p.active);
    people.find_map(|person| {
        let own = directory.posts_of(person.id).find(|p| p.body == body && fits(role, &p.role))?;
        let body = body_name(directory, body);
        let words = [("body", say(lang, &body.name)), ("post", &post(lang, &own.role))];
        Some(Beginner { login: person.login.clone(), post: tf(lang, "desk.me.post", &words) })
    })
}
