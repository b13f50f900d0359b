//! The whole store: verify every case file with what belongs to it, rebuild what is derived. Both use the functions of the
//! live path. The transparency log is checked in `log::verify`; what the store can check by itself, it does (`Store::audit`).

mod check;
mod rebuild;

use crate::error::AppError;
use crate::installation::App;
use check::Piece;
use kernel::ids::Cell;
pub use rebuild::REBUILDING;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use store::{CounterKey, CounterQuery};

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Damage {
    /// Which matter, by its number, or by its id where the number cannot be read; none for the store as a whole.
    pub number: Option<String>,
    /// What was found.
    pub what: String,
}

/// What was looked at.
#[derive(Clone, Debug, Default)]
pub struct Verified {
    /// Matters.
    pub matters: u64,
    /// Entries.
    pub entries: u64,
    /// What does not hold.
    pub damage: Vec<Damage>,
    /// Every matter up to this serial was looked at.
    pub done: Option<i64>,
}

/// Which part of the work is to be done, and how.
#[derive(Clone, Copy, Debug)]
pub struct Walk {
    /// The cell.
    pub cell: Cell,
    /// Matters up to this serial were verified before: they are only counted.
    pub done: Option<i64>,
    /// Pieces at once, each on a thread of its own.
    pub jobs: usize,
}

/// Matters in one piece of work: what bounds the memory of a run, together with the jobs.
const PIECE: u32 = 1_024;

/// Sums by counter and slot.
type Recount = BTreeMap<(CounterKey, u8), i64>;

/// The versions that were found in the store, and what is wrong with those that are.
type Versions = Arc<Mutex<BTreeMap<String, Option<String>>>>;

impl App {
    /// Verifies a cell: chains, commitments, projections, attachments, letters, counters. `progress` hears how many matters
    /// are done.
    ///
    /// # Errors
    /// The store, where it cannot be read at all.
    pub async fn verify_cell(&self, cell: Cell, progress: &mut (dyn FnMut(u64) + Send)) -> Result<Verified, AppError> {
        let walk = Walk { cell, done: None, jobs: 1 };
        self.verify_walk(walk, &mut |found| progress(found.matters)).await
    }

    /// The same in parallel, and going on where an earlier run stopped. `progress` hears the state after each piece, in
    /// order. Counters need a store that stands still, or was opened frozen.
    ///
    /// # Errors
    /// The store, where it cannot be read at all.
    pub async fn verify_walk(
        &self,
        walk: Walk,
        progress: &mut (dyn FnMut(&Verified) + Send),
    ) -> Result<Verified, AppError> {
        let mut found = Verified::default();
        let mut recount = Recount::new();
        let versions = Versions::default();
        let mut running = VecDeque::new();
        let (mut after, mut more) = (None, true);
        loop {
            while more && running.len() < walk.jobs.max(1) {
                let serials = self.inner.store.serials(walk.cell, after, PIECE).await?;
                let Some(last) = serials.last().copied() else {
                    more = false;
                    break;
                };
                after = Some(last);
                let known = walk.done.is_some_and(|done| last <= done);
                running.push_back(self.start_piece(walk.cell, serials, known, versions.clone()));
            }
            let Some(next) = running.pop_front() else { break };
            let piece = next.await.map_err(|e| AppError::corrupt(format!("verifying broke off: {e}")))?;
            found.matters += piece.matters;
            found.entries += piece.entries;
            found.damage.extend(piece.damage);
            found.done = Some(piece.last);
            piece.recount.into_iter().for_each(|(k, n)| *recount.entry(k).or_default() += n);
            progress(&found);
        }
        let compared = self.compare_counters(walk.cell, recount).await;
        found.damage.extend(compared.unwrap_or_else(|e| {
            vec![Damage { number: None, what: format!("the counters cannot be read: {}", words(&e)) }]
        }));
        Ok(found)
    }

    fn start_piece(
        &self,
        cell: Cell,
        serials: Vec<i64>,
        known: bool,
        versions: Versions,
    ) -> tokio::task::JoinHandle<Piece> {
        let (app, runtime) = (self.clone(), tokio::runtime::Handle::current());
        // Hashing and opening keep a thread busy: beside those that answer requests.
        tokio::task::spawn_blocking(move || runtime.block_on(app.check_piece(cell, &serials, known, &versions)))
    }

    /// What the store finds wrong by itself: pages, indexes, schema, rows that no chain covers, numbers of letters, looks,
    /// the installation's own rows.
    ///
    /// # Errors
    /// The store, where it cannot be read at all.
    pub async fn verify_store(&self) -> Result<Vec<Damage>, AppError> {
        let mut all = Vec::new();
        for finding in self.inner.store.audit().await? {
            let number = match finding.matter {
                Some(id) => {
                    let row = self.inner.store.find_matter(id).await.ok().flatten();
                    Some(row.map_or_else(|| id.to_string(), |row| self.number_text(id, row.number)))
                }
                None => None,
            };
            all.push(Damage { number, what: finding.what });
        }
        let records = self.verify_directory().await;
        all.extend(records.unwrap_or_else(|e| {
            vec![Damage {
                number: None,
                what: format!("the records of the administration cannot be read: {}", words(&e)),
            }]
        }));
        Ok(all)
    }

    async fn compare_counters(&self, cell: Cell, mut recount: Recount) -> Result<Vec<Damage>, AppError> {
        let stored: Recount = match self.inner.store.counter_slots(cell).await? {
            Some(slots) => slots.into_iter().map(|d| ((d.key, d.slot), d.by)).collect(),
            None => {
                let mut sums = Recount::new();
                recount.into_iter().for_each(|((key, _), n)| *sums.entry((key, 0)).or_default() += n);
                recount = sums;
                let rows = self.inner.store.counters(CounterQuery::everything(cell)).await?;
                rows.into_iter().map(|r| ((r.key, 0), r.n)).collect()
            }
        };
        let said = |from: &Recount, k: &(CounterKey, u8)| from.get(k).copied().unwrap_or(0);
        let all = recount.keys().chain(stored.keys().filter(|k| !recount.contains_key(k)));
        let wrong = all.filter(|k| said(&recount, k) != said(&stored, k));
        let damage = |(k, _): &(CounterKey, u8)| Damage {
            number: None,
            what: format!("the counter {} of {} is not its recount", k.series, k.day),
        };
        let mut damage: Vec<Damage> = wrong.map(damage).collect();
        damage.dedup();
        Ok(damage)
    }
}

fn words(error: &AppError) -> String {
    match error {
        AppError::Store(store::StoreError::Corrupt { what }) => what.clone(),
        AppError::Store(store::StoreError::Unavailable { during, source }) => format!("{during}: {source}"),
        other => other.to_string(),
    }
}
