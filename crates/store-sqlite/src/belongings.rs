//! Matters with everything that belongs to them, in key order: what checking the whole store reads.

use crate::fail::Run;
use crate::matters::{entries, letters, rows, vault};
use crate::search::Forward;
use crate::{blobs, code, erase, keys, whole};
use kernel::ids::Cell;
use rusqlite::Connection;
use store::{Belongings, Loaded};

/// The matters between two serials, both included; without their keys, which lie in the other file.
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
            key: None,
            erasure: erase::find(db, id)?,
            vault: vault(db, id)?,
            letters: letters(db, id)?,
            blobs: blobs::of_matter(db, id)?,
            derived: whole::derived(db, &forward, id)?,
            loaded: Loaded { entries: entries(db, id)?, matter },
        })
    });
    all.collect()
}

/// Their keys.
pub fn with_keys(db: &Connection, all: &mut [Belongings]) -> Run<()> {
    all.iter_mut().try_for_each(|one| {
        one.key = keys::find(db, one.loaded.matter.id)?;
        Ok(())
    })
}
