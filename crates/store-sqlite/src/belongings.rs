//! Matters with everything that belongs to them, in key order: what checking the whole store reads.

use crate::fail::Run;
use crate::matters::{entries, key, letters, rows, vault};
use crate::search::Forward;
use crate::{blobs, code, whole};
use kernel::ids::Cell;
use rusqlite::Connection;
use store::{Belongings, Loaded};

/// The matters between two serials, both included.
pub fn of(db: &Connection, cell: Cell, from: i64, to: i64) -> Run<Vec<Belongings>> {
    let forward = Forward::up_to(to);
    let mut get = db.prepare_cached(concat!(
        "SELECT ",
        code::matter_columns!(),
        " FROM matter m WHERE m.cell = ?1 AND m.serial >= ?2 AND m.serial <= ?3 ORDER BY m.serial"
    ))?;
    let matters = rows(get.query((cell.0, from, to))?, |row| code::matter(row, 0))?;
    let all = matters.into_iter().map(|matter| {
        let id = matter.id;
        Ok(Belongings {
            key: key(db, id)?,
            vault: vault(db, id)?,
            letters: letters(db, id)?,
            blobs: blobs::of_matter(db, id)?,
            derived: whole::derived(db, &forward, id)?,
            loaded: Loaded { entries: entries(db, id)?, matter },
        })
    });
    all.collect()
}
