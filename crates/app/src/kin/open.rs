//! What anybody may raise from the page of published words while a clock runs: a comment on a draft. Each is a matter of its
//! own, with its receipt, its date and its answer; the file of the draft records that it came and that it was answered.

use crate::catalogue::Effective;
use crate::error::AppError;
use crate::installation::App;
use crate::kin::{PublishedView, TakePart};
use crate::matter::Matter;
use crate::project::{CHILDREN, PUBLISHED};
use crate::raise::{Raised, Raising};
use crate::view::{FieldView, form};
use crate::viewer::Viewer;
use crate::vote::VoteView;
use kernel::form::Raw;
use kernel::ids::MatterId;
use kernel::kin::Origin;
use kernel::mechanism::{Child, RAISE};
use kernel::text::Text;
use kernel::time::Timestamp;
use store::{MarkQuery, MarkRow};

/// Something that anybody may raise here.
#[derive(Clone, Debug)]
pub struct OpenChild {
    /// Which child.
    pub child: String,
    /// What it is called.
    pub name: Text,
    /// Until when.
    pub until: Timestamp,
}

/// A published matter on a page of its own.
#[derive(Clone, Debug)]
pub struct PublishedPage {
    /// What is published.
    pub view: PublishedView,
    /// What it is about, where a body wrote a title for everybody.
    pub title: Option<String>,
    /// What whoever wants to come has to know besides, as long as people are asked in: label and value.
    pub tells: Vec<(Text, Text)>,
    /// Its votes; counts only after the closing.
    pub votes: Vec<VoteView>,
    /// What anybody may raise now.
    pub open: Vec<OpenChild>,
    /// In which a place may be taken now, free ones or none left.
    pub places: Vec<TakePart>,
    /// How many came from outside.
    pub came: usize,
    /// How many of them were answered.
    pub answered: usize,
    /// What was published of them.
    pub children: Vec<PublishedView>,
    /// Where their next page begins.
    pub next: Option<MarkRow>,
}

/// How many of what came are read for one page.
const PAGE: u32 = 30;

impl App {
    /// A published matter, with what came to it; `after` is where a page of that begins.
    ///
    /// # Errors
    /// `NotFound` where nothing is published, or nothing may be; the store.
    pub async fn published_page(&self, id: MatterId, after: Option<MarkRow>) -> Result<PublishedPage, AppError> {
        let matter = self.matter(id).await?;
        let view = self.published_alone(&matter).await?;
        let open = matter.mechanism.child.iter().filter_map(|(child, known)| {
            let until = self.open_until(&matter, known)?;
            Some(OpenChild { child: child.clone(), name: known.name.clone(), until })
        });
        let from_outside = |c: &&kernel::kin::ChildMatter| {
            matter.mechanism.child.get(&c.child).is_some_and(|k| k.open_while.is_some())
        };
        let came: Vec<_> = matter.file.kin.children.iter().filter(from_outside).collect();
        let (kind, key) = (CHILDREN.to_owned(), id.to_string());
        let rows =
            self.inner.store.marks(MarkQuery { cell: id.cell, kind, key, before: None, after, limit: PAGE }).await?;
        let next = rows.last().filter(|_| rows.len() >= PAGE as usize).cloned();
        let mut children = Vec::new();
        for row in &rows {
            let shown = matter.mechanism.child.get(&row.about).is_some_and(|k| k.open_while.is_some());
            if shown && let Ok(child) = self.published_alone(&self.matter(row.id).await?).await {
                children.push(child);
            }
        }
        let answered = came.iter().filter(|c| c.ended.is_some()).count();
        let title = match matter.mechanism.mechanism.invites.as_ref().filter(|i| i.title.is_some()) {
            Some(invites) => self.invited_title(&matter, invites).await?,
            None => None,
        };
        let (tells, votes) = (self.invited_tells(&matter).await?, self.vote_views(&Viewer::Public, &matter));
        let (open, came, places) = (open.collect(), came.len(), self.places_in(&matter));
        Ok(PublishedPage { view, title, tells, votes, open, places, came, answered, children, next })
    }

    /// The form of what anybody may raise here, without what the parent fills in.
    ///
    /// # Errors
    /// `NotFound` where nothing is published or the time is over.
    pub async fn open_form(&self, id: MatterId, child: &str) -> Result<(Effective, Vec<FieldView>), AppError> {
        let (matter, known) = self.open_child(id, child).await?;
        let effective = self.offered(&known.mechanism, &matter.row.region)?;
        let raise = effective.mechanism.action.get(RAISE).ok_or(AppError::NotFound)?;
        let mut fields = form(self, &effective.mechanism, raise, &matter.row.region);
        fields.retain(|f| !known.with.contains_key(&f.id));
        Ok((effective, fields))
    }

    /// Raises it. Whoever does gets a number, codes and a receipt like everybody who raises something.
    ///
    /// # Errors
    /// As `raise`; `NotFound` where nothing is published or the time is over.
    pub async fn raise_open(
        &self,
        id: MatterId,
        child: &str,
        fields: Raw,
        key: Option<String>,
    ) -> Result<Raised, AppError> {
        let (matter, known) = self.open_child(id, child).await?;
        let mut raw = fields;
        raw.extend(self.handed_over(&matter, &known.with).await?);
        let origin = Origin { parent: Some(matter.behind(child)), ..Origin::default() };
        let (region, mechanism) = (matter.row.region, known.mechanism);
        let raising = Raising { mechanism, region, fields: raw, occurred: None, idempotency_key: key };
        self.raise_from(&Viewer::Public, raising, origin).await
    }

    async fn open_child(&self, id: MatterId, child: &str) -> Result<(Matter, Child), AppError> {
        let matter = self.matter(id).await?;
        self.published_alone(&matter).await?;
        let known = matter.mechanism.child.get(child).filter(|c| self.open_until(&matter, c).is_some());
        let known = known.cloned().ok_or(AppError::NotFound)?;
        Ok((matter, known))
    }

    /// Until when it is open; none where its clock does not run, or has run out and nobody noticed yet.
    pub(super) fn open_until(&self, matter: &Matter, child: &Child) -> Option<Timestamp> {
        let clock = matter.file.clocks.get(child.open_while.as_ref()?)?;
        (!clock.expired && self.now() <= clock.dates.due).then_some(clock.dates.due)
    }

    pub(crate) async fn published_alone(&self, matter: &Matter) -> Result<PublishedView, AppError> {
        let published = matter.file.kin.published.as_ref().ok_or(AppError::NotFound)?;
        let (kind, order) = (PUBLISHED.to_owned(), -published.at.0);
        let row = MarkRow { kind, key: String::new(), order, id: matter.id, about: String::new() };
        self.published_view(&row, None).await?.ok_or(AppError::NotFound)
    }
}
