//! The receipt of a matter for whoever raised it: the signed promise again, the same to the byte, with what she needs to
//! keep and to check it. The long code is not here: whoever asks already holds it.

use crate::access::Access;
use crate::channel::{arrived, came_in};
use crate::error::AppError;
use crate::installation::App;
use crate::log::{Inclusion, WITHIN_S};
use crate::matter::open_fields;
use crate::raise::committed;
use crate::receipt::{Openings, check, file, qr_svg, qr_text};
use crate::viewer::Viewer;
use kernel::ids::MatterId;
use kernel::text::Text;
use kernel::time::Timestamp;
use sha2::{Digest, Sha256};
use store::LeafKey;

/// A receipt with what belongs to it.
#[derive(Clone, Debug)]
pub struct OwnReceipt {
    /// The short code.
    pub query_code: String,
    /// The signed promise.
    pub receipt: String,
    /// The file to keep: the promise, the inclusion proof once there is one, the openings of her own fields.
    pub file: String,
    /// The same without the openings, to hand on: nothing personal is in it.
    pub bare: String,
    /// Whether the log holds it.
    pub standing: Standing,
    /// Address and promise as a QR code, SVG.
    pub qr: String,
    /// When it had arrived and how it came in, where it was entered later.
    pub arrived: Option<(Timestamp, Option<Text>)>,
    /// Which of the two dates were over when it was entered.
    pub over: (bool, bool),
    /// A few letters of the promise's hash, for comparing by eye.
    pub fingerprint: String,
}

/// Where a promise stands beside the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A signed checkpoint holds it.
    Logged(Inclusion),
    /// Not yet, within the promised time: so many seconds are left.
    Waiting(u32),
    /// Not yet, although the promised time has passed.
    Late,
}

impl Standing {
    /// The proof, once there is one.
    #[must_use]
    pub fn proof(&self) -> Option<&str> {
        match self {
            Standing::Logged(inclusion) => Some(&inclusion.text),
            Standing::Waiting(_) | Standing::Late => None,
        }
    }

    /// What holds of something received then that no checkpoint holds.
    #[must_use]
    pub fn without(received: Timestamp, now: Timestamp) -> Standing {
        let left = received.0 + i64::from(WITHIN_S) * 1000 - now.0;
        match u32::try_from((left + 999) / 1000) {
            Ok(seconds @ 1..) => Standing::Waiting(seconds.min(WITHIN_S)),
            _ => Standing::Late,
        }
    }
}

impl App {
    /// The receipt of her own matter.
    ///
    /// # Errors
    /// `NotFound` for everybody but her.
    pub async fn own_receipt(&self, viewer: &Viewer, id: MatterId) -> Result<OwnReceipt, AppError> {
        let matter = self.matter(id).await?;
        if self.access(viewer, &matter) != Access::Own {
            return Err(AppError::NotFound);
        }
        let first = matter.entries.first().ok_or(AppError::NotFound)?;
        let (receipt, standing) = self.promise(id).await?;
        let mut own = crate::seal::VaultRow::new();
        // What was erased is shown by its commitment, which the promise signs; with nothing left to open nothing is attached.
        if let Some(keys) = &matter.keys {
            let left = |r: &&store::VaultRow| {
                r.seq == first.seq && (keys.identity.is_some() || r.class != kernel::ids::Class::Sealed)
            };
            for row in self.inner.store.vault(id).await?.iter().filter(left) {
                own.extend(open_fields(keys, id, row)?);
            }
        }
        let openings = (!own.is_empty()).then(|| Openings::new(&own, committed(first)));
        let number = self.number_text(id, matter.row.number);
        let text = qr_text(&self.inner.signing, &self.settings().address, &number, &receipt, None);
        let qr = qr_svg(&text, &number).map_err(|e| AppError::corrupt(e.to_string()))?;
        let hash = crate::keys::hex(&Sha256::digest(receipt.as_bytes())[..8]);
        let groups: Vec<&str> = (0..4).map(|n| &hash[n * 4..n * 4 + 4]).collect();
        Ok(OwnReceipt {
            query_code: self.codes(id).short.to_string(),
            file: file(&receipt, standing.proof(), openings.as_ref()),
            bare: file(&receipt, standing.proof(), None),
            standing,
            arrived: arrived(first).map(|at| (at, came_in(&matter.mechanism, first))),
            over: check(&receipt, &self.inner.signing.verifier_key()).map(|r| r.over()).unwrap_or_default(),
            fingerprint: groups.join(" "),
            receipt,
            qr,
        })
    }

    /// The signed promise of any matter, and where it stands beside the log: nothing personal is in either.
    ///
    /// # Errors
    /// `NotFound` where there is no such matter; the store.
    pub async fn promise(&self, id: MatterId) -> Result<(String, Standing), AppError> {
        let loaded = self.inner.store.load(id).await?.ok_or(AppError::NotFound)?;
        let entries = crate::matter::read_chain(id, &loaded.entries, &loaded.matter.head)?;
        let (first, row) = entries.first().zip(loaded.entries.first()).ok_or(AppError::NotFound)?;
        let receipt = self.receipt(id, loaded.matter.number, first, row.hash)?;
        let standing = match self.log_proof(LeafKey::entry(id, first.seq)).await? {
            Some(inclusion) => Standing::Logged(inclusion),
            None => Standing::without(first.at, self.now()),
        };
        Ok((receipt, standing))
    }
}
