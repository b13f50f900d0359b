//! The follower: computes again what rests on an older calendar, fires due clocks, drains the outbox, merges search
//! rows; drops what was staged and never named, old commands and expired sessions.
//! Today a notice is recorded for the page of the matter; other channels take the same rows.

use crate::error::AppError;
use crate::installation::App;
use kernel::ids::{Cell, MatterId};
use store::NoticeRow;

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Matters whose clocks were settled.
    pub settled: u32,
    /// Messages taken out of the outbox.
    pub sent: u32,
    /// Search rows merged.
    pub merged: u32,
    /// Matters whose dates were computed again under a newer calendar.
    pub recomputed: u64,
    /// Commands forgotten because they are old.
    pub forgotten: u32,
}

/// How much one round takes at most of each.
const AT_ONCE: u32 = 500;
/// How long the answer of a command is known: longer than a phone that was offline keeps what it could not send.
const COMMAND_DAYS: i64 = 30;

impl App {
    /// One round over one cell. Safe to repeat and to interrupt at any point.
    ///
    /// # Errors
    /// The store.
    pub async fn follow(&self, cell: Cell) -> Result<Round, AppError> {
        let recomputed = self.recompute_next(cell).await?.map_or(0, |page| page.changed);
        let settled = self.tick(cell, AT_ONCE).await?;
        let sent = self.drain(cell).await? + self.plans(cell).await? + self.retire(cell).await?;
        let merged = self.inner.store.merge_terms(cell, AT_ONCE).await?;
        let old = self.now().plus_days(-COMMAND_DAYS);
        self.sweep(cell).await?;
        let forgotten = self.inner.store.purge_commands(cell, old, AT_ONCE).await?;
        Ok(Round { settled, sent, merged, recomputed, forgotten })
    }

    /// Forgets sessions and tokens that have expired, a bounded number in one round; how many.
    ///
    /// # Errors
    /// The store.
    pub async fn forget_sessions(&self) -> Result<u32, AppError> {
        Ok(self.inner.store.purge_sessions(self.now(), AT_ONCE).await?)
    }

    async fn drain(&self, cell: Cell) -> Result<u32, AppError> {
        let rows = self.inner.store.outbox(cell, AT_ONCE).await?;
        if rows.is_empty() {
            return Ok(0);
        }
        let now = self.now();
        let (errands, rows): (Vec<_>, Vec<_>) = rows.into_iter().partition(|r| r.draft.kind == crate::matter::KIN);
        let done = self.errands(&errands).await;
        let ids = rows.iter().map(|r| r.id).chain(done).collect();
        let notice = |r: &store::OutboxRow| NoticeRow {
            matter: r.matter,
            seq: r.draft.seq,
            at: now,
            to: r.draft.to,
            about: r.draft.about.clone(),
            channel: "page".into(),
        };
        let notices = rows.iter().map(notice).collect();
        self.inner.store.sent(cell, ids, notices).await?;
        Ok(u32::try_from(rows.len()).unwrap_or(u32::MAX))
    }

    /// What was sent about a matter.
    ///
    /// # Errors
    /// The store.
    pub async fn notices(&self, id: MatterId) -> Result<Vec<NoticeRow>, AppError> {
        Ok(self.inner.store.notices(id).await?)
    }
}
