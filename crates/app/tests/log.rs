//! The log: what is recorded comes in once, whatever interrupts it; tools that are not ours accept it; verifying sees each fault.

mod town;

use app::check_receipt::Held;
use app::log::tiles::TilePath;
use app::note::VerifierKey;
use app::own_receipt::Standing;
use app::receipt::check_file;
use app::viewer::{Shown, Viewer};
use kernel::chain::Hash;
use kernel::ids::{Cell, MatterId};
use signed_note::{Note, StandardVerifier, VerifierList};
use std::collections::HashMap;
use store::{LeafKey, LeafRow, LogAppend};
use tlog_tiles::{Checkpoint, Error, Tile, TileHashReader, TileReader, check_record, prove_record, record_hash};
use town::Town;

const START: &str = "2026-09-28T22:46";

async fn raised(town: &Town) -> MatterId {
    let fields = [("what", "门口的灯坏了三天。".into()), ("name", "林女士".into()), ("phone", "13800000001".into())];
    town.raises("rapid-response", &fields).await.expect("raised").id
}

async fn round(town: &Town) -> app::log::LogRound {
    town.clock.set(town.app.now().plus_millis(5_000));
    town.app.log_round().await.expect("a round")
}

async fn damage(town: &Town) -> Vec<String> {
    town.app.verify_log().await.expect("verified").into_iter().map(|d| d.what).collect()
}

async fn cell(town: &Town) -> Cell {
    town.store.cells_fanout().await.expect("cells")[0]
}

/// The log as somebody has fetched it.
struct Fetched(HashMap<String, Vec<u8>>);

