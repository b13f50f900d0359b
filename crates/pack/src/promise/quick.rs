//! The merged graph of one aim, made ready for millions of steps: which clocks run where, and what each step does to them,
//! worked out once. The same rules as `run`, which stays the plain form; a test compares the two.
//!
//! A place of the search is (configuration, time, clocks with their dates). Another variable of a configuration needs
//! nothing here: it is part of the configuration's number. Only what carries a time of its own belongs to `Run`.

use super::bound::Most;
use super::merge::Merged;
use super::run::{Lengths, Mover, NEVER, Run, Timed, unit_of, zero_of};
use super::search::Aim;
use crate::check::model::{OFF, RUNS};
use crate::check::unroll::{Edge, Unrolled};
use kernel::calendar::{Calendar, DueDates};
use kernel::mechanism::RAISER;
use kernel::time::{DayEnd, Length, Roll, Timestamp};
use std::ops::Range;

/// Longer than any clock stands still.
const NO_LENGTH: i64 = 4_000 * 86_400_000;

/// What a step does to one clock that runs after it.
#[derive(Debug)]
pub(super) enum Op {
    Start {
        clock: u8,
        length: Length,
        roll: Roll,
        ends: DayEnd,
    },
    /// It goes on as it was, by its place among those that ran before.
    Keep(u8),
    Change {
        slot: u8,
        by: Option<Length>,
        stops: bool,
        goes_on: bool,
        /// The clock for which it stood still till now.
        stood_for: Option<u8>,
        roll: Roll,
        ends: DayEnd,
    },
}

/// A clock that runs in a configuration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    /// It does not stand still.
    pub going: bool,
    /// A later step prolongs it or lets it go on again: then its bare count and unit matter too.
    pub counted_on: bool,
}

/// A step of the merged graph.
#[derive(Debug)]
pub(super) struct Step {
    /// Its place among the edges of its configuration.
    pub edge: u32,
    pub to: u32,
    pub reached: bool,
    /// Every day before the last moment is tried as well.
    pub tries: bool,
    /// The window whose silence it is, by its place among those that run.
    pub silence: Option<u8>,
    ops: Range<usize>,
}

#[derive(Debug, Default)]
struct Node {
    slots: Vec<Slot>,
    /// Which clocks those are.
    clocks: Vec<u8>,
    /// Waiting here is time that counts.
    waits: bool,
    /// What is possible later depends on the time of arrival and not only on the dates of the clocks.
    by_arrival: bool,
    steps: Range<usize>,
}

/// The graph.
#[derive(Debug)]
pub(super) struct Quick {
    nodes: Vec<Node>,
    steps: Vec<Step>,
    ops: Vec<Op>,
    first: Vec<u32>,
}

impl Quick {
    pub fn new(u: &Unrolled, lengths: &Lengths, aim: Aim, merged: &Merged, sensitive: &[bool]) -> Quick {
        let mut quick = Quick { nodes: Vec::new(), steps: Vec::new(), ops: Vec::new(), first: Vec::new() };
        for n in 0..u.nodes.len() {
            if merged.stands[n] as usize != n {
                quick.nodes.push(Node::default());
                continue;
            }
            let from = quick.steps.len();
            for i in merged.steps[n].iter().copied() {
                let edge = &u.edges[n][i as usize];
                let ops = quick.ops.len();
                let reached = aim.reached(u, edge);
                if !reached {
                    quick.ops_of(u, lengths, n, edge);
                }
                quick.steps.push(Step {
                    edge: i,
                    to: merged.stands[edge.to],
                    reached,
                    tries: !reached
                        && edge.silence.is_none()
                        && (sensitive[edge.to] || Mover::is_sensitive(u, n, edge)),
                    silence: edge.silence.and_then(|w| slot_of(u, n, w)),
                    ops: ops..quick.ops.len(),
                });
            }
            let slots = running(u, n).map(|c| Slot { going: u.nodes[n].clocks[c] == RUNS, counted_on: false });
            let counts = aim == Aim::End || running(u, n).any(|c| u.nodes[n].clocks[c] == RUNS && takes_time(u, n, c));
            // What follows by itself follows at once.
            let waits = counts && !u.at_once[n];
            let steps = from..quick.steps.len();
            let clocks = running(u, n).map(|c| u8::try_from(c).unwrap_or(u8::MAX)).collect();
            quick.nodes.push(Node { slots: slots.collect(), clocks, waits, by_arrival: !waits || sensitive[n], steps });
        }
        quick.first = u.first.iter().map(|n| merged.stands[*n]).collect();
        quick.look_ahead();
        quick
    }

