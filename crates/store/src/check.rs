//! What every store asks of an append before it touches anything: it is one matter of one cell, and its entries follow.
//! Not here: whether the hashes are right (the kernel made them) or whether the act was allowed.

use crate::error::StoreError;
use crate::rows::{Append, ListQuery, MatterRow};

impl Append {
    /// Refuses an append that would leave its cell or tear a hole into its file.
    ///
    /// # Errors
    /// `Corrupt`, with what is wrong: a fault of the caller, never of the data.
    pub fn check(&self) -> Result<(), StoreError> {
        let wrong = |what: &str| Err(StoreError::Corrupt { what: format!("a refused append: {what}") });
        let Some(last) = self.entries.last() else { return wrong("it has no entry") };
        let seqs = self.entries.iter().map(|e| e.seq);
        if !seqs.eq((self.expected.0 + 1..).take(self.entries.len())) {
            return wrong("its entries do not follow");
        }
        if self.matter.seq != last.seq || self.matter.head != last.hash {
            return wrong("its row does not stand at its last entry");
        }
        let id = self.matter.id;
        let work = self.work.remove.iter().chain(&self.work.add).all(|w| w.id == id);
        let due = self.due.remove.iter().chain(&self.due.add).all(|d| d.id == id);
        let marks = self.marks.remove.iter().chain(&self.marks.add).all(|m| m.id == id);
        if !work || !due || !marks {
            return wrong("its derived rows are of another matter");
        }
        if self.counters.iter().any(|c| c.key.cell != id.cell) || !self.command.iter().all(|c| c.matter == id) {
            return wrong("it leaves its cell");
        }
        if !self.terms.is_sorted_by(|a, b| a < b) {
            return wrong("its terms are not sorted");
        }
        Ok(())
    }

    /// Whether it brings anything that an erased matter must not get again: whoever made it read the keys before.
    #[must_use]
    pub fn seals(&self) -> bool {
        let sealed = !self.vault.is_empty() || !self.blobs.is_empty() || self.matter.title.is_some();
        sealed || !self.terms.is_empty() || self.key.is_some()
    }

    /// Whether it brings anything that a matter must not get again whose identity was erased.
    #[must_use]
    pub fn names_people(&self) -> bool {
        self.key.is_some() || self.vault.iter().any(|row| row.class == kernel::ids::Class::Sealed)
    }
}

impl ListQuery {
    /// Whether a matter passes the filters (not the place in the list).
    #[must_use]
    pub fn admits(&self, matter: &MatterRow) -> bool {
        self.mechanism.as_ref().is_none_or(|m| *m == matter.mechanism)
            && self.region.is_none_or(|r| r.contains(&matter.region))
            && self.ring.is_none_or(|r| r == matter.ring)
            && self.due_before.is_none_or(|before| matter.due_at.is_some_and(|at| at < before))
            && !self.shielded_from.iter().any(|body| matter.shield.contains(body))
    }
}
