//! The squares: one row a clock, one cell a day, the same cells in every row so that rows align.

use super::{Clock, ClockDay, DayKind};
use crate::i18n::{Lang, Unit, date_long, t, tf, weekday};
use jiff::civil::{Date, Weekday};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// More counted days than this have no room for numbers.
const DENSE: usize = 16;

/// The days of all clocks, once each, in order; `counted` of those that any of them counts, be it as late.
pub(super) fn calendar_of(clocks: &[Clock]) -> Vec<ClockDay> {
    let mut days = BTreeMap::new();
    for (clock, day) in clocks.iter().flat_map(|clock| clock.days.iter().map(move |day| (clock, day))) {
        let kept: &mut ClockDay = days.entry(day.date).or_insert_with(|| ClockDay { counted: None, ..day.clone() });
        let late = (counts(clock, day) && day.date > clock.due && day.date <= clock.today).then_some(0);
        kept.counted = kept.counted.or(day.counted).or(late);
    }
    days.into_values().collect()
}

fn counts(clock: &Clock, day: &ClockDay) -> bool {
    day.kind != DayKind::Rest || clock.unit != Unit::WorkingDay
}

/// A rest day that no clock counts is only a band, in every row and above them, so that a day stands under its name.
fn narrow(day: &ClockDay) -> bool {
    day.kind == DayKind::Rest && day.counted.is_none()
}

fn dense(days: &[ClockDay]) -> bool {
    days.iter().filter(|day| !narrow(day)).count() > DENSE
}

fn weeks(days: &[ClockDay]) -> Vec<&[ClockDay]> {
    days.chunk_by(|_, next| next.date.weekday() != Weekday::Monday).collect()
}

/// Weekday and day of the month above the squares; a holiday's name once for its run of days.
pub(super) fn axis(lang: Lang, today: Date, days: &[ClockDay]) -> Markup {
    let mut last = None;
    html! { div.cells.axis data-dense[dense(days)] aria-hidden="true" { @for week in weeks(days) { span.wk { @for day in week {
        @let fresh = day.name.is_some() && day.name != last;
        @let rest = narrow(day);
        i data-k=(if rest { "rest" } else { "work" }) data-narrow[rest] data-today[day.date == today] data-first[day.date.day() == 1] {
            @if rest { @if fresh { span { (day.name.as_deref().unwrap_or_default()) } } }
            @else { b { (if day.date == today { t(lang, "date.today").to_owned() } else { head(lang, day) }) } (day.date.day()) }
        }
        ({ last.clone_from(&day.name); "" })
    } } } } }
}

fn head(lang: Lang, day: &ClockDay) -> String {
    let name = weekday(lang, day.date);
    match (lang, day.kind) {
        (_, DayKind::MakeUp) => t(lang, "clock.makeup_mark").to_owned(),
        (Lang::Zh, _) => name.trim_start_matches('周').to_owned(),
        (Lang::En, _) => name.chars().take(1).collect(),
    }
}

/// The squares of one clock.
pub(super) fn row(lang: Lang, clock: &Clock, days: &[ClockDay]) -> Markup {
    let own: BTreeMap<Date, &ClockDay> = clock.days.iter().map(|day| (day.date, day)).collect();
    let mut over = 0;
    html! { div.cells data-dense[dense(days)] role="img" aria-label=(words(lang, clock)) { @for week in weeks(days) { span.wk { @for day in week {
        @let counted = own.get(&day.date).and_then(|day| day.counted).filter(|_| day.date <= clock.due);
        @let late = day.date > clock.due && day.date <= clock.today && counts(clock, day);
        ({ over += u32::from(late); "" })
        @let state = match counted {
            Some(_) if day.date < clock.today => "past",
            Some(_) => "next",
            None if late => "over",
            None if day.date > clock.from && day.date < clock.due => if day.kind == DayKind::Rest { "rest" } else { "wait" },
            None => if day.kind == DayKind::Rest { "gap" } else { "none" },
        };
        i data-k=(state) data-narrow[narrow(day)] data-today[day.date == clock.today] data-due[day.date == clock.due]
            data-old[Some(day.date) == clock.original_due] data-from[day.date == clock.from] data-makeup[day.kind == DayKind::MakeUp && clock.unit == Unit::WorkingDay] {
            @if let Some(n) = counted { (n) } @else if late { "+" (over) }
        }
    } } } } }
}

/// The row in words: what a screen reader says instead of the squares.
fn words(lang: Lang, clock: &Clock) -> String {
    let length = clock.days.iter().filter_map(|day| day.counted).max().unwrap_or_default();
    let mut text = tf(
        lang,
        "clock.words.all",
        &[
            ("from", &date_long(lang, clock.from)),
            ("due", &date_long(lang, clock.due)),
            ("length", &crate::i18n::count(lang, length, clock.unit)),
            ("left", &crate::i18n::due_words(lang, clock.left, clock.unit)),
        ],
    );
    if let Some(old) = clock.original_due {
        text.push_str(&tf(lang, "clock.words.original", &[("date", &date_long(lang, old))]));
    }
    text
}
