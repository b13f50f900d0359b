//! What an action does to the clocks: stop, start, extend, suspend, resume. Dates come from the calendar, lengths from the
//! number rows. An owed clock runs from the earlier of the two times, a window of the raiser from the later (decisions 5),
//! or from the day on which the letter was served that begins it.

use crate::calendar::{Calendar, DueDates};
use crate::entry::{ClockEvent, Dates, Started};
use crate::file::{CaseFile, Running};
use crate::form::Coded;
use crate::ids::BodyId;
use crate::mechanism::{Action, Clock, Mechanism, PART, RAISER, ROW_DAY};
use crate::number::rough_hours;
use crate::papers::{Service, begins};
use crate::part::{PartEvent, kind};
use crate::refusal::Rule;
use crate::time::{Date, DayEnd, Length, Roll, Timestamp};
use std::collections::BTreeMap;

/// The clock of an approval.
#[must_use]
pub fn approval_clock(action: &str) -> String {
    format!("approve:{action}")
}

/// The clock and level of an id such as `handle^2`; level 0 is the clock itself.
#[must_use]
pub fn level(id: &str) -> (&str, u32) {
    id.rsplit_once('^').and_then(|(base, n)| n.parse().ok().map(|n| (base, n))).unwrap_or((id, 0))
}

/// The clock of the mechanism that an id is one of: `report` of `report@12^1`.
#[must_use]
pub fn named(id: &str) -> &str {
    let base = level(id).0;
    base.split_once('@').map_or(base, |(name, _)| name)
}

/// The part that a clock's id runs for: `unit@12` of `report@12^1`.
#[must_use]
pub fn part_key(mechanism: &Mechanism, id: &str) -> Option<String> {
    let (name, number) = level(id).0.split_once('@')?;
    mechanism.clock.get(name)?.part.as_ref().map(|kind| format!("{kind}@{number}"))
}

/// The part that a clock starts for.
#[derive(Clone, Copy)]
struct Own<'a> {
    key: &'a str,
    body: BodyId,
    until: Option<Date>,
}

/// What a clock reacts to.
pub struct Happening<'a> {
    /// The mechanism.
    pub mechanism: &'a Mechanism,
    /// The calendar.
    pub calendar: &'a Calendar,
    /// The file before.
    pub file: &'a CaseFile,
    /// The action that takes effect.
    pub id: &'a str,
    /// Itself.
    pub action: &'a Action,
    /// When it is written.
    pub at: Timestamp,
    /// When it happened; never later.
    pub occurred: Timestamp,
    /// The facts after it.
    pub facts: &'a BTreeMap<String, Coded>,
    /// The roles after it.
    pub roles: &'a BTreeMap<String, BodyId>,
    /// It ends the file.
    pub ends: bool,
    /// The part that it is done on.
    pub part: Option<&'a str>,
    /// What it does to parts.
    pub parts: &'a [PartEvent],
    /// The letter that it says was served.
    pub served: Option<&'a Service>,
}

