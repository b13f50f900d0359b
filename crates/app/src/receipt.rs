//! The receipt: a promise that the installation signs at once, readable and checkable offline.
//!
//! The text is a C2SP signed note (an Ed25519 signature below readable lines), so any checker of such
//! notes can verify it. It proves that the installation promised. In the file that is kept the proof that
//! the matter is in the log follows once there is one, then the openings of the person's own fields.

use std::fmt::Write as _;

use crate::keys::{from_hex, hex};
use crate::log::checkpoint::Checkpoint;
use crate::log::leaf_data;
use crate::log::proof::{self, Proof, ProofError};
use crate::note::{NoteError, SigningKeys, VerifierKey};
use kernel::chain::HashAlg;
use kernel::time::Timestamp;

mod openings;
mod qr;

pub use openings::{Opening, Openings, fields_digest};
pub use qr::{QrError, qr_check, qr_svg, qr_text};

const HEADER: &str = "gongzhi.receipt/v1";
const ARRIVED: &str = "arrived_at";
const ATTACHED: &str = "\ngongzhi.openings/v1\n";

/// What the installation promised. All texts are single lines; dates are as the kernel prints them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The installation's name in its note key.
    pub origin: String,
    /// The matter's public number.
    pub number: String,
    /// When it was received, which is when it was entered (RFC 3339 with offset).
    pub received_at: String,
    /// When it had arrived, where that was before it was entered: a letter, a visit. The dates count from then.
    pub arrived_at: Option<String>,
    /// Which mechanism applies.
    pub mechanism: String,
    /// SHA-256 of the effective mechanism, which is stored for ever under this hash.
    pub mechanism_hash: [u8; 32],
    /// The first entry's hash in the matter's chain.
    pub entry: [u8; 32],
    /// `fields_digest` of the commitments to the fields, so that openings can be checked offline.
    pub fields: [u8; 32],
    /// When the file must end at the latest, without extension or return.
    pub due_by: String,
    /// When the first substantive answer is promised.
    pub promised_by: String,
    /// Within how many seconds the entry is in the signed log.
    pub logged_within_s: u32,
}

/// Why a receipt was not accepted.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ReceiptError {
    /// The signature does not hold.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Signed, but not a receipt of this version.
    #[error("凭证格式不对（{0}）。The text is signed but is no receipt of this version: {0}.")]
    Format(&'static str),
    /// The openings do not belong to this receipt.
    #[error("所附内容与凭证不符。The attached contents do not belong to this receipt.")]
    Openings,
    /// The inclusion proof does not hold, or is another receipt's.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

/// A file that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What was promised.
    pub promise: Receipt,
    /// Where the log holds it, if the file proves that.
    pub logged: Option<Logged>,
    /// The person's own fields, if the file opens them.
    pub openings: Option<Openings>,
}

/// A place in the log, under a signed checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// The place of the leaf, from 0.
    pub index: u64,
    /// What the checkpoint says.
    pub checkpoint: Checkpoint,
    /// The checkpoint itself, with the signatures of others.
    pub note: String,
}

impl Receipt {
    /// As it was signed before receipts named the day of arrival; the same where there is none.
    #[must_use]
    pub fn older(&self) -> Receipt {
        Receipt { arrived_at: None, ..self.clone() }
    }

    /// Which of the two dates, the ordinary and the latest one, were over when the matter was entered.
    #[must_use]
    pub fn over(&self) -> (bool, bool) {
        let time = |text: &str| text.parse::<Timestamp>().ok();
        let entered = time(&self.received_at);
        let over = |text: &str| time(text).zip(entered).is_some_and(|(due, entered)| due < entered);
        (over(&self.due_by), over(&self.promised_by))
    }

    /// The bytes that may stand for it in the log: the promise says the hash of its entry and not by which algorithm, which
    /// the leaf does.
    #[must_use]
    pub fn leaves(&self) -> [[u8; 34]; 2] {
        [HashAlg::Sha256, HashAlg::Sm3].map(|alg| leaf_data(alg.id(), store::LeafKind::Entry, &self.entry))
    }

    /// The one of them that a proof is of; any, where it is of something else.
    pub(crate) fn leaf_of(&self, proof: &Proof) -> [u8; 34] {
        let leaves = self.leaves();
        leaves.into_iter().find(|leaf| leaf[..] == proof.leaf[..]).unwrap_or(leaves[0])
    }
}

