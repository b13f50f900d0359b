//! What somebody with the file in hand might do: delete, swap, cut, rewrite, exchange, put back.

use super::{Copy, SAMPLE};

/// Forges a copy and gives what is found in it, as `number: what`.
fn found_after(forge: impl Fn(&Copy)) -> (Copy, Vec<String>) {
    let copy = Copy::of(&SAMPLE.db);
    forge(&copy);
    let found = copy.verify().expect("opens");
    let words = found.damage.iter().map(|d| format!("{}: {}", d.number.as_deref().unwrap_or("-"), d.what)).collect();
    (copy, words)
}

/// The serial of a matter with several entries.
const SEVERAL: &str = "SELECT serial FROM matter WHERE seq >= 4 ORDER BY serial LIMIT 1";

/// What is forged in that matter must be found, and the matter named.
fn names_it(statements: &str) {
    let (_, found) = found_after(|copy| {
        let serial: i64 = copy.ask(SEVERAL);
        copy.forge(&statements.replace(":serial", &serial.to_string()));
    });
    let several: i64 = Copy::of(&SAMPLE.db).ask(SEVERAL);
    let number = Copy::of(&SAMPLE.db).number(several);
    assert!(found.iter().any(|f| f.starts_with(&number)), "{statements}: {number} is not among {found:?}");
}

#[test]
fn entries_that_were_deleted_swapped_or_rewritten_are_found() {
    for statements in [
        "DELETE FROM entry WHERE serial = :serial AND seq = 2",
        "DELETE FROM entry WHERE serial = :serial AND seq = (SELECT max(seq) FROM entry WHERE serial = :serial)",
        "UPDATE entry SET seq = -seq WHERE serial = :serial AND seq IN (2, 3);
         UPDATE entry SET seq = 5 + seq WHERE serial = :serial AND seq < 0;
         UPDATE OR REPLACE entry SET seq = CASE seq WHEN 3 THEN 2 ELSE 3 END WHERE serial = :serial AND seq IN (2, 3)",
        "UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), '2026', '2025') AS BLOB) WHERE serial = :serial AND seq = 1",
        // With the head of the row and the last entry cut off together, the derived rows still know.
        "DELETE FROM entry WHERE serial = :serial AND seq = (SELECT max(seq) FROM entry WHERE serial = :serial);
         UPDATE matter SET seq = seq - 1,
           head = (SELECT hash FROM entry e WHERE e.serial = :serial ORDER BY seq DESC LIMIT 1) WHERE serial = :serial",
    ] {
        names_it(statements);
    }
}

#[test]
fn what_lies_beside_the_entries_is_found_too() {
    for statements in [
        "DELETE FROM vault WHERE serial = :serial AND seq = 1",
        "UPDATE matter SET number = number + 500 WHERE serial = :serial",
        "UPDATE matter SET title = NULL WHERE serial = :serial",
        "UPDATE matter SET state = 'ended' WHERE serial = :serial",
        "UPDATE matter SET title = (SELECT title FROM matter WHERE serial <> :serial AND title IS NOT NULL LIMIT 1) \
         WHERE serial = :serial",
        "DELETE FROM work WHERE serial = :serial",
    ] {
        names_it(statements);
    }
}

#[test]
fn keys_that_are_gone_or_changed_are_found() {
    for statements in [
        "DELETE FROM key WHERE serial = :serial",
        "UPDATE key SET epoch = x'00000002' WHERE serial = :serial",
        "UPDATE key SET handlers = (SELECT handlers FROM key WHERE serial <> :serial LIMIT 1) WHERE serial = :serial",
    ] {
        let copy = Copy::of(&SAMPLE.db);
        let serial: i64 = copy.ask(SEVERAL);
        copy.forge_file(&copy.keys(), &statements.replace(":serial", &serial.to_string()));
        let found = copy.verify().expect("opens").damage;
        let number = Copy::of(&SAMPLE.db).number(serial);
        assert!(found.iter().any(|d| d.number.as_ref() == Some(&number)), "{statements}: {found:?}");
    }
}

