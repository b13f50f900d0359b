//! Several stores behind one, each cell in exactly one of them, so that a statement that leaves its cell finds nothing.
//! For the conformance suite; not a way to run an installation (a real one spreads over a database that shards).

use crate::rows::*;
use crate::{Answer, Store};
use kernel::ids::{BodyId, Cell, MatterId, PersonId};
use kernel::time::Timestamp;
use std::sync::Arc;

/// The stores; cell n lives in store n mod their count.
pub struct Sharded {
    shards: Vec<Arc<dyn Store>>,
}

impl Sharded {
    /// Routes over these stores.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn new(shards: Vec<Arc<dyn Store>>) -> Self {
        assert!(!shards.is_empty(), "invariant: at least one store");
        Self { shards }
    }

    fn of(&self, cell: Cell) -> &dyn Store {
        &*self.shards[cell.0 as usize % self.shards.len()]
    }

    fn home(&self) -> &dyn Store {
        self.of(Cell::INSTALLATION)
    }
}

/// Writes the methods that only choose their store.
macro_rules! route {
    ($($name:ident($($arg:ident: $type:ty),*) -> $out:ty, by $cell:expr;)*) => {
        $(fn $name(&self, $($arg: $type),*) -> Answer<'_, $out> {
            self.of($cell).$name($($arg),*)
        })*
    };
}

impl Store for Sharded {
    route! {
        append(append: Append) -> Appended, by append.matter.id.cell;
        load(matter: MatterId) -> Option<Loaded>, by matter.cell;
        find_matter(matter: MatterId) -> Option<MatterRow>, by matter.cell;
        stamp(matter: MatterId) -> Option<Stamp>, by matter.cell;
        purge_commands(cell: Cell, before: Timestamp, limit: u32) -> u32, by cell;
        find_number(cell: Cell, year: i16, serial: u32) -> Option<MatterId>, by cell;
        lease_numbers(cell: Cell, year: i16, count: u32) -> u32, by cell;
        letter_gaps(cell: Cell, body: BodyId, year: i16) -> Vec<LetterGap>, by cell;
        matter_key(matter: MatterId) -> Option<KeyRow>, by matter.cell;
        erase(matter: MatterId, erasure: ErasureRow) -> bool, by matter.cell;
        erasure(matter: MatterId) -> Option<ErasureRow>, by matter.cell;
        erasures(cell: Cell, after: Option<i64>, limit: u32) -> Vec<(MatterId, ErasureRow)>, by cell;
        keys(query: KeyQuery) -> Vec<(MatterId, KeyRow)>, by query.cell;
        rewrap(cell: Cell, rows: Vec<(MatterId, KeyRow)>) -> (), by cell;
        vault(matter: MatterId) -> Vec<VaultRow>, by matter.cell;
        letters(matter: MatterId) -> Vec<LetterRow>, by matter.cell;
        letter_register(query: RegisterQuery) -> Vec<(MatterId, LetterRow)>, by query.cell;
        command(cell: Cell, principal: &str, key: &str) -> Option<CommandRow>, by cell;
        list(query: ListQuery) -> Vec<WorkItem>, by query.cell;
        lane_counts(cell: Cell, body: BodyId) -> Vec<(Lane, i64)>, by cell;
        due(cell: Cell, before: Timestamp, limit: u32) -> Vec<DueRow>, by cell;
        listed(cell: Cell, after: Option<DueRow>, limit: u32) -> Vec<DueRow>, by cell;
        marks(query: MarkQuery) -> Vec<MarkRow>, by query.cell;
        search(cell: Cell, terms: Vec<u64>, before: Option<i64>, limit: u32) -> Vec<MatterId>, by cell;
        merge_terms(cell: Cell, limit: u32) -> u32, by cell;
        counters(query: CounterQuery) -> Vec<CounterRow>, by query.cell;
        put_blob(blob: BlobRow) -> (), by blob.cell;
        find_blob(cell: Cell, id: &str) -> Option<BlobRow>, by cell;
        blobs(matter: MatterId) -> Vec<BlobRow>, by matter.cell;
        sweep_blobs(cell: Cell, before: Timestamp) -> u32, by cell;
        append_look(look: LookRow) -> (), by look.matter.cell;
        looks(matter: MatterId) -> Vec<LookRow>, by matter.cell;
        outbox(cell: Cell, limit: u32) -> Vec<OutboxRow>, by cell;
        sent(cell: Cell, ids: Vec<i64>, notices: Vec<NoticeRow>) -> (), by cell;
        notices(matter: MatterId) -> Vec<NoticeRow>, by matter.cell;
        unlogged(cell: Cell, limit: u32) -> Vec<LeafRow>, by cell;
        forget_unlogged(cell: Cell, keys: Vec<LeafKey>) -> (), by cell;
        append_leaves(append: LogAppend) -> (), by Cell::INSTALLATION;
        find_leaves(keys: Vec<LeafKey>) -> Vec<Option<(u64, LeafRow)>>, by Cell::INSTALLATION;
        leaves_of(home: Cell, from: i64, to: i64) -> Vec<(u64, LeafRow)>, by Cell::INSTALLATION;
        entry_leaves(cell: Cell, from: i64, to: i64) -> Vec<LeafRow>, by cell;
        leaves(from: u64, limit: u32) -> Vec<LeafRow>, by Cell::INSTALLATION;
        log_nodes(level: u8, from: u64, limit: u32) -> Vec<kernel::chain::Hash>, by Cell::INSTALLATION;
        log_size() -> u64, by Cell::INSTALLATION;
        put_checkpoint(checkpoint: CheckpointRow) -> (), by Cell::INSTALLATION;
        checkpoint() -> Option<CheckpointRow>, by Cell::INSTALLATION;
        look_links(cell: Cell, after: u32, limit: u32) -> Vec<LookLink>, by cell;
        scan(cell: Cell, after: Option<i64>, limit: u32) -> Vec<Loaded>, by cell;
        derived(matter: MatterId) -> Derived, by matter.cell;
        serials(cell: Cell, after: Option<i64>, limit: u32) -> Vec<i64>, by cell;
        counter_slots(cell: Cell) -> Option<Vec<CounterDelta>>, by cell;
        belongings(cell: Cell, from: i64, to: i64) -> Vec<Belongings>, by cell;
        clear_derived(cell: Cell) -> (), by cell;
        put_derived(cell: Cell, rows: Vec<(MatterRow, Derived)>, counters: Vec<CounterDelta>) -> (), by cell;
    }

