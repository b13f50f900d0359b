//! Attachments: staged first, checked by content, drawn anew without place data, sealed; claimed by the append that names them.

use crate::error::AppError;
use crate::installation::App;
use crate::keys::{Key, MatterKeys};
use crate::matter::{opened, stored};
use crate::seal::{SealedBlob, blob_id, is_content_id, open_blob_key, open_blob_with, seal_blob, wrap_blob_key};
use crate::viewer::Viewer;
use kernel::decide::Decision;
use kernel::ids::{Cell, MatterId};
use kernel::mechanism::FieldKind;
use kernel::region::RegionCode;
use kernel::sketch::Sketch;
use store::{BlobRow, Sealed};

/// A staged attachment.
#[derive(Clone, Debug)]
pub struct Staged {
    /// The id to name in a form.
    pub id: String,
    /// What it is.
    pub mime: String,
    /// How large, after it was drawn anew.
    pub size: u32,
}

/// An attachment to be shown.
pub struct Attachment {
    /// What it is.
    pub mime: String,
    /// The content.
    pub content: Vec<u8>,
    /// The name to save it under.
    pub name: String,
    /// May be shown in a page.
    pub inline: bool,
}

/// The picture that lies under a sketch.
pub(crate) fn base(text: &str) -> Option<String> {
    Sketch::read(text).ok()?.base
}

/// Checks a file beside the event loop: to decode a picture takes longer than a page may wait for.
async fn check(content: Vec<u8>) -> Result<crate::upload::Accepted, AppError> {
    let checking = tokio::task::spawn_blocking(move || crate::upload::check(&content, None));
    let checked = checking.await.map_err(|e| AppError::corrupt(format!("checking an attachment broke off: {e}")))?;
    checked.map_err(AppError::Upload)
}

impl App {
    /// Stages a file for a matter of this region.
    ///
    /// # Errors
    /// `Upload` with what is wrong and what to do.
    pub async fn stage(&self, region: &RegionCode, content: Vec<u8>) -> Result<Staged, AppError> {
        let accepted = check(content).await?;
        let mut random = self.random();
        let cell = self.cell_of(region);
        let size = u32::try_from(accepted.content.len()).unwrap_or(u32::MAX);
        let mime = accepted.kind.media_type().to_owned();
        let cipher = self.inner.profile.cipher();
        let (id, blob) = seal_blob(cipher, &self.staging_key(), &mime, &accepted.content, random.as_mut())
            .map_err(|e| AppError::corrupt(e.to_string()))?;
        let row = BlobRow {
            id: id.clone(),
            cell,
            matter: None,
            at: self.now(),
            mime: mime.clone(),
            size,
            key: stored(blob.key),
            content: stored(blob.body),
        };
        self.inner.store.put_blob(row).await?;
        Ok(Staged { id, mime, size })
    }

    /// The key of what is staged and belongs to no matter yet.
    fn staging_key(&self) -> Key {
        self.inner.keyring.code_key().derive("gongzhi.staging/v1", &[])
    }

    /// Wraps the keys of the attachments that a decision names under the matter's own key.
    pub(crate) async fn claim_blobs(
        &self,
        id: MatterId,
        decision: &Decision,
        keys: &MatterKeys,
    ) -> Result<Vec<(String, Sealed)>, AppError> {
        let Some(opened_file) = decision.file.opened.as_ref() else { return Ok(Vec::new()) };
        let mechanism = self.inner.catalogue.version(&opened_file.version, None)?;
        let is = |f: &str, kind| mechanism.as_ref().and_then(|m| m.field.get(f)).is_some_and(|f| f.kind == kind);
        let files = crate::raise::files(decision, |f| is(f, FieldKind::Files));
        let mut claimed: Vec<(String, Sealed)> = Vec::new();
        let mut random = self.random();
        let under = decision.personal.iter().filter(|p| is(&p.field, FieldKind::Sketch));
        let under: Vec<String> = under.filter_map(|p| base(&p.content)).collect();
        for blob_id in files.iter().chain(&under) {
            let drawn_over = under.contains(blob_id);
            let row = self.inner.store.find_blob(id.cell, blob_id).await?.ok_or(AppError::UnknownAttachment)?;
            if drawn_over && !row.mime.starts_with("image/") {
                return Err(AppError::UnknownAttachment);
            }
            // A photo of this matter may be drawn over again and again; it is claimed once.
            if (drawn_over && row.matter == Some(id)) || claimed.iter().any(|(c, _)| c == blob_id) {
                continue;
            }
            if row.matter.is_some() {
                return Err(AppError::UnknownAttachment);
            }
            let own = open_blob_key(&self.staging_key(), blob_id.as_bytes(), &opened(&row.key)?)
                .map_err(|_| AppError::UnknownAttachment)?;
            claimed.push((
                blob_id.clone(),
                stored(wrap_blob_key(
                    self.inner.profile.cipher(),
                    &keys.handlers,
                    blob_id.as_bytes(),
                    &own,
                    random.as_mut(),
                )),
            ));
        }
        Ok(claimed)
    }

    /// The pictures of a matter that this viewer may read, for whoever draws over one.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn pictures(&self, id: MatterId) -> Result<Vec<String>, AppError> {
        let all = self.inner.store.blobs(id).await?;
        Ok(all.into_iter().filter(|b| b.mime.starts_with("image/")).map(|b| b.id).collect())
    }

    /// An attachment of a matter, for a viewer who may read its words.
    ///
    /// # Errors
    /// `NotFound` for whoever may not, and once erased.
    pub async fn attachment(&self, viewer: &Viewer, matter: MatterId, blob: &str) -> Result<Attachment, AppError> {
        let m = self.matter(matter).await?;
        let access = self.access(viewer, &m);
        if !access.reads() {
            return Err(AppError::NotFound);
        }
        let row = self
            .inner
            .store
            .find_blob(matter.cell, blob)
            .await?
            .filter(|b| b.matter == Some(matter))
            .ok_or(AppError::NotFound)?;
        let keys = m.keys.as_ref().ok_or(AppError::NotFound)?;
        self.record_view(viewer, &m, &access).await?;
        let sealed = SealedBlob { key: opened(&row.key)?, body: opened(&row.content)? };
        let refused = |e: crate::seal::SealError| AppError::corrupt(format!("attachment {blob}: {e}"));
        let own = open_blob_key(&keys.handlers, blob.as_bytes(), &sealed.key).map_err(refused)?;
        let content = open_blob_with(&own, blob.as_bytes(), &sealed).map_err(refused)?;
        if is_content_id(blob) && blob_id(&own, &row.mime, &content) != blob {
            return Err(AppError::corrupt(format!("attachment {blob} is not the content that was named")));
        }
        let ending = row.mime.rsplit(['/', '.']).next().unwrap_or("bin").split(';').next().unwrap_or("bin").to_owned();
        let inline = row.mime.starts_with("image/");
        Ok(Attachment {
            mime: row.mime,
            content: content.to_vec(),
            name: format!("{}.{ending}", &blob[..8.min(blob.len())]),
            inline,
        })
    }

    /// Drops what was staged a day ago and never named.
    ///
    /// # Errors
    /// The store.
    pub async fn sweep(&self, cell: Cell) -> Result<u32, AppError> {
        Ok(self.inner.store.sweep_blobs(cell, self.now().plus_days(-1)).await?)
    }
}
