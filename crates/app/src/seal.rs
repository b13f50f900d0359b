//! Authenticated encryption of personal text and attachments, and the salted commitments that stand for
//! them in the chain.
//!
//! A sealed thing is bound to its place by the associated data: moved to another row, matter or cell it
//! does not open. The module stores nothing and knows no kernel type. It does not hide lengths.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit,
    aead::{Aead, Payload},
};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::keys::{Key, hex};
use crate::random::{self, Random};

/// The largest attachment in bytes (20 MB).
pub const MAX_BLOB: usize = 20 * 1024 * 1024;

const NONCE: usize = 12;
const TAG: usize = 16;

/// The algorithm of one sealed row. Every row names its own, so that a region may change over to the
/// commercial cryptography of its regulator without rewriting the old rows first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cipher {
    /// RFC 8439.
    ChaCha20Poly1305,
    /// GB/T 32907 in GCM: the id is reserved, this program cannot open it yet.
    Sm4Gcm,
}

impl Cipher {
    /// The byte that is stored.
    pub fn id(self) -> u8 {
        match self {
            Self::ChaCha20Poly1305 => 1,
            Self::Sm4Gcm => 2,
        }
    }

    /// The algorithm of a stored byte.
    pub fn from_id(id: u8) -> Result<Self, SealError> {
        match id {
            1 => Ok(Self::ChaCha20Poly1305),
            2 => Ok(Self::Sm4Gcm),
            other => Err(SealError::UnknownCipher(other)),
        }
    }
}

/// Why something sealed could not be opened or written. Never carries content.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SealError {
    /// The row comes from a newer program or is damaged.
    #[error("sealed row names algorithm {0}, which this program does not know: update the program or restore the row")]
    UnknownCipher(u8),
    /// The id is known, the implementation is not built in.
    #[error("sealed row uses algorithm {0} (SM4-GCM), which this build cannot open: use a build that has it")]
    UnsupportedCipher(u8),
    /// Shorter than nonce and tag.
    #[error("sealed row is cut short ({0} bytes): restore it from a backup")]
    Truncated(usize),
    /// Wrong key, wrong place or changed bytes: these cannot be told apart.
    #[error("sealed row does not open: it was changed, moved, or belongs to another key")]
    Refused,
    /// It opened, but is not what this module writes.
    #[error("sealed row opened but does not hold a vault row")]
    Content,
    /// More than `MAX_BLOB`.
    #[error("attachment of {0} bytes is larger than the limit of {MAX_BLOB}")]
    TooLarge(usize),
}

/// Ciphertext with what is needed to open it, except key and associated data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// `Cipher::id`.
    pub alg: u8,
    /// Random per sealing.
    pub nonce: [u8; NONCE],
    /// Ciphertext and tag.
    pub ct: Vec<u8>,
}

impl Sealed {
    /// `alg ‖ nonce ‖ ct`, the form in which a row is stored.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(1 + NONCE + self.ct.len());
        out.push(self.alg);
        out.extend_from_slice(&self.nonce);
        out.extend_from_slice(&self.ct);
        out
    }

    /// Reads the stored form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        if bytes.len() < 1 + NONCE + TAG {
            return Err(SealError::Truncated(bytes.len()));
        }
        Cipher::from_id(bytes[0])?;
        let (nonce, ct) = bytes[1..].split_at(NONCE);
        let nonce = nonce.try_into().expect("invariant: split at the nonce's length");
        Ok(Self { alg: bytes[0], nonce, ct: ct.to_vec() })
    }
}

/// Joins parts so that no two different lists give the same bytes.
pub fn join(label: &str, parts: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::with_capacity(label.len() + 8 + parts.iter().map(|part| part.len() + 8).sum::<usize>());
    for part in std::iter::once(&label.as_bytes()).chain(parts) {
        out.extend_from_slice(&(part.len() as u64).to_be_bytes());
        out.extend_from_slice(part);
    }
    out
}

