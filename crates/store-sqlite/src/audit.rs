//! What the store finds wrong by itself: its pages and indexes, its schema, rows that are not as they were written, rows of
//! no matter, counts and numbers that do not add up. What chains, keys and recounts cover is checked by the use cases.

use crate::fail::{Fail, Run};
use crate::matters::rows as read;
use crate::sums::{COLUMN, NAME};
use crate::{looks, open, whole};
use kernel::chain::{GENESIS, Hash, HashAlg, inner, link};
use kernel::ids::{Cell, MatterId};
use rusqlite::{Connection, Row};
use std::collections::BTreeSet;
use store::Finding;

/// At most so many findings of one kind: whoever repairs begins with the first.
const MOST: usize = 1_000;

/// Tables whose serials are checked elsewhere: the matters themselves, and the log, which counts looks under none.
const ELSEWHERE: [&str; 3] = ["matter", "unlogged", "log_leaf"];

/// What a store is, in short.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Summary {
    /// The schema's version.
    pub schema: i64,
    /// Matters.
    pub matters: u64,
    /// Entries.
    pub entries: u64,
    /// A hash over every matter's last entry, in order.
    pub heads: Hash,
}

/// Counts, and the heads compared with the last entries.
pub fn summary(db: &Connection) -> Run<Summary> {
    let schema = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let entries: i64 = db.query_row("SELECT count(*) FROM entry", [], |row| row.get(0))?;
    let mut get = db.prepare(
        "SELECT m.cell, m.serial, m.seq, m.head, \
           (SELECT hash FROM entry e WHERE e.cell = m.cell AND e.serial = m.serial AND e.seq = m.seq) \
         FROM matter m ORDER BY m.cell, m.serial",
    )?;
    let mut found = get.query([])?;
    let (mut matters, mut heads) = (0, GENESIS);
    while let Some(row) = found.next()? {
        let id = matter(row, 0)?;
        let (seq, head, last): (u32, Hash, Option<Hash>) = (row.get(2)?, row.get(3)?, row.get(4)?);
        if last != Some(head) {
            return Err(Fail::corrupt(format!("the head of matter {id} is not its last entry")));
        }
        matters += 1;
        let one = [&id.cell.0.to_be_bytes()[..], &id.serial.to_be_bytes(), &head].concat();
        heads = link(HashAlg::Sha256, &heads, seq, &inner(HashAlg::Sha256, &[0; 16], &one));
    }
    Ok(Summary { schema, matters, entries: u64::try_from(entries).unwrap_or(0), heads })
}

/// SQLite's own check of every page and every index.
pub fn pages(db: &Connection, file: &str) -> Vec<Finding> {
    let found = db
        .prepare(&format!("PRAGMA integrity_check({MOST})"))
        .map_err(Fail::from)
        .and_then(|mut get| read(get.query([])?, |row| Ok(row.get::<_, String>(0)?)));
    match found {
        Ok(found) => {
            found.into_iter().filter(|f| f != "ok").map(|f| general(format!("the {file} file: {f}"))).collect()
        }
        Err(fail) => vec![general(format!("the {file} file: {}", fail.during("integrity")))],
    }
}

fn general(what: String) -> Finding {
    Finding { matter: None, what }
}

/// Everything else. A part that cannot be read is a finding too.
pub fn rows(db: &Connection) -> Vec<Finding> {
    let mut all = Vec::new();
    let mut take = |what: &str, found: Run<Vec<Finding>>| match found {
        Ok(found) => all.extend(found),
        Err(fail) => all.push(general(format!("{what} cannot be read: {}", fail.during("audit")))),
    };
    take("the schema", schema(db));
    match tables(db) {
        Ok(tables) => {
            for (table, sql) in tables {
                if sql.contains(NAME) {
                    let found = sums(db, &table, &sql, None);
                    if found.is_err() && sql.contains("(cell, serial") {
                        take(&table, one_by_one(db, &table, &sql));
                    }
                    take(&table, found);
                }
                if !ELSEWHERE.contains(&&*table) && sql.contains("serial INTEGER") {
                    take(&table, orphans(db, &table));
                }
            }
        }
        Err(fail) => take("the list of tables", Err(fail)),
    }
    take("work", lanes(db));
    take("letter", letter_numbers(db));
    take("number_lease", leases(db));
    take("set_version", sets(db));
    take("look", look_chains(db));
    take("tally", tallies(db));
    all
}

