//! A checkpoint of the log as C2SP tlog-checkpoint says: origin, size and root, signed as a note.
//! Further signatures (witnesses, one of another algorithm) may stand below ours; they are not judged here.

use super::tree::Hash;
use crate::note::{NoteError, VerifierKey};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

/// What a checkpoint says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose log.
    pub origin: String,
    /// Over how many leaves.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

impl Checkpoint {
    /// The text that is signed.
    #[must_use]
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, BASE64.encode(self.root))
    }

    /// Reads a signed checkpoint of the key's own log, or of the log that the same key opened after a loss that it declared:
    /// its name is the key's with `/2`, `/3` … behind it. Lines after the third are extensions and mean nothing here.
    ///
    /// # Errors
    /// What is wrong with the note; `Format` if it is signed and no checkpoint of this log.
    pub fn read(note: &str, key: &VerifierKey) -> Result<Checkpoint, NoteError> {
        let named = note.lines().next().unwrap_or_default();
        let later = named.strip_prefix(key.origin()).and_then(|rest| rest.strip_prefix('/')).and_then(number);
        let key = if later.is_some_and(|n| n > 1) { key.named(named)? } else { key.clone() };
        let mut lines = key.verify(note)?.lines();
        let mut line = || lines.next().ok_or(NoteError::Format);
        let (origin, size, root) = (line()?, line()?, line()?);
        let root = BASE64.decode(root).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(NoteError::Format)?;
        let size = number(size).ok_or(NoteError::Format)?;
        if origin != key.origin() {
            return Err(NoteError::Format);
        }
        Ok(Checkpoint { origin: origin.to_owned(), size, root })
    }
}

/// The size that a checkpoint says, believed by nobody.
#[must_use]
pub fn size_of(note: &str) -> Option<u64> {
    number(note.lines().nth(1)?)
}

/// A number as these formats write it: no sign, no zero in front.
pub(crate) fn number(text: &str) -> Option<u64> {
    text.parse().ok().filter(|n: &u64| n.to_string() == text)
}
