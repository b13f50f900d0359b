//! Who may act: the roles of the mechanism, the posts of the actor, separation of duty and the shield. One place.

use crate::clocks::level;
use crate::decide::{Actor, Context};
use crate::entry::By;
use crate::file::CaseFile;
use crate::mechanism::{Action, CLOCK, RAISER};
use crate::refusal::Rule;
use crate::role::Exclusion;

/// Posts that look after the system or check it; they never work a matter.
const NOT_WORKING: [&str; 2] = ["admin", "auditor"];

/// As whom the actor may do this.
///
/// # Errors
/// `Role` or `Separation`.
pub fn permit(ctx: &Context<'_>, file: &CaseFile, actor: &Actor, action: &Action) -> Result<By, Rule> {
    let mut separated = false;
    for role in &action.by {
        match acts_as(ctx, file, actor, role) {
            Ok(by) => return Ok(by),
            Err(rule) => separated |= rule == Rule::Separation,
        }
    }
    Err(if separated { Rule::Separation } else { Rule::Role { roles: action.by.clone() } })
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
    let apart = role.not.iter().any(|e| matches!(e, Exclusion::Assignee | Exclusion::FormerAssignees));
    if apart && file.handled.contains(&person) {
        return Err(Rule::Separation);
    }
    Ok(By::Post { person, body: post.body })
}
