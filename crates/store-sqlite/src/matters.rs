//! Reading matters and what lies beside them, and the leases of their numbers.

use crate::code::{self, matter_columns};
use crate::fail::{Fail, Run};
use kernel::ids::{BodyId, Cell, MatterId};
use kernel::time::Timestamp;
use rusqlite::{Connection, Row};
use store::{CommandRow, EntryRow, LetterDraft, LetterRow, Loaded, MatterRow, RegisterQuery, Stamp, VaultRow};

/// The rows of a statement, each read by a function that may find them damaged.
pub fn rows<T>(mut found: rusqlite::Rows<'_>, read: impl Fn(&Row<'_>) -> Run<T>) -> Run<Vec<T>> {
    let mut all = Vec::new();
    while let Some(row) = found.next()? {
        all.push(read(row)?);
    }
    Ok(all)
}

/// The one row of a statement, or none.
pub fn maybe<T>(mut found: rusqlite::Rows<'_>, read: impl Fn(&Row<'_>) -> Run<T>) -> Run<Option<T>> {
    found.next()?.map(read).transpose()
}

pub fn find(db: &Connection, id: MatterId) -> Run<Option<MatterRow>> {
    let mut get =
        db.prepare_cached(concat!("SELECT ", matter_columns!(), " FROM matter m WHERE m.cell = ?1 AND m.serial = ?2"))?;
    maybe(get.query((id.cell.0, id.serial))?, |row| code::matter(row, 0))
}

/// The stamp without its keys, which lie in the other file.
pub fn stamp(db: &Connection, id: MatterId) -> Run<Option<Stamp>> {
    let mut get = db.prepare_cached(
        "SELECT seq, head, \
           coalesce((SELECT max(seq) FROM look WHERE cell = ?1 AND serial = ?2), 0) \
         FROM matter WHERE cell = ?1 AND serial = ?2",
    )?;
    maybe(get.query((id.cell.0, id.serial))?, |row| {
        Ok(Stamp { seq: row.get(0)?, head: row.get(1)?, looks: row.get(2)?, keyed: false })
    })
}

pub fn load(db: &Connection, id: MatterId) -> Run<Option<Loaded>> {
    let Some(matter) = find(db, id)? else { return Ok(None) };
    Ok(Some(Loaded { entries: entries(db, id)?, matter }))
}

pub fn entries(db: &Connection, id: MatterId) -> Run<Vec<EntryRow>> {
    let mut get =
        db.prepare_cached("SELECT seq, salt, body, alg, hash FROM entry WHERE cell = ?1 AND serial = ?2 ORDER BY seq")?;
    rows(get.query((id.cell.0, id.serial))?, entry)
}

/// An entry from a row that begins with seq, salt, body, alg, hash.
pub fn entry(row: &Row<'_>) -> Run<EntryRow> {
    Ok(EntryRow { seq: row.get(0)?, salt: row.get(1)?, body: row.get(2)?, alg: row.get(3)?, hash: row.get(4)? })
}

pub fn number(db: &Connection, cell: Cell, year: i16, serial: u32) -> Run<Option<MatterId>> {
    let mut get = db.prepare_cached("SELECT serial FROM matter WHERE cell = ?1 AND year = ?2 AND number = ?3")?;
    maybe(get.query((cell.0, year, serial))?, |row| Ok(MatterId { cell, serial: row.get(0)? }))
}

pub fn lease(db: &Connection, cell: Cell, year: i16, count: u32) -> Run<u32> {
    let mut take = db.prepare_cached(
        "INSERT INTO number_lease (cell, year, next) VALUES (?1, ?2, 1 + ?4 + ?3) \
         ON CONFLICT (cell, year) DO UPDATE SET next = next + ?3 RETURNING next",
    )?;
    let lost = crate::skip::before_matters(db, year)?;
    let next: i64 = take.query_row((cell.0, year, count, lost), |row| row.get(0))?;
    let out = || Fail::corrupt("numbers have run out");
    u32::try_from(next).map_err(|_| out())?.checked_sub(count).ok_or_else(out)
}

