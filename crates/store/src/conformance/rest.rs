//! Attachments, looks, the outbox and the installation's own rows.

use super::sample::{Draft, day, raise, region, sealed, when};
use super::{get, wait};
use crate::rows::*;
use crate::{Store, StoreError};
use kernel::ids::{BodyId, Cell, MatterId, PersonId};
use kernel::role::Relation;

fn blob(cell: Cell, id: &str, at: i64) -> BlobRow {
    BlobRow {
        id: id.into(),
        cell,
        matter: None,
        at: when(at),
        mime: "image/jpeg".into(),
        size: 12_345,
        key: sealed("staged"),
        content: Sealed { alg: 1, nonce: vec![1; 24], text: (0..=255).cycle().take(20_000).collect() },
    }
}

pub(super) fn blobs(store: &dyn Store) {
    let cell = Cell(40);
    for (id, at) in [("b", 5), ("a", 6), ("late", 9), ("old", 1)] {
        get(store.put_blob(blob(cell, id, at)));
    }
    assert!(matches!(wait(store.put_blob(blob(cell, "b", 5))), Err(StoreError::Conflict)), "an id only once");
    get(store.put_blob(blob(Cell(41), "b", 5)));
    assert_eq!(get(store.find_blob(cell, "b")), Some(blob(cell, "b", 5)));
    assert_eq!(get(store.find_blob(cell, "zzz")), None);
    let (mut draft, mut append) = raise(cell, 1, vec![]);
    append.blobs = vec![("a".into(), sealed("wrapped a")), ("b".into(), sealed("wrapped b"))];
    get(store.append(append));
    let id = draft.matter.id;
    let claimed = |name: &str, at, key: &str| BlobRow { matter: Some(id), key: sealed(key), ..blob(cell, name, at) };
    assert_eq!(get(store.find_blob(cell, "b")), Some(claimed("b", 5, "wrapped b")));
    let bare = |row: BlobRow| BlobRow { content: Sealed { alg: 1, nonce: vec![], text: vec![] }, ..row };
    let both = [bare(claimed("b", 5, "wrapped b")), bare(claimed("a", 6, "wrapped a"))];
    assert_eq!(get(store.blobs(id)), both, "by time, without content");
    // Not twice, not from another cell, and not one that is not there; the append that asks fails as a whole.
    for wanted in [&["b"][..], &["late", "a"], &["nothing"]] {
        let mut append = draft.clone().next(1);
        append.blobs = wanted.iter().map(|id| ((*id).into(), sealed("k"))).collect();
        assert!(matches!(wait(store.append(append)), Err(StoreError::Conflict)), "{wanted:?}");
    }
    let (_, mut abroad) = raise(Cell(41), 1, vec![]);
    abroad.blobs = vec![("late".into(), sealed("k"))];
    assert!(matches!(wait(store.append(abroad)), Err(StoreError::Conflict)), "from another cell");
    assert_eq!(get(store.blobs(id)).len(), 2);
    assert_eq!(get(store.sweep_blobs(cell, when(9))), 1, "only the old one that nobody named");
    assert_eq!(get(store.find_blob(cell, "old")), None);
    assert!(get(store.find_blob(cell, "late")).is_some());
    assert!(get(store.find_blob(Cell(41), "b")).is_some());
    let mut append = draft.next(1);
    append.blobs = vec![("late".into(), sealed("k"))];
    get(store.append(append));
    assert_eq!(get(store.blobs(id)).len(), 3);
}

pub(super) fn looks(store: &dyn Store) {
    let (draft, append) = raise(Cell(42), 1, vec![]);
    get(store.append(append));
    let look = |person, at, once: Option<i8>| LookRow {
        matter: draft.matter.id,
        at: when(at),
        person: PersonId(person),
        body: BodyId(3),
        role: "handler".into(),
        reason: "核对地址".into(),
        fields: vec!["name".into(), "phone".into()],
        once_on: once.map(day),
        salt: [5; 16],
    };
    let rows = [look(1, 1, Some(1)), look(1, 2, Some(1)), look(2, 3, Some(1)), look(1, 4, Some(2)), look(1, 5, None)];
    for row in &rows {
        get(store.append_look(row.clone()));
    }
    get(store.append_look(rows[4].clone()));
    let elsewhere = LookRow { body: BodyId(4), ..look(1, 6, Some(1)) };
    get(store.append_look(elsewhere.clone()));
    let [first, _, second, third, each] = rows;
    assert_eq!(get(store.looks(draft.matter.id)), [first, second, third, each.clone(), each, elsewhere]);
    assert!(get(store.looks(MatterId { cell: Cell(42), serial: 1 })).is_empty());
}

