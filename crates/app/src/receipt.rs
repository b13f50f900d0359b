//! The receipt: a promise that the installation signs at once, readable and checkable offline.
//!
//! The text is a C2SP signed note (an Ed25519 signature below readable lines), so any checker of such
//! notes can verify it. It proves that the installation promised, not yet that the matter is in the
//! log: the inclusion proof comes later and elsewhere. Openings of the person's own fields may follow.

use std::fmt::Write as _;

use crate::keys::{from_hex, hex};
use crate::note::{NoteError, SigningKeys, VerifierKey};

mod openings;
mod qr;

pub use openings::{Opening, Openings, fields_digest};
pub use qr::{QrError, qr_check, qr_svg, qr_text};

const HEADER: &str = "gongzhi.receipt/v1";
const ATTACHED: &str = "\ngongzhi.openings/v1\n";

/// What the installation promised. All texts are single lines; dates are as the kernel prints them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The installation's name in its note key.
    pub origin: String,
    /// The matter's public number.
    pub number: String,
    /// When it was received (RFC 3339 with offset).
    pub received_at: String,
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
    let mut lines = body.lines();
    if lines.next() != Some(HEADER) {
        return Err(ReceiptError::Format("header"));
    }
    let mut value = |name: &'static str| {
        let line = lines.next().and_then(|line| line.strip_prefix(name));
        line.and_then(|line| line.strip_prefix(": ")).ok_or(ReceiptError::Format(name))
    };
    let receipt = Receipt {
        origin: value("origin")?.to_owned(),
        number: value("number")?.to_owned(),
        received_at: value("received_at")?.to_owned(),
        mechanism: value("mechanism")?.to_owned(),
        mechanism_hash: hash(value("mechanism_sha256")?, "mechanism_sha256")?,
        entry: hash(value("entry")?, "entry")?,
        fields: hash(value("fields")?, "fields")?,
        due_by: value("due_by")?.to_owned(),
        promised_by: value("promised_by")?.to_owned(),
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

/// The file that the person keeps: the signed receipt, followed by the openings of her own fields.
pub fn file(receipt: &str, openings: &Openings) -> String {
    format!("{receipt}{ATTACHED}{}\n", openings.to_json())
}

/// Checks a file that `file` wrote, or a bare receipt, and gives the promise and the opened fields.
pub fn check_file(text: &str, key: &VerifierKey) -> Result<(Receipt, Option<Openings>), ReceiptError> {
    let Some((note, json)) = text.split_once(ATTACHED) else {
        return Ok((check(text, key)?, None));
    };
    let receipt = check(note, key)?;
    let openings = Openings::from_json(json).ok_or(ReceiptError::Openings)?;
    if openings.digest() != receipt.fields {
        return Err(ReceiptError::Openings);
    }
    Ok((receipt, Some(openings)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Key;
    use crate::random::SeededRandom;
    use crate::seal::VaultField;

    fn keys(seed: u64) -> SigningKeys {
        SigningKeys::from_seed("demo.example/gongzhi", &Key::random(&mut SeededRandom::new(seed))).expect("good name")
    }

    fn openings() -> Openings {
        let random = &mut SeededRandom::new(3);
        let row = [("text", "路灯不亮三天了。\ngongzhi.openings/v1\n"), ("place", "北街")]
            .into_iter()
            .map(|(field, text)| (field.to_owned(), VaultField::new(text, random)))
            .collect();
        Openings::new(&row, [("contact".to_owned(), [9; 32])])
    }

    fn receipt() -> Receipt {
        Receipt {
            origin: "demo.example/gongzhi".into(),
            number: "YX-2026-0941733".into(),
            received_at: "2026-11-21T09:30:00+08:00".into(),
            mechanism: "street-repair 3".into(),
            mechanism_hash: [1; 32],
            entry: [2; 32],
            fields: openings().digest(),
            due_by: "2026-12-11T24:00+08:00".into(),
            promised_by: "15 个工作日 + 听证".into(),
            logged_within_s: 60,
        }
    }

    #[test]
    fn a_receipt_is_readable_and_checks_offline() {
        let text = issue(&receipt(), &keys(1)).expect("issues");
        assert!(text.starts_with("gongzhi.receipt/v1\norigin: demo.example/gongzhi\nnumber: YX-2026-0941733\n"));
        assert!(text.contains("\n\n— demo.example/gongzhi "));
        let key = VerifierKey::parse(&keys(1).verifier_key().to_string()).expect("note key");
        assert_eq!(check(&text, &key), Ok(receipt()));
        assert!(matches!(check(&text, &keys(2).verifier_key()), Err(ReceiptError::Note(_))));
    }

    #[test]
    fn every_flipped_bit_of_the_file_is_noticed() {
        let text = file(&issue(&receipt(), &keys(1)).expect("issues"), &openings());
        let key = keys(1).verifier_key();
        let (_, opened) = check_file(&text, &key).expect("checks");
        assert_eq!(opened, Some(openings()));
        let note = text.find(ATTACHED).expect("attached");
        for at in 0..text.len() {
            for bit in 0..8 {
                let mut bad = text.clone().into_bytes();
                bad[at] ^= 1 << bit;
                let Ok(bad) = String::from_utf8(bad) else {
                    continue;
                };
                let Ok((promise, opened)) = check_file(&bad, &key) else {
                    continue;
                };
                // Blanks between JSON tokens mean nothing; everything that is read must be unchanged.
                assert!(at >= note && promise == receipt() && opened == Some(openings()), "byte {at} bit {bit}: {bad}");
            }
        }
        for len in 0..note {
            if let Some(cut) = text.get(..len) {
                assert!(check_file(cut, &key).is_err(), "cut at {len}");
            }
        }
    }

    #[test]
    fn openings_of_another_receipt_are_refused() {
        let other =
            Openings::new(&[("text".to_owned(), VaultField::new("别的", &mut SeededRandom::new(9)))].into(), []);
        let text = file(&issue(&receipt(), &keys(1)).expect("issues"), &other);
        assert_eq!(check_file(&text, &keys(1).verifier_key()).err(), Some(ReceiptError::Openings));
    }

    #[test]
    fn values_cannot_smuggle_lines() {
        for bad in ["", "a\nnumber: B", " x", "a\r", "a\u{0}"] {
            let forged = Receipt { mechanism: bad.into(), ..receipt() };
            assert_eq!(issue(&forged, &keys(1)).err(), Some(ReceiptError::Format("mechanism")));
        }
    }

    #[test]
    fn a_signed_text_that_is_no_receipt_is_refused() {
        let keys = keys(1);
        let key = keys.verifier_key();
        let other = keys.sign("gongzhi.receipt/v2\nx\n").expect("signs");
        assert_eq!(check(&other, &key).err(), Some(ReceiptError::Format("header")));
        let text = issue(&receipt(), &keys).expect("issues");
        let body = text.split("\n\n").next().expect("body");
        let more = keys.sign(&format!("{body}\nvoid: yes\n")).expect("signs");
        assert_eq!(check(&more, &key).err(), Some(ReceiptError::Format("lines")));
    }
}
