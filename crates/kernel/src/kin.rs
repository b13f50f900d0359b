//! Other matters, as one file knows them: the children it raised and what came of them, links, plans, places taken, and
//! what of its words is published. Raising, finding and telling the other matter is the app's; here each side decides and
//! folds for itself, so that both files can be told again and again and say the same.

mod origin;
mod step;

pub use origin::{Origin, Parent, PlanDay, Repeated};

pub(crate) use step::step;
pub use step::{Step, may_link, places};

use crate::entry::Entry;
use crate::file::CaseFile;
use crate::form::{Coded, Filled, Given};
use crate::ids::MatterId;
use crate::mechanism::{Action, Mechanism};
use crate::text::Text;
use crate::time::{Date, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What happened between this matter and another one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kin {
    /// The child that entry `seq` asked for was raised.
    Child {
        /// Which child of the mechanism.
        child: String,
        /// The entry that asked for it.
        seq: u32,
        /// The matter.
        matter: MatterId,
    },
    /// The child that entry `seq` asked for could not be raised.
    NoChild {
        /// Which child of the mechanism.
        child: String,
        /// The entry that asked for it.
        seq: u32,
        /// The rule that refused it, by its stable name.
        rule: String,
    },
    /// A child ended; what it brings stands in the entry's facts.
    Ended {
        /// Which child of the mechanism.
        child: String,
        /// The matter.
        matter: MatterId,
    },
    /// A child did something; what it brings stands in the entry's facts.
    Told {
        /// Which child of the mechanism.
        child: String,
        /// The matter.
        matter: MatterId,
        /// The entry there.
        seq: u32,
        /// What it did: an action of its mechanism.
        did: String,
        /// What was to follow here was not possible; otherwise it is the next entry.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        alone: bool,
    },
    /// The matter out of which this one came did something; what follows here is the next entry.
    Heard {
        /// That matter.
        matter: MatterId,
        /// The entry there.
        seq: u32,
        /// What was to follow here was not possible.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        alone: bool,
    },
    /// Linked with another matter.
    Linked {
        /// How.
        kind: LinkKind,
        /// With which.
        matter: MatterId,
    },
    /// No longer linked.
    Unlinked {
        /// How it was.
        kind: LinkKind,
        /// With which.
        matter: MatterId,
    },
    /// A plan raised a matter for this one.
    Planned {
        /// Which plan of the mechanism.
        plan: String,
        /// The day of the plan.
        day: Date,
        /// The matter.
        matter: MatterId,
    },
    /// A place was given back.
    Freed {
        /// By which matter.
        matter: MatterId,
    },
    /// Its personal content was erased.
    Erased {
        /// On which ground.
        ground: String,
        /// In words; never anybody's own.
        words: Text,
        /// The matter in which it was decided; none where the clock did it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<MatterId>,
    },
    /// Who the people in it are was erased, because the time for that was over; the rest stays.
    IdentityErased {
        /// In words; never anybody's own.
        words: Text,
    },
    /// Its personal content is only stored from now on.
    Restricted {
        /// On which ground.
        ground: String,
        /// In words.
        words: Text,
        /// The matter in which it was decided.
        by: MatterId,
    },
    /// Something in it was corrected; the note is sealed with this entry.
    Corrected {
        /// The matter in which it was decided.
        by: MatterId,
        /// The entry there.
        seq: u32,
    },
}

/// How two matters belong together.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// The same facts, told by several people.
    Same,
    /// Belongs to it.
    Related,
    /// Of one theme, to be looked at together.
    Theme,
}

impl LinkKind {
    /// All of them.
    pub const ALL: [LinkKind; 3] = [LinkKind::Same, LinkKind::Related, LinkKind::Theme];

    /// Its stable name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            LinkKind::Same => "same",
            LinkKind::Related => "related",
            LinkKind::Theme => "theme",
        }
    }
}

