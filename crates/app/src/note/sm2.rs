//! A second signature line by SM2 with SM3 (GB/T 32918.2, GB/T 32905), for whoever must check with the commercial
//! cryptography of China. It stands below the Ed25519 line and replaces nothing: a note without that line is none.
//!
//! C2SP signed-note has assigned no byte to SM2; as it recommends, the type is 0xff followed by a longer name. Hence
//! key ID = SHA-256(name ‖ 0x0A ‖ 0xff ‖ "gongzhi.sm2-sm3/v1" ‖ point)[..4], point = 04 ‖ x ‖ y (65 bytes); the signature is
//! r ‖ s (64 bytes) over the note's text, with the signer's usual ID "1234567812345678"; a key is written
//! `name+hash+base64(0xff ‖ "gongzhi.sm2-sm3/v1" ‖ point)`.

use super::{NoteError, good_body, good_name, signature_of};
use crate::keys::{Key, from_hex, hex};
use ::sm2::SecretKey;
use ::sm2::dsa::signature::{Signer, Verifier};
use ::sm2::dsa::{Signature, SigningKey, VerifyingKey};
use ::sm2::elliptic_curve::sec1::ToSec1Point;
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use sha2::{Digest, Sha256};
use std::fmt;

/// The type of the signature: no assigned byte, then its name.
const KIND: &[u8] = b"\xffgongzhi.sm2-sm3/v1";
/// Who signs, as GB/T 35276 says where nobody says otherwise.
const SIGNER: &str = "1234567812345678";
/// Bytes of a point that is written out.
const POINT: usize = 65;

/// The key that signs checkpoints beside the Ed25519 one, from the same secret.
#[derive(Clone)]
pub struct Sm2Keys {
    origin: String,
    key: SigningKey,
}

impl fmt::Debug for Sm2Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sm2Keys({})", self.origin)
    }
}

impl Sm2Keys {
    /// A key from a secret seed. Others than Ed25519's are derived from it, so no bytes serve two algorithms.
    ///
    /// # Errors
    /// `Name`
    pub fn from_seed(origin: &str, seed: &Key) -> Result<Self, NoteError> {
        good_name(origin)?;
        // Nearly every number of 32 bytes is a key; where one is none, the next is tried.
        let scalar = |n: u8| SecretKey::from_slice(seed.derive("gongzhi.note-sm2/v1", &[&[n]]).bytes()).ok();
        let secret = (0..=u8::MAX).find_map(scalar).ok_or(NoteError::Key)?;
        let key = SigningKey::new(SIGNER, &secret).map_err(|_| NoteError::Key)?;
        Ok(Self { origin: origin.to_owned(), key })
    }

    /// What others need for checking.
    #[must_use]
    pub fn public(&self) -> Sm2Key {
        Sm2Key { origin: self.origin.clone(), key: self.key.verifying_key().clone() }
    }

    /// A signature line for a note's text, with its end. The same text gives the same line (RFC 6979).
    ///
    /// # Errors
    /// `Format` for what cannot be a note's text.
    pub fn line(&self, body: &str) -> Result<String, NoteError> {
        good_body(body)?;
        let signature: Signature = self.key.try_sign(body.as_bytes()).map_err(|_| NoteError::Key)?;
        let bytes = [&self.public().hash()[..], &signature.to_bytes()].concat();
        Ok(format!("— {} {}\n", self.origin, BASE64.encode(bytes)))
    }
}

/// The public half.
#[derive(Clone, Debug)]
pub struct Sm2Key {
    origin: String,
    key: VerifyingKey,
}

impl Sm2Key {
    /// Reads the text form.
    ///
    /// # Errors
    /// `Key`
    pub fn parse(text: &str) -> Result<Self, NoteError> {
        // Base64 may hold '+', the name and the hash may not.
        let mut parts = text.trim().splitn(3, '+');
        let mut part = || parts.next().ok_or(NoteError::Key);
        let (origin, hash, encoded) = (part()?, part()?, part()?);
        good_name(origin)?;
        let bytes = BASE64.decode(encoded).map_err(|_| NoteError::Key)?;
        let point = bytes.strip_prefix(KIND).filter(|point| point.len() == POINT).ok_or(NoteError::Key)?;
        let key = VerifyingKey::from_sec1_bytes(SIGNER, point).map_err(|_| NoteError::Key)?;
        let read = Self { origin: origin.to_owned(), key };
        if from_hex(hash).is_some_and(|given| given.as_slice() == read.hash()) { Ok(read) } else { Err(NoteError::Key) }
    }

    /// The same key under another name.
    ///
    /// # Errors
    /// `Name`
    pub fn named(&self, origin: &str) -> Result<Self, NoteError> {
        good_name(origin)?;
        Ok(Self { origin: origin.to_owned(), key: self.key.clone() })
    }

