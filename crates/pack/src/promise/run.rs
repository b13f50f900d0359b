//! One step of a run with its times: which clocks start, go on, stand still or stop, and when they come due. The dates are
//! the kernel's; which clocks are meant is the unrolled graph's.

use crate::check::model::{Config, Model, OFF, PLACEHOLDER, RUNS};
use crate::check::unroll::{Edge, Unrolled};
use kernel::calendar::Calendar;
use kernel::mechanism::RAISER;
use kernel::number::Value;
use kernel::time::{Length, Roll, Timestamp};

/// A clock that runs, with its times.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Run {
    pub clock: u8,
    pub due: Timestamp,
    pub nominal: Timestamp,
    /// Since when it stands still; the far past while it goes.
    pub since: Timestamp,
}

/// The far past.
pub(super) const NEVER: Timestamp = Timestamp(i64::MIN);
const DAY: i64 = 86_400_000;
const ZONE: i64 = 8 * 3_600_000;

/// A place in a timed run.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Timed {
    pub node: u32,
    pub now: Timestamp,
    pub runs: Vec<Run>,
}

/// A number by the value of a fact; the first is for an unset one.
#[derive(Debug, Clone)]
struct Row {
    fact: Option<usize>,
    by: Vec<Length>,
}

impl Row {
    fn new(model: &Model, number: &str) -> Row {
        let value = model.mechanism.number.get(number).map(|n| &n.value);
        let Some(value) = value else {
            return Row { fact: None, by: vec![PLACEHOLDER] };
        };
        let fact = match value {
            Value::By { field, .. } => model.facts.iter().position(|f| f.name == *field),
            _ => None,
        };
        let classes = fact.map_or(0, |f| model.facts[f].values.len());
        let length = |class: usize| {
            let mut facts = vec![0; model.facts.len()];
            if let Some(f) = fact {
                facts[f] = u8::try_from(class).unwrap_or(0);
            }
            value.length(&model.coded(&facts)).unwrap_or(PLACEHOLDER)
        };
        Row { fact, by: (0..=classes).map(length).collect() }
    }

    fn get(&self, config: &Config) -> Length {
        self.by[self.fact.map_or(0, |f| usize::from(config.facts[f]))]
    }
}

/// The lengths of all clocks and prolongations.
#[derive(Debug)]
pub(super) struct Lengths {
    clocks: Vec<Row>,
    extends: Vec<Option<(usize, Row)>>,
}

impl Lengths {
    pub fn new(model: &Model) -> Lengths {
        let extends = model.actions.iter().map(|(_, a)| {
            let e = a.extends.as_ref()?;
            Some((model.clock(&e.clock)?, Row::new(model, &e.by)))
        });
        Lengths {
            clocks: model.clocks.iter().map(|(_, c)| Row::new(model, &c.length)).collect(),
            extends: extends.collect(),
        }
    }

    /// The length of a clock that starts with this configuration.
    pub fn clock(&self, clock: usize, config: &Config) -> Length {
        self.clocks[clock].get(config)
    }

    /// The clock that an action prolongs, and by how much.
    pub fn extension(&self, action: usize, config: &Config) -> Option<(usize, Length)> {
        self.extends[action].as_ref().map(|(c, row)| (*c, row.get(config)))
    }
}

/// What moves a timed run.
pub(super) struct Mover<'a> {
    pub u: &'a Unrolled,
    pub lengths: &'a Lengths,
    pub calendar: &'a Calendar,
    /// Whether the raiser's own windows take time; where they do not, what stands still for them is given nothing back.
    pub raiser_waits: bool,
}

