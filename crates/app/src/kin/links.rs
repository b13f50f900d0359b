//! Links between matters, matters that are alike, and one answer for several. Nobody is shown what he may not read, and
//! a link says nothing to whoever may read only one end.

use crate::access::Access;
use crate::act::{Acted, Acting};
use crate::error::AppError;
use crate::installation::App;
use crate::lists::ItemView;
use crate::viewer::{Staff, Viewer};
use kernel::ids::MatterId;
use kernel::kin::{LinkKind, Step, may_link};
use kernel::refusal::{FieldError, Refusal, Rule};
use kernel::region::RegionCode;
use kernel::text::Text;
use std::collections::BTreeMap;

/// What to compare a new matter with.
#[derive(Clone, Debug)]
pub struct Similar<'a> {
    /// Its words.
    pub words: &'a str,
    /// Where it is.
    pub region: RegionCode,
    /// Its mechanism; others come after.
    pub mechanism: &'a str,
    /// Itself, where it is a matter already.
    pub except: Option<MatterId>,
}

/// What became of another matter that was to be answered alike.
#[derive(Debug)]
pub struct AlsoDone {
    /// Its number.
    pub number: String,
    /// What came of it.
    pub result: Result<Acted, AppError>,
}

/// How many words are looked up, and how many hits of each are read.
const WORDS: usize = 12;
const HITS: u32 = 60;

impl App {
    /// Links two matters, or takes the link back.
    ///
    /// # Errors
    /// `NotFound` if either may not be read, `Refused` if this person holds and dispatches neither.
    pub async fn link(
        &self,
        viewer: &Viewer,
        id: MatterId,
        other: &str,
        kind: LinkKind,
        on: bool,
    ) -> Result<(), AppError> {
        let other = self.by_number(other.trim()).await?;
        let (ours, theirs) = (self.matter(id).await?, self.matter(other).await?);
        if [&ours, &theirs].iter().any(|m| !matches!(self.access(viewer, m), Access::Handler { .. })) {
            return Err(AppError::NotFound);
        }
        let refused = |r: Refusal| AppError::Refused(Box::new(r), Some(ours.mechanism.clone()));
        if other == id {
            let message = Text::new(
                "不能和自己关联，请填另一件的编号",
                "a matter is not linked with itself; give another number",
            );
            let error = FieldError { field: "number".into(), code: "itself", message };
            return Err(refused(Rule::Fields(vec![error]).into()));
        }
        let directory = self.directory();
        let may = |m: &crate::matter::Matter| may_link(&self.context(m, &*directory), &m.file, &viewer.actor(m.id));
        let by = may(&ours).or_else(|rule| may(&theirs).map_err(|_| rule)).map_err(|r| refused(r.into()))?;
        for (here, there) in [(id, other), (other, id)] {
            self.step(here, &Step::Link { kind, other: there, on, by: Some(by) }).await?;
        }
        Ok(())
    }

    /// Open matters that this person may read and that are alike: near by, of the same kind, with the same words.
    ///
    /// # Errors
    /// The store.
    pub async fn similar(&self, staff: &Staff, like: &Similar<'_>, limit: usize) -> Result<Vec<ItemView>, AppError> {
        let cell = self.cell_of(&like.region);
        let normal: Vec<char> = crate::terms::normalise(like.words).chars().take(400).collect();
        let pairs: Vec<String> = normal.windows(2).map(|w| w.iter().collect()).collect();
        // Pairs from all over the text rather than its beginning: what people begin with is alike everywhere.
        let every = pairs.len().div_ceil(WORDS).max(1);
        let mut hits: BTreeMap<MatterId, usize> = BTreeMap::new();
        for pair in pairs.iter().step_by(every) {
            let terms = crate::terms::of_query(&self.inner.terms, pair);
            if terms.is_empty() {
                continue;
            }
            for id in self.inner.store.search(cell, terms, None, HITS).await? {
                *hits.entry(id).or_default() += 1;
            }
        }
        let asked = pairs.iter().step_by(every).count();
        let enough = |n: usize| n * 3 >= asked.max(1);
        let mut found: Vec<(usize, MatterId)> = Vec::new();
        for (id, n) in hits.into_iter().filter(|(id, n)| Some(*id) != like.except && enough(*n)) {
            let Some(row) = self.inner.store.find_matter(id).await?.filter(|r| r.ended_at.is_none()) else { continue };
            let near = like.region.contains(&row.region) || row.region.contains(&like.region);
            let n = n + usize::from(near) * 2 + usize::from(row.mechanism == like.mechanism) * 2;
            found.push((n, id));
        }
        found.sort_by_key(|(n, id)| (std::cmp::Reverse(*n), std::cmp::Reverse(*id)));
        let viewer = Viewer::Staff(staff.clone());
        let mut items = Vec::new();
        for (_, id) in found.into_iter().take(limit * 4) {
            items.extend(self.readable_item(&viewer, id, None).await?);
            if items.len() >= limit {
                break;
            }
        }
        Ok(items)
    }

    /// Does the same action on matters that are linked as the same; each person gets her own answer and her own dates.
    pub async fn act_also(&self, viewer: &Viewer, id: MatterId, acting: &Acting, also: &[String]) -> Vec<AlsoDone> {
        let mut done = Vec::new();
        for (i, number) in also.iter().enumerate() {
            let result = self.act_on_same(viewer, id, acting, number, i).await;
            done.push(AlsoDone { number: number.clone(), result });
        }
        done
    }

    async fn act_on_same(
        &self,
        viewer: &Viewer,
        id: MatterId,
        acting: &Acting,
        number: &str,
        i: usize,
    ) -> Result<Acted, AppError> {
        let other = self.by_number(number.trim()).await?;
        let ours = self.matter(id).await?;
        if !ours.file.kin.links.contains(&(LinkKind::Same, other)) {
            return Err(AppError::NotFound);
        }
        let key = acting.idempotency_key.as_ref().map(|k| format!("{k}/{i}"));
        let acting = Acting { seen: None, idempotency_key: key, ..acting.clone() };
        self.act(viewer, other, &acting).await
    }

    /// Whether any matter is linked as the same.
    ///
    /// # Errors
    /// The store.
    pub async fn linked_same(&self, id: MatterId) -> Result<bool, AppError> {
        Ok(self.matter(id).await?.file.kin.links.iter().any(|(k, _)| *k == LinkKind::Same))
    }

    /// The matters linked as the same that this person may read and on which the action is possible now.
    ///
    /// # Errors
    /// The store.
    pub async fn same_possible(&self, viewer: &Viewer, id: MatterId, action: &str) -> Result<Vec<ItemView>, AppError> {
        let mut items = Vec::new();
        for (_, other) in self.matter(id).await?.file.kin.links.iter().filter(|(k, _)| *k == LinkKind::Same) {
            let matter = self.matter(*other).await?;
            let directory = self.directory();
            let ctx = self.context(&matter, &*directory);
            let possible = kernel::decide::possible_for(&ctx, &matter.file, &viewer.actor(*other));
            if possible.contains(&action) {
                items.extend(self.readable_item(viewer, *other, None).await?);
            }
        }
        Ok(items)
    }
}
