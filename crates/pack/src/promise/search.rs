//! The longest kept run from a start, depth first with memory. Greedy: every step is taken at the last moment that the
//! tightest clock allows.

use super::run::{Mover, NEVER, Timed};
use super::{PathStep, Plan, Waited};
use crate::check::model::{OFF, RUNS};
use crate::check::unroll::{Edge, Unrolled};
use kernel::calendar::Calendar;
use kernel::mechanism::{RAISE, RAISER};
use kernel::time::{Length, Timestamp};
use std::hash::{BuildHasherDefault, Hasher};

/// More days than this are not tried for one step.
const MOST_MOMENTS: usize = 400;

/// Until when a run is followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Aim {
    /// The first answer, by any way; the raiser's windows take no time.
    Answer,
    /// The first answer without counted actions and prolongations.
    Ordinary,
    /// The end of the file; the raiser's windows run out.
    End,
}

impl Aim {
    pub const ALL: [Aim; 3] = [Aim::Answer, Aim::Ordinary, Aim::End];

    pub fn passes(self, u: &Unrolled, e: &Edge) -> bool {
        let Some(a) = e.action else {
            return true;
        };
        let action = &u.model.actions[a].1;
        let counted = action.at_most.is_some() || action.extends.is_some();
        !(action.withdraws || self == Aim::Ordinary && counted)
    }

    pub fn reached(self, u: &Unrolled, e: &Edge) -> bool {
        match self {
            Aim::End => u.ended(e.to),
            Aim::Answer | Aim::Ordinary => e.action.is_some_and(|a| u.model.actions[a].1.answers),
        }
    }
}

/// The configurations from which the aim can be reached.
pub(super) fn live(u: &Unrolled, aim: Aim) -> Vec<bool> {
    let mut back: Vec<Vec<usize>> = vec![Vec::new(); u.nodes.len()];
    let mut stack = Vec::new();
    for (n, edges) in u.edges.iter().enumerate() {
        for e in edges.iter().filter(|e| aim.passes(u, e)) {
            if aim.reached(u, e) {
                stack.push(n);
            } else {
                back[e.to].push(n);
            }
        }
    }
    let mut live = vec![false; u.nodes.len()];
    while let Some(n) = stack.pop() {
        if !std::mem::replace(&mut live[n], true) {
            stack.extend(&back[n]);
        }
    }
    live
}

/// The configurations from which a step that is sensitive to its day is still to come.
pub(super) fn sensitive(u: &Unrolled, aim: Aim) -> Vec<bool> {
    let mut back: Vec<Vec<usize>> = vec![Vec::new(); u.nodes.len()];
    let mut stack = Vec::new();
    for (n, edges) in u.edges.iter().enumerate() {
        for e in edges.iter().filter(|e| aim.passes(u, e) && !aim.reached(u, e)) {
            back[e.to].push(n);
            if Mover::is_sensitive(u, n, e) {
                stack.push(n);
            }
        }
    }
    let mut found = vec![false; u.nodes.len()];
    while let Some(n) = stack.pop() {
        if !std::mem::replace(&mut found[n], true) {
            stack.extend(&back[n]);
        }
    }
    found
}

/// A fast mixing of whole numbers; the keys are our own, so nobody can choose them to collide.
#[derive(Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|b| self.write_u64(u64::from(*b)));
    }
    fn write_u8(&mut self, n: u8) {
        self.write_u64(u64::from(n));
    }
    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }
    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }
    fn write_i64(&mut self, n: i64) {
        self.write_u64(n.cast_unsigned());
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(5) ^ n).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

/// The best from a place on: when it ends, in how few steps, by which step and when.
#[derive(Clone, Copy, Debug)]
struct Best {
    end: Timestamp,
    steps: u32,
    edge: u32,
    at: Timestamp,
}

#[expect(clippy::disallowed_types, reason = "only looked up, never walked; a BTreeMap takes three times as long")]
type Memory = std::collections::HashMap<Timed, Known, BuildHasherDefault<Mix>>;

enum Known {
    /// On the way that is being followed, at this depth.
    Open(usize),
    Done(Option<Best>),
}

pub(super) struct Search<'a> {
    plan: &'a Plan,
    mover: Mover<'a>,
    aim: Aim,
    live: &'a [bool],
    sensitive: &'a [bool],
    memory: Memory,
    /// A place where no clock bounds the wait was met.
    unbounded: bool,
}

/// A longest run.
#[derive(Clone)]
pub(super) struct Longest {
    pub end: Timestamp,
    pub provisional: bool,
    pub path: Vec<PathStep>,
}

