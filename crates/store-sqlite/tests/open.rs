//! Opening: one process, our own file, not from the future; and migrations step by step.

use rusqlite::Connection;
use std::fs;
use store::conformance::{get, raise};
use store::{Store, StoreError};
use store_sqlite::{MIGRATIONS, Options, SqliteStore, migrate_to};

fn open(dir: &tempfile::TempDir) -> Result<SqliteStore, StoreError> {
    SqliteStore::open(dir.path(), Options::default())
}

#[test]
fn one_writer_at_a_time() {
    let dir = tempfile::tempdir().expect("a directory");
    let first = open(&dir).expect("a new store");
    assert!(matches!(open(&dir), Err(StoreError::InUse)));
    let (draft, append) = raise(kernel::ids::Cell(1), 1, vec![1]);
    get(first.append(append));
    drop(first);
    let second = open(&dir).expect("the lock went with the store");
    assert!(get(second.find_matter(draft.matter.id)).is_some());
}

#[test]
fn a_newer_file_is_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    drop(open(&dir).expect("a new store"));
    let db = Connection::open(dir.path().join("gongzhi.db")).expect("a file");
    db.pragma_update(None, "user_version", 99).expect("a version");
    drop(db);
    assert!(matches!(open(&dir), Err(StoreError::Newer { found: 99, known: 15 })));
}

#[test]
fn a_damaged_or_foreign_file_is_refused() {
    let dir = tempfile::tempdir().expect("a directory");
    drop(open(&dir).expect("a new store"));
    let path = dir.path().join("gongzhi.db");
    let sound = fs::read(&path).expect("bytes");
    for spoil in [|b: &mut Vec<u8>| b[0] ^= 1, |b: &mut Vec<u8>| b.truncate(4096 * 3), |b: &mut Vec<u8>| b[100] ^= 7] {
        let mut bytes = sound.clone();
        spoil(&mut bytes);
        fs::write(&path, bytes).expect("written");
        let answer = open(&dir).map(|_| ());
        assert!(matches!(answer, Err(StoreError::Corrupt { .. })), "{answer:?}");
    }
    fs::remove_file(&path).expect("gone");
    Connection::open(&path).and_then(|db| db.execute_batch("CREATE TABLE t (x)")).expect("another program's file");
    assert!(matches!(open(&dir), Err(StoreError::Corrupt { .. })));
    fs::write(&path, sound).expect("written");
    open(&dir).expect("the sound file").integrity().expect("sound");
}

#[test]
fn a_flipped_page_fails_the_long_check() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(&dir).expect("a new store");
    for n in 1..200 {
        get(store.append(raise(kernel::ids::Cell(1), n, (0..100).collect()).1));
    }
    store.integrity().expect("sound");
    drop(store);
    let path = dir.path().join("gongzhi.db");
    let mut bytes = fs::read(&path).expect("bytes");
    let page = bytes.len() / 4096 / 2 * 4096;
    bytes[page..page + 8].fill(0xFF);
    fs::write(&path, bytes).expect("written");
    let answer = open(&dir).and_then(|store| store.integrity());
    assert!(matches!(answer, Err(StoreError::Corrupt { .. })), "{answer:?}");
}

