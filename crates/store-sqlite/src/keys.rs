//! The key file: opening it beside the main file, the keys of matters, the wrapped secrets. What ties the two files
//! together (moving old keys, sweeping, replaying erasures) is in `pair`. Nothing here knows a key in the clear.

use crate::code;
use crate::fail::{Fail, Run};
use crate::matters::{maybe, rows};
use crate::open::{self, Options};
use kernel::ids::{Cell, MatterId};
use rusqlite::{Connection, OpenFlags, Row, TransactionBehavior, params};
use std::path::Path;
use store::{ErasureRow, KeyQuery, KeyRow, SecretRow};

/// "gzke": whose file this is.
const APPLICATION: i64 = 0x677A_6B65;
/// Its steps, as the main file has.
const STEPS: &[open::Migration] =
    &[(1, "keys", include_str!("../keys/0001_keys.sql")), (2, "identity", include_str!("../keys/0002_identity.sql"))];

/// The epoch of keys that were destroyed.
pub const GONE: [u8; 4] = [0; 4];

/// The one connection that writes keys.
pub fn writer(path: &Path, options: &Options) -> Run<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    open::tune(&connection, options.writer_cache / 4)?;
    open::whose(&connection, APPLICATION, STEPS)?;
    if options.guest {
        open::up_to_date(&connection, STEPS)?;
    }
    open::durable(&connection)?;
    open::migrate(&mut connection, APPLICATION, STEPS)?;
    Ok(connection)
}

/// Runs statements on the key file in a transaction of their own.
pub fn together<T>(db: &Connection, run: impl FnOnce(&Connection) -> Run<T>) -> Run<T> {
    let tx = rusqlite::Transaction::new_unchecked(db, TransactionBehavior::Immediate)?;
    let done = run(&tx)?;
    tx.commit()?;
    Ok(done)
}

/// Puts the keys of a matter. An orphan under the same id (its matter was never committed) gives way.
pub fn put(db: &Connection, id: MatterId, row: &KeyRow) -> Run<()> {
    let mut put = db.prepare_cached(
        "INSERT INTO key (cell, serial, epoch, handlers, identity) VALUES (?1, ?2, ?3, ?4, ?5) \
         ON CONFLICT (cell, serial) DO UPDATE SET epoch = excluded.epoch, handlers = excluded.handlers, \
         identity = excluded.identity",
    )?;
    let handlers = code::seal(&row.handlers);
    // Both are of one length, and zeros are a key that is gone.
    let identity = row.identity.as_ref().map_or_else(|| vec![0; handlers.len()], code::seal);
    put.execute(params![id.cell.0, id.serial, epoch(row.epoch), handlers, identity])?;
    Ok(())
}

fn epoch(number: u32) -> [u8; 4] {
    number.to_be_bytes()
}

/// Keys from a row that begins with handlers, identity, epoch.
pub fn read(row: &Row<'_>) -> Run<KeyRow> {
    let bytes = |n| row.get::<_, Vec<u8>>(n);
    let identity = Some(bytes(1)?).filter(|key| key.iter().any(|byte| *byte != 0));
    let identity = identity.map(|key| code::unseal(&key)).transpose()?;
    Ok(KeyRow { handlers: code::unseal(&bytes(0)?)?, identity, epoch: u32::from_be_bytes(row.get(2)?) })
}

/// Whether the keys of such a row were destroyed.
pub fn gone(row: &Row<'_>) -> bool {
    row.get_ref(2).is_ok_and(|epoch| epoch.as_blob() == Ok(&GONE))
}

/// The keys of a matter; none once they were destroyed.
pub fn find(db: &Connection, id: MatterId) -> Run<Option<KeyRow>> {
    let mut get =
        db.prepare_cached("SELECT handlers, identity, epoch FROM key WHERE cell = ?1 AND serial = ?2 AND epoch <> ?3")?;
    maybe(get.query((id.cell.0, id.serial, GONE))?, read)
}

/// Whether a matter has keys.
pub fn keyed(db: &Connection, id: MatterId) -> Run<bool> {
    let mut get =
        db.prepare_cached("SELECT EXISTS (SELECT 1 FROM key WHERE cell = ?1 AND serial = ?2 AND epoch <> ?3)")?;
    Ok(get.query_row((id.cell.0, id.serial, GONE), |row| row.get(0))?)
}