impl Happening<'_> {
    /// What the clocks do.
    ///
    /// # Errors
    /// `NotOffered` where a length has no value in this region.
    pub fn clocks(&self) -> Result<Vec<ClockEvent>, Rule> {
        let mut events = Vec::new();
        let mut stopped = Vec::new();
        for (id, running) in &self.file.clocks {
            let ours = self.mechanism.clock.get(named(id)).is_some_and(|c| c.to.iter().any(|a| a == self.id));
            // A proposal belongs to the state in which it was made.
            let moves = self.action.to.is_some() && self.part.is_none();
            let approval = level(id).0.strip_prefix("approve:").is_some_and(|a| a == self.id || moves);
            if self.part_stops(id, ours) || approval {
                stopped.push(id.as_str());
                events.push(ClockEvent::Stopped { id: id.clone() });
            }
            let waits_for = running.suspended.as_ref().map(|(by, since)| (by.as_str(), *since));
            if let Some((by, since)) = waits_for
                && !stopped.contains(&id.as_str())
                && self.mechanism.clock.get(by).is_some_and(|c| c.to.iter().any(|a| a == self.id))
            {
                events.push(resume(self.calendar, id, running, since, self.occurred));
            }
        }
        self.extend(&mut events)?;
        for (id, clock) in &self.mechanism.clock {
            let starts = clock.from.iter().any(|a| a == self.id);
            let runs = self.file.runs(id) && !stopped.contains(&id.as_str());
            if clock.part.is_some() {
                self.start_parts(id, clock, &stopped, &mut events)?;
            } else if starts && !runs && !self.ends {
                events.push(ClockEvent::Started(self.start(id, clock, None)?));
                self.suspend(id, clock, &stopped, &mut events);
            }
        }
        Ok(events)
    }

    /// Whether a running clock stops with this: its own action, the end of the file, the end of its part.
    fn part_stops(&self, id: &str, ours: bool) -> bool {
        let Some(key) = part_key(self.mechanism, id) else {
            return self.ends || ours;
        };
        let outlives = self.mechanism.part.get(kind(&key)).is_some_and(|p| p.outlives);
        let over = |e: &PartEvent| matches!(e, PartEvent::Moved { key: k, ends: true, .. } if *k == key);
        (self.ends && !outlives) || (ours && self.part.is_none_or(|acted| acted == key)) || self.parts.iter().any(over)
    }

    /// A clock of parts starts for those that the action opens, or for the one that it is done on.
    fn start_parts(&self, id: &str, clock: &Clock, stopped: &[&str], events: &mut Vec<ClockEvent>) -> Result<(), Rule> {
        let mine = |key: &str| clock.part.as_deref() == Some(kind(key));
        let ends =
            |key: &str| self.parts.iter().any(|e| matches!(e, PartEvent::Moved { key: k, ends: true, .. } if k == key));
        let opened = self.parts.iter().filter_map(|e| match e {
            PartEvent::Opened { key, body, until, .. } => Some(Own { key, body: *body, until: *until }),
            _ => None,
        });
        let acted = self.part.and_then(|key| self.file.parts.get(key));
        let acted = acted.map(|p| Own { key: &p.key, body: p.body, until: p.until });
        let outlives = clock.part.as_ref().and_then(|k| self.mechanism.part.get(k)).is_some_and(|p| p.outlives);
        if !clock.from.iter().any(|a| a == self.id) || (self.ends && !outlives) {
            return Ok(());
        }
        for own in opened.chain(acted).filter(|own| mine(own.key) && !ends(own.key)) {
            let started = self.start(id, clock, Some(own))?;
            if !self.file.runs(&started.id) || stopped.contains(&started.id.as_str()) {
                events.push(ClockEvent::Started(started));
            }
        }
        Ok(())
    }

    fn extend(&self, events: &mut Vec<ClockEvent>) -> Result<(), Rule> {
        let Some(extends) = &self.action.extends else {
            return Ok(());
        };
        let part = self.part.and_then(|key| self.file.parts.get(key));
        let id = crate::possible::clock_of(self.mechanism, &extends.clock, part);
        let running = self.file.clocks.get(&id).ok_or_else(|| Rule::ClockStopped { clock: extends.clock.clone() })?;
        let by = length(self.mechanism, &extends.by, self.facts)?;
        let (roll, ends) = (running.started.roll, running.started.ends);
        let dates = dates(self.calendar, running.dates.nominal, by, roll, ends);
        events.push(ClockEvent::Extended { id, by, dates });
        Ok(())
    }

    fn start(&self, id: &str, clock: &Clock, part: Option<Own<'_>>) -> Result<Started, Rule> {
        let from = if clock.whose() == RAISER { self.at } else { self.occurred };
        let length = length(self.mechanism, &clock.length, self.facts)?;
        let length = self.bounded(&clock.length, from, length, part.and_then(|p| p.until));
        let body = match part.filter(|_| clock.whose() == PART) {
            Some(part) => Some(part.body),
            None => self.roles.get(clock.whose()).copied(),
        };
        let id = part.map_or_else(|| id.to_owned(), |p| format!("{id}@{}", crate::part::number(p.key)));
        let start = |from| started(self.calendar, id.clone(), body, from, length, clock.roll, clock.ends);
        // Her time runs from the service that is proved; what was recorded so late that it would be over begins now.
        let served = self.served.filter(|_| clock.whose() == RAISER).map(|s| start(begins(s, self.at)));
        Ok(served.filter(|s| s.dates.due > self.at).unwrap_or_else(|| start(from)))
    }

    /// A length that runs until a promised day is the days to it, never above the maximum.
    fn bounded(&self, number: &str, from: Timestamp, max: Length, row: Option<Date>) -> Length {
        let Some(crate::number::Value::Until { field, .. }) = self.mechanism.number.get(number).map(|n| &n.value)
        else {
            return max;
        };
        let until = match self.facts.get(field) {
            _ if field == ROW_DAY && row.is_some() => row,
            Some(Coded::Date(until)) => Some(*until),
            _ => None,
        };
        let Some(until) = until else {
            return max;
        };
        let days = (until - from.date()).get_days();
        let asked = Length::Days(u32::try_from(days).unwrap_or(0));
        if rough_hours(asked) < rough_hours(max) { asked } else { max }
    }

    fn suspend(&self, id: &str, clock: &Clock, stopped: &[&str], events: &mut Vec<ClockEvent>) {
        for target in &clock.suspends {
            let stands = self.file.clocks.get(target).is_some_and(|c| c.suspended.is_none() && !c.expired);
            if stands && !stopped.contains(&target.as_str()) {
                events.push(ClockEvent::Suspended { id: target.clone(), by: id.to_owned() });
            }
        }
    }
}

