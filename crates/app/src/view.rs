//! A matter as one viewer may see it. The type says what may be shown; pages and API render it and ask nothing more.

use crate::access::Access;
use crate::error::AppError;
use crate::installation::App;
use crate::matter::Matter;
use crate::project::{holder, segment};
use crate::viewer::Viewer;
use kernel::ids::{BodyId, MatterId};
use kernel::mechanism::FieldKind;
use kernel::text::Text;
use kernel::time::Timestamp;
use serde::Serialize;

mod actions;
pub(crate) mod clocks;
pub(crate) mod coded;
mod fields;
mod keeping;
mod parts;
mod proposed;
mod short;
pub(crate) mod thread;

pub use actions::{ActionKind, ActionView, BlockedView, LateView, form};
pub use clocks::{ClockView, Derivation, days};
pub use fields::{FieldView, Picture, Proposed, RowName};
pub use keeping::{AboutView, DecidedView, KeepingView};
pub use parts::{LastAct, PartView};
pub(crate) use thread::drawn_in_words;
pub use thread::{Counted, DateChange, EntryView, FileView, SaidField, Speaker};

/// A time as files for people and other programs have it, at +08:00; null where there is none.
pub(crate) fn rfc3339<S: serde::Serializer>(
    at: &(impl Copy + Into<Option<Timestamp>>),
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let at: Option<Timestamp> = (*at).into();
    at.map(|at| at.to_string()).serialize(serializer)
}

/// A body's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BodyName {
    /// Which.
    pub id: BodyId,
    /// Its names.
    pub name: Text,
    /// Its public telephone.
    pub phone: Option<String>,
}

/// A sealed field that this viewer may open, with a reason.
#[derive(Clone, Debug, Serialize)]
pub struct SealedView {
    /// Which.
    pub field: String,
    /// Its label.
    pub label: Text,
    /// In which entry.
    pub seq: u32,
    /// It may be opened by this viewer.
    pub may_open: bool,
}

/// A letter issued in the matter.
#[derive(Clone, Debug, Serialize)]
pub struct LetterView {
    /// Which letter.
    pub id: String,
    /// Its title.
    pub name: Text,
    /// The entry that issued it.
    pub seq: u32,
    /// Its number, as printed.
    pub number: Option<String>,
    /// When.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub at: Timestamp,
    /// It is void (作废): what it says does not count, and its number is given to nobody else.
    pub voided: Option<VoidedView>,
    /// The void letter in whose place it came.
    pub instead_of: Option<u32>,
    /// It was served, and how that is proved.
    pub served: Option<ServedView>,
    /// It has still to be served.
    pub owed: bool,
    /// Calls about it that nobody answered, in order.
    pub tries: Vec<TryView>,
}

/// A call about a letter that nobody answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TryView {
    /// The entry that says so.
    pub seq: u32,
    /// When it was recorded.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub at: Timestamp,
    /// Who called, and at what time.
    pub caller: Option<String>,
}

/// A letter that is void.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VoidedView {
    /// The entry that says so.
    pub seq: u32,
    /// When.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub at: Timestamp,
    /// Why; none where a silence was taken back, and for whoever may not read words.
    pub reason: Option<String>,
    /// The letter that came in its place.
    pub anew: Option<u32>,
}

/// How a letter was served.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServedView {
    /// The entry that says so.
    pub seq: u32,
    /// How: a way of the language, or `deemed`.
    pub how: String,
    /// In words.
    pub way: Text,
    /// On which day.
    pub on: kernel::time::Date,
    /// Who took it, who was told, or who stood by.
    pub who: Option<String>,
    /// Who called, and at what time, where it was told by telephone.
    pub caller: Option<String>,
    /// Before whom it was read out or told.
    pub witness: Option<String>,
    /// How it was acknowledged that it was read out, in words.
    pub signed: Option<Text>,
    /// What proves it.
    pub proof: Vec<FileView>,
    /// Who says so; none is the clock.
    pub by: Option<BodyName>,
}

/// A look at the matter, as the person sees it: role, body and time.
#[derive(Clone, Debug, Serialize)]
pub struct LookView {
    /// When.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub at: Timestamp,
    /// Which body.
    pub body: Option<BodyName>,
    /// As what.
    pub role: String,
    /// Why.
    pub reason: String,
    /// Which fields.
    pub fields: Vec<Text>,
}

