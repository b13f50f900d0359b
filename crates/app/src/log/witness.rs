//! What a witness decides, as C2SP tlog-witness says: whether the checkpoint that somebody brings goes on from the last one
//! that it cosigned of that log. Pure; where the last one is kept, and the answer over HTTP, are the binary's.

use super::checkpoint::{Checkpoint, number};
use super::tree::{Hash, consistent, empty};
use crate::note::{NoteError, VerifierKey};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};

/// The most hashes that a consistency proof may have.
const LONGEST: usize = 63;

/// What is brought to a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The size that the witness cosigned last, as far as the log knows; 0 for none.
    pub old: u64,
    /// The consistency proof from there.
    pub proof: Vec<Hash>,
    /// The signed checkpoint.
    pub note: String,
}

/// The last checkpoint that a witness cosigned of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its size.
    pub size: u64,
    /// Its root.
    pub root: Hash,
}

/// Why a checkpoint is not cosigned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Not a request of this protocol, or one that asks to go back.
    #[error("this is not a request as c2sp.org/tlog-witness describes it")]
    Malformed,
    /// A log that this witness does not watch.
    #[error("this log is not watched here")]
    Unknown,
    /// Not signed by the key of that log.
    #[error("the checkpoint is not signed by the key of that log")]
    Unsigned,
    /// The last cosigned checkpoint has another size.
    #[error("{0}")]
    Size(u64),
    /// The tree does not go on from the last one: a fork.
    #[error("the checkpoint does not go on from the one that was cosigned last")]
    Inconsistent,
}

impl Refusal {
    /// The status of the answer.
    #[must_use]
    pub fn status(self) -> u16 {
        match self {
            Refusal::Malformed => 400,
            Refusal::Unsigned => 403,
            Refusal::Unknown => 404,
            Refusal::Size(_) => 409,
            Refusal::Inconsistent => 422,
        }
    }
}

impl Request {
    /// Reads what was posted; nothing is believed yet.
    #[must_use]
    pub fn parse(text: &str) -> Option<Request> {
        let (head, note) = text.split_once("\n\n")?;
        let mut lines = head.split('\n');
        let old = number(lines.next()?.strip_prefix("old ")?)?;
        let proof: Vec<Hash> = lines.map(|line| BASE64.decode(line).ok()?.try_into().ok()).collect::<Option<_>>()?;
        (proof.len() <= LONGEST).then(|| Request { old, proof, note: note.to_owned() })
    }

    /// As it is posted.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("old {}\n", self.old);
        for hash in &self.proof {
            text.push_str(&BASE64.encode(hash));
            text.push('\n');
        }
        format!("{text}\n{}", self.note)
    }
}

/// Whether to cosign: the checkpoint, which from then on is the last one of its log.
///
/// # Errors
/// Why not.
pub fn judge(
    request: &Request,
    logs: &[VerifierKey],
    seen: &dyn Fn(&str) -> Option<Seen>,
) -> Result<Checkpoint, Refusal> {
    let origin = request.note.lines().next().ok_or(Refusal::Malformed)?;
    // A log that declared a loss goes on under another name: it is another log until somebody here agrees to watch it.
    let key = logs.iter().find(|key| key.origin() == origin).ok_or(Refusal::Unknown)?;
    let checkpoint = Checkpoint::read(&request.note, key).map_err(|e| match e {
        NoteError::Unsigned | NoteError::Refused => Refusal::Unsigned,
        NoteError::Format | NoteError::Name | NoteError::Key => Refusal::Malformed,
    })?;
    if request.old > checkpoint.size {
        return Err(Refusal::Malformed);
    }
    let last = seen(origin).unwrap_or(Seen { size: 0, root: empty() });
    if request.old != last.size {
        return Err(Refusal::Size(last.size));
    }
    let goes_on = consistent((last.size, &last.root), (checkpoint.size, &checkpoint.root), &request.proof);
    if goes_on { Ok(checkpoint) } else { Err(Refusal::Inconsistent) }
}

#[cfg(test)]
mod tests {
    use super::super::tree::{consistency, fold, leaf_hash, root};
    use super::*;
    use crate::keys::Key;
    use crate::note::SigningKeys;
    use crate::random::SeededRandom;

