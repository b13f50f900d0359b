//! What is erased stands in no file any more: every byte of the store's files is searched for it.

use kernel::ids::{Cell, Class, MatterId};
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use store::conformance::{Draft, get, raise, sealed, when};
use store::{BlobRow, ErasureRow, KeyRow, Store, StoreError, VaultRow};
use store_sqlite::{Options, SqliteStore};

const FILES: [&str; 4] = ["gongzhi.db", "gongzhi.db-wal", "keys.db", "keys.db-wal"];

fn open(dir: &Path) -> SqliteStore {
    SqliteStore::open(dir, Options::default()).expect("a store")
}

fn request() -> ErasureRow {
    ErasureRow { at: when(5), ground: "request".into(), order: None, identity: false }
}

/// A text that stands nowhere else, of the length that wrapped keys have.
fn canary(what: &str, n: u32) -> String {
    let mut text = String::new();
    let mut state = u64::from(n) << 8 | u64::from(what.as_bytes()[0]);
    while text.len() < 48 {
        state = state.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29) ^ 0xABCD;
        text.push_str(&format!("{state:016x}"));
    }
    text
}

fn canaries(n: u32) -> [String; 5] {
    ["key", "identity", "vault", "blob", "title"].map(|what| canary(what, n))
}

/// The files of a store as text, so that searching them is quick; what is no ASCII cannot be a canary.
fn files(dir: &Path) -> Vec<(&'static str, String)> {
    let read = |file: &'static str| {
        let bytes = fs::read(dir.join(file)).unwrap_or_default();
        (file, bytes.into_iter().map(|b| if b.is_ascii() { char::from(b) } else { '?' }).collect())
    };
    FILES.into_iter().map(read).collect()
}

fn among(files: &[(&'static str, String)], text: &str) -> Vec<&'static str> {
    files.iter().filter(|(_, all)| all.contains(text)).map(|(file, _)| *file).collect()
}

/// The files of a store in which a text stands.
fn found_in(dir: &Path, text: &str) -> Vec<&'static str> {
    among(&files(dir), text)
}

/// A matter with its canaries in every place that can hold something sealed.
fn put(store: &SqliteStore, n: u32) -> MatterId {
    let cell = Cell(1 + n * 7 % 5);
    let [key, identity, vault, content, title] = canaries(n);
    let blob = BlobRow {
        id: format!("{n}"),
        cell,
        matter: None,
        at: when(1),
        mime: "image/png".into(),
        size: 1,
        key: sealed("staged"),
        content: sealed(&content.repeat(200)),
    };
    get(store.put_blob(blob));
    let (draft, mut append) = raise(cell, n, vec![u64::from(n), 1 << 40]);
    append.key = Some(KeyRow { handlers: sealed(&key), identity: Some(sealed(&identity)), epoch: 1 });
    append.vault = vec![VaultRow { seq: 1, class: Class::Handlers, sealed: sealed(&vault.repeat(9)) }];
    append.blobs = vec![(format!("{n}"), sealed("wrapped"))];
    append.matter.title = Some(sealed(&title));
    get(store.append(append));
    draft.matter.id
}

#[test]
fn nothing_of_an_erased_matter_stands_in_any_file() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    let ids: Vec<_> = (1..=150).map(|n| (n, put(&store, n))).collect();
    for cell in 1..=5 {
        get(store.merge_terms(Cell(cell), 40));
    }
    let (gone, stay): (Vec<_>, Vec<_>) = ids.into_iter().partition(|(n, _)| n % 11 == 3);
    let before = files(dir.path());
    assert!(gone.iter().all(|(n, _)| canaries(*n).iter().all(|c| !among(&before, c).is_empty())), "searching works");
    for (_, id) in &gone {
        assert!(get(store.erase(*id, request())));
    }
    let after = files(dir.path());
    for (n, id) in &gone {
        for text in canaries(*n) {
            assert_eq!(among(&after, &text), [""; 0], "matter {n}");
        }
        for key in &canaries(*n)[..2] {
            for part in [&key[..16], &key[16..32], &key[32..48]] {
                assert_eq!(among(&after, part), [""; 0], "not even a piece of a key of matter {n}");
            }
        }
        assert!(!get(store.search(id.cell, vec![1 << 40], None, 999)).contains(id));
        assert!(get(store.search(id.cell, vec![u64::from(*n)], None, 9)).is_empty());
    }
    for (n, id) in &stay {
        assert!(get(store.matter_key(*id)).is_some() && get(store.vault(*id)).len() == 1);
        assert_eq!(get(store.search(id.cell, vec![u64::from(*n)], None, 9)), [*id]);
    }
    store.integrity().expect("sound files");
}

#[test]
fn of_an_erased_identity_no_byte_stands_and_the_rest_does() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    let row = || ErasureRow { identity: true, ..request() };
    let ids: Vec<_> = (1..=90).map(|n| (n, put(&store, n))).collect();
    let name = |n| canary("name", n);
    for (n, id) in &ids {
        let mut append = next_of(&store, *id);
        append.vault = vec![VaultRow { seq: append.matter.seq, class: Class::Sealed, sealed: sealed(&name(*n)) }];
        get(store.append(append));
    }
    let (gone, stay): (Vec<_>, Vec<_>) = ids.into_iter().partition(|(n, _)| n % 7 == 3);
    assert!(gone.iter().all(|(n, _)| !found_in(dir.path(), &name(*n)).is_empty()), "searching works");
    for (_, id) in &gone {
        assert!(get(store.erase(*id, row())));
    }
    let after = files(dir.path());
    for (n, id) in &gone {
        let key = canary("identity", *n);
        for text in [&key[..16], &key[16..32], &key[32..48], &name(*n)] {
            assert_eq!(among(&after, text), [""; 0], "matter {n}");
        }
        for what in ["key", "vault", "blob", "title"] {
            assert!(!among(&after, &canary(what, *n)).is_empty(), "{what} of matter {n}");
        }
        assert_eq!(get(store.erasure(*id)), Some(row()));
    }
    for (n, id) in &stay {
        assert!(get(store.matter_key(*id)).expect("keys").identity.is_some());
        assert!(!among(&after, &name(*n)).is_empty());
    }
    drop(store);
    open(dir.path()).integrity().expect("sound files");
}

