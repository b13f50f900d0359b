//! The derivation of a deadline as data, one step at a time, each with the rule or the notice it rests on.
//!
//! Steps are kept and sent as they are; the words for people are made in [`super::explain`].

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::due::DueDates;
use super::{Calendar, DayReason};
use crate::time::{Date, DayEnd, Length, Roll, Timestamp, date_of};

/// Civil Code, article 201: the first day is not counted, hours run at once.
pub const CC_201: &str = "CC 201";
/// Civil Code, article 203: the end of the last day, and a last day that is a rest day.
pub const CC_203: &str = "CC 203";

/// Why days were passed over.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RestReason {
    /// A holiday by notice.
    Holiday,
    /// A statutory day in a year without notice.
    Statutory,
    /// Saturday or Sunday.
    Weekend,
}

/// One step of a derivation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Step {
    /// A day clock starts: the day of the event, and the first day that counts.
    Start {
        /// The day of the event.
        date: Date,
        /// The first counted day.
        counted_from: Date,
        /// CC 201.
        source: String,
    },
    /// An hour clock starts at once.
    StartAt {
        /// The instant of the event.
        at: Timestamp,
        /// CC 201.
        source: String,
    },
    /// Rest days of one holiday that a working-day clock passes over.
    Skipped {
        /// The first rest day.
        from: Date,
        /// The last rest day.
        to: Date,
        /// The holiday, in Chinese.
        name: String,
        /// The holiday, in English where known.
        name_en: String,
        /// Holiday by notice or statutory day.
        reason: RestReason,
        /// The notice, or the rule of the statutory days.
        source: String,
    },
    /// Ordinary Saturdays and Sundays that a working-day clock passes over, summed.
    Weekends {
        /// How many days.
        days: u32,
        /// The rule of the weekly rest.
        source: String,
    },
    /// A weekend day that counts because it is worked in exchange.
    MakeUp {
        /// The day.
        date: Date,
        /// The holiday, in Chinese.
        name: String,
        /// The holiday, in English where known.
        name_en: String,
        /// The notice.
        source: String,
    },
    /// The count is complete.
    Counted {
        /// How much was counted.
        length: Length,
        /// The last counted day.
        last: Date,
        /// CC 201.
        source: String,
    },
    /// The last day is a rest day and the deadline moves.
    Rolled {
        /// The last counted day.
        from: Date,
        /// The next working day.
        to: Date,
        /// The holiday of `from` in Chinese; empty for a weekend.
        name: String,
        /// The same in English.
        name_en: String,
        /// CC 203.
        source: String,
    },
    /// When the last day ends.
    DayEnd {
        /// The last instant.
        at: Timestamp,
        /// 24:00 or the closing hour.
        end: DayEnd,
        /// CC 203.
        source: String,
    },
    /// The result depends on a year without notice.
    Provisional {
        /// The first such year.
        year: i16,
        /// The rule used meanwhile.
        source: String,
    },
    /// The clock was extended.
    Extended {
        /// The nominal due day that the extension counts on from.
        from: Date,
        /// By how much.
        by: Length,
        /// CC 201.
        source: String,
    },
    /// The clock stood still and goes on with what was left.
    Resumed {
        /// When it stopped.
        stopped: Timestamp,
        /// When it went on.
        resumed: Timestamp,
        /// The nominal due day afterwards.
        to: Date,
        /// Empty: which rule suspends belongs to the clock, not to the calendar.
        source: String,
    },
    /// Suspended days were given back.
    Suspended {
        /// Whole days.
        days: i64,
        /// The nominal due day afterwards.
        to: Date,
        /// Empty: which rule suspends belongs to the clock, not to the calendar.
        source: String,
    },
}

impl Step {
    /// The rule or the notice the step rests on; may be empty.
    pub fn source(&self) -> &str {
        match self {
            Self::Start { source, .. }
            | Self::StartAt { source, .. }
            | Self::Skipped { source, .. }
            | Self::Weekends { source, .. }
            | Self::MakeUp { source, .. }
            | Self::Counted { source, .. }
            | Self::Rolled { source, .. }
            | Self::DayEnd { source, .. }
            | Self::Provisional { source, .. }
            | Self::Extended { source, .. }
            | Self::Resumed { source, .. }
            | Self::Suspended { source, .. } => source,
        }
    }

    pub(super) fn extended(from: Date, by: Length) -> Self {
        Self::Extended { from, by, source: CC_201.to_owned() }
    }