#[test]
fn entries_and_looks_are_guarded_and_a_forged_look_is_found() {
    use kernel::ids::{BodyId, Cell, PersonId};
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(&dir).expect("a new store");
    let (draft, append) = raise(Cell(1), 1, vec![]);
    get(store.append(append));
    for n in 1..=5 {
        get(store.append_look(store::LookRow {
            matter: draft.matter.id,
            at: store::conformance::when(n),
            person: PersonId(1),
            body: BodyId(2),
            role: "handler".into(),
            reason: "x".into(),
            fields: vec!["phone".into()],
            once_on: None,
            salt: [9; 16],
        }));
    }
    assert_eq!(store.verify_looks(Cell(1)).expect("sound").0, 5);
    drop(store);
    let forge = |statement: &str, guard: bool| {
        let db = Connection::open(dir.path().join("gongzhi.db")).expect("a file");
        if !guard {
            let unguard = "DROP TRIGGER look_never_changes; DROP TRIGGER look_never_goes";
            db.execute_batch(unguard).or_else(|_| db.execute_batch("SELECT 1")).expect("unguarded");
        }
        db.execute_batch(statement).map_err(|error| error.to_string())
    };
    for guarded in [
        "UPDATE entry SET body = 'x'",
        "DELETE FROM entry",
        "UPDATE look SET person = 9",
        "DELETE FROM look WHERE seq = 5",
    ] {
        let error = forge(guarded, true).expect_err("a guard");
        assert!(error.contains("never"), "{guarded}: {error}");
    }
    for forged in [
        "UPDATE look SET person = 9 WHERE seq = 2",
        "UPDATE look SET person = 1, row = replace(CAST(row AS TEXT), 'handler', 'hendler') WHERE seq = 2",
        "DELETE FROM look WHERE seq = 2",
    ] {
        forge(forged, false).expect("forged");
        let answer = open(&dir).expect("a store").verify_looks(Cell(1));
        assert!(matches!(answer, Err(StoreError::Corrupt { .. })), "{forged}: {answer:?}");
    }
}

/// Every object of a schema and every row that a sample put in, as text.
fn schema(db: &Connection) -> Vec<String> {
    let mut all = db
        .prepare("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1")
        .expect("a statement");
    all.query_map([], |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("texts")
}

#[test]
fn step_by_step_equals_from_zero_and_keeps_what_is_there() {
    let samples = [
        include_str!("../migrations/0001_matters.sample.sql"),
        include_str!("../migrations/0002_lists.sample.sql"),
        include_str!("../migrations/0003_search.sample.sql"),
        include_str!("../migrations/0004_installation.sample.sql"),
        include_str!("../migrations/0005_purge.sample.sql"),
        include_str!("../migrations/0006_marks.sample.sql"),
        include_str!("../migrations/0007_sets.sample.sql"),
        include_str!("../migrations/0008_log.sample.sql"),
        include_str!("../migrations/0009_erasure.sample.sql"),
        include_str!("../migrations/0010_sums.sample.sql"),
        include_str!("../migrations/0011_register.sample.sql"),
        include_str!("../migrations/0012_identity.sample.sql"),
        include_str!("../migrations/0013_administration.sample.sql"),
        include_str!("../migrations/0014_gaps.sample.sql"),
        include_str!("../migrations/0015_tallies.sample.sql"),
    ];
    assert_eq!(samples.len(), MIGRATIONS.len(), "every migration has its sample");
    let memory = || Connection::open_in_memory().expect("a database");
    let (mut steps, mut zero) = (memory(), memory());
    for (count, sample) in (1..).zip(samples) {
        migrate_to(&mut steps, count).expect("a step");
        steps.execute_batch(sample).expect("its sample");
    }
    migrate_to(&mut zero, MIGRATIONS.len()).expect("all steps");
    assert_eq!(schema(&steps), schema(&zero));
    migrate_to(&mut zero, MIGRATIONS.len()).expect("nothing to do");
    let tables = schema(&steps)
        .iter()
        .filter_map(|s| s.strip_prefix("table ")?.split(' ').next().map(str::to_owned))
        .collect::<Vec<_>>();
    assert!(tables.len() > 25, "{tables:?}");
    for table in tables {
        let rows: i64 =
            steps.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).expect("a count");
        if table == "tally" {
            // A row for each table whose earlier sample was counted, and its own.
            assert_eq!(rows, 15, "every tallied table has a sample");
        } else {
            assert_eq!(rows, 1, "the sample of {table} is there after every later step");
        }
        let first: String = steps
            .query_row(&format!("SELECT name FROM pragma_table_info('{table}') WHERE pk = 1"), [], |row| row.get(0))
            .expect("a key");
        assert_eq!(first, "cell", "the key of {table} begins with its cell");
    }
}
