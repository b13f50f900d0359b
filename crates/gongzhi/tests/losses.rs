//! What is lost and what comes back: a restore gives no number twice, brings nobody back unasked, leaves nothing behind where it
//! refuses, and an older database under a new name is noticed by the witness alone.

mod installed;
mod opened;
#[path = "../../app/tests/town/mod.rs"]
mod town;

use installed::installed;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use town::Town;

const BINARY: &str = env!("CARGO_BIN_EXE_gongzhi");

struct Running {
    child: Child,
    url: String,
    second: String,
    /// What it writes to its errors.
    errors: tempfile::NamedTempFile,
    _out: std::io::Lines<BufReader<ChildStdout>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(args: &[&str], lines: usize) -> Running {
    let errors = tempfile::NamedTempFile::new().expect("a file");
    let to = errors.reopen().expect("the same file");
    let mut child = Command::new(BINARY).args(args).stdout(Stdio::piped()).stderr(to).spawn().expect("runs");
    let mut out = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut line = || out.next().unwrap_or_else(|| panic!("{args:?} said nothing")).expect("text");
    let url = line().rsplit(' ').next().expect("an address").to_owned();
    let second = if lines > 1 { line() } else { String::new() };
    Running { child, url, second, errors, _out: out }
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
    Town::over(Arc::new(opened::store(data)), at).await
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

/// An older copy of the files, put back by hand: nothing was restored, and the loss is declared.
#[tokio::test(flavor = "multi_thread")]
async fn no_number_is_given_twice_after_a_declared_loss() {
    let dir = tempfile::tempdir().expect("a directory");
    let [data, older] = ["data", "older"].map(|n| dir.path().join(n));
    new(&data).await;
    let early = raises(&data, 3, "2026-09-28T22:46").await;
    std::fs::create_dir(&older).expect("made");
    for name in ["gongzhi.db", "keys.db", "master.key"] {
        std::fs::copy(data.join(name), older.join(name)).expect("copied");
    }
    let mut late = raises(&data, 2, "2026-09-28T22:48").await;
    late.extend(raises(&data, 2, "2026-09-28T22:49").await);
    let kept = open(&data, "2026-09-28T22:50").await.app.checkpoint_now().await.expect("read").expect("signed");
    std::fs::write(dir.path().join("older.checkpoint"), kept).expect("kept");
    let (code, said) = run(&["declare-loss", "--data", &text(&older), "--yes", "--clock", "2026-09-28T22:51"]);
    assert!(code == Some(0) && said.contains("lines 4 to 7"), "{said}");
    let again = raises(&older, 3, "2026-09-28T22:53").await;
    assert!(!early.iter().chain(&late).any(|n| again.contains(n)), "given twice: {again:?}");
    assert_eq!(run(&["verify", "--data", &text(&older)]).0, Some(0));
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
    let compared = start(&args, 1);
    let said = |running: &Running| std::fs::read_to_string(running.errors.path()).expect("text");
    assert!(!said(&compared).contains("not compared"), "{}", said(&compared));
    drop(compared);
    // A witness that does not answer holds nothing up; whoever starts it is told what that means.
    let url = watching.url.clone();
    drop(watching);
    let alone = said(&start(&args, 1));
    assert!(alone.contains(&url) && alone.contains("没有答复") && alone.contains("not compared"), "{alone}");
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap_or_else(|e| panic!("{}: {e}", path.display())).permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("set");
}

/// Every file is the service's alone, every directory too.
fn alone(dir: &Path) {
    assert_eq!(mode(dir), 0o700, "{}", dir.display());
    for path in std::fs::read_dir(dir).expect("listed").map(|e| e.expect("an entry").path()) {
        if path.is_dir() {
            alone(&path);
        } else {
            assert_eq!(mode(&path), 0o600, "{}", path.display());
        }
    }
}

#[test]
fn nobody_else_reaches_the_files() {
    let dir = tempfile::tempdir().expect("a directory");
    let (data, copy) = (dir.path().join("data"), dir.path().join("copy"));
    let (at, to) = (text(&data), text(&copy));
    let args = ["serve", "--demo", "--data", &at, "--listen", "127.0.0.1:0", "--copy-to", &to];
    let serving = start(&args, 1);
    let begun = Instant::now();
    while !copy.join("latest.gongzhi.keys").exists() {
        assert!(begun.elapsed() < Duration::from_secs(240), "no copy");
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(data.join("gongzhi.db-wal").exists(), "with its logs");
    alone(&data);
    alone(&copy);
    drop(serving);
    // Looser ones are tightened …
    set_mode(&data, 0o755);
    set_mode(&data.join("gongzhi.db"), 0o644);
    set_mode(&data.join("keys.db"), 0o664);
    let (code, said) = run(&["verify", "--data", &at]);
    assert_eq!(code, Some(0), "{said}");
    alone(&data);
    // … and what everybody could write is refused.
    for (path, loose, tight) in
        [(data.join("keys.db"), 0o666, 0o600), (data.join("gongzhi.db"), 0o606, 0o600), (data.clone(), 0o777, 0o700)]
    {
        set_mode(&path, loose);
        for command in [&["verify", "--data", &at][..], &args] {
            let (code, said) = run(command);
            assert!(code == Some(1) && said.contains("everybody may write"), "{loose:o}: {said}");
        }
        set_mode(&path, tight);
    }
    assert_eq!(run(&["verify", "--data", &at]).0, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn words_lead_nobody_to_restore_over_good_data() {
    let dir = tempfile::tempdir().expect("a directory");
    let data = dir.path().join("data");
    new(&data).await;
    raises(&data, 3, "2026-09-28T22:46").await;
    let at = text(&data);
    let verify = ["verify", "--data", &at];
    assert_eq!(run(&verify).0, Some(0));
    // Another master key.
    let other = dir.path().join("other.key");
    std::fs::write(&other, format!("{}01\n", "ab".repeat(31))).expect("written");
    set_mode(&other, 0o600);
    let (code, said) = run(&[&verify[..], &["--master-key-file", &text(&other)]].concat());
    assert!(code == Some(1) && said.contains("主密钥不对") && said.contains("restore nothing"), "{said}");
    assert!(!said.contains("已损坏") && !said.contains("damaged: "), "{said}");
    // Cut off: the file cannot be opened, and whoever verifies is not told to verify.
    let whole = std::fs::read(data.join("gongzhi.db")).expect("read");
    for length in [whole.len() / 2, 4096, 0] {
        std::fs::write(data.join("gongzhi.db"), &whole[..length]).expect("cut");
        let (code, said) = run(&verify);
        assert!(code == Some(1) && !said.contains("gongzhi verify"), "{length}: {said}");
        let _ = std::fs::remove_file(data.join("gongzhi.db-wal"));
    }
}

#[test]
fn what_only_reads_leaves_an_earlier_schema_as_it_is() {
    use std::io::Read;
    let dir = tempfile::tempdir().expect("a directory");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let unpacked = |name: &str| {
        let mut bytes = Vec::new();
        let packed = std::fs::File::open(fixtures.join(name)).expect("a fixture");
        flate2::read::GzDecoder::new(packed).read_to_end(&mut bytes).expect("unpacked");
        bytes
    };
    let (db, keys) = (unpacked("schema-0010.db.gz"), unpacked("schema-0010.keys.gz"));
    std::fs::write(dir.path().join("gongzhi.db"), &db).expect("written");
    std::fs::write(dir.path().join("keys.db"), &keys).expect("written");
    std::fs::copy(fixtures.join("schema-0010.key"), dir.path().join("master.key")).expect("copied");
    set_mode(&dir.path().join("master.key"), 0o600);
    let at = text(dir.path());
    for command in [&["verify"][..], &["keys", "show"], &["keys", "check"], &["body", "list"]] {
        let (code, said) = run(&[command, &["--data", &at]].concat());
        let plain = said.contains("start the server once") && said.contains("启动一次") && !said.contains("损坏");
        assert!(code != Some(0) && (plain || command[0] == "body"), "{command:?}: {said}");
        for (name, before) in [("gongzhi.db", &db), ("keys.db", &keys)] {
            assert!(std::fs::read(dir.path().join(name)).expect("read") == *before, "{command:?} changed {name}");
        }
    }
    // Brought up to date by who may, they work.
    let (code, said) = run(&["rebuild", "--data", &at]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = run(&["verify", "--data", &at]);
    assert!(code == Some(0) && said.contains("0 damaged"), "{said}");
}
