//! Cosignatures of witnesses as C2SP tlog-cosignature says (Ed25519, timestamped): a line below a checkpoint by which somebody
//! else states that, at a time, this was the largest tree of this log that he saw, and that it goes on from what he saw before.
//! Which trees a witness accepts is not decided here.

use crate::keys::Key;
use crate::note::{NoteError, good_name, key_id, key_text, read_key, signature_of};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use std::fmt;

/// The algorithm byte of Ed25519 cosignatures in note keys.
const COSIGNATURE: u8 = 4;

/// A witness's own key. It signs nothing but cosignatures.
pub struct WitnessKeys {
    name: String,
    key: SigningKey,
}

impl WitnessKeys {
    /// From its secret seed.
    ///
    /// # Errors
    /// `Name`
    pub fn from_seed(name: &str, seed: &Key) -> Result<WitnessKeys, NoteError> {
        good_name(name)?;
        Ok(WitnessKeys { name: name.to_owned(), key: SigningKey::from_bytes(seed.bytes()) })
    }

    /// What others need for checking.
    #[must_use]
    pub fn public(&self) -> WitnessKey {
        WitnessKey { name: self.name.clone(), key: self.key.verifying_key() }
    }

    /// The line for a checkpoint's text; `at` in seconds since 1970.
    #[must_use]
    pub fn cosign(&self, text: &str, at: u64) -> String {
        let mut bytes = self.public().id().to_vec();
        bytes.extend_from_slice(&at.to_be_bytes());
        bytes.extend_from_slice(&self.key.sign(message(text, at).as_bytes()).to_bytes());
        format!("— {} {}\n", self.name, BASE64.encode(bytes))
    }
}

/// The public half; its text form is `name+hash+base64`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessKey {
    name: String,
    key: VerifyingKey,
}

/// A cosignature that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosignature {
    /// When, in seconds since 1970.
    pub at: u64,
    /// The line, with its end.
    pub line: String,
}

impl WitnessKey {
    /// Reads the text form.
    ///
    /// # Errors
    /// `Key`, `Name`
    pub fn parse(text: &str) -> Result<WitnessKey, NoteError> {
        let (name, key) = read_key(text, COSIGNATURE)?;
        Ok(WitnessKey { name, key })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    fn id(&self) -> [u8; 4] {
        key_id(&self.name, COSIGNATURE, &self.key)
    }

    /// The cosignature of this witness below a checkpoint.
    ///
    /// # Errors
    /// `Unsigned` where there is none, `Refused` where it does not hold or has no time, `Format`.
    pub fn verify(&self, note: &str) -> Result<Cosignature, NoteError> {
        let (text, signed) = signature_of(note, &self.name, self.id())?;
        let bytes: [u8; 72] = signed.bytes.try_into().map_err(|_| NoteError::Format)?;
        let (time, signature) = bytes.split_first_chunk::<8>().ok_or(NoteError::Format)?;
        let signature = Signature::from_slice(signature).map_err(|_| NoteError::Format)?;
        let at = u64::from_be_bytes(*time);
        let possible = at > 0 && i64::try_from(at).is_ok();
        let holds = self.key.verify_strict(message(text, at).as_bytes(), &signature).is_ok();
        if possible && holds {
            Ok(Cosignature { at, line: format!("{}\n", signed.line) })
        } else {
            Err(NoteError::Refused)
        }
    }
}

impl fmt::Display for WitnessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&key_text(&self.name, COSIGNATURE, &self.key))
    }
}

fn message(text: &str, at: u64) -> String {
    format!("cosignature/v1\ntime {at}\n{text}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;
    use ed25519_dalek::Verifier;

    const TEXT: &str = "example.com/log\n2\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

    fn witness(name: &str, seed: u64) -> WitnessKeys {
        WitnessKeys::from_seed(name, &Key::random(&mut SeededRandom::new(seed))).expect("a name")
    }

    #[test]
    fn a_cosignature_holds_for_its_text_time_and_witness_only() {
        let ours = witness("w.example", 1);
        let note = format!("{TEXT}\n{}", ours.cosign(TEXT, 1_679_315_147));
        let key = WitnessKey::parse(&ours.public().to_string()).expect("a key");
        assert_eq!(key, ours.public());
        let found = key.verify(&note).expect("holds");
        assert_eq!((found.at, format!("{TEXT}\n{}", found.line)), (1_679_315_147, note.clone()));
        assert_eq!(key.verify(&note.replace("\n2\n", "\n3\n")), Err(NoteError::Refused));
        assert_eq!(witness("w.example", 2).public().verify(&note), Err(NoteError::Unsigned));
        assert_eq!(witness("v.example", 1).public().verify(&note), Err(NoteError::Unsigned));
        let untimed = format!("{TEXT}\n{}", ours.cosign(TEXT, 0));
        assert_eq!(key.verify(&untimed), Err(NoteError::Refused));
        assert!(crate::note::VerifierKey::parse(&key.to_string()).is_err(), "a witness's key signs no log");
    }

    /// The layout, put together from the specification with nothing of ours: key id, time and the signed message.
    #[test]
    fn the_bytes_are_those_of_the_specification() {
        use sha2::{Digest, Sha256};
        let ours = witness("w.example", 1);
        let line = ours.cosign(TEXT, 1_679_315_147);
        let bytes = BASE64.decode(line.trim_end().rsplit(' ').next().expect("base64")).expect("base64");
        let raw = ours.key.verifying_key();
        let id = Sha256::digest([b"w.example\n\x04".as_slice(), raw.as_bytes()].concat());
        assert_eq!((&bytes[..4], &bytes[4..12], bytes.len()), (&id[..4], &1_679_315_147_u64.to_be_bytes()[..], 76));
        let signed = format!("cosignature/v1\ntime 1679315147\n{TEXT}");
        raw.verify(signed.as_bytes(), &Signature::from_slice(&bytes[12..]).expect("64 bytes")).expect("signed");
    }

    /// A note library that is not ours reads note and key id; only the rule for the message is told to it.
    #[test]
    fn a_note_library_that_is_not_ours_accepts_it() {
        struct Theirs(WitnessKey);
        impl signed_note::Verifier for Theirs {
            fn name(&self) -> &str {
                &self.0.name
            }
            fn key_id(&self) -> u32 {
                u32::from_be_bytes(self.0.id())
            }
            fn verify(&self, msg: &[u8], sig: &[u8]) -> bool {
                let at = u64::from_be_bytes(sig[..8].try_into().expect("eight"));
                let message = message(std::str::from_utf8(msg).expect("text"), at);
                Signature::from_slice(&sig[8..]).is_ok_and(|s| self.0.key.verify(message.as_bytes(), &s).is_ok())
            }
        }
        let ours = witness("w.example", 1);
        let note = format!("{TEXT}\n{}", ours.cosign(TEXT, 7));
        let keys = signed_note::VerifierList::new(vec![Box::new(Theirs(ours.public()))]);
        let read = signed_note::Note::from_bytes(note.as_bytes()).expect("a note");
        assert_eq!(read.verify(&keys).expect("signed").0.len(), 1);
    }
}
