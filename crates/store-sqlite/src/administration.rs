//! Acts of administration: what they change, and their records, all in cell 0.

use crate::append::take;
use crate::fail::{Fail, Run};
use crate::home;
use crate::matters::rows;
use kernel::ids::{Cell, PersonId};
use rusqlite::Connection;
use store::{ActRow, Administration, DirectoryRows, Ends, SessionRow, StoreError};

const HOME: u32 = Cell::INSTALLATION.0;

pub fn administer(db: &Connection, change: &Administration) -> Run<()> {
    if home::directory_version(db)? != change.after {
        return Err(StoreError::Conflict.into());
    }
    if change.rows != DirectoryRows::default() {
        home::put_directory(db, &change.rows)?;
    }
    match change.ends {
        Ends::Nothing => {}
        Ends::All(person) => {
            db.prepare_cached("DELETE FROM session WHERE cell = ?1 AND person = ?2")?.execute((HOME, person.0))?;
        }
        Ends::One(hash) => home::end_session(db, hash)?,
    }
    if let Some(session) = &change.begins {
        home::put_session(db, session)?;
    }
    if let Some((key, value)) = &change.setting {
        home::put_setting(db, key, value)?;
    }
    let row = serde_json::to_string(&change.act).map_err(|_| Fail::corrupt("a record that cannot be written"))?;
    let n = take(db, Cell::INSTALLATION, "administration", 1)?;
    db.prepare_cached("INSERT INTO administration (cell, n, row) VALUES (?1, ?2, ?3)")?.execute((HOME, n, row))?;
    Ok(())
}

pub fn acts(db: &Connection, before: Option<i64>, limit: u32) -> Run<Vec<(i64, ActRow)>> {
    let mut get =
        db.prepare_cached("SELECT n, row FROM administration WHERE cell = ?1 AND n < ?2 ORDER BY n DESC LIMIT ?3")?;
    rows(get.query((HOME, before.unwrap_or(i64::MAX), limit))?, |row| {
        let text = row.get_ref(1)?.as_str().unwrap_or_default();
        let act = serde_json::from_str(text).map_err(|_| Fail::corrupt("a record that cannot be read"))?;
        Ok((row.get(0)?, act))
    })
}

pub fn sessions_of(db: &Connection, person: PersonId) -> Run<Vec<SessionRow>> {
    let mut get = db.prepare_cached(
        "SELECT hash, person, scopes, created, expires FROM session WHERE cell = ?1 AND person = ?2 \
         ORDER BY created DESC, hash",
    )?;
    rows(get.query((HOME, person.0))?, home::session)
}
