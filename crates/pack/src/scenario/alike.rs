//! A step in which a matter is raised because of repeats, as the app does: the limits are the mechanism's, how many came and
//! how the last one stands are the story's.

use super::{Stage, Told};
use crate::fault::Fault;
use kernel::form::Raw;
use kernel::kin::{Origin, PlanDay, Repeated};
use kernel::tally::{CountRule, Last, form, raises};
use kernel::time::Date;
use serde::Deserialize;

/// What repeats in a story.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Repeating {
    plan: String,
    category: String,
    /// How many came within the days.
    n: u32,
    /// `open`, or the day on which the last one for the same category and place ended.
    #[serde(default)]
    last: Option<String>,
}

impl Stage<'_> {
    /// The form and the origin of what repeats raise; or why they do not.
    pub(super) fn repeating(
        &self,
        told: &Repeating,
        today: Date,
        at: &Told<'_>,
    ) -> Result<Result<(Raw, Origin), CountRule>, Box<Fault>> {
        let m = &*self.mechanism;
        let plans = m.plan.iter().filter(|(_, p)| p.repeats.is_some());
        let Some((plan, repeats)) = m.plan.get(&told.plan).and_then(|p| Some((p, p.repeats.as_ref()?))) else {
            return Err(at.unknown("repeats.plan", &told.plan, plans.map(|(id, _)| id.as_str())));
        };
        let field = m.mechanism.category.as_ref().and_then(|c| m.field.get(c));
        let known: Vec<&str> = field.map(|f| f.of.iter().map(|o| o.id.as_str()).collect()).unwrap_or_default();
        if !known.contains(&told.category.as_str()) {
            return Err(at.unknown("repeats.category", &told.category, known));
        }
        let last = match told.last.as_deref() {
            None => None,
            Some("open") => Some(Last::Open),
            Some(day) => Some(Last::Ended(
                day.parse().map_err(|_| at.says("repeats.last", ["写 open 或者日子", "say `open`, or a day"]))?,
            )),
        };
        let n = i64::from(told.n);
        let days = match raises(m, repeats, n, last, today) {
            Ok(days) => days,
            Err(rule) => return Ok(Err(rule)),
        };
        let counted = Repeated { category: told.category.clone(), n, from: days.from, to: days.to };
        let raw = form(m, plan, &counted, self.region.as_str());
        let (mechanism, plan) = (m.mechanism.id.clone(), told.plan.clone());
        let plan = PlanDay { mechanism, plan, day: today, row: None, repeats: Some(counted) };
        Ok(Ok((raw, Origin { plan: Some(plan), ..Origin::default() })))
    }
}
