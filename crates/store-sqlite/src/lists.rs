//! Work lists by key, their counts, and the clocks. A page reads what it shows and what its filters pass over, no more.

use crate::code::{self, matter_columns};
use crate::fail::Run;
use crate::matters::rows;
use kernel::ids::{BodyId, Cell, MatterId};
use kernel::time::Timestamp;
use rusqlite::{Connection, Row, named_params};
use store::{DueRow, Lane, ListQuery, MarkQuery, MarkRow, WorkItem, WorkRow};

/// A page over the lists of some bodies: the page of each, merged.
pub fn list(db: &Connection, query: &ListQuery) -> Run<Vec<WorkItem>> {
    let mut bodies = query.bodies.clone();
    bodies.sort_unstable();
    bodies.dedup();
    let mut page = Vec::new();
    for body in bodies {
        page.extend(of_body(db, query, body)?);
    }
    page.sort_by_key(|item| (item.work.order, item.work.id.serial, item.work.body));
    page.truncate(query.limit as usize);
    Ok(page)
}

fn of_body(db: &Connection, query: &ListQuery, body: BodyId) -> Run<Vec<WorkItem>> {
    // The join order is fixed: the list leads, and each matter is one look-up by its key.
    let mut get = db.prepare_cached(concat!(
        "SELECT w.ord, ",
        matter_columns!(),
        " FROM work w CROSS JOIN matter m ON m.cell = w.cell AND m.serial = w.serial \
          WHERE w.cell = :cell AND w.body = :body AND w.lane = :lane AND (w.ord, w.serial) >= (:ord, :serial) \
          AND (:mechanism IS NULL OR m.mechanism = :mechanism) AND (:ring IS NULL OR m.ring = :ring) \
          AND (:region IS NULL OR substr(m.region, 1, length(:region)) = :region) \
          AND (:due IS NULL OR m.due_at < :due) ORDER BY w.ord, w.serial"
    ))?;
    let from = query.after.as_ref().map_or((i64::MIN, i64::MIN), |after| (after.order, after.id.serial));
    let mut found = get.query(named_params! {
        ":cell": query.cell.0,
        ":body": body.0,
        ":lane": query.lane as u8,
        ":ord": from.0,
        ":serial": from.1,
        ":mechanism": query.mechanism,
        ":ring": query.ring,
        ":region": query.region.as_ref().map(|region| region.as_str()),
        ":due": query.due_before.map(|time| time.0),
    })?;
    let mut page = Vec::new();
    while page.len() < query.limit as usize
        && let Some(row) = found.next()?
    {
        let matter = code::matter(row, 1)?;
        let work = WorkRow { body, lane: query.lane, order: row.get(0)?, id: matter.id };
        // A matter may stand at the cursor's place in the list of a later body.
        let place = |row: &WorkRow| (row.order, row.id.serial, row.body);
        let new = query.after.as_ref().is_none_or(|after| place(&work) > place(after));
        if new && query.admits(&matter) {
            page.push(WorkItem { work, matter });
        }
    }
    Ok(page)
}

pub fn counts(db: &Connection, cell: Cell, body: BodyId) -> Run<Vec<(Lane, i64)>> {
    let mut get =
        db.prepare_cached("SELECT lane, n FROM lane_count WHERE cell = ?1 AND body = ?2 AND n <> 0 ORDER BY lane")?;
    rows(get.query((cell.0, body.0))?, |row| Ok((code::unlane(row.get(0)?)?, row.get(1)?)))
}

/// A row of due dates that begins with at, serial, clock, body, listed.
pub fn due_row(cell: Cell, row: &Row<'_>) -> Run<DueRow> {
    Ok(DueRow {
        at: Timestamp(row.get(0)?),
        id: MatterId { cell, serial: row.get(1)? },
        clock: row.get(2)?,
        body: code::unbody(row.get(3)?)?,
        listed: row.get(4)?,
    })
}

