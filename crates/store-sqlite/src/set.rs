//! Sets: versions and their rows, all in cell 0.

use crate::append::take;
use crate::fail::{Fail, Run};
use crate::matters::{maybe, rows};
use kernel::ids::{Cell, PersonId};
use kernel::time::Timestamp;
use rusqlite::Connection;
use store::{SetDraft, SetRow, SetVersion, StoreError};

const HOME: u32 = Cell::INSTALLATION.0;

pub fn put(db: &Connection, draft: &SetDraft) -> Run<u32> {
    let mut get = db.prepare_cached("SELECT max(version) FROM set_version WHERE cell = ?1 AND id = ?2")?;
    let last = maybe(get.query((HOME, &draft.set))?, |row| Ok(row.get::<_, Option<u32>>(0)?))?.flatten().unwrap_or(0);
    if last != draft.after {
        return Err(StoreError::Conflict.into());
    }
    db.prepare_cached("UPDATE set_version SET closed = ?3 WHERE cell = ?1 AND id = ?2 AND closed IS NULL")?
        .execute((HOME, &draft.set, draft.at.0))?;
    let (version, count) = (last + 1, u32::try_from(draft.rows.len()).unwrap_or(u32::MAX));
    db.prepare_cached(
        "INSERT INTO set_version (cell, id, version, at, closed, person, rows) VALUES (?1, ?2, ?3, ?4, NULL, ?5, ?6)",
    )?
    .execute((HOME, &draft.set, version, draft.at.0, draft.by.map(|p| p.0), count))?;
    let mut put =
        db.prepare_cached("INSERT INTO set_row (cell, id, version, place, code, row) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    for (row, place) in draft.rows.iter().zip(1u32..) {
        let json = serde_json::to_string(row).map_err(|_| Fail::corrupt("a row of a set that cannot be written"))?;
        put.execute((HOME, &draft.set, version, place, &row.code, json))?;
    }
    // Who holds rows in memory looks at the directory's version.
    take(db, Cell::INSTALLATION, "directory", 1)?;
    Ok(version)
}

pub fn versions(db: &Connection) -> Run<Vec<SetVersion>> {
    let mut get = db.prepare_cached(
        "SELECT id, version, at, closed, person, rows FROM set_version WHERE cell = ?1 ORDER BY id, version",
    )?;
    rows(get.query([HOME])?, |row| {
        Ok(SetVersion {
            set: row.get(0)?,
            version: row.get(1)?,
            at: Timestamp(row.get(2)?),
            closed: row.get::<_, Option<i64>>(3)?.map(Timestamp),
            by: row.get::<_, Option<u32>>(4)?.map(PersonId),
            rows: row.get(5)?,
        })
    })
}

pub fn of_version(db: &Connection, set: &str, version: u32) -> Run<Vec<SetRow>> {
    let mut get =
        db.prepare_cached("SELECT row FROM set_row WHERE cell = ?1 AND id = ?2 AND version = ?3 ORDER BY place")?;
    rows(get.query((HOME, set, version))?, |row| {
        let text = row.get_ref(0)?.as_str().unwrap_or_default();
        serde_json::from_str(text).map_err(|_| Fail::corrupt("a row of a set that cannot be read"))
    })
}
