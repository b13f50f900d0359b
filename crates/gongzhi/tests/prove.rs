//! `gongzhi prove` as somebody runs it: the proof is written, checks offline, and fails wherever something is not as it was.

mod installed;
#[path = "../../app/tests/town/mod.rs"]
mod town;

use app::log::tiles::TilePath;
use app::viewer::{Shown, Viewer};
use installed::installed;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use store_sqlite::{Options, SqliteStore};
use town::Town;

struct Case {
    dir: tempfile::TempDir,
    town: Town,
    key: String,
}

impl Case {
    /// The town, as the binary finds it in its directory.
    async fn new() -> Case {
        Case::of("standard").await
    }

    async fn of(profile: &str) -> Case {
        let dir = tempfile::tempdir().expect("a directory");
        let store = SqliteStore::open(dir.path(), Options::default()).expect("a store");
        store::Store::put_setting(&store, app::profile::SETTING, profile).await.expect("kept");
        let town = Town::over(Arc::new(store), "2026-09-28T22:46").await;
        installed(&town, &dir.path().join("master.key")).await;
        let key = town.app.verifier_key();
        Case { dir, town, key }
    }

    async fn raised(&self) -> (String, Viewer, kernel::ids::MatterId) {
        let fields = [("what", "门口的灯坏了三天。".into()), ("name", "林女士".into())];
        let raised = self.town.raises("rapid-response", &fields).await.expect("raised");
        (raised.number, Viewer::Code(raised.id, Shown::Long), raised.id)
    }

    async fn sign(&self) {
        self.town.clock.set(self.town.app.now().plus_millis(5_000));
        assert!(self.town.app.log_round().await.expect("a round").checkpoint.is_some());
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::write(&path, text).expect("written");
        path
    }

    /// Checks a receipt: whether it was accepted, and all that was said.
    fn check(&self, receipt: &Path, more: &[&str]) -> (bool, String) {
        let receipt = receipt.to_str().expect("a path");
        run(&[&["prove", "--check", receipt, "--key", &self.key], more].concat())
    }
}

fn run(args: &[&str]) -> (bool, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_gongzhi")).args(args).output().expect("runs");
    let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    (out.status.success(), said)
}

/// Somebody fetched the files of the log.
async fn mirror(case: &Case, to: &Path) {
    let app = &case.town.app;
    let last = app.log_checkpoint().await.expect("read").expect("signed");
    let path = TilePath { level: None, index: 0, width: last.size };
    let tile = to.join("tile").join(path.text());
    std::fs::create_dir_all(tile.parent().expect("a folder")).expect("made");
    std::fs::write(tile, app.log_tile(path).await.expect("read").expect("served")).expect("written");
    std::fs::write(to.join("checkpoint"), last.note).expect("written");
}

#[tokio::test]
async fn a_proof_is_written_and_checks_offline() {
    let case = Case::new().await;
    let (number, viewer, id) = case.raised().await;
    let data = case.dir.path().to_str().expect("a path").to_owned();
    case.sign().await;
    let out = case.dir.path().join("proof.txt");
    let (good, said) = run(&["prove", &number, "--data", &data, "--out", out.to_str().expect("a path")]);
    assert!(good, "{said}");
    let text = std::fs::read_to_string(&out).expect("written");
    assert!(text.contains("c2sp.org/tlog-proof@v1") && !text.contains("门口的灯"), "nothing personal: {text}");
    let (good, said) = case.check(&out, &[]);
    assert!(good && said.contains("已入册 in the log: 第 1 行，共 1 行"), "{said}");

    let own = case.town.app.own_receipt(&viewer, id).await.expect("her receipt").file;
    let (good, said) = case.check(&case.file("own.txt", &own.replace('\n', "\r\n")), &[]);
    assert!(good && said.contains("所附内容与签名相符"), "{said}");
    for (from, to) in [("门口的灯", "门口的树"), (&*number, "TD-2026-0000000"), ("index 0", "index 1")] {
        let (good, said) = case.check(&case.file("bad.txt", &own.replace(from, to)), &[]);
        assert!(!good, "{from} → {to}: {said}");
    }
    let (good, said) = run(&["prove", "--check", "x", &number, "--key", "k"]);
    assert!(!good, "one or the other: {said}");
}

