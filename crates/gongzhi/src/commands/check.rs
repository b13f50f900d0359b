//! `gongzhi check`: proves every effective mechanism and prints its promise.

use super::{say, verdict};
use crate::open;
use crate::proved::{self, side_by_side};
use anyhow::{Result, bail};
use app::clauses::{self, Item};
use app::filled::{Gap, Unfilled};
use clap::{Args, ValueEnum};
use kernel::guard;
use kernel::mechanism::{Action, Mechanism};
use kernel::region::RegionCode;
use kernel::text::Lang;
use pack::difference::{Difference, differences};
use pack::fault::{Fault, json, text};
use pack::packs::{Effective, PackSet};
use pack::promise::{PromiseSummary, Worst, explain_path, promise_days};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

/// Proves mechanisms and prints their promises
#[derive(Args)]
pub struct Check {
    /// Directories with more packs, laid over those of the program
    packs: Vec<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Print the state graphs in DOT instead
    #[arg(long)]
    dot: bool,
    /// Print what whoever is refused because of a condition is told, action by action
    #[arg(long, conflicts_with = "dot")]
    words: bool,
    /// Print what rests on a clause (`"XF 34"`) or on a whole text (`XF`), region by region
    #[arg(long, value_name = "CLAUSE", conflicts_with_all = ["dot", "words"])]
    clause: Option<String>,
    /// An installation: does every role of what it offers find somebody, and does its directory hold together?
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Only this mechanism
    #[arg(long)]
    only: Option<String>,
    /// Play the scenarios too, and say which end or refusal none of them shows
    #[arg(long)]
    play: bool,
    /// Whose effective mechanisms the scenarios have to show as a whole; the first region with an overlay if left out
    #[arg(long, value_name = "CODE", requires = "play", value_parser = open::region_code)]
    region: Option<RegionCode>,
}

#[derive(Clone, Copy, ValueEnum, PartialEq, Eq)]
enum Format {
    Text,
    Json,
}

/// What came of one effective mechanism.
struct Proved {
    faults: Vec<Fault>,
    words: String,
    json: serde_json::Value,
}

impl Check {
    /// Exit 1 with findings.
    pub fn run(self) -> Result<ExitCode> {
        if let Some(data) = &self.data {
            return installation(data, self.packs);
        }
        let set = open::packs(&self.packs)?;
        if let Some(id) = &self.only
            && let Err(faults) = set.base(id)
            && !set.mechanisms().contains(&id.as_str())
        {
            bail!("{}", text(&faults, set.sources(), false));
        }
        if self.play {
            return super::play::play(&set, self.only.as_deref(), self.region);
        }
        let mut faults: Vec<Fault> = set.faults().to_vec();
        let mut good = Vec::new();
        for (id, region, variant) in set.variants().filter(|(id, ..)| self.only.as_deref().is_none_or(|o| o == *id)) {
            match variant {
                Err(list) => faults.extend_from_slice(list),
                Ok(effective) => good.push((id, region.copied(), effective)),
            }
        }
        if self.dot {
            good.iter().for_each(|(_, _, e)| say(pack::graph::graph(&e.mechanism).dot(Lang::Zh)));
            return Ok(verdict(faults.is_empty()));
        }
        if self.words {
            good.iter().for_each(|(id, region, e)| told(&set, id, *region, &e.mechanism).iter().for_each(say));
            return Ok(verdict(faults.is_empty()));
        }
        if let Some(clause) = &self.clause {
            return Ok(rests(&set, &good, clause, self.format == Format::Json));
        }
        let mut proved = side_by_side(&good, |(id, region, e)| prove(&set, id, *region, e));
        faults.extend(proved.iter_mut().flat_map(|p| std::mem::take(&mut p.faults)));
        self.print(&set, &faults, &proved);
        Ok(verdict(faults.is_empty()))
    }

    fn print(&self, set: &PackSet, faults: &[Fault], proved: &[Proved]) {
        let held: Vec<&Proved> = proved.iter().filter(|p| !p.words.is_empty()).collect();
        if self.format == Format::Json {
            let mechanisms: Vec<_> = held.iter().map(|p| &p.json).collect();
            return say(serde_json::json!({ "findings": json(faults, set.sources()), "mechanisms": mechanisms }));
        }
        held.iter().for_each(|p| say(&p.words));
        eprint!("{}", text(faults, set.sources(), std::io::stderr().is_terminal()));
        let (n, m) = (held.len(), faults.len());
        say(format!("{n} 个机制证明成立，{m} 处要改 / {n} proved, {m} findings"));
    }
}

