//! `decide`: a command and a case file give entries or a refusal. Pure: time, calendar, directory and randomness are arguments.
//! Expiries up to now are settled first; then the command is judged.

use crate::apply::{Effect, apply};
use crate::calendar::Calendar;
use crate::chain::{HashAlg, Personal};
use crate::directory::Directory;
use crate::entry::{Act, By, Entry};
use crate::file::CaseFile;
use crate::form::linked::{counted, within};
use crate::form::{Coded, Days, Filled, among, in_time, merged};
use crate::ids::{BodyId, Class, PersonId};
use crate::late::{ground, happened};
use crate::mechanism::{Action, Mechanism, RAISE};
use crate::outside::Outside;
use crate::part::{PartFile, complete, target};
use crate::permit::permit_on;
use crate::possible::{Position, blocked};
use crate::proposal::{approve, propose, reject, take_back};
pub use crate::proposal::{decidable_by, takable_by};
pub use crate::raise::{raise, raise_from, raises_as};
use crate::recompute::recompute;
use crate::refusal::{Refusal, Rule};
use crate::region::RegionCode;
use crate::seal::seal;
use crate::settle::settle;
use crate::time::Timestamp;
use crate::vote::hinders;
use std::collections::{BTreeMap, BTreeSet};

/// What a decision is made with.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The effective mechanism of the matter.
    pub mechanism: &'a Mechanism,
    /// The calendar of its region.
    pub calendar: &'a Calendar,
    /// The directory of today.
    pub directory: &'a dyn Directory,
    /// Now; the last entry's time counts where it is later.
    pub now: Timestamp,
    /// Randomness for the salts of this command.
    pub seed: [u8; 16],
    /// The hash of commitments.
    pub hash: HashAlg,
    /// What the caller counted: room under caps, secret ballots.
    pub outside: &'a Outside,
}

/// Who asks.
#[derive(Clone, Debug, Default)]
pub struct Actor {
    /// She showed the long code, or raises now.
    pub raiser: bool,
    /// The account.
    pub person: Option<PersonId>,
    /// The posts of that account.
    pub posts: Vec<Post>,
}

/// A post (岗位): a role at a body.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Post {
    /// Where.
    pub body: BodyId,
    /// As what; packs name these.
    pub role: String,
}

/// What is asked.
#[derive(Clone, Debug)]
pub enum Command {
    /// Do an action, or propose it where it needs approval.
    Act {
        /// Which.
        action: String,
        /// With what.
        filled: Filled,
        /// When it happened, where that was earlier.
        occurred: Option<Timestamp>,
        /// On which part; may be left out by a body that has only one.
        part: Option<String>,
    },
    /// Approve what waits.
    Approve {
        /// Which action.
        action: String,
    },
    /// Do not approve what waits.
    Reject {
        /// Which action.
        action: String,
        /// Why.
        reason: String,
    },
    /// Take back what one proposed oneself, while it waits.
    TakeBack {
        /// Which action.
        action: String,
    },
    /// Declare a letter void. Whoever calls has read which body issued it.
    Void {
        /// The entry that issued it.
        letter: u32,
        /// The body that issued it.
        body: BodyId,
        /// Why.
        reason: String,
        /// Issue it anew at once, with these words put right.
        anew: Option<Filled>,
    },
    /// A step between this matter and another one.
    Kin(crate::kin::Step),
    /// Vote with a slip. Whoever calls has compared the slip's code.
    Ballot {
        /// Which vote.
        vote: String,
        /// The slip that was shown.
        slip: u32,
        /// The slip that it votes for, where that is another's.
        for_slip: Option<u32>,
        /// The option.
        choice: String,
    },
    /// Enter paper ballots.
    Paper {
        /// Which vote.
        vote: String,
        /// The slips that were in the box.
        slips: Vec<u32>,
        /// How often each option was chosen.
        counts: BTreeMap<String, u32>,
    },
    /// Write down who of the roll was handed a slip. Which slip is not said.
    Hand {
        /// Which vote.
        vote: String,
        /// The lines of the roll, from 1.
        lines: BTreeSet<u32>,
        /// The lines that were handed one before, as whoever calls has opened them.
        before: BTreeSet<u32>,
        /// They gave it back.
        back: bool,
    },
    /// Print slips with their codes; those named, or all that were never printed.
    Print {
        /// Which vote.
        vote: String,
        /// The slips; the former code of one that was printed before is good for nothing.
        slips: BTreeSet<u32>,
    },
    /// Only settle what has expired.
    Tick,
    /// Compute the dates again under the calendar of the context, then settle what has expired.
    Recompute,
}

/// What follows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// The entries to append, in order.
    pub entries: Vec<Entry>,
    /// What lies beside them.
    pub personal: Vec<Personal>,
    /// The file after them.
    pub file: CaseFile,
}

/// The opening of a matter.
#[derive(Clone, Debug)]
pub struct Opening {
    /// Where.
    pub region: RegionCode,
    /// The ordinary and the latest lawful date of the first answer, and whether they are provisional.
    pub promise: Option<(Timestamp, Timestamp, bool)>,
    /// The hash of the effective mechanism, hex.
    pub version: String,
}

