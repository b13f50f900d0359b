//! Parts of a matter when it runs: who was called, how far each one is, and what follows when enough of them have ended.
//! Only actions move a part; nobody drops out silently. What a part may be is said in `mechanism::Part`.

use crate::apply::{Effect, apply};
use crate::decide::{Actor, Context, Decision, position};
use crate::directory::Directory;
use crate::entry::{Act, By};
use crate::file::CaseFile;
use crate::form::Coded;
use crate::ids::BodyId;
use crate::mechanism::{Action, Part, Waits};
use crate::possible::{Position, blocked};
use crate::refusal::Rule;
use crate::role::Standing;
use crate::time::{Date, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The parts of a file by key: `unit@12` is the part of body 12, `measure@3` the third task.
pub type Parts = BTreeMap<String, PartFile>;

/// No parts, for where there is no file.
pub static NO_PARTS: Parts = BTreeMap::new();

/// One part of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PartFile {
    /// Its key.
    pub key: String,
    /// The body that works on it.
    pub body: BodyId,
    /// Where it stands.
    pub state: String,
    /// It stands in an end state.
    pub ended: bool,
    /// It leads.
    pub lead: bool,
    /// The day that the row of a task names.
    pub until: Option<Date>,
    /// When it was opened (the last time).
    pub opened: Timestamp,
    /// With which entry.
    pub seq: u32,
    /// The last entry that acted on it.
    pub last: Option<u32>,
    /// How often each action was done on it.
    pub counts: BTreeMap<String, u32>,
}

impl PartFile {
    /// Which parts of the mechanism it is one of.
    #[must_use]
    pub fn kind(&self) -> &str {
        kind(&self.key)
    }

    /// The id of its own instance of a clock.
    #[must_use]
    pub fn clock(&self, clock: &str) -> String {
        format!("{clock}@{}", number(&self.key))
    }
}

/// What an entry does to parts.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartEvent {
    /// A part begins.
    Opened {
        /// Its key.
        key: String,
        /// Whose it is.
        body: BodyId,
        /// Where it begins.
        state: String,
        /// The day that a task names.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// It leads from now on; no other of its kind does.
    Led {
        /// Its key.
        key: String,
    },
    /// It stands in another state.
    Moved {
        /// Its key.
        key: String,
        /// Which.
        state: String,
        /// It ends there.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        ends: bool,
    },
}

/// The part of the mechanism that a key is one of: `unit` of `unit@12`.
#[must_use]
pub fn kind(key: &str) -> &str {
    key.rsplit_once('@').map_or(key, |(kind, _)| kind)
}

/// The number in a key: `12` of `unit@12`.
#[must_use]
pub fn number(key: &str) -> &str {
    key.rsplit_once('@').map_or("", |(_, number)| number)
}

/// The parts of one kind.
pub fn of<'a>(parts: &'a Parts, wanted: &'a str) -> impl Iterator<Item = &'a PartFile> + Clone {
    parts.values().filter(move |p| p.kind() == wanted)
}

/// Whether enough parts of a kind have ended; never where there is none.
#[must_use]
pub fn enough(waits: Waits, parts: &Parts, kind: &str) -> bool {
    let (all, ended) = (of(parts, kind).count(), of(parts, kind).filter(|p| p.ended).count());
    match waits {
        Waits::All => all > 0 && ended == all,
        Waits::Most => ended * 2 > all,
        Waits::Lead => of(parts, kind).any(|p| p.lead && p.ended),
    }
}

impl CaseFile {
    pub(crate) fn evolve_part(&mut self, event: &PartEvent, at: Timestamp, seq: u32) {
        match event {
            PartEvent::Opened { key, body, state, until } => {
                // What was done on an earlier part of the same body still counts, so that `at_most` holds for good.
                let (lead, counts) =
                    self.parts.remove(key).map_or((false, BTreeMap::new()), |old| (old.lead, old.counts));
                let (key, state) = (key.clone(), state.clone());
                let part = PartFile {
                    key: key.clone(),
                    body: *body,
                    state,
                    ended: false,
                    lead,
                    until: *until,
                    opened: at,
                    seq,
                    last: None,
                    counts,
                };
                self.parts.insert(key, part);
                self.took_part.insert(*body);
                self.standing.parts.insert(*body);
            }
            PartEvent::Led { key } => {
                let kind = kind(key).to_owned();
                for part in self.parts.values_mut().filter(|p| p.kind() == kind) {
                    part.lead = part.key == *key;
                }
            }
            PartEvent::Moved { key, state, ends } => {
                if let Some(part) = self.parts.get_mut(key) {
                    (part.state, part.ended) = (state.clone(), *ends);
                }
            }
        }
    }
}

