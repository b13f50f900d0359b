//! Looks: a chain of its own in each cell, so that reading never conflicts with acting and no look goes missing unseen.

use crate::code;
use crate::fail::{Fail, Run};
use crate::matters::rows;
use kernel::chain::{GENESIS, Hash, HashAlg, inner, link};
use kernel::ids::{Cell, MatterId};
use rusqlite::{Connection, OptionalExtension, params};
use store::{Finding, LeafKey, LeafRow, LookRow};

/// The inner hash takes no salt beside the row: the row carries one of its own.
const SALT: [u8; 16] = [0; 16];
/// The chain of looks names no hash: it has one, whatever the installation's profile.
const HASH: HashAlg = HashAlg::Sha256;

pub fn append(db: &Connection, look: &LookRow) -> Run<()> {
    let id = look.matter;
    let mut last = db.prepare_cached("SELECT seq, hash FROM look WHERE cell = ?1 ORDER BY seq DESC LIMIT 1")?;
    let last: Option<(u32, Hash)> = last.query_row([id.cell.0], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let (seq, previous) = last.unwrap_or((0, GENESIS));
    let seq = seq.checked_add(1).ok_or_else(|| Fail::corrupt("looks have run out"))?;
    let row = serde_json::to_vec(look).map_err(|_| Fail::corrupt("a look that cannot be written"))?;
    let hash = link(HASH, &previous, seq, &inner(HASH, &SALT, &row));
    let mut put = db.prepare_cached(
        "INSERT INTO look (cell, seq, serial, person, body, once_on, row, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) \
         ON CONFLICT (cell, serial, person, body, once_on) WHERE once_on IS NOT NULL DO NOTHING",
    )?;
    let once = look.once_on.map(code::day);
    let new = put.execute(params![id.cell.0, seq, id.serial, look.person.0, look.body.0, once, row, hash])?;
    if new == 1 && look.salted() {
        let alg = HashAlg::Sha256 as u8;
        crate::log::queue(db, &LeafRow { key: LeafKey::look(id.cell, seq), alg, hash })?;
    }
    Ok(())
}

pub fn of_matter(db: &Connection, id: MatterId) -> Run<Vec<LookRow>> {
    let mut get = db.prepare_cached("SELECT row FROM look WHERE cell = ?1 AND serial = ?2 ORDER BY seq")?;
    rows(get.query((id.cell.0, id.serial))?, |row| parse(row.get_ref(0)?.as_blob().unwrap_or_default()))
}

fn parse(bytes: &[u8]) -> Run<LookRow> {
    serde_json::from_slice(bytes).map_err(|_| Fail::corrupt("a look that cannot be read"))
}

/// Walks the chain of a cell: no gap, every hash right, every column what its row says. How many looks, and the last hash.
pub fn verify(db: &Connection, cell: Cell) -> Run<(u32, Hash)> {
    let Walked { count, last, bad } = walk(db, cell)?;
    match bad {
        None => Ok((count, last)),
        Some((seq, _)) => Err(Fail::corrupt(format!("look {seq} of cell {}", cell.0))),
    }
}

/// The first look of a cell that is not as it was written, with the matter that its columns name.
pub fn broken(db: &Connection, cell: Cell) -> Run<Option<Finding>> {
    Ok(walk(db, cell)?.bad.map(|(seq, serial)| Finding {
        matter: Some(MatterId { cell, serial }),
        what: format!("look {seq} of cell {} is not as it was written", cell.0),
    }))
}

struct Walked {
    count: u32,
    last: Hash,
    /// The first that does not hold, and the matter that its column names.
    bad: Option<(u32, i64)>,
}

fn walk(db: &Connection, cell: Cell) -> Run<Walked> {
    let mut get = db.prepare_cached(
        "SELECT seq, serial, person, body, once_on, row, hash FROM look WHERE cell = ?1 ORDER BY seq",
    )?;
    let mut found = get.query([cell.0])?;
    let (mut count, mut last) = (0, GENESIS);
    while let Some(row) = found.next()? {
        let (seq, serial, bytes, hash): (u32, i64, Vec<u8>, Hash) =
            (row.get(0)?, row.get(1)?, row.get(5)?, row.get(6)?);
        let columns: (i64, u32, u32, Option<i64>) = (serial, row.get(2)?, row.get(3)?, row.get(4)?);
        let look = parse(&bytes).ok();
        let said = look.as_ref().map(|l| (l.matter.serial, l.person.0, l.body.0, l.once_on.map(code::day)));
        count += 1;
        last = link(HASH, &last, seq, &inner(HASH, &SALT, &bytes));
        if seq != count || hash != last || Some(columns) != said || look.is_none_or(|l| l.matter.cell != cell) {
            return Ok(Walked { count, last, bad: Some((seq, serial)) });
        }
    }
    Ok(Walked { count, last, bad: None })
}
