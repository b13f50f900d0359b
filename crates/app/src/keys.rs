//! The master key, the secrets that it wraps, and the two keys of every matter.
//!
//! The master key lives outside the database (a file, or a command that prints it); nothing here touches a file.
//! Derived keys are separated by label, so that learning one says nothing about another. The opened secrets of an
//! installation are in `keyring`, rotation in `rotate`.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

use crate::random::{self, Random};
use crate::seal::{self, Cipher, SealError, Sealed, join};

/// A 256-bit secret. Wiped when dropped, never printed.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// A fresh key.
    pub fn random(random: &mut dyn Random) -> Self {
        Self(random::bytes(random))
    }

    /// A key from exactly 32 bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The secret itself: for ciphers only.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// HMAC-SHA256 of `message` under this key.
    pub fn mac(&self, message: &[u8]) -> [u8; 32] {
        Hmac::<Sha256>::new_from_slice(&self.0)
            .expect("invariant: HMAC takes a key of any length")
            .chain_update(message)
            .finalize()
            .into_bytes()
            .into()
    }

    /// The key below this one that belongs to `label` and `parts`.
    pub fn derive(&self, label: &str, parts: &[&[u8]]) -> Self {
        Self(self.mac(&join(label, parts)))
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// Why a key file's text was refused. Never repeats the text.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum KeyError {
    /// Neither 64 hexadecimal digits nor base64 of 32 bytes.
    #[error(
        "the master key is not 64 hexadecimal digits nor base64 of 32 bytes: restore the key file or generate one for an empty installation"
    )]
    Format,
    /// All bytes equal: a placeholder that somebody forgot to replace.
    #[error("the master key is a placeholder (all bytes are equal): generate a real one")]
    Placeholder,
}

/// The installation's root secret. Whoever holds it and the database can read everything.
#[derive(Clone, Debug)]
pub struct MasterKey(Key);

impl MasterKey {
    /// Reads the content of a key file: hexadecimal or base64; blanks and lines starting with `#` are ignored.
    pub fn from_text(text: &str) -> Result<Self, KeyError> {
        let mut body = Zeroizing::new(String::with_capacity(text.len()));
        for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
            body.extend(line.chars().filter(|c| !c.is_whitespace()));
        }
        let bytes = match body.len() {
            64 => from_hex(&body),
            _ => BASE64.decode(body.as_bytes()).ok().map(Zeroizing::new),
        };
        let bytes = bytes.ok_or(KeyError::Format)?;
        let key = Key::from_slice(&bytes).ok_or(KeyError::Format)?;
        if bytes.iter().all(|byte| *byte == bytes[0]) {
            return Err(KeyError::Placeholder);
        }
        Ok(Self(key))
    }

    /// The text of a new key file, with a comment that says what it is.
    pub fn generate(random: &mut dyn Random) -> Zeroizing<String> {
        let key = Key::random(random);
        let mut text = String::from(
            "# gongzhi master key: without it no personal text can be read. Keep a copy apart from the data.\n",
        );
        text.push_str(&hex(key.bytes()));
        text.push('\n');
        Zeroizing::new(text)
    }

    /// Seals backups. Rotating the master key leaves earlier backups to the earlier key.
    pub fn backup_key(&self) -> Key {
        self.0.derive("gongzhi.backup/v1", &[])
    }

    /// Sixteen hexadecimal digits that tell keys apart without revealing them; safe in logs and beside the data.
    pub fn fingerprint(&self) -> String {
        hex(&self.0.derive("gongzhi.fingerprint/v1", &[]).bytes()[..8])
    }

    /// What a secret of this name was before secrets were kept apart: derived. None for other names.
    pub(crate) fn derived(&self, name: Name) -> Key {
        match name {
            Name::Wrap(epoch) => self.0.derive("gongzhi.wrap/v1", &[&epoch.to_be_bytes()]),
            Name::Code => self.0.derive("gongzhi.code/v1", &[]),
            Name::Term => self.0.derive("gongzhi.term/v1", &[]),
            Name::Receipt => self.0.derive("gongzhi.receipt-seed/v1", &[]),
        }
    }

    /// Wraps a secret of the installation; it opens under its own name only.
    pub(crate) fn seal(&self, cipher: Cipher, name: Name, secret: &Key, random: &mut dyn Random) -> Sealed {
        let aad = join("gongzhi.secret/v1", &[name.to_string().as_bytes()]);
        seal::seal(cipher, &self.0.derive("gongzhi.wrap-secret/v1", &[&aad]), &aad, secret.bytes(), random)
    }

    /// Unwraps a secret.
    pub(crate) fn open(&self, name: Name, sealed: &Sealed) -> Result<Key, SealError> {
        let aad = join("gongzhi.secret/v1", &[name.to_string().as_bytes()]);
        let bytes = seal::open(&self.0.derive("gongzhi.wrap-secret/v1", &[&aad]), &aad, sealed)?;
        Key::from_slice(&bytes).ok_or(SealError::Content)
    }
}

