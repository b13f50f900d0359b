//! One bit of one byte, anywhere in the file. A flip in a byte that nobody reads changes nothing, so the logical content is
//! compared first; every other flip must be noticed, and where it hit a matter's own rows, that matter named.

use super::{Copy, SAMPLE};
use crate::commands::whole::Outcome;
use crate::proved::side_by_side;
use rusqlite::Connection;
use rusqlite::types::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// How often each thing happened.
#[derive(Debug, Default)]
struct Tally {
    /// Nothing that is read changed, and nothing was said.
    unseen: u32,
    /// Noticed.
    caught: u32,
    /// Of those: it hit a matter's own rows.
    of_matters: u32,
    /// Of those again: the matter was named.
    named: u32,
    /// The content changed and nothing was said.
    missed: Vec<(usize, String)>,
    /// Caught, but another matter or none was named.
    unnamed: Vec<(usize, String)>,
}

/// What a reader can see.
#[derive(Debug, Default, PartialEq, Eq)]
struct Dump {
    /// Rows as text, by table, each with the matter that it belongs to.
    rows: BTreeMap<(String, String), Option<i64>>,
    /// Tables that cannot be read to the end.
    broken: BTreeSet<String>,
}

/// Everything; an error where not even the schema can be read. Rows that count nothing are no content.
fn dump(file: &Path) -> rusqlite::Result<Dump> {
    let db = Connection::open_with_flags(file, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut all = Dump::default();
    let mut objects = db.prepare("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema")?;
    let objects: Vec<[String; 4]> = objects
        .query_map([], |r| Ok([r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?]))?
        .collect::<rusqlite::Result<_>>()?;
    for [kind, name, of, sql] in &objects {
        all.rows.insert(("schema".into(), format!("{kind} {name} {of} {sql}")), None);
    }
    for [_, table, ..] in objects.iter().filter(|o| o[0] == "table" && !o[1].starts_with("sqlite_")) {
        if read(&db, table, &mut all).is_err() {
            all.broken.insert(table.clone());
        }
    }
    Ok(all)
}

fn read(db: &Connection, table: &str, all: &mut Dump) -> rusqlite::Result<()> {
    let some = if table == "counter" || table == "lane_count" { " WHERE n <> 0" } else { "" };
    let mut get = db.prepare(&format!("SELECT * FROM {table} NOT INDEXED{some}"))?;
    let names: Vec<String> = get.column_names().map(str::to_owned).collect();
    let serial = names.iter().position(|n| n == "serial");
    let mut rows = get.query([])?;
    while let Some(row) = rows.next()? {
        let values: Vec<Value> = (0..names.len()).map(|i| row.get(i)).collect::<rusqlite::Result<_>>()?;
        let own = serial.and_then(|at| if let Value::Integer(n) = values[at] { Some(n) } else { None });
        all.rows.insert((table.to_owned(), format!("{values:?}")), own);
    }
    Ok(())
}

/// The matters whose rows are not there any more as they were; those of new rows where none is missing.
fn hit(before: &Dump, after: &Dump) -> BTreeSet<i64> {
    let gone = before.rows.iter().filter(|(k, _)| !after.rows.contains_key(*k));
    let gone: BTreeSet<i64> = gone.filter_map(|(_, s)| *s).collect();
    if !gone.is_empty() {
        return gone;
    }
    after.rows.iter().filter(|(k, _)| !before.rows.contains_key(*k)).filter_map(|(_, s)| *s).collect()
}

/// A generator that is the same everywhere.
struct Seeded(u64);

impl Seeded {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % end as u64) as usize
    }
}

fn flip(count: u32, seed: u64, verify: impl Fn(&Copy) -> anyhow::Result<Outcome> + Sync) -> Tally {
    let sound = &SAMPLE.db;
    let copy = Copy::of(sound);
    let before = dump(&copy.db()).expect("the sample reads");
    let numbers: BTreeMap<i64, String> = numbers(&copy);
    let mut random = Seeded(seed);
    let flips: Vec<_> = (0..count).map(|_| (random.below(sound.len()), random.below(8))).collect();
    let seen = side_by_side(&flips, |(at, bit)| {
        let mut bytes = sound.clone();
        bytes[*at] ^= 1 << bit;
        let copy = Copy::of(&bytes);
        let after = dump(&copy.db());
        copy.put(&bytes);
        (after.ok(), verify(&copy))
    });
    let mut tally = Tally::default();
    for ((at, _), (after, found)) in flips.into_iter().zip(seen) {
        judge(&mut tally, at, &before, after, found, &numbers);
    }
    tally
}