pub fn vault(db: &Connection, id: MatterId) -> Run<Vec<VaultRow>> {
    let mut get =
        db.prepare_cached("SELECT seq, class, sealed FROM vault WHERE cell = ?1 AND serial = ?2 ORDER BY seq, class")?;
    rows(get.query((id.cell.0, id.serial))?, vault_row)
}

/// A row of the vault that begins with seq, class, sealed.
pub fn vault_row(row: &Row<'_>) -> Run<VaultRow> {
    let sealed = code::unseal(row.get_ref(2)?.as_blob().map_err(|_| Fail::corrupt("a sealed value that is none"))?)?;
    Ok(VaultRow { seq: row.get(0)?, class: code::unclass(row.get(1)?)?, sealed })
}

pub fn letters(db: &Connection, id: MatterId) -> Run<Vec<LetterRow>> {
    let mut get = db.prepare_cached(
        "SELECT seq, letter, body, series, year, number FROM letter WHERE cell = ?1 AND serial = ?2 ORDER BY place",
    )?;
    rows(get.query((id.cell.0, id.serial))?, letter_row)
}

/// A letter from a row that begins with seq, letter, body, series, year, number.
pub fn letter_row(row: &Row<'_>) -> Run<LetterRow> {
    let draft = LetterDraft {
        seq: row.get(0)?,
        letter: row.get(1)?,
        body: BodyId(row.get(2)?),
        series: row.get(3)?,
        year: row.get(4)?,
    };
    Ok(LetterRow { draft, number: row.get(5)? })
}

/// The numbered letters of a body and year, series by series, the last number first.
pub fn register(db: &Connection, query: &RegisterQuery) -> Run<Vec<(MatterId, LetterRow)>> {
    let mut get = db.prepare_cached(
        "SELECT serial, seq, letter, series, number FROM letter WHERE cell = ?1 AND body = ?2 AND year = ?3 \
         AND series IS NOT NULL AND (?4 IS NULL OR series > ?4 OR (series = ?4 AND number < ?5)) \
         ORDER BY series, number DESC LIMIT ?6",
    )?;
    let (series, number) = query.after.as_ref().map(|(s, n)| (s.as_str(), *n)).unzip();
    let values = rusqlite::params![query.cell.0, query.body.0, query.year, series, number, query.limit];
    rows(get.query(values)?, |row| {
        let (body, year) = (query.body, query.year);
        let draft = LetterDraft { seq: row.get(1)?, letter: row.get(2)?, body, series: row.get(3)?, year };
        Ok((MatterId { cell: query.cell, serial: row.get(0)? }, LetterRow { draft, number: row.get(4)? }))
    })
}

pub fn command(db: &Connection, cell: Cell, principal: &str, key: &str) -> Run<Option<CommandRow>> {
    let mut get =
        db.prepare_cached("SELECT request, serial, at FROM command WHERE cell = ?1 AND principal = ?2 AND key = ?3")?;
    maybe(get.query((cell.0, principal, key))?, |row| {
        Ok(CommandRow {
            principal: principal.to_owned(),
            key: key.to_owned(),
            request: row.get(0)?,
            matter: MatterId { cell, serial: row.get(1)? },
            at: Timestamp(row.get(2)?),
        })
    })
}

pub fn purge_commands(db: &Connection, cell: Cell, before: Timestamp, limit: u32) -> Run<u32> {
    let mut purge = db.prepare_cached(
        "DELETE FROM command WHERE (cell, principal, key) IN \
         (SELECT cell, principal, key FROM command WHERE cell = ?1 AND at < ?2 ORDER BY at LIMIT ?3)",
    )?;
    Ok(u32::try_from(purge.execute((cell.0, before.0, limit))?).unwrap_or(u32::MAX))
}
