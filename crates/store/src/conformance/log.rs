//! The transparency log: nobody is passed over, nothing comes twice, wherever the follower was interrupted.

use super::sample::{Draft, day, raise, when};
use super::{get, wait};
use crate::rows::*;
use crate::{Store, StoreError};
use kernel::ids::{BodyId, Cell, PersonId};

fn keys(rows: &[LeafRow]) -> Vec<LeafKey> {
    rows.iter().map(|r| r.key).collect()
}

/// Gives these leaves the next places.
fn place(store: &dyn Store, leaves: &[LeafRow]) -> Result<(), StoreError> {
    let size = get(store.log_size());
    wait(store.append_leaves(LogAppend { size, leaves: leaves.to_vec(), nodes: vec![] }))
}

pub(super) fn queue(store: &dyn Store) {
    let (cell, other) = (Cell(60), Cell(61));
    let (mut late, mut fast) = (Draft::new(cell, 1), Draft::new(cell, 2));
    get(store.append(late.next(1)));
    let slow = late.next(2);
    get(store.append(fast.next(1)));
    get(store.append(raise(other, 1, vec![]).1));
    let first = get(store.unlogged(cell, 100));
    let wanted = [LeafKey::entry(late.matter.id, 1), LeafKey::entry(fast.matter.id, 1)];
    assert_eq!(keys(&first), wanted, "by key, of this cell alone");
    assert_eq!(get(store.unlogged(cell, 1)), first[..1]);
    let row = get(store.load(late.matter.id)).expect("a matter").entries.remove(0);
    assert_eq!((first[0].alg, first[0].hash), (row.alg, row.hash));

    // A neighbour commits between reading the queue and emptying it: it stays.
    get(store.append(slow));
    place(store, &first).expect("places");
    get(store.forget_unlogged(cell, keys(&first)));
    let left = get(store.unlogged(cell, 100));
    assert_eq!(keys(&left), [LeafKey::entry(late.matter.id, 2), LeafKey::entry(late.matter.id, 3)]);

    // An append that failed queues nothing.
    let (_, mut bad) = raise(cell, 3, vec![]);
    bad.matter.number = late.matter.number;
    assert!(matches!(wait(store.append(bad)), Err(StoreError::Conflict)));
    assert_eq!(get(store.unlogged(cell, 100)), left);

    // Interrupted before the queue was emptied: the leaves are known, and a second try changes nothing.
    place(store, &left[..1]).expect("a place");
    let size = get(store.log_size());
    let found = get(store.find_leaves(keys(&left)));
    assert_eq!(found, [Some((size - 1, left[0])), None]);
    let serials = [late.matter.id.serial, fast.matter.id.serial];
    let (low, high) = (serials[0].min(serials[1]), serials[0].max(serials[1]));
    let mut placed = vec![(size - 3, first[0]), (size - 2, first[1]), (size - 1, left[0])];
    placed.sort_by_key(|(_, leaf)| leaf.key);
    assert_eq!(get(store.leaves_of(cell, low, high)), placed, "by matter and number");
    let of_late: Vec<_> = placed.iter().filter(|(_, l)| l.key.serial == serials[0]).copied().collect();
    assert_eq!(get(store.leaves_of(cell, serials[0], serials[0])), of_late);
    assert!(get(store.leaves_of(other, i64::MIN, i64::MAX)).is_empty(), "of another cell none");
    let mut should: Vec<LeafRow> = [first.clone(), left.clone()].concat();
    should.sort();
    assert_eq!(get(store.entry_leaves(cell, low, high)), should);
    assert!(matches!(place(store, &left), Err(StoreError::Conflict)), "no leaf comes twice");
    assert_eq!(get(store.log_size()), size, "and none of the others came");
    get(store.forget_unlogged(cell, keys(&left[..1])));
    get(store.forget_unlogged(cell, keys(&left[..1])));
    assert_eq!(get(store.unlogged(cell, 100)), left[1..]);
    assert_eq!(get(store.unlogged(other, 100)).len(), 2, "another cell keeps its own");
    get(store.forget_unlogged(other, keys(&left)));
    assert_eq!(get(store.unlogged(cell, 100)), left[1..]);
}

