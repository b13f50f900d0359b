//! Published words: what an office wrote for everybody to read. Never what a person wrote, never of a shielded matter.

use crate::error::AppError;
use crate::installation::App;
use crate::kin::repeats::{category_of, label};
use crate::matter::Matter;
use crate::project::PUBLISHED;
use kernel::form::Coded;
use kernel::ids::{Cell, MatterId};
use kernel::mechanism::Counted;
use kernel::region::RegionCode;
use kernel::tally::counted_over;
use kernel::text::Text;
use kernel::time::{Date, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;
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
    pub counted: Vec<CountedView>,
}

/// A number that the system counted, and nobody typed.
#[derive(Clone, Debug, Serialize)]
pub struct CountedView {
    /// What it is.
    pub label: Text,
    /// How many.
    pub n: i64,
    /// Of which category, over which days, up to which the counters were read; none for what is counted from links.
    pub days: Option<(Text, Date, Date)>,
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

/// What actions counted, as their entries keep it; what was typed in its place is not among it.
fn counted(matter: &Matter) -> Vec<CountedView> {
    let (m, facts) = (&matter.mechanism, &matter.file.facts);
    let fields: BTreeMap<&String, &Counted> = m.action.values().flat_map(|a| &a.counts).collect();
    let category = category_of(m).and_then(|(id, field)| Some(label(field, &facts.get(id)?.as_code())));
    let known = |(id, what): (&String, &Counted)| {
        let Some(Coded::Number(n)) = facts.get(id) else { return None };
        let over = counted_over(facts, id);
        if what.tally().is_some() && over.is_none() {
            return None;
        }
        let days = over.map(|s| (category.clone().unwrap_or_default(), s.from, s.to));
        Some(CountedView { label: m.field.get(id)?.label.clone(), n: *n, days })
    };
    fields.into_iter().filter_map(known).collect()
}
