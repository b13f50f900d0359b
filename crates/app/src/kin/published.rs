//! Published words: what an office wrote for everybody to read. Never what a person wrote, never of a shielded matter.

use crate::error::AppError;
use crate::installation::App;
use crate::matter::Matter;
use crate::project::PUBLISHED;
use kernel::form::Coded;
use kernel::ids::{Cell, MatterId};
use kernel::region::RegionCode;
use kernel::text::Text;
use kernel::time::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;
use store::{MarkQuery, MarkRow};

/// A matter as everybody may see it.
#[derive(Clone, Debug, Serialize)]
pub struct PublishedView {
    /// Its public number.
    pub number: String,
    /// What it is.
    pub mechanism: Text,
    /// Where, in words.
    pub place: Text,
    /// What was written for everybody.
    pub words: String,
    /// Where it stands.
    pub state: Text,
    /// The segment of the ring.
    pub ring: u8,
    /// It has ended.
    pub ended: bool,
    /// When it was published.
    pub at: Timestamp,
    /// What was counted while it was handled, and not typed, with what it is called.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub counted: Vec<(Text, i64)>,
}

impl App {
    /// Published matters of a cell, the newest first, and where the next page begins.
    ///
    /// # Errors
    /// The store.
    pub async fn published(
        &self,
        cell: Cell,
        region: Option<&RegionCode>,
        after: Option<MarkRow>,
        limit: u32,
    ) -> Result<(Vec<PublishedView>, Option<MarkRow>), AppError> {
        let (mut views, mut at) = (Vec::new(), after);
        // A bounded number of pages: a small place in a large cell does not read the whole index.
        for _ in 0..10 {
            let query =
                MarkQuery { cell, kind: PUBLISHED.into(), key: String::new(), before: None, after: at.clone(), limit };
            let rows = self.inner.store.marks(query).await?;
            let last = rows.len() < limit as usize;
            for row in rows {
                at = Some(row.clone());
                views.extend(self.published_view(&row, region).await?);
                if views.len() >= limit as usize {
                    return Ok((views, at));
                }
            }
            if last {
                return Ok((views, None));
            }
        }
        Ok((views, at))
    }

    pub(super) async fn published_view(
        &self,
        row: &MarkRow,
        region: Option<&RegionCode>,
    ) -> Result<Option<PublishedView>, AppError> {
        let Some(matter) = self.inner.store.find_matter(row.id).await? else { return Ok(None) };
        if region.is_some_and(|r| !r.contains(&matter.region)) || !matter.shield.is_empty() {
            return Ok(None);
        }
        let whole = self.matter(row.id).await?;
        let Some(words) = self.words_of(&whole).await? else { return Ok(None) };
        let mechanism = &whole.mechanism;
        Ok(Some(PublishedView {
            number: self.number_text(row.id, matter.number),
            mechanism: mechanism.mechanism.name.clone(),
            place: self.place(&matter.region),
            words,
            state: mechanism.state.get(&matter.state).map(|s| s.name.clone()).unwrap_or_default(),
            ring: matter.ring,
            ended: matter.ended_at.is_some(),
            at: Timestamp(-row.order),
            counted: counted(&whole),
        }))
    }

    /// The published words of a matter; none where nothing is published, or its keys are gone.
    pub(crate) async fn published_words(&self, id: MatterId) -> Result<Option<String>, AppError> {
        let matter = self.matter(id).await?;
        self.words_of(&matter).await
    }

    async fn words_of(&self, matter: &Matter) -> Result<Option<String>, AppError> {
        let Some(published) = &matter.file.kin.published else { return Ok(None) };
        let mut texts = matter.texts(self, false).await?;
        Ok(texts.remove(&(published.seq, published.field.clone())))
    }
}

/// What actions counted, as their entries keep it.
fn counted(matter: &Matter) -> Vec<(Text, i64)> {
    let fields: BTreeSet<&String> = matter.mechanism.action.values().flat_map(|a| a.counts.keys()).collect();
    let known = |id: &String| match matter.file.facts.get(id) {
        Some(Coded::Number(n)) => Some((matter.mechanism.field.get(id)?.label.clone(), *n)),
        _ => None,
    };
    fields.into_iter().filter_map(known).collect()
}
