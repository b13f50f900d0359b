//! The store in one SQLite file: one thread that writes in groups, a few connections that read.
//! No rule of the domain stands here. The file belongs to one process at a time.

mod administration;
mod append;
mod audit;
mod belongings;
mod blobs;
mod code;
mod counters;
mod erase;
mod fail;
mod home;
mod keys;
mod lists;
mod log;
mod looks;
mod matters;
mod merge;
mod modes;
mod open;
mod outbox;
mod pair;
mod port;
mod postings;
mod reader;
mod search;
mod set;
mod skip;
mod snapshot;
mod sums;
mod wal;
mod whole;
mod writer;

pub use audit::Summary;
use fail::{Fail, Run};
use kernel::chain::Hash;
use kernel::ids::{Cell, MatterId};
use kernel::time::Timestamp;
pub use modes::directory as private_directory;
pub use open::{MIGRATIONS, Migration, Options, migrate_to};
use rusqlite::Connection;
pub use skip::skip_in;
pub use snapshot::{examine, setting_in, snapshot};
use std::fs::File;
use std::path::Path;
use store::*;
pub use sums::teach;

/// The file of a store in its directory.
pub const FILE: &str = "gongzhi.db";

/// The key file of a store, beside it unless another is named.
pub const KEY_FILE: &str = "keys.db";

/// A store in a directory: `gongzhi.db` and the key file with their logs, and the lock.
pub struct SqliteStore {
    // In this order: the last to close the file must be one that may write, so that it moves the log into the file and
    // removes it; and the lock goes when everything is closed.
    readers: reader::Readers,
    key_readers: reader::Readers,
    writer: writer::Writer,
    forward: search::Forward,
    frozen: bool,
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
        modes::directory(dir)?;
        let lock = if options.guest { None } else { Some(open::lock(dir)?) };
        let path = dir.join(FILE);
        let frozen = options.frozen.is_some();
        let key_path = options.key_file.clone().unwrap_or_else(|| dir.join(KEY_FILE));
        let parts = || -> Run<_> {
            let pair = open::pair(&path, &key_path, &options)?;
            let checkpointer = open::checkpointer(&path)?;
            let (main, keys) = match options.frozen {
                None => {
                    let readers = |path| reader::Readers::new(path, options.clone());
                    (readers(path.clone())?, readers(key_path.clone())?)
                }
                Some(count) => {
                    let [main, keys] = open::frozen(&path, &key_path, &options, count)?;
                    let readers = |path: &Path, idle| reader::Readers::with(path.to_owned(), options.clone(), idle);
                    (readers(&path, main), readers(&key_path, keys))
                }
            };
            Ok((pair, checkpointer, main, keys))
        };
        let (pair, checkpointer, readers, key_readers) = parts().map_err(|fail| fail.during("open"))?;
        let writer = writer::Writer::start(pair, checkpointer, options.group.max(1))
            .map_err(|source| StoreError::Unavailable { during: "open", source: Box::new(source) })?;
        Ok(Self {
            writer,
            readers,
            key_readers,
            forward: if frozen { search::Forward::shared() } else { search::Forward::default() },
            frozen,
            merging: tokio::sync::Mutex::default(),
            _lock: lock,
        })
    }

    /// The database's own check of every page; takes as long as the file is large.
    ///
    /// # Errors
    /// `Corrupt` with the first finding.
    pub fn integrity(&self) -> Result<(), StoreError> {
        for (file, readers) in [("database", &self.readers), ("key", &self.key_readers)] {
            readers.read("integrity", |db| {
                let finding: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
                let wrong = || Fail::corrupt(format!("the {file} file fails its own check"));
                if finding == "ok" { Ok(()) } else { Err(wrong()) }
            })?;
        }
        Ok(())
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

    fn read_keys<'a, T: Send + 'a>(
        &'a self,
        during: &'static str,
        run: impl FnOnce(&Connection) -> Run<T> + Send + 'a,
    ) -> Answer<'a, T> {
        Box::pin(async move { self.key_readers.read(during, run) })
    }

    fn write_keys(&self, during: &'static str, run: writer::KeyWork) -> Answer<'_, ()> {
        Box::pin(self.writer.write_with_keys(during, Some(run), writer::nothing))
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
