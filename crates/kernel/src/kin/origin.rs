//! What stood behind a matter when it came to be: another matter, a plan, a body that had it raised.

use crate::entry::By;
use crate::ids::{BodyId, MatterId};
use crate::time::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How a matter came to be, where another one or a plan stood behind it. It stands in the first entry.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Origin {
    /// The matter out of which it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<Parent>,
    /// The plan that raised it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanDay>,
    /// The matters in which it took a place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub takes: Vec<MatterId>,
    /// The matter that it is about: whoever raised it showed that it is hers, or was asked to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<MatterId>,
}

impl Origin {
    /// Whether nothing stood behind it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Origin::default()
    }

    /// The body for which it was raised, by this somebody or out of another matter.
    #[must_use]
    pub fn raised_for(&self, by: By) -> Option<BodyId> {
        if let By::Post { body, .. } = by { Some(body) } else { self.body() }
    }

    /// The matter from whose page somebody raised it, and as which child.
    #[must_use]
    pub fn came(&self) -> Option<&Parent> {
        self.parent.as_ref().filter(|p| p.seq.is_none() && !p.hidden)
    }

    /// The parent that is told of an action.
    #[must_use]
    pub fn tells(&self, did: &str) -> Option<&Parent> {
        self.parent.as_ref().filter(|p| !p.hidden && p.told.contains(did))
    }

    /// The body that had it raised out of another matter.
    #[must_use]
    pub fn body(&self) -> Option<BodyId> {
        self.parent.as_ref().and_then(|p| p.body)
    }
}

/// The parent of a matter.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Parent {
    /// Which.
    pub matter: MatterId,
    /// As which child of the parent's mechanism.
    pub child: String,
    /// The entry of the parent that asked for it; none for a hidden one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u32>,
    /// The parent knows nothing of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// The body for which it was asked for; none where the person or the clock did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<BodyId>,
    /// The parent is somebody else's: whoever this one is of sees nothing of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub apart: bool,
    /// The actions of which the parent is told.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub told: BTreeSet<String>,
}

impl Parent {
    /// A matter as a parent that raises nothing in particular, for nobody, and is told of nothing.
    #[must_use]
    pub fn of(matter: MatterId, child: &str) -> Parent {
        let child = child.to_owned();
        Parent { matter, child, seq: None, hidden: false, body: None, apart: false, told: BTreeSet::new() }
    }
}

/// One day of a plan.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PlanDay {
    /// The mechanism that has the plan.
    pub mechanism: String,
    /// The plan.
    pub plan: String,
    /// The day.
    pub day: Date,
    /// The matter of the register; none for a plan of a region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<MatterId>,
    /// What repeated, where that is why it was raised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<Repeated>,
}

/// What the system counted when it raised a matter because of repeats. No person stands in it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Repeated {
    /// The code of the category.
    pub category: String,
    /// How many came.
    pub n: i64,
    /// From this day.
    pub from: Date,
    /// To this day, inclusive.
    pub to: Date,
}
