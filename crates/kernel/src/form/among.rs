//! Bodies that a form may only take from those who have a part in the matter: whoever is rated was called.

use super::{Coded, Filled, Given, error};
use crate::file::CaseFile;
use crate::ids::BodyId;
use crate::mechanism::{Among, Mechanism};
use crate::part::of;
use crate::refusal::{FieldError, Rule};
use std::collections::BTreeSet;

impl Among {
    /// The bodies that may be named. Those whose part stands in one of `not` are left out, unless nobody would be left.
    #[must_use]
    pub fn bodies(&self, file: &CaseFile) -> BTreeSet<BodyId> {
        let counts = of(&file.parts, &self.part).filter(|p| !self.not.contains(&p.state));
        let some: BTreeSet<BodyId> = counts.map(|p| p.body).collect();
        if some.is_empty() { of(&file.parts, &self.part).map(|p| p.body).collect() } else { some }
    }
}

/// Whether every body that has to have a part in the matter has one, and none of them is left out where all are asked for.
///
/// # Errors
/// `Fields`: `not_among`, `not_all`.
pub(crate) fn among(mechanism: &Mechanism, filled: &Filled, file: &CaseFile) -> Result<(), Rule> {
    let errors: Vec<_> = filled.iter().filter_map(|(id, given)| wrong(mechanism, id, given, file)).collect();
    if errors.is_empty() { Ok(()) } else { Err(Rule::Fields(errors)) }
}

fn wrong(mechanism: &Mechanism, id: &str, given: &Given, file: &CaseFile) -> Option<FieldError> {
    let among = mechanism.field.get(id)?.among.as_ref()?;
    let Given::Coded(given) = given else { return None };
    let (named, may): (BTreeSet<BodyId>, _) = (bodies(given), among.bodies(file));
    let name = &mechanism.part.get(&among.part)?.name;
    let (zh, en) = (name.zh.as_str(), name.en.as_str());
    let (strange, missing) = (named.difference(&may).count(), may.difference(&named).count());
    if strange > 0 {
        let en = format!("{strange} of these is no “{en}” of this matter; name only those who are");
        return Some(error(id, "not_among", format!("只能填这件事的“{zh}”，有 {strange} 家不是"), en));
    }
    if among.all && missing > 0 {
        let en = format!("every “{en}” of this matter belongs here; {missing} missing");
        return Some(error(id, "not_all", format!("这件事的“{zh}”一家都不能少，还差 {missing} 家"), en));
    }
    None
}

fn bodies(given: &Coded) -> BTreeSet<BodyId> {
    given.bodies().iter().copied().collect()
}
