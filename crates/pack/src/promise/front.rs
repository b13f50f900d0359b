//! A bound that is nearly always the truth: the longest run under rules that are a little kinder. A clock that stood still
//! gets back all that the other could have taken, and a window may pass unused whenever waiting ends. Under these rules
//! later dates are never worse, whoever waits to the last moment does best, and of two ways to the same place the one
//! with all dates as late is enough. No kept run of the real rules ends later, at whatever moments its steps are taken.

use super::bound::{Bounds, Most};
use super::quick::{Op, Quick};
use super::run::{NEVER, Run, Timed, unit_of, zero_of};
use kernel::calendar::{Calendar, DueDates};
use kernel::time::Timestamp;

/// More ways than this to one place are not followed: then there is no bound.
const MOST_WAYS: usize = 4_000;

pub(super) struct Front<'a> {
    quick: &'a Quick,
    calendar: &'a Calendar,
    bounds: &'a Bounds,
    /// For each clock by how much one that it lets stand still is set back at the most.
    back: Vec<i64>,
    /// The configurations in an order in which most steps lead on; and the place of each in it.
    order: Vec<u32>,
    rank: Vec<u32>,
    ways: Vec<Vec<(Timed, bool)>>,
}

impl<'a> Front<'a> {
    pub fn new(quick: &'a Quick, calendar: &'a Calendar, bounds: &'a Bounds, most: &mut Most<'_>) -> Front<'a> {
        let order = order(quick);
        let mut rank = vec![0; quick.len()];
        order.iter().enumerate().for_each(|(i, n)| rank[*n as usize] = i as u32);
        let back = quick.longest_stands(most);
        Front { quick, calendar, bounds, back, order, rank, ways: vec![Vec::new(); quick.len()] }
    }

    /// A moment by which every run from these places has ended, or `enough` if all have by then; none where it cannot be
    /// said.
    pub fn ends_by(&mut self, first: impl Iterator<Item = Timed>, enough: Timestamp) -> Option<Timestamp> {
        let mut open = std::collections::BTreeSet::new();
        for place in first {
            open.insert(self.rank[place.node as usize]);
            self.add(place);
        }
        let (mut end, mut touched) = (enough, open.clone());
        let mut next = Timed { node: 0, now: NEVER, runs: Vec::new() };
        let mut fits = true;
        while let Some(rank) = open.pop_first() {
            let node = self.order[rank as usize] as usize;
            let mut at = 0;
            while at < self.ways[node].len() {
                if std::mem::replace(&mut self.ways[node][at].1, true) {
                    at += 1;
                    continue;
                }
                let place = self.ways[node][at].0.clone();
                let Some((latest, _)) = self.quick.latest(&place) else {
                    fits = false;
                    break;
                };
                for step in self.quick.steps(place.node).map(|s| self.quick.step(s)) {
                    if step.reached {
                        end = end.max(latest);
                        continue;
                    }
                    self.go(&place, step, latest, &mut next);
                    if self.bounds.latest(self.quick, &next) > end && self.add(next.clone()) {
                        open.insert(self.rank[step.to as usize]);
                        touched.insert(self.rank[step.to as usize]);
                    }
                }
                // What was added may have moved this one: look from the start, what is done is skipped.
                at = 0;
            }
            fits &= self.ways[node].len() < MOST_WAYS;
            if !fits {
                break;
            }
        }
        for rank in touched {
            self.ways[self.order[rank as usize] as usize].clear();
        }
        fits.then_some(end)
    }

    /// Adds a way unless another is as good; those that it makes needless go.
    fn add(&mut self, place: Timed) -> bool {
        let counted: Vec<bool> = self.quick.slots(place.node as usize).iter().map(|s| s.counted_on).collect();
        let ways = &mut self.ways[place.node as usize];
        if ways.iter().any(|(w, _)| covers(w, &place, &counted)) {
            return false;
        }
        ways.retain(|(w, _)| !covers(&place, w, &counted));
        ways.push((place, false));
        true
    }

    fn go(&self, from: &Timed, step: &super::quick::Step, at: Timestamp, into: &mut Timed) {
        (into.node, into.now) = (step.to, at);
        into.runs.clear();
        for op in self.quick.ops(step) {
            let run = match op {
                Op::Keep(slot) => from.runs[usize::from(*slot)],
                Op::Start { clock, length, roll, ends } => {
                    let dates = self.calendar.due_dates(at, *length, *roll, *ends);
                    let (due, nominal) = (dates.due, dates.nominal_due);
                    Run { clock: *clock, due, nominal, unit: unit_of(*length), since: NEVER }
                }
                Op::Change { slot, by, stood_for, roll, ends, .. } => {
                    let mut run = from.runs[usize::from(*slot)];
                    if let Some(by) = by {
                        let dates = self.calendar.due_dates(run.nominal, *by, *roll, *ends);
                        (run.due, run.nominal) = (dates.due, dates.nominal_due);
                    }
                    if let Some(window) = stood_for {
                        let was =
                            DueDates { due: run.due, nominal_due: run.nominal, legal_due: run.due, provisional: false };
                        let since = run.nominal.plus_millis(-self.back[usize::from(*window)]);
                        let stood = (since, run.nominal);
                        let unit = zero_of(run.unit.min(1));
                        let dates = self.calendar.resume_dates(&was, unit, stood, *roll, *ends);
                        (run.due, run.nominal) = (dates.due, dates.nominal_due);
                        if run.unit == 2 {
                            // So many working days at the most; they are counted from the day on which it was due.
                            let days =
                                kernel::time::Length::WorkingDays((self.back[usize::from(*window)] / DAY) as u32);
                            let dates = self.calendar.due_dates(was.nominal_due, days, *roll, *ends);
                            (run.due, run.nominal) = (dates.due.max(run.due), dates.nominal_due.max(run.nominal));
                        }
                    }
                    run
                }
            };
            into.runs.push(run);
        }
    }
}

const DAY: i64 = 86_400_000;

/// Whether nothing can come out of `b` that does not come out of `a` as late or later.
fn covers(a: &Timed, b: &Timed, counted: &[bool]) -> bool {
    let later = |((x, y), counted): ((&Run, &Run), &bool)| {
        x.due.max(a.now) >= y.due.max(b.now) && (!counted || (x.nominal >= y.nominal && x.unit == y.unit))
    };
    a.now >= b.now && a.runs.iter().zip(&b.runs).zip(counted).all(later)
}

/// Depth first, last left first: a step leads to a later place but for those that close a circle.
fn order(quick: &Quick) -> Vec<u32> {
    let mut seen = vec![false; quick.len()];
    let mut order = Vec::new();
    for root in quick.first() {
        if std::mem::replace(&mut seen[*root as usize], true) {
            continue;
        }
        let mut stack = vec![(*root, quick.steps(*root))];
        while let Some((n, steps)) = stack.last_mut() {
            match steps.next().map(|s| quick.step(s)) {
                Some(step) if step.reached || std::mem::replace(&mut seen[step.to as usize], true) => {}
                Some(step) => stack.push((step.to, quick.steps(step.to))),
                None => {
                    order.push(*n);
                    stack.pop();
                }
            }
        }
    }
    order.reverse();
    order
}
