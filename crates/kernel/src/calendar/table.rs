//! Day numbers, prefix sums and their inverse, so that counting working days takes constant time.
//!
//! Inside the table every day is looked up; outside it is plain Monday-Friday by formula. No names, no sources.

use crate::time::{Date, day_number};

/// Working days as a scale: `index_after(d)` counts the working days up to and including `d` from a far origin.
#[derive(Debug)]
pub(super) struct Table {
    first: i32,
    /// For day `first + i`: the index after it. One entry per day.
    after: Vec<i32>,
    /// Day numbers of the working days inside the table, in order.
    working: Vec<i32>,
    /// Runs of published days `[from, to]`, in order, neighbouring years joined.
    published: Vec<(i32, i32)>,
}

impl Table {
    /// Days of `first..=last` years; `special` overrides the Monday-Friday base.
    pub(super) fn new(first: i16, last: i16, years: &[i16], special: impl Fn(i32) -> Option<bool>) -> Self {
        let start = |year: i16| day_number(Date::constant(year, 1, 1));
        let (from, to) = (start(first), start(last + 1));
        let mut after = Vec::with_capacity((to - from) as usize);
        let mut working = Vec::with_capacity(after.capacity() * 5 / 7);
        let mut index = weekdays_before(from);
        for day in from..to {
            if special(day).unwrap_or_else(|| weekday(day)) {
                index += 1;
                working.push(day);
            }
            after.push(index);
        }
        let mut published: Vec<(i32, i32)> = Vec::new();
        for &year in years {
            let (from, to) = (start(year), start(year + 1) - 1);
            match published.last_mut() {
                Some(run) if run.1 + 1 == from => run.1 = to,
                _ => published.push((from, to)),
            }
        }
        Self { first: from, after, working, published }
    }

    fn end(&self) -> i32 {
        self.first + self.after.len() as i32
    }

    /// Whether `day` is worked.
    pub(super) fn working(&self, day: i32) -> bool {
        if day < self.first || day >= self.end() {
            return weekday(day);
        }
        self.index_after(day) > self.index_after(day - 1)
    }

    /// Working days up to and including `day`.
    pub(super) fn index_after(&self, day: i32) -> i32 {
        if day < self.first {
            return weekdays_before(day + 1);
        }
        match self.after.get((day - self.first) as usize) {
            Some(index) => *index,
            None => self.total() + weekdays_before(day + 1) - weekdays_before(self.end()),
        }
    }

    /// The working day with which the count reaches `index`: the inverse of [`Table::index_after`].
    pub(super) fn day_at(&self, index: i64) -> i64 {
        let before = i64::from(weekdays_before(self.first));
        if index <= before {
            return nth_weekday(index);
        }
        let inside = usize::try_from(index - before - 1).unwrap_or(usize::MAX);
        match self.working.get(inside) {
            Some(day) => i64::from(*day),
            None => nth_weekday(index - i64::from(self.total()) + i64::from(weekdays_before(self.end()))),
        }
    }

    /// Whether every day of `from..=to` lies in a year with a notice.
    pub(super) fn published(&self, from: i32, to: i32) -> bool {
        self.published.iter().any(|run| run.0 <= from && to <= run.1)
    }

    fn total(&self) -> i32 {
        self.after.last().copied().unwrap_or_else(|| weekdays_before(self.first))
    }
}

/// Monday to Friday. Day 0 is a Thursday.
fn weekday(day: i32) -> bool {
    (day + 3).rem_euclid(7) < 5
}

/// Mondays to Fridays before `day`, counted from Monday 1969-12-29.
fn weekdays_before(day: i32) -> i32 {
    let day = day + 3;
    day.div_euclid(7) * 5 + day.rem_euclid(7).min(5)
}

/// The day of the `index`-th weekday (from 1) on the same scale.
fn nth_weekday(index: i64) -> i64 {
    let index = index - 1;
    index.div_euclid(5) * 7 + index.rem_euclid(5) - 3
}