    fn keys(name: &str, seed: u64) -> SigningKeys {
        SigningKeys::from_seed(name, &Key::random(&mut SeededRandom::new(seed))).expect("a name")
    }

    fn leaves(count: u64, last: &str) -> Vec<Hash> {
        let leaf = |n| if n + 1 == count { leaf_hash(last.as_bytes()) } else { leaf_hash(&u64::to_be_bytes(n)) };
        (0..count).map(leaf).collect()
    }

    fn request(keys: &SigningKeys, old: u64, leaves: &[Hash]) -> Request {
        let text = Checkpoint { origin: keys.origin().into(), size: leaves.len() as u64, root: root(leaves) }.text();
        let hash = |run: &Vec<super::super::tree::Subtree>| {
            let part = |s: &super::super::tree::Subtree| {
                let from = usize::try_from(s.index << s.height).expect("small");
                root(&leaves[from..from + (1 << s.height)])
            };
            fold(&run.iter().map(part).collect::<Vec<_>>())
        };
        let proof = consistency(old, leaves.len() as u64).iter().map(hash).collect();
        Request { old, proof, note: keys.sign(&text).expect("signed") }
    }

    #[test]
    fn a_log_that_grows_is_cosigned_and_every_other_is_not() {
        let log = keys("log.example", 1);
        let watched = [keys("other.example", 9).verifier_key(), log.verifier_key()];
        let before = leaves(7, "a");
        let mut grown = before.clone();
        grown.extend((0..6_u64).map(|n| leaf_hash(&[1, u8::try_from(n).expect("small")])));
        let none = |_: &str| None;
        let seven = |_: &str| Some(Seen { size: 7, root: root(&before) });
        let status =
            |r: &Request, seen: &dyn Fn(&str) -> Option<Seen>| judge(r, &watched, seen).map_err(Refusal::status);
        assert_eq!(status(&request(&log, 0, &before), &none).expect("first").size, 7);
        assert_eq!(status(&request(&log, 7, &grown), &seven).expect("goes on").size, 13);
        assert_eq!(status(&request(&log, 7, &before), &seven).expect("the same again").size, 7);
        for (what, bad, wanted) in [
            ("the same size, another root", request(&log, 7, &leaves(7, "b")), 422),
            ("a fork that grew", request(&log, 7, &leaves(13, "b")), 422),
            ("going back", request(&log, 0, &leaves(5, "a")), 409),
            ("going back, saying so", request(&log, 7, &leaves(5, "a")), 400),
            ("an old size", request(&log, 6, &grown), 409),
            ("no proof", Request { proof: vec![], ..request(&log, 7, &grown) }, 422),
            ("another log", request(&keys("log.example/2", 1), 0, &grown), 404),
            ("another key", request(&keys("log.example", 2), 7, &grown), 403),
        ] {
            assert_eq!(status(&bad, &seven).expect_err(what), wanted, "{what}");
        }
        let mut padded = request(&log, 0, &grown);
        padded.proof.push(root(&before));
        assert_eq!(status(&padded, &none).expect_err("a proof from nothing"), 422);
        let forged =
            Request { note: request(&log, 7, &grown).note.replace("\n13\n", "\n12\n"), ..request(&log, 7, &grown) };
        assert_eq!(status(&forged, &seven).expect_err("forged"), 403);
    }

    #[test]
    fn requests_are_read_as_they_are_written() {
        let one = request(&keys("log.example", 1), 3, &leaves(9, "a"));
        assert_eq!(Request::parse(&one.text()), Some(one.clone()));
        let bare = Request { old: 0, proof: vec![], ..one.clone() };
        assert_eq!(Request::parse(&bare.text()), Some(bare));
        let text = one.text();
        for bad in [
            text.replacen("old 3", "old 03", 1),
            text.replacen("old 3", "old", 1),
            text.replacen("old 3\n", "", 1),
            text.replacen("old 3\n", "old 3\nAAAA\n", 1),
            text.replacen("\n\n", "\n", 1).replace("\n\n", "\n"),
            Request { proof: vec![[0; 32]; 64], ..one }.text(),
        ] {
            assert_eq!(Request::parse(&bad), None, "{bad}");
        }
    }
}