/// What an installation's directory lacks for the mechanisms that it offers, with these packs laid over the program's.
fn installation(data: &std::path::Path, packs: Vec<PathBuf>) -> Result<ExitCode> {
    let place = open::Place { packs, ..open::Place::at(data) };
    proved::insist(&place.packs()?)?;
    super::block(async {
        let app = place.open_beside().await?;
        let mut problems = app.directory().problems();
        problems.extend(app.gaps().iter().map(gap));
        problems.iter().for_each(say);
        for (body, role, of) in app.vacancies() {
            say(format!("提示 note: {body}: 岗位 {role} 没有人 / nobody holds the post {role}（{of}）"));
        }
        if !problems.is_empty() {
            say("补单位 / add a body: gongzhi body add 名称 --en NAME --region CODE --function FUNCTION");
        }
        say(format!("{} 处要补 / {} to mend", problems.len(), problems.len()));
        Ok(verdict(problems.is_empty()))
    })
}

/// Which role finds nobody, what is missing where, and what follows.
fn gap(gap: &Gap) -> String {
    let Unfilled { role, lacks, .. } = &gap.unfilled;
    let (id, zh, en) = (&gap.mechanism, &lacks.zh, &lacks.en);
    let (zh_then, en_then) =
        if gap.first { ("；补上之前不对外开放", "; it is not offered before that") } else { ("", "") };
    format!("{id}: 角色 {role} 找不到单位，{zh}{zh_then} / the role {role} finds nobody: {en}{en_then}")
}

/// The nine rules over one effective mechanism, against what holds one level up, and its promise if they hold.
fn prove(set: &PackSet, id: &str, region: Option<RegionCode>, effective: &Effective) -> Proved {
    let (above, faults) = (proved::above(set, id, region), proved::faults(set, id, region, effective));
    if !faults.is_empty() {
        return Proved { faults, words: String::new(), json: serde_json::Value::Null };
    }
    let promise = promise_days(&effective.mechanism, pack::calendar::embedded());
    let own = above.map(|a| differences(&effective.mechanism, a)).unwrap_or_default();
    let (mut words, mut json) = (words(id, region, effective, &promise), summary(id, region, effective, &promise));
    if region.is_some() {
        words.push_str(&changes(&own));
        json["differences"] = own.iter().map(difference).collect();
    }
    Proved { faults, words, json }
}

fn words(id: &str, region: Option<RegionCode>, effective: &Effective, promise: &PromiseSummary) -> String {
    let m = &effective.mechanism;
    let name = &m.mechanism.name;
    let place = region.map_or_else(|| "全国基础 national base".to_owned(), |r| r.to_string());
    let mut lines = vec![format!("{} {} ({id}, {place})", name.zh, name.en)];
    let (states, actions, clocks) = (m.state.len(), m.action.len(), m.clock.len());
    lines.push(format!("  {states} 个状态 states，{actions} 个动作 actions，{clocks} 个时限 clocks"));
    if !promise.missing.is_empty() {
        lines.push(format!("  地方要填 to be set locally: {}", promise.missing.join(", ")));
        lines.push(format!("  第一次答复 first answer: {}", promise.symbolic.zh));
    }
    worst(&mut lines, "通常最迟答复 ordinarily answered within", &promise.due, m);
    worst(&mut lines, "依法最迟答复 lawfully answered within", &promise.first, m);
    worst(&mut lines, "连同申诉最迟办结 ended, with every appeal, within", &promise.last, m);
    lines.join("\n")
}

/// What the region changes in what holds one level up.
fn changes(all: &[Difference]) -> String {
    let n = all.len();
    let mut out = format!("\n  和上一级的不同 {n} 处 differences from what holds one level up: {n}");
    for d in all {
        let (line, direction) = (d.line(), d.direction.name());
        out.push_str(&format!("\n      {}（{} {}）", line.zh, direction.zh, direction.en));
    }
    out
}

fn difference(d: &Difference) -> serde_json::Value {
    let (line, direction) = (d.line(), d.direction.name());
    serde_json::json!({ "path": d.path, "zh": line.zh, "en": line.en, "direction": direction.en, "source": d.source })
}

