//! The transparency log in the memory store.

use crate::StoreError;
use crate::rows::*;
use kernel::chain::{GENESIS, Hash, HashAlg, inner, link};
use kernel::ids::{Cell, MatterId};
use std::collections::{BTreeMap, BTreeSet};

/// The queue, the leaves and what is over them.
#[derive(Default)]
pub(super) struct Log {
    queue: BTreeSet<LeafRow>,
    leaves: Vec<LeafRow>,
    places: BTreeMap<LeafKey, u64>,
    nodes: BTreeMap<(u8, u64), Hash>,
    checkpoints: Vec<CheckpointRow>,
    looks: BTreeMap<Cell, Vec<LookLink>>,
}

fn page<T: Clone>(all: &[T], from: u64, limit: u32) -> Vec<T> {
    let from = usize::try_from(from).unwrap_or(usize::MAX);
    all.iter().skip(from).take(limit as usize).cloned().collect()
}

impl Log {
    pub(super) fn queue_entries(&mut self, matter: MatterId, entries: &[EntryRow]) {
        let leaf = |e: &EntryRow| LeafRow { key: LeafKey::entry(matter, e.seq), alg: e.alg, hash: e.hash };
        self.queue.extend(entries.iter().map(leaf));
    }

    pub(super) fn queue_look(&mut self, look: &LookRow) {
        let cell = look.matter.cell;
        let stream = self.looks.entry(cell).or_default();
        let (last, previous) = stream.last().map_or((0, GENESIS), |l| (l.seq, l.hash));
        let bytes = serde_json::to_vec(look).expect("invariant: a look is plain data");
        let hash = link(HashAlg::Sha256, &previous, last + 1, &inner(HashAlg::Sha256, &[0; 16], &bytes));
        stream.push(LookLink { seq: last + 1, hash, salted: look.salted() });
        if look.salted() {
            self.queue.insert(LeafRow { key: LeafKey::look(cell, last + 1), alg: 1, hash });
        }
    }

    pub(super) fn unlogged(&self, cell: Cell, limit: u32) -> Vec<LeafRow> {
        self.queue.iter().filter(|l| l.key.home == cell).take(limit as usize).copied().collect()
    }

    pub(super) fn forget(&mut self, cell: Cell, keys: &[LeafKey]) {
        self.queue.retain(|l| l.key.home != cell || !keys.contains(&l.key));
    }

    pub(super) fn append(&mut self, append: LogAppend) -> Result<(), StoreError> {
        let keys: BTreeSet<LeafKey> = append.leaves.iter().map(|l| l.key).collect();
        let known = keys.len() < append.leaves.len() || keys.iter().any(|k| self.places.contains_key(k));
        let kept = append.nodes.iter().any(|n| self.nodes.contains_key(&(n.level, n.index)));
        if append.size != self.size() || known || kept {
            return Err(StoreError::Conflict);
        }
        self.places.extend((append.size..).zip(&append.leaves).map(|(place, l)| (l.key, place)));
        self.leaves.extend(append.leaves);
        self.nodes.extend(append.nodes.into_iter().map(|n| ((n.level, n.index), n.hash)));
        Ok(())
    }

    pub(super) fn find(&self, keys: &[LeafKey]) -> Vec<Option<(u64, LeafRow)>> {
        let leaf = |place: u64| Some((place, *self.leaves.get(usize::try_from(place).ok()?)?));
        keys.iter().map(|k| self.places.get(k).copied().and_then(leaf)).collect()
    }

    pub(super) fn of(&self, home: Cell, from: i64, to: i64) -> Vec<(u64, LeafRow)> {
        let key = |serial, seq| LeafKey::entry(MatterId { cell: home, serial }, seq);
        let places = self.places.range(key(from, 0)..=key(to, u32::MAX));
        let leaf = |place: u64| Some((place, *self.leaves.get(usize::try_from(place).ok()?)?));
        places.filter_map(|(_, place)| leaf(*place)).collect()
    }

    pub(super) fn leaves(&self, from: u64, limit: u32) -> Vec<LeafRow> {
        page(&self.leaves, from, limit)
    }

    pub(super) fn nodes(&self, level: u8, from: u64, limit: u32) -> Vec<Hash> {
        let run = self.nodes.range((level, from)..=(level, u64::MAX)).zip(from..);
        let run = run.take_while(|(((_, index), _), wanted)| index == wanted);
        run.take(limit as usize).map(|((_, hash), _)| *hash).collect()
    }

    pub(super) fn size(&self) -> u64 {
        self.leaves.len() as u64
    }

    pub(super) fn put_checkpoint(&mut self, checkpoint: CheckpointRow) -> Result<(), StoreError> {
        if self.checkpoints.last().is_some_and(|last| last.size >= checkpoint.size) {
            return Err(StoreError::Conflict);
        }
        self.checkpoints.push(checkpoint);
        Ok(())
    }

    pub(super) fn checkpoint(&self) -> Option<CheckpointRow> {
        self.checkpoints.last().cloned()
    }

    pub(super) fn look_links(&self, cell: Cell, after: u32, limit: u32) -> Vec<LookLink> {
        page(self.looks.get(&cell).map_or(&[][..], Vec::as_slice), u64::from(after), limit)
    }
}
