//! What tells two editions of a calendar apart.

use super::Calendar;
use sha2::{Digest as _, Sha256};

impl Calendar {
    /// A fingerprint of everything that dates depend on: equal for equal calendars, another one after any notice. Hex.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut hash = Sha256::new();
        let mut take = |text: &str| {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        };
        take(self.region());
        for (year, edition) in &self.0.editions {
            take(&format!("{year} {edition}"));
        }
        for (day, special) in &self.0.special {
            take(&format!("{day} {} {}", special.reason.working(), special.source));
        }
        crate::chain::hex(hash.finalize().as_slice())
    }
}
