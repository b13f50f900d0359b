//! The longest kept run from a start, depth first with memory. Greedy: every step is taken at the last moment that the
//! tightest clock allows.

use super::bound::Bounds;
use super::memory::{Known, Memory};
use super::quick::{Quick, Step, takes_time};
use super::run::{Mover, NEVER, Timed};
use super::{PathStep, Plan, Waited};
use crate::check::model::{OFF, RUNS};
use crate::check::unroll::{Edge, Unrolled};
use kernel::calendar::Calendar;
use kernel::mechanism::RAISE;
use kernel::time::{Length, Timestamp};
use std::cmp::Reverse;

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

/// The best from a place on: when it ends, in how few steps, by which step and when.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Best {
    pub end: Timestamp,
    pub steps: u32,
    pub edge: u32,
    pub at: Timestamp,
}

pub(super) struct Search<'a> {
    plan: &'a Plan,
    mover: Mover<'a>,
    aim: Aim,
    live: &'a [bool],
    quick: &'a Quick,
    /// Worth their making where there are many starts.
    bounds: Option<&'a Bounds>,
    memory: Memory,
    /// A run that ends no later than this is not looked for.
    enough: Timestamp,
    /// A place for each depth and a key, so that a step allocates nothing.
    places: Vec<Timed>,
    key: Vec<i64>,
    /// A place where no clock bounds the wait was met.
    unbounded: bool,
}

/// A longest run.
#[derive(Clone)]
pub(super) struct Longest {
    pub end: Timestamp,
    /// No kept run ends later than `end`, but the one that is shown ends before: another may as well.
    pub at_most: bool,
    pub provisional: bool,
    pub path: Vec<PathStep>,
}

impl Longest {
    /// Lets the end be a bound that lies later.
    pub fn rise(&mut self, bound: Option<Timestamp>) {
        if let Some(bound) = bound.filter(|b| *b > self.end) {
            (self.end, self.at_most) = (bound, true);
        }
    }
}

