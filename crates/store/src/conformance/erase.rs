//! Erasure and keys: what is destroyed is gone everywhere, what is not stays, and the ledger only grows.

use super::sample::{Draft, raise, sealed, when};
use super::{get, wait};
use crate::rows::*;
use crate::{Store, StoreError};
use kernel::ids::{Cell, Class, MatterId};

fn erasure(at: i64) -> ErasureRow {
    ErasureRow {
        at: when(at),
        ground: "request".into(),
        order: Some((MatterId::new(Cell(80), 7, 7), 3)),
        identity: false,
    }
}

fn blob(cell: Cell, id: &str) -> BlobRow {
    let content = Sealed { alg: 1, nonce: vec![1; 12], text: vec![7; 20_000] };
    let (id, mime) = (id.to_owned(), "image/png".to_owned());
    BlobRow { id, cell, matter: None, at: when(1), mime, size: 9, key: sealed("staged"), content }
}

/// Two matters with everything, of one cell; some of their terms are merged, and they share some.
fn pair(store: &dyn Store, cell: Cell) -> (Draft, Draft) {
    let both = [(1, vec![3, 5, 9]), (2, vec![3, 5, 1 << 60])].map(|(n, terms)| {
        let name = format!("of {n}");
        get(store.put_blob(blob(cell, &name)));
        let (mut draft, mut append) = raise(cell, n, terms);
        append.blobs = vec![(name, sealed("wrapped"))];
        draft.matter.title = Some(sealed("title"));
        append.matter.title = draft.matter.title.clone();
        get(store.append(append));
        draft
    });
    assert_eq!(get(store.merge_terms(cell, 10)), 2);
    let [mut one, mut two] = both;
    for draft in [&mut one, &mut two] {
        let mut append = draft.next(1);
        append.terms = vec![7];
        get(store.append(append));
    }
    (one, two)
}

pub(super) fn erased(store: &dyn Store) {
    let cell = Cell(80);
    let (mut gone, mut stays) = pair(store, cell);
    let (id, other) = (gone.matter.id, stays.matter.id);
    let before = get(store.load(id)).expect("a matter");
    let (neighbour, terms) = (get(store.load(other)), get(store.derived(other)).terms);
    assert_eq!(get(store.search(cell, vec![5], None, 9)), [other, id]);
    assert_eq!(get(store.derived(id)).terms, [3, 5, 7, 9]);

    assert!(get(store.erase(id, erasure(1))), "the first time");
    assert_eq!(get(store.matter_key(id)), None);
    assert!(!get(store.stamp(id)).expect("a matter").keyed);
    assert!(get(store.vault(id)).is_empty() && get(store.blobs(id)).is_empty());
    assert_eq!(get(store.find_blob(cell, "of 1")), None);
    let after = get(store.load(id)).expect("its entries stay");
    assert_eq!(after.entries, before.entries);
    assert_eq!(after.matter, MatterRow { title: None, ..before.matter });
    for term in [3, 5, 7, 9] {
        let found = get(store.search(cell, vec![term], None, 9));
        assert!(!found.contains(&id), "term {term} still finds it");
    }
    assert!(get(store.derived(id)).terms.is_empty());
    assert_eq!(get(store.command(cell, "public", &format!("{:032x}", 1))), None, "nor what a client named its request");

    // The neighbour keeps everything.
    assert_eq!(get(store.load(other)), neighbour);
    assert_eq!(get(store.derived(other)).terms, terms);
    assert!(get(store.matter_key(other)).is_some() && get(store.stamp(other)).expect("a matter").keyed);
    assert_eq!((get(store.vault(other)).len(), get(store.blobs(other)).len()), (2, 1));
    assert_eq!(get(store.search(cell, vec![3, 5, 7], None, 9)), [other]);

    ledger(store, id, other);
    closed(store, &mut gone);
    get(store.append(stays.next(1)));
    get(store.merge_terms(cell, 10));
    assert!(!get(store.search(cell, vec![7], None, 9)).contains(&id));
}

fn ledger(store: &dyn Store, id: MatterId, other: MatterId) {
    assert!(!get(store.erase(id, erasure(2))), "the second time");
    assert_eq!(get(store.erasure(id)), Some(erasure(1)), "the first row stays");
    assert_eq!(get(store.erasure(other)), None);
    // Of a matter that a restore lost, the ledger still speaks.
    let lost = MatterId { cell: id.cell, serial: id.serial + 1 };
    assert!(get(store.erase(lost, erasure(3))));
    assert_eq!(get(store.erasures(id.cell, None, 9)), [(id, erasure(1)), (lost, erasure(3))]);
    assert_eq!(get(store.erasures(id.cell, Some(id.serial), 9)), [(lost, erasure(3))]);
    assert_eq!(get(store.erasures(id.cell, None, 1)).len(), 1);
    assert!(get(store.erasures(Cell(81), None, 9)).is_empty(), "another cell");
}

/// Who read the keys before the erasure cannot bring anything back.
fn closed(store: &dyn Store, draft: &mut Draft) {
    let spoil: [fn(&mut Append); 4] = [
        |a| a.vault = vec![VaultRow { seq: a.matter.seq, class: Class::Handlers, sealed: sealed("late") }],
        |a| a.terms = vec![4],
        |a| a.matter.title = Some(sealed("late")),
        |a| a.key = Some(KeyRow { handlers: sealed("k"), identity: Some(sealed("k")), epoch: 1 }),
    ];
    draft.matter.title = None;
    for (n, spoil) in spoil.into_iter().enumerate() {
        let mut append = draft.clone().next(1);
        spoil(&mut append);
        assert!(matches!(wait(store.append(append)), Err(StoreError::Conflict)), "late {n}");
    }
    let id = draft.matter.id;
    assert!(get(store.vault(id)).is_empty() && get(store.matter_key(id)).is_none());
    get(store.append(draft.next(1)));
    assert_eq!(get(store.load(id)).expect("a matter").matter.seq, draft.matter.seq, "what seals nothing goes on");
}

