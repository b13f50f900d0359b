//! The transparency log: one tree of RFC 6962 over every entry and every look of the installation (decisions 24, 25, 27).
//! A leaf is `hash algorithm ‖ kind ‖ hash in its chain`, 34 bytes that are salted already and say nothing of anybody.
//!
//! Three steps, each safe to repeat and to be interrupted: leaves and the tiles that they fill in one transaction; the queue
//! emptied; a checkpoint signed, after the commit and beside the writer. Witnesses are asked elsewhere (`witnessed`),
//! and never waited for.

pub mod checkpoint;
pub mod cosign;
pub mod loss;
pub mod proof;
pub mod tiles;
pub mod tree;
pub mod verify;
pub mod witness;
pub mod witnessed;

use crate::error::AppError;
use crate::installation::App;
use crate::note::NoteError;
use crate::note::sm2::Sm2Keys;
use checkpoint::Checkpoint;
use kernel::ids::Cell;
use proof::Proof;
use store::{CheckpointRow, LeafKey, LeafRow, LogAppend, NodeRow, StoreError};
use tree::{Edge, HEIGHT, Hash, Subtree, WIDTH};

/// Within so many seconds an entry is under a signed checkpoint; every receipt promises it.
pub const WITHIN_S: u32 = 10;
/// Checkpoints are at least so many milliseconds apart.
const APART: i64 = 2_000;
/// How many leaves get their places in one transaction …
const AT_ONCE: u32 = 1_024;
/// … and how often in one round, for each cell: an older store comes in over many rounds, each with its checkpoint.
const PAGES: u32 = 16;

/// What one round did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogRound {
    /// Leaves that got their places.
    pub leaves: u64,
    /// The size of the checkpoint that was signed, if one was.
    pub checkpoint: Option<u64>,
}

/// An inclusion proof under the last checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inclusion {
    /// The leaf's place.
    pub index: u64,
    /// Over how many leaves the checkpoint is.
    pub size: u64,
    /// The proof as a text (C2SP tlog-proof).
    pub text: String,
}

/// The bytes of a leaf.
#[must_use]
pub fn leaf_data(alg: u8, kind: store::LeafKind, hash: &Hash) -> [u8; 34] {
    let mut data = [0; 34];
    (data[0], data[1]) = (alg, kind as u8);
    data[2..].copy_from_slice(hash);
    data
}

fn hash_of(leaf: &LeafRow) -> Hash {
    tree::leaf_hash(&leaf_data(leaf.alg, leaf.key.kind, &leaf.hash))
}

impl App {
    /// One round: gives places to what waits in every cell, then signs a checkpoint if it is time for one.
    ///
    /// # Errors
    /// The store; `Corrupt` if the log is not what its last checkpoint says, and then nothing is signed.
    pub async fn log_round(&self) -> Result<LogRound, AppError> {
        let mut round = LogRound::default();
        for cell in self.inner.store.cells_fanout().await? {
            for _ in 0..PAGES {
                let taken = self.place_leaves(cell).await?;
                round.leaves += u64::from(taken);
                if taken < AT_ONCE {
                    break;
                }
            }
        }
        round.checkpoint = self.sign_log().await?;
        Ok(round)
    }

    /// Gives places to a page of what waits in a cell; how much was taken out of the queue.
    async fn place_leaves(&self, cell: Cell) -> Result<u32, AppError> {
        let store = &self.inner.store;
        let waiting = store.unlogged(cell, AT_ONCE).await?;
        if waiting.is_empty() {
            return Ok(0);
        }
        let keys: Vec<LeafKey> = waiting.iter().map(|l| l.key).collect();
        // What an interrupted round placed already stands in the queue still.
        let known = store.find_leaves(keys.clone()).await?;
        let fresh = waiting.iter().zip(known).filter(|(_, known)| known.is_none());
        let leaves: Vec<LeafRow> = fresh.map(|(leaf, _)| *leaf).collect();
        if !leaves.is_empty() {
            let size = store.log_size().await?;
            let nodes = self.nodes_of(size, &leaves).await?;
            match store.append_leaves(LogAppend { size, leaves, nodes }).await {
                Ok(()) => {}
                // Another process places too: what is left comes with the next round.
                Err(StoreError::Conflict) => return Ok(0),
                Err(e) => return Err(e.into()),
            }
        }
        store.forget_unlogged(cell, keys).await?;
        Ok(u32::try_from(waiting.len()).unwrap_or(u32::MAX))
    }

    /// The roots of the tiles that these leaves fill.
    async fn nodes_of(&self, size: u64, leaves: &[LeafRow]) -> Result<Vec<NodeRow>, AppError> {
        let mut edge = self.edge(size).await?;
        let mut nodes = Vec::new();
        for (leaf, count) in leaves.iter().zip(size + 1..) {
            edge.push(hash_of(leaf), &mut |level, hash| {
                nodes.push(NodeRow { level, index: (count >> (HEIGHT * u32::from(level))) - 1, hash });
            });
        }
        Ok(nodes)
    }

    /// What stands in the tiles that are not full at this size.
    async fn edge(&self, size: u64) -> Result<Edge, AppError> {
        let mut levels = Vec::new();
        for level in 0.. {
            let count = size.checked_shr(HEIGHT * u32::from(level)).unwrap_or(0);
            if count == 0 {
                break;
            }
            levels.push(self.tile_row(level, count - count % WIDTH, count % WIDTH).await?);
        }
        Ok(Edge::new(levels))
    }