pub(super) fn outbox(store: &dyn Store) {
    let cell = Cell(43);
    let post =
        |n: u32| OutboxDraft { at: when(i64::from(n)), kind: "notice".into(), seq: n, to: None, about: "x".into() };
    let mut draft = Draft::new(cell, 1);
    let mut append = draft.next(1);
    append.outbox = vec![post(1), post(2), OutboxDraft { to: Some(BodyId(6)), ..post(3) }];
    let drafts = append.outbox.clone();
    get(store.append(append));
    let waiting = get(store.outbox(cell, 10));
    assert_eq!(waiting.iter().map(|row| row.draft.clone()).collect::<Vec<_>>(), drafts);
    assert!(waiting.iter().all(|row| row.matter == draft.matter.id));
    assert!(waiting.is_sorted_by(|a, b| a.id < b.id));
    assert_eq!(get(store.outbox(cell, 2)), waiting[..2]);
    assert!(get(store.outbox(Cell(44), 10)).is_empty());
    let notice = |seq, to| NoticeRow {
        matter: draft.matter.id,
        seq,
        at: when(50),
        to,
        about: "raise".into(),
        channel: "page".into(),
    };
    get(store.sent(cell, vec![waiting[0].id, waiting[2].id], vec![notice(1, None), notice(3, Some(BodyId(6)))]));
    assert_eq!(get(store.outbox(cell, 10)), waiting[1..2]);
    assert_eq!(get(store.notices(draft.matter.id)), [notice(1, None), notice(3, Some(BodyId(6)))]);
    get(store.sent(cell, vec![waiting[1].id], vec![notice(2, None)]));
    assert_eq!(get(store.notices(draft.matter.id)).len(), 3);
    // A place in the outbox is never given again, else a late `sent` would take what it never sent.
    let mut append = draft.next(1);
    append.outbox = vec![post(9)];
    get(store.append(append));
    assert!(get(store.outbox(cell, 10))[0].id > waiting[2].id);
}

pub(super) fn directory(store: &dyn Store) {
    let version = get(store.directory_version());
    let body = |id, name: &str| BodyRow {
        id: BodyId(id),
        name: name.into(),
        name_en: "Office".into(),
        region: region("330106"),
        functions: vec!["water".into()],
        phone: Some("0571-00000000".into()),
        address: None,
        valid_from: Some(day(1)),
        valid_to: None,
    };
    let relation = |to| RelationRow {
        body: BodyId(2),
        relation: Relation::GuidedBy,
        upper: BodyId(1),
        valid_from: Some(day(1)),
        valid_to: to,
    };
    let person = |active| PersonRow {
        id: PersonId(1),
        login: "li".into(),
        name: "示例".into(),
        password: Some("$argon2id$x".into()),
        active,
    };
    let post = |role: &str, from| PostRow {
        person: PersonId(1),
        body: BodyId(2),
        role: role.into(),
        valid_from: from,
        valid_to: None,
    };
    let first = DirectoryRows {
        bodies: vec![body(2, "乙"), body(1, "甲")],
        relations: vec![relation(None)],
        persons: vec![person(true)],
        posts: vec![post("head", Some(day(2))), post("head", None), post("clerk", None)],
    };
    get(store.put_directory(first));
    let change = DirectoryRows {
        bodies: vec![body(2, "丙")],
        relations: vec![relation(Some(day(9)))],
        persons: vec![person(false)],
        posts: vec![],
    };
    get(store.put_directory(change));
    let wanted = DirectoryRows {
        bodies: vec![body(1, "甲"), body(2, "丙")],
        relations: vec![relation(Some(day(9)))],
        persons: vec![person(false)],
        posts: vec![post("clerk", None), post("head", None), post("head", Some(day(2)))],
    };
    assert_eq!(get(store.directory()), wanted, "sorted by key; what is not named stays");
    assert!(get(store.directory_version()) >= version + 2);
    let same = get(store.directory_version());
    assert_eq!(get(store.directory_version()), same, "reading changes nothing");
}

