//! The dates of running clocks under another edition of the calendar (decisions 1): a window of the raiser is never
//! shortened, and nothing owed comes to lie in the past. Which matters rest on an older edition is for the caller to find.

use crate::calendar::{Calendar, DayReason, DueDates};
use crate::clocks::dates;
use crate::decide::Context;
use crate::entry::{Act, By, ClockEvent, Dates, Entry};
use crate::file::{CaseFile, Change, Running};

/// How many days back the notice is looked for that a date rests on.
const FAR: usize = 800;

/// The entry that says which dates are others now; none if nothing changes. Doing it twice gives none the second time.
#[must_use]
pub fn recompute(ctx: &Context<'_>, file: &CaseFile) -> Option<Entry> {
    let mut clocks = Vec::new();
    for (id, running) in file.clocks.iter().filter(|(_, c)| !c.expired) {
        let dates = kept(ctx, running, again(ctx.calendar, running));
        if dates != running.dates {
            let edition = edition(ctx.calendar, running, &dates);
            clocks.push(ClockEvent::Recomputed { id: id.clone(), dates, edition });
        }
    }
    let entry = Entry::new(file.seq + 1, ctx.now, Act::Recomputed, By::Clock);
    (!clocks.is_empty()).then_some(Entry { clocks, ..entry })
}

/// The whole life of a clock under this calendar: its start, then every prolongation and standstill in their order.
fn again(calendar: &Calendar, running: &Running) -> Dates {
    let s = &running.started;
    let mut new = dates(calendar, s.from, s.length, s.roll, s.ends);
    for change in &running.changes {
        new = match change {
            Change::Extended(by) => dates(calendar, new.nominal, *by, s.roll, s.ends),
            Change::Stood { since, until } => {
                let before = DueDates::from(new);
                calendar.resume_dates(&before, s.length, (*since, *until), s.roll, s.ends).into()
            }
        };
    }
    new
}

/// The new dates where they may take the place of the old ones; else the old ones, known for certain now.
fn kept(ctx: &Context<'_>, running: &Running, new: Dates) -> Dates {
    let hers = running.started.body.is_none();
    let floor = running.suspended.as_ref().map_or(ctx.now, |(_, since)| *since);
    if new.due < running.dates.due && (hers || new.due < floor) {
        return Dates { provisional: new.provisional, ..running.dates };
    }
    new
}

/// The notice that the new date rests on: the last one that arranges a day of the run.
fn edition(calendar: &Calendar, running: &Running, new: &Dates) -> String {
    let (from, mut day) = (running.started.from.date(), running.dates.due.max(new.due).date());
    for _ in 0..FAR {
        let known = calendar.day(day);
        if day < from {
            break;
        }
        if matches!(known.reason, DayReason::Holiday { .. } | DayReason::MakeUp { .. }) {
            return known.source.to_string();
        }
        let Ok(before) = day.yesterday() else { break };
        day = before;
    }
    calendar.edition(new.due.date().year()).unwrap_or_default().to_owned()
}
