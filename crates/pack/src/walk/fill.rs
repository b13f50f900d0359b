//! Random forms that are right: what a person might write. Only bodies outside the shield are asked to act.

use super::Ground;
use super::random::Random;
use kernel::directory::Directory;
use kernel::file::CaseFile;
use kernel::form::{Filled, Raw, check, held_to_links};
use kernel::ids::BodyId;
use kernel::mechanism::{Action, Field, FieldKind, PHONE, Serve};
use kernel::role::Standing;
use kernel::time::Timestamp;
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// How often what a condition asks for is filled in and checked again.
const ROUNDS: usize = 6;

/// A form for an action; none where no body is left to name.
pub fn fill(
    ground: &Ground<'_>,
    random: &mut Random,
    action: &Action,
    file: &CaseFile,
    now: Timestamp,
) -> Option<Filled> {
    let mechanism = ground.mechanism;
    let tries = |s: &Serve| s.tried.as_ref().and_then(|id| mechanism.action.get(id)) == Some(action);
    if mechanism.letter.values().filter_map(|l| l.serve.as_ref()).any(tries) && !callable(ground, file) {
        return None;
    }
    let mut wanted: Vec<String> = action.needs.clone();
    wanted.extend(action.may.iter().filter(|_| random.below(2) == 0).cloned());
    // Shields first, so that who is to act is chosen outside them.
    wanted.sort_by_key(|f| mechanism.field.get(f).is_none_or(|f| !f.shield));
    let mut standing = file.standing.clone();
    let mut raw = Raw::new();
    for _ in 0..ROUNDS {
        for id in std::mem::take(&mut wanted) {
            let field = mechanism.field.get(&id)?;
            let acts = action.assign.as_deref() == Some(id.as_str()) || field.outside.is_some();
            let serves = |of: fn(&Serve) -> Option<&String>| {
                mechanism.letter.values().filter_map(|l| l.serve.as_ref()).any(|s| of(s) == Some(&id))
            };
            let value = match mechanism.vote.values().any(|v| v.base == id) {
                true => (1 + random.below(field.max.unwrap_or(9).min(9) as usize)).into(),
                // A letter is served between its day and today, electronically only to whoever agreed.
                false if serves(|s| Some(&s.on)) => now.date().to_string().into(),
                false if serves(|s| s.consent.as_ref()) => true.into(),
                // Called is only whoever left a number that this body may know.
                false if serves(|s| Some(&s.how)) => way(random, field, callable(ground, file))?,
                false if field.among.is_some() => taken(field, random, file, now)?,
                false => value(ground, random, field, acts, &standing, now)?,
            };
            if field.shield {
                let bodies = value.as_array().into_iter().flatten().chain(Some(&value)).filter_map(Json::as_u64);
                standing.shield.extend(bodies.filter_map(|b| u32::try_from(b).ok()).map(BodyId));
            }
            raw.insert(id, value);
        }
        match check(mechanism, action, &raw, &file.facts, ground.directory) {
            Ok(filled) => return Some(held_to_links(mechanism, action, filled, file)),
            Err(errors) => wanted.extend(errors.iter().filter(|e| e.code == "required").map(|e| e.field.clone())),
        }
        if wanted.is_empty() {
            return None;
        }
    }
    None
}

/// How many days before today a walk may name.
fn around(field: &Field) -> i64 {
    match (field.ahead, field.past, field.after.is_some()) {
        // Longer than any minimum time before a meeting.
        (.., true) => -30,
        (true, ..) => 0,
        (_, true, _) => 39,
        _ => 5,
    }
}

/// Whether whoever serves a letter can call: a number was left, and is kept from nobody.
fn callable(ground: &Ground<'_>, file: &CaseFile) -> bool {
    let numbers = ground.mechanism.letter.values().filter_map(|l| l.serve.as_ref()?.number.as_ref());
    file.withheld.is_empty() && numbers.into_iter().all(|n| file.papers.said.contains(n))
}

