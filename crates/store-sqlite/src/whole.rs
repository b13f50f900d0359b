//! The whole store: scanning in key order, and throwing away and filling again what is derived.

use crate::append::{counters, due, marks, put_matter, terms, work};
use crate::fail::{Fail, Run};
use crate::matters::{entries, rows};
use crate::search::Forward;
use crate::{code, lists};
use kernel::ids::{Cell, MatterId};
use rusqlite::Connection;
use std::collections::BTreeSet;
use store::{Change, CounterDelta, Derived, Loaded, MatterRow};

/// The cells that hold matters; where the matters themselves cannot be read, those that hold entries.
pub fn cells(db: &Connection) -> Run<Vec<Cell>> {
    cells_of(db, "matter").or_else(|_| cells_of(db, "entry"))
}

fn cells_of(db: &Connection, table: &str) -> Run<Vec<Cell>> {
    // One seek per cell, not a walk over every matter.
    let mut next = db.prepare_cached(&format!("SELECT min(cell) FROM {table} WHERE cell > ?1"))?;
    let mut cells = Vec::new();
    let mut last = -1;
    while let Some(cell) = next.query_row([last], |row| row.get::<_, Option<i64>>(0))? {
        cells.push(Cell(u32::try_from(cell).map_err(|_| Fail::corrupt("a cell that is none"))?));
        last = cell;
    }
    Ok(cells)
}

/// Serials in order. Where the table of matters is damaged: what its index of numbers, its entries and the vault still know.
pub fn serials(db: &Connection, cell: Cell, after: Option<i64>, limit: u32) -> Run<Vec<i64>> {
    let after = after.unwrap_or(i64::MIN);
    let ask =
        |sql: &str| -> Run<Vec<i64>> { rows(db.prepare(sql)?.query((cell.0, after, limit))?, |row| Ok(row.get(0)?)) };
    let first = ask("SELECT serial FROM matter WHERE cell = ?1 AND serial > ?2 ORDER BY serial LIMIT ?3");
    first.or_else(|error| {
        let others = [
            "SELECT serial FROM matter INDEXED BY matter_number WHERE cell = ?1 AND serial > ?2 ORDER BY serial LIMIT ?3",
            "SELECT DISTINCT serial FROM entry WHERE cell = ?1 AND serial > ?2 ORDER BY serial LIMIT ?3",
            "SELECT DISTINCT serial FROM vault WHERE cell = ?1 AND serial > ?2 ORDER BY serial LIMIT ?3",
        ];
        let known: Vec<Vec<i64>> = others.iter().filter_map(|sql| ask(sql).ok()).collect();
        if known.is_empty() {
            return Err(error);
        }
        let all: BTreeSet<i64> = known.into_iter().flatten().collect();
        Ok(all.into_iter().take(limit as usize).collect())
    })
}

pub fn scan(db: &Connection, cell: Cell, after: Option<i64>, limit: u32) -> Run<Vec<Loaded>> {
    let mut get = db.prepare_cached(concat!(
        "SELECT ",
        code::matter_columns!(),
        " FROM matter m WHERE m.cell = ?1 AND m.serial > ?2 ORDER BY m.serial LIMIT ?3"
    ))?;
    let after = after.unwrap_or(i64::MIN);
    let matters = rows(get.query((cell.0, after, limit))?, |row| code::matter(row, 0))?;
    matters.into_iter().map(|matter| Ok(Loaded { entries: entries(db, matter.id)?, matter })).collect()
}

pub fn derived(db: &Connection, forward: &Forward, id: MatterId) -> Run<Derived> {
    let (work, due) = lists::of_matter(db, id)?;
    Ok(Derived { work, due, terms: forward.terms(db, id)?, marks: lists::marks_of(db, id)? })
}

pub fn clear(db: &Connection, cell: Cell) -> Run<()> {
    for table in ["work", "lane_count", "due", "mark", "tail", "generation", "segment", "counter"] {
        db.execute(&format!("DELETE FROM {table} WHERE cell = ?1"), [cell.0])?;
    }
    Ok(())
}

pub fn put_derived(db: &Connection, cell: Cell, all: &[(MatterRow, Derived)], deltas: &[CounterDelta]) -> Run<()> {
    let leaves = |(matter, derived): &(MatterRow, Derived)| {
        let id = matter.id;
        id.cell != cell
            || derived.work.iter().any(|w| w.id != id)
            || derived.due.iter().any(|d| d.id != id)
            || derived.marks.iter().any(|m| m.id != id)
    };
    if all.iter().any(leaves) || deltas.iter().any(|delta| delta.key.cell != cell) {
        return Err(Fail::corrupt("derived rows leave their cell"));
    }
    for (matter, derived) in all {
        let id = matter.id;
        // Not REPLACE: that would also drop another matter that holds the same number.
        let set = "ON CONFLICT (cell, serial) DO UPDATE SET seq = excluded.seq, head = excluded.head, \
            year = excluded.year, number = excluded.number, mechanism = excluded.mechanism, \
            version = excluded.version, region = excluded.region, state = excluded.state, ring = excluded.ring, \
            holder = excluded.holder, raised_at = excluded.raised_at, last_at = excluded.last_at, \
            due_at = excluded.due_at, due_by = excluded.due_by, promised_by = excluded.promised_by, \
            answered_at = excluded.answered_at, ended_at = excluded.ended_at, heard = excluded.heard, \
            shield = excluded.shield, title = excluded.title";
        put_matter(db, matter, set)?;
        let (old_work, old_due) = lists::of_matter(db, id)?;
        work(db, id, &Change { remove: old_work, add: derived.work.clone() })?;
        due(db, id, &Change { remove: old_due, add: derived.due.clone() })?;
        marks(db, id, &Change { remove: lists::marks_of(db, id)?, add: derived.marks.clone() })?;
        terms(db, id, matter.seq, &derived.terms)?;
    }
    counters(db, deltas)
}
