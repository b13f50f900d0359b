//! Who may read what: decided here and nowhere else, for pages, lists, search, counts and the API alike.
//! What a viewer may not know of does not exist for him (404, never 403).

use crate::directory::Snapshot;
use crate::matter::Matter;
use crate::project::holder;
use crate::viewer::{Shown, Staff, Viewer};
use kernel::clocks::level;
use kernel::decide::Context;
use kernel::file::CaseFile;
use kernel::ids::{BodyId, Class, MatterId};
use kernel::mechanism::Mechanism;
use kernel::permit::acts_as;
use std::collections::BTreeSet;

/// How far a viewer may look into one matter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Access {
    /// It does not exist for this viewer.
    None,
    /// Where it stands and by when; no words, no places, no bodies' papers.
    Progress,
    /// Her own: all that she gave, all that was answered, who looked.
    Own,
    /// The file, for a body that acts in it.
    Handler {
        /// The bodies of the viewer through which he may read.
        bodies: BTreeSet<BodyId>,
        /// May open what is sealed, each time with a reason.
        identity: bool,
    },
    /// The chain and the coded facts, for whoever checks; no words.
    Audit,
}

impl Access {
    /// Whether a field's content may be shown without opening a seal.
    #[must_use]
    pub fn shows(&self, mechanism: &Mechanism, file: &CaseFile, id: &str) -> bool {
        let Some(field) = mechanism.field.get(id) else { return matches!(self, Access::Own | Access::Handler { .. }) };
        match self {
            Access::None | Access::Progress => false,
            Access::Audit => field.class == Class::Coded && !field.shield && !field.withhold,
            Access::Own => true,
            Access::Handler { bodies, .. } => {
                let hidden = kernel::rating::hidden_from(mechanism, file, id);
                field.class != Class::Sealed && bodies.is_disjoint(&hidden)
            }
        }
    }

    /// Whether the words of the thread may be read.
    #[must_use]
    pub fn reads(&self) -> bool {
        matches!(self, Access::Own | Access::Handler { .. })
    }
}

/// What a viewer may read of a matter.
#[must_use]
pub fn access(ctx: &Context<'_>, directory: &Snapshot, viewer: &Viewer, matter: &Matter) -> Access {
    match viewer {
        Viewer::Staff(staff) => of_staff(ctx, directory, staff, matter),
        _ => without_file(viewer, matter.id).unwrap_or(Access::None),
    }
}

/// What a viewer may read where no file needs to be opened to know it: for whoever showed a code, or nothing. None for
/// whoever signed in: that depends on the file, and such a look is recorded.
#[must_use]
pub fn without_file(viewer: &Viewer, id: MatterId) -> Option<Access> {
    match viewer {
        Viewer::Staff(_) => None,
        Viewer::Code(of, Shown::Short) if *of == id => Some(Access::Progress),
        Viewer::Code(of, Shown::Long) if *of == id => Some(Access::Own),
        Viewer::Code(..) | Viewer::Public => Some(Access::None),
    }
}

fn of_staff(ctx: &Context<'_>, directory: &Snapshot, staff: &Staff, matter: &Matter) -> Access {
    let file = &matter.file;
    if staff.posts.iter().any(|p| file.standing.shields(directory, p.body)) {
        return Access::None;
    }
    let working: BTreeSet<BodyId> = staff.bodies().into_iter().collect();
    let holds = holder(&matter.mechanism, file);
    let mut may: BTreeSet<BodyId> = file.took_part.clone();
    may.extend(holds);
    may.extend(
        file.clocks
            .iter()
            .filter(|(id, _)| level(id).1 > 0 || id.starts_with("approve:"))
            .filter_map(|(_, c)| c.started.body),
    );
    may.extend(acting(ctx, staff, matter));
    let bodies: BTreeSet<BodyId> = working.intersection(&may).copied().collect();
    let restricted = file.keeping.restricted.is_some() && file.keeping.erased.is_none();
    if restricted && !bodies.is_empty() {
        // Only stored: nobody who handled it reads it any more.
        return Access::Audit;
    }
    if bodies.is_empty() {
        return if staff.is("auditor") && within(directory, staff, matter) { Access::Audit } else { Access::None };
    }
    let withheld = |b: &BodyId| file.withheld.iter().any(|w| kernel::directory::Directory::under(directory, *b, *w));
    let opens = |b: &BodyId| {
        (Some(*b) == holds || file.standing.assignee == Some(*b) || file.roles.values().any(|r| r == b)) && !withheld(b)
    };
    let identity = bodies.iter().any(opens);
    Access::Handler { bodies, identity }
}

/// The bodies through which the viewer could act on it now, whatever the state: who may act may read.
fn acting(ctx: &Context<'_>, staff: &Staff, matter: &Matter) -> BTreeSet<BodyId> {
    let actor = kernel::decide::Actor { raiser: false, person: Some(staff.person), posts: staff.posts.clone() };
    let file = &matter.file;
    let here = |a: &&kernel::mechanism::Action| a.anytime || a.part.is_some() || a.states.contains(&file.state);
    let actions = ctx.mechanism.action.values().filter(here);
    let roles: BTreeSet<&String> = actions.flat_map(|a| &a.by).collect();
    let bodies = roles.into_iter().filter_map(|r| acts_as(ctx, file, &actor, r).ok());
    let body = |by| if let kernel::entry::By::Post { body, .. } = by { Some(body) } else { None };
    bodies.filter_map(body).collect()
}

fn within(directory: &Snapshot, staff: &Staff, matter: &Matter) -> bool {
    let posts = staff.posts.iter().filter(|p| p.role == "auditor");
    let mut regions = posts.filter_map(|p| directory.body(p.body)).map(|b| b.region);
    regions.any(|r| r.contains(&matter.row.region))
}
