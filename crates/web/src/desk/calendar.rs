//! The working calendar, month by month with the reason of every day, and a calculator that derives a due date step by
//! step. Counts nothing itself.

use super::frame::page;
use crate::components::Tone;
use crate::components::field::{Field, Input, Opt, field};
use crate::components::notice::outcome;
use crate::error::WebError;
use crate::i18n::{Lang, date_long, t, tf, time};
use crate::layout::with_query;
use crate::visitor::Visitor;
use app::view::days;
use axum::extract::Query;
use jiff::civil::Date;
use kernel::calendar::{Day, DayReason, explain};
use kernel::text::Lang as TextLang;
use kernel::time::{DayEnd, Length, Roll, Timestamp};
use maud::{Markup, html};
use serde::Deserialize;

use super::words::moment;

/// What the address asks for.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Asked {
    month: String,
    from: String,
    n: String,
    unit: String,
    roll: String,
}

/// The page.
pub async fn calendar(visitor: Visitor, Query(asked): Query<Asked>) -> Result<Markup, WebError> {
    visitor.staff()?;
    let today = visitor.site.app.now().date();
    let first = format!("{}-01", asked.month).parse::<Date>().unwrap_or(today.first_of_month());
    let first = if (1990..2100).contains(&first.year()) { first } else { today.first_of_month() };
    let body = html! { div.two {
        div.main { (month(&visitor, first, today)) }
        div.side { (calculator(&visitor, &asked, today)) }
    } };
    let title = tf(visitor.lang, "desk.calendar.title", &[("month", &month_name(visitor.lang, first))]);
    page(&visitor, visitor.head(title), "/desk/calendar", &steps(&visitor, first), &body).await
}

fn month_name(lang: Lang, first: Date) -> String {
    let n = format!("{:02}", first.month());
    let name = t(lang, &format!("desk.month.{n}"));
    tf(lang, "desk.calendar.month", &[("year", &first.year().to_string()), ("month", name)])
}

fn steps(visitor: &Visitor, first: Date) -> Markup {
    let to = |date: Option<Date>| {
        date.map(|d| with_query("/desk/calendar", "month", &format!("{}-{:02}", d.year(), d.month())))
    };
    let before = to(first.yesterday().ok());
    let after = to(first.last_of_month().tomorrow().ok());
    html! {
        @if let Some(href) = before { a.btn href=(href) rel="prev" { "← " (t(visitor.lang, "desk.calendar.before")) } }
        a.btn href="/desk/calendar" { (t(visitor.lang, "date.today")) }
        @if let Some(href) = after { a.btn href=(href) rel="next" { (t(visitor.lang, "desk.calendar.after")) " →" } }
    }
}

fn month(visitor: &Visitor, first: Date, today: Date) -> Markup {
    let lang = visitor.lang;
    let all = days(&visitor.site.app, first, first.last_of_month(), 31);
    let lead = usize::from(first.weekday().to_monday_zero_offset().unsigned_abs());
    let cells: Vec<Option<&Day>> = std::iter::repeat_n(None, lead).chain(all.iter().map(Some)).collect();
    let working = all.iter().filter(|d| d.working).count();
    let mut sources: Vec<&str> = all.iter().map(|d| &*d.source).filter(|s| !s.is_empty()).collect();
    sources.sort_unstable();
    sources.dedup();
    html! { section.sec {
        header { h2 { (tf(lang, "desk.calendar.count", &[("n", &working.to_string())])) } @if all.iter().any(|d| d.provisional) { p { (t(lang, "desk.calendar.provisional")) } } }
        table.cal.cal-month {
            caption.vh { (month_name(lang, first)) }
            thead { tr { @for n in 1..=7 { th scope="col" { (t(lang, &format!("clock.weekday.{n}"))) } } } }
            tbody { @for week in cells.chunks(7) { tr { @for day in week { @match day {
                None => { td data-out {} }
                Some(day) => { td data-rest[!day.working] data-today[day.date == today] { b { (day.date.day()) } span { (reason(lang, &day.reason)) } } }
            } } } } }
        }
        @if !sources.is_empty() { p.src { (t(lang, "desk.calendar.source")) " " @for (n, source) in sources.iter().enumerate() { @if n > 0 { (t(lang, "admin.semicolon")) } span lang="zh-CN" { (source) } } } }
    } }
}

