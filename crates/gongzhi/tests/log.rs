//! The log over the embedded database: whoever writes into the file behind the program's back is found, or nothing is signed.

#[path = "../../app/tests/town/mod.rs"]
mod town;

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;
use std::sync::Arc;
use store_sqlite::{FILE, Options, SqliteStore};
use town::Town;

/// A town of 300 matters whose log is signed, closed again.
async fn town_of_300(dir: &tempfile::TempDir) {
    let town = open(dir, "2026-09-28T22:46").await;
    for _ in 0..300 {
        let fields =
            [("what", "门口的灯坏了三天。".into()), ("name", "林女士".into()), ("phone", "13800000001".into())];
        town.raises("rapid-response", &fields).await.expect("raised");
    }
    assert_eq!(town.app.log_round().await.expect("a round").checkpoint, Some(300));
}

async fn open(dir: &tempfile::TempDir, at: &str) -> Town {
    Town::over(Arc::new(SqliteStore::open(dir.path(), Options::default()).expect("a store")), at).await
}

/// What is found after somebody wrote this into the file, and whether a follower would still sign.
async fn spoilt(dir: &tempfile::TempDir, statements: &str) -> (Vec<String>, bool) {
    let path = dir.path().join(FILE);
    let sound = std::fs::read(&path).expect("a file");
    let db = Connection::open(&path).expect("a file");
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    db.create_scalar_function("row_sum", -1, flags, |_| Ok(0_i64)).expect("a function that says nothing");
    // Whoever writes into the file by hand takes every guard off first.
    let triggers: Vec<String> = {
        let mut names = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").expect("a statement");
        names.query_map([], |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("names")
    };
    for name in triggers {
        db.execute_batch(&format!("DROP TRIGGER {name}")).expect("dropped");
    }
    db.execute_batch(statements).expect("forged");
    drop(db);
    let town = open(dir, "2026-09-29T09:00").await;
    let found = town.app.verify_log().await.expect("verified").into_iter();
    let found = found.map(|d| d.number.map_or_else(|| d.what.clone(), |n| format!("{n}: {}", d.what))).collect();
    let signs = town.app.log_round().await.is_ok();
    drop(town);
    std::fs::write(&path, sound).expect("as it was");
    (found, signs)
}

#[tokio::test]
async fn every_forgery_in_the_file_is_named() {
    let dir = tempfile::tempdir().expect("a directory");
    town_of_300(&dir).await;
    let (found, signs) = spoilt(&dir, "SELECT 1").await;
    assert!(found.is_empty() && signs, "{found:?}");
    for (forgery, named, signs) in [
        ("UPDATE log_leaf SET hash = zeroblob(32) WHERE idx = 7", "entry 1 has another hash in the log", true),
        ("UPDATE log_leaf SET hash = zeroblob(32) WHERE idx = 299", "entry 1 has another hash in the log", false),
        ("UPDATE log_leaf SET alg = 2 WHERE idx = 7", "entry 1 has another hash in the log", true),
        (
            "UPDATE entry SET hash = zeroblob(32) WHERE serial = (SELECT min(serial) FROM entry)",
            "entry 1 has another hash in the log",
            true,
        ),
        ("DELETE FROM log_leaf WHERE idx = 299", "the log has 299 leaves; its checkpoint is over 300", false),
        ("DELETE FROM log_leaf WHERE idx = 7", "entry 1 is not in the log and does not wait for it", true),
        ("UPDATE log_node SET hash = zeroblob(32)", "tile 0 of level 1 of the log is not what its leaves give", false),
        ("UPDATE log_checkpoint SET root = zeroblob(32)", "the last checkpoint is not what was signed", false),
        ("UPDATE log_checkpoint SET note = replace(note, '300', '299')", "签名与内容不符", true),
    ] {
        let (found, signed) = spoilt(&dir, forgery).await;
        assert!(found.iter().any(|f| f.contains(named)), "{forgery}: {found:?}");
        assert_eq!(signed, signs, "{forgery}");
    }
}
