//! The hash chain of a case file: `hash = H(previous ‖ seq ‖ H(salt ‖ body))` (decisions 24).
//! Someone who may not see an entry verifies the chain over its inner hash and learns nothing of it.

use crate::ids::Class;
use sha2::{Digest, Sha256};

/// A hash of the chain.
pub type Hash = [u8; 32];

/// The hash algorithm, written beside every hash so that another can come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum HashAlg {
    /// SHA-256.
    Sha256 = 1,
}

/// What a file's first entry follows.
pub const GENESIS: Hash = [0; 32];

/// The inner hash: commits to an entry's body without showing it.
#[must_use]
pub fn inner(salt: &[u8; 16], body: &[u8]) -> Hash {
    Sha256::new().chain_update(b"gz-entry\0").chain_update(salt).chain_update(body).finalize().into()
}

/// The hash of an entry.
#[must_use]
pub fn link(previous: &Hash, seq: u32, inner: &Hash) -> Hash {
    Sha256::new()
        .chain_update(b"gz-link\0")
        .chain_update(previous)
        .chain_update(seq.to_be_bytes())
        .chain_update(inner)
        .finalize()
        .into()
}

/// The commitment to a field's content.
#[must_use]
pub fn commitment(salt: &[u8; 16], field: &str, content: &[u8]) -> Hash {
    let length = u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes();
    Sha256::new()
        .chain_update(b"gz-field\0")
        .chain_update(salt)
        .chain_update(length)
        .chain_update(field)
        .chain_update(content)
        .finalize()
        .into()
}

/// The salt of one field, from the seed of its entry.
#[must_use]
pub fn field_salt(seed: &[u8; 16], field: &str) -> [u8; 16] {
    let digest: Hash =
        Sha256::new().chain_update(b"gz-salt\0").chain_update(seed).chain_update(field).finalize().into();
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
    /// The salt of its commitment.
    pub salt: [u8; 16],
    /// The words, or the ids of the attachments joined by commas.
    pub content: String,
}
