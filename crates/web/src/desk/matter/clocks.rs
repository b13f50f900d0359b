//! Clocks of a matter as the strip draws them. Counts days only for drawing; dates come as they are.

use crate::components::clock_strip::{Clock, ClockDay, DayKind, Derivation};
use crate::desk::about::about;
use crate::desk::words::{confidence, left, length, moment, say};
use crate::i18n::{Lang, Unit, source, t, tf};
use crate::visitor::Visitor;
use app::view::{ClockView, MatterView, days};
use kernel::calendar::{Day, DayReason};
use kernel::number::Confidence;
use kernel::time::Timestamp;

/// More days than these make squares too narrow to read; such a clock is a line of words.
const MOST: usize = 35;

/// The clocks that can be drawn, and those that are said in a line.
#[must_use]
pub fn split<'a>(visitor: &Visitor, view: &'a MatterView) -> (Vec<Clock>, Vec<&'a ClockView>) {
    let (mut drawn, mut said) = (Vec::new(), Vec::new());
    for clock in &view.clocks {
        match draw(visitor, clock) {
            Some(strip) => drawn.push(strip),
            None => said.push(clock),
        }
    }
    (drawn, said)
}

fn draw(visitor: &Visitor, clock: &ClockView) -> Option<Clock> {
    let (app, lang) = (&visitor.site.app, visitor.lang);
    let (from, due, today) = (clock.from.date(), clock.due.date(), app.now().date());
    let unit = match clock.unit {
        "wd" => Unit::WorkingDay,
        "cd" => Unit::Day,
        _ => return None,
    };
    let all = days(app, from, due.max(today), MOST + 1);
    if all.len() > MOST || clock.suspended {
        return None;
    }
    let mut n = 0;
    let day = |day: Day| {
        let counts = day.date > from && day.date <= due && (day.working || unit == Unit::Day);
        n += u32::from(counts);
        let (kind, name) = kind(lang, &day.reason);
        ClockDay { date: day.date, kind, name, counted: counts.then_some(n) }
    };
    let drawn = all.into_iter().map(day).collect();
    let (left, counted) = remaining(visitor, clock);
    Some(Clock {
        label: label(visitor, clock),
        from,
        today,
        due,
        due_time: None,
        original_due: clock.original_due.map(Timestamp::date),
        days: drawn,
        unit: if counted == Unit::Hour { unit } else { counted },
        left: if counted == Unit::Hour { left.min(-1) } else { left },
        clause: clause(lang, clock),
        provisional: clock.provisional,
        steps: steps(lang, clock),
    })
}

/// What remains of a clock and what it counts.
#[must_use]
pub fn remaining(visitor: &Visitor, clock: &ClockView) -> (i32, Unit) {
    let now = visitor.site.app.now();
    match clock.unit {
        "wd" => left(clock.working_days, clock.due, now),
        "cd" => (crate::desk::words::days(now.date(), clock.due.date()), Unit::Day),
        _ => {
            let hours = (clock.due.0 - now.0).div_euclid(3_600_000);
            (i32::try_from(hours).unwrap_or(0), Unit::Hour)
        }
    }
}

fn kind(lang: Lang, reason: &DayReason) -> (DayKind, Option<String>) {
    // Names of holidays come in Chinese only; an English page shows the band without a name.
    let named = |name: &str| (lang == Lang::Zh).then(|| name.to_owned());
    match reason {
        DayReason::Weekday => (DayKind::Work, None),
        DayReason::Weekend => (DayKind::Rest, None),
        DayReason::MakeUp { .. } => (DayKind::MakeUp, None),
        DayReason::Holiday { name } | DayReason::Statutory { name } => (DayKind::Rest, named(name)),
    }
}

/// What is due, and who owes it.
#[must_use]
pub fn label(visitor: &Visitor, clock: &ClockView) -> String {
    let lang = visitor.lang;
    let what = &about(lang, &clock.label);
    let who =
        clock.body.as_ref().map_or_else(|| t(lang, "desk.who.person").to_owned(), |b| say(lang, &b.name).to_owned());
    tf(lang, "desk.clock.label", &[("what", what), ("who", &who)])
}

/// Length and clause, and how sure the number is where it is not certain.
#[must_use]
pub fn clause(lang: Lang, clock: &ClockView) -> Option<String> {
    let mut parts = vec![length(lang, clock.length)];
    if !clock.source.is_empty() {
        parts.push(source(lang, &clock.source));
    }
    let sure = confidence(lang, clock.confidence);
    // What no law says has no other source than this system.
    if clock.confidence != Confidence::Verified && !parts.iter().any(|p| p == sure) {
        parts.push(sure.to_owned());
    }
    Some(parts.join(" · "))
}

/// The derivation, step by step.
#[must_use]
pub fn steps(lang: Lang, clock: &ClockView) -> Vec<Derivation> {
    let lines = if lang == Lang::Zh { &clock.derivation.zh } else { &clock.derivation.en };
    lines.iter().map(|text| Derivation { text: text.clone(), clause: None }).collect()
}

/// When it is due, with its time.
#[must_use]
pub fn due(lang: Lang, clock: &ClockView) -> String {
    if clock.unit == "h" {
        crate::i18n::date_time(lang, moment(clock.due))
    } else {
        crate::i18n::date_long(lang, clock.due.date())
    }
}