/// Encrypts `plaintext`; `aad` says where it belongs (build it with `join`).
pub fn seal(key: &Key, aad: &[u8], plaintext: &[u8], random: &mut dyn Random) -> Sealed {
    let alg = Cipher::ChaCha20Poly1305.id();
    let nonce = random::bytes::<NONCE>(random);
    let aad = bound(alg, aad);
    let ct = ChaCha20Poly1305::new(key.bytes().into())
        .encrypt(&nonce.into(), Payload { msg: plaintext, aad: &aad })
        .expect("invariant: a message below 256 GB always encrypts");
    Sealed { alg, nonce, ct }
}

/// Decrypts what `seal` wrote with the same key and `aad`. The plaintext is wiped when dropped.
pub fn open(key: &Key, aad: &[u8], sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError> {
    match Cipher::from_id(sealed.alg)? {
        Cipher::ChaCha20Poly1305 => {}
        Cipher::Sm4Gcm => return Err(SealError::UnsupportedCipher(sealed.alg)),
    }
    let aad = bound(sealed.alg, aad);
    ChaCha20Poly1305::new(key.bytes().into())
        .decrypt(&sealed.nonce.into(), Payload { msg: &sealed.ct, aad: &aad })
        .map(Zeroizing::new)
        .map_err(|_| SealError::Refused)
}

/// The algorithm is authenticated too, so that a row cannot be relabelled.
fn bound(alg: u8, aad: &[u8]) -> Vec<u8> {
    join("gongzhi.seal/v1", &[&[alg], aad])
}

/// One personal field: its text and the salt of its commitment.
#[derive(Clone, PartialEq, Eq)]
pub struct VaultField {
    /// Random, so that equal texts have unequal commitments and short ones cannot be guessed.
    pub salt: [u8; 16],
    /// What the person wrote.
    pub text: String,
}

impl VaultField {
    /// A field with a fresh salt.
    pub fn new(text: impl Into<String>, random: &mut dyn Random) -> Self {
        Self { salt: random::bytes(random), text: text.into() }
    }

    /// What stands for this field in the chain.
    pub fn commitment(&self, field: &str) -> [u8; 32] {
        commitment(&self.salt, field, &self.text)
    }
}

impl std::fmt::Debug for VaultField {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VaultField(…)")
    }
}

/// The personal fields of one entry, by field id.
pub type VaultRow = BTreeMap<String, VaultField>;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    s: String,
    t: String,
}

/// Seals a whole row at once: one nonce, one tag, and nobody can swap two fields.
pub fn seal_row(key: &Key, aad: &[u8], row: &VaultRow, random: &mut dyn Random) -> Sealed {
    let stored: BTreeMap<&str, Stored> = row
        .iter()
        .map(|(field, value)| (field.as_str(), Stored { s: BASE64.encode(value.salt), t: value.text.clone() }))
        .collect();
    let json = Zeroizing::new(serde_json::to_vec(&stored).expect("invariant: a map of strings is JSON"));
    seal(key, aad, &json, random)
}

/// Opens what `seal_row` wrote.
pub fn open_row(key: &Key, aad: &[u8], sealed: &Sealed) -> Result<VaultRow, SealError> {
    let json = open(key, aad, sealed)?;
    let stored: BTreeMap<String, Stored> = serde_json::from_slice(&json).map_err(|_| SealError::Content)?;
    stored
        .into_iter()
        .map(|(field, value)| {
            let salt = BASE64.decode(&value.s).ok().and_then(|salt| salt.try_into().ok());
            Ok((field, VaultField { salt: salt.ok_or(SealError::Content)?, text: value.t }))
        })
        .collect()
}

/// The salted commitment to one field. The chain holds this and never the text, so that destroying the
/// matter's key erases the text while the chain still verifies (invariant 4).
pub fn commitment(salt: &[u8; 16], field: &str, text: &str) -> [u8; 32] {
    kernel::chain::commitment(salt, field, text.as_bytes())
}

