//! Tests of the working calendar.

use super::{Calendar, CalendarError, DayReason, Exception, Statutory, Step, YearNotice};
use crate::time::{Date, DayEnd, Length, Roll, Timestamp};

fn rest(year: i16, month: i8, day: i8) -> (Date, Exception) {
    (Date::constant(year, month, day), Exception::Rest { name: "节".to_owned() })
}

fn notice(year: i16, source: &str, exceptions: Vec<(Date, Exception)>) -> YearNotice {
    YearNotice { year, source: source.to_owned(), exceptions }
}

fn calendar(notices: Vec<YearNotice>) -> Calendar {
    Calendar::new("region", notices).expect("a calendar")
}

#[test]
fn a_calendar_without_notices_is_wholly_provisional() {
    let empty = calendar(Vec::new());
    assert!(empty.years().is_empty());
    let day = empty.day(Date::constant(2026, 10, 1));
    assert!(day.working && day.provisional);
    let due = empty.due(Timestamp::at(day.date, 9, 0), Length::WorkingDays(1), Roll::None, DayEnd::Midnight);
    assert!(due.provisional);
    assert_eq!(due.due.date(), Date::constant(2026, 10, 2));
}

#[test]
fn a_later_notice_of_the_year_wins_and_both_are_the_edition() {
    let work = (Date::constant(2026, 5, 1), Exception::Work { name: "节".to_owned() });
    let both = calendar(vec![notice(2026, "甲", vec![rest(2026, 5, 1)]), notice(2026, "乙", vec![work])]);
    assert_eq!(both.edition(2026), Some("甲；乙"));
    let day = both.day(Date::constant(2026, 5, 1));
    assert_eq!((day.working, &*day.source), (true, "乙"));
}

#[test]
fn a_gap_between_published_years_is_provisional() {
    let gap = calendar(vec![notice(2024, "甲", Vec::new()), notice(2026, "乙", Vec::new())]);
    let from = Timestamp::at(Date::constant(2024, 12, 30), 9, 0);
    let due = |days| gap.due_dates(from, Length::WorkingDays(days), Roll::None, DayEnd::Midnight);
    assert!(!due(1).provisional);
    assert!(due(2).provisional);
    assert!(due(300).provisional, "ends in a published year but counts through an unpublished one");
    let days = gap.due_dates(from, Length::Days(400), Roll::None, DayEnd::Midnight);
    assert!(!days.provisional, "calendar days do not depend on the years between");
}

/// Both calendars know the year of the new end; only the mark of the old end says that it was not certain.
#[test]
fn an_extension_keeps_the_provisional_mark() {
    let gap = calendar(vec![notice(2024, "甲", Vec::new()), notice(2026, "乙", Vec::new())]);
    let from = Timestamp::at(Date::constant(2025, 12, 1), 9, 0);
    let first = gap.due_dates(from, Length::Days(10), Roll::None, DayEnd::Midnight);
    assert!(first.provisional);
    assert!(gap.extend_dates(&first, Length::Days(60), Roll::None, DayEnd::Midnight).provisional);
    let steps = gap.extend(&first, Length::Days(60), Roll::None, DayEnd::Midnight).steps;
    assert!(matches!(steps.last(), Some(Step::Provisional { year: 2025, .. })), "2026 is published: {steps:?}");
    let back = (from, from.plus_days(60));
    assert!(gap.resume_dates(&first, Length::Days(10), back, Roll::None, DayEnd::Midnight).provisional);
}

#[test]
fn neighbouring_published_years_are_one_run() {
    let two = calendar(vec![notice(2025, "甲", Vec::new()), notice(2026, "乙", Vec::new())]);
    let from = Timestamp::at(Date::constant(2025, 12, 30), 9, 0);
    assert!(!two.due_dates(from, Length::WorkingDays(5), Roll::None, DayEnd::Midnight).provisional);
}

