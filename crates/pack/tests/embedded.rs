//! The packs that are built in: they read, their scenarios hold and show everything, every role finds somebody, and walks
//! break nothing.

#[path = "common/cores.rs"]
mod cores;

use cores::on_every_core;
use kernel::region::RegionCode;
use pack::coverage::{Shown, at, demands, list, not_covered, superfluous, unfilled_roles};
use pack::demo_directory::DemoDirectory;
use pack::fault::text;
use pack::packs::PackSet;
use pack::scenario::{StepLog, run_scenario};
use pack::walk::{Ground, walk_many};
use std::collections::{BTreeMap, BTreeSet};

const WALKS: usize = 300;
const STEPS: usize = 60;
/// The packs whose scenarios show every refusal, silence and expiry. The others show every end and each kind of refusal.
const WHOLE: [&str; 35] = [
    "activity-place",
    "admission",
    "affairs-disclosure",
    "assistance-order",
    "care-plan",
    "consultation",
    "convention",
    "deliberation",
    "demand",
    "duty-list-change",
    "enterprise-need",
    "field-visit",
    "group-activity",
    "idea",
    "joint-meeting",
    "knowledge-page",
    "law-version",
    "mediation",
    "mediation-side",
    "outreach-desk",
    "oversight",
    "personal-data-request",
    "petition",
    "promised-task",
    "public-suggestion",
    "rapid-response",
    "reception",
    "reception-day",
    "social-work-case",
    "suggestion-award",
    "suggestion-call",
    "theme",
    "village-decision",
    "watch",
    "whistle",
];

fn directory(packs: &PackSet) -> DemoDirectory {
    DemoDirectory::embedded().unwrap_or_else(|faults| panic!("{}", text(&faults, packs.sources(), false)))
}

fn street() -> RegionCode {
    "990101001".parse().expect("a code")
}

#[test]
fn every_file_reads() {
    let packs = PackSet::embedded();
    let mut faults = packs.faults().to_vec();
    faults.extend(packs.variants().filter_map(|(_, _, e)| e.err()).flatten().cloned());
    faults.dedup();
    assert!(faults.is_empty(), "{}", text(&faults, packs.sources(), false));
}

#[test]
fn the_scenarios_hold() {
    let packs = PackSet::embedded();
    let (directory, calendar) = (directory(&packs), pack::calendar::embedded());
    let played =
        packs.scenarios().iter().map(|s| run_scenario(&packs, &directory, calendar, &s.mechanism, &s.file, &s.text));
    let faults: Vec<_> = played.filter_map(Result::err).flatten().collect();
    assert!(faults.is_empty(), "{}", text(&faults, packs.sources(), false));
}

#[test]
fn the_scenarios_show_every_end_and_every_refusal() {
    let packs = PackSet::embedded();
    let (directory, calendar) = (directory(&packs), pack::calendar::embedded());
    let mut logs: BTreeMap<&str, Vec<StepLog>> = BTreeMap::new();
    for s in packs.scenarios() {
        let log = run_scenario(&packs, &directory, calendar, &s.mechanism, &s.file, &s.text).unwrap_or_default();
        logs.entry(&s.mechanism).or_default().extend(log);
    }
    let mut missing = String::new();
    for id in packs.mechanisms() {
        let here = packs.effective_with_places(id, Some(&street())).expect("reads");
        let base = packs.base(id).expect("reads");
        let mut left = not_covered(&here.mechanism, &base, logs.get(id).map_or(&[], Vec::as_slice));
        let all = demands(&here.mechanism, &base);
        println!("{id}: {} shown, {} not", all.len() - left.len(), left.len());
        if !WHOLE.contains(&id) {
            let shown: BTreeSet<&str> =
                all.iter().filter(|d| !left.contains(d)).filter_map(|d| kind(&d.shown)).collect();
            left.retain(|d| matches!(d.shown, Shown::End(_)) || kind(&d.shown).is_some_and(|k| !shown.contains(k)));
        }
        missing.push_str(&list(&left, here, packs.sources()));
    }
    assert!(missing.is_empty(), "{missing}");
}

fn kind(shown: &Shown) -> Option<&'static str> {
    match shown {
        Shown::Refused { rule, .. } => Some(rule).copied().filter(|r| ["guard", "at_most", "shielded"].contains(r)),
        Shown::Apart(_) => Some("separation"),
        _ => None,
    }
}

#[test]
fn every_condition_and_count_can_refuse_something() {
    let packs = PackSet::embedded();
    for id in packs.mechanisms() {
        let here = packs.effective_with_places(id, Some(&street())).expect("reads");
        let idle = superfluous(&here.mechanism);
        let lines: Vec<String> = idle
            .iter()
            .map(|(path, what)| format!("{} {path}: {}", at(path, here, packs.sources()), what.en))
            .collect();
        assert!(lines.is_empty(), "{}", lines.join("\n"));
    }
}

#[test]
fn every_role_finds_somebody() {
    let packs = PackSet::embedded();
    let directory = directory(&packs);
    for id in packs.mechanisms() {
        let mechanism = packs.effective(id, &street()).expect("reads");
        let nobody = unfilled_roles(&mechanism, &street(), &directory);
        assert!(nobody.is_empty(), "{id}: nobody is {nobody:?}; add bodies to packs/scenarios/directory.toml");
    }
}

#[test]
fn walks_break_nothing() {
    let packs = PackSet::embedded();
    let (directory, calendar, region) = (directory(&packs), pack::calendar::embedded(), street());
    let offered: Vec<_> = packs.mechanisms().into_iter().filter(|id| packs.offered(id, &region)).collect();
    on_every_core(&offered, |id| {
        let mechanism = packs.effective(id, &region).expect("reads");
        let ground = Ground { mechanism: &mechanism, directory: &directory, calendar, region, faults: true };
        let sum = walk_many(ground, 1, STEPS, WALKS, |_| {});
        assert!(sum.broken.is_none(), "{id} {:#?}", sum.broken.map(|b| (b.seed, b.lines, b.broken)));
        assert!(sum.raised > WALKS / 2 && sum.ended > 0, "{id}: {sum:?}");
    });
}
