//! The port between the use cases and a database: rows as plain data, one narrow trait, its errors.
//! No SQL, no driver and no rule of the domain stands here; what a row means is said in `rows`.

mod check;
pub mod conformance;
pub mod error;
pub mod memory;
pub mod rows;
pub mod sharded;

pub use error::StoreError;
use kernel::ids::{Cell, MatterId};
pub use memory::MemoryStore;
pub use rows::*;
pub use sharded::Sharded;
use std::future::Future;
use std::pin::Pin;

/// What every method gives: boxed, so that the store can be chosen at start.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// A database of case files. Methods name their cell or a bounded set of cells; those that cross all cells are `*_fanout`,
/// read only and paged. Nothing is acknowledged before it is durable.
pub trait Store: Send + Sync + 'static {
    // ── matters ────────────────────────────────────────────────────────────────────────────────────────────────────
    /// Appends to one matter, with everything that follows from it, in one transaction. The only write entrance for matters.
    /// `Duplicate` if this command was carried out before (with its row: compare the request), asked first; `Conflict` if the
    /// file has moved on, its public number is another's, or a named attachment is not staged in this cell (any more).
    fn append(&self, append: Append) -> Answer<'_, Appended>;
    /// A matter's row and all its entries.
    fn load(&self, matter: MatterId) -> Answer<'_, Option<Loaded>>;
    /// A matter's row alone.
    fn find_matter(&self, matter: MatterId) -> Answer<'_, Option<MatterRow>>;
    /// What a finished answer about a matter rests on; none without such a matter.
    fn stamp(&self, matter: MatterId) -> Answer<'_, Option<Stamp>>;
    /// The matter that has a public number.
    fn find_number(&self, cell: Cell, year: i16, serial: u32) -> Answer<'_, Option<MatterId>>;
    /// Numbers nobody else will get: the first of `count` in a row.
    fn lease_numbers(&self, cell: Cell, year: i16, count: u32) -> Answer<'_, u32>;
    /// Gives no number that may have been given in a part that is lost: every run of numbers of these years goes on so much
    /// further, also one of which the store knows nothing. A lease that is in hand is void.
    fn skip_numbers(&self, skip: Skip) -> Answer<'_, ()>;
    /// The wrapped keys of a matter; none once erased.
    fn matter_key(&self, matter: MatterId) -> Answer<'_, Option<KeyRow>>;
    /// What lies sealed beside its entries.
    fn vault(&self, matter: MatterId) -> Answer<'_, Vec<VaultRow>>;
    /// The letters issued in a matter, with their numbers.
    fn letters(&self, matter: MatterId) -> Answer<'_, Vec<LetterRow>>;
    /// The register of a body's letters.
    fn letter_register(&self, query: RegisterQuery) -> Answer<'_, Vec<(MatterId, LetterRow)>>;
    /// The numbers of a body's letters of a year that are declared to be lost; none where the store keeps no gaps.
    fn letter_gaps(&self, _cell: Cell, _body: kernel::ids::BodyId, _year: i16) -> Answer<'_, Vec<LetterGap>> {
        Box::pin(async { Ok(Vec::new()) })
    }
    /// The answer of a command carried out before.
    fn command(&self, cell: Cell, principal: &str, key: &str) -> Answer<'_, Option<CommandRow>>;
    /// Drops commands of a cell carried out before this time, the oldest first, at most so many; how many.
    fn purge_commands(&self, cell: Cell, before: kernel::time::Timestamp, limit: u32) -> Answer<'_, u32>;

    // ── keys and erasure ───────────────────────────────────────────────────────────────────────────────────────────
    /// Destroys the keys of a matter, then everything that was sealed under them (vault, attachments, title), its search
    /// terms and the commands that raised and moved it, and records it in the ledger. Entries stay, so everything still
    /// verifies. False if the ledger had it already: what a restore brought back is destroyed again, and the first row
    /// stays. Afterwards only appends without anything sealed are taken; others are a `Conflict`.
    ///
    /// Where the row says so, only the identity goes: that key, what was sealed under it, and the commands. Afterwards
    /// nothing is taken that is sealed under it.
    fn erase(&self, matter: MatterId, erasure: ErasureRow) -> Answer<'_, bool>;
    /// What the ledger says of a matter: that it was erased, or else that its identity was.
    fn erasure(&self, matter: MatterId) -> Answer<'_, Option<ErasureRow>>;
    /// The ledger of a cell, one row a matter, in the order of the matters, after a serial.
    fn erasures(&self, cell: Cell, after: Option<i64>, limit: u32) -> Answer<'_, Vec<(MatterId, ErasureRow)>>;
    /// The wrapped keys of a cell, in the order of the matters.
    fn keys(&self, query: KeyQuery) -> Answer<'_, Vec<(MatterId, KeyRow)>>;
    /// Puts the same keys under another wrap key. Rows of matters without keys, or with keys of that epoch or a later
    /// one, change nothing.
    fn rewrap(&self, cell: Cell, rows: Vec<(MatterId, KeyRow)>) -> Answer<'_, ()>;
    /// The wrapped secrets of the installation, by name.
    fn secrets(&self) -> Answer<'_, Vec<SecretRow>>;
    /// Keeps secrets whose names are new; the others stay as they are.
    fn add_secrets(&self, rows: Vec<SecretRow>) -> Answer<'_, ()>;
    /// Puts these secrets in the place of all that are there, at once; what is left out is destroyed.
    fn replace_secrets(&self, rows: Vec<SecretRow>) -> Answer<'_, ()>;

    // ── lists ──────────────────────────────────────────────────────────────────────────────────────────────────────
    /// A page of work lists, by order, then serial, then body; a matter that stands in two of the lists comes twice.
    fn list(&self, query: ListQuery) -> Answer<'_, Vec<WorkItem>>;
    /// How many matters stand in the lanes of a body, from counters; never counted by reading them.
    fn lane_counts(&self, cell: Cell, body: kernel::ids::BodyId) -> Answer<'_, Vec<(Lane, i64)>>;
    /// Clocks that came due before a time, the earliest first.
    fn due(&self, cell: Cell, before: kernel::time::Timestamp, limit: u32) -> Answer<'_, Vec<DueRow>>;
    /// The public overdue list: clocks that expired at the top, newest first.
    fn listed(&self, cell: Cell, after: Option<DueRow>, limit: u32) -> Answer<'_, Vec<DueRow>>;
    /// The marks under a key of an index, in order; `after` is the last row of the page before, and an order below
    /// `before` may be asked for.
    fn marks(&self, query: MarkQuery) -> Answer<'_, Vec<MarkRow>>;
    /// Candidates that hold all these terms, newest first, before a serial. The caller confirms them by decrypting.
    fn search(&self, cell: Cell, terms: Vec<u64>, before: Option<i64>, limit: u32) -> Answer<'_, Vec<MatterId>>;
    /// Merges search rows into segments; how many rows were merged (0: nothing to do).
    fn merge_terms(&self, cell: Cell, limit: u32) -> Answer<'_, u32>;
    /// Counter rows of some series.
    fn counters(&self, query: CounterQuery) -> Answer<'_, Vec<CounterRow>>;

    // ── attachments ────────────────────────────────────────────────────────────────────────────────────────────────
    /// Stages an attachment; it belongs to nobody until an append names it.
    fn put_blob(&self, blob: BlobRow) -> Answer<'_, ()>;
    /// An attachment.
    fn find_blob(&self, cell: Cell, id: &str) -> Answer<'_, Option<BlobRow>>;
    /// The attachments of a matter, without their content.
    fn blobs(&self, matter: MatterId) -> Answer<'_, Vec<BlobRow>>;
    /// Drops staged attachments that nobody named before this time; how many.
    fn sweep_blobs(&self, cell: Cell, before: kernel::time::Timestamp) -> Answer<'_, u32>;

    // ── looks, outbox, notices ─────────────────────────────────────────────────────────────────────────────────────
    /// Records a look, before what was looked at is shown.
    fn append_look(&self, look: LookRow) -> Answer<'_, ()>;
    /// The looks at a matter, oldest first.
    fn looks(&self, matter: MatterId) -> Answer<'_, Vec<LookRow>>;
    /// What waits in the outbox of a cell, oldest first.
    fn outbox(&self, cell: Cell, limit: u32) -> Answer<'_, Vec<OutboxRow>>;
    /// Takes rows out of the outbox and records what was sent, in one transaction; rows already gone are no error.
    fn sent(&self, cell: Cell, ids: Vec<i64>, notices: Vec<NoticeRow>) -> Answer<'_, ()>;
    /// What was sent about a matter.
    fn notices(&self, matter: MatterId) -> Answer<'_, Vec<NoticeRow>>;

    // ── the installation (cell 0) ──────────────────────────────────────────────────────────────────────────────────
    /// The whole directory of bodies, persons and posts.
    fn directory(&self) -> Answer<'_, DirectoryRows>;
    /// Adds or replaces rows of the directory; rows that are not named stay. A relation and a post are the same row if they
    /// begin on the same day.
    fn put_directory(&self, rows: DirectoryRows) -> Answer<'_, ()>;
    /// A number that grows with every change of the directory.
    fn directory_version(&self) -> Answer<'_, i64>;
    /// Keeps a new version of a set, whole, and closes the one before; its number. `Conflict` if another came first.
    /// The directory's version grows with it.
    fn put_set(&self, draft: SetDraft) -> Answer<'_, u32>;
    /// Every version of every set, by set and number, without rows.
    fn set_versions(&self) -> Answer<'_, Vec<SetVersion>>;
    /// The rows of a version, in the order of the list; empty where there is none.
    fn set_rows(&self, set: &str, version: u32) -> Answer<'_, Vec<SetRow>>;
    /// Keeps a session or an API token, by the hash of its secret.
    fn put_session(&self, session: SessionRow) -> Answer<'_, ()>;
    /// The session or token with this hash.
    fn find_session(&self, hash: [u8; 32]) -> Answer<'_, Option<SessionRow>>;
    /// Ends a session or token.
    fn end_session(&self, hash: [u8; 32]) -> Answer<'_, ()>;
    /// Drops sessions and tokens that expired before this time, at most so many; how many.
    fn purge_sessions(&self, before: kernel::time::Timestamp, limit: u32) -> Answer<'_, u32>;
    /// The sessions and tokens of a person that are kept, the newest first.
    fn sessions_of(&self, person: kernel::ids::PersonId) -> Answer<'_, Vec<SessionRow>>;
    /// Carries out an act of administration, all of it or nothing, and records it. `Conflict` if the directory has moved
    /// on. Its version grows if a row changed.
    fn administer(&self, administration: Administration) -> Answer<'_, ()>;
    /// The records of acts, the newest first, before one of them; with the number of each, from 1.
    fn acts(&self, before: Option<i64>, limit: u32) -> Answer<'_, Vec<(i64, ActRow)>>;
    /// A setting of the installation.
    fn setting(&self, key: &str) -> Answer<'_, Option<String>>;
    /// Sets it.
    fn put_setting(&self, key: &str, value: &str) -> Answer<'_, ()>;
    /// Keeps an effective mechanism under its hash, for ever.
    fn put_mechanism(&self, hash: &str, id: &str, json: &str) -> Answer<'_, ()>;
    /// The effective mechanism with this hash.
    fn find_mechanism(&self, hash: &str) -> Answer<'_, Option<String>>;

    // ── the transparency log (leaves, tiles and checkpoints in cell 0) ───────────────────────────────────────────────
    /// What a cell recorded that may have no leaf yet: queued by the transaction that recorded it, so nobody who commits
    /// late is passed over. In the order of its keys.
    fn unlogged(&self, cell: Cell, limit: u32) -> Answer<'_, Vec<LeafRow>>;
    /// Takes rows out of that queue, once they have leaves; rows already gone are no error.
    fn forget_unlogged(&self, cell: Cell, keys: Vec<LeafKey>) -> Answer<'_, ()>;
    /// Gives leaves their places and keeps the tiles that they fill, in one transaction. `Conflict` if the log has another
    /// size by now or one of them has a leaf already.
    fn append_leaves(&self, append: LogAppend) -> Answer<'_, ()>;
    /// The place and the leaf of each key, in the order asked.
    fn find_leaves(&self, keys: Vec<LeafKey>) -> Answer<'_, Vec<Option<(u64, LeafRow)>>>;
    /// The leaves of entries of a cell's matters between two serials, both included, by matter and number, with their places.
    fn leaves_of(&self, home: Cell, from: i64, to: i64) -> Answer<'_, Vec<(u64, LeafRow)>>;
    /// Leaves in their order, from a place on.
    fn leaves(&self, from: u64, limit: u32) -> Answer<'_, Vec<LeafRow>>;
    /// Roots of full tiles of a level, from a place on, without gaps.
    fn log_nodes(&self, level: u8, from: u64, limit: u32) -> Answer<'_, Vec<kernel::chain::Hash>>;
    /// How many leaves.
    fn log_size(&self) -> Answer<'_, u64>;
    /// Keeps a checkpoint, the newest 1,000 of them. `Conflict` if it is not over more leaves than the last one.
    fn put_checkpoint(&self, checkpoint: CheckpointRow) -> Answer<'_, ()>;
    /// The last checkpoint.
    fn checkpoint(&self) -> Answer<'_, Option<CheckpointRow>>;
    /// The links of a cell's stream of looks, after one of them.
    fn look_links(&self, cell: Cell, after: u32, limit: u32) -> Answer<'_, Vec<LookLink>>;

    // ── the whole store: verify, rebuild, operate ──────────────────────────────────────────────────────────────────
    /// The cells that hold matters.
    fn cells_fanout(&self) -> Answer<'_, Vec<Cell>>;
    /// Matters of a cell in key order, with their entries.
    fn scan(&self, cell: Cell, after: Option<i64>, limit: u32) -> Answer<'_, Vec<Loaded>>;
    /// The serials of a cell's matters in order. A store that is damaged gives what it still knows, from wherever it knows it.
    fn serials(&self, cell: Cell, after: Option<i64>, limit: u32) -> Answer<'_, Vec<i64>> {
        Box::pin(async move {
            let page = self.scan(cell, after, limit).await?;
            Ok(page.into_iter().map(|loaded| loaded.matter.id.serial).collect())
        })
    }
    /// Matters of a cell between two serials, both included, with everything that belongs to them, in order.
    fn belongings(&self, cell: Cell, from: i64, to: i64) -> Answer<'_, Vec<Belongings>> {
        Box::pin(belongings(self, cell, from, to))
    }
    /// The leaves that the entries of these matters should have, by matter and number.
    fn entry_leaves(&self, cell: Cell, from: i64, to: i64) -> Answer<'_, Vec<LeafRow>> {
        Box::pin(entry_leaves(self, cell, from, to))
    }
    /// Every counter of a cell, both books, slot by slot; none where the store keeps no slots.
    fn counter_slots(&self, _cell: Cell) -> Answer<'_, Option<Vec<CounterDelta>>> {
        Box::pin(async { Ok(None) })
    }
    /// What the store finds wrong by itself: what no entry, key or recount covers. Long.
    fn audit(&self) -> Answer<'_, Vec<Finding>> {
        Box::pin(async { Ok(Vec::new()) })
    }
    /// The derived rows of a matter as they stand.
    fn derived(&self, matter: MatterId) -> Answer<'_, Derived>;
    /// Throws away every derived row and counter of a cell; `put_derived` fills them again.
    fn clear_derived(&self, cell: Cell) -> Answer<'_, ()>;
    /// Fills derived rows and counters of some matters of one cell again.
    fn put_derived(&self, cell: Cell, rows: Vec<(MatterRow, Derived)>, counters: Vec<CounterDelta>) -> Answer<'_, ()>;
    /// Whether the store answers and can write: cheap, for readiness.
    fn ready(&self) -> Answer<'_, ()>;
}

