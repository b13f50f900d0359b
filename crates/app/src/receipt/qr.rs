//! The receipt in a QR code: address, number, a short digest of the promise and a signature over these.
//!
//! Everything but the address of the matter stands behind `#`, which a browser never sends: neither the
//! long code nor the signature reaches a server log or a Referer.

use std::fmt::Write as _;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use fast_qr::{ECL, QRBuilder};
use sha2::{Digest, Sha256};

use crate::note::{SigningKeys, VerifierKey};
use crate::seal::join;

/// Why a QR could not be made or believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QrError {
    /// Longer than a QR can hold.
    #[error("the text is too long for a QR code: shorten the installation's address")]
    TooLong,
    /// Not written by `qr_text`.
    #[error("二维码内容不完整。The QR text is incomplete.")]
    Format,
    /// The signature does not hold, or the QR belongs to another receipt.
    #[error("二维码与凭证不符。The QR does not belong to this receipt.")]
    Refused,
}

/// The text for the QR. `address` is the installation's public address without a closing slash;
/// `long_code` only where the QR is meant to open the matter's content.
pub fn qr_text(keys: &SigningKeys, address: &str, number: &str, receipt: &str, long_code: Option<&str>) -> String {
    let page = format!("{address}/m/{number}");
    let digest = digest(receipt);
    let signature = keys.sign_raw(&message(&page, &digest));
    let code = long_code.map(|code| format!("&c={}", code.replace('-', ""))).unwrap_or_default();
    format!("{page}#p={}&s={}{code}", BASE64.encode(digest), BASE64.encode(signature))
}

/// Does the QR's text carry a promise of this key, and (if the receipt is at hand) for this receipt?
/// Gives the address of the matter's page.
pub fn qr_check<'t>(text: &'t str, key: &VerifierKey, receipt: Option<&str>) -> Result<&'t str, QrError> {
    let (page, rest) = text.split_once("#p=").ok_or(QrError::Format)?;
    let (promise, rest) = rest.split_once("&s=").ok_or(QrError::Format)?;
    let signature = rest.split('&').next().unwrap_or_default();
    let decode = |text: &str| BASE64.decode(text).map_err(|_| QrError::Format);
    let promised: [u8; 16] = decode(promise)?.try_into().map_err(|_| QrError::Format)?;
    let signature: [u8; 64] = decode(signature)?.try_into().map_err(|_| QrError::Format)?;
    let same = receipt.is_none_or(|receipt| digest(receipt) == promised);
    if same && key.verify_raw(&message(page, &promised), &signature) { Ok(page) } else { Err(QrError::Refused) }
}

fn digest(receipt: &str) -> [u8; 16] {
    let full = Sha256::digest(receipt.as_bytes());
    full[..16].try_into().expect("invariant: SHA-256 has 32 bytes")
}

fn message(page: &str, digest: &[u8; 16]) -> Vec<u8> {
    join("gongzhi.qr/v1", &[page.as_bytes(), digest])
}

/// An SVG of the QR with an accessible title, one path, no script and no style: fit for a strict CSP.
pub fn qr_svg(text: &str, title: &str) -> Result<String, QrError> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().map_err(|_| QrError::TooLong)?;
    let (quiet, size) = (4, code.size);
    let side = size + 2 * quiet;
    let mut path = String::new();
    for y in 0..size {
        let mut x = 0;
        while x < size {
            let run = (x..size).take_while(|x| code[y][*x].value()).count();
            if run > 0 {
                write!(path, "M{} {}h{run}v1h-{run}z", x + quiet, y + quiet).map_err(|_| QrError::TooLong)?;
            }
            x += run.max(1);
        }
    }
    let title = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <title>{title}</title><path fill=\"#fff\" d=\"M0 0h{side}v{side}H0z\"/><path d=\"{path}\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::Key;
    use crate::random::SeededRandom;

    const NUMBER: &str = "YX-2026-0941733";

    fn keys() -> SigningKeys {
        SigningKeys::from_seed("demo.example/gongzhi", &Key::random(&mut SeededRandom::new(1))).expect("good name")
    }

    fn text() -> String {
        let address = "https://gongzhi.a-rather-long-county-name.gov.example";
        qr_text(&keys(), address, NUMBER, "the receipt", Some("ABCD-ABCD-ABCD-ABCD-ABCD-ABCD-ABC"))
    }

    #[test]
    fn a_qr_of_version_15_suffices() {
        let code = QRBuilder::new(text()).ecl(ECL::M).build().expect("fits");
        let version = (code.size - 17) / 4;
        assert!(version <= 15, "version {version} for {} bytes", text().len());
    }

    #[test]
    fn every_flipped_bit_before_the_code_is_noticed() {
        let (text, key) = (text(), keys().verifier_key());
        let page = qr_check(&text, &key, Some("the receipt")).expect("checks");
        assert!(page.ends_with(&format!("/m/{NUMBER}")) && !page.contains('#'));
        assert_eq!(qr_check(&text, &key, Some("another")), Err(QrError::Refused));
        for at in 0..text.find("&c=").expect("has a code") {
            for bit in 0..7 {
                let mut bad = text.clone().into_bytes();
                bad[at] ^= 1 << bit;
                let bad = String::from_utf8(bad).expect("ascii");
                assert!(qr_check(&bad, &key, None).is_err(), "byte {at} bit {bit}");
            }
        }
    }

    #[test]
    fn the_svg_is_small_titled_and_inert() {
        let svg = qr_svg(&text(), "YX <回执>").expect("fits");
        assert!(svg.contains("<title>YX &lt;回执&gt;</title>") && svg.contains("role=\"img\""));
        assert!(!svg.contains("script") && !svg.contains("style"));
        assert!(svg.len() < 32_000, "{}", svg.len());
        assert_eq!(qr_svg(&"x".repeat(5000), "t"), Err(QrError::TooLong));
    }
}
