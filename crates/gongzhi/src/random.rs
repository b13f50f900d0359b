//! The operating system's randomness: the only place where the program asks for it.

use app::random::Random;

/// Bytes from the operating system.
pub struct OsRandom;

impl Random for OsRandom {
    fn fill(&mut self, out: &mut [u8]) {
        // A machine that cannot give randomness must not make keys: stop.
        getrandom::fill(out).expect("invariant: the operating system gives randomness");
    }
}
