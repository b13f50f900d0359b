//! Making everything derived again from the case files, so that a half-made store is noticed and finished at the next start.

use crate::count::deltas;
use crate::error::AppError;
use crate::installation::App;
use crate::matter::{open_fields, read_chain};
use crate::project::{due, marks, row, work};
use kernel::entry::Entry;
use kernel::file::CaseFile;
use kernel::ids::{Cell, MatterId};
use kernel::mechanism::Mechanism;
use store::{CounterDelta, Derived, Loaded, MatterRow};

/// The setting that says that a rebuild has begun and not ended.
pub const REBUILDING: &str = "rebuilding";

const PAGE: u32 = 500;

impl App {
    /// Rebuilds every cell. Whatever stops it, the store knows that it is half done; `finish_rebuild` begins again.
    ///
    /// # Errors
    /// The store; `Corrupt` if a chain does not hold.
    pub async fn rebuild(&self, progress: &mut (dyn FnMut(u64) + Send)) -> Result<u64, AppError> {
        self.inner.store.put_setting(REBUILDING, "yes").await?;
        let mut done = 0;
        for cell in self.inner.store.cells_fanout().await? {
            let before = done;
            done += self.rebuild_cell(cell, &mut |n| progress(before + n)).await?;
        }
        self.inner.store.put_setting(REBUILDING, "").await?;
        Ok(done)
    }

    /// Finishes a rebuild that was interrupted; whether there was one.
    ///
    /// # Errors
    /// As `rebuild`.
    pub async fn finish_rebuild(&self) -> Result<bool, AppError> {
        let begun = self.inner.store.setting(REBUILDING).await?.is_some_and(|s| !s.is_empty());
        if begun {
            self.rebuild(&mut |_| {}).await?;
        }
        Ok(begun)
    }

    /// The same for one cell; nobody hears of an interruption.
    ///
    /// # Errors
    /// The store; `Corrupt` if a chain does not hold.
    pub async fn rebuild_cell(&self, cell: Cell, progress: &mut (dyn FnMut(u64) + Send)) -> Result<u64, AppError> {
        self.inner.store.clear_derived(cell).await?;
        let mut after = None;
        let mut done = 0;
        loop {
            let page = self.inner.store.scan(cell, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.matter.id.serial);
            let mut rows: Vec<(MatterRow, Derived)> = Vec::new();
            let mut counters = Vec::new();
            for loaded in &page {
                let (derived, deltas) = self.rederive(loaded).await?;
                rows.push(derived);
                counters.extend(deltas);
            }
            done += rows.len() as u64;
            self.inner.store.put_derived(cell, rows, counters).await?;
            progress(done);
        }
        Ok(done)
    }

    async fn rederive(&self, loaded: &Loaded) -> Result<((MatterRow, Derived), Vec<CounterDelta>), AppError> {
        let id = loaded.matter.id;
        let entries = read_chain(id, &loaded.entries, &loaded.matter.head)?;
        let first = CaseFile::fold(&entries[..entries.len().min(1)]);
        let opened = first.opened.ok_or_else(|| AppError::corrupt(format!("matter {id} was never opened")))?;
        let mechanism = self.version(&opened.version).await?;
        let mut counters = Vec::new();
        let file = fold_counting(&mechanism, id, &entries, |_, _, d| counters.extend(d));
        let number = file.opened.as_ref().and_then(|o| o.number).unwrap_or(loaded.matter.number);
        let fresh = row(&mechanism, &file, id, number, loaded.matter.title.clone(), loaded.matter.head);
        let terms = self.terms_of(id, &mechanism).await?;
        let marks = marks(&mechanism, &file, id);
        Ok(((fresh, Derived { work: work(&mechanism, &file, id), due: due(&file, id), terms, marks }), counters))
    }

    async fn terms_of(&self, id: MatterId, mechanism: &Mechanism) -> Result<Vec<u64>, AppError> {
        let Some(key) = self.inner.store.matter_key(id).await? else { return Ok(Vec::new()) };
        let keys = self.inner.keyring.open_keys(id, &key)?;
        let mut terms = Vec::new();
        for row in self.inner.store.vault(id).await?.iter().filter(|r| r.class != kernel::ids::Class::Sealed) {
            for (field, value) in open_fields(&keys, id, row)? {
                if let Some(words) = crate::terms::searched(mechanism, &field, &value.text) {
                    terms.extend(crate::terms::of_text(&self.inner.terms, &words));
                }
            }
        }
        terms.extend(self.shelf_term(mechanism));
        terms.sort_unstable();
        terms.dedup();
        Ok(terms)
    }
}

/// Folds the entries of a matter: what each of them counts, and the file after it.
pub fn fold_counting(
    m: &Mechanism,
    id: MatterId,
    entries: &[Entry],
    mut hear: impl FnMut(&Entry, &CaseFile, Vec<CounterDelta>),
) -> CaseFile {
    // Two files, one an entry behind the other: quicker than a copy before each entry.
    let (mut before, mut after) = (CaseFile::default(), CaseFile::default());
    for (n, entry) in entries.iter().enumerate() {
        if let Some(last) = n.checked_sub(1).and_then(|n| entries.get(n)) {
            before.evolve(last);
        }
        after.evolve(entry);
        hear(entry, &after, deltas(m, id, &before, entry, &after));
    }
    after
}
