//! What SOURCES.md says of a pack is true: every number stands there with its value and mark, and every text that the pack
//! cites is named. Whether the texts say so is for a reader; here it is only held to the pack.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]
#![expect(clippy::disallowed_methods, reason = "SOURCES.md is not built in: the test reads it where it lies")]

use kernel::mechanism::Mechanism;
use kernel::number::Value;
use pack::packs::PackSet;
use std::collections::BTreeSet;
use std::path::Path;

fn sources(id: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../packs/national/{id}/SOURCES.md"));
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{id}: SOURCES.md: {e}"))
}

/// The cells of every row of every table.
fn rows(text: &str) -> Vec<Vec<String>> {
    let tables = text.lines().filter(|l| l.starts_with("| "));
    tables.map(|l| l.trim_matches('|').split('|').map(|c| c.trim().to_owned()).collect()).collect()
}

/// Number, value and mark as the tables give them, one for each name of a row.
fn numbers(m: &Mechanism, text: &str) -> Vec<(String, String, String)> {
    let mut out = Vec::new();
    for row in rows(text).into_iter().filter(|r| r.len() >= 3) {
        let names: Vec<&str> = row[0].split(", ").collect();
        if !names.iter().all(|n| m.number.contains_key(*n)) {
            continue;
        }
        let values: Vec<&str> = row[1].split(", ").collect();
        for (i, name) in names.iter().enumerate() {
            let value = values.get(i).unwrap_or(&values[0]);
            let local = value.starts_with("local");
            let value = if local { "local".to_owned() } else { value.replace(' ', "") };
            out.push(((*name).to_owned(), value, row.last().unwrap().clone()));
        }
    }
    out
}

/// The texts that a pack cites: a key is what stands before the first article.
fn cited(m: &Mechanism) -> BTreeSet<String> {
    let numbers = m.number.values().map(|n| n.source.clone());
    let actions = m.action.values().filter_map(|a| a.source.clone());
    let fields = m.field.values().filter_map(|f| f.source.clone());
    let kept = m.retention.iter().map(|r| r.source.clone());
    let all = numbers.chain(actions).chain(fields).chain(kept).chain([m.mechanism.source.clone()]);
    let each = all.flat_map(|s| s.split("; ").map(str::to_owned).collect::<Vec<_>>());
    let key = |s: String| s.split(' ').next().unwrap_or_default().to_owned();
    each.map(key).filter(|k| k != "design" && !k.is_empty()).collect()
}

#[test]
fn every_number_and_every_cited_text_stands_in_the_sources() {
    let packs = PackSet::embedded();
    let mut wrong = Vec::new();
    for id in packs.mechanisms() {
        let (m, text) = (packs.base(id).unwrap(), sources(id));
        // A pack that tells its numbers among its rules has no such table.
        let table = text.split("\n## ").find_map(|part| part.strip_prefix("Numbers"));
        let told = numbers(&m, table.unwrap_or_default());
        for (name, row) in m.number.iter().filter(|_| table.is_some()) {
            let Some((_, value, mark)) = told.iter().find(|(n, ..)| n == name) else {
                wrong.push(format!("{id}: number `{name}` has no row"));
                continue;
            };
            let real = match &row.value {
                Value::Fixed(length) => Some(length.to_string()),
                v if v.is_missing() => Some("local".to_owned()),
                _ => None,
            };
            if real.as_ref().is_some_and(|r| r != value) {
                wrong.push(format!("{id}: number `{name}` is {real:?}, the table says {value}"));
            }
            let confidence = serde_json::to_value(row.confidence).unwrap();
            let letter = confidence.as_str().and_then(|c| c.chars().next()).map(|c| c.to_ascii_uppercase());
            let fixed = !row.value.is_missing();
            if fixed && letter.is_some_and(|l| !mark.starts_with(l)) {
                wrong.push(format!("{id}: number `{name}` is {confidence}, the table marks it {mark}"));
            }
        }
        let keys: BTreeSet<String> = rows(&text).into_iter().filter_map(|r| r.into_iter().next()).collect();
        let named = |k: &String| keys.iter().any(|row| row.split(", ").any(|part| part.split(' ').next() == Some(k)));
        wrong
            .extend(cited(&m).into_iter().filter(|k| !named(k)).map(|k| format!("{id}: `{k}` is cited and not named")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
