//! Numbers that may have been given in a part that is lost are never given again: every run of numbers goes on behind them,
//! also one of which the restored store knows nothing. Of letters the gap is recorded, since their numbers have none.

use crate::fail::{Fail, Run};
use crate::home;
use crate::matters::rows;
use crate::open::{self, Options};
use kernel::ids::Cell;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use std::path::Path;
use store::{LetterGap, Skip, StoreError};

/// The setting with all that was skipped in this file.
const SETTING: &str = "skipped";

/// Everything that was skipped so far.
fn skipped(db: &Connection) -> Run<Vec<Skip>> {
    let Some(json) = home::setting(db, SETTING)? else { return Ok(Vec::new()) };
    serde_json::from_str(&json).map_err(|_| Fail::corrupt("what numbers were skipped cannot be read"))
}

/// Skips; in the transaction that is open.
pub fn skip(db: &Connection, skip: &Skip) -> Run<()> {
    let mut all = skipped(db)?;
    all.push(*skip);
    let json = serde_json::to_string(&all).map_err(|_| Fail::corrupt("what numbers were skipped cannot be written"))?;
    home::put_setting(db, SETTING, &json)?;
    let years = (skip.from, skip.to);
    let raise = "UPDATE number_lease SET next = next + ?3 WHERE year BETWEEN ?1 AND ?2";
    db.execute(raise, (years.0, years.1, skip.matters))?;
    // Where a series stands in more cells than one, it goes on from the farthest.
    db.execute(
        "INSERT INTO letter_gap (cell, body, year, series, low, high, at) \
         SELECT min(cell), body, year, series, max(last) + 1, max(last) + ?3, ?4 FROM letter_series \
         WHERE year BETWEEN ?1 AND ?2 GROUP BY body, year, series",
        (years.0, years.1, skip.letters, skip.at.0),
    )?;
    db.execute(
        "UPDATE letter_series SET last = last + ?3 WHERE year BETWEEN ?1 AND ?2",
        (years.0, years.1, skip.letters),
    )?;
    Ok(())
}

/// Skips in a file that nobody has open, bringing its schema up to date first; everything is in the file afterwards.
///
/// # Errors
/// The store's own.
pub fn skip_in(file: &Path, numbers: &Skip) -> Result<(), StoreError> {
    let run = || -> Run<()> {
        let db = open::writer(file, &Options::default())?;
        let tx = Transaction::new_unchecked(&db, TransactionBehavior::Immediate)?;
        skip(&tx, numbers)?;
        tx.commit()?;
        crate::wal::empty(&db)?;
        Ok(())
    };
    run().map_err(|fail| fail.during("skip"))
}

/// How many numbers of matters are skipped at the beginning of a year that a cell has not begun.
pub fn before_matters(db: &Connection, year: i16) -> Run<u32> {
    Ok(skipped(db)?.iter().filter(|s| s.covers(year)).fold(0, |sum: u32, s| sum.saturating_add(s.matters)))
}

/// The same for a series of letters, with the time when the last gap was declared.
pub fn before_letters(db: &Connection, year: i16) -> Run<Option<(u32, i64)>> {
    let all = skipped(db)?;
    let of = all.iter().filter(|s| s.covers(year) && s.letters > 0);
    Ok(of.fold(None, |sum: Option<(u32, i64)>, s| Some((sum.map_or(0, |s| s.0).saturating_add(s.letters), s.at.0))))
}

/// The declared gaps of a body's year.
pub fn gaps(db: &Connection, body: kernel::ids::BodyId, year: i16) -> Run<Vec<LetterGap>> {
    let mut get = db.prepare_cached(
        "SELECT series, low, high, at FROM letter_gap WHERE body = ?1 AND year = ?2 ORDER BY series, low",
    )?;
    rows(get.query((body.0, year))?, |row| {
        let at = kernel::time::Timestamp(row.get(3)?);
        Ok(LetterGap { series: row.get(0)?, low: row.get(1)?, high: row.get(2)?, at })
    })
}

/// Records the gap before the first number of a series.
pub fn gap_before(db: &Connection, home: Cell, (body, year, series): (u32, i16, &str), high: u32, at: i64) -> Run<()> {
    let mut put = db.prepare_cached(
        "INSERT INTO letter_gap (cell, body, year, series, low, high, at) VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6)",
    )?;
    put.execute((home.0, body, year, series, high, at))?;
    Ok(())
}
