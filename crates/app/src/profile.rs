//! Which cipher and which hash new rows are written with. Old rows keep theirs: each names its own.
//! Not covered: what is derived from secrets (HMAC-SHA256) and the signature of receipts (Ed25519).

use crate::error::AppError;
use crate::seal::Cipher;
use kernel::chain::HashAlg;
use std::fmt;
use std::str::FromStr;
use store::Store;

/// The setting that keeps the profile.
pub const SETTING: &str = "crypto";

/// A cipher and a hash that go together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// ChaCha20-Poly1305 and SHA-256.
    #[default]
    Standard,
    /// The commercial cryptography of China: SM4-GCM and SM3.
    Sm,
}

impl Profile {
    /// What text, attachments and keys are sealed with.
    #[must_use]
    pub fn cipher(self) -> Cipher {
        match self {
            Self::Standard => Cipher::ChaCha20Poly1305,
            Self::Sm => Cipher::Sm4Gcm,
        }
    }

    /// What chains and commitments are hashed with.
    #[must_use]
    pub fn hash(self) -> HashAlg {
        match self {
            Self::Standard => HashAlg::Sha256,
            Self::Sm => HashAlg::Sm3,
        }
    }

    /// The profile of an installation.
    ///
    /// # Errors
    /// The store; `Corrupt` for a profile that this program does not know.
    pub async fn of(store: &dyn Store) -> Result<Self, AppError> {
        let Some(word) = store.setting(SETTING).await? else { return Ok(Self::default()) };
        word.parse().map_err(|e: UnknownProfile| AppError::corrupt(e.to_string()))
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Standard => "standard",
            Self::Sm => "sm",
        })
    }
}

/// No such profile.
#[derive(Debug, thiserror::Error)]
#[error("there is no profile {0}; say standard or sm")]
pub struct UnknownProfile(String);

impl FromStr for Profile {
    type Err = UnknownProfile;

    fn from_str(word: &str) -> Result<Self, UnknownProfile> {
        let known = [Self::Standard, Self::Sm].into_iter().find(|p| p.to_string() == word);
        known.ok_or_else(|| UnknownProfile(word.to_owned()))
    }
}
