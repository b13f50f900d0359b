//! Every key of the language stands in the table of what a region may do with it, in the code and in the documentation, and
//! every key that is not the region's own has a planted fault: an overlay that changes it is refused at its place, by nothing
//! else, and with the clause of the base.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;
mod planted;

use kernel::mechanism as m;
use pack::check::keys::{ROWS, Row};
use pack::check::loosened;
use pack::finding::Finding;
use planted::{Planted, better};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

const DOC: &str = include_str!("../../../docs/pack-authoring.md");

/// The keys that a table takes, as its reader names them to whoever writes another.
fn keys<T: DeserializeOwned>() -> BTreeSet<String> {
    let Err(said) = serde_json::from_str::<T>("{\"?\": 1}") else { panic!("a table takes any key") };
    said.to_string().split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

fn schema() -> BTreeMap<&'static str, BTreeSet<String>> {
    let options = keys::<m::Choice>;
    [
        ("mechanism", keys::<m::Head>()),
        ("mechanism.shelf", keys::<m::Shelf>()),
        ("mechanism.invites", keys::<m::Invites>()),
        ("role", keys::<kernel::role::Role>()),
        ("number", keys::<kernel::number::NumberRow>()),
        ("field", keys::<m::Field>()),
        ("field.of[]", options()),
        ("field.among", keys::<m::Among>()),
        ("field.within", keys::<m::Within>()),
        ("field.proposes", keys::<m::Proposes>()),
        ("field.takes", keys::<m::Takes>()),
        ("state", keys::<m::State>()),
        ("part", keys::<m::Part>()),
        ("part.state.*", keys::<m::PartState>()),
        ("action", keys::<m::Action>()),
        ("action.extends", keys::<m::Extends>()),
        ("action.raises", keys::<m::Raises>()),
        ("action.counts.*", keys::<m::Tally>()),
        ("clock", keys::<m::Clock>()),
        ("clock.silence", keys::<m::Silence>()),
        ("escalation", keys::<m::Escalation>()),
        ("approval", keys::<m::Approval>()),
        ("letter", keys::<m::Letter>()),
        ("letter.serve", keys::<m::Serve>()),
        ("measure", keys::<m::Measure>()),
        ("measure.marks", keys::<m::Marks>()),
        ("measure.hours", keys::<m::Hours>()),
        ("child", keys::<m::Child>()),
        ("plan", keys::<m::Plan>()),
        ("plan.each", keys::<m::Each>()),
        ("plan.repeats", keys::<m::Repeats>()),
        ("plan.raises", keys::<m::PlanRaises>()),
        ("slots", keys::<m::Slots>()),
        ("vote", keys::<m::Vote>()),
        ("vote.options[]", options()),
        ("retention", keys::<m::Retention>()),
        ("set", keys::<m::Set>()),
        ("set.column.*", keys::<m::Column>()),
        ("set.column.*.of[]", options()),
        ("cap", keys::<m::Cap>()),
    ]
    .into()
}

fn columns(row: &Row) -> [&'static [&'static str]; 4] {
    [row.freely, row.added, row.better, row.never]
}

#[test]
fn every_key_of_the_language_is_in_the_table_once() {
    let schema = schema();
    let tables: BTreeSet<String> = keys::<m::Mechanism>();
    let told: BTreeSet<&str> = ROWS.iter().map(|r| r.table).collect();
    assert!(tables.iter().all(|t| told.contains(t.as_str())), "a table of the language is missing: {tables:?}");
    assert_eq!(told, schema.keys().copied().collect(), "tables");
    for row in ROWS {
        let all: Vec<&str> = columns(row).concat();
        let set: BTreeSet<String> = all.iter().map(|k| (*k).to_owned()).collect();
        assert_eq!(set, schema[row.table], "[{}]: what a region may do with each key is not decided", row.table);
        assert_eq!(set.len(), all.len(), "[{}]: a key stands in two columns", row.table);
    }
}

#[test]
fn the_documentation_has_the_same_table() {
    let line = |row: &Row| {
        let cell = |keys: &&[&str]| keys.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ");
        let cells: Vec<String> = columns(row).iter().map(cell).map(|c| format!(" {c} ").replace("  ", " ")).collect();
        format!("| `{}` |{}|", row.table, cells.join("|"))
    };
    let missing: Vec<String> = ROWS.iter().map(line).filter(|l| !DOC.contains(l.as_str())).collect();
    assert!(missing.is_empty(), "docs/pack-authoring.md §10 lacks:\n{}", missing.join("\n"));
    let rows = DOC.lines().filter(|l| l.starts_with("| `") && l.matches('|').count() == 6);
    let tables = rows.filter(|l| ROWS.iter().any(|r| l.starts_with(&format!("| `{}` |", r.table)))).count();
    assert_eq!(tables, ROWS.len(), "a table stands twice");
}