/// A secret of the installation, kept in the key file under the master key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// Wraps the keys of matters, for one epoch.
    Wrap(u32),
    /// Makes query codes, and what else is keyed by a matter.
    Code,
    /// Makes search terms.
    Term,
    /// Seeds the key that signs receipts.
    Receipt,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // Ten digits, so that names sort and a row of the next epoch is as long as one of the last.
            Self::Wrap(epoch) => write!(f, "wrap/{epoch:010}"),
            Self::Code => f.write_str("code"),
            Self::Term => f.write_str("term"),
            Self::Receipt => f.write_str("receipt"),
        }
    }
}

impl Name {
    /// Read back; none for a name that this program does not know.
    pub fn parse(text: &str) -> Option<Self> {
        let wrap = text.strip_prefix("wrap/").and_then(|epoch| epoch.parse().ok()).map(Self::Wrap);
        wrap.or_else(|| [Self::Code, Self::Term, Self::Receipt].into_iter().find(|name| name.to_string() == text))
    }
}

/// Names the matter that a key, code or row belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner<'a> {
    /// The cell that holds the matter.
    pub cell: u32,
    /// The matter's id inside the cell, in its stored form.
    pub matter: &'a [u8],
}

impl Owner<'_> {
    /// Unambiguous bytes for associated data and keyed hashes.
    pub fn bind(&self, label: &str, more: &[&[u8]]) -> Vec<u8> {
        let cell = self.cell.to_be_bytes();
        let mut parts: Vec<&[u8]> = vec![&cell, self.matter];
        parts.extend_from_slice(more);
        join(label, &parts)
    }
}

/// Which of a matter's two keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyClass {
    /// What those who handle the matter read: texts, attachments.
    Handlers,
    /// Who raised it.
    Identity,
}

impl KeyClass {
    /// The stored byte.
    pub fn id(self) -> u8 {
        match self {
            Self::Handlers => 1,
            Self::Identity => 2,
        }
    }
}

/// The two random keys of one matter. Destroying both wrapped forms erases the matter's personal content.
#[derive(Clone, Debug)]
pub struct MatterKeys {
    /// See `KeyClass::Handlers`.
    pub handlers: Key,
    /// See `KeyClass::Identity`; none once who the people in it are was erased.
    pub identity: Option<Key>,
}

impl MatterKeys {
    /// Fresh keys.
    pub fn random(random: &mut dyn Random) -> Self {
        Self { handlers: Key::random(random), identity: Some(Key::random(random)) }
    }
}

/// A matter's key as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// `seal::Cipher::id`.
    pub alg: u8,
    /// Which wrap key; epochs let backups of old keys expire.
    pub epoch: u32,
    /// Random.
    pub nonce: [u8; 12],
    /// Encrypted key and tag.
    pub ct: Vec<u8>,
}

