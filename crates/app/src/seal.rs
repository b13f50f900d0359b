//! Authenticated encryption of personal text and attachments, and the salted commitments that stand for
//! them in the chain.
//!
//! A sealed thing is bound to its place by the associated data: moved to another row, matter or cell it
//! does not open. The module stores nothing and knows no kernel type. It does not hide lengths.

use std::collections::BTreeMap;

use aes_gcm::AesGcm;
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit,
    aead::{Aead, Payload, consts::U12},
};
use kernel::chain::HashAlg;
use serde::{Deserialize, Serialize};
use sm4::Sm4;
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
    /// GB/T 32907 in GCM, as RFC 8998 uses it.
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
    /// Wrapped under an epoch whose wrap key was destroyed.
    #[error("the key was wrapped in epoch {0}, whose wrap key is gone: the row was restored from before a rotation")]
    UnknownEpoch(u32),
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

/// SM4 in GCM with a nonce of twelve bytes.
type Sm4Gcm = AesGcm<Sm4, U12>;

/// SM4 takes half as much key; it gets one of its own, so that no bytes serve two ciphers.
fn sm4(key: &Key) -> Sm4Gcm {
    let own = key.derive("gongzhi.sm4/v1", &[]);
    let half: &[u8; 16] = own.bytes().first_chunk().expect("invariant: a key has 32 bytes");
    Sm4Gcm::new(half.into())
}

/// Encrypts `plaintext`; `aad` says where it belongs (build it with `join`).
pub fn seal(cipher: Cipher, key: &Key, aad: &[u8], plaintext: &[u8], random: &mut dyn Random) -> Sealed {
    let alg = cipher.id();
    let nonce = random::bytes::<NONCE>(random);
    let aad = bound(alg, aad);
    let payload = Payload { msg: plaintext, aad: &aad };
    let ct = match cipher {
        Cipher::ChaCha20Poly1305 => ChaCha20Poly1305::new(key.bytes().into()).encrypt(&nonce.into(), payload),
        Cipher::Sm4Gcm => sm4(key).encrypt(&nonce.into(), payload),
    };
    Sealed { alg, nonce, ct: ct.expect("invariant: a message below 64 GB always encrypts") }
}

/// Decrypts what `seal` wrote with the same key and `aad`. The plaintext is wiped when dropped.
pub fn open(key: &Key, aad: &[u8], sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let cipher = Cipher::from_id(sealed.alg)?;
    let aad = bound(sealed.alg, aad);
    let payload = Payload { msg: &sealed.ct, aad: &aad };
    let opened = match cipher {
        Cipher::ChaCha20Poly1305 => ChaCha20Poly1305::new(key.bytes().into()).decrypt(&sealed.nonce.into(), payload),
        Cipher::Sm4Gcm => sm4(key).decrypt(&sealed.nonce.into(), payload),
    };
    opened.map(Zeroizing::new).map_err(|_| SealError::Refused)
}

/// The algorithm is authenticated too, so that a row cannot be relabelled.
fn bound(alg: u8, aad: &[u8]) -> Vec<u8> {
    join("gongzhi.seal/v1", &[&[alg], aad])
}

/// One personal field: its text and the salt of its commitment.
#[derive(Clone, PartialEq, Eq)]
pub struct VaultField {
    /// The hash of its commitment.
    pub alg: HashAlg,
    /// Random, so that equal texts have unequal commitments and short ones cannot be guessed.
    pub salt: [u8; 16],
    /// What the person wrote.
    pub text: String,
}

impl VaultField {
    /// A field with a fresh salt.
    pub fn new(text: impl Into<String>, random: &mut dyn Random) -> Self {
        Self { alg: HashAlg::Sha256, salt: random::bytes(random), text: text.into() }
    }

