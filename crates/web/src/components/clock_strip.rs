//! The clock strip: running clocks on one calendar. One square a counted day (past filled, to come hollow, overdue
//! numbered +1 +2), rest days as narrow bands, make-up days marked, today and the due day emphasised; original and
//! changed date both stay. Opens into the numbered derivation with a real calendar. Counts nothing itself.

mod calendar;
mod cells;
mod sample;

pub use sample::samples;

use super::Tone;
use super::due::{Due, due};
use crate::i18n::{Lang, Unit, date_long, date_short, t, tf, time};
use jiff::civil::{Date, Time};
use maud::{Markup, html};

/// What kind of day the calendar says it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DayKind {
    #[default]
    Work,
    Rest,
    /// A weekend day that is worked (调休).
    MakeUp,
}

/// One day of a clock's calendar.
#[derive(Clone, Debug, Default)]
pub struct ClockDay {
    pub date: Date,
    pub kind: DayKind,
    /// Name of a holiday, e.g. 国庆.
    pub name: Option<String>,
    /// Which day of the length it is, from 1; `None` when it is not counted.
    pub counted: Option<u32>,
}

/// One numbered step of the derivation.
#[derive(Clone, Debug, Default)]
pub struct Derivation {
    pub text: String,
    pub clause: Option<String>,
}

/// A running clock. `days` runs without gaps from `from` to the later of `due` and `today`.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// What is owed, e.g. 答复林女士.
    pub label: String,
    pub from: Date,
    pub today: Date,
    pub due: Date,
    pub due_time: Option<Time>,
    /// The due date before it was changed.
    pub original_due: Option<Date>,
    pub days: Vec<ClockDay>,
    /// What `left` counts.
    pub unit: Unit,
    /// Units left; 0 is today, negative is overdue.
    pub left: i32,
    /// Rule that gives the length, in words with its clause.
    pub clause: Option<String>,
    /// The calendar of that year is not published yet.
    pub provisional: bool,
    pub steps: Vec<Derivation>,
}

impl Clock {
    fn due_words(&self, lang: Lang) -> Due {
        let today_at = self.due_time.filter(|_| self.left == 0 && self.unit != Unit::Hour);
        let words = today_at.map(|at| format!("{} {}", t(lang, "date.today"), time(at)));
        Due { left: Some(self.left), unit: self.unit, date: None, words }
    }
}

/// One clock with its derivation: the portal's form.
#[must_use]
pub fn clock_strip(lang: Lang, clock: &Clock) -> Markup {
    let days = cells::calendar_of(std::slice::from_ref(clock));
    html! { div.clock data-single {
        (cells::axis(lang, clock.today, &days))
        (cells::row(lang, clock, &days))
        p.clock-ends aria-hidden="true" {
            span { (tf(lang, "clock.from", &[("date", &date_short(lang, clock.from))])) }
            span { (tf(lang, "clock.due", &[("date", &date_short(lang, clock.due))])) }
        }
        (key(lang, std::slice::from_ref(clock)))
        (derivation(lang, clock))
    } }
}

/// Several clocks over one calendar: the desk's form.
#[must_use]
pub fn clock_strips(lang: Lang, clocks: &[Clock]) -> Markup {
    let Some(first) = clocks.first() else {
        return html! {};
    };
    let days = cells::calendar_of(clocks);
    html! { div.clock {
        (cells::axis(lang, first.today, &days))
        ul.plain { @for clock in clocks { li {
            p.clock-head { b { (clock.label) } (head_words(lang, clock)) }
            (cells::row(lang, clock, &days))
            @if let Some(clause) = &clock.clause { p.clause { (clause) } }
            (derivation(lang, clock))
        } } }
        (key(lang, clocks))
    } }
}

fn head_words(lang: Lang, clock: &Clock) -> Markup {
    html! { span.clock-due { (due(lang, &clock.due_words(lang)))
    @if clock.left != 0 { span.due-date { (date_short(lang, clock.due)) } }
    @if clock.provisional { (super::tag::tag(Tone::Due, t(lang, "clock.provisional.tag"))) } } }
}

/// What the squares mean; only what occurs.
fn key(lang: Lang, clocks: &[Clock]) -> Markup {
    let days = || clocks.iter().flat_map(|clock| clock.days.iter().map(move |day| (clock, day)));
    let on_working_days = |kind| days().any(|(clock, day)| day.kind == kind && clock.unit == Unit::WorkingDay);
    let (rest, makeup) = (on_working_days(DayKind::Rest), on_working_days(DayKind::MakeUp));
    let late = clocks.iter().any(|clock| clock.left < 0);
    html! { p.legend.clock-key {
        span { i data-k="past" {} (t(lang, "clock.key.past")) }
        span { i data-k="next" {} (t(lang, "clock.key.next")) }
        @if late { span { i data-k="over" {} (t(lang, "clock.key.over")) } }
        @if rest { span { i data-k="rest" {} (t(lang, "clock.key.rest")) } }
        @if makeup { span { i data-k="next" data-makeup {} (t(lang, "clock.key.makeup")) } }
    } }
}

fn derivation(lang: Lang, clock: &Clock) -> Markup {
    html! { @if !clock.steps.is_empty() {
        details.why {
            summary { (tf(lang, "clock.why", &[("date", &date_short(lang, clock.due))])) }
            div.why-body {
                div {
                    ol { @for step in &clock.steps { li { (step.text) @if let Some(clause) = &step.clause { " " span.clause { (clause) } } } } }
                    @if clock.provisional { p.note data-tone="due" { (t(lang, "clock.provisional.why")) } }
                    @if let Some(old) = clock.original_due { p.quiet { (tf(lang, "clock.original", &[("date", &date_long(lang, old))])) } }
                }
                (calendar::calendar(lang, clock))
            }
        }
    } }
}
