//! Fills a store through the use cases, without HTTP.

use super::server::{form, mechanism};
use anyhow::Result;
use app::act::Acting;
use app::installation::App;
use app::raise::Raising;
use app::viewer::{Shown, Viewer};
use kernel::form::Raw;
use kernel::ids::MatterId;
use kernel::mechanism::{Action, FieldKind, Mechanism, RAISER};
use serde::Serialize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

/// Matters raised at once, so that commits are shared.
const AT_ONCE: usize = 64;

/// What a raiser adds, about 40 characters.
const NOTE: &str = "今天早上又来了一位老人，还是过不去，推车绕了两条街才到卫生站，请尽快安排人到现场看看。";

/// What was filled.
#[derive(Clone, Debug, Serialize)]
pub struct Filled {
    /// Matters.
    pub matters: u32,
    /// Entries of each, at least.
    pub entries: u32,
    /// Seconds.
    pub seconds: f64,
}

/// Something that a raiser may do at any time without moving the matter.
struct Addition {
    action: String,
    field: String,
    needs_words: bool,
}

fn additions(mechanism: &Mechanism) -> Vec<Addition> {
    let plain = |a: &Action| a.anytime && a.to.is_none() && !a.withdraws && a.at_most.is_none() && a.approval.is_none();
    let words = |a: &Action| {
        let is_text = |f: &&String| mechanism.field.get(*f).is_some_and(|f| matches!(f.kind, FieldKind::Text));
        let field = a.needs.iter().chain(&a.may).find(is_text)?;
        a.needs.iter().all(|needed| needed == field).then(|| field.clone())
    };
    let own = |a: &Action| a.by.iter().any(|role| role == RAISER);
    let all = mechanism.action.iter().filter(|(_, a)| own(a) && plain(a));
    all.filter_map(|(id, a)| Some(Addition { action: id.clone(), field: words(a)?, needs_words: !a.needs.is_empty() }))
        .collect()
}

/// Adds to a matter until it has so many entries; every other addition has words.
async fn add(app: &App, id: MatterId, additions: &[Addition], entries: u32) -> Result<()> {
    let viewer = Viewer::Code(id, Shown::Long);
    for (n, addition) in (2..=entries).zip(additions.iter().cycle()) {
        let mut fields = Raw::new();
        if n % 2 == 0 || addition.needs_words {
            fields.insert(addition.field.clone(), format!("{NOTE}（{n}）").into());
        }
        let acting = Acting {
            action: addition.action.clone(),
            fields,
            part: None,
            occurred: None,
            idempotency_key: None,
            seen: None,
        };
        app.act(&viewer, id, &acting).await?;
    }
    Ok(())
}

/// Raises so many reports, of so many entries each.
pub async fn fill(app: &App, matters: u32, entries: u32) -> Result<Filled> {
    let mechanism = mechanism(app)?;
    let territory = app.settings().territory;
    let additions = Arc::new(additions(&app.offered(&mechanism, &territory)?.mechanism));
    let begin = Instant::now();
    let next = Arc::new(AtomicU32::new(0));
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let (app, mechanism, next, additions) = (app.clone(), mechanism.clone(), next.clone(), additions.clone());
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
                    let raising = Raising { mechanism, region, fields, occurred, idempotency_key };
                    let raised = app.raise(&Viewer::Public, raising).await?;
                    add(&app, raised.id, &additions, entries).await?;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await??;
    }
    let seconds = begin.elapsed().as_secs_f64();
    // What a server would do at once after such an intake: log entries, send notices, merge search rows.
    while app.log_round().await?.leaves > 0 {}
    for cell in app.store().cells_fanout().await? {
        loop {
            let round = app.follow(cell).await?;
            if round.sent + round.merged == 0 {
                break;
            }
        }
    }
    Ok(Filled { matters, entries, seconds })
}
