//! `gongzhi walk`: plays matters through random lawful actions and checks the invariants at every step.

use super::{say, verdict};
use crate::open;
use anyhow::{Context, Result};
use clap::Args;
use indicatif::ProgressBar;
use kernel::region::RegionCode;
use pack::walk::{Ground, walk, walk_many};
use std::path::PathBuf;
use std::process::ExitCode;

/// Plays random lawful matters
#[derive(Args)]
pub struct Walk {
    /// The mechanism
    mechanism: String,
    /// Where it is raised
    #[arg(long, default_value = "990101001001", value_parser = crate::open::region_code)]
    region: RegionCode,
    /// The seed; the same seed gives the same walk
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Steps of each walk
    #[arg(long, default_value_t = 60)]
    steps: usize,
    /// How many matters; one prints its file, more print a summary
    #[arg(long, default_value_t = 1)]
    matters: usize,
    /// Between the steps something goes wrong: a restart, a lost write, a clock that steps back, somebody who may not
    #[arg(long)]
    faults: bool,
    /// More packs
    #[arg(long)]
    packs: Vec<PathBuf>,
}

impl Walk {
    /// Exit 1 when an invariant broke, with the walk that broke it.
    pub fn run(self) -> Result<ExitCode> {
        let set = open::packs(&self.packs)?;
        let sources = set.sources();
        let mechanism = set
            .effective(&self.mechanism, &self.region)
            .map_err(|f| anyhow::anyhow!(pack::fault::text(&f, sources, false)))?;
        let directory = crate::demo::directory()?;
        let ground = Ground {
            mechanism: &mechanism,
            directory: &directory,
            calendar: pack::calendar::embedded(),
            region: self.region,
            faults: self.faults,
        };
        if self.matters == 1 {
            let log = walk(ground, self.seed, self.steps);
            log.lines.iter().for_each(say);
            log.broken.iter().for_each(|b| say(format!("违反 broken: {b}")));
            return Ok(verdict(log.broken.is_empty()));
        }
        let bar = ProgressBar::new(self.matters as u64);
        let sum = walk_many(ground, self.seed, self.steps, self.matters, |n| bar.set_position(n as u64));
        bar.finish_and_clear();
        if let Some(log) = &sum.broken {
            log.lines.iter().for_each(say);
            log.broken.iter().for_each(|b| say(format!("违反 broken: {b}")));
        }
        say(format!("{} 件 matters，{} 条记录 entries，{} 件办结 ended", sum.raised, sum.entries, sum.ended));
        let never: Vec<&str> =
            mechanism.action.keys().filter(|a| !sum.did.contains_key(*a)).map(String::as_str).collect();
        if !never.is_empty() {
            say(format!("没有走到的动作 actions never taken: {}", never.join(", ")));
        }
        let broken = sum.broken.as_ref();
        broken.map_or(Ok(()), |log| Err(anyhow::anyhow!("seed {}", log.seed))).context("an invariant is broken")?;
        Ok(ExitCode::SUCCESS)
    }
}
