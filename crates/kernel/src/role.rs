//! Roles: who is who in a matter. A role is an expression over the directory and the file; it is resolved when an
//! entry is made and the entry keeps the result, so that folding a file never asks the directory.

use crate::directory::Directory;
use crate::ids::BodyId;
use crate::mechanism::{ASSIGNEE, Mechanism, RAISER, RAISER_BODY};
use crate::region::RegionCode;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// A role of a mechanism.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// What people call it.
    pub name: Text,
    /// Which body it is.
    pub is: BodyExpr,
    /// Which post in that body; none for every one who works matters there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<String>,
    /// Only where that body has this function; else the role is nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<String>,
    /// Separation of duty: never these bodies, nor the persons who acted for them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not: Vec<Exclusion>,
}

/// The four dated relations between bodies (decisions 17).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Belongs to (隶属).
    PartOf,
    /// Is guided by (业务指导).
    GuidedBy,
    /// Has its decisions reviewed by (复查机关).
    ReviewedBy,
    /// Has its cadres managed by (干部管理权限).
    CadreAuthority,
}

impl Relation {
    /// All four.
    pub const ALL: [Relation; 4] =
        [Relation::PartOf, Relation::GuidedBy, Relation::ReviewedBy, Relation::CadreAuthority];

    /// The word in packs.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Relation::PartOf => "part_of",
            Relation::GuidedBy => "guided_by",
            Relation::ReviewedBy => "reviewed_by",
            Relation::CadreAuthority => "cadre_authority",
        }
    }
}

/// Which body a role is: `office FUNCTION`, `assignee`, `RELATION of ROLE`, `same as ROLE`, `raiser`, `raiser_body`,
/// `raiser_body or ROLE`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum BodyExpr {
    /// The office with this function that is competent for the matter's region; resolves upward.
    Office(String),
    /// The body that the matter is assigned to.
    Assignee,
    /// A superior of another role's body; resolves upward.
    Superior(Relation, String),
    /// The body of another role, with another post.
    Same(String),
    /// The raiser.
    Raiser,
    /// The body for which somebody raised it, or had it raised out of another matter; where that was none, or is not one
    /// that this role may be, the body of another role.
    RaiserBody(Option<String>),
}

impl FromStr for BodyExpr {
    type Err = String;
    fn from_str(s: &str) -> Result<BodyExpr, String> {
        let words: Vec<&str> = s.split_whitespace().collect();
        match words[..] {
            ["office", function] => Ok(BodyExpr::Office(function.into())),
            [ASSIGNEE] => Ok(BodyExpr::Assignee),
            [RAISER] => Ok(BodyExpr::Raiser),
            ["same", "as", role] => Ok(BodyExpr::Same(role.into())),
            [RAISER_BODY] => Ok(BodyExpr::RaiserBody(None)),
            [RAISER_BODY, "or", role] => Ok(BodyExpr::RaiserBody(Some(role.into()))),
            [relation, "of", role] => Relation::ALL
                .into_iter()
                .find(|r| r.word() == relation)
                .map(|r| BodyExpr::Superior(r, role.into()))
                .ok_or_else(|| {
                    format!("`{relation}` is no relation; write part_of, guided_by, reviewed_by or cadre_authority")
                }),
            _ => Err(format!(
                "`{s}` names no body; write `office FUNCTION`, `assignee`, `RELATION of ROLE`, `same as ROLE`, `raiser`, `raiser_body` or `raiser_body or ROLE`"
            )),
        }
    }
}

impl TryFrom<String> for BodyExpr {
    type Error = String;
    fn try_from(s: String) -> Result<BodyExpr, String> {
        s.parse()
    }
}

impl From<BodyExpr> for String {
    fn from(e: BodyExpr) -> String {
        e.to_string()
    }
}

