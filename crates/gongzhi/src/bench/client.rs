//! A small HTTP/1.1 client that keeps its connections, for measuring: bounded in number and time, loopback only.

use anyhow::{Context, Result, bail};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The longest that one answer may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// The largest answer that is read.
const LARGEST: usize = 4 * 1024 * 1024;

/// A request, ready to be sent.
#[derive(Clone, Debug)]
pub struct Request(Arc<[u8]>);

impl Request {
    /// A request without a body.
    pub fn get(path: &str) -> Request {
        Request::with("GET", path, &[], None)
    }

    /// A request, with a body of JSON perhaps.
    pub fn with(method: &str, path: &str, headers: &[(&str, &str)], json: Option<&str>) -> Request {
        Request::make(method, path, headers, json.map(|json| ("application/json", json)))
    }

    /// A request with a body of some type.
    #[cfg(test)]
    pub fn typed(method: &str, path: &str, headers: &[(&str, &str)], kind: &str, body: &str) -> Request {
        Request::make(method, path, headers, Some((kind, body)))
    }

    fn make(method: &str, path: &str, headers: &[(&str, &str)], body: Option<(&str, &str)>) -> Request {
        let mut text = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n");
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        if let Some((kind, body)) = body {
            text.push_str(&format!("content-type: {kind}\r\ncontent-length: {}\r\n", body.len()));
        }
        text.push_str("\r\n");
        text.push_str(body.map_or("", |(_, body)| body));
        Request(text.into_bytes().into())
    }
}

/// An answer.
pub struct Answer {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
}

/// How much load, and where.
#[derive(Clone, Copy)]
pub struct Load {
    /// Clients at once.
    pub clients: usize,
    /// For how long.
    pub time: Duration,
    /// Where.
    pub at: SocketAddr,
}

/// What was measured.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// Answers.
    pub count: u64,
    /// Seconds.
    pub seconds: f64,
    /// Of each answer, in microseconds.
    pub micros: Vec<u32>,
}

impl Sample {
    /// Answers a second.
    pub fn rate(&self) -> f64 {
        if self.seconds > 0.0 { self.count as f64 / self.seconds } else { 0.0 }
    }
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(at: SocketAddr) -> Result<Connection> {
        if !at.ip().is_loopback() {
            bail!("bench talks to this machine only");
        }
        let stream = TcpStream::connect(at).await.context("the bench's server does not answer")?;
        stream.set_nodelay(true)?;
        Ok(Connection { stream, buffer: Vec::with_capacity(64 * 1024) })
    }

    async fn ask(&mut self, request: &Request) -> Result<Answer> {
        self.stream.write_all(&request.0).await?;
        self.buffer.clear();
        let head = loop {
            if let Some(at) = self.buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                break at + 4;
            }
            self.more().await?;
        };
        let text = String::from_utf8_lossy(&self.buffer[..head]).into_owned();
        let status = text.split(' ').nth(1).and_then(|s| s.parse().ok()).context("an answer without a status")?;
        let length =
            text.lines().filter_map(|l| l.split_once(':')).find(|(n, _)| n.eq_ignore_ascii_case("content-length"));
        let length: usize = length.and_then(|(_, v)| v.trim().parse().ok()).context("an answer without a length")?;
        if length > LARGEST {
            bail!("an answer of {length} bytes");
        }
        while self.buffer.len() < head + length {
            self.more().await?;
        }
        Ok(Answer { status, body: self.buffer[head..head + length].to_vec() })
    }

    async fn more(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

/// One request on a connection of its own.
pub async fn once(at: SocketAddr, request: &Request) -> Result<Answer> {
    let ask = async { Connection::open(at).await?.ask(request).await };
    tokio::time::timeout(PATIENCE, ask).await.context("no answer in time")?
}

/// Clients that ask one thing after the other until the time is over. Another status than the wanted one ends the run.
pub async fn run<F>(load: Load, make: F, wanted: u16) -> Result<Sample>
where
    F: Fn(u64) -> Request + Send + Sync + 'static,
{
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let make = Arc::new(make);
    let begin = Instant::now();
    let tasks: Vec<_> = (0..load.clients)
        .map(|_| {
            let make = make.clone();
            tokio::spawn(async move {
                let mut connection = Connection::open(load.at).await?;
                let mut micros = Vec::new();
                while begin.elapsed() < load.time {
                    let request = make(NEXT.fetch_add(1, Ordering::Relaxed));
                    let sent = Instant::now();
                    let answer = tokio::time::timeout(PATIENCE, connection.ask(&request)).await??;
                    if answer.status != wanted {
                        bail!("an answer of {} instead of {wanted}", answer.status);
                    }
                    micros.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
                }
                Ok(micros)
            })
        })
        .collect();
    let mut sample = Sample::default();
    for task in tasks {
        sample.micros.extend(task.await??);
    }
    sample.count = sample.micros.len() as u64;
    sample.seconds = begin.elapsed().as_secs_f64();
    Ok(sample)
}
