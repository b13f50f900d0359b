//! Back-off for codes and passwords, per subject *and* source, so that nobody locks another out (decisions 26).
//! In memory only: a restart forgives. It never stores who tried, only a hash of the source.

use kernel::time::Timestamp;
use std::collections::HashMap;
use std::sync::Mutex;

/// Wrong tries so far.
#[derive(Default)]
pub struct Tries(Mutex<HashMap<(String, u64), (u32, Timestamp)>>);

/// Free tries before waiting begins.
const FREE: u32 = 5;
/// The longest wait, in seconds.
const LONGEST: i64 = 900;
/// How many pairs are remembered.
const REMEMBERED: usize = 50_000;

impl Tries {
    /// Seconds to wait before this source may try this subject again; 0 if it may now.
    #[must_use]
    pub fn wait(&self, subject: &str, source: u64, now: Timestamp) -> u32 {
        let tries = self.0.lock().expect("invariant: no panic under this lock");
        let Some((wrong, last)) = tries.get(&(subject.to_owned(), source)) else { return 0 };
        if *wrong < FREE {
            return 0;
        }
        let wait = (1_i64 << (*wrong - FREE).min(10)).min(LONGEST);
        u32::try_from(((last.0 + wait * 1000 - now.0 + 999) / 1000).max(0)).unwrap_or(0)
    }

    /// A wrong try.
    pub fn wrong(&self, subject: &str, source: u64, now: Timestamp) {
        let mut tries = self.0.lock().expect("invariant: no panic under this lock");
        if tries.len() >= REMEMBERED {
            tries.retain(|_, (_, last)| now.0 - last.0 < LONGEST * 1000);
        }
        let entry = tries.entry((subject.to_owned(), source)).or_insert((0, now));
        *entry = (entry.0 + 1, now);
    }

    /// A right try clears the slate.
    pub fn right(&self, subject: &str, source: u64) {
        self.0.lock().expect("invariant: no panic under this lock").remove(&(subject.to_owned(), source));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_begins_after_five_and_only_for_that_source() {
        let tries = Tries::default();
        let now = Timestamp(1_000_000);
        for _ in 0..7 {
            tries.wrong("A", 1, now);
        }
        assert!(tries.wait("A", 1, now) >= 2);
        assert_eq!(tries.wait("A", 2, now), 0);
        assert_eq!(tries.wait("B", 1, now), 0);
        assert_eq!(tries.wait("A", 1, Timestamp(now.0 + 1_000_000)), 0);
        tries.right("A", 1);
        assert_eq!(tries.wait("A", 1, now), 0);
    }
}