impl fmt::Display for BodyExpr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BodyExpr::Office(function) => write!(f, "office {function}"),
            BodyExpr::Assignee => f.write_str(ASSIGNEE),
            BodyExpr::Superior(relation, role) => write!(f, "{} of {role}", relation.word()),
            BodyExpr::Same(role) => write!(f, "same as {role}"),
            BodyExpr::Raiser => f.write_str(RAISER),
            BodyExpr::RaiserBody(None) => f.write_str(RAISER_BODY),
            BodyExpr::RaiserBody(Some(role)) => write!(f, "{RAISER_BODY} or {role}"),
        }
    }
}

/// Whom separation of duty keeps out (decisions 11).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Exclusion {
    /// The present assignee.
    Assignee,
    /// Every earlier one.
    FormerAssignees,
    /// The bodies of all parts.
    Parts,
    /// The body of another role.
    Role(String),
}

impl TryFrom<String> for Exclusion {
    type Error = String;
    fn try_from(s: String) -> Result<Exclusion, String> {
        Ok(match s.as_str() {
            ASSIGNEE => Exclusion::Assignee,
            "former assignees" => Exclusion::FormerAssignees,
            "parts" => Exclusion::Parts,
            _ => Exclusion::Role(s),
        })
    }
}

impl From<Exclusion> for String {
    fn from(e: Exclusion) -> String {
        match e {
            Exclusion::Assignee => ASSIGNEE.into(),
            Exclusion::FormerAssignees => "former assignees".into(),
            Exclusion::Parts => "parts".into(),
            Exclusion::Role(role) => role,
        }
    }
}

/// What of the file the resolution of roles looks at.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// The present assignee.
    pub assignee: Option<BodyId>,
    /// Earlier ones.
    pub former: BTreeSet<BodyId>,
    /// The bodies that were called to work on a part.
    pub parts: BTreeSet<BodyId>,
    /// The bodies complained about.
    pub shield: BTreeSet<BodyId>,
    /// The body for which it was raised; none where a person, a plan or the clock raised it.
    pub raiser: Option<BodyId>,
}

impl Standing {
    /// Whether a body lies in the shield: it or one that it belongs to or is guided by is complained about.
    #[must_use]
    pub fn shields(&self, directory: &dyn Directory, body: BodyId) -> bool {
        self.shield.iter().any(|s| directory.under(body, *s))
    }
}

/// Which body each role is, for a matter of this region that stands so. A role that finds nobody is left out.
#[must_use]
pub fn resolve(
    mechanism: &Mechanism,
    region: &RegionCode,
    standing: &Standing,
    directory: &dyn Directory,
) -> BTreeMap<String, BodyId> {
    let mut found = BTreeMap::new();
    for id in mechanism.role.keys() {
        resolve_one(mechanism, id, region, standing, directory, &mut found, 0);
    }
    found
}

/// Deep enough for any chain of roles; a cycle is refused by the checker and ends here all the same.
const DEEPEST: usize = 8;

