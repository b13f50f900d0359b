//! The stories of what comes late, over the embedded database.

#[path = "../../app/tests/late_stories/mod.rs"]
mod late_stories;
#[path = "../../app/tests/town/mod.rs"]
mod town;

use std::sync::Arc;
use store::Store;

fn store(dir: &tempfile::TempDir) -> Arc<dyn Store> {
    Arc::new(store_sqlite::SqliteStore::open(dir.path(), store_sqlite::Options::default()).expect("a new store"))
}

#[tokio::test]
async fn a_notice_reaches_running_matters() {
    let dir = tempfile::tempdir().expect("a directory");
    late_stories::a_notice_reaches_running_matters(store(&dir)).await;
}

#[tokio::test]
async fn a_letter_posted_in_time_counts() {
    let dir = tempfile::tempdir().expect("a directory");
    late_stories::a_letter_posted_in_time_counts(store(&dir)).await;
}