    fn secrets(&self) -> Answer<'_, Vec<SecretRow>> {
        self.home().secrets()
    }

    fn add_secrets(&self, rows: Vec<SecretRow>) -> Answer<'_, ()> {
        self.home().add_secrets(rows)
    }

    fn replace_secrets(&self, rows: Vec<SecretRow>) -> Answer<'_, ()> {
        self.home().replace_secrets(rows)
    }

    fn directory(&self) -> Answer<'_, DirectoryRows> {
        self.home().directory()
    }

    fn put_directory(&self, rows: DirectoryRows) -> Answer<'_, ()> {
        self.home().put_directory(rows)
    }

    fn directory_version(&self) -> Answer<'_, i64> {
        self.home().directory_version()
    }

    fn put_set(&self, draft: SetDraft) -> Answer<'_, u32> {
        self.home().put_set(draft)
    }

    fn set_versions(&self) -> Answer<'_, Vec<SetVersion>> {
        self.home().set_versions()
    }

    fn set_rows(&self, set: &str, version: u32) -> Answer<'_, Vec<SetRow>> {
        self.home().set_rows(set, version)
    }

    fn put_session(&self, session: SessionRow) -> Answer<'_, ()> {
        self.home().put_session(session)
    }

    fn find_session(&self, hash: [u8; 32]) -> Answer<'_, Option<SessionRow>> {
        self.home().find_session(hash)
    }

    fn end_session(&self, hash: [u8; 32]) -> Answer<'_, ()> {
        self.home().end_session(hash)
    }

    fn purge_sessions(&self, before: Timestamp, limit: u32) -> Answer<'_, u32> {
        self.home().purge_sessions(before, limit)
    }

    fn sessions_of(&self, person: PersonId) -> Answer<'_, Vec<SessionRow>> {
        self.home().sessions_of(person)
    }

    fn administer(&self, administration: Administration) -> Answer<'_, ()> {
        self.home().administer(administration)
    }

    fn acts(&self, before: Option<i64>, limit: u32) -> Answer<'_, Vec<(i64, ActRow)>> {
        self.home().acts(before, limit)
    }

    fn setting(&self, key: &str) -> Answer<'_, Option<String>> {
        self.home().setting(key)
    }

    fn put_setting(&self, key: &str, value: &str) -> Answer<'_, ()> {
        self.home().put_setting(key, value)
    }

    fn put_mechanism(&self, hash: &str, id: &str, json: &str) -> Answer<'_, ()> {
        self.home().put_mechanism(hash, id, json)
    }

    fn find_mechanism(&self, hash: &str) -> Answer<'_, Option<String>> {
        self.home().find_mechanism(hash)
    }

    fn cells_fanout(&self) -> Answer<'_, Vec<Cell>> {
        Box::pin(async move {
            let mut cells = Vec::new();
            for shard in &self.shards {
                cells.extend(shard.cells_fanout().await?);
            }
            cells.sort_unstable();
            Ok(cells)
        })
    }

    fn audit(&self) -> Answer<'_, Vec<Finding>> {
        Box::pin(async move {
            let mut found = Vec::new();
            for shard in &self.shards {
                found.extend(shard.audit().await?);
            }
            Ok(found)
        })
    }

    fn skip_numbers(&self, skip: Skip) -> Answer<'_, ()> {
        Box::pin(async move {
            for shard in &self.shards {
                shard.skip_numbers(skip).await?;
            }
            Ok(())
        })
    }

    fn ready(&self) -> Answer<'_, ()> {
        Box::pin(async move {
            for shard in &self.shards {
                shard.ready().await?;
            }
            Ok(())
        })
    }
}