impl<'a> Search<'a> {
    pub fn new(plan: &'a Plan, calendar: &'a Calendar, aim: Aim) -> Search<'a> {
        let mover = Mover { u: &plan.u, lengths: &plan.lengths, calendar };
        let (live, sensitive) = (&plan.live[aim as usize], &plan.sensitive[aim as usize]);
        Search { plan, mover, aim, live, sensitive, memory: Memory::default(), unbounded: false }
    }

    /// Forgets what was found for earlier starts once that is much; what is found holds for any start.
    pub fn forget(&mut self, above: usize) {
        if self.memory.len() > above {
            self.memory.clear();
        }
    }

    /// The longest run from any of these configurations; none where there is none or where it has no bound.
    pub fn longest(&mut self, first: &[usize], start: Timestamp) -> Option<Longest> {
        let raise = self.plan.u.model.action(RAISE)?;
        let at_once = self.aim != Aim::End && self.plan.u.model.actions[raise].1.answers;
        let mut best: Option<(Best, usize)> = None;
        for n in first.iter().filter(|n| !at_once && self.live[**n]) {
            let n = &(self.plan.merged[self.aim as usize].stands[*n] as usize);
            let timed = self.mover.raised(*n, start);
            let (found, _) = self.best(&timed, 0);
            if let Some(found) = found.filter(|f| best.as_ref().is_none_or(|(b, _)| longer(f, b))) {
                best = Some((found, *n));
            }
        }
        if self.unbounded {
            return None;
        }
        match best {
            Some((best, n)) => Some(self.replay(best, n, start)),
            None if at_once => {
                Some(Longest { end: start, provisional: false, path: vec![self.raised(first[0], start)] })
            }
            None => None,
        }
    }

    /// The last moment to which a place can be kept, and the clock that says so.
    fn latest(&self, timed: &Timed) -> Option<(Timestamp, Option<u8>)> {
        let runs = timed.runs.iter().filter(|r| r.since == NEVER);
        let bounds = |clock: u8| self.takes_time(timed.node as usize, clock);
        let waits = self.aim == Aim::End || runs.clone().any(|r| bounds(r.clock));
        if self.plan.u.at_once[timed.node as usize] {
            return Some((timed.now, None));
        }
        let tightest = runs.min_by_key(|r| (r.due, r.clock))?;
        // Nothing but the raiser's own windows runs: what she takes is not counted.
        if waits { Some((tightest.due.max(timed.now), Some(tightest.clock))) } else { Some((timed.now, None)) }
    }

    /// Whether waiting for a clock is time that the bodies take: it is owed, or a window of theirs while one of them holds.
    fn takes_time(&self, node: usize, clock: u8) -> bool {
        let model = &self.plan.u.model;
        let clock = &model.clocks[usize::from(clock)].1;
        let holder = model.mechanism.state.get(self.plan.u.state(node)).and_then(|s| s.holder.as_deref());
        clock.owed_by.is_some() || (clock.whose() != RAISER && holder != Some(RAISER))
    }

    /// The best from here, and the lowest depth of an open place that it met.
    fn best(&mut self, timed: &Timed, depth: usize) -> (Option<Best>, usize) {
        match self.memory.get(timed) {
            Some(Known::Done(best)) => return (*best, usize::MAX),
            Some(Known::Open(at)) => return (None, *at),
            None => {}
        }
        let Some((latest, bound)) = self.latest(timed) else {
            self.unbounded = true;
            return (None, usize::MAX);
        };
        self.memory.insert(timed.clone(), Known::Open(depth));
        let (mut best, mut low): (Option<Best>, usize) = (None, usize::MAX);
        let plan = self.plan;
        let merged = &plan.merged[self.aim as usize];
        for i in merged.steps[timed.node as usize].iter().copied() {
            let edge = &plan.u.edges[timed.node as usize][i as usize];
            if !self.speaks_now(timed, edge, latest, bound) {
                continue;
            }
            let reached = self.aim.reached(&plan.u, edge);
            for at in self.moments(timed, edge, latest, reached) {
                let then = if reached {
                    Some((at, 1))
                } else {
                    let (mut next, _) = self.mover.after(timed, edge, at);
                    next.node = merged.stands[next.node as usize];
                    let (found, met) = self.best(&next, depth + 1);
                    low = low.min(met);
                    found.map(|f| (f.end, f.steps + 1))
                };
                let Some((end, steps)) = then else {
                    continue;
                };
                let found = Best { end, steps, edge: i, at };
                if best.as_ref().is_none_or(|b| longer(&found, b)) {
                    best = Some(found);
                }
            }
        }
        // What was found while a place further up is still open may lack the ways through that place.
        if low < depth {
            self.memory.remove(timed);
        } else {
            self.memory.insert(timed.clone(), Known::Done(best));
        }
        (best, if low < depth { low } else { usize::MAX })
    }

    /// The moments at which a step may be taken so that no other is better: the last one, and where it matters when clocks
    /// begin to stand still, now or later, the first and the last moment of each day before.
    fn moments(&self, timed: &Timed, edge: &Edge, latest: Timestamp, reached: bool) -> Vec<Timestamp> {
        let mut all = vec![latest];
        let tries = self.sensitive[edge.to] || Mover::is_sensitive(&self.plan.u, timed.node as usize, edge);
        if !tries || reached || edge.silence.is_some() || latest <= timed.now {
            return all;
        }
        let mut day = Timestamp::at(latest.date(), 0, 0);
        while day > timed.now && all.len() < MOST_MOMENTS {
            all.extend([day, day.plus_millis(-1)].into_iter().filter(|t| *t < latest));
            day = day.plus_days(-1);
        }
        all.push(timed.now);
        all
    }

    /// A silence speaks when its window has run out, or at once where the raiser's time is not counted.
    fn speaks_now(&self, timed: &Timed, edge: &Edge, latest: Timestamp, bound: Option<u8>) -> bool {
        let Some(window) = edge.silence else {
            return true;
        };
        let run = timed.runs.iter().find(|r| usize::from(r.clock) == window);
        bound.is_none() || run.is_some_and(|r| r.since == NEVER && r.due <= latest)
    }

    fn raised(&self, node: usize, at: Timestamp) -> PathStep {
        let state = self.plan.u.state(node).to_owned();
        PathStep { action: Some(RAISE.to_owned()), silence: None, state, at, waited: None }
    }

    /// Follows the best choices once more and writes down what was waited for.
    fn replay(&mut self, mut best: Best, node: usize, start: Timestamp) -> Longest {
        let mut timed = self.mover.raised(node, start);
        let plan = self.plan;
        let (u, config) = (&plan.u, &plan.u.nodes[node]);
        let mut book: Vec<Option<Waited>> =
            (0..u.model.clocks.len()).map(|c| (config.clocks[c] != OFF).then(|| self.opened(c, node, start))).collect();
        let mut path = vec![self.raised(node, start)];
        let mut provisional = timed.runs.iter().any(|r| !self.published(start, r.due));
        loop {
            let bound = self.latest(&timed).and_then(|(_, clock)| clock);
            let edge = u.edges[timed.node as usize][best.edge as usize];
            path.push(PathStep {
                action: edge.action.map(|a| u.model.actions[a].0.clone()),
                silence: edge.silence.map(|w| u.model.clocks[w].0.clone()),
                state: u.state(edge.to).to_owned(),
                at: best.at,
                waited: bound.and_then(|c| book[usize::from(c)].clone()),
            });
            if self.aim.reached(u, &edge) {
                return Longest { end: best.at, provisional, path };
            }
            let (mut next, unsure) = self.mover.after(&timed, &edge, best.at);
            next.node = plan.merged[self.aim as usize].stands[next.node as usize];
            provisional |= unsure;
            self.enter(&mut book, timed.node as usize, &edge, best.at);
            timed = next;
            // A place that was not kept in memory is looked at again; it is small.
            let known = match self.memory.get(&timed) {
                Some(Known::Done(best)) => *best,
                _ => self.best(&timed, 0).0,
            };
            match known {
                Some(next) => best = next,
                None => return Longest { end: best.at, provisional, path },
            }
        }
    }

    fn published(&self, from: Timestamp, to: Timestamp) -> bool {
        let calendar = self.mover.calendar;
        (from.date().year()..=to.date().year()).all(|y| calendar.published(y))
    }

    fn opened(&self, clock: usize, node: usize, since: Timestamp) -> Waited {
        let (id, c) = &self.plan.u.model.clocks[clock];
        let length: Length = self.plan.lengths.clock(clock, &self.plan.u.nodes[node]);
        Waited { clock: id.clone(), since, lengths: vec![(c.length.clone(), length)], stood: Vec::new() }
    }

    fn enter(&self, book: &mut [Option<Waited>], from: usize, edge: &Edge, at: Timestamp) {
        let u = &self.plan.u;
        let (old, new) = (&u.nodes[from], &u.nodes[edge.to]);
        let extended = edge.action.and_then(|a| {
            let number = &u.model.actions[a].1.extends.as_ref()?.by;
            Some((self.plan.lengths.extension(a, new)?, number.clone()))
        });
        for (clock, slot) in book.iter_mut().enumerate() {
            if self.mover.starts(from, edge, clock) {
                *slot = Some(self.opened(clock, edge.to, at));
            }
            let Some(entry) = slot else {
                continue;
            };
            if let Some(((_, by), number)) = extended.as_ref().filter(|((c, _), _)| *c == clock) {
                entry.lengths.push((number.clone(), *by));
            }
            if old.clocks[clock] == RUNS && new.clocks[clock] > RUNS {
                entry.stood.push(u.model.clocks[usize::from(new.clocks[clock] - RUNS) - 1].0.clone());
            }
        }
    }
}

/// Later, or as late in fewer steps: the plainer path is the one to show.
fn longer(a: &Best, b: &Best) -> bool {
    (a.end, std::cmp::Reverse(a.steps)) > (b.end, std::cmp::Reverse(b.steps))
}
