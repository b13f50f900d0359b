//! What witnesses have said of our log: whom the installation asks, what each cosigned last, and what is wrong with it.
//! Nothing waits for a witness. How they are reached, and where the last cosigned checkpoint is kept, are the binary's.

use super::cosign::WitnessKey;
use super::witness::Request;
use crate::error::AppError;
use crate::installation::App;
use crate::log::checkpoint::Checkpoint;
use kernel::time::Timestamp;
use std::sync::Mutex;

/// How a witness stands to the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Its key.
    pub key: WitnessKey,
    /// What it cosigned last.
    pub last: Option<Last>,
    /// What came of asking it last, where it was no cosignature.
    pub trouble: Option<Trouble>,
    /// The size that it cosigned last, by its own word.
    known: u64,
}

/// The last cosignature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Last {
    /// Over how many leaves.
    pub size: u64,
    /// When.
    pub at: Timestamp,
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It does not answer, or not as a witness does.
    Silent,
    /// It does not know this log, or its key.
    Stranger,
    /// It says that this log does not go on from what it cosigned.
    Fork,
    /// It has cosigned a larger log than this one.
    Ahead(u64),
}

/// What a witness answered.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Cosignature lines.
    Lines(String),
    /// 409, with the size that it cosigned last.
    Size(u64),
    /// Another status.
    Status(u16),
    /// Nothing.
    Silence,
}

/// All of them, and the last checkpoint that one of them cosigned.
#[derive(Default)]
pub(crate) struct Witnessed(Mutex<All>);

#[derive(Default)]
struct All {
    standings: Vec<Standing>,
    cosigned: Option<(Checkpoint, String)>,
}

impl Witnessed {
    fn with<T>(&self, what: impl FnOnce(&mut All) -> T) -> T {
        what(&mut self.0.lock().expect("invariant: no panic under this lock"))
    }

    /// The note, with the lines that witnesses put below it.
    pub(crate) fn cosigned(&self, note: String) -> String {
        self.with(|all| match &all.cosigned {
            Some((_, with)) if with.starts_with(&note) => with.clone(),
            _ => note,
        })
    }
}

impl App {
    /// Says whose cosignatures are asked for; `kept` is the last cosigned checkpoint, of which the present log is a
    /// continuation ([`App::beside`]).
    pub fn ask_witnesses(&self, keys: Vec<WitnessKey>, kept: Option<&str>) {
        let ours = self.inner.log_keys.verifier_key();
        // One of before a declared loss is not of this log.
        let kept = kept.filter(|note| note.lines().next() == Some(ours.origin()));
        let read = kept.and_then(|note| Some((Checkpoint::read(note, &ours).ok()?, note)));
        let standing = |key: WitnessKey| {
            let found = read.as_ref().and_then(|(c, note)| Some((c.size, key.verify(note).ok()?)));
            let last = found.map(|(size, cosignature)| Last { size, at: of_seconds(cosignature.at) });
            Standing { key, last, trouble: None, known: last.map_or(0, |l| l.size) }
        };
        let standings = keys.into_iter().map(standing).collect();
        let cosigned = read.map(|(checkpoint, note)| (checkpoint, note.to_owned()));
        self.inner.witnessed.with(|all| *all = All { standings, cosigned });
    }

    /// How each witness stands to the log.
    #[must_use]
    pub fn witnesses(&self) -> Vec<Standing> {
        self.inner.witnessed.with(|all| all.standings.clone())
    }

    /// The last checkpoint that a witness cosigned, with its line.
    #[must_use]
    pub fn last_cosigned(&self) -> Option<String> {
        self.inner.witnessed.with(|all| all.cosigned.as_ref().map(|(_, note)| note.clone()))
    }

    /// What to post to a witness; none as long as it has cosigned the last checkpoint.
    ///
    /// # Errors
    /// The store.
    pub async fn for_witness(&self, which: usize) -> Result<Option<Request>, AppError> {
        let Some(standing) = self.witnesses().into_iter().nth(which) else { return Ok(None) };
        let Some(row) = self.log_checkpoint().await? else { return Ok(None) };
        if standing.last.is_some_and(|last| last.size >= row.size) {
            return Ok(None);
        }
        // A witness that is ahead of us is asked again and again: it is known as soon as our log has grown.
        let old = standing.known.min(row.size);
        let proof = self.log_consistency(old, row.size).await?;
        Ok(Some(Request { old, proof, note: row.note }))
    }

    /// Shows a checkpoint with its cosignatures, once it is kept where whoever puts an older database back does not reach.
    pub fn show_cosigned(&self, note: String) {
        let ours = self.inner.log_keys.verifier_key();
        let Ok(checkpoint) = Checkpoint::read(&note, &ours) else { return };
        self.inner.witnessed.with(|all| {
            // Another witness may have cosigned a later one meanwhile.
            if all.cosigned.as_ref().is_none_or(|(last, _)| last.size <= checkpoint.size) {
                all.cosigned = Some((checkpoint, note));
            }
        });
    }

    /// Takes what a witness answered: the checkpoint with its cosignatures, if it is one to be kept and then shown.
    pub fn heard(&self, which: usize, asked: &Request, answer: Answer) -> Option<String> {
        let ours = self.inner.log_keys.verifier_key();
        let checkpoint = Checkpoint::read(&asked.note, &ours).ok()?;
        self.inner.witnessed.with(|all| {
            let All { standings, cosigned } = all;
            let standing = standings.get_mut(which)?;
            let lines = match answer {
                Answer::Lines(lines) => lines,
                Answer::Size(size) => {
                    standing.known = size;
                    standing.trouble = (size > checkpoint.size).then_some(Trouble::Ahead(size));
                    return None;
                }
                Answer::Status(403 | 404) => return standing.fails(Trouble::Stranger),
                Answer::Status(422) => return standing.fails(Trouble::Fork),
                Answer::Status(_) | Answer::Silence => return standing.fails(Trouble::Silent),
            };
            let Ok(cosignature) = standing.key.verify(&format!("{}{lines}", asked.note)) else {
                return standing.fails(Trouble::Silent);
            };
            standing.last = Some(Last { size: checkpoint.size, at: of_seconds(cosignature.at) });
            (standing.known, standing.trouble) = (checkpoint.size, None);
            let note = match cosigned {
                Some((last, _)) if last.size > checkpoint.size => return None,
                Some((last, note)) if *last == checkpoint => format!("{note}{}", cosignature.line),
                _ => format!("{}{}", asked.note, cosignature.line),
            };
            Some(note)
        })
    }
}

impl Standing {
    fn fails<T>(&mut self, trouble: Trouble) -> Option<T> {
        self.trouble = Some(trouble);
        None
    }
}

fn of_seconds(seconds: u64) -> Timestamp {
    Timestamp(i64::try_from(seconds.saturating_mul(1000)).unwrap_or(i64::MAX))
}
