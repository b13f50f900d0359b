//! The trial run (试走一遍): an invented matter, move by move. The trail stands in the address, so that every page of it can be
//! sent to somebody, and the step back is a link. Nothing is stored.

mod form;

use super::{admin, beats};
use crate::components::breadcrumb::Crumb;
use crate::components::facts::{Fact, facts};
use crate::components::notice::notice;
use crate::components::thread::{thread, thread_legend};
use crate::components::{Link, Tone};
use crate::desk::about::about;
use crate::desk::frame::page as framed;
use crate::desk::words::{moment, say};
use crate::error::WebError;
use crate::i18n::{Lang, date_time, t, tf};
use crate::layout::PageHead;
use crate::visitor::Visitor;
use app::catalogue::Effective;
use app::error::AppError;
use app::trial::{LONGEST, Trail, Trial};
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use kernel::region::RegionCode;
use kernel::time::Timestamp;
use maud::{Markup, html};
use std::collections::BTreeMap;

/// What the address says.
type Asked = BTreeMap<String, String>;

/// A mechanism that is tried out somewhere.
pub(super) struct Tried<'a> {
    pub id: &'a str,
    pub region: RegionCode,
    pub effective: Effective,
}

impl Tried<'_> {
    /// Where a trail is shown.
    pub fn address(&self, trail: &Trail) -> String {
        format!("/admin/mechanisms/{}/trial?region={}&t={trail}", self.id, self.region)
    }
}

/// The page, or after a move the way to the page of the longer trail.
///
/// # Errors
/// `SignIn`, `NotFound`.
pub async fn page(visitor: Visitor, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    admin(&visitor)?;
    let tried = tried(&visitor, &id, &asked).ok_or_else(|| WebError::new(AppError::NotFound, &visitor))?;
    let trail = asked.get("t").and_then(|t| t.parse().ok()).unwrap_or_else(|| fresh(&visitor));
    if let Some(step) = form::step(&asked) {
        let longer = if trail.moves.len() < LONGEST { trail.with(step) } else { trail };
        return Ok(Redirect::to(&format!("{}#now", tried.address(&longer))).into_response());
    }
    let trial = visitor.site.app.trial(&tried.effective, &tried.region, &trail);
    let lang = visitor.lang;
    let name = say(lang, &tried.effective.mechanism.mechanism.name);
    let head = PageHead {
        crumbs: vec![
            Crumb::link(Link::new("/admin/mechanisms", t(lang, "admin.nav.mechanisms"))),
            Crumb::link(Link::new(format!("/admin/mechanisms/{id}?region={}", tried.region), name)),
            Crumb::text(say(lang, &visitor.site.app.place(&tried.region))),
        ],
        ..visitor.head(tf(lang, "trial.title", &[("name", name)]))
    };
    let body = body(&visitor, &tried, &trail, &trial);
    Ok(framed(&visitor, head, "/admin/mechanisms", &html! {}, &body).await?.into_response())
}

/// The mechanism where it is tried out: the place asked for, else the first one below the territory where people live.
fn tried<'a>(visitor: &Visitor, id: &'a str, asked: &Asked) -> Option<Tried<'a>> {
    let app = &visitor.site.app;
    let territory = app.settings().territory;
    let below = || app.regions().choices(&territory, app.now().date()).first().map_or(territory, |r| r.code);
    let region = asked.get("region").filter(|r| !r.is_empty()).map_or_else(|| Some(below()), |r| r.parse().ok())?;
    let effective = app.catalogue().effective(id, &region).filter(|_| territory.contains(&region))?;
    Some(Tried { id, region, effective })
}

/// A matter that begins this minute.
fn fresh(visitor: &Visitor) -> Trail {
    let minute = visitor.site.app.now().0.div_euclid(60_000) * 60_000;
    Trail { start: Timestamp(minute), moves: Vec::new() }
}

fn body(visitor: &Visitor, tried: &Tried<'_>, trail: &Trail, trial: &Trial) -> Markup {
    let lang = visitor.lang;
    let mechanism = &tried.effective.mechanism;
    let entries: Vec<_> = trial.moves.iter().flatten().map(|b| beats::entry(lang, b, None)).collect();
    html! {
        p.quiet { (t(lang, "trial.intro")) }
        @if let Some((n, refusal)) = &trial.refused {
            (notice(Tone::Warn, t(lang, "trial.refused"), &html! {
                @for line in crate::refusal::words(refusal, Some(mechanism), lang) { p { (line) } }
                p { a href=(tried.address(&trail.without(trail.moves.len() - n))) { (t(lang, "trial.undo_refused")) } }
            }))
        }
        div.two {
            div.main {
                section.sec { header { h2 { (t(lang, "trial.walked")) } p { (tf(lang, "trial.moves", &[("n", &trial.moves.len().to_string())])) } }
                    @if entries.is_empty() { p { (t(lang, "trial.nothing")) } } @else { (thread_legend(lang)) (thread(lang, &entries, false)) }
                }
            }
            div.side { (now(lang, tried, trail, trial)) }
        }
        @if trial.refused.is_none() { section.sec id="next" { header { h2 { (t(lang, if trial.ended { "trial.after_end" } else { "trial.next" })) } p { (tf(lang, "trial.offers", &[("n", &trial.offers.len().to_string())])) } }
            (form::offers(lang, tried, trail, trial))
        } }
    }
}

/// Where it stands, and the way back.
fn now(lang: Lang, tried: &Tried<'_>, trail: &Trail, trial: &Trial) -> Markup {
    let start = Trail { start: trail.start, moves: Vec::new() };
    let rows: Vec<Fact> =
        [("trial.state", trial.state.as_ref()), ("trial.holder", trial.holder.as_ref().filter(|_| !trial.ended))]
            .into_iter()
            .filter_map(|(key, text)| Some(Fact::text(t(lang, key), about(lang, text?))))
            .chain([Fact::text(t(lang, "trial.time"), date_time(lang, moment(trial.now)))])
            .collect();
    html! { section.sec id="now" { header { h2 { (t(lang, "trial.now")) } }
        (facts(&rows))
        @if trial.ended { p { (t(lang, "trial.ended")) } }
        @else if trial.clocks.is_empty() { @if !trial.moves.is_empty() { p.quiet { (t(lang, "trial.no_clock")) } } }
        @else { h3 { (t(lang, "trial.clocks")) } (beats::clocks(lang, &trial.clocks)) }
        @if !trail.moves.is_empty() { p.row {
            a.btn href=(format!("{}#now", tried.address(&trail.without(1)))) { (t(lang, "trial.undo")) }
            a href=(tried.address(&start)) { (t(lang, "trial.again")) }
        } }
    } }
}