/// One more entry of a matter as it stands.
fn next_of(store: &SqliteStore, id: MatterId) -> store::Append {
    let matter = get(store.load(id)).expect("a matter").matter;
    Draft { expected: (matter.seq, matter.head), matter }.next(1)
}

#[test]
fn an_erased_identity_survives_either_file_being_older() {
    for older in ["gongzhi.db", "keys.db"] {
        let dir = tempfile::tempdir().expect("a directory");
        let store = open(dir.path());
        let (id, other) = (put(&store, 1), put(&store, 6));
        let mut append = next_of(&store, id);
        append.vault =
            vec![VaultRow { seq: append.matter.seq, class: Class::Sealed, sealed: sealed(&canary("name", 1)) }];
        get(store.append(append));
        drop(store);
        fs::copy(dir.path().join(older), dir.path().join("backup")).expect("a backup");
        let store = open(dir.path());
        assert!(get(store.erase(id, ErasureRow { identity: true, ..request() })));
        drop(store);
        fs::copy(dir.path().join("backup"), dir.path().join(older)).expect("restored");
        fs::remove_file(dir.path().join("backup")).expect("gone");
        let back = canary(if older == "keys.db" { "identity" } else { "name" }, 1);
        assert!(!found_in(dir.path(), &back).is_empty());
        let store = open(dir.path());
        for what in ["identity", "name"] {
            assert_eq!(found_in(dir.path(), &canary(what, 1)), [""; 0], "an older {older}");
        }
        assert!(get(store.erasure(id)).is_some_and(|row| row.identity));
        assert!(get(store.matter_key(id)).is_some_and(|key| key.identity.is_none()));
        assert!(get(store.matter_key(other)).is_some_and(|key| key.identity.is_some()));
    }
}

