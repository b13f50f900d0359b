//! Proposals: what waits for the approval of another role. Proposed, approved, rejected, or taken back by whoever made it;
//! nobody approves his own.

use crate::apply::{Effect, apply};
use crate::clocks::{approval_clock, length, started};
use crate::decide::{Actor, Context, Decision, demand_holder, outside_shield, position};
use crate::entry::{Act, By, ClockEvent, Commitment, Entry};
use crate::file::{CaseFile, Proposal};
use crate::form::{Coded, Filled, Given};
use crate::mechanism::Action;
use crate::part::complete;
use crate::permit::acts_as;
use crate::possible::{Position, blocked};
use crate::refusal::{Refusal, Rule};
use crate::seal::seal;
use crate::time::{DayEnd, Roll};
use crate::vote::hinders;
use std::collections::BTreeMap;

pub(crate) fn propose(
    ctx: &Context<'_>,
    file: &CaseFile,
    id: &str,
    role: &str,
    by: By,
    facts: BTreeMap<String, Coded>,
    sealed: Vec<Commitment>,
) -> Result<Entry, Refusal> {
    let body = file.roles.get(role).copied().ok_or_else(|| Rule::Nobody { role: role.into() })?;
    let approval = ctx.mechanism.approval.as_ref().ok_or_else(|| Rule::NotOffered { number: "approval".into() })?;
    let within = length(ctx.mechanism, &approval.within, &file.facts)?;
    let clock = started(ctx.calendar, approval_clock(id), Some(body), ctx.now, within, Roll::None, DayEnd::Midnight);
    let clocks = vec![ClockEvent::Started(clock)];
    Ok(Entry { facts, sealed, clocks, ..Entry::new(file.seq + 1, ctx.now, Act::Proposed(id.into()), by) })
}

pub(crate) fn approve(ctx: &Context<'_>, decision: &mut Decision, actor: &Actor, id: &str) -> Result<(), Refusal> {
    let file = &decision.file;
    let (action, proposal, by) = proposal(ctx, file, actor, id)?;
    let facts = ctx.outside.over(&file.facts);
    let at = Position { runs: &|c| file.runs(c), facts: &facts, ..position(file) };
    if let Some(rule) = blocked(ctx.mechanism, id, action, &at).or_else(|| hinders(ctx, file, id)) {
        return Err(rule.into());
    }
    outside_shield(ctx, file, action, &proposal.facts)?;
    let (facts, act) = (proposal.facts.clone(), Act::Approved(id.into(), proposal.seq));
    let effect = Effect { id, action, by, at: ctx.now, occurred: ctx.now, facts, act, sealed: Vec::new(), part: None };
    let entry = apply(ctx, file, effect)?;
    decision.push(entry);
    complete(ctx, decision);
    demand_holder(ctx, &decision.file)
}

pub(crate) fn reject(
    ctx: &Context<'_>,
    decision: &mut Decision,
    actor: &Actor,
    id: &str,
    reason: &str,
) -> Result<(), Refusal> {
    let file = &decision.file;
    let (_, proposal, by) = proposal(ctx, file, actor, id)?;
    let seq = file.seq + 1;
    let filled = Filled::from([("reason".to_owned(), Given::Text(reason.to_owned()))]);
    let (sealed, personal) = seal(ctx, seq, &filled);
    let clocks = vec![ClockEvent::Stopped { id: approval_clock(id) }];
    let act = Act::Rejected(id.into(), proposal.seq);
    decision.push(Entry { clocks, sealed, ..Entry::new(seq, ctx.now, act, by) });
    decision.personal.extend(personal);
    Ok(())
}

/// Whoever proposed it takes it back: needed where nobody else could decide it, and kinder than waiting for a no.
pub(crate) fn take_back(ctx: &Context<'_>, decision: &mut Decision, actor: &Actor, id: &str) -> Result<(), Refusal> {
    let file = &decision.file;
    let proposal = file.proposals.get(id).ok_or(Rule::NoProposal)?;
    if !proposed_by(proposal, actor) {
        return Err(Rule::NoProposal.into());
    }
    let clocks = vec![ClockEvent::Stopped { id: approval_clock(id) }];
    let act = Act::TakenBack(id.into(), proposal.seq);
    let entry = Entry { clocks, ..Entry::new(file.seq + 1, ctx.now, act, proposal.by) };
    decision.push(entry);
    Ok(())
}

fn proposed_by(proposal: &Proposal, actor: &Actor) -> bool {
    match proposal.by {
        By::Post { person, body } => actor.person == Some(person) && actor.posts.iter().any(|p| p.body == body),
        By::Raiser => actor.raiser,
        _ => false,
    }
}

/// The proposals that this actor made and may take back.
#[must_use]
pub fn takable_by<'a>(file: &'a CaseFile, actor: &Actor) -> Vec<&'a str> {
    let own = file.proposals.iter().filter(|(_, p)| proposed_by(p, actor));
    own.map(|(action, _)| action.as_str()).collect()
}

fn proposal<'a>(
    ctx: &Context<'a>,
    file: &'a CaseFile,
    actor: &Actor,
    id: &str,
) -> Result<(&'a Action, &'a Proposal, By), Refusal> {
    let action = ctx.mechanism.action.get(id).ok_or_else(|| Rule::UnknownAction(id.into()))?;
    let proposal = file.proposals.get(id).ok_or(Rule::NoProposal)?;
    let role = action.approval.as_deref().ok_or(Rule::NoProposal)?;
    let by = acts_as(ctx, file, actor, role)?;
    // Nobody approves what he proposed himself.
    if matches!((proposal.by, by), (By::Post { person: a, .. }, By::Post { person: b, .. }) if a == b) {
        return Err(Rule::Separation.into());
    }
    Ok((action, proposal, by))
}

/// The proposals that this actor may decide now.
#[must_use]
pub fn decidable_by<'a>(ctx: &Context<'_>, file: &'a CaseFile, actor: &Actor) -> Vec<&'a str> {
    let ours = |action: &str| proposal(ctx, file, actor, action).is_ok();
    file.proposals.keys().map(String::as_str).filter(|a| ours(a)).collect()
}
