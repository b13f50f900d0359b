//! Signed notes as C2SP describes them: readable text, an empty line, signature lines.
//!
//! Receipts and the log's checkpoints share this. Cosignatures of others are allowed and not judged here;
//! exactly one signature of the wanted key must be there and hold.

pub mod sm2;

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use crate::keys::{Key, from_hex, hex};

/// The algorithm byte of Ed25519 in note keys.
const ED25519: u8 = 1;

/// Why a note or a note key was not accepted.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum NoteError {
    /// A key name is one word without blanks and plus signs.
    #[error("a note key's name must be one word without blanks or '+'")]
    Name,
    /// Not `name+hash+base64`, or of another algorithm, or hash and key disagree.
    #[error("验证公钥格式不对。The verification key is not of the form name+hash+key, or is damaged.")]
    Key,
    /// Text and signatures are not laid out as a note.
    #[error("凭证文本不完整或格式被改动。The text is not a complete signed note.")]
    Format,
    /// No signature by this key.
    #[error("凭证不是由该机构签发的。The note carries no signature of this key.")]
    Unsigned,
    /// The signature does not belong to the text.
    #[error("签名与内容不符，凭证被改动过。The signature does not belong to this text.")]
    Refused,
}

/// The key that signs receipts (and another instance the log's checkpoints), with the installation's name.
#[derive(Clone)]
pub struct SigningKeys {
    origin: String,
    key: SigningKey,
}

impl fmt::Debug for SigningKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKeys({})", self.origin)
    }
}

impl SigningKeys {
    /// A key from its own secret seed, kept under the master key.
    pub fn from_seed(origin: &str, seed: &Key) -> Result<Self, NoteError> {
        good_name(origin)?;
        Ok(Self { origin: origin.to_owned(), key: SigningKey::from_bytes(seed.bytes()) })
    }

    /// The installation's name.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The same key under another name: a log that goes on after a declared loss has one of its own.
    ///
    /// # Errors
    /// `Name`
    pub fn named(&self, origin: &str) -> Result<Self, NoteError> {
        good_name(origin)?;
        Ok(Self { origin: origin.to_owned(), key: self.key.clone() })
    }

    /// What others need for checking.
    pub fn verifier_key(&self) -> VerifierKey {
        VerifierKey { origin: self.origin.clone(), key: self.key.verifying_key() }
    }

    /// A note of `body`, which must be complete lines without an empty last one.
    pub fn sign(&self, body: &str) -> Result<String, NoteError> {
        good_body(body)?;
        let mut signature = self.verifier_key().hash().to_vec();
        signature.extend_from_slice(&self.key.sign(body.as_bytes()).to_bytes());
        Ok(format!("{body}\n— {} {}\n", self.origin, BASE64.encode(signature)))
    }

    /// A bare signature over `message`, for the QR; callers separate domains by a label.
    pub(crate) fn sign_raw(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
    }
}

/// The public half; its text form is `name+hash+base64`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    origin: String,
    key: VerifyingKey,
}

impl VerifierKey {
    /// Reads the text form.
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        let (origin, key) = read_key(text, ED25519)?;
        Ok(Self { origin, key })
    }

    /// The same key under another name.
    ///
    /// # Errors
    /// `Name`
    pub fn named(&self, origin: &str) -> Result<Self, NoteError> {
        good_name(origin)?;
        Ok(Self { origin: origin.to_owned(), key: self.key })
    }

    /// The installation's name.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The four bytes that pick the key among several of the same name.
    pub fn hash(&self) -> [u8; 4] {
        key_id(&self.origin, ED25519, &self.key)
    }

    /// The signed body of a note, if this key signed it.
    pub fn verify<'t>(&self, note: &'t str) -> Result<&'t str, NoteError> {
        let (body, signature) = signature_of(note, &self.origin, self.hash())?;
        let signature: [u8; 64] = signature.bytes.try_into().map_err(|_| NoteError::Format)?;
        self.verify_raw(body.as_bytes(), &signature).then_some(body).ok_or(NoteError::Refused)
    }

    /// The line of this key's signature, with its end, as it stands below a note.
    #[must_use]
    pub fn line_of(&self, note: &str) -> Option<String> {
        signature_of(note, &self.origin, self.hash()).ok().map(|(_, signed)| format!("{}\n", signed.line))
    }

    pub(crate) fn verify_raw(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&key_text(&self.origin, ED25519, &self.key))
    }
}

/// One signature below a note: what stands behind the four bytes of its key, and the line itself.
pub(crate) struct Signed<'t> {
    pub bytes: Vec<u8>,
    pub line: &'t str,
}

/// The body of a note and the only signature of this key.
pub(crate) fn signature_of<'t>(note: &'t str, name: &str, id: [u8; 4]) -> Result<(&'t str, Signed<'t>), NoteError> {
    let at = note.rfind("\n\n").ok_or(NoteError::Format)?;
    let (body, signatures) = (&note[..=at], &note[at + 2..]);
    good_body(body)?;
    let lines = signatures.strip_suffix('\n').ok_or(NoteError::Format)?;
    let mut found = None;
    for line in lines.split('\n') {
        let (by, encoded) = line.strip_prefix("— ").and_then(|l| l.split_once(' ')).ok_or(NoteError::Format)?;
        good_name(by).map_err(|_| NoteError::Format)?;
        let bytes = BASE64.decode(encoded).map_err(|_| NoteError::Format)?;
        let (hash, rest) = bytes.split_first_chunk::<4>().ok_or(NoteError::Format)?;
        if by == name && *hash == id && found.replace(Signed { bytes: rest.to_vec(), line }).is_some() {
            return Err(NoteError::Format);
        }
    }
    Ok((body, found.ok_or(NoteError::Unsigned)?))
}

