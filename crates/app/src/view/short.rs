//! How many more are needed where too few came: of bodies with a part, of persons that were counted. It tells figures only to
//! whoever may see the fields that they come from, and decides nothing.

use crate::access::Access;
use crate::matter::Matter;
use kernel::guard::{Guard, Many};
use kernel::numeric::{Comparison, Numeric, size};
use kernel::refusal::Rule;
use kernel::text::Text;
use std::collections::BTreeSet;

/// What is short, of each condition that asks for enough of something.
pub(super) fn short(matter: &Matter, access: &Access, rule: &Rule) -> Vec<Text> {
    let Rule::Guard { unmet, .. } = rule else { return Vec::new() };
    unmet.iter().flat_map(|guard| of(matter, access, guard)).collect()
}

fn of(matter: &Matter, access: &Access, guard: &Guard) -> Vec<Text> {
    match guard {
        Guard::And(all) => all.iter().flat_map(|g| of(matter, access, g)).collect(),
        Guard::Parts(Many::Most, kind, states) => bodies(matter, kind, states).into_iter().collect(),
        Guard::Numeric(Numeric::Share(part, whole, how, n, d)) => {
            persons(matter, access, (part, whole), *how, (*n, *d)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}

fn bodies(matter: &Matter, kind: &str, states: &BTreeSet<String>) -> Option<Text> {
    let part = matter.mechanism.part.get(kind)?;
    let all: Vec<_> = matter.file.parts.values().filter(|p| p.kind() == kind).collect();
    let there = all.iter().filter(|p| states.contains(&p.state)).count();
    let more = (all.len() / 2 + 1).saturating_sub(there);
    let names = states.iter().filter_map(|s| part.state.get(s)).map(|s| &s.name);
    let (zh, en): (Vec<_>, Vec<_>) = names.map(|n| (n.zh.as_str(), n.en.as_str())).unzip();
    (more > 0 && !all.is_empty()).then(|| {
        Text::new(
            format!("{}一共 {} 家，“{}”的 {there} 家，还差 {more} 家。", part.name.zh, all.len(), zh.join("、")),
            format!("Of {} ({}), {there} are “{}”; {more} more are needed.", all.len(), part.name.en, en.join(", ")),
        )
    })
}

fn persons(
    matter: &Matter,
    access: &Access,
    (part, whole): (&str, &str),
    how: Comparison,
    (n, d): (u32, u32),
) -> Option<Text> {
    let (m, file) = (&matter.mechanism, &matter.file);
    if !access.shows(m, file, part) || !access.shows(m, file, whole) {
        return None;
    }
    let (came, all) = (size(&file.facts, part)?, size(&file.facts, whole)?);
    let (line, d) = (all.checked_mul(i64::from(n))?, i64::from(d.max(1)));
    let least = match how {
        Comparison::Above => line / d + 1,
        Comparison::AtLeast => line / d + i64::from(line % d > 0),
        Comparison::Below | Comparison::AtMost => return None,
    };
    let (part, whole) = (&m.field.get(part)?.label, &m.field.get(whole)?.label);
    (least > came).then(|| {
        let more = least - came;
        Text::new(
            format!("“{}”是 {all}，“{}”是 {came}，至少要 {least}，还差 {more}。", whole.zh, part.zh),
            format!("“{}”: {all}. “{}”: {came}. At least {least} are needed, {more} more.", whole.en, part.en),
        )
    })
}