    /// A run of hashes of a level of tiles: leaves at 0, roots of full tiles above.
    async fn tile_row(&self, level: u8, from: u64, count: u64) -> Result<Vec<Hash>, AppError> {
        let limit = u32::try_from(count).map_err(|_| AppError::corrupt("a run of the log that no tile holds"))?;
        if limit == 0 {
            return Ok(Vec::new());
        }
        let hashes: Vec<Hash> = match level {
            0 => self.inner.store.leaves(from, limit).await?.iter().map(hash_of).collect(),
            _ => self.inner.store.log_nodes(level, from, limit).await?,
        };
        if hashes.len() as u64 == count {
            Ok(hashes)
        } else {
            Err(AppError::corrupt(format!("level {level} of the log has a gap after {from}")))
        }
    }

    async fn subtrees(&self, run: &[Subtree]) -> Result<Hash, AppError> {
        let mut hashes = Vec::with_capacity(run.len());
        for part in run {
            let level = u8::try_from(part.height / HEIGHT).expect("invariant: at most seven");
            let rest = part.height % HEIGHT;
            hashes.push(tree::root(&self.tile_row(level, part.index << rest, 1 << rest).await?));
        }
        Ok(tree::fold(&hashes))
    }

    /// The root over the first leaves.
    pub(crate) async fn log_root(&self, size: u64) -> Result<Hash, AppError> {
        self.subtrees(&tree::run(0, size)).await
    }

    /// The consistency proof between two sizes of the log, as a witness wants it.
    ///
    /// # Errors
    /// The store; `Corrupt` if it has fewer leaves than `new`.
    pub async fn log_consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, AppError> {
        let mut hashes = Vec::new();
        for run in tree::consistency(old, new) {
            hashes.push(self.subtrees(&run).await?);
        }
        Ok(hashes)
    }

    /// Signs a checkpoint over everything that has a place, unless the last one is over that already or quite new.
    async fn sign_log(&self) -> Result<Option<u64>, AppError> {
        let store = &self.inner.store;
        let (last, size, at) = (store.checkpoint().await?, store.log_size().await?, self.now());
        if let Some(last) = &last {
            if last.size > size || self.log_root(last.size).await? != last.root {
                return Err(AppError::corrupt("the log is not the one of its last checkpoint; nothing is signed"));
            }
            // A clock that stepped back must not hold a checkpoint up.
            if last.size == size || (last.at.0..last.at.0 + APART).contains(&at.0) {
                return Ok(None);
            }
        }
        if size == 0 {
            return Ok(None);
        }
        let root = self.log_root(size).await?;
        let note = self.signed_checkpoint(size, root)?;
        match store.put_checkpoint(CheckpointRow { size, root, at, note }).await {
            Ok(()) => Ok(Some(size)),
            Err(StoreError::Conflict) => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    fn signed_checkpoint(&self, size: u64, root: Hash) -> Result<String, AppError> {
        let keys = &self.inner.log_keys;
        let mut text = Checkpoint { origin: keys.origin().to_owned(), size, root }.text();
        if let Some(loss) = self.inner.losses.last() {
            text.push_str(&loss.lines());
        }
        let wrong = |e| AppError::corrupt(format!("the checkpoint: {e}"));
        let mut note = keys.sign(&text).map_err(wrong)?;
        if let Some(sm2) = &self.inner.log_sm2 {
            note.push_str(&sm2.line(&text).map_err(wrong)?);
        }
        Ok(note)
    }

    /// The key of the second signature, by SM2; none unless the installation's profile asks for it.
    #[must_use]
    pub fn sm2_key(&self) -> Option<String> {
        self.inner.log_sm2.as_ref().map(|keys| keys.public().to_string())
    }

    /// The last checkpoint, with the cosignatures that it has got so far.
    ///
    /// # Errors
    /// The store.
    pub async fn log_checkpoint(&self) -> Result<Option<CheckpointRow>, AppError> {
        let Some(mut last) = self.inner.store.checkpoint().await? else { return Ok(None) };
        let ours = self.inner.log_keys.origin();
        let lacks = |sm2: &Sm2Keys| sm2.public().verify(&last.note) == Err(NoteError::Unsigned);
        if last.note.lines().next() != Some(ours) || self.inner.log_sm2.as_ref().is_some_and(lacks) {
            // The last one from before a declared loss: the new log begins with the same leaves, under its own name. Or the
            // last one from before the second signature, which gives the same note and one line more.
            last.note = self.signed_checkpoint(last.size, last.root)?;
        }
        last.note = self.inner.witnessed.cosigned(last.note);
        Ok(Some(last))
    }

    /// The key by which anybody checks checkpoints: the installation's, under the log's present name.
    #[must_use]
    pub fn log_key(&self) -> String {
        self.inner.log_keys.verifier_key().to_string()
    }

    /// The proof that something is under the last checkpoint; none as long as it is not.
    ///
    /// # Errors
    /// The store.
    pub async fn log_proof(&self, key: LeafKey) -> Result<Option<Inclusion>, AppError> {
        let Some(last) = self.log_checkpoint().await? else { return Ok(None) };
        let found = self.inner.store.find_leaves(vec![key]).await?.pop().flatten();
        let Some((index, leaf)) = found.filter(|(index, _)| *index < last.size) else { return Ok(None) };
        let mut hashes = Vec::new();
        for run in tree::path(index, last.size) {
            hashes.push(self.subtrees(&run).await?);
        }
        let leaf = leaf_data(leaf.alg, leaf.key.kind, &leaf.hash).to_vec();
        let text = Proof { leaf, index, hashes, checkpoint: last.note }.text();
        Ok(Some(Inclusion { index, size: last.size, text }))
    }
}