pub fn due(db: &Connection, cell: Cell, before: Timestamp, limit: u32) -> Run<Vec<DueRow>> {
    let mut get = db.prepare_cached(
        "SELECT at, serial, clock, body, listed FROM due WHERE cell = ?1 AND listed = 0 AND at < ?2 \
         ORDER BY at, serial, clock, body LIMIT ?3",
    )?;
    rows(get.query((cell.0, before.0, limit))?, |row| due_row(cell, row))
}

pub fn listed(db: &Connection, cell: Cell, after: Option<&DueRow>, limit: u32) -> Run<Vec<DueRow>> {
    let mut get = db.prepare_cached(
        "SELECT at, serial, clock, body, listed FROM due WHERE cell = ?1 AND listed = 1 \
         AND (at, serial, clock, body) < (?2, ?3, ?4, ?5) ORDER BY at DESC, serial DESC, clock DESC, body DESC LIMIT ?6",
    )?;
    // Above every clock name: a text is below any blob.
    let top = rusqlite::types::Value::Blob(Vec::new());
    let clock = after.map_or(top, |row| row.clock.clone().into());
    let (at, serial, body) =
        after.map_or((i64::MAX, i64::MAX, i64::MAX), |row| (row.at.0, row.id.serial, code::body(row.body)));
    rows(get.query((cell.0, at, serial, clock, body, limit))?, |row| due_row(cell, row))
}

/// A page of marks.
pub fn marks(db: &Connection, query: &MarkQuery) -> Run<Vec<MarkRow>> {
    let mut get = db.prepare_cached(
        "SELECT ord, serial, about FROM mark WHERE cell = ?1 AND kind = ?2 AND key = ?3 \
         AND (?4 IS NULL OR ord < ?4) AND (?5 IS NULL OR (ord, serial, about) > (?5, ?6, ?7)) \
         ORDER BY ord, serial, about LIMIT ?8",
    )?;
    let after = query.after.as_ref();
    let (order, serial) = (after.map(|a| a.order), after.map(|a| a.id.serial));
    let about = after.map(|a| a.about.as_str());
    let (kind, key) = (&query.kind, &query.key);
    let values = rusqlite::params![query.cell.0, kind, key, query.before, order, serial, about, query.limit];
    rows(get.query(values)?, |row| {
        let id = MatterId { cell: query.cell, serial: row.get(1)? };
        Ok(MarkRow { kind: kind.clone(), key: key.clone(), order: row.get(0)?, id, about: row.get(2)? })
    })
}

/// The marks of one matter, as they stand.
pub fn marks_of(db: &Connection, id: MatterId) -> Run<Vec<MarkRow>> {
    let mut get = db.prepare_cached("SELECT kind, key, ord, about FROM mark WHERE cell = ?1 AND serial = ?2")?;
    let mut marks = rows(get.query((id.cell.0, id.serial))?, |row| mark_row(id, row))?;
    marks.sort();
    Ok(marks)
}

/// A mark from a row that begins with kind, key, ord, about.
pub fn mark_row(id: MatterId, row: &Row<'_>) -> Run<MarkRow> {
    Ok(MarkRow { kind: row.get(0)?, key: row.get(1)?, order: row.get(2)?, id, about: row.get(3)? })
}

/// A place in a work list from a row that begins with body, lane, ord.
pub fn work_row(id: MatterId, row: &Row<'_>) -> Run<WorkRow> {
    Ok(WorkRow { body: BodyId(row.get(0)?), lane: code::unlane(row.get(1)?)?, order: row.get(2)?, id })
}

/// The work and due rows of one matter, as they stand.
pub fn of_matter(db: &Connection, id: MatterId) -> Run<(Vec<WorkRow>, Vec<DueRow>)> {
    let mut get =
        db.prepare_cached("SELECT body, lane, ord FROM work WHERE cell = ?1 AND serial = ?2 ORDER BY body, lane, ord")?;
    let work = rows(get.query((id.cell.0, id.serial))?, |row| work_row(id, row))?;
    let mut get =
        db.prepare_cached("SELECT at, serial, clock, body, listed FROM due WHERE cell = ?1 AND serial = ?2")?;
    let mut due = rows(get.query((id.cell.0, id.serial))?, |row| due_row(id.cell, row))?;
    due.sort();
    Ok((work, due))
}
