//! Numbers that rest on links: those that nobody types, counted when an action is done, and those that may not be larger.
//! The links stand in the file; the entry keeps the number, so that folding it counts nothing again.

use super::{Coded, Filled, Given, error};
use crate::file::CaseFile;
use crate::guard::Facts;
use crate::kin::LinkKind;
use crate::mechanism::{Action, Mechanism};
use crate::refusal::Rule;
use std::collections::BTreeMap;

fn links(file: &CaseFile, kind: LinkKind) -> i64 {
    let n = file.kin.links.iter().filter(|(k, _)| *k == kind).count();
    i64::try_from(n).unwrap_or(i64::MAX)
}

/// What an action counts, as facts of its entry.
pub(crate) fn counted(action: &Action, file: &CaseFile) -> impl Iterator<Item = (String, Coded)> {
    let linked = action.counts.iter().filter_map(|(field, what)| Some((field, what.links()?)));
    linked.map(|(field, kind)| (field.clone(), Coded::Number(links(file, kind))))
}

/// The numbers that claim more matters than are linked, with how many are.
fn above(
    mechanism: &Mechanism,
    filled: &Filled,
    file: &CaseFile,
    facts: &BTreeMap<String, Coded>,
) -> Vec<(String, i64)> {
    let mut all = facts.clone();
    all.extend(super::merged(&BTreeMap::new(), filled));
    let known = Facts { facts: &all, counts: &file.counts, parts: &file.parts };
    let more = |(id, given): (&String, &Given)| {
        let rule = mechanism.field.get(id)?.within.as_ref()?;
        let Given::Coded(Coded::Number(said)) = given else { return None };
        let there = links(file, rule.links);
        let bound = rule.when.as_ref().is_none_or(|g| g.holds(&known));
        (bound && *said > there).then(|| (id.clone(), there))
    };
    filled.iter().filter_map(more).collect()
}

/// Whether no number claims more matters than are linked.
///
/// # Errors
/// `Fields`, naming each that does.
pub(crate) fn within(
    mechanism: &Mechanism,
    filled: &Filled,
    file: &CaseFile,
    facts: &BTreeMap<String, Coded>,
) -> Result<(), Rule> {
    let wrong = |(id, there): (String, i64)| {
        let zh = format!("关联到这里的只有 {there} 件，不能写得更多：先把事一件件关联过来，或者改选从哪里数的");
        let en =
            format!("only {there} are linked here: link them one by one first, or say that it was counted elsewhere");
        error(&id, "more_than_linked", zh, en)
    };
    let errors: Vec<_> = above(mechanism, filled, file, facts).into_iter().map(wrong).collect();
    if errors.is_empty() { Ok(()) } else { Err(Rule::Fields(errors)) }
}

/// An invented form, for a walk or a trial, that claims no more than is linked and types nothing that is counted.
#[must_use]
pub fn held_to_links(mechanism: &Mechanism, action: &Action, mut filled: Filled, file: &CaseFile) -> Filled {
    let mut all = file.facts.clone();
    all.extend(super::merged(&BTreeMap::new(), &filled));
    let known = Facts { facts: &all, counts: &file.counts, parts: &file.parts };
    for (field, tally) in action.counts.iter().filter_map(|(f, c)| Some((f, c.tally()?))) {
        if tally.when.as_ref().is_none_or(|g| g.holds(&known)) {
            filled.remove(field);
        }
    }
    for (id, there) in above(mechanism, &filled, file, &file.facts) {
        filled.insert(id, Given::Coded(Coded::Number(there)));
    }
    filled
}
