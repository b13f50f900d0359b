//! Opening the file: the lock, the pragmas (set, then read back), the schema and its migrations.
//! Nothing here costs more for a larger file; the long check is `SqliteStore::integrity`.

use crate::fail::{Fail, Run};
use crate::{keys, modes, pair, sums};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;
use store::StoreError;

/// "gzhi": whose file this is.
const APPLICATION: i64 = 0x677A_6869;

/// How to open.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many reader connections are kept open.
    pub readers: usize,
    /// Page cache of the writer, in KiB.
    pub writer_cache: u32,
    /// Page cache of each reader, in KiB.
    pub reader_cache: u32,
    /// Most writes in one commit.
    pub group: usize,
    /// Beside a server that runs: without the lock, for a short command. SQLite's own locks order the writes.
    pub guest: bool,
    /// The key file; `keys.db` beside the main file where none is named.
    pub key_file: Option<PathBuf>,
    /// So many readers of each file that all see the store as it stands now, however much is written meanwhile: for
    /// checking the whole of it. The logs cannot be emptied for as long as they live.
    pub frozen: Option<usize>,
    /// A bound on the pages of the file: for tests of a full disk.
    pub max_pages: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: 4,
            writer_cache: 16_384,
            reader_cache: 4_096,
            group: 256,
            guest: false,
            key_file: None,
            frozen: None,
            max_pages: None,
        }
    }
}

/// A migration: its number, its name, its statements.
pub type Migration = (i64, &'static str, &'static str);

/// Every migration, in order. What is released is never edited; a change is a new file.
pub const MIGRATIONS: &[Migration] = &[
    (1, "matters", include_str!("../migrations/0001_matters.sql")),
    (2, "lists", include_str!("../migrations/0002_lists.sql")),
    (3, "search", include_str!("../migrations/0003_search.sql")),
    (4, "installation", include_str!("../migrations/0004_installation.sql")),
    (5, "purge", include_str!("../migrations/0005_purge.sql")),
    (6, "marks", include_str!("../migrations/0006_marks.sql")),
    (7, "sets", include_str!("../migrations/0007_sets.sql")),
    (8, "log", include_str!("../migrations/0008_log.sql")),
    (9, "erasure", include_str!("../migrations/0009_erasure.sql")),
    (10, "sums", include_str!("../migrations/0010_sums.sql")),
    (11, "register", include_str!("../migrations/0011_register.sql")),
    (12, "identity", include_str!("../migrations/0012_identity.sql")),
    (13, "administration", include_str!("../migrations/0013_administration.sql")),
    (14, "gaps", include_str!("../migrations/0014_gaps.sql")),
    (15, "tallies", include_str!("../migrations/0015_tallies.sql")),
];

/// Takes the lock of a directory for as long as the file lives; a process that dies gives it back.
pub fn lock(dir: &Path) -> Result<File, StoreError> {
    let failed = |source: std::io::Error| StoreError::Unavailable { during: "lock", source: Box::new(source) };
    let path = dir.join("gongzhi.lock");
    modes::file(&path)?;
    let file = File::options().append(true).open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// The one connection that writes, with the schema up to date.
pub fn writer(path: &Path, options: &Options) -> Run<Connection> {
    let mut connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    tune(&connection, options.writer_cache)?;
    whose(&connection, APPLICATION, MIGRATIONS)?;
    if options.guest {
        up_to_date(&connection, MIGRATIONS)?;
    }
    durable(&connection)?;
    migrate(&mut connection, APPLICATION, MIGRATIONS)?;
    if let Some(pages) = options.max_pages {
        connection.pragma_update(None, "max_page_count", pages)?;
    }
    Ok(connection)
}

/// The connections that write the main file and the key file, made to agree with each other.
pub fn pair(path: &Path, key_path: &Path, options: &Options) -> Run<(Connection, Connection)> {
    // SQLite gives the logs of a file its mode.
    if options.guest {
        modes::file_if_there(path)?
    } else {
        modes::file(path)?
    };
    modes::file_if_there(key_path)?;
    let main = writer(path, options)?;
    if !key_path.exists() && pair::name(&main)?.is_some() {
        return Err(Fail::corrupt("the key file is not where it is looked for; say where it lies"));
    }
    if !options.guest {
        modes::file(key_path)?;
    }
    let keys = keys::writer(key_path, options)?;
    pair::belong(&main, &keys)?;
    pair::take_over(&main, &keys)?;
    if !options.guest {
        pair::sweep(&main, &keys)?;
        pair::replay(&main, &keys)?;
        // What was deleted before a crash may still stand in a log.
        for connection in [&keys, &main] {
            crate::wal::empty(connection)?;
        }
    }
    Ok((main, keys))
}

/// What makes a commit durable. Before anything is written: the first page decides.
pub fn durable(connection: &Connection) -> Run<()> {
    set(connection, "journal_mode", "wal", "wal")?;
    set(connection, "synchronous", "full", "2")?;
    set(connection, "wal_autocheckpoint", "0", "0")?;
    set(connection, "journal_size_limit", "67108864", "67108864")
}

/// A connection that cannot write.
pub fn reader(path: &Path, options: &Options) -> Run<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    tune(&connection, options.reader_cache)?;
    set(&connection, "query_only", "1", "1")?;
    Ok(connection)
}