fn tables(db: &Connection) -> Run<Vec<(String, String)>> {
    let mut get =
        db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND sql IS NOT NULL ORDER BY name")?;
    read(get.query([])?, |row| Ok((row.get(0)?, row.get(1)?)))
}

/// The schema must be the one that the migrations give.
fn schema(db: &Connection) -> Run<Vec<Finding>> {
    let objects = |db: &Connection| -> Run<Vec<String>> {
        let mut get = db.prepare(
            "SELECT type || ' ' || name || ' of ' || tbl_name || ': ' || coalesce(sql, '') FROM sqlite_schema \
             WHERE name NOT LIKE 'sqlite_stat%' ORDER BY 1",
        )?;
        read(get.query([])?, |row| Ok(row.get(0)?))
    };
    let fresh = open::fresh()?;
    let (stands, wanted) = (objects(db)?, objects(&fresh)?);
    let name = |o: &String| o.split(':').next().unwrap_or_default().to_owned();
    let odd = stands.iter().filter(|o| !wanted.contains(o)).chain(wanted.iter().filter(|o| !stands.contains(o)));
    Ok(odd.map(|o| general(format!("the schema: {} is not as this program makes it", name(o)))).collect())
}

fn matter(row: &Row<'_>, at: usize) -> Run<MatterId> {
    Ok(MatterId { cell: Cell(row.get(at)?), serial: row.get(at + 1)? })
}

/// The columns of a table without its content: what may be said of a row.
fn key(db: &Connection, table: &str) -> Run<Vec<String>> {
    let mut get = db.prepare("SELECT name FROM pragma_table_info(?1) WHERE pk > 0 AND type = 'INTEGER' ORDER BY pk")?;
    read(get.query([table])?, |row| Ok(row.get(0)?))
}

/// Rows whose sum is not that of their columns.
fn sums(db: &Connection, table: &str, sql: &str, only: Option<MatterId>) -> Run<Vec<Finding>> {
    let call =
        sql.split_once(NAME).and_then(|(_, rest)| rest.split_once(')')).map(|(list, _)| format!("{NAME}{list})"));
    let call = call.ok_or_else(|| Fail::corrupt("a sum without columns"))?;
    let key = key(db, table)?;
    let place = key.iter().map(|k| format!("'{k} ' || {k}")).collect::<Vec<_>>().join(" || ', ' || ");
    let own = if call.contains(" serial") { "cell, serial" } else { "NULL, NULL" };
    let of = only.map_or(String::new(), |id| format!(" AND cell = {} AND serial = {}", id.cell.0, id.serial));
    let bad = format!("SELECT {own}, {place} FROM {table} WHERE {COLUMN} IS NOT {call}{of} LIMIT {MOST}");
    read(db.prepare(&bad)?.query([])?, |row| {
        let place = row.get::<_, Option<String>>(2)?.unwrap_or_default();
        Ok(Finding { matter: maybe(row), what: format!("a row of {table} ({place}) is not as it was written") })
    })
}

/// A table with a page that cannot be read, matter by matter: the others are checked, and those on the page are named.
fn one_by_one(db: &Connection, table: &str, sql: &str) -> Run<Vec<Finding>> {
    let mut found = Vec::new();
    for cell in whole::cells(db)? {
        for serial in whole::serials(db, cell, None, u32::MAX)? {
            let id = MatterId { cell, serial };
            if let Err(fail) = sums(db, table, sql, Some(id)) {
                let what = format!("its rows of {table} cannot be read: {}", fail.during("audit"));
                found.push(Finding { matter: Some(id), what });
            }
        }
    }
    Ok(found)
}

