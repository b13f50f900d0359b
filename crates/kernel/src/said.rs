//! Which entry holds the newest words of each public field: what an action publishes may have been written, examined and voted
//! on long before. Knows nothing of the words themselves.

use crate::entry::{Act, Entry};
use crate::ids::Class;
use std::collections::BTreeMap;

/// Where public words stand.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Said {
    newest: BTreeMap<String, u32>,
    /// Words of proposals, until they are decided.
    waiting: BTreeMap<u32, Vec<String>>,
}

impl Said {
    /// The entry that holds the newest words of a public field, given by something that took effect.
    #[must_use]
    pub fn seq(&self, field: &str) -> Option<u32> {
        self.newest.get(field).copied()
    }

    /// Takes one more entry.
    pub(crate) fn evolve(&mut self, entry: &Entry) {
        let public = entry.sealed.iter().filter(|c| c.class == Class::Public).map(|c| c.field.clone());
        match &entry.act {
            Act::Proposed(_) => drop(self.waiting.insert(entry.seq, public.collect())),
            Act::Rejected(_, seq) | Act::TakenBack(_, seq) => drop(self.waiting.remove(seq)),
            Act::Approved(_, seq) => {
                let decided = self.waiting.remove(seq).unwrap_or_default();
                self.newest.extend(decided.into_iter().map(|field| (field, *seq)));
            }
            _ => self.newest.extend(public.map(|field| (field, entry.seq))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Said;
    use crate::entry::{Act, By, Commitment, Entry};
    use crate::ids::Class;

    fn entry(seq: u32, act: Act, class: Class) -> Entry {
        let at = "2026-11-02T09:00".parse().expect("a time");
        let sealed = vec![Commitment { field: "draft".into(), class, hash: String::new() }];
        Entry { sealed, ..Entry::new(seq, at, act, By::Clock) }
    }

    #[test]
    fn only_what_took_effect_counts() {
        let mut said = Said::default();
        said.evolve(&entry(1, Act::Did("draft".into()), Class::Public));
        said.evolve(&entry(2, Act::Did("note".into()), Class::Handlers));
        assert_eq!(said.seq("draft"), Some(1), "what is not public is never published");
        said.evolve(&entry(3, Act::Proposed("draft".into()), Class::Public));
        assert_eq!(said.seq("draft"), Some(1), "it waits for approval");
        let decided = |act| Entry { sealed: Vec::new(), ..entry(4, act, Class::Public) };
        let mut rejected = said.clone();
        rejected.evolve(&decided(Act::Rejected("draft".into(), 3)));
        assert_eq!(rejected.seq("draft"), Some(1));
        said.evolve(&decided(Act::Approved("draft".into(), 3)));
        assert_eq!(said.seq("draft"), Some(3));
    }
}
