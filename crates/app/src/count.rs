//! Counters from entries: every published figure is a sum of these, written in the entry's own transaction, equal to a recount.
//! No counter is about a person.

use crate::kin::repeats::category_series;
use crate::outside::caps_used;
use kernel::clocks::{level, named};
use kernel::entry::{By, ClockEvent, Entry};
use kernel::file::{CaseFile, Running};
use kernel::form::Coded;
use kernel::ids::{BodyId, MatterId};
use kernel::mechanism::{Hours, Mechanism, UNTIL_END};
use kernel::time::{Date, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use store::{CounterDelta, CounterKey};

/// The counters that one entry moves, given the file before and after it.
#[must_use]
pub fn deltas(m: &Mechanism, id: MatterId, before: &CaseFile, entry: &Entry, after: &CaseFile) -> Vec<CounterDelta> {
    let (mut all, restored) = (Vec::new(), entry.undoes.and_then(|seq| before.without(seq)));
    if let Some(seq) = entry.undoes.filter(|_| restored.is_some()) {
        all = taken_back(m, id, before, seq, entry);
    }
    all.extend(moved(m, id, restored.as_ref().unwrap_or(before), entry, after));
    all
}

/// What a silence had counted, counted back. Durations of clocks stay on the day that the clock was due; everything else
/// is a correction on the day of the entry, because earlier days are published.
fn taken_back(m: &Mechanism, id: MatterId, before: &CaseFile, seq: u32, entry: &Entry) -> Vec<CounterDelta> {
    let open = before.lapses.iter().find(|l| l.seq == seq).and_then(|l| l.open.as_deref());
    let Some(open) = open else { return Vec::new() };
    let mut sum: BTreeMap<(CounterKey, u8), i64> = BTreeMap::new();
    let mut walk = |entries: &[Entry], sign: i64| {
        let mut at = open.before.clone();
        for e in entries {
            let mut next = at.clone();
            next.evolve(e);
            for d in moved(m, id, &at, e, &next) {
                *sum.entry((d.key, d.slot)).or_default() += sign * d.by;
            }
            at = next;
        }
    };
    walk(&open.since, -1);
    walk(&open.kept(), 1);
    let name = m.mechanism.id.as_str();
    let dated = |series: &str| {
        let series = series.strip_prefix(name).and_then(|s| s.strip_prefix('/')).unwrap_or(series);
        ["due/", "kept/", "missed/", "category/"].iter().any(|p| series.starts_with(p))
    };
    let today = entry.at.date();
    let correct = |((mut key, slot), by): ((CounterKey, u8), i64)| {
        key.day = if dated(&key.series) { key.day } else { today };
        CounterDelta { key, slot, by }
    };
    sum.into_iter().filter(|(_, by)| *by != 0).map(correct).collect()
}

fn moved(m: &Mechanism, id: MatterId, before: &CaseFile, entry: &Entry, after: &CaseFile) -> Vec<CounterDelta> {
    let Some(opened) = &after.opened else { return Vec::new() };
    let day = entry.occurred.unwrap_or(entry.at).date();
    let body = match entry.by {
        By::Post { body, .. } => body,
        _ => after.standing.assignee.unwrap_or(BodyId(0)),
    };
    let mut counts = Counts { id, after, mechanism: &opened.mechanism, all: Vec::new() };
    counts.hours(m, before, entry, (day, body));
    if entry.opened.is_some() {
        counts.add("raised", day, body, 1, 0);
    }
    if let Some(action) = entry.act.effect() {
        counts.add(&format!("did/{action}"), day, body, 1, 0);
    }
    counts.category(m, before);
    for series in caps_used(m, entry, after) {
        counts.add(&series, entry.at.date(), body, 1, 0);
    }
    for (fact, value) in &entry.facts {
        if let (Coded::Code(code), true) = (value, entry.act.effect().is_some()) {
            counts.add(&format!("fact/{fact}/{code}"), day, body, 1, 0);
        }
    }
    let raised = after.raised_at.map_or(0, |r| r.0);
    if entry.answers && before.answered.is_none() {
        counts.add("answered", day, body, 1, bucket(entry.at.0 - raised));
    }
    if entry.ends {
        counts.add("ended", day, body, 1, bucket(entry.at.0 - raised));
    }
    entry.clocks.iter().for_each(|c| counts.clock(c, before, entry));
    counts.all
}

/// The bucket of a duration: 0 below a day, then by doublings of days.
#[must_use]
pub fn bucket(millis: i64) -> u16 {
    let days = millis.max(0) / 86_400_000;
    u16::try_from(64 - days.leading_zeros()).unwrap_or(0)
}

/// The upper ends of the bands of durations, in hours; above the last is one more.
pub const BANDS: [u32; 13] = [1, 2, 4, 8, 24, 48, 72, 120, 168, 240, 360, 720, 1440];

/// The band of a duration: the first whose end it does not pass.
fn band(minutes: i64) -> u16 {
    let place = BANDS.iter().position(|hours| minutes <= i64::from(*hours) * 60).unwrap_or(BANDS.len());
    u16::try_from(place).unwrap_or(0)
}

/// When the instances of a clock began that this entry stops; what a superior got is no more of it.
fn stopped<'a>(before: &'a CaseFile, entry: &'a Entry, clock: &'a str) -> impl Iterator<Item = Timestamp> + 'a {
    entry.clocks.iter().filter_map(move |event| match event {
        ClockEvent::Stopped { id } if named(id) == clock && level(id).1 == 0 => {
            before.clocks.get(id).map(|running| running.started.from)
        }
        _ => None,
    })
}

