//! Work lists, search and what stands on the desk today: paged by key, counted by counters, read by the same access rule.

use crate::error::AppError;
use crate::installation::App;
use crate::matter::title;
use crate::view::{BodyName, body_name};
use crate::viewer::{Staff, Viewer};
use kernel::ids::{BodyId, Cell, MatterId};
use kernel::region::RegionCode;
use kernel::text::Text;
use kernel::time::Timestamp;
use serde::Serialize;
pub use store::{DueRow, Lane, MarkRow};
use store::{ListQuery, MatterRow, WorkRow};

/// A row of a list.
#[derive(Clone, Debug, Serialize)]
pub struct ItemView {
    /// Its public number.
    pub number: String,
    /// The title, where it can be read.
    pub title: Option<String>,
    /// The mechanism.
    pub mechanism: String,
    /// Its name.
    pub mechanism_name: Text,
    /// The state's name.
    pub state_name: Text,
    /// The state.
    pub state: String,
    /// The segment of the ring.
    pub ring: u8,
    /// Who holds it.
    pub holder: Option<BodyName>,
    /// Where, in words.
    pub place: Text,
    /// When it was raised.
    pub raised_at: Timestamp,
    /// What is due first.
    pub due_at: Option<Timestamp>,
    /// Working days until it; negative since.
    pub working_days: Option<i32>,
    /// It is late.
    pub overdue: bool,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Whether the person was heard.
    pub heard: Option<String>,
    /// The cursor of the page after this row.
    pub cursor: String,
}

/// Which list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// The lane.
    pub lane: Lane,
    /// Only for this body of the viewer.
    pub body: Option<BodyId>,
    /// Only this mechanism.
    pub mechanism: Option<String>,
    /// Only within this region.
    pub region: Option<RegionCode>,
    /// Only this segment of the ring.
    pub ring: Option<u8>,
    /// Only what is late now.
    pub overdue: bool,
    /// After this cursor.
    pub after: Option<String>,
    /// At most so many; 100 is the most.
    pub limit: u32,
}

impl Default for Listing {
    fn default() -> Listing {
        Listing {
            lane: Lane::Mine,
            body: None,
            mechanism: None,
            region: None,
            ring: None,
            overdue: false,
            after: None,
            limit: 25,
        }
    }
}

/// How much stands in each lane.
#[derive(Clone, Debug, Default, Serialize)]
pub struct LaneCounts {
    /// It waits for us.
    pub mine: i64,
    /// It waits for somebody else.
    pub others: i64,
    /// We took part and it has ended.
    pub ended: i64,
    /// It waits for our approval.
    pub decide: i64,
    /// It was escalated to us.
    pub escalated: i64,
}

impl App {
    /// A page of a work list of somebody who signed in.
    ///
    /// # Errors
    /// The store.
    pub async fn list(&self, staff: &Staff, listing: &Listing) -> Result<Vec<ItemView>, AppError> {
        let bodies: Vec<BodyId> =
            staff.bodies().into_iter().filter(|b| listing.body.is_none_or(|only| only == *b)).collect();
        let Some(cell) = self.cell_of_staff(staff).filter(|_| !bodies.is_empty()) else { return Ok(Vec::new()) };
        let query = ListQuery {
            cell,
            shielded_from: staff.posts.iter().map(|p| p.body).collect(),
            bodies,
            lane: listing.lane,
            mechanism: listing.mechanism.clone(),
            region: listing.region,
            ring: listing.ring,
            due_before: listing.overdue.then(|| self.now()),
            after: listing.after.as_deref().and_then(|c| read_cursor(c, cell)),
            limit: listing.limit.clamp(1, 100),
        };
        let items = self.inner.store.list(query).await?;
        let mut views = Vec::with_capacity(items.len());
        for item in items {
            let mut view = self.item(&item.matter).await?;
            view.cursor = write_cursor(&item.work);
            views.push(view);
        }
        Ok(views)
    }

    /// How much stands in the lanes of somebody's bodies.
    ///
    /// # Errors
    /// The store.
    pub async fn lane_counts(&self, staff: &Staff) -> Result<LaneCounts, AppError> {
        let mut counts = LaneCounts::default();
        let Some(cell) = self.cell_of_staff(staff) else { return Ok(counts) };
        for body in staff.bodies() {
            for (lane, n) in self.inner.store.lane_counts(cell, body).await? {
                match lane {
                    Lane::Mine => counts.mine += n,
                    Lane::Others => counts.others += n,
                    Lane::Ended => counts.ended += n,
                    Lane::Decide => counts.decide += n,
                    Lane::Escalated => counts.escalated += n,
                }
            }
        }
        Ok(counts)
    }

