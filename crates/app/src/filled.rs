//! Whether somebody would hold a matter that is raised now (decisions 18), and which body the directory lacks where. Asked
//! before anybody fills in a form. A post that nobody holds is no reason to refuse: the body answers for it, and its clocks run.

use crate::catalogue::Effective;
use crate::directory::Snapshot;
use crate::error::AppError;
use crate::installation::App;
use kernel::ids::BodyId;
use kernel::mechanism::{Door, Mechanism, RAISE, RAISER};
use kernel::region::RegionCode;
use kernel::role::{BodyExpr, Standing, resolve};
use kernel::text::Text;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex};

/// A role that finds nobody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfilled {
    /// The role, as the mechanism calls it.
    pub role: String,
    /// What people call it.
    pub name: Text,
    /// What the directory lacks, for whoever keeps it.
    pub lacks: Text,
}

/// A role of a mechanism that finds nobody at the root of the territory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The mechanism.
    pub mechanism: String,
    /// Nothing can be raised before it is filled.
    pub first: bool,
    /// The role and what is missing.
    pub unfilled: Unfilled,
}

/// What was found out over one reading of the directory; the next reading begins anew.
#[derive(Debug, Default)]
pub struct Reached {
    exact: Memo,
    within: Memo,
}

type Memo = Mutex<HashMap<(Arc<str>, RegionCode), Option<Arc<Unfilled>>>>;

fn remembered(
    memo: &Memo,
    (effective, region): (&Effective, &RegionCode),
    find: impl FnOnce() -> Option<Arc<Unfilled>>,
) -> Option<Arc<Unfilled>> {
    let key = (effective.version.clone(), *region);
    let lock = || memo.lock().expect("invariant: no panic under this lock");
    if let Some(known) = lock().get(&key) {
        return known.clone();
    }
    let found = find();
    lock().insert(key, found.clone());
    found
}

impl App {
    /// Who is missing for a matter that is raised in just this region; none where somebody would hold it.
    #[must_use]
    pub fn nobody_at(&self, effective: &Effective, region: &RegionCode) -> Option<Arc<Unfilled>> {
        let directory = self.directory();
        remembered(&directory.reached.exact, (effective, region), || {
            let mechanism = &effective.mechanism;
            let (found, needed) = first(mechanism, region, &directory);
            let missing = needed.into_iter().find(|role| !found.contains_key(*role) && !later(mechanism, role))?;
            Some(Arc::new(self.lacking(mechanism, missing, region, &found, &directory)))
        })
    }

    /// The same where the place inside a region is not chosen yet: none if somebody would hold it anywhere in there.
    #[must_use]
    pub fn nobody_in(&self, effective: &Effective, region: &RegionCode) -> Option<Arc<Unfilled>> {
        let directory = self.directory();
        remembered(&directory.reached.within, (effective, region), || {
            let here = self.nobody_at(effective, region)?;
            let id = &effective.mechanism.mechanism.id;
            let below: BTreeSet<RegionCode> =
                directory.bodies().map(|b| b.region).filter(|r| r != region && region.contains(r)).collect();
            let filled =
                |r: &RegionCode| self.catalogue().effective(id, r).is_some_and(|e| self.nobody_at(&e, r).is_none());
            (!below.iter().any(filled)).then_some(here)
        })
    }

    /// The mechanism as it is offered, where somebody would hold what is raised now.
    ///
    /// # Errors
    /// As `offered`; `Nobody` where the first holder is missing.
    pub fn open_to(&self, mechanism: &str, region: &RegionCode) -> Result<Effective, AppError> {
        let effective = self.offered(mechanism, region)?;
        match self.nobody_in(&effective, region) {
            Some(unfilled) => {
                Err(AppError::Nobody { mechanism: effective.mechanism.clone(), region: *region, unfilled })
            }
            None => Ok(effective),
        }
    }

    /// Roles of offered mechanisms that find nobody at the root of the territory (decisions 18), with what is missing where.
    #[must_use]
    pub fn gaps(&self) -> Vec<Gap> {
        let (territory, directory) = (self.settings().territory, self.directory());
        let mut gaps = Vec::new();
        for id in self.catalogue().ids() {
            let Some(effective) = self.catalogue().effective(&id, &territory) else { continue };
            let mechanism = &effective.mechanism;
            let (found, needed) = first(mechanism, &territory, &directory);
            let office = |role: &str| mechanism.role.get(role).is_some_and(|r| matches!(r.is, BodyExpr::Office(_)));
            let mut missing: Vec<&str> = mechanism.role.keys().map(String::as_str).filter(|r| office(r)).collect();
            missing.extend(needed.iter().copied().filter(|r| !office(r) && !later(mechanism, r)));
            missing.retain(|role| !found.contains_key(*role));
            gaps.extend(missing.into_iter().map(|role| Gap {
                mechanism: id.clone(),
                first: needed.contains(role),
                unfilled: self.lacking(mechanism, role, &territory, &found, &directory),
            }));
        }
        gaps
    }

