//! Matters with everything that belongs to them, in key order: what checking the whole store reads. One range of each table
//! serves a run of matters; a matter asked for alone is found by its key, whatever stands beside it.

use crate::code::{self, matter_columns};
use crate::fail::{Fail, Run};
use crate::matters::{entry, letter_row, rows, vault_row};
use crate::search::Forward;
use crate::{blobs, erase, keys, lists};
use kernel::ids::{Cell, MatterId};
use rusqlite::{Connection, Row};
use store::{Belongings, Derived, Loaded, MatterRow};

/// A run of matters of a cell.
struct Stretch<'a> {
    db: &'a Connection,
    cell: Cell,
    serials: Vec<i64>,
}

/// The columns and the table of a part, with the order of its rows within a matter.
struct Part {
    select: &'static str,
    order: &'static str,
}

impl Stretch<'_> {
    /// The rows of each matter, in order. Rows of no matter are for the audit.
    fn of<T>(&self, part: &Part, read: impl Fn(MatterId, &Row<'_>) -> Run<T>) -> Run<std::vec::IntoIter<Vec<T>>> {
        let mut all: Vec<Vec<T>> = Vec::new();
        all.resize_with(self.serials.len(), Vec::new);
        let (Some(first), Some(last)) = (self.serials.first(), self.serials.last()) else {
            return Ok(all.into_iter());
        };
        // The serial comes last, so that the readers of rows count from the first column.
        let Part { select, order } = part;
        let sql = format!("SELECT {select} WHERE cell = ?1 AND serial >= ?2 AND serial <= ?3 ORDER BY serial{order}");
        let mut get = self.db.prepare_cached(&sql)?;
        let serial_at = get.column_count() - 1;
        let mut found = get.query((self.cell.0, first, last))?;
        let (mut at, mut before) = (0, i64::MIN);
        while let Some(row) = found.next()? {
            let serial: i64 = row.get(serial_at)?;
            if serial < before {
                // A key was changed: the tree is not in order. Asked one by one, the others are found.
                return Err(Fail::corrupt("rows out of order"));
            }
            before = serial;
            while self.serials.get(at).is_some_and(|known| *known < serial) {
                at += 1;
            }
            if self.serials.get(at) == Some(&serial) {
                all[at].push(read(MatterId { cell: self.cell, serial }, row)?);
            }
        }
        Ok(all.into_iter())
    }
}

const ENTRIES: Part = Part { select: "seq, salt, body, alg, hash, serial FROM entry", order: ", seq" };
const VAULT: Part = Part { select: "seq, class, sealed, serial FROM vault", order: ", seq, class" };
const LETTERS: Part = Part { select: "seq, letter, body, series, year, number, serial FROM letter", order: ", place" };
const BLOBS: Part = Part { select: "id, serial, at, mime, size, sealed_key, alg, serial FROM blob", order: ", at, id" };
const ERASURE: Part = Part { select: "row, serial FROM erasure", order: "" };
const WORK: Part = Part { select: "body, lane, ord, serial FROM work", order: ", body, lane, ord" };
const DUE: Part = Part { select: "at, serial, clock, body, listed, serial FROM due", order: "" };
const MARKS: Part = Part { select: "kind, key, ord, about, serial FROM mark", order: "" };
const TAIL: Part = Part { select: "terms, serial FROM tail", order: "" };
const KEYS: Part = Part { select: "handlers, identity, epoch, serial FROM key", order: "" };

/// The matters between two serials, both included; without their keys, which lie in the other file.
pub fn of(db: &Connection, forward: &Forward, cell: Cell, from: i64, to: i64) -> Run<Vec<Belongings>> {
    let mut get = db.prepare_cached(concat!(
        "SELECT ",
        matter_columns!(),
        " FROM matter m WHERE m.cell = ?1 AND m.serial >= ?2 AND m.serial <= ?3 ORDER BY m.serial"
    ))?;
    let matters: Vec<MatterRow> = rows(get.query((cell.0, from, to))?, |row| code::matter(row, 0))?;
    let all = Stretch { db, cell, serials: matters.iter().map(|m| m.id.serial).collect() };
    let mut entries = all.of(&ENTRIES, |_, row| entry(row))?;
    let mut vault = all.of(&VAULT, |_, row| vault_row(row))?;
    let mut letters = all.of(&LETTERS, |_, row| letter_row(row))?;
    let mut blobs = all.of(&BLOBS, |id, row| blobs::read(id.cell, row))?;
    let mut erasures = all.of(&ERASURE, |_, row| erase::from_json(row.get_ref(0)?.as_str().unwrap_or_default()))?;
    let mut work = all.of(&WORK, lists::work_row)?;
    let mut due = all.of(&DUE, |id, row| lists::due_row(id.cell, row))?;
    let mut marks = all.of(&MARKS, lists::mark_row)?;
    let mut tails = all.of(&TAIL, |_, row| Ok(row.get::<_, Vec<u8>>(0)?))?;
    let one = |matter: MatterRow| {
        let (mut due, mut marks) = (due.next().unwrap_or_default(), marks.next().unwrap_or_default());
        due.sort();
        marks.sort();
        let terms = forward.with(db, matter.id, &tails.next().unwrap_or_default())?;
        Ok(Belongings {
            key: None,
            erasure: erasures.next().unwrap_or_default().pop(),
            vault: vault.next().unwrap_or_default(),
            letters: letters.next().unwrap_or_default(),
            blobs: blobs.next().unwrap_or_default(),
            derived: Derived { work: work.next().unwrap_or_default(), due, terms, marks },
            loaded: Loaded { entries: entries.next().unwrap_or_default(), matter },
        })
    };
    matters.into_iter().map(one).collect()
}

/// Their keys.
pub fn with_keys(db: &Connection, cell: Cell, all: &mut [Belongings]) -> Run<()> {
    let run = Stretch { db, cell, serials: all.iter().map(|one| one.loaded.matter.id.serial).collect() };
    let found = run.of(&KEYS, |_, row| Ok(Some(keys::read(row)?).filter(|_| !keys::gone(row))))?;
    for (one, mut keys) in all.iter_mut().zip(found) {
        one.key = keys.pop().flatten();
    }
    Ok(())
}
