//! Appending: what was written is read, and nobody writes over anybody.

use super::sample::{Draft, raise, sealed, when};
use super::{get, wait};
use crate::rows::*;
use crate::{Store, StoreError};
use kernel::chain::{GENESIS, HashAlg, inner, link};
use kernel::ids::{BodyId, Cell, Class};
use std::collections::BTreeSet;

pub(super) fn round_trip(store: &dyn Store) {
    let cell = Cell(1);
    let (mut draft, mut first) = raise(cell, 1, vec![1, 2]);
    first.matter.shield = vec![BodyId(8), BodyId(9)];
    first.matter.promised_by = Some(when(9));
    first.matter.heard = Some("yes".into());
    let id = draft.matter.id;
    assert_eq!(get(store.load(id)), None);
    assert_eq!(get(store.append(first.clone())), Appended::default());
    let loaded = get(store.load(id)).expect("a matter that was just written");
    assert_eq!(loaded, Loaded { matter: first.matter.clone(), entries: first.entries.clone() });
    assert_eq!(get(store.find_matter(id)), Some(first.matter));
    assert_eq!(get(store.vault(id)), first.vault);
    assert_eq!(get(store.matter_key(id)), first.key);
    assert_eq!(get(store.find_number(cell, 2026, 1)), Some(id));
    assert_eq!(get(store.find_number(cell, 2025, 1)), None);
    assert_eq!(get(store.find_number(Cell(2), 2026, 1)), None);

    // The end: fields that were set are unset, and the vault grows.
    draft.matter.title = None;
    draft.matter.holder = None;
    draft.matter.due_at = None;
    draft.matter.ended_at = Some(when(77));
    draft.matter.state = "ended".into();
    let mut second = draft.next(3);
    second.vault = vec![VaultRow { seq: 4, class: Class::Public, sealed: sealed("公开") }];
    get(store.append(second.clone()));
    let loaded = get(store.load(id)).expect("a matter");
    assert_eq!(loaded.matter, second.matter);
    assert_eq!(loaded.entries, [first.entries, second.entries].concat(), "the exact bytes, in order");
    assert_eq!(get(store.vault(id)), [first.vault, second.vault].concat());
    assert_eq!(get(store.matter_key(id)), first.key, "the key of a matter stays");
}

pub(super) fn conflict(store: &dyn Store) {
    let (mut draft, first) = raise(Cell(2), 1, vec![]);
    let id = draft.matter.id;
    let mut unborn = draft.clone();
    assert_conflict(store, unborn.next(1), "an append to a matter that is not there");
    get(store.append(first.clone()));
    let mut again = first.clone();
    again.command = None;
    assert_conflict(store, again, "raising the same matter twice");
    let mut head = draft.clone().next(1);
    head.expected.1 = [9; 32];
    assert_conflict(store, head, "another head");
    let mut stale = draft.clone();
    get(store.append(draft.next(1)));
    let mut loser = stale.next(2);
    loser.work.add = vec![draft.work(10, Lane::Decide, 5)];
    loser.vault = vec![VaultRow { seq: 3, class: Class::Public, sealed: sealed("x") }];
    assert_conflict(store, loser, "a stale append");
    assert_eq!(get(store.load(id)).expect("a matter").entries.len(), 3, "nothing of the loser stays");
    assert_eq!(get(store.vault(id)).len(), 2);
    assert_eq!(get(store.lane_counts(Cell(2), BodyId(10))), [(Lane::Mine, 1)]);
    // The same number for another matter.
    let mut other = Draft::new(Cell(2), 2);
    other.matter.number = (2026, 1);
    assert_conflict(store, other.next(1), "a public number given twice");
    assert_eq!(get(store.find_matter(other.matter.id)), None);
}

#[track_caller]
fn assert_conflict(store: &dyn Store, append: Append, what: &str) {
    let answer = wait(store.append(append));
    assert!(matches!(answer, Err(StoreError::Conflict)), "{what}: {answer:?}");
}

pub(super) fn malformed(store: &dyn Store) {
    let draft = Draft::new(Cell(3), 1);
    let spoil: [fn(&mut Append); 6] = [
        |a| a.entries.clear(),
        |a| a.entries[1].seq = 7,
        |a| a.matter.head = [1; 32],
        |a| a.work.add = vec![Draft::new(Cell(4), 1).work(1, Lane::Mine, 1)],
        |a| a.counters = vec![super::sample::delta(Cell(4), 0, "x", 1, 1, 1)],
        |a| a.terms = vec![2, 1],
    ];
    for (n, spoil) in spoil.into_iter().enumerate() {
        let mut append = draft.clone().next(2);
        spoil(&mut append);
        let answer = wait(store.append(append));
        assert!(matches!(answer, Err(StoreError::Corrupt { .. })), "fault {n}: {answer:?}");
    }
    assert_eq!(get(store.find_matter(draft.matter.id)), None);
}

