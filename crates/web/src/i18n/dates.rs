//! Dates, times and lengths of time as people say them. Computes no due date: numbers come in as they are.

use super::{Lang, t, tf};
use jiff::civil::{Date, DateTime, Time};

/// What a clock counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    #[default]
    WorkingDay,
    Day,
    Hour,
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn month(date: Date) -> &'static str {
    MONTHS[usize::from(date.month().unsigned_abs()) - 1]
}

/// 周日 / Sun.
#[must_use]
pub fn weekday(lang: Lang, date: Date) -> &'static str {
    const ZH: [&str; 7] = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
    const EN: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let index = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
    match lang {
        Lang::Zh => ZH[index],
        Lang::En => EN[index],
    }
}

/// 2026年12月6日（周日） / Sun 6 Dec 2026.
#[must_use]
pub fn date_long(lang: Lang, date: Date) -> String {
    match lang {
        Lang::Zh => format!("{}年{}月{}日（{}）", date.year(), date.month(), date.day(), weekday(lang, date)),
        Lang::En => format!("{} {} {} {}", weekday(lang, date), date.day(), month(date), date.year()),
    }
}

/// 12月6日（周日） / Sun 6 Dec: within a year that the reader knows.
#[must_use]
pub fn date_short(lang: Lang, date: Date) -> String {
    match lang {
        Lang::Zh => format!("{}月{}日（{}）", date.month(), date.day(), weekday(lang, date)),
        Lang::En => format!("{} {} {}", weekday(lang, date), date.day(), month(date)),
    }
}

/// 12月6日 / 6 Dec: in tables, where the weekday is too much.
#[must_use]
pub fn date_numeric(lang: Lang, date: Date) -> String {
    match lang {
        Lang::Zh => format!("{}月{}日", date.month(), date.day()),
        Lang::En => format!("{} {}", date.day(), month(date)),
    }
}

/// 17:30.
#[must_use]
pub fn time(at: Time) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

/// 12月6日（周日）17:30 / Sun 6 Dec, 17:30.
#[must_use]
pub fn date_time(lang: Lang, at: DateTime) -> String {
    let gap = if lang == Lang::Zh { "" } else { ", " };
    format!("{}{gap}{}", date_short(lang, at.date()), time(at.time()))
}

/// 2026年12月6日（周日）17:30 / Sun 6 Dec 2026, 17:30: where it must still be true in years, as on a receipt.
#[must_use]
pub fn date_time_long(lang: Lang, at: DateTime) -> String {
    let gap = if lang == Lang::Zh { "" } else { ", " };
    format!("{}{gap}{}", date_long(lang, at.date()), time(at.time()))
}

/// 今天, 明天, 昨天, or the date; with its year when that is another one than `today`'s.
#[must_use]
pub fn relative(lang: Lang, date: Date, today: Date) -> String {
    let day = |n: i64| today.checked_add(jiff::Span::new().days(n)).ok();
    if date == today {
        t(lang, "date.today").to_owned()
    } else if Some(date) == day(1) {
        t(lang, "date.tomorrow").to_owned()
    } else if Some(date) == day(-1) {
        t(lang, "date.yesterday").to_owned()
    } else if date.year() == today.year() {
        date_short(lang, date)
    } else {
        date_long(lang, date)
    }
}

/// 3 个工作日 / 3 working days.
#[must_use]
pub fn count(lang: Lang, n: u32, unit: Unit) -> String {
    let key = match (unit, n == 1) {
        (Unit::WorkingDay, true) => "unit.working_day.one",
        (Unit::WorkingDay, false) => "unit.working_day.other",
        (Unit::Day, true) => "unit.day.one",
        (Unit::Day, false) => "unit.day.other",
        (Unit::Hour, true) => "unit.hour.one",
        (Unit::Hour, false) => "unit.hour.other",
    };
    tf(lang, key, &[("n", &n.to_string())])
}

/// How long to wait, rounded up: seconds up to a minute and a half, then minutes.
#[must_use]
pub fn wait(lang: Lang, seconds: u32) -> String {
    let (key, n) = if seconds <= 90 { ("seconds", seconds) } else { ("minutes", seconds.div_ceil(60)) };
    tf(lang, &format!("failure.pace.{key}"), &[("n", &n.to_string())])
}

/// 还有 3 个工作日 / 3 working days left.
#[must_use]
pub fn working_left(lang: Lang, n: u32) -> String {
    tf(lang, "due.left", &[("count", &count(lang, n, Unit::WorkingDay))])
}

/// 逾期 2 个工作日 / 2 working days overdue.
#[must_use]
pub fn overdue(lang: Lang, n: u32, unit: Unit) -> String {
    tf(lang, "due.over", &[("count", &count(lang, n, unit))])
}

/// Words for what remains: positive is left, 0 is due today, negative is overdue.
#[must_use]
pub fn due_words(lang: Lang, left: i32, unit: Unit) -> String {
    let n = left.unsigned_abs();
    match left {
        0 => t(lang, "due.today").to_owned(),
        1.. => tf(lang, "due.left", &[("count", &count(lang, n, unit))]),
        _ => overdue(lang, n, unit),
    }
}
