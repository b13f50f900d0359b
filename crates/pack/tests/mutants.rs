//! Mutated mechanisms: each must be refused by the rule that it breaks. Where dropping something may be harmless (another
//! clock runs as well), the judge is `common::oracle`, which plays the mechanism through the kernel, not the checker.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use common::cores::on_every_core;
use common::oracle::{Wrong, play};
use kernel::guard::Guard;
use kernel::ids::Class;
use kernel::mechanism::{Action, CLOCK, Door, Extends, FieldKind, HEARD, Mechanism, PART, RAISE, RAISER};
use kernel::number::{Confidence, Value};
use kernel::role::{BodyExpr, Exclusion};
use kernel::time::Length;
use pack::check::{check, refused_by};
use pack::finding::Rule;

struct Mutant {
    name: String,
    m: Mechanism,
    rules: Vec<Rule>,
    /// Harmless unless the oracle sees this.
    unless: Option<Wrong>,
}

struct Mutants<'a> {
    m: &'a Mechanism,
    all: Vec<Mutant>,
}

impl Mutants<'_> {
    fn add(&mut self, name: String, rules: &[Rule], change: impl FnOnce(&mut Mechanism)) {
        self.put(name, rules, None, change);
    }

    fn put(&mut self, name: String, rules: &[Rule], unless: Option<Wrong>, change: impl FnOnce(&mut Mechanism)) {
        let mut m = self.m.clone();
        change(&mut m);
        if m != *self.m {
            self.all.push(Mutant { name, m, rules: rules.to_vec(), unless });
        }
    }
}

fn forget_clock(m: &mut Mechanism, id: &str) {
    m.clock.remove(id);
    m.clock.values_mut().for_each(|c| c.suspends.retain(|s| s != id));
    m.action.values_mut().filter(|a| a.extends.as_ref().is_some_and(|e| e.clock == id)).for_each(|a| a.extends = None);
    let names = |s: &String| s.split_whitespace().any(|w| w == id);
    m.measure.retain(|_, x| !x.numerator.iter().chain(&x.denominator).any(names));
    m.measure.retain(|_, x| x.hours.as_ref().is_none_or(|h| h.clock.as_deref() != Some(id)));
}

fn of_clocks(x: &mut Mutants<'_>) {
    for (id, c) in x.m.clock.clone() {
        let at = |what: &str| format!("clock {id}: {what}");
        x.put(at("drop"), &[Rule::Clocked, Rule::Promise], Some(Wrong::NoClock), |m| forget_clock(m, &id));
        for a in &c.from {
            x.put(
                at(&format!("not from {a}")),
                &[Rule::Clocked, Rule::Promise, Rule::Sound],
                Some(Wrong::NoClock),
                |m| {
                    m.clock.get_mut(&id).unwrap().from.retain(|f| f != a);
                },
            );
        }
        x.add(at("unknown length"), &[Rule::Sound], |m| m.clock.get_mut(&id).unwrap().length = "nothing".into());
        x.add(at("unknown start"), &[Rule::Sound], |m| m.clock.get_mut(&id).unwrap().from.push("nothing".into()));
        x.add(at("unknown stop"), &[Rule::Sound], |m| m.clock.get_mut(&id).unwrap().to.push("nothing".into()));
        x.add(at("suspends itself"), &[Rule::Sound], |m| m.clock.get_mut(&id).unwrap().suspends.push(id.clone()));
        x.add(at("nobody's"), &[Rule::Sound], |m| {
            let c = m.clock.get_mut(&id).unwrap();
            (c.owed_by, c.window_of) = (None, None);
        });
        if let Some(owner) = &c.owed_by {
            x.add(at("drop expiry"), &[Rule::Escalates], |m| m.clock.get_mut(&id).unwrap().expiry = None);
            x.add(at("expiry to the owner"), &[Rule::Escalates], |m| {
                m.clock.get_mut(&id).unwrap().expiry = Some(owner.clone());
            });
            x.add(at("expiry to one who can do nothing"), &[Rule::Escalates], |m| {
                let mut role = m.role.values().next().unwrap().clone();
                role.is = BodyExpr::Office("idle".into());
                m.role.insert("idle".into(), role);
                m.clock.get_mut(&id).unwrap().expiry = Some("idle".into());
            });
        } else {
            x.add(at("drop silence"), &[Rule::Clocked], |m| m.clock.get_mut(&id).unwrap().silence = None);
        }
    }
}

