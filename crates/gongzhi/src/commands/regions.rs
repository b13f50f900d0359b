//! `gongzhi regions`: find and show divisions of the country, and load those that an installation needs besides.

use super::{block, say, told, verdict};
use crate::open::{self, Place};
use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use kernel::region::RegionCode;
use pack::regions::Regions;
use std::path::PathBuf;
use std::process::ExitCode;

/// The divisions of the country
#[derive(Args)]
pub struct RegionsArgs {
    #[command(subcommand)]
    what: What,
    #[command(flatten)]
    place: Place,
}

#[derive(Subcommand)]
enum What {
    /// Finds regions by a part of their name
    Find {
        name: String,
        /// Only within this region
        #[arg(long, value_parser = open::region_code)]
        within: Option<RegionCode>,
    },
    /// Shows a region and what lies in it; a padded 12-digit code shows every region that it may mean
    Show { code: String },
    /// Loads divisions into an installation from a table: all of it or nothing
    Import(Import),
}

/// Columns: code (as it is, or statistical with 12 digits), name, and where needed level, valid_from, valid_to, kind,
/// successor. A code replaces all earlier rows of it. The server takes it at its next start
#[derive(Args)]
struct Import {
    /// An Excel file (.xlsx), or CSV in UTF-8 or GBK; the first line names the columns
    file: PathBuf,
    /// Only looks at the file and says what would change
    #[arg(long)]
    dry_run: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

impl RegionsArgs {
    /// Answers.
    pub fn run(self) -> Result<ExitCode> {
        match self.what {
            What::Import(import) => import.run(&self.place),
            What::Find { name, within } => find(&known(&self.place)?, &name, within),
            What::Show { code } => show(&known(&self.place)?, &code),
        }
    }
}

/// The divisions of the installation where there is one, else those of the program.
fn known(place: &Place) -> Result<Regions> {
    if place.exists().is_err() {
        return open::regions(false, None);
    }
    block(async {
        let store = place.store(true)?;
        let demo = store.setting("demo").await?.as_deref() == Some("yes");
        open::regions(demo, store.setting(app::divisions::SETTING).await?.as_deref())
    })
}

fn line(regions: &Regions, code: &RegionCode) -> String {
    format!("{code:<10} {}", regions.path(code).join(" "))
}

fn find(regions: &Regions, name: &str, within: Option<RegionCode>) -> Result<ExitCode> {
    if let Some(code) = within.filter(|code| regions.get_any(code).is_none()) {
        bail!(open::no_region(&code));
    }
    let found = regions.find(name, within.as_ref(), 50);
    found.iter().for_each(|r| say(line(regions, &r.code)));
    if found.is_empty() {
        eprintln!("gongzhi: 没有名称里有“{name}”的区划 / no region has {name} in its name");
    }
    Ok(verdict(!found.is_empty()))
}

fn show(regions: &Regions, text: &str) -> Result<ExitCode> {
    let codes = match text.parse::<RegionCode>() {
        Ok(code) if regions.get_any(&code).is_some() => vec![code],
        Ok(_) => regions.from_12_digits(text).unwrap_or_default(),
        Err(e) => bail!(open::both(&e)),
    };
    if codes.is_empty() {
        bail!(open::no_region(&text));
    }
    for code in &codes {
        if regions.get_any(code).is_none() {
            say(line(regions, code));
        }
        for region in regions.iter().filter(|r| r.code == *code) {
            let dates =
                [region.valid_from.map(|d| format!("从 from {d}")), region.valid_to.map(|d| format!("到 until {d}"))];
            let dates = dates.into_iter().flatten().collect::<Vec<_>>().join(" ");
            say(format!("{} [{}] {dates}", line(regions, code), region.name).trim_end());
        }
        let below = regions.iter().filter(|r| r.code.parent().as_ref() == Some(code));
        below.for_each(|r| say(format!("  {}", line(regions, &r.code))));
    }
    Ok(ExitCode::SUCCESS)
}

impl Import {
    /// Tells every fault with its line; exit 1 if there is one.
    fn run(self, place: &Place) -> Result<ExitCode> {
        let file = self.file.display();
        let bytes = std::fs::read(&self.file).with_context(|| format!("读不了 {file} / {file} cannot be read"))?;
        block(async {
            let app = place.open_beside().await?;
            let report = app.load_regions(None, &bytes, !self.dry_run).await?;
            let good = report.faults.is_empty();
            if self.json {
                say(serde_json::to_string(&report)?);
                return Ok(verdict(good));
            }
            report.faults.iter().for_each(|f| say(told(f)));
            let (rows, added, changed) = (report.rows, report.added.len(), report.changed.len());
            say(format!("{rows} 行：新增 {added}，修改 {changed} / {rows} rows: {added} added, {changed} changed"));
            say(match report.kept {
                true => "已保存，服务器下次启动时生效 / kept; the server takes it at its next start",
                false => "没有保存 / nothing was kept",
            });
            Ok(verdict(good))
        })
    }
}
