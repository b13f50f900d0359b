//! `gongzhi check --play`: plays the scenarios of packs and says which end or refusal none of them shows, so that whoever
//! writes a pack needs nothing but this program.

use super::{say, verdict};
use crate::proved::side_by_side;
use anyhow::{Result, bail};
use kernel::region::RegionCode;
use pack::coverage::{list, not_covered};
use pack::demo_directory::DemoDirectory;
use pack::fault::{Fault, text};
use pack::packs::PackSet;
use pack::scenario::{StepLog, run_scenario};
use std::collections::BTreeMap;
use std::process::ExitCode;

/// Plays the scenarios of one mechanism, or of all; exit 1 when one does not hold or something is shown by none.
pub fn play(set: &PackSet, only: Option<&str>, region: Option<RegionCode>) -> Result<ExitCode> {
    let (directory, calendar) = match DemoDirectory::embedded() {
        Ok(directory) => (directory, pack::calendar::embedded()),
        Err(faults) => bail!("{}", text(&faults, set.sources(), false)),
    };
    let wanted = |id: &str| only.is_none_or(|only| only == id);
    let scenarios: Vec<_> = set.scenarios().iter().filter(|s| wanted(&s.mechanism)).collect();
    let played = side_by_side(&scenarios, |s| run_scenario(set, &directory, calendar, &s.mechanism, &s.file, &s.text));
    let mut faults: Vec<Fault> = Vec::new();
    let mut logs: BTreeMap<&str, Vec<StepLog>> = BTreeMap::new();
    for (scenario, log) in scenarios.iter().zip(played) {
        match log {
            Ok(log) => logs.entry(&scenario.mechanism).or_default().extend(log),
            Err(found) => faults.extend(found),
        }
    }
    let mut missing = String::new();
    for id in set.mechanisms().into_iter().filter(|id| wanted(id)) {
        let region = region.or_else(|| set.regions_with_overlays(id).first().copied());
        let (Ok(here), Ok(base)) = (set.effective_with_places(id, region.as_ref()), set.base(id)) else { continue };
        let left = not_covered(&here.mechanism, &base, logs.get(id).map_or(&[], Vec::as_slice));
        missing.push_str(&list(&left, here, set.sources()));
    }
    eprint!("{}{missing}", text(&faults, set.sources(), false));
    let (n, m, k) = (scenarios.len(), faults.len(), missing.lines().count());
    say(format!("{n} 个情景，{m} 处不符，{k} 处没有演到 / {n} scenarios, {m} do not hold, {k} shown by none"));
    Ok(verdict(faults.is_empty() && missing.is_empty()))
}
