//! The store in one SQLite file: one thread that writes in groups, a few connections that read.
//! No rule of the domain stands here. The file belongs to one process at a time.

mod append;
mod audit;
mod belongings;
mod blobs;
mod code;
mod counters;
mod fail;
mod home;
mod lists;
mod looks;
mod matters;
mod merge;
mod open;
mod outbox;
mod postings;
mod reader;
mod search;
mod set;
mod snapshot;
mod sums;
mod whole;
mod writer;

pub use audit::Summary;
use fail::Run;
use kernel::chain::Hash;
use kernel::ids::{BodyId, Cell, MatterId};
use kernel::time::Timestamp;
pub use open::{MIGRATIONS, Migration, Options, migrate_to};
use rusqlite::Connection;
pub use snapshot::{examine, snapshot};
use std::fs::File;
use std::path::Path;
use store::*;
pub use sums::teach;

/// The file of a store in its directory.
pub const FILE: &str = "gongzhi.db";

/// A store in a directory: `gongzhi.db` with its log, and the lock.
pub struct SqliteStore {
    // In this order: the last to close the file must be one that may write, so that it moves the log into the file and
    // removes it; and the lock goes when everything is closed.
    readers: reader::Readers,
    writer: writer::Writer,
    forward: search::Forward,
    merging: tokio::sync::Mutex<()>,
    _lock: Option<File>,
}

impl SqliteStore {
    /// Opens the store of a directory, or makes it, and brings its schema up to date.
    ///
    /// # Errors
    /// `InUse` if another process has it, `Newer` if a newer program wrote it, `Corrupt` if it is damaged or not ours,
    /// `ReadOnly` or `Unavailable` if the disk does not let it.
    pub fn open(dir: &Path, options: Options) -> Result<Self, StoreError> {
        let lock = if options.guest { None } else { Some(open::lock(dir)?) };
        let path = dir.join(FILE);
        let parts = || -> Run<_> {
            let connection = open::writer(&path, &options)?;
            let checkpointer = open::checkpointer(&path)?;
            Ok((connection, checkpointer, reader::Readers::new(path.clone(), options.clone())?))
        };
        let (connection, checkpointer, readers) = parts().map_err(|fail| fail.during("open"))?;
        let writer = writer::Writer::start(connection, checkpointer, options.group.max(1))
            .map_err(|source| StoreError::Unavailable { during: "open", source: Box::new(source) })?;
        Ok(Self {
            writer,
            readers,
            forward: search::Forward::default(),
            merging: tokio::sync::Mutex::default(),
            _lock: lock,
        })
    }

    /// The database's own check of every page; takes as long as the file is large.
    ///
    /// # Errors
    /// `Corrupt` with the first finding.
    pub fn integrity(&self) -> Result<(), StoreError> {
        self.readers.read("integrity", |db| {
            let finding: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
            if finding == "ok" { Ok(()) } else { Err(fail::Fail::corrupt("the database file fails its own check")) }
        })
    }

    /// What the store is, in short: for a backup to be compared with what was backed up.
    ///
    /// # Errors
    /// The store's own; `Corrupt` where a matter's head is not its last entry.
    pub fn summary(&self) -> Result<Summary, StoreError> {
        self.readers.read_as_one("summary", audit::summary)
    }

    /// Walks the chain of looks of a cell: how many, and the last hash.
    ///
    /// # Errors
    /// `Corrupt`, with the first look that is not as it was written.
    pub fn verify_looks(&self, cell: Cell) -> Result<(u32, Hash), StoreError> {
        self.readers.read("verify", |db| looks::verify(db, cell))
    }

    /// Sets the bound on the file's pages, as `Options::max_pages` does: for tests of a full disk.
    ///
    /// # Errors
    /// The store's own.
    pub async fn limit_pages(&self, pages: u32) -> Result<(), StoreError> {
        self.writer.write("limit", move |db| Ok(db.pragma_update(None, "max_page_count", pages)?)).await
    }

