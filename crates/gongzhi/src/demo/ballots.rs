//! Ballots of the demo's stories: on paper by a teller, or online with a slip and its code as its holder would.

use super::stories::told;
use anyhow::{Context, Result};
use app::installation::App;
use app::slips::Slips;
use app::viewer::Viewer;
use app::vote::{Entrusted, Slip};
use kernel::ids::MatterId;
use serde::Deserialize;
use std::collections::BTreeMap;

/// What one step of a story puts into the ballot box.
#[derive(Deserialize)]
pub struct Ballots {
    /// On paper: which slips were in the box, and what stood on them.
    #[serde(default)]
    slips: Vec<u32>,
    #[serde(default)]
    counts: BTreeMap<String, u32>,
    /// Online: whose slip.
    slip: Option<u32>,
    /// For which other slip, where it is another's.
    for_slip: Option<u32>,
    choice: Option<String>,
}

impl Ballots {
    /// Casts them. Whoever the story names prints the slips, so their codes are known here.
    pub async fn cast(&self, app: &App, teller: &Viewer, id: MatterId, vote: &str) -> Result<()> {
        let Some(slip) = self.slip else {
            let (slips, counts) = (self.slips.clone(), self.counts.clone());
            return app.paper(teller, id, vote, slips, counts).await.map_err(told);
        };
        let needed = [slip].into_iter().chain(self.for_slip).collect();
        let slips = app.print(teller, id, vote, needed).await.map_err(told)?;
        let choice = self.choice.as_deref().context("an online ballot needs a choice")?;
        let other = self.for_slip.map(|n| Ok::<_, anyhow::Error>(Entrusted { slip: n, code: code(&slips, n)? }));
        let own = Slip { number: slips.number.clone(), slip, code: code(&slips, slip)?.to_owned(), source: 0 };
        app.ballot(&own, other.transpose()?, choice).await.map_err(told)?;
        Ok(())
    }
}

fn code(slips: &Slips, n: u32) -> Result<&str> {
    let found = slips.slips.iter().find(|(slip, _)| *slip == n);
    Ok(found.with_context(|| format!("there is no slip {n}"))?.1.as_str())
}

/// A slip of the vote that runs on a matter, printed with its code.
pub async fn unused(app: &App, teller: &Viewer, id: MatterId, n: u32) -> Result<Option<(u32, String)>> {
    let view = app.view(teller, id).await.map_err(told)?;
    let Some(vote) = view.votes.iter().find(|v| v.open) else { return Ok(None) };
    let slips = app.print(teller, id, &vote.id, [n].into()).await.map_err(told)?;
    Ok(Some((n, code(&slips, n)?.to_owned())))
}
