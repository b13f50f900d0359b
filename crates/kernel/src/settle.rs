//! What expired is settled before anything else: silence speaks, and what is owed goes to the superior.
//! An expired clock keeps running as overdue; overdue is computed, never stored (decisions 4).

use crate::apply::{Effect, apply};
use crate::clocks::{level, named, part_key, resume, started};
use crate::decide::{Context, Decision};
use crate::entry::{Act, By, ClockEvent, Entry};
use crate::file::{CaseFile, Running};
use crate::ids::BodyId;
use crate::refusal::Refusal;
use crate::time::{DayEnd, Roll, Timestamp};
use std::collections::BTreeMap;

/// Settles everything that is due before now, the earliest first.
pub(crate) fn settle(ctx: &Context<'_>, decision: &mut Decision) -> Result<(), Refusal> {
    while let Some((id, due)) = due(&decision.file, ctx.now) {
        let clock = ctx.mechanism.clock.get(named(&id)).filter(|_| level(&id).1 == 0);
        let entry = match clock.and_then(|c| c.silence.as_ref()) {
            Some(silence) => silent(ctx, &decision.file, &id, due, silence.then.as_deref())?,
            None => expired(ctx, &decision.file, &id, due),
        };
        decision.push(entry);
        crate::part::complete(ctx, decision);
    }
    Ok(())
}

fn due(file: &CaseFile, now: Timestamp) -> Option<(String, Timestamp)> {
    let (id, running) = file.next_due()?;
    (running.dates.due < now).then(|| (id.to_owned(), running.dates.due))
}

/// A window passed unused: what silence means happens at that moment.
fn silent(ctx: &Context<'_>, file: &CaseFile, id: &str, due: Timestamp, then: Option<&str>) -> Result<Entry, Refusal> {
    let Some((action_id, action)) = then.and_then(|t| ctx.mechanism.action.get_key_value(t)) else {
        return Ok(quiet(ctx, file, id, due));
    };
    let act = Act::Did(action_id.clone());
    let key = part_key(ctx.mechanism, id);
    let effect = Effect {
        id: action_id,
        action,
        by: By::Clock,
        at: ctx.now,
        occurred: due,
        facts: BTreeMap::new(),
        act,
        sealed: Vec::new(),
        part: key.as_deref().filter(|_| action.part.is_some()),
    };
    let mut entry = apply(ctx, file, effect)?;
    let stops = |e: &ClockEvent| matches!(e, ClockEvent::Stopped { id: s } if s == id);
    if !entry.clocks.iter().any(stops) {
        entry.clocks.insert(0, ClockEvent::Stopped { id: id.to_owned() });
    }
    Ok(entry)
}

/// A window that moves nothing only closes; what stood still for it goes on.
fn quiet(ctx: &Context<'_>, file: &CaseFile, id: &str, due: Timestamp) -> Entry {
    let mut clocks = vec![ClockEvent::Stopped { id: id.to_owned() }];
    for (other, running) in &file.clocks {
        if let Some((_, since)) = running.suspended.as_ref().filter(|(by, _)| by == id) {
            clocks.push(resume(ctx.calendar, other, running, *since, due));
        }
    }
    let entry = Entry::new(file.seq + 1, ctx.now, Act::Expired(id.to_owned()), By::Clock);
    Entry { occurred: Some(due), clocks, ..entry }
}

/// What is owed is late: the superior's clock starts; at the top the matter is listed.
fn expired(ctx: &Context<'_>, file: &CaseFile, id: &str, due: Timestamp) -> Entry {
    let next = next_superior(ctx, file, id);
    let within = ctx
        .mechanism
        .escalation
        .as_ref()
        .and_then(|e| crate::clocks::length(ctx.mechanism, &e.within, &file.facts).ok());
    let mut clocks = vec![ClockEvent::Expired { id: id.to_owned(), listed: next.is_none() }];
    if let (Some(body), Some(within)) = (next, within) {
        let (base, n) = level(id);
        let id = format!("{base}^{}", n + 1);
        clocks.push(ClockEvent::Started(started(
            ctx.calendar,
            id,
            Some(body),
            due,
            within,
            Roll::None,
            DayEnd::Midnight,
        )));
    }
    let entry = Entry::new(file.seq + 1, ctx.now, Act::Expired(id.to_owned()), By::Clock);
    Entry { occurred: Some(due), clocks, ..entry }
}

fn next_superior(ctx: &Context<'_>, file: &CaseFile, id: &str) -> Option<BodyId> {
    let escalation = ctx.mechanism.escalation.as_ref()?;
    let owed_by = file.clocks.get(id).and_then(|c| c.started.body);
    let (base, n) = level(id);
    let fits = |b: &BodyId| !file.standing.shields(ctx.directory, *b);
    if n == 0 {
        let role = match ctx.mechanism.clock.get(named(base)) {
            Some(clock) => clock.expiry.as_deref(),
            None => ctx.mechanism.approval.as_ref().map(|a| a.expiry.as_str()),
        };
        let named = role.and_then(|r| file.roles.get(r)).copied();
        if let Some(body) = named.filter(|b| Some(*b) != owed_by).filter(fits) {
            return Some(body);
        }
    }
    let mut at = ctx.directory.superior(owed_by?, escalation.up);
    while let Some(body) = at.filter(|b| !fits(b)) {
        at = ctx.directory.superior(body, escalation.up);
    }
    at
}

/// How late a running clock is, in whole milliseconds; none while it is not.
#[must_use]
pub fn overdue(running: &Running, now: Timestamp) -> Option<i64> {
    (running.suspended.is_none() && now > running.dates.due).then(|| now.0 - running.dates.due.0)
}