fn reason(lang: Lang, reason: &DayReason) -> String {
    match (reason, lang) {
        (DayReason::Weekday, _) => String::new(),
        (DayReason::Weekend, _) => t(lang, "clock.cal.weekend").to_owned(),
        (DayReason::MakeUp { .. }, _) => t(lang, "desk.calendar.makeup").to_owned(),
        (DayReason::Holiday { name } | DayReason::Statutory { name }, Lang::Zh) => name.to_string(),
        (DayReason::Holiday { .. } | DayReason::Statutory { .. }, Lang::En) => {
            t(lang, "desk.calendar.holiday").to_owned()
        }
    }
}

fn calculator(visitor: &Visitor, asked: &Asked, today: Date) -> Markup {
    let lang = visitor.lang;
    let from = if asked.from.is_empty() { today.to_string() } else { asked.from.clone() };
    let n = if asked.n.is_empty() { "5".to_owned() } else { asked.n.clone() };
    let unit = if asked.unit.is_empty() { "wd" } else { &asked.unit };
    let units = ["wd", "d", "h"].map(|u| Opt::new(u, t(lang, &format!("desk.unit.{u}")))).to_vec();
    let fields = [
        Field::new("from", t(lang, "desk.calc.from"), Input::DateTime { value: with_time(&from) }),
        Field::new("n", t(lang, "desk.calc.n"), Input::Number { value: n, min: Some(1), max: Some(3650), unit: None }),
        Field::new("unit", t(lang, "desk.calc.unit"), Input::ChoiceRow { value: unit.to_owned(), options: units }),
        Field::new(
            "roll",
            t(lang, "desk.calc.roll"),
            Input::Check { checked: asked.roll == "yes", statement: t(lang, "desk.calc.roll_text").into() },
        )
        .optional(),
    ];
    html! { section.sec { header { h2 { (t(lang, "desk.calc.title")) } }
        form.stack-s method="get" action="/desk/calendar" {
            input type="hidden" name="month" value=(asked.month);
            @for item in &fields { (field(lang, item)) }
            p.actions { button.btn data-kind="go" { (t(lang, "desk.calc.go")) } }
        }
        @if !asked.n.is_empty() { (derived(visitor, asked)) }
    } }
}

fn with_time(from: &str) -> String {
    if from.contains('T') { from.to_owned() } else { format!("{from}T09:00") }
}

fn derived(visitor: &Visitor, asked: &Asked) -> Markup {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let length = asked.n.trim().parse::<u32>().ok().filter(|n| (1..=3650).contains(n));
    let length = length.and_then(|n| format!("{n}{}", asked.unit).parse::<Length>().ok());
    let (Ok(from), Some(length)) = (asked.from.parse::<Timestamp>(), length) else {
        return outcome(Tone::Warn, t(lang, "desk.calc.wrong"), &html! {});
    };
    let roll = if asked.roll == "yes" { Roll::NextWorkingDay } else { Roll::None };
    let due = app.calendar().due(from, length, roll, DayEnd::Midnight);
    let at = moment(due.due);
    let words = if lang == Lang::Zh { TextLang::Zh } else { TextLang::En };
    let hour = matches!(length, Length::Hours(_)).then(|| time(at.time())).unwrap_or_default();
    let title = tf(lang, "desk.calc.due", &[("date", &date_long(lang, at.date())), ("time", &hour)]);
    outcome(
        Tone::Done,
        title.trim_end(),
        &html! {
            ol { @for line in explain(&due.steps, words) { li { (line) } } }
            @if due.provisional { p { (t(lang, "clock.provisional.why")) } }
        },
    )
}