#[test]
fn secrets_that_were_replaced_are_gone() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    let row = |name: &str, n| store::SecretRow {
        name: name.into(),
        master: "0123456789abcdef".into(),
        sealed: sealed(&canary("secret", n)),
    };
    get(store.add_secrets(vec![row("wrap/1", 1), row("code", 2)]));
    assert_eq!(found_in(dir.path(), &canary("secret", 1)), ["keys.db-wal"]);
    get(store.replace_secrets(vec![row("wrap/2", 3), row("code", 4)]));
    for n in [1, 2] {
        assert_eq!(found_in(dir.path(), &canary("secret", n)), [""; 0]);
    }
    assert_eq!(found_in(dir.path(), &canary("secret", 4)), ["keys.db"]);
}

#[test]
fn an_erasure_survives_either_file_being_older() {
    for older in ["gongzhi.db", "keys.db"] {
        let dir = tempfile::tempdir().expect("a directory");
        let store = open(dir.path());
        let id = put(&store, 1);
        let other = put(&store, 6);
        drop(store);
        fs::copy(dir.path().join(older), dir.path().join("backup")).expect("a backup");
        let store = open(dir.path());
        assert!(get(store.erase(id, request())));
        drop(store);
        fs::copy(dir.path().join("backup"), dir.path().join(older)).expect("restored");
        fs::remove_file(dir.path().join("backup")).expect("gone");
        assert!(!found_in(dir.path(), &canary(if older == "keys.db" { "key" } else { "vault" }, 1)).is_empty());
        let store = open(dir.path());
        for text in canaries(1) {
            assert_eq!(found_in(dir.path(), &text), [""; 0], "an older {older}");
        }
        assert_eq!(get(store.erasure(id)), Some(request()));
        assert!(get(store.matter_key(id)).is_none() && get(store.vault(id)).is_empty());
        assert!(get(store.matter_key(other)).is_some() && get(store.vault(other)).len() == 1);
    }
}

#[test]
fn a_key_whose_matter_was_never_committed_is_swept() {
    let dir = tempfile::tempdir().expect("a directory");
    let store = open(dir.path());
    let id = put(&store, 1);
    drop(store);
    let keys = Connection::open(dir.path().join("keys.db")).expect("a file");
    let orphan = Draft::new(Cell(9), 5).matter.id;
    let sql = "INSERT INTO key (cell, serial, epoch, handlers, identity) \
        SELECT ?1, ?2, epoch, CAST(?3 AS BLOB), identity FROM key";
    keys.execute(sql, (9, orphan.serial, canary("orphan", 1))).expect("an orphan");
    drop(keys);
    let store = open(dir.path());
    assert_eq!(found_in(dir.path(), &canary("orphan", 1)), [""; 0]);
    assert!(get(store.matter_key(orphan)).is_none() && get(store.matter_key(id)).is_some());
}

#[test]
fn a_missing_or_foreign_key_file_is_refused() {
    let dirs: [_; 2] = std::array::from_fn(|_| tempfile::tempdir().expect("a directory"));
    for (n, dir) in (1..).zip(&dirs) {
        put(&open(dir.path()), n);
    }
    let [here, there] = dirs.each_ref().map(|dir| dir.path().join("keys.db"));
    let with = |dir: &Path, file: &Path| {
        let options = Options { key_file: Some(file.to_owned()), ..Options::default() };
        SqliteStore::open(dir, options).map(|_| ())
    };
    let refused = |answer: Result<(), StoreError>| {
        assert!(matches!(answer, Err(StoreError::Corrupt { .. })), "{answer:?}");
    };
    let nowhere = dirs[0].path().join("elsewhere.db");
    refused(with(dirs[0].path(), &nowhere));
    assert!(!nowhere.exists(), "and no new one is made in its place");
    refused(with(dirs[0].path(), &there));
    let fresh = tempfile::tempdir().expect("a directory");
    refused(with(fresh.path(), &there));
    fs::rename(&here, &nowhere).expect("moved");
    with(dirs[0].path(), &nowhere).expect("the right one, elsewhere");
}
