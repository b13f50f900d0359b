//! Attachments, looks, the outbox, the directory and the whole-store methods of the memory store.

use super::Inner;
use crate::StoreError;
use crate::rows::*;
use kernel::ids::{Cell, MatterId, PersonId};
use kernel::time::Timestamp;
use std::ops::Bound;

impl Inner {
    pub(super) fn loaded(&self, id: MatterId) -> Option<Loaded> {
        let matter = self.matters.get(&id)?.clone();
        Some(Loaded { matter, entries: self.entries.get(&id).cloned().unwrap_or_default() })
    }

    pub(super) fn stamp(&self, id: MatterId) -> Option<Stamp> {
        let matter = self.matters.get(&id)?;
        let looks = self.looks.get(&id).map_or(0, Vec::len);
        Some(Stamp {
            seq: matter.seq,
            head: matter.head,
            looks: u32::try_from(looks).unwrap_or(u32::MAX),
            keyed: self.keys.contains_key(&id),
        })
    }

    pub(super) fn purge_commands(&mut self, cell: Cell, before: Timestamp, limit: u32) -> u32 {
        let old = self.commands.iter().filter(|((c, ..), row)| *c == cell && row.at < before);
        let mut old: Vec<_> = old.map(|(key, row)| (row.at, key.clone())).collect();
        old.sort_unstable();
        old.truncate(limit as usize);
        old.iter().for_each(|(_, key)| drop(self.commands.remove(key)));
        u32::try_from(old.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn purge_sessions(&mut self, before: Timestamp, limit: u32) -> u32 {
        let old: Vec<_> = self.sessions.values().filter(|s| s.expires < before).map(|s| s.hash).collect();
        let old = &old[..old.len().min(limit as usize)];
        old.iter().for_each(|hash| drop(self.sessions.remove(hash)));
        u32::try_from(old.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn sessions_of(&self, person: PersonId) -> Vec<SessionRow> {
        let mut all: Vec<_> = self.sessions.values().filter(|s| s.person == person).cloned().collect();
        all.sort_by_key(|s| (std::cmp::Reverse(s.created), s.hash));
        all
    }

    pub(super) fn administer(&mut self, change: Administration) -> Result<(), StoreError> {
        if change.after != self.directory_version {
            return Err(StoreError::Conflict);
        }
        if change.rows != DirectoryRows::default() {
            self.put_directory(change.rows);
        }
        match change.ends {
            Ends::Nothing => {}
            Ends::All(person) => self.sessions.retain(|_, s| s.person != person),
            Ends::One(hash) => drop(self.sessions.remove(&hash)),
        }
        self.settings.extend(change.setting);
        self.sessions.extend(change.begins.map(|s| (s.hash, s)));
        self.acts.push(change.act);
        Ok(())
    }

    pub(super) fn acts(&self, before: Option<i64>, limit: u32) -> Vec<(i64, ActRow)> {
        let all: Vec<_> = (1..).zip(&self.acts).filter(|(n, _)| before.is_none_or(|b| *n < b)).collect();
        all.into_iter().rev().take(limit as usize).map(|(n, act)| (n, act.clone())).collect()
    }

    pub(super) fn scan(&self, cell: Cell, after: Option<i64>, limit: u32) -> Vec<Loaded> {
        let from = after.map_or(Bound::Included(i64::MIN), Bound::Excluded).map(|serial| MatterId { cell, serial });
        let to = Bound::Included(MatterId { cell, serial: i64::MAX });
        let ids = self.matters.range((from, to)).take(limit as usize);
        ids.filter_map(|(id, _)| self.loaded(*id)).collect()
    }

    pub(super) fn put_blob(&mut self, blob: BlobRow) -> Result<(), StoreError> {
        let key = (blob.cell, blob.id.clone());
        if self.blobs.contains_key(&key) {
            return Err(StoreError::Conflict);
        }
        self.blobs.insert(key, BlobRow { matter: None, ..blob });
        Ok(())
    }

    pub(super) fn blobs_of(&self, matter: MatterId) -> Vec<BlobRow> {
        let bare = |blob: &BlobRow| {
            let content = Sealed { alg: blob.content.alg, nonce: Vec::new(), text: Vec::new() };
            BlobRow { content, ..blob.clone() }
        };
        let mut rows: Vec<_> = self.blobs.values().filter(|b| b.matter == Some(matter)).map(bare).collect();
        rows.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
        rows
    }

    pub(super) fn sweep_blobs(&mut self, cell: Cell, before: Timestamp) -> u32 {
        let count = self.blobs.len();
        self.blobs.retain(|_, blob| blob.cell != cell || blob.matter.is_some() || blob.at >= before);
        u32::try_from(count - self.blobs.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn append_look(&mut self, look: LookRow) {
        let first = look.once_on.is_none_or(|day| self.seen.insert((look.matter, look.person, look.body, day)));
        if first {
            self.log.queue_look(&look);
            self.looks.entry(look.matter).or_default().push(look);
        }
    }

    pub(super) fn outbox(&self, cell: Cell, limit: u32) -> Vec<OutboxRow> {
        self.outbox.range((cell, 0)..=(cell, i64::MAX)).take(limit as usize).map(|(_, row)| row.clone()).collect()
    }

    pub(super) fn sent(&mut self, cell: Cell, ids: &[i64], notices: Vec<NoticeRow>) {
        for id in ids {
            self.outbox.remove(&(cell, *id));
        }
        for notice in notices {
            self.notices.entry(notice.matter).or_default().push(notice);
        }
    }

    pub(super) fn put_directory(&mut self, rows: DirectoryRows) {
        let all = &mut self.directory;
        put(&mut all.bodies, rows.bodies, |b| b.id);
        put(&mut all.relations, rows.relations, |r| (r.body, r.relation, r.upper, r.valid_from));
        put(&mut all.persons, rows.persons, |p| p.id);
        put(&mut all.posts, rows.posts, |p| (p.person, p.body, p.role.clone(), p.valid_from));
        self.directory_version += 1;
    }

    pub(super) fn derived(&self, matter: MatterId) -> Derived {
        Derived {
            work: self.work.iter().filter(|row| row.id == matter).cloned().collect(),
            due: self.due.iter().filter(|row| row.id == matter).cloned().collect(),
            terms: self.terms(matter).into_iter().collect(),
            marks: self.marks.iter().filter(|row| row.id == matter).cloned().collect(),
        }
    }

    pub(super) fn clear_derived(&mut self, cell: Cell) {
        self.work.retain(|row| row.id.cell != cell);
        self.due.retain(|row| row.id.cell != cell);
        self.marks.retain(|row| row.id.cell != cell);
        self.tail.retain(|(id, _), _| id.cell != cell);
        self.merged.retain(|id, _| id.cell != cell);
        self.counters.retain(|(key, _), _| key.cell != cell);
    }

    pub(super) fn put_derived(
        &mut self,
        cell: Cell,
        rows: Vec<(MatterRow, Derived)>,
        counters: &[CounterDelta],
    ) -> Result<(), StoreError> {
        let home = |(matter, derived): &(MatterRow, Derived)| {
            let id = matter.id;
            let marks = derived.marks.iter().all(|m| m.id == id);
            id.cell == cell
                && marks
                && derived.work.iter().all(|w| w.id == id)
                && derived.due.iter().all(|d| d.id == id)
        };
        if !rows.iter().all(home) || counters.iter().any(|c| c.key.cell != cell) {
            return Err(StoreError::Corrupt { what: "derived rows leave their cell".into() });
        }
        for (matter, derived) in rows {
            let id = matter.id;
            self.work.retain(|row| row.id != id);
            self.due.retain(|row| row.id != id);
            self.work.extend(derived.work);
            self.due.extend(derived.due);
            self.marks.retain(|row| row.id != id);
            self.marks.extend(derived.marks);
            self.tail.insert((id, matter.seq), derived.terms);
            self.matters.insert(id, matter);
        }
        self.add(counters);
        Ok(())
    }
}

/// Adds or replaces by key, and keeps the rows sorted by it.
fn put<T, K: Ord>(all: &mut Vec<T>, rows: Vec<T>, key: impl Fn(&T) -> K) {
    for row in rows {
        match all.binary_search_by(|other| key(other).cmp(&key(&row))) {
            Ok(at) => all[at] = row,
            Err(at) => all.insert(at, row),
        }
    }
}