pub(super) fn concurrent(store: &dyn Store) {
    const CALLERS: u32 = 8;
    const ROUNDS: u32 = 6;
    let (mut draft, first) = raise(Cell(5), 1, vec![]);
    let id = draft.matter.id;
    get(store.append(first));
    for round in 0..ROUNDS {
        let mut tries: Vec<_> = (1..=CALLERS).map(|n| draft.clone_with(n)).collect();
        let key = |n: usize| format!("{round}-{n}");
        for (n, (_, append)) in tries.iter_mut().enumerate() {
            let principal = "person 1".into();
            append.command = Some(CommandRow { principal, key: key(n), request: [1; 32], matter: id, at: when(1) });
        }
        let answers: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> =
                tries.iter().map(|(_, append)| scope.spawn(|| wait(store.append(append.clone())))).collect();
            threads.into_iter().map(|t| t.join().expect("a caller that does not panic")).collect()
        });
        let won: Vec<_> = answers.iter().enumerate().filter(|(_, a)| a.is_ok()).map(|(n, _)| n).collect();
        assert_eq!(won.len(), 1, "round {round}: {answers:?}");
        assert!(answers.iter().all(|a| matches!(a, Ok(_) | Err(StoreError::Conflict))), "{answers:?}");
        for n in 0..tries.len() {
            let known = get(store.command(id.cell, "person 1", &key(n))).is_some();
            assert_eq!(known, n == won[0], "the command of one who lost may be tried again");
        }
        draft = tries[won[0]].0.clone();
    }
    let loaded = get(store.load(id)).expect("a matter");
    assert_eq!(loaded.matter, draft.matter, "what won is what stands");
    let mut previous = GENESIS;
    for (entry, seq) in loaded.entries.iter().zip(1..) {
        assert_eq!(entry.seq, seq, "no gap");
        previous = link(HashAlg::Sha256, &previous, seq, &inner(HashAlg::Sha256, &entry.salt, &entry.body));
        assert_eq!(entry.hash, previous, "the chain holds");
    }
}

impl Draft {
    /// The next append with `count` entries, and the draft after it.
    fn clone_with(&self, count: u32) -> (Draft, Append) {
        let mut after = self.clone();
        let append = after.next(count);
        (after, append)
    }
}

pub(super) fn duplicate(store: &dyn Store) {
    let cell = Cell(6);
    let (mut draft, first) = raise(cell, 1, vec![]);
    get(store.append(first.clone()));
    let command = first.command.clone().expect("a raising has its command");
    assert_eq!(get(store.command(cell, &command.principal, &command.key)), Some(command.clone()));
    let known = |answer| match answer {
        Err(StoreError::Duplicate(row)) => *row,
        other => panic!("a duplicate was expected, not {other:?}"),
    };
    assert_eq!(known(wait(store.append(first.clone()))), command, "before any conflict");
    // Another request under the same key: the stored hash tells the caller.
    let (_, mut other) = raise(cell, 2, vec![]);
    other.command = Some(CommandRow { request: [4; 32], matter: other.matter.id, ..command.clone() });
    let other_id = other.matter.id;
    assert_eq!(known(wait(store.append(other))).request, command.request);
    assert_eq!(get(store.find_matter(other_id)), None);
    // The same key of another principal, and in another cell, is another command.
    let mut append = draft.next(1);
    append.command = Some(CommandRow { principal: "person 4".into(), ..command.clone() });
    get(store.append(append));
    assert_eq!(get(store.command(Cell(7), &command.principal, &command.key)), None);
    let (_, elsewhere) = raise(Cell(7), 1, vec![]);
    get(store.append(elsewhere));
    // The same command by many at once.
    let (_, rush) = raise(cell, 3, vec![]);
    let done: usize = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| wait(store.append(rush.clone())))).collect();
        threads.into_iter().filter_map(|t| t.join().expect("a caller").ok()).count()
    });
    assert_eq!(done, 1, "one of many equal commands is carried out");
}

