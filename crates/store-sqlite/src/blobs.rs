//! Attachments: staged, claimed by an append, swept when nobody named them.

use crate::code;
use crate::fail::Run;
use crate::matters::{maybe, rows};
use crate::writer::one;
use kernel::ids::{Cell, MatterId};
use kernel::time::Timestamp;
use rusqlite::{Connection, Row, params};
use store::{BlobRow, Sealed};

pub fn put(db: &Connection, row: &BlobRow) -> Run<()> {
    let mut put = db.prepare_cached(
        "INSERT INTO blob (cell, id, at, mime, size, sealed_key, alg, content) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
         ON CONFLICT DO NOTHING",
    )?;
    let (key, content) = (code::seal(&row.key), code::seal(&row.content));
    one(put.execute(params![row.cell.0, row.id, row.at.0, row.mime, row.size, key, row.content.alg, content])?)
}

/// An attachment without its content, from a row that begins with id, serial, at, mime, size, sealed_key, alg.
pub fn read(cell: Cell, row: &Row<'_>) -> Run<BlobRow> {
    Ok(BlobRow {
        id: row.get(0)?,
        cell,
        matter: row.get::<_, Option<i64>>(1)?.map(|serial| MatterId { cell, serial }),
        at: Timestamp(row.get(2)?),
        mime: row.get(3)?,
        size: row.get(4)?,
        key: code::unseal(&row.get::<_, Vec<u8>>(5)?)?,
        content: Sealed { alg: row.get(6)?, nonce: Vec::new(), text: Vec::new() },
    })
}

pub fn find(db: &Connection, cell: Cell, id: &str) -> Run<Option<BlobRow>> {
    let mut get = db.prepare_cached(
        "SELECT id, serial, at, mime, size, sealed_key, alg, content FROM blob WHERE cell = ?1 AND id = ?2",
    )?;
    maybe(get.query((cell.0, id))?, |row| {
        let content = code::unseal(&row.get::<_, Vec<u8>>(7)?)?;
        Ok(BlobRow { content, ..read(cell, row)? })
    })
}

pub fn of_matter(db: &Connection, id: MatterId) -> Run<Vec<BlobRow>> {
    let mut get = db.prepare_cached(
        "SELECT id, serial, at, mime, size, sealed_key, alg FROM blob WHERE cell = ?1 AND serial = ?2 ORDER BY at, id",
    )?;
    rows(get.query((id.cell.0, id.serial))?, |row| read(id.cell, row))
}

pub fn sweep(db: &Connection, cell: Cell, before: Timestamp) -> Run<u32> {
    let mut gone = db.prepare_cached("DELETE FROM blob WHERE cell = ?1 AND at < ?2 AND serial IS NULL")?;
    Ok(u32::try_from(gone.execute((cell.0, before.0))?).unwrap_or(u32::MAX))
}
