//! Sets keep every version whole; sealed choices go when an append says so.

use super::sample::raise;
use super::{get, wait, when};
use crate::rows::*;
use crate::{Store, StoreError};
use kernel::ids::{Cell, Class, PersonId};

pub(super) fn versions(store: &dyn Store) {
    let row = |code: &str, name: &str| SetRow {
        code: code.into(),
        name: name.into(),
        columns: [("answer".to_owned(), "own".to_owned())].into(),
    };
    let draft = |set: &str, after, at, rows: Vec<SetRow>| SetDraft {
        set: set.into(),
        after,
        at: when(at),
        by: (after > 0).then_some(PersonId(4)),
        rows,
    };
    let before = get(store.directory_version());
    assert_eq!(get(store.put_set(draft("duties", 0, 10, vec![row("b", "乙"), row("a", "甲")]))), 1);
    assert_eq!(get(store.put_set(draft("caps", 0, 11, vec![]))), 1);
    assert!(matches!(wait(store.put_set(draft("duties", 0, 12, vec![]))), Err(StoreError::Conflict)), "moved on");
    assert_eq!(get(store.put_set(draft("duties", 1, 20, vec![row("a", "丙")]))), 2);
    assert!(get(store.directory_version()) >= before + 3, "whoever holds rows in memory hears of it");
    let version = |set: &str, version, at, closed: Option<i64>, by, rows| SetVersion {
        set: set.into(),
        version,
        at: when(at),
        closed: closed.map(when),
        by,
        rows,
    };
    let wanted = [
        version("caps", 1, 11, None, None, 0),
        version("duties", 1, 10, Some(20), None, 2),
        version("duties", 2, 20, None, Some(PersonId(4)), 1),
    ];
    assert_eq!(get(store.set_versions()), wanted);
    assert_eq!(get(store.set_rows("duties", 1)), [row("b", "乙"), row("a", "甲")], "in the order of the list");
    assert_eq!(get(store.set_rows("duties", 2)), [row("a", "丙")]);
    assert!(get(store.set_rows("duties", 3)).is_empty() && get(store.set_rows("none", 1)).is_empty());
}

pub(super) fn destroyed(store: &dyn Store) {
    let (mut draft, append) = raise(Cell(45), 1, vec![]);
    get(store.append(append));
    let id = draft.matter.id;
    let classes = |rows: Vec<VaultRow>| rows.into_iter().map(|r| (r.seq, r.class)).collect::<Vec<_>>();
    assert_eq!(classes(get(store.vault(id))), [(1, Class::Handlers), (1, Class::Sealed)]);
    let mut append = draft.next(1);
    append.destroy = vec![1, 99];
    get(store.append(append));
    assert_eq!(classes(get(store.vault(id))), [(1, Class::Handlers)], "what is sealed goes, the words stay");
}
