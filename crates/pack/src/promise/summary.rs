//! The promise of a pack: the most days over all starts whose whole run lies in published years, with the worst start, and
//! the same as a sum of lengths where a region has not given all of them yet.

use super::scan::{longest, worst};
use super::search::{Aim, Longest};
use super::{PathStep, Plan};
use kernel::calendar::Calendar;
use kernel::mechanism::Mechanism;
use kernel::text::{Lang, Text};
use kernel::time::{Date, Length, Timestamp};
use std::collections::BTreeMap;

/// The longest that something takes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Worst {
    /// Calendar days from the day of raising; the first day is not counted.
    pub days: i32,
    /// The start for which it takes so long.
    pub start: Timestamp,
    /// When it ends then.
    pub end: Timestamp,
    /// The end is a bound: no kept run is longer, the one of `path` is shorter.
    pub at_most: bool,
    /// How that comes about.
    pub path: Vec<PathStep>,
    /// The clocks that lie end to end on that path.
    pub terms: Vec<Term>,
}

/// A length of the sum.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Term {
    /// The clock.
    pub clock: String,
    /// The number.
    pub number: String,
    /// Its length; none where the region has still to give it.
    pub length: Option<Length>,
}

/// What a pack promises.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PromiseSummary {
    /// The numbers that a region has still to give; while there are any, no days are printed.
    pub missing: Vec<String>,
    /// The first answer on the ordinary way.
    pub due: Option<Worst>,
    /// The first answer at the latest.
    pub first: Option<Worst>,
    /// The end of the file, with every appeal and window.
    pub last: Option<Worst>,
    /// The first answer at the latest as a sum, such as `sign(local) + 60 日 + 30 日`.
    pub symbolic: Text,
    /// How many starts were looked at.
    pub starts: usize,
}

/// The promise of a mechanism over all starts in the calendar's published years.
#[must_use]
pub fn promise_days(mechanism: &Mechanism, calendar: &Calendar) -> PromiseSummary {
    Plan::new(mechanism).days(calendar)
}

impl Plan {
    /// See [`promise_days`].
    #[must_use]
    pub fn days(&self, calendar: &Calendar) -> PromiseSummary {
        let first = self.first(&BTreeMap::new());
        let starts = if self.missing.is_empty() { self.starts(calendar) } else { Vec::new() };
        let full = |aim: Aim| {
            let (start, run) = worst(self, calendar, aim, &first, &starts)?;
            Some(self.worst(run, start))
        };
        // A sum is shown in any case; on a day that stands for all.
        let any = Timestamp::at(Date::constant(2024, 1, 1), 0, 0);
        let answer = full(Aim::Answer);
        let shown = answer.clone().or_else(|| {
            let run = longest(self, calendar, Aim::Answer, &first, any)?;
            Some(self.worst(run, any))
        });
        let symbolic =
            shown.map_or_else(Text::default, |w| Text::new(sum(&w.terms, Lang::Zh), sum(&w.terms, Lang::En)));
        let due = full(Aim::Ordinary).or_else(|| answer.clone());
        PromiseSummary {
            missing: self.missing.clone(),
            due,
            first: answer,
            last: full(Aim::End),
            symbolic,
            starts: starts.len(),
        }
    }

    /// Every start in the published years that can make a difference.
    pub(super) fn starts(&self, calendar: &Calendar) -> Vec<Timestamp> {
        let years = calendar.years();
        let mut starts = Vec::new();
        let mut day = Date::constant(*years.start(), 1, 1);
        let last = Date::constant(*years.end(), 12, 31);
        while day <= last && !years.is_empty() {
            starts.extend(self.moments_of(day));
            let Ok(next) = day.tomorrow() else {
                break;
            };
            day = next;
        }
        starts
    }

    /// The starts of a day that can make a difference: its first moment, and its last where hours are counted.
    fn moments_of(&self, day: Date) -> Vec<Timestamp> {
        let hours = self.u.model.mechanism.number.values().any(|n| match &n.value {
            kernel::number::Value::Fixed(l) | kernel::number::Value::Until { max: l, .. } => {
                matches!(l, Length::Hours(_))
            }
            kernel::number::Value::By { lengths, .. } => lengths.values().any(|l| matches!(l, Length::Hours(_))),
            kernel::number::Value::Local | kernel::number::Value::Count(_) => false,
        });
        let morning = Timestamp::at(day, 0, 0);
        if hours { vec![morning, Timestamp::at(day, 24, 0).plus_millis(-1)] } else { vec![morning] }
    }

    fn worst(&self, run: Longest, start: Timestamp) -> Worst {
        let terms = self.terms(&run.path);
        Worst { days: days(start, run.end), start, end: run.end, at_most: run.at_most, path: run.path, terms }
    }

    /// The clocks that lie end to end: from the last moment back to the start of the clock that bounded it, and so on.
    fn terms(&self, path: &[PathStep]) -> Vec<Term> {
        let mut parts: Vec<Vec<Term>> = Vec::new();
        let mut before = path.len();
        let mut at = path.last().map_or(Timestamp(0), |s| s.at);
        while let Some(i) =
            path[..before].iter().rposition(|s| s.at == at && s.waited.as_ref().is_some_and(|w| w.since < at))
        {
            let Some(waited) = &path[i].waited else {
                break;
            };
            let of = |number: &String, length: Length| Term {
                clock: waited.clock.clone(),
                number: number.clone(),
                length: (!self.missing.contains(number)).then_some(length),
            };
            let mut part: Vec<Term> = waited.lengths.iter().map(|(n, l)| of(n, *l)).collect();
            part.extend(waited.stood.iter().map(|c| self.stood(c)));
            parts.push(part);
            (before, at) = (i, waited.since);
        }
        parts.reverse();
        parts.concat()
    }

    /// A suspension in the sum.
    fn stood(&self, clock: &str) -> Term {
        let c = self.u.model.mechanism.clock.get(clock);
        let number = c.map_or_else(String::new, |c| c.length.clone());
        let row = self.u.model.mechanism.number.get(&number);
        let length = row.and_then(|r| r.value.length(&BTreeMap::new())).filter(|_| !self.missing.contains(&number));
        Term { clock: clock.to_owned(), number, length }
    }
}

pub(super) fn days(start: Timestamp, end: Timestamp) -> i32 {
    (end.date() - start.date()).get_days()
}

fn sum(terms: &[Term], lang: Lang) -> String {
    let one = |t: &Term| match (t.length, lang) {
        (None, _) => format!("{}(local)", t.number),
        (Some(l), Lang::Zh) => l.zh(),
        (Some(l), Lang::En) => l.en(),
    };
    terms.iter().map(one).collect::<Vec<_>>().join(" + ")
}
