//! A store of each earlier schema opens, migrates and verifies; a migration that dies at any statement leaves the store as it
//! was; a store of a newer program is refused in words that people understand.

use super::Copy;
use crate::commands::block;
use crate::commands::whole::{Kept, verify_all};
use crate::open::Place;
use indicatif::ProgressBar;
use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::{Batch, Connection};
use std::fs;
use std::io::Read;
use std::path::Path;
use std::sync::LazyLock;
use store_sqlite::{MIGRATIONS, Options, SqliteStore, Summary};

fn unpacked(packed: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    flate2::read::GzDecoder::new(packed).read_to_end(&mut bytes).expect("unpacked");
    bytes
}

/// What schema 7 wrote.
static SEVEN: LazyLock<Vec<u8>> = LazyLock::new(|| unpacked(include_bytes!("../../tests/fixtures/schema-0007.db.gz")));
const KEY: &str = include_str!("../../tests/fixtures/schema-0007.key");

/// A store that the program of a later schema wrote: its database, its master key, and its key file from the ninth on.
fn written_by(schema: i64) -> Copy {
    macro_rules! file {
        ($name:literal) => {
            include_bytes!(concat!("../../tests/fixtures/schema-", $name))
        };
    }
    let (db, key, keys): (&[u8], &[u8], Option<&[u8]>) = match schema {
        8 => (file!("0008.db.gz"), file!("0008.key"), None),
        9 => (file!("0009.db.gz"), file!("0009.key"), Some(file!("0009.keys.gz"))),
        10 => (file!("0010.db.gz"), file!("0010.key"), Some(file!("0010.keys.gz"))),
        14 => (file!("0014.db.gz"), file!("0014.key"), Some(file!("0014.keys.gz"))),
        13 => (file!("0013.db.gz"), file!("0013.key"), Some(file!("0013.keys.gz"))),
        11 | 12 => (file!("0012.db.gz"), file!("0012.key"), Some(file!("0012.keys.gz"))),
        _ => panic!("no store of schema {schema}"),
    };
    let key = std::str::from_utf8(key).expect("text");
    let copy = Copy::foreign(&unpacked(db), key, keys.map(unpacked).as_deref());
    if schema == 11 {
        // No program of the eleventh is at hand: what the twelfth added is taken away, in both files.
        for (file, undo) in [
            (copy.db(), "DROP TABLE identity_erasure; PRAGMA user_version = 11"),
            (copy.keys(), "DROP TABLE erased_identity; PRAGMA user_version = 1"),
        ] {
            Connection::open(file).expect("a file").execute_batch(undo).expect("taken away");
        }
    }
    copy
}

/// A store of a schema up to the seventh.
fn store_of(schema: i64) -> Copy {
    let copy = Copy::bare(&SEVEN, KEY);
    let later = [
        (7, "DROP TABLE set_row; DROP TABLE set_version"),
        (6, "DROP TABLE mark"),
        (5, "DROP INDEX command_at; DROP INDEX session_expires"),
    ];
    let db = Connection::open(copy.db()).expect("a file");
    for (_, undo) in later.iter().filter(|(number, _)| *number > schema) {
        db.execute_batch(undo).expect("taken away");
    }
    db.pragma_update(None, "user_version", schema).expect("a version");
    copy
}

fn newest() -> i64 {
    MIGRATIONS.last().expect("one").0
}

#[test]
fn every_earlier_schema_opens_migrates_and_verifies() {
    for schema in 4..=14 {
        let copy = if schema > 7 { written_by(schema) } else { store_of(schema) };
        assert_eq!(copy.ask::<i64>("PRAGMA user_version"), schema, "it is what it says");
        let place = Place::at(copy.path());
        block(async {
            let app = place.open().await?;
            if schema < 6 {
                // Marks came with the sixth: a store from before it has none for what came later.
                app.rebuild(&mut |_| {}).await?;
            }
            super::with_files(&app, 1).await
        })
        .unwrap_or_else(|e| panic!("schema {schema}: {e:#}"));
        let found = copy.verify().expect("opens");
        assert_eq!(found.damage, [], "schema {schema}");
        assert!(found.matters > 100, "schema {schema}: {} matters", found.matters);
        assert_eq!(copy.ask::<i64>("PRAGMA user_version"), newest());
    }
}

