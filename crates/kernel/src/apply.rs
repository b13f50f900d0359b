//! The effect of an action that takes place: the entry with everything resolved. Used by acts, approvals and the clock alike.

use crate::clocks::Happening;
use crate::decide::Context;
use crate::entry::{Act, By, Commitment, Entry};
use crate::file::CaseFile;
use crate::form::Coded;
use crate::ids::BodyId;
use crate::mechanism::Action;
use crate::part::PartEvent;
use crate::refusal::{Refusal, Rule};
use crate::role::{Standing, resolve};
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// An action that takes effect.
pub(crate) struct Effect<'a> {
    pub id: &'a str,
    pub action: &'a Action,
    pub by: By,
    pub at: Timestamp,
    pub occurred: Timestamp,
    pub facts: BTreeMap<String, Coded>,
    pub act: Act,
    pub sealed: Vec<Commitment>,
    /// The key of the part that it is done on.
    pub part: Option<&'a str>,
}

impl Entry {
    pub(crate) fn new(seq: u32, at: Timestamp, act: Act, by: By) -> Entry {
        Entry {
            seq,
            at,
            occurred: None,
            act,
            by,
            state: None,
            ends: false,
            answers: false,
            facts: BTreeMap::new(),
            roles: BTreeMap::new(),
            assigned: None,
            shields: Vec::new(),
            withholds: Vec::new(),
            part: None,
            parts: Vec::new(),
            clocks: Vec::new(),
            sealed: Vec::new(),
            letter: None,
            served: None,
            polls: Vec::new(),
            opened: None,
            undoes: None,
            beyond: crate::kin::Beyond::default(),
        }
    }
}

pub(crate) fn apply(ctx: &Context<'_>, file: &CaseFile, effect: Effect<'_>) -> Result<Entry, Refusal> {
    let Effect { id, action, by, at, occurred, mut facts, act, sealed, part } = effect;
    let clause = |rule: Rule| Refusal { clause: action.source.clone(), ..Refusal::from(rule) };
    facts.extend(action.sets.iter().map(|(k, v)| (k.clone(), Coded::Code(v.clone()))));
    let polls = crate::vote::events(ctx, file, id, &mut facts).map_err(clause)?;
    facts.extend(used(ctx, action));
    facts.extend(stood(ctx, action));
    let mut entry = Entry { polls, ..Entry::new(file.seq + 1, at, act, by) };
    entry.occurred = (occurred < at).then_some(occurred);
    entry.part = part.map(str::to_owned);
    entry.state = action.to.clone().filter(|_| part.is_none());
    entry.ends = entry.state.as_ref().is_some_and(|s| ctx.mechanism.state.get(s).is_some_and(|s| s.end));
    entry.answers = action.answers;
    entry.letter = action.letter.clone();
    entry.sealed = sealed;
    entry.shields = named(ctx, &facts, |f| f.shield);
    entry.withholds = named(ctx, &facts, |f| f.withhold);
    entry.assigned = assigned(ctx, file, action, &facts).map_err(clause)?;
    let mut standing = file.standing.clone();
    standing.shield.extend(&entry.shields);
    entry.parts = crate::part::events(ctx, file, &standing, id, &facts, part).map_err(clause)?;
    let mut all_facts = file.facts.clone();
    all_facts.extend(facts.iter().map(|(k, v)| (k.clone(), v.clone())));
    let (roles, changed) = roles(ctx, file, &entry);
    entry.served = crate::papers::served(ctx, file, id, by, occurred, &all_facts).map_err(clause)?;
    let happening = Happening {
        mechanism: ctx.mechanism,
        calendar: ctx.calendar,
        file,
        id,
        action,
        // What the clock does happens when it falls due, however late it is settled: her next window runs from then.
        at: if by == By::Clock { occurred } else { at },
        served: entry.served.as_ref(),
        occurred,
        facts: &all_facts,
        roles: &roles,
        ends: entry.ends,
        part,
        parts: &entry.parts,
    };
    entry.clocks = happening.clocks().map_err(clause)?;
    entry.roles = changed;
    entry.beyond = crate::kin::Beyond::of(ctx.mechanism, id, action, file);
    entry.beyond.touches = crate::personal::touch(ctx.mechanism, file, action, &facts);
    if entry.ends {
        (entry.beyond.keeps, entry.beyond.keeps_identity) = crate::personal::until(ctx, occurred, &all_facts);
    }
    entry.facts = facts;
    Ok(entry)
}

