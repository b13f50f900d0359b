//! The hash chain of a case file: `hash = H(previous ‖ seq ‖ H(salt ‖ body))` (decisions 24).
//! Someone who may not see an entry verifies the chain over its inner hash and learns nothing of it.

use crate::ids::Class;
use sha2::{Digest, Sha256};
use sm3::Sm3;

/// A hash of the chain.
pub type Hash = [u8; 32];

/// The hash algorithm, written beside every hash: an installation may change over without rewriting what is there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum HashAlg {
    /// SHA-256.
    Sha256 = 1,
    /// SM3 (GB/T 32905-2016).
    Sm3 = 2,
}

impl HashAlg {
    /// The byte that is stored.
    #[must_use]
    pub fn id(self) -> u8 {
        self as u8
    }

    /// The algorithm of a stored byte; none that this program knows.
    #[must_use]
    pub fn from_id(id: u8) -> Option<Self> {
        [Self::Sha256, Self::Sm3].into_iter().find(|alg| alg.id() == id)
    }

    fn of(self, parts: &[&[u8]]) -> Hash {
        fn run<D: Digest<OutputSize = sha2::digest::consts::U32>>(parts: &[&[u8]]) -> Hash {
            parts.iter().fold(D::new(), |hash, part| hash.chain_update(part)).finalize().into()
        }
        match self {
            Self::Sha256 => run::<Sha256>(parts),
            Self::Sm3 => run::<Sm3>(parts),
        }
    }
}

/// What a file's first entry follows.
pub const GENESIS: Hash = [0; 32];

/// The inner hash: commits to an entry's body without showing it.
#[must_use]
pub fn inner(alg: HashAlg, salt: &[u8; 16], body: &[u8]) -> Hash {
    alg.of(&[b"gz-entry\0", salt, body])
}

/// The hash of an entry.
#[must_use]
pub fn link(alg: HashAlg, previous: &Hash, seq: u32, inner: &Hash) -> Hash {
    alg.of(&[b"gz-link\0", previous, &seq.to_be_bytes(), inner])
}

/// The commitment to a field's content.
#[must_use]
pub fn commitment(alg: HashAlg, salt: &[u8; 16], field: &str, content: &[u8]) -> Hash {
    let length = u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes();
    alg.of(&[b"gz-field\0", salt, &length, field.as_bytes(), content])
}

/// The salt of one field, from the seed of its entry.
#[must_use]
pub fn field_salt(seed: &[u8; 16], field: &str) -> [u8; 16] {
    // Not a hash that anybody checks: the salt itself is kept.
    let digest = HashAlg::Sha256.of(&[b"gz-salt\0", seed, field.as_bytes()]);
    let mut salt = [0; 16];
    salt.copy_from_slice(&digest[..16]);
    salt
}

/// Lower-case hex.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).map(char::from).collect()
}

/// Something that will lie beside the chain, encrypted under the matter's key of its class.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Personal {
    /// The entry it belongs to.
    pub seq: u32,
    /// The field.
    pub field: String,
    /// Which key.
    pub class: Class,
    /// The hash of its commitment.
    pub alg: HashAlg,
    /// The salt of its commitment.
    pub salt: [u8; 16],
    /// The words, or the ids of the attachments joined by commas.
    pub content: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The two examples of GB/T 32905-2016, annex A, and the well-known ones of SHA-256.
    #[test]
    fn both_hashes_are_the_published_ones() {
        let hash = |alg: HashAlg, text: &str| hex(&alg.of(&[text.as_bytes()]));
        let long = "abcd".repeat(16);
        assert_eq!(hash(HashAlg::Sm3, "abc"), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
        assert_eq!(hash(HashAlg::Sm3, &long), "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
        assert_eq!(hash(HashAlg::Sha256, "abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn ids_are_told_apart_and_hashes_too() {
        for alg in [HashAlg::Sha256, HashAlg::Sm3] {
            assert_eq!(HashAlg::from_id(alg.id()), Some(alg));
            assert_ne!(commitment(alg, &[1; 16], "ab", b"c"), commitment(alg, &[1; 16], "a", b"bc"));
        }
        assert_eq!(HashAlg::from_id(0).or(HashAlg::from_id(3)), None);
        assert_ne!(inner(HashAlg::Sha256, &[1; 16], b"x"), inner(HashAlg::Sm3, &[1; 16], b"x"));
    }
}
