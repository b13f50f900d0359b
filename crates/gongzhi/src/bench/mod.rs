//! `gongzhi bench`: what this machine does, measured against its own limits in one run, in interleaved rounds.
//! It works in a directory of its own and talks to 127.0.0.1 only. It is no load test of an installation.

pub(crate) mod client;
mod fill;
mod raw;
mod report;
pub(crate) mod server;

use crate::commands::say;
use anyhow::{Context, Result, bail};
use clap::Args;
use client::{Load, Request};
use report::{Conditions, Report};
use std::path::PathBuf;
use std::time::Duration;

/// Measures this machine: intake and status page beside the machine's own limits
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// How often everything is measured, one after the other
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub rounds: u32,
    /// Milliseconds of one measurement
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(50..=60_000))]
    pub millis: u64,
    /// Fills a store with so many matters first, and measures start and memory of a server on it
    #[arg(long, value_name = "MATTERS", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub store_size: Option<u32>,
    /// Entries that each matter of that store has at least: the raiser adds words until it does
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100), requires = "store_size")]
    pub entries: u32,
    /// Only start and memory; no load
    #[arg(long, requires = "store_size")]
    pub start_only: bool,
    /// Where to work; a new directory under the system's temporary one if left out
    #[arg(long, value_name = "DIR")]
    pub work: Option<PathBuf>,
    /// The report as JSON
    #[arg(long)]
    pub json: bool,
}

/// Clients at once, for intake.
const INTAKE: [usize; 3] = [1, 8, 32];
/// Clients at once, for pages.
const PAGES: usize = 32;

/// Measures and prints.
///
/// # Errors
/// A directory that is not empty, a server that does not answer.
pub async fn run(options: Options) -> Result<()> {
    let work = Work::new(&options)?;
    let mut report = Report::new(Conditions::now());
    let (app, place) = server::install(&work.path.join("store")).await?;
    if let Some(size) = options.store_size {
        report.filled = Some(fill::fill(&app, size, options.entries).await?);
    }
    report.matters_before = server::matters(&app).await?;
    if !options.start_only {
        load(&options, &work, &app, &mut report).await?;
    }
    drop(app);
    if options.store_size.is_some() {
        report.start = Some(server::start(&place).await?);
    }
    report.finish();
    if options.json {
        say(serde_json::to_string_pretty(&report)?);
    } else {
        report.lines().iter().for_each(say);
    }
    Ok(())
}

async fn load(options: &Options, work: &Work, app: &app::installation::App, report: &mut Report) -> Result<()> {
    let running = server::Running::start(app.clone()).await?;
    let at = running.address;
    let first = client::once(at, &server::intake(0)).await?;
    if first.status != 201 {
        bail!("the first matter was answered with {}", first.status);
    }
    let raised = server::Raised::read(&first.body)?;
    let (api, page) = (raised.api(), raised.page());
    let api_size = size(at, &api, "the matter in the API").await?;
    // Pages belong to another crate; where there is no such page, it is left out and said so.
    let page_size = client::once(at, &page).await.ok().filter(|a| a.status == 200).map(|a| a.body.len());
    let bare_api = server::Bare::start(api_size).await?;
    let bare_page = server::Bare::start(page_size.unwrap_or(1)).await?;
    let raw = raw::Raw::like(&work.path.join("store"), &work.path.join("raw"))?;
    let time = Duration::from_millis(options.millis);
    for _ in 0..options.rounds {
        for clients in INTAKE {
            let load = Load { clients, time, at };
            let intake = client::run(load, server::intake, 201).await?;
            let limit = raw.run(clients, time).await?;
            report.add(&format!("intake {clients}"), "raw SQLite group commit", intake, limit);
        }
        let get = Request::get("/");
        let pair = |of: &Request| {
            let of = of.clone();
            move |_| of.clone()
        };
        let load = Load { clients: PAGES, time, at };
        let own = client::run(load, pair(&api), 200).await?;
        let bare = client::run(Load { at: bare_api.address, ..load }, pair(&get), 200).await?;
        report.add(&format!("/api/v1/matters/N {PAGES}"), "bare axum page", own, bare);
        if page_size.is_some() {
            let own = client::run(load, pair(&page), 200).await?;
            let bare = client::run(Load { at: bare_page.address, ..load }, pair(&get), 200).await?;
            report.add(&format!("/m/N {PAGES}"), "bare axum page", own, bare);
        }
    }
    report.bytes = vec![("api".into(), api_size), ("page".into(), page_size.unwrap_or(0))];
    report.matters_after = server::matters(app).await?;
    running.stop();
    Ok(())
}

async fn size(at: std::net::SocketAddr, request: &Request, what: &str) -> Result<usize> {
    let answer = client::once(at, request).await?;
    if answer.status != 200 {
        bail!("{what} was answered with {}", answer.status);
    }
    Ok(answer.body.len())
}

/// The directory of a run; one that we made ourselves goes with it.
struct Work {
    path: PathBuf,
    made: bool,
}

impl Work {
    fn new(options: &Options) -> Result<Work> {
        let (path, made) = match &options.work {
            Some(path) => (path.clone(), false),
            None => (std::env::temp_dir().join(format!("gongzhi-bench-{}", std::process::id())), true),
        };
        std::fs::create_dir_all(&path).with_context(|| format!("{} cannot be made", path.display()))?;
        if std::fs::read_dir(&path)?.next().is_some() {
            bail!("{} is not empty; bench works in a directory of its own", path.display());
        }
        Ok(Work { path, made })
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if self.made {
            // What cannot be removed stays in the temporary directory: the measurement is not worth less for it.
            let _ = std::fs::remove_dir_all(&self.path);
        }
    }
}
