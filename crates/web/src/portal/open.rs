//! What anybody may see: what is overdue, the key that signs receipts, and the rules of each mechanism in plain words.

use super::doors;
use super::raise::draft;
use super::words::{say, when, worked};
use crate::components::empty::{Empty, empty};
use crate::components::ring::{Phase, Ring, Size, ring};
use crate::error::WebError;
use crate::i18n::{Lang, date_long, t, tf};
use crate::layout::{PageHead, portal_page};
use crate::visitor::Visitor;
use app::lists::ItemView;
use axum::extract::{Path, Query};
use kernel::mechanism::{Clock, Mechanism, RAISE, RAISER, Ring as Segment};
use kernel::number::Value;
use kernel::region::RegionCode;
use maud::{Markup, html};
use std::collections::HashMap;

/// The most rows of the public list on one page.
const MOST: u32 = 50;

fn page_head(visitor: &Visitor, title: &str) -> PageHead {
    PageHead { section: "open", ..visitor.head(title) }
}

/// `GET /open`
pub async fn overdue(visitor: Visitor) -> Result<Markup, WebError> {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let territory = app.settings().territory;
    let mut rows = app.overdue_list(app.cell_of(&territory), None, MOST).await.map_err(visitor.fails())?;
    // Two periods of a matter may run out at the same moment; to a reader that is one lateness.
    rows.dedup_by(|(a, late), (b, since)| a.number == b.number && late.at == since.at);
    let today = app.now().date();
    let body = html! {
        h1.title { (t(lang, "portal.open.overdue")) }
        p.lede { (t(lang, "portal.open.lede")) }
        @if rows.is_empty() { (empty(&Empty { title: t(lang, "portal.open.none.label").to_owned(), text: Some(t(lang, "portal.open.none.text").to_owned()), action: None })) }
        @else { table.tbl data-cards { caption.vh { (t(lang, "portal.open.overdue")) }
            thead { tr { th scope="col" { (t(lang, "receipt.number.label")) } th scope="col" { (t(lang, "portal.open.what")) } th scope="col" { (t(lang, "work.holder")) } th scope="col" { (t(lang, "portal.open.since")) } } }
            tbody { @for (item, row) in &rows { (line(&visitor, item, &when(lang, row.at, today))) } } } }
        p.src.block { (tf(lang, "portal.open.source", &[("as_of", &when(lang, app.now(), today))])) }
        section.block #rules { h2.h2 { (t(lang, "portal.open.rules")) } p.quiet { (t(lang, "portal.open.rules_text")) } (every(&visitor, &territory)) }
        section.block { h2.h2 { (t(lang, "portal.published.title")) } p { a href="/open/matters" { (t(lang, "portal.published.see")) } } }
        section.block { h2.h2 { (t(lang, "foot.proof")) } p { a href="/receipt" { (t(lang, "portal.check.title")) } } p { a href="/open/log" { (t(lang, "portal.log.see")) } } }
    };
    Ok(portal_page(&page_head(&visitor, t(lang, "portal.open.overdue")), &body))
}

/// Everything that is in force here, also what public bodies raise among themselves: the rules of each can be read.
fn every(visitor: &Visitor, region: &RegionCode) -> Markup {
    let lang = visitor.lang;
    html! { div.rules { @for (door, ways) in doors::everything(visitor, region) {
        section { h3.h3 { (doors::title(lang, door)) } ul.plain { @for e in &ways { @let head = &e.mechanism.mechanism;
            li { a href=(format!("/open/mechanisms/{}", head.id)) { (say(lang, &head.name)) } span { (say(lang, &head.summary)) } } } } }
    } } }
}

fn line(visitor: &Visitor, item: &ItemView, since: &str) -> Markup {
    let lang = visitor.lang;
    let none = t(lang, "portal.nobody").to_owned();
    let holder = item.holder.as_ref().map_or(none, |b| say(lang, &b.name).to_owned());
    html! { tr {
        th scope="row" { span.num.nb { (item.number) } }
        td data-l=(t(lang, "portal.open.what")) { (say(lang, &item.mechanism_name)) " · " (say(lang, &item.state_name)) }
        td data-l=(t(lang, "work.holder")) { (holder) }
        td data-l=(t(lang, "portal.open.since")) { span.nb { (since) } }
    } }
}

/// `GET /open/key`
pub async fn key(visitor: Visitor) -> Markup {
    let lang = visitor.lang;
    let key = visitor.site.app.verifier_key();
    let body = html! { div.narrow {
        h1.title { (t(lang, "portal.key.title")) }
        p.lede { (t(lang, "portal.key.lede")) }
        section.card { h2.h3 { (t(lang, "portal.key.key")) } pre.signed lang="en" tabindex="0" { (key) } }
        section.block { h2.h2 { (t(lang, "portal.key.how.label")) } ol.steps-text { @for n in 1..=3 { li { (t(lang, &format!("portal.key.how.{n}"))) } } } }
        section.block { h2.h2 { (t(lang, "portal.key.not.label")) } p { (t(lang, "portal.key.not.text")) " " @if visitor.site.app.witnesses().is_empty() { (t(lang, "portal.key.not.alone")) } } }
        p.block { a href="/receipt" { (t(lang, "portal.check.title")) } " · " a href="/open/log" { (t(lang, "portal.log.see")) } }
    } };
    portal_page(&page_head(&visitor, t(lang, "portal.key.title")), &body)
}

