//! `gongzhi regions`: find and show divisions of the country.

use super::say;
use anyhow::Result;
use clap::{Args, Subcommand};
use kernel::region::RegionCode;
use std::process::ExitCode;

/// The divisions of the country
#[derive(Args)]
pub struct RegionsArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Finds regions by a part of their name
    Find {
        name: String,
        /// Only within this region
        #[arg(long)]
        within: Option<RegionCode>,
    },
    /// Shows a region and what lies in it; a padded 12-digit code shows every region that it may mean
    Show { code: String },
}

impl RegionsArgs {
    /// Answers.
    pub fn run(self) -> Result<ExitCode> {
        let regions = pack::regions::embedded();
        let line = |code: &RegionCode| format!("{code:<10} {}", regions.path(code).join(" "));
        match self.what {
            What::Find { name, within } => {
                let found = regions.find(&name, within.as_ref(), 50);
                found.iter().for_each(|r| say(line(&r.code)));
                Ok(super::verdict(!found.is_empty()))
            }
            What::Show { code } => {
                let codes = match code.parse::<RegionCode>() {
                    Ok(code) => vec![code],
                    Err(_) => regions.from_12_digits(&code)?,
                };
                for code in &codes {
                    let Some(region) = regions.get_any(code) else { continue };
                    let dates =
                        [region.valid_from.map(|d| format!("from {d}")), region.valid_to.map(|d| format!("until {d}"))];
                    say(format!("{} {}", line(code), dates.into_iter().flatten().collect::<Vec<_>>().join(" ")));
                    regions
                        .iter()
                        .filter(|r| r.code.parent().as_ref() == Some(code))
                        .for_each(|r| say(format!("  {}", line(&r.code))));
                }
                Ok(super::verdict(!codes.is_empty()))
            }
        }
    }
}
