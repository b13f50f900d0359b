//! Who may act: the roles of the mechanism, the posts of the actor, separation of duty and the shield. One place.

use crate::clocks::level;
use crate::decide::{Actor, Context, Post};
use crate::directory::Directory;
use crate::entry::By;
use crate::file::CaseFile;
use crate::ids::{BodyId, PersonId};
use crate::mechanism::{Action, CLOCK, Mechanism, PART, RAISE, RAISER};
use crate::part::PartFile;
use crate::refusal::Rule;
use crate::region::RegionCode;
use crate::role::{BodyExpr, Exclusion};

/// Posts that look after the system or check it; they never work a matter.
const NOT_WORKING: [&str; 2] = ["admin", "auditor"];

/// As whom the actor may do this.
///
/// # Errors
/// `Role` or `Separation`.
pub fn permit(ctx: &Context<'_>, file: &CaseFile, actor: &Actor, action: &Action) -> Result<By, Rule> {
    permit_on(ctx, file, actor, action, None)
}

/// The same for an act on a part, where the body of the part is a role of its own.
///
/// # Errors
/// `Role` or `Separation`.
pub fn permit_on(
    ctx: &Context<'_>,
    file: &CaseFile,
    actor: &Actor,
    action: &Action,
    part: Option<&PartFile>,
) -> Result<By, Rule> {
    let mut separated = false;
    for role in &action.by {
        let acts = match part {
            Some(part) if role == PART => acts_for(ctx, file, actor, part),
            // Of the whole matter, after its end: any body that had a part in it.
            None if role == PART => acts_for_any(ctx, file, actor),
            _ => acts_as(ctx, file, actor, role),
        };
        match acts {
            Ok(by) => return Ok(by),
            Err(rule) => separated |= rule == Rule::Separation,
        }
    }
    Err(if separated { Rule::Separation } else { Rule::Role { roles: action.by.clone() } })
}

/// Whether the actor works matters at the body of this part, and lies outside the shield.
fn acts_for(ctx: &Context<'_>, file: &CaseFile, actor: &Actor, part: &PartFile) -> Result<By, Rule> {
    works_at(ctx, file, actor, part.body).ok_or_else(|| Rule::Role { roles: vec![PART.to_owned()] })
}

fn acts_for_any(ctx: &Context<'_>, file: &CaseFile, actor: &Actor) -> Result<By, Rule> {
    let mut bodies = file.standing.parts.iter();
    bodies.find_map(|b| works_at(ctx, file, actor, *b)).ok_or_else(|| Rule::Role { roles: vec![PART.to_owned()] })
}

/// As whom the actor works matters at this body, if he does and lies outside the shield.
pub(crate) fn works_at(ctx: &Context<'_>, file: &CaseFile, actor: &Actor, body: BodyId) -> Option<By> {
    let inside = actor.posts.iter().any(|p| file.standing.shields(ctx.directory, p.body));
    let works = actor.posts.iter().any(|p| p.body == body && !NOT_WORKING.contains(&p.role.as_str()));
    actor.person.filter(|_| works && !inside).map(|person| By::Post { person, body })
}

/// For which of their bodies these posts may raise as nothing but itself: a role that may raise is the `raiser_body` with a
/// `function`, of which a place may have several. Only bodies that are competent there.
#[must_use]
pub fn itself(mechanism: &Mechanism, region: &RegionCode, directory: &dyn Directory, posts: &[Post]) -> Option<BodyId> {
    let by = mechanism.action.get(RAISE).map_or(&[][..], |a| &a.by);
    let mut own = by.iter().filter_map(|r| mechanism.role.get(r)).filter(|r| r.is == BodyExpr::RaiserBody(None));
    own.find_map(|role| {
        let here = directory.offices(role.function.as_ref()?, region);
        let fits = |post: &str| match &role.post {
            Some(wanted) => post == wanted,
            None => !NOT_WORKING.contains(&post),
        };
        posts.iter().find(|p| here.contains(&p.body) && fits(&p.role)).map(|p| p.body)
    })
}

/// The field of raising that says whose it is, where a role is whoever raised it and else whoever was named: a body that
/// raises as itself stands there, whatever was named.
#[must_use]
pub fn own_field(mechanism: &Mechanism) -> Option<&str> {
    let assign = mechanism.action.get(RAISE)?.assign.as_deref()?;
    let named = |role: &str| mechanism.role.get(role).is_some_and(|r| r.is == BodyExpr::Assignee);
    let own = mechanism.role.values().any(|r| matches!(&r.is, BodyExpr::RaiserBody(Some(or)) if named(or)));
    Some(assign).filter(|a| own && mechanism.field.contains_key(*a))
}

/// Whether the actor is this role in this file.
///
/// # Errors
/// `Role` or `Separation`.
pub fn acts_as(ctx: &Context<'_>, file: &CaseFile, actor: &Actor, role_id: &str) -> Result<By, Rule> {
    let refused = || Rule::Role { roles: vec![role_id.to_owned()] };
    match role_id {
        RAISER if actor.raiser => return Ok(By::Raiser),
        RAISER | CLOCK => return Err(refused()),
        _ => {}
    }
    let (Some(role), Some(person)) = (ctx.mechanism.role.get(role_id), actor.person) else {
        return Err(refused());
    };
    // A person is outside if any of his posts is inside the shield (decisions 15).
    if actor.posts.iter().any(|p| file.standing.shields(ctx.directory, p.body)) {
        return Err(refused());
    }
    let mut bodies: Vec<_> = file.roles.get(role_id).copied().into_iter().collect();
    if ctx.mechanism.clock.values().any(|c| c.expiry.as_deref() == Some(role_id)) {
        let climbing = file.clocks.iter().filter(|(id, _)| level(id).1 > 0);
        bodies.extend(climbing.filter_map(|(_, c)| c.started.body));
    }
    let fits = |post: &str| match &role.post {
        Some(wanted) => post == wanted,
        None => !NOT_WORKING.contains(&post),
    };
    let post = actor.posts.iter().find(|p| bodies.contains(&p.body) && fits(&p.role)).ok_or_else(refused)?;
    if role.not.iter().any(|e| hands(file, e, person)) {
        return Err(Rule::Separation);
    }
    Ok(By::Post { person, body: post.body })
}

/// Whether she acted for those whom a separation of duty keeps out.
fn hands(file: &CaseFile, out: &Exclusion, person: PersonId) -> bool {
    match out {
        Exclusion::Assignee | Exclusion::FormerAssignees => file.handled.contains(&person),
        Exclusion::Parts => file.part_hands.contains(&person),
        // The bodies are kept apart when the roles resolve; this keeps somebody with a post at both apart.
        Exclusion::Role(role) => {
            let other = file.roles.get(role).and_then(|body| file.hands.get(body));
            other.is_some_and(|hands| hands.contains(&person))
        }
    }
}