fn worst(lines: &mut Vec<String>, label: &str, worst: &Option<Worst>, mechanism: &Mechanism) {
    let Some(w) = worst else { return };
    let at_most = if w.at_most { "不超过 at most " } else { "" };
    lines.push(format!("  {label} {at_most}{} 天 days（{} → {}）", w.days, w.start.date(), w.end.date()));
    lines.extend(explain_path(&w.path, mechanism, Lang::Zh).iter().map(|line| format!("      {line}")));
}

fn summary(id: &str, region: Option<RegionCode>, effective: &Effective, p: &PromiseSummary) -> serde_json::Value {
    let days = |w: &Option<Worst>| {
        w.as_ref().map(|w| {
            let path = explain_path(&w.path, &effective.mechanism, Lang::En);
            serde_json::json!({ "days": w.days, "at_most": w.at_most, "start": w.start.to_string(), "end": w.end.to_string(), "path": path })
        })
    };
    serde_json::json!({
        "id": id, "region": region, "version": kernel::chain::hex(&effective.mechanism.hash()), "missing": p.missing,
        "due_by": days(&p.due), "promised_by": days(&p.first), "final": days(&p.last), "symbolic": p.symbolic.en,
    })
}

/// What whoever is refused is told, action by action. Of a region only what is not as in the whole country.
fn told(set: &PackSet, id: &str, region: Option<RegionCode>, m: &Mechanism) -> Vec<String> {
    let above = region.and_then(|_| set.base(id).ok());
    let place = region.map_or_else(|| id.to_owned(), |r| format!("{id} ({r})"));
    let conditioned = m.action.iter().filter_map(|(name, a)| Some((name, a, a.when.as_ref()?)));
    let own = conditioned.filter(|(name, a, _)| {
        let same = |b: &Action| (&b.when, &b.unless) == (&a.when, &a.unless);
        !above.as_ref().and_then(|m| m.action.get(*name)).is_some_and(same)
    });
    own.map(|(name, a, when)| {
        let words = guard::sentence(m, Some(a), &when.conjuncts());
        let by = if a.unless.is_some() { " unless" } else { "" };
        format!("{place} action.{name}{by}\n  when {when}\n  {}\n  {}", words.zh, words.en)
    })
    .collect()
}

/// What rests on a clause, mechanism by mechanism: of a region only what is not as in the whole country. Fails where nothing does.
fn rests(set: &PackSet, good: &[(&str, Option<RegionCode>, &Effective)], clause: &str, as_json: bool) -> ExitCode {
    let asked = clauses::clauses(clause);
    let touched = |m: &Mechanism| {
        let items = clauses::items(m).into_iter();
        items.filter(|i| clauses::clauses(&i.source).iter().any(|c| asked.iter().any(|a| a.touches(c)))).collect()
    };
    let mut found: Vec<(Option<RegionCode>, Item)> = Vec::new();
    for (id, region, effective) in good {
        let here: Vec<Item> = touched(&effective.mechanism);
        let above = region.and_then(|_| set.base(id).ok()).map(|m| touched(&m)).unwrap_or_default();
        found.extend(here.into_iter().filter(|i| !above.contains(i)).map(|i| (*region, i)));
    }
    if as_json {
        let item = |(region, i): &(Option<RegionCode>, Item)| {
            serde_json::json!({ "mechanism": i.mechanism, "region": region, "path": i.path, "value": i.value.as_ref().map(|v| &v.en),
                "source": i.source, "zh": i.label.as_ref().map(|l| &l.zh), "en": i.label.as_ref().map(|l| &l.en) })
        };
        say(serde_json::json!({ "clause": clause, "items": found.iter().map(item).collect::<Vec<_>>() }));
    } else {
        found.iter().for_each(|(region, i)| say(line(*region, i)));
        let n = found.len();
        say(format!("{} 涉及 {n} 处 / {n} items rest on it", app::source::spelled(clause).zh));
    }
    verdict(!found.is_empty())
}

fn line(region: Option<RegionCode>, i: &Item) -> String {
    let place = region.map_or_else(String::new, |r| format!(" ({r})"));
    let value = i.value.as_ref().map_or_else(String::new, |v| format!(" = {} {}", v.zh, v.en));
    let label = i.label.as_ref().map_or_else(String::new, |l| format!("  {} / {}", l.zh, l.en));
    format!("{}{place} {}{value}  [{}]{label}", i.mechanism, i.path, i.source)
}
