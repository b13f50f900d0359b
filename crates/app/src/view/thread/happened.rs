//! What an entry that no action of a mechanism names says happened: dates computed again, ballots, voided letters, clocks.

use super::changed;
use crate::matter::Matter;
use kernel::clocks::{level, named};
use kernel::entry::{ClockEvent, Entry, PollEvent};
use kernel::mechanism::Mechanism;
use kernel::text::Text;

/// Whether dates moved or are only certain now, and under which notice.
pub(super) fn recomputed(matter: &Matter, entry: &Entry) -> Text {
    let moved = entry.clocks.iter().filter_map(|c| changed(matter, entry, c)).next().is_some();
    let mut notices: Vec<&str> = Vec::new();
    for event in &entry.clocks {
        if let ClockEvent::Recomputed { edition, .. } = event
            && !edition.is_empty()
            && !notices.contains(&edition.as_str())
        {
            notices.push(edition);
        }
    }
    let by = if notices.is_empty() { String::new() } else { format!("依据{}，", notices.join("、")) };
    let under = if notices.is_empty() { String::new() } else { format!(" ({})", notices.join("; ")) };
    if moved {
        Text::new(
            format!("放假安排公布了，{by}日期重新算过"),
            format!("the holidays were published; dates were computed again{under}"),
        )
    } else {
        Text::new(
            format!("放假安排公布了，{by}日期不变，不再是暂定的"),
            format!("the holidays were published; the dates stay and are certain now{under}"),
        )
    }
}

pub(super) fn ballots(entry: &Entry) -> Text {
    match entry.polls.first() {
        Some(PollEvent::Handed { n, back: false, .. }) => {
            return Text::new(format!("照名册发了 {n} 张票"), format!("handed out {n} slips by the roll"));
        }
        Some(PollEvent::Handed { n, back: true, .. }) => {
            return Text::new(format!("更正领票登记：收回 {n} 张"), format!("put right: {n} slips were given back"));
        }
        Some(PollEvent::Printed { slips, .. }) => {
            let run = |(from, to): &(u32, u32)| if from == to { from.to_string() } else { format!("{from}–{to}") };
            let all: Vec<String> = slips.iter().map(run).collect();
            return Text::new(format!("印了 {} 号票", all.join("、")), format!("printed slips {}", all.join(", ")));
        }
        _ => {}
    }
    let slips = |e: &PollEvent| if let PollEvent::Paper { slips, .. } = e { slips.len() } else { 0 };
    if entry.polls.iter().any(|e| matches!(e, PollEvent::Ballot { .. })) {
        return Text::new("有一张选票在网上投了", "a slip was used online");
    }
    let n: usize = entry.polls.iter().map(slips).sum();
    Text::new(format!("登记了 {n} 张纸质票"), format!("entered {n} paper ballots"))
}

pub(super) fn letter_name(matter: &Matter, letter: u32) -> Text {
    let id = matter.file.letters.iter().find(|(seq, _)| *seq == letter).map(|(_, id)| id);
    let name = id.and_then(|id| matter.mechanism.letter.get(id)).map(|l| l.name.clone());
    name.unwrap_or_else(|| Text::new("文书", "letter"))
}

pub(super) fn voided(name: Text, entry: &Entry, letter: u32) -> Text {
    let (zh, en) = match entry.letter.is_some() {
        true => ("，重新出具了一份", " and was issued anew"),
        false => ("", ""),
    };
    Text::new(
        format!("《{}》（第 {letter} 条）作废{zh}", name.zh),
        format!("“{}” (entry {letter}) is void{en}", name.en),
    )
}

pub(super) fn expired(mechanism: &Mechanism, clock: &str, entry: &Entry) -> Text {
    let (base, n) = (named(clock), level(clock).1);
    let label = mechanism.clock.get(base).map(|c| c.label.clone()).unwrap_or_else(|| Text::new("审批", "approval"));
    let listed = entry.clocks.iter().any(|c| matches!(c, ClockEvent::Expired { listed: true, .. }));
    let passed = entry.clocks.iter().any(|c| matches!(c, ClockEvent::Expired { .. }));
    match (passed, listed, n) {
        (false, ..) => Text::new(format!("“{}”的时间到了", label.zh), format!("the time for “{}” is over", label.en)),
        (_, true, _) => Text::new(
            format!("“{}”到期没有办，已列入公开的超期名单", label.zh),
            format!("“{}” is overdue and stands on the public overdue list", label.en),
        ),
        (_, _, 0) => Text::new(
            format!("“{}”到期没有办，已报上级督促", label.zh),
            format!("“{}” is overdue; the superior has been told", label.en),
        ),
        _ => Text::new(
            format!("“{}”仍没有办，再报上一级", label.zh),
            format!("“{}” is still overdue; the next superior has been told", label.en),
        ),
    }
}
