//! Erasing a matter in the main file: what lay beside its entries goes, and the ledger gets a row. The keys go first, in
//! the key file. Search segments hold no list by matter, so its period is looked through and its blocks written anew.

use crate::fail::{Fail, Run};
use crate::matters::{maybe, rows};
use crate::postings::{period, without};
use crate::{SqliteStore, keys};
use kernel::ids::{Cell, MatterId};
use rusqlite::Connection;
use store::{ErasureRow, StoreError};

/// Blocks of segments that held a matter: their row, and their bytes without it.
pub type Blocks = Vec<(i64, Vec<u8>)>;

/// Erases a matter. The heavy part (looking through segments) runs on the caller's thread; nothing is merged meanwhile.
pub async fn erase(store: &SqliteStore, id: MatterId, row: ErasureRow) -> Result<bool, StoreError> {
    let _guard = store.merging.lock().await;
    // Terms are made of words that handlers read; what is sealed as identity has none.
    let blocks = if row.identity { Blocks::new() } else { store.readers.read_as_one("erase", |db| blocks(db, id))? };
    let key = row.clone();
    let gone = Box::new(move |keys: &Connection| keys::erase(keys, id, &key));
    let new = store.writer.write_with_keys("erase", Some(gone), move |db| carry_out(db, id, &row, &blocks)).await?;
    store.forward.forget();
    // Until the logs are empty, what was destroyed stands in them.
    store.writer.empty_logs("erase").await?;
    Ok(new)
}

/// The blocks of segments that hold a matter, shown or not.
pub fn blocks(db: &Connection, id: MatterId) -> Run<Blocks> {
    let period = period(id.serial);
    let mut get = db.prepare_cached("SELECT rowid, block FROM segment WHERE cell = ?1 AND period = ?2")?;
    let mut found = get.query((id.cell.0, period))?;
    let mut blocks = Blocks::new();
    while let Some(row) = found.next()? {
        let value = row.get_ref(1)?;
        if let Some(rest) = without(value.as_blob().unwrap_or(&[0]), period, id.serial)? {
            blocks.push((row.get(0)?, rest));
        }
    }
    Ok(blocks)
}

/// Deletes what lies beside the entries of a matter, and records it; false if the ledger had it already.
pub fn carry_out(db: &Connection, id: MatterId, row: &ErasureRow, blocks: &Blocks) -> Run<bool> {
    if row.identity {
        return identity(db, id, row);
    }
    for table in ["vault", "blob", "tail", "command", "matter_key"] {
        let mut gone = db.prepare_cached(&format!("DELETE FROM {table} WHERE cell = ?1 AND serial = ?2"))?;
        gone.execute((id.cell.0, id.serial))?;
    }
    let mut title = db.prepare_cached("UPDATE matter SET title = NULL WHERE cell = ?1 AND serial = ?2")?;
    title.execute((id.cell.0, id.serial))?;
    let mut shorter = db.prepare_cached("UPDATE segment SET block = ?2 WHERE rowid = ?1")?;
    let mut empty = db.prepare_cached("DELETE FROM segment WHERE rowid = ?1")?;
    for (rowid, block) in blocks {
        if block.is_empty() {
            empty.execute([rowid])?
        } else {
            shorter.execute((rowid, block))?
        };
    }
    let mut put =
        db.prepare_cached("INSERT INTO erasure (cell, serial, row) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?;
    Ok(put.execute((id.cell.0, id.serial, to_json(row)?))? == 1)
}

/// Deletes what was sealed as identity, and records it; false if the ledger had it already.
fn identity(db: &Connection, id: MatterId, row: &ErasureRow) -> Run<bool> {
    let mut gone = db.prepare_cached("DELETE FROM vault WHERE cell = ?1 AND serial = ?2 AND class = ?3")?;
    gone.execute((id.cell.0, id.serial, crate::code::class(kernel::ids::Class::Sealed)))?;
    let mut gone = db.prepare_cached("DELETE FROM command WHERE cell = ?1 AND serial = ?2")?;
    gone.execute((id.cell.0, id.serial))?;
    let mut put = db.prepare_cached(
        "INSERT INTO identity_erasure (cell, serial, row) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    )?;
    Ok(put.execute((id.cell.0, id.serial, to_json(row)?))? == 1)
}

/// What the ledger says of a matter: that it was erased, or else that its identity was.
pub fn find(db: &Connection, id: MatterId) -> Run<Option<ErasureRow>> {
    for table in ["erasure", "identity_erasure"] {
        if let Some(row) = find_in(db, table, id)? {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

/// The row of one ledger.
pub fn find_in(db: &Connection, table: &str, id: MatterId) -> Run<Option<ErasureRow>> {
    let mut get = db.prepare_cached(&format!("SELECT row FROM {table} WHERE cell = ?1 AND serial = ?2"))?;
    maybe(get.query((id.cell.0, id.serial))?, |row| from_json(row.get_ref(0)?.as_str().unwrap_or_default()))
}

/// The ledger of a cell.
pub fn list(db: &Connection, cell: Cell, after: Option<i64>, limit: u32) -> Run<Vec<(MatterId, ErasureRow)>> {
    let mut get = db.prepare_cached(
        "SELECT serial, row FROM erasure WHERE cell = ?1 AND serial > ?2 \
         UNION ALL SELECT serial, row FROM identity_erasure i WHERE cell = ?1 AND serial > ?2 \
           AND NOT EXISTS (SELECT 1 FROM erasure e WHERE e.cell = i.cell AND e.serial = i.serial) \
         ORDER BY serial LIMIT ?3",
    )?;
    rows(get.query((cell.0, after.unwrap_or(i64::MIN), limit))?, |row| {
        let text = row.get_ref(1)?;
        Ok((MatterId { cell, serial: row.get(0)? }, from_json(text.as_str().unwrap_or_default())?))
    })
}

/// A row of the ledger as it is kept.
pub fn to_json(row: &ErasureRow) -> Run<String> {
    serde_json::to_string(row).map_err(|_| Fail::corrupt("an erasure that cannot be written"))
}

/// Read back.
pub fn from_json(text: &str) -> Run<ErasureRow> {
    serde_json::from_str(text).map_err(|_| Fail::corrupt("an erasure that cannot be read"))
}
