//! What another matter, a plan or somebody who links does to a file. Every step may come twice: the second time it leaves
//! no entry, so that whoever carries messages between two files may stop at any point and begin again.

use super::{Kin, LinkKind};
use crate::apply::{Effect, apply};
use crate::decide::{Actor, Context, Decision};
use crate::entry::{Act, By, Commitment, Entry};
use crate::file::CaseFile;
use crate::form::{Coded, Filled, merged};
use crate::ids::MatterId;
use crate::mechanism::Child;
use crate::permit::acts_as;
use crate::possible::{Position, blocked};
use crate::refusal::{Refusal, Rule};
use crate::text::Text;
use crate::time::Date;
use std::collections::BTreeMap;

/// One step between this file and another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// Somebody raised this child from outside.
    Came {
        /// Which child of the mechanism.
        child: String,
        /// The matter.
        matter: MatterId,
    },
    /// The child that an entry asked for was raised.
    Raised {
        /// The entry.
        seq: u32,
        /// The child.
        matter: MatterId,
    },
    /// It could not be raised.
    NotRaised {
        /// The entry.
        seq: u32,
        /// The rule that refused it.
        rule: String,
    },
    /// A child did something, with these facts of its own then.
    Told {
        /// The child.
        matter: MatterId,
        /// Its entry: what comes again is written once, in the order of the child's file.
        seq: u32,
        /// What it did.
        did: String,
        /// Its coded facts.
        facts: BTreeMap<String, Coded>,
    },
    /// The matter out of which this one came did something.
    Heard {
        /// That matter.
        matter: MatterId,
        /// Its entry: what comes again is written once, in the order of that file.
        seq: u32,
        /// What follows here: an action with `on_word`.
        then: String,
        /// What it hands over.
        given: Filled,
    },
    /// A child ended with these facts of its own.
    Ended {
        /// The child.
        matter: MatterId,
        /// Its coded facts.
        facts: BTreeMap<String, Coded>,
    },
    /// Link with another matter, or take the link back.
    Link {
        /// How.
        kind: LinkKind,
        /// With which.
        other: MatterId,
        /// False takes it back.
        on: bool,
        /// Who did so in the other file already; none asks the actor's right here.
        by: Option<By>,
    },
    /// A plan raised a matter for this one.
    Planned {
        /// The plan.
        plan: String,
        /// Its day.
        day: Date,
        /// The matter.
        matter: MatterId,
    },
    /// Another matter takes a place.
    Take {
        /// The action that gives it.
        action: String,
        /// Who takes it.
        taker: MatterId,
    },
    /// It gives the place back.
    GiveBack {
        /// Who gave it back.
        taker: MatterId,
    },
    /// The personal content is erased.
    Erase {
        /// The matter in which it was decided; none for the clock.
        by: Option<MatterId>,
        /// The ground.
        ground: String,
        /// In words.
        words: Text,
    },
    /// Who the people in it are is erased, because the time for that is over.
    EraseIdentity {
        /// In words.
        words: Text,
    },
    /// The personal content is only stored from now on.
    Restrict {
        /// The matter in which it was decided.
        by: MatterId,
        /// The ground.
        ground: String,
        /// In words.
        words: Text,
    },
    /// Something in it is corrected by a note.
    Correct {
        /// The matter in which it was decided.
        by: MatterId,
        /// The entry there.
        seq: u32,
        /// How it reads now.
        text: String,
    },
}

pub(crate) fn step(ctx: &Context<'_>, d: &mut Decision, actor: &Actor, step: &Step) -> Result<(), Refusal> {
    match step {
        Step::Raised { seq, matter } => raised(ctx, d, *seq, |child| Kin::Child { child, seq: *seq, matter: *matter }),
        Step::NotRaised { seq, rule } => {
            raised(ctx, d, *seq, |child| Kin::NoChild { child, seq: *seq, rule: rule.clone() });
        }
        Step::Came { child, matter } => came(ctx, d, child, *matter),
        Step::Told { matter, seq, did, facts } => told(ctx, d, (*matter, *seq), did, facts),
        Step::Heard { matter, seq, then, given } => heard(ctx, d, (*matter, *seq), then, given),
        Step::Ended { matter, facts } => ended(ctx, d, *matter, facts),
        Step::Link { kind, other, on, by } => link(ctx, d, actor, (*kind, *other), *on, *by)?,
        Step::Planned { plan, day, matter } => {
            if d.file.kin.plans.get(plan).is_some_and(|row| row.raised.iter().all(|(on, _)| on != day)) {
                note(ctx, d, Kin::Planned { plan: plan.clone(), day: *day, matter: *matter }, By::Clock);
            }
        }
        Step::Take { action, taker } => take(ctx, d, action, *taker)?,
        Step::Erase { .. } | Step::EraseIdentity { .. } | Step::Restrict { .. } | Step::Correct { .. } => {
            crate::personal::step(ctx, d, step)
        }
        Step::GiveBack { taker } => {
            if d.file.kin.takers.contains(taker) {
                note(ctx, d, Kin::Freed { matter: *taker }, By::Clock);
            }
        }
    }
    Ok(())
}

