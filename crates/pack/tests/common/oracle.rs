//! A judge of its own: plays a mechanism through the kernel's `decide` and looks at the files, not at any graph.

use kernel::decide::{Actor, Command, Context, Opening, Post, decidable_by, decide, possible_for, possible_on, raise};
use kernel::directory::Directory;
use kernel::file::CaseFile;
use kernel::form::{Coded, Filled, Given, kept_as};
use kernel::ids::{BodyId, Class, PersonId};
use kernel::mechanism::{FieldKind, Mechanism, RAISE, RAISER};
use kernel::part::NO_PARTS;
use kernel::region::RegionCode;
use kernel::role::Relation;
use kernel::time::{Date, Timestamp};
use std::collections::BTreeMap;

/// What a play shows to be wrong.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Wrong {
    /// A file stood somewhere without a clock for its holder.
    NoClock,
    /// A file ended and the raiser neither was answered nor gave up.
    NoAnswer,
}

/// A directory in which every function has one office and every body superiors of its own.
/// Shared with the replay of worked paths.
pub struct Tree;

impl Directory for Tree {
    fn offices(&self, function: &str, _: &RegionCode) -> Vec<BodyId> {
        vec![BodyId(100 + function.bytes().map(u32::from).sum::<u32>() % 300)]
    }
    fn superior(&self, body: BodyId, relation: Relation) -> Option<BodyId> {
        let level = body.0 / 10_000;
        (level < 4).then(|| BodyId(body.0 + 10_000 + 1000 * (relation as u32 + 1)))
    }
    fn under(&self, body: BodyId, ancestor: BodyId) -> bool {
        body == ancestor
    }
    fn has(&self, _: BodyId, _: &str) -> bool {
        true
    }
    fn knows(&self, _: BodyId) -> bool {
        true
    }
}

/// Shared with the replay of worked paths.
pub struct Dice(pub u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % sides.max(1)
    }
}

/// Shared with the replay of worked paths.
pub fn filled(m: &Mechanism, id: &str, facts: &BTreeMap<String, Coded>, dice: &mut Dice) -> Filled {
    let action = &m.action[id];
    let mut out = Filled::new();
    let mut known = facts.clone();
    let asked = |f: &str, known: &BTreeMap<String, Coded>| {
        let counts = BTreeMap::new();
        let on = action
            .needs_when
            .get(f)
            .is_some_and(|g| g.holds(&kernel::guard::Facts { facts: known, counts: &counts, parts: &NO_PARTS }));
        action.needs.iter().any(|n| n == f) || on
    };
    for _ in 0..2 {
        for f in m.fields_of(action) {
            let field = &m.field[f];
            if out.contains_key(f) || kept_as(field) != Class::Coded || !(asked(f, &known) || dice.roll(3) == 0) {
                continue;
            }
            let code = match field.kind {
                FieldKind::Choice => Coded::Code(field.of[dice.roll(field.of.len())].id.clone()),
                FieldKind::YesNo => Coded::Code(["yes", "no"][dice.roll(2)].into()),
                FieldKind::Number => Coded::Number(dice.roll(5) as i64),
                FieldKind::Date => Coded::Date(Date::constant(2099, 1, 1)),
                FieldKind::Body => Coded::Body(BodyId(1 + dice.roll(3) as u32)),
                FieldKind::Tasks => {
                    let task = kernel::form::Task { who: BodyId(9), by: Date::constant(2099, 1, 1) };
                    out.insert(f.into(), Given::Tasks(vec![task], vec!["补种".into()]));
                    continue;
                }
                // Where bodies are called to work, nobody who is not yet at it.
                _ => Coded::Bodies(vec![BodyId(9 + dice.roll(3) as u32)]),
            };
            known.insert(f.into(), code.clone());
            out.insert(f.into(), Given::Coded(code));
        }
    }
    out
}