fn judge(
    tally: &mut Tally,
    at: usize,
    before: &Dump,
    after: Option<Dump>,
    found: anyhow::Result<Outcome>,
    numbers: &BTreeMap<i64, String>,
) {
    let (silent, words, named): (bool, String, BTreeSet<String>) = match &found {
        Ok(found) => {
            let words = found.damage.iter().map(|d| format!("{}: {}", d.number.as_deref().unwrap_or("-"), d.what));
            let named = found.damage.iter().filter_map(|d| d.number.clone()).collect();
            (found.damage.is_empty(), words.take(3).collect::<Vec<_>>().join("; "), named)
        }
        Err(e) => (false, format!("{e:#}"), BTreeSet::new()),
    };
    let same = after.as_ref() == Some(before);
    if silent {
        if same {
            tally.unseen += 1;
        } else {
            let gone = before.rows.keys().filter(|k| after.as_ref().is_some_and(|a| !a.rows.contains_key(*k)));
            let what = gone.map(|(t, row)| format!("{t} {}", row.chars().take(300).collect::<String>()));
            tally.missed.push((at, what.take(2).collect::<Vec<_>>().join("; ")));
        }
        return;
    }
    tally.caught += 1;
    // What is lost of a table that cannot be read to the end counts as hit: one of those matters must be named.
    let hit = after.as_ref().map(|after| hit(before, after));
    let right = match &hit {
        Some(hit) if hit.is_empty() => return,
        Some(hit) => hit.iter().any(|s| {
            let id = format!("1.{s}");
            numbers.get(s).is_some_and(|n| named.contains(n)) || named.iter().any(|n| n.ends_with(&id[1..]))
        }),
        // Not even the schema can be read: no matter can be named, and none is asked for.
        None => return,
    };
    tally.of_matters += 1;
    if right {
        tally.named += 1;
    } else {
        tally.unnamed.push((at, words));
    }
}

fn numbers(copy: &Copy) -> BTreeMap<i64, String> {
    let place = crate::open::Place::at(copy.path());
    let all = crate::commands::block(async {
        let app = place.open_beside().await?;
        let rows = app.store().scan(crate::demo::cell(&app), None, 100_000).await?;
        Ok(rows.iter().map(|l| (l.matter.id.serial, app.number_text(l.matter.id, l.matter.number))).collect())
    });
    all.expect("numbers")
}

#[test]
fn every_flipped_byte_is_noticed_and_its_matter_named() {
    let count = std::env::var("GONGZHI_FLIPS").ok().and_then(|n| n.parse().ok()).unwrap_or(60);
    let tally = flip(count, 1, Copy::verify);
    eprintln!(
        "flips: {count} of {} bytes; {} unseen, {} caught, {} of matters, {} named, {} MISSED",
        SAMPLE.db.len(),
        tally.unseen,
        tally.caught,
        tally.of_matters,
        tally.named,
        tally.missed.len()
    );
    for (at, words) in tally.unnamed.iter().take(20) {
        eprintln!("  not named: byte {at}: {words}");
    }
    assert_eq!(tally.missed, [], "flips that nobody noticed");
    assert!(tally.caught * 2 > count, "most bytes matter: {tally:?}");
    // 95 of 100 in a long run. A short one hits twenty or so, too few for a share; what is known to go unnamed is a row that
    // an index of the log has lost, and a page that cannot be read at all.
    let bound = (tally.of_matters / 20).max(4);
    assert!(tally.of_matters - tally.named <= bound, "{} of {} named", tally.named, tally.of_matters);
}

#[test]
fn a_verifier_that_finds_nothing_is_found_out() {
    let blind = |_: &Copy| Ok(Outcome { matters: 0, entries: 0, damage: Vec::new(), kept: None });
    let tally = flip(40, 2, blind);
    assert!(tally.missed.len() > 10, "{tally:?}");
}
