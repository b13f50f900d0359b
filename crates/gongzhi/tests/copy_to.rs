//! `serve --copy-to`: the copy follows while people raise matters; what was acknowledged is in it once the server had its
//! rest; restored from it everything is there and verifies; a copy that was damaged is refused and touches nothing.

mod installed;
mod opened;
#[path = "../../app/tests/town/mod.rs"]
mod town;

use installed::installed;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};
use town::Town;

const BINARY: &str = env!("CARGO_BIN_EXE_gongzhi");
/// The longest that a copy may take to come, on a machine with much else to do.
const PATIENCE: Duration = Duration::from_secs(240);

struct Serving {
    child: Child,
    url: String,
    _out: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn serve(data: &Path, more: &[&str]) -> Serving {
    let data = data.to_str().expect("a path");
    let args = ["serve", "--data", data, "--listen", "127.0.0.1:0", "--clock", "2026-09-28T22:48", "--pace-raise", "0"];
    let mut command = Command::new(BINARY);
    let mut child = command.args(args).args(more).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("runs");
    let mut out = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let line = out.next().expect("a line").expect("text");
    Serving { child, url: line.rsplit(' ').next().expect("an address").to_owned(), _out: out }
}

fn curl(args: &[&str]) -> String {
    let out = Command::new("curl").args(["-s", "--max-time", "60"]).args(args).output().expect("curl");
    String::from_utf8(out.stdout).expect("text")
}

/// Raises one; its number and long code, once they were acknowledged.
fn raise(url: &str, n: usize) -> (String, String) {
    let json = serde_json::json!({
        "mechanism": "rapid-response", "region": "990101001001", "fields": {"what": format!("门口的灯坏了三天，{n} 号。")},
    });
    let answer =
        curl(&["-H", "content-type: application/json", "-d", &json.to_string(), &format!("{url}/api/v1/matters")]);
    let answer: serde_json::Value = serde_json::from_str(&answer).expect("JSON");
    let of = |k: &str| answer[k].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    (of("number"), of("long_code"))
}

fn written(copy: &Path) -> Option<SystemTime> {
    // The part with the keys comes last.
    std::fs::metadata(copy.join("latest.gongzhi.keys")).ok()?.modified().ok()
}

fn chunks(copy: &Path) -> Vec<PathBuf> {
    let inside = |dir: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(dir).expect("a directory").map(|e| e.expect("an entry").path()).collect()
    };
    inside(&copy.join("chunks")).iter().flat_map(|folder| inside(folder)).collect()
}

fn gongzhi(args: &[&str]) -> (Option<i32>, String) {
    let out = Command::new(BINARY).args(args).output().expect("runs");
    (out.status.code(), format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr)))
}

fn restore(copy: &Path, to: &Path, master: &Path) -> (Option<i32>, String) {
    let text = |path: &Path| path.to_str().expect("a path").to_owned();
    gongzhi(&["restore", &text(copy), "--data", &text(to), "--master-key-file", &text(master)])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_follows_under_load_and_restores() {
    let dir = tempfile::tempdir().expect("a directory");
    let (data, copy) = (dir.path().join("data"), dir.path().join("copy"));
    std::fs::create_dir_all(&data).expect("made");
    let town = Town::over(Arc::new(opened::store(&data)), "2026-09-28T22:46").await;
    installed(&town, &data.join("master.key")).await;
    drop(town);
    let serving = serve(&data, &["--copy-to", copy.to_str().expect("a path")]);
    let stop = AtomicBool::new(false);
    let (acknowledged, copies) = std::thread::scope(|threads| {
        let clients: Vec<_> = (0..2)
            .map(|client| {
                let (stop, url) = (&stop, &serving.url);
                threads.spawn(move || {
                    let one = |n: usize| raise(url, client * 1_000_000 + n);
                    (0..).take_while(|_| !stop.load(Ordering::SeqCst)).map(one).collect::<Vec<_>>()
                })
            })
            .collect();
        // It follows: two copies, the second of more, while people go on raising.
        let (begun, mut copies) = (Instant::now(), BTreeSet::new());
        while copies.len() < 2 {
            assert!(begun.elapsed() < PATIENCE, "{} copies under load", copies.len());
            copies.extend(written(&copy));
            std::thread::sleep(Duration::from_millis(50));
        }
        stop.store(true, Ordering::SeqCst);
        (clients.into_iter().flat_map(|c| c.join().expect("a client")).collect::<Vec<_>>(), copies)
    });
    assert!(acknowledged.len() > 10, "{} matters: no load", acknowledged.len());
    // A copy rests for three seconds before the next: what is acknowledged in its rest is in the next one.
    let next = |before: Option<SystemTime>| {
        let begun = Instant::now();
        while written(&copy) == before {
            assert!(begun.elapsed() < PATIENCE, "no copy any more");
            std::thread::sleep(Duration::from_millis(20));
        }
        written(&copy)
    };
    let mut seen = copies.last().copied();
    let last = (9_000_000..).find_map(|n| {
        // Something new, so that there is a next one.
        raise(&serving.url, n);
        seen = next(seen);
        let resting = Instant::now();
        let last = raise(&serving.url, n + 500_000);
        (resting.elapsed() < Duration::from_secs(2)).then_some(last)
    });
    let last = last.expect("a quick answer");
    next(seen);
    drop(serving);

    let (master, fresh) = (data.join("master.key"), dir.path().join("fresh"));
    let (code, said) = restore(&copy, &fresh, &master);
    assert!(code == Some(0) && said.contains("0 damaged"), "{said}");
    std::fs::copy(&master, fresh.join("master.key")).expect("the key is carried by hand");
    let again = serve(&fresh, &[]);
    let there = |(number, code): &(String, String)| {
        let answer =
            curl(&["-H", &format!("gongzhi-query-code: {code}"), &format!("{}/api/v1/matters/{number}", again.url)]);
        answer.contains("门口的灯坏了三天")
    };
    let lost: Vec<_> = acknowledged.iter().filter(|one| !there(one)).map(|(number, _)| number).collect();
    assert!(lost.is_empty() && there(&last), "of {} not in the copy: {lost:?}", acknowledged.len());
    drop(again);

    // One flipped bit of a chunk, or one that is missing, and nothing is put anywhere. The newest copy wrote the newest chunk.
    let refused = dir.path().join("refused");
    let at = |path: &PathBuf| std::fs::metadata(path).and_then(|m| m.modified()).expect("a time");
    let chunk = &chunks(&copy).into_iter().max_by_key(at).expect("chunks");
    let aside = chunk.with_extension("aside");
    std::fs::rename(chunk, &aside).expect("aside");
    let (code, said) = restore(&copy, &refused, &master);
    assert!(code == Some(1) && said.contains("the backup lacks the chunk") && !refused.exists(), "{said}");
    std::fs::rename(&aside, chunk).expect("back");
    let sound = std::fs::read(chunk).expect("read");
    let mut bad = sound.clone();
    let middle = bad.len() / 2;
    bad[middle] ^= 1;
    std::fs::write(chunk, bad).expect("written");
    let (code, said) = restore(&copy, &refused, &master);
    assert!(code == Some(1) && said.contains("damaged") && !refused.exists(), "{said}");
    std::fs::write(chunk, sound).expect("as it was");
    assert_eq!(restore(&copy, &refused, &master).0, Some(0), "and whole again it is taken");
}