/// Connections to both files that cannot write and all see one state: whoever writes, keys too, holds the main file, so
/// nothing comes between their beginnings while it is held here.
pub fn frozen(main: &Path, keys: &Path, options: &Options, count: usize) -> Run<[Vec<Connection>; 2]> {
    let gate = checkpointer(main)?;
    gate.execute_batch("BEGIN IMMEDIATE")?;
    let begin = |path| {
        let begun = (0..count.max(1)).map(|_| {
            let connection = reader(path, options)?;
            connection.execute_batch("BEGIN; SELECT count(*) FROM sqlite_schema;")?;
            Ok(connection)
        });
        begun.collect::<Run<Vec<_>>>()
    };
    let begun = begin(main).and_then(|main| Ok([main, begin(keys)?]));
    gate.execute_batch("ROLLBACK")?;
    begun
}

/// A connection that only moves pages from the log into the file.
pub fn checkpointer(path: &Path) -> Run<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    tune(&connection, 512)?;
    set(&connection, "synchronous", "full", "2")?;
    Ok(connection)
}

/// What every connection is set to.
pub fn tune(connection: &Connection, cache: u32) -> Run<()> {
    connection.busy_timeout(Duration::from_secs(10))?;
    // Otherwise a statement is parsed anew whenever another value is bound to it: a third of a page's time.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    sums::teach(connection)?;
    connection.set_prepared_statement_cache_capacity(128);
    set(connection, "mmap_size", "0", "0")?;
    set(connection, "foreign_keys", "1", "1")?;
    set(connection, "secure_delete", "1", "1")?;
    set(connection, "temp_store", "2", "2")?;
    set(connection, "trusted_schema", "0", "0")?;
    let cache = format!("-{cache}");
    set(connection, "cache_size", &cache, &cache)
}

/// Sets a pragma and insists that SQLite says the same: some builds and file systems refuse in silence.
fn set(connection: &Connection, name: &str, value: &str, says: &str) -> Run<()> {
    connection.pragma_update(None, name, value)?;
    let found = connection.pragma_query_value(None, name, |row| {
        let value = row.get_ref(0)?;
        Ok(value.as_str().map_or_else(|_| value.as_i64().unwrap_or(-1).to_string(), str::to_owned))
    });
    match found {
        Ok(found) if found.eq_ignore_ascii_case(says) => Ok(()),
        // A pragma without an answer (mmap compiled out) is as off as it can be.
        Err(rusqlite::Error::QueryReturnedNoRows) if says == "0" => Ok(()),
        Ok(found) => {
            let source = format!("{name} is {found}, not {says}").into();
            Err(StoreError::Unavailable { during: "open", source }.into())
        }
        Err(error) => Err(error.into()),
    }
}

/// Refuses a main file of another program and of a newer one.
pub fn main_file(connection: &Connection) -> Run<()> {
    whose(connection, APPLICATION, MIGRATIONS)
}

/// The schema as this program makes it.
pub fn fresh() -> Run<Connection> {
    let mut fresh = Connection::open_in_memory()?;
    migrate(&mut fresh, APPLICATION, MIGRATIONS)?;
    Ok(fresh)
}

/// Refuses the file of another program and of a newer one.
pub fn whose(connection: &Connection, ours: i64, migrations: &[Migration]) -> Run<()> {
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (application, version) = (number("application_id")?, number("user_version")?);
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != ours && (tables > 0 || version > 0 || application != 0) {
        return Err(Fail::corrupt("the file was written by another program"));
    }
    let known = migrations.last().map_or(0, |m| m.0);
    if version > known {
        return Err(StoreError::Newer { found: version, known }.into());
    }
    Ok(())
}

/// Refuses a file of an earlier schema: whoever only looks, or works beside a server, changes nothing of it.
pub fn up_to_date(connection: &Connection, migrations: &[Migration]) -> Run<()> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let known = migrations.last().map_or(0, |m| m.0);
    if found == known {
        return Ok(());
    }
    if found == 0 {
        return Err(Fail::corrupt("the file is empty"));
    }
    let what = format!(
        "数据库还是第 {found} 版结构，本程序用第 {known} 版。这个命令不改动数据库，所以没有打开：请先备份（gongzhi backup），再启动一次服务\
         （gongzhi serve），它会自动升级 / the store has schema {found}, this program {known}. This command brings no store up to date, so it \
         was not opened and nothing was changed: make a backup first (gongzhi backup), then start the server once (gongzhi serve), it \
         brings the store up to date"
    );
    Err(StoreError::Setup { what }.into())
}

/// Applies the migrations that are missing, each in a transaction of its own.
pub fn migrate(connection: &mut Connection, ours: i64, migrations: &[Migration]) -> Run<()> {
    sums::teach(connection)?;
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (number, name, statements) in migrations.iter().filter(|m| m.0 > version) {
        let tx = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        tx.execute_batch(statements)?;
        tx.pragma_update(None, "application_id", ours)?;
        tx.pragma_update(None, "user_version", number)?;
        tx.commit()?;
        tracing::info!(number, name, "schema migrated");
    }
    Ok(())
}

/// The schema of a file after the first `count` migrations: for tests that walk through them.
///
/// # Errors
/// The store's own.
pub fn migrate_to(connection: &mut Connection, count: usize) -> Result<(), StoreError> {
    migrate(connection, APPLICATION, &MIGRATIONS[..count]).map_err(|fail| fail.during("migrate"))
}
