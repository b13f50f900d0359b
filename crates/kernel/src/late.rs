//! What was recorded later than it happened. Owed clocks run from when it happened, and an act of the raiser counts by
//! posting: it holds although silence spoke before it was recorded, while nobody has acted on that silence (decisions 5).
//! Only whoever takes a letter or a call for her, or proves a service, says when it happened; she herself acts now. What a body
//! does itself counts from now too: a day that it names for its own act would start the clocks of whoever comes next in the past.

use crate::decide::{Actor, Context};
use crate::entry::By;
use crate::file::CaseFile;
use crate::lapse::Lapse;
use crate::mechanism::{Action, Mechanism, RAISE, RAISER};
use crate::permit::permit;
use crate::possible::blocked;
use crate::refusal::Rule;
use crate::time::Timestamp;
use std::borrow::Cow;

/// How far back, in days, what is recorded now may have happened. Design: the longest that a letter is under way and lies
/// in an office; above it, who records it says so in words and it counts from today.
pub const BACK_DAYS: i64 = 30;

/// When it happened.
///
/// # Errors
/// `Time` for what lies after now, before the file or too far back, and for whoever speaks for herself about the past;
/// `OwnAct` for a body that does.
pub(crate) fn happened(
    ctx: &Context<'_>,
    raised: Option<Timestamp>,
    by: By,
    (id, action): (&str, &Action),
    given: Option<Timestamp>,
) -> Result<Timestamp, Rule> {
    let now = ctx.now;
    let Some(given) = given else { return Ok(now) };
    if given < now && by != By::Raiser && !from_outside(ctx.mechanism, id, action) {
        return Err(Rule::OwnAct);
    }
    let back = now.plus_days(-BACK_DAYS);
    let earliest = if by == By::Raiser { now } else { raised.map_or(back, |r| r.max(back)) };
    if given < earliest || given > now { Err(Rule::Time { latest: now }) } else { Ok(given) }
}

/// Whether an act records what came from outside: how a matter came in, what she may do herself, how a letter was served.
fn from_outside(mechanism: &Mechanism, id: &str, action: &Action) -> bool {
    id == RAISE || action.by.iter().any(|r| r == RAISER) || mechanism.served_by(id).next().is_some()
}

/// The file on which an act is judged.
pub(crate) struct Ground<'a> {
    /// The file now, or as it would stand without the silence that the act takes back.
    pub file: Cow<'a, CaseFile>,
    /// The entry of that silence.
    pub undoes: Option<u32>,
    /// It was posted in time, but somebody has acted on the silence.
    pub overtaken: bool,
}

/// On which file an act is judged that was posted then.
pub(crate) fn ground<'a>(
    ctx: &Context<'_>,
    file: &'a CaseFile,
    id: &str,
    action: &Action,
    posted: Option<Timestamp>,
) -> Ground<'a> {
    let now = Ground { file: Cow::Borrowed(file), undoes: None, overtaken: false };
    let Some(posted) = posted.filter(|_| !possible(ctx, file, id, action) && action.approval.is_none()) else {
        return now;
    };
    let Some(lapse) = file.lapses.iter().rev().find(|l| hers(ctx, l, id, action, posted)) else {
        return now;
    };
    match file.without(lapse.seq) {
        Some(restored) => Ground { file: Cow::Owned(restored), undoes: Some(lapse.seq), ..now },
        None => Ground { overtaken: true, ..now },
    }
}

/// What somebody may record now for her that she posted before a window of hers closed, with the day until which it counts:
/// acts that are not possible any more because silence spoke, while nobody has acted on that silence.
#[must_use]
pub fn recordable<'a>(ctx: &Context<'a>, file: &CaseFile, actor: &Actor) -> Vec<(&'a str, Timestamp)> {
    let mut all: Vec<(&str, Timestamp)> = Vec::new();
    for lapse in file.lapses.iter().rev() {
        let Some(restored) = file.without(lapse.seq) else { continue };
        let due = lapse.window.dates.due;
        for (id, action) in &ctx.mechanism.action {
            let open = action.approval.is_none() && action.part.is_none() && !possible(ctx, file, id, action);
            let counts = open && hers(ctx, lapse, id, action, due) && possible(ctx, &restored, id, action);
            let staff = counts && matches!(permit(ctx, &restored, actor, action), Ok(By::Post { .. }));
            if staff && all.iter().all(|(known, _)| known != id) {
                all.push((id, due));
            }
        }
    }
    all
}

/// The act is the raiser's own in this window, and was posted before it closed.
fn hers(ctx: &Context<'_>, lapse: &Lapse, id: &str, action: &Action, posted: Timestamp) -> bool {
    let clock = ctx.mechanism.clock.get(&lapse.window.started.id);
    let listed = clock.is_some_and(|c| c.whose() == RAISER && c.to.iter().any(|a| a == id));
    listed && action.by.iter().any(|r| r == RAISER) && posted <= lapse.window.dates.due
}

pub(crate) fn possible(ctx: &Context<'_>, file: &CaseFile, id: &str, action: &Action) -> bool {
    let at = crate::possible::Position { runs: &|c| file.runs(c), ..crate::decide::position(file) };
    blocked(ctx.mechanism, id, action, &at).is_none()
}
