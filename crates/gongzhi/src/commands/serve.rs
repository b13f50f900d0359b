//! `gongzhi serve`: the server and its follower.

use super::{block, say};
use crate::demo;
use crate::open::{About, NOTICES, Place};
use crate::proved;
use crate::witness::{Watcher, ask};
use anyhow::{Context, Result, bail};
use app::installation::App;
use clap::Args;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use web::pace::{Paces, Rate};

/// Runs the server
#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    about: About,
    /// The address to listen on
    #[arg(long, env = "GONGZHI_LISTEN", default_value = "127.0.0.1:8088", value_name = "ADDR")]
    listen: SocketAddr,
    /// PostgreSQL instead of the embedded database (not there yet)
    #[arg(long, env = "GONGZHI_DATABASE", value_name = "URL")]
    database: Option<String>,
    /// Fills an invented district with people and matters
    #[arg(long, env = "GONGZHI_DEMO")]
    demo: bool,
    /// Copies what changed into this directory, every few seconds
    #[arg(long, env = "GONGZHI_COPY_TO", value_name = "DIR")]
    copy_to: Option<PathBuf>,
    #[command(flatten)]
    pace: Pace,
    /// A witness that cosigns the log: its address and its key; may be repeated
    #[arg(long = "witness", env = "GONGZHI_WITNESS", value_name = "URL=KEY", value_delimiter = ',')]
    witnesses: Vec<Watcher>,
    /// Lets the demo listen on a public address
    #[arg(long)]
    demo_public: bool,
}

/// How fast one address may post; nobody who signed in is slowed
#[derive(Args)]
struct Pace {
    /// Matters an hour that one address may raise, a sixth of them at once; 0 for no limit
    #[arg(long, env = "GONGZHI_PACE_RAISE", default_value_t = 360, value_name = "N")]
    pace_raise: u32,
    /// Files an hour that one address may send, a sixth of them at once; 0 for no limit
    #[arg(long, env = "GONGZHI_PACE_FILE", default_value_t = 1800, value_name = "N")]
    pace_file: u32,
    /// Codes an hour that one address may try, a sixth of them at once; 0 for no limit
    #[arg(long, env = "GONGZHI_PACE_CODE", default_value_t = 1800, value_name = "N")]
    pace_code: u32,
    /// Receipts an hour that one address may have checked, a sixth of them at once; 0 for no limit
    #[arg(long, env = "GONGZHI_PACE_CHECK", default_value_t = 360, value_name = "N")]
    pace_check: u32,
    /// Steps of ballots an hour from one address, three for each slip, a sixth of them at once; 0 for no limit
    #[arg(long, env = "GONGZHI_PACE_BALLOT", default_value_t = 9000, value_name = "N")]
    pace_ballot: u32,
    /// A proxy in front whose X-Forwarded-For is believed; may be repeated
    #[arg(long, env = "GONGZHI_PROXY", value_name = "IP", value_delimiter = ',')]
    proxy: Vec<IpAddr>,
}

impl Pace {
    fn paces(&self) -> Paces {
        let all = [self.pace_raise, self.pace_file, self.pace_code, self.pace_check, self.pace_ballot];
        let [raise, file, code, check, ballot] = all.map(Rate::hourly);
        Paces { raise, file, code, check, ballot, proxies: self.proxy.clone() }
    }
}

