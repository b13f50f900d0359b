//! An inclusion proof as a text of its own, as C2SP tlog-proof says: the place, the hashes, the signed checkpoint.
//! The line `extra` holds the leaf's bytes, so that a tool that knows nothing of us can hash it; whoever checks a receipt
//! compares it with the receipt.

use super::checkpoint::{Checkpoint, number};
use super::tree::{Hash, includes, leaf_hash};
use crate::note::{NoteError, VerifierKey};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

/// The first line.
pub const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// A proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The leaf's bytes.
    pub leaf: Vec<u8>,
    /// Its place.
    pub index: u64,
    /// From its neighbour up to below the root.
    pub hashes: Vec<Hash>,
    /// The signed checkpoint.
    pub checkpoint: String,
}

/// Why a proof was not accepted.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ProofError {
    /// Not a proof of this version.
    #[error("入册证明格式不对。This is no inclusion proof of this version.")]
    Format,
    /// The checkpoint is not this installation's, or was changed.
    #[error("账本签名不成立：{0}")]
    Checkpoint(NoteError),
    /// The leaf does not lie where the proof says.
    #[error("入册证明不成立：该记录不在所附账本中。The entry is not in the log that the proof shows.")]
    NotIncluded,
    /// The proof is of something else.
    #[error("入册证明不是这张凭证的。The proof belongs to another receipt.")]
    Other,
}

impl Proof {
    /// The text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{HEADER}\nextra {}\nindex {}\n", BASE64.encode(&self.leaf), self.index);
        for hash in &self.hashes {
            text.push_str(&BASE64.encode(hash));
            text.push('\n');
        }
        format!("{text}\n{}", self.checkpoint)
    }

    /// Reads the text; nothing is believed yet.
    ///
    /// # Errors
    /// `Format`
    pub fn parse(text: &str) -> Result<Proof, ProofError> {
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ProofError::Format)?;
        let mut lines = head.split('\n');
        let mut after = |name: &str| lines.next().and_then(|l| l.strip_prefix(name)).ok_or(ProofError::Format);
        if !after(HEADER)?.is_empty() {
            return Err(ProofError::Format);
        }
        let decode = |text: &str| BASE64.decode(text).map_err(|_| ProofError::Format);
        let leaf = decode(after("extra ")?)?;
        let index = number(after("index ")?).ok_or(ProofError::Format)?;
        let hash = |line: &str| decode(line)?.try_into().map_err(|_| ProofError::Format);
        let hashes = lines.map(hash).collect::<Result<_, _>>()?;
        Ok(Proof { leaf, index, hashes, checkpoint: checkpoint.to_owned() })
    }

    /// Whether it leads from this leaf to a checkpoint of this key; the checkpoint.
    ///
    /// # Errors
    /// What does not hold.
    pub fn check(&self, leaf: &[u8], key: &VerifierKey) -> Result<Checkpoint, ProofError> {
        if leaf != self.leaf {
            return Err(ProofError::Other);
        }
        let checkpoint = Checkpoint::read(&self.checkpoint, key).map_err(ProofError::Checkpoint)?;
        let holds = includes(leaf_hash(leaf), self.index, checkpoint.size, &self.hashes, &checkpoint.root);
        if holds { Ok(checkpoint) } else { Err(ProofError::NotIncluded) }
    }
}
