//! Work lists, due clocks and counters.

use super::get;
use super::sample::{Draft, day, delta, raise, region, when};
use crate::Store;
use crate::rows::*;
use kernel::ids::{BodyId, Cell};

const LANES: [Lane; 5] = [Lane::Mine, Lane::Others, Lane::Ended, Lane::Decide, Lane::Escalated];

fn query(cell: Cell, bodies: &[u32], lane: Lane) -> ListQuery {
    ListQuery {
        cell,
        bodies: bodies.iter().map(|b| BodyId(*b)).collect(),
        lane,
        mechanism: None,
        region: None,
        ring: None,
        due_before: None,
        shielded_from: Vec::new(),
        after: None,
        limit: 100,
    }
}

/// All pages of a list, `step` rows at a time.
fn walk(store: &dyn Store, mut query: ListQuery, step: u32) -> Vec<WorkItem> {
    let mut all: Vec<WorkItem> = Vec::new();
    query.limit = step;
    loop {
        let page = get(store.list(query.clone()));
        assert!(page.len() <= step as usize, "a page is no longer than asked");
        let Some(last) = page.last() else { return all };
        query.after = Some(last.work.clone());
        all.extend(page);
    }
}

pub(super) fn pages(store: &dyn Store) {
    let cell = Cell(20);
    let mut wanted: Vec<(i64, i64, u32, Lane)> = Vec::new();
    for n in 0..40_u32 {
        let mut draft = Draft::new(cell, n + 1);
        let mut append = draft.next(1);
        for (at, lane) in LANES.into_iter().enumerate() {
            let body = 50 + n % 3;
            // Few orders, so that the serial decides; the last lane has nothing due.
            let order = if at == 4 { i64::MAX } else { i64::from(n * 7 % 5) - 2 };
            append.work.add.push(draft.work(body, lane, order));
            wanted.push((order, draft.matter.id.serial, body, lane));
        }
        append.work.add.push(draft.work(99, Lane::Mine, 1));
        get(store.append(append));
    }
    wanted.sort_unstable();
    for lane in LANES {
        for bodies in [&[50][..], &[50, 52], &[50, 51, 52]] {
            let wanted: Vec<_> = wanted.iter().filter(|w| w.3 == lane && bodies.contains(&w.2)).copied().collect();
            for step in [1, 3, 100] {
                let found = walk(store, query(cell, bodies, lane), step);
                let keys = found.iter().map(|i| (i.work.order, i.work.id.serial, i.work.body.0, i.work.lane));
                assert_eq!(keys.collect::<Vec<_>>(), wanted, "{lane:?} of {bodies:?} by {step}");
                assert!(found.iter().all(|i| i.matter.id == i.work.id));
            }
        }
    }
    assert!(get(store.list(query(Cell(21), &[50, 51], Lane::Mine))).is_empty(), "another cell");
    assert!(get(store.list(query(cell, &[], Lane::Mine))).is_empty(), "nobody's list");
}

pub(super) fn filters(store: &dyn Store) {
    let cell = Cell(22);
    for n in 1..=24_u32 {
        let mut draft = Draft::new(cell, n);
        draft.matter.mechanism = if n.is_multiple_of(2) { "repair" } else { "noise" }.into();
        draft.matter.region = region(["33", "3301", "330106", "330106001", "330108"][n as usize % 5]);
        draft.matter.ring = u8::try_from(n % 5 + 1).expect("below 6");
        draft.matter.due_at = (!n.is_multiple_of(4)).then(|| when(i64::from(n)));
        draft.matter.shield = if n.is_multiple_of(3) { vec![BodyId(70), BodyId(71)] } else { vec![] };
        let mut append = draft.next(1);
        append.work.add = vec![draft.work(50, Lane::Mine, i64::from(n)), draft.work(51, Lane::Mine, -i64::from(n))];
        get(store.append(append));
    }
    let numbers = |change: &dyn Fn(&mut ListQuery)| {
        let mut query = query(cell, &[50], Lane::Mine);
        change(&mut query);
        walk(store, query, 2).iter().map(|i| i.matter.number.1).collect::<Vec<_>>()
    };
    let every = |holds: fn(u32) -> bool| (1..=24).filter(|n| holds(*n)).collect::<Vec<_>>();
    assert_eq!(numbers(&|_| ()), every(|_| true));
    assert_eq!(numbers(&|q| q.mechanism = Some("noise".into())), every(|n| n % 2 == 1));
    assert_eq!(numbers(&|q| q.region = Some(region("330106"))), every(|n| n % 5 == 2 || n % 5 == 3));
    assert_eq!(numbers(&|q| q.region = Some(region("3301"))), every(|n| n % 5 != 0));
    assert_eq!(numbers(&|q| q.ring = Some(2)), every(|n| n % 5 == 1));
    assert_eq!(numbers(&|q| q.due_before = Some(when(10))), every(|n| n % 4 != 0 && n < 10));
    assert_eq!(numbers(&|q| q.shielded_from = vec![BodyId(71)]), every(|n| n % 3 != 0));
    assert_eq!(numbers(&|q| q.shielded_from = vec![BodyId(1), BodyId(70)]), every(|n| n % 3 != 0));
    assert_eq!(numbers(&|q| q.shielded_from = vec![BodyId(72)]), every(|_| true));
    let mixed = |q: &mut ListQuery| {
        q.mechanism = Some("repair".into());
        q.shielded_from = vec![BodyId(70)];
        q.due_before = Some(when(20));
    };
    assert_eq!(numbers(&mixed), every(|n| n % 2 == 0 && n % 3 != 0 && n % 4 != 0 && n < 20));
}