/// The four bytes that pick a key.
pub(crate) fn key_id(name: &str, algorithm: u8, key: &VerifyingKey) -> [u8; 4] {
    let digest =
        Sha256::new().chain_update(name).chain_update([b'\n', algorithm]).chain_update(key.as_bytes()).finalize();
    [digest[0], digest[1], digest[2], digest[3]]
}

/// A key as `name+hash+base64`.
pub(crate) fn key_text(name: &str, algorithm: u8, key: &VerifyingKey) -> String {
    let mut bytes = vec![algorithm];
    bytes.extend_from_slice(key.as_bytes());
    format!("{name}+{}+{}", hex(&key_id(name, algorithm, key)), BASE64.encode(bytes))
}

/// Reads it again.
pub(crate) fn read_key(text: &str, algorithm: u8) -> Result<(String, VerifyingKey), NoteError> {
    // Base64 may hold '+', the name and the hash may not.
    let mut parts = text.trim().splitn(3, '+');
    let mut part = || parts.next().ok_or(NoteError::Key);
    let (name, hash, encoded) = (part()?, part()?, part()?);
    good_name(name)?;
    let bytes = BASE64.decode(encoded).map_err(|_| NoteError::Key)?;
    let raw: &[u8; 32] = match bytes.split_first() {
        Some((first, raw)) if *first == algorithm => raw.try_into().map_err(|_| NoteError::Key)?,
        _ => return Err(NoteError::Key),
    };
    let key = VerifyingKey::from_bytes(raw).map_err(|_| NoteError::Key)?;
    let given = from_hex(hash).ok_or(NoteError::Key)?;
    let good = given.as_slice() == key_id(name, algorithm, &key) && !key.is_weak();
    if good { Ok((name.to_owned(), key)) } else { Err(NoteError::Key) }
}

pub(crate) fn good_name(name: &str) -> Result<(), NoteError> {
    let bad = name.is_empty() || name.chars().any(|c| c == '+' || c.is_whitespace() || c.is_control());
    if bad { Err(NoteError::Name) } else { Ok(()) }
}

fn good_body(body: &str) -> Result<(), NoteError> {
    let lines = body.len() > 1 && body.ends_with('\n') && !body.ends_with("\n\n");
    let plain = body.chars().all(|c| c == '\n' || !c.is_control());
    if lines && plain { Ok(()) } else { Err(NoteError::Format) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    fn keys(name: &str, seed: u64) -> SigningKeys {
        SigningKeys::from_seed(name, &Key::random(&mut SeededRandom::new(seed))).expect("good name")
    }

    #[test]
    fn the_key_of_the_specification_is_read() {
        // The example key of golang.org/x/mod/sumdb/note and C2SP signed-note.
        let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        let key = VerifierKey::parse(text).expect("parses");
        assert_eq!(key.to_string(), text);
        let note = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n\
            — PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";
        assert!(key.verify(note).expect("verifies").starts_with("If you think"));
        assert_eq!(key.verify(&note.replace("answer", "Answer")), Err(NoteError::Refused));
    }

    #[test]
    fn every_changed_character_of_a_key_is_noticed() {
        let text = keys("demo.example", 1).verifier_key().to_string();
        for at in 0..text.len() {
            let mut bad = text.clone().into_bytes();
            bad[at] ^= 1;
            let bad = String::from_utf8(bad).expect("ascii");
            assert!(VerifierKey::parse(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn cosignatures_are_allowed_and_forgeries_are_not() {
        let (ours, witness) = (keys("demo.example", 1), keys("witness.example", 2));
        let note = ours.sign("one\n\ntwo\n").expect("signs");
        let theirs = witness.sign("one\n\ntwo\n").expect("signs");
        let line = theirs.lines().last().expect("signature line");
        let both = format!("{note}{line}\n");
        assert!(ours.verifier_key().verify(&both).is_ok());
        assert!(witness.verifier_key().verify(&both).is_ok());
        assert_eq!(keys("demo.example", 3).verifier_key().verify(&both), Err(NoteError::Unsigned));
        assert_eq!(ours.verifier_key().verify(&theirs), Err(NoteError::Unsigned));
        assert_eq!(ours.verifier_key().verify(&format!("{note}garbage\n")), Err(NoteError::Format));
    }

    #[test]
    fn bodies_and_names_that_would_be_ambiguous_are_refused() {
        let ours = keys("demo.example", 1);
        for bad in ["", "\n", "no end", "end\n\n", "a\r\n", "a\u{7}\n"] {
            assert_eq!(ours.sign(bad), Err(NoteError::Format), "{bad:?}");
        }
        for bad in ["", "a b", "a+b", "a\u{3000}b"] {
            assert_eq!(
                SigningKeys::from_seed(bad, &Key::random(&mut SeededRandom::new(1))).err(),
                Some(NoteError::Name)
            );
        }
    }
}
