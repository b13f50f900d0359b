//! Witnesses as somebody runs them: two processes of the binary, a log that grows, forks and goes back, and a loss that is declared.
//! The control is a witness that signs everything: the same demands turn it down.

mod installed;
mod opened;
#[path = "../../app/tests/town/mod.rs"]
mod town;

use app::keys::Key;
use app::log::checkpoint::Checkpoint;
use app::log::cosign::{WitnessKey, WitnessKeys};
use app::log::loss::Loss;
use app::log::tree::{Edge, consistency, leaf_hash};
use app::log::witness::Request;
use app::note::{SigningKeys, VerifierKey};
use app::random::SeededRandom;
use installed::installed;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};
use town::Town;

/// The binary under a name of its own: somebody who builds meanwhile takes the usual name away for a moment and puts
/// another program there.
static BINARY: LazyLock<PathBuf> = LazyLock::new(|| {
    let (built, own) = (env!("CARGO_BIN_EXE_gongzhi"), Path::new(env!("CARGO_TARGET_TMPDIR")).join("gongzhi-witness"));
    let fresh = own.with_extension(std::process::id().to_string());
    eventually("the binary", || std::fs::hard_link(built, &fresh).ok());
    std::fs::rename(&fresh, &own).expect("named");
    own
});

/// A process, its address and the line after it. It ends with the test.
struct Running {
    child: Child,
    url: String,
    second: String,
    /// Kept open: a program whose answer nobody reads any more ends.
    _out: std::io::Lines<BufReader<ChildStdout>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(args: &[&str], lines: usize) -> Running {
    let said = tempfile::NamedTempFile::new().expect("a file");
    let errors = said.reopen().expect("the same file");
    let mut child = Command::new(&*BINARY).args(args).stdout(Stdio::piped()).stderr(errors).spawn().expect("runs");
    let mut out = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let why = || format!("{args:?} said nothing: {}", std::fs::read_to_string(said.path()).unwrap_or_default());
    let mut line = || out.next().unwrap_or_else(|| panic!("{}", why())).expect("text");
    let url = line().rsplit(' ').next().expect("an address").to_owned();
    let second = if lines > 1 { line() } else { String::new() };
    Running { child, url, second, _out: out }
}

fn run(args: &[&str]) -> (Option<i32>, String) {
    let out = Command::new(&*BINARY).args(args).output().expect("runs");
    let said = format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    (out.status.code(), said)
}

fn get(url: &str) -> String {
    let out = Command::new("curl").args(["-s", "--max-time", "20", url]).output().expect("curl");
    String::from_utf8(out.stdout).expect("text")
}

/// Status, kind and body.
fn post(url: &str, text: &str) -> (u16, String, String) {
    let out = Command::new("curl")
        .args(["-s", "--max-time", "20", "-w", "\n%{content_type}\n%{http_code}", "--data-binary", text])
        .arg(format!("{url}/add-checkpoint"))
        .output()
        .expect("curl");
    let out = String::from_utf8(out.stdout).expect("text");
    let mut parts = out.rsplitn(3, '\n');
    let status = parts.next().expect("a status").parse().expect("a number");
    let kind = parts.next().expect("a kind").to_owned();
    (status, kind, parts.next().unwrap_or_default().to_owned())
}

fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    // A witness that did not answer once is left alone for up to a minute.
    while begun.elapsed() < Duration::from_secs(240) {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    panic!("{what}: not within four minutes");
}

/// An invented log of small leaves.
struct Log(SigningKeys);

impl Log {
    fn new() -> Log {
        Log(SigningKeys::from_seed("log.example", &Key::random(&mut SeededRandom::new(3))).expect("a name"))
    }

    fn key(&self) -> String {
        self.0.verifier_key().to_string()
    }