#[tokio::test]
async fn the_receipt_of_a_letter_that_was_entered_late_says_when_it_came_and_what_is_over() {
    let case = Case::new().await;
    let fields = [("what", "门口的灯坏了三天。"), ("channel", "letter")].map(|(k, v)| (k.to_owned(), v.into()));
    let raising = app::raise::Raising {
        mechanism: "rapid-response".into(),
        region: "990101001001".parse().expect("a region"),
        fields: fields.into_iter().collect(),
        occurred: Some("2026-08-31T09:00:00+08:00".parse().expect("a time")),
        idempotency_key: None,
    };
    let raised = case.town.app.raise(&case.town.staff("operator"), raising).await.expect("entered");
    case.sign().await;
    let own = case.town.app.own_receipt(&Viewer::Code(raised.id, Shown::Long), raised.id).await.expect("her receipt");
    let arrived = "\narrived_at: 2026-08-31T09:00:00+08:00\n";
    assert!(own.receipt.contains(&format!("\nreceived_at: 2026-09-28T22:46:00+08:00{arrived}")), "{}", own.receipt);
    let (at, how) = own.arrived.clone().expect("it came earlier");
    assert_eq!((at.date().to_string(), how.expect("by letter").zh), ("2026-08-31".into(), "来信".into()));
    assert!(own.over.0, "the ordinary day was over: {}", own.receipt);
    let (good, said) = case.check(&case.file("letter.txt", &own.file), &[]);
    assert!(good && said.contains("于 2026-08-31T09:00:00+08:00 收到") && said.contains("登记时"), "{said}");
    let (good, said) = case.check(&case.file("bad.txt", &own.file.replace("08-31T09", "09-28T09")), &[]);
    assert!(!good, "{said}");
    let here = case.town.app.check_receipt(&own.file).await.expect("ours");
    assert!(matches!(here.held, app::check_receipt::Held::Yes(_)) && here.promise.arrived_at.is_some());
    // Without that line, as it was given out before there was one: signed by the same key, and valid.
    let bare = own.receipt.replacen(arrived, "\n", 1);
    let keys = case.town.receipt_keys().await;
    let older = keys.sign(&format!("{}\n", bare.split_once("\n\n").expect("a note").0)).expect("signed");
    let here = case.town.app.check_receipt(&older).await.expect("ours too");
    assert!(matches!(here.held, app::check_receipt::Held::Yes(_)), "{:?}", here.held);
    let (number, address) = (&raised.number, "http://127.0.0.1");
    for note in [&own.receipt, &older] {
        let qr = app::receipt::qr_text(&keys, address, number, note, None);
        let here = case.town.app.check_receipt(&qr).await.expect("its QR");
        assert_eq!(here.promise.arrived_at.is_some(), note.contains("arrived_at"));
        assert!(matches!(here.held, app::check_receipt::Held::Yes(_)));
    }
    // What is said at once has no such line.
    let (_, viewer, id) = case.raised().await;
    let own = case.town.app.own_receipt(&viewer, id).await.expect("her receipt");
    assert!(!own.receipt.contains("arrived_at") && own.arrived.is_none() && own.over == (false, false));
}

#[tokio::test]
async fn a_copy_of_the_log_is_compared_and_a_fork_is_told() {
    let case = Case::new().await;
    let (_, viewer, id) = case.raised().await;
    case.sign().await;
    let receipt = case.town.app.own_receipt(&viewer, id).await.expect("her receipt").file;
    let receipt = case.file("receipt.txt", &receipt);
    case.raised().await;
    case.sign().await;
    let folder = case.dir.path().join("mirror");
    mirror(&case, &folder).await;
    let log = folder.to_str().expect("a path");
    for log in [log, case.dir.path().to_str().expect("a path")] {
        let (good, said) = case.check(&receipt, &["--log", log]);
        assert!(good && said.contains("账上有 the log holds it: 第 1 行"), "{said}");
    }
    let checkpoint = folder.join("checkpoint");
    let kept = ["--checkpoint", checkpoint.to_str().expect("a path")];
    let (good, said) = case.check(&receipt, &kept);
    assert!(!good && said.contains("要有账本才能比对"), "nothing was compared: {said}");
    let (good, said) = case.check(&receipt, &[&kept[..], &["--log", log]].concat());
    assert!(good && said.contains("账本接着您留存的封签"), "{said}");

    // Another log of the same key, with other leaves: what an operator shows who rewrote the whole store.
    let other = Case::new().await;
    other.town.clock.set(other.town.app.now().plus_millis(1));
    other.raised().await;
    other.sign().await;
    let forked = other.dir.path().join("mirror");
    mirror(&other, &forked).await;
    let (good, said) = case.check(&receipt, &["--log", forked.to_str().expect("a path")]);
    assert!(!good && said.contains("不是同一本"), "{said}");
    let (good, said) = case.check(&receipt, &["--checkpoint", forked.join("checkpoint").to_str().expect("a path")]);
    assert!(!good && said.contains("账被换过"), "{said}");

    // A line is changed in the copy.
    let tile = folder.join("tile/entries/000.p/2");
    let mut bytes = std::fs::read(&tile).expect("a bundle");
    bytes[50] ^= 1;
    std::fs::write(&tile, bytes).expect("written");
    let (good, said) = case.check(&receipt, &["--log", log]);
    assert!(!good && said.contains("账本内容和它的封签不符"), "{said}");
}

