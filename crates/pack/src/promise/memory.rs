//! What the search remembers: for each key the best from that place on. Two generations, so that what was not asked for
//! during a whole generation is forgotten and the memory stays small whatever the number of starts.

use super::search::Best;
use kernel::time::Timestamp;
#[expect(clippy::disallowed_types, reason = "only looked up, never walked; a BTreeMap takes three times as long")]
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// So many places make a generation.
const MOST: usize = 400_000;

/// A fast mixing of whole numbers; the keys are our own, so nobody can choose them to collide.
#[derive(Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
    fn write(&mut self, bytes: &[u8]) {
        // A slice of whole numbers comes as bytes, eight at a time.
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|w| self.write_u64(u64::from_le_bytes(*w)));
        rest.iter().for_each(|b| self.write_u64(u64::from(*b)));
    }
    fn write_u8(&mut self, n: u8) {
        self.write_u64(u64::from(n));
    }
    fn write_u32(&mut self, n: u32) {
        self.write_u64(u64::from(n));
    }
    fn write_usize(&mut self, n: usize) {
        self.write_u64(n as u64);
    }
    fn write_i64(&mut self, n: i64) {
        self.write_u64(n.cast_unsigned());
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = (self.0.rotate_left(5) ^ n).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

/// What is known of a place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Known {
    /// On the way that is being followed, at this depth.
    Open(usize),
    Done(Option<Best>),
    /// No run ends later than this; it was not worth more work.
    Low(Timestamp),
}

#[expect(clippy::disallowed_types, reason = "only looked up, never walked; a BTreeMap takes three times as long")]
type Places = HashMap<Box<[i64]>, Known, BuildHasherDefault<Mix>>;

#[derive(Default)]
pub(super) struct Memory {
    young: Places,
    old: Places,
}

impl Memory {
    pub fn get(&mut self, key: &[i64]) -> Option<Known> {
        if let Some(known) = self.young.get(key) {
            return Some(*known);
        }
        let (key, known) = self.old.remove_entry(key)?;
        self.young.insert(key, known);
        Some(known)
    }

    /// Between two starts: begins a new generation once this one is large.
    pub fn turn(&mut self) {
        if self.young.len() >= MOST {
            self.old = std::mem::take(&mut self.young);
        }
    }

    /// Puts a place, new or known.
    pub fn put(&mut self, key: &[i64], known: Known) {
        if let Some(slot) = self.young.get_mut(key) {
            *slot = known;
            return;
        }
        self.young.insert(key.into(), known);
    }

    pub fn remove(&mut self, key: &[i64]) {
        self.young.remove(key);
        self.old.remove(key);
    }
}
