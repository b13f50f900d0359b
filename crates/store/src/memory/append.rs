//! The one write entrance of the memory store: everything is checked before anything changes.

use super::Inner;
use crate::StoreError;
use crate::rows::*;
use kernel::chain::GENESIS;
use kernel::ids::{Cell, MatterId};

impl Inner {
    pub(super) fn append(&mut self, append: Append) -> Result<Appended, StoreError> {
        append.check()?;
        self.may_append(&append)?;
        let id = append.matter.id;
        let seq = append.matter.seq;
        self.numbers.insert((id.cell, append.matter.number.0, append.matter.number.1), id);
        self.matters.insert(id, append.matter);
        self.log.queue_entries(id, &append.entries);
        self.entries.entry(id).or_default().extend(append.entries);
        let vault = self.vault.entry(id).or_default();
        let gone = |row: &VaultRow| row.class == kernel::ids::Class::Sealed && append.destroy.contains(&row.seq);
        vault.retain(|row| !gone(row));
        vault.extend(append.vault);
        vault.sort_by_key(|row| (row.seq, row.class));
        if let Some(key) = append.key {
            self.keys.insert(id, key);
        }
        for row in &append.work.remove {
            self.work.remove(row);
        }
        self.work.extend(append.work.add);
        for row in &append.due.remove {
            self.due.remove(row);
        }
        self.due.extend(append.due.add);
        for row in &append.marks.remove {
            self.marks.remove(row);
        }
        self.marks.extend(append.marks.add);
        for draft in append.outbox {
            self.post(id, draft);
        }
        if !append.terms.is_empty() {
            self.tail.insert((id, seq), append.terms);
        }
        let letters: Vec<_> = append.letters.into_iter().map(|(home, draft)| self.number(home, draft)).collect();
        self.letters.entry(id).or_default().extend(letters.iter().cloned());
        for (blob, key) in append.blobs {
            let row = self.blobs.get_mut(&(id.cell, blob)).expect("invariant: looked up above, under the same lock");
            row.matter = Some(id);
            row.key = key;
        }
        if let Some(command) = append.command {
            self.commands.insert((id.cell, command.principal.clone(), command.key.clone()), command);
        }
        self.add(&append.counters);
        Ok(Appended { letters })
    }

    fn may_append(&self, append: &Append) -> Result<(), StoreError> {
        let id = append.matter.id;
        if let Some(command) = &append.command {
            let key = (id.cell, command.principal.clone(), command.key.clone());
            if let Some(before) = self.commands.get(&key) {
                return Err(StoreError::Duplicate(Box::new(before.clone())));
            }
        }
        let stands = self.matters.get(&id).map_or((0, GENESIS), |m| (m.seq, m.head));
        let number = (id.cell, append.matter.number.0, append.matter.number.1);
        let staged = |blob: &String| self.blobs.get(&(id.cell, blob.clone())).is_some_and(|row| row.matter.is_none());
        if stands != append.expected
            || self.numbers.get(&number).is_some_and(|other| *other != id)
            || !append.blobs.iter().all(|(blob, _)| staged(blob))
            || (append.seals() && self.erasures.contains_key(&id))
            || (append.names_people() && self.identity_erasures.contains_key(&id))
        {
            return Err(StoreError::Conflict);
        }
        Ok(())
    }

    pub(super) fn add(&mut self, counters: &[CounterDelta]) {
        for delta in counters {
            *self.counters.entry((delta.key.clone(), delta.slot)).or_default() += delta.by;
        }
    }

    fn post(&mut self, matter: MatterId, draft: OutboxDraft) {
        let last = self.outbox_last.entry(matter.cell).or_default();
        *last += 1;
        self.outbox.insert((matter.cell, *last), OutboxRow { id: *last, matter, draft });
    }

    fn number(&mut self, cell: Cell, draft: LetterDraft) -> LetterRow {
        let Some(series) = draft.series.clone() else { return LetterRow { draft, number: 0 } };
        let skipped = self.skipped.iter().filter(|s| s.covers(draft.year)).map(|s| s.letters).sum();
        let last = self.series.entry((cell, draft.body, draft.year, series)).or_insert(skipped);
        *last += 1;
        LetterRow { draft, number: *last }
    }

    pub(super) fn lease(&mut self, cell: Cell, year: i16, count: u32) -> Result<u32, StoreError> {
        let skipped: u32 = self.skipped.iter().filter(|s| s.covers(year)).map(|s| s.matters).sum();
        let next = self.leases.entry((cell, year)).or_insert(1 + skipped);
        let first = *next;
        *next = first.checked_add(count).ok_or_else(|| StoreError::Corrupt { what: "numbers have run out".into() })?;
        Ok(first)
    }
    pub(super) fn skip(&mut self, skip: Skip) -> Result<(), StoreError> {
        self.skipped.push(skip);
        self.leases.iter_mut().filter(|((_, year), _)| skip.covers(*year)).for_each(|(_, next)| *next += skip.matters);
        let series = self.series.iter_mut().filter(|((_, _, year, _), _)| skip.covers(*year));
        series.for_each(|(_, last)| *last += skip.letters);
        Ok(())
    }
}