    fn point(&self) -> [u8; POINT] {
        let encoded = self.key.to_sec1_point(false);
        encoded.as_bytes().try_into().expect("invariant: a point that is written out has 65 bytes")
    }

    fn hash(&self) -> [u8; 4] {
        let digest =
            Sha256::new().chain_update(&self.origin).chain_update(b"\n").chain_update(KIND).chain_update(self.point());
        let digest = digest.finalize();
        [digest[0], digest[1], digest[2], digest[3]]
    }

    /// The text of a note, if this key signed it.
    ///
    /// # Errors
    /// `Unsigned` without a line of this key, `Refused` where the line belongs to another text.
    pub fn verify<'t>(&self, note: &'t str) -> Result<&'t str, NoteError> {
        let (body, signed) = signature_of(note, &self.origin, self.hash())?;
        let signature = Signature::from_slice(&signed.bytes).map_err(|_| NoteError::Refused)?;
        self.key.verify(body.as_bytes(), &signature).map(|()| body).map_err(|_| NoteError::Refused)
    }
}

impl fmt::Display for Sm2Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = [KIND, &self.point()].concat();
        write!(f, "{}+{}+{}", self.origin, hex(&self.hash()), BASE64.encode(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::SigningKeys;
    use crate::random::SeededRandom;

    fn seed(n: u64) -> Key {
        Key::random(&mut SeededRandom::new(n))
    }

    fn bytes(hex: &str) -> Vec<u8> {
        from_hex(hex).expect("hex").to_vec()
    }

    /// The example of GB/T 32918.5-2017, annex A.2.
    #[test]
    fn the_signature_of_the_standard_verifies() {
        let point = bytes(
            "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020\
             CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13",
        );
        let mut signature = bytes(
            "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3\
             B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA",
        );
        let key = VerifyingKey::from_sec1_bytes(SIGNER, &point).expect("a point");
        let holds =
            |s: &[u8], text: &str| Signature::from_slice(s).is_ok_and(|s| key.verify(text.as_bytes(), &s).is_ok());
        assert!(holds(&signature, "message digest"));
        assert!(!holds(&signature, "message digesT"));
        signature[40] ^= 1;
        assert!(!holds(&signature, "message digest"));
        let secret = bytes("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8");
        let own = SigningKey::new(SIGNER, &SecretKey::from_slice(&secret).expect("a key")).expect("a key");
        assert_eq!(own.verifying_key().to_sec1_point(false).as_bytes(), point, "and it is this key's");
    }

    #[test]
    fn a_second_line_verifies_and_every_changed_byte_is_noticed() {
        let (ed, sm) = (SigningKeys::from_seed("log.example", &seed(1)), Sm2Keys::from_seed("log.example", &seed(1)));
        let (ed, sm) = (ed.expect("a name"), sm.expect("a name"));
        let text = "log.example\n5\nAAAA\n";
        let note = format!("{}{}", ed.sign(text).expect("signed"), sm.line(text).expect("signed"));
        let key = Sm2Key::parse(&sm.public().to_string()).expect("its own text");
        assert_eq!((key.verify(&note), ed.verifier_key().verify(&note)), (Ok(text), Ok(text)), "both, each for itself");
        assert_eq!(sm.line(text), sm.line(text), "no randomness");
        let body = note.find("\n\n").expect("an end");
        let line = note.rfind('—').expect("a line");
        for at in (0..=body).chain(line..note.len()) {
            for bit in 0..8 {
                let mut bad = note.clone().into_bytes();
                bad[at] ^= 1 << bit;
                let Ok(bad) = String::from_utf8(bad) else { continue };
                assert!(key.verify(&bad).is_err(), "byte {at} bit {bit}");
            }
        }
        assert_eq!(key.verify(&ed.sign(text).expect("signed")), Err(NoteError::Unsigned), "without it");
        let other = Sm2Keys::from_seed("log.example", &seed(2)).expect("a name");
        let forged = format!("{}{}", ed.sign(text).expect("signed"), other.line(text).expect("signed"));
        assert_eq!(key.verify(&forged), Err(NoteError::Unsigned), "another key");
        assert!(other.public().named("else.example").expect("a name").verify(&forged).is_err(), "another name");
    }

    #[test]
    fn a_damaged_key_is_refused() {
        let text = Sm2Keys::from_seed("log.example", &seed(3)).expect("a name").public().to_string();
        assert_eq!(Sm2Key::parse(&text).expect("sound").to_string(), text);
        let encoded = text.rfind('+').expect("parts");
        for at in 0..encoded {
            let mut bad = text.clone().into_bytes();
            bad[at] = if bad[at] == b'0' { b'1' } else { b'0' };
            assert!(String::from_utf8(bad).is_ok_and(|bad| Sm2Key::parse(&bad).is_err()), "byte {at}");
        }
        assert!(
            Sm2Key::parse(&SigningKeys::from_seed("a", &seed(3)).expect("a name").verifier_key().to_string()).is_err()
        );
    }
}
