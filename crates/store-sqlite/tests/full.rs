//! A full disk: writes say so, reads go on, and writing goes on when there is room again.

use kernel::ids::Cell;
use store::conformance::{get, raise, wait};
use store::{Store, StoreError};
use store_sqlite::{Options, SqliteStore};

#[test]
fn a_full_disk_stops_writing_only_while_it_is_full() {
    let dir = tempfile::tempdir().expect("a directory");
    let options = Options { max_pages: Some(120), ..Options::default() };
    let store = SqliteStore::open(dir.path(), options).expect("a new store");
    let terms: Vec<u64> = (0..150).collect();
    let mut written = Vec::new();
    let refused = (1..10_000).find_map(|n| {
        let (draft, append) = raise(Cell(1), n, terms.clone());
        match wait(store.append(append.clone())) {
            Ok(_) => {
                written.push(append);
                None
            }
            Err(error) => Some((draft, append, error)),
        }
    });
    let (draft, append, error) = refused.expect("a disk that fills");
    assert!(matches!(error, StoreError::ReadOnly(_)), "{error:?}");
    assert!(written.len() > 10, "{}", written.len());

    // Many at once on a full disk: nobody is told that his write stands.
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|n| {
                let append = raise(Cell(1), 20_000 + n, terms.clone()).1;
                let store = &store;
                scope.spawn(move || (append.matter.id, wait(store.append(append))))
            })
            .collect();
        threads.into_iter().map(|t| t.join().expect("a caller")).collect()
    });
    for (id, answer) in &answers {
        assert_eq!(answer.is_ok(), get(store.find_matter(*id)).is_some(), "{answer:?}");
    }
    assert!(answers.iter().filter(|(_, a)| matches!(a, Err(StoreError::ReadOnly(_)))).count() >= 6, "{answers:?}");
    assert_eq!(get(store.find_matter(draft.matter.id)), None, "a refused write leaves nothing");
    for append in &written {
        assert_eq!(get(store.load(append.matter.id)).expect("a matter").entries, append.entries);
    }
    assert_eq!(get(store.search(Cell(1), vec![7], None, 5)).len(), 5, "reading goes on");
    // Ready tries a real write; a small one may still find room in a page that is there.
    assert!(wait(store.ready()).is_err() || get(store.setting("ready")).is_some(), "ready tells the truth");

    get(store.limit_pages(100_000));
    get(store.append(append));
    get(store.ready());
    assert!(get(store.find_matter(draft.matter.id)).is_some(), "and writing too, once there is room");
    store.integrity().expect("a sound file");
}
