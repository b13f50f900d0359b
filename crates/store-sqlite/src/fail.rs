//! From SQLite's errors to what the caller should do about them. Statements and values never appear in the words.

use rusqlite::ErrorCode as Code;
use store::StoreError;

/// A failure inside the store, before it is known during what.
#[derive(Debug)]
pub enum Fail {
    /// SQLite's.
    Sql(rusqlite::Error),
    /// The port's own.
    Store(StoreError),
}

/// What a statement gives.
pub type Run<T> = Result<T, Fail>;

impl From<rusqlite::Error> for Fail {
    fn from(error: rusqlite::Error) -> Self {
        Fail::Sql(error)
    }
}

impl From<StoreError> for Fail {
    fn from(error: StoreError) -> Self {
        Fail::Store(error)
    }
}

impl Fail {
    /// Data that cannot be what was written.
    pub fn corrupt(what: impl Into<String>) -> Self {
        Fail::Store(StoreError::Corrupt { what: what.into() })
    }

    /// As the port says it.
    pub fn during(self, during: &'static str) -> StoreError {
        let error = match self {
            Fail::Store(error) => return error,
            Fail::Sql(error) => error,
        };
        match code(&error) {
            Some(Code::DiskFull | Code::ReadOnly | Code::SystemIoFailure) => StoreError::ReadOnly(Box::new(error)),
            Some(Code::ConstraintViolation) => StoreError::Conflict,
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => {
                StoreError::Corrupt { what: format!("the database file, during {during}") }
            }
            Some(_) => StoreError::Unavailable { during, source: Box::new(error) },
            None if is_row(&error) => StoreError::Corrupt { what: format!("a row, during {during}: {error}") },
            None => StoreError::Unavailable { during, source: Box::new(error) },
        }
    }
}

/// SQLite's primary code.
pub fn code(error: &rusqlite::Error) -> Option<Code> {
    error.sqlite_error_code()
}

fn is_row(error: &rusqlite::Error) -> bool {
    use rusqlite::Error as E;
    matches!(
        error,
        E::FromSqlConversionFailure(..) | E::IntegralValueOutOfRange(..) | E::Utf8Error(..) | E::InvalidColumnType(..)
    )
}