#[test]
fn letters_are_numbered_without_gap_or_reuse() {
    let series = "series IS NOT NULL AND body = (SELECT body FROM letter WHERE series IS NOT NULL GROUP BY body, series \
                  ORDER BY count(*) DESC LIMIT 1)";
    for (forged, what) in [
        (format!("UPDATE letter SET number = 1 WHERE {series}"), "numbered twice"),
        (format!("UPDATE letter SET number = number + 1 WHERE {series}"), "without gap"),
        ("UPDATE letter_series SET last = last + 1".to_owned(), "without gap"),
        ("DELETE FROM letter WHERE place = 1".to_owned(), "letters"),
    ] {
        let (_, found) = found_after(|copy| copy.forge(&forged));
        assert!(found.iter().any(|f| f.contains(what)), "{forged}: {found:?}");
    }
}

#[test]
fn attachments_that_changed_places_are_found() {
    for forged in [
        // Contents between two matters.
        "CREATE TEMP TABLE t AS SELECT id, content FROM blob;
         UPDATE blob SET content = (SELECT content FROM t WHERE id <> blob.id ORDER BY id LIMIT 1)",
        // Whole rows between two matters.
        "UPDATE blob SET serial = (SELECT max(serial) FROM blob) WHERE serial = (SELECT min(serial) FROM blob)",
        "DELETE FROM blob WHERE id = (SELECT min(id) FROM blob)",
        "UPDATE blob SET mime = 'text/plain' WHERE id = (SELECT min(id) FROM blob)",
    ] {
        let (_, found) = found_after(|copy| copy.forge(forged));
        assert!(found.iter().any(|f| f.contains("attachment") && !f.starts_with('-')), "{forged}: {found:?}");
    }
}

#[test]
fn rows_of_the_installation_are_found() {
    for (forged, what) in [
        (
            "UPDATE mechanism SET json = replace(json, '\"zh\"', '\"zx\"') WHERE hash = (SELECT version FROM matter LIMIT 1)",
            "mechanism",
        ),
        ("DELETE FROM set_row WHERE place = 1", "set"),
        ("CREATE TABLE other (x)", "schema"),
        ("DROP INDEX command_at", "schema"),
        ("UPDATE counter SET n = n + 1", "recount"),
        ("UPDATE lane_count SET n = n + 1", "lane"),
        ("UPDATE look SET person = 9 WHERE seq = 2", "look 2"),
        ("DELETE FROM look WHERE seq = 1", "look"),
        ("DELETE FROM look WHERE seq = (SELECT max(seq) FROM look)", "rows of look"),
    ] {
        let (_, found) = found_after(|copy| copy.forge(forged));
        assert!(found.iter().any(|f| f.contains(what)), "{forged}: {found:?}");
    }
}

