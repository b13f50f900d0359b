//! Long work of a test, done by every core.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Does something with each of `all`, as many at a time as the machine has cores; the results in no order.
pub fn on_every_core<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let take = || all.get(next.fetch_add(1, Ordering::Relaxed));
    let one = || std::iter::from_fn(take).map(&work).collect::<Vec<_>>();
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|s| {
        let workers: Vec<_> = (0..cores).map(|_| s.spawn(one)).collect();
        workers.into_iter().flat_map(|w| w.join().expect("a worker ends")).collect()
    })
}
