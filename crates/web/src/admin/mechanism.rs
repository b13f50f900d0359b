//! One mechanism as it is in force in one place: states, actions, clocks, numbers, roles, letters, and what was checked.
//! The drawing is for the eye; the tables say the same in words.

mod changes;
mod drawn;
mod proofs;
pub(super) mod tables;

use super::{admin, mechanisms::promise};
use crate::components::breadcrumb::Crumb;
use crate::components::facts::{Fact, facts};
use crate::components::notice::notice;
use crate::components::state_table::state_table;
use crate::components::{Link, Tone};
use crate::desk::frame::page as framed;
use crate::desk::words::say;
use crate::error::WebError;
use crate::i18n::{Lang, date_long, t, tf};
use crate::layout::PageHead;
use crate::visitor::Visitor;
use app::catalogue::{Effective, Steps, Worked};
use app::error::AppError;
use axum::extract::{Path, Query};
use kernel::region::RegionCode;
use maud::{Markup, html};
use serde::Deserialize;

/// Which region.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Asked {
    region: String,
}

/// The page.
pub async fn page(visitor: Visitor, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Markup, WebError> {
    admin(&visitor)?;
    let lang = visitor.lang;
    let app = &visitor.site.app;
    let territory = app.settings().territory;
    let missing = || WebError::new(AppError::NotFound, &visitor);
    let region = if asked.region.is_empty() { Some(territory) } else { asked.region.parse().ok() };
    let region: RegionCode = region.filter(|r| territory.contains(r)).ok_or_else(missing)?;
    let Some(effective) = app.catalogue().effective(&id, &region) else { return closed(&visitor, &id).await };
    let head = PageHead {
        crumbs: vec![
            Crumb::link(Link::new("/admin/mechanisms", t(lang, "admin.nav.mechanisms"))),
            Crumb::text(say(lang, &app.place(&region))),
            Crumb::text(tf(lang, "admin.mechanism.version", &[("version", &effective.version[..8])])),
        ],
        ..visitor.head(say(lang, &effective.mechanism.mechanism.name))
    };
    framed(&visitor, head, "/admin/mechanisms", &html! {}, &body(&visitor, &effective, &region)).await
}

/// A mechanism that is not in force here: its national base, and what is still to be set.
async fn closed(visitor: &Visitor, id: &str) -> Result<Markup, WebError> {
    let lang = visitor.lang;
    let packs = visitor.site.app.catalogue().packs();
    let base = packs.base(id).ok_or_else(|| WebError::new(AppError::NotFound, visitor))?;
    let head = PageHead {
        crumbs: vec![Crumb::link(Link::new("/admin/mechanisms", t(lang, "admin.nav.mechanisms")))],
        ..visitor.head(say(lang, &base.mechanism.name))
    };
    let body = html! {
        (notice(Tone::Due, t(lang, "admin.mechanisms.closed"), &html! {}))
        div.two { div.main { section.sec { header { h2 { (t(lang, "admin.mechanism.numbers")) } } (tables::numbers(&base, lang)) } }
            div.side { (proofs::proofs(lang, &base, None, 0, &packs.proofs(id, None))) } }
        section.sec { header { h2 { (t(lang, "admin.mechanism.graph")) } } (drawn::drawn(&base, lang)) }
        section.sec { header { h2 { (t(lang, "admin.mechanism.states")) } } (state_table(lang, &tables::states(&base, lang))) }
    };
    framed(visitor, head, "/admin/mechanisms", &html! {}, &body).await
}

fn body(visitor: &Visitor, effective: &Effective, region: &RegionCode) -> Markup {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let mechanism = &effective.mechanism;
    let id = mechanism.mechanism.id.as_str();
    let packs = app.catalogue().packs();
    let worked = app.catalogue().explained(effective, app.calendar(), app.now());
    let own = packs.differences(id, region);
    // Without a place the trial run takes one where people live.
    let own_place = if *region == app.settings().territory { String::new() } else { format!("?region={region}") };
    let stories = packs.stories();
    let told: Vec<_> = stories.values().filter(|s| s.id == id).collect();
    let section =
        |key: &str, n: usize, body: Markup| html! { section.sec { header { h2 { (t(lang, key)) " " (n) } } (body) } };
    html! {
        p.row { a.btn data-kind="main" href=(format!("/admin/mechanisms/{id}/trial{own_place}")) { (t(lang, "trial.start")) }
            @if !told.is_empty() { a href="#stories" { (tf(lang, "story.title", &[("n", &told.len().to_string())])) } }
            a href="#checks" { (t(lang, "admin.check.title")) } a href="#changes" { (t(lang, "admin.changes.title")) } }
        section.sec { header { h2 { (t(lang, "admin.mechanism.graph")) } } (drawn::drawn(mechanism, lang)) }
        div.two {
            div.main { section.sec { header { h2 { (t(lang, "admin.mechanism.promise")) } } (promised(visitor, effective, worked.as_deref())) } }
            div.side { (proofs::proofs(lang, mechanism, worked.as_deref(), own.len(), &packs.proofs(id, Some(region)))) }
        }
        section.sec id="changes" { header { h2 { (t(lang, "admin.changes.title")) } p { (tf(lang, "admin.changes.count", &[("n", &own.len().to_string())])) } } (changes::changes(lang, &own)) }
        (section("admin.mechanism.states", mechanism.state.len(), state_table(lang, &tables::states(mechanism, lang))))
        (section("admin.mechanism.actions", mechanism.action.len(), tables::actions(mechanism, lang)))
        (section("admin.mechanism.clocks", mechanism.clock.len(), tables::clocks(mechanism, lang)))
        (section("admin.mechanism.numbers", mechanism.number.len(), tables::numbers(mechanism, lang)))
        div.half {
            (section("admin.mechanism.roles", mechanism.role.len(), tables::roles(mechanism, lang)))
            (section("admin.mechanism.letters", mechanism.letter.len(), html! { (tables::letters(mechanism, lang)) p { a href="/admin/letters/office.docx" { (t(lang, "admin.mechanism.template")) } } }))
        }
        @if !told.is_empty() { section.sec id="stories" { header { h2 { (tf(lang, "story.title", &[("n", &told.len().to_string())])) } } (super::stories::list(visitor, &told)) } }
    }
}

fn promised(visitor: &Visitor, effective: &Effective, worked: Option<&Worked>) -> Markup {
    let lang = visitor.lang;
    let head = &effective.mechanism.mechanism;
    let mut rows = vec![
        Fact::text(t(lang, "admin.mechanism.summary"), say(lang, &head.summary)),
        Fact::text(t(lang, "admin.mechanism.source"), crate::i18n::source(lang, &head.source)),
        Fact::text(t(lang, "admin.mechanisms.promise"), promise(visitor, effective)),
    ];
    let steps = |s: &Steps| if lang == Lang::Zh { s.zh.clone() } else { s.en.clone() };
    let path = |key: &str, s: &Steps| html! { details { summary { (t(lang, key)) } ol { @for line in steps(s) { li { (line) } } } } };
    let day = |at: kernel::time::Timestamp| date_long(lang, at.date());
    if let Some(worked) = worked {
        rows.push(Fact::text(t(lang, "promise.due"), day(worked.due_by)));
        rows.push(Fact::text(t(lang, "promise.latest"), day(worked.promised_by)));
        rows.push(Fact::text(t(lang, "admin.mechanism.end"), day(worked.final_end)));
    }
    html! {
        (facts(&rows)) p.quiet.small { (t(lang, "admin.mechanism.promise_note")) }
        @if let Some(worked) = worked { div.stack-s.worked {
            (path("admin.mechanism.way.due", &worked.ordinary)) (path("admin.mechanism.way.latest", &worked.latest)) (path("admin.mechanism.way.end", &worked.last))
        } }
    }
}