fn of_actions(x: &mut Mutants<'_>) {
    for (id, a) in x.m.action.clone() {
        let at = |what: &str| format!("action {id}: {what}");
        if a.answers {
            x.put(at("drop answer"), &[Rule::Answered, Rule::Promise], Some(Wrong::NoAnswer), |m| {
                m.action.get_mut(&id).unwrap().answers = false;
            });
        }
        if a.extends.is_some() {
            x.add(at("extend without count"), &[Rule::Bounded], |m| {
                let a = m.action.get_mut(&id).unwrap();
                (a.at_most, a.then) = (None, None);
            });
        }
        x.add(at("count without sequel"), &[Rule::Sound], |m| {
            let a = m.action.get_mut(&id).unwrap();
            (a.at_most, a.then) = (Some(1), None);
        });
        x.add(at("condition on nothing"), &[Rule::Sound], |m| {
            m.action.get_mut(&id).unwrap().when = Some("nothing = x".parse::<Guard>().unwrap());
        });
        for (name, field) in &x.m.field.clone() {
            if field.kind == FieldKind::Choice && id != RAISE && !x.m.fields_of(&a).contains(&name.as_str()) {
                x.add(at(&format!("{name} has no such value")), &[Rule::Sound], |m| {
                    m.action.get_mut(&id).unwrap().when = Some(format!("{name} = no_such_value").parse().unwrap());
                });
            }
        }
        x.add(at("no words"), &[Rule::Sound], |m| m.action.get_mut(&id).unwrap().label.en.clear());
        x.add(at("by nobody"), &[Rule::Sound], |m| m.action.get_mut(&id).unwrap().by.clear());
        x.add(at("by an unknown role"), &[Rule::Sound], |m| m.action.get_mut(&id).unwrap().by = vec!["nothing".into()]);
        x.add(at("to nowhere"), &[Rule::Sound], |m| m.action.get_mut(&id).unwrap().to = Some("nothing".into()));
        if a.sets.get(HEARD).is_some_and(|v| v == "yes") {
            let handler = x.m.role.iter().find(|(_, r)| r.is == BodyExpr::Assignee).map(|(id, _)| id.clone());
            if let Some(handler) = handler {
                x.add(at("the handler calls back"), &[Rule::Answered], |m| {
                    m.action.get_mut(&id).unwrap().by.push(handler.clone());
                });
            }
            for role in a.by.iter().filter(|r| *r != RAISER) {
                x.add(at("the one who calls back is not apart"), &[Rule::Answered], |m| {
                    m.role.get_mut(role).unwrap().not.clear();
                });
            }
        }
    }
}

fn of_states(x: &mut Mutants<'_>) {
    let spare = x.m.action[RAISE].clone();
    for (id, s) in x.m.state.clone() {
        let at = |what: &str| format!("state {id}: {what}");
        x.add(at("holder and end disagree"), &[Rule::Sound], |m| {
            let s = m.state.get_mut(&id).unwrap();
            s.holder = if s.end { Some(RAISER.into()) } else { None };
        });
        let Some(holder) = s.holder.clone() else {
            continue;
        };
        // A part's clock bounds what the matter does meanwhile: no act of the matter starts it again.
        if x.m.part.is_empty() {
            // Its holder sends it round and starts every clock anew.
            x.add(at("an unbounded loop"), &[Rule::Bounded], |m| {
                let mut a = Action { label: spare.label.clone(), said: spare.said.clone(), ..Action::default() };
                (a.by, a.to) = (vec![holder.clone()], Some(id.clone()));
                a.states = [id.clone()].into();
                m.action.insert("again".into(), a);
                for c in m.clock.values_mut().filter(|c| c.owed_by.is_some() && c.part.is_none()) {
                    c.to.push("again".into());
                    if c.owed_by.as_ref() == Some(&holder) {
                        c.from.push("again".into());
                    }
                }
            });
        }
        x.add(at("a pit beside it"), &[Rule::Reachable], |m| {
            m.state.insert("pit".into(), s.clone());
            let mut a = Action { label: spare.label.clone(), said: spare.said.clone(), ..Action::default() };
            (a.by, a.to) = (vec![holder.clone()], Some("pit".into()));
            a.states = [id.clone()].into();
            m.action.insert("fall".into(), a.clone());
            // No way out: what may be done anywhere else may not be done here, but for giving up.
            let open: Vec<String> =
                m.state.iter().filter(|(s, x)| *s != "pit" && !x.end).map(|(s, _)| s.clone()).collect();
            for a in m.action.values_mut().filter(|a| a.anytime && !a.withdraws && a.to.is_some()) {
                a.anytime = false;
                a.states = open.iter().cloned().collect();
            }
            for c in m.clock.values_mut().filter(|c| c.window_of.is_some()) {
                c.to.push("fall".into());
            }
        });
        x.add(at("nobody in it can act"), &[Rule::Held, Rule::Reachable, Rule::Sound], |m| {
            let mut role = m.role.values().next().unwrap().clone();
            role.is = BodyExpr::Office("idle".into());
            role.not.clear();
            m.role.insert("idle".into(), role);
            m.state.get_mut(&id).unwrap().holder = Some("idle".into());
            m.clock.values_mut().for_each(|c| {
                if c.window_of.is_some() {
                    (c.window_of, c.silence) = (None, None);
                    (c.owed_by, c.expiry) = (Some("idle".into()), m.role.keys().next().cloned());
                }
            });
        });
    }
    x.add("an island".into(), &[Rule::Reachable], |m| {
        let s = m.state.values().find(|s| s.end).unwrap().clone();
        m.state.insert("island".into(), s);
    });
}

