//! `gongzhi verify` and `gongzhi rebuild`: the whole store, with progress.

use super::{block, say, verdict};
use crate::open::Place;
use anyhow::Result;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::process::ExitCode;

/// Checks every case file, projection and counter, and the log over them
#[derive(Args)]
pub struct Verify {
    #[command(flatten)]
    place: Place,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Makes projections and counters again
#[derive(Args)]
pub struct Rebuild {
    #[command(flatten)]
    place: Place,
}

/// A line of progress.
pub fn bar(what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message(what);
    let style = ProgressStyle::with_template("{spinner} {msg} {pos} ({per_sec})")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    bar.set_style(style);
    bar
}

impl Verify {
    /// Names each damaged matter; exit 1 if there is one.
    pub fn run(self) -> Result<ExitCode> {
        block(async {
            let app = self.place.open_beside().await?;
            let bar = bar("核对案卷 verifying");
            let (mut matters, mut entries, mut damage) = (0, 0, Vec::new());
            for cell in app.store().cells_fanout().await? {
                let before = matters;
                let found = app.verify_cell(cell, &mut |n| bar.set_position(before + n)).await?;
                matters += found.matters;
                entries += found.entries;
                damage.extend(found.damage);
            }
            damage.extend(app.verify_log().await?);
            bar.finish_and_clear();
            if self.json {
                let list: Vec<_> =
                    damage.iter().map(|d| serde_json::json!({ "number": d.number, "what": d.what })).collect();
                say(serde_json::json!({ "matters": matters, "entries": entries, "damage": list }));
                return Ok(verdict(damage.is_empty()));
            }
            for d in &damage {
                say(format!("损坏 damaged {}: {}", d.number.as_deref().unwrap_or("-"), d.what));
            }
            say(format!(
                "{matters} 件案卷，{entries} 条记录，{} 处不符 / {matters} case files, {entries} entries, {} damaged",
                damage.len(),
                damage.len()
            ));
            Ok(verdict(damage.is_empty()))
        })
    }
}

impl Rebuild {
    /// Fills everything derived again.
    pub fn run(self) -> Result<ExitCode> {
        block(async {
            let app = self.place.open().await?;
            let bar = bar("重建 rebuilding");
            let mut done = 0;
            for cell in app.store().cells_fanout().await? {
                let before = done;
                done += app.rebuild_cell(cell, &mut |n| bar.set_position(before + n)).await?;
            }
            bar.finish_and_clear();
            say(format!("{done} 件案卷已重建 / {done} case files rebuilt"));
            Ok(ExitCode::SUCCESS)
        })
    }
}