pub(super) fn counts(store: &dyn Store) {
    let cell = Cell(23);
    let mut drafts = Vec::new();
    for n in 1..=12_u32 {
        let (draft, append) = raise(cell, n, vec![]);
        get(store.append(append));
        drafts.push(draft);
    }
    for (n, draft) in drafts.iter_mut().enumerate() {
        let mut append = draft.next(1);
        let order = draft.matter.id.serial >> 20;
        append.work.remove = vec![
            draft.work(10, Lane::Mine, order),
            // A row that is not there takes nothing from a count.
            draft.work(10, Lane::Escalated, 1),
        ];
        append.work.add = match n % 3 {
            0 => vec![draft.work(10, Lane::Ended, -5), draft.work(12, Lane::Decide, 9)],
            // The same row twice is one row.
            1 => vec![draft.work(10, Lane::Mine, order), draft.work(10, Lane::Mine, order)],
            _ => vec![],
        };
        get(store.append(append));
    }
    for body in 9..20 {
        let mut listed = Vec::new();
        for lane in LANES {
            let rows = walk(store, query(cell, &[body], lane), 5).len();
            if rows > 0 {
                listed.push((lane, i64::try_from(rows).expect("a few")));
            }
        }
        assert_eq!(get(store.lane_counts(cell, BodyId(body))), listed, "body {body}");
    }
    assert_eq!(get(store.lane_counts(cell, BodyId(10)))[0], (Lane::Mine, 4));
}

pub(super) fn due(store: &dyn Store) {
    let cell = Cell(24);
    let mut draft = Draft::new(cell, 1);
    let mut append = draft.next(1);
    let nobody = DueRow { body: None, ..draft.due(5, "window", false) };
    append.due.add =
        vec![draft.due(30, "answer", false), draft.due(10, "accept", false), nobody.clone(), draft.due(7, "top", true)];
    get(store.append(append));
    let mut other = Draft::new(cell, 2);
    let mut append = other.next(1);
    append.due.add = vec![other.due(10, "accept", false), other.due(9, "top", true), other.due(7, "top", true)];
    get(store.append(append));
    let due = |before, limit| get(store.due(cell, when(before), limit));
    assert_eq!(due(30, 9), [nobody.clone(), draft.due(10, "accept", false), other.due(10, "accept", false)]);
    assert_eq!(due(31, 2), [nobody, draft.due(10, "accept", false)]);
    let listed = [other.due(9, "top", true), other.due(7, "top", true), draft.due(7, "top", true)];
    assert_eq!(get(store.listed(cell, None, 9)), listed);
    assert_eq!(get(store.listed(cell, Some(listed[0].clone()), 1)), listed[1..2]);
    assert_eq!(get(store.listed(cell, Some(listed[1].clone()), 9)), listed[2..]);
    let mut append = draft.next(1);
    append.due.remove = vec![draft.due(10, "accept", false), draft.due(7, "top", true)];
    get(store.append(append));
    assert_eq!(due(30, 9).len(), 2);
    assert_eq!(get(store.listed(cell, None, 9)), listed[..2]);
}