fn of_the_rest(x: &mut Mutants<'_>) {
    x.add("no escalation".into(), &[Rule::Escalates], |m| m.escalation = None);
    if x.m.action.values().any(|a| a.approval.is_some()) {
        x.add("no approval".into(), &[Rule::Sound], |m| m.approval = None);
    }
    for (id, f) in x.m.field.clone() {
        let assigns = x.m.action.values().any(|a| a.assign.as_ref() == Some(&id));
        if x.m.shield().is_some() && assigns {
            x.add(format!("field {id}: not outside"), &[Rule::Shielded], |m| {
                m.field.get_mut(&id).unwrap().outside = None
            });
        }
        if f.shield {
            x.add(format!("field {id}: not asked at raising"), &[Rule::Shielded], |m| {
                let raise = m.action.get_mut(RAISE).unwrap();
                raise.needs.retain(|n| *n != id);
                raise.needs_when.remove(&id);
                raise.may.push(id.clone());
            });
            x.add(format!("field {id}: shield not coded"), &[Rule::Shielded], |m| {
                m.field.get_mut(&id).unwrap().class = Class::Handlers;
            });
        }
        if matches!(f.kind, FieldKind::Text | FieldKind::PersonName | FieldKind::Phone) {
            x.add(format!("field {id}: coded"), &[Rule::Sound], |m| m.field.get_mut(&id).unwrap().class = Class::Coded);
        }
        if f.kind == FieldKind::Choice {
            x.add(format!("field {id}: no options"), &[Rule::Sound], |m| m.field.get_mut(&id).unwrap().of.clear());
        }
    }
    for (id, n) in x.m.number.clone() {
        if !n.value.is_missing() && !x.m.mechanism.sample {
            x.add(format!("number {id}: recalled"), &[Rule::Sound], |m| {
                m.number.get_mut(&id).unwrap().confidence = Confidence::Recalled;
            });
        }
        if let Value::By { lengths, .. } = &n.value {
            let first = lengths.keys().next().unwrap().clone();
            x.add(format!("number {id}: an option is missing"), &[Rule::Sound], |m| {
                if let Value::By { lengths, .. } = &mut m.number.get_mut(&id).unwrap().value {
                    lengths.remove(&first);
                }
            });
        }
    }
    for id in x.m.role.keys().cloned().collect::<Vec<_>>() {
        x.add(format!("role {id}: of itself"), &[Rule::Sound], |m| {
            m.role.get_mut(&id).unwrap().is = BodyExpr::Same(id.clone());
        });
    }
    for id in x.m.state.values().filter_map(|s| s.holder.clone()).collect::<std::collections::BTreeSet<_>>() {
        if !x.m.role.contains_key(&id) {
            continue;
        }
        // Where the body that raised it has not the function, another role stands in its place.
        if !matches!(x.m.role[&id].is, BodyExpr::RaiserBody(Some(_))) {
            x.add(format!("role {id}: holds, and may be nobody"), &[Rule::Sound], |m| {
                m.role.get_mut(&id).unwrap().function = Some("nothing".into());
            });
        }
        if x.m.shield().is_some() || x.m.action[RAISE].by.iter().any(|r| r == RAISER) {
            x.add(format!("role {id}: the body that raised it, where none may have"), &[Rule::Sound], |m| {
                m.role.get_mut(&id).unwrap().is = BodyExpr::RaiserBody(None);
            });
        }
        x.add(format!("role {id}: raises, and is whoever raised"), &[Rule::Sound], |m| {
            m.role.get_mut(&id).unwrap().is = BodyExpr::RaiserBody(None);
            m.action.get_mut(RAISE).unwrap().by.push(id.clone());
        });
    }
    for (id, l) in x.m.letter.clone() {
        x.add(format!("letter {id}: to nobody"), &[Rule::Sound, Rule::Shielded], |m| {
            m.letter.get_mut(&id).unwrap().to = "nothing".into();
        });
        let sealed = x.m.field.iter().find(|(_, f)| f.class == Class::Sealed).map(|(id, _)| id.clone());
        if let (Some(sealed), RAISER) = (sealed, l.to.as_str()) {
            x.add(format!("letter {id}: names the raiser to one outside"), &[Rule::Shielded], |m| {
                let mut role = m.role.values().next().unwrap().clone();
                role.is = BodyExpr::Office("press".into());
                m.role.insert("press".into(), role);
                let l = m.letter.get_mut(&id).unwrap();
                l.to = "press".into();
                l.fields.push(sealed);
            });
        }
    }
    for id in x.m.measure.keys().cloned().collect::<Vec<_>>() {
        x.add(format!("measure {id}: counts nothing"), &[Rule::Sound], |m| {
            m.measure.get_mut(&id).unwrap().numerator = vec!["did nothing".into()];
        });
    }
}