/// A matter for one viewer.
#[derive(Clone, Debug, Serialize)]
pub struct MatterView {
    /// Which.
    #[serde(skip)]
    pub id: MatterId,
    /// Its public number.
    pub number: String,
    /// What the viewer may see.
    #[serde(skip)]
    pub access: Access,
    /// What the page tells rests on other matters too: children, a parent, places.
    #[serde(skip)]
    pub beside: bool,
    /// The mechanism's id.
    pub mechanism: String,
    /// Its name.
    pub mechanism_name: Text,
    /// The hash of its version.
    pub version: String,
    /// Where.
    pub region: String,
    /// Where, in words.
    pub place: Text,
    /// The title; none for whoever may not read words.
    pub title: Option<String>,
    /// The state.
    pub state: String,
    /// Its name.
    pub state_name: Text,
    /// The segment of the ring, 1 to 5.
    pub ring: u8,
    /// Who holds it; none is the raiser, or nobody after the end.
    pub holder: Option<BodyName>,
    /// It waits for the raiser.
    pub yours: bool,
    /// When it was raised.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub raised_at: Timestamp,
    /// The ordinary date of the first answer.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub due_by: Option<Timestamp>,
    /// The latest lawful date of it.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub promised_by: Option<Timestamp>,
    /// They rest on a calendar that is not published.
    pub provisional: bool,
    /// When it was answered.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub answered_at: Option<Timestamp>,
    /// When the file ended.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub ended: Option<Timestamp>,
    /// `yes`, `not_heard` or none yet.
    pub heard: Option<String>,
    /// The clocks, what is due first first.
    pub clocks: Vec<ClockView>,
    /// The clocks that stopped.
    pub stopped: Vec<ClockView>,
    /// The thread, oldest first.
    pub entries: Vec<EntryView>,
    /// The bodies that work on it side by side.
    pub parts: Vec<PartView>,
    /// What this viewer may do now.
    pub actions: Vec<ActionView>,
    /// What this viewer may record that the person posted before a window of hers closed.
    #[serde(skip)]
    pub late: Vec<LateView>,
    /// What this viewer might do if it were not for a rule.
    pub blocked: Vec<BlockedView>,
    /// Coded facts, in words.
    pub facts: Vec<SaidField>,
    /// The votes that were opened.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub votes: Vec<crate::vote::VoteView>,
    /// The rolls that this viewer may look at.
    #[serde(skip)]
    pub rolls: Vec<crate::roll::RollNote>,
    /// What is sealed.
    pub sealed: Vec<SealedView>,
    /// The letters.
    pub letters: Vec<LetterView>,
    /// What becomes of its personal content.
    pub keeping: KeepingView,
    /// The matter that it is about.
    pub about: Option<AboutView>,
    /// Who looked; only on her own page and for whoever checks.
    pub looks: Vec<LookView>,
    /// How many entries the file has; sent back when acting.
    pub seq: u32,
    /// The chain was checked from the first entry to this head.
    pub head: String,
}

