//! What becomes of the personal content of a matter, for whoever reads it: until when it is kept, whether it was erased or
//! is only stored, and by which decision. Numbers of other matters are no personal content; their words never stand here.

use crate::error::AppError;
use crate::installation::App;
use crate::matter::Matter;
use kernel::personal::Decided;
use kernel::text::Text;
use kernel::time::{Length, Timestamp};
use serde::Serialize;

/// Until when the content is kept.
#[derive(Clone, Debug, Default, Serialize)]
pub struct KeepingView {
    /// The day, once the matter has ended.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub until: Option<Timestamp>,
    /// How long after its end, where that is known.
    pub after_end: Option<Length>,
    /// Until which day it is kept who the people in it are, where that is shorter.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub identity_until: Option<Timestamp>,
    /// How long after its end that is, where it is known.
    pub identity_after_end: Option<Length>,
    /// Who the people in it are was erased; the rest is still there.
    pub identity_erased: Option<DecidedView>,
    /// It is kept under a duty to archive: what becomes of it.
    pub archive: Option<Text>,
    /// The clause.
    pub source: Option<String>,
    /// It was erased.
    pub erased: Option<DecidedView>,
    /// It is only stored.
    pub restricted: Option<DecidedView>,
}

/// A decision about the content.
#[derive(Clone, Debug, Serialize)]
pub struct DecidedView {
    /// When.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub at: Timestamp,
    /// The ground, in words.
    pub words: Text,
    /// The time for which it is kept was over; nobody asked.
    pub by_time: bool,
    /// The number of the matter in which it was decided.
    pub number: Option<String>,
    /// How long that matter itself is kept: who asked left words, name and number there too.
    pub request: Option<Box<KeepingView>>,
}

/// The matter that one is about, for whoever decides: no word of it.
#[derive(Clone, Debug, Serialize)]
pub struct AboutView {
    /// Its number.
    pub number: String,
    /// `open`, `ended`, `archived` or `erased`.
    pub standing: String,
    /// Until when its content is kept.
    pub keeping: KeepingView,
}

impl App {
    pub(super) async fn keeping(&self, matter: &Matter) -> Result<KeepingView, AppError> {
        let keeping = &matter.file.keeping;
        Ok(KeepingView {
            identity_erased: self.decided(keeping.identity_erased.as_ref()).await?,
            erased: self.decided(keeping.erased.as_ref()).await?,
            restricted: self.decided(keeping.restricted.as_ref()).await?,
            ..terms(matter)
        })
    }

    async fn decided(&self, decided: Option<&Decided>) -> Result<Option<DecidedView>, AppError> {
        let Some(decided) = decided else { return Ok(None) };
        let row = match decided.by {
            Some(by) => self.inner.store.find_matter(by).await?,
            None => None,
        };
        let request = match &row {
            Some(row) => Some(Box::new(terms(&self.matter(row.id).await?))),
            None => None,
        };
        let number = row.map(|r| self.number_text(r.id, r.number));
        let by_time = decided.ground == kernel::personal::RETENTION;
        Ok(Some(DecidedView { at: decided.at, words: decided.words.clone(), by_time, number, request }))
    }

    pub(super) async fn about_view(&self, matter: &Matter) -> Result<Option<AboutView>, AppError> {
        let (Some(of), Some((_, standing))) = (matter.file.about(), &matter.outside.about) else { return Ok(None) };
        if self.inner.store.find_matter(of).await?.is_none() {
            return Ok(None);
        }
        let other = self.matter(of).await?;
        let keeping = self.keeping(&other).await?;
        Ok(Some(AboutView { number: self.number_text(of, other.row.number), standing: standing.clone(), keeping }))
    }
}

/// How long a matter is kept, without what was decided about it.
fn terms(matter: &Matter) -> KeepingView {
    let (keeping, m) = (&matter.file.keeping, &matter.mechanism);
    let retention = m.retention.as_ref();
    let number = retention.and_then(|r| r.after_end.as_ref()).and_then(|n| m.number.get(n));
    let identity = retention.and_then(|r| r.identity.as_ref()).and_then(|n| m.number.get(n));
    let length = |n: &kernel::number::NumberRow| n.value.length(&matter.file.facts);
    KeepingView {
        until: keeping.until.filter(|_| keeping.erased.is_none()),
        after_end: number.and_then(length),
        identity_until: keeping.identity_until.filter(|_| !keeping.anonymous()),
        identity_after_end: identity.and_then(length),
        archive: retention.and_then(|r| r.archive.clone()),
        source: retention.map(|r| number.map_or_else(|| r.source.clone(), |n| n.source.clone())),
        ..KeepingView::default()
    }
}