#[test]
fn every_mutant_is_refused_by_its_rule() {
    let slipped = in_shares(slipped);
    assert!(slipped.is_empty(), "{} slipped: {slipped:#?}", slipped.len());
}

/// Does something with every share of every mechanism. Without shares the largest mechanism would keep one core busy long
/// after the others have ended.
fn in_shares(work: impl Fn(&str, &Mechanism, usize) -> Vec<String> + Sync) -> Vec<String> {
    let subjects = common::subjects();
    let shares: Vec<_> = subjects.iter().flat_map(|s| (0..SHARES).map(move |share| (s, share))).collect();
    on_every_core(&shares, |((name, m), share)| work(name, m, *share)).into_iter().flatten().collect()
}

/// Into how many shares the mutants of a mechanism are cut.
const SHARES: usize = 8;

/// The mutants of one mechanism, every eighth of them, that no rule refuses and that do harm.
fn slipped(name: &str, m: &Mechanism, share: usize) -> Vec<String> {
    let mut x = Mutants { m, all: Vec::new() };
    of_clocks(&mut x);
    of_actions(&mut x);
    of_states(&mut x);
    of_the_rest(&mut x);
    let mut slipped = Vec::new();
    for mutant in x.all.iter().skip(share).step_by(SHARES) {
        if refused_by(&mutant.m, None, &mutant.rules) {
            continue;
        }
        let seen = mutant.unless.map(|wrong| play(&mutant.m, 300).remove(&wrong));
        match seen {
            Some(None) => {}
            way => slipped.push(format!("{name}: {}: {way:?}, found {:?}", mutant.name, check(&mutant.m, None))),
        }
    }
    slipped
}

fn longer(l: Length, by: i64) -> Length {
    let n = |n: u32| u32::try_from(i64::from(n) + by).unwrap();
    match l {
        Length::Hours(h) => Length::Hours(n(h)),
        Length::Days(d) => Length::Days(n(d)),
        Length::WorkingDays(d) => Length::WorkingDays(n(d)),
    }
}

fn stretch(m: &mut Mechanism, number: &str, by: i64) {
    match &mut m.number.get_mut(number).unwrap().value {
        Value::Fixed(l) | Value::Until { max: l, .. } => *l = longer(*l, by),
        Value::By { lengths, .. } => {
            *lengths.values_mut().next().unwrap() = longer(*lengths.values().next().unwrap(), by)
        }
        Value::Local | Value::Count(_) => {}
    }
}