impl<'a> Search<'a> {
    pub fn new(plan: &'a Plan, calendar: &'a Calendar, aim: Aim) -> Search<'a> {
        let mover = Mover { u: &plan.u, lengths: &plan.lengths, calendar };
        let (live, quick) = (&plan.live[aim as usize], &plan.quick[aim as usize]);
        let (memory, places, key) = (Memory::default(), Vec::new(), Vec::new());
        let bounds = None;
        let enough = NEVER;
        Search { plan, mover, aim, live, quick, bounds, memory, enough, places, key, unbounded: false }
    }

    /// The same, told beforehand how late runs can end.
    pub fn with(plan: &'a Plan, calendar: &'a Calendar, aim: Aim, bounds: &'a Bounds) -> Search<'a> {
        Search { bounds: Some(bounds), ..Search::new(plan, calendar, aim) }
    }

    /// The longest run from any of these configurations; none where there is none or where it has no bound.
    pub fn longest(&mut self, first: &[usize], start: Timestamp) -> Option<Longest> {
        self.longer_than(first, start, NEVER)
    }

    /// The same, but only if it ends later than `enough`: to learn that it does not is much less work.
    pub fn longer_than(&mut self, first: &[usize], start: Timestamp, enough: Timestamp) -> Option<Longest> {
        let raise = self.plan.u.model.action(RAISE)?;
        if self.aim != Aim::End && self.plan.u.model.actions[raise].1.answers {
            let path = vec![self.raised(first[0], start)];
            return (start > enough).then_some(Longest { end: start, at_most: false, provisional: false, path });
        }
        let (best, n) = self.best_of(first, start, enough).filter(|_| !self.unbounded)?;
        Some(self.replay(best, n, start))
    }

    fn best_of(&mut self, first: &[usize], start: Timestamp, enough: Timestamp) -> Option<(Best, usize)> {
        self.memory.turn();
        self.enough = enough;
        let mut best: Option<(Best, usize)> = None;
        for n in first.iter().filter(|n| self.live[**n]) {
            let n = self.plan.merged[self.aim as usize].stands[*n] as usize;
            let timed = self.mover.raised(n, start);
            if let (Found::Exact(Some(found)), _) = self.best(&timed, 0)
                && best.as_ref().is_none_or(|(b, _)| (found.end, Reverse(found.steps)) > (b.end, Reverse(b.steps)))
            {
                best = Some((found, n));
            }
        }
        self.enough = NEVER;
        best.filter(|(b, _)| b.end > enough)
    }

    /// The last moment to which a place can be kept, and the clock that says so.
    fn latest(&self, timed: &Timed) -> Option<(Timestamp, Option<u8>)> {
        let runs = timed.runs.iter().filter(|r| r.since == NEVER);
        let bounds = |clock: u8| takes_time(&self.plan.u, timed.node as usize, usize::from(clock));
        let waits = self.aim == Aim::End || runs.clone().any(|r| bounds(r.clock));
        if self.plan.u.at_once[timed.node as usize] {
            return Some((timed.now, None));
        }
        let tightest = runs.min_by_key(|r| (r.due, r.clock))?;
        // Nothing but the raiser's own windows runs: what she takes is not counted.
        if waits { Some((tightest.due.max(timed.now), Some(tightest.clock))) } else { Some((timed.now, None)) }
    }

    /// The best from here, and the lowest depth of an open place that it met.
    fn best(&mut self, timed: &Timed, depth: usize) -> (Found, usize) {
        self.quick.key(timed, &mut self.key);
        match self.memory.get(&self.key) {
            Some(Known::Done(best)) => return (Found::Exact(best), usize::MAX),
            Some(Known::Open(at)) => return (Found::Exact(None), at),
            Some(Known::Low(end)) if end <= self.enough => return (Found::Low(end), usize::MAX),
            _ => {}
        }
        let Some((latest, bound)) = self.quick.latest(timed) else {
            self.unbounded = true;
            return (Found::Exact(None), usize::MAX);
        };
        self.memory.put(&self.key, Known::Open(depth));
        let mut tally = Tally { best: None, missed: NEVER, low: usize::MAX };
        let quick = self.quick;
        let mut next = self.places.pop().unwrap_or_else(|| timed.clone());
        for step in quick.steps(timed.node).map(|s| quick.step(s)).filter(|s| speaks_now(timed, s, latest, bound)) {
            for at in moments(timed, step, latest) {
                self.try_step(timed, step, at, depth, &mut next, &mut tally);
            }
        }
        self.places.push(next);
        let found = tally.found();
        self.quick.key(timed, &mut self.key);
        // What was found while a place further up is still open may lack the ways through that place.
        if tally.low < depth {
            self.memory.remove(&self.key);
            return (found, tally.low);
        }
        self.memory.put(
            &self.key,
            match found {
                Found::Exact(best) => Known::Done(best),
                Found::Low(end) => Known::Low(end),
            },
        );
        (found, usize::MAX)
    }

    fn try_step(
        &mut self,
        timed: &Timed,
        step: &Step,
        at: Timestamp,
        depth: usize,
        next: &mut Timed,
        tally: &mut Tally,
    ) {
        if step.reached {
            return tally.note(Best { end: at, steps: 1, edge: step.edge, at });
        }
        // What can neither be late enough nor beat what is known here needs no search.
        let worth = self.enough.max(tally.best.map_or(NEVER, |b| b.end.plus_millis(-1)));
        self.quick.go(self.mover.calendar, timed, step, at, next);
        let most = self.bounds.map_or(Timestamp(i64::MAX), |b| b.latest(self.quick, next));
        if most <= worth {
            return tally.missed = tally.missed.max(most);
        }
        let (found, met) = self.best(next, depth + 1);
        tally.low = tally.low.min(met);
        match found {
            Found::Exact(Some(b)) => tally.note(Best { end: b.end, steps: b.steps + 1, edge: step.edge, at }),
            Found::Exact(None) => {}
            Found::Low(end) => tally.missed = tally.missed.max(end),
        }
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
                return Longest { end: best.at, at_most: false, provisional, path };
            }
            let (mut next, unsure) = self.mover.after(&timed, &edge, best.at);
            next.node = plan.merged[self.aim as usize].stands[next.node as usize];
            provisional |= unsure;
            self.enter(&mut book, timed.node as usize, &edge, best.at);
            timed = next;
            // A place that was not kept in memory is looked at again; it is small.
            match self.best(&timed, 0).0 {
                Found::Exact(Some(next)) => best = next,
                _ => return Longest { end: best.at, at_most: false, provisional, path },
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
            if Mover::starts_in(u, from, edge, clock) {
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

/// The moments at which a step may be taken so that no other is better: the last one, and where it matters when clocks
/// begin to stand still, now or later, the first and the last moment of each day before.
fn moments(timed: &Timed, step: &Step, latest: Timestamp) -> impl Iterator<Item = Timestamp> {
    let tries = step.tries && latest > timed.now;
    let mut all = Vec::new();
    if tries {
        let mut day = Timestamp::at(latest.date(), 0, 0);
        while day > timed.now && all.len() < MOST_MOMENTS {
            all.extend([day, day.plus_millis(-1)].into_iter().filter(|t| *t < latest));
            day = day.plus_days(-1);
        }
        all.push(timed.now);
    }
    std::iter::once(latest).chain(all)
}

/// A silence speaks when its window has run out, or at once where the raiser's time is not counted.
fn speaks_now(timed: &Timed, step: &Step, latest: Timestamp, bound: bool) -> bool {
    step.silence.is_none_or(|slot| !bound || timed.runs[usize::from(slot)].due <= latest)
}

/// Later, or as late in fewer steps: the plainer path is the one to show; of two such the one that the pack names first.
fn longer(a: &Best, b: &Best) -> bool {
    let rank = |x: &Best| (x.end, Reverse(x.steps), Reverse(x.edge));
    rank(a) > rank(b)
}

/// What a search found.
#[derive(Clone, Copy, Debug)]
enum Found {
    /// The best, if there is any way.
    Exact(Option<Best>),
    /// No run ends later than this.
    Low(Timestamp),
}

/// The best of several steps, and how late those that were left out may end.
struct Tally {
    best: Option<Best>,
    missed: Timestamp,
    low: usize,
}

impl Tally {
    fn note(&mut self, found: Best) {
        if self.best.as_ref().is_none_or(|b| longer(&found, b)) {
            self.best = Some(found);
        }
    }

    fn found(&self) -> Found {
        match self.best {
            best if self.missed == NEVER => Found::Exact(best),
            Some(best) if best.end > self.missed => Found::Exact(Some(best)),
            best => Found::Low(best.map_or(self.missed, |b| b.end.max(self.missed))),
        }
    }
}
