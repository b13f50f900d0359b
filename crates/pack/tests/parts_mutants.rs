//! Mutants of parts: each takes something away that a part needs, and is refused by its rule.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod common;

use kernel::ids::Class;
use kernel::mechanism::{Mechanism, PART, Waits};
use pack::check::check;
use pack::finding::Rule;

type Change = Box<dyn Fn(&mut Mechanism)>;

fn mutants(m: &Mechanism) -> Vec<(String, Rule, Change)> {
    let mut all: Vec<(String, Rule, Change)> = Vec::new();
    let mut add = |name: String, rule: Rule, change: Change| all.push((name, rule, change));
    for (kind, part) in m.part.clone() {
        let at = |what: &str| format!("part {kind}: {what}");
        let set = |change: fn(&mut kernel::mechanism::Part)| -> Change {
            let kind = kind.clone();
            Box::new(move |m: &mut Mechanism| change(m.part.get_mut(&kind).unwrap()))
        };
        add(at("unknown field"), Rule::Sound, set(|p| p.each = "nothing".into()));
        add(at("field of words"), Rule::Sound, set(|p| p.each = "words".into()));
        add(at("opened by nobody"), Rule::Sound, set(|p| p.opened_by.clear()));
        add(at("opened by nothing"), Rule::Sound, set(|p| p.opened_by.push("nothing".into())));
        add(at("opened by what names no body"), Rule::Sound, set(|p| p.opened_by.push("press".into())));
        add(at("one way of naming opens nothing"), Rule::Sound, set(|p| drop(p.opened_by.pop())));
        add(at("begins nowhere"), Rule::Sound, set(|p| p.first = "nothing".into()));
        add(at("never ends"), Rule::Sound, set(|p| p.state.values_mut().for_each(|s| s.end = false)));
        add(at("no words"), Rule::Sound, set(|p| p.name.zh.clear()));
        add(at("an unknown lead"), Rule::Sound, set(|p| p.lead = Some("words".into())));
        add(at("waits for a lead"), Rule::Sound, set(|p| (p.lead, p.waits) = (None, Some(Waits::Lead))));
        add(at("waits for nothing"), Rule::Sound, set(|p| (p.complete, p.waits) = (None, Some(Waits::All))));
        add(at("followed by nothing"), Rule::Sound, set(|p| p.complete = Some("nothing".into())));
        add(at("followed by what does not move"), Rule::Sound, set(|p| p.complete = Some("press".into())));
        add(
            at("a state apart"),
            Rule::Reachable,
            set(|p| {
                let end = p.state.values().find(|s| s.end).unwrap().clone();
                p.state.insert("island".into(), end);
            }),
        );
        let each = part.each.clone();
        let field = |change: fn(&mut kernel::mechanism::Field)| -> Change {
            let each = each.clone();
            Box::new(move |m: &mut Mechanism| change(m.field.get_mut(&each).unwrap()))
        };
        add(at("not outside the shield"), Rule::Shielded, field(|f| f.outside = None));
        add(at("bodies not coded"), Rule::Sound, field(|f| f.class = Class::Handlers));
    }
    for (id, action) in m.action.clone().into_iter().filter(|(_, a)| a.part.is_some()) {
        let at = |what: &str| format!("action {id}: {what}");
        let set = |change: fn(&mut kernel::mechanism::Action)| -> Change {
            let id = id.clone();
            Box::new(move |m: &mut Mechanism| change(m.action.get_mut(&id).unwrap()))
        };
        add(at("on nothing"), Rule::Sound, set(|a| a.part = Some("nothing".into())));
        add(at("of the matter"), Rule::Sound, set(|a| a.part = None));
        add(at("from nowhere"), Rule::Sound, set(|a| a.states.extend(["nothing".to_owned()])));
        add(at("to nowhere"), Rule::Sound, set(|a| a.to = Some("nothing".into())));
        add(at("while nothing"), Rule::Sound, set(|a| a.during.extend(["nothing".to_owned()])));
        add(at("at any time"), Rule::Sound, set(|a| a.anytime = true));
        add(at("with approval"), Rule::Sound, set(|a| a.approval = Some("superior".into())));
        let ends = action.to.as_ref().is_some_and(|to| m.part[action.part.as_ref().unwrap()].state[to].end);
        let others =
            m.action.iter().any(|(o, a)| *o != id && a.part == action.part && action.states.is_subset(&a.states));
        if !(ends && others) {
            let id = id.clone();
            add(
                at("taken away"),
                Rule::Reachable,
                Box::new(move |m| {
                    m.action.remove(&id);
                    m.clock.values_mut().for_each(|c| {
                        c.from.retain(|a| *a != id);
                        c.to.retain(|a| *a != id);
                    });
                    m.clock.retain(|_, c| !c.from.is_empty());
                }),
            );
        }
    }
    for id in m.clock.iter().filter(|(_, c)| c.part.is_some()).map(|(id, _)| id.clone()).collect::<Vec<_>>() {
        let at = |what: &str| format!("clock {id}: {what}");
        let set = |change: fn(&mut kernel::mechanism::Clock)| -> Change {
            let id = id.clone();
            Box::new(move |m: &mut Mechanism| change(m.clock.get_mut(&id).unwrap()))
        };
        add(at("of nothing"), Rule::Sound, set(|c| c.part = Some("nothing".into())));
        add(at("of the matter"), Rule::Sound, set(|c| c.part = None));
        add(at("from what is not its part's"), Rule::Sound, set(|c| c.from.push("raise".into())));
        add(at("suspends"), Rule::Sound, set(|c| c.suspends.push("call".into())));
        add(at("climbs to itself"), Rule::Sound, set(|c| c.expiry = Some(PART.into())));
        let gone = id.clone();
        add(
            at("taken away"),
            Rule::Clocked,
            Box::new(move |m| {
                m.clock.remove(&gone);
                m.measure.clear();
                m.number.remove("keep").filter(|_| gone != "keep").map(|n| m.number.insert("keep".into(), n));
            }),
        );
        add(
            at("owed by one who cannot act"),
            Rule::Clocked,
            set(|c| {
                (c.owed_by, c.expiry) = (Some("superior".into()), Some("coordinator".into()));
            }),
        );
    }
    for (name, guard) in [
        ("no such part", "all(nothing) in [done]"),
        ("no such state of a part", "all(unit) in [nothing]"),
        ("nobody leads", "lead(measure) in [kept]"),
        ("a count in each part", "count(report_in) < 2"),
    ] {
        let guard: kernel::guard::Guard = guard.parse().unwrap();
        add(
            name.into(),
            Rule::Sound,
            Box::new(move |m| m.action.get_mut("answer").unwrap().when = Some(guard.clone())),
        );
    }
    let from = |part: &str, not: &[&str]| {
        let not = not.iter().map(|s| (*s).to_owned()).collect();
        Some(kernel::mechanism::Among { part: part.into(), all: true, not, states: Vec::new(), also: Vec::new() })
    };
    for (name, field, among) in [
        ("taken from no part", "units", from("nothing", &[])),
        ("left out in no state", "units", from("unit", &["nothing"])),
        ("words taken from parts", "words", from("unit", &[])),
        ("taken from parts when raised", "about", from("unit", &[])),
    ] {
        let change: Change = Box::new(move |m| m.field.get_mut(field).unwrap().among = among.clone());
        add(name.into(), Rule::Sound, change);
    }
    let states = |states: &[&str], also: &[&str], all: bool| {
        let own = |all: &[&str]| all.iter().map(|s| (*s).to_owned()).collect();
        let among = kernel::mechanism::Among {
            part: "unit".into(),
            all,
            not: Vec::new(),
            states: own(states),
            also: own(also),
        };
        Some(among)
    };
    for (name, field, among) in [
        ("counts in no state", "units", states(&["nothing"], &[], false)),
        ("beside them a role that is not there", "units", states(&[], &["nothing"], false)),
        ("all of them in a list of tasks", "promised", states(&[], &[], true)),
    ] {
        let change: Change = Box::new(move |m| m.field.get_mut(field).unwrap().among = among.clone());
        add(name.into(), Rule::Sound, change);
    }
    add(
        "a condition that never comes".into(),
        Rule::Reachable,
        Box::new(|m| {
            m.action.get_mut("answer").unwrap().when = Some("some(unit) in [asked]".parse().unwrap());
        }),
    );
    add(
        "it does not follow".into(),
        Rule::Reachable,
        Box::new(|m| {
            let p = m.part.get_mut("unit").unwrap();
            (p.complete, p.waits) = (None, None);
        }),
    );
    add(
        "calling without end".into(),
        Rule::Bounded,
        Box::new(|m| {
            let a = m.action.get_mut("add_units").unwrap();
            (a.at_most, a.then) = (None, None);
            m.clock.get_mut("gather").unwrap().to.push("add_units".into());
            m.clock.get_mut("gather").unwrap().from.push("add_units".into());
        }),
    );
    all
}

