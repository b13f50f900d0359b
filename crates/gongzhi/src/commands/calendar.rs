//! `gongzhi calendar`: what kind of day, and how a due date comes about.

use super::say;
use anyhow::Result;
use clap::{Args, Subcommand};
use kernel::calendar::{DayReason, explain};
use kernel::text::Lang;
use kernel::time::{Date, DayEnd, Length, Roll, Timestamp};
use serde_json::json;
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

impl CalendarArgs {
    /// Answers.
    pub fn run(self) -> Result<ExitCode> {
        match self.what {
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