/// What an entry sets in motion beyond its file.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Beyond {
    /// It asks for this child.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub raises: Option<String>,
    /// This public text may be read by everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publishes: Option<String>,
    /// The earlier entry that holds that text, where it was not written with this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written: Option<u32>,
    /// The published text is taken back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unpublishes: bool,
    /// The plans whose register it enters.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub plans: Vec<String>,
    /// The plans whose register it leaves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub leaves: Vec<String>,
    /// The matter that takes a place here with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taker: Option<MatterId>,
    /// The matters in which it gives back a place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub frees: Vec<MatterId>,
    /// The matters that it names, with how they belong to this one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<(LinkKind, MatterId)>,
    /// What it does to the personal content of the matter that this one is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub touches: Option<crate::personal::Touch>,
    /// The file ends with it, and its personal content is kept until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keeps: Option<Timestamp>,
    /// The file ends with it, and who the people in it are is kept until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keeps_identity: Option<Timestamp>,
}

impl Beyond {
    /// Whether it is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Beyond::default()
    }

    /// What an action sets in motion.
    pub(crate) fn of(mechanism: &Mechanism, id: &str, action: &Action, file: &CaseFile) -> Beyond {
        let kin = &file.kin;
        let earlier = action.publishes.as_ref().filter(|f| !action.needs.contains(f));
        let named = |which: fn(&crate::mechanism::Plan) -> Option<&String>| {
            mechanism.plan.iter().filter(|(_, p)| which(p).is_some_and(|a| a == id)).map(|(id, _)| id.clone()).collect()
        };
        let gives = action.withdraws || action.gives_back;
        Beyond {
            raises: action.raises.as_ref().map(|r| r.child.clone()),
            publishes: action.publishes.clone(),
            written: earlier.and_then(|f| file.said.seq(f)),
            unpublishes: action.unpublishes && kin.published.is_some(),
            plans: named(|p| p.starts.as_ref()),
            leaves: named(|p| p.stops.as_ref()),
            taker: None,
            frees: if gives { kin.holds.iter().copied().collect() } else { Vec::new() },
            links: Vec::new(),
            touches: None,
            keeps: None,
            keeps_identity: None,
        }
    }
}

/// The links that a form makes by naming other matters.
pub(crate) fn named(mechanism: &Mechanism, filled: &Filled) -> Vec<(LinkKind, MatterId)> {
    let kind = |field: &str| mechanism.field.get(field).and_then(|f| f.link).unwrap_or(LinkKind::Related);
    let links = filled.iter().filter_map(|(field, given)| match given {
        Given::Matter(_, id) => Some((kind(field), *id)),
        _ => None,
    });
    links.collect::<BTreeSet<_>>().into_iter().collect()
}

/// What the fold keeps of other matters.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct KinFile {
    /// The children, in the order in which they were asked for.
    pub children: Vec<ChildMatter>,
    /// The links.
    pub links: BTreeSet<(LinkKind, MatterId)>,
    /// The plans in whose register it stands.
    pub plans: BTreeMap<String, PlanRow>,
    /// The matters that took a place here.
    pub takers: BTreeSet<MatterId>,
    /// The matters in which it holds a place.
    pub holds: BTreeSet<MatterId>,
    /// The published text.
    pub published: Option<Published>,
    /// The last entry of the matter out of which this one came that it heard of; 0 where there is none.
    pub heard: u32,
}

/// A text that everybody may read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Published {
    /// The entry that holds it.
    pub seq: u32,
    /// The field.
    pub field: String,
    /// Since when.
    pub at: Timestamp,
}

/// A child that was asked for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ChildMatter {
    /// Which child of the mechanism.
    pub child: String,
    /// The entry that asked for it.
    pub seq: u32,
    /// The matter, once it was raised.
    pub matter: Option<MatterId>,
    /// The last of its entries that it told of; 0 where there is none.
    pub told: u32,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// The rule by which it could not be raised.
    pub refused: Option<String>,
}

/// A place in the register of a plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlanRow {
    /// Since when.
    pub since: Date,
    /// The last day for which a matter was raised.
    pub last: Option<Date>,
    /// The matters raised.
    pub raised: Vec<(Date, MatterId)>,
}

/// The fact by which conditions know a child: `open` or `ended`, not set as long as there is none.
#[must_use]
pub fn child_fact(child: &str) -> String {
    format!("child({child})")
}

/// A child is under way, or asked for.
pub const OPEN: &str = "open";
/// All children of that name have ended.
pub const ENDED: &str = "ended";
/// There is none.
pub const NONE: &str = "none";