/// `GET /open/mechanisms/{id}?region=`
pub async fn rules(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Markup, WebError> {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let territory = app.settings().territory;
    let given = query.get("region").and_then(|r| r.parse::<RegionCode>().ok());
    let region = given.filter(|r| territory.contains(r)).unwrap_or(territory);
    let effective = app.offered(&id, &region).map_err(visitor.fails())?;
    let (mechanism, head) = (&effective.mechanism, &effective.mechanism.mechanism);
    let promise = app.catalogue().promise(&effective, app.calendar(), app.now());
    let title = say(lang, &head.name);
    let body = html! {
        p.overline { (say(lang, &app.place(&region))) }
        h1.title { (title) }
        p.lede { (say(lang, &head.summary)) }
        @if head.sample { p.note { (t(lang, "portal.rules.sample")) } }
        @if let Some((due, latest, provisional)) = promise { section.promise.block { h2.h2 { (t(lang, "portal.rules.promise")) } p { (tf(lang, "portal.rules.dates", &[("due", &date_long(lang, due.date())), ("latest", &date_long(lang, latest.date()))])) }
            @if provisional { p.small { (t(lang, "clock.provisional.why")) } } p.small { (t(lang, "portal.rules.add")) } (worked(app, lang, &effective)) } }
        section.block { h2.h2 { (t(lang, "portal.rules.clocks")) } (clocks(lang, mechanism)) p.small.quiet { (t(lang, "portal.rules.late")) } }
        section.block { h2.h2 { (t(lang, "portal.rules.states")) } (states(lang, mechanism)) }
        p.block.small.quiet { (tf(lang, "portal.rules.version", &[("version", &effective.version[..16.min(effective.version.len())]), ("as_of", &date_long(lang, draft::today(&visitor)))])) }
    };
    Ok(portal_page(&page_head(&visitor, title), &body))
}

/// Every period: what is due, who owes it, how long, by which clause.
fn clocks(lang: Lang, mechanism: &Mechanism) -> Markup {
    html! { table.tbl data-cards {
        thead { tr { th scope="col" { (t(lang, "path.step")) } th scope="col" { (t(lang, "path.who")) } th scope="col" { (t(lang, "path.length")) } th scope="col" { (t(lang, "portal.rules.by")) } } }
        tbody { @for clock in in_order(mechanism) { @let number = mechanism.number.get(&clock.length); tr {
            th scope="row" { (say(lang, &clock.label)) }
            td data-l=(t(lang, "path.who")) { (role(lang, mechanism, clock.whose())) }
            td data-l=(t(lang, "path.length")) { (number.map(|n| length(lang, mechanism, &n.value)).unwrap_or_default()) @if number.is_some_and(|n| n.floor) { small { (t(lang, "admin.number.floor")) } } }
            td.src data-l=(t(lang, "portal.rules.by")) { (number.map(|n| crate::i18n::source(lang, &n.source)).unwrap_or_default()) }
        } } }
    } }
}

/// The periods as they follow each other: by how far the matter has come when one begins.
fn in_order(mechanism: &Mechanism) -> Vec<&Clock> {
    let reached = |action: &String| {
        let to = mechanism.action.get(action).and_then(|a| a.to.as_ref()).and_then(|s| mechanism.state.get(s));
        (action != RAISE, to.is_none(), to.map(|s| s.ring))
    };
    let far = |c: &&Clock| c.from.iter().map(reached).min();
    let mut all: Vec<&Clock> = mechanism.clock.values().collect();
    all.sort_by_key(|c| (far(c).is_none(), far(c)));
    all
}

fn role(lang: Lang, mechanism: &Mechanism, id: &str) -> String {
    if id == RAISER {
        return t(lang, "portal.you").to_owned();
    }
    mechanism.role.get(id).map(|r| say(lang, &r.name).to_owned()).unwrap_or_default()
}

/// A length in words; by kind where it depends on one.
fn length(lang: Lang, mechanism: &Mechanism, value: &Value) -> String {
    let words = |l: &kernel::time::Length| if lang == Lang::Zh { l.zh() } else { l.en() };
    match value {
        Value::Fixed(l) => words(l),
        Value::Local => t(lang, "portal.rules.local").to_owned(),
        Value::Count(n) => tf(lang, "admin.number.count", &[("n", &n.to_string())]),
        Value::Until { max, .. } => tf(lang, "portal.rules.until", &[("max", &words(max))]),
        Value::By { field, lengths } => {
            let options = mechanism.field.get(field).map_or(&[][..], |f| &f.of);
            let name = |id: &String| {
                let found = options.iter().find(|c| c.id == *id);
                found.map_or_else(|| id.clone(), |c| if lang == Lang::Zh { c.zh.clone() } else { c.en.clone() })
            };
            let each: Vec<String> =
                lengths.iter().map(|(id, l)| format!("{}{}{}", name(id), t(lang, "portal.colon"), words(l))).collect();
            each.join(t(lang, "portal.semicolon"))
        }
    }
}

fn states(lang: Lang, mechanism: &Mechanism) -> Markup {
    let phase = |s: Segment| match s {
        Segment::Received => Phase::Received,
        Segment::Taken => Phase::Taken,
        Segment::Handling => Phase::Working,
        Segment::Answer | Segment::Heard => Phase::Answered,
    };
    let mut all: Vec<_> = mechanism.state.values().collect();
    all.sort_by_key(|s| (s.end, s.ring));
    html! { ul.matters { @for state in all { li {
        (ring(lang, Size::S, Ring { stopped: state.end && state.ring != Segment::Heard, ..Ring::at(phase(state.ring)) }))
        p { b { (say(lang, &state.name)) } span { @if state.end { (t(lang, "state.end")) } @else if let Some(holder) = &state.holder { (tf(lang, "portal.rules.holds", &[("who", &role(lang, mechanism, holder))])) } } }
    } } } }
}
