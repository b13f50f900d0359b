//! Whose clock starts above: when something is missed, and while something waits for approval.

use serde::{Deserialize, Serialize};

/// How an expiry climbs: a clock of `within` for the body that the clock names, then for its superior, to the top.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// Number: how long each superior has to get the matter moved.
    pub within: String,
    /// Along which relation it climbs.
    pub up: crate::role::Relation,
}

/// How long an approval may take, and whose clock starts when it expires.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Number.
    pub within: String,
    /// Role.
    pub expiry: String,
}
