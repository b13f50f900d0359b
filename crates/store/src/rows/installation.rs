//! Rows of the installation itself (cell 0): bodies, relations, persons, posts, sessions.

use kernel::ids::{BodyId, PersonId};
use kernel::region::RegionCode;
use kernel::role::Relation;
use kernel::time::{Date, Timestamp};
use serde::{Deserialize, Serialize};

/// The directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DirectoryRows {
    /// Bodies.
    pub bodies: Vec<BodyRow>,
    /// Relations between them.
    pub relations: Vec<RelationRow>,
    /// Persons with accounts.
    pub persons: Vec<PersonRow>,
    /// Posts.
    pub posts: Vec<PostRow>,
}

/// A body (单位).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BodyRow {
    /// Which.
    pub id: BodyId,
    /// 中文.
    pub name: String,
    /// English.
    pub name_en: String,
    /// The region that it is competent for.
    pub region: RegionCode,
    /// Its functions.
    pub functions: Vec<String>,
    /// A public telephone.
    pub phone: Option<String>,
    /// A public address and hours.
    pub address: Option<String>,
    /// Exists from.
    pub valid_from: Option<Date>,
    /// Exists until.
    pub valid_to: Option<Date>,
}

/// A dated relation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelationRow {
    /// The lower body.
    pub body: BodyId,
    /// How.
    pub relation: Relation,
    /// The upper body.
    pub upper: BodyId,
    /// From.
    pub valid_from: Option<Date>,
    /// Until.
    pub valid_to: Option<Date>,
}

/// A person with an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRow {
    /// Which.
    pub id: PersonId,
    /// The sign-in name.
    pub login: String,
    /// The name as colleagues know it.
    pub name: String,
    /// The argon2id hash; none cannot sign in by password.
    pub password: Option<String>,
    /// May sign in.
    pub active: bool,
}

/// A post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostRow {
    /// Who.
    pub person: PersonId,
    /// Where.
    pub body: BodyId,
    /// As what.
    pub role: String,
    /// From.
    pub valid_from: Option<Date>,
    /// Until.
    pub valid_to: Option<Date>,
}

/// A session of a person, or an API token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// The hash of its secret.
    pub hash: [u8; 32],
    /// Whose.
    pub person: PersonId,
    /// A session cookie, or an API token with its scopes.
    pub scopes: Option<Vec<String>>,
    /// When it began.
    pub created: Timestamp,
    /// Until when.
    pub expires: Timestamp,
}