    /// Searches what this viewer may read: a number, or words of 1 character and more. Newest first.
    ///
    /// # Errors
    /// The store.
    pub async fn search(&self, staff: &Staff, query: &str, limit: u32) -> Result<Vec<ItemView>, AppError> {
        let viewer = Viewer::Staff(staff.clone());
        let mut found = Vec::new();
        if let Ok(id) = self.by_number(query).await {
            found.extend(self.readable_item(&viewer, id, None).await?);
            return Ok(found);
        }
        let Some(cell) = self.cell_of_staff(staff) else { return Ok(found) };
        let terms = crate::terms::of_query(&self.inner.terms, query);
        if terms.is_empty() {
            return Ok(found);
        }
        let mut before = None;
        // A bounded number of pages: a rare reader of a common word does not read the whole store.
        for _ in 0..20 {
            let ids = self.inner.store.search(cell, terms.clone(), before, limit.max(20)).await?;
            for id in &ids {
                found.extend(self.readable_item(&viewer, *id, Some(query)).await?);
                if found.len() >= limit as usize {
                    return Ok(found);
                }
            }
            match ids.last() {
                Some(last) => before = Some(last.serial),
                None => break,
            }
        }
        Ok(found)
    }

    pub(crate) async fn readable_item(
        &self,
        viewer: &Viewer,
        id: MatterId,
        words: Option<&str>,
    ) -> Result<Option<ItemView>, AppError> {
        let matter = self.matter(id).await?;
        let access = self.access(viewer, &matter);
        if !access.reads() {
            return Ok(None);
        }
        if let Some(words) = words {
            let texts = matter.texts(self, false).await?;
            let shown = texts.iter().filter(|((_, f), _)| access.shows(&matter.mechanism, &matter.file, f));
            let all: String = shown.map(|(_, t)| t.as_str()).collect::<Vec<_>>().join("\n");
            if !crate::terms::confirm_all(&all, words) {
                return Ok(None);
            }
        }
        Ok(Some(self.item(&matter.row).await?))
    }

    pub(crate) async fn item(&self, row: &MatterRow) -> Result<ItemView, AppError> {
        let mechanism = self.version(&row.version).await?;
        let keys = self.inner.store.matter_key(row.id).await?;
        let keys = keys.map(|k| self.inner.keyring.open_keys(row.id, &k)).transpose()?;
        let directory = self.directory();
        let now = self.now();
        Ok(ItemView {
            number: self.number_text(row.id, row.number),
            title: keys.as_ref().and_then(|k| title(k, row)),
            mechanism: row.mechanism.clone(),
            mechanism_name: mechanism.mechanism.name.clone(),
            state_name: mechanism.state.get(&row.state).map(|s| s.name.clone()).unwrap_or_default(),
            state: row.state.clone(),
            ring: row.ring,
            holder: row.holder.map(|b| body_name(&directory, b)),
            place: self.place(&row.region),
            raised_at: row.raised_at,
            due_at: row.due_at,
            working_days: row.due_at.map(|d| self.calendar().working_days_between(now.date(), d.date())),
            overdue: row.due_at.is_some_and(|d| now > d),
            ended_at: row.ended_at,
            heard: row.heard.clone(),
            cursor: String::new(),
        })
    }

    /// The public overdue list: number, mechanism, holder and date; never words.
    ///
    /// # Errors
    /// The store.
    pub async fn overdue_list(
        &self,
        cell: Cell,
        after: Option<DueRow>,
        limit: u32,
    ) -> Result<Vec<(ItemView, DueRow)>, AppError> {
        let mut views = Vec::new();
        for row in self.inner.store.listed(cell, after, limit).await? {
            if let Some(matter) = self.inner.store.find_matter(row.id).await?.filter(|m| m.shield.is_empty()) {
                let mut view = self.item(&matter).await?;
                view.title = None;
                views.push((view, row));
            }
        }
        Ok(views)
    }

    /// The cell that somebody's work lies in: the county of the first post.
    #[must_use]
    pub fn cell_of_staff(&self, staff: &Staff) -> Option<Cell> {
        let directory = self.directory();
        let mut regions = staff.posts.iter().filter_map(|p| directory.body(p.body)).map(|b| b.region);
        let territory = &self.settings().territory;
        let region = regions.find(|r| territory.contains(r));
        Some(self.cell_of(&region.unwrap_or(*territory)))
    }
}

fn write_cursor(row: &WorkRow) -> String {
    format!("{}.{}.{}.{}", row.order, row.id.serial, row.body.0, row.lane as u8)
}

fn read_cursor(text: &str, cell: Cell) -> Option<WorkRow> {
    let mut parts = text.split('.');
    let order = parts.next()?.parse().ok()?;
    let serial = parts.next()?.parse().ok()?;
    let body = BodyId(parts.next()?.parse().ok()?);
    let lane = match parts.next()? {
        "0" => Lane::Mine,
        "1" => Lane::Others,
        "2" => Lane::Ended,
        "3" => Lane::Decide,
        "4" => Lane::Escalated,
        _ => return None,
    };
    parts.next().is_none().then_some(WorkRow { body, lane, order, id: MatterId { cell, serial } })
}
