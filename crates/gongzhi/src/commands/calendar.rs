//! `gongzhi calendar`: what kind of day, how a due date comes about, and loading a holiday notice.

use super::{block, say};
use crate::open::{self, Place};
use anyhow::{Context, Result};
use clap::{Args, Subcommand};
use kernel::calendar::{DayReason, explain};
use kernel::text::Lang;
use kernel::time::{Date, DayEnd, Length, Roll, Timestamp};
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// Working days and due dates
#[derive(Args)]
pub struct CalendarArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// What kind of day it is, and why
    Day {
        /// The day, e.g. 2026-02-14
        date: Date,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Loads a holiday notice and computes the dates of running matters again
    Load(Load),
    /// A due date with its derivation
    Due {
        /// From when
        #[arg(long)]
        from: Timestamp,
        /// How long: 5wd, 15d, 2h
        #[arg(long)]
        length: Length,
        /// What happens on a rest day
        #[arg(long, default_value = "none")]
        roll: Roll,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// Loads a holiday notice
#[derive(Args)]
struct Load {
    /// The notice: a file like `calendars/cn.toml` with `region` and one `[[notice]]` or more
    file: PathBuf,
    #[command(flatten)]
    place: Place,
}

impl Load {
    /// Keeps the notice with the installation, then computes again. A server that runs beside takes it within a second.
    fn run(self) -> Result<()> {
        let name = self.file.display();
        let text = std::fs::read_to_string(&self.file).with_context(|| format!("{name} cannot be read"))?;
        pack::calendar::layered([&*text]).with_context(|| format!("{name} is not a holiday notice"))?;
        block(async {
            let app = self.place.open_beside().await?;
            let known = !open::keep_notice(&**app.store(), &text).await?;
            app.take_calendar(self.place.calendar(&**app.store()).await?);
            let bar = super::whole::bar("重新算日期 computing dates again");
            let (mut seen, mut changed) = (0, 0);
            for cell in app.store().cells_fanout().await? {
                let before = seen;
                let done = app.recompute_cell(cell, &mut |n| bar.set_position(before + n)).await?;
                (seen, changed) = (seen + done.seen, changed + done.changed);
            }
            bar.finish_and_clear();
            if known {
                say("这份放假安排已经装过 / this notice was loaded before");
            }
            say(format!("看了 {seen} 件，{changed} 件的日期改了 / {seen} case files looked at, {changed} changed"));
            Ok(())
        })
    }
}

impl CalendarArgs {
    /// Answers.
    pub fn run(self) -> Result<ExitCode> {
        match self.what {
            What::Load(load) => load.run()?,
            What::Day { date, json } => day(date, json),
            What::Due { from, length, roll, json } => due(from, length, roll, json),
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn day(date: Date, as_json: bool) {
    let day = pack::calendar::embedded().day(date);
    let (kind, name) = match &day.reason {
        DayReason::Holiday { name } => ("holiday", Some(name.to_string())),
        DayReason::MakeUp { name } => ("make_up", Some(name.to_string())),
        DayReason::Weekend => ("weekend", None),
        _ => (if day.working { "weekday" } else { "holiday" }, None),
    };
    if as_json {
        let answer = json!({ "date": date, "working": day.working, "kind": kind, "name": name, "provisional": day.provisional, "source": &*day.source });
        return say(answer);
    }
    let word = if day.working { "工作日 working day" } else { "休息日 rest day" };
    let why = name.map_or_else(String::new, |n| format!("，{n}"));
    let provisional =
        if day.provisional { "（放假安排还没有公布，先按法定节假日算 provisional）" } else { "" };
    say(format!("{date} {word}{why}{provisional}\n  {}", day.source));
}

fn due(from: Timestamp, length: Length, roll: Roll, as_json: bool) {
    let due = pack::calendar::embedded().due(from, length, roll, DayEnd::Midnight);
    let mut sources: Vec<&str> = due.steps.iter().map(|s| s.source()).filter(|s| !s.is_empty()).collect();
    sources.dedup();
    if as_json {
        let answer = json!({
            "due": due.due.to_string(), "nominal_due": due.nominal_due.to_string(), "legal_due": due.legal_due.to_string(),
            "provisional": due.provisional, "steps": due.steps, "sources": sources,
        });
        return say(answer);
    }
    say(format!("{}", due.due));
    for (lang, prefix) in [(Lang::Zh, "  "), (Lang::En, "  ")] {
        for (i, line) in explain(&due.steps, lang).iter().enumerate() {
            say(format!("{prefix}{}. {line}", i + 1));
        }
    }
}
