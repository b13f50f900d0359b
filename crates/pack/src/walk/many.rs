//! Many walks and what came of them.

use super::{Ground, WalkLog, walk};
use std::collections::BTreeMap;

/// Many walks.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WalkSummary {
    /// How many.
    pub walks: usize,
    /// How many were raised.
    pub raised: usize,
    /// How many ended.
    pub ended: usize,
    /// How many entries they left.
    pub entries: usize,
    /// How often each action took effect.
    pub did: BTreeMap<String, usize>,
    /// How often each state was the last.
    pub stopped_in: BTreeMap<String, usize>,
    /// The first that broke, with its seed and its lines.
    pub broken: Option<WalkLog>,
}

/// Plays so many matters with seeds from `seed` on, and stops at the first that breaks something. A walk whose matter
/// could not be raised (a complaint about everybody finds nobody) does not count, but there are never twice as many.
#[must_use]
pub fn walk_many(
    ground: Ground<'_>,
    seed: u64,
    steps: usize,
    walks: usize,
    mut each: impl FnMut(usize),
) -> WalkSummary {
    let mut sum = WalkSummary::default();
    while sum.raised < walks && sum.walks < 2 * walks {
        let log = walk(ground, seed.wrapping_add(sum.walks as u64), steps);
        sum.walks += 1;
        sum.raised += usize::from(log.raised);
        sum.ended += usize::from(log.file.ended.is_some());
        sum.entries += log.entries.len();
        for action in log.entries.iter().filter_map(|e| e.act.effect()) {
            *sum.did.entry(action.to_owned()).or_default() += 1;
        }
        *sum.stopped_in.entry(log.file.state.clone()).or_default() += 1;
        each(sum.raised);
        if !log.broken.is_empty() {
            sum.broken = Some(log);
            break;
        }
    }
    sum
}
