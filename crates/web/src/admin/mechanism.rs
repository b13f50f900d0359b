//! One mechanism as it is in force in one place: states, actions, clocks, numbers, roles, letters, and what was checked.
//! The table is the truth; a drawn graph may come later.

mod tables;

use super::{admin, mechanisms::promise};
use crate::components::breadcrumb::Crumb;
use crate::components::facts::{Fact, facts};
use crate::components::state_table::state_table;
use crate::components::tag::tag;
use crate::components::{Link, Tone};
use crate::desk::frame::page as framed;
use crate::desk::words::say;
use crate::error::WebError;
use crate::i18n::{date_long, t, tf};
use crate::layout::PageHead;
use crate::visitor::Visitor;
use app::catalogue::Effective;
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
    let region = if asked.region.is_empty() { Some(territory) } else { asked.region.parse().ok() };
    let region: RegionCode =
        region.filter(|r| territory.contains(r)).ok_or_else(|| WebError::new(AppError::NotFound, &visitor))?;
    let effective =
        app.catalogue().effective(&id, &region).ok_or_else(|| WebError::new(AppError::NotFound, &visitor))?;
    let head = PageHead {
        crumbs: vec![
            Crumb::link(Link::new("/admin/mechanisms", t(lang, "admin.nav.mechanisms"))),
            Crumb::text(app.place(&region)),
            Crumb::text(tf(lang, "admin.mechanism.version", &[("version", &effective.version[..8])])),
        ],
        ..visitor.head(say(lang, &effective.mechanism.mechanism.name))
    };
    framed(&visitor, head, "/admin/mechanisms", &html! {}, &body(&visitor, &effective)).await
}

fn body(visitor: &Visitor, effective: &Effective) -> Markup {
    let lang = visitor.lang;
    let mechanism = &effective.mechanism;
    let section =
        |key: &str, n: usize, body: Markup| html! { section.sec { header { h2 { (t(lang, key)) " " (n) } } (body) } };
    html! {
        div.two {
            div.main { section.sec { header { h2 { (t(lang, "admin.mechanism.promise")) } } (promised(visitor, effective)) } }
            div.side { (checks(visitor)) }
        }
        (section("admin.mechanism.states", mechanism.state.len(), state_table(lang, &tables::states(mechanism, lang))))
        (section("admin.mechanism.actions", mechanism.action.len(), tables::actions(mechanism, lang)))
        (section("admin.mechanism.clocks", mechanism.clock.len(), tables::clocks(mechanism, lang)))
        (section("admin.mechanism.numbers", mechanism.number.len(), tables::numbers(mechanism, lang)))
        div.half {
            (section("admin.mechanism.roles", mechanism.role.len(), tables::roles(mechanism, lang)))
            (section("admin.mechanism.letters", mechanism.letter.len(), tables::letters(mechanism, lang)))
        }
    }
}

fn promised(visitor: &Visitor, effective: &Effective) -> Markup {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let head = &effective.mechanism.mechanism;
    let mut rows = vec![
        Fact::text(t(lang, "admin.mechanism.summary"), say(lang, &head.summary)),
        Fact::text(t(lang, "admin.mechanism.source"), &head.source),
        Fact::text(t(lang, "admin.mechanisms.promise"), promise(visitor, effective)),
    ];
    if let Some((due, latest, _)) = app.catalogue().promise(effective, app.calendar(), app.now()) {
        rows.push(Fact::text(t(lang, "promise.due"), date_long(lang, due.date())));
        rows.push(Fact::text(t(lang, "promise.latest"), date_long(lang, latest.date())));
    }
    html! { (facts(&rows)) p.quiet.small { (t(lang, "admin.mechanism.promise_note")) } }
}

/// A mechanism is offered only when all checks passed; the page says which they are.
fn checks(visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    html! { section.sec { header { h2 { (t(lang, "admin.check.title")) } p { (t(lang, "admin.check.all")) } }
        ol.checks.plain { @for n in 1..=9 { li {
            (tag(Tone::Done, t(lang, "admin.check.passed")))
            div { b { (t(lang, &format!("admin.check.{n}"))) } small { (t(lang, &format!("admin.check.{n}_text"))) } }
        } } }
    } }
}