impl Mover<'_> {
    /// The run right after raising.
    pub fn raised(&self, node: usize, at: Timestamp) -> Timed {
        let config = &self.u.nodes[node];
        let running = (0..config.clocks.len()).filter(|c| config.clocks[*c] != OFF);
        let runs = running.map(|c| self.start(c, config, at).0).collect();
        Timed { node: u32::try_from(node).unwrap_or(u32::MAX), now: at, runs }
    }

    fn start(&self, clock: usize, config: &Config, at: Timestamp) -> (Run, bool) {
        let c = &self.u.model.clocks[clock].1;
        let dates = self.calendar.due_dates(at, self.lengths.clock(clock, config), c.roll, c.ends);
        let run = Run { clock: clock as u8, due: dates.due, nominal: dates.nominal_due, since: NEVER };
        (run, dates.provisional)
    }

    /// Whether a step starts, or starts anew, a clock.
    pub fn starts(&self, from: usize, edge: &Edge, clock: usize) -> bool {
        let Some(a) = edge.action else {
            return false;
        };
        let effect = &self.u.model.effects[a];
        let off = self.u.nodes[from].clocks[clock] == OFF || effect.stops[clock];
        effect.starts.contains(&clock) && off && self.u.nodes[edge.to].clocks[clock] != OFF
    }

    /// The run after a step taken at `at`, and whether any new date is provisional.
    pub fn after(&self, from: &Timed, edge: &Edge, at: Timestamp) -> (Timed, bool) {
        let (old, new) = (&self.u.nodes[from.node as usize], &self.u.nodes[edge.to]);
        let mut runs = Vec::with_capacity(from.runs.len() + 2);
        let mut provisional = false;
        let extension = edge.action.and_then(|a| self.lengths.extension(a, new));
        for clock in (0..new.clocks.len()).filter(|c| new.clocks[*c] != OFF) {
            let carried = from.runs.iter().find(|r| usize::from(r.clock) == clock);
            let Some(run) = carried.filter(|_| !self.starts(from.node as usize, edge, clock)) else {
                let (run, unsure) = self.start(clock, new, at);
                provisional |= unsure;
                runs.push(run);
                continue;
            };
            let c = &self.u.model.clocks[clock].1;
            let mut run = *run;
            if let Some((_, by)) = extension.filter(|(c, _)| *c == clock) {
                let dates = self.calendar.due_dates(run.nominal, by, c.roll, c.ends);
                (run.due, run.nominal) = (dates.due, dates.nominal_due);
                provisional |= dates.provisional;
            }
            match (old.clocks[clock], new.clocks[clock]) {
                (RUNS, now) if now > RUNS => run.since = self.since(usize::from(now - RUNS) - 1, new, at),
                (was, RUNS) if was > RUNS => {
                    let stood = (at.0 - run.since.0).max(0);
                    let dates = self.calendar.shift_dates(run.nominal, stood, c.roll, c.ends);
                    (run.due, run.nominal, run.since) = (dates.due, dates.nominal_due, NEVER);
                    provisional |= dates.provisional;
                }
                _ => {}
            }
            runs.push(run);
        }
        (Timed { node: u32::try_from(edge.to).unwrap_or(u32::MAX), now: at, runs }, provisional)
    }

    /// When a clock begins to stand still. Days are given back whole, so a stop at any time of a day counts from its
    /// morning: nothing that waits to the last moment of the day may come out shorter for it.
    fn since(&self, by: usize, config: &Config, at: Timestamp) -> Timestamp {
        let free = !self.raiser_waits && self.u.model.clocks[by].1.whose() == RAISER;
        match self.lengths.clock(by, config) {
            _ if free => at,
            Length::Hours(_) => at,
            _ => Timestamp((at.0 + ZONE).div_euclid(DAY) * DAY - ZONE),
        }
    }

    /// Whether it matters on which day this step lets clocks stand still: rest days are skipped while they do, or another
    /// clock that runs already may cut the time short.
    pub fn is_sensitive(u: &Unrolled, from: usize, edge: &Edge) -> bool {
        let (old, new) = (&u.nodes[from], &u.nodes[edge.to]);
        let stops = (0..new.clocks.len()).filter(|c| old.clocks[*c] == RUNS && new.clocks[*c] > RUNS);
        let mut by = stops.map(|c| usize::from(new.clocks[c] - RUNS) - 1).peekable();
        let cut = (0..new.clocks.len()).any(|c| old.clocks[c] == RUNS && new.clocks[c] == RUNS);
        by.peek().is_some() && (cut || by.any(|c| skips_rest_days(&u.model, c)))
    }
}

fn skips_rest_days(model: &Model, clock: usize) -> bool {
    let clock = &model.clocks[clock].1;
    let working = |l: &Length| matches!(l, Length::WorkingDays(_));
    clock.roll == Roll::NextWorkingDay
        || match model.mechanism.number.get(&clock.length).map(|n| &n.value) {
            Some(Value::Fixed(l) | Value::Until { max: l, .. }) => working(l),
            Some(Value::By { lengths, .. }) => lengths.values().any(working),
            Some(Value::Local) | None => false,
        }
}
