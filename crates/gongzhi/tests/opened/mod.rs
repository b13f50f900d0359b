//! Opens a store in a test that starts programs on other threads: one that was just begun holds a copy of every lock until it runs.

use std::path::Path;
use std::time::{Duration, Instant};
use store::StoreError;
use store_sqlite::{Options, SqliteStore};

/// The store of a directory.
pub fn store(data: &Path) -> SqliteStore {
    let begun = Instant::now();
    loop {
        match SqliteStore::open(data, Options::default()) {
            Err(StoreError::InUse) if begun.elapsed() < Duration::from_secs(10) => {
                std::thread::sleep(Duration::from_millis(20));
            }
            opened => return opened.expect("a store"),
        }
    }
}