pub(super) fn sessions(store: &dyn Store) {
    let session = |n: u8, scopes: Option<&[&str]>| SessionRow {
        hash: [n; 32],
        person: PersonId(u32::from(n)),
        scopes: scopes.map(|all| all.iter().map(ToString::to_string).collect()),
        created: when(1),
        expires: when(i64::from(n)),
    };
    get(store.put_session(session(1, None)));
    get(store.put_session(session(2, Some(&["matters:read"]))));
    get(store.put_session(session(3, Some(&[]))));
    assert_eq!(get(store.find_session([1; 32])), Some(session(1, None)));
    assert_eq!(get(store.find_session([2; 32])), Some(session(2, Some(&["matters:read"]))));
    assert_eq!(get(store.find_session([3; 32])), Some(session(3, Some(&[]))), "no scope is not a cookie");
    get(store.put_session(SessionRow { expires: when(99), ..session(1, None) }));
    assert_eq!(get(store.find_session([1; 32])).map(|s| s.expires), Some(when(99)));
    get(store.end_session([2; 32]));
    get(store.end_session([9; 32]));
    assert_eq!(get(store.find_session([2; 32])), None);
    assert!(get(store.find_session([1; 32])).is_some());
}

pub(super) fn settings(store: &dyn Store) {
    assert_eq!(get(store.setting("name")), None);
    get(store.put_setting("name", "一"));
    get(store.put_setting("name", "二"));
    get(store.put_setting("other", ""));
    assert_eq!(get(store.setting("name")).as_deref(), Some("二"));
    assert_eq!(get(store.setting("other")).as_deref(), Some(""));
    get(store.put_mechanism("h1", "repair", "{ \"a\" : 1 }"));
    get(store.put_mechanism("h1", "repair", "changed"));
    assert_eq!(get(store.find_mechanism("h1")).as_deref(), Some("{ \"a\" : 1 }"), "kept for ever as it came");
    assert_eq!(get(store.find_mechanism("h2")), None);
    get(store.ready());
}

pub(super) fn purges(store: &dyn Store) {
    let session = |n: u8, expires| SessionRow {
        hash: [n; 32],
        person: PersonId(1),
        scopes: None,
        created: when(1),
        expires: when(expires),
    };
    (200..205).for_each(|n| get(store.put_session(session(n, i64::from(n) - 190))));
    assert_eq!(get(store.purge_sessions(when(13), 2)), 2, "never more than asked");
    // Other cases may have left some.
    while get(store.purge_sessions(when(13), 2)) > 0 {}
    let left: Vec<u8> = (200..205).filter(|n| get(store.find_session([*n; 32])).is_some()).collect();
    assert_eq!(left, [203, 204], "what expires now or later stays");
    let cell = Cell(46);
    for n in 1..=4 {
        let (draft, mut append) = raise(cell, n, vec![]);
        let matter = draft.matter.id;
        append.command = Some(CommandRow {
            principal: "public".into(),
            key: format!("k{n}"),
            request: [1; 32],
            matter,
            at: when(n.into()),
        });
        get(store.append(append));
    }
    let kept = |n: i64| get(store.command(cell, "public", &format!("k{n}"))).is_some();
    assert_eq!(get(store.purge_commands(Cell(47), when(9), 9)), 0, "another cell's stay");
    assert_eq!(get(store.purge_commands(cell, when(4), 2)), 2);
    assert_eq!((1..=4).map(kept).collect::<Vec<_>>(), [false, false, true, true], "the oldest first");
    assert_eq!(get(store.purge_commands(cell, when(4), 2)), 1);
    assert!(kept(4), "what is not older stays");
}

pub(super) fn stamps(store: &dyn Store) {
    let (mut draft, append) = raise(Cell(48), 1, vec![]);
    let id = draft.matter.id;
    assert_eq!(get(store.stamp(id)), None);
    get(store.append(append));
    let first = get(store.stamp(id)).expect("a matter");
    assert_eq!((first.seq, first.head, first.looks), (draft.matter.seq, draft.matter.head, 0));
    assert_eq!(first.keyed, get(store.matter_key(id)).is_some());
    let look = |person| LookRow {
        matter: id,
        at: when(1),
        person: PersonId(person),
        body: BodyId(3),
        role: "staff".into(),
        reason: String::new(),
        fields: Vec::new(),
        once_on: Some(day(1)),
        salt: [0; 16],
    };
    get(store.append_look(look(1)));
    let looked = get(store.stamp(id)).expect("a matter");
    assert!(looked.looks > first.looks && looked.seq == first.seq);
    get(store.append_look(look(1)));
    assert_eq!(get(store.stamp(id)), Some(looked), "a look that is recorded already changes nothing");
    get(store.append(draft.next(1)));
    let moved = get(store.stamp(id)).expect("a matter");
    assert!(moved.seq > first.seq && moved.head != first.head);
}