pub(super) fn identity_erased(store: &dyn Store) {
    let cell = Cell(84);
    let (mut one, mut other) = pair(store, cell);
    let row = |at| ErasureRow { identity: true, ..erasure(at) };
    for draft in [&mut one, &mut other] {
        let mut append = draft.next(1);
        append.vault = vec![
            VaultRow { seq: append.matter.seq, class: Class::Handlers, sealed: sealed("words") },
            VaultRow { seq: append.matter.seq, class: Class::Sealed, sealed: sealed("name") },
        ];
        get(store.append(append));
    }
    let id = one.matter.id;
    let before = (get(store.load(id)), get(store.blobs(id)), get(store.derived(id)));
    let kept: Vec<_> = get(store.vault(id)).into_iter().filter(|row| row.class != Class::Sealed).collect();
    let keys = get(store.matter_key(id)).expect("keys");
    assert!(keys.identity.is_some());

    assert!(get(store.erase(id, row(1))), "the first time");
    assert!(!get(store.erase(id, row(2))), "the second time");
    assert_eq!(get(store.erasure(id)), Some(row(1)));
    assert_eq!(get(store.matter_key(id)), Some(KeyRow { identity: None, ..keys.clone() }));
    assert_eq!(get(store.vault(id)), kept);
    assert_eq!((get(store.load(id)), get(store.blobs(id)), get(store.derived(id))), before);
    assert!(get(store.vault(other.matter.id)).iter().any(|row| row.class == Class::Sealed), "the neighbour keeps it");

    let new = KeyRow { handlers: sealed("n1"), identity: Some(sealed("n2")), epoch: keys.epoch + 1 };
    get(store.rewrap(cell, vec![(id, new.clone())]));
    assert_eq!(get(store.matter_key(id)), Some(KeyRow { identity: None, ..new }), "no key comes back");
    let mut late = one.clone().next(1);
    late.vault = vec![VaultRow { seq: late.matter.seq, class: Class::Sealed, sealed: sealed("late") }];
    assert!(matches!(wait(store.append(late)), Err(StoreError::Conflict)), "no name comes in again");
    let mut more = one.next(1);
    more.vault = vec![VaultRow { seq: more.matter.seq, class: Class::Handlers, sealed: sealed("more") }];
    get(store.append(more));

    assert_eq!(get(store.erasures(cell, None, 9)), [(id, row(1))]);
    assert!(get(store.erase(id, erasure(3))), "then the rest");
    assert_eq!(get(store.erasures(cell, None, 9)), [(id, erasure(3))], "one row a matter");
    assert!(get(store.matter_key(id)).is_none() && get(store.vault(id)).is_empty());
}

pub(super) fn rewrapped(store: &dyn Store) {
    let cell = Cell(82);
    let ids: Vec<_> = (1..=5)
        .map(|n| {
            let (draft, mut append) = raise(cell, n, vec![]);
            append.key = Some(KeyRow { handlers: sealed("k1"), identity: Some(sealed("k2")), epoch: 1 });
            get(store.append(append));
            draft.matter.id
        })
        .collect();
    let page = |below, after, limit| get(store.keys(KeyQuery { cell, below, after, limit }));
    let of = |rows: Vec<(MatterId, KeyRow)>| rows.into_iter().map(|(id, _)| id).collect::<Vec<_>>();
    assert_eq!(of(page(9, None, 99)), ids);
    assert_eq!(of(page(9, Some(ids[1].serial), 2)), [ids[2], ids[3]]);
    assert!(page(1, None, 99).is_empty());
    get(store.erase(ids[4], erasure(1)));
    let new = |name: &str, epoch| KeyRow { handlers: sealed(name), identity: Some(sealed("n2")), epoch };
    let rows = vec![(ids[0], new("n1", 2)), (ids[1], new("n1", 2)), (ids[4], new("n1", 2))];
    get(store.rewrap(cell, rows.clone()));
    assert_eq!(of(page(2, None, 99)), [ids[2], ids[3]], "what is left to do");
    assert_eq!(get(store.matter_key(ids[0])), Some(new("n1", 2)));
    assert_eq!(get(store.matter_key(ids[4])), None, "an erased matter gets no key again");
    get(store.rewrap(cell, vec![(ids[0], new("n3", 2)), (ids[1], new("n3", 1))]));
    assert_eq!(get(store.matter_key(ids[0])), Some(new("n1", 2)), "done once");
    assert_eq!(get(store.matter_key(ids[1])), Some(new("n1", 2)), "and never back");
    assert!(wait(store.rewrap(Cell(83), rows)).is_err(), "not from another cell");
}

pub(super) fn secrets(store: &dyn Store) {
    let row = |name: &str, text: &str| SecretRow {
        name: name.into(),
        master: "0123456789abcdef".into(),
        sealed: sealed(text),
    };
    assert!(get(store.secrets()).is_empty());
    get(store.add_secrets(vec![row("wrap/1", "a"), row("code", "b")]));
    get(store.add_secrets(vec![row("wrap/1", "c"), row("wrap/2", "d")]));
    assert_eq!(get(store.secrets()), [row("code", "b"), row("wrap/1", "a"), row("wrap/2", "d")]);
    get(store.replace_secrets(vec![row("code", "e"), row("wrap/2", "f")]));
    assert_eq!(get(store.secrets()), [row("code", "e"), row("wrap/2", "f")]);
    get(store.replace_secrets(vec![]));
    assert!(get(store.secrets()).is_empty());
}
