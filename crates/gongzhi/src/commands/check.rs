//! `gongzhi check`: proves every effective mechanism and prints its promise.

use super::{say, verdict};
use crate::open;
use anyhow::Result;
use clap::{Args, ValueEnum};
use kernel::mechanism::Mechanism;
use kernel::region::RegionCode;
use kernel::text::Lang;
use kernel::time::Timestamp;
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
    /// Only this mechanism
    #[arg(long)]
    only: Option<String>,
}

#[derive(Clone, Copy, ValueEnum, PartialEq, Eq)]
enum Format {
    Text,
    Json,
}

impl Check {
    /// Exit 1 with findings.
    pub fn run(self) -> Result<ExitCode> {
        let set = open::packs(&self.packs)?;
        let mut faults: Vec<Fault> = set.faults().to_vec();
        let mut good = Vec::new();
        for (id, region, variant) in set.variants().filter(|(id, ..)| self.only.as_deref().is_none_or(|o| o == *id)) {
            match variant {
                Err(list) => faults.extend_from_slice(list),
                Ok(effective) => {
                    let found = prove(&set, id, region, effective);
                    if found.is_empty() {
                        good.push((id, region.copied(), effective));
                    }
                    faults.extend(found);
                }
            }
        }
        if self.dot {
            good.iter().for_each(|(_, _, e)| say(pack::graph::graph(&e.mechanism).dot(Lang::Zh)));
        } else if self.format == Format::Json {
            say(
                serde_json::json!({ "findings": json(&faults, set.sources()), "mechanisms": good.iter().map(|(id, r, e)| summary(id, *r, e)).collect::<Vec<_>>() }),
            );
        } else {
            good.iter().for_each(|(id, region, effective)| print(id, *region, effective));
            eprint!("{}", text(&faults, set.sources(), std::io::stderr().is_terminal()));
            say(format!(
                "{} 个机制证明成立，{} 处要改 / {} proved, {} findings",
                good.len(),
                faults.len(),
                good.len(),
                faults.len()
            ));
        }
        Ok(verdict(faults.is_empty()))
    }
}

/// The nine rules over one effective mechanism, against its base where it is an overlay's.
fn prove(set: &PackSet, id: &str, region: Option<&RegionCode>, effective: &Effective) -> Vec<Fault> {
    let base = region.and_then(|_| set.base(id).ok());
    let found = pack::check::check(&effective.mechanism, base.as_deref());
    found.iter().map(|f| Fault::from_finding(f, &effective.place(&f.path))).collect()
}

fn heading(id: &str, region: Option<RegionCode>, effective: &Effective) -> String {
    let name = &effective.mechanism.mechanism.name;
    let place = region.map_or_else(|| "全国基础 national base".to_owned(), |r| r.to_string());
    format!("{} {} ({id}, {place})", name.zh, name.en)
}

fn print(id: &str, region: Option<RegionCode>, effective: &Effective) {
    let m = &effective.mechanism;
    let promise = promise_days(m, pack::calendar::embedded());
    say(heading(id, region, effective));
    say(format!(
        "  {} 个状态 states，{} 个动作 actions，{} 个时限 clocks",
        m.state.len(),
        m.action.len(),
        m.clock.len()
    ));
    if !promise.missing.is_empty() {
        say(format!("  地方要填 to be set locally: {}", promise.missing.join(", ")));
        say(format!("  第一次答复 first answer: {}", promise.symbolic.zh));
    }
    worst("通常最迟答复 ordinarily answered within", &promise.due, m);
    worst("依法最迟答复 lawfully answered within", &promise.first, m);
    worst("连同申诉最迟办结 ended, with every appeal, within", &promise.last, m);
}

fn worst(label: &str, worst: &Option<Worst>, mechanism: &Mechanism) {
    let Some(w) = worst else { return };
    say(format!("  {label} {} 天 days（{} → {}）", w.days, day(w.start), day(w.end)));
    explain_path(&w.path, mechanism, Lang::Zh).iter().for_each(|line| say(format!("      {line}")));
}

fn day(t: Timestamp) -> String {
    t.date().to_string()
}

fn summary(id: &str, region: Option<RegionCode>, effective: &Effective) -> serde_json::Value {
    let promise: PromiseSummary = promise_days(&effective.mechanism, pack::calendar::embedded());
    let days = |w: &Option<Worst>| {
        w.as_ref().map(|w| serde_json::json!({ "days": w.days, "start": w.start.to_string(), "end": w.end.to_string(), "path": explain_path(&w.path, &effective.mechanism, Lang::En) }))
    };
    serde_json::json!({
        "id": id, "region": region, "version": kernel::chain::hex(&effective.mechanism.hash()), "missing": promise.missing,
        "due_by": days(&promise.due), "promised_by": days(&promise.first), "final": days(&promise.last), "symbolic": promise.symbolic.en,
    })
}
