//! Clocks that explain themselves: every date with its steps, its clause and what was changed on the way.

use super::{BodyName, body_name};
use crate::installation::App;
use crate::matter::Matter;
use kernel::calendar::{Step, explain};
use kernel::clocks::{level, named, part_key};
use kernel::file::{Change, Running};
use kernel::mechanism::Mechanism;
use kernel::number::Confidence;
use kernel::text::{Lang, Text};
use kernel::time::{Date, Length, Timestamp};
use serde::Serialize;

/// A clock for pages and API.
#[derive(Clone, Debug, Serialize)]
pub struct ClockView {
    /// Its id.
    pub id: String,
    /// What is due.
    pub label: Text,
    /// Who owes it; none for the raiser.
    pub body: Option<BodyName>,
    /// It is a window of the raiser: she may act, nobody owes.
    pub window: bool,
    /// What silence means, for a window.
    pub silence: Option<Text>,
    /// From when it counts.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub from: Timestamp,
    /// The date that counts.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub due: Timestamp,
    /// By bare counting.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub nominal_due: Timestamp,
    /// With the roll over rest days.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub legal_due: Timestamp,
    /// The date before it was prolonged.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub original_due: Option<Timestamp>,
    /// `60d`, `5wd`, `2h`.
    pub length: Length,
    /// `h`, `cd` or `wd`.
    pub unit: &'static str,
    /// The clause.
    pub source: String,
    /// How sure the number is.
    pub confidence: Confidence,
    /// It rests on a calendar that is not published.
    pub provisional: bool,
    /// It passed its date.
    pub overdue: bool,
    /// Working days left until it (negative: since).
    pub working_days: i32,
    /// It stands still.
    pub suspended: bool,
    /// It is on the public overdue list.
    pub listed: bool,
    /// When it stopped.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub stopped: Option<Timestamp>,
    /// How it was kept; none while it runs.
    pub kept: Option<bool>,
    /// The derivation.
    #[serde(serialize_with = "written")]
    pub steps: Vec<Step>,
    /// The derivation in words.
    pub derivation: Derivation,
}

/// The steps as files have them: the one time among them as every other.
fn written<S: serde::Serializer>(steps: &[Step], serializer: S) -> Result<S::Ok, S::Error> {
    let one = |step: &Step| -> serde_json::Result<serde_json::Value> {
        let mut value = serde_json::to_value(step)?;
        if let (Step::StartAt { at, .. }, Some(map)) = (step, value.as_object_mut()) {
            map.insert("at".into(), at.to_string().into());
        }
        Ok(value)
    };
    let all: serde_json::Result<Vec<_>> = steps.iter().map(one).collect();
    all.map_err(serde::ser::Error::custom)?.serialize(serializer)
}

/// The derivation of a date in words, step by step.
#[derive(Clone, Debug, Serialize)]
pub struct Derivation {
    /// 中文.
    pub zh: Vec<String>,
    /// English.
    pub en: Vec<String>,
}

pub(super) fn running(app: &App, matter: &Matter, now: Timestamp) -> Vec<ClockView> {
    let mut clocks: Vec<ClockView> = matter
        .file
        .clocks
        .iter()
        .filter(|(id, _)| !of_part(matter, id))
        .map(|(id, c)| one(app, matter, id, c, now))
        .collect();
    clocks.sort_by_key(|c| (c.window, c.due));
    clocks
}

pub(super) fn stopped(app: &App, matter: &Matter) -> Vec<ClockView> {
    let view = |s: &kernel::file::Stopped| {
        let mut clock = one(app, matter, &s.running.started.id, &s.running, s.at);
        clock.stopped = Some(s.at);
        clock.kept = Some(s.kept());
        clock
    };
    matter.file.stopped.iter().filter(|s| !of_part(matter, &s.running.started.id)).map(view).collect()
}

/// The clock of a part stands beside the part; a superior's stands with the matter's.
fn of_part(matter: &Matter, id: &str) -> bool {
    level(id).1 == 0 && part_key(&matter.mechanism, id).is_some()
}

