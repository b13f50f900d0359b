//! The calendar inside the derivation: whole weeks, every day with what it counts as.

use super::{Clock, ClockDay, DayKind};
use crate::i18n::{Lang, date_long, t, tf};
use jiff::civil::Date;
use maud::{Markup, html};

/// Longer clocks show their first and last weeks only; a page of squares explains nothing.
const MOST_WEEKS: usize = 10;

pub(super) fn calendar(lang: Lang, clock: &Clock) -> Markup {
    let Some((first, last)) = clock.days.first().zip(clock.days.last()) else {
        return html! {};
    };
    let mut day = monday(first.date);
    let mut weeks: Vec<Vec<Date>> = Vec::new();
    while day <= last.date {
        let week: Vec<Date> = (0..7).filter_map(|n| day.checked_add(jiff::Span::new().days(n)).ok()).collect();
        let Some(next) = week.last().and_then(|sunday| sunday.tomorrow().ok()) else {
            break;
        };
        weeks.push(week);
        day = next;
    }
    let skip = (weeks.len() > MOST_WEEKS).then(|| MOST_WEEKS / 2..weeks.len() - MOST_WEEKS / 2);
    html! { div.cal-frame { table.cal {
        caption { (tf(lang, "clock.calendar", &[("from", &date_long(lang, first.date)), ("to", &date_long(lang, last.date))])) }
        thead { tr { @for n in ["1", "2", "3", "4", "5", "6", "7"] { th scope="col" { (t(lang, &format!("clock.weekday.{n}"))) } } } }
        tbody { @for (n, week) in weeks.iter().enumerate() {
            @if skip.as_ref().is_some_and(|skip| n == skip.start) { tr { td.cal-skip colspan="7" { "…" } } }
            @if !skip.as_ref().is_some_and(|skip| skip.contains(&n)) { tr { @for (place, date) in week.iter().enumerate() {
                (cell(lang, clock, *date, n == 0 && place == 0))
            } } }
        } }
    } } }
}

fn monday(date: Date) -> Date {
    let back = i64::from(date.weekday().to_monday_zero_offset());
    date.checked_sub(jiff::Span::new().days(back)).unwrap_or(date)
}

fn cell(lang: Lang, clock: &Clock, date: Date, begin: bool) -> Markup {
    let day = clock.days.iter().find(|day| day.date == date);
    let counted = day.and_then(|day| day.counted).filter(|_| date <= clock.due);
    let rest = day.is_some_and(|day| day.kind == DayKind::Rest && counted.is_none());
    let number =
        if begin || date.day() == 1 { format!("{}/{}", date.month(), date.day()) } else { date.day().to_string() };
    html! { td data-counted[counted.is_some()] data-rest[rest] data-due[date == clock.due] data-old[Some(date) == clock.original_due] data-today[date == clock.today] data-out[day.is_none()] {
        (number) span { (note(lang, clock, date, day)) }
    } }
}

fn note(lang: Lang, clock: &Clock, date: Date, day: Option<&ClockDay>) -> String {
    let Some(day) = day else { return String::new() };
    if date == clock.due {
        t(lang, "clock.cal.due").to_owned()
    } else if Some(date) == clock.original_due {
        t(lang, "clock.cal.original").to_owned()
    } else if date == clock.from {
        t(lang, "clock.cal.from").to_owned()
    } else if let Some(n) = day.counted.filter(|_| date < clock.due) {
        tf(lang, "clock.cal.nth", &[("n", &n.to_string())])
    } else if day.kind == DayKind::Rest {
        day.name.clone().unwrap_or_else(|| t(lang, "clock.cal.weekend").to_owned())
    } else {
        String::new()
    }
}
