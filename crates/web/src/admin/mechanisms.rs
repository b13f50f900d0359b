//! The mechanisms of this installation: which are in force here, where a place has its own variant, what they promise.

use super::admin;
use crate::components::Tone;
use crate::components::tag::tag;
use crate::desk::frame::page as framed;
use crate::desk::words::{days, say};
use crate::error::WebError;
use crate::i18n::{Unit, count, t, tf};
use crate::visitor::Visitor;
use app::catalogue::Effective;
use app::filled::Gap;
use maud::{Markup, html};

/// The page.
pub async fn list(visitor: Visitor) -> Result<Markup, WebError> {
    admin(&visitor)?;
    let lang = visitor.lang;
    let app = &visitor.site.app;
    let territory = app.settings().territory;
    let ids = app.catalogue().ids();
    let rows: Vec<_> = ids.iter().map(|id| (id, app.catalogue().effective(id, &territory))).collect();
    let offered = rows.iter().filter(|(_, e)| e.is_some()).count();
    let gaps = app.gaps();
    let body = html! { table.tbl data-cards {
        thead { tr { @for key in ["name", "promise", "size", "local", "check"] { th scope="col" { (t(lang, &format!("admin.mechanisms.{key}"))) } } } }
        tbody { @for (id, effective) in &rows { @match effective {
            Some(e) => (row(&visitor, id, e, &gaps)),
            None => { tr { th scope="row" { a.t href=(format!("/admin/mechanisms/{id}")) { (base_name(&visitor, id)) } } td colspan="3" { (t(lang, "admin.mechanisms.closed")) } td { (tag(Tone::Due, t(lang, "admin.mechanisms.closed_tag"))) } } }
        } } }
    } };
    let title = tf(
        lang,
        "admin.mechanisms.title",
        &[("n", &offered.to_string()), ("place", say(lang, &app.place(&territory)))],
    );
    framed(&visitor, visitor.head(title), "/admin/mechanisms", &html! {}, &body).await
}

fn row(visitor: &Visitor, id: &str, effective: &Effective, gaps: &[Gap]) -> Markup {
    let lang = visitor.lang;
    let mechanism = &effective.mechanism;
    let size = [mechanism.state.len(), mechanism.action.len(), mechanism.clock.len()].map(|n| n.to_string());
    let size =
        tf(lang, "admin.mechanisms.size_text", &[("states", &size[0]), ("actions", &size[1]), ("clocks", &size[2])]);
    html! { tr data-row {
        th scope="row" { a.t href=(format!("/admin/mechanisms/{id}")) { (say(lang, &mechanism.mechanism.name)) }
            @if mechanism.mechanism.sample { " " (tag(Tone::Plain, t(lang, "admin.mechanisms.sample"))) }
            small { (say(lang, &mechanism.mechanism.summary)) } }
        td data-l=(t(lang, "admin.mechanisms.promise")) { (promise(visitor, effective)) }
        td data-l=(t(lang, "admin.mechanisms.size")) { (size) }
        td data-l=(t(lang, "admin.mechanisms.local")) { (variants(visitor, id, effective)) }
        td data-l=(t(lang, "admin.mechanisms.check")) { (checked(visitor, id)) (missing(visitor, id, gaps)) }
    } }
}

fn base_name(visitor: &Visitor, id: &str) -> String {
    let base = visitor.site.app.catalogue().packs().base(id);
    base.map_or_else(|| id.to_owned(), |m| say(visitor.lang, &m.mechanism.name).to_owned())
}

fn checked(visitor: &Visitor, id: &str) -> Markup {
    let app = &visitor.site.app;
    match app.catalogue().packs().findings(id, Some(&app.settings().territory)).len() {
        0 => tag(Tone::Done, t(visitor.lang, "admin.check.passed")),
        n => tag(Tone::Warn, &tf(visitor.lang, "admin.check.found", &[("n", &n.to_string())])),
    }
}

/// Which body is missing where; until the first holder is there, it is not offered.
fn missing(visitor: &Visitor, id: &str, gaps: &[Gap]) -> Markup {
    let lang = visitor.lang;
    let ours: Vec<&Gap> = gaps.iter().filter(|g| g.mechanism == id).collect();
    html! { @if !ours.is_empty() {
        @if ours.iter().any(|g| g.first) { " " (tag(Tone::Warn, t(lang, "admin.mechanisms.nobody"))) }
        ul.plain.small { @for gap in ours { li { (tf(lang, "desk.entry.field", &[("label", say(lang, &gap.unfilled.name)), ("value", say(lang, &gap.unfilled.lacks))])) } } }
    } }
}

/// The promise in calendar days from today: the ordinary one and the latest lawful one.
#[must_use]
pub fn promise(visitor: &Visitor, effective: &Effective) -> String {
    let app = &visitor.site.app;
    let now = app.now();
    let Some((due, latest, _)) = app.catalogue().promise(effective, app.calendar(), now) else {
        return t(visitor.lang, "admin.mechanisms.nothing").to_owned();
    };
    let n = |to: kernel::time::Timestamp| count(visitor.lang, days(now.date(), to.date()).unsigned_abs(), Unit::Day);
    tf(visitor.lang, "admin.mechanisms.promise_text", &[("due", &n(due)), ("latest", &n(latest))])
}

/// The places below the territory where another version is in force.
fn variants(visitor: &Visitor, id: &str, effective: &Effective) -> Markup {
    let app = &visitor.site.app;
    let below = app.regions().choices(&app.settings().territory, app.now().date());
    let other = below
        .into_iter()
        .filter(|r| app.catalogue().effective(id, &r.code).is_none_or(|e| e.version != effective.version));
    let other: Vec<_> = other.collect();
    html! { @if other.is_empty() { (t(visitor.lang, "admin.mechanisms.same")) } @else { ul.plain { @for region in &other {
        li { a href=(format!("/admin/mechanisms/{id}?region={}", region.code.as_str())) { (say(visitor.lang, &app.region_name(&region.code))) } }
    } } } }
}