impl App {
    /// The matter with a public number.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn by_number(&self, number: &str) -> Result<MatterId, AppError> {
        let number = crate::number::Number::parse(number).map_err(|_| AppError::NotFound)?;
        let cell = self.cell_by_alias(number.alias()).ok_or(AppError::NotFound)?;
        let year = i16::try_from(number.year()).map_err(|_| AppError::NotFound)?;
        let serial = u32::try_from(number.serial()).map_err(|_| AppError::NotFound)?;
        if let Some(id) = self.inner.finished.numbered(&(cell, year, serial)) {
            return Ok(id);
        }
        let id = self.inner.store.find_number(cell, year, serial).await?.ok_or(AppError::NotFound)?;
        self.inner.finished.number((cell, year, serial), id);
        Ok(id)
    }

    /// A matter as this viewer may see it. A body's look is recorded before anything is shown.
    ///
    /// # Errors
    /// `NotFound` for whoever may not know of it.
    pub async fn view(&self, viewer: &Viewer, id: MatterId) -> Result<MatterView, AppError> {
        let matter = self.matter(id).await?;
        let access = self.access(viewer, &matter);
        if access == Access::None {
            return Err(AppError::NotFound);
        }
        self.record_view(viewer, &matter, &access).await?;
        self.view_of(viewer, &matter, access).await
    }

    async fn view_of(&self, viewer: &Viewer, matter: &Matter, access: Access) -> Result<MatterView, AppError> {
        let (file, mechanism, row) = (&matter.file, &*matter.mechanism, &matter.row);
        let state = mechanism.state.get(&file.state);
        let directory = self.directory();
        let opened = file.opened.as_ref().ok_or_else(|| AppError::corrupt("a file that was not opened"))?;
        let texts = if access.reads() { matter.texts(self, access == Access::Own).await? } else { Default::default() };
        let letters = if access.reads() { self.letter_views(matter, &access, &texts).await? } else { Vec::new() };
        let looks = if access == Access::Own { self.look_views(matter).await? } else { Vec::new() };
        let now = self.now();
        let mut actions = actions::possible(self, viewer, matter, &access);
        let mut parts = parts::parts(self, viewer, matter, &access, &texts);
        let forms = actions.iter_mut().chain(parts.iter_mut().flat_map(|p| &mut p.actions));
        if access.reads() {
            self.offer_pictures(matter, forms).await?;
            let forms = actions.iter_mut().chain(parts.iter_mut().flat_map(|p| &mut p.actions));
            proposed::propose(&directory, matter, &texts, forms);
            actions::to_publish(matter, &texts, &mut actions);
        }
        let holds = state.and_then(|s| s.holder.as_deref());
        Ok(MatterView {
            id: matter.id,
            number: self.number_text(matter.id, row.number),
            beside: !mechanism.child.is_empty()
                || mechanism.slots.is_some()
                || opened.origin != kernel::kin::Origin::default()
                || file.kin.published.is_some(),
            mechanism: opened.mechanism.clone(),
            mechanism_name: mechanism.mechanism.name.clone(),
            version: opened.version.clone(),
            region: row.region.to_string(),
            place: self.place(&row.region),
            title: access.reads().then(|| matter.title()).flatten(),
            state: file.state.clone(),
            state_name: state.map(|s| s.name.clone()).unwrap_or_default(),
            ring: state.map_or(1, |s| segment(s.ring)),
            holder: holder(mechanism, file).map(|b| body_name(&directory, b)),
            yours: holds == Some(kernel::mechanism::RAISER),
            raised_at: row.raised_at,
            due_by: opened.due_by,
            promised_by: opened.promised_by,
            provisional: opened.provisional,
            answered_at: file.answered,
            ended: file.ended,
            heard: row.heard.clone(),
            clocks: clocks::running(self, matter, now),
            stopped: clocks::stopped(self, matter),
            entries: thread::entries(self, matter, &access, &texts, &letters),
            parts,
            actions,
            late: actions::late(self, viewer, matter, &access),
            blocked: actions::blocked(self, viewer, matter, &access),
            facts: thread::facts(self, matter, &access),
            votes: self.vote_views(viewer, matter),
            rolls: self.roll_notes(viewer, matter),
            sealed: thread::sealed(matter, &access),
            letters,
            keeping: self.keeping(matter).await?,
            about: if access.reads() { self.about_view(matter).await? } else { None },
            looks,
            seq: file.seq,
            head: kernel::chain::hex(&row.head),
            access,
        })
    }

    /// What a sketch may be drawn over: the pictures that are in the matter already.
    async fn offer_pictures(
        &self,
        matter: &Matter,
        forms: impl Iterator<Item = &mut ActionView>,
    ) -> Result<(), AppError> {
        let fields = forms.flat_map(|a| &mut a.fields);
        let mut sketches: Vec<&mut FieldView> = fields.filter(|f| f.field.kind == FieldKind::Sketch).collect();
        if sketches.is_empty() || matter.keys.is_none() {
            return Ok(());
        }
        let number = self.number_text(matter.id, matter.row.number);
        let picture = |id| Picture { number: number.clone(), id };
        let pictures: Vec<Picture> = self.pictures(matter.id).await?.into_iter().map(picture).collect();
        sketches.iter_mut().for_each(|f| f.pictures.clone_from(&pictures));
        Ok(())
    }
}

/// A body's name from the directory; a body that is gone keeps its number.
#[must_use]
pub fn body_name(directory: &crate::directory::Snapshot, id: BodyId) -> BodyName {
    match directory.body(id) {
        Some(b) => BodyName { id, name: Text::new(&b.name, &b.name_en), phone: b.phone.clone() },
        None => BodyName { id, name: Text::new(format!("单位{}", id.0), format!("body {}", id.0)), phone: None },
    }
}