/// How much of each cap that the action asks for was used before it: the entry keeps the figure.
fn used(ctx: &Context<'_>, action: &Action) -> BTreeMap<String, Coded> {
    let mut caps = Vec::new();
    action.when.iter().for_each(|g| {
        g.numerics(&mut |n| {
            if let crate::numeric::Numeric::Room(cap) = n {
                caps.push(cap.clone());
            }
        })
    });
    let figure =
        |cap: String| Some((format!("used({cap})"), Coded::Number(i64::from(ctx.outside.rooms.get(&cap)?.used))));
    caps.into_iter().filter_map(figure).collect()
}

/// Where the matter stood that this one is about, if the action asks: the entry keeps it.
fn stood(ctx: &Context<'_>, action: &Action) -> Option<(String, Coded)> {
    let fact = crate::personal::about_fact(ctx.mechanism.about()?);
    let mut asks = false;
    action.when.iter().for_each(|g| g.visit(&mut |name, _| asks |= name == fact, &mut |_| {}));
    let standing = ctx.outside.about.as_ref().filter(|_| asks)?;
    Some((fact, Coded::Code(standing.1.clone())))
}

fn named(
    ctx: &Context<'_>,
    facts: &BTreeMap<String, Coded>,
    which: impl Fn(&crate::mechanism::Field) -> bool,
) -> Vec<BodyId> {
    let fields = facts.iter().filter(|(id, _)| ctx.mechanism.field.get(*id).is_some_and(&which));
    fields.flat_map(|(_, c)| c.bodies()).copied().collect()
}

fn assigned(
    ctx: &Context<'_>,
    file: &CaseFile,
    action: &Action,
    facts: &BTreeMap<String, Coded>,
) -> Result<Option<BodyId>, Rule> {
    let Some(assign) = &action.assign else {
        return Ok(None);
    };
    let body = if ctx.mechanism.field.contains_key(assign) {
        facts.get(assign).and_then(|c| c.bodies().first().copied())
    } else {
        file.roles.get(assign).copied()
    };
    body.map(Some).ok_or_else(|| Rule::Nobody { role: assign.clone() })
}

/// The roles after an entry, and which of them changed. Only an assignment, a shield or the opening can change any.
fn roles(
    ctx: &Context<'_>,
    file: &CaseFile,
    entry: &Entry,
) -> (BTreeMap<String, BodyId>, BTreeMap<String, Option<BodyId>>) {
    let opening = file.seq == 0;
    let opens = |e: &PartEvent| if let PartEvent::Opened { body, .. } = e { Some(*body) } else { None };
    if !opening
        && entry.assigned.is_none()
        && entry.shields.is_empty()
        && entry.parts.iter().all(|e| opens(e).is_none())
    {
        return (file.roles.clone(), BTreeMap::new());
    }
    let mut standing: Standing = file.standing.clone();
    standing.shield.extend(&entry.shields);
    standing.parts.extend(entry.parts.iter().filter_map(opens));
    if let Some(body) = entry.assigned
        && let Some(old) = standing.assignee.replace(body).filter(|old| *old != body)
    {
        standing.former.insert(old);
    }
    let Some(region) = file.opened.as_ref().map(|o| &o.region) else {
        return (file.roles.clone(), BTreeMap::new());
    };
    let now = resolve(ctx.mechanism, region, &standing, ctx.directory);
    let mut changed: BTreeMap<String, Option<BodyId>> = BTreeMap::new();
    for (role, body) in &now {
        if file.roles.get(role) != Some(body) {
            changed.insert(role.clone(), Some(*body));
        }
    }
    for role in file.roles.keys().filter(|r| !now.contains_key(*r)) {
        changed.insert(role.clone(), None);
    }
    (now, changed)
}
