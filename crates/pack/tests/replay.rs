//! A worked path is a run of the kernel: each step is accepted at its time, no clock expires, and it ends when it says.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use common::oracle::{Dice, Tree, actors, filled};
use kernel::decide::{Actor, Command, Context, Opening, decidable_by, decide, possible_for, possible_on, raise};
use kernel::file::CaseFile;
use kernel::form::{Coded, Given};
use kernel::mechanism::{CLOCK, Mechanism, RAISE, RAISER};
use kernel::role::{Standing, resolve};
use kernel::time::{Date, Timestamp};
use pack::promise::{PathStep, Plan};
use std::collections::BTreeMap;

/// Plays a path with forms filled in by chance; the file after it, or the step that was refused or late.
fn replay(m: &Mechanism, path: &[PathStep], seed: u64) -> Result<CaseFile, (usize, String)> {
    let calendar = common::calendar();
    let mut dice = Dice(seed);
    let ctx = |now| Context {
        mechanism: m,
        calendar: &calendar,
        directory: &Tree,
        now,
        seed: [0; 16],
        hash: kernel::chain::HashAlg::Sha256,
        outside: &kernel::outside::NOTHING,
    };
    let opening = Opening { region: "430000".parse().unwrap(), promise: None, version: String::new() };
    let raiser = Actor { raiser: true, ..Actor::default() };
    let first = filled(m, RAISE, &BTreeMap::new(), &mut dice);
    let mut file =
        raise(&ctx(path[0].at), &first_hand(m, &raiser), opening, first, None).map_err(|e| (0, e.to_string()))?.file;
    for (i, step) in path.iter().enumerate().skip(1) {
        let refused = |why: String| (i, why);
        let now = step.at;
        let Some(id) = step.action.as_ref().filter(|_| step.silence.is_none()) else {
            // A silence speaks right after the window.
            file = decide(&ctx(now.plus_millis(1)), &file, &raiser, &Command::Tick)
                .map_err(|e| refused(e.to_string()))?
                .file;
            continue;
        };
        // What one part does stands for what each of them does.
        if m.action[id].part.is_some() {
            let keys: Vec<String> = file.parts.keys().cloned().collect();
            for key in keys {
                let part = &file.parts[&key];
                let mut all = actors(m, &file).into_iter();
                let can = all.find(|a| possible_on(&ctx(now), &file, a, part).contains(&id.as_str()));
                let Some(actor) = can else { continue };
                let (action, filled) = (id.clone(), filled(m, id, &file.facts, &mut dice));
                let act = Command::Act { action, filled, occurred: None, part: Some(key) };
                file = decide(&ctx(now), &file, &actor, &act).map_err(|e| refused(e.to_string()))?.file;
            }
            continue;
        }
        // What follows by itself when parts have ended is done already.
        if m.action[id].by == [CLOCK] {
            if file.state != step.state {
                return Err(refused(format!("it is {}", file.state)));
            }
            continue;
        }
        let actor = actors(m, &file).into_iter().find(|a| possible_for(&ctx(now), &file, a).contains(&id.as_str()));
        let actor = actor.ok_or_else(|| refused(format!("nobody may {id}; at {}", file.state)))?;
        let mut filled = filled(m, id, &file.facts, &mut dice);
        // What is recorded has taken place.
        for (field, given) in &mut filled {
            if m.field[field].past {
                *given = Given::Coded(Coded::Date(now.date()));
            }
        }
        // A letter is served on the day on which it is said; no other day would be taken.
        for serve in m.letter.values().filter_map(|l| l.serve.as_ref()).filter(|s| s.by == *id) {
            filled.insert(serve.on.clone(), Given::Coded(Coded::Date(now.date())));
        }
        let act = Command::Act { action: id.clone(), filled, occurred: None, part: None };
        file = decide(&ctx(now), &file, &actor, &act).map_err(|e| refused(e.to_string()))?.file;
        if file.proposals.contains_key(id) {
            let approve = Command::Approve { action: id.clone() };
            let all = actors(m, &file);
            let mut who = all.iter().filter(|a| decidable_by(&ctx(now), &file, a).contains(&id.as_str()));
            let done = who.find_map(|a| decide(&ctx(now), &file, a, &approve).ok());
            file = done.ok_or_else(|| refused(format!("nobody approves {id}")))?.file;
        }
        if file.state != step.state {
            return Err(refused(format!("it is {}", file.state)));
        }
        if let Some((clock, _)) = file.clocks.iter().find(|(_, c)| c.expired) {
            let dates = file.stopped.iter().map(|s| (s.running.started.id.as_str(), s.running.dates.due.to_string()));
            let dates: Vec<_> = dates.collect();
            return Err(refused(format!("{clock} expired at {:?}; {dates:?}; now {now}", file.clocks[clock].dates)));
        }
    }
    Ok(file)
}

/// Who raises: the person herself, or whoever has a post where only staff may.
fn first_hand(m: &Mechanism, raiser: &Actor) -> Actor {
    let by = &m.action[RAISE].by;
    if by.iter().any(|b| b == RAISER) {
        return raiser.clone();
    }
    let roles = resolve(m, &"430000".parse().unwrap(), &Standing::default(), &Tree);
    let (role, body) = roles.iter().find(|(role, _)| by.contains(role)).unwrap();
    let post = m.role[role].post.clone().unwrap_or_else(|| "worker".into());
    let posts = vec![kernel::decide::Post { body: *body, role: post }];
    Actor { raiser: false, person: Some(kernel::ids::PersonId(body.0 * 100)), posts }
}

#[test]
fn a_worked_path_is_a_kept_run_of_the_kernel() {
    let start = Timestamp::at(Date::constant(2024, 1, 29), 9, 0);
    for (name, m) in common::subjects() {
        let Some(promise) = Plan::new(&m).at(&common::calendar(), start, &BTreeMap::new()) else {
            continue;
        };
        for (what, path, end) in [
            ("due", &promise.due_path, promise.due_by),
            ("promised", &promise.path, promise.promised_by),
            ("final", &promise.final_path, promise.final_end),
        ] {
            // The path does not say how the forms were filled in: any way that fits will do.
            let mut worst = (0, String::new());
            let played = (0..3000).find_map(|seed| match replay(&m, path, seed * 7919 + 3) {
                Ok(file) => Some(file),
                Err(e) => {
                    worst = worst.clone().max(e);
                    None
                }
            });
            let file = played.unwrap_or_else(|| panic!("{name} {what}: {worst:?} of {path:#?}"));
            let last = if what == "final" { file.ended } else { file.answered };
            if what == "final" {
                assert!(last.is_some_and(|l| l == end), "{name} {what}: {last:?} {end:?}");
            } else {
                assert!(last.is_some_and(|l| l <= end), "{name} {what}: {last:?} {end:?}");
            }
        }
    }
}
