//! The log against what was recorded: each entry and each salted look has exactly one leaf with its hash, each leaf stands for
//! one of them, the tiles are what the leaves give, and the root is that of the last checkpoint, which our key signed.
//! Not here: whether an entry follows from the one before it, which is its chain's.

use super::checkpoint::Checkpoint;
use super::hash_of;
use super::tree::{Edge, HEIGHT};
use crate::error::AppError;
use crate::installation::App;
use crate::note::NoteError;
use crate::whole::Damage;
use kernel::ids::{Cell, MatterId};
use std::collections::BTreeSet;
use store::{CheckpointRow, LeafKey, LeafKind, LeafRow};

const PAGE: u32 = 2_000;
/// How many findings are named one by one.
const NAMED: usize = 200;

impl App {
    /// Verifies the log. Beside a server that runs, what comes meanwhile is left for the next time.
    ///
    /// # Errors
    /// The store, where it cannot be read at all.
    pub async fn verify_log(&self) -> Result<Vec<Damage>, AppError> {
        let mut check = Check {
            app: self,
            last: self.inner.store.checkpoint().await?,
            size: 0,
            waiting: BTreeSet::new(),
            damage: Vec::new(),
        };
        check.size = self.inner.store.log_size().await?;
        let leaves = check.tree().await?;
        let mut recorded = [0, 0];
        for cell in self.inner.store.cells_fanout().await? {
            recorded[0] += check.entries(cell).await?;
            recorded[1] += check.looks(cell).await?;
        }
        if recorded != leaves && check.damage.len() < NAMED {
            check.strays().await?;
        }
        Ok(check.damage)
    }
}

struct Check<'a> {
    app: &'a App,
    last: Option<CheckpointRow>,
    /// How many leaves there were at the beginning.
    size: u64,
    /// What waited for its place when it was last asked for.
    waiting: BTreeSet<LeafRow>,
    damage: Vec<Damage>,
}