/// Does this opening belong to the commitment?
pub fn verify_commitment(expected: &[u8; 32], salt: &[u8; 16], field: &str, text: &str) -> bool {
    commitment(salt, field, text).ct_eq(expected).into()
}

/// An attachment with its own key, so that it can be staged before its matter exists and re-wrapped
/// without encrypting megabytes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedBlob {
    /// The blob's key under the matter's handlers key.
    pub key: Sealed,
    /// The content under the blob's key.
    pub body: Sealed,
}

/// Seals an attachment and names it. The name commits to key, type and content, so the entry that names it commits to the
/// file itself; with the key destroyed it says nothing about the content.
pub fn seal_blob(
    matter: &Key,
    mime: &str,
    content: &[u8],
    random: &mut dyn Random,
) -> Result<(String, SealedBlob), SealError> {
    if content.len() > MAX_BLOB {
        return Err(SealError::TooLarge(content.len()));
    }
    let own = Key::random(random);
    let id = blob_id(&own, mime, content);
    let key = wrap_blob_key(matter, id.as_bytes(), &own, random);
    let body = seal(&own, &join("gongzhi.blob/v1", &[id.as_bytes()]), content, random);
    Ok((id, SealedBlob { key, body }))
}

/// The name of an attachment: a keyed hash of its type and content.
pub fn blob_id(own: &Key, mime: &str, content: &[u8]) -> String {
    hex(&own.mac(&join("gongzhi.blob-id/v1", &[mime.as_bytes(), content])))
}

/// Whether a name commits to the content; shorter ones were drawn at random, before they did.
pub fn is_content_id(id: &str) -> bool {
    id.len() == 64
}

/// Opens an attachment.
pub fn open_blob(matter: &Key, id: &[u8], blob: &SealedBlob) -> Result<Zeroizing<Vec<u8>>, SealError> {
    open_blob_with(&open_blob_key(matter, id, &blob.key)?, id, blob)
}

/// Opens an attachment whose own key is known.
pub fn open_blob_with(own: &Key, id: &[u8], blob: &SealedBlob) -> Result<Zeroizing<Vec<u8>>, SealError> {
    open(own, &join("gongzhi.blob/v1", &[id]), &blob.body)
}

/// Wraps a blob's key, for instance again when a staged blob becomes part of a matter.
pub fn wrap_blob_key(matter: &Key, aad: &[u8], own: &Key, random: &mut dyn Random) -> Sealed {
    seal(matter, &join("gongzhi.blobkey/v1", &[aad]), own.bytes(), random)
}

