//! `gongzhi prove --check` beside logs that are not as they should be: forked, cut, declared lost. The logs are made here, by
//! the same key, as an operator would who rewrites his store; no installation is needed.

use app::keys::Key;
use app::log::checkpoint::Checkpoint;
use app::log::cosign::WitnessKeys;
use app::log::proof::Proof;
use app::log::tree;
use app::note::SigningKeys;
use app::random::SeededRandom;
use app::receipt::{Openings, Receipt, file, issue, qr_text};
use app::seal::VaultField;
use std::path::{Path, PathBuf};
use std::process::Command;

const NAME: &str = "test.example/town";

fn seed(n: u64) -> Key {
    Key::random(&mut SeededRandom::new(n))
}

fn keys(origin: &str) -> SigningKeys {
    SigningKeys::from_seed(origin, &seed(1)).expect("a name")
}

fn witness(n: u64) -> WitnessKeys {
    WitnessKeys::from_seed("w.example", &seed(n)).expect("a name")
}

/// A log by what its lines commit to, and what it declares to have lost.
#[derive(Clone)]
struct Log {
    origin: &'static str,
    entries: Vec<u8>,
    lost: String,
}

impl Log {
    fn new(entries: &[u8]) -> Log {
        Log { origin: NAME, entries: entries.to_vec(), lost: String::new() }
    }

    fn promise(&self, line: usize) -> Receipt {
        let openings = openings();
        Receipt {
            origin: NAME.into(),
            number: format!("TD-2026-000000{line}"),
            received_at: "2026-09-28T22:46:00+08:00".into(),
            arrived_at: (line == 3).then(|| "2026-09-21T09:00:00+08:00".into()),
            mechanism: "rapid-response".into(),
            mechanism_hash: [1; 32],
            entry: [self.entries[line - 1]; 32],
            fields: openings.digest(),
            due_by: "-".into(),
            promised_by: "-".into(),
            logged_within_s: 10,
        }
    }

    fn hashes(&self) -> Vec<tree::Hash> {
        (1..=self.entries.len()).map(|line| tree::leaf_hash(&self.promise(line).leaves()[0])).collect()
    }

    fn root(&self, size: usize) -> tree::Hash {
        tree::root(&self.hashes()[..size])
    }

    fn body(&self, size: usize) -> String {
        let checkpoint = Checkpoint { origin: self.origin.into(), size: size as u64, root: self.root(size) };
        format!("{}{}", checkpoint.text(), self.lost)
    }

    /// The checkpoint over so many lines.
    fn note(&self, size: usize) -> String {
        keys(self.origin).sign(&self.body(size)).expect("signed")
    }

    fn receipt(&self, line: usize, size: usize) -> String {
        let hashes = self.hashes();
        let whole = |s: &tree::Subtree| {
            let from = usize::try_from(s.index << s.height).expect("small");
            tree::root(&hashes[from..from + (1 << s.height)])
        };
        let part = |run: Vec<tree::Subtree>| tree::fold(&run.iter().map(whole).collect::<Vec<_>>());
        let hashes = tree::path(line as u64 - 1, size as u64).into_iter().map(part).collect();
        let promise = self.promise(line);
        let leaf = promise.leaves()[0].to_vec();
        let proof = Proof { leaf, index: line as u64 - 1, hashes, checkpoint: self.note(size) }.text();
        file(&self.bare(line), Some(&proof), Some(&openings()))
    }

    /// The promise without a proof.
    fn bare(&self, line: usize) -> String {
        issue(&self.promise(line), &keys(NAME)).expect("issued")
    }

    /// Its files, as somebody fetched them.
    fn files(&self, to: &Path) -> PathBuf {
        let size = self.entries.len();
        let tile = to.join(format!("tile/entries/000.p/{size}"));
        std::fs::create_dir_all(tile.parent().expect("a folder")).expect("made");
        let line = |line| [&[0, 34][..], &self.promise(line).leaves()[0]].concat();
        std::fs::write(tile, (1..=size).flat_map(line).collect::<Vec<_>>()).expect("written");
        std::fs::write(to.join("checkpoint"), self.note(size)).expect("written");
        to.to_owned()
    }
}

fn openings() -> Openings {
    let words = VaultField::new("门口的灯坏了三天。", &mut SeededRandom::new(5));
    Openings::new(&[("what".to_owned(), words)].into(), [])
}

struct Bench(tempfile::TempDir);

