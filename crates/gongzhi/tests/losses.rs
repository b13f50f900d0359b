//! What is lost and what comes back: a restore gives no number twice, brings nobody back unasked, leaves nothing behind where it
//! refuses, and an older database under a new name is noticed by the witness alone.

mod installed;
#[path = "../../app/tests/town/mod.rs"]
mod town;

use installed::installed;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use store_sqlite::{Options, SqliteStore};
use town::Town;

const BINARY: &str = env!("CARGO_BIN_EXE_gongzhi");

struct Running {
    child: Child,
    url: String,
    second: String,
    _out: std::io::Lines<BufReader<ChildStdout>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(args: &[&str], lines: usize) -> Running {
    let mut child = Command::new(BINARY).args(args).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("runs");
    let mut out = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut line = || out.next().unwrap_or_else(|| panic!("{args:?} said nothing")).expect("text");
    let url = line().rsplit(' ').next().expect("an address").to_owned();
    let second = if lines > 1 { line() } else { String::new() };
    Running { child, url, second, _out: out }
}

fn run(args: &[&str]) -> (Option<i32>, String) {
    let out = Command::new("timeout").arg("60").arg(BINARY).args(args).output().expect("runs");
    (out.status.code(), format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr)))
}

fn curl(args: &[&str]) -> String {
    let out = Command::new("curl").args(["-s", "--max-time", "20"]).args(args).output().expect("curl");
    String::from_utf8(out.stdout).expect("text")
}

fn text(path: &Path) -> String {
    path.to_str().expect("a path").to_owned()
}

async fn open(data: &Path, at: &str) -> Town {
    std::fs::create_dir_all(data).expect("made");
    Town::over(Arc::new(SqliteStore::open(data, Options::default()).expect("a store")), at).await
}

/// An installation in a directory; the log's key.
async fn new(data: &Path) -> String {
    let town = open(data, "2026-09-28T22:46").await;
    installed(&town, &data.join("master.key")).await;
    town.app.verifier_key()
}

/// Raises so many matters and gives them their places; their numbers.
async fn raises(data: &Path, count: usize, at: &str) -> Vec<String> {
    let town = open(data, at).await;
    let mut numbers = Vec::new();
    for _ in 0..count {
        let fields = [("what", "门口的灯坏了三天。".into()), ("name", "林女士".into())];
        numbers.push(town.raises("rapid-response", &fields).await.expect("raised").number);
    }
    town.clock.set(town.app.now().plus_millis(5_000));
    town.app.log_round().await.expect("a round");
    numbers
}

struct Case {
    dir: tempfile::TempDir,
    data: PathBuf,
    backup: PathBuf,
    early: Vec<String>,
    late: Vec<String>,
    key: String,
}

/// Three matters, a backup, and more that it lacks: so many that the lease that was in hand is used up.
async fn case() -> Case {
    let dir = tempfile::tempdir().expect("a directory");
    let (data, backup) = (dir.path().join("data"), dir.path().join("backup"));
    let key = new(&data).await;
    let early = raises(&data, 3, "2026-09-28T22:46").await;
    let (code, said) = run(&["backup", "--data", &text(&data), &text(&backup), "--clock", "2026-09-28T22:47"]);
    assert_eq!(code, Some(0), "{said}");
    let mut late = Vec::new();
    for minute in 48..51 {
        late.extend(raises(&data, 2, &format!("2026-09-28T22:{minute}")).await);
    }
    Case { dir, data, backup, early, late, key }
}

