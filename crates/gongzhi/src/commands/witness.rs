//! `gongzhi witness`: cosigns the logs of other installations. It needs no data directory and knows nothing of matters.

use super::{block, say};
use crate::witness::{State, router};
use anyhow::{Context, Result, bail};
use app::note::VerifierKey;
use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Cosigns the logs of other installations
#[derive(Args)]
pub struct Witness {
    /// The directory with its key and what it cosigned last
    #[arg(long, env = "GONGZHI_WITNESS_STATE", value_name = "DIR")]
    state: PathBuf,
    /// The address to listen on
    #[arg(long, env = "GONGZHI_LISTEN", default_value = "127.0.0.1:8089", value_name = "ADDR")]
    listen: SocketAddr,
    /// The key of a log that is watched, as its installation publishes it at /open/log; may be repeated
    #[arg(long = "log", required = true, value_name = "KEY")]
    logs: Vec<String>,
    /// The witness's name, e.g. archive.example.gov.cn/witness
    #[arg(long, value_name = "NAME")]
    name: String,
}

impl Witness {
    /// Runs until it is told to stop.
    pub fn run(self) -> Result<ExitCode> {
        tracing_subscriber::fmt()
            .with_env_filter(tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info".into()))
            .with_writer(std::io::stderr)
            .init();
        let mut logs: Vec<VerifierKey> = Vec::new();
        for text in &self.logs {
            let key = VerifierKey::parse(text).with_context(|| format!("{text} is no log's key"))?;
            if logs.iter().any(|other| other.origin() == key.origin()) {
                bail!("two keys for {}: which one is right?", key.origin());
            }
            logs.push(key);
        }
        block(async {
            let state = Arc::new(State::open(&self.state, &self.name, logs)?);
            let listener = tokio::net::TcpListener::bind(self.listen)
                .await
                .with_context(|| format!("{} cannot be listened on", self.listen))?;
            say(format!("见证 witness: http://{}", listener.local_addr()?));
            say(state.key());
            axum::serve(listener, router(state)).with_graceful_shutdown(super::serve::stop()).await?;
            Ok(ExitCode::SUCCESS)
        })
    }
}
