//! Reading counters: the slots of each key summed by the database, in the order of the key.

use crate::code;
use crate::fail::Run;
use crate::matters::rows;
use kernel::ids::{BodyId, Cell};
use rusqlite::{Connection, named_params};
use store::{CounterDelta, CounterKey, CounterQuery, CounterRow};

pub fn counters(db: &Connection, query: &CounterQuery) -> Run<Vec<CounterRow>> {
    let mut get = db.prepare_cached(
        "SELECT book, series, day, body, region, class, bucket, sum(n) FROM counter \
         WHERE cell = :cell AND book = :book AND series = :series AND day BETWEEN :from AND :to \
         AND (:body IS NULL OR body = :body) \
         AND (:region IS NULL OR substr(region, 1, length(:region)) = :region) \
         GROUP BY book, series, day, body, region, class, bucket HAVING sum(n) <> 0 \
         ORDER BY book, series, day, body, region, class, bucket",
    )?;
    let mut series = query.series.clone();
    series.sort_unstable();
    series.dedup();
    if series.is_empty() {
        series = every(db, query.cell)?;
    }
    let mut all = Vec::new();
    for book in 0..=u8::from(query.shielded) {
        for series in &series {
            let found = get.query(named_params! {
                ":cell": query.cell.0,
                ":book": book,
                ":series": series,
                ":from": code::day(query.from),
                ":to": code::day(query.to),
                ":body": query.body.map(|body| body.0),
                ":region": query.region.as_ref().map(|region| region.as_str()),
            })?;
            all.extend(rows(found, |row| read(query.cell, row))?);
        }
    }
    Ok(all)
}

/// Every series of a cell: for verification only.
fn every(db: &Connection, cell: Cell) -> Run<Vec<String>> {
    let mut get = db.prepare_cached("SELECT DISTINCT series FROM counter WHERE cell = ?1 ORDER BY series")?;
    let found = get.query([cell.0])?;
    rows(found, |row| Ok(row.get(0)?))
}

fn read(cell: Cell, row: &rusqlite::Row<'_>) -> Run<CounterRow> {
    let key = CounterKey {
        cell,
        book: row.get(0)?,
        series: row.get(1)?,
        day: code::undate(row.get(2)?)?,
        body: BodyId(row.get(3)?),
        region: code::region(&row.get::<_, String>(4)?)?,
        class: row.get(5)?,
        bucket: row.get(6)?,
    };
    Ok(CounterRow { key, n: row.get(7)? })
}

/// Every counter of a cell, slot by slot: for verification only.
pub fn slots(db: &Connection, cell: Cell) -> Run<Vec<CounterDelta>> {
    let mut get = db.prepare(
        "SELECT book, series, day, body, region, class, bucket, n, slot FROM counter WHERE cell = ?1 AND n <> 0",
    )?;
    rows(get.query([cell.0])?, |row| {
        let CounterRow { key, n } = read(cell, row)?;
        Ok(CounterDelta { key, slot: row.get(8)?, by: n })
    })
}
