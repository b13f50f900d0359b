//! What is measured: an installation in a directory of its own, the real server on a free port, and a bare page beside it.

use super::client::{self, Request};
use crate::demo;
use crate::open::{About, Place};
use anyhow::{Context, Result, bail};
use app::installation::App;
use axum::Router;
use axum::routing::get;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The mechanism and region of the demo that reports go to.
const DOOR: kernel::mechanism::Door = kernel::mechanism::Door::Report;
/// About 150 characters, as people write.
const WORDS: &str = "我住青禾社区三号楼，东门外的消防通道每天晚上都停满了车，大概从九点停到第二天早上七点，消防车和救护车都进不来。\
上周二夜里有老人犯病，救护车在路口等了十多分钟，最后是邻居用担架抬出去的。和物业说过三次，都说不归他们管，请有关部门来看一看，\
划清停车位，晚上有人管一管，也请告诉我们什么时候能办好。";

/// An installation in memory of its own directory, with the demo's people.
pub async fn install(data: &Path) -> Result<(App, Place)> {
    let place = Place::at(data);
    let app = place.open_or_make(&About::default(), true).await?;
    demo::fill(&place, &app).await?;
    Ok((app, place))
}

/// The mechanism that reports of the territory's people go to: the first behind that door.
pub fn mechanism(app: &App) -> Result<String> {
    let territory = app.settings().territory;
    let offered = app.catalogue().ids().into_iter().filter_map(|id| app.offered(&id, &territory).ok());
    let mut reports = offered.filter(|e| e.mechanism.mechanism.door == DOOR);
    reports.next().map(|e| e.mechanism.mechanism.id.clone()).context("no mechanism takes reports")
}

/// The form of a report; no two are alike.
pub fn form(n: u64) -> serde_json::Value {
    serde_json::json!({"what": format!("{WORDS}（{n}）"), "place": "青禾社区东门外", "phone": format!("139{:08}", n % 100_000_000)})
}

/// The request that raises it.
pub fn intake(n: u64) -> Request {
    static HEAD: std::sync::OnceLock<(String, String)> = std::sync::OnceLock::new();
    let (mechanism, region) = HEAD.get_or_init(|| {
        let packs = pack::packs::PackSet::embedded();
        let report = |id: &&str| packs.base(id).is_ok_and(|m| m.mechanism.door == DOOR);
        let order = |id: &&str| packs.base(id).map_or(u32::MAX, |m| m.mechanism.order);
        let id = packs.mechanisms().into_iter().filter(report).min_by_key(order).unwrap_or_default().to_owned();
        (id, "990101001001".to_owned())
    });
    let json = serde_json::json!({"mechanism": mechanism, "region": region, "fields": form(n)});
    Request::with("POST", "/api/v1/matters", &[], Some(&json.to_string()))
}

/// What the server said about a matter.
#[derive(Deserialize)]
pub struct Raised {
    number: String,
    long_code: String,
}

impl Raised {
    /// Reads the answer.
    pub fn read(body: &[u8]) -> Result<Raised> {
        serde_json::from_slice(body).context("the answer of the first matter cannot be read")
    }

    /// The request for it in the API.
    pub fn api(&self) -> Request {
        Request::with(
            "GET",
            &format!("/api/v1/matters/{}", self.number),
            &[("gongzhi-query-code", &self.long_code)],
            None,
        )
    }

    /// The request for its page.
    pub fn page(&self) -> Request {
        let cookie = format!("{}={}", web::visitor::CODE, self.long_code);
        Request::with("GET", &format!("/m/{}", self.number), &[("cookie", &cookie)], None)
    }
}

/// How many matters the store holds, by its own numbers.
pub async fn matters(app: &App) -> Result<u64> {
    let mut all = 0;
    for cell in app.store().cells_fanout().await? {
        let mut after = None;
        loop {
            let rows = app.store().scan(cell, after, 1000).await?;
            all += rows.len() as u64;
            match rows.last() {
                Some(last) => after = Some(last.matter.id.serial),
                None => break,
            }
        }
    }
    Ok(all)
}

/// The real server, in this process.
pub struct Running {
    /// Where.
    pub address: SocketAddr,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    /// Starts it on a free port, with its follower.
    pub async fn start(app: App) -> Result<Running> {
        let service = web::server::router(app.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let server = tokio::spawn(async move { drop(axum::serve(listener, service).await) });
        let follower = tokio::spawn(async move {
            let mut every = tokio::time::interval(Duration::from_secs(1));
            loop {
                every.tick().await;
                for cell in app.store().cells_fanout().await.unwrap_or_default() {
                    drop(app.follow(cell).await);
                }
            }
        });
        Ok(Running { address, tasks: vec![server, follower] })
    }

    /// Stops it.
    pub fn stop(&self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

/// A page of the framework alone.
pub struct Bare {
    /// Where.
    pub address: SocketAddr,
    task: JoinHandle<()>,
}

impl Bare {
    /// A page of so many bytes.
    pub async fn start(bytes: usize) -> Result<Bare> {
        let body: &'static str = String::leak("x".repeat(bytes));
        let router: Router = Router::new().route("/", get(move || async move { body }));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let task = tokio::spawn(async move { drop(axum::serve(listener, router).await) });
        Ok(Bare { address, task })
    }
}

impl Drop for Bare {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Start and memory of a server of its own process on a store.
#[derive(Clone, Debug, Serialize)]
pub struct Start {
    /// Milliseconds from starting the process to its first answer.
    pub first_answer_ms: f64,
    /// Resident memory, kB.
    pub rss_kb: u64,
    /// Its share of it, kB.
    pub pss_kb: u64,
    /// The size of the database's files, bytes.
    pub disk_bytes: u64,
}

/// Starts `gongzhi serve` on a store, asks once, and looks at its memory.
pub async fn start(place: &Place) -> Result<Start> {
    let port = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    let begin = Instant::now();
    let mut child = std::process::Command::new(std::env::current_exe()?)
        .args(["serve", "--listen", &port.to_string(), "--data"])
        .arg(&place.data)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("the server cannot be started")?;
    let answered = first_answer(port, begin).await;
    let memory = std::fs::read_to_string(format!("/proc/{}/smaps_rollup", child.id()));
    child.kill()?;
    child.wait()?;
    let (memory, first_answer_ms) = (memory.context("the server's memory cannot be read")?, answered?);
    let line = |name: &str| {
        let found = memory.lines().find_map(|l| l.strip_prefix(name));
        found.and_then(|l| l.split_whitespace().next()?.parse().ok()).unwrap_or(0)
    };
    let files = std::fs::read_dir(&place.data)?.flatten().filter_map(|f| f.metadata().ok());
    let disk_bytes = files.filter(std::fs::Metadata::is_file).map(|m| m.len()).sum();
    Ok(Start { first_answer_ms, rss_kb: line("Rss:"), pss_kb: line("Pss:"), disk_bytes })
}

async fn first_answer(at: SocketAddr, begin: Instant) -> Result<f64> {
    while begin.elapsed() < Duration::from_secs(60) {
        if let Ok(answer) = client::once(at, &Request::get("/readyz")).await
            && answer.status == 200
        {
            return Ok(begin.elapsed().as_secs_f64() * 1000.0);
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    bail!("the server did not answer within a minute")
}
