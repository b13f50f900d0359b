//! Fewer configurations for the search: those that differ only in what no later step can tell apart become one. Found by
//! refining a partition until nothing changes; the longest run is the same by construction, and a test compares.

use super::search::Aim;
use crate::check::unroll::Unrolled;
use kernel::number::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The graph that one aim needs.
#[derive(Debug)]
pub(super) struct Merged {
    /// The configuration that stands for each.
    pub stands: Vec<u32>,
    /// For each that stands for others, its steps by their place in the unrolled graph, each kind once.
    pub steps: Vec<Vec<u32>>,
}

/// What a step looks like from outside: action, silence and where it leads (nowhere, once the aim is reached).
type Step = (Option<usize>, Option<usize>, Option<u32>);

impl Merged {
    pub fn new(u: &Unrolled, aim: Aim, live: &[bool]) -> Merged {
        let lengths = length_facts(u);
        let mut ids: BTreeMap<(u16, &[u8], Vec<u8>), u32> = BTreeMap::new();
        let mut class: Vec<u32> = Vec::with_capacity(u.nodes.len());
        for config in &u.nodes {
            let facts = lengths.iter().map(|f| config.facts[*f]).collect();
            let next = u32::try_from(ids.len()).unwrap_or(u32::MAX);
            class.push(*ids.entry((config.state, &config.clocks, facts)).or_insert(next));
        }
        let mut count = ids.len();
        loop {
            let mut ids: BTreeMap<(u32, BTreeSet<Step>), u32> = BTreeMap::new();
            let refined: Vec<u32> = (0..u.nodes.len())
                .map(|n| {
                    let steps = steps(u, aim, live, n).map(|(_, e)| step(u, aim, &class, e)).collect();
                    let next = u32::try_from(ids.len()).unwrap_or(u32::MAX);
                    *ids.entry((class[n], steps)).or_insert(next)
                })
                .collect();
            class = refined;
            if ids.len() == count {
                break;
            }
            count = ids.len();
        }
        let mut first: Vec<Option<u32>> = vec![None; count];
        for (n, c) in class.iter().enumerate() {
            first[*c as usize].get_or_insert(u32::try_from(n).unwrap_or(u32::MAX));
        }
        let stands: Vec<u32> = class.iter().map(|c| first[*c as usize].unwrap_or(0)).collect();
        let once = |n: usize| {
            let mut seen = BTreeSet::new();
            let all = steps(u, aim, live, n).filter(|(_, e)| seen.insert(step(u, aim, &class, e)));
            all.map(|(i, _)| u32::try_from(i).unwrap_or(u32::MAX)).collect()
        };
        let steps = (0..u.nodes.len()).map(|n| if stands[n] as usize == n { once(n) } else { Vec::new() }).collect();
        Merged { stands, steps }
    }
}

fn steps<'a>(
    u: &'a Unrolled,
    aim: Aim,
    live: &'a [bool],
    n: usize,
) -> impl Iterator<Item = (usize, &'a crate::check::unroll::Edge)> {
    let all = u.edges[n].iter().enumerate().filter(move |(_, e)| aim.passes(u, e));
    all.filter(move |(_, e)| live[e.to] || aim.reached(u, e))
}

fn step(u: &Unrolled, aim: Aim, class: &[u32], e: &crate::check::unroll::Edge) -> Step {
    (e.action, e.silence, (!aim.reached(u, e)).then(|| class[e.to]))
}

/// The facts on which a length depends.
fn length_facts(u: &Unrolled) -> Vec<usize> {
    let by = u.model.mechanism.number.values().filter_map(|n| match &n.value {
        Value::By { field, .. } => Some(field),
        _ => None,
    });
    let mut all: Vec<usize> = by.filter_map(|f| u.model.facts.iter().position(|x| x.name == *f)).collect();
    all.sort_unstable();
    all.dedup();
    all
}
