//! `gongzhi import` and `gongzhi export`: lists of officials from and to tables, without the web.

use super::{block, say, verdict};
use crate::open::Place;
use anyhow::{Context, Result, bail};
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

/// Loads a list from a table, all of it or nothing
#[derive(Args)]
pub struct Import {
    /// What, as `set:NAME`
    what: String,
    /// An Excel file (.xlsx), or CSV in UTF-8 or GBK
    file: PathBuf,
    /// Only looks at the file and says what would change
    #[arg(long)]
    dry_run: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    place: Place,
}

/// Writes a list as a table
#[derive(Args)]
pub struct Export {
    /// What, as `set:NAME`
    what: String,
    /// The file to write: .xlsx or .csv
    file: PathBuf,
    /// An earlier version
    #[arg(long)]
    version: Option<u32>,
    #[command(flatten)]
    place: Place,
}

fn name(what: &str) -> Result<&str> {
    what.strip_prefix("set:")
        .filter(|n| !n.is_empty())
        .with_context(|| format!("写 set:名称 / write set:NAME, not `{what}`"))
}

impl Import {
    /// Tells every fault with its line; exit 1 if there is one.
    pub fn run(self) -> Result<ExitCode> {
        block(async {
            let bytes = std::fs::read(&self.file).with_context(|| format!("{}", self.file.display()))?;
            let app = self.place.open_beside().await?;
            let set = name(&self.what)?;
            let known = app.known_sets();
            if !known.contains_key(set) {
                let names: Vec<&str> = known.keys().map(String::as_str).collect();
                bail!("没有“{set}”这张清单，有 / no such set, there are: {}", names.join(", "));
            }
            let report = app.load_set(None, set, &bytes, !self.dry_run).await?;
            if self.json {
                say(serde_json::to_string(&report)?);
                return Ok(verdict(report.faults.is_empty()));
            }
            for f in &report.faults {
                say(format!("第 {} 行 line {}, {}: {} / {}", f.line, f.line, f.column, f.message.zh, f.message.en));
            }
            let (added, changed, gone) = (report.added.len(), report.changed.len(), report.gone.len());
            say(format!(
                "{} 条：新增 {added}，修改 {changed}，去掉 {gone} / {} rows: {added} added, {changed} changed, {gone} gone",
                report.rows, report.rows
            ));
            match report.version {
                Some(v) => say(format!("第 {v} 版已经生效 / version {v} holds now")),
                None => say("没有保存 / nothing was kept"),
            }
            Ok(verdict(report.faults.is_empty()))
        })
    }
}

impl Export {
    /// Writes the file.
    pub fn run(self) -> Result<ExitCode> {
        block(async {
            let app = self.place.open_beside().await?;
            let xlsx = match self.file.extension().and_then(|e| e.to_str()) {
                Some("xlsx") => true,
                Some("csv") => false,
                _ => bail!("文件名要以 .xlsx 或 .csv 结尾 / the file must end in .xlsx or .csv"),
            };
            let bytes = app.export_set(name(&self.what)?, self.version, xlsx).await?;
            std::fs::write(&self.file, bytes).with_context(|| format!("{}", self.file.display()))?;
            Ok(ExitCode::SUCCESS)
        })
    }
}