/// Whether a planted fault is refused at its place with the clause, and whether nothing else is said.
fn refused(p: &Planted) -> (bool, bool) {
    let found = loosened(&p.new, &p.base);
    let hit = |f: &Finding| f.path == p.path && f.message.zh.contains("依据：") && f.message.en.contains("rests on");
    (found.iter().any(hit), found.iter().all(|f| f.path == p.path))
}

/// A minimum that is cut is told at the number and at the clock that it measures.
const TOGETHER: [&str; 1] = ["number.floor cut"];

/// Plants faults in every mechanism until some were judged; all are refused, and one of them by its rule alone.
fn judge(key: &str, planted: impl IntoIterator<Item = Planted>) -> Option<String> {
    let (mut seen, mut alone) = (0, false);
    for p in planted.into_iter().take(12) {
        let (hit, only) = refused(&p);
        if !hit {
            let found = loosened(&p.new, &p.base);
            let told: Vec<_> = found.iter().map(|f| format!("{}: {}", f.path, f.message.en)).collect();
            return Some(format!("{key}: {} in {} slipped; found {told:?}", p.path, p.base.mechanism.id));
        }
        (seen, alone) = (seen + 1, alone || only);
    }
    match (seen, alone) {
        (0, _) => Some(format!("{key}: no fault was planted")),
        (_, false) if !TOGETHER.contains(&key) => Some(format!("{key}: refused only together with other rules")),
        _ => None,
    }
}

