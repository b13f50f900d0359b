//! Rows of the transparency log: what waits for its place, the leaves in their order, the roots of full tiles, checkpoints.
//! A leaf holds a hash that is salted already, never what it stands for.

use kernel::chain::Hash;
use kernel::ids::{Cell, MatterId};
use kernel::time::Timestamp;

/// What a leaf stands for. The number is part of the leaf, so it never changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum LeafKind {
    /// An entry of a matter.
    Entry = 1,
    /// A look, of the stream of its cell.
    Look = 2,
}

/// What a leaf stands for, and which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeafKey {
    /// The cell that it came from.
    pub home: Cell,
    /// An entry or a look.
    pub kind: LeafKind,
    /// The matter; 0 for a look, which is counted in its cell.
    pub serial: i64,
    /// Its number in the file, or in the stream.
    pub seq: u32,
}

impl LeafKey {
    /// An entry's.
    #[must_use]
    pub fn entry(matter: MatterId, seq: u32) -> LeafKey {
        LeafKey { home: matter.cell, kind: LeafKind::Entry, serial: matter.serial, seq }
    }

    /// A look's.
    #[must_use]
    pub fn look(home: Cell, seq: u32) -> LeafKey {
        LeafKey { home, kind: LeafKind::Look, serial: 0, seq }
    }
}

/// A leaf, before or after it has its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeafRow {
    /// What it stands for.
    pub key: LeafKey,
    /// Which hash: see `kernel::chain::HashAlg`.
    pub alg: u8,
    /// The hash in the chain of its file or stream.
    pub hash: Hash,
}

/// The root of a full tile: level 1 is over 256 leaves, level 2 over 256 of level 1, and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeRow {
    /// Its level, from 1.
    pub level: u8,
    /// Its place in the level, from 0.
    pub index: u64,
    /// The hash.
    pub hash: Hash,
}

/// Leaves that get the next places, and the tiles that they fill.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogAppend {
    /// The size that the log must still have.
    pub size: u64,
    /// The leaves in order; the first gets `size` as its place.
    pub leaves: Vec<LeafRow>,
    /// Roots of tiles that are full now.
    pub nodes: Vec<NodeRow>,
}

/// A signed checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointRow {
    /// How many leaves it is over.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
    /// When it was signed.
    pub at: Timestamp,
    /// The signed note, as it is published.
    pub note: String,
}

/// A link of a cell's stream of looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookLink {
    /// Its number.
    pub seq: u32,
    /// Its hash in the stream.
    pub hash: Hash,
    /// It carries a salt, so its hash can be published: looks from before the log do not.
    pub salted: bool,
}