pub(super) fn one(app: &App, matter: &Matter, id: &str, running: &Running, now: Timestamp) -> ClockView {
    let mechanism = &matter.mechanism;
    let (base, level) = (named(id), level(id).1);
    let clock = mechanism.clock.get(base);
    let number = match (clock, level) {
        (_, 1..) => mechanism.escalation.as_ref().map(|e| e.within.as_str()),
        (Some(clock), _) => Some(clock.length.as_str()),
        (None, _) => mechanism.approval.as_ref().map(|a| a.within.as_str()),
    };
    let row = number.and_then(|n| mechanism.number.get(n));
    let (s, directory) = (&running.started, app.directory());
    let (steps, derivation) = derive(app, running);
    let dates = &running.dates;
    ClockView {
        id: id.to_owned(),
        label: label(&matter.mechanism, base, level),
        body: s.body.map(|b| body_name(&directory, b)),
        window: clock.is_some_and(|c| c.window_of.is_some()),
        silence: clock.and_then(|c| c.silence.as_ref()).map(|s| Text::new(&s.zh, &s.en)),
        from: s.from,
        due: dates.due,
        nominal_due: dates.nominal,
        legal_due: dates.legal,
        original_due: running.extended.first().map(|(_, d)| d.due),
        length: s.length,
        unit: match s.length {
            Length::Hours(_) => "h",
            Length::Days(_) => "cd",
            Length::WorkingDays(_) => "wd",
        },
        source: row.map(|r| r.source.clone()).unwrap_or_default(),
        confidence: row.map_or(Confidence::Design, |r| r.confidence),
        provisional: dates.provisional,
        overdue: running.suspended.is_none() && now > dates.due,
        working_days: app.calendar().working_days_between(now.date(), dates.due.date()),
        suspended: running.suspended.is_some(),
        listed: running.listed,
        stopped: None,
        kept: None,
        steps,
        derivation,
    }
}

/// What is due by a clock, in words.
pub(crate) fn label(mechanism: &Mechanism, base: &str, level: u32) -> Text {
    let own = match base.strip_prefix("approve:") {
        Some(action) => {
            let label = mechanism.action.get(action).map(|a| a.label.clone()).unwrap_or_default();
            Text::new(format!("审批“{}”", label.zh), format!("decide on “{}”", label.en))
        }
        None => mechanism.clock.get(base).map(|c| c.label.clone()).unwrap_or_default(),
    };
    if level == 0 {
        own
    } else {
        Text::new(format!("上级督促：{}", own.zh), format!("superior to move it: {}", own.en))
    }
}

fn derive(app: &App, running: &Running) -> (Vec<Step>, Derivation) {
    let s = &running.started;
    let mut due = app.calendar().due(s.from, s.length, s.roll, s.ends);
    let mut steps = std::mem::take(&mut due.steps);
    let mut dates = due.dates();
    for change in &running.changes {
        let more = match change {
            Change::Extended(by) => app.calendar().extend(&dates, *by, s.roll, s.ends),
            Change::Stood { since, until } => app.calendar().resume(&dates, s.length, (*since, *until), s.roll, s.ends),
        };
        dates = more.dates();
        steps.extend(more.steps);
    }
    let mut derivation = Derivation { zh: explain(&steps, Lang::Zh), en: explain(&steps, Lang::En) };
    if dates.due < running.dates.due {
        let told = running.dates.due.date();
        derivation.zh.push(format!("放假安排公布后算得更早，仍按原来说好的 {told}"));
        derivation.en.push(format!("under the published holidays it would be earlier; {told}, as told before, stands"));
    }
    (steps, derivation)
}

/// The days from the start of a clock to its end, for the strip; at most so many.
#[must_use]
pub fn days(app: &App, from: Date, to: Date, most: usize) -> Vec<kernel::calendar::Day> {
    let mut all = Vec::new();
    let mut day = from;
    while day <= to && all.len() < most {
        all.push(app.calendar().day(day));
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    all
}
