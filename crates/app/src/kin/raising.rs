//! Raising a matter out of another one: by an action, by a plan, or by the person alone and unseen.

use crate::catalogue::Effective;
use crate::error::AppError;
use crate::installation::App;
use crate::matter::Matter;
use crate::raise::{Raised, Raising};
use crate::random::bytes;
use crate::view::{FieldView, form};
use crate::viewer::Viewer;
use kernel::decide::{Context, Decision, Opening, raise_from, raises_as};
use kernel::entry::{Act, By, Entry};
use kernel::form::{Coded, Filled, Raw, check};
use kernel::ids::{BodyId, MatterId};
use kernel::kin::{Origin, Parent, Step};
use kernel::mechanism::{Child, NUMBER, RAISE, THE_BODY};
use kernel::refusal::{Refusal, Rule};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use store::{CommandRow, StoreError};

/// The name under which commands of the follower are kept.
const PRINCIPAL: &str = "kin";

impl App {
    /// Raises the child that an entry asked for, once, and tells the parent; or tells it why not.
    pub(crate) async fn raise_child(&self, parent: &Matter, seq: u32, child: &str) -> Result<(), AppError> {
        let asked = parent.file.kin.children.iter().find(|c| c.seq == seq);
        if asked.is_none_or(|c| c.matter.is_some() || c.refused.is_some()) {
            return Ok(());
        }
        let step = match self.child_of(parent, seq, child).await {
            Ok(matter) => Step::Raised { seq, matter },
            Err(AppError::Refused(refusal, _)) => Step::NotRaised { seq, rule: refusal.rule.code().to_owned() },
            Err(
                AppError::NotOffered { .. } | AppError::UnknownMechanism { .. } | AppError::OutsideTerritory { .. },
            ) => Step::NotRaised { seq, rule: "not_offered".into() },
            Err(e) => return Err(e),
        };
        self.step(parent.id, &step).await.map(drop)
    }

    async fn child_of(&self, parent: &Matter, seq: u32, child: &str) -> Result<MatterId, AppError> {
        let raises = parent.mechanism.action.values().filter_map(|a| a.raises.as_ref()).find(|r| r.child == child);
        let entry = usize::try_from(seq).ok().and_then(|s| parent.entries.get(s.checked_sub(1)?));
        let by_entry = entry.and_then(|e| parent.mechanism.action.get(e.act.effect()?)).and_then(|a| a.raises.as_ref());
        let known = parent.mechanism.child.get(child);
        let (Some(raises), Some(known)) = (by_entry.or(raises), known) else {
            return Err(AppError::corrupt(format!("matter {} asks for a child that its mechanism lacks", parent.id)));
        };
        let fields = self.handed_over(parent, &raises.with).await?;
        let body = entry.and_then(|e| asked_for(&parent.entries, e));
        let behind = Parent { seq: Some(seq), body, ..parent.behind(child) };
        let origin = Origin { parent: Some(behind), ..Origin::default() };
        self.raise_by_itself(&known.mechanism, parent.row.region, fields, origin, format!("{}/{seq}", parent.id)).await
    }

    /// Raises a matter that nobody sends: once for each key.
    pub(crate) async fn raise_by_itself(
        &self,
        mechanism: &str,
        region: kernel::region::RegionCode,
        fields: Raw,
        origin: Origin,
        key: String,
    ) -> Result<MatterId, AppError> {
        let effective = self.offered(mechanism, &region)?;
        let cell = self.cell_of(&region);
        if let Some(row) = self.inner.store.command(cell, PRINCIPAL, &key).await? {
            return Ok(row.matter);
        }
        let id = self.next_id(cell);
        let at = self.now();
        let parent = origin.parent.as_ref().map(|p| p.matter);
        let behind: Vec<MatterId> = parent.into_iter().chain(origin.plan.as_ref().and_then(|p| p.row)).collect();
        let named = self.named_by_itself(&effective.mechanism, &fields, &behind).await;
        let decision = self.decide_by_itself(&effective, region, (&fields, named), origin)?;
        let command = CommandRow { principal: PRINCIPAL.into(), key, request: [0; 32], matter: id, at };
        match self.put_new(id, &effective, &decision, Some(command)).await {
            Ok(_) => Ok(id),
            Err(AppError::Store(StoreError::Duplicate(row))) => Ok(row.matter),
            Err(e) => Err(e),
        }
    }

    fn decide_by_itself(
        &self,
        effective: &Effective,
        region: kernel::region::RegionCode,
        (fields, named): (&Raw, Filled),
        origin: Origin,
    ) -> Result<Decision, AppError> {
        let (directory, mechanism, now) = (self.directory(), &*effective.mechanism, self.now());
        let refused = |r: Refusal| AppError::Refused(Box::new(r), Some(effective.mechanism.clone()));
        let action = mechanism.action.get(RAISE).ok_or_else(|| AppError::corrupt("a mechanism without raising"))?;
        let mut filled = check(mechanism, action, fields, &BTreeMap::new(), &*directory)
            .map_err(|errors| refused(Rule::Fields(errors).into()))?;
        filled.extend(named);
        let seed = bytes(self.random().as_mut());
        let calendar = self.calendar();
        let ctx = Context {
            mechanism,
            calendar,
            directory: &*directory,
            now,
            seed,
            hash: self.inner.profile.hash(),
            outside: &kernel::outside::NOTHING,
        };
        let promise = self.catalogue().promise(effective, calendar, now);
        let opening = Opening { region, promise, version: effective.version.to_string() };
        let by = raises_as(mechanism).map_err(|r| refused(r.into()))?;
        raise_from(&ctx, by, opening, origin, filled, None).map_err(refused)
    }