impl TileReader for Fetched {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Error> {
        // Their paths begin with the height; ours are those of tlog-tiles.
        let path = |t: &Tile| t.path().trim_start_matches("tile/").trim_start_matches("8/").to_owned();
        let found = |t: &Tile| self.0.get(&path(t)).unwrap_or_else(|| panic!("{} is not served", path(t)));
        Ok(tiles.iter().map(|t| found(t).clone()).collect())
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

/// The signed checkpoint, read and verified by what is not ours.
fn theirs(note: &str, key: &str) -> Checkpoint {
    let note = Note::from_bytes(note.as_bytes()).expect("a note");
    let keys = VerifierList::new(vec![Box::new(StandardVerifier::new(key).expect("a key"))]);
    let (known, unknown) = note.verify(&keys).expect("signed");
    assert_eq!((known.len(), unknown.len()), (1, 0));
    Checkpoint::from_bytes(note.text()).expect("a checkpoint")
}

async fn fetch(town: &Town, size: u64) -> Fetched {
    let mut all = HashMap::new();
    for level in 0..3_u8 {
        let count = size >> (8 * u32::from(level));
        for index in 0..count.div_ceil(256) {
            let width = (count - index * 256).min(256);
            let path = TilePath { level: Some(level), index, width };
            let bytes = town.app.log_tile(path).await.expect("a tile").expect("served");
            assert_eq!(bytes.len() as u64, width * 32);
            all.insert(path.text(), bytes);
        }
    }
    Fetched(all)
}

#[tokio::test]
async fn a_tool_that_is_not_ours_accepts_checkpoint_tiles_and_proof() {
    let town = Town::new(START).await;
    let first = raised(&town).await;
    for _ in 0..300 {
        raised(&town).await;
    }
    let round = round(&town).await;
    let size = round.checkpoint.expect("signed");
    assert!(size > 257 && round.leaves == size, "more than one tile: {round:?}");
    let last = town.app.log_checkpoint().await.expect("read").expect("there");
    let checkpoint = theirs(&last.note, &town.app.verifier_key());
    assert_eq!((checkpoint.origin(), checkpoint.size()), ("test.example/town", size));

    // From our tiles they make the proof themselves, and it is ours.
    let fetched = fetch(&town, size).await;
    let reader = TileHashReader::new(size, *checkpoint.hash(), &fetched);
    let proof = town.app.log_proof(LeafKey::entry(first, 1)).await.expect("read").expect("in the log");
    let parsed = app::log::proof::Proof::parse(&proof.text).expect("a proof");
    let made = prove_record(size, proof.index, &reader).expect("provable from the tiles");
    assert_eq!(made.iter().map(|h| h.0).collect::<Vec<Hash>>(), parsed.hashes);
    check_record(&made, size, *checkpoint.hash(), proof.index, record_hash(&parsed.leaf)).expect("they accept it");
    let other = record_hash(b"something else");
    assert!(check_record(&made, size, *checkpoint.hash(), proof.index, other).is_err());

    // The bundle holds the same leaves; nothing beyond the checkpoint is given.
    let path = TilePath { level: None, index: proof.index / 256, width: 256.min(size) };
    let bundle = town.app.log_tile(path).await.expect("a bundle").expect("served");
    let at = usize::try_from(proof.index % 256).expect("small") * 36;
    assert_eq!(bundle[at..at + 2], [0, 34]);
    assert_eq!(bundle[at + 2..at + 36], parsed.leaf[..]);
    raised(&town).await;
    let beyond = TilePath { level: Some(0), index: size / 256, width: size % 256 + 1 };
    assert_eq!(town.app.log_tile(beyond).await.expect("read"), None);
    assert_eq!(damage(&town).await, [""; 0]);
}

#[tokio::test]
async fn an_interrupted_follower_goes_on_where_it_was() {
    let town = Town::new(START).await;
    let id = raised(&town).await;
    raised(&town).await;
    let cell = cell(&town).await;
    let waiting = town.store.unlogged(cell, 100).await.expect("a queue");
    assert_eq!(waiting[0].key, LeafKey::entry(id, 1));
    // As if it had been killed after the first leaf, before the queue was emptied and anything signed.
    let append = LogAppend { size: 0, leaves: waiting[..1].to_vec(), nodes: Vec::new() };
    town.store.append_leaves(append).await.expect("a leaf");
    assert_eq!(town.app.log_proof(LeafKey::entry(id, 1)).await.expect("read"), None, "no checkpoint, no proof");
    let done = round(&town).await;
    assert_eq!(done.checkpoint, Some(waiting.len() as u64), "each once");
    assert_eq!(town.store.unlogged(cell, 100).await.expect("a queue"), []);
    assert_eq!(round(&town).await, app::log::LogRound::default(), "nothing to do");
    // Killed after emptying the queue, before signing: the next round signs.
    raised(&town).await;
    let more = town.store.unlogged(cell, 100).await.expect("a queue");
    let size = town.store.log_size().await.expect("a size");
    town.store.append_leaves(LogAppend { size, leaves: more.clone(), nodes: Vec::new() }).await.expect("leaves");
    town.store.forget_unlogged(cell, more.iter().map(|l| l.key).collect()).await.expect("emptied");
    assert_eq!(round(&town).await.checkpoint, Some(size + more.len() as u64));
    assert_eq!(damage(&town).await, [""; 0]);
}

#[tokio::test]
async fn checkpoints_come_apart_and_never_for_nothing() {
    let town = Town::new(START).await;
    assert_eq!(town.app.log_round().await.expect("a round").checkpoint, None, "an empty log is not signed");
    raised(&town).await;
    assert!(town.app.log_round().await.expect("a round").checkpoint.is_some());
    raised(&town).await;
    let soon = town.app.log_round().await.expect("a round");
    assert!(soon.leaves > 0 && soon.checkpoint.is_none(), "not at once again");
    assert!(round(&town).await.checkpoint.is_some());
    town.clock.set(town.app.now().plus_days(-1));
    raised(&town).await;
    assert!(round(&town).await.checkpoint.is_some(), "a clock that steps back holds nothing up");
}

#[tokio::test]
async fn a_look_comes_into_the_log() {
    let town = Town::new(START).await;
    let id = raised(&town).await;
    round(&town).await;
    town.app.view(&town.staff("operator"), id).await.expect("the holder reads");
    assert_eq!(round(&town).await.leaves, 1);
    assert!(town.app.log_proof(LeafKey::look(id.cell, 1)).await.expect("read").is_some());
    assert_eq!(damage(&town).await, [""; 0]);
}

#[tokio::test]
async fn verifying_sees_what_was_withheld_and_what_was_slipped_in() {
    let town = Town::new(START).await;
    let id = raised(&town).await;
    raised(&town).await;
    let waiting = town.store.unlogged(id.cell, 1).await.expect("a queue");
    town.store.forget_unlogged(id.cell, vec![waiting[0].key]).await.expect("withheld");
    round(&town).await;
    assert_eq!(damage(&town).await, ["entry 1 is not in the log and does not wait for it"]);

    let size = town.store.log_size().await.expect("a size");
    let forged = LeafRow { key: LeafKey::entry(id, 99), alg: 1, hash: [7; 32] };
    let leaves = vec![waiting[0], forged];
    town.store.append_leaves(LogAppend { size, leaves, nodes: Vec::new() }).await.expect("slipped in");
    let found = damage(&town).await;
    assert!(found.len() == 1 && found[0].starts_with(&format!("leaf {} of the log", size + 1)), "{found:?}");
}

#[tokio::test]
async fn a_receipt_gets_its_proof_and_anybody_may_check_it() {
    let town = Town::new(START).await;
    let id = raised(&town).await;
    let own = |town: &Town| {
        let app = town.app.clone();
        async move { app.own_receipt(&Viewer::Code(id, Shown::Long), id).await.expect("her receipt") }
    };
    let first = own(&town).await;
    assert_eq!(first.standing, Standing::Waiting(10));
    let early = town.app.check_receipt(&first.file).await.expect("ours");
    assert_eq!((early.held, early.file), (Held::Soon(10), None));
    round(&town).await;
    let then = own(&town).await;
    assert_eq!(then.receipt, first.receipt, "the promise is the same to the byte");
    let key = VerifierKey::parse(&town.app.verifier_key()).expect("a key");
    let offline = check_file(&then.file, &key).expect("offline");
    assert_eq!(offline.logged.map(|l| (l.index, l.checkpoint.size)), Some((0, 1)));
    // As a browser sends what was pasted: other line ends, blanks around.
    let pasted = format!("\u{feff} \r\n{}\r\n ", then.file.replace('\n', "\r\n"));
    let checked = town.app.check_receipt(&pasted).await.expect("ours");
    assert!(matches!(checked.held, Held::Yes(ref i) if i.index == 0) && checked.file.is_none() && !checked.qr);
    assert!(checked.opened.iter().any(|(_, text)| text == "门口的灯坏了三天。"));
    assert!(checked.mechanism.is_some());
    // The promise alone gets its proof here, and nothing that was not brought.
    let bare = town.app.check_receipt(&first.receipt).await.expect("ours");
    let completed = bare.file.expect("with its proof");
    assert!(check_file(&completed, &key).expect("offline").logged.is_some() && bare.opened.is_empty());
    assert!(town.app.check_receipt(&then.file.replace("TD-2026", "TD-2025")).await.is_err());
    assert!(town.app.check_receipt("http://127.0.0.1/m/TD-2026-1#p=a&s=b").await.is_err());
    assert!(town.app.check_receipt("").await.is_err());
}

#[tokio::test]
async fn a_receipt_whose_entry_was_withheld_fails() {
    let town = Town::new(START).await;
    let id = raised(&town).await;
    let own = town.app.own_receipt(&Viewer::Code(id, Shown::Long), id).await.expect("her receipt");
    let waiting = town.store.unlogged(id.cell, 9).await.expect("a queue");
    town.store.forget_unlogged(id.cell, vec![waiting[0].key]).await.expect("withheld");
    raised(&town).await;
    round(&town).await;
    let soon = town.app.check_receipt(&own.file).await.expect("ours");
    assert_eq!(soon.held, Held::Soon(5), "its time is not over");
    round(&town).await;
    round(&town).await;
    assert_eq!(town.app.check_receipt(&own.file).await.expect("ours").held, Held::No);
    // Neither does it help to be in another town's log, or to be there as something else.
    let elsewhere = Town::new(START).await;
    assert_eq!(elsewhere.app.check_receipt(&own.file).await.expect("signed with the same key").held, Held::No);
    let size = town.store.log_size().await.expect("a size");
    let leaves = vec![LeafRow { hash: [7; 32], ..waiting[0] }];
    town.store.append_leaves(LogAppend { size, leaves, nodes: Vec::new() }).await.expect("another hash");
    round(&town).await;
    assert_eq!(town.app.check_receipt(&own.file).await.expect("ours").held, Held::No);
}

/// What stands behind the declared lines, or came after they were declared lost, is not explained by the declaration.
#[test]
fn a_declared_loss_covers_its_lines_and_what_was_received_before() {
    let at = town::at("2026-09-28T12:00");
    let loss = app::log::loss::Loss {
        origin: "test.example/town".into(),
        size: 7,
        root: String::new(),
        from: 3,
        at,
        opened: "test.example/town/2".into(),
        note: String::new(),
    };
    let covers = |index, minutes: i64| loss.covers("test.example/town", index, at.plus_millis(minutes * 60_000));
    assert_eq!([2, 3, 6, 7].map(|index| covers(index, -1)), [false, true, true, false]);
    assert!(!covers(3, 0) && !covers(3, 1), "received when it was lost already");
    assert!(!loss.covers("test.example/town/2", 3, at.plus_millis(-1)), "of another log");
}