    /// A request to go on from `old` to `size` leaves, of which those from `fork` on are others.
    fn request(&self, old: u64, size: u64, fork: u64) -> Request {
        let leaf = |n: u64| leaf_hash(&[&[u8::from(n >= fork)][..], &n.to_be_bytes()].concat());
        let over = |from: u64, count: u64| {
            let mut edge = Edge::default();
            (from..from + count).for_each(|n| edge.push(leaf(n), &mut |_, _| {}));
            edge.root()
        };
        let part = |s: &app::log::tree::Subtree| over(s.index << s.height, 1 << s.height);
        let hash = |run: &Vec<app::log::tree::Subtree>| app::log::tree::fold(&run.iter().map(part).collect::<Vec<_>>());
        let proof = consistency(old, size).iter().map(hash).collect();
        let text = Checkpoint { origin: "log.example".into(), size, root: over(0, size) }.text();
        Request { old, proof, note: self.0.sign(&text).expect("signed") }
    }
}

/// What anybody may demand of a witness that has cosigned nothing yet.
fn demands(url: &str, key: &WitnessKey, log: &Log) -> Result<(), String> {
    let none = u64::MAX;
    let cosigned = |request: &Request| {
        let (status, _, body) = post(url, &request.text());
        let verified = key.verify(&format!("{}{body}", request.note));
        if status == 200 && verified.is_ok() { Ok(()) } else { Err(format!("{status} {verified:?}")) }
    };
    let refused = |what: &str, request: &Request, wanted: u16| {
        let (status, kind, body) = post(url, &request.text());
        if status != wanted || body.contains('—') {
            return Err(format!("{what}: {status} {body}"));
        }
        if status == 409 && (kind.as_str(), body.as_str()) != ("text/x.tlog.size", "9\n") {
            return Err(format!("{what}: {kind} {body:?}"));
        }
        Ok(())
    };
    cosigned(&log.request(0, 5, none))?;
    cosigned(&log.request(5, 5, none))?;
    cosigned(&log.request(5, 9, none))?;
    refused("the same size, another root", &log.request(9, 9, 3), 422)?;
    refused("a fork that grew", &log.request(9, 12, 3), 422)?;
    refused("a fork from the start", &log.request(0, 12, 3), 409)?;
    refused("rolled back", &log.request(0, 5, none), 409)?;
    refused("rolled back to what it knows", &log.request(5, 5, none), 409)?;
    refused("no proof", &Request { proof: vec![], ..log.request(9, 12, none) }, 422)?;
    let mut other = log.request(9, 12, none);
    other.note = other.note.replace("\n12\n", "\n13\n");
    refused("changed", &other, 403)?;
    refused("unknown", &Request { note: other.note.replace("log.example", "any.example"), ..other }, 404)?;
    let (status, _, _) = post(url, "hello");
    if status == 400 { Ok(()) } else { Err(format!("nonsense: {status}")) }
}

fn witness(state: &Path, logs: &[&str]) -> Running {
    let state = state.to_str().expect("a path");
    let mut args = vec!["witness", "--state", state, "--listen", "127.0.0.1:0", "--name", "archive.example/witness"];
    logs.iter().for_each(|log| args.extend(["--log", log]));
    start(&args, 2)
}

#[test]
fn a_witness_refuses_forks_and_rollbacks_also_after_a_restart() {
    let dir = tempfile::tempdir().expect("a directory");
    let (state, log) = (dir.path().join("w"), Log::new());
    let running = witness(&state, &[&log.key()]);
    let key = WitnessKey::parse(&running.second).expect("a key");
    demands(&running.url, &key, &log).expect("a witness");
    let name = app::keys::hex(&<sha2::Sha256 as sha2::Digest>::digest("log.example"));
    let shown = get(&format!("{}/{name}/checkpoint", running.url));
    assert!(key.verify(&shown).is_ok() && log.0.verifier_key().verify(&shown).is_ok(), "{shown}");
    // Killed, not stopped: what it cosigned is on disk.
    drop(running);
    let again = witness(&state, &[&log.key()]);
    assert_eq!(again.second, key.to_string(), "the same key");
    assert_eq!(post(&again.url, &log.request(0, 5, u64::MAX).text()).0, 409);
    assert_eq!(post(&again.url, &log.request(9, 12, 3).text()).0, 422);
    assert_eq!(post(&again.url, &log.request(9, 12, u64::MAX).text()).0, 200);
    drop(again);
    // What it cannot read it does not forget either; a key that others can read is not used.
    let args = |state: &Path| {
        let state = state.to_str().expect("a path").to_owned();
        [
            "witness",
            "--state",
            &state,
            "--listen",
            "127.0.0.1:0",
            "--name",
            "archive.example/witness",
            "--log",
            &log.key(),
        ]
        .map(str::to_owned)
    };
    let refuses = |word: &str| {
        let (code, said) = run(&args(&state).each_ref().map(String::as_str));
        assert!(code == Some(1) && said.contains(word), "{said}");
    };
    let file = state.join(format!("{name}.checkpoint"));
    let kept = std::fs::read_to_string(&file).expect("kept");
    std::fs::write(&file, kept.replace("\n12\n", "\n5\n")).expect("damaged");
    refuses("damaged");
    std::fs::write(&file, kept).expect("as it was");
    std::fs::set_permissions(state.join("witness.key"), std::fs::Permissions::from_mode(0o644)).expect("open");
    refuses("chmod 600");
}

/// Where a witness was killed: what it had cosigned, at least.
#[derive(Default)]
struct Cosigned {
    answers: u64,
    size: u64,
}

/// Brings longer and longer checkpoints, and forks of them, until the witness is gone.
fn press(url: &str, key: &WitnessKey, log: &Log, from: u64, most: u64) -> Cosigned {
    let mut done = Cosigned { size: from, ..Cosigned::default() };
    while done.size < most {
        let honest = log.request(done.size, done.size + 1, u64::MAX);
        let (status, _, body) = post(url, &honest.text());
        if status != 200 {
            return done;
        }
        assert!(key.verify(&format!("{}{body}", honest.note)).is_ok(), "a cosignature of {}", done.size + 1);
        (done.answers, done.size) = (done.answers + 1, done.size + 1);
        // A fork of what it has just cosigned, at the same moment as the kill perhaps.
        let (status, _, body) = post(url, &log.request(done.size, done.size + 2, done.size - 1).text());
        assert!(status != 200 && !body.contains('—'), "a fork was cosigned: {status} {body}");
    }
    done
}

/// Killed at any moment while it cosigns: what it answered it knows, and a fork or a log that went back stays refused.
/// `GONGZHI_KILLS` for more of them.
#[test]
fn a_witness_that_is_killed_forgets_nothing_that_it_cosigned() {
    let kills: u64 = std::env::var("GONGZHI_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(12);
    let dir = tempfile::tempdir().expect("a directory");
    let (state, log) = (dir.path().join("w"), Log::new());
    let name = app::keys::hex(&<sha2::Sha256 as sha2::Digest>::digest("log.example"));
    let (mut size, mut answers) = (0, 0);
    for kill in 0..kills {
        let mut running = witness(&state, &[&log.key()]);
        let key = WitnessKey::parse(&running.second).expect("a key");
        if size > 0 {
            let shown = get(&format!("{}/{name}/checkpoint", running.url));
            assert!(key.verify(&shown).is_ok(), "{shown}");
            let kept = Checkpoint::read(&shown, &log.0.verifier_key()).expect("its own").size;
            // The last answer may have been on its way: then it knows one more than anybody was told.
            assert!((size..=size + 1).contains(&kept), "kill {kill}: it knows {kept} of {size}");
            size = kept;
            for (what, request) in [
                ("a fork", log.request(size, size + 1, size.saturating_sub(1))),
                ("another root", log.request(size, size, size.saturating_sub(1))),
                ("rolled back", log.request(size - 1, size - 1, u64::MAX)),
                ("a fork from before", log.request(size - 1, size + 1, size - 1)),
            ] {
                let (status, _, body) = post(&running.url, &request.text());
                assert!(matches!(status, 409 | 422) && !body.contains('—'), "kill {kill}: {what}: {status} {body}");
            }
        }
        let done = std::thread::scope(|threads| {
            let (url, log, key) = (running.url.clone(), &log, &key);
            let pressing = threads.spawn(move || press(&url, key, log, size, size + 200));
            // Another moment each time.
            std::thread::sleep(Duration::from_millis(40 + kill * 37 % 260));
            running.child.kill().expect("killed");
            pressing.join().expect("no fork was cosigned")
        });
        (size, answers) = (done.size, answers + done.answers);
    }
    assert!(answers >= kills, "{answers} cosignatures in {kills} lives: too few to say anything");
    eprintln!("{kills} kills, {answers} cosignatures, none forgotten");
}

/// What cannot be remembered is not cosigned.
#[test]
fn a_witness_whose_disk_takes_nothing_cosigns_nothing() {
    let dir = tempfile::tempdir().expect("a directory");
    let (state, log) = (dir.path().join("w"), Log::new());
    let name = app::keys::hex(&<sha2::Sha256 as sha2::Digest>::digest("log.example"));
    let running = witness(&state, &[&log.key()]);
    assert_eq!(post(&running.url, &log.request(0, 5, u64::MAX).text()).0, 200);
    // In the way of the next file.
    std::fs::create_dir(state.join(format!("{name}.checkpoint.new"))).expect("made");
    let (status, _, body) = post(&running.url, &log.request(5, 9, u64::MAX).text());
    assert!(status == 500 && !body.contains('—'), "{status} {body}");
    let shown = get(&format!("{}/{name}/checkpoint", running.url));
    assert_eq!(Checkpoint::read(&shown, &log.0.verifier_key()).expect("its own").size, 5);
    std::fs::remove_dir(state.join(format!("{name}.checkpoint.new"))).expect("gone");
    assert_eq!(post(&running.url, &log.request(5, 9, u64::MAX).text()).0, 200, "and it goes on");
}

/// In the order of its system calls: the file is flushed, then named, then its directory flushed, then the answer leaves.
#[test]
fn what_a_witness_cosigns_is_on_disk_before_the_answer() {
    if Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).status().map_or(true, |s| !s.success()) {
        eprintln!("strace is not there or may not trace: the order of calls was not looked at");
        return;
    }
    let dir = tempfile::tempdir().expect("a directory");
    let (state, log, calls) = (dir.path().join("w"), Log::new(), dir.path().join("calls"));
    let running = witness(&state, &[&log.key()]);
    let mut tracer = Command::new("strace")
        .args([
            "-f",
            "-qq",
            "-y",
            "-s",
            "48",
            "-e",
            "trace=fsync,fdatasync,rename,renameat,renameat2,write,writev,sendto",
        ])
        .args(["-o", calls.to_str().expect("a path"), "-p", &running.child.id().to_string()])
        .spawn()
        .expect("traces");
    let traced = eventually("the tracer", || {
        if tracer.try_wait().is_ok_and(|ended| ended.is_some()) {
            return Some(false);
        }
        let status = std::fs::read_to_string(format!("/proc/{}/status", running.child.id())).ok()?;
        status.lines().any(|l| l == format!("TracerPid:\t{}", tracer.id())).then_some(true)
    });
    if !traced {
        eprintln!("strace may not trace another process here: the order of calls was not looked at");
        return;
    }
    for size in 1..=5 {
        assert_eq!(post(&running.url, &log.request(size - 1, size, u64::MAX).text()).0, 200);
    }
    drop(running);
    tracer.wait().expect("ended");
    let calls = std::fs::read_to_string(calls).expect("the calls");
    let mut order = String::new();
    for line in calls.lines() {
        order.push(match line {
            l if l.contains("sync(") && l.contains(".checkpoint.new") => 'f',
            l if l.contains("rename") && l.contains(".checkpoint.new") => 'r',
            l if l.contains("sync(") => 'd',
            l if l.contains("HTTP/1.1 200") => 'A',
            _ => continue,
        });
    }
    assert_eq!(order, "frdA".repeat(5), "{calls}");
}

/// The control.
#[tokio::test(flavor = "multi_thread")]
async fn a_witness_that_signs_everything_is_found_out() {
    let keys =
        Arc::new(WitnessKeys::from_seed("careless.example", &Key::random(&mut SeededRandom::new(5))).expect("a name"));
    let key = keys.public();
    let sign = move |body: String| async move {
        let note = body.split_once("\n\n").map(|(_, note)| note).unwrap_or_default();
        let text = note.split_once("\n\n").map(|(text, _)| format!("{text}\n")).unwrap_or_default();
        keys.cosign(&text, 1_790_000_000)
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let routes = axum::Router::new().route("/add-checkpoint", axum::routing::post(sign));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    let found = tokio::task::spawn_blocking(move || demands(&url, &key, &Log::new())).await.expect("runs");
    assert!(found.expect_err("it is no witness").starts_with("the same size, another root: 200"));
}

/// An installation in its directory, as the binary finds it.
struct Case {
    dir: tempfile::TempDir,
}

impl Case {
    fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    fn kept(&self) -> PathBuf {
        self.dir.path().join("data.checkpoint")
    }

    async fn open(&self, at: &str) -> Town {
        std::fs::create_dir_all(self.data()).expect("made");
        Town::over(Arc::new(opened::store(&self.data())), at).await
    }

    async fn new() -> (Case, String) {
        let case = Case { dir: tempfile::tempdir().expect("a directory") };
        let town = case.open("2026-09-28T22:46").await;
        installed(&town, &case.data().join("master.key")).await;
        let key = town.app.verifier_key();
        drop(town);
        (case, key)
    }

    /// Raises so many matters, gives them their places, and keeps the receipt of the last one.
    async fn raises(&self, count: usize, at: &str) -> String {
        let town = self.open(at).await;
        let mut last = None;
        for _ in 0..count {
            let fields = [("what", "门口的灯坏了三天。".into()), ("name", "林女士".into())];
            last = Some(town.raises("rapid-response", &fields).await.expect("raised").id);
        }
        town.clock.set(town.app.now().plus_millis(5_000));
        town.app.log_round().await.expect("a round");
        let (promise, standing) = town.app.promise(last.expect("one")).await.expect("promised");
        app::receipt::file(&promise, Some(standing.proof().expect("in the log")), None)
    }

    /// Serves, a minute after something was raised: so soon no clock of a matter adds entries of its own.
    fn serve(&self, at: &str, witnesses: &[String]) -> Running {
        let data = self.data();
        let mut args =
            vec!["serve", "--data", data.to_str().expect("a path"), "--listen", "127.0.0.1:0", "--clock", at];
        witnesses.iter().for_each(|w| args.extend(["--witness", w]));
        start(&args, 1)
    }

    /// A copy of the database as it is now.
    fn copy(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let files = std::fs::read_dir(self.data()).expect("a directory").map(|e| e.expect("an entry").path());
        files.map(|path| (path.clone(), std::fs::read(path).expect("a file"))).collect()
    }

    fn put_back(&self, copy: &[(PathBuf, Vec<u8>)]) {
        std::fs::read_dir(self.data())
            .expect("a directory")
            .for_each(|e| std::fs::remove_file(e.expect("an entry").path()).expect("gone"));
        copy.iter().for_each(|(path, bytes)| std::fs::write(path, bytes).expect("written"));
        std::fs::set_permissions(self.data().join("master.key"), std::fs::Permissions::from_mode(0o600))
            .expect("private");
    }
}

/// The checkpoint that is served, once the witness has cosigned so many lines.
fn cosigned(url: &str, key: &WitnessKey, size: u64) -> String {
    eventually("a cosignature", || {
        let note = get(&format!("{url}/log/checkpoint"));
        let there = key.verify(&note).is_ok() && note.lines().nth(1) == Some(&size.to_string());
        there.then_some(note)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_older_database_is_refused_until_its_loss_is_declared() {
    let (case, key) = Case::new().await;
    let (data, log) = (case.data(), VerifierKey::parse(&key).expect("a key"));
    let data = data.to_str().expect("a path");
    let early = case.raises(3, "2026-09-28T22:46").await;
    let older = case.copy();
    let late = case.raises(4, "2026-09-28T22:47").await;
    let watching = witness(&case.dir.path().join("w"), &[&key]);
    let theirs = WitnessKey::parse(&watching.second).expect("a key");
    // One that does not answer harms nobody.
    let witnesses = [format!("{}={theirs}", watching.url), format!("http://127.0.0.1:9={theirs}")];
    let serving = case.serve("2026-09-28T22:48", &witnesses[..1]);
    let note = cosigned(&serving.url, &theirs, 7);
    assert_eq!(Checkpoint::read(&note, &log).expect("still the log's own").size, 7);
    assert_eq!(get(&format!("{}/log/cosigned", serving.url)), note);
    assert_eq!(eventually("kept", || std::fs::read_to_string(case.kept()).ok()), note, "kept outside the data");
    let page = get(&format!("{}/open/log", serving.url));
    assert!(page.contains("archive.example/witness") && page.contains("到第 7 行"), "{page}");
    assert!(get(&format!("{}/metrics", serving.url)).contains("gongzhi_witness_size{witness=\"0\"} 7"));
    drop(serving);

    // The older database: not served, nothing changed; the words lead on.
    let newest = case.copy();
    case.put_back(&older);
    let (code, said) = run(&["serve", "--data", data, "--listen", "127.0.0.1:0"]);
    assert_eq!(code, Some(1), "{said}");
    for word in ["换回了旧的", "an older database", "3", "7", "declare-loss"] {
        assert!(said.contains(word), "{word}: {said}");
    }
    // Verifying finds everything in it whole, and says all the same that it is not the newest, wherever the checkpoint is kept.
    let (code, said) = run(&["verify", "--data", data]);
    assert!(code == Some(1) && said.contains("换回了旧的") && said.contains("1 damaged"), "{said}");
    let elsewhere = case.dir.path().join("elsewhere");
    std::fs::rename(case.kept(), &elsewhere).expect("moved");
    let (code, said) = run(&["verify", "--data", data]);
    assert!(code == Some(0) && said.contains("would not be noticed"), "{said}");
    let there = elsewhere.to_str().expect("a path");
    let (code, said) = run(&["verify", "--data", data, "--checkpoint-file", there, "--json"]);
    assert!(code == Some(1) && said.contains("\"kept\":7") && said.contains("an older database"), "{said}");
    std::fs::rename(&elsewhere, case.kept()).expect("moved back");
    // With its end put back it is served again: the refusal is about the end alone. The silent witness changes nothing.
    case.put_back(&newest);
    let (code, said) = run(&["verify", "--data", data]);
    assert!(code == Some(0) && said.contains("to line 7"), "{said}");
    let serving = case.serve("2026-09-28T22:49", &witnesses);
    cosigned(&serving.url, &theirs, 7);
    assert!(get(&format!("{}/open/log", serving.url)).contains("到第 7 行"));
    drop(serving);
    let (code, said) = run(&["declare-loss", "--data", data, "--yes"]);
    assert!(code == Some(1) && said.contains("nothing is lost"), "{said}");

    // A restored backup from before is refused in the same way; `--declare-loss` is tried below, on another directory.
    case.put_back(&older);
    let backup = case.dir.path().join("backup");
    let backup = backup.to_str().expect("a path");
    let (code, said) = run(&["backup", "--data", data, backup]);
    assert_eq!(code, Some(0), "{said}");
    let (restored, master) = (case.dir.path().join("restored"), case.data().join("master.key"));
    std::fs::copy(case.kept(), case.dir.path().join("restored.checkpoint")).expect("copied");
    let restored = restored.to_str().expect("a path");
    let restore = ["restore", backup, "--data", restored, "--master-key-file", master.to_str().expect("a path")];
    let (code, said) = run(&[&restore[..], &["--declare-loss"]].concat());
    assert!(code == Some(0) && said.contains("test.example/town/2"), "{said}");

    // The loss is declared: nothing happens without --yes.
    case.put_back(&older);
    let (code, said) = run(&["declare-loss", "--data", data]);
    assert!(code == Some(1) && said.contains("--yes"), "{said}");
    assert_eq!(run(&["serve", "--data", data, "--listen", "127.0.0.1:0"]).0, Some(1));
    let (code, said) = run(&["declare-loss", "--data", data, "--yes"]);
    assert!(code == Some(0) && said.contains("4 至第 7 行") && said.contains("test.example/town/2"), "{said}");
    let fresh = said.trim_end().rsplit(' ').next().expect("a key").to_owned();

    // It goes on under its new name; the old witness takes it for a stranger until it is told.
    let serving = case.serve("2026-09-28T22:48", &witnesses[..1]);
    let note = get(&format!("{}/log/checkpoint", serving.url));
    let checkpoint = Checkpoint::read(&note, &log).expect("by the same key");
    assert_eq!((checkpoint.origin.as_str(), checkpoint.size, lines(&note)), ("test.example/town/2", 3, Some((4, 7))));
    assert!(note.contains("\ncontinues test.example/town 7 "), "{note}");
    eventually("a stranger", || get(&format!("{}/open/log", serving.url)).contains("还不认得").then_some(()));
    let page = get(&format!("{}/open/log", serving.url));
    assert!(page.contains("第 4 至第 7 行已经丢失"), "{page}");
    // Receipts: the early one holds, by the old key; the late one fails and says why.
    let file = |name: &str, text: &str| {
        let path = case.dir.path().join(name);
        std::fs::write(&path, text).expect("written");
        path.to_str().expect("a path").to_owned()
    };
    let (early, late) = (file("early.txt", &early), file("late.txt", &late));
    let there = format!("{}/log", serving.url);
    let (code, said) = run(&["prove", "--check", &early, "--key", &key, "--log", &there]);
    assert!(code == Some(0) && said.contains("the log holds it"), "{said}");
    let (code, said) = run(&["prove", "--check", &late, "--key", &key]);
    assert!(code == Some(0), "offline it still proves what was received: {said}");
    let (code, said) = run(&["prove", "--check", &late, "--key", &key, "--log", &there]);
    assert!(code == Some(1) && said.contains("案卷已经丢失") && said.contains("its file is lost"), "{said}");
    drop(serving);
    drop(watching);

    // Told of the new name, it cosigns again; and what it cosigned is kept anew.
    let watching = witness(&case.dir.path().join("w"), &[&key, &fresh]);
    let witnesses = [format!("{}={theirs}", watching.url)];
    case.raises(2, "2026-09-28T22:50").await;
    let serving = case.serve("2026-09-28T22:52", &witnesses);
    let note = cosigned(&serving.url, &theirs, 5);
    assert_eq!(lines(&note), Some((4, 7)), "every checkpoint says it");
    drop(serving);
    assert_eq!(run(&["verify", "--data", data]).0, Some(0));
    // Back to before the declaration: refused once more.
    case.put_back(&older);
    assert_eq!(run(&["serve", "--data", data, "--listen", "127.0.0.1:0"]).0, Some(1));
}

/// The lines that a checkpoint declares lost.
fn lines(note: &str) -> Option<(u64, u64)> {
    Loss::read(note).map(|lost| (lost.from, lost.to))
}
