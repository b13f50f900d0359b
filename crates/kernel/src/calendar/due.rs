//! Deadlines: the bare count, the legal end and their derivation.
//!
//! `*_dates` functions do only arithmetic and allocate nothing; the others add the steps for people. Neither knows
//! what the clock is for, who owns it, or whether it still runs.

use serde::{Deserialize, Serialize};

use super::Calendar;
use super::step::Step;
use crate::time::{DayEnd, Length, MAX_DAY, MILLIS_PER_DAY, MIN_DAY, Roll, Timestamp};

/// The dates of a deadline, without the derivation.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DueDates {
    /// The deadline that counts: `legal_due` when the clock rolls, else `nominal_due`.
    pub due: Timestamp,
    /// The bare count.
    pub nominal_due: Timestamp,
    /// The bare count carried to the end of the next working day when it ends on a rest day (CC 203). An hour clock
    /// is not carried: CC 203 speaks of the last *day*, and carrying hours to the end of a later day would make a
    /// later start end earlier.
    pub legal_due: Timestamp,
    /// One of the dates rests on a year without a published notice and may change when the notice comes.
    pub provisional: bool,
}

/// The dates of a deadline with the steps that lead to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Due {
    /// See [`DueDates::due`].
    pub due: Timestamp,
    /// See [`DueDates::nominal_due`].
    pub nominal_due: Timestamp,
    /// See [`DueDates::legal_due`].
    pub legal_due: Timestamp,
    /// See [`DueDates::provisional`].
    pub provisional: bool,
    /// The derivation in the order of the count, for [`super::explain`].
    pub steps: Vec<Step>,
}

impl Due {
    /// The dates alone.
    pub fn dates(&self) -> DueDates {
        let Self { due, nominal_due, legal_due, provisional, .. } = *self;
        DueDates { due, nominal_due, legal_due, provisional }
    }

    fn new(dates: DueDates, steps: Vec<Step>) -> Self {
        let DueDates { due, nominal_due, legal_due, provisional } = dates;
        Self { due, nominal_due, legal_due, provisional, steps }
    }
}

impl From<Due> for DueDates {
    fn from(due: Due) -> Self {
        due.dates()
    }
}

/// Where a count of days ended, in day numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ends {
    /// The last counted day.
    pub(super) last: i32,
    /// The same, or the next working day when `last` is a rest day.
    pub(super) legal: i32,
}

impl Calendar {
    /// The deadline of a clock of `length` that starts at `from`, with its derivation.
    ///
    /// The day of `from` is not counted; hours run at once (CC 201). A length of 0 days ends with that day itself.
    pub fn due(&self, from: Timestamp, length: Length, roll: Roll, end: DayEnd) -> Due {
        let dates = self.due_dates(from, length, roll, end);
        Due::new(dates, self.steps(from, length, roll, end, dates))
    }

    /// [`Calendar::due`] without the derivation: constant time, no allocation.
    pub fn due_dates(&self, from: Timestamp, length: Length, roll: Roll, end: DayEnd) -> DueDates {
        let Some(ends) = self.ends(from, length) else {
            let due = match length {
                Length::Hours(n) | Length::Days(n) | Length::WorkingDays(n) => from.plus_hours(i64::from(n)),
            };
            return DueDates { due, nominal_due: due, legal_due: due, provisional: false };
        };
        let (start, table) = (from.day_number(), &self.0.table);
        let provisional = match length {
            Length::WorkingDays(n) if n > 0 => !table.published(start + 1, ends.legal),
            _ => !table.published(ends.last, ends.legal),
        };
        finish(ends, from, roll, end, provisional)
    }

    /// The deadline after an extension by `length`, counted on from the nominal due day (not from the rolled one, so
    /// that rest days are not given twice).
    pub fn extend(&self, current: &DueDates, length: Length, roll: Roll, end: DayEnd) -> Due {
        let dates = self.extend_dates(current, length, roll, end);
        let mut steps = vec![Step::extended(current.nominal_due.date(), length)];
        steps.extend(self.steps(current.nominal_due, length, roll, end, dates).into_iter().filter(|s| !s.is_start()));
        Due::new(dates, steps)
    }

    /// [`Calendar::extend`] without the derivation.
    pub fn extend_dates(&self, current: &DueDates, length: Length, roll: Roll, end: DayEnd) -> DueDates {
        let mut dates = self.due_dates(current.nominal_due, length, roll, end);
        dates.provisional |= current.provisional;
        dates
    }