/// The value of a number for a file with these facts.
///
/// # Errors
/// `NotOffered` where it has none.
pub fn length(mechanism: &Mechanism, number: &str, facts: &BTreeMap<String, Coded>) -> Result<Length, Rule> {
    let row = mechanism.number.get(number);
    row.and_then(|r| r.value.length(facts)).ok_or_else(|| Rule::NotOffered { number: number.to_owned() })
}

/// The dates of a length.
#[must_use]
pub fn dates(calendar: &Calendar, from: Timestamp, length: Length, roll: Roll, ends: DayEnd) -> Dates {
    calendar.due_dates(from, length, roll, ends).into()
}

/// A clock's start.
#[must_use]
pub fn started(
    calendar: &Calendar,
    id: String,
    body: Option<BodyId>,
    from: Timestamp,
    length: Length,
    roll: Roll,
    ends: DayEnd,
) -> Started {
    let dates = dates(calendar, from, length, roll, ends);
    let edition = calendar.edition(dates.due.date().year()).map(str::to_owned);
    Started { id, body, from, length, roll, ends, dates, edition }
}

/// A clock goes on after it stood still: the time it stood is given back, in its own unit.
#[must_use]
pub fn resume(calendar: &Calendar, id: &str, running: &Running, since: Timestamp, at: Timestamp) -> ClockEvent {
    let (s, before) = (&running.started, DueDates::from(running.dates));
    let after = calendar.resume_dates(&before, s.length, (since, at), s.roll, s.ends);
    ClockEvent::Resumed { id: id.to_owned(), dates: Dates::from(after) }
}

impl From<Dates> for DueDates {
    fn from(d: Dates) -> DueDates {
        DueDates { due: d.due, nominal_due: d.nominal, legal_due: d.legal, provisional: d.provisional }
    }
}

impl From<DueDates> for Dates {
    fn from(d: DueDates) -> Dates {
        Dates { due: d.due, nominal: d.nominal_due, legal: d.legal_due, provisional: d.provisional }
    }
}
