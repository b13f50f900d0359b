//! A log that lost its end. The last cosigned checkpoint is kept outside the store; a store that does not hold it is not
//! served. Who cannot bring back the lost part declares it: the log goes on under another name, each of its checkpoints
//! signs what the old one had promised and which lines are missing, and witnesses take it for another log.

use super::checkpoint::{Checkpoint, number};
use super::tree::Hash;
use crate::error::AppError;
use crate::installation::App;
use crate::note::NoteError;
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Skip, Store};

/// The setting with the declared losses, the oldest first.
const SETTING: &str = "losses";

/// A declared loss.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// The name of the log that lost its end.
    pub origin: String,
    /// Over how many lines its last cosigned checkpoint was.
    pub size: u64,
    /// That checkpoint's root, in base64.
    pub root: String,
    /// The first lost line, from 0: how many lines the restored log had.
    pub from: u64,
    /// When it was declared.
    pub at: Timestamp,
    /// The name under which the log goes on.
    pub opened: String,
    /// The old log's last cosigned checkpoint, to the byte.
    pub note: String,
}

/// What the checkpoints of a log that goes on after a loss say of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// The name of the log that lost its end.
    pub origin: String,
    /// The root of its last cosigned checkpoint, over the lines to `to`.
    pub root: Hash,
    /// The first lost line, from 1.
    pub from: u64,
    /// The last lost line.
    pub to: u64,
}

/// Why a store may not be served: what was cosigned is not in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Gap {
    /// The kept file is no checkpoint of this installation.
    #[error("这份封签不是本机构签的，或者已经损坏：{0} The kept checkpoint is not this installation's, or is damaged.")]
    Foreign(NoteError),
    /// It has fewer lines.
    #[error(
        "账本只有 {have} 行，见证方会签过 {kept} 行：数据库被换回了旧的。The log has {have} lines, and witnesses cosigned {kept}: this is an older database."
    )]
    Shorter {
        /// In the store.
        have: u64,
        /// Cosigned.
        kept: u64,
    },
    /// It has as many, and others.
    #[error(
        "账本与见证方会签过的前 {kept} 行对不上：账被换过。The log does not begin with the {kept} lines that witnesses cosigned: it is another one."
    )]
    Other {
        /// Cosigned.
        kept: u64,
    },
}

/// The losses that were declared in a store.
///
/// # Errors
/// The store; `Corrupt`.
pub(crate) async fn declared(store: &dyn Store) -> Result<Vec<Loss>, AppError> {
    let Some(json) = store.setting(SETTING).await? else { return Ok(Vec::new()) };
    serde_json::from_str(&json).map_err(|e| AppError::corrupt(format!("the declared losses: {e}")))
}

impl Loss {
    /// What each checkpoint of the new log says of it, below its root (extension lines of tlog-checkpoint).
    #[must_use]
    pub fn lines(&self) -> String {
        format!("continues {} {} {}\nlost {} {}\n", self.origin, self.size, self.root, self.from, self.size)
    }

    /// What a checkpoint declares lost.
    #[must_use]
    pub fn read(note: &str) -> Option<Declared> {
        let (body, _) = note.split_once("\n\n")?;
        let find = |name: &str| body.lines().skip(3).find_map(|line| line.strip_prefix(name));
        let (mut old, mut range) = (find("continues ")?.split(' '), find("lost ")?.split(' '));
        let (origin, _, root) = (old.next()?.to_owned(), old.next()?, old.next()?);
        let root = BASE64.decode(root).ok()?.try_into().ok()?;
        Some(Declared { origin, root, from: number(range.next()?)? + 1, to: number(range.next()?)? })
    }

    /// Whether it explains why a line of the old log is no longer held. What stands behind the declared lines, or was received
    /// after they were declared lost, is not explained: there the log was forked.
    #[must_use]
    pub fn covers(&self, origin: &str, index: u64, received: Timestamp) -> bool {
        origin == self.origin && (self.from..self.size).contains(&index) && received < self.at
    }
}

impl App {
    /// The losses that were declared, the oldest first.
    #[must_use]
    pub fn losses(&self) -> &[Loss] {
        &self.inner.losses
    }

    /// Whether the log goes on from a checkpoint that was kept outside the store; what is wrong, if it does not.
    ///
    /// # Errors
    /// The store.
    pub async fn beside(&self, kept: &str) -> Result<Option<Gap>, AppError> {
        let checkpoint = match Checkpoint::read(kept, &self.inner.signing.verifier_key()) {
            Ok(checkpoint) => checkpoint,
            Err(e) => return Ok(Some(Gap::Foreign(e))),
        };
        if self.losses().iter().any(|loss| loss.origin == checkpoint.origin && loss.size >= checkpoint.size) {
            return Ok(None);
        }
        let (have, kept) = (self.inner.store.log_size().await?, checkpoint.size);
        if have < kept {
            return Ok(Some(Gap::Shorter { have, kept }));
        }
        let same = checkpoint.origin == self.inner.log_keys.origin() && self.log_root(kept).await? == checkpoint.root;
        Ok((!same).then_some(Gap::Other { kept }))
    }

    /// Records that what is missing before the kept checkpoint is lost. From the next opening on the log has another name.
    ///
    /// # Errors
    /// The store; `Corrupt` if the checkpoint is not of this installation.
    pub async fn declare_loss(&self, kept: &str) -> Result<Loss, AppError> {
        let ours = self.inner.signing.verifier_key();
        let checkpoint = Checkpoint::read(kept, &ours).map_err(|e| AppError::corrupt(e.to_string()))?;
        let have = self.inner.store.log_size().await?;
        // First: whatever breaks off now, no number of the lost part is given again.
        let backup = match self.inner.store.checkpoint().await? {
            Some(last) => last.at,
            None => self.now().plus_days(-365),
        };
        self.skip_numbers(Skip::after(backup, self.now(), checkpoint.size.saturating_sub(have))).await?;
        // The restored store may be from before an earlier loss: no name is given twice.
        let names = [self.inner.log_keys.origin(), &checkpoint.origin];
        let behind = |name: &str| name.strip_prefix(ours.origin()).and_then(|rest| number(rest.strip_prefix('/')?));
        let next = names.iter().filter_map(|name| behind(name)).max().unwrap_or(1) + 1;
        let loss = Loss {
            // Where as many lines are there and differ, nobody can tell which: none of them is vouched for.
            from: if have < checkpoint.size { have } else { 0 },
            opened: format!("{}/{next}", ours.origin()),
            origin: checkpoint.origin,
            size: checkpoint.size,
            root: BASE64.encode(checkpoint.root),
            at: self.now(),
            note: kept.to_owned(),
        };
        let mut all = self.inner.losses.clone();
        all.push(loss.clone());
        let json = serde_json::to_string(&all).map_err(|e| AppError::corrupt(e.to_string()))?;
        self.inner.store.put_setting(SETTING, &json).await?;
        Ok(loss)
    }

    /// The checkpoint with which the present log begins or goes on, for keeping outside the store.
    ///
    /// # Errors
    /// The store.
    pub async fn checkpoint_now(&self) -> Result<Option<String>, AppError> {
        let size = self.inner.store.log_size().await?;
        if size == 0 { Ok(None) } else { Ok(Some(self.signed_checkpoint(size, self.log_root(size).await?)?)) }
    }
}
