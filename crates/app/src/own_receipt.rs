//! The receipt of a matter for whoever raised it: the signed promise again, the same to the byte, with what she needs to
//! keep and to check it. The long code is not here: whoever asks already holds it.

use crate::access::Access;
use crate::error::AppError;
use crate::installation::App;
use crate::matter::open_fields;
use crate::receipt::{Openings, file, qr_svg, qr_text};
use crate::viewer::Viewer;
use kernel::ids::MatterId;
use sha2::{Digest, Sha256};

/// A receipt with what belongs to it.
#[derive(Clone, Debug)]
pub struct OwnReceipt {
    /// The short code.
    pub query_code: String,
    /// The signed promise.
    pub receipt: String,
    /// The file to keep: the promise with the openings of her own fields.
    pub file: String,
    /// Address and promise as a QR code, SVG.
    pub qr: String,
    /// A few letters of the promise's hash, for comparing by eye.
    pub fingerprint: String,
}

impl App {
    /// The receipt of her own matter.
    ///
    /// # Errors
    /// `NotFound` for everybody but her, and where personal text was erased.
    pub async fn own_receipt(&self, viewer: &Viewer, id: MatterId) -> Result<OwnReceipt, AppError> {
        let matter = self.matter(id).await?;
        if self.access(viewer, &matter) != Access::Own {
            return Err(AppError::NotFound);
        }
        let loaded = self.inner.store.load(id).await?.ok_or(AppError::NotFound)?;
        let (first, row) = matter.entries.first().zip(loaded.entries.first()).ok_or(AppError::NotFound)?;
        let keys = matter.keys.as_ref().ok_or(AppError::NotFound)?;
        let receipt = self.receipt(id, matter.row.number, first, row.hash)?;
        let mut own = crate::seal::VaultRow::new();
        for row in self.inner.store.vault(id).await?.iter().filter(|r| r.seq == first.seq) {
            own.extend(open_fields(keys, id, row)?);
        }
        let number = self.number_text(id, matter.row.number);
        let text = qr_text(&self.inner.signing, &self.settings().address, &number, &receipt, None);
        let qr = qr_svg(&text, &number).map_err(|e| AppError::corrupt(e.to_string()))?;
        let hash = crate::keys::hex(&Sha256::digest(receipt.as_bytes())[..8]);
        let groups: Vec<&str> = (0..4).map(|n| &hash[n * 4..n * 4 + 4]).collect();
        Ok(OwnReceipt {
            query_code: self.codes(id).short.to_string(),
            file: file(&receipt, &Openings::new(&own, [])),
            fingerprint: groups.join(" "),
            receipt,
            qr,
        })
    }
}
