//! Her own data, for her: a copy to take along (PIPL 45), who looked, and what she asked for about it. Only for whoever shows
//! the long code; nothing is decided here that `access` does not decide.

use crate::access::Access;
use crate::catalogue::Effective;
use crate::error::AppError;
use crate::installation::App;
use crate::lists::ItemView;
use crate::project::ABOUT;
use crate::raise::{Raised, Raising};
use crate::view::{FieldView, MatterView, form};
use crate::viewer::Viewer;
use kernel::form::Raw;
use kernel::ids::MatterId;
use kernel::mechanism::{FieldKind, RAISE};
use kernel::text::Text;
use kernel::time::Timestamp;
use serde::Serialize;
use store::MarkQuery;

/// A copy of everything that lies in her matter.
#[derive(Clone, Debug, Serialize)]
pub struct OwnCopy {
    /// What this file is.
    pub format: &'static str,
    /// When it was made.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub made_at: Timestamp,
    /// Who made it.
    pub installation: String,
    /// The matter as she reads it, with who looked.
    pub matter: MatterView,
    /// The letters to her.
    pub letters: Vec<LetterCopy>,
    /// The attachments, to be had at `/m/NUMBER/file/ID`.
    pub attachments: Vec<AttachmentCopy>,
}

/// A letter.
#[derive(Clone, Debug, Serialize)]
pub struct LetterCopy {
    /// Its title.
    pub name: Text,
    /// Its number.
    pub number: Option<String>,
    /// When it was issued.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub at: Timestamp,
    /// Its text.
    pub text: String,
}

/// An attachment.
#[derive(Clone, Debug, Serialize)]
pub struct AttachmentCopy {
    /// Its id.
    pub id: String,
    /// What it is.
    pub mime: String,
    /// How many bytes.
    pub size: u32,
}

/// What she asked for about her data.
#[derive(Clone, Debug, Serialize)]
pub struct AskedView {
    /// The matter in which she asked.
    pub item: ItemView,
    /// Its long code.
    pub code: String,
}

/// What she asks for about her data.
#[derive(Clone, Debug)]
pub struct Asking {
    /// By which mechanism.
    pub mechanism: String,
    /// Its form, without the matter that it is about.
    pub fields: Raw,
    /// The client's key.
    pub idempotency_key: Option<String>,
}

/// How many requests are shown at most.
const MOST: u32 = 50;

impl App {
    /// A copy of her own matter.
    ///
    /// # Errors
    /// `NotFound` for everybody but her.
    pub async fn own_copy(&self, viewer: &Viewer, id: MatterId) -> Result<OwnCopy, AppError> {
        let mut matter = self.own(viewer, id).await?;
        // What she may do next is no data of hers.
        matter.actions.clear();
        matter.blocked.clear();
        let mut letters = Vec::new();
        for of in &matter.letters {
            let text = self.letter(viewer, id, of.seq).await?.text;
            letters.push(LetterCopy { name: of.name.clone(), number: of.number.clone(), at: of.at, text });
        }
        let blobs = self.inner.store.blobs(id).await?;
        let attachments = blobs.into_iter().map(|b| AttachmentCopy { id: b.id, mime: b.mime, size: b.size }).collect();
        let installation = self.settings().name.clone();
        Ok(OwnCopy { format: "gongzhi.copy/v2", made_at: self.now(), installation, matter, letters, attachments })
    }

    /// Her own matter.
    ///
    /// # Errors
    /// `NotFound` for everybody but her.
    pub async fn own(&self, viewer: &Viewer, id: MatterId) -> Result<MatterView, AppError> {
        match crate::access::without_file(viewer, id) {
            Some(Access::Own) => self.view(viewer, id).await,
            _ => Err(AppError::NotFound),
        }
    }

    /// What she asked for about the data in her matter, the newest first, each with its code.
    ///
    /// # Errors
    /// `NotFound` for everybody but her.
    pub async fn asked(&self, viewer: &Viewer, id: MatterId) -> Result<Vec<AskedView>, AppError> {
        if crate::access::without_file(viewer, id) != Some(Access::Own) {
            return Err(AppError::NotFound);
        }
        let (kind, key) = (ABOUT.to_owned(), id.to_string());
        let query = MarkQuery { cell: id.cell, kind, key, before: None, after: None, limit: MOST };
        let mut asked = Vec::new();
        for row in self.inner.store.marks(query).await? {
            let Some(of) = self.inner.store.find_matter(row.id).await? else { continue };
            asked.push(AskedView { item: self.item(&of).await?, code: self.codes(row.id).long.to_string() });
        }
        asked.reverse();
        Ok(asked)
    }

    /// What she can ask for about the data in this matter, each with its form; which matter it is about goes without saying.
    #[must_use]
    pub fn may_ask(&self, view: &MatterView) -> Vec<(Effective, Vec<FieldView>)> {
        let Ok(region) = view.region.parse() else { return Vec::new() };
        let form = |e: Effective| {
            let mut views = form(self, &e.mechanism, e.mechanism.action.get(RAISE)?, &region);
            views.retain(|f| e.mechanism.about() != Some(&f.id) && f.field.kind != FieldKind::Files);
            Some((e, views))
        };
        let all = self.about_data(&region).into_iter().filter(|e| e.mechanism.mechanism.id != view.mechanism);
        all.filter_map(form).collect()
    }

    /// She asks for something about the data in her matter.
    ///
    /// # Errors
    /// `NotFound` for everybody but her and for what cannot be asked; else as `raise`.
    pub async fn ask(&self, viewer: &Viewer, id: MatterId, asking: Asking) -> Result<Raised, AppError> {
        let view = self.own(viewer, id).await?;
        let offered = self.about_data(&view.region.parse().map_err(|_| AppError::NotFound)?).into_iter();
        let mut named = offered.filter(|e| e.mechanism.mechanism.id == asking.mechanism);
        let effective = named.next().filter(|_| asking.mechanism != view.mechanism).ok_or(AppError::NotFound)?;
        let Asking { mechanism, mut fields, idempotency_key } = asking;
        fields.extend(effective.mechanism.about().map(|f| (f.to_owned(), view.number.clone().into())));
        let region = view.region.parse().map_err(|_| AppError::NotFound)?;
        self.raise(viewer, Raising { mechanism, region, fields, occurred: None, idempotency_key }).await
    }

    /// The mechanisms by which she can ask for something about the data in a matter of this region.
    #[must_use]
    pub fn about_data(&self, region: &kernel::region::RegionCode) -> Vec<Effective> {
        let catalogue = self.catalogue();
        let all = catalogue.ids().into_iter().filter_map(|id| catalogue.effective(&id, region));
        all.filter(|e| e.mechanism.about().is_some()).collect()
    }
}
