//! The tree of RFC 6962 over SHA-256, as sums: hashes, which whole subtrees a root or a proof is made of, and checking.
//! Pure. Where hashes are kept, and in which order leaves come, is not known here.

use sha2::{Digest, Sha256};

/// A hash of the tree.
pub type Hash = [u8; 32];

/// So many leaves, or roots of tiles, make a full tile: 2 to the power of `HEIGHT`.
pub const WIDTH: u64 = 256;
/// The height of a tile.
pub const HEIGHT: u32 = 8;

/// The hash of a leaf.
#[must_use]
pub fn leaf_hash(data: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(data).finalize().into()
}

/// The hash of an inner node.
#[must_use]
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of an empty tree.
#[must_use]
pub fn empty() -> Hash {
    Sha256::digest([]).into()
}

/// The root over nodes of one height.
#[must_use]
pub fn root(nodes: &[Hash]) -> Hash {
    match nodes {
        [] => empty(),
        [one] => *one,
        _ => {
            let (left, right) = nodes.split_at(nodes.len().next_power_of_two() / 2);
            node_hash(&root(left), &root(right))
        }
    }
}

/// A whole subtree: its height and its place among those of the same height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subtree {
    /// Over 2 to the power of this many leaves.
    pub height: u32,
    /// From 0.
    pub index: u64,
}

/// The whole subtrees that a run of leaves is made of, the largest first. The run begins where its largest one can.
#[must_use]
pub fn run(start: u64, count: u64) -> Vec<Subtree> {
    let mut at = start;
    let mut all = Vec::new();
    for height in (0..u64::BITS).rev().filter(|height| count >> height & 1 == 1) {
        all.push(Subtree { height, index: at >> height });
        at += 1 << height;
    }
    all
}

/// The hash over a run, from those of its subtrees.
#[must_use]
pub fn fold(subtrees: &[Hash]) -> Hash {
    let mut from_right = subtrees.iter().rev();
    let last = from_right.next().copied().unwrap_or_else(empty);
    from_right.fold(last, |right, left| node_hash(left, &right))
}

/// The inclusion proof of a leaf in a tree of `size`: each of its hashes as a run, the leaf's neighbour first.
/// Empty where the leaf is not in the tree.
#[must_use]
pub fn path(index: u64, size: u64) -> Vec<Vec<Subtree>> {
    let (mut start, mut count) = (0, size);
    let mut runs = Vec::new();
    while count > 1 && index < size {
        let left = left_of(count);
        if index - start < left {
            runs.push(run(start + left, count - left));
            count = left;
        } else {
            runs.push(run(start, left));
            (start, count) = (start + left, count - left);
        }
    }
    runs.reverse();
    runs
}

/// The largest power of two below `count`, which is 2 or more.
fn left_of(count: u64) -> u64 {
    1 << (count - 1).ilog2()
}

/// Whether the proof leads from this leaf to this root (RFC 9162, 2.1.3.2).
#[must_use]
pub fn includes(leaf: Hash, index: u64, size: u64, proof: &[Hash], wanted: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut place, mut last, mut hash) = (index, size - 1, leaf);
    for other in proof {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            hash = node_hash(other, &hash);
            while place & 1 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            hash = node_hash(&hash, other);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    last == 0 && hash == *wanted
}

/// The consistency proof from a tree of `old` leaves to the same tree with `new` (RFC 6962, 2.1.2): each of its hashes as a run,
/// in the order in which they are sent. Empty where nothing is to be proved: from nothing, to itself, or backwards.
#[must_use]
pub fn consistency(old: u64, new: u64) -> Vec<Vec<Subtree>> {
    if old == 0 || old >= new {
        return Vec::new();
    }
    let (mut start, mut known, mut count, mut whole) = (0, old, new, true);
    let mut runs = Vec::new();
    while known < count {
        let left = left_of(count);
        if known <= left {
            runs.push(run(start + left, count - left));
            count = left;
        } else {
            runs.push(run(start, left));
            (start, known, count, whole) = (start + left, known - left, count - left, false);
        }
    }
    if !whole {
        runs.push(run(start, count));
    }
    runs.reverse();
    runs
}

/// Whether the proof shows that the tree `new` begins with the tree `old`, each a size and a root (RFC 9162, 2.1.4.2).
#[must_use]
pub fn consistent(old: (u64, &Hash), new: (u64, &Hash), proof: &[Hash]) -> bool {
    let ((old, old_root), (new, new_root)) = (old, new);
    if old == 0 || old >= new {
        let same = old == new && old_root == new_root;
        return proof.is_empty() && (same || (old == 0 && new > 0 && *old_root == empty()));
    }
    // A tree that is one whole subtree is its own first hash, and is not sent.
    let sent = if old.is_power_of_two() { None } else { proof.first() };
    let rest = if sent.is_some() { &proof[1..] } else { proof };
    if sent.is_none() && !old.is_power_of_two() {
        return false;
    }
    let skipped = (old - 1).trailing_ones();
    let (mut place, mut last) = ((old - 1) >> skipped, (new - 1) >> skipped);
    let (mut before, mut after) = (*sent.unwrap_or(old_root), *sent.unwrap_or(old_root));
    for other in rest {
        if last == 0 {
            return false;
        }
        if place & 1 == 1 || place == last {
            (before, after) = (node_hash(other, &before), node_hash(other, &after));
            while place & 1 == 0 && place != 0 {
                (place, last) = (place >> 1, last >> 1);
            }
        } else {
            after = node_hash(&after, other);
        }
        (place, last) = (place >> 1, last >> 1);
    }
    last == 0 && before == *old_root && after == *new_root
}

/// The right edge of a tree while leaves come: of each level of tiles what is not full yet, so never more than 255 of each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    levels: Vec<Vec<Hash>>,
}

impl Edge {
    /// An edge from what stands in the tiles that are not full, from the leaves up.
    #[must_use]
    pub fn new(levels: Vec<Vec<Hash>>) -> Edge {
        Edge { levels }
    }

    /// Takes a leaf; `full` hears the root of each tile that it fills, by level from 1.
    pub fn push(&mut self, leaf: Hash, full: &mut dyn FnMut(u8, Hash)) {
        let mut next = leaf;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let tile = &mut self.levels[level];
            tile.push(next);
            if (tile.len() as u64) < WIDTH {
                return;
            }
            next = root(tile);
            tile.clear();
            full(u8::try_from(level + 1).expect("invariant: eight levels hold more leaves than can be counted"), next);
        }
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        let mut subtrees = Vec::new();
        for tile in self.levels.iter().rev() {
            for part in run(0, tile.len() as u64) {
                let from = usize::try_from(part.index << part.height).expect("invariant: within a tile");
                subtrees.push(root(&tile[from..from + (1 << part.height)]));
            }
        }
        fold(&subtrees)
    }
}

#[cfg(test)]
mod tests;
