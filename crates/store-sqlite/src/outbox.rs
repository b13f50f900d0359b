//! What is to be sent and what was sent.

use crate::code;
use crate::fail::Run;
use crate::matters::rows;
use kernel::ids::{Cell, MatterId};
use kernel::time::Timestamp;
use rusqlite::{Connection, params};
use store::{NoticeRow, OutboxDraft, OutboxRow};

pub fn outbox(db: &Connection, cell: Cell, limit: u32) -> Run<Vec<OutboxRow>> {
    let mut get = db.prepare_cached(
        "SELECT id, serial, at, kind, seq, body, about FROM outbox WHERE cell = ?1 ORDER BY id LIMIT ?2",
    )?;
    rows(get.query((cell.0, limit))?, |row| {
        let draft = OutboxDraft {
            at: Timestamp(row.get(2)?),
            kind: row.get(3)?,
            seq: row.get(4)?,
            to: code::unbody(row.get(5)?)?,
            about: row.get(6)?,
        };
        Ok(OutboxRow { id: row.get(0)?, matter: MatterId { cell, serial: row.get(1)? }, draft })
    })
}

pub fn sent(db: &Connection, cell: Cell, ids: &[i64], notices: &[NoticeRow]) -> Run<()> {
    let mut gone = db.prepare_cached("DELETE FROM outbox WHERE cell = ?1 AND id = ?2")?;
    for id in ids {
        gone.execute((cell.0, id))?;
    }
    let mut put = db.prepare_cached(
        "INSERT INTO notice (cell, serial, place, seq, at, body, about, channel) VALUES (?1, ?2, \
         (SELECT coalesce(max(place), 0) + 1 FROM notice WHERE cell = ?1 AND serial = ?2), ?3, ?4, ?5, ?6, ?7)",
    )?;
    for row in notices {
        let to = code::body(row.to);
        put.execute(params![cell.0, row.matter.serial, row.seq, row.at.0, to, row.about, row.channel])?;
    }
    Ok(())
}

pub fn notices(db: &Connection, id: MatterId) -> Run<Vec<NoticeRow>> {
    let mut get = db.prepare_cached(
        "SELECT seq, at, body, about, channel FROM notice WHERE cell = ?1 AND serial = ?2 ORDER BY place",
    )?;
    rows(get.query((id.cell.0, id.serial))?, |row| {
        Ok(NoticeRow {
            matter: id,
            seq: row.get(0)?,
            at: Timestamp(row.get(1)?),
            to: code::unbody(row.get(2)?)?,
            about: row.get(3)?,
            channel: row.get(4)?,
        })
    })
}
