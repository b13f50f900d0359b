//! Finished answers for whoever shows a code: kept in memory, so that a status page that has not changed is not made again.
//! An answer is given again only for the same matter and the same permission, while the store holds exactly what it was made
//! from, on the same day, before the next clock of it runs out, and under the same directory. Every time the store is asked
//! (one point read), so an entry written by anybody shows at once. Nothing is kept for whoever signed in: what he may read
//! depends on the file, and his look is recorded.

use crate::access::{Access, without_file};
use crate::error::AppError;
use crate::installation::App;
use crate::view::MatterView;
use crate::viewer::Viewer;
use kernel::ids::{Cell, MatterId};
use kernel::time::Timestamp;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use store::Stamp;

/// A finished answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Where whoever sends it writes something of his own, such as the key of a form.
    pub holes: Vec<usize>,
    /// It is never given again: it rests on more than this matter.
    pub once: bool,
}

/// Which answer: the matter, what of it may be read, and the form (language, print, page or API), which the web numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    id: MatterId,
    own: bool,
    form: u8,
}

/// An answer and what it rests on.
struct Kept {
    answer: Arc<Answer>,
    stamp: Stamp,
    edition: u64,
    /// When it was made, and the first date of a clock after that.
    made: Timestamp,
    due: Option<Timestamp>,
}

impl Kept {
    /// Whether it is what would be made now: nothing was written, no day began, no clock ran out, nobody was renamed.
    fn holds(&self, stamp: &Stamp, edition: u64, now: Timestamp) -> bool {
        self.stamp == *stamp
            && self.edition == edition
            && self.made <= now
            && self.made.date() == now.date()
            && self.due.is_none_or(|due| now <= due)
    }
}

/// By the bytes that are kept.
#[derive(Clone)]
struct Bytes;

impl Weighter<Key, Arc<Kept>> for Bytes {
    fn weight(&self, _: &Key, kept: &Arc<Kept>) -> u64 {
        (kept.answer.bytes.len() + BESIDE) as u64
    }
}

/// What stands beside the bytes of an answer, roughly.
const BESIDE: usize = 256;
/// Bytes kept at most.
const MOST: u64 = 32 * 1024 * 1024;
/// What an answer weighs, roughly: only a first guess at how many fit.
const USUAL: u64 = 16 * 1024;
/// Numbers whose matter is remembered.
const NUMBERS: usize = 50_000;

/// A public number in its parts.
type Numbered = (Cell, i16, u32);

/// The answers that are kept. Numbers never change their matter, so they are remembered for ever.
pub(crate) struct Finished {
    answers: Cache<Key, Arc<Kept>, Bytes>,
    numbers: Cache<Numbered, MatterId>,
    edition: AtomicU64,
}

impl Default for Finished {
    fn default() -> Finished {
        let about = usize::try_from(MOST / USUAL).unwrap_or(1);
        Finished {
            answers: Cache::with_weighter(about, MOST, Bytes),
            numbers: Cache::new(NUMBERS),
            edition: AtomicU64::new(0),
        }
    }
}

impl Finished {
    /// From now on nothing that was kept is given again: the directory, or anything else of the installation, is another.
    pub(crate) fn outdate(&self) {
        self.edition.fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn numbered(&self, number: &Numbered) -> Option<MatterId> {
        self.numbers.get(number)
    }

    pub(crate) fn number(&self, number: Numbered, id: MatterId) {
        self.numbers.insert(number, id);
    }
}

impl App {
    /// The answer about a matter for this viewer, made by `make` unless the very same was made before. `form` tells apart
    /// what `make` makes of the same view; it must not look at anything else that can change.
    ///
    /// # Errors
    /// `NotFound` for whoever may not know of it.
    pub async fn finished(
        &self,
        viewer: &Viewer,
        id: MatterId,
        form: u8,
        make: impl FnOnce(&MatterView) -> Answer,
    ) -> Result<Arc<Answer>, AppError> {
        let own = match without_file(viewer, id) {
            Some(Access::Own) => true,
            Some(Access::Progress) => false,
            Some(_) => return Err(AppError::NotFound),
            None => return Ok(Arc::new(make(&self.view(viewer, id).await?))),
        };
        let (key, finished) = (Key { id, own, form }, &self.inner.finished);
        // All of what an answer rests on is read before it is made: what changes meanwhile makes it outdated, never wrong.
        let (edition, made) = (finished.edition.load(Ordering::SeqCst), self.now());
        let stamp = self.inner.store.stamp(id).await?.ok_or(AppError::NotFound)?;
        if let Some(kept) = finished.answers.get(&key).filter(|kept| kept.holds(&stamp, edition, made)) {
            return Ok(kept.answer.clone());
        }
        let view = self.view(viewer, id).await?;
        let answer = Arc::new(make(&view));
        if answer.once {
            return Ok(answer);
        }
        let due = view.clocks.iter().map(|c| c.due).filter(|due| *due >= made).min();
        finished.answers.insert(key, Arc::new(Kept { answer: answer.clone(), stamp, edition, made, due }));
        Ok(answer)
    }
}