impl Bench {
    fn new() -> Bench {
        Bench(tempfile::tempdir().expect("a directory"))
    }

    fn log(&self, name: &str, log: &Log) -> String {
        log.files(&self.0.path().join(name)).to_str().expect("a path").to_owned()
    }

    fn file(&self, name: &str, text: &str) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.to_str().expect("a path").to_owned()
    }

    /// Exit code, and all that was said.
    fn check(&self, receipt: &str, more: &[&str]) -> (i32, String) {
        let receipt = self.file("receipt.txt", receipt);
        let key = keys(NAME).verifier_key().to_string();
        let args = [&["prove", "--check", &receipt, "--key", &key], more].concat();
        let out = Command::new(env!("CARGO_BIN_EXE_gongzhi")).args(args).output().expect("runs");
        let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        (out.status.code().expect("ended"), said)
    }
}

fn is(found: &(i32, String), code: i32, words: &str) {
    assert!(found.0 == code && found.1.contains(words), "{code} {words}: {found:?}");
}

#[test]
fn a_fork_of_another_size_is_told_by_its_own_log() {
    let bench = Bench::new();
    let (ours, fork) = (Log::new(&[1, 2, 3]), Log::new(&[1, 9, 3, 4, 5]));
    let kept = bench.file("kept", &ours.note(3));
    let forged = fork.receipt(5, 5);
    let log = bench.log("fork", &fork);
    is(&bench.check(&forged, &["--log", &log]), 0, "the log holds it");
    is(&bench.check(&forged, &["--checkpoint", &kept, "--log", &log]), 1, "the checkpoint that you kept");
    is(&bench.check(&forged, &["--checkpoint", &kept]), 4, "NOT compared");
    // The honest log, grown since.
    let grown = Log::new(&[1, 2, 3, 4, 5]);
    let log = bench.log("grown", &grown);
    is(&bench.check(&ours.receipt(2, 2), &["--checkpoint", &kept, "--log", &log]), 0, "goes on from");
    is(&bench.check(&grown.receipt(5, 5), &["--checkpoint", &kept, "--log", &log]), 0, "goes on from");
    // A promise without a proof does not skip it.
    is(&bench.check(&fork.bare(5), &["--checkpoint", &kept]), 4, "NOT compared");
    let log = bench.log("fork", &fork);
    is(&bench.check(&fork.bare(5), &["--checkpoint", &kept, "--log", &log]), 1, "the checkpoint that you kept");
    // A log that was rolled back.
    let newer = bench.file("newer", &grown.note(5));
    let log = bench.log("ours", &ours);
    is(&bench.check(&ours.receipt(2, 2), &["--checkpoint", &newer, "--log", &log]), 1, "shorter than the checkpoint");
    is(&bench.check(&ours.receipt(2, 3), &["--checkpoint", &kept]), 0, "the same as the other checkpoint");
    let twin = bench.file("twin", &Log::new(&[1, 9, 3]).note(3));
    is(&bench.check(&ours.receipt(2, 3), &["--checkpoint", &twin]), 1, "was forked");
}

#[test]
fn a_promise_alone_is_no_plain_success() {
    let bench = Bench::new();
    let ours = Log::new(&[1, 2, 3]);
    is(&bench.check(&ours.receipt(2, 3), &[]), 0, "in the log");
    is(&bench.check(&ours.bare(2), &[]), 3, "only the signed promise");
    let log = bench.log("ours", &ours);
    is(&bench.check(&ours.bare(2), &["--log", &log]), 0, "the log holds it");
    let without = bench.log("without", &Log::new(&[1, 3]));
    is(&bench.check(&ours.bare(2), &["--log", &without, "--clock", "2026-09-28T22:46:05"]), 3, "not due");
    is(&bench.check(&ours.bare(2), &["--log", &without, "--clock", "2026-09-28T22:47"]), 1, "does not hold it");
}