/// The part that an act means: the one that is named, or the only open one of the actor's bodies.
///
/// # Errors
/// `NoPart` where none is meant or where it cannot be told which.
pub fn target<'a>(
    file: &'a CaseFile,
    actor: &Actor,
    action: &Action,
    key: Option<&str>,
) -> Result<Option<&'a PartFile>, Rule> {
    let Some(wanted) = action.part.as_deref() else {
        return key.map_or(Ok(None), |k| Err(Rule::NoPart { part: k.to_owned() }));
    };
    let none = || Rule::NoPart { part: key.unwrap_or(wanted).to_owned() };
    if let Some(key) = key {
        return file.parts.get(key).filter(|p| p.kind() == wanted).map(Some).ok_or_else(none);
    }
    let ours = |p: &&PartFile| !p.ended && actor.posts.iter().any(|post| post.body == p.body);
    let mut open = file.parts.values().filter(|p| p.kind() == wanted).filter(ours);
    match (open.next(), open.next()) {
        (Some(one), None) => Ok(Some(one)),
        _ => Err(none()),
    }
}

/// What an action does to parts: those that it opens, the one that leads, the one that it moves.
pub(crate) fn events(
    ctx: &Context<'_>,
    file: &CaseFile,
    standing: &Standing,
    id: &str,
    facts: &BTreeMap<String, Coded>,
    acted: Option<&str>,
) -> Result<Vec<PartEvent>, Rule> {
    let mut events = Vec::new();
    for (kind, part) in ctx.mechanism.part.iter().filter(|(_, p)| p.opened_by.iter().any(|a| a == id)) {
        open(ctx.directory, file, standing, (kind, part), facts, &mut events)?;
    }
    let action = acted.and(ctx.mechanism.action.get(id));
    if let (Some(key), Some(to)) = (acted, action.and_then(|a| a.to.clone())) {
        let ends = ctx.mechanism.part.get(kind(key)).and_then(|p| p.state.get(&to)).is_some_and(|s| s.end);
        events.push(PartEvent::Moved { key: key.to_owned(), state: to, ends });
    }
    Ok(events)
}

fn open(
    directory: &dyn Directory,
    file: &CaseFile,
    standing: &Standing,
    (kind, part): (&str, &Part),
    facts: &BTreeMap<String, Coded>,
    events: &mut Vec<PartEvent>,
) -> Result<(), Rule> {
    let lead = part.lead.as_ref().and_then(|f| facts.get(f)).and_then(|c| c.bodies().first().copied());
    let mut rows: Vec<(String, BodyId, Option<Date>)> = Vec::new();
    match facts.get(&part.each) {
        Some(Coded::Tasks(tasks)) => {
            let before = of(&file.parts, kind).count();
            let row = |(i, t): (usize, &crate::form::Task)| (format!("{kind}@{}", before + i + 1), t.who, Some(t.by));
            rows.extend(tasks.iter().enumerate().map(row));
        }
        named => {
            let mut seen = BTreeSet::new();
            let called = named.map_or(&[][..], Coded::bodies).iter().copied().chain(lead);
            let called = called.filter(|b| seen.insert(*b));
            // Who leads from now on may have been called before.
            let open = |b: &BodyId| Some(*b) == lead && running(file, &format!("{kind}@{}", b.0));
            let again = named.map_or(&[][..], Coded::bodies);
            let called = called.filter(|b| again.contains(b) || !open(b));
            rows.extend(called.map(|b| (format!("{kind}@{}", b.0), b, None)));
        }
    }
    for (key, body, until) in rows {
        if standing.shields(directory, body) {
            return Err(Rule::Shielded { field: part.each.clone(), body });
        }
        if running(file, &key) {
            return Err(Rule::PartOpen { field: part.each.clone(), body });
        }
        events.push(PartEvent::Opened { key, body, state: part.first.clone(), until });
    }
    events.extend(lead.map(|b| PartEvent::Led { key: format!("{kind}@{}", b.0) }));
    Ok(())
}

fn running(file: &CaseFile, key: &str) -> bool {
    file.parts.get(key).is_some_and(|p| !p.ended)
}

/// What follows by itself when enough parts have ended. It is done where it is possible and left out where it is not.
pub(crate) fn complete(ctx: &Context<'_>, decision: &mut Decision) {
    let Some(last) = decision.entries.last() else {
        return;
    };
    let occurred = last.occurred.unwrap_or(last.at);
    for (kind, part) in &ctx.mechanism.part {
        let file = &decision.file;
        let next = part.complete.as_ref().and_then(|id| ctx.mechanism.action.get_key_value(id));
        let Some((id, action)) = next.filter(|_| enough(part.waits.unwrap_or_default(), &file.parts, kind)) else {
            continue;
        };
        let at = Position { runs: &|c| file.runs(c), ..position(file) };
        if blocked(ctx.mechanism, id, action, &at).is_some() {
            continue;
        }
        let effect = Effect {
            id,
            action,
            by: By::Clock,
            at: ctx.now,
            occurred,
            facts: BTreeMap::new(),
            act: Act::Did(id.clone()),
            sealed: Vec::new(),
            part: None,
        };
        if let Ok(entry) = apply(ctx, file, effect) {
            decision.push(entry);
        }
    }
}