/// Unwraps a blob's key.
pub fn open_blob_key(matter: &Key, aad: &[u8], wrapped: &Sealed) -> Result<Key, SealError> {
    let bytes = open(matter, &join("gongzhi.blobkey/v1", &[aad]), wrapped)?;
    Key::from_slice(&bytes).ok_or(SealError::Content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    fn row(random: &mut dyn Random) -> VaultRow {
        [("text", "路灯不亮三天了"), ("phone", "19900000000")]
            .into_iter()
            .map(|(field, text)| (field.to_owned(), VaultField::new(text, random)))
            .collect()
    }

    #[test]
    fn a_row_opens_in_its_place_and_nowhere_else() {
        let random = &mut SeededRandom::new(1);
        let (key, other) = (Key::random(random), Key::random(random));
        let row = row(random);
        let sealed = seal_row(&key, b"cell 1 matter 2", &row, random);
        assert!(open_row(&key, b"cell 1 matter 2", &sealed).expect("opens") == row);
        assert_eq!(open_row(&key, b"cell 1 matter 3", &sealed), Err(SealError::Refused));
        assert_eq!(open_row(&other, b"cell 1 matter 2", &sealed), Err(SealError::Refused));
        assert_ne!(sealed, seal_row(&key, b"cell 1 matter 2", &row, random));
    }

    #[test]
    fn every_flipped_bit_of_a_stored_row_is_noticed() {
        let random = &mut SeededRandom::new(2);
        let key = Key::random(random);
        let bytes = seal_row(&key, b"here", &row(random), random).to_bytes();
        assert!(Sealed::from_bytes(&bytes).and_then(|s| open_row(&key, b"here", &s)).is_ok());
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut bad = bytes.clone();
                bad[at] ^= 1 << bit;
                assert!(
                    Sealed::from_bytes(&bad).and_then(|s| open_row(&key, b"here", &s)).is_err(),
                    "byte {at} bit {bit}"
                );
            }
        }
        for len in 0..bytes.len() {
            assert!(Sealed::from_bytes(&bytes[..len]).and_then(|s| open_row(&key, b"here", &s)).is_err());
        }
    }

    #[test]
    fn an_unknown_algorithm_is_named() {
        let random = &mut SeededRandom::new(3);
        let key = Key::random(random);
        let mut sealed = seal(&key, b"", b"x", random);
        sealed.alg = 2;
        assert_eq!(open(&key, b"", &sealed).err(), Some(SealError::UnsupportedCipher(2)));
        sealed.alg = 9;
        assert_eq!(open(&key, b"", &sealed).err(), Some(SealError::UnknownCipher(9)));
        assert!(SealError::UnknownCipher(9).to_string().contains('9'));
    }

    #[test]
    fn commitments_tell_field_salt_and_text_apart() {
        let salt = [7; 16];
        let base = commitment(&salt, "ab", "c");
        assert!(verify_commitment(&base, &salt, "ab", "c"));
        assert!(!verify_commitment(&base, &salt, "a", "bc"));
        assert!(!verify_commitment(&base, &[8; 16], "ab", "c"));
        assert!(!verify_commitment(&base, &salt, "ab", "d"));
    }

    #[test]
    fn a_blob_survives_rewrapping_and_refuses_change() {
        let random = &mut SeededRandom::new(4);
        let (staging, matter) = (Key::random(random), Key::random(random));
        let content = vec![5; 100_000];
        let (id, blob) = seal_blob(&staging, "image/png", &content, random).expect("small enough");
        let id = id.as_bytes();
        let own = open_blob_key(&staging, id, &blob.key).expect("opens");
        let moved = SealedBlob { key: wrap_blob_key(&matter, id, &own, random), ..blob.clone() };
        assert_eq!(*open_blob(&matter, id, &moved).expect("opens"), content);
        assert!(open_blob(&staging, id, &moved).is_err());
        assert!(open_blob(&matter, b"blob 2", &moved).is_err());
        let mut bad = moved;
        bad.body.ct[50_000] ^= 1;
        assert_eq!(open_blob(&matter, id, &bad).err(), Some(SealError::Refused));
        let large = seal_blob(&matter, "", &vec![0; MAX_BLOB + 1], random);
        assert_eq!(large.err(), Some(SealError::TooLarge(MAX_BLOB + 1)));
    }

    #[test]
    fn the_name_of_a_blob_is_that_of_its_content() {
        let random = &mut SeededRandom::new(4);
        let key = Key::random(random);
        let (id, blob) = seal_blob(&key, "image/png", b"one", random).expect("sealed");
        let own = open_blob_key(&key, id.as_bytes(), &blob.key).expect("opens");
        assert!(is_content_id(&id));
        assert_eq!(blob_id(&own, "image/png", b"one"), id);
        for (mime, content) in [("image/png", b"two"), ("image/gif", b"one")] {
            assert_ne!(blob_id(&own, mime, content), id);
        }
        assert_ne!(blob_id(&Key::random(random), "image/png", b"one"), id);
    }

    #[test]
    fn debug_shows_no_text() {
        let field = VaultField::new("秘密", &mut SeededRandom::new(5));
        assert!(!format!("{field:?}").contains("秘密"));
    }
}