/// Decides a command on a file.
///
/// # Errors
/// A refusal; it leaves no entry, not even of what expired meanwhile (the follower settles that).
pub fn decide(ctx: &Context<'_>, file: &CaseFile, actor: &Actor, command: &Command) -> Result<Decision, Refusal> {
    let now = file.last_at.map_or(ctx.now, |last| last.max(ctx.now));
    let ctx = &Context { now, ..*ctx };
    let mut decision = Decision { file: file.clone(), ..Decision::default() };
    if let (Command::Recompute, Some(entry)) = (command, recompute(ctx, file)) {
        decision.push(entry);
    }
    settle(ctx, &mut decision)?;
    let system = matches!(command, Command::Tick | Command::Recompute | Command::Kin(_));
    if decision.file.keeping.erased.is_some() && !system {
        // Nothing personal may come into a matter again whose keys are gone.
        return Err(Rule::Ended.into());
    }
    let outcome = match command {
        Command::Tick | Command::Recompute => Ok(()),
        Command::Kin(step) => crate::kin::step(ctx, &mut decision, actor, step),
        Command::Act { action, filled, occurred, part } => {
            act(ctx, &mut decision, actor, action, filled, *occurred, part.as_deref())
        }
        Command::Approve { action } => approve(ctx, &mut decision, actor, action),
        Command::Reject { action, reason } => reject(ctx, &mut decision, actor, action, reason),
        Command::TakeBack { action } => take_back(ctx, &mut decision, actor, action),
        Command::Void { letter, body, reason, anew } => {
            crate::papers::void(ctx, &mut decision, actor, (*letter, *body), reason, anew.as_ref())
        }
        Command::Ballot { vote, slip, for_slip, choice } => {
            crate::vote::ballot(ctx, &mut decision, vote, *slip, *for_slip, choice)
        }
        Command::Paper { vote, slips, counts } => teller(ctx, &decision.file, actor, vote)
            .map_err(Refusal::from)
            .and_then(|by| crate::vote::paper(ctx, &mut decision, by, vote, slips, counts)),
        Command::Hand { vote, lines, before, back } => teller(ctx, &decision.file, actor, vote)
            .map_err(Refusal::from)
            .and_then(|by| crate::roll::hand(ctx, &mut decision, by, vote, (lines, before), *back)),
        Command::Print { vote, slips } => teller(ctx, &decision.file, actor, vote)
            .map_err(Refusal::from)
            .and_then(|by| crate::roll::print(ctx, &mut decision, by, vote, slips)),
    };
    match outcome {
        Ok(()) => Ok(decision),
        Err(mut refusal) => {
            refusal.possible = possible_for(ctx, &decision.file, actor).into_iter().map(str::to_owned).collect();
            Err(refusal)
        }
    }
}

/// The actions that this actor may do now.
#[must_use]
pub fn possible_for<'a>(ctx: &Context<'a>, file: &CaseFile, actor: &Actor) -> Vec<&'a str> {
    let all = ctx.mechanism.action.iter().filter(|(id, _)| *id != RAISE && !file.proposals.contains_key(*id));
    let possible = |id: &str, a: &Action| match &a.part {
        None => possible_at(ctx, file, actor, (id, a), None),
        Some(kind) => crate::part::of(&file.parts, kind).any(|p| possible_at(ctx, file, actor, (id, a), Some(p))),
    };
    all.filter(|(id, a)| possible(id, a)).map(|(id, _)| id.as_str()).collect()
}

/// The actions that this actor may do now on one part.
#[must_use]
pub fn possible_on<'a>(ctx: &Context<'a>, file: &CaseFile, actor: &Actor, part: &PartFile) -> Vec<&'a str> {
    let ours = ctx.mechanism.action.iter().filter(|(_, a)| a.part.as_deref() == Some(part.kind()));
    ours.filter(|(id, a)| possible_at(ctx, file, actor, (id, a), Some(part))).map(|(id, _)| id.as_str()).collect()
}

fn possible_at(
    ctx: &Context<'_>,
    file: &CaseFile,
    actor: &Actor,
    (id, action): (&str, &Action),
    part: Option<&PartFile>,
) -> bool {
    let facts = ctx.outside.over(&file.facts);
    let at = Position { runs: &|c| file.runs(c), part, facts: &facts, ..position(file) };
    file.keeping.erased.is_none()
        && blocked(ctx.mechanism, id, action, &at).is_none()
        && hinders(ctx, file, id).is_none()
        && permit_on(ctx, file, actor, action, part).is_ok()
}

/// The position of a file; `runs` is for the caller to fill in.
#[must_use]
pub fn position(file: &CaseFile) -> Position<'_> {
    Position {
        state: &file.state,
        ended: file.ended.is_some(),
        facts: &file.facts,
        counts: &file.counts,
        parts: &file.parts,
        part: None,
        runs: &|_| false,
    }
}