fn note(ctx: &Context<'_>, d: &mut Decision, kin: Kin, by: By) {
    let entry = Entry::new(d.file.seq + 1, ctx.now, Act::Kin(kin), by);
    d.push(entry);
}

fn raised(ctx: &Context<'_>, d: &mut Decision, seq: u32, kin: impl FnOnce(String) -> Kin) {
    let open = |c: &&super::ChildMatter| c.seq == seq && c.matter.is_none() && c.refused.is_none();
    if let Some(child) = d.file.kin.children.iter().find(open).map(|c| c.child.clone()) {
        note(ctx, d, kin(child), By::Clock);
    }
}

/// A child that came from outside is written down, once.
fn came(ctx: &Context<'_>, d: &mut Decision, child: &str, matter: MatterId) {
    let comes = ctx.mechanism.child.get(child).is_some_and(Child::comes);
    if comes && d.file.kin.children.iter().all(|c| c.matter != Some(matter)) {
        let seq = d.file.seq + 1;
        note(ctx, d, Kin::Child { child: child.to_owned(), seq, matter }, By::Clock);
    }
}

/// The child's end is written down, with what it brings; then the parent goes on, where it was waiting for that.
fn ended(ctx: &Context<'_>, d: &mut Decision, matter: MatterId, facts: &BTreeMap<String, Coded>) {
    let open = d.file.kin.children.iter().find(|c| c.matter == Some(matter) && c.ended.is_none());
    let Some(child) = open.map(|c| c.child.clone()) else { return };
    let known = ctx.mechanism.child.get(&child);
    let then = known.and_then(|c| c.ended.as_deref());
    let mut brings = known.map(|c| brought(c, facts)).unwrap_or_default();
    // What its words brought already is not said once more at its end.
    brings.retain(|f, v| known.is_none_or(|c| c.told.is_empty()) || d.file.facts.get(f) != Some(v));
    let act = Act::Kin(Kin::Ended { child, matter });
    d.push(Entry { facts: brings, ..Entry::new(d.file.seq + 1, ctx.now, act, By::Clock) });
    if let Some(entry) = then.and_then(|t| follows(ctx, &d.file, t)) {
        d.push(entry);
    }
}

/// What a child did is written down, once and in its order, with what it brings; then what follows from it here, where that
/// is possible. Where it is not, the word of it alone stays.
fn told(
    ctx: &Context<'_>,
    d: &mut Decision,
    (matter, seq): (MatterId, u32),
    did: &str,
    facts: &BTreeMap<String, Coded>,
) {
    let open = |c: &&super::ChildMatter| c.matter == Some(matter) && c.ended.is_none() && c.told < seq;
    let Some(child) = d.file.kin.children.iter().find(open).map(|c| c.child.clone()) else { return };
    let Some(known) = ctx.mechanism.child.get(&child) else { return };
    let Some(then) = known.told.get(did) else { return };
    // What it brought before already is not said again with every word.
    let mut news = brought(known, facts);
    news.retain(|fact, value| d.file.facts.get(fact) != Some(value));
    let word = |alone| {
        let act = Act::Kin(Kin::Told { child: child.clone(), matter, seq, did: did.to_owned(), alone });
        Entry { facts: news.clone(), ..Entry::new(d.file.seq + 1, ctx.now, act, By::Clock) }
    };
    let mut after = d.file.clone();
    after.evolve(&word(false));
    let follows = follows(ctx, &after, then);
    let word = word(follows.is_none());
    d.push(word);
    if let Some(entry) = follows {
        d.push(entry);
    }
}

/// What was done in the matter out of which this one came is written down, once and in its order, and what follows from it
/// here with what it hands over. Where that is not possible the word of it alone stays, without what came with it.
fn heard(ctx: &Context<'_>, d: &mut Decision, (matter, seq): (MatterId, u32), then: &str, given: &Filled) {
    let parent = d.file.opened.as_ref().and_then(|o| o.origin.parent.as_ref());
    let known = parent.is_none_or(|p| p.matter == matter && !p.hidden);
    let Some((id, action)) = ctx.mechanism.action.get_key_value(then).filter(|(_, a)| a.on_word) else { return };
    if !known || seq <= d.file.kin.heard || d.file.keeping.erased.is_some() || d.file.ended.is_some() {
        return;
    }
    let word = |alone| Entry::new(d.file.seq + 1, ctx.now, Act::Kin(Kin::Heard { matter, seq, alone }), By::Clock);
    let mut after = d.file.clone();
    after.evolve(&word(false));
    let at = Position { runs: &|c| after.runs(c), ..crate::decide::position(&after) };
    let (sealed, personal) = crate::seal::seal(ctx, after.seq + 1, given);
    let whole = action.needs.iter().all(|f| given.contains_key(f));
    let follows = match blocked(ctx.mechanism, id, action, &at) {
        None if whole => by_clock(ctx, &after, id, merged(&BTreeMap::new(), given), sealed).ok(),
        _ => None,
    };
    let word = word(follows.is_none());
    d.push(word);
    if let Some(entry) = follows {
        d.push(entry);
        d.personal.extend(personal);
    }
}