pub(super) fn tree(store: &dyn Store) {
    let base = get(store.log_size());
    let leaf = |n: u32| LeafRow { key: LeafKey::look(Cell(69), n), alg: 1, hash: [u8::try_from(n).unwrap_or(0); 32] };
    let node = |index: u64, n: u8| NodeRow { level: 1, index, hash: [n; 32] };
    let append = |size, leaves: Vec<LeafRow>, nodes: Vec<NodeRow>| LogAppend { size, leaves, nodes };
    get(store.append_leaves(append(base, vec![leaf(1), leaf(2), leaf(3)], vec![node(0, 1), node(1, 2)])));
    assert!(matches!(wait(store.append_leaves(append(base, vec![leaf(4)], vec![]))), Err(StoreError::Conflict)));
    let same_tile = append(base + 3, vec![leaf(4)], vec![node(1, 9)]);
    assert!(matches!(wait(store.append_leaves(same_tile)), Err(StoreError::Conflict)), "a tile comes once");
    assert_eq!(get(store.log_size()), base + 3);
    get(store.append_leaves(append(base + 3, vec![leaf(4)], vec![node(3, 4), NodeRow { level: 2, ..node(0, 7) }])));
    assert_eq!(get(store.leaves(base + 1, 2)), [leaf(2), leaf(3)]);
    assert_eq!(get(store.leaves(base + 3, 9)), [leaf(4)]);
    assert!(get(store.leaves(base + 4, 9)).is_empty());
    assert_eq!(get(store.log_nodes(1, 0, 9)), [[1; 32], [2; 32]], "up to the first gap");
    assert_eq!(get(store.log_nodes(1, 1, 1)), [[2; 32]]);
    assert!(get(store.log_nodes(1, 2, 9)).is_empty());
    assert_eq!(get(store.log_nodes(2, 0, 9)), [[7; 32]]);
    assert!(get(store.find_leaves(vec![])).is_empty());

    let checkpoint = |size, n: i64| CheckpointRow { size, root: [3; 32], at: when(n), note: format!("note {n}\n") };
    assert_eq!(get(store.checkpoint()), None);
    get(store.put_checkpoint(checkpoint(base + 2, 1)));
    get(store.put_checkpoint(checkpoint(base + 4, 2)));
    for size in [base + 4, base + 3] {
        assert!(matches!(wait(store.put_checkpoint(checkpoint(size, 3))), Err(StoreError::Conflict)));
    }
    assert_eq!(get(store.checkpoint()), Some(checkpoint(base + 4, 2)));
}

pub(super) fn looks(store: &dyn Store) {
    let cell = Cell(62);
    let mut draft = Draft::new(cell, 1);
    get(store.append(draft.next(1)));
    let look = |n: i64, salt: u8| LookRow {
        matter: draft.matter.id,
        at: when(n),
        person: PersonId(1),
        body: BodyId(3),
        role: "handler".into(),
        reason: String::new(),
        fields: vec![],
        once_on: (n > 2).then(|| day(1)),
        salt: [salt; 16],
    };
    for (n, salt) in [(1, 0), (2, 7), (3, 8), (4, 9)] {
        get(store.append_look(look(n, salt)));
    }
    let links = get(store.look_links(cell, 0, 9));
    assert_eq!(links.iter().map(|l| (l.seq, l.salted)).collect::<Vec<_>>(), [(1, false), (2, true), (3, true)]);
    assert_eq!(get(store.look_links(cell, 1, 1)), links[1..2]);
    let queued = get(store.unlogged(cell, 9));
    let leaf = |l: &LookLink| LeafRow { key: LeafKey::look(cell, l.seq), alg: 1, hash: l.hash };
    assert_eq!(queued[1..], [leaf(&links[1]), leaf(&links[2])], "with salt only, and once a day where asked");
    assert_ne!(links[1].hash, links[2].hash);
}