pub(super) fn counters(store: &dyn Store) {
    let cell = Cell(25);
    let mut append = Draft::new(cell, 1).next(1);
    let with = |delta: CounterDelta, change: &dyn Fn(&mut CounterKey)| {
        let mut delta = delta;
        change(&mut delta.key);
        delta
    };
    append.counters = vec![
        delta(cell, 0, "raised", 1, 1, 2),
        delta(cell, 0, "raised", 1, 2, 3),
        delta(cell, 0, "raised", 2, 1, 1),
        delta(cell, 0, "raised", 3, 1, 1),
        delta(cell, 1, "raised", 1, 1, 10),
        delta(cell, 0, "open", 1, 1, 1),
        delta(cell, 0, "open", 1, 2, -1),
        with(delta(cell, 0, "raised", 1, 1, 100), &|k| k.region = region("330108")),
        with(delta(cell, 0, "raised", 1, 1, 1000), &|k| k.body = BodyId(0)),
        with(delta(cell, 0, "took", 1, 1, 5), &|k| (k.class, k.bucket) = ("water".into(), 7)),
    ];
    get(store.append(append));
    let mut again = Draft::new(cell, 2).next(1);
    again.counters = vec![delta(cell, 0, "raised", 1, 2, 1)];
    get(store.append(again));
    let base = CounterQuery {
        cell,
        shielded: false,
        series: vec!["repair/raised".into()],
        from: day(1),
        to: day(2),
        body: None,
        region: None,
    };
    let sums = |change: &dyn Fn(&mut CounterQuery)| {
        let mut query = base.clone();
        change(&mut query);
        get(store.counters(query)).iter().map(|row| row.n).collect::<Vec<_>>()
    };
    assert_eq!(sums(&|_| ()), [1000, 6, 100, 1], "in the order of the key, slots summed");
    assert_eq!(sums(&|q| q.shielded = true), [1000, 6, 100, 1, 10], "the second book only when asked");
    assert_eq!(sums(&|q| q.region = Some(region("330106"))), [1000, 6, 1]);
    assert_eq!(sums(&|q| q.region = Some(region("3301"))), [1000, 6, 100, 1]);
    assert_eq!(sums(&|q| q.body = Some(BodyId(10))), [6, 100, 1]);
    assert_eq!(sums(&|q| q.to = day(3)), [1000, 6, 100, 1, 1]);
    assert_eq!(sums(&|q| q.from = day(2)), [1]);
    assert_eq!(sums(&|q| q.cell = Cell(26)), [0; 0]);
    assert_eq!(sums(&|q| q.series = vec!["repair/open".into()]), [0; 0], "what sums to nothing is left out");
    let took = get(store.counters(CounterQuery { series: vec!["repair/took".into(), "repair/open".into()], ..base }));
    assert_eq!(took.len(), 1);
    assert_eq!((took[0].key.class.as_str(), took[0].key.bucket, took[0].key.day), ("water", 7, day(1)));
}

pub(super) fn marks(store: &dyn Store) {
    let cell = Cell(37);
    let mut all = Vec::new();
    let mut last = None;
    for (n, order) in [(1, 5), (2, -3), (3, 5), (4, i64::MAX)] {
        let (draft, mut append) = raise(cell, n, vec![]);
        let id = draft.matter.id;
        let mark =
            |kind: &str, key: &str| MarkRow { kind: kind.into(), key: key.into(), order, id, about: "关".into() };
        append.marks.add = vec![mark("kin", "a"), mark("kin", "b"), mark("plan", "a")];
        all.push(mark("kin", "a"));
        get(store.append(append));
        last = Some(draft);
    }
    all.sort();
    let query = |after, before, limit| MarkQuery { cell, kind: "kin".into(), key: "a".into(), before, after, limit };
    assert_eq!(get(store.marks(query(None, None, 10))), all);
    assert_eq!(get(store.marks(query(None, None, 2))), all[..2]);
    assert_eq!(get(store.marks(query(Some(all[1].clone()), None, 10))), all[2..]);
    assert_eq!(get(store.marks(query(None, Some(5), 10))), all[..1], "below an order");
    assert!(get(store.marks(MarkQuery { cell: Cell(38), ..query(None, None, 10) })).is_empty());
    // A mark that goes is gone, and one of another matter is refused.
    let mut draft = last.expect("four were raised");
    let mut append = draft.clone().next(1);
    append.marks.remove = vec![all[0].clone()];
    assert!(matches!(crate::conformance::wait(store.append(append)), Err(crate::StoreError::Corrupt { .. })));
    let mut append = draft.next(1);
    append.marks.remove = vec![all[3].clone()];
    get(store.append(append));
    assert_eq!(get(store.marks(query(None, None, 10))), all[..3]);
}
