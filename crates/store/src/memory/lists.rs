//! Lists, search and counters of the memory store, by the plainest reading of the port.

use super::Inner;
use crate::rows::*;
use kernel::ids::{BodyId, Cell, MatterId};
use kernel::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The order of a page over several bodies.
fn place(row: &WorkRow) -> (i64, i64, BodyId) {
    (row.order, row.id.serial, row.body)
}

impl Inner {
    pub(super) fn list(&self, query: &ListQuery) -> Vec<WorkItem> {
        let after = query.after.as_ref().map(place);
        let here = |row: &&WorkRow| {
            row.id.cell == query.cell
                && row.lane == query.lane
                && query.bodies.contains(&row.body)
                && after.is_none_or(|after| place(row) > after)
        };
        let mut rows: Vec<&WorkRow> = self.work.iter().filter(here).collect();
        rows.sort_by_key(|row| place(row));
        let item = |row: &WorkRow| {
            let matter = self.matters.get(&row.id)?;
            query.admits(matter).then(|| WorkItem { work: row.clone(), matter: matter.clone() })
        };
        rows.into_iter().filter_map(item).take(query.limit as usize).collect()
    }

    pub(super) fn lane_counts(&self, cell: Cell, body: BodyId) -> Vec<(Lane, i64)> {
        let mut counts: BTreeMap<Lane, i64> = BTreeMap::new();
        for row in self.work.iter().filter(|row| row.id.cell == cell && row.body == body) {
            *counts.entry(row.lane).or_default() += 1;
        }
        counts.into_iter().collect()
    }

    pub(super) fn due_before(&self, cell: Cell, before: Timestamp, limit: u32) -> Vec<DueRow> {
        let due = |row: &&DueRow| row.id.cell == cell && !row.listed && row.at < before;
        self.due.iter().filter(due).take(limit as usize).cloned().collect()
    }

    pub(super) fn listed(&self, cell: Cell, after: Option<&DueRow>, limit: u32) -> Vec<DueRow> {
        let listed = |row: &&DueRow| row.id.cell == cell && row.listed && after.is_none_or(|after| *row < after);
        self.due.iter().rev().filter(listed).take(limit as usize).cloned().collect()
    }

    pub(super) fn register(&self, query: &RegisterQuery) -> Vec<(MatterId, LetterRow)> {
        let of = |row: &LetterRow| row.draft.body == query.body && row.draft.year == query.year;
        let place = |row: &LetterRow| (row.draft.series.clone().unwrap_or_default(), std::cmp::Reverse(row.number));
        let after = query.after.clone().map(|(series, number)| (series, std::cmp::Reverse(number)));
        let here = self.letters.iter().filter(|(id, _)| id.cell == query.cell);
        let all = here.flat_map(|(id, rows)| rows.iter().map(move |row| (*id, row)));
        let mut found: Vec<(MatterId, LetterRow)> = all
            .filter(|(_, row)| of(row) && row.draft.series.is_some())
            .filter(|(_, row)| after.as_ref().is_none_or(|after| place(row) > *after))
            .map(|(id, row)| (id, row.clone()))
            .collect();
        found.sort_by_key(|(_, row)| place(row));
        found.truncate(query.limit as usize);
        found
    }

    pub(super) fn marks_of(&self, query: &MarkQuery) -> Vec<MarkRow> {
        let here = |row: &&MarkRow| {
            row.id.cell == query.cell
                && row.kind == query.kind
                && row.key == query.key
                && query.before.is_none_or(|b| row.order < b)
                && query.after.as_ref().is_none_or(|after| *row > after)
        };
        self.marks.iter().filter(here).take(query.limit as usize).cloned().collect()
    }

    pub(super) fn terms(&self, matter: MatterId) -> BTreeSet<u64> {
        let tail = self.tail.range((matter, 0)..=(matter, u32::MAX)).flat_map(|(_, terms)| terms);
        tail.chain(self.merged.get(&matter).into_iter().flatten()).copied().collect()
    }

    pub(super) fn search(&self, cell: Cell, terms: &[u64], before: Option<i64>, limit: u32) -> Vec<MatterId> {
        let here = |id: &&MatterId| id.cell == cell && before.is_none_or(|before| id.serial < before);
        let holds = |id: &&MatterId| {
            let held = self.terms(**id);
            terms.iter().all(|term| held.contains(term))
        };
        self.matters.keys().rev().filter(here).filter(holds).take(limit as usize).copied().collect()
    }

    pub(super) fn merge_terms(&mut self, cell: Cell, limit: u32) -> u32 {
        let keys: Vec<_> = self.tail.keys().filter(|(id, _)| id.cell == cell).take(limit as usize).copied().collect();
        for key in &keys {
            let terms = self.tail.remove(key).unwrap_or_default();
            self.merged.entry(key.0).or_default().extend(terms);
        }
        u32::try_from(keys.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn count(&self, query: &CounterQuery) -> Vec<CounterRow> {
        let asked = |key: &CounterKey| {
            key.cell == query.cell
                && (query.shielded || key.book == 0)
                && (query.series.is_empty() || query.series.contains(&key.series))
                && (query.from..=query.to).contains(&key.day)
                && query.body.is_none_or(|body| body == key.body)
                && query.region.is_none_or(|region| region.contains(&key.region))
        };
        let mut sums: BTreeMap<&CounterKey, i64> = BTreeMap::new();
        for ((key, _), by) in self.counters.iter().filter(|((key, _), _)| asked(key)) {
            *sums.entry(key).or_default() += by;
        }
        sums.into_iter().filter(|(_, n)| *n != 0).map(|(key, n)| CounterRow { key: key.clone(), n }).collect()
    }
}