/// A suspension over one night gives one working day back; over a weekend day it gives none.
#[test]
fn resuming_counts_in_working_days() {
    let calendar = calendar(vec![notice(2026, "甲", Vec::new())]);
    let at = |day| Timestamp::at(Date::constant(2026, 3, day), 12, 0);
    let (unit, roll, end) = (Length::WorkingDays(5), Roll::None, DayEnd::Midnight);
    let current = calendar.due_dates(at(2), unit, roll, end);
    let resume =
        |stopped, resumed| calendar.resume_dates(&current, unit, (at(stopped), at(resumed)), roll, end).due.date();
    assert_eq!(current.due.date(), Date::constant(2026, 3, 9));
    assert_eq!(resume(4, 5), Date::constant(2026, 3, 10));
    assert_eq!(resume(6, 8), Date::constant(2026, 3, 9));
    assert_eq!(resume(5, 4), Date::constant(2026, 3, 9), "never earlier");
}

#[test]
fn statutory_days_yield_to_a_notice() {
    let first_of_may = Date::constant(2026, 5, 1);
    let statutory = Statutory {
        dated: vec![(first_of_may, "节".to_owned())],
        fixed: vec![(5, 2, "节".to_owned())],
        ..Statutory::default()
    };
    let without = Calendar::with_statutory("r", Vec::new(), statutory.clone()).expect("a calendar");
    assert!(!without.day(first_of_may).working);
    assert!(without.day(Date::constant(2028, 5, 2)).reason.name().is_some(), "fixed days beyond the rows");
    assert_eq!(without.day(Date::constant(2026, 5, 2)).reason, DayReason::Weekend, "the rows of a year are complete");
    let published = Calendar::with_statutory("r", vec![notice(2026, "甲", Vec::new())], statutory).expect("a calendar");
    assert!(published.day(first_of_may).working);
}

#[test]
fn refuses_contradictions() {
    let new = |year, days| Calendar::new("r", vec![notice(year, "甲", days)]).map(|_| ());
    assert_eq!(new(2026, vec![rest(2025, 12, 31), rest(2027, 1, 1)]), Ok(()));
    let stray = Date::constant(2025, 11, 30);
    assert_eq!(new(2026, vec![rest(2025, 11, 30)]), Err(CalendarError::OutsideYear { year: 2026, date: stray }));
    let twice = Date::constant(2026, 5, 1);
    assert_eq!(
        new(2026, vec![rest(2026, 5, 1), rest(2026, 5, 1)]),
        Err(CalendarError::Twice { year: 2026, date: twice })
    );
    assert_eq!(new(26, Vec::new()), Err(CalendarError::Year(26)));
    let fixed = Statutory { fixed: vec![(2, 30, "节".to_owned())], ..Statutory::default() };
    assert!(matches!(Calendar::with_statutory("r", Vec::new(), fixed), Err(CalendarError::Fixed(2, 30))));
}

#[test]
fn a_zero_length_never_ends_before_it_starts() {
    let closing = DayEnd::Closing { hour: 17, minute: 30 };
    let evening = Timestamp::at(Date::constant(2026, 3, 4), 20, 0);
    let calendar = calendar(vec![notice(2026, "甲", Vec::new())]);
    for length in [Length::Days(0), Length::WorkingDays(0), Length::Hours(0)] {
        assert_eq!(calendar.due_dates(evening, length, Roll::NextWorkingDay, closing).due, evening, "{length}");
    }
}

/// Outside the table the calendar is Monday-Friday by formula; the seams must not lose or repeat a day.
#[test]
fn the_seams_of_the_table_are_smooth() {
    let calendar = calendar(vec![notice(2026, "甲", vec![rest(2026, 1, 1), rest(2026, 12, 31)])]);
    for start in [Date::constant(2025, 12, 20), Date::constant(2086, 12, 15), Date::constant(1960, 1, 1)] {
        let from = Timestamp::at(start, 12, 0);
        for n in 1..40u32 {
            let due = calendar.due_dates(from, Length::WorkingDays(n), Roll::None, DayEnd::Midnight).due.date();
            assert!(calendar.day(due).working, "{start} + {n}");
            assert_eq!(calendar.working_days_between(start, due), n as i32, "{start} + {n}");
        }
    }
    let far = calendar.due_dates(Timestamp(0), Length::WorkingDays(u32::MAX), Roll::NextWorkingDay, DayEnd::Midnight);
    assert!(far.provisional);
    let far = calendar.due(Timestamp(i64::MAX), Length::Days(u32::MAX), Roll::NextWorkingDay, DayEnd::Midnight);
    assert!(far.provisional);
}
