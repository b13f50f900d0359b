//! Rebuilding gives projections and counters as the live path left them, whatever was thrown away, and a rebuild that was
//! interrupted is finished at the next start.

use super::{Copy, SAMPLE};
use crate::commands::block;
use crate::open::Place;
use rusqlite::Connection;
use rusqlite::types::Value;

/// What a rebuild makes, with the search left out: it is compared by verifying, term by term. Rows that count nothing are
/// not made again.
const DERIVED: [&str; 6] = [
    "SELECT * FROM matter ORDER BY cell, serial",
    "SELECT * FROM work ORDER BY 1, 2, 3, 4, 5",
    "SELECT * FROM due ORDER BY 1, 2, 3, 4, 5, 6",
    "SELECT * FROM mark ORDER BY 1, 2, 3, 4, 5, 6",
    "SELECT * FROM lane_count WHERE n <> 0 ORDER BY 1, 2, 3",
    "SELECT * FROM counter WHERE n <> 0 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9",
];

fn tables(copy: &Copy) -> Vec<Vec<Vec<Value>>> {
    let db = Connection::open(copy.db()).expect("a file");
    let read = |sql: &str| {
        let mut get = db.prepare(sql).expect("a statement");
        let columns = get.column_count();
        let rows = get.query_map([], |r| (0..columns).map(|i| r.get(i)).collect::<rusqlite::Result<Vec<Value>>>());
        rows.expect("rows").collect::<rusqlite::Result<_>>().expect("values")
    };
    DERIVED.iter().map(|sql| read(sql)).collect()
}

fn rebuild(copy: &Copy) {
    let place = Place::at(copy.path());
    block(async { Ok(place.open().await?.rebuild(&mut |_| {}).await?) }).expect("rebuilt");
}

#[test]
fn a_rebuild_gives_the_same_bytes() {
    let copy = Copy::of(&SAMPLE.db);
    let before = tables(&copy);
    assert!(before.iter().all(|t| t.len() > 3), "something to compare in every table");
    let gone = "DELETE FROM work; DELETE FROM due; DELETE FROM mark; DELETE FROM lane_count; DELETE FROM counter;
                DELETE FROM tail; DELETE FROM generation; DELETE FROM segment;";
    let wrong =
        "UPDATE matter SET state = 'x', ring = 9, holder = NULL, due_at = 1, ended_at = 2, heard = 'x', shield = NULL;
                 INSERT INTO work VALUES ((SELECT cell FROM matter LIMIT 1), 1, 1, 1, 1); UPDATE counter SET n = n + 3;
                 DELETE FROM segment";
    for forged in ["", gone, wrong] {
        copy.put(&SAMPLE.db);
        copy.forge(forged);
        if !forged.is_empty() {
            assert!(!copy.verify().expect("opens").damage.is_empty(), "there is something to rebuild");
        }
        rebuild(&copy);
        let after = tables(&copy);
        for (table, (a, b)) in DERIVED.iter().zip(before.iter().zip(&after)) {
            assert!(a == b, "{table} after {forged}");
        }
        assert_eq!(copy.verify().expect("opens").damage, []);
    }
}

#[test]
fn an_interrupted_rebuild_is_finished_at_the_next_start() {
    let copy = Copy::of(&SAMPLE.db);
    let before = tables(&copy);
    let place = Place::at(copy.path());
    // As a rebuild leaves it that dies after it has thrown away and before it has filled anything again.
    block(async {
        let app = place.open().await?;
        app.store().put_setting(app::whole::REBUILDING, "yes").await?;
        Ok(app.store().clear_derived(crate::demo::cell(&app)).await?)
    })
    .expect("half done");
    assert!(tables(&copy) != before);
    block(async { place.open().await.map(drop) }).expect("the next start");
    assert!(tables(&copy) == before);
    assert_eq!(copy.verify().expect("opens").damage, []);
}