impl WrappedKey {
    /// `epoch ‖ alg ‖ nonce ‖ ct` (65 bytes).
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = self.epoch.to_be_bytes().to_vec();
        out.extend(self.sealed().to_bytes());
        out
    }

    /// Reads the stored form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SealError> {
        let (epoch, rest) = bytes.split_first_chunk::<4>().ok_or(SealError::Truncated(bytes.len()))?;
        let Sealed { alg, nonce, ct } = Sealed::from_bytes(rest)?;
        Ok(Self { alg, epoch: u32::from_be_bytes(*epoch), nonce, ct })
    }

    fn sealed(&self) -> Sealed {
        Sealed { alg: self.alg, nonce: self.nonce, ct: self.ct.clone() }
    }
}

/// The wrap key of an epoch.
#[derive(Clone, Copy)]
pub struct Epoch<'a> {
    /// Its number, from 1.
    pub number: u32,
    /// Its key.
    pub key: &'a Key,
}

/// Wraps one key. Each matter gets its own wrapping key below the epoch's, so that random nonces can
/// never meet however many matters there are.
pub fn wrap(
    cipher: Cipher,
    epoch: Epoch<'_>,
    owner: Owner<'_>,
    class: KeyClass,
    key: &Key,
    random: &mut dyn Random,
) -> WrappedKey {
    let aad = wrap_aad(owner, class, epoch.number);
    let own = epoch.key.derive("gongzhi.wrap-one/v1", &[&aad]);
    let Sealed { alg, nonce, ct } = seal::seal(cipher, &own, &aad, key.bytes(), random);
    WrappedKey { alg, epoch: epoch.number, nonce, ct }
}

/// Unwraps one key; refuses a key of another matter, class or epoch.
pub fn unwrap(epoch: &Key, owner: Owner<'_>, class: KeyClass, wrapped: &WrappedKey) -> Result<Key, SealError> {
    let aad = wrap_aad(owner, class, wrapped.epoch);
    let own = epoch.derive("gongzhi.wrap-one/v1", &[&aad]);
    let bytes = seal::open(&own, &aad, &wrapped.sealed())?;
    Key::from_slice(&bytes).ok_or(SealError::Content)
}

fn wrap_aad(owner: Owner<'_>, class: KeyClass, epoch: u32) -> Vec<u8> {
    owner.bind("gongzhi.matter-key/v1", &[&[class.id()], &epoch.to_be_bytes()])
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)] as char, DIGITS[usize::from(b & 15)] as char]).collect()
}