/// The leaves of entries, for stores that have no quicker way.
async fn entry_leaves<S: Store + ?Sized>(
    store: &S,
    cell: Cell,
    from: i64,
    to: i64,
) -> Result<Vec<LeafRow>, StoreError> {
    let mut all = Vec::new();
    let mut after = from.checked_sub(1);
    loop {
        let page = store.scan(cell, after, 100).await?;
        let Some(last) = page.last() else { return Ok(all) };
        after = Some(last.matter.id.serial);
        for Loaded { matter, entries } in page {
            if matter.id.serial > to {
                return Ok(all);
            }
            let leaf = |e: EntryRow| LeafRow { key: LeafKey::entry(matter.id, e.seq), alg: e.alg, hash: e.hash };
            all.extend(entries.into_iter().map(leaf));
        }
    }
}

/// The belongings of matters, one after the other: for stores that have no quicker way.
async fn belongings<S: Store + ?Sized>(
    store: &S,
    cell: Cell,
    from: i64,
    to: i64,
) -> Result<Vec<Belongings>, StoreError> {
    let mut all = Vec::new();
    let mut after = from.checked_sub(1);
    loop {
        let page = store.scan(cell, after, 100).await?;
        let Some(last) = page.last() else { return Ok(all) };
        after = Some(last.matter.id.serial);
        for loaded in page {
            let id = loaded.matter.id;
            if id.serial > to {
                return Ok(all);
            }
            all.push(Belongings {
                key: store.matter_key(id).await?,
                erasure: store.erasure(id).await?,
                vault: store.vault(id).await?,
                letters: store.letters(id).await?,
                blobs: store.blobs(id).await?,
                derived: store.derived(id).await?,
                loaded,
            });
        }
    }
}