pub(super) fn letters(store: &dyn Store) {
    let cell = Cell(8);
    let letter = |seq, series: Option<&str>, body, year| {
        let (letter, series) = ("receipt".into(), series.map(Into::into));
        (cell, LetterDraft { seq, letter, body: BodyId(body), series, year })
    };
    let (mut draft, mut first) = raise(cell, 1, vec![]);
    first.letters = vec![
        letter(1, Some("受"), 10, 2026),
        letter(1, Some("受"), 10, 2026),
        letter(1, Some("受"), 10, 2027),
        letter(2, Some("受"), 11, 2026),
        letter(2, Some("复"), 10, 2026),
        letter(2, None, 10, 2026),
    ];
    let given = get(store.append(first.clone())).letters;
    assert_eq!(given.iter().map(|l| l.number).collect::<Vec<_>>(), [1, 2, 1, 1, 1, 0]);
    assert_eq!(given.iter().map(|l| (cell, l.draft.clone())).collect::<Vec<_>>(), first.letters);
    assert_eq!(get(store.letters(draft.matter.id)), given);
    let of = |body, after: Option<(&str, u32)>| RegisterQuery {
        cell,
        body: BodyId(body),
        year: 2026,
        after: after.map(|(series, number)| (series.to_owned(), number)),
        limit: 2,
    };
    let page = |query| -> Vec<(String, u32)> {
        let rows = get(store.letter_register(query));
        assert!(rows.iter().all(|(id, _)| *id == draft.matter.id));
        rows.into_iter().map(|(_, l)| (l.draft.series.expect("numbered"), l.number)).collect()
    };
    let first_page = page(of(10, None));
    assert_eq!(first_page, [("受".to_owned(), 2), ("受".to_owned(), 1)], "the last number first");
    assert_eq!(page(of(10, Some(("受", 1)))), [("复".to_owned(), 1)], "then the next series; none without number");
    assert_eq!(page(of(11, None)), [("受".to_owned(), 1)], "each body its own");
    assert_eq!(page(of(10, Some(("复", 1)))), []);
    // One that fails takes no number.
    let mut lost = draft.next(1);
    lost.expected.1 = [1; 32];
    lost.letters = vec![letter(3, Some("受"), 10, 2026)];
    assert!(wait(store.append(lost)).is_err());
    // Many at once, in different matters, some of them in another cell of the same store: the body's home cell counts.
    let elsewhere = |n: u64| if n.is_multiple_of(3) { Cell(cell.0 + 3 * 60) } else { cell };
    let many: Vec<_> = (2..34).map(|n| raise(elsewhere(n as u64), n, vec![]).1).collect();
    let numbers: Vec<u32> = std::thread::scope(|scope| {
        let threads: Vec<_> = many
            .into_iter()
            .map(|mut append| {
                append.letters = vec![letter(1, Some("受"), 10, 2026)];
                scope.spawn(|| get(store.append(append)).letters[0].number)
            })
            .collect();
        threads.into_iter().map(|t| t.join().expect("a caller")).collect()
    });
    assert_eq!(numbers.len(), 32);
    assert_eq!(numbers.into_iter().collect::<BTreeSet<_>>(), (3..35).collect(), "no gap and no number twice");
}

pub(super) fn leases(store: &dyn Store) {
    let cell = Cell(9);
    assert_eq!(get(store.lease_numbers(cell, 2026, 10)), 1);
    assert_eq!(get(store.lease_numbers(cell, 2027, 10)), 1, "each year from 1");
    assert_eq!(get(store.lease_numbers(Cell(10), 2026, 10)), 1, "each cell from 1");
    let mut firsts: Vec<u32> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| get(store.lease_numbers(cell, 2026, 7)))).collect();
        threads.into_iter().map(|t| t.join().expect("a caller")).collect()
    });
    firsts.sort_unstable();
    assert_eq!(firsts, (0..8).map(|n| 11 + 7 * n).collect::<Vec<_>>());
}

pub(super) fn skips(store: &dyn Store) {
    let (cell, other) = (Cell(90), Cell(91));
    let skip = |from, to, matters, letters| Skip { at: when(0), from, to, matters, letters };
    let numbered = |n, series: &str, year| {
        let mut append = raise(cell, n, vec![]).1;
        let (letter, series) = ("receipt".into(), Some(series.into()));
        append.letters = vec![(cell, LetterDraft { seq: 1, letter, body: BodyId(10), series, year })];
        get(store.append(append)).letters[0].number
    };
    assert_eq!(get(store.lease_numbers(cell, 2090, 10)), 1);
    assert_eq!((numbered(1, "受", 2090), numbered(2, "受", 2089)), (1, 1));
    get(store.skip_numbers(skip(2090, 2091, 1_000, 50)));
    assert_eq!(get(store.lease_numbers(cell, 2090, 10)), 1_011, "behind the lease that was in hand");
    assert_eq!(get(store.lease_numbers(other, 2090, 10)), 1_001, "also in a cell that had none");
    assert_eq!(get(store.lease_numbers(cell, 2091, 10)), 1_001, "and in a year that began since");
    assert_eq!(get(store.lease_numbers(cell, 2092, 10)), 1, "not in one that begins later");
    assert_eq!((numbered(3, "受", 2090), numbered(4, "受", 2090)), (52, 53));
    assert_eq!((numbered(5, "复", 2090), numbered(6, "受", 2089)), (51, 2), "a series of which nothing is known");
    get(store.skip_numbers(skip(2090, 2090, 1_000, 50)));
    assert_eq!(get(store.lease_numbers(cell, 2090, 10)), 2_021);
    assert_eq!(get(store.lease_numbers(Cell(92), 2090, 10)), 2_001, "each loss anew");
    assert_eq!((numbered(7, "受", 2090), numbered(8, "复", 2090), numbered(9, "告", 2090)), (104, 102, 101));
    let gaps = get(store.letter_gaps(cell, BodyId(10), 2090));
    let of = |series: &str| gaps.iter().filter(|g| g.series == series).map(|g| (g.low, g.high)).collect::<Vec<_>>();
    if !gaps.is_empty() {
        assert_eq!(
            (of("受"), of("复"), of("告")),
            (vec![(2, 51), (54, 103)], vec![(1, 50), (52, 101)], vec![(1, 100)])
        );
    }
}
