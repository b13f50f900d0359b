//! The write-ahead logs: how long they are, moving them into their files, cutting them to nothing.

use crate::fail::code;
use crate::writer::State;
use rusqlite::{Connection, ErrorCode};

/// The pages of a log, and how many of them are in the file.
pub fn pages(connection: &Connection) -> rusqlite::Result<(i64, i64)> {
    let mut ask = connection.prepare_cached("PRAGMA wal_checkpoint(NOOP)")?;
    ask.query_row([], |row| Ok((row.get(1)?, row.get(2)?)))
}

/// Moves the whole log into its file and cuts it to nothing; false if somebody reads from it.
pub fn empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| Ok(row.get::<_, i64>(0)? == 0))
}

/// Moves what readers allow. A failed flush here is as bad as one in a commit: the log would be dropped for pages that
/// may never have reached the disk.
pub fn checkpoint(connection: &Connection, state: &State) {
    let moved = connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get::<_, i64>(0));
    if let Err(error) = moved {
        judge(&error, state);
    }
}

/// What a checkpoint that failed means for what comes.
pub fn judge(error: &rusqlite::Error, state: &State) {
    match code(error) {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {}
        Some(ErrorCode::DiskFull) => state.fill(),
        _ => state.stop(error),
    }
}
