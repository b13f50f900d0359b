//! Erasing a matter: keys, sealed rows, attachments, title, unmerged terms and commands go; the ledger keeps that it was done.
//! A stand-in: the ledger lies among the settings, and merged terms are left to the next rebuild.

use crate::fail::{Fail, Run};
use kernel::ids::{Cell, MatterId};
use rusqlite::{Connection, OptionalExtension, params};
use store::ErasureRow;

fn key(id: MatterId) -> String {
    format!("erasure/{:010}/{:020}", id.cell.0, id.serial)
}

pub fn erase(db: &Connection, id: MatterId, row: &ErasureRow) -> Run<bool> {
    for table in ["matter_key", "vault", "tail", "command", "blob"] {
        db.execute(&format!("DELETE FROM {table} WHERE cell = ?1 AND serial = ?2"), params![id.cell.0, id.serial])?;
    }
    db.execute("UPDATE matter SET title = NULL WHERE cell = ?1 AND serial = ?2", params![id.cell.0, id.serial])?;
    let json = serde_json::to_string(row).map_err(|_| Fail::corrupt("an erasure that cannot be written"))?;
    let new = one(db, id)?.is_none();
    if new {
        crate::home::put_setting(db, &key(id), &json)?;
    }
    Ok(new)
}

pub fn one(db: &Connection, id: MatterId) -> Run<Option<ErasureRow>> {
    crate::home::setting(db, &key(id))?.map(|json| parse(&json)).transpose()
}

fn parse(json: &str) -> Run<ErasureRow> {
    serde_json::from_str(json).map_err(|_| Fail::corrupt("an erasure that cannot be read"))
}

pub fn of_cell(db: &Connection, cell: Cell, after: Option<i64>, limit: u32) -> Run<Vec<(MatterId, ErasureRow)>> {
    let mut found = Vec::new();
    let mut at = after.unwrap_or(-1);
    while found.len() < limit as usize {
        let from = key(MatterId { cell, serial: at });
        let to = format!("erasure/{:010}/~", cell.0);
        let mut get =
            db.prepare_cached("SELECT key, value FROM setting WHERE key > ?1 AND key < ?2 ORDER BY key LIMIT 1")?;
        let row: Option<(String, String)> = get.query_row((from, to), |r| Ok((r.get(0)?, r.get(1)?))).optional()?;
        let Some((name, json)) = row else { break };
        let serial = name.rsplit('/').next().and_then(|s| s.parse().ok());
        at = serial.ok_or_else(|| Fail::corrupt("an erasure of no matter"))?;
        found.push((MatterId { cell, serial: at }, parse(&json)?));
    }
    Ok(found)
}