impl Case {
    fn beside(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn restore(&self, name: &str, more: &[&str]) -> (Option<i32>, String) {
        let (to, key) = (text(&self.beside(name)), text(&self.data.join("master.key")));
        let args =
            ["restore", &text(&self.backup), "--data", &to, "--master-key-file", &key, "--clock", "2026-09-28T22:52"];
        run(&[&args[..], more].concat())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_number_is_given_twice_after_a_restore() {
    let case = case().await;
    let (code, said) = case.restore("fresh", &["--without-erasures"]);
    assert!(code == Some(0) && said.contains("0 damaged") && said.contains("not given again"), "{said}");
    let again = raises(&case.beside("fresh"), 3, "2026-09-28T22:53").await;
    let given: Vec<&String> = case.early.iter().chain(&case.late).filter(|n| again.contains(n)).collect();
    assert!(given.is_empty(), "given twice: {given:?} in {again:?}");
    let (code, said) = run(&[
        "verify",
        "--data",
        &text(&case.beside("fresh")),
        "--master-key-file",
        &text(&case.data.join("master.key")),
    ]);
    assert!(code == Some(0), "the gaps are declared, not found: {said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_without_a_ledger_of_erasures_is_refused() {
    let case = case().await;
    let (code, said) = case.restore("fresh", &[]);
    assert!(code == Some(1) && said.contains("--without-erasures") && said.contains("would be back"), "{said}");
    assert!(!case.beside("fresh").exists(), "nothing is put there");
    // Once it has been served there is one, and a copy of it outside the directory: found there without a word.
    let serving =
        start(&["serve", "--data", &text(&case.data), "--listen", "127.0.0.1:0", "--clock", "2026-09-28T22:52"], 1);
    drop(serving);
    let copy = case.beside("data.erasures");
    assert!(copy.exists() && case.data.join("erasures.log").exists());
    std::fs::remove_file(case.data.join("erasures.log")).expect("the directory is lost");
    let (code, said) = case.restore("fresh", &[]);
    assert!(code == Some(0) && case.beside("fresh/erasures.log").exists(), "{said}");
    // On another machine it is brought by hand.
    std::fs::rename(&copy, case.beside("by-hand")).expect("moved");
    assert_eq!(case.restore("other", &[]).0, Some(1));
    let (code, said) = case.restore("other", &["--ledger", &text(&case.beside("by-hand"))]);
    assert_eq!(code, Some(0), "{said}");
}

/// The checkpoint that the witness has cosigned, once it is over so many lines.
fn cosigned(url: &str, size: u64) {
    let begun = Instant::now();
    loop {
        let note = curl(&[&format!("{url}/log/cosigned")]);
        if note.lines().nth(1) == Some(&size.to_string()) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "not cosigned: {note}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_database_under_a_new_name_is_noticed() {
    let case = case().await;
    let witness =
        ["witness", "--state", &text(&case.beside("w")), "--listen", "127.0.0.1:0", "--name", "archive.example/w"];
    let watching = start(&[&witness[..], &["--log", &case.key]].concat(), 2);
    let theirs = format!("{}={}", watching.url, watching.second);
    let serve = |data: &Path| {
        let data = text(data);
        let key = text(&case.data.join("master.key"));
        [
            "serve",
            "--data",
            &data,
            "--listen",
            "127.0.0.1:0",
            "--clock",
            "2026-09-28T22:51",
            "--master-key-file",
            &key,
            "--witness",
            &theirs,
        ]
        .map(str::to_owned)
    };
    let args = serve(&case.data);
    let serving = start(&args.each_ref().map(String::as_str), 1);
    cosigned(&serving.url, 9);
    drop(serving);

    // The checkpoint is kept beside the old directory: the restore finds it there, refuses, and leaves nothing behind.
    let listed = || std::fs::read_dir(case.dir.path()).expect("listed").count();
    let before = listed();
    for _ in 0..2 {
        let (code, said) = case.restore("fresh", &[]);
        assert!(
            code == Some(1) && said.contains("an older database") && said.contains("Nothing was restored"),
            "{said}"
        );
        assert!(!case.beside("fresh").exists() && listed() == before, "nothing is left behind");
    }
    // Where it is lost with the machine, only the witness knows.
    std::fs::rename(case.beside("data.checkpoint"), case.beside("lost")).expect("moved");
    let (code, said) = case.restore("fresh", &[]);
    assert_eq!(code, Some(0), "{said}");
    let args = serve(&case.beside("fresh"));
    let args = args.each_ref().map(String::as_str);
    let (code, said) = run(&args);
    assert!(code == Some(1) && said.contains("an older database") && said.contains(&watching.url), "{said}");
    // From then on without it too; and the loss can be declared against what it showed.
    let (code, said) = run(&args[..args.len() - 2]);
    assert!(code == Some(1) && said.contains("declare-loss"), "{said}");
    let declare = ["declare-loss", "--data", args[2], "--master-key-file", args[8], "--yes"];
    let (code, said) = run(&declare);
    assert!(code == Some(0) && said.contains("4 to 9") || said.contains("4 至第 9"), "{said}");
    drop(start(&args, 1));
    // A witness that does not answer holds nothing up.
    drop(watching);
    drop(start(&args, 1));
}
