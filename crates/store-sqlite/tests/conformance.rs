//! The SQLite store keeps what the port promises, in one file and in several.

use std::sync::Arc;
use store::{Sharded, Store, conformance};
use store_sqlite::{Options, SqliteStore};

#[test]
fn one_file() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = SqliteStore::open(dir.path(), Options::default()).expect("a new store");
    conformance::run(&store);
    store.integrity().expect("a sound file");
}

#[test]
fn several_files() {
    let dirs: Vec<_> = (0..3).map(|_| tempfile::tempdir().expect("a directory")).collect();
    let open = |dir: &tempfile::TempDir| -> Arc<dyn Store> {
        Arc::new(SqliteStore::open(dir.path(), Options::default()).expect("a new store"))
    };
    conformance::run(&Sharded::new(dirs.iter().map(open).collect()));
}
