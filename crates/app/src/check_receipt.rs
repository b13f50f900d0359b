//! Checking a receipt for whoever brings it: is it ours, does it say what was received, does the log hold it.
//! Knows nobody: whoever holds a signed receipt or its QR may learn what stands in it, and no more. The same check without
//! us is `gongzhi prove --check`.

use crate::error::AppError;
use crate::installation::App;
use crate::log::Inclusion;
use crate::log::loss::Loss;
use crate::log::proof::Proof;
use crate::own_receipt::Standing;
use crate::receipt::{
    Opening, QrError, Receipt, ReceiptError, check, check_file, file, is_qr, issue, normal, qr_check,
};
use kernel::chain::hex;
use kernel::text::Text;
use kernel::time::Timestamp;

/// The longest text that is looked at.
pub const LONGEST: usize = 256 * 1024;

/// A receipt that is ours.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What was promised.
    pub promise: Receipt,
    /// The mechanism by its name.
    pub mechanism: Option<Text>,
    /// What the file opens: the field's name and the words, which are those that the promise was signed over.
    pub opened: Vec<(Text, String)>,
    /// Only the QR was given, not the text.
    pub qr: bool,
    /// Whether the log holds it.
    pub held: Held,
    /// The receipt with its proof, without what it opens, for whoever brought one without.
    pub file: Option<String>,
}

/// Whether the log holds what was promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// It does.
    Yes(Inclusion),
    /// Not yet, within the promised time: seconds.
    Soon(u32),
    /// It does not, and should.
    No,
    /// It does not: what was received then was lost, and the loss was declared.
    Lost(Box<Loss>),
}

/// Why it is not one of ours.
#[derive(Debug, thiserror::Error)]
pub enum NotOurs {
    /// The text.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
    /// The QR.
    #[error(transparent)]
    Qr(#[from] QrError),
    /// The store.
    #[error(transparent)]
    App(#[from] AppError),
}

impl App {
    /// Checks a receipt file, a promise, or the text of a QR, as somebody pasted it.
    ///
    /// # Errors
    /// What is wrong with it; the store.
    pub async fn check_receipt(&self, text: &str) -> Result<Checked, NotOurs> {
        let text = &normal(text);
        if text.len() > LONGEST {
            return Err(ReceiptError::Format("length").into());
        }
        let key = self.inner.signing.verifier_key();
        if is_qr(text) {
            return self.check_qr(text.trim_end()).await;
        }
        // Our key signs other notes too: what is no receipt at all must not be called a receipt that was changed.
        if !text.starts_with("gongzhi.receipt/") {
            return Err(ReceiptError::Format("header").into());
        }
        let found = check_file(text, &key)?;
        let (mut held, mine) = self.held(&found.promise).await?;
        if let Some(loss) = self.lost(&found).filter(|_| held == Held::No) {
            held = Held::Lost(Box::new(loss));
        }
        let bare = if found.logged.is_none() { held.proof().zip(mine) } else { None };
        let file = bare.map(|(proof, note)| file(&note, Some(proof), None));
        let opened = found.openings.iter().flat_map(|o| o.fields());
        let opened = opened.filter_map(|(field, o)| match o {
            Opening::Open(value) => Some((field.clone(), value.text.clone())),
            Opening::Closed(_) => None,
        });
        self.shown(found.promise, opened.collect(), false, held, file).await
    }

    async fn check_qr(&self, text: &str) -> Result<Checked, NotOurs> {
        let key = self.inner.signing.verifier_key();
        let page = qr_check(text, &key, None)?;
        let number = page.rsplit('/').next().unwrap_or_default();
        let note = match self.by_number(number).await {
            Ok(id) => self.promise(id).await?.0,
            Err(AppError::NotFound) => return Err(QrError::Refused.into()),
            Err(e) => return Err(e.into()),
        };
        let promise = check(&note, &key)?;
        // It may be the QR of a receipt that was given out before receipts named the day of arrival.
        let before = issue(&promise.older(), &self.inner.signing)?;
        let note = if qr_check(text, &key, Some(&note)).is_ok() { note } else { before };
        qr_check(text, &key, Some(&note))?;
        let promise = check(&note, &key)?;
        let (held, _) = self.held(&promise).await?;
        let file = held.proof().map(|proof| file(&note, Some(proof), None));
        self.shown(promise, Vec::new(), true, held, file).await
    }

    /// The declared loss that a receipt fell into: by its line, or by when it was received where it has none.
    fn lost(&self, found: &crate::receipt::Checked) -> Option<Loss> {
        let received: Timestamp = found.promise.received_at.parse().ok()?;
        let before = |loss: &&Loss| match &found.logged {
            Some(logged) => loss.covers(&logged.checkpoint.origin, logged.index, received),
            None => received < loss.at,
        };
        self.losses().iter().find(before).cloned()
    }

    /// Whether the log holds it, and the promise as we sign it now.
    async fn held(&self, promise: &Receipt) -> Result<(Held, Option<String>), AppError> {
        let id = match self.by_number(&promise.number).await {
            Ok(id) => id,
            Err(AppError::NotFound) => return Ok((Held::No, None)),
            Err(e) => return Err(e),
        };
        let (note, standing) = self.promise(id).await?;
        let key = self.inner.signing.verifier_key();
        let same = check(&note, &key).is_ok_and(|ours| ours == *promise || ours.older() == *promise);
        let proves = |i: &Inclusion| Proof::parse(&i.text).and_then(|p| p.check(&promise.leaf_of(&p), &key)).is_ok();
        let held = match standing {
            Standing::Logged(inclusion) if same && proves(&inclusion) => Held::Yes(inclusion),
            Standing::Waiting(seconds) if same => Held::Soon(seconds),
            _ => Held::No,
        };
        Ok((held, same.then_some(note)))
    }

    async fn shown(
        &self,
        promise: Receipt,
        opened: Vec<(String, String)>,
        qr: bool,
        held: Held,
        file: Option<String>,
    ) -> Result<Checked, NotOurs> {
        let mechanism = self.version(&hex(&promise.mechanism_hash)).await.ok();
        let label = |field: &str| {
            let known = mechanism.as_ref().and_then(|m| m.field.get(field));
            known.map_or_else(|| Text { zh: field.to_owned(), en: field.to_owned() }, |f| f.label.clone())
        };
        let opened = opened.into_iter().map(|(field, text)| (label(&field), text)).collect();
        let mechanism = mechanism.as_ref().map(|m| m.mechanism.name.clone());
        Ok(Checked { promise, mechanism, opened, qr, held, file })
    }
}

impl Held {
    fn proof(&self) -> Option<&str> {
        match self {
            Held::Yes(inclusion) => Some(&inclusion.text),
            Held::Soon(_) | Held::No | Held::Lost(_) => None,
        }
    }
}
