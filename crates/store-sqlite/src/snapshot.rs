//! A copy of a store as it stands at one moment, taken beside whoever writes, and the check of such a copy.

use crate::audit::{Summary, summary};
use crate::fail::{Fail, Run};
use crate::open;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags};
use std::path::Path;
use std::time::Duration;
use store::StoreError;

/// Copies a database file into a new one.
///
/// # Errors
/// `Unavailable`, `Corrupt`: the store's own.
pub fn snapshot(file: &Path, to: &Path) -> Result<(), StoreError> {
    copy(file, to).map_err(|fail| fail.during("snapshot"))
}

fn copy(from: &Path, to: &Path) -> Run<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = Connection::open_with_flags(from, flags)?;
    source.busy_timeout(Duration::from_secs(10))?;
    let mut target = Connection::open(to)?;
    let backup = Backup::new(&source, &mut target)?;
    // All pages in one step are one state; whoever writes goes on in the log.
    for _ in 0..100 {
        match backup.step(-1)? {
            StepResult::Done => return Ok(()),
            _ => std::thread::sleep(Duration::from_millis(100)),
        }
    }
    Err(Fail::Store(StoreError::Unavailable { during: "snapshot", source: "the store stayed busy".into() }))
}

/// A setting of the installation, from a copy that nobody has open.
///
/// # Errors
/// The store's own.
pub fn setting_in(file: &Path, key: &str) -> Result<Option<String>, StoreError> {
    let look = || -> Run<Option<String>> {
        let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let there: bool =
            db.query_row("SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'setting')", [], |row| row.get(0))?;
        if there { crate::home::setting(&db, key) } else { Ok(None) }
    };
    look().map_err(|fail| fail.during("setting"))
}

/// Checks a copy that nobody has open: its pages, and every head against its last entry.
///
/// # Errors
/// `Corrupt` with the first finding, `Newer` for one that a newer program wrote.
pub fn examine(file: &Path) -> Result<Summary, StoreError> {
    let look = || -> Run<Summary> {
        let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        open::main_file(&db)?;
        let finding: String = db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if finding != "ok" {
            return Err(Fail::corrupt(format!("the database file: {finding}")));
        }
        summary(&db)
    };
    look().map_err(|fail| fail.during("examine"))
}