    /// What stands for this field in the chain.
    pub fn commitment(&self, field: &str) -> [u8; 32] {
        commitment(self.alg, &self.salt, field, &self.text)
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
    /// The hash of the commitment, where it is not SHA-256.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    a: Option<u8>,
    s: String,
    t: String,
}

/// As written: nothing for SHA-256, which needs no mention.
pub(crate) fn written_alg(alg: HashAlg) -> Option<u8> {
    Some(alg.id()).filter(|_| alg != HashAlg::Sha256)
}

/// Read back; none for a hash that this program does not know.
pub(crate) fn read_alg(written: Option<u8>) -> Option<HashAlg> {
    written.map_or(Some(HashAlg::Sha256), HashAlg::from_id)
}

/// Seals a whole row at once: one nonce, one tag, and nobody can swap two fields.
pub fn seal_row(cipher: Cipher, key: &Key, aad: &[u8], row: &VaultRow, random: &mut dyn Random) -> Sealed {
    let stored: BTreeMap<&str, Stored> = row
        .iter()
        .map(|(field, value)| {
            (field.as_str(), Stored { a: written_alg(value.alg), s: BASE64.encode(value.salt), t: value.text.clone() })
        })
        .collect();
    let json = Zeroizing::new(serde_json::to_vec(&stored).expect("invariant: a map of strings is JSON"));
    seal(cipher, key, aad, &json, random)
}

/// Opens what `seal_row` wrote.
pub fn open_row(key: &Key, aad: &[u8], sealed: &Sealed) -> Result<VaultRow, SealError> {
    let json = open(key, aad, sealed)?;
    let stored: BTreeMap<String, Stored> = serde_json::from_slice(&json).map_err(|_| SealError::Content)?;
    stored
        .into_iter()
        .map(|(field, value)| {
            let salt = BASE64.decode(&value.s).ok().and_then(|salt| salt.try_into().ok());
            let alg = read_alg(value.a).ok_or(SealError::Content)?;
            Ok((field, VaultField { alg, salt: salt.ok_or(SealError::Content)?, text: value.t }))
        })
        .collect()
}

/// The salted commitment to one field. The chain holds this and never the text, so that destroying the
/// matter's key erases the text while the chain still verifies (invariant 4).
pub fn commitment(alg: HashAlg, salt: &[u8; 16], field: &str, text: &str) -> [u8; 32] {
    kernel::chain::commitment(alg, salt, field, text.as_bytes())
}

/// Does this opening belong to the commitment?
pub fn verify_commitment(expected: &[u8; 32], field: &str, opening: &VaultField) -> bool {
    opening.commitment(field).ct_eq(expected).into()
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
    cipher: Cipher,
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
    let key = wrap_blob_key(cipher, matter, id.as_bytes(), &own, random);
    let body = seal(cipher, &own, &join("gongzhi.blob/v1", &[id.as_bytes()]), content, random);
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

/// Opens an attachment whose own key is known.
pub fn open_blob_with(own: &Key, id: &[u8], blob: &SealedBlob) -> Result<Zeroizing<Vec<u8>>, SealError> {
    open(own, &join("gongzhi.blob/v1", &[id]), &blob.body)
}

/// Wraps a blob's key, for instance again when a staged blob becomes part of a matter.
pub fn wrap_blob_key(cipher: Cipher, matter: &Key, aad: &[u8], own: &Key, random: &mut dyn Random) -> Sealed {
    seal(cipher, matter, &join("gongzhi.blobkey/v1", &[aad]), own.bytes(), random)
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

    const BOTH: [Cipher; 2] = [Cipher::ChaCha20Poly1305, Cipher::Sm4Gcm];

    fn row(random: &mut dyn Random) -> VaultRow {
        [("text", "路灯不亮三天了"), ("phone", "19900000000")]
            .into_iter()
            .map(|(field, text)| (field.to_owned(), VaultField::new(text, random)))
            .collect()
    }

    #[test]
    fn a_row_opens_in_its_place_and_nowhere_else() {
        for cipher in BOTH {
            let random = &mut SeededRandom::new(1);
            let (key, other) = (Key::random(random), Key::random(random));
            let row = row(random);
            let sealed = seal_row(cipher, &key, b"cell 1 matter 2", &row, random);
            assert!(open_row(&key, b"cell 1 matter 2", &sealed).expect("opens") == row);
            assert_eq!(open_row(&key, b"cell 1 matter 3", &sealed), Err(SealError::Refused));
            assert_eq!(open_row(&other, b"cell 1 matter 2", &sealed), Err(SealError::Refused));
            assert_ne!(sealed, seal_row(cipher, &key, b"cell 1 matter 2", &row, random));
        }
    }

    #[test]
    fn every_flipped_bit_of_a_stored_row_is_noticed() {
        for cipher in BOTH {
            let random = &mut SeededRandom::new(2);
            let key = Key::random(random);
            let bytes = seal_row(cipher, &key, b"here", &row(random), random).to_bytes();
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
    }

    #[test]
    fn an_unknown_algorithm_is_named() {
        let random = &mut SeededRandom::new(3);
        let key = Key::random(random);
        let mut sealed = seal(Cipher::ChaCha20Poly1305, &key, b"", b"x", random);
        sealed.alg = 2;
        assert_eq!(open(&key, b"", &sealed).err(), Some(SealError::Refused), "a row cannot be relabelled");
        sealed.alg = 9;
        assert_eq!(open(&key, b"", &sealed).err(), Some(SealError::UnknownCipher(9)));
        assert!(SealError::UnknownCipher(9).to_string().contains('9'));
    }

    #[test]
    fn commitments_tell_field_salt_and_text_apart() {
        let opening = |alg, salt, text: &str| VaultField { alg, salt: [salt; 16], text: text.into() };
        let base = opening(HashAlg::Sha256, 7, "c").commitment("ab");
        assert!(verify_commitment(&base, "ab", &opening(HashAlg::Sha256, 7, "c")));
        assert!(!verify_commitment(&base, "a", &opening(HashAlg::Sha256, 7, "bc")));
        assert!(!verify_commitment(&base, "ab", &opening(HashAlg::Sha256, 8, "c")));
        assert!(!verify_commitment(&base, "ab", &opening(HashAlg::Sha256, 7, "d")));
        assert!(!verify_commitment(&base, "ab", &opening(HashAlg::Sm3, 7, "c")));
    }

    #[test]
    fn a_field_remembers_the_hash_of_its_commitment() {
        let random = &mut SeededRandom::new(6);
        let key = Key::random(random);
        let fields =
            |alg| VaultRow::from([("a".into(), VaultField { alg, ..VaultField::new("x", &mut SeededRandom::new(1)) })]);
        for alg in [HashAlg::Sha256, HashAlg::Sm3] {
            let sealed = seal_row(Cipher::Sm4Gcm, &key, b"", &fields(alg), random);
            assert!(open_row(&key, b"", &sealed).expect("opens") == fields(alg));
        }
        assert!(fields(HashAlg::Sha256) != fields(HashAlg::Sm3));
    }

    /// RFC 8998, appendix A.1.
    #[test]
    fn sm4_gcm_is_the_published_one() {
        let bytes = |hex: &str| crate::keys::from_hex(hex).expect("hex").to_vec();
        let cipher = Sm4Gcm::new_from_slice(&bytes("0123456789ABCDEFFEDCBA9876543210")).expect("sixteen bytes");
        let nonce: [u8; 12] = bytes("00001234567800000000ABCD").try_into().expect("twelve bytes");
        let aad = bytes("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2");
        let plain = bytes(
            "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD\
             EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA",
        );
        let sealed = bytes(
            "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735\
             D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D\
             83DE3541E4C2B58177E065A9BF7B62EC",
        );
        let payload = |msg| Payload { msg, aad: &aad };
        assert_eq!(cipher.encrypt(&nonce.into(), payload(&plain)).expect("seals"), sealed);
        assert_eq!(cipher.decrypt(&nonce.into(), payload(&sealed)).expect("opens"), plain);
    }

    #[test]
    fn a_blob_survives_rewrapping_and_refuses_change() {
        for cipher in BOTH {
            let random = &mut SeededRandom::new(4);
            let (staging, matter) = (Key::random(random), Key::random(random));
            let content = vec![5; 100_000];
            let (id, blob) = seal_blob(cipher, &staging, "image/png", &content, random).expect("small enough");
            let id = id.as_bytes();
            let open = |key: &Key, id: &[u8], blob: &SealedBlob| {
                open_blob_key(key, id, &blob.key).and_then(|own| open_blob_with(&own, id, blob))
            };
            let own = open_blob_key(&staging, id, &blob.key).expect("opens");
            let moved = SealedBlob { key: wrap_blob_key(cipher, &matter, id, &own, random), ..blob.clone() };
            assert_eq!(*open(&matter, id, &moved).expect("opens"), content);
            assert!(open(&staging, id, &moved).is_err());
            assert!(open(&matter, b"blob 2", &moved).is_err());
            let mut bad = moved;
            bad.body.ct[50_000] ^= 1;
            assert_eq!(open(&matter, id, &bad).err(), Some(SealError::Refused));
            let large = seal_blob(cipher, &matter, "", &vec![0; MAX_BLOB + 1], random);
            assert_eq!(large.err(), Some(SealError::TooLarge(MAX_BLOB + 1)));
        }
    }

    #[test]
    fn the_name_of_a_blob_is_that_of_its_content() {
        let random = &mut SeededRandom::new(4);
        let key = Key::random(random);
        let (id, blob) = seal_blob(Cipher::ChaCha20Poly1305, &key, "image/png", b"one", random).expect("sealed");
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