/// The matter of a row that begins with cell and serial, where both can be read.
fn maybe(row: &Row<'_>) -> Option<MatterId> {
    matter(row, 0).ok()
}

/// Rows of matters that there are not.
fn orphans(db: &Connection, table: &str) -> Run<Vec<Finding>> {
    let sql = format!(
        "SELECT DISTINCT t.cell, t.serial FROM {table} t WHERE t.serial IS NOT NULL \
         AND NOT EXISTS (SELECT 1 FROM matter m WHERE m.cell = t.cell AND m.serial = t.serial) LIMIT {MOST}"
    );
    let what = format!("rows of {table} belong to a matter that is not there");
    read(db.prepare(&sql)?.query([])?, |row| Ok(Finding { matter: maybe(row), what: what.clone() }))
}

/// The counts of lanes are those of their rows.
fn lanes(db: &Connection) -> Run<Vec<Finding>> {
    let sql = format!(
        "SELECT cell, body, lane FROM (SELECT cell, body, lane, n FROM lane_count \
           UNION ALL SELECT cell, body, lane, -count(*) FROM work GROUP BY cell, body, lane) \
         GROUP BY cell, body, lane HAVING sum(n) <> 0 LIMIT {MOST}"
    );
    read(db.prepare(&sql)?.query([])?, |row| {
        let (cell, body, lane): (u32, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok(general(format!("the count of lane {lane} of body {body} in cell {cell} is not that of its rows")))
    })
}

/// Letters of a body, year and series are numbered 1, 2, 3 … without reuse, wherever their matters lie, and without a gap
/// but those that were declared when a part was lost.
fn letter_numbers(db: &Connection) -> Run<Vec<Finding>> {
    let twice = format!(
        "SELECT l.cell, l.serial, l.number, l.body, l.year FROM letter l JOIN \
           (SELECT body, year, series, number FROM letter WHERE series IS NOT NULL \
            GROUP BY body, year, series, number HAVING count(*) > 1) d \
         ON l.body = d.body AND l.year = d.year AND l.series = d.series AND l.number = d.number LIMIT {MOST}"
    );
    let mut found = read(db.prepare(&twice)?.query([])?, |row| {
        let (number, body, year): (i64, i64, i64) = (row.get(2)?, row.get(3)?, row.get(4)?);
        let what = format!("letter {number} of body {body} in {year} was numbered twice");
        Ok(Finding { matter: Some(matter(row, 0)?), what })
    })?;
    let gaps = format!(
        "SELECT body, year FROM (SELECT body, year, series, count(DISTINCT number) AS n, max(number) AS top, \
             min(number) AS low, 0 AS last FROM letter WHERE series IS NOT NULL GROUP BY body, year, series \
           UNION ALL SELECT body, year, series, sum(high - low + 1), max(high), min(low), 0 FROM letter_gap \
             GROUP BY body, year, series \
           UNION ALL SELECT body, year, series, 0, 0, NULL, max(last) FROM letter_series GROUP BY body, year, series) \
         GROUP BY body, year, series HAVING sum(n) <> max(top) OR max(top) <> max(last) OR min(low) < 1 LIMIT {MOST}"
    );
    found.extend(read(db.prepare(&gaps)?.query([])?, |row| {
        let (body, year): (i64, i64) = (row.get(0)?, row.get(1)?);
        Ok(general(format!("the letters of body {body} in {year} are not numbered without gap")))
    })?);
    Ok(found)
}

/// No matter has a number that was never lent.
fn leases(db: &Connection) -> Run<Vec<Finding>> {
    let sql = format!(
        "SELECT m.cell, m.serial FROM matter m LEFT JOIN number_lease l ON l.cell = m.cell AND l.year = m.year \
         WHERE m.number >= coalesce(l.next, 0) LIMIT {MOST}"
    );
    let what = "its number was never given out";
    read(db.prepare(&sql)?.query([])?, |row| Ok(Finding { matter: Some(matter(row, 0)?), what: what.into() }))
}

/// Every version of a set has the rows that it says, and each but the last is closed when the next begins.
fn sets(db: &Connection) -> Run<Vec<Finding>> {
    let sql = format!(
        "SELECT id, version FROM set_version v WHERE rows <> \
           (SELECT count(*) FROM set_row r WHERE r.cell = v.cell AND r.id = v.id AND r.version = v.version) \
         OR closed IS NOT (SELECT at FROM set_version n WHERE n.cell = v.cell AND n.id = v.id AND n.version = v.version + 1) \
         LIMIT {MOST}"
    );
    read(db.prepare(&sql)?.query([])?, |row| {
        let (set, version): (String, i64) = (row.get(0)?, row.get(1)?);
        Ok(general(format!("version {version} of the set {set} is not whole")))
    })
}

/// The tables that are tallied, by the triggers that do it: name, and what is summed.
fn tallied(db: &Connection) -> Run<Vec<(String, &'static str)>> {
    let mut get = db.prepare(
        "SELECT tbl_name, sql FROM sqlite_schema WHERE type = 'trigger' AND name = tbl_name || '_comes' ORDER BY 1",
    )?;
    read(get.query([])?, |row| {
        let sql: String = row.get(1)?;
        Ok((row.get(0)?, if sql.contains("NEW.ck") { "ck >> 32" } else { "0" }))
    })
}

/// As many rows of each tallied table as came and did not go, and the same ones.
fn tallies(db: &Connection) -> Run<Vec<Finding>> {
    let mut found = Vec::new();
    for (table, sum) in tallied(db)? {
        let sql = format!(
            "SELECT cell, sum(n), sum(wanted) FROM (SELECT cell, count(*) AS n, sum({sum}) AS total, 0 AS wanted, 0 AS kept \
               FROM {table} GROUP BY cell \
             UNION ALL SELECT cell, 0, 0, n, total FROM tally WHERE name = '{table}') \
             GROUP BY cell HAVING sum(n) <> sum(wanted) OR sum(total) <> sum(kept) LIMIT {MOST}"
        );
        found.extend(read(db.prepare(&sql)?.query([])?, |row| {
            let (cell, there, written): (u32, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let what = if there == written {
                format!("rows of {table} in cell {cell} were exchanged: the tally knows others")
            } else {
                format!("{written} rows of {table} were written in cell {cell}, {there} are there")
            };
            Ok(general(what))
        })?);
    }
    Ok(found)
}

/// What was erased, by the key file: altogether, and the identity alone.
pub fn erased(keys: &Connection) -> Run<[BTreeSet<MatterId>; 2]> {
    Ok([ids(keys, "erased")?, ids(keys, "erased_identity")?])
}

fn ids(db: &Connection, table: &str) -> Run<BTreeSet<MatterId>> {
    let mut get = db.prepare(&format!("SELECT cell, serial FROM {table}"))?;
    Ok(read(get.query([])?, |row| matter(row, 0))?.into_iter().collect())
}

/// Both files know of the same erasures.
pub fn erasures(db: &Connection, erased: &[BTreeSet<MatterId>; 2]) -> Run<Vec<Finding>> {
    let mut found = Vec::new();
    for (table, keys) in ["erasure", "identity_erasure"].into_iter().zip(erased) {
        let here = ids(db, table)?;
        let mut take = |ids: Vec<&MatterId>, what: &str| {
            found.extend(ids.into_iter().take(MOST).map(|id| Finding { matter: Some(*id), what: what.to_owned() }));
        };
        take(keys.difference(&here).collect(), "the key file says that it was erased, the database does not");
        take(here.difference(keys).collect(), "the database says that it was erased, the key file does not");
    }
    Ok(found)
}

fn look_chains(db: &Connection) -> Run<Vec<Finding>> {
    let mut cells = whole::cells(db)?;
    let looks: Vec<u32> = read(db.prepare("SELECT DISTINCT cell FROM look")?.query([])?, |row| Ok(row.get(0)?))?;
    cells.extend(looks.into_iter().map(Cell));
    cells.sort_unstable();
    cells.dedup();
    let mut found = Vec::new();
    for cell in cells {
        found.extend(looks::broken(db, cell)?);
    }
    Ok(found)
}
