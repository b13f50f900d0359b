//! The demo: an invented district with people and matters, dated around today, so that a stranger can play every role alone.
//! Nothing here is a fixture of tests, and no person or body is real. What happens is played through the use cases.

mod ballots;
mod greet;
mod stories;
#[cfg(test)]
pub(crate) mod tests;

pub use greet::greet;

use crate::open::Place;
use crate::random::OsRandom;
use anyhow::{Context, Result, bail};
use app::clock::SetClock;
use app::installation::App;
use kernel::ids::Cell;
use pack::demo_directory::DemoDirectory;
use std::sync::Arc;

/// The invented regions.
pub const REGIONS: &str = include_str!("../../../../packs/demo/regions.tsv");
/// The password of everybody in the demo.
pub const PASSWORD: &str = "gongzhi-demo";

/// How long before today the past begins, in days.
const PAST: i64 = 400;

/// Fills an empty demo installation; one that was filled stays as people left it.
pub async fn fill(place: &Place, app: &App) -> Result<()> {
    if app.store().setting("demo_filled").await?.is_some() {
        return Ok(());
    }
    if !app.store().directory().await?.bodies.is_empty() {
        bail!("there is something else in {}; the demo wants an empty data directory", place.data.display());
    }
    let clock = SetClock::at(app.now().plus_days(-PAST));
    let past = place.app_with(app, Arc::new(clock.clone())).await?;
    let matters = fill_from(app, &past, &clock).await?;
    tracing::info!(matters, "the demo region is filled");
    Ok(())
}

/// Fills `app` by playing the stories on `past`, which is the same installation under `clock`.
async fn fill_from(app: &App, past: &App, clock: &SetClock) -> Result<usize> {
    app.store().put_setting("demo", "yes").await?;
    put_directory(app).await?;
    app.reload_directory().await?;
    put_sets(app).await?;
    past.reload_directory().await?;
    let played = stories::play(past, clock, app.now()).await?;
    app.reload_directory().await?;
    while drain(app).await? {}
    app.keep_examples(&played.examples).await?;
    app.store().put_setting("demo_filled", "yes").await?;
    Ok(played.matters)
}

async fn drain(app: &App) -> Result<bool> {
    let mut busy = false;
    for cell in app.store().cells_fanout().await? {
        let round = app.follow(cell).await?;
        busy |= round.sent + round.merged > 0;
    }
    Ok(busy)
}

async fn put_directory(app: &App) -> Result<()> {
    let demo = directory()?;
    let hash = app::password::hash(PASSWORD, &mut OsRandom).context("the password cannot be hashed")?;
    app.store().put_directory(app::directory::invented(&demo, Some(&hash))).await?;
    app.take_down_directory().await?;
    Ok(())
}

/// Loads the sample lists of the demo's district, as an official would load her own.
async fn put_sets(app: &App) -> Result<()> {
    let own = format!("sets/{}/", app.settings().territory);
    for (file, bytes) in pack::packs::EMBEDDED {
        let Some(id) = file.strip_prefix(own.as_str()).and_then(|name| name.strip_suffix(".csv")) else { continue };
        let report = app.load_set(None, id, bytes, true).await?;
        if let Some(fault) = report.faults.first() {
            bail!("packs/{file}, line {}: {}", fault.line, fault.message.en);
        }
    }
    Ok(())
}

/// The bodies and people of the demo.
pub fn directory() -> Result<DemoDirectory> {
    DemoDirectory::embedded()
        .map_err(|faults| anyhow::anyhow!("the demo directory: {}", faults.first().map_or("", |f| &f.message)))
}

/// The cell of the demo.
#[must_use]
pub fn cell(app: &App) -> Cell {
    app.cell_of(&app.settings().territory)
}