/// Signs the promise. The origin is that of the keys; `receipt.origin` is not looked at.
///
/// # Errors
/// `Format` where a value is empty or holds a line break or control character.
pub fn issue(receipt: &Receipt, keys: &SigningKeys) -> Result<String, ReceiptError> {
    let mut body = format!("{HEADER}\n");
    let mut line = |name: &'static str, value: &str| {
        if value.is_empty() || value.trim() != value || value.chars().any(char::is_control) {
            return Err(ReceiptError::Format(name));
        }
        writeln!(body, "{name}: {value}").map_err(|_| ReceiptError::Format(name))
    };
    line("origin", keys.origin())?;
    line("number", &receipt.number)?;
    line("received_at", &receipt.received_at)?;
    if let Some(arrived) = &receipt.arrived_at {
        line(ARRIVED, arrived)?;
    }
    line("mechanism", &receipt.mechanism)?;
    line("mechanism_sha256", &hex(&receipt.mechanism_hash))?;
    line("entry", &hex(&receipt.entry))?;
    line("fields", &hex(&receipt.fields))?;
    line("due_by", &receipt.due_by)?;
    line("promised_by", &receipt.promised_by)?;
    line("logged_within_s", &receipt.logged_within_s.to_string())?;
    Ok(keys.sign(&body)?)
}

/// Verifies a receipt's signature and reads it. Needs nothing but the text and the installation's key.
pub fn check(text: &str, key: &VerifierKey) -> Result<Receipt, ReceiptError> {
    let body = key.verify(text)?;
    let mut lines = body.lines().peekable();
    if lines.next() != Some(HEADER) {
        return Err(ReceiptError::Format("header"));
    }
    let of = |line: &str, name: &str| line.strip_prefix(name).and_then(|l| l.strip_prefix(": ")).map(str::to_owned);
    let mut value = |name: &'static str| match lines.peek().and_then(|line| of(line, name)) {
        Some(found) => lines.next().map(|_| found).ok_or(ReceiptError::Format(name)),
        None => Err(ReceiptError::Format(name)),
    };
    let receipt = Receipt {
        origin: value("origin")?,
        number: value("number")?,
        received_at: value("received_at")?,
        // Receipts of before this line do without it, as do those of what was entered at once.
        arrived_at: value(ARRIVED).ok(),
        mechanism: value("mechanism")?,
        mechanism_hash: hash(&value("mechanism_sha256")?, "mechanism_sha256")?,
        entry: hash(&value("entry")?, "entry")?,
        fields: hash(&value("fields")?, "fields")?,
        due_by: value("due_by")?,
        promised_by: value("promised_by")?,
        logged_within_s: value("logged_within_s")?.parse().map_err(|_| ReceiptError::Format("logged_within_s"))?,
    };
    // What a newer version adds must not be skipped in silence: it may take something back.
    if lines.next().is_some() || receipt.origin != key.origin() {
        return Err(ReceiptError::Format("lines"));
    }
    Ok(receipt)
}

fn hash(text: &str, name: &'static str) -> Result<[u8; 32], ReceiptError> {
    from_hex(text).and_then(|bytes| bytes.as_slice().try_into().ok()).ok_or(ReceiptError::Format(name))
}

/// The file that the person keeps: the signed receipt, the inclusion proof once there is one, her own fields.
#[must_use]
pub fn file(receipt: &str, proof: Option<&str>, openings: Option<&Openings>) -> String {
    let proof = proof.map(|proof| format!("\n{proof}")).unwrap_or_default();
    let openings = openings.map(|o| format!("{ATTACHED}{}\n", o.to_json())).unwrap_or_default();
    format!("{receipt}{proof}{openings}")
}

/// A receipt, checkpoint or QR text as it was written, from how it was saved, pasted or cut: without a byte order mark, with plain
/// line ends, and with one at its end. Between the first and the last sign nothing but line ends is changed.
#[must_use]
pub fn normal(text: &str) -> String {
    format!("{}\n", text.trim_start_matches('\u{feff}').trim().replace("\r\n", "\n"))
}

/// Whether a text, as `normal` leaves it, is that of a QR.
#[must_use]
pub fn is_qr(text: &str) -> bool {
    text.contains("#p=") && text.trim_end().lines().count() == 1
}

/// Checks a file that `file` wrote, or a bare receipt.
pub fn check_file(text: &str, key: &VerifierKey) -> Result<Checked, ReceiptError> {
    let (head, json) = text.split_once(ATTACHED).map_or((text, None), |(head, json)| (head, Some(json)));
    let begins = format!("\n{}\n", proof::HEADER);
    let (note, proof) = match head.find(&begins) {
        Some(at) => (&head[..at], Some(&head[at + 1..])),
        None => (head, None),
    };
    let promise = check(note, key)?;
    let logged = proof.map(|text| logged(text, &promise, key)).transpose()?;
    let openings = json.map(|json| Openings::from_json(json).ok_or(ReceiptError::Openings)).transpose()?;
    if openings.as_ref().is_some_and(|o| o.digest() != promise.fields) {
        return Err(ReceiptError::Openings);
    }
    Ok(Checked { promise, logged, openings })
}

fn logged(text: &str, promise: &Receipt, key: &VerifierKey) -> Result<Logged, ProofError> {
    let proof = Proof::parse(text)?;
    let checkpoint = proof.check(&promise.leaf_of(&proof), key)?;
    Ok(Logged { index: proof.index, checkpoint, note: proof.checkpoint })
}

#[cfg(test)]
mod tests;
