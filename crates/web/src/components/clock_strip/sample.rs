//! Clocks for the page of components: over a holiday, due today, overdue, long.

use super::{Clock, ClockDay, DayKind, Derivation, clock_strip, clock_strips};
use crate::i18n::{Lang, Unit, t};
use jiff::civil::{Date, date};
use maud::{Markup, html};

/// Days of the autumn of 2026 as a calendar would give them.
fn days(from: Date, to: Date, unit: Unit) -> Vec<ClockDay> {
    let mut list = Vec::new();
    let (mut day, mut n) = (from, 0);
    while day <= to {
        let holiday = day >= date(2026, 10, 1) && day <= date(2026, 10, 7);
        let kind = match day {
            _ if holiday => DayKind::Rest,
            _ if day == date(2026, 10, 10) => DayKind::MakeUp,
            _ if day.weekday().to_monday_zero_offset() > 4 => DayKind::Rest,
            _ => DayKind::Work,
        };
        let counts = day > from && (kind != DayKind::Rest || unit != Unit::WorkingDay);
        n += u32::from(counts);
        let name = holiday.then(|| "国庆".to_owned());
        list.push(ClockDay { date: day, kind, name, counted: counts.then_some(n) });
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    list
}

fn clock(lang: Lang, key: &str, from: Date, due: Date, left: i32) -> Clock {
    let today = date(2026, 10, 14);
    let steps = ["sample.step.1", "sample.step.2", "sample.step.3"];
    Clock {
        label: t(lang, key).to_owned(),
        from,
        today,
        due,
        left,
        days: days(from, due.max(today), Unit::WorkingDay),
        clause: Some(t(lang, "sample.clause").to_owned()),
        steps: steps
            .iter()
            .map(|key| Derivation { text: t(lang, key).to_owned(), clause: Some(t(lang, "sample.clause").to_owned()) })
            .collect(),
        ..Clock::default()
    }
}

/// One clock, several clocks, a long one.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let first = Clock {
        original_due: Some(date(2026, 10, 10)),
        ..clock(lang, "sample.clock.answer", date(2026, 9, 28), date(2026, 10, 16), 2)
    };
    let today = Clock { steps: vec![], ..clock(lang, "sample.clock.report", date(2026, 10, 9), date(2026, 10, 14), 0) };
    let late = Clock { steps: vec![], ..clock(lang, "sample.clock.sign", date(2026, 10, 10), date(2026, 10, 12), -2) };
    let far = Clock {
        days: days(date(2026, 10, 8), date(2026, 12, 7), Unit::Day),
        unit: Unit::Day,
        provisional: true,
        ..clock(lang, "sample.clock.decide", date(2026, 10, 8), date(2026, 12, 7), 54)
    };
    html! { (clock_strip(lang, &first)) hr; (clock_strips(lang, &[first, today, late])) hr; (clock_strip(lang, &far)) }
}
