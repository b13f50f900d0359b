//! Search: whatever was merged or not, the answer is the same.

use super::get;
use super::sample::{Draft, when};
use crate::Store;
use kernel::ids::{Cell, MatterId};

fn write(store: &dyn Store, draft: &mut Draft, terms: &[u64]) {
    let mut append = draft.next(1);
    append.terms = terms.to_vec();
    get(store.append(append));
}

pub(super) fn finds(store: &dyn Store) {
    let cell = Cell(30);
    let mut drafts: Vec<_> = (1..=5).map(|n| Draft::new(cell, n)).collect();
    let ids: Vec<MatterId> = drafts.iter().map(|d| d.matter.id).collect();
    for (draft, terms) in drafts.iter_mut().zip([&[1, 2, 3][..], &[2, 3], &[3, u64::MAX], &[1 << 63], &[2]]) {
        write(store, draft, terms);
    }
    let find = |terms: &[u64]| get(store.search(cell, terms.to_vec(), None, 100));
    let look = || {
        assert_eq!(find(&[2]), [ids[4], ids[1], ids[0]]);
        assert_eq!(find(&[2, 3]), [ids[1], ids[0]]);
        assert_eq!(find(&[3, 2, 2]), [ids[1], ids[0]], "in any order, repeated or not");
        assert_eq!(find(&[u64::MAX]), [ids[2]]);
        assert_eq!(find(&[1 << 63]), [ids[3]]);
        assert!(find(&[4]).is_empty());
        assert!(find(&[1, u64::MAX]).is_empty(), "in no one matter");
        assert!(get(store.search(Cell(31), vec![2], None, 9)).is_empty(), "another cell");
    };
    look();
    assert_eq!(get(store.merge_terms(cell, 2)), 2, "a part");
    look();
    assert_eq!(get(store.merge_terms(cell, 100)), 3, "the rest");
    look();
    assert_eq!(get(store.merge_terms(cell, 100)), 0);
    assert_eq!(get(store.merge_terms(Cell(31), 100)), 0);
    look();
    // A matter with merged terms gets more: found by both together, and once.
    write(store, &mut drafts[0], &[9]);
    assert_eq!(find(&[1, 9]), [ids[0]]);
    assert_eq!(find(&[9]), [ids[0]]);
    write(store, &mut drafts[0], &[1, 8]);
    assert_eq!(find(&[1]), [ids[0]]);
    assert_eq!(find(&[1, 8, 9]), [ids[0]]);
    assert_eq!(get(store.merge_terms(cell, 100)), 2);
    assert_eq!(find(&[1, 8, 9]), [ids[0]]);
    assert_eq!(find(&[1]), [ids[0]]);
}

pub(super) fn pages(store: &dyn Store) {
    let cell = Cell(32);
    let mut ids = Vec::new();
    for n in 1..=30_u32 {
        // Over several months, so that a page crosses them.
        let mut draft = Draft::new(cell, n);
        draft.matter.id = MatterId::new(cell, when(0).plus_days(i64::from(n) * 9).0, n);
        write(store, &mut draft, if n.is_multiple_of(3) { &[5, 6] } else { &[5] });
        ids.push(draft.matter.id);
        if n == 20 {
            assert_eq!(get(store.merge_terms(cell, 100)), 20);
        }
    }
    ids.reverse();
    let walk = |terms: &[u64], step: u32| {
        let mut all: Vec<MatterId> = Vec::new();
        loop {
            let page = get(store.search(cell, terms.to_vec(), all.last().map(|id| id.serial), step));
            assert!(page.len() <= step as usize);
            if page.is_empty() {
                return all;
            }
            all.extend(page);
        }
    };
    assert_eq!(walk(&[5], 4), ids);
    assert_eq!(walk(&[5], 100), ids);
    let third: Vec<_> = ids.iter().copied().step_by(3).collect();
    assert_eq!(walk(&[5, 6], 1), third);
    assert_eq!(walk(&[6, 5], 7), third);
}

pub(super) fn merges(store: &dyn Store) {
    let cell = Cell(33);
    let mut drafts: Vec<_> = (1..=60).map(|n| Draft::new(cell, n)).collect();
    // A plain pseudo-random walk: which matter gets which terms, with a merge now and then.
    let mut state = 12345_u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut truth: Vec<std::collections::BTreeSet<u64>> = vec![Default::default(); drafts.len()];
    for round in 0..240 {
        let which = usize::try_from(next(60)).expect("below 60");
        let terms: std::collections::BTreeSet<u64> = (0..6).map(|_| next(40) << 58 | next(4)).collect();
        write(store, &mut drafts[which], &terms.iter().copied().collect::<Vec<_>>());
        truth[which].extend(&terms);
        if round % 3 == 0 {
            get(store.merge_terms(cell, u32::try_from(next(5)).expect("below 5")));
        }
        let asked: Vec<u64> = (0..1 + next(2)).map(|_| next(40) << 58 | next(4)).collect();
        let holds = |n: &usize| asked.iter().all(|t| truth[*n].contains(t));
        let wanted: Vec<_> = (0..drafts.len()).rev().filter(holds).map(|n| drafts[n].matter.id).collect();
        assert_eq!(get(store.search(cell, asked.clone(), None, 100)), wanted, "round {round}: {asked:?}");
    }
    for (draft, truth) in drafts.iter().zip(&truth) {
        let terms = get(store.derived(draft.matter.id)).terms;
        assert_eq!(terms, truth.iter().copied().collect::<Vec<_>>(), "the terms of a matter as they stand");
    }
}