/// The facts that a child brings.
fn brought(child: &Child, facts: &BTreeMap<String, Coded>) -> BTreeMap<String, Coded> {
    child.brings.iter().filter_map(|(ours, theirs)| Some((ours.clone(), facts.get(theirs)?.clone()))).collect()
}

/// What happens by itself on the word of a child, if it is possible now.
fn follows(ctx: &Context<'_>, file: &CaseFile, then: &str) -> Option<Entry> {
    let (id, action) = ctx.mechanism.action.get_key_value(then)?;
    let at = Position { runs: &|c| file.runs(c), ..crate::decide::position(file) };
    match blocked(ctx.mechanism, id, action, &at) {
        Some(_) => None,
        None => by_clock(ctx, file, id, BTreeMap::new(), Vec::new()).ok(),
    }
}

fn by_clock(
    ctx: &Context<'_>,
    file: &CaseFile,
    id: &str,
    facts: BTreeMap<String, Coded>,
    sealed: Vec<Commitment>,
) -> Result<Entry, Refusal> {
    let action = ctx.mechanism.action.get(id).ok_or_else(|| Rule::UnknownAction(id.into()))?;
    let effect = Effect {
        id,
        action,
        by: By::Clock,
        at: ctx.now,
        occurred: ctx.now,
        facts,
        act: Act::Did(id.to_owned()),
        sealed,
        part: None,
    };
    apply(ctx, file, effect)
}

fn link(
    ctx: &Context<'_>,
    d: &mut Decision,
    actor: &Actor,
    (kind, matter): (LinkKind, MatterId),
    on: bool,
    by: Option<By>,
) -> Result<(), Refusal> {
    let by = match by {
        Some(by) => by,
        None => may_link(ctx, &d.file, actor)?,
    };
    if d.file.kin.links.contains(&(kind, matter)) != on {
        note(ctx, d, if on { Kin::Linked { kind, matter } } else { Kin::Unlinked { kind, matter } }, by);
    }
    Ok(())
}

/// Who holds a matter or hands it to others may say what it belongs to.
///
/// # Errors
/// `Role`, with the roles that may.
pub fn may_link(ctx: &Context<'_>, file: &CaseFile, actor: &Actor) -> Result<By, Rule> {
    let holder = ctx.mechanism.state.get(&file.state).and_then(|s| s.holder.clone());
    let dispatch = ctx.mechanism.action.values().filter(|a| a.assign.is_some()).flat_map(|a| a.by.iter().cloned());
    let mut roles: Vec<String> = holder.into_iter().chain(dispatch).collect();
    roles.retain(|r| r != crate::mechanism::RAISER && r != crate::mechanism::CLOCK);
    roles.sort();
    roles.dedup();
    roles.iter().find_map(|r| acts_as(ctx, file, actor, r).ok()).ok_or(Rule::Role { roles })
}

fn take(ctx: &Context<'_>, d: &mut Decision, id: &str, taker: MatterId) -> Result<(), Refusal> {
    let file = &d.file;
    if file.kin.takers.contains(&taker) {
        return Ok(());
    }
    let action = ctx.mechanism.action.get(id).ok_or_else(|| Rule::UnknownAction(id.into()))?;
    let at = Position { runs: &|c| file.runs(c), ..crate::decide::position(file) };
    if let Some(rule) = blocked(ctx.mechanism, id, action, &at) {
        return Err(rule.into());
    }
    let places = places(ctx.mechanism, file);
    if file.kin.takers.len() >= places as usize {
        return Err(Rule::Full { places }.into());
    }
    let mut entry = by_clock(ctx, file, id, BTreeMap::new(), Vec::new())?;
    entry.beyond.taker = Some(taker);
    d.push(entry);
    Ok(())
}

/// How many places a matter has in all.
#[must_use]
pub fn places(mechanism: &crate::mechanism::Mechanism, file: &CaseFile) -> u32 {
    let field = mechanism.slots.as_ref().and_then(|s| file.facts.get(&s.capacity));
    match field {
        Some(Coded::Number(n)) => u32::try_from(*n).unwrap_or(0),
        _ => 0,
    }
}
