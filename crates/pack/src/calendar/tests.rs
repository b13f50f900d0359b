//! Tests of the calendar file.

use kernel::calendar::{Calendar, DayReason, DueDates, Lang, RestReason, Step, explain};
use kernel::time::{Date, DayEnd, Length, Roll, Timestamp};
use proptest::prelude::*;

use super::{CalendarFileError, embedded, parse};

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn length(text: &str) -> Length {
    text.parse().expect("a length")
}

fn dates(from: &str, by: &str) -> DueDates {
    embedded().due_dates(at(from), length(by), Roll::NextWorkingDay, DayEnd::Midnight)
}

fn working_days(calendar: &Calendar, year: i16) -> i32 {
    calendar.working_days_between(Date::constant(year - 1, 12, 31), Date::constant(year, 12, 31))
}

#[test]
fn counts_the_working_days_of_published_years() {
    for (year, days) in [(2024, 251), (2025, 248), (2026, 248)] {
        assert_eq!(working_days(embedded(), year), days, "{year}");
        assert!(embedded().published(year));
    }
    // The text of the notice decides where the libraries disagree.
    assert!(embedded().day(date("2005-12-31")).working);
    assert_eq!(embedded().years(), 2004..=2026);
    assert_eq!(embedded().edition(2026), Some("国务院办公厅关于2026年部分节假日安排的通知（2025-11-04）"));
}

/// The vectors of domain-rules 1.1, computed from the notice of 2026.
#[test]
fn agrees_with_the_published_vectors() {
    let vectors = [
        ("2026-02-12T10:00", "5wd", "2026-02-26", "2026-02-26"),
        ("2026-09-18T10:00", "5wd", "2026-09-24", "2026-09-24"),
        ("2026-09-29T10:00", "5wd", "2026-10-12", "2026-10-12"),
        ("2026-02-12T10:00", "10wd", "2026-03-04", "2026-03-04"),
        ("2026-04-30T10:00", "3wd", "2026-05-08", "2026-05-08"),
        ("2026-02-05T10:00", "15d", "2026-02-20", "2026-02-24"),
        ("2026-08-03T10:00", "60d", "2026-10-02", "2026-10-08"),
        ("2026-09-10T10:00", "15d", "2026-09-25", "2026-09-28"),
    ];
    for (from, by, nominal, legal) in vectors {
        let dates = dates(from, by);
        assert_eq!(dates.nominal_due.date(), date(nominal), "{from} + {by}");
        assert_eq!(dates.legal_due.date(), date(legal), "{from} + {by}, rolled");
        assert_eq!(dates.due, dates.legal_due);
        assert!(!dates.provisional, "{from} + {by}");
        let bare = embedded().due_dates(at(from), length(by), Roll::None, DayEnd::Midnight);
        assert_eq!(bare.due, dates.nominal_due);
        assert_eq!(bare.legal_due, dates.legal_due);
    }
}

#[test]
fn an_unpublished_year_is_provisional_and_not_monday_to_friday() {
    let calendar = embedded();
    // 261 is the silent Monday-Friday count. Seven statutory days fall on weekdays: 01-01, 02-05, 02-08, 04-05,
    // 06-09, 09-15 and 10-01.
    assert_eq!(working_days(calendar, 2027), 254);
    assert!(!calendar.published(2027));
    assert_eq!(calendar.edition(2027), None);
    let spring = calendar.day(date("2027-02-08"));
    assert!(!spring.working && spring.provisional);
    assert_eq!(spring.reason, DayReason::Statutory { name: "春节".into() });
    let beyond = calendar.day(date("2041-10-01"));
    assert!(!beyond.working && beyond.provisional);

    let crossing = dates("2026-12-30T10:00", "5wd");
    assert!(crossing.provisional);
    assert_eq!(crossing.due.date(), date("2027-01-07"));
    assert!(dates("2026-12-25T10:00", "15d").provisional);
    assert!(!dates("2026-12-30T10:00", "1wd").provisional);
    assert!(dates("2003-12-30T10:00", "5wd").provisional);
    let steps = calendar.due(at("2026-12-30T10:00"), length("5wd"), Roll::None, DayEnd::Midnight).steps;
    assert!(steps.iter().any(|step| matches!(step, Step::Provisional { year: 2027, .. })));
}

