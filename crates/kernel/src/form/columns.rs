//! What a row of a set brings along into the entry: its coded columns and the version from which it was chosen.

use super::{Coded, Filled, Given};
use crate::directory::Directory;
use crate::mechanism::{Field, FieldKind, Mechanism};

/// What a row brings along: its coded columns as `FIELD.COLUMN`, and the version of the set as `FIELD.version`.
pub(super) fn columns(
    mechanism: &Mechanism,
    id: &str,
    field: &Field,
    given: &Given,
    directory: &dyn Directory,
) -> Filled {
    let (FieldKind::Row, Some(set), Given::Coded(code)) = (field.kind, &field.set, given) else {
        return Filled::new();
    };
    let Some(row) = directory.row(set, &code.as_code()) else {
        return Filled::new();
    };
    let version = ("version".to_owned(), Coded::Number(i64::from(row.version)));
    let declared = mechanism.set.get(set);
    let coded = |c: &str| declared.and_then(|s| s.column.get(c)).is_some_and(|c| c.kind.coded());
    let all = row.columns.into_iter().filter(|(c, _)| coded(c)).chain([version]);
    all.map(|(column, value)| (format!("{id}.{column}"), Given::Coded(value))).collect()
}
