//! A vote as letters tell it: before the count how many may vote and how many are needed, after it what came of it. Who chose
//! what is in none of it, and a secret vote's count stands in the entry that closed it and nowhere before.

use crate::vote::{majority_rule, quorum_rule};
use crate::words::date;
use kernel::entry::Entry;
use kernel::file::CaseFile;
use kernel::mechanism::{FAILED, Mechanism, PASSED, Vote, Whole};
use kernel::vote::{Closed, INVALID, Poll};
use pack::letters::tally::{CountedWords, TallyWords};
use std::collections::BTreeMap;

/// The votes that were opened on a file, as it stood when the letter was issued.
pub(crate) fn in_words(mechanism: &Mechanism, file: &CaseFile, entries: &[Entry]) -> BTreeMap<String, TallyWords> {
    let day = |seq: u32| entries.iter().find(|e| e.seq == seq).map(|e| date(e.at.date())).unwrap_or_default();
    let opened = mechanism.vote.iter().filter_map(|(id, vote)| Some((id, vote, file.polls.get(id)?)));
    let words = opened.map(|(id, vote, poll)| {
        let due = file.clocks.get(&vote.window).map(|c| date(c.dates.due.date())).unwrap_or_default();
        let mut words = TallyWords {
            name: vote.name.zh.clone(),
            per: vote.per.zh.clone(),
            eligible: poll.base.to_string(),
            quorum: vote.quorum.least(poll.base).to_string(),
            quorum_rule: quorum_rule(vote).zh,
            majority_rule: majority_rule(vote).zh,
            from: day(poll.opened),
            to: poll.closed.as_ref().map_or(due, |closed| day(closed.seq)),
            counted: None,
        };
        words.counted = poll.closed.as_ref().map(|closed| counted(vote, poll, closed, &words));
        (id.clone(), words)
    });
    words.collect()
}

fn counted(vote: &Vote, poll: &Poll, closed: &Closed, opened: &TallyWords) -> CountedWords {
    let present = poll.present();
    let how_many =
        |test: fn(&kernel::vote::Cast) -> bool| poll.counted.values().filter(|c| test(c)).count().to_string();
    let reached = vote.quorum.met(present, poll.base);
    let whole = if vote.majority.of == Whole::Base { poll.base } else { present };
    let mut words = CountedWords {
        present: present.to_string(),
        paper: how_many(|c| c.paper),
        online: how_many(|c| !c.paper),
        proxy: how_many(|c| c.proxy.is_some()),
        reached: if reached { "够了" } else { "不够" }.to_owned(),
        majority: vote.majority.least(whole).to_string(),
        counts: vote.options.iter().map(|o| (o.id.clone(), chosen(closed, &o.id).to_string())).collect(),
        result: result(closed).to_owned(),
        said: String::new(),
    };
    words.said = sentences(vote, closed, opened, &words);
    words
}

fn chosen(closed: &Closed, option: &str) -> u32 {
    closed.counts.get(option).copied().unwrap_or(0)
}

fn result(closed: &Closed) -> &'static str {
    match closed.outcome.as_str() {
        PASSED => "通过",
        FAILED => "没有通过",
        _ => "参加的不够，表决无效",
    }
}

fn sentences(vote: &Vote, closed: &Closed, opened: &TallyWords, counted: &CountedWords) -> String {
    let TallyWords { name, per, eligible, quorum, from, to, .. } = opened;
    let CountedWords { present, paper, online, proxy, reached, majority, result, .. } = counted;
    let ways = if vote.paper { format!("（纸质 {paper} {per}，网上 {online} {per}") } else { String::new() };
    let proxies = match (proxy.as_str(), ways.is_empty()) {
        ("0", true) => String::new(),
        ("0", false) => "）".to_owned(),
        (n, true) => format!("（其中代投 {n} {per}）"),
        (n, false) => format!("，其中代投 {n} {per}）"),
    };
    let options = vote.options.iter().map(|o| format!("{} {} 票", o.zh, chosen(closed, &o.id)));
    let invalid = Some(chosen(closed, INVALID)).filter(|n| *n > 0).map(|n| format!("废票 {n} 张"));
    let options = options.chain(invalid).collect::<Vec<_>>().join("，");
    let favour = vote.options.iter().find(|o| o.id == vote.favour).map_or("", |o| o.zh.as_str());
    let majority = if closed.outcome == kernel::mechanism::NO_QUORUM {
        String::new()
    } else {
        format!("“{favour}”至少要 {majority} 票。")
    };
    format!(
        "{name}：{from}发票，{to}计票。应到 {eligible} {per}，实到 {present} {per}{ways}{proxies}；到会至少要 {quorum} {per}，{reached}。{options}。{majority}结果：{result}。"
    )
}