fn resolve_one(
    mechanism: &Mechanism,
    id: &str,
    region: &RegionCode,
    standing: &Standing,
    directory: &dyn Directory,
    found: &mut BTreeMap<String, BodyId>,
    depth: usize,
) -> Option<BodyId> {
    if let Some(body) = found.get(id) {
        return Some(*body);
    }
    let role = mechanism.role.get(id)?;
    if depth > DEEPEST {
        return None;
    }
    let other = |role: &str, found: &mut BTreeMap<String, BodyId>| {
        resolve_one(mechanism, role, region, standing, directory, found, depth + 1)
    };
    let mut out: BTreeSet<BodyId> = BTreeSet::new();
    // Someone of the same body but another person may do it where a post is asked; bodies are kept apart only where none is.
    if role.post.is_none() {
        for exclusion in &role.not {
            match exclusion {
                Exclusion::Assignee => out.extend(standing.assignee),
                Exclusion::FormerAssignees => out.extend(&standing.former),
                Exclusion::Parts => out.extend(&standing.parts),
                Exclusion::Role(r) => out.extend(other(r, found)),
            }
        }
    }
    let has = |body: BodyId| role.function.as_ref().is_none_or(|f| directory.has(body, f));
    let fits = |body: &BodyId| !out.contains(body) && has(*body) && !standing.shields(directory, *body);
    let body = match &role.is {
        BodyExpr::Raiser => None,
        BodyExpr::Assignee => standing.assignee.filter(fits),
        BodyExpr::Same(r) => other(r, found).filter(fits),
        // The other role stands in as it is, with its own exclusions.
        BodyExpr::RaiserBody(or) => standing.raiser.filter(fits).or_else(|| or.as_ref().and_then(|r| other(r, found))),
        BodyExpr::Office(function) => directory.offices(function, region).into_iter().find(fits),
        BodyExpr::Superior(relation, r) => {
            let mut at = other(r, found).and_then(|b| directory.superior(b, *relation));
            while let Some(b) = at.filter(|b| !fits(b)) {
                at = directory.superior(b, *relation);
            }
            at
        }
    };
    if let Some(body) = body {
        found.insert(id.to_owned(), body);
    }
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Streets 3 and 4; 3 is competent. 5 is a department.
    struct Town;
    impl Directory for Town {
        fn offices(&self, function: &str, _: &RegionCode) -> Vec<BodyId> {
            if function == "street" { vec![BodyId(3), BodyId(4)] } else { vec![BodyId(5)] }
        }
        fn superior(&self, _: BodyId, _: Relation) -> Option<BodyId> {
            None
        }
        fn under(&self, body: BodyId, ancestor: BodyId) -> bool {
            body == ancestor
        }
        fn has(&self, body: BodyId, function: &str) -> bool {
            self.offices(function, &"990101".parse().expect("a code")).contains(&body)
        }
        fn knows(&self, _: BodyId) -> bool {
            true
        }
    }

    fn found(is: &str, function: Option<&str>, standing: &Standing) -> Option<BodyId> {
        let mut m: Mechanism = toml::from_str(include_str!("../tests/kin.toml")).expect("the fixture reads");
        let office = m.role["office"].clone();
        let role = |is: &str, function: Option<&str>| Role {
            is: is.parse().expect("a body"),
            function: function.map(str::to_owned),
            ..office.clone()
        };
        m.role.insert("street".into(), role("office street", None));
        m.role.insert("asked".into(), role(is, function));
        resolve(&m, &"990101".parse().expect("a code"), standing, &Town).get("asked").copied()
    }

    #[test]
    fn a_role_may_be_the_body_that_raised_it() {
        let by = |raiser: u32| Standing { raiser: Some(BodyId(raiser)), ..Standing::default() };
        assert_eq!(found("raiser_body", None, &by(4)), Some(BodyId(4)), "not the nearest street");
        assert_eq!(found("raiser_body", None, &Standing::default()), None);
        assert_eq!(found("raiser_body or street", None, &Standing::default()), Some(BodyId(3)));
        assert_eq!(found("raiser_body or street", Some("street"), &by(4)), Some(BodyId(4)));
        assert_eq!(found("raiser_body or street", Some("street"), &by(5)), Some(BodyId(3)), "a department is none");
        let shielded = Standing { shield: [BodyId(4)].into(), ..by(4) };
        assert_eq!(found("raiser_body", None, &shielded), None);
        assert_eq!(found("raiser_body or street", None, &shielded), Some(BodyId(3)));
        assert!("raiser_body of street".parse::<BodyExpr>().is_err());
    }

    #[test]
    fn a_role_with_a_function_is_nobody_where_the_body_lacks_it() {
        let to = |body: u32| Standing { assignee: Some(BodyId(body)), ..Standing::default() };
        assert_eq!(found("assignee", Some("street"), &to(4)), Some(BodyId(4)));
        assert_eq!(found("assignee", Some("street"), &to(5)), None);
    }
}