struct Counts<'a> {
    id: MatterId,
    after: &'a CaseFile,
    mechanism: &'a str,
    all: Vec<CounterDelta>,
}

impl Counts<'_> {
    fn add(&mut self, series: &str, day: Date, body: BodyId, by: i64, bucket: u16) {
        let Some(opened) = &self.after.opened else { return };
        let key = CounterKey {
            cell: self.id.cell,
            book: u8::from(!self.after.standing.shield.is_empty()),
            series: format!("{}/{series}", self.mechanism),
            day,
            body,
            region: opened.region,
            class: String::new(),
            bucket,
        };
        let slot = u8::try_from(self.id.serial.rem_euclid(8)).unwrap_or(0);
        self.all.push(CounterDelta { key, slot, by });
    }

    /// How long something took, where a measure asks for it: once with its band, and its minutes.
    fn hours(&mut self, m: &Mechanism, before: &CaseFile, entry: &Entry, (day, body): (Date, BodyId)) {
        let (at, raised) = (entry.occurred.unwrap_or(entry.at), self.after.raised_at);
        let asked: BTreeSet<(String, &Hours)> =
            m.measure.values().filter_map(|m| m.hours.as_ref()).map(|h| (h.series(), h)).collect();
        for (series, hours) in asked {
            let mut took = |from: Timestamp| {
                let minutes = (at.0 - from.0).max(0) / 60_000;
                self.add(&format!("hours/{series}"), day, body, 1, band(minutes));
                if minutes > 0 {
                    self.add(&format!("minutes/{series}"), day, body, minutes, 0);
                }
            };
            match (&hours.clock, hours.until.as_deref()) {
                // What stops because the matter is over was not answered.
                (Some(clock), _) => {
                    let to = m.clock.get(clock).map(|c| c.to.as_slice()).unwrap_or_default();
                    let acted = entry.act.effect().is_some_and(|a| to.iter().any(|t| t == a));
                    stopped(before, entry, clock).filter(|_| acted).for_each(&mut took);
                }
                (None, Some(UNTIL_END)) if !entry.ends => {}
                (None, Some(until)) => {
                    let first = !before.counts.contains_key(until) && entry.act.effect() == Some(until);
                    raised.filter(|_| entry.ends && until == UNTIL_END || first).into_iter().for_each(took);
                }
                (None, None) => {}
            }
        }
    }

    /// A matter counts once under its category, on the day that it came: said otherwise later, it moves.
    fn category(&mut self, m: &Mechanism, before: &CaseFile) {
        let Some(field) = &m.mechanism.category else { return };
        let (Some(opened), Some(came)) = (&self.after.opened, self.after.raised_at) else { return };
        let stands = |file: &CaseFile| {
            let code = file.facts.get(field)?.as_code();
            Some((category_series(self.mechanism, &code), u8::from(!file.standing.shield.is_empty())))
        };
        let (was, is) = (stands(before), stands(self.after));
        let moved = [(was.clone(), -1), (is.clone(), 1)].into_iter().filter(|_| was != is);
        for ((series, book), by) in moved.filter_map(|(key, by)| Some((key?, by))) {
            let (cell, day, region) = (self.id.cell, came.date(), opened.region);
            let key = CounterKey { cell, book, series, day, body: BodyId(0), region, class: String::new(), bucket: 0 };
            let slot = u8::try_from(self.id.serial.rem_euclid(8)).unwrap_or(0);
            self.all.push(CounterDelta { key, slot, by });
        }
    }

    /// Due series are keyed by the due day and moved when it moves; so an open overdue matter counts on the day it was due.
    fn clock(&mut self, event: &ClockEvent, before: &CaseFile, entry: &Entry) {
        let owed = |running: &Running| running.started.body.filter(|_| level(&running.started.id).1 == 0);
        match event {
            ClockEvent::Started(s) if level(&s.id).1 == 0 => {
                if let Some(body) = s.body {
                    self.add(&format!("due/{}", named(&s.id)), s.dates.due.date(), body, 1, 0);
                }
            }
            ClockEvent::Extended { id, dates, .. }
            | ClockEvent::Resumed { id, dates }
            | ClockEvent::Recomputed { id, dates, .. } => {
                if let Some((running, body)) = before.clocks.get(id).and_then(|r| owed(r).map(|b| (r, b))) {
                    self.add(&format!("due/{}", named(id)), running.dates.due.date(), body, -1, 0);
                    self.add(&format!("due/{}", named(id)), dates.due.date(), body, 1, 0);
                }
            }
            ClockEvent::Stopped { id } => {
                if let Some((running, body)) = before.clocks.get(id).and_then(|r| owed(r).map(|b| (r, b))) {
                    let kept = !running.expired && entry.occurred.unwrap_or(entry.at) <= running.dates.due;
                    let series = format!("{}/{}", if kept { "kept" } else { "missed" }, named(id));
                    self.add(&series, running.dates.due.date(), body, 1, 0);
                }
            }
            ClockEvent::Expired { listed: true, .. } => {
                self.add("listed", entry.at.date(), BodyId(0), 1, 0);
            }
            _ => {}
        }
    }
}
