//! A few connections for reading, lent out one at a time. Reads run on the caller's thread and see one state throughout.

use crate::fail::Run;
use crate::open::{self, Options};
use rusqlite::Connection;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, PoisonError};
use store::StoreError;

/// The connections that nobody uses just now.
pub struct Readers {
    path: PathBuf,
    options: Options,
    idle: Mutex<Vec<Connection>>,
    back: Condvar,
}

impl Readers {
    /// Opens the first one, so that a file that cannot be read is known at start.
    pub fn new(path: PathBuf, options: Options) -> Run<Self> {
        let first = vec![open::reader(&path, &options)?];
        Ok(Self::with(path, options, first))
    }

    /// With connections that are open.
    pub fn with(path: PathBuf, options: Options, idle: Vec<Connection>) -> Self {
        Self { path, options, idle: Mutex::new(idle), back: Condvar::new() }
    }

    /// Reads with one statement.
    pub fn read<T>(&self, during: &'static str, run: impl FnOnce(&Connection) -> Run<T>) -> Result<T, StoreError> {
        let connection = self.take().map_err(|fail| fail.during(during))?;
        let result = run(&connection);
        self.give(connection);
        result.map_err(|fail| fail.during(during))
    }

    /// Reads with several statements that must agree with each other.
    pub fn read_as_one<T>(
        &self,
        during: &'static str,
        run: impl FnOnce(&Connection) -> Run<T>,
    ) -> Result<T, StoreError> {
        self.read(during, |connection| {
            if self.options.frozen.is_some() {
                return run(connection);
            }
            connection.prepare_cached("BEGIN")?.execute([])?;
            let result = run(connection);
            // Nothing was written: whether it ends well decides only whether the connection may be used again.
            connection.prepare_cached("ROLLBACK")?.execute([])?;
            result
        })
    }

    fn take(&self) -> Run<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if self.options.frozen.is_some() {
            // Another connection would see another state: wait for one of these.
            let some = self.back.wait_while(idle, |idle| idle.is_empty());
            let taken = some.unwrap_or_else(PoisonError::into_inner).pop();
            return Ok(taken.expect("invariant: waited until there is one"));
        }
        let idle = idle.pop();
        idle.map_or_else(|| open::reader(&self.path, &self.options), Ok)
    }

    fn give(&self, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if self.options.frozen.is_some() {
            idle.push(connection);
            self.back.notify_one();
        } else if connection.is_autocommit() && idle.len() < self.options.readers {
            idle.push(connection);
        }
    }
}