/// 2027-12-31 is a Friday: the last day of a year, rolled over New Year's Day 2028 (a Saturday) to Monday.
#[test]
fn leap_days_and_year_ends() {
    assert_eq!(dates("2028-02-28T10:00", "1d").nominal_due.date(), date("2028-02-29"));
    assert_eq!(dates("2024-02-28T10:00", "2wd").due.date(), date("2024-03-01"));
    assert_eq!(dates("2025-12-30T10:00", "2d").legal_due.date(), date("2026-01-04"), "the Sunday is worked");
    assert_eq!(dates("2027-12-30T10:00", "2d").legal_due.date(), date("2028-01-03"));
    assert_eq!(dates("2025-12-31T23:59", "1wd").due.date(), date("2026-01-04"));
}

#[test]
fn says_what_kind_of_day_it_is() {
    let day = |text: &str| embedded().day(date(text));
    assert_eq!(day("2026-10-10").reason, DayReason::MakeUp { name: "国庆节".into() });
    assert_eq!(day("2026-10-11").reason, DayReason::Weekend);
    assert_eq!(&*day("2026-10-11").source, "国务院关于职工工作时间的规定第七条");
    assert_eq!(day("2026-10-12").reason, DayReason::Weekday);
    assert_eq!(
        &*day("2020-02-02").source,
        "国务院办公厅关于延长2020年春节假期的通知（国办发明电〔2020〕1号，2020-01-26）"
    );
}

#[test]
fn derives_a_due_date_step_by_step() {
    let due = embedded().due(at("2026-09-29T10:00"), length("5wd"), Roll::NextWorkingDay, DayEnd::Midnight);
    assert_eq!(
        explain(&due.steps, Lang::Zh),
        [
            "2026年9月29日当天不算，从第二天 2026年9月30日 起算（民法典第201条）",
            "2026年10月1日至7日国庆节放假，不算（国务院办公厅关于2026年部分节假日安排的通知（2025-11-04））",
            "2026年10月10日（周六）国庆节调休上班，算（国务院办公厅关于2026年部分节假日安排的通知（2025-11-04））",
            "其间周末 1 天，不算（国务院关于职工工作时间的规定第七条）",
            "满 5 个工作日，到 2026年10月12日（周一）",
            "截止到 2026年10月12日 24:00（民法典第203条）",
        ]
    );
    assert!(explain(&due.steps, Lang::En)[1].starts_with("2026-10-01 to 2026-10-07, National Day: not counted"));

    let rolled =
        embedded().due(at("2026-09-10T10:00"), length("15d"), Roll::NextWorkingDay, "17:30".parse().expect("an hour"));
    assert_eq!(rolled.due, at("2026-09-28T17:30"));
    let words = explain(&rolled.steps, Lang::Zh);
    assert!(words.contains(
        &"2026年9月25日是中秋节假期，顺延到假后第一个工作日 2026年9月28日（周一）（民法典第203条）".to_owned()
    ));
    let text = toml::to_string(&rolled).expect("steps are data");
    assert_eq!(toml::from_str::<kernel::calendar::Due>(&text).expect("and come back"), rolled);
}

/// Every day of the count is a working day or named among the rest days.
#[test]
fn a_derivation_accounts_for_every_day() {
    let from = at("2023-12-15T10:00");
    let due = embedded().due(from, length("600wd"), Roll::None, DayEnd::Midnight);
    let rest = due.steps.iter().map(|step| match step {
        Step::Skipped { from, to, .. } => i64::from(from.until(*to).expect("a span").get_days()) + 1,
        Step::Weekends { days, .. } => i64::from(*days),
        _ => 0,
    });
    let days = i64::from(from.date().until(due.due.date()).expect("a span").get_days());
    assert_eq!(rest.sum::<i64>() + 600, days);
}