#[test]
fn rows_that_were_deleted_put_in_or_exchanged_are_counted() {
    let copy = Copy::of(&SAMPLE.db);
    let tables: Vec<String> = {
        let db = rusqlite::Connection::open(copy.db()).expect("a file");
        let mut all = db.prepare("SELECT DISTINCT name FROM tally WHERE n > 0 ORDER BY 1").expect("a statement");
        all.query_map([], |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("names")
    };
    for table in [
        "body",
        "command",
        "mechanism",
        "notice",
        "number_lease",
        "person",
        "post",
        "relation",
        "set_version",
        "setting",
    ] {
        assert!(tables.iter().any(|t| t == table), "{table} is not tallied, or the sample has none: {tables:?}");
    }
    for table in &tables {
        // A row in the middle, and the last that was written.
        for order in ["LIMIT 1 OFFSET (SELECT count(*) / 2 FROM t)", "LIMIT 1 OFFSET (SELECT count(*) - 1 FROM t)"] {
            let order = order.replace("FROM t)", &format!("FROM {table})"));
            let copy = Copy::of(&SAMPLE.db);
            let keys: String = copy.ask(&format!(
                "SELECT group_concat(name, ', ') FROM (SELECT name FROM pragma_table_info('{table}') WHERE pk > 0 ORDER BY pk)"
            ));
            copy.forge(&format!("DELETE FROM {table} WHERE ({keys}) IN (SELECT {keys} FROM {table} {order})"));
            let found = copy.verify().map(|found| found.damage);
            // Without its settings a store does not even open.
            let noticed =
                found.as_ref().map_or(true, |all| all.iter().any(|d| d.what.contains(&format!("rows of {table} "))));
            assert!(noticed, "{table}, {order}: {found:?}");
        }
    }
    // As many as before, another one: a command of another person under a sum that is right in itself.
    let (_, found) = found_after(|copy| {
        copy.forge("UPDATE command SET key = 'another' WHERE key = (SELECT min(key) FROM command)");
    });
    assert!(found.iter().any(|f| f.contains("rows of command in cell") && f.contains("exchanged")), "{found:?}");
    let (_, found) = found_after(|copy| copy.forge("DELETE FROM tally WHERE name = 'post'"));
    assert!(found.iter().any(|f| f.contains("rows of post")), "{found:?}");
}

/// Forges the directory as whoever knows sums and tallies would: the triggers stand, so that all of them are right.
fn found_after_writing(statements: &str) -> Vec<String> {
    let (_, found) = found_after(|copy| {
        let db = rusqlite::Connection::open(copy.db()).expect("a file");
        store_sqlite::teach(&db).expect("taught");
        db.execute_batch(statements).expect(statements);
    });
    found
}

#[test]
fn what_no_record_of_the_administration_explains_is_found() {
    let one_post = "(person, body, role, day) IN (SELECT person, body, role, day FROM post LIMIT 1)";
    for (forged, what) in [
        (
            "INSERT INTO person (cell, id, row) SELECT cell, 999, replace(row, '\"id\":' || id || ',', '\"id\":999,') FROM person LIMIT 1"
                .to_owned(),
            "person 999 of the directory is in no record",
        ),
        (
            "INSERT INTO post (cell, person, body, role, day, row) SELECT cell, person, body, 'admin', day, \
             replace(row, '\"role\":\"' || role || '\"', '\"role\":\"admin\"') FROM post WHERE role <> 'admin' LIMIT 1"
                .to_owned(),
            "is in no record",
        ),
        (format!("DELETE FROM post WHERE {one_post}"), "is recorded by the administration and is not there"),
        (
            "UPDATE person SET row = replace(row, '\"active\":true', '\"active\":false') WHERE id = 3".to_owned(),
            "person 3 of the directory is not as the last record",
        ),
        ("DELETE FROM relation WHERE body = (SELECT min(body) FROM relation)".to_owned(), "relation"),
    ] {
        let found = found_after_writing(&forged);
        assert!(found.iter().any(|f| f.contains(what)), "{forged}: {found:?}");
        assert!(!found.iter().any(|f| f.contains("rows of p")), "only the records tell: {found:?}");
    }
}

#[test]
fn a_file_that_was_cut_is_found() {
    for pages in [1, 7, 100] {
        let copy = Copy::of(&SAMPLE.db[..SAMPLE.db.len() - pages * 4096]);
        let found = copy.verify().map(|found| found.damage.len());
        assert!(!matches!(found, Ok(0)), "{pages} pages less");
    }
}

/// What verifying alone cannot know, said by a test so that nobody believes otherwise: an older file is whole in itself. A
/// checkpoint that was kept elsewhere tells.
#[test]
fn an_older_file_is_whole_in_itself() {
    let copy = Copy::of(&SAMPLE.db);
    let older = std::fs::read(copy.db()).expect("bytes");
    let place = crate::open::Place::at(copy.path());
    crate::commands::block(async {
        let app = place.open().await?;
        super::with_files(&app, 50).await
    })
    .expect("one more");
    let matters = copy.verify().expect("opens").matters;
    copy.put(&older);
    let found = copy.verify().expect("opens");
    assert_eq!(found.damage, []);
    assert_eq!(found.matters + 1, matters);
}
