//! A newer edition of the calendar: every running matter is computed again, page by page in the order of its ids.
//! Doing a page twice appends nothing the second time, so it may be interrupted at any point; how far a cell is done is
//! kept beside it. Intake goes on meanwhile: a matter that moves in between is simply taken again.

use crate::error::AppError;
use crate::installation::App;
use crate::matter::{Matter, read_chain};
use kernel::calendar::Calendar;
use kernel::decide::{Command, decide};
use kernel::entry::Act;
use kernel::file::CaseFile;
use kernel::ids::{Cell, MatterId};
use store::{Loaded, StoreError};

/// What a round of recomputing did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recomputed {
    /// Matters looked at.
    pub seen: u64,
    /// Matters whose dates changed.
    pub changed: u64,
}

/// Matters read at once.
const PAGE: u32 = 200;
/// How often a matter that moves under our hands is taken again.
const AGAIN: u32 = 5;

impl App {
    /// Takes another edition of the calendar from now on; whether it is another one. The follower then computes again.
    pub fn take_calendar(&self, calendar: Calendar) -> bool {
        if calendar.digest() == self.calendar().digest() {
            return false;
        }
        self.inner.calendars.put(calendar);
        // After it: what is made from now on counts by the new one, and nothing made before is given again.
        self.inner.finished.outdate();
        self.catalogue().forget_promises();
        self.inner.recomputed.lock().expect("invariant: no panic under this lock").clear();
        true
    }

    /// Computes a whole cell again under the calendar of today. `progress` hears how many matters were looked at.
    ///
    /// # Errors
    /// The store; `Corrupt` if a chain does not hold.
    pub async fn recompute_cell(
        &self,
        cell: Cell,
        progress: &mut (dyn FnMut(u64) + Send),
    ) -> Result<Recomputed, AppError> {
        let mut sum = Recomputed::default();
        let mut after = None;
        loop {
            let (page, last) = self.recompute_page(cell, after).await?;
            sum.seen += page.seen;
            sum.changed += page.changed;
            progress(sum.seen);
            let Some(last) = last else { return Ok(sum) };
            after = Some(last);
        }
    }

    /// The follower's part: the next page of a cell that does not rest on the calendar of today; none once it does.
    ///
    /// # Errors
    /// As `recompute_cell`.
    pub async fn recompute_next(&self, cell: Cell) -> Result<Option<Recomputed>, AppError> {
        if self.inner.recomputed.lock().expect("invariant: no panic under this lock").contains(&cell) {
            return Ok(None);
        }
        let (setting, digest) = (format!("calendar/{}", cell.0), self.calendar().digest());
        let mark = self.inner.store.setting(&setting).await?.unwrap_or_default();
        let done = mark.strip_prefix(&digest).map(str::trim);
        if done != Some("done") {
            let after = done.and_then(|cursor| cursor.parse().ok());
            let (page, last) = self.recompute_page(cell, after).await?;
            let cursor = last.map_or_else(|| "done".to_owned(), |last| last.to_string());
            self.inner.store.put_setting(&setting, &format!("{digest} {cursor}")).await?;
            if last.is_some() {
                return Ok(Some(page));
            }
            tracing::info!(cell = cell.0, "every running matter rests on the calendar of today");
        }
        if digest == self.calendar().digest() {
            self.inner.recomputed.lock().expect("invariant: no panic under this lock").insert(cell);
        }
        Ok(None)
    }

    async fn recompute_page(&self, cell: Cell, after: Option<i64>) -> Result<(Recomputed, Option<i64>), AppError> {
        let page = self.inner.store.scan(cell, after, PAGE).await?;
        let last = page.last().map(|l| l.matter.id.serial);
        let mut sum = Recomputed { seen: page.len() as u64, changed: 0 };
        for loaded in page.into_iter().filter(|l| l.matter.ended_at.is_none()) {
            sum.changed += u64::from(self.recompute_one(loaded).await?);
        }
        Ok((sum, last))
    }

    /// Whether the dates of a matter changed. What cannot be computed is reported and left, so that it holds up no other.
    async fn recompute_one(&self, loaded: Loaded) -> Result<bool, AppError> {
        let id = loaded.matter.id;
        let mut next = Some(loaded);
        for _ in 0..AGAIN {
            let Some(loaded) = next.take() else { return Ok(false) };
            match self.recomputed(loaded).await {
                Err(AppError::Store(StoreError::Conflict)) => next = self.inner.store.load(id).await?,
                Err(AppError::Refused(refusal, _)) => {
                    tracing::error!(matter = %id, rule = %refusal.rule, "dates cannot be computed again");
                    return Ok(false);
                }
                Err(AppError::Store(StoreError::Corrupt { what })) => {
                    tracing::error!(matter = %id, %what, "dates cannot be computed again");
                    return Ok(false);
                }
                outcome => return outcome,
            }
        }
        Err(AppError::Conflict)
    }

    async fn recomputed(&self, loaded: Loaded) -> Result<bool, AppError> {
        let id: MatterId = loaded.matter.id;
        let entries = read_chain(id, &loaded.entries, &loaded.matter.head)?;
        let mechanism = self.version(&loaded.matter.version).await?;
        // Nothing personal is written, so no key is opened.
        let matter = if mechanism.vote.is_empty() {
            let (file, outside) = (CaseFile::fold(&entries), kernel::outside::Outside::default());
            Matter { id, row: loaded.matter, file, entries, mechanism, keys: None, outside }
        } else {
            // What expires meanwhile may close a vote, and then the ballots are counted.
            self.matter(id).await?
        };
        let directory = self.directory();
        let ctx = self.context(&matter, &*directory);
        // What does not change is left to the follower's own round, with all that is due.
        if kernel::recompute::recompute(&ctx, &matter.file).is_none() {
            return Ok(false);
        }
        let decision = decide(&ctx, &matter.file, &Default::default(), &Command::Recompute)
            .map_err(|r| AppError::Refused(Box::new(r), Some(matter.mechanism.clone())))?;
        self.commit(&matter, &decision, None).await?;
        Ok(decision.entries.iter().any(|e| e.act == Act::Recomputed))
    }

    /// Whether a cell is known to rest on the calendar of today.
    pub(crate) fn rests_on_today(&self, cell: Cell) -> bool {
        self.inner.recomputed.lock().expect("invariant: no panic under this lock").contains(&cell)
    }
}