impl KinFile {
    /// Where the children of a name stand.
    #[must_use]
    pub fn standing(&self, child: &str) -> &'static str {
        let ours = self.children.iter().filter(|c| c.child == child && c.refused.is_none());
        ours.map(|c| if c.ended.is_some() { ENDED } else { OPEN }).max().unwrap_or(NONE)
    }

    /// Takes one more entry.
    pub(crate) fn evolve(&mut self, entry: &Entry, facts: &mut BTreeMap<String, Coded>) {
        let (beyond, day) = (&entry.beyond, entry.at.date());
        if let Some(opened) = &entry.opened {
            self.holds.extend(&opened.origin.takes);
        }
        if let crate::entry::Act::Kin(kin) = &entry.act {
            self.happened(kin, entry);
        }
        if let Some(child) = &beyond.raises {
            self.children.push(ChildMatter { child: child.clone(), seq: entry.seq, ..ChildMatter::default() });
        }
        if let Some(field) = &beyond.publishes {
            // What waited for approval was written with the proposal.
            let seq = if let crate::entry::Act::Approved(_, proposal) = &entry.act { *proposal } else { entry.seq };
            let seq = beyond.written.unwrap_or(seq);
            self.published = Some(Published { seq, field: field.clone(), at: entry.at });
        }
        if beyond.unpublishes {
            self.published = None;
        }
        for plan in &beyond.plans {
            self.plans.entry(plan.clone()).or_insert(PlanRow { since: day, last: None, raised: Vec::new() });
        }
        beyond.leaves.iter().for_each(|p| drop(self.plans.remove(p)));
        self.links.extend(&beyond.links);
        self.takers.extend(beyond.taker);
        self.holds.retain(|m| !beyond.frees.contains(m));
        self.tell(facts);
    }

    /// Says where the children stand, as facts.
    pub(crate) fn tell(&self, facts: &mut BTreeMap<String, Coded>) {
        for child in self.children.iter().map(|c| c.child.clone()).collect::<BTreeSet<_>>() {
            match self.standing(&child) {
                NONE => drop(facts.remove(&child_fact(&child))),
                standing => drop(facts.insert(child_fact(&child), Coded::Code(standing.into()))),
            }
        }
    }

    fn happened(&mut self, kin: &Kin, entry: &Entry) {
        match kin {
            // One that came by itself was asked for by nothing in this file.
            Kin::Child { child, seq, matter } if *seq == entry.seq => {
                let (child, matter) = (child.clone(), Some(*matter));
                self.children.push(ChildMatter { child, seq: *seq, matter, ..ChildMatter::default() });
            }
            Kin::Child { seq, matter, .. } => self.on_child(|c| c.seq == *seq, |c| c.matter = Some(*matter)),
            Kin::NoChild { seq, rule, .. } => self.on_child(|c| c.seq == *seq, |c| c.refused = Some(rule.clone())),
            Kin::Told { matter, seq, .. } => self.on_child(|c| c.matter == Some(*matter), |c| c.told = *seq),
            Kin::Heard { seq, .. } => self.heard = *seq,
            Kin::Ended { matter, .. } => self.on_child(|c| c.matter == Some(*matter), |c| c.ended = Some(entry.at)),
            Kin::Linked { kind, matter } => self.links.extend([(*kind, *matter)]),
            Kin::Unlinked { kind, matter } => self.links.retain(|l| *l != (*kind, *matter)),
            Kin::Planned { plan, day, matter } => {
                if let Some(row) = self.plans.get_mut(plan) {
                    row.last = row.last.max(Some(*day));
                    row.raised.push((*day, *matter));
                }
            }
            Kin::Freed { matter } => self.takers.retain(|t| t != matter),
            Kin::Erased { .. } => self.published = None,
            // What that means for the content is `personal`'s.
            Kin::IdentityErased { .. } | Kin::Restricted { .. } | Kin::Corrected { .. } => {}
        }
    }

    fn on_child(&mut self, which: impl Fn(&ChildMatter) -> bool, change: impl FnOnce(&mut ChildMatter)) {
        if let Some(child) = self.children.iter_mut().find(|c| which(c)) {
            change(child);
        }
    }
}
