//! Raising: how a matter comes to be, by whoever may, by another matter or by a plan. What happens to it later is `decide`'s.

use crate::apply::{Effect, apply};
use crate::decide::{Actor, Context, Decision, Opening, demand_holder};
use crate::entry::{Act, By, Opened};
use crate::file::CaseFile;
use crate::form::{Coded, Days, Filled, Given, in_time, merged};
use crate::kin::Origin;
use crate::late::happened;
use crate::mechanism::{CLOCK, Mechanism, RAISE, RAISER};
use crate::permit::{itself, own_field, permit};
use crate::refusal::{Refusal, Rule};
use crate::role::Standing;
use crate::seal::seal;
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// Raises a matter.
///
/// # Errors
/// A refusal: the role may not raise, a required role finds nobody, a value is missing in this region.
pub fn raise(
    ctx: &Context<'_>,
    actor: &Actor,
    opening: Opening,
    mut filled: Filled,
    occurred: Option<Timestamp>,
) -> Result<Decision, Refusal> {
    let action = ctx.mechanism.action.get(RAISE).ok_or_else(|| Rule::UnknownAction(RAISE.into()))?;
    let blank = CaseFile {
        roles: crate::role::resolve(ctx.mechanism, &opening.region, &Default::default(), ctx.directory),
        ..CaseFile::default()
    };
    let by = match permit(ctx, &blank, actor, action) {
        Ok(by) => by,
        Err(rule) => {
            let body = itself(ctx.mechanism, &opening.region, ctx.directory, &actor.posts);
            let (Some(person), Some(body)) = (actor.person, body) else { return Err(rule.into()) };
            if let Some(field) = own_field(ctx.mechanism) {
                filled.insert(field.to_owned(), Given::Coded(Coded::Body(body)));
            }
            By::Post { person, body }
        }
    };
    let occurred = happened(ctx, None, by, (RAISE, action), occurred)?;
    let days = Days { then: occurred, now: ctx.now, calendar: ctx.calendar, facts: &blank.facts };
    in_time(ctx.mechanism, &filled, &days)?;
    raise_from(ctx, by, opening, Origin::default(), filled, Some(occurred))
}

/// As whom another matter or a plan raises one: the clock where the mechanism lets it, else the person whose matter it is.
///
/// # Errors
/// `Role` where neither may.
pub fn raises_as(mechanism: &Mechanism) -> Result<By, Rule> {
    let by = mechanism.action.get(RAISE).map_or(&[][..], |a| &a.by);
    match (by.iter().any(|r| r == CLOCK), by.iter().any(|r| r == RAISER)) {
        (true, _) => Ok(By::Clock),
        (_, true) => Ok(By::Raiser),
        _ => Err(Rule::Role { roles: by.to_vec() }),
    }
}

/// Raises a matter behind which another one or a plan stands, or which takes a place in another.
///
/// # Errors
/// As `raise`; that this `by` may raise is the caller's to know.
pub fn raise_from(
    ctx: &Context<'_>,
    by: By,
    opening: Opening,
    origin: Origin,
    filled: Filled,
    occurred: Option<Timestamp>,
) -> Result<Decision, Refusal> {
    let action = ctx.mechanism.action.get(RAISE).ok_or_else(|| Rule::UnknownAction(RAISE.into()))?;
    let occurred = occurred.unwrap_or(ctx.now).min(ctx.now);
    let (promise, region) = (opening.promise, opening.region);
    let opened = Opened {
        mechanism: ctx.mechanism.mechanism.id.clone(),
        version: opening.version,
        region,
        due_by: promise.map(|p| p.0),
        promised_by: promise.map(|p| p.1),
        provisional: promise.is_some_and(|p| p.2),
        origin,
        number: None,
    };
    let standing = Standing { raiser: opened.origin.raised_for(by), ..Standing::default() };
    let file = CaseFile { opened: Some(opened.clone()), standing, ..CaseFile::default() };
    let mut decision = Decision { file, ..Decision::default() };
    let facts = merged(&BTreeMap::new(), &filled);
    let (sealed, personal) = seal(ctx, 1, &filled);
    let effect =
        Effect { id: RAISE, action, by, at: ctx.now, occurred, facts, act: Act::Did(RAISE.into()), sealed, part: None };
    let mut entry = apply(ctx, &decision.file, effect)?;
    entry.opened = Some(opened);
    entry.beyond.links = crate::kin::named(ctx.mechanism, &filled);
    decision.push(entry);
    decision.personal = personal;
    demand_holder(ctx, &decision.file)?;
    Ok(decision)
}