#[test]
fn every_mutant_of_parts_is_refused_by_its_rule() {
    let m = common::fixture("parts");
    let all = mutants(&m);
    let mut slipped = Vec::new();
    for (name, rule, change) in &all {
        let mut mutant = m.clone();
        change(&mut mutant);
        if mutant == m {
            continue;
        }
        let found = check(&mutant, None);
        if !found.iter().any(|f| f.rule == *rule) {
            let found: Vec<_> = found.iter().map(|f| (f.rule, f.path.as_str(), f.message.en.as_str())).collect();
            slipped.push(format!("{name}: wanted {rule}, found {found:?}"));
        }
        for f in &found {
            assert!(!f.path.contains(['@', '+', '!']), "{name}: a path of the file, not of its lowering: {}", f.path);
        }
    }
    println!("{} mutants of parts", all.len());
    assert!(slipped.is_empty(), "{} of {} slipped: {slipped:#?}", slipped.len(), all.len());
}

/// Where all who were called have to be named, a region cannot let some be left out.
#[test]
fn a_region_cannot_let_a_called_body_be_left_out() {
    let mut m = common::fixture("parts");
    let among = kernel::mechanism::Among {
        part: "unit".into(),
        all: true,
        not: Vec::new(),
        states: Vec::new(),
        also: Vec::new(),
    };
    m.field.get_mut("units").unwrap().among = Some(among.clone());
    assert!(!check(&m, Some(&m)).iter().any(|f| f.rule == Rule::OverlaySafe));
    for looser in [None, Some(kernel::mechanism::Among { all: false, ..among })] {
        let mut now = m.clone();
        now.field.get_mut("units").unwrap().among = looser;
        assert!(check(&now, Some(&m)).iter().any(|f| f.rule == Rule::OverlaySafe));
    }
}

