//! What a witness remembers: its key, and of each log the last checkpoint that it cosigned. A cosignature leaves only after
//! that checkpoint is on disk. A file that cannot be read stops the start: whoever forgot would cosign a log that went back.

use crate::open::kept::replace;
use crate::open::master_key::seed_in_file;
use anyhow::{Context, Result, bail};
use app::log::checkpoint::Checkpoint;
use app::log::cosign::WitnessKeys;
use app::log::witness::{Refusal, Request, Seen, judge};
use app::note::VerifierKey;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// A witness at work.
pub struct State {
    dir: PathBuf,
    keys: WitnessKeys,
    logs: Vec<VerifierKey>,
    /// By origin. One lock over judging and writing: two requests must not overtake each other.
    last: Mutex<BTreeMap<String, (Seen, String)>>,
    _alone: File,
}

/// Why a checkpoint got no cosignature.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It must not.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It could not be remembered.
    #[error("the state cannot be written: {0}")]
    Disk(#[from] std::io::Error),
}

/// The name by which a log is asked for: the hash of its origin.
pub fn name_of(origin: &str) -> String {
    app::keys::hex(&Sha256::digest(origin))
}

impl State {
    /// Opens the state; the key is made at the first start.
    pub fn open(dir: &Path, name: &str, logs: Vec<VerifierKey>) -> Result<State> {
        fs::create_dir_all(dir).with_context(|| format!("{} cannot be made", dir.display()))?;
        let alone = File::create(dir.join("witness.lock")).with_context(|| format!("{}", dir.display()))?;
        if alone.try_lock().is_err() {
            bail!("another witness runs on {}", dir.display());
        }
        let seed = seed_in_file(&dir.join("witness.key"))?;
        let keys = WitnessKeys::from_seed(name, &seed)?;
        let mut last = BTreeMap::new();
        for log in &logs {
            let path = dir.join(format!("{}.checkpoint", name_of(log.origin())));
            let note = match fs::read_to_string(&path) {
                Ok(note) => note,
                Err(e) if e.kind() == ErrorKind::NotFound => continue,
                Err(e) => return Err(e).with_context(|| format!("{} cannot be read", path.display())),
            };
            let read = Checkpoint::read(&note, log).and_then(|c| keys.public().verify(&note).map(|_| c));
            let read = read.with_context(|| {
                format!(
                    "{}: what this witness cosigned last is damaged, or was cosigned under another name",
                    path.display()
                )
            })?;
            last.insert(read.origin, (Seen { size: read.size, root: read.root }, note));
        }
        Ok(State { dir: dir.to_owned(), keys, logs, last: Mutex::new(last), _alone: alone })
    }

    /// The key by which its cosignatures are checked.
    pub fn key(&self) -> String {
        self.keys.public().to_string()
    }

    /// The last checkpoint of a log that it cosigned, by the hash of the log's origin.
    pub fn last(&self, name: &str) -> Option<String> {
        let all = self.last.lock().expect("invariant: no panic under this lock");
        all.iter().find(|(origin, _)| name_of(origin) == name).map(|(_, (_, note))| note.clone())
    }

    /// Judges a request; what it cosigns is on disk before the line is given. `at` in seconds since 1970.
    pub fn add(&self, request: &Request, at: u64) -> Result<String, Failure> {
        let mut all = self.last.lock().expect("invariant: no panic under this lock");
        let seen = |origin: &str| all.get(origin).map(|(seen, _)| *seen);
        let checkpoint = judge(request, &self.logs, &seen)?;
        let text = request.note.split_once("\n\n").map(|(text, _)| format!("{text}\n")).ok_or(Refusal::Malformed)?;
        let line = self.keys.cosign(&text, at);
        let log = self.logs.iter().find(|log| log.origin() == checkpoint.origin).ok_or(Refusal::Unknown)?;
        // Of the signatures that came along only the log's own is kept: it is the one that was verified.
        let note = format!("{text}\n{}{line}", log.line_of(&request.note).ok_or(Refusal::Malformed)?);
        replace(&self.dir.join(format!("{}.checkpoint", name_of(&checkpoint.origin))), &note)?;
        all.insert(checkpoint.origin, (Seen { size: checkpoint.size, root: checkpoint.root }, note));
        Ok(line)
    }
}