    /// The deadline of a **day** clock after a suspension of `suspended_millis`: whole calendar days are given back,
    /// a begun day as a whole one, so that a suspension never shortens what was left. For an hour clock add the
    /// milliseconds to the due instant instead. Whether the count before the suspension was provisional is not known
    /// here: the caller keeps that mark.
    pub fn shift(&self, nominal_due: Timestamp, suspended_millis: i64, roll: Roll, end: DayEnd) -> Due {
        let dates = self.shift_dates(nominal_due, suspended_millis, roll, end);
        let mut steps = vec![Step::suspended(whole_days(suspended_millis), dates.nominal_due.date())];
        self.end_steps(&mut steps, nominal_due.day_number() + 1, roll, end, dates);
        Due::new(dates, steps)
    }

    /// [`Calendar::shift`] without the derivation.
    pub fn shift_dates(&self, nominal_due: Timestamp, suspended_millis: i64, roll: Roll, end: DayEnd) -> DueDates {
        let last = i64::from(nominal_due.day_number()) + whole_days(suspended_millis);
        let ends = self.ends_at(last);
        finish(ends, nominal_due, roll, end, !self.0.table.published(ends.last, ends.legal))
    }

    /// The deadline after a clock stood still from `stopped` to `resumed`, in the clock's own unit (`unit`; its number
    /// is not used): what was left when it stopped is left when it resumes, and the day of resuming is not counted.
    /// Hours get their milliseconds back, days calendar days, working days working days. Never earlier than before.
    pub fn resume(
        &self,
        current: &DueDates,
        unit: Length,
        (stopped, resumed): (Timestamp, Timestamp),
        roll: Roll,
        end: DayEnd,
    ) -> Due {
        let dates = self.resume_dates(current, unit, (stopped, resumed), roll, end);
        let last = current.nominal_due.day_number();
        if let Length::Hours(_) = unit {
            let to = dates.nominal_due.date();
            return Due::new(dates, vec![Step::stood_still(stopped, resumed, to)]);
        }
        let mut steps = vec![Step::stood_still(stopped, resumed, dates.nominal_due.date())];
        self.end_steps(&mut steps, last, roll, end, dates);
        Due::new(dates, steps)
    }

    /// [`Calendar::resume`] without the derivation.
    pub fn resume_dates(
        &self,
        current: &DueDates,
        unit: Length,
        (stopped, resumed): (Timestamp, Timestamp),
        roll: Roll,
        end: DayEnd,
    ) -> DueDates {
        let (from, to, last) = (stopped.day_number(), resumed.day_number(), current.nominal_due.day_number());
        let table = &self.0.table;
        let new_last = match unit {
            Length::Hours(_) => {
                let due = current.nominal_due.plus_millis(resumed.0.saturating_sub(stopped.0).max(0));
                return DueDates { due, nominal_due: due, legal_due: due, provisional: current.provisional };
            }
            Length::Days(_) => i64::from(last) + i64::from(to - from).max(0),
            Length::WorkingDays(_) => match i64::from(table.index_after(to) - table.index_after(from)) {
                back @ 1.. => table.day_at(i64::from(table.index_after(last)) + back),
                _ => i64::from(last),
            },
        };
        let ends = self.ends_at(new_last);
        // Working days given back rest on every day since the stop, calendar days on the end alone.
        let first = if let Length::WorkingDays(_) = unit { last.min(from) } else { ends.last };
        let provisional = current.provisional || !table.published(first, ends.legal);
        finish(ends, current.nominal_due, roll, end, provisional)
    }

    /// Last counted day and legal last day; `None` for an hour clock.
    fn ends(&self, from: Timestamp, length: Length) -> Option<Ends> {
        let start = from.day_number();
        let last = match length {
            Length::Hours(_) => return None,
            Length::Days(n) => i64::from(start) + i64::from(n),
            Length::WorkingDays(0) => i64::from(start),
            Length::WorkingDays(n) => self.0.table.day_at(i64::from(self.0.table.index_after(start)) + i64::from(n)),
        };
        Some(self.ends_at(last))
    }

    fn ends_at(&self, last: i64) -> Ends {
        let table = &self.0.table;
        let last = last.clamp(i64::from(MIN_DAY), i64::from(MAX_DAY)) as i32;
        let next = || table.day_at(i64::from(table.index_after(last)) + 1).min(i64::from(MAX_DAY)) as i32;
        Ends { last, legal: if table.working(last) { last } else { next() } }
    }
}

/// `floor`: a deadline is never before its start, even where a length of 0 days starts after closing.
fn finish(ends: Ends, floor: Timestamp, roll: Roll, end: DayEnd, provisional: bool) -> DueDates {
    let nominal_due = end.of(ends.last).max(floor);
    let legal_due = end.of(ends.legal).max(nominal_due);
    let due = match roll {
        Roll::None => nominal_due,
        Roll::NextWorkingDay => legal_due,
    };
    DueDates { due, nominal_due, legal_due, provisional }
}

/// Begun days as whole ones; nothing for a negative time.
fn whole_days(millis: i64) -> i64 {
    let millis = millis.max(0);
    millis / MILLIS_PER_DAY + i64::from(millis % MILLIS_PER_DAY > 0)
}
