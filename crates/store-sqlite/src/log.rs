//! The transparency log: the queue beside the entries, the leaves in their order, the roots of full tiles, checkpoints.

use crate::fail::{Fail, Run};
use crate::matters::{maybe, rows};
use kernel::chain::Hash;
use kernel::ids::{Cell, MatterId};
use kernel::time::Timestamp;
use rusqlite::{Connection, Row, params};
use store::{CheckpointRow, LeafKey, LeafKind, LeafRow, LogAppend, LookLink, LookRow, StoreError};

const HOME: u32 = Cell::INSTALLATION.0;
/// So many checkpoints are kept; an older one can be signed again from the tiles.
const KEPT: u32 = 1_000;

pub fn queue(db: &Connection, leaf: &LeafRow) -> Run<()> {
    let LeafKey { home, kind, serial, seq } = leaf.key;
    let mut put =
        db.prepare_cached("INSERT INTO unlogged (cell, kind, serial, seq, alg, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    put.execute(params![home.0, kind as u8, serial, seq, leaf.alg, leaf.hash])?;
    Ok(())
}

pub fn unlogged(db: &Connection, cell: Cell, limit: u32) -> Run<Vec<LeafRow>> {
    let mut get = db.prepare_cached(
        "SELECT cell, kind, serial, seq, alg, hash FROM unlogged WHERE cell = ?1 ORDER BY kind, serial, seq LIMIT ?2",
    )?;
    rows(get.query((cell.0, limit))?, |row| leaf(row, 0))
}

pub fn forget(db: &Connection, cell: Cell, keys: &[LeafKey]) -> Run<()> {
    let mut gone =
        db.prepare_cached("DELETE FROM unlogged WHERE cell = ?1 AND kind = ?2 AND serial = ?3 AND seq = ?4")?;
    for key in keys {
        gone.execute((cell.0, key.kind as u8, key.serial, key.seq))?;
    }
    Ok(())
}

pub fn append(db: &Connection, append: &LogAppend) -> Run<()> {
    if size(db)? != append.size {
        return Err(StoreError::Conflict.into());
    }
    // A leaf that is there already breaks a constraint, which the port calls a conflict.
    let mut put = db.prepare_cached(
        "INSERT INTO log_leaf (cell, idx, home, kind, serial, seq, alg, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (place, row) in (append.size..).zip(&append.leaves) {
        let LeafKey { home, kind, serial, seq } = row.key;
        put.execute(params![HOME, signed(place)?, home.0, kind as u8, serial, seq, row.alg, row.hash])?;
    }
    let mut put = db.prepare_cached("INSERT INTO log_node (cell, level, idx, hash) VALUES (?1, ?2, ?3, ?4)")?;
    for node in &append.nodes {
        put.execute(params![HOME, node.level, signed(node.index)?, node.hash])?;
    }
    Ok(())
}

pub fn find(db: &Connection, keys: &[LeafKey]) -> Run<Vec<Option<(u64, LeafRow)>>> {
    let mut get = db.prepare_cached(
        "SELECT idx, home, kind, serial, seq, alg, hash FROM log_leaf \
         WHERE cell = ?1 AND home = ?2 AND kind = ?3 AND serial = ?4 AND seq = ?5",
    )?;
    let mut one = |key: &LeafKey| {
        let found = get.query((HOME, key.home.0, key.kind as u8, key.serial, key.seq))?;
        maybe(found, |row| Ok((place(row.get(0)?)?, leaf(row, 1)?)))
    };
    keys.iter().map(&mut one).collect()
}

/// The entries' leaves of the matters between two serials, by matter and number.
pub fn of(db: &Connection, home: Cell, from: i64, to: i64) -> Run<Vec<(u64, LeafRow)>> {
    let mut get = db.prepare_cached(
        "SELECT idx, home, kind, serial, seq, alg, hash FROM log_leaf \
         WHERE cell = ?1 AND home = ?2 AND kind = ?3 AND serial >= ?4 AND serial <= ?5 ORDER BY serial, seq",
    )?;
    let found = get.query((HOME, home.0, LeafKind::Entry as u8, from, to))?;
    rows(found, |row| Ok((place(row.get(0)?)?, leaf(row, 1)?)))
}

/// The leaves that the entries of these matters should have, by matter and number.
pub fn entries(db: &Connection, cell: Cell, from: i64, to: i64) -> Run<Vec<LeafRow>> {
    let mut get = db.prepare_cached(
        "SELECT serial, seq, alg, hash FROM entry WHERE cell = ?1 AND serial >= ?2 AND serial <= ?3 ORDER BY serial, seq",
    )?;
    rows(get.query((cell.0, from, to))?, |row| {
        let key = LeafKey::entry(MatterId { cell, serial: row.get(0)? }, row.get(1)?);
        Ok(LeafRow { key, alg: row.get(2)?, hash: row.get(3)? })
    })
}

pub fn leaves(db: &Connection, from: u64, limit: u32) -> Run<Vec<LeafRow>> {
    let mut get = db.prepare_cached(
        "SELECT home, kind, serial, seq, alg, hash FROM log_leaf WHERE cell = ?1 AND idx >= ?2 ORDER BY idx LIMIT ?3",
    )?;
    rows(get.query((HOME, signed(from)?, limit))?, |row| leaf(row, 0))
}

pub fn nodes(db: &Connection, level: u8, from: u64, limit: u32) -> Run<Vec<Hash>> {
    let mut get = db.prepare_cached(
        "SELECT idx, hash FROM log_node WHERE cell = ?1 AND level = ?2 AND idx >= ?3 ORDER BY idx LIMIT ?4",
    )?;
    let found = rows(get.query((HOME, level, signed(from)?, limit))?, |row| Ok((place(row.get(0)?)?, row.get(1)?)))?;
    let run = found.into_iter().zip(from..).take_while(|((index, _), wanted)| index == wanted);
    Ok(run.map(|((_, hash), _)| hash).collect())
}

pub fn size(db: &Connection) -> Run<u64> {
    let mut get = db.prepare_cached("SELECT max(idx) FROM log_leaf WHERE cell = ?1")?;
    let last: Option<i64> = get.query_row([HOME], |row| row.get(0))?;
    last.map_or(Ok(0), |last| Ok(place(last)? + 1))
}

pub fn put_checkpoint(db: &Connection, row: &CheckpointRow) -> Run<()> {
    if checkpoint(db)?.is_some_and(|last| last.size >= row.size) {
        return Err(StoreError::Conflict.into());
    }
    db.prepare_cached("INSERT INTO log_checkpoint (cell, size, root, at, note) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![HOME, signed(row.size)?, row.root, row.at.0, row.note])?;
    db.prepare_cached(
        "DELETE FROM log_checkpoint WHERE cell = ?1 AND size <= \
         (SELECT size FROM log_checkpoint WHERE cell = ?1 ORDER BY size DESC LIMIT 1 OFFSET ?2)",
    )?
    .execute((HOME, KEPT))?;
    Ok(())
}

pub fn checkpoint(db: &Connection) -> Run<Option<CheckpointRow>> {
    let mut get = db
        .prepare_cached("SELECT size, root, at, note FROM log_checkpoint WHERE cell = ?1 ORDER BY size DESC LIMIT 1")?;
    maybe(get.query([HOME])?, |row| {
        Ok(CheckpointRow {
            size: place(row.get(0)?)?,
            root: row.get(1)?,
            at: Timestamp(row.get(2)?),
            note: row.get(3)?,
        })
    })
}

pub fn look_links(db: &Connection, cell: Cell, after: u32, limit: u32) -> Run<Vec<LookLink>> {
    let mut get =
        db.prepare_cached("SELECT seq, hash, row FROM look WHERE cell = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3")?;
    rows(get.query((cell.0, after, limit))?, |row| {
        let look: LookRow = serde_json::from_slice(row.get_ref(2)?.as_blob().unwrap_or_default())
            .map_err(|_| Fail::corrupt("a look that cannot be read"))?;
        Ok(LookLink { seq: row.get(0)?, hash: row.get(1)?, salted: look.salted() })
    })
}

fn leaf(row: &Row<'_>, at: usize) -> Run<LeafRow> {
    let kind = match row.get::<_, u8>(at + 1)? {
        1 => LeafKind::Entry,
        2 => LeafKind::Look,
        _ => return Err(Fail::corrupt("a leaf of no known kind")),
    };
    let key = LeafKey { home: Cell(row.get(at)?), kind, serial: row.get(at + 2)?, seq: row.get(at + 3)? };
    Ok(LeafRow { key, alg: row.get(at + 4)?, hash: row.get(at + 5)? })
}

fn signed(place: u64) -> Run<i64> {
    i64::try_from(place).map_err(|_| Fail::corrupt("a place in the log that cannot be"))
}

fn place(stored: i64) -> Run<u64> {
    u64::try_from(stored).map_err(|_| Fail::corrupt("a place in the log that cannot be"))
}
