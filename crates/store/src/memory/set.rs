//! Sets in the memory store.

use super::Inner;
use crate::StoreError;
use crate::rows::{SetDraft, SetRow, SetVersion};

impl Inner {
    pub(super) fn put_set(&mut self, draft: SetDraft) -> Result<u32, StoreError> {
        let all = self.sets.entry(draft.set.clone()).or_default();
        if all.last().map_or(0, |(v, _)| v.version) != draft.after {
            return Err(StoreError::Conflict);
        }
        if let Some((last, _)) = all.last_mut() {
            last.closed = Some(draft.at);
        }
        let rows = u32::try_from(draft.rows.len()).unwrap_or(u32::MAX);
        let (set, version) = (draft.set, draft.after + 1);
        all.push((SetVersion { set, version, at: draft.at, closed: None, by: draft.by, rows }, draft.rows));
        self.directory_version += 1;
        Ok(version)
    }

    pub(super) fn set_versions(&self) -> Vec<SetVersion> {
        self.sets.values().flatten().map(|(v, _)| v.clone()).collect()
    }

    pub(super) fn set_rows(&self, set: &str, version: u32) -> Vec<SetRow> {
        let found = self.sets.get(set).into_iter().flatten().find(|(v, _)| v.version == version);
        found.map(|(_, rows)| rows.clone()).unwrap_or_default()
    }
}