/// Bytes of hexadecimal text in either case; wiped when dropped, as they may be a key.
pub fn from_hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect();
    let digits = Zeroizing::new(digits.filter(|digits| digits.len() % 2 == 0)?);
    Some(Zeroizing::new(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    const OWNER: Owner<'static> = Owner { cell: 3, matter: b"0123456789abcdef" };

    fn master(seed: u64) -> MasterKey {
        MasterKey::from_text(&MasterKey::generate(&mut SeededRandom::new(seed))).expect("generated text is read")
    }

    #[test]
    fn the_key_file_is_read_in_both_spellings() {
        let text = MasterKey::generate(&mut SeededRandom::new(1));
        let key = MasterKey::from_text(&text).expect("hex");
        let base64 = format!("  {}\r\n", BASE64.encode(key.0.bytes()));
        assert_eq!(MasterKey::from_text(&base64).expect("base64").fingerprint(), key.fingerprint());
        let upper = text.lines().last().expect("a line").to_uppercase();
        assert_eq!(MasterKey::from_text(&upper).expect("upper").fingerprint(), key.fingerprint());
        assert_eq!(key.fingerprint().len(), 16);
        for bad in ["", "abcd", "zz", &"é".repeat(32), &text[..text.len() - 3]] {
            assert_eq!(MasterKey::from_text(bad).err(), Some(KeyError::Format));
        }
        assert_eq!(MasterKey::from_text(&"00".repeat(32)).err(), Some(KeyError::Placeholder));
    }

    #[test]
    fn secrets_differ_and_nothing_is_printed() {
        let key = master(1);
        let names = [Name::Wrap(0), Name::Wrap(1), Name::Code, Name::Term, Name::Receipt];
        let all = names.map(|name| key.derived(name));
        for (i, a) in all.iter().enumerate() {
            assert!(all.iter().skip(i + 1).chain([&key.0]).all(|b| a.bytes() != b.bytes()));
        }
        assert!(names.iter().all(|name| Name::parse(&name.to_string()) == Some(*name)));
        assert_eq!(Name::parse("other").or(Name::parse("wrap/x")), None);
        assert_eq!(format!("{key:?}"), "MasterKey(Key(…))");
    }

    #[test]
    fn a_secret_opens_under_its_name_and_master_only() {
        let random = &mut SeededRandom::new(3);
        let (key, secret) = (master(1), Key::random(random));
        for cipher in [Cipher::ChaCha20Poly1305, Cipher::Sm4Gcm] {
            let sealed = key.seal(cipher, Name::Wrap(1), &secret, random);
            assert_eq!(key.open(Name::Wrap(1), &sealed).expect("opens").bytes(), secret.bytes());
            assert_eq!(key.open(Name::Wrap(2), &sealed).err(), Some(SealError::Refused));
            assert_eq!(master(2).open(Name::Wrap(1), &sealed).err(), Some(SealError::Refused));
        }
    }

    #[test]
    fn a_wrapped_key_opens_only_where_it_belongs() {
        let random = &mut SeededRandom::new(9);
        let (wrap_key, other, key) = (Key::random(random), Key::random(random), Key::random(random));
        let epoch = Epoch { number: 7, key: &wrap_key };
        for cipher in [Cipher::ChaCha20Poly1305, Cipher::Sm4Gcm] {
            let handlers = wrap(cipher, epoch, OWNER, KeyClass::Handlers, &key, random);
            let stored = WrappedKey::from_bytes(&handlers.to_bytes()).expect("reads");
            let back = unwrap(&wrap_key, OWNER, KeyClass::Handlers, &stored).expect("opens");
            assert_eq!(back.bytes(), key.bytes());
            let refused = |r: Result<Key, SealError>| assert_eq!(r.err(), Some(SealError::Refused));
            refused(unwrap(&wrap_key, OWNER, KeyClass::Identity, &handlers));
            refused(unwrap(&wrap_key, Owner { cell: 4, ..OWNER }, KeyClass::Handlers, &handlers));
            refused(unwrap(&wrap_key, Owner { matter: b"other", ..OWNER }, KeyClass::Handlers, &handlers));
            refused(unwrap(&other, OWNER, KeyClass::Handlers, &handlers));
            refused(unwrap(&wrap_key, OWNER, KeyClass::Handlers, &WrappedKey { epoch: 8, ..handlers.clone() }));
        }
    }

    #[test]
    fn every_flipped_byte_of_a_wrapped_key_is_noticed() {
        let random = &mut SeededRandom::new(10);
        let (wrap_key, key) = (Key::random(random), Key::random(random));
        let epoch = Epoch { number: 1, key: &wrap_key };
        let bytes = wrap(Cipher::ChaCha20Poly1305, epoch, OWNER, KeyClass::Handlers, &key, random).to_bytes();
        assert_eq!(bytes.len(), 65);
        for at in 0..bytes.len() {
            let mut bad = bytes.clone();
            bad[at] ^= 0x10;
            let result = WrappedKey::from_bytes(&bad).and_then(|w| unwrap(&wrap_key, OWNER, KeyClass::Handlers, &w));
            assert!(result.is_err(), "byte {at}");
        }
    }
}
