//! The installation's own rows, all in cell 0: directory, sessions, settings, mechanisms.

use crate::append::take;
use crate::code;
use crate::fail::{Fail, Run};
use crate::matters::{maybe, rows};
use kernel::ids::{Cell, PersonId};
use kernel::time::{Date, Timestamp};
use rusqlite::{Connection, Params, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;
use store::{DirectoryRows, SessionRow};

const HOME: u32 = Cell::INSTALLATION.0;

fn json<T: Serialize>(row: &T) -> Run<String> {
    serde_json::to_string(row).map_err(|_| Fail::corrupt("a row of the directory that cannot be written"))
}

/// A first day in a key: none sorts first.
fn from(day: Option<Date>) -> i64 {
    day.map_or(0, code::day)
}

pub fn put_directory(db: &Connection, all: &DirectoryRows) -> Run<()> {
    let run = |sql: &str, values: &dyn Fn(&mut rusqlite::CachedStatement<'_>) -> Run<()>| -> Run<()> {
        values(&mut db.prepare_cached(sql)?)
    };
    // Never `OR REPLACE`: what that deletes, no trigger sees.
    let turned = "DO UPDATE SET row = excluded.row";
    run(&format!("INSERT INTO body (cell, id, row) VALUES (?1, ?2, ?3) ON CONFLICT (cell, id) {turned}"), &|put| {
        all.bodies.iter().try_for_each(|row| done(put, (HOME, row.id.0, json(row)?)))
    })?;
    run(&format!("INSERT INTO person (cell, id, row) VALUES (?1, ?2, ?3) ON CONFLICT (cell, id) {turned}"), &|put| {
        all.persons.iter().try_for_each(|row| done(put, (HOME, row.id.0, json(row)?)))
    })?;
    run(
        &format!(
            "INSERT INTO relation (cell, body, relation, upper, day, row) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
             ON CONFLICT (cell, body, relation, upper, day) {turned}"
        ),
        &|put| {
            all.relations.iter().try_for_each(|row| {
                done(put, (HOME, row.body.0, row.relation.word(), row.upper.0, from(row.valid_from), json(row)?))
            })
        },
    )?;
    run(
        &format!(
            "INSERT INTO post (cell, person, body, role, day, row) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
             ON CONFLICT (cell, person, body, role, day) {turned}"
        ),
        &|put| {
            all.posts.iter().try_for_each(|row| {
                done(put, (HOME, row.person.0, row.body.0, &row.role, from(row.valid_from), json(row)?))
            })
        },
    )?;
    take(db, Cell::INSTALLATION, "directory", 1)?;
    Ok(())
}

fn done(put: &mut rusqlite::CachedStatement<'_>, values: impl Params) -> Run<()> {
    put.execute(values)?;
    Ok(())
}

pub fn directory(db: &Connection) -> Run<DirectoryRows> {
    let mut all = DirectoryRows {
        bodies: read(db, "SELECT row FROM body WHERE cell = ?1 ORDER BY id")?,
        relations: read(db, "SELECT row FROM relation WHERE cell = ?1")?,
        persons: read(db, "SELECT row FROM person WHERE cell = ?1 ORDER BY id")?,
        posts: read(db, "SELECT row FROM post WHERE cell = ?1")?,
    };
    // By the order of the port's types, which is not that of their words.
    all.relations.sort_by_key(|row| (row.body, row.relation, row.upper, row.valid_from));
    all.posts.sort_by(|a, b| (a.person, a.body, &a.role, a.valid_from).cmp(&(b.person, b.body, &b.role, b.valid_from)));
    Ok(all)
}

fn read<T: DeserializeOwned>(db: &Connection, sql: &str) -> Run<Vec<T>> {
    rows(db.prepare_cached(sql)?.query([HOME])?, |row| {
        let text = row.get_ref(0)?.as_str().unwrap_or_default();
        serde_json::from_str(text).map_err(|_| Fail::corrupt("a row of the directory that cannot be read"))
    })
}

pub fn directory_version(db: &Connection) -> Run<i64> {
    let mut get = db.prepare_cached("SELECT last FROM sequence WHERE cell = ?1 AND name = 'directory'")?;
    Ok(maybe(get.query([HOME])?, |row| Ok(row.get(0)?))?.unwrap_or(0))
}

pub fn put_session(db: &Connection, row: &SessionRow) -> Run<()> {
    let mut put = db.prepare_cached(
        "INSERT OR REPLACE INTO session (cell, hash, person, scopes, created, expires) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    let scopes = row.scopes.as_ref().map(json).transpose()?;
    put.execute((HOME, row.hash, row.person.0, scopes, row.created.0, row.expires.0))?;
    Ok(())
}

pub fn find_session(db: &Connection, hash: [u8; 32]) -> Run<Option<SessionRow>> {
    let mut get =
        db.prepare_cached("SELECT hash, person, scopes, created, expires FROM session WHERE cell = ?1 AND hash = ?2")?;
    maybe(get.query((HOME, hash))?, session)
}

/// A session: hash, person, scopes, created, expires.
pub fn session(row: &Row<'_>) -> Run<SessionRow> {
    let scopes: Option<String> = row.get(2)?;
    let scopes = scopes.map(|text| serde_json::from_str(&text)).transpose();
    Ok(SessionRow {
        hash: row.get(0)?,
        person: PersonId(row.get(1)?),
        scopes: scopes.map_err(|_| Fail::corrupt("the scopes of a session"))?,
        created: Timestamp(row.get(3)?),
        expires: Timestamp(row.get(4)?),
    })
}

pub fn end_session(db: &Connection, hash: [u8; 32]) -> Run<()> {
    db.prepare_cached("DELETE FROM session WHERE cell = ?1 AND hash = ?2")?.execute((HOME, hash))?;
    Ok(())
}

pub fn purge_sessions(db: &Connection, before: Timestamp, limit: u32) -> Run<u32> {
    let mut purge = db.prepare_cached(
        "DELETE FROM session WHERE (cell, hash) IN \
         (SELECT cell, hash FROM session WHERE cell = ?1 AND expires < ?2 ORDER BY expires LIMIT ?3)",
    )?;
    Ok(u32::try_from(purge.execute((HOME, before.0, limit))?).unwrap_or(u32::MAX))
}

pub fn setting(db: &Connection, key: &str) -> Run<Option<String>> {
    let mut get = db.prepare_cached("SELECT value FROM setting WHERE cell = ?1 AND key = ?2")?;
    maybe(get.query((HOME, key))?, |row| Ok(row.get(0)?))
}

pub fn put_setting(db: &Connection, key: &str, value: &str) -> Run<()> {
    let mut put = db.prepare_cached(
        "INSERT INTO setting (cell, key, value) VALUES (?1, ?2, ?3) \
         ON CONFLICT (cell, key) DO UPDATE SET value = excluded.value",
    )?;
    put.execute((HOME, key, value))?;
    Ok(())
}

pub fn put_mechanism(db: &Connection, hash: &str, id: &str, json: &str) -> Run<()> {
    let mut put = db.prepare_cached(
        "INSERT INTO mechanism (cell, hash, id, json) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
    )?;
    put.execute((HOME, hash, id, json))?;
    Ok(())
}

pub fn find_mechanism(db: &Connection, hash: &str) -> Run<Option<String>> {
    let mut get = db.prepare_cached("SELECT json FROM mechanism WHERE cell = ?1 AND hash = ?2")?;
    maybe(get.query((HOME, hash))?, |row| Ok(row.get(0)?))
}