fn loosened(x: &mut Mutants<'_>) {
    let r = &[Rule::OverlaySafe];
    for (id, c) in x.m.clock.clone() {
        let owed = c.owed_by.is_some();
        if owed || c.window_of.as_deref() == Some(RAISER) {
            x.add(format!("clock {id}: length"), r, |m| stretch(m, &c.length, if owed { 1 } else { -1 }));
            x.add(format!("clock {id}: gone"), r, |m| forget_clock(m, &id));
        }
        // A time that must pass: nobody but the clock ends it.
        let clocks_own = c.to.iter().all(|a| x.m.action[a].by.iter().all(|b| b == CLOCK || b == RAISER));
        let named = matches!(x.m.number.get(&c.length).map(|n| &n.value), Some(Value::Until { .. }));
        if !owed && clocks_own && !named && c.silence.as_ref().is_some_and(|s| s.then.is_some()) {
            x.add(format!("clock {id}: shorter"), r, |m| stretch(m, &c.length, -1));
            x.add(format!("clock {id}: gone"), r, |m| forget_clock(m, &id));
            x.add(format!("clock {id}: the office ends it early"), r, |m| {
                let office = m.role.keys().next().unwrap().clone();
                let mut a = m.action[RAISE].clone();
                (a.by, a.to, a.anytime, a.needs, a.needs_when) = (vec![office], None, true, Vec::new(), [].into());
                m.action.insert("enough".into(), a);
                m.clock.get_mut(&id).unwrap().to.push("enough".into());
            });
        }
    }
    for (id, a) in x.m.action.clone() {
        let at = |what: &str| format!("action {id}: {what}");
        let raisers = a.by.iter().any(|b| b == RAISER);
        if let Some(e) = &a.extends {
            x.add(at("extends by more"), r, |m| stretch(m, &e.by, 1));
        }
        if a.at_most.is_some() {
            x.add(at("count"), r, |m| {
                let n = m.action.get_mut(&id).unwrap().at_most.as_mut().unwrap();
                *n = if raisers { *n - 1 } else { *n + 1 };
            });
        }
        x.add(at("answers or not"), r, |m| {
            let a = m.action.get_mut(&id).unwrap();
            a.answers = !a.answers;
        });
        if raisers && id != RAISE {
            x.add(at("on a condition"), r, |m| {
                m.action.get_mut(&id).unwrap().when = Some(format!("count({id}) < 9").parse().unwrap());
            });
            x.add(at("taken away"), r, |m| m.action.get_mut(&id).unwrap().by.retain(|b| b != RAISER));
        }
        if a.letter.as_ref().is_some_and(|l| x.m.letter[l].to == RAISER) {
            x.add(at("no letter"), r, |m| m.action.get_mut(&id).unwrap().letter = None);
        }
        if !a.asks {
            continue;
        }
        x.add(at("asks no more"), r, |m| m.action.get_mut(&id).unwrap().asks = false);
    }
    let raise = x.m.action[RAISE].clone();
    for f in raise.may.iter().chain(raise.needs_when.keys()) {
        x.add(format!("raise: {f} is required"), r, |m| m.action.get_mut(RAISE).unwrap().needs.push(f.clone()));
    }
    x.add("raise: by fewer".into(), r, |m| m.action.get_mut(RAISE).unwrap().by = vec!["office_of_nobody".into()]);
    for f in x.m.fields_of(&raise) {
        if x.m.field[f].kind == FieldKind::Choice {
            x.add(format!("raise: {f} with fewer options"), r, |m| drop(m.field.get_mut(f).unwrap().of.pop()));
        }
    }
    for (id, f) in x.m.field.clone() {
        if f.shield || f.withhold {
            x.add(format!("field {id}: no shield"), r, |m| {
                let f = m.field.get_mut(&id).unwrap();
                (f.shield, f.withhold) = (false, false);
            });
        }
        if f.class == Class::Sealed {
            x.add(format!("field {id}: open"), r, |m| m.field.get_mut(&id).unwrap().class = Class::Public);
        }
    }
    for (id, role) in x.m.role.clone() {
        if role.not.contains(&Exclusion::Assignee) {
            x.add(format!("role {id}: not apart"), r, |m| m.role.get_mut(&id).unwrap().not.clear());
        }
    }
    if x.m.mechanism.feedback {
        x.add("no feedback".into(), r, |m| m.mechanism.feedback = false);
    }
    x.add("no escalation".into(), r, |m| m.escalation = None);
    let owed = x.m.clock.iter().find(|(_, c)| c.owed_by.is_some()).map(|(id, _)| id.clone());
    if let (Some(clock), Some(number)) = (owed, x.m.number.keys().next().cloned()) {
        x.add("a new extension".into(), r, |m| {
            let mut a = m.action.values().find(|a| !a.by.iter().any(|b| b == RAISER)).unwrap().clone();
            a.extends = Some(Extends { clock, by: number });
            m.action.insert("more_time".into(), a);
        });
    }
}