impl Decision {
    pub(crate) fn push(&mut self, entry: Entry) {
        self.file.evolve(&entry);
        self.entries.push(entry);
    }
}

fn act(
    ctx: &Context<'_>,
    decision: &mut Decision,
    actor: &Actor,
    id: &str,
    filled: &Filled,
    occurred: Option<Timestamp>,
    part: Option<&str>,
) -> Result<(), Refusal> {
    let action = ctx.mechanism.action.get(id).filter(|_| id != RAISE).ok_or_else(|| Rule::UnknownAction(id.into()))?;
    let clause = |rule: Rule| Refusal { clause: action.source.clone(), ..Refusal::from(rule) };
    let ground = ground(ctx, &decision.file, id, action, occurred);
    let file = &*ground.file;
    let part = target(file, actor, action, part).map_err(clause)?;
    let facts = ctx.outside.over(&file.facts);
    let at = Position { runs: &|c| file.runs(c), part, facts: &facts, ..position(file) };
    let by = permit_on(ctx, file, actor, action, part).map_err(clause)?;
    if ground.overtaken {
        return Err(clause(Rule::Overtaken));
    }
    if let Some(rule) = blocked(ctx.mechanism, id, action, &at).or_else(|| hinders(ctx, file, id)) {
        return Err(clause(rule));
    }
    if file.proposals.contains_key(id) {
        return Err(clause(Rule::Pending));
    }
    let occurred = happened(ctx, file.raised_at, by, (id, action), occurred).map_err(clause)?;
    let days = Days { then: occurred, now: ctx.now, calendar: ctx.calendar, facts: &facts };
    in_time(ctx.mechanism, filled, &days).map_err(clause)?;
    within(ctx.mechanism, filled, file, &facts).map_err(clause)?;
    among(ctx, filled, file).map_err(clause)?;
    let mut given = merged(&BTreeMap::new(), filled);
    given.extend(counted(action, file));
    given.extend(crate::tally::told(ctx, action, file, filled).map_err(clause)?);
    outside_shield(ctx, file, action, &given).map_err(clause)?;
    crate::part::events(ctx, file, &file.standing, id, &given, None).map_err(clause)?;
    let (sealed, personal) = seal(ctx, file.seq + 1, filled);
    if file.keeping.anonymous() && personal.iter().any(|p| p.class == Class::Sealed) {
        // The key under which it would lie is gone.
        return Err(clause(Rule::Ended));
    }
    let (act, facts, part) = (Act::Did(id.into()), given, part.map(|p| p.key.as_str()));
    let mut entry = match &action.approval {
        Some(role) => propose(ctx, file, id, role, by, facts, sealed)?,
        None => apply(ctx, file, Effect { id, action, by, at: ctx.now, occurred, facts, act, sealed, part })?,
    };
    entry.undoes = ground.undoes;
    entry.beyond.links = crate::kin::named(ctx.mechanism, filled);
    decision.push(entry);
    decision.personal.extend(personal);
    complete(ctx, decision);
    demand_holder(ctx, &decision.file)
}

/// The body that an action names to act must lie outside the shield; `apply` makes sure of the roles.
pub(crate) fn outside_shield(
    ctx: &Context<'_>,
    file: &CaseFile,
    action: &crate::mechanism::Action,
    given: &BTreeMap<String, Coded>,
) -> Result<(), Rule> {
    let Some(field) = action.assign.as_ref().filter(|a| ctx.mechanism.field.contains_key(*a)) else {
        return Ok(());
    };
    let body = given.get(field).and_then(|c| c.bodies().first().copied());
    match body.filter(|b| file.standing.shields(ctx.directory, *b)) {
        Some(body) => Err(Rule::Shielded { field: field.clone(), body }),
        None => Ok(()),
    }
}

/// Whoever holds the matter now must be somebody.
pub(crate) fn demand_holder(ctx: &Context<'_>, file: &CaseFile) -> Result<(), Refusal> {
    let holder = ctx.mechanism.state.get(&file.state).and_then(|s| s.holder.as_deref());
    match holder.filter(|h| *h != crate::mechanism::RAISER && !file.roles.contains_key(*h)) {
        Some(role) => Err(Rule::Nobody { role: role.into() }.into()),
        None => Ok(()),
    }
}

/// As whom somebody may print slips and enter paper ballots.
///
/// # Errors
/// The vote is unknown, or the actor is none of its tellers.
pub fn teller(ctx: &Context<'_>, file: &CaseFile, actor: &Actor, vote: &str) -> Result<By, Rule> {
    let unknown = || Rule::Vote(crate::refusal::VoteRule::Unknown(vote.into()));
    let tellers = &ctx.mechanism.vote.get(vote).ok_or_else(unknown)?.tellers;
    let found = tellers.iter().find_map(|role| crate::permit::acts_as(ctx, file, actor, role).ok());
    found.ok_or_else(|| Rule::Role { roles: tellers.clone() })
}
