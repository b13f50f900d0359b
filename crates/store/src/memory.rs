//! A store in memory, for tests of the use cases: complete, exact, gone with the process.
//! Not for serving: everything waits on one lock and nothing is durable.

mod append;
mod keys;
mod lists;
mod log;
mod rest;
mod set;

use crate::rows::*;
use crate::{Answer, Store, StoreError};
use kernel::ids::{BodyId, Cell, MatterId, PersonId};
use kernel::time::{Date, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The store.
#[derive(Default)]
pub struct MemoryStore {
    inner: Mutex<Inner>,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // A panic in a test thread must not hide the assertion of another behind a poisoned lock.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer<'a, T: Send + 'a>(
        &'a self,
        run: impl FnOnce(&mut Inner) -> Result<T, StoreError> + Send + 'a,
    ) -> Answer<'a, T> {
        Box::pin(async move { run(&mut self.inner()) })
    }

    fn does<'a>(&'a self, run: impl FnOnce(&mut Inner) + Send + 'a) -> Answer<'a, ()> {
        Box::pin(async move {
            run(&mut self.inner());
            Ok(())
        })
    }
}

/// Everything, by key.
#[derive(Default)]
struct Inner {
    matters: BTreeMap<MatterId, MatterRow>,
    sets: BTreeMap<String, Vec<(SetVersion, Vec<SetRow>)>>,
    entries: BTreeMap<MatterId, Vec<EntryRow>>,
    vault: BTreeMap<MatterId, Vec<VaultRow>>,
    keys: BTreeMap<MatterId, KeyRow>,
    erasures: BTreeMap<MatterId, ErasureRow>,
    identity_erasures: BTreeMap<MatterId, ErasureRow>,
    secrets: BTreeMap<String, SecretRow>,
    numbers: BTreeMap<(Cell, i16, u32), MatterId>,
    leases: BTreeMap<(Cell, i16), u32>,
    skipped: Vec<Skip>,
    letters: BTreeMap<MatterId, Vec<LetterRow>>,
    series: BTreeMap<(Cell, BodyId, i16, String), u32>,
    commands: BTreeMap<(Cell, String, String), CommandRow>,
    work: BTreeSet<WorkRow>,
    due: BTreeSet<DueRow>,
    marks: BTreeSet<MarkRow>,
    tail: BTreeMap<(MatterId, u32), Vec<u64>>,
    merged: BTreeMap<MatterId, BTreeSet<u64>>,
    counters: BTreeMap<(CounterKey, u8), i64>,
    blobs: BTreeMap<(Cell, String), BlobRow>,
    looks: BTreeMap<MatterId, Vec<LookRow>>,
    seen: BTreeSet<(MatterId, PersonId, BodyId, Date)>,
    outbox: BTreeMap<(Cell, i64), OutboxRow>,
    outbox_last: BTreeMap<Cell, i64>,
    notices: BTreeMap<MatterId, Vec<NoticeRow>>,
    directory: DirectoryRows,
    directory_version: i64,
    sessions: BTreeMap<[u8; 32], SessionRow>,
    acts: Vec<ActRow>,
    settings: BTreeMap<String, String>,
    mechanisms: BTreeMap<String, String>,
    log: log::Log,
}

