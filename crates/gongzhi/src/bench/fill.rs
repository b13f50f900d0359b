//! Fills a store through the use cases, without HTTP.

use super::server::{form, mechanism};
use anyhow::Result;
use app::installation::App;
use app::raise::Raising;
use app::viewer::Viewer;
use kernel::form::Raw;
use serde::Serialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

/// Matters raised at once, so that commits are shared.
const AT_ONCE: usize = 64;

/// What was filled.
#[derive(Clone, Debug, Serialize)]
pub struct Filled {
    /// Matters.
    pub matters: u32,
    /// Seconds.
    pub seconds: f64,
}

/// Raises so many reports.
pub async fn fill(app: &App, matters: u32) -> Result<Filled> {
    let mechanism = mechanism(app)?;
    let begin = Instant::now();
    let next = Arc::new(AtomicU32::new(0));
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (app, mechanism, next) = (app.clone(), mechanism.clone(), next.clone());
            tokio::spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= matters {
                        return anyhow::Ok(());
                    }
                    if n > 0 && n.is_multiple_of(10_000) {
                        eprintln!("{n} of {matters} matters");
                    }
                    let fields: Raw = serde_json::from_value(form(u64::from(n)))?;
                    let region = "990101001001".parse()?;
                    let (mechanism, occurred, idempotency_key) = (mechanism.clone(), None, None);
                    app.raise(&Viewer::Public, Raising { mechanism, region, fields, occurred, idempotency_key })
                        .await?;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    let seconds = begin.elapsed().as_secs_f64();
    // What a server would do at once after such an intake: send notices, merge search rows.
    for cell in app.store().cells_fanout().await? {
        loop {
            let round = app.follow(cell).await?;
            if round.sent + round.merged == 0 {
                break;
            }
        }
    }
    Ok(Filled { matters, seconds })
}