#[test]
fn a_region_that_does_worse_is_refused_key_by_key() {
    let subjects: Vec<m::Mechanism> = common::subjects().into_iter().map(|(_, m)| m).chain([assembly()]).collect();
    let mut told: BTreeSet<String> = BTreeSet::new();
    let mut wrong = Vec::new();
    for (key, plant) in better() {
        // A few of each mechanism, so that no one of them answers for all.
        let planted = subjects.iter().flat_map(|m| plant(m).into_iter().take(3));
        wrong.extend(judge(key, planted));
        told.insert(key.split(' ').next().unwrap().to_owned());
    }
    let all = ROWS.iter().flat_map(|r| r.better.iter().map(move |k| format!("{}.{k}", r.table)));
    let missing: Vec<String> = all.filter(|k| !told.contains(k)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(missing.is_empty(), "no fault is planted for {missing:?}");
}

fn assembly() -> m::Mechanism {
    toml::from_str(include_str!("fixture/assembly/mechanism.toml")).unwrap()
}

#[test]
fn what_is_not_the_regions_is_refused_key_by_key() {
    let mut subjects: Vec<m::Mechanism> = common::subjects().into_iter().map(|(_, m)| m).collect();
    subjects.push(assembly());
    let trees: Vec<Json> = subjects.iter().map(|m| serde_json::to_value(m).unwrap()).collect();
    let mut wrong = Vec::new();
    for row in ROWS.iter().filter(|r| frozen(r)) {
        for key in row.never.iter().chain(row.added) {
            let name = format!("{}.{key}", row.table);
            let others: BTreeSet<String> =
                trees.iter().flat_map(|t| places(t, row.table)).filter_map(|p| value(p.0, key)).collect();
            let planted = subjects.iter().zip(&trees).flat_map(|(base, tree)| {
                let all = places(tree, row.table).into_iter().filter(|(part, _)| value(part, key).is_some());
                all.take(2).filter_map(|(part, at)| plant(base, tree, (part, &at), key, &others)).collect::<Vec<_>>()
            });
            // What no mechanism says cannot be changed either; `NOT_SAID` lists these, so that it stays short.
            let unsaid = NOT_SAID.contains(&name.as_str()) && others.is_empty();
            wrong.extend(judge(&name, planted).filter(|_| !unsaid));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Keys that no mechanism of the house uses.
const NOT_SAID: [&str; 4] = ["field.after", "field.past", "set.column.*.of[].online", "vote.options[].online"];

/// Whether the row is compared by itself; below a key that may not change at all there is nothing more to compare.
fn frozen(row: &Row) -> bool {
    let parent = row.table.trim_end_matches("[]").trim_end_matches(".*").rsplit_once('.');
    parent.is_none_or(|(table, key)| {
        let above = ROWS.iter().find(|r| r.table == table);
        above.is_some_and(|r| r.better.contains(&key))
    })
}

/// The parts of a mechanism to which a row belongs, with their paths as steps.
fn places<'a>(tree: &'a Json, table: &str) -> Vec<(&'a Json, Vec<String>)> {
    let mut at: Vec<(&Json, Vec<String>)> = vec![(tree, Vec::new())];
    let named = |t: &str| pack::schema::NAMED.contains(&t);
    for (n, step) in table.split('.').enumerate() {
        let (step, list) = (step.trim_end_matches("[]"), step.ends_with("[]"));
        let mut next = Vec::new();
        for (json, path) in at {
            let into = |key: &str| [path.clone(), vec![key.to_owned()]].concat();
            match (step, json) {
                ("*", Json::Object(o)) => next.extend(o.iter().map(|(k, v)| (v, into(k)))),
                (_, Json::Object(o)) => next.extend(o.get(step).map(|v| (v, into(step)))),
                _ => {}
            }
        }
        if list {
            let rows = |(json, path): (&'a Json, Vec<String>)| {
                let all = json.as_array().into_iter().flatten().enumerate();
                all.map(|(i, v)| (v, [path.clone(), vec![i.to_string()]].concat())).collect::<Vec<_>>()
            };
            next = next.into_iter().flat_map(rows).collect();
        }
        if n == 0 && named(step) {
            let all = |(json, path): (&'a Json, Vec<String>)| {
                let all = json.as_object().into_iter().flatten();
                all.map(|(k, v)| (v, [path.clone(), vec![k.clone()]].concat())).collect::<Vec<_>>()
            };
            next = next.into_iter().flat_map(all).collect();
        }
        at = next;
    }
    at.into_iter().filter(|(v, _)| v.is_object()).collect()
}

/// What a part says for a key, if anything.
fn value(part: &Json, key: &str) -> Option<String> {
    let said = part.get(key)?;
    let nothing = matches!(said, Json::Null | Json::Bool(false)) || *said == Json::Array(vec![]);
    (!nothing && *said != Json::Object(Default::default())).then(|| said.to_string())
}

/// The mechanism with another value there: nothing, the opposite, or what some other part says.
fn plant(
    base: &m::Mechanism,
    tree: &Json,
    (part, at): (&Json, &[String]),
    key: &str,
    others: &BTreeSet<String>,
) -> Option<Planted> {
    let said = part.get(key)?;
    let mut path: Vec<&str> = at.iter().filter(|s| s.parse::<u32>().is_err()).map(String::as_str).collect();
    path.push(key);
    let mut path = path.join(".");
    // Of entries, the first is changed alone.
    let added = said.is_object() && ROWS.iter().any(|r| r.table == at[0] && r.added.contains(&key)) && key == "counts";
    if added {
        path = format!("{path}.{}", said.as_object()?.keys().next()?);
    }
    let near = others.iter().map(|o| serde_json::from_str(o).unwrap()).filter(|o: &Json| o != said);
    let flipped = said.as_bool().map(|b| Json::Bool(!b));
    let worded = said.get("zh").map(|_| serde_json::json!({ "zh": "别的。", "en": "other" }));
    let fresh = said.as_str().map(|s| Json::String(format!("{s}_x")));
    // Words of the language, for keys that take one of a few and of which the house uses one.
    let words = ["county", "town", "region", "guided_by", "lead", "all"].map(|w| Json::String(w.to_owned()));
    for other in [Json::Null].into_iter().chain(flipped).chain(worded).chain(near).chain(words).chain(fresh) {
        let mut tree = tree.clone();
        let owner = at.iter().fold(&mut tree, |json, step| match step.parse::<usize>() {
            Ok(i) if json.is_array() => &mut json[i],
            _ => &mut json[step.as_str()],
        });
        match other {
            Json::Null if added => drop(owner[key].as_object_mut()?.remove(path.rsplit('.').next()?)),
            Json::Null => drop(owner.as_object_mut()?.remove(key)),
            other => owner[key] = other,
        }
        if let Ok(new) = serde_json::from_value::<m::Mechanism>(tree)
            && serde_json::to_value(&new).unwrap() != serde_json::to_value(base).unwrap()
        {
            return Some(Planted { base: base.clone(), new, path });
        }
    }
    None
}
