//! Who looks. A viewer proves nothing by itself: `access` decides, in one place, what it may read.

use crate::code::Proof;
use kernel::decide::{Actor, Post};
use kernel::ids::{BodyId, MatterId, PersonId};

/// Who looks.
#[derive(Clone, Debug)]
pub enum Viewer {
    /// Anybody.
    Public,
    /// Somebody who showed a code of this matter.
    Code(MatterId, Shown),
    /// Somebody who signed in.
    Staff(Staff),
}

/// What was shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shown {
    /// The short code: progress only.
    Short,
    /// The long code, or the short one with the last digits of the phone.
    Long,
}

impl Shown {
    /// From the proof of a code.
    #[must_use]
    pub fn of(proof: Proof) -> Option<Shown> {
        match proof {
            Proof::None => None,
            Proof::Short => Some(Shown::Short),
            Proof::Long => Some(Shown::Long),
        }
    }
}

/// Somebody who signed in, with the posts of today.
#[derive(Clone, Debug)]
pub struct Staff {
    /// The account.
    pub person: PersonId,
    /// The sign-in name.
    pub login: String,
    /// The name as colleagues know it.
    pub name: String,
    /// The posts.
    pub posts: Vec<Post>,
    /// For an API token: its scopes.
    pub scopes: Option<Vec<String>>,
}

impl Staff {
    /// The bodies of the posts that work matters, without repeats.
    #[must_use]
    pub fn bodies(&self) -> Vec<BodyId> {
        let mut bodies: Vec<_> =
            self.posts.iter().filter(|p| !matches!(p.role.as_str(), "admin" | "auditor")).map(|p| p.body).collect();
        bodies.sort_unstable();
        bodies.dedup();
        bodies
    }

    /// Whether one of the posts is this one.
    #[must_use]
    pub fn is(&self, role: &str) -> bool {
        self.posts.iter().any(|p| p.role == role)
    }
}

impl Viewer {
    /// As whom the viewer acts on a matter.
    #[must_use]
    pub fn actor(&self, matter: MatterId) -> Actor {
        match self {
            Viewer::Public => Actor::default(),
            Viewer::Code(id, shown) => Actor { raiser: *id == matter && *shown == Shown::Long, ..Actor::default() },
            Viewer::Staff(staff) => Actor { raiser: false, person: Some(staff.person), posts: staff.posts.clone() },
        }
    }

    /// The name under which idempotency keys are kept.
    #[must_use]
    pub fn principal(&self) -> String {
        match self {
            Viewer::Public => "public".into(),
            Viewer::Code(id, _) => format!("code:{id}"),
            Viewer::Staff(staff) => format!("person:{}", staff.person.0),
        }
    }
}
