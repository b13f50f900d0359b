//! Where random bytes come from: an argument, so that every use case can be replayed in a test.
//!
//! This module holds no operating-system source: the binary brings one. `SeededRandom` is for tests and
//! for the demo region only; whoever knows its seed knows all its bytes.

use sha2::{Digest, Sha256};

/// A source of random bytes. An implementation that cannot deliver must stop the process rather than
/// return weak bytes, which is why there is no error.
pub trait Random {
    /// Fills `out` entirely.
    fn fill(&mut self, out: &mut [u8]);
}

/// A fresh array of `N` bytes.
pub fn bytes<const N: usize>(random: &mut dyn Random) -> [u8; N] {
    let mut out = [0; N];
    random.fill(&mut out);
    out
}

/// A repeatable stream, SHA-256 of seed and counter. Never for real keys.
#[derive(Debug, Clone)]
pub struct SeededRandom {
    seed: u64,
    counter: u64,
}

impl SeededRandom {
    /// The stream that belongs to `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed, counter: 0 }
    }
}

impl Random for SeededRandom {
    fn fill(&mut self, out: &mut [u8]) {
        for chunk in out.chunks_mut(32) {
            let block = Sha256::new()
                .chain_update(b"gongzhi.seeded/v1")
                .chain_update(self.seed.to_be_bytes())
                .chain_update(self.counter.to_be_bytes())
                .finalize();
            chunk.copy_from_slice(&block[..chunk.len()]);
            self.counter += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_repeats_per_seed_and_never_within() {
        let one: [u8; 40] = bytes(&mut SeededRandom::new(1));
        assert_eq!(one, bytes::<40>(&mut SeededRandom::new(1)));
        assert_ne!(one, bytes::<40>(&mut SeededRandom::new(2)));
        let mut random = SeededRandom::new(1);
        assert_ne!(bytes::<16>(&mut random), bytes::<16>(&mut random));
    }
}
