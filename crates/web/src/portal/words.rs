//! Small mappings that several pages of the portal share: clocks as the components draw them and as people read them. Decides nothing.

use crate::components::clock_strip::{Clock, ClockDay, DayKind, Derivation};
use crate::components::ring::{PHASES, Phase, Ring};
use crate::i18n::{Lang, Unit, date_long, date_time, t, tf};
pub use crate::words::{moment, ring_of, say, when};
use app::catalogue::{Effective, Steps};
use app::installation::App;
use app::view::{ClockView, MatterView};
use jiff::civil::Date;
use kernel::calendar::DayReason;
use kernel::time::Timestamp;
use maud::{Markup, html};

/// The ring of a published matter: where it stands, nothing of what she said.
#[must_use]
pub fn ring_at(segment: u8, ended: bool) -> Ring {
    let phase = match PHASES[usize::from(segment.clamp(1, 5)) - 1] {
        Phase::Heard => Phase::Answered,
        other => other,
    };
    Ring { stopped: ended && phase != Phase::Answered, ..Ring::at(phase) }
}

/// The clock that matters most: her own window while it is her turn, else the first that a body owes.
#[must_use]
pub fn leading(view: &MatterView) -> Option<&ClockView> {
    let hers = || view.clocks.iter().filter(|c| c.window && c.body.is_none() && !c.suspended).min_by_key(|c| c.due);
    if let Some(clock) = view.yours.then(hers).flatten() {
        return Some(clock);
    }
    let owed = || view.clocks.iter().filter(|c| !c.window && !c.suspended);
    // Whether a head agrees to something is the office's own affair; she waits for what is done with her matter.
    owed().find(|c| !c.id.starts_with("approve:")).or_else(|| owed().next()).or_else(|| view.clocks.first())
}

/// More days than this are a table of dates and no strip.
const MOST_DAYS: usize = 130;

/// A clock as the strip draws it; none where it is too long to draw or counts hours.
#[must_use]
pub fn strip(app: &App, lang: Lang, clock: &ClockView) -> Option<Clock> {
    let (from, due, today) = (clock.from.date(), clock.due.date(), app.now().date());
    let unit = match clock.unit {
        "h" => return None,
        "wd" => Unit::WorkingDay,
        _ => Unit::Day,
    };
    let end = if today > due { today } else { due };
    let days = app::view::days(app, from, end, MOST_DAYS + 1);
    if days.len() > MOST_DAYS {
        return None;
    }
    let mut n = 0;
    let days = days.into_iter().map(|day| {
        let counts = day.date > from && day.date <= due && (day.working || unit == Unit::Day);
        n += u32::from(counts);
        let (kind, name) = match &day.reason {
            DayReason::Weekday => (DayKind::Work, None),
            DayReason::Weekend => (DayKind::Rest, None),
            DayReason::MakeUp { .. } => (DayKind::MakeUp, None),
            DayReason::Holiday { name } | DayReason::Statutory { name } => (DayKind::Rest, Some(name.to_string())),
        };
        // The names of holidays come in Chinese only; English pages show the band without one.
        let name = name.filter(|_| lang == Lang::Zh);
        ClockDay { date: day.date, kind, name, counted: counts.then_some(n) }
    });
    let days = days.collect();
    let steps = if lang == Lang::Zh { &clock.derivation.zh } else { &clock.derivation.en };
    Some(Clock {
        label: say(lang, &clock.label).to_owned(),
        from,
        today,
        due,
        due_time: None,
        original_due: clock.original_due.map(Timestamp::date),
        days,
        unit,
        left: left(clock, today),
        clause: clause(lang, clock),
        provisional: clock.provisional,
        steps: steps.iter().map(|text| Derivation { text: text.clone(), clause: None }).collect(),
    })
}

/// What is left of a clock in its own unit; negative is overdue.
#[must_use]
pub fn left(clock: &ClockView, today: Date) -> i32 {
    if clock.unit == "wd" {
        return clock.working_days;
    }
    today.until(clock.due.date()).map_or(0, |span| span.get_days())
}

/// The clause of a clock. Sources are written in Chinese; an English page says so.
#[must_use]
pub fn clause(lang: Lang, clock: &ClockView) -> Option<String> {
    if clock.source.is_empty() {
        return None;
    }
    Some(tf(lang, "portal.clause", &[("source", &crate::i18n::source(lang, &clock.source))]))
}

/// When a clock is due: a day, with the time where it counts hours.
#[must_use]
pub fn due(lang: Lang, clock: &ClockView) -> String {
    if clock.unit == "h" { date_time(lang, moment(clock.due)) } else { date_long(lang, clock.due.date()) }
}

/// How both promised dates come about, step by step; nothing where the packs cannot say.
#[must_use]
pub fn worked(app: &App, lang: Lang, effective: &Effective) -> Markup {
    let Some(worked) = app.catalogue().explained(effective, app.calendar(), app.now()) else {
        return html! {};
    };
    let part = |title: &str, steps: &Steps| {
        let steps = if lang == Lang::Zh { &steps.zh } else { &steps.en };
        html! { p { b { (t(lang, title)) } } ol { @for step in steps { li { (step) } } } }
    };
    html! { details.why { summary { (t(lang, "portal.worked")) } div.why-body {
        div { (part("promise.due", &worked.ordinary)) } div { (part("promise.latest", &worked.latest)) }
    } } }
}

/// Who owes a clock, in words.
#[must_use]
pub fn owner(lang: Lang, clock: &ClockView) -> String {
    match &clock.body {
        Some(body) => say(lang, &body.name).to_owned(),
        None => t(lang, "portal.you").to_owned(),
    }
}