#[test]
fn the_cosignature_of_a_witness_is_demanded() {
    let bench = Bench::new();
    let (ours, grown) = (Log::new(&[1, 2, 3]), Log::new(&[1, 2, 3, 4, 5]));
    let theirs = witness(7).public().to_string();
    let cosigned = format!("{}{}", ours.note(3), witness(7).cosign(&ours.body(3), 1_790_000_000));
    let kept = bench.file("kept", &cosigned);
    let log = bench.log("grown", &grown);
    let want = ["--witness", &theirs, "--log", &log, "--checkpoint", &kept];
    is(&bench.check(&ours.receipt(2, 2), &want), 0, "cosigned by w.example over 3 lines");
    is(&bench.check(&grown.receipt(4, 5), &want), 1, "no checkpoint over this receipt");
    is(&bench.check(&ours.receipt(2, 2), &want[..4]), 1, "no checkpoint over this receipt");
    let other = witness(8).public().to_string();
    is(&bench.check(&ours.receipt(2, 2), &[&["--witness", &other], &want[2..]].concat()), 1, "no checkpoint over");
    // What could not be compared proves nothing of this log.
    is(&bench.check(&ours.receipt(2, 2), &["--witness", &theirs, "--checkpoint", &kept]), 1, "no checkpoint over");
    // In the receipt's own proof it needs nothing else.
    let own = ours.receipt(2, 3).replace(&ours.note(3), &cosigned);
    is(&bench.check(&own, &["--witness", &theirs]), 0, "cosigned by w.example");
    is(&bench.check(&own.replace("TD-", "TE-"), &["--witness", &theirs]), 1, "");
}

#[test]
fn a_declared_loss_excuses_what_it_declares_and_nothing_else() {
    let bench = Bench::new();
    let old = Log::new(&[1, 2, 3, 4, 5, 6, 7]);
    // Lines 4 and 5 are declared; the store was put back to three lines and goes on.
    let said = old.body(5);
    let root = said.lines().nth(2).expect("a root");
    let mut new = Log::new(&[1, 2, 3, 8, 9, 10]);
    (new.origin, new.lost) = ("test.example/town/2", format!("continues {NAME} 5 {root}\nlost 3 5\n"));
    let log = bench.log("new", &new);
    is(&bench.check(&old.receipt(2, 3), &["--log", &log]), 0, "the log holds it");
    is(&bench.check(&old.receipt(2, 5), &["--log", &log]), 0, "the log holds it");
    is(&bench.check(&old.receipt(4, 5), &["--log", &log]), 1, "one of the lost ones");
    is(&bench.check(&old.receipt(6, 7), &["--log", &log]), 1, "not among the lines declared lost");
    // What was kept from before: the lines that were left must be the same.
    let check = |note: &str| {
        let kept = bench.file("kept", note);
        bench.check(&new.receipt(4, 6), &["--log", &log, "--checkpoint", &kept])
    };
    is(&check(&old.note(3)), 0, "goes on from");
    is(&check(&Log::new(&[1, 9, 3]).note(3)), 1, "does not go on from");
    is(&check(&old.note(4)), 4, "NOT compared");
    is(&check(&old.note(5)), 4, "NOT compared");
    is(&check(&Log::new(&[1, 2, 3, 4, 9]).note(5)), 1, "is not the log of");
    is(&check(&old.note(7)), 1, "the declared loss ends at line 5");
    // The old log, shown to somebody who has seen the new one.
    let log = bench.log("old", &old);
    let kept = bench.file("kept", &new.note(6));
    is(&bench.check(&old.receipt(2, 3), &["--log", &log, "--checkpoint", &kept]), 1, "older than");
}

#[test]
fn a_file_may_be_cut_saved_and_sent_as_people_do() {
    let bench = Bench::new();
    let ours = Log::new(&[1, 2, 3]);
    let whole = ours.receipt(2, 3);
    let cut = &whole[..whole.find("gongzhi.openings/v1").expect("openings")];
    assert!(cut.ends_with("\n\n"), "as an editor leaves it");
    for text in [cut.to_owned(), cut.replace('\n', "\r\n"), format!("\u{feff}{whole}\n\n"), whole.trim_end().to_owned()]
    {
        is(&bench.check(&text, &[]), 0, "in the log");
    }
    is(&bench.check(&cut.replace("line", "lime").replace("rapid", "Rapid"), &[]), 1, "");
    let kept = bench.file("kept", &format!("\u{feff}{}", ours.note(3).replace('\n', "\r\n")));
    is(&bench.check(&whole, &["--checkpoint", &kept]), 0, "the same as");
}

#[test]
fn the_text_of_a_qr_is_checked_as_far_as_it_goes() {
    let bench = Bench::new();
    let text = qr_text(&keys(NAME), "https://town.example", "TD-2026-0000002", &Log::new(&[1, 2]).bare(2), None);
    is(&bench.check(&text, &[]), 3, "the receipt file");
    is(&bench.check(&text.replace("0000002", "0000003"), &[]), 1, "does not belong");
}
