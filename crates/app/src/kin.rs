//! Other matters: what the follower carries between two files, links, children, plans, places, published words.
//! Every errand may be begun again at any point; both files then say the same (`kernel::kin`).

mod heard;
mod invited;
mod joined;
mod links;
mod named;
mod open;
mod places;
mod plans;
mod published;
mod raising;
pub(crate) mod repeats;
mod shelf;
mod view;

pub(crate) use heard::hears;
pub use invited::{InvitedView, TakePart};
pub use links::{AlsoDone, Similar};
pub use open::{OpenChild, PublishedPage};
pub use places::PlaceView;
pub use plans::PlannedView;
pub use published::{CountedView, PublishedView};
pub use repeats::RepeatedView;
pub use shelf::ShelfView;
pub use view::{HiddenView, JoinView, KinView, RelativeView};

use crate::error::AppError;
use crate::installation::App;
use crate::matter::Matter;
use kernel::decide::{Actor, Command, decide};
use kernel::entry::{Act, By, Entry};
use kernel::file::CaseFile;
use kernel::ids::MatterId;
use kernel::kin::{Kin, Step};
use store::{OutboxRow, StoreError};

/// How often a step is tried again when somebody was quicker.
const TRIES: usize = 16;
/// How long a place may wait for the matter that took it, before it is free again: the raising was broken off.
const BROKEN_OFF: i64 = 10 * 60_000;

/// A complaint leaves no trace in another file, where those complained about may read: neither one with a shield nor a hidden
/// child says to another matter that it names it.
fn says_nothing(file: &CaseFile) -> bool {
    let parent = file.opened.as_ref().and_then(|o| o.origin.parent.as_ref());
    !file.standing.shield.is_empty() || parent.is_some_and(|p| p.hidden)
}

impl App {
    /// Carries errands; the ids of those that are done. What fails is told and stays for the next round.
    pub(crate) async fn errands(&self, rows: &[OutboxRow]) -> Vec<i64> {
        let mut done = Vec::new();
        for row in rows {
            match self.errand(row.matter, row.draft.seq).await {
                Ok(true) => done.push(row.id),
                Ok(false) => {}
                Err(error) => tracing::error!(matter = %row.matter, entry = row.draft.seq, %error, "an errand failed"),
            }
        }
        done
    }

    /// Carries what one entry asks for; false where it has to wait.
    async fn errand(&self, id: MatterId, seq: u32) -> Result<bool, AppError> {
        let matter = self.matter(id).await?;
        let at = usize::try_from(seq).unwrap_or(0).checked_sub(1);
        let Some(entry) = at.and_then(|i| matter.entries.get(i)) else { return Ok(true) };
        if let Some(child) = &entry.beyond.raises {
            self.raise_child(&matter, seq, child).await?;
        }
        if let Some(touch) = &entry.beyond.touches
            && !self.touch(&matter, seq, touch).await?
        {
            return Ok(false);
        }
        if matches!(entry.act, Act::Kin(Kin::Erased { .. } | Kin::IdentityErased { .. })) {
            self.destroy(&matter).await?;
        }
        for day in &entry.beyond.frees {
            self.step(*day, &Step::GiveBack { taker: id }).await?;
        }
        if let Act::Kin(Kin::Linked { kind, matter: other } | Kin::Unlinked { kind, matter: other }) = &entry.act {
            let on = matches!(entry.act, Act::Kin(Kin::Linked { .. }));
            self.step(*other, &Step::Link { kind: *kind, other: id, on, by: Some(entry.by) }).await?;
        }
        if !says_nothing(&matter.file) {
            for (kind, other) in &entry.beyond.links {
                // Whoever raised this one is nobody in the other file.
                let by = if entry.by == By::Raiser { By::Clock } else { entry.by };
                self.step(*other, &Step::Link { kind: *kind, other: id, on: true, by: Some(by) }).await?;
            }
        }
        if entry.opened.is_some() {
            self.tell_came(&matter).await?;
        }
        self.tell_did(&matter, seq).await?;
        self.tell_children(&matter, seq).await?;
        if entry.ends {
            self.tell_parent(&matter).await?;
        }
        self.taker_came(id, entry).await
    }

    /// A child tells its parent what it did up to an entry, in its order and with its coded facts then: nothing that it did
    /// before is passed over, whichever errand is carried first.
    async fn tell_did(&self, matter: &Matter, upto: u32) -> Result<(), AppError> {
        let origin = matter.file.opened.as_ref().map(|o| &o.origin);
        let mut came = false;
        for entry in matter.entries.iter().take_while(|e| e.seq <= upto) {
            let Some(did) = entry.act.effect() else { continue };
            let Some(parent) = origin.and_then(|o| o.tells(did)) else { continue };
            if !std::mem::replace(&mut came, true) {
                self.tell_came(matter).await?;
            }
            let facts = CaseFile::fold(matter.entries.iter().take_while(|e| e.seq <= entry.seq)).facts;
            let step = Step::Told { matter: matter.id, seq: entry.seq, did: did.to_owned(), facts };
            self.step(parent.matter, &step).await?;
        }
        Ok(())
    }

    /// A child that somebody raised from its parent's page says so to the parent.
    async fn tell_came(&self, matter: &Matter) -> Result<(), AppError> {
        let origin = matter.file.opened.as_ref().map(|o| &o.origin);
        let Some(parent) = origin.and_then(kernel::kin::Origin::came) else { return Ok(()) };
        let step = Step::Came { child: parent.child.clone(), matter: matter.id };
        self.step(parent.matter, &step).await.map(drop)
    }

    /// A child that ended tells its parent, with its coded facts. A hidden one tells nothing.
    async fn tell_parent(&self, matter: &Matter) -> Result<(), AppError> {
        let origin = matter.file.opened.as_ref().map(|o| &o.origin);
        let Some(parent) = origin.and_then(|o| o.parent.as_ref()).filter(|p| !p.hidden) else { return Ok(()) };
        // Whichever errand is carried first, it comes before it ends.
        self.tell_came(matter).await?;
        let step = Step::Ended { matter: matter.id, facts: matter.file.facts.clone() };
        self.step(parent.matter, &step).await.map(drop)
    }

    /// A place whose taker was never raised is given back once that is sure.
    async fn taker_came(&self, id: MatterId, entry: &Entry) -> Result<bool, AppError> {
        let Some(taker) = entry.beyond.taker else { return Ok(true) };
        if self.inner.store.find_matter(taker).await?.is_some() {
            return Ok(true);
        }
        if self.now().0 < entry.at.0 + BROKEN_OFF {
            return Ok(false);
        }
        self.step(id, &Step::GiveBack { taker }).await?;
        Ok(true)
    }

    /// A step on a matter, tried again as long as others are quicker; the file after it.
    pub(crate) async fn step(&self, id: MatterId, step: &Step) -> Result<CaseFile, AppError> {
        for _ in 0..TRIES {
            let matter = self.matter(id).await?;
            let directory = self.directory();
            let ctx = self.context(&matter, &*directory);
            let decision = decide(&ctx, &matter.file, &Actor::default(), &Command::Kin(step.clone()))
                .map_err(|r| AppError::Refused(Box::new(r), Some(matter.mechanism.clone())))?;
            match self.commit(&matter, &decision, None).await {
                Ok(()) => return Ok(decision.file),
                Err(AppError::Store(StoreError::Conflict)) => {}
                Err(e) => return Err(e),
            }
        }
        Err(AppError::Conflict)
    }
}
