//! Passwords of staff accounts, and the random tokens of sessions and API clients.
//!
//! Passwords are stored as Argon2id in PHC form. Tokens have 128 random bits, so a plain SHA-256 of them
//! is enough for the database. Back-off, expiry and the rule for good passwords live elsewhere.

use std::fmt;
use std::sync::OnceLock;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::random::{self, Random};

/// Marks our tokens, so that scanners of leaked secrets can find them.
const PREFIX: &str = "gz_";
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const TOKEN_CHARS: usize = 26;
/// Longer input is refused: hashing it would be a way to keep the server busy.
const MAX_PASSWORD: usize = 1024;

/// Why a password could not be hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("口令为空或超过 {MAX_PASSWORD} 字节。The password is empty or longer than {MAX_PASSWORD} bytes.")]
pub struct PasswordError;

/// OWASP's parameters for Argon2id: 19 MiB, two passes, one lane.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("invariant: these parameters are valid");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The text to store for a password.
pub fn hash(password: &str, random: &mut dyn Random) -> Result<String, PasswordError> {
    if password.is_empty() || password.len() > MAX_PASSWORD {
        return Err(PasswordError);
    }
    let salt = random::bytes::<16>(random);
    let hashed = argon2().hash_password_with_salt(password.as_bytes(), &salt).map_err(|_| PasswordError)?;
    Ok(hashed.to_string())
}

/// Is this the password? For an account that does not exist pass `None`: the work is the same. Takes
/// tens of milliseconds; run it off the event loop and limit how many run at once.
pub fn verify(stored: Option<&str>, password: &str) -> bool {
    static NOBODY: OnceLock<String> = OnceLock::new();
    let nobody = NOBODY.get_or_init(|| {
        let hashed = argon2().hash_password_with_salt(b"nobody", &[0; 16]);
        hashed.expect("invariant: fixed input hashes").to_string()
    });
    if password.len() > MAX_PASSWORD {
        return false;
    }
    let Ok(parsed) = PasswordHash::new(stored.unwrap_or(nobody)) else {
        return false;
    };
    argon2().verify_password(password.as_bytes(), &parsed).is_ok() && stored.is_some()
}

/// A bearer secret: given to its owner once, then known by its digest only.
#[derive(Clone)]
pub struct Token(Zeroizing<String>);

impl Token {
    /// A fresh token of 128 random bits.
    pub fn random(random: &mut dyn Random) -> Self {
        let value = u128::from_be_bytes(random::bytes(random));
        let letter = |at: usize| LETTERS[((value >> (5 * at)) & 31) as usize] as char;
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + TOKEN_CHARS));
        text.push_str(PREFIX);
        text.extend((0..TOKEN_CHARS).map(letter));
        Self(text)
    }

    /// Reads what a client sent; `None` if it cannot be one of ours.
    pub fn parse(text: &str) -> Option<Self> {
        let body = text.strip_prefix(PREFIX)?;
        let good = body.len() == TOKEN_CHARS && body.bytes().all(|b| LETTERS.contains(&b));
        good.then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The secret, to hand out once.
    pub fn secret(&self) -> &str {
        &self.0
    }

    /// What is stored and looked up.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// A password that one can read aloud and type, such as `lan-shan-hua-4821`: for the demo region and first
/// sign-ins only (about 31 bits).
pub fn readable(random: &mut dyn Random) -> String {
    const SYLLABLES: [&str; 64] = [
        "an", "bai", "ban", "bei", "cai", "chen", "chun", "da", "deng", "dong", "fang", "feng", "fu", "gao", "gu",
        "guang", "hai", "han", "he", "hong", "hu", "hua", "jia", "jiang", "jin", "jing", "kai", "lan", "lei", "li",
        "lian", "lin", "ling", "long", "lu", "mei", "ming", "mu", "nan", "ning", "ping", "qi", "qing", "qiu", "ren",
        "rong", "shan", "shi", "shu", "song", "tai", "tang", "tian", "wan", "wei", "wen", "xi", "xia", "xin", "xue",
        "yan", "yu", "yun", "zhu",
    ];
    let bytes: [u8; 7] = random::bytes(random);
    let word = |at: usize| SYLLABLES[usize::from(bytes[at] % 64)];
    let digits = u32::from_be_bytes([bytes[3], bytes[4], bytes[5], bytes[6]]) % 10_000;
    format!("{}-{}-{}-{digits:04}", word(0), word(1), word(2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    #[test]
    fn a_password_opens_only_its_own_account() {
        let random = &mut SeededRandom::new(1);
        let stored = hash("山河无恙 2026", random).expect("hashes");
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(verify(Some(&stored), "山河无恙 2026"));
        assert!(!verify(Some(&stored), "山河无恙 2027"));
        assert!(!verify(Some(&stored), ""));
        assert!(!verify(Some("damaged"), "山河无恙 2026"));
        assert!(!verify(None, "nobody"));
        assert_ne!(stored, hash("山河无恙 2026", random).expect("hashes"));
        assert_eq!(hash("", random), Err(PasswordError));
        assert_eq!(hash(&"x".repeat(MAX_PASSWORD + 1), random), Err(PasswordError));
    }

    #[test]
    fn a_changed_stored_hash_opens_nothing() {
        let stored = hash("right", &mut SeededRandom::new(2)).expect("hashes");
        let at = stored.len() - 5;
        let other = if stored.as_bytes()[at] == b'A' { "B" } else { "A" };
        let mut bad = stored;
        bad.replace_range(at..=at, other);
        assert!(!verify(Some(&bad), "right"));
    }

    #[test]
    fn tokens_are_recognised_and_hidden() {
        let random = &mut SeededRandom::new(3);
        let (one, two) = (Token::random(random), Token::random(random));
        assert_ne!(one.digest(), two.digest());
        assert_eq!(Token::parse(one.secret()).expect("ours").digest(), one.digest());
        assert!(one.secret().starts_with("gz_") && one.secret().len() == 29);
        assert_eq!(format!("{one:?}"), "Token(…)");
        let short = &one.secret()[..28];
        for bad in ["", "gz_", "xx_abc", short, &format!("{short}!")] {
            assert!(Token::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn demo_passwords_can_be_read_aloud() {
        let random = &mut SeededRandom::new(4);
        let (one, two) = (readable(random), readable(random));
        assert_ne!(one, two);
        assert_eq!(one.split('-').count(), 4);
        assert!(one.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
    }
}
