//! The shelf of questions and answers: published words of matters whose mechanism says that they stand there, for as long
//! as they run. Read by everybody; searched by the words of question and answer.

use crate::error::AppError;
use crate::installation::App;
use crate::project::{PUBLISHED, SHELF};
use crate::view::{BodyName, body_name};
use kernel::entry::{Act, By, Entry};
use kernel::ids::{Cell, MatterId};
use kernel::mechanism::Mechanism;
use kernel::region::RegionCode;
use kernel::text::Text;
use kernel::time::Timestamp;
use serde::Serialize;
use store::{MarkQuery, MarkRow};

/// A question with its answer.
#[derive(Clone, Debug, Serialize)]
pub struct ShelfView {
    /// The number of the matter that keeps it.
    pub number: String,
    /// The question.
    pub title: String,
    /// The answer, as it was published.
    pub words: String,
    /// Whose it is.
    pub keeper: Option<BodyName>,
    /// Where it holds, in words.
    pub place: Text,
    /// Where it stands.
    pub state: Text,
    /// When these words were published.
    pub at: Timestamp,
    /// When it was published, or checked by its keeper since.
    pub touched: Timestamp,
    /// By when it is to be checked again; in the past where that was missed.
    pub check_by: Option<Timestamp>,
}

impl App {
    /// What stands on the shelf of a cell and holds all these words, the newest first; and where the next page begins
    /// (only without words: a search gives its best page).
    ///
    /// # Errors
    /// The store.
    pub async fn shelf(
        &self,
        cell: Cell,
        region: &RegionCode,
        words: &str,
        after: Option<MarkRow>,
        limit: u32,
    ) -> Result<(Vec<ShelfView>, Option<MarkRow>), AppError> {
        if !words.trim().is_empty() {
            return Ok((self.shelf_search(cell, region, words, limit).await?, None));
        }
        let (mut views, mut at) = (Vec::new(), after);
        // A bounded number of pages: a small place in a large cell does not read the whole shelf.
        for _ in 0..10 {
            let (kind, key) = (PUBLISHED.into(), SHELF.into());
            let query = MarkQuery { cell, kind, key, before: None, after: at.clone(), limit };
            let rows = self.inner.store.marks(query).await?;
            let last = rows.len() < limit as usize;
            for row in rows {
                at = Some(row.clone());
                views.extend(self.shelf_view(row.id, region, None).await?);
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

    async fn shelf_search(
        &self,
        cell: Cell,
        region: &RegionCode,
        words: &str,
        limit: u32,
    ) -> Result<Vec<ShelfView>, AppError> {
        let mut terms = crate::terms::of_query(&self.inner.terms, words);
        if terms.is_empty() {
            return Ok(Vec::new());
        }
        terms.push(self.inner.terms.mark(SHELF));
        terms.sort_unstable();
        let (mut views, mut before) = (Vec::new(), None);
        for _ in 0..10 {
            let ids = self.inner.store.search(cell, terms.clone(), before, limit.max(20)).await?;
            for id in &ids {
                views.extend(self.shelf_view(*id, region, Some(words)).await?);
                if views.len() >= limit as usize {
                    return Ok(views);
                }
            }
            let Some(last) = ids.last() else { break };
            before = Some(last.serial);
        }
        Ok(views)
    }

    /// The place of a mechanism's matters among the search terms, so that a search of the shelf meets nothing else.
    pub(crate) fn shelf_term(&self, mechanism: &Mechanism) -> Option<u64> {
        mechanism.mechanism.shelf.as_ref().map(|_| self.inner.terms.mark(SHELF))
    }

    async fn shelf_view(
        &self,
        id: MatterId,
        region: &RegionCode,
        words: Option<&str>,
    ) -> Result<Option<ShelfView>, AppError> {
        let matter = self.matter(id).await?;
        let within = region.contains(&matter.row.region) || matter.row.region.contains(region);
        let Some(shelf) = matter.mechanism.mechanism.shelf.as_ref().filter(|_| within) else { return Ok(None) };
        let Some(published) = matter.file.kin.published.as_ref().filter(|_| matter.file.ended.is_none()) else {
            return Ok(None);
        };
        let mut texts = matter.texts(self, false).await?;
        let answer = texts.remove(&(published.seq, published.field.clone()));
        let title = texts.into_iter().rev().find(|((_, field), _)| *field == shelf.title).map(|(_, text)| text);
        let (Some(answer), Some(title)) = (answer, title) else { return Ok(None) };
        if words.is_some_and(|w| !crate::terms::confirm_all(&format!("{title}\n{answer}"), w)) {
            return Ok(None);
        }
        // The keeper's own clock: neither a superior's nor that of an approval.
        let own = matter.file.clocks.iter().filter(|(id, c)| !id.contains(['^', ':']) && c.suspended.is_none());
        let clock = own.map(|(_, c)| c).min_by_key(|c| c.dates.due);
        let state = matter.mechanism.state.get(&matter.row.state).map(|s| s.name.clone()).unwrap_or_default();
        let keeper = matter.file.standing.assignee;
        let own = |e: &&Entry| matches!((e.by, &e.act), (By::Post { body, .. }, Act::Did(_)) if Some(body) == keeper);
        let touched = matter.entries.iter().rev().find(own).map(|e| e.at);
        let directory = self.directory();
        Ok(Some(ShelfView {
            number: self.number_text(id, matter.row.number),
            title,
            words: answer,
            keeper: keeper.map(|b| body_name(&directory, b)),
            place: self.place(&matter.row.region),
            state,
            at: published.at,
            touched: touched.map_or(published.at, |at| at.max(published.at)),
            check_by: clock.map(|c| c.dates.due),
        }))
    }
}
