//! What a use case can answer instead of success. The web maps it to a status in one place.

use kernel::refusal::Refusal;
pub use store::StoreError;

/// An error of a use case.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// There is no such thing, or this viewer may not know of it.
    #[error("not found")]
    NotFound,
    /// The rules say no; shown to the person with the clause.
    #[error("refused")]
    Refused(Box<Refusal>, Option<std::sync::Arc<kernel::mechanism::Mechanism>>),
    /// The mechanism is not offered there; with the region asked for.
    #[error("not offered in {region}")]
    NotOffered {
        /// The mechanism.
        mechanism: String,
        /// Where.
        region: String,
    },
    /// It is offered there, but nobody would hold it (decisions 18).
    #[error("nobody would hold it in {region}")]
    Nobody {
        /// The mechanism.
        mechanism: std::sync::Arc<kernel::mechanism::Mechanism>,
        /// Where.
        region: kernel::region::RegionCode,
        /// Who is missing.
        unfilled: std::sync::Arc<crate::filled::Unfilled>,
    },
    /// The region lies outside the installation's territory.
    #[error("outside the territory")]
    OutsideTerritory {
        /// Where.
        region: String,
    },
    /// There is no such region.
    #[error("no such region")]
    UnknownRegion {
        /// What was given.
        given: String,
    },
    /// There is no such mechanism.
    #[error("no such mechanism")]
    UnknownMechanism {
        /// What was given.
        given: String,
    },
    /// The same key came before with another request.
    #[error("the idempotency key was used for something else")]
    KeyReused,
    /// Somebody acted at the same moment; look again.
    #[error("the matter has moved on")]
    Conflict,
    /// A code or password was wrong, or there are too many tries; seconds to wait.
    #[error("wrong code")]
    WrongCode {
        /// Seconds to wait before the next try; 0 for none.
        wait: u32,
    },
    /// This address sends more than its pace allows; nothing was taken.
    #[error("too many at once")]
    TooMany {
        /// Seconds to wait before the next one is taken.
        wait: u32,
    },
    /// The file cannot be taken.
    #[error("the attachment cannot be taken")]
    Upload(#[source] crate::upload::Refusal),
    /// The attachment that is named is not there, or is another matter's.
    #[error("no such attachment")]
    UnknownAttachment,
    /// Not signed in.
    #[error("sign in first")]
    SignIn,
    /// Signed in, but this is for others.
    #[error("not for this post")]
    Forbidden,
    /// A letter's template cannot be rendered.
    #[error("the letter cannot be rendered")]
    Letter(String),
    /// The store.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl AppError {
    /// The seconds to wait before trying again, where waiting helps.
    #[must_use]
    pub fn wait(&self) -> Option<u32> {
        match self {
            AppError::WrongCode { wait } | AppError::TooMany { wait } => Some(*wait).filter(|w| *w > 0),
            _ => None,
        }
    }

    /// Damage found in what was stored.
    #[must_use]
    pub fn corrupt(what: impl Into<String>) -> AppError {
        AppError::Store(StoreError::Corrupt { what: what.into() })
    }
}
