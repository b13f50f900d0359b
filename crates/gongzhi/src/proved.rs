//! Proving packs: the nine rules over every effective mechanism of a set, as many at a time as the machine has cores.
//! Printing what holds is `commands::check`'s.

use anyhow::{Result, bail};
use kernel::mechanism::Mechanism;
use kernel::region::RegionCode;
use pack::fault::{Fault, text};
use pack::packs::{Effective, PackSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What the nine rules find in one effective mechanism, against what holds one level up.
#[must_use]
pub fn faults(set: &PackSet, id: &str, region: Option<RegionCode>, effective: &Effective) -> Vec<Fault> {
    let above = above(set, id, region);
    let found = pack::kin::check_in(set, region.as_ref(), &effective.mechanism, above);
    found.iter().map(|f| Fault::from_finding(f, &effective.place(&f.path))).collect()
}

/// What holds one level above a region.
#[must_use]
pub fn above<'a>(set: &'a PackSet, id: &str, region: Option<RegionCode>) -> Option<&'a Mechanism> {
    region.and_then(|r| set.effective_with_places(id, r.parent().as_ref()).ok()).map(|e| &*e.mechanism)
}

/// Insists that everything in a set reads and is proved, so that nothing runs that `gongzhi check` refuses.
///
/// # Errors
/// With every finding, underlined, when there is one.
pub fn insist(set: &PackSet) -> Result<()> {
    let mut found = set.faults().to_vec();
    let (good, bad): (Vec<_>, Vec<_>) = set.variants().partition(|(.., e)| e.is_ok());
    found.extend(bad.iter().filter_map(|(.., e)| e.err()).flatten().cloned());
    found.extend(
        side_by_side(&good, |(id, region, e)| e.map_or_else(|_| Vec::new(), |e| faults(set, id, region.copied(), e)))
            .concat(),
    );
    if found.is_empty() {
        return Ok(());
    }
    bail!(
        "{}{} 处要改，没有启动 / {} findings: nothing was started; `gongzhi check DIR` prints the same",
        text(&found, set.sources(), false),
        found.len(),
        found.len()
    )
}

/// Does one piece of work for each of `all`, as many at a time as the machine has cores; the results in the same order.
pub fn side_by_side<T: Sync, R: Send>(all: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        while let Some((i, one)) = {
            let i = next.fetch_add(1, Ordering::Relaxed);
            all.get(i).map(|one| (i, one))
        } {
            done.push((i, work(one)));
        }
        done
    };
    let mut done: Vec<(usize, R)> = thread::scope(|threads| {
        let started: Vec<_> = (0..cores.min(all.len())).map(|_| threads.spawn(take)).collect();
        started.into_iter().flat_map(|t| t.join().expect("invariant: a proof does not panic")).collect()
    });
    done.sort_by_key(|(i, _)| *i);
    done.into_iter().map(|(_, r)| r).collect()
}
