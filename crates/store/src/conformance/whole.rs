//! Scanning and rebuilding.

use super::get;
use super::sample::{day, raise, when};
use crate::Store;
use crate::rows::*;
use kernel::ids::{BodyId, Cell};

pub(super) fn scan(store: &dyn Store) {
    let cell = Cell(50);
    let mut wanted = Vec::new();
    for n in [4, 1, 3, 5, 2] {
        let (_, append) = raise(cell, n, vec![]);
        wanted.push(Loaded { matter: append.matter.clone(), entries: append.entries.clone() });
        get(store.append(append));
    }
    wanted.sort_by_key(|loaded| loaded.matter.id);
    assert_eq!(get(store.scan(cell, None, 100)), wanted);
    let mut found: Vec<Loaded> = Vec::new();
    loop {
        let page = get(store.scan(cell, found.last().map(|l| l.matter.id.serial), 2));
        assert!(page.len() <= 2);
        if page.is_empty() {
            break;
        }
        found.extend(page);
    }
    assert_eq!(found, wanted);
    assert!(get(store.scan(Cell(51), None, 100)).is_empty());
    let serials: Vec<i64> = wanted.iter().map(|l| l.matter.id.serial).collect();
    assert_eq!(get(store.serials(cell, None, 100)), serials);
    assert_eq!(get(store.serials(cell, Some(serials[1]), 2)), serials[2..4]);
    let some = get(store.belongings(cell, serials[1], serials[3]));
    assert_eq!(some.iter().map(|b| b.loaded.clone()).collect::<Vec<_>>(), wanted[1..4]);
    for one in some {
        let id = one.loaded.matter.id;
        assert_eq!(one.key, get(store.matter_key(id)));
        assert_eq!(one.vault, get(store.vault(id)));
        assert_eq!(one.letters, get(store.letters(id)));
        assert_eq!(one.blobs, get(store.blobs(id)));
        assert_eq!(one.derived, get(store.derived(id)));
    }
    if let Some(slots) = get(store.counter_slots(cell)) {
        let sum: i64 = get(store.counters(CounterQuery::everything(cell))).iter().map(|r| r.n).sum();
        assert_eq!(slots.iter().map(|d| d.by).sum::<i64>(), sum);
    }
    let cells = get(store.cells_fanout());
    assert!(cells.contains(&cell) && !cells.contains(&Cell(51)) && cells.is_sorted_by(|a, b| a < b), "{cells:?}");
}

pub(super) fn derived(store: &dyn Store) {
    let (cell, other) = (Cell(52), Cell(53));
    let mut rows = Vec::new();
    for n in 1..=3 {
        let (draft, mut append) = raise(cell, n, vec![3, 1 << 40, u64::MAX - u64::from(n)]);
        let id = draft.matter.id;
        let mark = |about: &str| MarkRow { kind: "kin".into(), key: "k".into(), order: 1, id, about: about.into() };
        append.marks.add = vec![mark("a"), mark("b")];
        let mut wanted = Derived {
            work: append.work.add.clone(),
            due: append.due.add.clone(),
            terms: append.terms.clone(),
            marks: append.marks.add.clone(),
        };
        wanted.work.sort();
        wanted.due.sort();
        get(store.append(append));
        assert_eq!(get(store.derived(draft.matter.id)), wanted);
        rows.push((draft.matter, wanted));
    }
    let (abroad, append) = raise(other, 1, vec![3]);
    get(store.append(append));
    get(store.merge_terms(cell, 2));
    assert_eq!(get(store.derived(rows[0].0.id)), rows[0].1, "merged terms too");
    assert_eq!(get(store.derived(rows[2].0.id)), rows[2].1);
    let counters = CounterQuery {
        cell,
        shielded: true,
        series: vec!["repair/raised".into()],
        from: day(1),
        to: day(1),
        body: None,
        region: None,
    };
    let counted = get(store.counters(counters.clone()));
    let lanes = get(store.lane_counts(cell, BodyId(10)));
    let due = get(store.due(cell, when(9_999), 100));
    assert_eq!((counted[0].n, lanes[0], due.len()), (3, (Lane::Mine, 3), 6));

    get(store.clear_derived(cell));
    assert_eq!(get(store.derived(rows[0].0.id)), Derived::default());
    assert!(get(store.counters(counters.clone())).is_empty());
    assert!(get(store.lane_counts(cell, BodyId(10))).is_empty());
    assert!(get(store.due(cell, when(9_999), 100)).is_empty());
    let (kind, key) = ("kin".to_owned(), "k".to_owned());
    let marks = MarkQuery { cell, kind, key, before: None, after: None, limit: 100 };
    assert!(get(store.marks(marks.clone())).is_empty());
    assert!(get(store.search(cell, vec![3], None, 10)).is_empty());
    assert_eq!(get(store.scan(cell, None, 10)).len(), 3, "what was recorded stays");
    assert_eq!(get(store.search(other, vec![3], None, 10)), [abroad.matter.id], "another cell keeps its rows");

    // One row is a wrong projection before it is filled again.
    rows[1].0.state = "repaired".into();
    let deltas = (1..=3).map(|n| super::sample::delta(cell, 0, "raised", 1, n, 1)).collect();
    get(store.put_derived(cell, rows.clone(), deltas));
    for (matter, derived) in &rows {
        assert_eq!(get(store.find_matter(matter.id)).as_ref(), Some(matter));
        assert_eq!(&get(store.derived(matter.id)), derived);
    }
    assert_eq!(get(store.counters(counters)), counted);
    assert_eq!(get(store.lane_counts(cell, BodyId(10))), lanes);
    assert_eq!(get(store.due(cell, when(9_999), 100)), due);
    assert_eq!(get(store.marks(marks)).len(), 6);
    assert_eq!(get(store.search(cell, vec![3], None, 10)).len(), 3);
    get(store.put_derived(cell, rows.clone(), vec![]));
    assert_eq!(get(store.lane_counts(cell, BodyId(10))), lanes, "filling twice changes nothing");
}
