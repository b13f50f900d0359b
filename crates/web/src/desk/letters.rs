//! The register of letters (发文登记): every number of a body in a year, in order, with what became of it.

use super::frame::page;
use super::words::{say, when};
use crate::components::empty::{Empty, empty};
use crate::components::letter_fate::line;
use crate::error::WebError;
use crate::i18n::{t, tf};
use crate::layout::escaped;
use crate::visitor::Visitor;
use app::register::RegisterRow;
use app::view::body_name;
use axum::extract::Query;
use kernel::ids::BodyId;
use maud::{Markup, html};
use serde::Deserialize;

/// What the address asks for; what makes no sense there is as if it were not there.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Asked {
    body: String,
    year: String,
    series: String,
    before: String,
}

/// `GET /desk/letters`
pub async fn letters(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Markup, WebError> {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let staff = visitor.staff()?;
    let bodies = staff.bodies();
    let this_year = app.now().date().year();
    let year = asked.year.parse().unwrap_or(this_year);
    let wanted = asked.body.parse().ok().map(BodyId).filter(|b| bodies.contains(b));
    let after = asked.before.parse().ok().map(|number| (asked.series.clone(), number));
    let body = wanted.or_else(|| bodies.first().copied());
    let found = match body {
        Some(body) => app.register(staff, body, year, after).await.map_err(visitor.fails())?,
        None => app::register::RegisterPage::default(),
    };
    let directory = app.directory();
    let of = body.map(|b| b.0.to_string()).unwrap_or_default();
    let more = found.next.as_ref().map(|(series, number)| {
        format!("/desk/letters?body={of}&year={year}&series={}&before={number}", escaped(series))
    });
    let body = html! {
        p.quiet { (t(lang, "desk.register.lede")) }
        form.filters method="get" action="/desk/letters" {
            @if bodies.len() > 1 { label { (t(lang, "desk.register.body")) " " select name="body" { @for b in &bodies {
                option value=(b.0) selected[Some(*b) == body] { (say(lang, &body_name(&directory, *b).name)) } } } } }
            label { (t(lang, "desk.register.year")) " " input.in type="number" name="year" min="2000" max="2999" value=(year); }
            button.btn { (t(lang, "desk.register.show")) }
        }
        @if found.rows.is_empty() { (empty(&Empty { title: tf(lang, "desk.register.none", &[("year", &year.to_string())]), text: None, action: None })) }
        @else { (table(&visitor, &found.rows)) }
        @for gap in &found.gaps { p.quiet { (tf(lang, "desk.register.gap", &[("series", &gap.series), ("year", &year.to_string()),
            ("low", &gap.low.to_string()), ("high", &gap.high.to_string()), ("on", &crate::i18n::date_long(lang, gap.at.date()))])) } }
        @if let Some(href) = more { p { a href=(href) { (t(lang, "desk.register.more")) } } }
    };
    page(&visitor, visitor.head(t(lang, "desk.register.title")), "/desk/letters", &html! {}, &body).await
}

fn table(visitor: &Visitor, rows: &[RegisterRow]) -> Markup {
    let (lang, today) = (visitor.lang, visitor.site.app.now().date());
    html! { table.tbl data-cards { caption.vh { (t(lang, "desk.register.title")) }
        thead { tr { th scope="col" { (t(lang, "desk.register.number")) } th scope="col" { (t(lang, "desk.register.letter")) }
            th scope="col" { (t(lang, "desk.register.on")) } th scope="col" { (t(lang, "desk.register.matter")) } } }
        tbody { @for row in rows { tr {
            th scope="row" { span.num { (row.printed) } }
            @match &row.letter {
                Some((number, letter)) => {
                    td data-l=(t(lang, "desk.register.letter")) { a href=(format!("/desk/m/{number}/letter/{}", letter.seq)) { (say(lang, &letter.name)) } (line(lang, letter)) }
                    td data-l=(t(lang, "desk.register.on")) { (when(lang, letter.at, today)) }
                    td data-l=(t(lang, "desk.register.matter")) { a.num href=(format!("/desk/m/{number}")) { (number) } }
                }
                None => { td colspan="3" { span.quiet { (t(lang, "desk.register.hidden")) } } }
            }
        } } }
    } }
}
