//! What the crash test kills: appends for ever in the directory it is given, and prints each matter once it is acknowledged.
//! With `early` it prints before the answer: the control that the test must find wrong.
#![expect(clippy::print_stdout, reason = "its output is what the test reads")]

use kernel::ids::Cell;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use store::Store;
use store::conformance::{get, raise};
use store_sqlite::{Options, SqliteStore};

fn main() {
    let mut args = std::env::args().skip(1);
    let dir = PathBuf::from(args.next().expect("a directory"));
    let first: u32 = args.next().and_then(|n| n.parse().ok()).expect("a first number");
    let early = args.next().is_some();
    let store = SqliteStore::open(&dir, Options::default()).expect("a store");
    let next = AtomicU32::new(first);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let (mut draft, append) = raise(Cell(1), n, vec![u64::from(n)]);
                    if early {
                        println!("{n} 2");
                    }
                    get(store.append(append));
                    println!("{n} 2");
                    get(store.append(draft.next(3)));
                    println!("{n} 5");
                }
            });
        }
    });
}
