//! The port as the two files keep it: each method names the place where its statements stand.

use crate::search::Forward;
use crate::*;
use kernel::ids::{BodyId, PersonId};

impl Store for SqliteStore {
    fn append(&self, mut append: Append) -> Answer<'_, Appended> {
        Box::pin(async move {
            append.check()?;
            let sealing = append.seals();
            let id = append.matter.id;
            let key = append.key.take();
            let keys = key.map(|row| -> writer::KeyWork { Box::new(move |db| keys::put(db, id, &row)) });
            self.writer.write_with_keys("append", keys, move |db| append::append(db, append, sealing)).await
        })
    }

    fn load(&self, matter: MatterId) -> Answer<'_, Option<Loaded>> {
        self.read_as_one("load", move |db| matters::load(db, matter))
    }

    fn find_matter(&self, matter: MatterId) -> Answer<'_, Option<MatterRow>> {
        self.read("find_matter", move |db| matters::find(db, matter))
    }

    fn stamp(&self, matter: MatterId) -> Answer<'_, Option<Stamp>> {
        Box::pin(async move {
            let Some(stamp) = self.readers.read("stamp", |db| matters::stamp(db, matter))? else { return Ok(None) };
            let keyed = self.key_readers.read("stamp", |db| keys::keyed(db, matter))?;
            Ok(Some(Stamp { keyed, ..stamp }))
        })
    }

    fn find_number(&self, cell: Cell, year: i16, serial: u32) -> Answer<'_, Option<MatterId>> {
        self.read("find_number", move |db| matters::number(db, cell, year, serial))
    }

    fn lease_numbers(&self, cell: Cell, year: i16, count: u32) -> Answer<'_, u32> {
        self.write("lease_numbers", move |db| matters::lease(db, cell, year, count))
    }

    fn skip_numbers(&self, skip: Skip) -> Answer<'_, ()> {
        self.write("skip_numbers", move |db| skip::skip(db, &skip))
    }

    fn letter_gaps(&self, _cell: Cell, body: BodyId, year: i16) -> Answer<'_, Vec<LetterGap>> {
        self.read("letter_gaps", move |db| skip::gaps(db, body, year))
    }

    fn matter_key(&self, matter: MatterId) -> Answer<'_, Option<KeyRow>> {
        self.read_keys("matter_key", move |db| keys::find(db, matter))
    }

    fn erase(&self, matter: MatterId, erasure: ErasureRow) -> Answer<'_, bool> {
        Box::pin(erase::erase(self, matter, erasure))
    }

    fn erasure(&self, matter: MatterId) -> Answer<'_, Option<ErasureRow>> {
        self.read("erasure", move |db| erase::find(db, matter))
    }

    fn erasures(&self, cell: Cell, after: Option<i64>, limit: u32) -> Answer<'_, Vec<(MatterId, ErasureRow)>> {
        self.read("erasures", move |db| erase::list(db, cell, after, limit))
    }

    fn keys(&self, query: KeyQuery) -> Answer<'_, Vec<(MatterId, KeyRow)>> {
        self.read_keys("keys", move |db| keys::page(db, query))
    }

    fn rewrap(&self, cell: Cell, rows: Vec<(MatterId, KeyRow)>) -> Answer<'_, ()> {
        self.write_keys("rewrap", Box::new(move |db| keys::rewrap(db, cell, &rows)))
    }

    fn secrets(&self) -> Answer<'_, Vec<SecretRow>> {
        self.read_keys("secrets", keys::secrets)
    }

    fn add_secrets(&self, rows: Vec<SecretRow>) -> Answer<'_, ()> {
        self.write_keys("add_secrets", Box::new(move |db| keys::add_secrets(db, &rows)))
    }

    fn replace_secrets(&self, rows: Vec<SecretRow>) -> Answer<'_, ()> {
        Box::pin(async move {
            self.write_keys("replace_secrets", Box::new(move |db| keys::replace_secrets(db, &rows))).await?;
            self.writer.empty_logs("replace_secrets").await
        })
    }

    fn vault(&self, matter: MatterId) -> Answer<'_, Vec<VaultRow>> {
        self.read("vault", move |db| matters::vault(db, matter))
    }

    fn letters(&self, matter: MatterId) -> Answer<'_, Vec<LetterRow>> {
        self.read("letters", move |db| matters::letters(db, matter))
    }

    fn letter_register(&self, query: RegisterQuery) -> Answer<'_, Vec<(MatterId, LetterRow)>> {
        self.read("letter_register", move |db| matters::register(db, &query))
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

    fn sessions_of(&self, person: PersonId) -> Answer<'_, Vec<SessionRow>> {
        self.read("sessions_of", move |db| administration::sessions_of(db, person))
    }

    fn administer(&self, administration: Administration) -> Answer<'_, ()> {
        self.write("administer", move |db| administration::administer(db, &administration))
    }

    fn acts(&self, before: Option<i64>, limit: u32) -> Answer<'_, Vec<(i64, ActRow)>> {
        self.read("acts", move |db| administration::acts(db, before, limit))
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

    fn unlogged(&self, cell: Cell, limit: u32) -> Answer<'_, Vec<LeafRow>> {
        self.read("unlogged", move |db| log::unlogged(db, cell, limit))
    }

    fn forget_unlogged(&self, cell: Cell, keys: Vec<LeafKey>) -> Answer<'_, ()> {
        self.write("forget_unlogged", move |db| log::forget(db, cell, &keys))
    }

    fn append_leaves(&self, append: LogAppend) -> Answer<'_, ()> {
        self.write("append_leaves", move |db| log::append(db, &append))
    }

    fn find_leaves(&self, keys: Vec<LeafKey>) -> Answer<'_, Vec<Option<(u64, LeafRow)>>> {
        self.read("find_leaves", move |db| log::find(db, &keys))
    }

    fn leaves_of(&self, home: Cell, from: i64, to: i64) -> Answer<'_, Vec<(u64, LeafRow)>> {
        self.read("leaves_of", move |db| log::of(db, home, from, to))
    }

    fn entry_leaves(&self, cell: Cell, from: i64, to: i64) -> Answer<'_, Vec<LeafRow>> {
        self.read("entry_leaves", move |db| log::entries(db, cell, from, to))
    }

    fn leaves(&self, from: u64, limit: u32) -> Answer<'_, Vec<LeafRow>> {
        self.read("leaves", move |db| log::leaves(db, from, limit))
    }

    fn log_nodes(&self, level: u8, from: u64, limit: u32) -> Answer<'_, Vec<Hash>> {
        self.read("log_nodes", move |db| log::nodes(db, level, from, limit))
    }

    fn log_size(&self) -> Answer<'_, u64> {
        self.read("log_size", log::size)
    }

    fn put_checkpoint(&self, checkpoint: CheckpointRow) -> Answer<'_, ()> {
        self.write("put_checkpoint", move |db| log::put_checkpoint(db, &checkpoint))
    }

    fn checkpoint(&self) -> Answer<'_, Option<CheckpointRow>> {
        self.read("checkpoint", log::checkpoint)
    }

    fn look_links(&self, cell: Cell, after: u32, limit: u32) -> Answer<'_, Vec<LookLink>> {
        self.read("look_links", move |db| log::look_links(db, cell, after, limit))
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
        Box::pin(async move {
            // What is kept of segments outlives a read only where nobody can write them anew.
            let own = Forward::up_to(to);
            let forward = if self.frozen { &self.forward } else { &own };
            let mut all = self.readers.read_as_one("belongings", |db| belongings::of(db, forward, cell, from, to))?;
            self.key_readers.read_as_one("belongings", |keys| belongings::with_keys(keys, cell, &mut all))?;
            Ok(all)
        })
    }

    fn counter_slots(&self, cell: Cell) -> Answer<'_, Option<Vec<CounterDelta>>> {
        self.read_as_one("counter_slots", move |db| counters::slots(db, cell).map(Some))
    }

    fn audit(&self) -> Answer<'_, Vec<Finding>> {
        Box::pin(async move {
            let pages = || -> Result<_, StoreError> {
                let mut found = self.readers.read("integrity", |db| Ok(audit::pages(db, "database")))?;
                found.extend(self.key_readers.read("integrity", |db| Ok(audit::pages(db, "key")))?);
                Ok(found)
            };
            std::thread::scope(|both| {
                let pages = both.spawn(pages);
                let mut found = self.readers.read("audit", |db| Ok(audit::rows(db)))?;
                // Of a store that moves on, the two files are not seen at one moment.
                if self.frozen {
                    let erased = self.key_readers.read("audit", audit::erased)?;
                    found.extend(self.readers.read("audit", |db| audit::erasures(db, &erased))?);
                }
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