/// An overlay that drops, waits for fewer or lets go of parts is looser.
#[test]
fn a_region_cannot_loosen_parts() {
    let m = common::fixture("parts");
    let changes: [fn(&mut Mechanism); 4] = [
        |m| m.part.get_mut("unit").unwrap().waits = Some(Waits::Lead),
        |m| m.part.get_mut("measure").unwrap().outlives = false,
        |m| m.part.get_mut("unit").unwrap().complete = None,
        |m| m.number.get_mut("work").unwrap().value = kernel::number::Value::Fixed("4wd".parse().unwrap()),
    ];
    for (i, change) in changes.into_iter().enumerate() {
        let mut looser = m.clone();
        change(&mut looser);
        assert!(check(&looser, Some(&m)).iter().any(|f| f.rule == Rule::OverlaySafe), "change {i}");
    }
}

/// A form that takes only bodies which came so far is offered where there is one.
#[test]
fn a_form_that_nobody_could_fill_in_is_refused() {
    let (_, m) = common::national().into_iter().find(|(name, _)| name == "joint-meeting").unwrap();
    let sound = |m: &Mechanism| check(m, None).into_iter().find(|f| f.path == "action.hand_out.when");
    assert_eq!(sound(&m), None);
    let mut now = m.clone();
    let act = now.action.get_mut("hand_out").unwrap();
    (act.when, act.unless) = (Some("some(member) in [called]".parse().unwrap()), None);
    let told = sound(&now).expect("a finding");
    assert!(told.rule == Rule::Sound && told.help.en.contains("some(member) in [informed]"), "{told:?}");
}