    fn read<'a, T: Send + 'a>(
        &'a self,
        during: &'static str,
        run: impl FnOnce(&Connection) -> Run<T> + Send + 'a,
    ) -> Answer<'a, T> {
        Box::pin(async move { self.readers.read(during, run) })
    }

    fn read_as_one<'a, T: Send + 'a>(
        &'a self,
        during: &'static str,
        run: impl FnOnce(&Connection) -> Run<T> + Send + 'a,
    ) -> Answer<'a, T> {
        Box::pin(async move { self.readers.read_as_one(during, run) })
    }

    fn write<T: Send + 'static>(
        &self,
        during: &'static str,
        run: impl FnOnce(&Connection) -> Run<T> + Send + 'static,
    ) -> Answer<'_, T> {
        Box::pin(self.writer.write(during, run))
    }
}

impl SqliteStore {
    /// Deletes only where a read found something to delete: the writer is not woken every second for nothing.
    fn purge(
        &self,
        during: &'static str,
        old: &'static str,
        (cell, before): (Cell, Timestamp),
        run: impl FnOnce(&Connection) -> Run<u32> + Send + 'static,
    ) -> Answer<'_, u32> {
        Box::pin(async move {
            let found = |db: &Connection| -> Run<bool> {
                Ok(db.prepare_cached(old)?.query_row((cell.0, before.0), |row| row.get(0))?)
            };
            if self.readers.read(during, found)? { self.writer.write(during, run).await } else { Ok(0) }
        })
    }
}

