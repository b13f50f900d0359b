//! What a row of a set brings along into the entry: its coded columns and the version from which it was chosen.

use super::{Coded, Filled, Given, error};
use crate::directory::Directory;
use crate::mechanism::{Field, FieldKind, Mechanism};
use crate::refusal::FieldError;

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

/// A row that is there; of another one, the nearest is told.
pub(super) fn known(id: &str, field: &Field, code: &str, directory: &dyn Directory) -> Result<Given, FieldError> {
    let set = field.set.as_deref().unwrap_or_default();
    if directory.row(set, code).is_some() {
        return Ok(Given::Coded(Coded::Code(code.to_owned())));
    }
    let (zh, en) = match directory.near(set, code) {
        Some(near) => (format!("；是不是“{near}”"), format!("; did you mean `{near}`?")),
        None => Default::default(),
    };
    let (zh, en) =
        (format!("清单里没有这一项，请从清单里选{zh}"), format!("the list has no such row; choose one from it{en}"));
    Err(error(id, "unknown_row", zh, en))
}