    fn ops_of(&mut self, u: &Unrolled, lengths: &Lengths, from: usize, edge: &Edge) {
        let (old, new) = (&u.nodes[from], &u.nodes[edge.to]);
        let extension = edge.action.and_then(|a| lengths.extension(a, new));
        for clock in running(u, edge.to) {
            let c = &u.model.clocks[clock].1;
            let (roll, ends) = (c.roll, c.ends);
            let slot = slot_of(u, from, clock).filter(|_| !Mover::starts_in(u, from, edge, clock));
            let Some(slot) = slot else {
                let clock_id = u8::try_from(clock).unwrap_or(u8::MAX);
                self.ops.push(Op::Start { clock: clock_id, length: lengths.clock(clock, new), roll, ends });
                continue;
            };
            let by = extension.filter(|(c, _)| *c == clock).map(|(_, by)| by);
            let (was, now) = (old.clocks[clock], new.clocks[clock]);
            let (stops, goes_on) = (was == RUNS && now > RUNS, was > RUNS && now == RUNS);
            let stood_for = goes_on.then(|| was - RUNS - 1);
            let same = by.is_none() && !stops && !goes_on;
            self.ops.push(if same {
                Op::Keep(slot)
            } else {
                Op::Change { slot, by, stops, goes_on, stood_for, roll, ends }
            });
        }
    }

    /// Finds the clocks whose bare count matters to a later step.
    fn look_ahead(&mut self) {
        let mut changed = true;
        while std::mem::take(&mut changed) {
            for n in (0..self.nodes.len()).rev() {
                for s in self.nodes[n].steps.clone() {
                    let step = &self.steps[s];
                    for (to, op) in self.ops[step.ops.clone()].iter().enumerate() {
                        let (slot, counted) = match op {
                            Op::Start { .. } => continue,
                            Op::Keep(slot) => (*slot, false),
                            Op::Change { slot, by, goes_on, .. } => (*slot, by.is_some() || *goes_on),
                        };
                        let counted = counted || self.nodes[step.to as usize].slots[to].counted_on;
                        let slot = &mut self.nodes[n].slots[usize::from(slot)].counted_on;
                        changed |= counted && !*slot;
                        *slot |= counted;
                    }
                }
            }
        }
    }

    /// The steps from a place.
    pub fn steps(&self, node: u32) -> Range<usize> {
        self.nodes[node as usize].steps.clone()
    }

    pub fn step(&self, at: usize) -> &Step {
        &self.steps[at]
    }

    /// Whether in every configuration that is not the end some clock goes, so that no wait is without a bound.
    pub fn always_bound(&self) -> bool {
        self.nodes.iter().all(|n| n.steps.is_empty() || n.slots.iter().any(|s| s.going))
    }

    /// How many configurations there are, with those for which another stands.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The clocks that run in a configuration.
    pub fn slots(&self, node: usize) -> &[Slot] {
        &self.nodes[node].slots
    }

    /// What a step does to the clocks that run after it.
    pub fn ops(&self, step: &Step) -> &[Op] {
        &self.ops[step.ops.clone()]
    }

    /// The configurations after raising.
    pub fn first(&self) -> &[u32] {
        &self.first
    }

    /// Whether the search finds the longest run and not only one close to it: no step has to be tried on several days, and
    /// no clock that stands still is prolonged as well.
    pub fn is_exact(&self) -> bool {
        let stands = |op: &Op| matches!(op, Op::Change { stops: true, .. });
        !self.steps.iter().any(|s| s.tries) && !self.prolongs_what_stands(stands)
    }

    fn prolongs_what_stands(&self, stands: impl Fn(&Op) -> bool) -> bool {
        let clocks = |fits: &dyn Fn(&Op) -> bool| {
            let of = |node: &Node| {
                let ops = self.steps[node.steps.clone()].iter().flat_map(|s| self.ops(s));
                let slots = ops.filter(|op| fits(op)).filter_map(|op| match op {
                    Op::Change { slot, .. } => node.clocks.get(usize::from(*slot)).copied(),
                    _ => None,
                });
                slots.collect::<Vec<u8>>()
            };
            self.nodes.iter().flat_map(of).collect::<std::collections::BTreeSet<u8>>()
        };
        let prolonged = clocks(&|op| matches!(op, Op::Change { by: Some(_), .. }));
        clocks(&stands).iter().any(|c| prolonged.contains(c))
    }

