//! What is done in the demo with matters that no story raised: the calendar did.

use super::{Form, Player, told, viewer};
use anyhow::Result;
use app::act::Acting;
use app::lists::Listing;
use app::viewer::Viewer;
use serde::Deserialize;

/// What is done with each matter that the calendar raised by itself, some days later or on certain days of the year. What
/// the system proposed because of repeats is left as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Planned {
    mechanism: String,
    /// So many days after it was raised.
    #[serde(default)]
    after: i64,
    /// Only on these days of a year, as `04-06`.
    #[serde(default)]
    on: Vec<String>,
    /// Each of them with those that are before him.
    who: Vec<String>,
    #[serde(rename = "do")]
    action: String,
    #[serde(default)]
    with: Form,
}

impl Player<'_> {
    /// Does what is told of the matters that no story raised.
    pub(super) async fn decide(&self) -> Result<()> {
        let today = self.app.now().date().to_string();
        for planned in self.planned.iter().filter(|p| p.on.is_empty() || p.on.iter().any(|d| today.ends_with(d))) {
            for who in &planned.who {
                self.decide_as(planned, who).await?;
            }
        }
        Ok(())
    }

    async fn decide_as(&self, planned: &Planned, who: &str) -> Result<()> {
        let viewer = viewer(self.app, who, None)?;
        let Viewer::Staff(staff) = &viewer else { return Ok(()) };
        let listing = Listing { mechanism: Some(planned.mechanism.clone()), limit: 20, ..Listing::default() };
        for item in self.app.list(staff, &listing).await? {
            let own = self.told.values().any(|t| t.raised.number == item.number);
            if own || item.raised_at.plus_days(planned.after) > self.app.now() {
                continue;
            }
            let id = self.app.by_number(&item.number).await?;
            let view = self.app.view(&viewer, id).await.map_err(told)?;
            let may = view.actions.iter().any(|a| a.name == planned.action);
            if !may || self.app.kin(&viewer, id).await.map_err(told)?.repeated.is_some() {
                continue;
            }
            let territory = self.app.settings().territory;
            let mechanism = self.app.offered(&planned.mechanism, &territory).map_err(told)?.mechanism;
            let acting = Acting {
                action: planned.action.clone(),
                fields: self.fields(&mechanism, &planned.with)?,
                part: None,
                occurred: None,
                idempotency_key: None,
                seen: None,
            };
            self.app.act(&viewer, id, &acting).await.map_err(told)?;
        }
        Ok(())
    }
}
