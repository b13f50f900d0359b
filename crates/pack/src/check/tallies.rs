//! A letter that speaks of a vote can be written wherever it may be issued: it tells no count before there is one, and a vote
//! that was never opened leaves no hole in it. Names are looked at where templates are read.

use super::Findings;
use super::lower::real;
use super::unroll::Unrolled;
use crate::finding::{Finding, Rule};
use crate::letters::tally::{Stage, can_be_written, spoken_of};
use kernel::mechanism::CLOCK;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub(super) fn check(u: &Unrolled) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Sound);
    let m = &u.model.mechanism;
    for (id, letter) in &m.letter {
        for (vote, tallied) in spoken_of(m, &letter.template) {
            let issued = stages(u, id, &vote);
            for (stage, at) in &issued {
                if !can_be_written(m, id, &vote, *stage) {
                    refuse(u, &mut out, (id, &vote), *stage, *at);
                }
            }
            if tallied && !issued.is_empty() && !issued.contains_key(&Stage::Counted) {
                refuse(u, &mut out, (id, &vote), Stage::Running, issued.values().copied().min().unwrap_or_default());
            }
        }
    }
    out.list
}

fn refuse(u: &Unrolled, out: &mut Findings, (letter, vote): (&str, &str), stage: Stage, at: usize) {
    let (says, help) = if stage == Stage::Never {
        let says = (
            format!("没有办过“{vote}”这项表决的时候，这封函件写不出来"),
            format!("the letter cannot be written where the vote `{vote}` was never opened"),
        );
        let help = (
            format!("用 {{% if votes.{vote} is defined %}} 和 {{% endif %}} 包起来"),
            format!("put it between {{% if votes.{vote} is defined %}} and {{% endif %}}"),
        );
        (says, help)
    } else {
        let says = (
            format!("“{vote}”还没有计票，这封函件就能发出，里面却写了票数"),
            format!("the letter tells the count of `{vote}` and can be issued before it is counted"),
        );
        let help = (
            "计票以前只能写应到多少、要多少、起止日期；票数等计票以后的函件再写".to_owned(),
            "before the count a letter tells how many may vote, how many are needed and from when to when; leave the count to a letter after it".to_owned(),
        );
        (says, help)
    };
    out.add(format!("letter.{letter}"), u.chain(at), says, (&help.0, &help.1));
}

/// Where a vote may stand when a letter is issued, each with the first configuration for which that holds.
fn stages(u: &Unrolled, letter: &str, vote: &str) -> BTreeMap<Stage, usize> {
    let Some(spec) = u.model.mechanism.vote.get(vote) else { return BTreeMap::new() };
    let after = |a: usize, stage: Stage| match real(&u.model.actions[a].0) {
        id if id == spec.opened_by => Stage::Running,
        id if id == spec.closed_by && stage == Stage::Running => Stage::Counted,
        _ => stage,
    };
    let issues = |a: usize| u.model.actions[a].1.letter.as_deref() == Some(letter);
    let by_somebody = |a: usize| u.model.actions[a].1.by.iter().any(|r| r != CLOCK);
    let mut issued = BTreeMap::new();
    let mut seen: BTreeSet<(usize, Stage)> = BTreeSet::new();
    let mut next: VecDeque<(usize, Stage)> = u.first.iter().map(|n| (*n, Stage::Never)).collect();
    while let Some((n, stage)) = next.pop_front() {
        if !seen.insert((n, stage)) {
            continue;
        }
        for a in u.possible[n].iter().copied().filter(|a| issues(*a) && by_somebody(*a)) {
            issued.entry(after(a, stage)).or_insert(n);
        }
        for edge in &u.edges[n] {
            let then = edge.action.map_or(stage, |a| after(a, stage));
            if edge.action.is_some_and(issues) {
                issued.entry(then).or_insert(n);
            }
            next.push_back((edge.to, then));
        }
    }
    issued
}
