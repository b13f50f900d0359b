//! A store from before the key file: its keys move there, whatever interrupts, and no piece of them stays behind.

use kernel::ids::{Cell, MatterId};
use rusqlite::Connection;
use std::collections::HashSet;
use std::fs;
use std::path::Path;
use store::Store;
use store::conformance::get;
use store_sqlite::{Options, SqliteStore, migrate_to};

const MATTERS: i64 = 1_000;

fn wrapped(n: i64, which: u8) -> Vec<u8> {
    let mut state = (n as u64) << 8 | u64::from(which);
    let random = std::iter::repeat_with(|| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        (mixed ^ (mixed >> 27)).to_be_bytes()
    });
    [vec![1, 12], random.flatten().take(60).collect()].concat()
}

/// A store of the seventh schema whose process died: its log is still there.
fn old(dir: &Path) {
    let mut db = Connection::open(dir.join("gongzhi.db")).expect("a file");
    db.execute_batch("PRAGMA journal_mode = WAL; PRAGMA secure_delete = 1; PRAGMA wal_autocheckpoint = 200")
        .expect("set");
    migrate_to(&mut db, 7).expect("an old schema");
    for n in 0..MATTERS {
        if n % 50 == 0 {
            db.execute_batch(if n == 0 { "BEGIN" } else { "COMMIT; BEGIN" }).expect("a group");
        }
        let cell = n * 7 % 5 + 1;
        let matter = "INSERT INTO matter VALUES (?1, ?2, 1, zeroblob(32), 2026, ?2, 'repair', 'ab', '330106', 'received', \
            1, 10, 1, 2, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)";
        db.execute(matter, (cell, n + 1)).expect("a matter");
        let key = "INSERT INTO matter_key VALUES (?1, ?2, ?3, ?4, 1)";
        db.execute(key, (cell, n + 1, wrapped(n, 1), wrapped(n, 2))).expect("its keys");
    }
    db.execute_batch("COMMIT").expect("the last group");
    std::mem::forget(db);
}

/// How many matters have a piece of a key in a file.
fn pieces(file: &Path) -> usize {
    let bytes = fs::read(file).unwrap_or_default();
    let windows: HashSet<&[u8]> = bytes.windows(15).collect();
    let stands = |key: Vec<u8>| key[2..].chunks_exact(15).any(|piece| windows.contains(piece));
    (0..MATTERS).filter(|n| [1, 2].iter().any(|which| stands(wrapped(*n, *which)))).count()
}

fn check(dir: &Path) {
    let store = SqliteStore::open(dir, Options::default()).expect("a store that moves its keys");
    for n in 0..MATTERS {
        let id = MatterId { cell: Cell((n * 7 % 5 + 1) as u32), serial: n + 1 };
        let row = get(store.matter_key(id)).expect("its keys");
        assert_eq!((row.epoch, &row.handlers.text[..]), (1, &wrapped(n, 1)[14..]));
    }
    let left = ["gongzhi.db", "gongzhi.db-wal"].map(|file| pieces(&dir.join(file)));
    assert_eq!(left, [0, 0], "pieces of keys in the main file and its log");
    assert_eq!(pieces(&dir.join("keys.db")), MATTERS as usize, "searching works");
}

#[test]
fn keys_move_and_leave_nothing_behind() {
    let dir = tempfile::tempdir().expect("a directory");
    old(dir.path());
    assert!(pieces(&dir.path().join("gongzhi.db")) > 0 && pieces(&dir.path().join("gongzhi.db-wal")) > 0);
    check(dir.path());
    check(dir.path());
}

#[test]
fn a_move_that_broke_off_goes_on() {
    // Broken off before the old rows were deleted: all are copied, or a part.
    for part in ["1", "serial % 3 = 0", "0"] {
        let (dir, done) = (tempfile::tempdir().expect("a directory"), tempfile::tempdir().expect("a directory"));
        old(dir.path());
        old(done.path());
        drop(SqliteStore::open(done.path(), Options::default()).expect("moved"));
        let keys = dir.path().join("keys.db");
        fs::copy(done.path().join("keys.db"), &keys).expect("copied");
        let db = Connection::open(&keys).expect("a file");
        db.execute(&format!("DELETE FROM key WHERE NOT ({part})"), []).expect("the rest");
        drop(db);
        check(dir.path());
    }
}