/// A way of serving a letter.
fn way(random: &mut Random, field: &Field, callable: bool) -> Option<Json> {
    let ways: Vec<&str> = field.of.iter().map(|o| o.id.as_str()).filter(|w| callable || *w != PHONE).collect();
    Some((*ways.get(random.below(ways.len()))?).into())
}

/// A value for a field that takes its bodies from the parts of the matter; none where there is nobody.
fn taken(field: &Field, random: &mut Random, file: &CaseFile, now: Timestamp) -> Option<Json> {
    let may: Vec<u32> = field.among.iter().flat_map(|a| a.bodies(file)).map(|b| b.0).collect();
    let one = may.get(random.below(may.len().max(1)))?;
    Some(match field.kind {
        FieldKind::Body => (*one).into(),
        FieldKind::Tasks => {
            let by = now.plus_days(1 + random.below(40) as i64).date().to_string();
            vec![serde_json::json!({ "what": "补种", "who": one, "by": by })].into()
        }
        _ => may.into(),
    })
}

fn value(
    ground: &Ground<'_>,
    random: &mut Random,
    field: &Field,
    acts: bool,
    standing: &Standing,
    now: Timestamp,
) -> Option<Json> {
    let words = |text: &str| Json::from(text.chars().take(field.max.unwrap_or(2000) as usize).collect::<String>());
    Some(match field.kind {
        FieldKind::Choice => field.of.get(random.below(field.of.len()))?.id.as_str().into(),
        FieldKind::YesNo => (random.below(2) == 0).into(),
        FieldKind::Number => (random.below(field.max.unwrap_or(100).min(100) as usize + 1)).into(),
        FieldKind::Date => now.plus_days(random.below(40) as i64 - around(field)).date().to_string().into(),
        FieldKind::Body => body(ground, random, field, acts, standing)?.0.into(),
        FieldKind::Bodies => {
            let some = 1 + random.below(3);
            let found: BTreeSet<u32> =
                (0..some).filter_map(|_| body(ground, random, field, acts, standing)).map(|b| b.0).collect();
            if found.is_empty() {
                return None;
            }
            found.into_iter().collect::<Vec<_>>().into()
        }
        FieldKind::Tasks => {
            let some = 1 + random.below(2);
            let row = |random: &mut Random| {
                let who = body(ground, random, field, acts, standing)?.0;
                let by = now.plus_days(random.below(60) as i64).date().to_string();
                Some(serde_json::json!({ "what": "补种两棵树", "who": who, "by": by }))
            };
            (0..some).map(|_| row(random)).collect::<Option<Vec<_>>>()?.into()
        }
        FieldKind::Row => {
            let codes = ground.directory.codes(field.set.as_deref()?);
            (*codes.get(random.below(codes.len()))?).into()
        }
        FieldKind::Files => vec![Json::from("f1")].into(),
        FieldKind::Sketch => r#"{"marks":[{"kind":"mark","points":[[250,350]],"text":"消防通道口"}]}"#.into(),
        FieldKind::Phone => "13800001234".into(),
        // The number that is printed in the public standard as its example.
        FieldKind::ResidentId => "11010519491231002X".into(),
        FieldKind::Text | FieldKind::Place | FieldKind::PersonName | FieldKind::Matter => words("路灯不亮"),
    })
}

fn body(ground: &Ground<'_>, random: &mut Random, field: &Field, acts: bool, standing: &Standing) -> Option<BodyId> {
    let directory = ground.directory;
    let has = |b: BodyId| field.function.as_deref().is_none_or(|f| directory.has(b, f));
    let free = |b: BodyId| !acts || !standing.shields(directory, b);
    let all: Vec<BodyId> = directory.bodies().map(|b| b.id).filter(|b| has(*b) && free(*b)).collect();
    all.get(random.below(all.len())).copied()
}
