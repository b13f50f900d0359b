//! `gongzhi import` and `gongzhi export`: lists of officials from and to tables, without the web.

use super::{block, say, told, verdict};
use crate::open::Place;
use anyhow::{Context, Result, bail};
use app::installation::App;
use clap::Args;
use std::path::PathBuf;
use std::process::ExitCode;

/// How many rows may fall away without being asked for.
const FEW: usize = 3;

/// Loads a list from a table, all of it or nothing
#[derive(Args)]
pub struct Import {
    /// What, as `set:NAME`
    what: String,
    /// An Excel file (.xlsx), or CSV in UTF-8 or GBK
    #[arg(required_unless_present = "former")]
    file: Option<PathBuf>,
    /// Goes back to the version before the one that holds, instead of a file
    #[arg(long, conflicts_with = "file")]
    former: bool,
    /// Lets more than a few rows fall away
    #[arg(long)]
    replace: bool,
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
            let read = |file: &PathBuf| std::fs::read(file).with_context(|| format!("{}", file.display()));
            let bytes = self.file.as_ref().map(read).transpose()?;
            let app = self.place.open_beside().await?;
            let set = name(&self.what)?;
            let known = app.known_sets();
            if !known.contains_key(set) {
                let names: Vec<&str> = known.keys().map(String::as_str).collect();
                bail!("没有“{set}”这张清单，有 / no such set, there are: {}", names.join(", "));
            }
            let bytes = match bytes {
                Some(bytes) => bytes,
                None => former(&app, set).await?,
            };
            let look = app.load_set(None, set, &bytes, false).await?;
            // A file that was cut off looks like one from which rows were taken.
            let asks = look.gone.len() > FEW && !self.replace && !self.former && look.faults.is_empty();
            let report = if self.dry_run || asks { look } else { app.load_set(None, set, &bytes, true).await? };
            let good = report.faults.is_empty() && (self.dry_run || !asks);
            if self.json {
                say(serde_json::to_string(&report)?);
                return Ok(verdict(good));
            }
            report.faults.iter().for_each(|f| say(told(f)));
            let (added, changed, gone) = (report.added.len(), report.changed.len(), report.gone.len());
            say(format!(
                "{} 条：新增 {added}，修改 {changed}，去掉 {gone} / {} rows: {added} added, {changed} changed, {gone} gone",
                report.rows, report.rows
            ));
            if asks {
                say(format!("去掉的 gone: {}", report.gone.join("、")));
                say(format!(
                    "去掉的多于 {FEW} 条，文件是不是不全？确实要去掉，加 --replace / more than {FEW} rows would fall away: is the file whole? Add --replace if they shall"
                ));
            }
            match report.version {
                Some(v) => say(format!("第 {v} 版已经生效 / version {v} holds now")),
                None => say("没有保存 / nothing was kept"),
            }
            Ok(verdict(good))
        })
    }
}

/// The version before the one that holds, as a file.
async fn former(app: &App, set: &str) -> Result<Vec<u8>> {
    let view = app.set(set).await?;
    let former = view.versions.get(1).context("没有更早的一版 / there is no earlier version")?;
    say(format!("回到第 {} 版 / back to version {}", former.version, former.version));
    Ok(app.export_set(set, Some(former.version), false).await?)
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