    /// For each clock the most that it can last, in milliseconds: so long another may stand still for it.
    pub fn longest_stands(&self, most: &mut Most<'_>) -> Vec<i64> {
        let mut longest = Vec::new();
        for op in &self.ops {
            if let Op::Start { clock, length, roll, ends } = op {
                let at = usize::from(*clock);
                longest.resize(longest.len().max(at + 1), 0);
                // Hours may touch one day more than they fill.
                let more = if matches!(length, Length::Hours(_)) { 86_400_000 } else { 0 };
                longest[at] = longest[at].max(most.of(*length, *roll, *ends) + more);
            }
        }
        // One that is itself prolonged or stands still may last longer than its length says.
        for node in &self.nodes {
            for op in self.steps[node.steps.clone()].iter().flat_map(|s| self.ops(s)) {
                if let Op::Change { slot, .. } = op {
                    let clock = usize::from(node.clocks[usize::from(*slot)]);
                    longest.get_mut(clock).into_iter().for_each(|l| *l = NO_LENGTH);
                }
            }
        }
        longest
    }

    /// The last moment to which a place can be kept, and whether a clock says so; none where nothing bounds the wait.
    pub fn latest(&self, place: &Timed) -> Option<(Timestamp, bool)> {
        let node = &self.nodes[place.node as usize];
        let going = place.runs.iter().zip(&node.slots).filter(|(_, s)| s.going);
        let tightest = going.map(|(r, _)| r.due).min()?;
        // Nothing but the raiser's own windows runs: what she takes is not counted.
        Some(if node.waits { (tightest.max(place.now), true) } else { (place.now, false) })
    }

    /// What the search has to remember a place by: places with the same key have the same longest run.
    pub fn key(&self, place: &Timed, key: &mut Vec<i64>) {
        let node = &self.nodes[place.node as usize];
        key.clear();
        key.push(i64::from(place.node));
        if node.by_arrival {
            key.push(place.now.0);
        }
        for (run, slot) in place.runs.iter().zip(&node.slots) {
            if slot.going {
                key.push(run.due.max(place.now).0);
            }
            if slot.counted_on {
                key.push(run.nominal.0 * 4 + i64::from(run.unit));
            }
            if slot.counted_on && !slot.going {
                key.push(run.since.0);
            }
        }
    }

    /// The place after a step.
    pub fn go(&self, calendar: &Calendar, from: &Timed, step: &Step, at: Timestamp, into: &mut Timed) {
        (into.node, into.now) = (step.to, at);
        into.runs.clear();
        for op in &self.ops[step.ops.clone()] {
            into.runs.push(match op {
                Op::Keep(slot) => from.runs[usize::from(*slot)],
                Op::Start { clock, length, roll, ends } => {
                    let dates = calendar.due_dates(at, *length, *roll, *ends);
                    let (due, nominal) = (dates.due, dates.nominal_due);
                    Run { clock: *clock, due, nominal, unit: unit_of(*length), since: NEVER }
                }
                Op::Change { slot, by, stops, goes_on, roll, ends, .. } => {
                    let mut run = from.runs[usize::from(*slot)];
                    if let Some(by) = by {
                        let dates = calendar.due_dates(run.nominal, *by, *roll, *ends);
                        (run.due, run.nominal) = (dates.due, dates.nominal_due);
                    }
                    if *stops {
                        run.since = at;
                    }
                    if *goes_on {
                        let was =
                            DueDates { due: run.due, nominal_due: run.nominal, legal_due: run.due, provisional: false };
                        let dates = calendar.resume_dates(&was, zero_of(run.unit), (run.since, at), *roll, *ends);
                        (run.due, run.nominal, run.since) = (dates.due, dates.nominal_due, NEVER);
                    }
                    run
                }
            });
        }
    }
}

/// The clocks that run in a configuration, going or standing still.
fn running(u: &Unrolled, n: usize) -> impl Iterator<Item = usize> + '_ {
    (0..u.nodes[n].clocks.len()).filter(move |c| u.nodes[n].clocks[*c] != OFF)
}

fn slot_of(u: &Unrolled, n: usize, clock: usize) -> Option<u8> {
    running(u, n).position(|c| c == clock).and_then(|at| u8::try_from(at).ok())
}

/// Whether waiting for a clock is time that the bodies take: it is owed, or a window of theirs while one of them holds.
pub(super) fn takes_time(u: &Unrolled, node: usize, clock: usize) -> bool {
    let clock = &u.model.clocks[clock].1;
    let holder = u.model.mechanism.state.get(u.state(node)).and_then(|s| s.holder.as_deref());
    clock.owed_by.is_some() || (clock.whose() != RAISER && holder != Some(RAISER))
}