    pub(super) fn suspended(days: i64, to: Date) -> Self {
        Self::Suspended { days, to, source: String::new() }
    }

    pub(super) fn stood_still(stopped: Timestamp, resumed: Timestamp, to: Date) -> Self {
        Self::Resumed { stopped, resumed, to, source: String::new() }
    }

    pub(super) fn is_start(&self) -> bool {
        matches!(self, Self::Start { .. } | Self::StartAt { .. })
    }
}

impl Calendar {
    /// The derivation of a count from `from`.
    pub(super) fn steps(&self, from: Timestamp, length: Length, roll: Roll, end: DayEnd, dates: DueDates) -> Vec<Step> {
        if let Length::Hours(_) = length {
            let last = dates.nominal_due.date();
            let start = Step::StartAt { at: from, source: CC_201.to_owned() };
            return vec![start, Step::Counted { length, last, source: CC_201.to_owned() }];
        }
        let (start, last) = (from.day_number(), dates.nominal_due.day_number());
        let counted_from = date_of(start + 1);
        let mut steps = vec![Step::Start { date: from.date(), counted_from, source: CC_201.to_owned() }];
        let mut first = last;
        if let Length::WorkingDays(1..) = length {
            self.walk(&mut steps, start + 1, last);
            first = start + 1;
        }
        steps.push(Step::Counted { length, last: date_of(last), source: CC_201.to_owned() });
        self.end_steps(&mut steps, first, roll, end, dates);
        steps
    }

    /// What follows the count: the roll, the end of the day, and the mark of a year without notice. The mark concerns
    /// the days from `first` on.
    pub(super) fn end_steps(&self, steps: &mut Vec<Step>, first: i32, roll: Roll, end: DayEnd, dates: DueDates) {
        let (last, legal) = (dates.nominal_due.day_number(), dates.legal_due.day_number());
        if roll == Roll::NextWorkingDay && legal != last {
            let name = self.0.special.get(&last).and_then(|special| special.reason.name()).unwrap_or_default();
            let (name, name_en) = (name.to_owned(), self.english(name).to_owned());
            let (from, to) = (date_of(last), date_of(legal));
            steps.push(Step::Rolled { from, to, name, name_en, source: CC_203.to_owned() });
        }
        steps.push(Step::DayEnd { at: dates.due, end, source: CC_203.to_owned() });
        if dates.provisional {
            // An extended clock may owe the mark to a year before this count: then name the nearest one before.
            let (from, to) = (date_of(first).year(), date_of(legal).year());
            let year = (from..=to).chain((i16::MIN..from).rev()).find(|year| !self.published(*year)).unwrap_or(to);
            steps.push(Step::Provisional { year, source: self.0.holiday_source.to_string() });
        }
    }

    /// Rest runs and make-up days of `from..=to`, in order; ordinary weekends are summed at the end.
    fn walk(&self, steps: &mut Vec<Step>, from: i32, to: i32) {
        let mut named = 0;
        let mut previous: Option<(i32, Arc<str>)> = None;
        for (&day, special) in self.0.special.range(from..=to) {
            let date = date_of(day);
            let (name, reason) = match &special.reason {
                DayReason::MakeUp { name } => {
                    let (name, name_en) = (name.to_string(), self.english(name).to_owned());
                    steps.push(Step::MakeUp { date, name, name_en, source: special.source.to_string() });
                    continue;
                }
                DayReason::Holiday { name } => (name, RestReason::Holiday),
                DayReason::Statutory { name } => (name, RestReason::Statutory),
                DayReason::Weekday | DayReason::Weekend => continue,
            };
            named += 1;
            let joined = previous.as_ref().is_some_and(|(before, last)| before + 1 == day && last == name);
            previous = Some((day, name.clone()));
            match steps.last_mut() {
                Some(Step::Skipped { to, .. }) if joined => *to = date,
                _ => {
                    let (name, name_en) = (name.to_string(), self.english(name).to_owned());
                    let source = special.source.to_string();
                    steps.push(Step::Skipped { from: date, to: date, name, name_en, reason, source });
                }
            }
        }
        let worked = self.0.table.index_after(to) - self.0.table.index_after(from - 1);
        let weekends = (to - from + 1 - worked - named).unsigned_abs();
        if weekends > 0 {
            steps.push(Step::Weekends { days: weekends, source: self.0.weekend_source.to_string() });
        }
    }
}