    /// The form of a child, filled from its parent: values after `=`, the parent's number, its facts and its words.
    pub(crate) async fn handed_over(&self, parent: &Matter, with: &BTreeMap<String, String>) -> Result<Raw, AppError> {
        let texts = parent.texts(self, true).await?;
        let word = |field: &str| texts.iter().rev().find(|((_, f), _)| f == field).map(|(_, t)| Json::from(t.as_str()));
        let mut raw = Raw::new();
        for (target, source) in with {
            let value = match source.strip_prefix('=') {
                Some(value) => Some(value.trim().into()),
                None if source.starts_with(THE_BODY) => {
                    parent.file.roles.get(source.trim_start_matches(THE_BODY)).map(|b| b.0.into())
                }
                None if source == NUMBER => Some(self.number_text(parent.id, parent.row.number).into()),
                None => parent.file.facts.get(source).map(raw_of).or_else(|| word(source)),
            };
            raw.extend(value.map(|v| (target.clone(), v)));
        }
        Ok(raw)
    }

    /// The form of a hidden child, without what its parent fills in.
    ///
    /// # Errors
    /// `NotFound` for anybody but the person, and where there is none.
    pub async fn hidden_form(
        &self,
        viewer: &Viewer,
        parent: MatterId,
        child: &str,
    ) -> Result<(Effective, Vec<FieldView>), AppError> {
        let (matter, child) = self.hidden_child(viewer, parent, child).await?;
        let effective = self.offered(&child.mechanism, &matter.row.region)?;
        let raise = effective.mechanism.action.get(RAISE).ok_or(AppError::NotFound)?;
        let mut fields = form(self, &effective.mechanism, raise, &matter.row.region);
        fields.retain(|f| !child.with.contains_key(&f.id) && child.shield.as_ref() != Some(&f.id));
        Ok((effective, fields))
    }

    /// Raises a hidden child: the parent learns nothing, and whoever handled the parent is kept out of it.
    ///
    /// # Errors
    /// As `raise`; `NotFound` for anybody but the person.
    pub async fn raise_hidden(
        &self,
        viewer: &Viewer,
        parent: MatterId,
        child: &str,
        fields: Raw,
        key: Option<String>,
    ) -> Result<Raised, AppError> {
        let (matter, known) = self.hidden_child(viewer, parent, child).await?;
        let mut raw = fields;
        raw.extend(self.handed_over(&matter, &known.with).await?);
        if let Some(shield) = &known.shield {
            let file = &matter.file;
            let mut bodies = file.took_part.clone();
            bodies.extend(file.standing.assignee);
            bodies.extend(&file.standing.former);
            bodies.extend(crate::project::holder(&matter.mechanism, file));
            raw.insert(shield.clone(), bodies.iter().map(|b| Json::from(b.0)).collect());
        }
        let behind = Parent { hidden: true, ..matter.behind(child) };
        let origin = Origin { parent: Some(behind), ..Origin::default() };
        let (region, mechanism) = (matter.row.region, known.mechanism.clone());
        let raising = Raising { mechanism, region, fields: raw, occurred: None, idempotency_key: key };
        self.raise_from(viewer, raising, origin).await
    }

    async fn hidden_child(&self, viewer: &Viewer, parent: MatterId, child: &str) -> Result<(Matter, Child), AppError> {
        let matter = self.matter(parent).await?;
        if self.access(viewer, &matter) != crate::access::Access::Own {
            return Err(AppError::NotFound);
        }
        let whole = matter.file.keeping.erased.is_none();
        let known = matter.mechanism.child.get(child).filter(|c| c.hidden && whole);
        let known = known.cloned().ok_or(AppError::NotFound)?;
        Ok((matter, known))
    }
}

/// The body for which an entry asked for a child: where it was approved, whoever had proposed it.
fn asked_for(entries: &[Entry], entry: &Entry) -> Option<BodyId> {
    let by = match entry.act {
        Act::Approved(_, seq) => entries.iter().find(|e| e.seq == seq).map_or(entry.by, |e| e.by),
        _ => entry.by,
    };
    if let By::Post { body, .. } = by { Some(body) } else { None }
}

/// A coded value as a form takes it.
fn raw_of(coded: &Coded) -> Json {
    match coded {
        Coded::Body(b) => b.0.into(),
        Coded::Bodies(all) => all.iter().map(|b| Json::from(b.0)).collect(),
        Coded::Number(n) => (*n).into(),
        Coded::Date(d) => d.to_string().into(),
        Coded::Code(c) => c.as_str().into(),
        // The words of tasks stay in their own file.
        Coded::Tasks(_) => Json::Null,
    }
}