impl Store for SqliteStore {
    fn append(&self, append: Append) -> Answer<'_, Appended> {
        Box::pin(async move {
            append.check()?;
            self.writer.write("append", move |db| append::append(db, append)).await
        })
    }

    fn load(&self, matter: MatterId) -> Answer<'_, Option<Loaded>> {
        self.read_as_one("load", move |db| matters::load(db, matter))
    }

    fn find_matter(&self, matter: MatterId) -> Answer<'_, Option<MatterRow>> {
        self.read("find_matter", move |db| matters::find(db, matter))
    }

    fn stamp(&self, matter: MatterId) -> Answer<'_, Option<Stamp>> {
        self.read("stamp", move |db| matters::stamp(db, matter))
    }

    fn find_number(&self, cell: Cell, year: i16, serial: u32) -> Answer<'_, Option<MatterId>> {
        self.read("find_number", move |db| matters::number(db, cell, year, serial))
    }

    fn lease_numbers(&self, cell: Cell, year: i16, count: u32) -> Answer<'_, u32> {
        self.write("lease_numbers", move |db| matters::lease(db, cell, year, count))
    }

    fn matter_key(&self, matter: MatterId) -> Answer<'_, Option<KeyRow>> {
        self.read("matter_key", move |db| matters::key(db, matter))
    }

    fn vault(&self, matter: MatterId) -> Answer<'_, Vec<VaultRow>> {
        self.read("vault", move |db| matters::vault(db, matter))
    }

    fn letters(&self, matter: MatterId) -> Answer<'_, Vec<LetterRow>> {
        self.read("letters", move |db| matters::letters(db, matter))
    }

    fn command(&self, cell: Cell, principal: &str, key: &str) -> Answer<'_, Option<CommandRow>> {
        let (principal, key) = (principal.to_owned(), key.to_owned());
        self.read("command", move |db| matters::command(db, cell, &principal, &key))
    }

    fn purge_commands(&self, cell: Cell, before: Timestamp, limit: u32) -> Answer<'_, u32> {
        const OLD: &str = "SELECT EXISTS (SELECT 1 FROM command WHERE cell = ?1 AND at < ?2)";
        self.purge("purge_commands", OLD, (cell, before), move |db| matters::purge_commands(db, cell, before, limit))
    }

    fn list(&self, query: ListQuery) -> Answer<'_, Vec<WorkItem>> {
        self.read_as_one("list", move |db| lists::list(db, &query))
    }

    fn lane_counts(&self, cell: Cell, body: BodyId) -> Answer<'_, Vec<(Lane, i64)>> {
        self.read("lane_counts", move |db| lists::counts(db, cell, body))
    }

    fn due(&self, cell: Cell, before: Timestamp, limit: u32) -> Answer<'_, Vec<DueRow>> {
        self.read("due", move |db| lists::due(db, cell, before, limit))
    }

    fn listed(&self, cell: Cell, after: Option<DueRow>, limit: u32) -> Answer<'_, Vec<DueRow>> {
        self.read("listed", move |db| lists::listed(db, cell, after.as_ref(), limit))
    }

    fn marks(&self, query: MarkQuery) -> Answer<'_, Vec<MarkRow>> {
        self.read("marks", move |db| lists::marks(db, &query))
    }

    fn search(&self, cell: Cell, terms: Vec<u64>, before: Option<i64>, limit: u32) -> Answer<'_, Vec<MatterId>> {
        self.read_as_one("search", move |db| search::search(db, cell, &terms, before, limit))
    }

    fn merge_terms(&self, cell: Cell, limit: u32) -> Answer<'_, u32> {
        Box::pin(merge::merge(self, cell, limit))
    }

    fn counters(&self, query: CounterQuery) -> Answer<'_, Vec<CounterRow>> {
        self.read_as_one("counters", move |db| counters::counters(db, &query))
    }

    fn put_blob(&self, blob: BlobRow) -> Answer<'_, ()> {
        self.write("put_blob", move |db| blobs::put(db, &blob))
    }

    fn find_blob(&self, cell: Cell, id: &str) -> Answer<'_, Option<BlobRow>> {
        let id = id.to_owned();
        self.read("find_blob", move |db| blobs::find(db, cell, &id))
    }

    fn blobs(&self, matter: MatterId) -> Answer<'_, Vec<BlobRow>> {
        self.read("blobs", move |db| blobs::of_matter(db, matter))
    }

    fn sweep_blobs(&self, cell: Cell, before: Timestamp) -> Answer<'_, u32> {
        const OLD: &str = "SELECT EXISTS (SELECT 1 FROM blob WHERE cell = ?1 AND serial IS NULL AND at < ?2)";
        self.purge("sweep_blobs", OLD, (cell, before), move |db| blobs::sweep(db, cell, before))
    }

    fn append_look(&self, look: LookRow) -> Answer<'_, ()> {
        self.write("append_look", move |db| looks::append(db, &look))
    }

    fn looks(&self, matter: MatterId) -> Answer<'_, Vec<LookRow>> {
        self.read("looks", move |db| looks::of_matter(db, matter))
    }

    fn outbox(&self, cell: Cell, limit: u32) -> Answer<'_, Vec<OutboxRow>> {
        self.read("outbox", move |db| outbox::outbox(db, cell, limit))
    }

    fn sent(&self, cell: Cell, ids: Vec<i64>, notices: Vec<NoticeRow>) -> Answer<'_, ()> {
        self.write("sent", move |db| outbox::sent(db, cell, &ids, &notices))
    }

    fn notices(&self, matter: MatterId) -> Answer<'_, Vec<NoticeRow>> {
        self.read("notices", move |db| outbox::notices(db, matter))
    }

    fn directory(&self) -> Answer<'_, DirectoryRows> {
        self.read_as_one("directory", home::directory)
    }

    fn put_directory(&self, rows: DirectoryRows) -> Answer<'_, ()> {
        self.write("put_directory", move |db| home::put_directory(db, &rows))
    }

    fn directory_version(&self) -> Answer<'_, i64> {
        self.read("directory_version", home::directory_version)
    }

    fn put_session(&self, session: SessionRow) -> Answer<'_, ()> {
        self.write("put_session", move |db| home::put_session(db, &session))
    }

    fn find_session(&self, hash: [u8; 32]) -> Answer<'_, Option<SessionRow>> {
        self.read("find_session", move |db| home::find_session(db, hash))
    }

    fn end_session(&self, hash: [u8; 32]) -> Answer<'_, ()> {
        self.write("end_session", move |db| home::end_session(db, hash))
    }

    fn purge_sessions(&self, before: Timestamp, limit: u32) -> Answer<'_, u32> {
        const OLD: &str = "SELECT EXISTS (SELECT 1 FROM session WHERE cell = ?1 AND expires < ?2)";
        let of = (Cell::INSTALLATION, before);
        self.purge("purge_sessions", OLD, of, move |db| home::purge_sessions(db, before, limit))
    }

    fn setting(&self, key: &str) -> Answer<'_, Option<String>> {
        let key = key.to_owned();
        self.read("setting", move |db| home::setting(db, &key))
    }

    fn put_setting(&self, key: &str, value: &str) -> Answer<'_, ()> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.write("put_setting", move |db| home::put_setting(db, &key, &value))
    }

    fn put_set(&self, draft: SetDraft) -> Answer<'_, u32> {
        self.write("put_set", move |db| set::put(db, &draft))
    }

    fn set_versions(&self) -> Answer<'_, Vec<SetVersion>> {
        self.read("set_versions", set::versions)
    }

    fn set_rows(&self, set: &str, version: u32) -> Answer<'_, Vec<SetRow>> {
        let set = set.to_owned();
        self.read("set_rows", move |db| set::of_version(db, &set, version))
    }

    fn put_mechanism(&self, hash: &str, id: &str, json: &str) -> Answer<'_, ()> {
        let (hash, id, json) = (hash.to_owned(), id.to_owned(), json.to_owned());
        self.write("put_mechanism", move |db| home::put_mechanism(db, &hash, &id, &json))
    }

    fn find_mechanism(&self, hash: &str) -> Answer<'_, Option<String>> {
        let hash = hash.to_owned();
        self.read("find_mechanism", move |db| home::find_mechanism(db, &hash))
    }

    fn cells_fanout(&self) -> Answer<'_, Vec<Cell>> {
        self.read("cells_fanout", whole::cells)
    }

    fn scan(&self, cell: Cell, after: Option<i64>, limit: u32) -> Answer<'_, Vec<Loaded>> {
        self.read_as_one("scan", move |db| whole::scan(db, cell, after, limit))
    }

    fn serials(&self, cell: Cell, after: Option<i64>, limit: u32) -> Answer<'_, Vec<i64>> {
        self.read_as_one("serials", move |db| whole::serials(db, cell, after, limit))
    }

    fn belongings(&self, cell: Cell, from: i64, to: i64) -> Answer<'_, Vec<Belongings>> {
        self.read_as_one("belongings", move |db| belongings::of(db, cell, from, to))
    }

    fn counter_slots(&self, cell: Cell) -> Answer<'_, Option<Vec<CounterDelta>>> {
        self.read_as_one("counter_slots", move |db| counters::slots(db, cell).map(Some))
    }

    fn audit(&self) -> Answer<'_, Vec<Finding>> {
        Box::pin(async move {
            let pages = || self.readers.read("integrity", |db| Ok(audit::pages(db)));
            std::thread::scope(|both| {
                let pages = both.spawn(pages);
                let mut found = self.readers.read("audit", |db| Ok(audit::rows(db)))?;
                found.extend(pages.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
                Ok(found)
            })
        })
    }

    fn derived(&self, matter: MatterId) -> Answer<'_, Derived> {
        self.read_as_one("derived", move |db| whole::derived(db, &self.forward, matter))
    }

    fn clear_derived(&self, cell: Cell) -> Answer<'_, ()> {
        self.write("clear_derived", move |db| whole::clear(db, cell))
    }

    fn put_derived(&self, cell: Cell, rows: Vec<(MatterRow, Derived)>, counters: Vec<CounterDelta>) -> Answer<'_, ()> {
        self.write("put_derived", move |db| whole::put_derived(db, cell, &rows, &counters))
    }

    fn ready(&self) -> Answer<'_, ()> {
        // A write that changes nothing proves that the writer lives; after a full disk only a real one proves more.
        let full = self.writer.state.full();
        self.write("ready", move |db| if full { home::put_setting(db, "ready", "1") } else { writer::nothing(db) })
    }
}