/// What the base offers to others than the body that acts.
fn closed(x: &mut Mutants<'_>) {
    let r = &[Rule::OverlaySafe];
    for (id, n) in x.m.number.clone().into_iter().filter(|(_, n)| n.floor) {
        if !n.value.is_missing() {
            x.add(format!("number {id}: under the minimum"), r, |m| stretch(m, &id, -1));
        }
        x.add(format!("number {id}: no minimum"), r, |m| m.number.get_mut(&id).unwrap().floor = false);
    }
    if x.m.action[RAISE].by.iter().any(|b| b == RAISER) && x.m.mechanism.door != Door::Staff {
        x.add("the door is closed".into(), r, |m| m.mechanism.door = Door::Staff);
    }
    x.add("nobody is asked in".into(), r, |m| m.mechanism.invites = None);
    x.add("nothing on the shelf".into(), r, |m| m.mechanism.shelf = None);
    for (id, _) in x.m.child.clone().into_iter().filter(|(_, c)| c.hidden || c.open_while.is_some()) {
        x.add(format!("child {id}: gone"), r, |m| drop(m.child.remove(&id)));
        x.add(format!("child {id}: seen"), r, |m| {
            let c = m.child.get_mut(&id).unwrap();
            (c.hidden, c.open_while) = (!c.hidden, None);
        });
    }
    for (id, a) in x.m.action.clone() {
        let at = |what: &str| format!("action {id}: {what}");
        if a.by.iter().any(|b| b == PART) {
            x.add(at("no say for the part"), r, |m| m.action.get_mut(&id).unwrap().by.retain(|b| b != PART));
            x.add(at("gone"), r, |m| drop(m.action.remove(&id)));
        }
        if a.after_end && a.by.iter().any(|b| b == PART) {
            x.add(at("never"), r, |m| m.action.get_mut(&id).unwrap().at_most = Some(0));
            x.add(at("with no word"), r, |m| m.action.get_mut(&id).unwrap().needs.clear());
        }
        if a.publishes.is_some() {
            x.add(at("publishes nothing"), r, |m| m.action.get_mut(&id).unwrap().publishes = None);
        }
        if a.raises.is_some() {
            x.add(at("raises nothing"), r, |m| m.action.get_mut(&id).unwrap().raises = None);
        }
        let apart = id != RAISE && a.by.iter().all(|b| x.m.role.get(b).is_some_and(|b| !b.not.is_empty()));
        let other = x.m.role.iter().find(|(_, r)| r.not.is_empty()).map(|(id, _)| id.clone());
        if let (true, Some(other)) = (apart, other) {
            x.add(at("by one who is not apart"), r, |m| m.action.get_mut(&id).unwrap().by.push(other.clone()));
        }
    }
    for (id, _) in x.m.role.clone().into_iter().filter(|(_, r)| matches!(r.is, BodyExpr::Superior(..))) {
        x.add(format!("role {id}: below"), r, |m| m.role.get_mut(&id).unwrap().is = BodyExpr::Office("front".into()));
    }
    for (id, v) in x.m.vote.clone() {
        let at = |what: &str| format!("vote {id}: {what}");
        if !v.tellers.is_empty() {
            x.add(at("a teller less"), r, |m| drop(m.vote.get_mut(&id).unwrap().tellers.pop()));
        }
        x.add(at("no paper"), r, |m| m.vote.get_mut(&id).unwrap().paper = false);
        x.add(at("an option less"), r, |m| drop(m.vote.get_mut(&id).unwrap().options.pop()));
    }
    if let Some(model) = x.m.field.values().find(|f| f.kind == FieldKind::Number).cloned() {
        x.add("a fine".into(), r, |m| {
            let mut field = model.clone();
            (field.label.zh, field.label.en) = ("罚款".into(), "Fine".into());
            m.field.insert("fine_due".into(), field);
        });
    }
}

#[test]
fn every_loosening_overlay_is_refused() {
    let slipped = in_shares(|name, m, share| {
        if share == 0 {
            assert_eq!(check(m, Some(m)), [], "{name} is no looser than itself");
        }
        let mut x = Mutants { m, all: Vec::new() };
        loosened(&mut x);
        closed(&mut x);
        let refused = |y: &&Mutant| !refused_by(&y.m, Some(m), &y.rules);
        let shared = x.all.iter().skip(share).step_by(SHARES);
        shared.filter(refused).map(|y| format!("{name}: {}", y.name)).collect()
    });
    assert!(slipped.is_empty(), "{} slipped: {slipped:#?}", slipped.len());
}
