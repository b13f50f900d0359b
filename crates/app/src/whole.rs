//! The whole store: verify every chain and projection, rebuild what is derived. Both use the functions of the live path.

use crate::count::deltas;
use crate::error::AppError;
use crate::installation::App;
use crate::keys::MatterKeys;
use crate::matter::{open_fields, read_chain};
use crate::project::{due, marks, row, work};
use kernel::chain::hex;
use kernel::entry::Entry;
use kernel::file::CaseFile;
use kernel::ids::{Cell, MatterId};
use kernel::mechanism::{FieldKind, Mechanism};
use kernel::vote::BALLOT;
use std::collections::BTreeMap;
use store::{CounterDelta, CounterKey, CounterQuery, Derived, Loaded, MatterRow};

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// Which matter, by its number; none for the store as a whole.
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
}

const PAGE: u32 = 500;

impl App {
    /// Verifies a cell: chains, commitments, projections, counters. `progress` hears how many matters are done.
    ///
    /// # Errors
    /// The store, where it cannot be read at all.
    pub async fn verify_cell(&self, cell: Cell, progress: &mut (dyn FnMut(u64) + Send)) -> Result<Verified, AppError> {
        let mut found = Verified::default();
        let mut recount: BTreeMap<CounterKey, i64> = BTreeMap::new();
        let mut after = None;
        loop {
            let page = self.inner.store.scan(cell, after, PAGE).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.matter.id.serial);
            for loaded in &page {
                found.matters += 1;
                found.entries += loaded.entries.len() as u64;
                let damage = self.verify_one(loaded, &mut recount).await;
                let number = self.number_text(loaded.matter.id, loaded.matter.number);
                found.damage.extend(damage.into_iter().map(|what| Damage { number: Some(number.clone()), what }));
            }
            progress(found.matters);
        }
        found.damage.extend(self.compare_counters(cell, recount).await?);
        Ok(found)
    }

    async fn verify_one(&self, loaded: &Loaded, recount: &mut BTreeMap<CounterKey, i64>) -> Vec<String> {
        let id = loaded.matter.id;
        let entries = match read_chain(id, &loaded.entries, &loaded.matter.head) {
            Ok(entries) => entries,
            Err(e) => return vec![words(&e)],
        };
        let mechanism = match self.version(&loaded.matter.version).await {
            Ok(m) => m,
            Err(e) => return vec![words(&e)],
        };
        let mut damage = Vec::new();
        let file = CaseFile::fold(&entries);
        count(&mechanism, id, &entries, recount);
        let fresh = row(&mechanism, &file, id, loaded.matter.number, loaded.matter.title.clone(), loaded.matter.head);
        if fresh != loaded.matter {
            damage.push("its row is not what its entries give".into());
        }
        match self.inner.store.derived(id).await {
            Ok(d) if d.work != work(&mechanism, &file, id) => {
                damage.push("its places in work lists are not what its entries give".into())
            }
            Ok(d) if d.due != due(&file, id) => damage.push("its due dates are not what its entries give".into()),
            Ok(d) if d.marks != marks(&mechanism, &file, id) => {
                damage.push("its marks are not what its entries give".into());
            }
            Ok(_) => {}
            Err(e) => damage.push(format!("its derived rows cannot be read: {e}")),
        }
        if let Err(e) = self.verify_vault(id, &entries, &file).await {
            damage.push(words(&e));
        }
        damage
    }

    /// Every text that is still there must open its commitment; after erasure there is nothing to open.
    async fn verify_vault(&self, id: MatterId, entries: &[Entry], file: &CaseFile) -> Result<(), AppError> {
        let Some(keys) = self.keys_to_verify(id, file).await? else { return Ok(()) };
        let mut open: BTreeMap<(u32, String), String> = BTreeMap::new();
        for row in self.inner.store.vault(id).await? {
            for (field, value) in open_fields(&keys, id, &row)? {
                open.insert((row.seq, field.clone()), hex(&value.commitment(&field)));
            }
        }
        // Counted secret ballots were destroyed.
        let counted = crate::outside::counted_ballots(entries.iter());
        for entry in entries {
            for c in &entry.sealed {
                match open.remove(&(entry.seq, c.field.clone())) {
                    None if counted.contains(&entry.seq) && c.field.starts_with(BALLOT) => {}
                    Some(hash) if hash == c.hash => {}
                    Some(_) => {
                        return Err(AppError::corrupt(format!(
                            "{} of entry {} is not what was committed to",
                            c.field, entry.seq
                        )));
                    }
                    None => return Err(AppError::corrupt(format!("{} of entry {} is missing", c.field, entry.seq))),
                }
            }
        }
        if let Some(((seq, field), _)) = open.into_iter().next() {
            return Err(AppError::corrupt(format!(
                "{field} of entry {seq} lies in the vault and no entry knows of it"
            )));
        }
        Ok(())
    }

    /// The keys of a matter; none where an erasure is recorded, and then nothing that they sealed may be left.
    async fn keys_to_verify(&self, id: MatterId, file: &CaseFile) -> Result<Option<MatterKeys>, AppError> {
        let store = &self.inner.store;
        let wrong = |what: &str| Err(AppError::corrupt(what));
        match (store.matter_key(id).await?, store.erasure(id).await?) {
            (Some(key), None) => self.inner.keyring.open_keys(id, &key).map(Some),
            // The entry that erases it comes first, then the keys go, then the ledger knows: any of the two will do.
            (None, None) => self.rightly_gone(id, file).await.map(|()| None),
            (Some(_), Some(_)) => wrong("its keys are there, although it was erased"),
            (None, Some(_)) if !store.vault(id).await?.is_empty() || !store.blobs(id).await?.is_empty() => {
                wrong("what was sealed is there, although it was erased")
            }
            (None, Some(_)) => Ok(None),
        }
    }

    async fn compare_counters(&self, cell: Cell, recount: BTreeMap<CounterKey, i64>) -> Result<Vec<Damage>, AppError> {
        let stored = self.inner.store.counters(CounterQuery::everything(cell)).await?;
        let stored: BTreeMap<CounterKey, i64> = stored.into_iter().filter(|r| r.n != 0).map(|r| (r.key, r.n)).collect();
        let recount: BTreeMap<CounterKey, i64> = recount.into_iter().filter(|(_, n)| *n != 0).collect();
        let wrong = recount.iter().filter(|(k, n)| stored.get(k) != Some(n)).map(|(k, _)| k);
        let extra = stored.keys().filter(|k| !recount.contains_key(k));
        let damage = |k: &CounterKey| Damage {
            number: None,
            what: format!("the counter {} of {} is not its recount", k.series, k.day),
        };
        Ok(wrong.chain(extra).map(damage).collect())
    }

    /// Throws away everything derived in a cell and makes it again from the case files.
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
        let mechanism = self.version(&loaded.matter.version).await?;
        let file = CaseFile::fold(&entries);
        let mut counters = Vec::new();
        fold_counting(&mechanism, id, &entries, |d| counters.extend(d));
        let fresh = row(&mechanism, &file, id, loaded.matter.number, loaded.matter.title.clone(), loaded.matter.head);
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
                let words =
                    mechanism.field.get(&field).is_some_and(|f| matches!(f.kind, FieldKind::Text | FieldKind::Place));
                if words {
                    terms.extend(crate::terms::of_text(&self.inner.terms, &value.text));
                }
            }
        }
        terms.extend(self.shelf_term(mechanism));
        terms.sort_unstable();
        terms.dedup();
        Ok(terms)
    }
}

fn count(m: &Mechanism, id: MatterId, entries: &[Entry], into: &mut BTreeMap<CounterKey, i64>) {
    fold_counting(m, id, entries, |deltas| {
        for d in deltas {
            *into.entry(d.key).or_default() += d.by;
        }
    });
}

fn fold_counting(m: &Mechanism, id: MatterId, entries: &[Entry], mut hear: impl FnMut(Vec<CounterDelta>)) {
    let mut at = CaseFile::default();
    for entry in entries {
        let mut after = at.clone();
        after.evolve(entry);
        hear(deltas(m, id, &at, entry, &after));
        at = after;
    }
}

fn words(error: &AppError) -> String {
    match error {
        AppError::Store(store::StoreError::Corrupt { what }) => what.clone(),
        other => other.to_string(),
    }
}
