//! Acts of administration: rows, sessions and the record together or not at all.

use super::{get, wait, when};
use crate::rows::*;
use crate::{Store, StoreError};
use kernel::ids::PersonId;

fn session(n: u8, person: u32, created: i64) -> SessionRow {
    SessionRow { hash: [n; 32], person: PersonId(person), scopes: None, created: when(created), expires: when(500) }
}

fn act(at: i64, what: &str) -> ActRow {
    let about = [("user".to_owned(), "wang".to_owned())].into();
    ActRow {
        at: when(at),
        by: (at > 1).then_some(PersonId(71)),
        what: what.into(),
        about,
        rows: [("body 1".into(), "00".into())].into(),
    }
}

pub(super) fn acts(store: &dyn Store) {
    let before = get(store.directory_version());
    let person =
        |active| PersonRow { id: PersonId(70), login: "wang".into(), name: "示例".into(), password: None, active };
    let change = |after, active, ends, act: ActRow| Administration {
        after,
        rows: DirectoryRows { persons: vec![person(active)], ..DirectoryRows::default() },
        ends,
        begins: None,
        setting: Some(("acts".to_owned(), act.what.clone())),
        act,
    };
    get(store.administer(change(before, true, Ends::Nothing, act(1, "user.add"))));
    let added = get(store.directory_version());
    assert!(added > before, "whoever holds the directory in memory hears of it");
    (1..=3).for_each(|n| get(store.put_session(session(100 + n, 70, n.into()))));
    get(store.put_session(session(110, 71, 1)));
    let stale = change(before, false, Ends::All(PersonId(70)), act(2, "user.lock"));
    assert!(matches!(wait(store.administer(stale)), Err(StoreError::Conflict)), "decided over an older directory");
    let stands = get(store.directory()).persons.into_iter().find(|p| p.id == PersonId(70)).expect("the person");
    assert!(
        stands.active
            && get(store.find_session([101; 32])).is_some()
            && get(store.setting("acts")).as_deref() == Some("user.add"),
        "a refused act changes nothing"
    );
    let rows = get(store.sessions_of(PersonId(70)));
    assert_eq!(rows, [session(103, 70, 3), session(102, 70, 2), session(101, 70, 1)], "the newest first");
    let one = Administration {
        rows: DirectoryRows::default(),
        begins: Some(session(104, 70, 9)),
        ..change(added, true, Ends::One([101; 32]), act(2, "token.end"))
    };
    get(store.administer(one));
    assert_eq!(get(store.directory_version()), added, "no row changed");
    let left: Vec<u8> = get(store.sessions_of(PersonId(70))).iter().map(|s| s.hash[0]).collect();
    assert_eq!(left, [104, 103, 102]);
    get(store.administer(change(added, false, Ends::All(PersonId(70)), act(3, "user.lock"))));
    assert!(get(store.sessions_of(PersonId(70))).is_empty() && get(store.find_session([110; 32])).is_some());
    assert_eq!(get(store.setting("acts")).as_deref(), Some("user.lock"));
    let all = get(store.acts(None, 10));
    assert_eq!(all, [(3, act(3, "user.lock")), (2, act(2, "token.end")), (1, act(1, "user.add"))]);
    assert_eq!(get(store.acts(Some(3), 1)), all[1..2]);
}
