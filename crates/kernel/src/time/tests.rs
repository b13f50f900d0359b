//! Tests of times and lengths.

use proptest::prelude::*;

use super::{Date, DayEnd, Length, MAX_DAY, MIN_DAY, Roll, Timestamp, date_of, day_number};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

#[test]
fn reads_any_offset_and_local_times() {
    let noon = Timestamp(1_770_868_800_000);
    for text in ["2026-02-12T12:00:00+08:00", "2026-02-12T04:00:00Z", "2026-02-11T23:00:00-05:00", "2026-02-12T12:00"] {
        assert_eq!(at(text), noon, "{text}");
    }
    assert_eq!(at("2026-02-12"), Timestamp::at(Date::constant(2026, 2, 12), 0, 0));
    assert_eq!(at("2026-02-12T12:00:00.250Z").0 % 1000, 250);
    for text in ["", "12.2.2026", "2026-02-30", "2026-02-12T25:00", "noon"] {
        assert!(text.parse::<Timestamp>().is_err(), "{text}");
    }
}

#[test]
fn shows_the_fixed_zone() {
    let evening = at("2026-02-12T20:30:15Z");
    assert_eq!(evening.to_string(), "2026-02-13T04:30:15+08:00");
    assert_eq!((evening.date(), evening.hour_minute()), (Date::constant(2026, 2, 13), (4, 30)));
    assert_eq!(Timestamp(-1).to_string(), "1970-01-01T07:59:59+08:00");
    // Summer of 1988: the zone had daylight saving then, the system does not.
    assert_eq!(at("1988-07-01T00:00:00Z").hour_minute(), (8, 0));
}

#[test]
fn lengths_rolls_and_ends_are_text() {
    for (text, length, zh, en) in [
        ("2h", Length::Hours(2), "2 小时", "2 hours"),
        ("15d", Length::Days(15), "15 日", "15 days"),
        ("5wd", Length::WorkingDays(5), "5 个工作日", "5 working days"),
        ("1d", Length::Days(1), "1 日", "1 day"),
    ] {
        assert_eq!(text.parse(), Ok(length));
        assert_eq!((length.to_string().as_str(), length.zh().as_str(), length.en().as_str()), (text, zh, en));
        let json = serde_json::to_string(&length).expect("json");
        assert_eq!(json, format!("\"{text}\""));
        assert_eq!(serde_json::from_str::<Length>(&json).expect("json"), length);
    }
    let kept = |n| (Length::Days(n).kept_zh(), Length::Days(n).kept_en());
    assert_eq!(kept(1095), ("3 年".to_owned(), "3 years".to_owned()));
    assert_eq!(kept(365).1, "1 year");
    assert_eq!(kept(180), ("180 日".to_owned(), "180 days".to_owned()));
    for text in ["", "5", "wd", "-5d", "5w", "5 d", "99999999999d", "1.5h"] {
        assert!(text.parse::<Length>().is_err(), "{text}");
    }
    assert_eq!("24:00".parse(), Ok(DayEnd::Midnight));
    assert_eq!("17:30".parse(), Ok(DayEnd::Closing { hour: 17, minute: 30 }));
    for text in ["24:30", "17:60", "7:30", "17", "+7:30", "17:30:00"] {
        assert!(text.parse::<DayEnd>().is_err(), "{text}");
    }
    assert_eq!(serde_json::to_string(&Roll::NextWorkingDay).expect("json"), "\"next_working_day\"");
    assert_eq!("none".parse(), Ok(Roll::None));
}

#[test]
fn an_ended_day_still_is_that_day() {
    let day = day_number(Date::constant(2026, 2, 12));
    assert_eq!(DayEnd::Midnight.of(day).plus_millis(1), at("2026-02-13"));
    assert_eq!(DayEnd::Midnight.of(day).date(), Date::constant(2026, 2, 12));
    assert_eq!("17:30".parse::<DayEnd>().map(|end| end.of(day)), Ok(at("2026-02-12T17:30")));
}

#[test]
fn far_times_saturate() {
    for day in [MIN_DAY, MAX_DAY] {
        assert_eq!(day_number(date_of(day)), day);
    }
    assert_eq!(Timestamp(i64::MAX).date(), date_of(MAX_DAY));
    assert_eq!(Timestamp(i64::MIN).date(), date_of(MIN_DAY));
    assert_eq!(day_number(Date::MAX), MAX_DAY);
    assert_eq!(day_number(Date::MIN), MIN_DAY);
    assert_eq!(Timestamp(i64::MAX).plus_days(i64::MAX), Timestamp(i64::MAX));
}

proptest! {
    #[test]
    fn days_and_dates_are_inverse(day in MIN_DAY..=MAX_DAY) {
        prop_assert_eq!(day_number(date_of(day)), day);
        prop_assert_eq!(Timestamp::at(date_of(day), 0, 0).day_number(), day);
        prop_assert_eq!(Timestamp::at(date_of(day), 23, 59).date(), date_of(day));
    }

    #[test]
    fn text_keeps_whole_seconds(second in -2_000_000_000i64..20_000_000_000) {
        let instant = Timestamp(second * 1000);
        prop_assert_eq!(instant.to_string().parse(), Ok(instant));
    }
}