#[test]
fn skipped_runs_join_neighbouring_days_of_one_holiday() {
    let due = embedded().due(at("2026-02-12T10:00"), length("10wd"), Roll::None, DayEnd::Midnight);
    let holidays: Vec<_> = due.steps.iter().filter(|step| matches!(step, Step::Skipped { .. })).collect();
    assert!(
        matches!(holidays[..], [Step::Skipped { from, to, reason: RestReason::Holiday, .. }]
            if *from == date("2026-02-15") && *to == date("2026-02-23")),
        "{holidays:?}"
    );
}

#[test]
fn extends_from_the_nominal_day_and_gives_back_suspended_days() {
    let calendar = embedded();
    let (roll, end) = (Roll::NextWorkingDay, DayEnd::Midnight);
    let first = calendar.due(at("2026-08-03T10:00"), length("60d"), roll, end);
    let extended = calendar.extend(&first.dates(), length("30d"), roll, end);
    assert_eq!(extended.nominal_due.date(), date("2026-11-01"), "30 days from 10-02, not from 10-08");
    assert_eq!(extended.due.date(), date("2026-11-02"));
    assert_eq!(extended.dates(), calendar.extend_dates(&first.dates(), length("30d"), roll, end));

    let shifted = calendar.shift(first.nominal_due, 86_400_000 + 1, roll, end);
    assert_eq!(shifted.nominal_due.date(), date("2026-10-04"), "a begun day is given back whole");
    assert_eq!(shifted.due.date(), date("2026-10-08"));
    assert_eq!(calendar.shift(first.nominal_due, 0, roll, end).dates(), first.dates());
}

/// A clock that stood still resumes with what was left, in its own unit.
#[test]
fn resumes_with_what_was_left() {
    let calendar = embedded();
    let (roll, end) = (Roll::NextWorkingDay, DayEnd::Midnight);
    let resume = |from: &str, by: &str, stopped: &str, resumed: &str| {
        let current = calendar.due_dates(at(from), length(by), roll, end);
        let due = calendar.resume(&current, length(by), (at(stopped), at(resumed)), roll, end);
        assert!(due.nominal_due >= current.nominal_due);
        assert_eq!(explain(&due.steps, Lang::Zh).len(), due.steps.len());
        due.nominal_due
    };
    // 09-20 (worked), 09-21 and 09-22 were counted; two days are left: 10-10 (worked) and 10-12.
    assert_eq!(resume("2026-09-18T10:00", "5wd", "2026-09-22T10:00", "2026-10-09T10:00").date(), date("2026-10-12"));
    assert_eq!(resume("2026-03-02T10:00", "15d", "2026-03-05T23:00", "2026-03-09T01:00").date(), date("2026-03-21"));
    assert_eq!(resume("2026-03-02T10:00", "15d", "2026-03-05T09:00", "2026-03-05T18:00").date(), date("2026-03-17"));
    assert_eq!(resume("2026-03-02T10:00", "2h", "2026-03-02T11:00", "2026-03-02T12:30"), at("2026-03-02T13:30"));
}

#[test]
fn explains_every_kind_of_step_in_both_languages() {
    let calendar = embedded();
    let (roll, end) = (Roll::NextWorkingDay, DayEnd::Closing { hour: 17, minute: 30 });
    let first = calendar.due(at("2026-12-25T10:00"), length("15d"), roll, end);
    let extended = calendar.extend(&first.dates(), length("20wd"), roll, end);
    let shifted = calendar.shift(first.nominal_due, 1, roll, end);
    let hours = calendar.due(at("2026-12-25T10:00"), length("2h"), roll, end);
    for due in [&first, &extended, &shifted, &hours] {
        for (lang, other) in [(Lang::Zh, "Civil Code"), (Lang::En, "民法典")] {
            let lines = explain(&due.steps, lang);
            assert_eq!(lines.len(), due.steps.len());
            assert!(lines.iter().all(|line| !line.is_empty() && !line.contains(other)), "{lines:?}");
        }
    }
    assert!(explain(&first.steps, Lang::Zh).iter().any(|line| line.starts_with("2027 年的放假安排还没有公布")));
    assert!(explain(&extended.steps, Lang::En).iter().any(|line| line.contains("the Spring Festival")));
    assert!(!hours.provisional);
}

