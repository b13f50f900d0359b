//! Keys and erasure in the memory store.

use super::Inner;
use crate::StoreError;
use crate::rows::*;
use kernel::ids::{Cell, MatterId};
use std::ops::Bound;

fn of_cell(cell: Cell, after: Option<i64>) -> (Bound<MatterId>, Bound<MatterId>) {
    let from = after.map_or(Bound::Included(i64::MIN), Bound::Excluded).map(|serial| MatterId { cell, serial });
    (from, Bound::Included(MatterId { cell, serial: i64::MAX }))
}

impl Inner {
    pub(super) fn erase(&mut self, id: MatterId, erasure: ErasureRow) -> bool {
        self.keys.remove(&id);
        self.vault.remove(&id);
        self.blobs.retain(|_, blob| blob.matter != Some(id));
        if let Some(matter) = self.matters.get_mut(&id) {
            matter.title = None;
        }
        self.tail.retain(|(of, _), _| *of != id);
        self.merged.remove(&id);
        self.commands.retain(|_, command| command.matter != id);
        let new = !self.erasures.contains_key(&id);
        self.erasures.entry(id).or_insert(erasure);
        new
    }

    pub(super) fn erasures_of(&self, cell: Cell, after: Option<i64>, limit: u32) -> Vec<(MatterId, ErasureRow)> {
        let rows = self.erasures.range(of_cell(cell, after)).take(limit as usize);
        rows.map(|(id, row)| (*id, row.clone())).collect()
    }

    pub(super) fn keys_of(&self, query: KeyQuery) -> Vec<(MatterId, KeyRow)> {
        let rows = self.keys.range(of_cell(query.cell, query.after)).filter(|(_, row)| row.epoch < query.below);
        rows.take(query.limit as usize).map(|(id, row)| (*id, row.clone())).collect()
    }

    pub(super) fn rewrap(&mut self, cell: Cell, rows: Vec<(MatterId, KeyRow)>) -> Result<(), StoreError> {
        if rows.iter().any(|(id, _)| id.cell != cell) {
            return Err(StoreError::Corrupt { what: "keys leave their cell".into() });
        }
        for (id, row) in rows {
            if let Some(stands) = self.keys.get_mut(&id).filter(|stands| stands.epoch < row.epoch) {
                *stands = row;
            }
        }
        Ok(())
    }
}