impl Serve {
    /// Runs until it is told to stop.
    pub fn run(self) -> Result<ExitCode> {
        tracing_subscriber::fmt()
            .with_env_filter(tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()))
            .with_writer(std::io::stderr)
            .init();
        if self.database.is_some() {
            bail!("PostgreSQL is not there yet; leave out --database for the embedded one");
        }
        if self.demo && !self.listen.ip().is_loopback() && !self.demo_public {
            bail!("the demo's passwords are known to everybody; it listens on 127.0.0.1 only (or say --demo-public)");
        }
        block(self.serve())
    }

    async fn serve(self) -> Result<ExitCode> {
        let listener = tokio::net::TcpListener::bind(self.listen).await.with_context(|| {
            format!(
                "{} cannot be listened on; is another server running there? choose another with --listen",
                self.listen
            )
        })?;
        // What the program brings was proved when it was built; what lies on this disk was not.
        if !self.place.packs.is_empty() {
            proved::insist(&self.place.packs()?)?;
        }
        let about = About { listens: Some(listener.local_addr()?), ..self.about.clone() };
        let app = self.place.open_watched(&about, self.demo, &self.witnesses).await?;
        if self.demo {
            demo::fill(&self.place, &app).await.context("the demo region could not be filled")?;
        }
        let problems = app.directory().problems();
        for problem in &problems {
            tracing::warn!(%problem, "the directory");
        }
        for gap in app.gaps() {
            // What is lacking is in words with names of places: a log has none (`gongzhi check`, /admin/mechanisms).
            let (mechanism, role) = (gap.mechanism, gap.unfilled.role);
            tracing::warn!(%mechanism, %role, "a role finds nobody in this territory; what it must hold first is not offered");
        }
        let address = listener.local_addr()?;
        say(format!("共治 gongzhi: http://{address}"));
        if app.settings().demo {
            demo::greet(&app, address).await?;
        }
        if let Some(to) = self.copy_to {
            super::backup::keep_copying(&self.place, to)?;
        }
        let follower = tokio::spawn(follow(self.place.clone(), app.clone()));
        let logger = tokio::spawn(log(app.clone()));
        let asking = ask(&self.place, &app, self.witnesses)?;
        let service =
            web::server::router_at(app, self.pace.paces()).into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(listener, service).with_graceful_shutdown(stop()).await?;
        follower.abort();
        logger.abort();
        asking.iter().for_each(tokio::task::JoinHandle::abort);
        Ok(ExitCode::SUCCESS)
    }
}

/// The follower: a round a second over every cell. What fails is logged and tried again.
async fn follow(place: Place, app: App) {
    let mut every = tokio::time::interval(Duration::from_secs(1));
    let mut loaded = None;
    loop {
        every.tick().await;
        if let Err(error) = app.refresh_directory().await {
            tracing::error!(%error, "the directory cannot be read");
        }
        match app.store().setting(NOTICES).await {
            Ok(now) if now != loaded => {
                // Requests that began under the old calendar end before the next round computes again.
                take_calendar(&place, &app).await;
                loaded = now;
                continue;
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "the calendar cannot be read"),
        }
        if let Err(error) = app.forget_sessions().await {
            tracing::error!(%error, "expired sessions cannot be forgotten");
        }
        let cells = match app.store().cells_fanout().await {
            Ok(cells) => cells,
            Err(error) => {
                tracing::error!(%error, "the follower cannot read");
                continue;
            }
        };
        for cell in cells {
            match app.follow(cell).await {
                Ok(round) if round.recomputed > 0 => {
                    tracing::info!(cell = cell.0, matters = round.recomputed, "dates were computed again");
                }
                Ok(_) => {}
                Err(error) => tracing::error!(cell = cell.0, %error, "the follower's round failed"),
            }
        }
    }
}

/// The log, beside the follower: its promise of seconds must not wait for a long round of the others.
async fn log(app: App) {
    let mut every = tokio::time::interval(Duration::from_secs(1));
    loop {
        every.tick().await;
        if let Err(error) = app.log_round().await {
            tracing::error!(%error, "nothing could be put into the log");
        }
    }
}

async fn take_calendar(place: &Place, app: &App) {
    match place.calendar(&**app.store()).await {
        Ok(calendar) => {
            if app.take_calendar(calendar) {
                tracing::info!("another edition of the calendar holds from now on; running matters are computed again");
            }
        }
        Err(error) => tracing::error!(%error, "the loaded calendar cannot be used; the earlier one holds"),
    }
}

/// Until somebody tells the process to stop.
pub async fn stop() {
    let interrupt = tokio::signal::ctrl_c();
    let mut terminate = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(signal) => signal,
        Err(_) => return,
    };
    tokio::select! {
        _ = interrupt => {}
        _ = terminate.recv() => {}
    }
}
