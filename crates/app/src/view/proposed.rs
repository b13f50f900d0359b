//! What a set proposes for a matter: the rows that share words with it, and the bodies which those rows name. Compared here,
//! in memory, for whoever may read the matter; nothing is looked up elsewhere and nothing is kept.

use super::actions::ActionView;
use super::body_name;
use super::fields::{FieldView, Proposed, RowName};
use crate::directory::Snapshot;
use crate::matter::Matter;
use crate::terms::normalise;
use kernel::form::Coded;
use kernel::ids::{BodyId, Class};
use kernel::mechanism::{FieldKind, Proposes};
use std::collections::{BTreeMap, BTreeSet};
use store::SetRow;

/// How many rows are proposed.
const MOST: usize = 3;
/// So many pairs of characters have to be shared with the name: one alone is a word like "old people" or "community".
const SHARED: usize = 2;
/// The weight of a pair of characters that stands in one row alone.
const ALONE: usize = 1000;

/// Proposes rows in every form that asks for one, and puts the bodies first that they name.
pub(super) fn propose<'a>(
    directory: &Snapshot,
    matter: &Matter,
    texts: &BTreeMap<(u32, String), String>,
    forms: impl Iterator<Item = &'a mut ActionView>,
) {
    let asking: Vec<(&String, &str, &Proposes)> = matter.mechanism.field.iter().filter_map(asks).collect();
    if asking.is_empty() {
        return;
    }
    let words = words(matter, texts);
    for form in forms {
        for (field, set, proposes) in &asking {
            let mut rows: Vec<Proposed> = Vec::new();
            if let Some(view) = form.fields.iter_mut().find(|v| v.id == **field) {
                let found = alike(&words, &directory.rows_of(set).collect::<Vec<_>>());
                rows = found.into_iter().map(|r| proposed(directory, proposes, r)).collect();
                view.proposed.clone_from(&rows);
            }
            // A row that was chosen already is no proposal any more: it is what the matter says.
            let chosen = chosen(directory, matter, field, set, proposes);
            let named: Vec<(BodyId, String)> = match chosen {
                Some(named) => vec![named],
                None => rows.into_iter().filter_map(|p| Some((p.body?.id, p.row.code))).collect(),
            };
            for view in form.fields.iter_mut().filter(|v| proposes.first.contains(&v.id)) {
                first(view, &named);
            }
        }
    }
}

fn asks<'m>((id, f): (&'m String, &'m kernel::mechanism::Field)) -> Option<(&'m String, &'m str, &'m Proposes)> {
    Some((id, f.set.as_deref()?, f.proposes.as_ref()?))
}

/// Only bodies that may be chosen at all; each once, with the likeliest row.
fn first(view: &mut FieldView, named: &[(BodyId, String)]) {
    for (body, code) in named {
        if view.bodies.iter().any(|b| b.id == *body) && !view.first.iter().any(|(b, _)| b == body) {
            view.first.push((*body, code.clone()));
        }
    }
}

fn proposed(directory: &Snapshot, proposes: &Proposes, row: &SetRow) -> Proposed {
    let name = row.columns.get(&proposes.body);
    let body = name.and_then(|n| directory.bodies().find(|b| b.name == *n)).map(|b| body_name(directory, b.id));
    Proposed { row: RowName { code: row.code.clone(), name: row.name.clone() }, body }
}

fn chosen(
    directory: &Snapshot,
    matter: &Matter,
    field: &str,
    set: &str,
    proposes: &Proposes,
) -> Option<(BodyId, String)> {
    let code = matter.file.facts.get(field)?.as_code();
    let row = directory.set_row(set, &code)?;
    // The entry keeps the body that the row named when it was chosen; a later version of the list changes nothing.
    match matter.file.facts.get(&format!("{field}.{}", proposes.body)) {
        Some(Coded::Body(body)) => Some((*body, row.code.clone())),
        _ => None,
    }
}

/// What the matter says, without who says it.
fn words(matter: &Matter, texts: &BTreeMap<(u32, String), String>) -> String {
    let told = |field: &String| {
        matter.mechanism.field.get(field).is_some_and(|f| f.class != Class::Sealed && f.kind == FieldKind::Text)
    };
    let all = texts.iter().filter(|((_, field), _)| told(field)).map(|(_, text)| text.as_str());
    all.collect::<Vec<_>>().join("\n")
}

/// The pairs of characters of a text, as the search cuts it.
fn pairs(text: &str) -> BTreeSet<(char, char)> {
    // Each line alone: the end of one and the beginning of the next are no word.
    let lines = text.split(['\n', '、', '，', '。', '；', '：', '（', '）']).map(normalise);
    let of = |line: String| {
        let line: Vec<char> = line.chars().collect();
        line.windows(2).map(|w| (w[0], w[1])).collect::<Vec<_>>()
    };
    lines.flat_map(of).collect()
}

/// The rows whose name, or what else stands in the row, shares words with a text, the likeliest first. What many rows say
/// tells little about any of them.
fn alike<'r>(text: &str, rows: &[&'r SetRow]) -> Vec<&'r SetRow> {
    let said = pairs(text);
    let of = |r: &SetRow| (pairs(&r.name), pairs(&r.columns.values().cloned().collect::<Vec<_>>().join("\n")));
    let all: Vec<_> = rows.iter().map(|r| of(r)).collect();
    let mut spread: BTreeMap<(char, char), usize> = BTreeMap::new();
    for (name, rest) in &all {
        for pair in name.union(rest) {
            *spread.entry(*pair).or_default() += 1;
        }
    }
    let weight = |pairs: &BTreeSet<(char, char)>| {
        pairs.intersection(&said).map(|p| ALONE / spread.get(p).copied().unwrap_or(1)).sum::<usize>()
    };
    let mut found: Vec<(usize, &SetRow)> = Vec::new();
    for (row, (name, rest)) in rows.iter().zip(&all) {
        // The name counts for more; what the row says beside it only helps where the name says something too.
        let by_name = weight(name);
        if name.intersection(&said).count() >= SHARED {
            found.push((by_name * 3 + weight(rest), row));
        }
    }
    found.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.code.cmp(&b.1.code)));
    // What is far behind the likeliest is a chance hit.
    let least = found.first().map_or(0, |(n, _)| n / 3);
    found.into_iter().filter(|(n, _)| *n >= least).map(|(_, row)| row).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(code: &str, name: &str, duty: &str) -> SetRow {
        SetRow { code: code.into(), name: name.into(), columns: BTreeMap::from([("duty".into(), duty.into())]) }
    }

    #[test]
    fn a_row_is_proposed_for_its_own_words_and_not_for_those_of_every_row() {
        let rows = [
            row("P04", "消防通道堵塞的劝导和报告", "劝导、报告；执法归部门"),
            row("P02", "占道经营的劝导", "劝导、报告；处罚归部门"),
            row("P03", "小餐饮的隐患报告", "看到的报告；检查和处罚归部门"),
            row("P07", "河道日常巡看", "看到的报告；治理归部门"),
        ];
        let rows: Vec<&SetRow> = rows.iter().collect();
        let codes = |text: &str| alike(text, &rows).into_iter().map(|r| r.code.as_str()).collect::<Vec<_>>();
        assert_eq!(codes("东门外的消防通道，一到晚上就停满了车"), ["P04"]);
        assert_eq!(codes("门口占道经营，油烟大"), ["P02"]);
        assert_eq!(codes("向部门报告过，没有人管"), Vec::<&str>::new());
        assert_eq!(codes("河道边"), Vec::<&str>::new(), "one word alone is chance");
        assert_eq!(codes(""), Vec::<&str>::new());
    }
}
