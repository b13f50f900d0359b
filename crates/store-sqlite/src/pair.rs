//! What ties the main file and the key file together when a store is opened: that they belong to each other, that the
//! keys that lay in the main file have moved, that what a crash or a restore left half done is finished.

use crate::fail::{Fail, Run};
use crate::matters::rows;
use crate::{erase, keys};
use kernel::ids::{Cell, MatterId};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};
use store::ErasureRow;

/// The setting that names the key file, and its name there.
const NAME: &str = "key_file";
/// So many of the newest keys are looked through for orphans: more than one group can leave behind.
const NEWEST: i64 = 4_096;
/// Keys moved in one step.
const STEP: i64 = 1_000;

/// The name of the key file that a main file belongs to.
pub fn name(main: &Connection) -> Run<Option<String>> {
    let mut get = main.prepare("SELECT value FROM setting WHERE cell = 0 AND key = ?1")?;
    Ok(get.query_row([NAME], |row| row.get(0)).optional()?)
}

/// Refuses two files that do not belong together; new ones are given a common name.
pub fn belong(main: &Connection, keys: &Connection) -> Run<()> {
    let here: Option<String> =
        keys.query_row("SELECT value FROM meta WHERE name = ?1", [NAME], |row| row.get(0)).optional()?;
    match (name(main)?, here) {
        (Some(known), Some(here)) if known == here => Ok(()),
        (None, here) => {
            let foreign: bool = keys.query_row("SELECT EXISTS (SELECT 1 FROM key)", [], |row| row.get(0))?;
            if foreign && !waiting(main)? {
                return Err(Fail::corrupt("the key file holds the keys of another installation"));
            }
            let here = match here {
                Some(here) => here,
                None => keys.query_row(
                    "INSERT INTO meta VALUES (?1, lower(hex(randomblob(16)))) RETURNING value",
                    [NAME],
                    |row| row.get(0),
                )?,
            };
            main.execute("INSERT INTO setting VALUES (0, ?1, ?2)", (NAME, here))?;
            Ok(())
        }
        _ => Err(Fail::corrupt("the key file is not the one that belongs to this store")),
    }
}

/// Whether keys still lie in the main file.
fn waiting(main: &Connection) -> Run<bool> {
    Ok(main.query_row("SELECT EXISTS (SELECT 1 FROM matter_key)", [], |row| row.get(0))?)
}

/// Moves the keys that lie in the main file: copied and on disk first, deleted after. May break off anywhere.
pub fn take_over(main: &Connection, keys: &Connection) -> Run<()> {
    if !waiting(main)? {
        return Ok(());
    }
    let tx = rusqlite::Transaction::new_unchecked(main, TransactionBehavior::Immediate)?;
    let mut last = (-1_i64, 0_i64);
    let mut moved = 0_u64;
    loop {
        let mut get = tx.prepare_cached(
            "SELECT cell, serial, handlers, identity, epoch FROM matter_key WHERE (cell, serial) > (?1, ?2) \
             ORDER BY cell, serial LIMIT ?3",
        )?;
        type Old = (i64, i64, Vec<u8>, Vec<u8>, u32);
        let page: Vec<Old> = rows(get.query((last.0, last.1, STEP))?, |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
        })?;
        let Some(end) = page.last() else { break };
        last = (end.0, end.1);
        keys::together(keys, |keys| {
            // One that is there already was moved before a crash, or was destroyed since: it stands.
            let mut put = keys.prepare_cached(
                "INSERT INTO key (cell, serial, epoch, handlers, identity) VALUES (?1, ?2, ?3, ?4, ?5) \
                 ON CONFLICT (cell, serial) DO NOTHING",
            )?;
            for (cell, serial, handlers, identity, epoch) in &page {
                put.execute((cell, serial, epoch.to_be_bytes(), handlers, identity))?;
            }
            Ok(())
        })?;
        moved += page.len() as u64;
    }
    // The whole table at once: SQLite then writes zeros over every page of it.
    tx.execute("DELETE FROM matter_key", [])?;
    tx.commit()?;
    tracing::info!(moved, "the keys of matters lie in the key file now");
    Ok(())
}

/// Drops keys whose matters were never committed. Nobody writes meanwhile: a writer of keys holds the main file.
pub fn sweep(main: &Connection, keys: &Connection) -> Run<()> {
    let tx = rusqlite::Transaction::new_unchecked(main, TransactionBehavior::Immediate)?;
    let mut get = keys.prepare("SELECT cell, serial FROM key WHERE epoch <> ?1 ORDER BY place DESC LIMIT ?2")?;
    let newest = rows(get.query((keys::GONE, NEWEST))?, id)?;
    let mut orphans = Vec::new();
    for id in newest {
        if crate::matters::find(&tx, id)?.is_none() {
            orphans.push(id);
        }
    }
    if orphans.is_empty() {
        return Ok(());
    }
    tracing::info!(count = orphans.len(), "keys of matters that were never committed are dropped");
    keys::together(keys, |keys| {
        for id in &orphans {
            keys::destroy(keys, *id)?;
            keys.execute("DELETE FROM key WHERE cell = ?1 AND serial = ?2", (id.cell.0, id.serial))?;
        }
        Ok(())
    })
}

fn id(row: &rusqlite::Row<'_>) -> Run<MatterId> {
    Ok(MatterId { cell: Cell(row.get(0)?), serial: row.get(1)? })
}

/// Carries out again, in the file that lacks it, each erasure that only the other file knows of.
pub fn replay(main: &Connection, keys: &Connection) -> Run<()> {
    let sum = |db: &Connection, table: &str| -> Run<(i64, i64)> {
        let sql = format!("SELECT count(*), coalesce(sum(serial % 1000003), 0) FROM {table}");
        Ok(db.query_row(&sql, [], |row| Ok((row.get(0)?, row.get(1)?)))?)
    };
    // The identity first: what was erased altogether afterwards is then gone altogether.
    for (there, here) in [("identity_erasure", "erased_identity"), ("erasure", "erased")] {
        if sum(main, there)? != sum(keys, here)? {
            replay_one(main, keys, there, here)?;
        }
    }
    Ok(())
}

fn replay_one(main: &Connection, keys: &Connection, there: &str, here: &str) -> Run<()> {
    for (id, row) in ledger(keys, here)? {
        if erase::find_in(main, there, id)?.is_none() {
            let tx = rusqlite::Transaction::new_unchecked(main, TransactionBehavior::Immediate)?;
            let blocks = erase::blocks(&tx, id)?;
            erase::carry_out(&tx, id, &row, &blocks)?;
            tx.commit()?;
            tracing::info!("an erasure that the main file did not know of was carried out again");
        }
    }
    for (id, row) in ledger(main, there)? {
        keys::together(keys, |keys| keys::erase(keys, id, &row))?;
    }
    Ok(())
}

fn ledger(db: &Connection, table: &str) -> Run<Vec<(MatterId, ErasureRow)>> {
    let mut get = db.prepare(&format!("SELECT cell, serial, row FROM {table} ORDER BY cell, serial"))?;
    rows(get.query([])?, |row| Ok((id(row)?, erase::from_json(row.get_ref(2)?.as_str().unwrap_or_default())?)))
}
