//! How late a run can end at the most, without searching: from the clocks of a place and the most that each later clock
//! can take in this calendar. It is never too early, whatever the search does, and lets it leave out what cannot win.

use super::quick::{Op, Quick};
use super::run::{Timed, unit_of};
use kernel::calendar::Calendar;
use kernel::time::{Date, DayEnd, Length, Roll, Timestamp};
use std::collections::BTreeMap;

/// Longer than any run; sums of it stay within whole numbers.
const NO_BOUND: i64 = i64::MAX / 8;
const DAY: i64 = 86_400_000;
/// What rest days may add where a clock that counts working days goes on after it stood still.
const REST: i64 = 15 * DAY;
/// After so many rounds a bound that still grows has none.
const ROUNDS: usize = 400;

/// For each configuration and clock that goes there: how long after it comes due the run may still last.
#[derive(Debug)]
pub(super) struct Bounds {
    after: Vec<Vec<i64>>,
    /// For each configuration how long the run may last from the arrival there.
    whole: Vec<i64>,
}

impl Bounds {
    pub fn new(quick: &Quick, most: &mut Most<'_>) -> Bounds {
        let left = left(quick, most);
        let sizes = (0..quick.len()).map(|n| quick.slots(n).len());
        let mut b = Bounds { after: sizes.clone().map(|n| vec![0; n]).collect(), whole: vec![0; quick.len()] };
        for round in 0.. {
            let mut changed = false;
            for n in (0..quick.len()).rev() {
                for slot in 0..b.after[n].len() {
                    let grown = if round < ROUNDS { b.of(quick, most, n, slot) } else { NO_BOUND };
                    changed |= round < ROUNDS && grown > b.after[n][slot];
                    b.after[n][slot] = grown.max(b.after[n][slot]);
                }
                let going = quick.slots(n).iter().enumerate().filter(|(_, s)| s.going);
                let whole = going.map(|(i, _)| (left[n][i] + b.after[n][i]).min(NO_BOUND)).min().unwrap_or(NO_BOUND);
                changed |= round < ROUNDS && whole > b.whole[n];
                b.whole[n] = whole.max(b.whole[n]);
            }
            if !changed || round > ROUNDS {
                break;
            }
        }
        b
    }

    fn of(&self, quick: &Quick, most: &mut Most<'_>, n: usize, slot: usize) -> i64 {
        if !quick.slots(n)[slot].going {
            return NO_BOUND;
        }
        let mut worst = 0;
        for step in quick.steps(n as u32).map(|s| quick.step(s)).filter(|s| !s.reached) {
            let to = step.to as usize;
            let carried = quick.ops(step).iter().enumerate().find_map(|(i, op)| match op {
                Op::Keep(from) if usize::from(*from) == slot => Some(self.after[to][i]),
                Op::Change { slot: from, by, stops: false, roll, ends, .. } if usize::from(*from) == slot => {
                    Some(self.after[to][i] + by.map_or(0, |by| most.of(by, *roll, *ends)))
                }
                _ => None,
            });
            worst = worst.max(carried.unwrap_or(self.whole[to])).min(NO_BOUND);
        }
        worst
    }

    /// The latest end of any run from here.
    pub fn latest(&self, quick: &Quick, place: &Timed) -> Timestamp {
        let n = place.node as usize;
        let going = place.runs.iter().zip(quick.slots(n)).zip(&self.after[n]).filter(|((_, s), _)| s.going);
        let ends = going.map(|((r, _), after)| r.due.max(place.now).0.saturating_add(*after));
        Timestamp(ends.min().unwrap_or(i64::MAX))
    }
}

/// For each configuration and clock there: how long it may still have on arrival.
fn left(quick: &Quick, most: &mut Most<'_>) -> Vec<Vec<i64>> {
    let mut left: Vec<Vec<i64>> = (0..quick.len()).map(|n| vec![0; quick.slots(n).len()]).collect();
    for n in quick.first().iter().map(|n| *n as usize) {
        left[n].fill(NO_BOUND);
    }
    for round in 0..=ROUNDS {
        let mut changed = false;
        for n in 0..quick.len() {
            for step in quick.steps(n as u32).map(|s| quick.step(s)).filter(|s| !s.reached) {
                for (i, op) in quick.ops(step).iter().enumerate() {
                    let has = match op {
                        Op::Start { length, roll, ends, .. } => most.of(*length, *roll, *ends),
                        Op::Keep(slot) => left[n][usize::from(*slot)],
                        Op::Change { slot, by, goes_on, roll, ends, .. } => {
                            let before = left[n][usize::from(*slot)] + by.map_or(0, |by| most.of(by, *roll, *ends));
                            if *goes_on { 2 * before + REST } else { before }
                        }
                    };
                    let has = if round < ROUNDS { has.min(NO_BOUND) } else { NO_BOUND };
                    let known = &mut left[step.to as usize][i];
                    changed |= has > *known;
                    *known = has.max(*known);
                }
            }
        }
        if !changed {
            break;
        }
    }
    left
}

/// The most that a length can take from any day of a calendar, in milliseconds.
pub(super) struct Most<'a> {
    calendar: &'a Calendar,
    known: BTreeMap<(u8, u32, bool, bool, i8, i8), i64>,
}

impl<'a> Most<'a> {
    pub fn new(calendar: &'a Calendar) -> Most<'a> {
        Most { calendar, known: BTreeMap::new() }
    }

    pub fn of(&mut self, length: Length, roll: Roll, ends: DayEnd) -> i64 {
        let n = match length {
            Length::Hours(n) | Length::Days(n) | Length::WorkingDays(n) => n,
        };
        let (closes, hour, minute) = match ends {
            DayEnd::Midnight => (false, 0, 0),
            DayEnd::Closing { hour, minute } => (true, hour, minute),
        };
        let key = (unit_of(length), n, roll == Roll::NextWorkingDay, closes, hour, minute);
        *self.known.entry(key).or_insert_with(|| {
            let years = self.calendar.years();
            let (first, last) = if years.is_empty() { (2020, 2021) } else { (*years.start(), *years.end()) };
            // Years without a notice are weekdays and at most the statutory days; some of them are looked at as well.
            let mut at = Timestamp::at(Date::constant(first - 1, 1, 1), 0, 0);
            let end = Timestamp::at(Date::constant(last + 12, 1, 1), 0, 0);
            let mut most = 0;
            while at < end {
                most = most.max(self.calendar.due_dates(at, length, roll, ends).due.0 - at.0);
                at = at.plus_days(1);
            }
            most
        })
    }
}