impl Store for MemoryStore {
    fn append(&self, append: Append) -> Answer<'_, Appended> {
        self.answer(|i| i.append(append))
    }

    fn load(&self, matter: MatterId) -> Answer<'_, Option<Loaded>> {
        self.answer(move |i| Ok(i.loaded(matter)))
    }

    fn find_matter(&self, matter: MatterId) -> Answer<'_, Option<MatterRow>> {
        self.answer(move |i| Ok(i.matters.get(&matter).cloned()))
    }

    fn stamp(&self, matter: MatterId) -> Answer<'_, Option<Stamp>> {
        self.answer(move |i| Ok(i.stamp(matter)))
    }

    fn find_number(&self, cell: Cell, year: i16, serial: u32) -> Answer<'_, Option<MatterId>> {
        self.answer(move |i| Ok(i.numbers.get(&(cell, year, serial)).copied()))
    }

    fn lease_numbers(&self, cell: Cell, year: i16, count: u32) -> Answer<'_, u32> {
        self.answer(move |i| i.lease(cell, year, count))
    }

    fn skip_numbers(&self, skip: Skip) -> Answer<'_, ()> {
        self.answer(move |i| i.skip(skip))
    }

    fn matter_key(&self, matter: MatterId) -> Answer<'_, Option<KeyRow>> {
        self.answer(move |i| Ok(i.keys.get(&matter).cloned()))
    }

    fn erase(&self, matter: MatterId, erasure: ErasureRow) -> Answer<'_, bool> {
        self.answer(move |i| Ok(i.erase(matter, erasure)))
    }

    fn erasure(&self, matter: MatterId) -> Answer<'_, Option<ErasureRow>> {
        self.answer(move |i| Ok(i.erasure(matter)))
    }

    fn erasures(&self, cell: Cell, after: Option<i64>, limit: u32) -> Answer<'_, Vec<(MatterId, ErasureRow)>> {
        self.answer(move |i| Ok(i.erasures_of(cell, after, limit)))
    }

    fn keys(&self, query: KeyQuery) -> Answer<'_, Vec<(MatterId, KeyRow)>> {
        self.answer(move |i| Ok(i.keys_of(query)))
    }

    fn rewrap(&self, cell: Cell, rows: Vec<(MatterId, KeyRow)>) -> Answer<'_, ()> {
        self.answer(move |i| i.rewrap(cell, rows))
    }

    fn secrets(&self) -> Answer<'_, Vec<SecretRow>> {
        self.answer(|i| Ok(i.secrets.values().cloned().collect()))
    }

    fn add_secrets(&self, rows: Vec<SecretRow>) -> Answer<'_, ()> {
        self.answer(|i| {
            for row in rows {
                i.secrets.entry(row.name.clone()).or_insert(row);
            }
            Ok(())
        })
    }

    fn replace_secrets(&self, rows: Vec<SecretRow>) -> Answer<'_, ()> {
        self.does(|i| i.secrets = rows.into_iter().map(|row| (row.name.clone(), row)).collect())
    }

    fn vault(&self, matter: MatterId) -> Answer<'_, Vec<VaultRow>> {
        self.answer(move |i| Ok(i.vault.get(&matter).cloned().unwrap_or_default()))
    }

    fn letters(&self, matter: MatterId) -> Answer<'_, Vec<LetterRow>> {
        self.answer(move |i| Ok(i.letters.get(&matter).cloned().unwrap_or_default()))
    }

    fn letter_register(&self, query: RegisterQuery) -> Answer<'_, Vec<(MatterId, LetterRow)>> {
        self.answer(move |i| Ok(i.register(&query)))
    }

    fn command(&self, cell: Cell, principal: &str, key: &str) -> Answer<'_, Option<CommandRow>> {
        let key = (cell, principal.to_owned(), key.to_owned());
        self.answer(move |i| Ok(i.commands.get(&key).cloned()))
    }

    fn purge_commands(&self, cell: Cell, before: Timestamp, limit: u32) -> Answer<'_, u32> {
        self.answer(move |i| Ok(i.purge_commands(cell, before, limit)))
    }

    fn list(&self, query: ListQuery) -> Answer<'_, Vec<WorkItem>> {
        self.answer(move |i| Ok(i.list(&query)))
    }

    fn lane_counts(&self, cell: Cell, body: BodyId) -> Answer<'_, Vec<(Lane, i64)>> {
        self.answer(move |i| Ok(i.lane_counts(cell, body)))
    }

    fn due(&self, cell: Cell, before: Timestamp, limit: u32) -> Answer<'_, Vec<DueRow>> {
        self.answer(move |i| Ok(i.due_before(cell, before, limit)))
    }

    fn listed(&self, cell: Cell, after: Option<DueRow>, limit: u32) -> Answer<'_, Vec<DueRow>> {
        self.answer(move |i| Ok(i.listed(cell, after.as_ref(), limit)))
    }

    fn marks(&self, query: MarkQuery) -> Answer<'_, Vec<MarkRow>> {
        self.answer(move |i| Ok(i.marks_of(&query)))
    }

    fn search(&self, cell: Cell, terms: Vec<u64>, before: Option<i64>, limit: u32) -> Answer<'_, Vec<MatterId>> {
        self.answer(move |i| Ok(i.search(cell, &terms, before, limit)))
    }

    fn merge_terms(&self, cell: Cell, limit: u32) -> Answer<'_, u32> {
        self.answer(move |i| Ok(i.merge_terms(cell, limit)))
    }

    fn counters(&self, query: CounterQuery) -> Answer<'_, Vec<CounterRow>> {
        self.answer(move |i| Ok(i.count(&query)))
    }

    fn put_blob(&self, blob: BlobRow) -> Answer<'_, ()> {
        self.answer(|i| i.put_blob(blob))
    }

    fn find_blob(&self, cell: Cell, id: &str) -> Answer<'_, Option<BlobRow>> {
        let id = id.to_owned();
        self.answer(move |i| Ok(i.blobs.get(&(cell, id)).cloned()))
    }

    fn blobs(&self, matter: MatterId) -> Answer<'_, Vec<BlobRow>> {
        self.answer(move |i| Ok(i.blobs_of(matter)))
    }

    fn sweep_blobs(&self, cell: Cell, before: Timestamp) -> Answer<'_, u32> {
        self.answer(move |i| Ok(i.sweep_blobs(cell, before)))
    }

    fn append_look(&self, look: LookRow) -> Answer<'_, ()> {
        self.does(|i| i.append_look(look))
    }

    fn looks(&self, matter: MatterId) -> Answer<'_, Vec<LookRow>> {
        self.answer(move |i| Ok(i.looks.get(&matter).cloned().unwrap_or_default()))
    }

    fn outbox(&self, cell: Cell, limit: u32) -> Answer<'_, Vec<OutboxRow>> {
        self.answer(move |i| Ok(i.outbox(cell, limit)))
    }

    fn sent(&self, cell: Cell, ids: Vec<i64>, notices: Vec<NoticeRow>) -> Answer<'_, ()> {
        self.does(move |i| i.sent(cell, &ids, notices))
    }

    fn notices(&self, matter: MatterId) -> Answer<'_, Vec<NoticeRow>> {
        self.answer(move |i| Ok(i.notices.get(&matter).cloned().unwrap_or_default()))
    }

    fn directory(&self) -> Answer<'_, DirectoryRows> {
        self.answer(|i| Ok(i.directory.clone()))
    }

    fn put_directory(&self, rows: DirectoryRows) -> Answer<'_, ()> {
        self.does(|i| i.put_directory(rows))
    }

    fn directory_version(&self) -> Answer<'_, i64> {
        self.answer(|i| Ok(i.directory_version))
    }

    fn put_session(&self, session: SessionRow) -> Answer<'_, ()> {
        self.does(|i| drop(i.sessions.insert(session.hash, session)))
    }

    fn find_session(&self, hash: [u8; 32]) -> Answer<'_, Option<SessionRow>> {
        self.answer(move |i| Ok(i.sessions.get(&hash).cloned()))
    }

    fn end_session(&self, hash: [u8; 32]) -> Answer<'_, ()> {
        self.does(move |i| drop(i.sessions.remove(&hash)))
    }

    fn purge_sessions(&self, before: Timestamp, limit: u32) -> Answer<'_, u32> {
        self.answer(move |i| Ok(i.purge_sessions(before, limit)))
    }

    fn sessions_of(&self, person: PersonId) -> Answer<'_, Vec<SessionRow>> {
        self.answer(move |i| Ok(i.sessions_of(person)))
    }

    fn administer(&self, administration: Administration) -> Answer<'_, ()> {
        self.answer(|i| i.administer(administration))
    }

    fn acts(&self, before: Option<i64>, limit: u32) -> Answer<'_, Vec<(i64, ActRow)>> {
        self.answer(move |i| Ok(i.acts(before, limit)))
    }

    fn setting(&self, key: &str) -> Answer<'_, Option<String>> {
        let key = key.to_owned();
        self.answer(move |i| Ok(i.settings.get(&key).cloned()))
    }

    fn put_setting(&self, key: &str, value: &str) -> Answer<'_, ()> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.does(move |i| drop(i.settings.insert(key, value)))
    }

    fn put_set(&self, draft: SetDraft) -> Answer<'_, u32> {
        self.answer(|i| i.put_set(draft))
    }

    fn set_versions(&self) -> Answer<'_, Vec<SetVersion>> {
        self.answer(|i| Ok(i.set_versions()))
    }

    fn set_rows(&self, set: &str, version: u32) -> Answer<'_, Vec<SetRow>> {
        let set = set.to_owned();
        self.answer(move |i| Ok(i.set_rows(&set, version)))
    }

    fn put_mechanism(&self, hash: &str, _id: &str, json: &str) -> Answer<'_, ()> {
        let (hash, json) = (hash.to_owned(), json.to_owned());
        self.does(move |i| {
            i.mechanisms.entry(hash).or_insert(json);
        })
    }

    fn find_mechanism(&self, hash: &str) -> Answer<'_, Option<String>> {
        let hash = hash.to_owned();
        self.answer(move |i| Ok(i.mechanisms.get(&hash).cloned()))
    }

    fn unlogged(&self, cell: Cell, limit: u32) -> Answer<'_, Vec<LeafRow>> {
        self.answer(move |i| Ok(i.log.unlogged(cell, limit)))
    }

    fn forget_unlogged(&self, cell: Cell, keys: Vec<LeafKey>) -> Answer<'_, ()> {
        self.does(move |i| i.log.forget(cell, &keys))
    }

    fn append_leaves(&self, append: LogAppend) -> Answer<'_, ()> {
        self.answer(|i| i.log.append(append))
    }

    fn find_leaves(&self, keys: Vec<LeafKey>) -> Answer<'_, Vec<Option<(u64, LeafRow)>>> {
        self.answer(move |i| Ok(i.log.find(&keys)))
    }

    fn leaves_of(&self, home: Cell, from: i64, to: i64) -> Answer<'_, Vec<(u64, LeafRow)>> {
        self.answer(move |i| Ok(i.log.of(home, from, to)))
    }

    fn leaves(&self, from: u64, limit: u32) -> Answer<'_, Vec<LeafRow>> {
        self.answer(move |i| Ok(i.log.leaves(from, limit)))
    }

    fn log_nodes(&self, level: u8, from: u64, limit: u32) -> Answer<'_, Vec<kernel::chain::Hash>> {
        self.answer(move |i| Ok(i.log.nodes(level, from, limit)))
    }

    fn log_size(&self) -> Answer<'_, u64> {
        self.answer(|i| Ok(i.log.size()))
    }

    fn put_checkpoint(&self, checkpoint: CheckpointRow) -> Answer<'_, ()> {
        self.answer(|i| i.log.put_checkpoint(checkpoint))
    }

    fn checkpoint(&self) -> Answer<'_, Option<CheckpointRow>> {
        self.answer(|i| Ok(i.log.checkpoint()))
    }

    fn look_links(&self, cell: Cell, after: u32, limit: u32) -> Answer<'_, Vec<LookLink>> {
        self.answer(move |i| Ok(i.log.look_links(cell, after, limit)))
    }

    fn cells_fanout(&self) -> Answer<'_, Vec<Cell>> {
        self.answer(|i| Ok(i.matters.keys().map(|id| id.cell).collect::<BTreeSet<_>>().into_iter().collect()))
    }

    fn scan(&self, cell: Cell, after: Option<i64>, limit: u32) -> Answer<'_, Vec<Loaded>> {
        self.answer(move |i| Ok(i.scan(cell, after, limit)))
    }

    fn derived(&self, matter: MatterId) -> Answer<'_, Derived> {
        self.answer(move |i| Ok(i.derived(matter)))
    }

    fn clear_derived(&self, cell: Cell) -> Answer<'_, ()> {
        self.does(move |i| i.clear_derived(cell))
    }

    fn put_derived(&self, cell: Cell, rows: Vec<(MatterRow, Derived)>, counters: Vec<CounterDelta>) -> Answer<'_, ()> {
        self.answer(move |i| i.put_derived(cell, rows, &counters))
    }

    fn ready(&self) -> Answer<'_, ()> {
        self.answer(|_| Ok(()))
    }
}
