//! Words and shapes that several desk pages share: texts of packs, times, posts, rings and what is due. Decides nothing.

use crate::components::due::Due;
use crate::i18n::{Lang, Unit, t, tf};
use app::lists::ItemView;
use jiff::civil::Date;
use kernel::number::Confidence;
use kernel::time::{Length, Timestamp};

pub use crate::words::{moment, ring_of, ring_of_item, say, when};

/// A length of time.
#[must_use]
pub fn length(lang: Lang, length: Length) -> String {
    match lang {
        Lang::Zh => length.zh(),
        Lang::En => length.en(),
    }
}

/// A post in words. Posts are words of packs too, so an unknown one is shown as it is written.
#[must_use]
pub fn post(lang: Lang, role: &str) -> String {
    const KNOWN: [&str; 10] = [
        "staff",
        "head",
        "operator",
        "callback",
        "social_worker",
        "leader",
        "mediator",
        "supervisor",
        "admin",
        "auditor",
    ];
    if KNOWN.contains(&role) { t(lang, &format!("desk.post.{role}")).to_owned() } else { role.to_owned() }
}

/// How sure a number is.
#[must_use]
pub fn confidence(lang: Lang, confidence: Confidence) -> &'static str {
    t(
        lang,
        match confidence {
            Confidence::Verified => "desk.confidence.verified",
            Confidence::Secondary => "desk.confidence.secondary",
            Confidence::Recalled => "desk.confidence.recalled",
            Confidence::Design => "desk.confidence.design",
        },
    )
}

/// What a row of a list says about its date: hours on the day itself, working days before and after.
#[must_use]
pub fn due_of(lang: Lang, item: &ItemView, now: Timestamp) -> Due {
    let Some(at) = item.due_at.filter(|_| item.ended_at.is_none()) else {
        let words = item.ended_at.map(|at| tf(lang, "desk.ended_on", &[("date", &when(lang, at, now.date()))]));
        return Due { words, ..Due::default() };
    };
    let (left, unit) = left(item.working_days.unwrap_or(0), at, now);
    let words = (left == 0).then(|| tf(lang, "desk.due_today", &[("time", &crate::i18n::time(moment(at).time()))]));
    Due { left: Some(left), unit, date: (at.date() != now.date()).then_some(at.date()), words }
}

/// A date nearer than this many hours is for now, whatever the calendar says of the day.
pub const SOON: i64 = 6;

/// Units left until a time: working days; calendar days or hours where no working day lies between and it is late.
#[must_use]
pub fn left(working_days: i32, at: Timestamp, now: Timestamp) -> (i32, Unit) {
    let hours = (at.0 - now.0) / 3_600_000;
    // An hour counts as an hour also over midnight.
    if now <= at && hours < SOON && at.date() > now.date() {
        return (i32::try_from(hours.max(1)).unwrap_or(1), Unit::Hour);
    }
    if now <= at || working_days < 0 {
        let ahead = at.date() > now.date() && working_days == 0;
        return if ahead { (days(now.date(), at.date()), Unit::Day) } else { (working_days, Unit::WorkingDay) };
    }
    match days(now.date(), at.date()) {
        0 => (-i32::try_from(((now.0 - at.0) / 3_600_000).max(1)).unwrap_or(1), Unit::Hour),
        n => (n, Unit::Day),
    }
}

/// Calendar days from one day to another.
#[must_use]
pub fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(0, |span| span.get_days())
}

/// A key that a form sends along, so that pressing twice does a thing once.
#[must_use]
pub fn once() -> String {
    use std::hash::{BuildHasher, RandomState};
    format!("{:016x}{:016x}", RandomState::new().hash_one(1), RandomState::new().hash_one(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn late_on_a_rest_day_is_late_and_not_due_today() {
        let friday = at("2026-10-16T23:59");
        assert_eq!(left(0, friday, at("2026-10-17T10:00")), (-1, Unit::Day));
        assert_eq!(left(0, at("2026-10-16T09:00"), at("2026-10-16T12:30")), (-3, Unit::Hour));
        assert_eq!(left(2, friday, at("2026-10-14T10:00")), (2, Unit::WorkingDay));
        assert_eq!(left(0, at("2026-10-18T10:00"), at("2026-10-17T10:00")), (1, Unit::Day));
    }
}