impl Check<'_> {
    fn found(&mut self, number: Option<String>, what: impl Into<String>) {
        self.damage.push(Damage { number, what: what.into() });
    }

    /// Walks the leaves: how many of each kind.
    async fn tree(&mut self) -> Result<[u64; 2], AppError> {
        let store = &self.app.inner.store;
        let (mut edge, mut at, mut kinds, mut rooted) = (Edge::default(), 0, [0, 0], false);
        // Leaves without any checkpoint are no damage: a power cut may fall between the first leaf and the first signature.
        while at < self.size {
            let wanted = u32::try_from((self.size - at).min(u64::from(PAGE))).unwrap_or(PAGE);
            let page = store.leaves(at, wanted).await?;
            if page.is_empty() {
                self.found(None, format!("the log ends at leaf {at} and should have {}", self.size));
                return Ok(kinds);
            }
            let mut full = Vec::new();
            for leaf in &page {
                at += 1;
                kinds[usize::from(leaf.key.kind == LeafKind::Look)] += 1;
                edge.push(hash_of(leaf), &mut |level, hash| full.push((level, at, hash)));
                if let Some(last) = self.last.as_ref().filter(|last| last.size == at) {
                    rooted = edge.root() == last.root;
                }
            }
            for (level, count, hash) in full {
                let index = (count >> (HEIGHT * u32::from(level))) - 1;
                if store.log_nodes(level, index, 1).await?.first() != Some(&hash) {
                    self.found(None, format!("tile {index} of level {level} of the log is not what its leaves give"));
                }
            }
        }
        self.checkpoint(rooted);
        Ok(kinds)
    }

    fn checkpoint(&mut self, rooted: bool) {
        let Some(last) = self.last.clone() else { return };
        let signing = &self.app.inner.signing;
        match Checkpoint::read(&last.note, &signing.verifier_key()) {
            Ok(c) if (c.size, c.root) == (last.size, last.root) => {}
            Ok(_) => self.found(None, "the last checkpoint is not what was signed"),
            Err(e) => self.found(None, format!("the last checkpoint: {e}")),
        }
        if let Some(sm2) = &self.app.inner.log_sm2
            && sm2.public().verify(&last.note) == Err(NoteError::Refused)
        {
            self.found(None, "the SM2 signature below the last checkpoint is not what was signed");
        }
        if last.size > self.size {
            self.found(None, format!("the log has {} leaves; its checkpoint is over {}", self.size, last.size));
        } else if !rooted {
            self.found(None, "the log's root is not that of its last checkpoint");
        }
    }

    /// Each entry of a cell has its leaf or waits for it; how many have it.
    async fn entries(&mut self, cell: Cell) -> Result<u64, AppError> {
        let store = &self.app.inner.store;
        let (mut after, mut placed) = (None, 0);
        loop {
            let serials = store.serials(cell, after, PAGE).await?;
            let (Some(from), Some(to)) = (serials.first(), serials.last()) else { return Ok(placed) };
            after = Some(*to);
            let mut leaves = store.leaves_of(cell, *from, *to).await?.into_iter().peekable();
            let mut odd = Vec::new();
            // Both are in order: most entries meet their leaf here, what does not is looked into.
            for wanted in store.entry_leaves(cell, *from, *to).await? {
                while leaves.next_if(|(_, leaf)| leaf.key < wanted.key).is_some() {}
                match leaves.next_if(|(_, leaf)| *leaf == wanted) {
                    Some((index, _)) => placed += u64::from(index < self.size),
                    None => odd.push(wanted),
                }
            }
            let (count, wrong) = self.compare(cell, &odd).await?;
            placed += count;
            for (key, what) in wrong {
                let row = store.find_matter(MatterId { cell, serial: key.serial }).await?;
                let number = row.map(|m| self.app.number_text(m.id, m.number));
                self.found(number, format!("entry {} {what}", key.seq));
            }
        }
    }

    /// Each salted look of a cell has its leaf or waits for it; how many have it.
    async fn looks(&mut self, cell: Cell) -> Result<u64, AppError> {
        let (mut after, mut placed) = (0, 0);
        loop {
            let page = self.app.inner.store.look_links(cell, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(placed) };
            after = last.seq;
            let salted = page.iter().filter(|l| l.salted);
            let leaf = |l: &store::LookLink| LeafRow { key: LeafKey::look(cell, l.seq), alg: 1, hash: l.hash };
            let (count, wrong) = self.compare(cell, &salted.map(leaf).collect::<Vec<_>>()).await?;
            placed += count;
            for (key, what) in wrong {
                self.found(None, format!("look {} of cell {} {what}", key.seq, cell.0));
            }
        }
    }

    /// How many of these stand in the log as they are, and which do not.
    async fn compare(&mut self, cell: Cell, all: &[LeafRow]) -> Result<(u64, Vec<(LeafKey, &'static str)>), AppError> {
        let store = &self.app.inner.store;
        let found = store.find_leaves(all.iter().map(|l| l.key).collect()).await?;
        let (mut placed, mut wrong, mut missing) = (0, Vec::new(), Vec::new());
        for (wanted, found) in all.iter().zip(found) {
            match found {
                Some((index, leaf)) if leaf == *wanted => placed += u64::from(index < self.size),
                Some(_) => wrong.push((wanted.key, "has another hash in the log")),
                None => missing.push(*wanted),
            }
        }
        if missing.is_empty() {
            return Ok((placed, wrong));
        }
        missing.retain(|m| !self.waiting.contains(m));
        if !missing.is_empty() {
            // Of another cell, or recorded since.
            self.waiting = store.unlogged(cell, u32::MAX).await?.into_iter().collect();
            missing.retain(|m| !self.waiting.contains(m));
        }
        // The follower may have placed it between the two questions.
        let again = store.find_leaves(missing.iter().map(|l| l.key).collect()).await?;
        let gone = missing.iter().zip(again).filter(|(m, a)| a.is_none_or(|(_, leaf)| leaf != **m));
        wrong.extend(gone.map(|(m, _)| (m.key, "is not in the log and does not wait for it")));
        Ok((placed, wrong))
    }

    /// Names the leaves that stand for nothing. Slow: only after the counts have told that there are some.
    async fn strays(&mut self) -> Result<(), AppError> {
        let store = &self.app.inner.store;
        let mut at = 0;
        while at < self.size && self.damage.len() < NAMED {
            let page = store.leaves(at, PAGE).await?;
            if page.is_empty() {
                break;
            }
            for leaf in page {
                if !self.stands(&leaf).await? {
                    let what = match leaf.key.kind {
                        LeafKind::Entry => format!("entry {} of matter {}", leaf.key.seq, leaf.key.serial),
                        LeafKind::Look => format!("look {}", leaf.key.seq),
                    };
                    self.found(None, format!("leaf {at} of the log: there is no {what} in cell {}", leaf.key.home.0));
                }
                at += 1;
            }
        }
        Ok(())
    }

    async fn stands(&self, leaf: &LeafRow) -> Result<bool, AppError> {
        let LeafKey { home, kind, serial, seq } = leaf.key;
        let store = &self.app.inner.store;
        if kind == LeafKind::Look {
            let found = store.look_links(home, seq.saturating_sub(1), 1).await?;
            return Ok(found.first().is_some_and(|l| l.seq == seq && l.salted));
        }
        let loaded = store.load(MatterId { cell: home, serial }).await?;
        Ok(loaded.is_some_and(|l| l.entries.iter().any(|e| e.seq == seq)))
    }
}
