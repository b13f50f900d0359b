//! What repeats raises a matter by itself, once a day, from counters alone: no matter is read for it, and the only thing
//! looked for is whether one for the same category and place is open or ended not long ago. Also the counts of a category
//! that actions write down.

use crate::error::AppError;
use crate::installation::App;
use crate::matter::Matter;
use crate::project::{REPEATED, repeated_key};
use kernel::ids::Cell;
use kernel::kin::{Origin, PlanDay, Repeated};
use kernel::mechanism::{Field, Mechanism, Plan, PlanOf};
use kernel::region::{RegionCode, RegionLevel};
use kernel::tally::{Last, Span, before, form, raises, span};
use kernel::text::Text;
use kernel::time::{Date, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;
use store::{CounterQuery, CounterRow, MarkQuery};

/// What the system counted when it raised a matter.
#[derive(Clone, Debug, Serialize)]
pub struct RepeatedView {
    /// The category's name.
    pub category: Text,
    /// Where.
    pub region: RegionCode,
    /// How many came.
    pub n: i64,
    /// From this day.
    pub from: Date,
    /// To this day, inclusive.
    pub to: Date,
    /// The figures behind which they stand, each with the name of its mechanism.
    pub figures: Vec<(String, Text)>,
}

/// How much one day raises at most.
const AT_ONCE: usize = 200;
/// What counters call the count of a category: [`category_series`] without the mechanism.
pub(crate) const CATEGORY: &str = "category";

/// The series of counters of a category, and the part of a figure's address that names it.
pub(crate) fn category_series(mechanism: &str, code: &str) -> String {
    format!("{mechanism}/{CATEGORY}/{code}")
}

/// The field by which matters of a mechanism are counted as alike.
pub(crate) fn category_of(m: &Mechanism) -> Option<(&String, &Field)> {
    m.field.get_key_value(m.mechanism.category.as_ref()?)
}

impl App {
    /// Raises what repeated, the first time a day.
    ///
    /// # Errors
    /// The store.
    pub(super) async fn repeats(&self, cell: Cell, region: &RegionCode) -> Result<u32, AppError> {
        let (mut raised, today) = (0, self.now().date());
        for (mechanism, id, plan) in self.plans_of(region, PlanOf::Repeats) {
            let setting = format!("repeats/{}/{mechanism}/{id}", cell.0);
            if self.inner.store.setting(&setting).await?.as_deref() == Some(today.to_string().as_str()) {
                continue;
            }
            raised += self.repeats_of(cell, region, (&mechanism, &id, &plan), today).await?;
            self.inner.store.put_setting(&setting, &today.to_string()).await?;
        }
        Ok(raised)
    }

    async fn repeats_of(
        &self,
        cell: Cell,
        region: &RegionCode,
        (mechanism, id, plan): (&str, &str, &Plan),
        today: Date,
    ) -> Result<u32, AppError> {
        let effective = self.catalogue().effective(mechanism, region);
        let (Some(effective), Some(repeats)) = (effective, &plan.repeats) else { return Ok(0) };
        let m = &*effective.mechanism;
        // Without a length of days nothing is counted, and the plan is off.
        let Some(days) = before(m, &repeats.within, today) else { return Ok(0) };
        let mut raised = 0;
        for ((code, place), n) in self.alike(m, &repeats.of, cell, region, days, Some(repeats.level)).await? {
            // Most places have few; whether one is open is asked of the others alone.
            if raises(m, repeats, n, None, today).is_err() {
                continue;
            }
            let last = self.last_repeated(cell, mechanism, &code, &place).await?;
            let Ok(Span { from, to }) = raises(m, repeats, n, last, today) else { continue };
            let counted = Repeated { category: code, n, from, to };
            let key = format!("repeats/{mechanism}/{id}/{}/{place}/{today}", counted.category);
            let fields = form(m, plan, &counted, &self.place(&place).zh);
            let mark =
                PlanDay { mechanism: mechanism.into(), plan: id.into(), day: today, row: None, repeats: Some(counted) };
            let origin = Origin { plan: Some(mark), ..Origin::default() };
            match self.raise_by_itself(mechanism, place, fields, origin, key).await {
                Ok(_) => raised += 1,
                Err(AppError::Store(e)) => return Err(e.into()),
                Err(error) => {
                    tracing::error!(mechanism, plan = id, %place, %error, "what repeated could not be raised")
                }
            }
            if raised >= AT_ONCE {
                tracing::warn!(mechanism, plan = id, "more repeated than is raised in a day; the rest waits");
                break;
            }
        }
        Ok(u32::try_from(raised).unwrap_or(u32::MAX))
    }

    /// How many matters came, by category and place; the shielded book is not in it.
    async fn alike(
        &self,
        m: &Mechanism,
        of: &[String],
        cell: Cell,
        region: &RegionCode,
        Span { from, to }: Span,
        level: Option<RegionLevel>,
    ) -> Result<BTreeMap<(String, RegionCode), i64>, AppError> {
        let mut sums = BTreeMap::new();
        let Some((_, field)) = category_of(m) else { return Ok(sums) };
        let series = of.iter().flat_map(|id| field.of.iter().map(|o| category_series(id, &o.id))).collect();
        let query = CounterQuery { cell, shielded: false, series, from, to, body: None, region: Some(*region) };
        for CounterRow { key, n } in self.inner.store.counters(query).await? {
            let place = level.map_or(Some(*region), |level| key.region.at(level));
            if let (Some(place), Some((_, code))) = (place, key.series.rsplit_once('/')) {
                *sums.entry((code.to_owned(), place)).or_default() += n;
            }
        }
        Ok(sums)
    }

    /// How the last one for a category and a place stands; one that is open for a wider place counts for all within it.
    async fn last_repeated(
        &self,
        cell: Cell,
        mechanism: &str,
        code: &str,
        place: &RegionCode,
    ) -> Result<Option<Last>, AppError> {
        let mut last = None;
        for region in place.ancestors().chain([*place]) {
            let (kind, key) = (REPEATED.to_owned(), repeated_key(mechanism, code, &region));
            let query = MarkQuery { cell, kind, key, before: None, after: None, limit: 1 };
            match self.inner.store.marks(query).await?.first().map(|row| row.order) {
                Some(i64::MIN) => return Ok(Some(Last::Open)),
                Some(order) if region == *place => last = Some(Last::Ended(Timestamp(-order).date())),
                _ => {}
            }
        }
        Ok(last)
    }

    /// Counts what an action writes down of the category, before it is decided.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn tallies(&self, matter: &mut Matter, action: &str) -> Result<(), AppError> {
        let m = matter.mechanism.clone();
        let Some(region) = matter.file.opened.as_ref().map(|o| o.region) else { return Ok(()) };
        let today = matter.file.last_at.map_or(self.now(), |last| last.max(self.now())).date();
        for (field, what) in m.action.get(action).into_iter().flat_map(|a| &a.counts) {
            let Some(tally) = what.tally() else { continue };
            // What cannot be counted yet the kernel refuses.
            let Ok(days) = span(&m, tally, &matter.file, today) else { continue };
            let mut by: BTreeMap<String, i64> = BTreeMap::new();
            for cell in self.cells_within(&region).await? {
                for ((code, _), n) in self.alike(&m, &tally.of, cell, &region, days, None).await? {
                    *by.entry(code).or_default() += n;
                }
            }
            matter.outside.tallies.insert(field.clone(), by);
        }
        Ok(())
    }

    async fn cells_within(&self, region: &RegionCode) -> Result<Vec<Cell>, AppError> {
        if region.level() >= RegionLevel::County {
            return Ok(vec![self.cell_of(region)]);
        }
        let mut cells = self.inner.store.cells_fanout().await?;
        cells.retain(|c| *c != Cell::INSTALLATION);
        Ok(cells)
    }

    /// What repeated, where that is why a matter was raised.
    pub(super) fn repeated_view(&self, matter: &Matter) -> Option<RepeatedView> {
        let opened = matter.file.opened.as_ref()?;
        let plan = opened.origin.plan.as_ref()?;
        let counted = plan.repeats.as_ref()?;
        let of = matter.mechanism.plan.get(&plan.plan).and_then(|p| p.repeats.as_ref());
        let figure =
            |id: &String| (format!("{id}.{CATEGORY}.{}", counted.category), self.mechanism_name(id, &opened.region));
        Some(RepeatedView {
            category: category_of(&matter.mechanism).map(|(_, f)| label(f, &counted.category)).unwrap_or_default(),
            region: opened.region,
            n: counted.n,
            from: counted.from,
            to: counted.to,
            figures: of.map(|r| r.of.iter().map(figure).collect()).unwrap_or_default(),
        })
    }
}

/// What an option is called.
pub(crate) fn label(field: &Field, code: &str) -> Text {
    let option = field.of.iter().find(|o| o.id == code);
    option.map_or_else(|| Text::new(code, code), |o| Text::new(&o.zh, &o.en))
}