#[test]
fn refuses_what_is_not_a_calendar() {
    let row = |rest: &str| parse(&format!("region = \"x\"\n[[notice]]\nyear = 2026\ntitle = \"t\"\nrest = [{rest}]"));
    assert!(row(r#"{ from = 2026-01-01, to = 2026-01-03, name = "n" }"#).is_ok());
    assert!(matches!(row(r#"{ from = 2026-01-03, to = 2026-01-01, name = "n" }"#), Err(CalendarFileError::Row { .. })));
    assert!(matches!(row(r#"{ from = 2026-01-01, to = 2026-03-03, name = "n" }"#), Err(CalendarFileError::Row { .. })));
    assert!(matches!(
        row(r#"{ from = 2025-05-01, to = 2025-05-01, name = "n" }"#),
        Err(CalendarFileError::Calendar(_))
    ));
    let twice =
        r#"{ from = 2026-01-01, to = 2026-01-02, name = "n" }, { from = 2026-01-02, to = 2026-01-02, name = "m" }"#;
    assert!(matches!(row(twice), Err(CalendarFileError::Calendar(_))));
    let time = r#"{ from = 2026-01-01T10:00:00, to = 2026-01-02, name = "n" }"#;
    assert!(matches!(row(time), Err(CalendarFileError::Date(_))));
    assert!(matches!(parse("region = \"x\"\nunknown = 1"), Err(CalendarFileError::Syntax(_))));
}

fn any_length() -> impl Strategy<Value = (Length, Length)> {
    (0u32..400, 0u32..40, 0u8..3).prop_map(|(n, more, unit)| match unit {
        0 => (Length::Hours(n), Length::Hours(n + more)),
        1 => (Length::Days(n), Length::Days(n + more)),
        _ => (Length::WorkingDays(n), Length::WorkingDays(n + more)),
    })
}

fn any_roll() -> impl Strategy<Value = Roll> {
    prop_oneof![Just(Roll::None), Just(Roll::NextWorkingDay)]
}

fn any_end() -> impl Strategy<Value = DayEnd> {
    prop_oneof![Just(DayEnd::Midnight), Just(DayEnd::Closing { hour: 17, minute: 30 })]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Later starts and longer lengths never end earlier: the promise of a mechanism rests on this.
    #[test]
    fn due_is_monotone(
        from in 1_000_000_000_000i64..2_100_000_000_000,
        later in 0i64..1_000_000_000,
        (short, long) in any_length(),
        roll in any_roll(),
        end in any_end(),
    ) {
        let due = |from: i64, length| embedded().due_dates(Timestamp(from), length, roll, end);
        let base = due(from, short);
        prop_assert!(base.due >= Timestamp(from));
        prop_assert!(base.nominal_due <= base.legal_due);
        for other in [due(from + later, short), due(from, long)] {
            prop_assert!(base.due <= other.due);
            prop_assert!(base.legal_due <= other.legal_due);
        }
        let full = embedded().due(Timestamp(from), short, roll, end);
        prop_assert_eq!(full.dates(), base);
    }

    #[test]
    fn working_days_between_agrees_with_counting(a in 12_000i64..25_000, span in 0i64..1_500) {
        let day = |n: i64| Timestamp(0).plus_days(n).date();
        let counted = (a + 1..=a + span).filter(|n| embedded().day(day(*n)).working).count() as i32;
        prop_assert_eq!(embedded().working_days_between(day(a), day(a + span)), counted);
        prop_assert_eq!(embedded().working_days_between(day(a + span), day(a)), -counted);
    }

    /// The n-th working day is worked and has n working days behind it.
    #[test]
    fn counting_working_days_is_the_inverse_of_measuring(
        from in 1_000_000_000_000i64..4_500_000_000_000,
        n in 1u32..600,
    ) {
        let from = Timestamp(from);
        let due = embedded().due_dates(from, Length::WorkingDays(n), Roll::None, DayEnd::Midnight);
        prop_assert!(embedded().day(due.due.date()).working);
        prop_assert_eq!(embedded().working_days_between(from.date(), due.due.date()), n as i32);
    }
}
