//! One step of a run with its times: which clocks start, go on, stand still or stop, and when they come due. The dates are
//! the kernel's; which clocks are meant is the unrolled graph's.

use crate::check::model::{Config, Model, OFF, PLACEHOLDER, RUNS};
use crate::check::unroll::{Edge, Unrolled};
use kernel::calendar::{Calendar, DueDates};
use kernel::number::Value;
use kernel::time::{Length, Roll, Timestamp};

/// A clock that runs, with its times.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Run {
    pub clock: u8,
    pub due: Timestamp,
    pub nominal: Timestamp,
    /// The unit in which it counts, and is given back what it stood still: hours, days or working days.
    pub unit: u8,
    /// Since when it stands still; the far past while it goes.
    pub since: Timestamp,
}

/// The far past.
pub(super) const NEVER: Timestamp = Timestamp(i64::MIN);

/// The unit of a length as a run keeps it.
pub(super) fn unit_of(length: Length) -> u8 {
    match length {
        Length::Hours(_) => 0,
        Length::Days(_) => 1,
        Length::WorkingDays(_) => 2,
    }
}

/// The unit back, as a length of nothing.
pub(super) fn zero_of(unit: u8) -> Length {
    [Length::Hours, Length::Days, Length::WorkingDays][usize::from(unit)](0)
}

/// A place in a timed run.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
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
        let length = self.lengths.clock(clock, config);
        let dates = self.calendar.due_dates(at, length, c.roll, c.ends);
        let (due, nominal, unit) = (dates.due, dates.nominal_due, unit_of(length));
        let run = Run { clock: u8::try_from(clock).unwrap_or(u8::MAX), due, nominal, unit, since: NEVER };
        (run, dates.provisional)
    }

    /// Whether a step starts, or starts anew, a clock.
    pub fn starts_in(u: &Unrolled, from: usize, edge: &Edge, clock: usize) -> bool {
        let Some(a) = edge.action else {
            return false;
        };
        let effect = &u.model.effects[a];
        let off = u.nodes[from].clocks[clock] == OFF || effect.stops[clock];
        effect.starts.contains(&clock) && off && u.nodes[edge.to].clocks[clock] != OFF
    }

    /// The run after a step taken at `at`, and whether any new date is provisional.
    pub fn after(&self, from: &Timed, edge: &Edge, at: Timestamp) -> (Timed, bool) {
        let (old, new) = (&self.u.nodes[from.node as usize], &self.u.nodes[edge.to]);
        let mut runs = Vec::with_capacity(from.runs.len() + 2);
        let mut provisional = false;
        let extension = edge.action.and_then(|a| self.lengths.extension(a, new));
        for clock in (0..new.clocks.len()).filter(|c| new.clocks[*c] != OFF) {
            let carried = from.runs.iter().find(|r| usize::from(r.clock) == clock);
            let Some(run) = carried.filter(|_| !Mover::starts_in(self.u, from.node as usize, edge, clock)) else {
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
                (RUNS, now) if now > RUNS => run.since = at,
                (was, RUNS) if was > RUNS => {
                    let unit = zero_of(run.unit);
                    let was =
                        DueDates { due: run.due, nominal_due: run.nominal, legal_due: run.due, provisional: false };
                    let dates = self.calendar.resume_dates(&was, unit, (run.since, at), c.roll, c.ends);
                    (run.due, run.nominal, run.since) = (dates.due, dates.nominal_due, NEVER);
                    provisional |= dates.provisional;
                }
                _ => {}
            }
            runs.push(run);
        }
        (Timed { node: u32::try_from(edge.to).unwrap_or(u32::MAX), now: at, runs }, provisional)
    }

    /// Whether it matters when this step lets clocks stand still. It does not only where both count plain calendar days
    /// and nothing else that runs already can cut the time short.
    pub fn is_sensitive(u: &Unrolled, from: usize, edge: &Edge) -> bool {
        let (old, new) = (&u.nodes[from], &u.nodes[edge.to]);
        let mut stops = (0..new.clocks.len()).filter(|c| old.clocks[*c] == RUNS && new.clocks[*c] > RUNS).peekable();
        let cut = (0..new.clocks.len()).any(|c| old.clocks[c] == RUNS && new.clocks[c] == RUNS);
        let by = |c: usize| usize::from(new.clocks[c] - RUNS) - 1;
        let model = &u.model;
        let mut plain = |c: usize| plain_days(model, c) && plain_days(model, by(c)) && !rolls(model, by(c));
        stops.peek().is_some() && (cut || !stops.all(&mut plain))
    }
}

fn rolls(model: &Model, clock: usize) -> bool {
    model.clocks[clock].1.roll == Roll::NextWorkingDay
}

fn plain_days(model: &Model, clock: usize) -> bool {
    let days = |l: &Length| matches!(l, Length::Days(_));
    match model.mechanism.number.get(&model.clocks[clock].1.length).map(|n| &n.value) {
        Some(Value::Fixed(l) | Value::Until { max: l, .. }) => days(l),
        Some(Value::By { lengths, .. }) => lengths.values().all(days),
        Some(Value::Local | Value::Count(_)) | None => false,
    }
}
