//! What every store must do, as one story that runs on any of them: `conformance::run(&store)` on an empty store.
//! It asserts and panics, as tests do; it needs no runtime of its own. Durability and speed are not judged here.

mod administration;
mod append;
mod erase;
mod lists;
mod log;
mod rest;
mod sample;
mod search;
mod set;
mod whole;

use crate::{Store, StoreError};
pub use sample::{Draft, raise, sealed, when};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

/// Runs every case. Each uses cells of its own, so one empty store serves all.
///
/// # Panics
/// With the name of the promise that the store breaks.
pub fn run(store: &dyn Store) {
    for (name, case) in CASES {
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| case(store)));
        if let Err(panic) = caught {
            // The name first: the assertion above says where, this says which promise.
            std::panic::resume_unwind(Box::new(format!("{name}: {}", words(&*panic))));
        }
    }
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default()
}

/// A promise and the function that tries it.
pub type Case = (&'static str, fn(&dyn Store));

/// Every case by name.
pub const CASES: &[Case] = &[
    ("an append is loaded as it was written", append::round_trip),
    ("a file that moved on is a conflict", append::conflict),
    ("an append that is not well formed changes nothing", append::malformed),
    ("one of many concurrent appends wins", append::concurrent),
    ("a command is carried out once", append::duplicate),
    ("letters are numbered without gaps", append::letters),
    ("leased numbers never overlap", append::leases),
    ("what may have been given is given no more", append::skips),
    ("work lists page by key", lists::pages),
    ("work lists filter", lists::filters),
    ("lane counts are what listing yields", lists::counts),
    ("what is due comes in order", lists::due),
    ("marks page by key and order", lists::marks),
    ("counters sum their slots", lists::counters),
    ("search finds merged and unmerged terms", search::finds),
    ("search pages newest first", search::pages),
    ("search finds the same after many merges", search::merges),
    ("an attachment is claimed once, in its cell", rest::blobs),
    ("looks only grow, once a day where asked", rest::looks),
    ("the outbox empties into notices", rest::outbox),
    ("the directory keeps what is not named", rest::directory),
    ("sessions end", rest::sessions),
    ("an act of administration is done and recorded at once", administration::acts),
    ("what is only kept for a time is purged in bounded steps", rest::purges),
    ("a stamp changes with entries and looks", rest::stamps),
    ("settings change, mechanisms stay", rest::settings),
    ("a set keeps every version whole", set::versions),
    ("what an append destroys is gone", set::destroyed),
    ("what is recorded queues for the log, late or not", log::queue),
    ("leaves, tiles and checkpoints only grow", log::tree),
    ("looks queue for the log once they carry salt", log::looks),
    ("an erased matter keeps its entries and nothing else", erase::erased),
    ("of a matter whose identity was erased the rest is there", erase::identity_erased),
    ("keys are wrapped anew and never back", erase::rewrapped),
    ("secrets are added once and replaced together", erase::secrets),
    ("the whole store is scanned in key order", whole::scan),
    ("derived rows are cleared and filled again", whole::derived),
];

/// Waits for an answer on this thread.
///
/// # Errors
/// The store's own.
pub fn wait<T>(answer: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut answer = pin!(answer);
    loop {
        match answer.as_mut().poll(&mut context) {
            Poll::Ready(result) => return result,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// Waits for an answer that must not be an error.
#[track_caller]
pub fn get<T>(answer: impl Future<Output = Result<T, StoreError>>) -> T {
    match wait(answer) {
        Ok(value) => value,
        Err(error) => panic!("an answer was expected, not: {error:?}"),
    }
}
