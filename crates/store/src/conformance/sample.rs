//! Sample appends for the cases and for measurements: correctly chained, otherwise without meaning.

use crate::rows::*;
use kernel::chain::{GENESIS, Hash, HashAlg, inner, link};
use kernel::ids::{BodyId, Cell, Class, MatterId};
use kernel::region::RegionCode;
use kernel::time::{Date, Timestamp};

/// Milliseconds of a fixed day (1 March 2026 and some), plus so many.
#[must_use]
pub fn when(millis: i64) -> Timestamp {
    Timestamp(1_772_294_400_000 + millis)
}

pub(super) fn day(number: i8) -> Date {
    Date::new(2026, 3, number).expect("invariant: a day of March")
}

pub(super) fn region(code: &str) -> RegionCode {
    code.parse().expect("invariant: a code written here")
}

/// A sealed text.
#[must_use]
pub fn sealed(text: &str) -> Sealed {
    Sealed { alg: 1, nonce: vec![7; 24], text: text.as_bytes().to_vec() }
}

/// A matter that can be appended to: remembers its row, so that the next append follows.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The row as it stands.
    pub matter: MatterRow,
    /// What its next append must expect.
    pub expected: (u32, Hash),
}

impl Draft {
    /// A matter not yet written, the `n`th of its cell; its number is `n`.
    #[must_use]
    pub fn new(cell: Cell, n: u32) -> Self {
        let raised_at = when(i64::from(n) * 1000);
        let matter = MatterRow {
            id: MatterId::new(cell, raised_at.0, n),
            number: (2026, n),
            mechanism: "repair".into(),
            version: "ab".repeat(32),
            region: region("330106"),
            state: "received".into(),
            ring: 1,
            holder: Some(BodyId(10)),
            raised_at,
            last_at: raised_at,
            due_at: Some(raised_at.plus_days(2)),
            due_by: Some(raised_at.plus_days(5)),
            promised_by: None,
            answered_at: None,
            ended_at: None,
            heard: None,
            shield: Vec::new(),
            title: Some(sealed("标题")),
            seq: 0,
            head: GENESIS,
        };
        Self { matter, expected: (0, GENESIS) }
    }

    /// The next append with `count` entries and nothing else; the draft moves on as if it had been written.
    pub fn next(&mut self, count: u32) -> Append {
        let expected = self.expected;
        let mut entries = Vec::new();
        for _ in 0..count {
            let (seq, previous) = (self.matter.seq + 1, self.matter.head);
            // Bytes that a JSON library would not give back: spaces, an escape, and a number with an exponent.
            let body = format!("{{ \"n\" : {seq}, \"t\":\"\\u4e2d文\", \"e\": 1E2 }}").into_bytes();
            let salt = [u8::try_from(seq % 251).expect("invariant: below 251"); 16];
            let hash = link(HashAlg::Sha256, &previous, seq, &inner(HashAlg::Sha256, &salt, &body));
            entries.push(EntryRow { seq, salt, body, alg: 1, hash });
            (self.matter.seq, self.matter.head) = (seq, hash);
        }
        self.matter.last_at = self.matter.last_at.plus_millis(1);
        self.expected = (self.matter.seq, self.matter.head);
        Append {
            matter: self.matter.clone(),
            expected,
            entries,
            vault: Vec::new(),
            key: None,
            work: Change::default(),
            due: Change::default(),
            marks: Change::default(),
            counters: Vec::new(),
            outbox: Vec::new(),
            terms: Vec::new(),
            letters: Vec::new(),
            blobs: Vec::new(),
            destroy: Vec::new(),
            command: None,
        }
    }

    pub(super) fn work(&self, body: u32, lane: Lane, order: i64) -> WorkRow {
        WorkRow { body: BodyId(body), lane, order, id: self.matter.id }
    }

    pub(super) fn due(&self, at: i64, clock: &str, listed: bool) -> DueRow {
        DueRow { at: when(at), id: self.matter.id, clock: clock.into(), body: Some(BodyId(10)), listed }
    }
}

/// A whole raising as an intake writes it: 2 entries, keys, vault, work, due, counters, outbox, terms and the command.
#[must_use]
pub fn raise(cell: Cell, n: u32, terms: Vec<u64>) -> (Draft, Append) {
    let mut draft = Draft::new(cell, n);
    let mut append = draft.next(2);
    let id = draft.matter.id;
    append.vault = vec![
        VaultRow { seq: 1, class: Class::Handlers, sealed: sealed(&"手".repeat(80)) },
        VaultRow { seq: 1, class: Class::Sealed, sealed: sealed(&"名".repeat(30)) },
    ];
    append.key = Some(KeyRow { handlers: sealed("k1"), identity: Some(sealed("k2")), epoch: 3 });
    append.work.add =
        vec![draft.work(10, Lane::Mine, id.serial >> 20), draft.work(11 + n % 7, Lane::Others, id.serial >> 20)];
    append.due.add = vec![draft.due(1000, "answer", false), draft.due(2000, "accept", false)];
    append.counters = ["raised", "open", "due"].map(|series| delta(cell, 0, series, 1, n, 1)).into();
    let (at, kind, about) = (when(0), "notice".into(), "raise".into());
    append.outbox = vec![OutboxDraft { at, kind, seq: 1, to: None, about }];
    append.terms = terms;
    append.command = Some(CommandRow {
        principal: "public".into(),
        key: format!("{n:032x}"),
        request: [3; 32],
        matter: id,
        at: when(0),
    });
    (draft, append)
}

pub(super) fn delta(cell: Cell, book: u8, series: &str, on: i8, n: u32, by: i64) -> CounterDelta {
    let key = CounterKey {
        cell,
        book,
        series: format!("repair/{series}"),
        day: day(on),
        body: BodyId(10),
        region: region("330106"),
        class: String::new(),
        bucket: 0,
    };
    CounterDelta { key, slot: u8::try_from(n % 8).expect("invariant: below 8"), by }
}
