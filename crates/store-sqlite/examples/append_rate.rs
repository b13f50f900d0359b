//! How many matters a second are raised durably, beside raw SQLite group commit of one plain row of the same bytes.
//! The second column raises without keys, so the difference to the first is what the commit of the key file costs.
//! `append_rate [DIR] [SECONDS]`; rounds are interleaved, so that all see the same machine.
#![expect(clippy::print_stdout, reason = "a measurement prints")]

use rusqlite::Connection;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use store::conformance::{get, raise};
use store::{Append, Store};
use store_sqlite::{Options, SqliteStore};

fn main() {
    let mut args = std::env::args().skip(1);
    let dir = args.next().unwrap_or_else(|| std::env::temp_dir().display().to_string());
    let seconds: u64 = args.next().and_then(|s| s.parse().ok()).unwrap_or(2);
    let span = Duration::from_secs(seconds);
    let next = AtomicU32::new(1);
    let place = tempfile::tempdir_in(&dir).expect("a directory");
    let store = SqliteStore::open(place.path(), Options::default()).expect("a store");
    let raw = Raw::open(&place.path().join("raw.db"));
    println!("callers     append/s   without keys/s   raw group commit/s   share");
    for callers in [1, 8, 32] {
        let (mut ours, mut keyless, mut floor) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..3 {
            ours.push(rate(callers, span, || {
                let n = next.fetch_add(1, Ordering::Relaxed);
                get(store.append(sample(n)));
            }));
            keyless.push(rate(callers, span, || {
                let mut append = sample(next.fetch_add(1, Ordering::Relaxed));
                append.key = None;
                get(store.append(append));
            }));
            floor.push(rate(callers, span, || raw.put(vec![7; BYTES])));
        }
        let (ours, keyless, floor) = (median(ours), median(keyless), median(floor));
        println!("{callers:>7} {ours:>12.0} {keyless:>16.0} {floor:>20.0} {:>6.1}%", 100.0 * ours / floor);
    }
    print_size(&store, place.path(), next.into_inner() - 1);
}

/// What a raising carries, terms included.
const BYTES: usize = 2_900;

fn sample(n: u32) -> Append {
    let mut terms: Vec<u64> =
        (0..150_u64).map(|k| (u64::from(n) * 150 + k).wrapping_mul(0x9E37_79B9_7F4A_7C15)).collect();
    terms.sort_unstable();
    let mut append = raise(store_cell(), n, terms).1;
    for entry in &mut append.entries {
        entry.body = vec![b'x'; 350];
    }
    append
}

fn store_cell() -> kernel::ids::Cell {
    kernel::ids::Cell(1)
}

/// Calls a second by so many callers.
fn rate(callers: usize, span: Duration, call: impl Fn() + Sync) -> f64 {
    let (done, stop, start) = (AtomicU32::new(0), AtomicBool::new(false), Instant::now());
    std::thread::scope(|scope| {
        for _ in 0..callers {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    call();
                    done.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        std::thread::sleep(span);
        stop.store(true, Ordering::Relaxed);
    });
    f64::from(done.into_inner()) / start.elapsed().as_secs_f64()
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn print_size(store: &SqliteStore, dir: &Path, matters: u32) {
    let size = std::fs::metadata(dir.join("gongzhi.db")).map_or(0, |file| file.len());
    println!("{matters} matters, {} bytes of file each", size / u64::from(matters.max(1)));
    drop(store.integrity());
}

/// The floor: one thread, one table, one statement a row, one commit for whatever waits.
struct Raw(mpsc::SyncSender<(Vec<u8>, mpsc::SyncSender<()>)>);

impl Raw {
    fn open(path: &Path) -> Self {
        let db = Connection::open(path).expect("a file");
        db.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, v BLOB);",
        )
        .expect("a table");
        let (send, receive) = mpsc::sync_channel::<(Vec<u8>, mpsc::SyncSender<()>)>(1024);
        std::thread::spawn(move || {
            while let Ok(first) = receive.recv() {
                let mut callers = Vec::new();
                db.prepare_cached("BEGIN IMMEDIATE").and_then(|mut s| s.execute([])).expect("begin");
                for (value, caller) in std::iter::once(first).chain(receive.try_iter().take(255)) {
                    let mut put = db.prepare_cached("INSERT INTO t (v) VALUES (?1)").expect("a statement");
                    put.execute([value]).expect("a row");
                    callers.push(caller);
                }
                db.prepare_cached("COMMIT").and_then(|mut s| s.execute([])).expect("commit");
                callers.into_iter().for_each(|caller| caller.send(()).expect("a caller"));
            }
        });
        Self(send)
    }

    fn put(&self, value: Vec<u8>) {
        let (caller, answer) = mpsc::sync_channel(1);
        self.0.send((value, caller)).expect("the writer");
        answer.recv().expect("an answer");
    }
}
