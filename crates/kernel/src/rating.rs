//! Who may not know a rating yet: the rated, until the file ends (decisions 20). The same answer for pages, search,
//! scenarios and everything else that shows a field.

use crate::file::CaseFile;
use crate::ids::BodyId;
use crate::mechanism::{Mechanism, PART};
use std::collections::BTreeSet;

/// The bodies from which a field is hidden now. `part` in a pack means whoever works on a part that the field is given for.
#[must_use]
pub fn hidden_from(mechanism: &Mechanism, file: &CaseFile, field: &str) -> BTreeSet<BodyId> {
    let Some(spec) = mechanism.field.get(field).filter(|_| file.ended.is_none()) else {
        return BTreeSet::new();
    };
    let takes = |kind: &str| {
        let acts = mechanism.action.values().filter(|a| a.part.as_deref() == Some(kind));
        acts.into_iter().any(|a| mechanism.fields_of(a).contains(&field))
    };
    let mut hidden = BTreeSet::new();
    for role in &spec.hidden_until_end_from {
        match role.as_str() {
            PART => hidden.extend(file.parts.values().filter(|p| takes(p.kind())).map(|p| p.body)),
            role => hidden.extend(file.roles.get(role)),
        }
    }
    hidden
}
