//! A process that is killed while it writes has lost nothing that it acknowledged, and no file's chain is broken.
//! Five rounds; the long form is a check of its own. Power cuts are not judged here.

use kernel::chain::{GENESIS, HashAlg, inner, link};
use kernel::ids::{Cell, MatterId};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use store::Store;
use store::conformance::{Draft, get};
use store_sqlite::{Options, SqliteStore};

/// The example beside this test's own binary; `cargo test` builds both.
fn target() -> PathBuf {
    let own = std::env::current_exe().expect("a path");
    own.ancestors().nth(2).expect("a target directory").join("examples/kill_target")
}

/// Lets it write until it has acknowledged so many lines, kills it, and gives every whole line.
fn round(dir: &Path, first: u32, lines: usize) -> Vec<(u32, u32)> {
    let mut command = Command::new(target());
    let mut child = command.arg(dir).arg(first.to_string()).stdout(Stdio::piped()).spawn().expect("a child");
    let out = BufReader::new(child.stdout.take().expect("its output"));
    let mut acknowledged = Vec::new();
    for line in out.lines().map_while(Result::ok) {
        // The last line may be cut.
        let pair = line.split_once(' ').and_then(|(n, seq)| Some((n.parse().ok()?, seq.parse().ok()?)));
        acknowledged.extend(pair);
        if acknowledged.len() == lines {
            child.kill().expect("killed");
        }
    }
    child.wait().expect("ended");
    acknowledged
}

#[test]
fn nothing_acknowledged_is_lost() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut acknowledged: BTreeMap<u32, u32> = BTreeMap::new();
    for n in 0..5 {
        let lines = round(dir.path(), 1 + n * 100_000, 60 + 37 * n as usize);
        assert!(lines.len() >= 60, "a round that proves something");
        for (n, seq) in lines {
            let last = acknowledged.entry(n).or_default();
            *last = seq.max(*last);
        }
        let store = SqliteStore::open(dir.path(), Options::default()).expect("a store after a kill");
        let mut found = 0;
        let mut after = None;
        loop {
            let page = get(store.scan(Cell(1), after, 500));
            let Some(last) = page.last() else { break };
            after = Some(last.matter.id.serial);
            for loaded in page {
                found += 1;
                let key = get(store.matter_key(loaded.matter.id));
                assert!(key.is_some(), "a matter without its keys: {}", loaded.matter.id);
                let mut head = GENESIS;
                for (entry, seq) in loaded.entries.iter().zip(1..) {
                    assert_eq!(entry.seq, seq);
                    head = link(HashAlg::Sha256, &head, seq, &inner(HashAlg::Sha256, &entry.salt, &entry.body));
                    assert_eq!(entry.hash, head, "the chain of {}", loaded.matter.id);
                }
                assert_eq!((loaded.matter.head, loaded.matter.seq as usize), (head, loaded.entries.len()));
            }
        }
        let id = |n| -> MatterId { Draft::new(Cell(1), n).matter.id };
        for (n, seq) in &acknowledged {
            let row =
                get(store.find_matter(id(*n))).unwrap_or_else(|| panic!("matter {n} was acknowledged and is lost"));
            assert!(row.seq >= *seq, "entry {seq} of {n} was acknowledged; {} are there", row.seq);
            assert_eq!(get(store.search(Cell(1), vec![u64::from(*n)], None, 9)), [id(*n)]);
        }
        assert!(found >= acknowledged.len());
        store.integrity().expect("a sound file");
    }
}