#[tokio::test]
async fn what_is_left_after_an_erasure_checks() {
    for identity in [true, false] {
        let case = Case::new().await;
        let (_, viewer, id) = case.raised().await;
        case.sign().await;
        let row = store::ErasureRow { at: case.town.app.now(), ground: "purpose".into(), order: None, identity };
        case.town.store.erase(id, row).await.expect("erased");
        let own = case.town.app.own_receipt(&viewer, id).await.expect("her receipt").file;
        assert!(!own.contains("林女士") && own.contains("门口的灯") == identity, "{own}");
        let (good, said) = case.check(&case.file("own.txt", &own), &[]);
        assert!(good && said.contains("已入册"), "identity only: {identity}: {said}");
        if identity {
            assert!(said.contains("what was signed: 1") && said.contains("not attached or erased: 1"), "{said}");
            let (good, said) = case.check(&case.file("bad.txt", &own.replace("门口的灯", "门口的树")), &[]);
            assert!(!good && said.contains("所附内容与凭证不符"), "the control: {said}");
        }
        let page = case.town.app.check_receipt(&own).await.expect("ours on the page too");
        assert!(matches!(page.held, app::check_receipt::Held::Yes(_)) && page.opened.len() == usize::from(identity));
    }
}

#[tokio::test]
async fn a_withheld_entry_fails_against_the_log() {
    let case = Case::new().await;
    let (_, viewer, id) = case.raised().await;
    let promise = case.town.app.own_receipt(&viewer, id).await.expect("her receipt").receipt;
    let receipt = case.file("receipt.txt", &promise);
    let waiting = case.town.store.unlogged(id.cell, 1).await.expect("a queue");
    case.town.store.forget_unlogged(id.cell, vec![waiting[0].key]).await.expect("withheld");
    case.raised().await;
    case.sign().await;
    let data = case.dir.path().to_str().expect("a path");
    let (good, said) = case.check(&receipt, &[]);
    assert!(!good && said.contains("没有入册证明"), "the signature alone cannot tell: {said}");
    let (good, said) = case.check(&receipt, &["--log", data, "--clock", "2026-09-28T22:46:05"]);
    assert!(!good && said.contains("还没到入册的时间"), "{said}");
    let (good, said) = case.check(&receipt, &["--log", data, "--clock", "2026-09-28T22:47"]);
    assert!(!good && said.contains("账上没有这件事"), "{said}");
}

#[tokio::test]
async fn a_second_signature_by_sm2_is_checked_when_its_key_is_given() {
    let case = Case::of("sm").await;
    let (number, viewer, id) = case.raised().await;
    case.sign().await;
    let data = case.dir.path().to_str().expect("a path").to_owned();
    let (good, text) = run(&["prove", &number, "--data", &data]);
    assert!(good, "{text}");
    let own = case.town.app.own_receipt(&viewer, id).await.expect("her receipt").file;
    let (good, said) = case.check(&case.file("own.txt", &own), &[]);
    assert!(good && said.contains("in the log") && said.contains("what was signed"), "with SM3 and SM4 too: {said}");
    assert!(
        case.town.app.check_receipt(&own).await.is_ok_and(|c| matches!(c.held, app::check_receipt::Held::Yes(_))),
        "and on the page"
    );
    let receipt = case.file("receipt.txt", &text);
    let log = case.dir.path().join("mirror");
    mirror(&case, &log).await;
    let sm2 = case.town.app.sm2_key().expect("a second key");
    let (good, said) = case.check(&receipt, &["--sm2-key", &sm2, "--log", log.to_str().expect("a path")]);
    assert!(good && said.matches("the SM2 signature holds").count() == 2, "the receipt's and the log's: {said}");
    // One character of its line: only whoever has its key notices.
    let place = text.trim_end().len() - 6;
    let mut bad = text.clone().into_bytes();
    bad[place] = if bad[place] == b'A' { b'B' } else { b'A' };
    let bad = case.file("bad.txt", &String::from_utf8(bad).expect("text"));
    let (good, said) = case.check(&bad, &["--sm2-key", &sm2]);
    assert!(!good && said.contains("does not hold"), "{said}");
    assert!(case.check(&bad, &[]).0, "the first line holds by itself");
    let note = std::fs::read_to_string(log.join("checkpoint")).expect("read");
    let without = note.trim_end().rsplit_once('\n').expect("two lines").0;
    std::fs::write(log.join("checkpoint"), format!("{without}\n")).expect("written");
    let (good, said) = case.check(&receipt, &["--sm2-key", &sm2, "--log", log.to_str().expect("a path")]);
    assert!(!good && said.contains("does not hold"), "a log that leaves it out: {said}");

    let plain = Case::new().await;
    let (number, ..) = plain.raised().await;
    plain.sign().await;
    assert_eq!(plain.town.app.sm2_key(), None);
    let (_, text) = run(&["prove", &number, "--data", plain.dir.path().to_str().expect("a path")]);
    let receipt = plain.file("receipt.txt", &text);
    assert!(plain.check(&receipt, &[]).0 && !plain.check(&receipt, &["--sm2-key", &sm2]).0, "nobody promised it");
}