    /// Posts that a mechanism asks for at the root of the territory and that nobody holds who may sign in: the body's name,
    /// the post, and the mechanisms that ask for it.
    #[must_use]
    pub fn vacancies(&self) -> Vec<(String, String, String)> {
        let (territory, directory) = (self.settings().territory, self.directory());
        let mut held: BTreeSet<(BodyId, &str)> = BTreeSet::new();
        for person in directory.persons().filter(|p| p.active) {
            held.extend(directory.posts_of(person.id).map(|p| (p.body, p.role.as_str())));
        }
        let mut vacant: BTreeMap<(BodyId, String), BTreeSet<String>> = BTreeMap::new();
        for id in self.catalogue().ids() {
            let Some(effective) = self.catalogue().effective(&id, &territory) else { continue };
            for (role, body) in first(&effective.mechanism, &territory, &directory).0 {
                let post = effective.mechanism.role.get(&role).and_then(|r| r.post.clone());
                if let Some(post) = post.filter(|p| !held.contains(&(body, p.as_str()))) {
                    vacant.entry((body, post)).or_default().insert(id.clone());
                }
            }
        }
        let name = |body: BodyId| directory.body(body).map(|b| b.name.clone()).unwrap_or_default();
        let words = |((body, post), of): ((BodyId, String), BTreeSet<String>)| {
            (name(body), post, of.into_iter().collect::<Vec<_>>().join(", "))
        };
        vacant.into_iter().map(words).collect()
    }

    fn lacking(
        &self,
        mechanism: &Mechanism,
        role: &str,
        region: &RegionCode,
        found: &BTreeMap<String, BodyId>,
        directory: &Snapshot,
    ) -> Unfilled {
        let (name, place) = (mechanism.role.get(role).map(|r| r.name.clone()).unwrap_or_default(), self.place(region));
        let cause = cause(mechanism, role, found);
        let lacks = match mechanism.role.get(cause).map(|r| (&r.is, &r.function)) {
            Some((BodyExpr::Office(function), _)) => Text::new(
                format!("{}及其上级都没有职能为 {function} 的单位", place.zh),
                format!("no body of {} or above has the function {function}", place.en),
            ),
            Some((BodyExpr::Superior(relation, of), function)) => {
                let lower = found.get(of).and_then(|b| directory.body(*b));
                let (zh, en) = lower.map_or((of.as_str(), of.as_str()), |b| (b.name.as_str(), b.name_en.as_str()));
                let (word, needs) = (relation.word(), function.as_deref().unwrap_or_default());
                let (zh_needs, en_needs) = match needs {
                    "" => (String::new(), String::new()),
                    f => (format!("、职能为 {f}"), format!(" with the function {f}")),
                };
                Text::new(
                    format!("“{zh}”没有 {word}{zh_needs} 的上级"),
                    format!("{en} has no superior by {word}{en_needs}"),
                )
            }
            _ => Text::new(format!("{}没有合适的单位", place.zh), format!("no body of {} fits", place.en)),
        };
        Unfilled { role: role.to_owned(), name, lacks }
    }
}

/// Which body each role is for a matter just raised, and the roles that it must find then: as the kernel will ask.
fn first<'a>(
    mechanism: &'a Mechanism,
    region: &RegionCode,
    directory: &Snapshot,
) -> (BTreeMap<String, BodyId>, BTreeSet<&'a str>) {
    let raise = mechanism.action.get(RAISE);
    let assign = assigned(mechanism);
    let to = raise.and_then(|a| mechanism.state.get(a.to.as_ref()?));
    let holder = to.and_then(|s| s.holder.as_deref()).filter(|h| *h != RAISER);
    let mut found = resolve(mechanism, region, &Standing::default(), directory);
    if let Some(assignee) = assign.and_then(|a| found.get(a)) {
        let standing = Standing { assignee: Some(*assignee), ..Standing::default() };
        found.extend(resolve(mechanism, region, &standing, directory));
    }
    (found, assign.into_iter().chain(holder).collect())
}

/// Whether a role can only be known once there is a matter: it follows whom somebody names, or who raises it.
fn later(mechanism: &Mechanism, role: &str) -> bool {
    let mut at = role;
    for _ in 0..mechanism.role.len() {
        match mechanism.role.get(at).map(|r| &r.is) {
            None | Some(BodyExpr::Raiser | BodyExpr::RaiserBody(None)) => return true,
            Some(BodyExpr::Assignee) => match assigned(mechanism) {
                Some(by) => at = by,
                None => return true,
            },
            // A body that raises among the staff may be it by itself.
            Some(BodyExpr::RaiserBody(Some(_))) if mechanism.mechanism.door == Door::Staff => return true,
            Some(BodyExpr::Office(_)) => return false,
            Some(BodyExpr::RaiserBody(Some(r)) | BodyExpr::Superior(_, r) | BodyExpr::Same(r)) => at = r,
        }
    }
    false
}

/// The role at the bottom of it: where another role is missing that this one is found by, that one.
fn cause<'a>(mechanism: &'a Mechanism, role: &'a str, found: &BTreeMap<String, BodyId>) -> &'a str {
    let mut at = role;
    for _ in 0..mechanism.role.len() {
        match mechanism.role.get(at).map(|r| &r.is) {
            Some(BodyExpr::Superior(_, r) | BodyExpr::Same(r) | BodyExpr::RaiserBody(Some(r)))
                if !found.contains_key(r) =>
            {
                at = r;
            }
            Some(BodyExpr::Assignee) => match assigned(mechanism) {
                Some(by) => at = by,
                None => break,
            },
            _ => break,
        }
    }
    at
}

/// The role whose body raising assigns a matter to. Where a field has that name, the field says it.
fn assigned(mechanism: &Mechanism) -> Option<&str> {
    let assign = mechanism.action.get(RAISE)?.assign.as_deref()?;
    (mechanism.role.contains_key(assign) && !mechanism.field.contains_key(assign)).then_some(assign)
}