/// A page of the keys of a cell.
pub fn page(db: &Connection, query: KeyQuery) -> Run<Vec<(MatterId, KeyRow)>> {
    let mut get = db.prepare_cached(
        "SELECT handlers, identity, epoch, serial FROM key \
         WHERE cell = ?1 AND serial > ?2 AND epoch < ?3 AND epoch <> ?4 ORDER BY serial LIMIT ?5",
    )?;
    let KeyQuery { cell, below, after, limit } = query;
    let values = (cell.0, after.unwrap_or(i64::MIN), epoch(below), GONE, limit);
    rows(get.query(values)?, |row| Ok((MatterId { cell, serial: row.get(3)? }, read(row)?)))
}

/// The same keys under another wrap key.
pub fn rewrap(db: &Connection, cell: Cell, all: &[(MatterId, KeyRow)]) -> Run<()> {
    if all.iter().any(|(id, _)| id.cell != cell) {
        return Err(Fail::corrupt("keys leave their cell"));
    }
    let mut set = db.prepare_cached(
        "UPDATE key SET epoch = ?3, handlers = ?4, identity = CASE WHEN identity = zeroblob(length(identity)) \
           THEN identity ELSE coalesce(?5, zeroblob(length(identity))) END \
         WHERE cell = ?1 AND serial = ?2 AND epoch < ?3 AND epoch <> ?6",
    )?;
    for (id, row) in all {
        let (handlers, identity) = (code::seal(&row.handlers), row.identity.as_ref().map(code::seal));
        set.execute(params![cell.0, id.serial, epoch(row.epoch), handlers, identity, GONE])?;
    }
    Ok(())
}

/// Writes zeros over the keys of a matter. The row stays, so that nothing moves.
pub fn destroy(db: &Connection, id: MatterId) -> Run<()> {
    let mut zero = db.prepare_cached(
        "UPDATE key SET epoch = ?3, handlers = zeroblob(length(handlers)), identity = zeroblob(length(identity)) \
         WHERE cell = ?1 AND serial = ?2",
    )?;
    zero.execute((id.cell.0, id.serial, GONE))?;
    Ok(())
}

/// Destroys the keys of a matter and remembers that it was erased, whatever becomes of the main file.
pub fn erase(db: &Connection, id: MatterId, row: &ErasureRow) -> Run<()> {
    let table = if row.identity {
        destroy_identity(db, id)?;
        "erased_identity"
    } else {
        destroy(db, id)?;
        "erased"
    };
    let mut put = db.prepare_cached(&format!(
        "INSERT INTO {table} (cell, serial, row) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING"
    ))?;
    put.execute((id.cell.0, id.serial, crate::erase::to_json(row)?))?;
    Ok(())
}

/// Writes zeros over the one key. The other is still needed.
fn destroy_identity(db: &Connection, id: MatterId) -> Run<()> {
    let mut zero =
        db.prepare_cached("UPDATE key SET identity = zeroblob(length(identity)) WHERE cell = ?1 AND serial = ?2")?;
    zero.execute((id.cell.0, id.serial))?;
    Ok(())
}

/// The wrapped secrets.
pub fn secrets(db: &Connection) -> Run<Vec<SecretRow>> {
    let mut get = db.prepare_cached("SELECT name, master, sealed FROM secret ORDER BY name")?;
    rows(get.query([])?, |row| {
        Ok(SecretRow { name: row.get(0)?, master: row.get(1)?, sealed: code::unseal(&row.get::<_, Vec<u8>>(2)?)? })
    })
}

/// Adds secrets whose names are new.
pub fn add_secrets(db: &Connection, all: &[SecretRow]) -> Run<()> {
    let mut put =
        db.prepare_cached("INSERT INTO secret (name, master, sealed) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?;
    for row in all {
        put.execute((&row.name, &row.master, code::seal(&row.sealed)))?;
    }
    Ok(())
}

/// Puts these in the place of all others.
pub fn replace_secrets(db: &Connection, all: &[SecretRow]) -> Run<()> {
    let stand = secrets(db)?;
    let mut set = db.prepare_cached("UPDATE secret SET master = ?2, sealed = ?3 WHERE name = ?1")?;
    for row in all {
        set.execute((&row.name, &row.master, code::seal(&row.sealed)))?;
    }
    let mut zero = db.prepare_cached("UPDATE secret SET sealed = zeroblob(length(sealed)) WHERE name = ?1")?;
    let mut drop = db.prepare_cached("DELETE FROM secret WHERE name = ?1")?;
    for gone in stand.iter().filter(|old| !all.iter().any(|new| new.name == old.name)) {
        zero.execute([&gone.name])?;
        drop.execute([&gone.name])?;
    }
    add_secrets(db, all)
}