fn summary(dir: &Path) -> Summary {
    SqliteStore::open(dir, Options::default()).expect("opens").summary().expect("whole")
}

#[test]
fn a_migration_that_dies_at_any_statement_is_done_again() {
    let sound = store_of(7);
    let wanted = summary(sound.path());
    for (before, (number, name, statements)) in MIGRATIONS.iter().enumerate().filter(|(_, m)| m.0 > 7) {
        let all = statements.matches(';').count();
        for stop in (0..all).step_by(9).chain([all]) {
            let copy = store_of(7);
            let mut db = Connection::open(copy.db()).expect("a file");
            store_sqlite::migrate_to(&mut db, before).expect("the steps before");
            // A small cache, so that pages reach the log before the commit, as they do in a large store.
            db.execute_batch("PRAGMA journal_mode = wal; PRAGMA cache_size = 8; BEGIN IMMEDIATE").expect("begun");
            let mut batch = Batch::new(&db, statements);
            for _ in 0..stop {
                match batch.next().expect("a statement") {
                    Some(mut statement) => drop(statement.execute([]).expect("carried out")),
                    None => break,
                }
            }
            // The files as they lie there at this moment are what a power cut leaves.
            let image = Copy::bare(&fs::read(copy.db()).expect("bytes"), KEY);
            if let Ok(log) = fs::read(copy.path().join("gongzhi.db-wal")) {
                fs::write(image.path().join("gongzhi.db-wal"), log).expect("the log");
            }
            let version: i64 = image.ask("PRAGMA user_version");
            assert!(version < *number, "{name} is not half there after {stop} statements");
            assert_eq!(summary(image.path()), wanted, "{name} after {stop} statements");
        }
    }
    assert_eq!(sound.ask::<i64>("PRAGMA user_version"), newest());
}

#[test]
fn a_newer_store_is_refused_in_both_languages() {
    let copy = store_of(7);
    Connection::open(copy.db()).and_then(|db| db.pragma_update(None, "user_version", newest() + 1)).expect("a version");
    let before = fs::read(copy.db()).expect("bytes");
    let place = Place::at(copy.path());
    let error = block(async { place.open().await.map(drop) }).expect_err("refused");
    let words = format!("{error:#}");
    assert!(words.contains("更新的程序") && words.contains("newer program"), "{words}");
    assert_eq!(fs::read(copy.db()).expect("bytes"), before, "and untouched");
}

#[test]
fn a_backup_of_an_earlier_schema_is_taken_as_it_is_and_restores() {
    for schema in [8, 9, 10, 12, 13, 14] {
        let copy = written_by(schema);
        let (before, to) = (fs::read(copy.db()).expect("bytes"), tempfile::tempdir().expect("a directory"));
        let master = Place::at(copy.path()).master_key(false).expect("a key");
        let (file, data) = (to.path().join("one.gz1"), to.path().join("data"));
        let source = crate::backup::Source { data: copy.path(), keys: copy.keys(), master: &master, now: 1 };
        let written = source.to_file(&file).unwrap_or_else(|e| panic!("schema {schema}: {e:#}"));
        assert_eq!(written.summary.expect("the data").schema, schema);
        assert_eq!(fs::read(copy.db()).expect("bytes"), before, "schema {schema}: a backup brings nothing up to date");

        fs::create_dir(&data).expect("a directory");
        fs::copy(copy.path().join("master.key"), data.join("master.key")).expect("the key is carried by hand");
        let ready =
            crate::backup::ready(&file, None, &master, &data).unwrap_or_else(|e| panic!("schema {schema}: {e:#}"));
        ready.skip(kernel::time::Timestamp(86_400_000)).expect("numbers are skipped");
        ready.place(&data).expect("put there");
        let place = Place::at(&data);
        block(async { super::with_files(&place.open().await?, 1).await }).expect("it opens and takes a matter");
        let app = block(place.open_beside()).expect("opens");
        assert_eq!(
            block(async { verify_all(&app, 1, Kept::nowhere(ProgressBar::hidden())).await }).expect("verified").damage,
            []
        );
        let db = Connection::open(data.join("gongzhi.db")).expect("a file");
        assert_eq!(db.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)), Ok(newest()));
    }
}