/// Shared with the replay of worked paths.
pub fn actors(m: &Mechanism, file: &CaseFile) -> Vec<Actor> {
    let mut all = vec![Actor { raiser: true, ..Actor::default() }];
    for (role, body) in &file.roles {
        let post = m.role[role].post.clone().unwrap_or_else(|| "worker".into());
        let person = PersonId(body.0 * 100 + post.bytes().map(u32::from).sum::<u32>() % 100);
        all.push(Actor { raiser: false, person: Some(person), posts: vec![Post { body: *body, role: post }] });
    }
    for part in file.parts.values() {
        let post = Post { body: part.body, role: "worker".into() };
        let person = Some(PersonId(900_000 + part.body.0));
        all.push(Actor { raiser: false, person, posts: vec![post] });
    }
    all
}

/// The part on which somebody may do this.
/// Shared with the replay of worked paths.
pub fn on_part(ctx: &Context<'_>, file: &CaseFile, actor: &Actor, id: &str) -> Option<String> {
    let mut fits = file.parts.values().filter(|p| possible_on(ctx, file, actor, p).contains(&id));
    fits.next().map(|p| p.key.clone())
}

fn clocked(m: &Mechanism, file: &CaseFile) -> bool {
    let Some(holder) = m.state[&file.state].holder.as_deref() else {
        return true;
    };
    let body = file.roles.get(holder);
    file.clocks.keys().filter_map(|id| m.clock.get(id)).any(|c| {
        let theirs = c.whose();
        theirs == holder || (theirs != RAISER && body.is_some() && file.roles.get(theirs) == body)
    })
}

/// Plays the mechanism so often and reports the first thing of each kind that goes wrong, with the way to it.
pub fn play(m: &Mechanism, plays: usize) -> BTreeMap<Wrong, Vec<String>> {
    let calendar = super::calendar();
    let mut wrong = BTreeMap::new();
    for seed in 0..plays {
        let mut dice = Dice(seed as u64 * 7919 + 1);
        let mut now = Timestamp::at(Date::constant(2024, 1, 2), 9, 0);
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
        let first = filled(m, RAISE, &BTreeMap::new(), &mut dice);
        let raiser = Actor { raiser: true, ..Actor::default() };
        let Ok(decision) = raise(&ctx(now), &raiser, opening, first, None) else {
            continue;
        };
        let (mut file, mut said) = (decision.file, vec![RAISE.to_owned()]);
        let mut withdrew = false;
        for _ in 0..40 {
            if file.ended.is_none() && !clocked(m, &file) {
                wrong.entry(Wrong::NoClock).or_insert_with(|| [said.clone(), vec![file.state.clone()]].concat());
            }
            if file.ended.is_some() {
                if file.answered.is_none() && !withdrew {
                    wrong.entry(Wrong::NoAnswer).or_insert_with(|| said.clone());
                }
                break;
            }
            let all = actors(m, &file);
            let actor = &all[dice.roll(all.len())];
            let can = possible_for(&ctx(now), &file, actor);
            let approve = decidable_by(&ctx(now), &file, actor);
            let command = match (approve.first(), dice.roll(8)) {
                (_, 0) => {
                    now = file.next_due().map_or(now, |(_, r)| r.dates.due.plus_millis(1)).max(now);
                    Command::Tick
                }
                (Some(a), _) => Command::Approve { action: (*a).to_owned() },
                (None, _) if can.is_empty() => continue,
                (None, _) => {
                    let id = can[dice.roll(can.len())].to_owned();
                    if m.action[&id].withdraws && dice.roll(6) > 0 {
                        continue;
                    }
                    let filled = filled(m, &id, &file.facts, &mut dice);
                    let part = on_part(&ctx(now), &file, actor, &id);
                    Command::Act { action: id, filled, occurred: None, part }
                }
            };
            now = now.plus_hours(1);
            let Ok(decision) = decide(&ctx(now), &file, actor, &command) else {
                continue;
            };
            if let Command::Act { action, .. } | Command::Approve { action } = &command {
                withdrew |= m.action[action].withdraws && !decision.file.proposals.contains_key(action);
                said.push(action.clone());
            }
            file = decision.file;
        }
    }
    wrong
}
