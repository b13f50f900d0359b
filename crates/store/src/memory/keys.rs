//! Keys and erasure in the memory store.

use super::Inner;
use crate::StoreError;
use crate::rows::*;
use kernel::ids::{Cell, Class, MatterId};
use std::collections::BTreeMap;
use std::ops::Bound;

fn of_cell(cell: Cell, after: Option<i64>) -> (Bound<MatterId>, Bound<MatterId>) {
    let from = after.map_or(Bound::Included(i64::MIN), Bound::Excluded).map(|serial| MatterId { cell, serial });
    (from, Bound::Included(MatterId { cell, serial: i64::MAX }))
}

impl Inner {
    pub(super) fn erase(&mut self, id: MatterId, erasure: ErasureRow) -> bool {
        if erasure.identity {
            return self.erase_identity(id, erasure);
        }
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

    fn erase_identity(&mut self, id: MatterId, erasure: ErasureRow) -> bool {
        if let Some(key) = self.keys.get_mut(&id) {
            key.identity = None;
        }
        if let Some(vault) = self.vault.get_mut(&id) {
            vault.retain(|row| row.class != Class::Sealed);
        }
        self.commands.retain(|_, command| command.matter != id);
        let new = !self.identity_erasures.contains_key(&id);
        self.identity_erasures.entry(id).or_insert(erasure);
        new
    }

    pub(super) fn erasure(&self, id: MatterId) -> Option<ErasureRow> {
        self.erasures.get(&id).or_else(|| self.identity_erasures.get(&id)).cloned()
    }

    pub(super) fn erasures_of(&self, cell: Cell, after: Option<i64>, limit: u32) -> Vec<(MatterId, ErasureRow)> {
        let range = of_cell(cell, after);
        let mut rows: BTreeMap<_, _> = self.identity_erasures.range(range).collect();
        rows.extend(self.erasures.range(range));
        rows.into_iter().take(limit as usize).map(|(id, row)| (*id, row.clone())).collect()
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
                // A key that was destroyed does not come back by being wrapped anew.
                let identity = row.identity.filter(|_| stands.identity.is_some());
                *stands = KeyRow { identity, ..row };
            }
        }
        Ok(())
    }
}
