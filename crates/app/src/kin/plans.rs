//! Plans: when a day comes, the follower raises what the plan says, once for each row and day.

use crate::error::AppError;
use crate::installation::App;
use crate::lists::ItemView;
use crate::matter::Matter;
use crate::project::PLANS;
use crate::viewer::{Staff, Viewer};
use kernel::directory::Directory;
use kernel::form::Raw;
use kernel::ids::Cell;
use kernel::kin::{Origin, PlanDay, Step};
use kernel::mechanism::{Each, Plan, PlanOf};
use kernel::region::RegionCode;
use kernel::text::Text;
use kernel::time::{Date, Timestamp};
use serde::Serialize;
use std::collections::BTreeSet;
use store::{MarkQuery, MarkRow};

/// What a plan will raise.
#[derive(Clone, Debug, Serialize)]
pub struct PlannedView {
    /// The day.
    pub day: Date,
    /// The plan's name.
    pub name: Text,
    /// What is raised.
    pub raises: Text,
    /// The matter of the register; none for a plan of a region.
    pub of: Option<ItemView>,
    /// The region, for a plan of one.
    pub place: Option<Text>,
}

/// How much one round raises, and one page shows.
const AT_ONCE: u32 = 200;

impl App {
    /// Raises what is planned for today or was missed; how many.
    ///
    /// # Errors
    /// The store.
    pub(crate) async fn plans(&self, cell: Cell) -> Result<u32, AppError> {
        let mut raised = 0;
        let now = self.now();
        let query =
            |before| MarkQuery { cell, kind: PLANS.into(), key: String::new(), before, after: None, limit: AT_ONCE };
        for row in self.inner.store.marks(query(Some(now.0 + 1))).await? {
            match self.planned(&row).await {
                Ok(()) => raised += 1,
                Err(AppError::Store(e)) => return Err(e.into()),
                Err(error) => {
                    tracing::error!(matter = %row.id, plan = row.about, %error, "a plan could not be carried out")
                }
            }
        }
        let region = self.region_of(cell);
        for (mechanism, id, plan) in self.plans_of(&region, PlanOf::Region) {
            raised += self.planned_for_region(cell, &region, &mechanism, &id, &plan).await?;
        }
        Ok(raised + self.repeats(cell, &region).await?)
    }

    async fn planned(&self, row: &MarkRow) -> Result<(), AppError> {
        let matter = self.matter(row.id).await?;
        let (name, day) = (&row.about, Timestamp(row.order).date());
        let Some(plan) = matter.mechanism.plan.get(name) else { return Ok(()) };
        let fields = self.handed_over(&matter, &plan.raises.with).await?;
        let origin = self.plan_origin(&matter, name, day);
        let key = format!("plan/{}/{name}/{day}", matter.id);
        let raised = self.raise_by_itself(&plan.raises.mechanism, matter.row.region, fields, origin, key).await?;
        self.step(matter.id, &Step::Planned { plan: name.clone(), day, matter: raised }).await.map(drop)
    }

    fn plan_origin(&self, matter: &Matter, plan: &str, day: Date) -> Origin {
        let mechanism = matter.mechanism.mechanism.id.clone();
        let plan = PlanDay { mechanism, plan: plan.to_owned(), day, row: Some(matter.id), repeats: None };
        Origin { plan: Some(plan), ..Origin::default() }
    }

    /// The plans of what is offered in a region that are for the region itself, or for what repeats there.
    pub(super) fn plans_of(&self, region: &RegionCode, of: PlanOf) -> Vec<(String, String, Plan)> {
        let mut all = Vec::new();
        for mechanism in self.catalogue().ids() {
            let Some(effective) = self.catalogue().effective(&mechanism, region) else { continue };
            let ours = effective.mechanism.plan.iter().filter(|(_, p)| p.of == of);
            all.extend(ours.map(|(id, plan)| (mechanism.clone(), id.clone(), plan.clone())));
        }
        all
    }

    /// A plan begins in a region on the day on which it is first seen there; days before that are not made up.
    async fn planned_for_region(
        &self,
        cell: Cell,
        region: &RegionCode,
        mechanism: &str,
        id: &str,
        plan: &Plan,
    ) -> Result<u32, AppError> {
        let today = self.now().date();
        let setting = format!("plan/{}/{mechanism}/{id}", cell.0);
        let seen = self.inner.store.setting(&setting).await?;
        let mut days = seen.as_deref().unwrap_or_default().split('/').filter_map(|d| d.parse::<Date>().ok());
        let (Some(since), Some(last)) = (days.next(), days.next()) else {
            self.inner.store.put_setting(&setting, &format!("{today}/{today}")).await?;
            return Ok(0);
        };
        let Some(day) = plan.next_after(since, last).filter(|d| *d <= today) else { return Ok(0) };
        let fixed = |v: &String| v.strip_prefix('=').map(|v| v.trim().into());
        let fields: Raw = plan.raises.with.iter().filter_map(|(f, v)| Some((f.clone(), fixed(v)?))).collect();
        let mut raised = 0;
        for (place, key) in self.planned_places(region, plan, &format!("plan/{mechanism}/{id}/{region}/{day}")) {
            let mark = PlanDay { mechanism: mechanism.to_owned(), plan: id.to_owned(), day, row: None, repeats: None };
            let origin = Origin { plan: Some(mark), ..Origin::default() };
            match self.raise_by_itself(&plan.raises.mechanism, place, fields.clone(), origin, key).await {
                Ok(_) => raised += 1,
                Err(AppError::Store(e)) => return Err(e.into()),
                Err(error) => {
                    tracing::error!(mechanism, plan = id, %place, %error, "a plan could not be carried out");
                    // One office that cannot be reached does not keep it from the others, nor from the days to come.
                    if plan.each.is_none() {
                        return Ok(0);
                    }
                }
            }
        }
        self.inner.store.put_setting(&setting, &format!("{since}/{day}")).await?;
        Ok(raised)
    }

    /// Where a plan of a region raises something: there, or in each region within it that has an office for it; and the key
    /// of each.
    fn planned_places(&self, region: &RegionCode, plan: &Plan, key: &str) -> Vec<(RegionCode, String)> {
        let Some(Each { level, office }) = &plan.each else { return vec![(*region, key.to_owned())] };
        let directory = self.directory();
        let offices = directory.bodies().filter(|b| region.contains(&b.region) && directory.has(b.id, office));
        let regions: BTreeSet<RegionCode> = offices.map(|b| b.region).filter(|r| r.level() == *level).collect();
        regions.into_iter().map(|place| (place, format!("{key}/{place}"))).collect()
    }

    /// The region that a cell stands for: its county, or the territory where that is smaller.
    fn region_of(&self, cell: Cell) -> RegionCode {
        let territory = self.settings().territory;
        let county = cell.0.to_string().parse::<RegionCode>().ok();
        county.filter(|c| territory.contains(c)).unwrap_or(territory)
    }

    /// What is planned, the nearest first; of matters only those that this person may read.
    ///
    /// # Errors
    /// The store.
    pub async fn planned_views(&self, staff: &Staff) -> Result<Vec<PlannedView>, AppError> {
        let Some(cell) = self.cell_of_staff(staff) else { return Ok(Vec::new()) };
        let viewer = Viewer::Staff(staff.clone());
        let query =
            MarkQuery { cell, kind: PLANS.into(), key: String::new(), before: None, after: None, limit: AT_ONCE };
        let mut views = Vec::new();
        for row in self.inner.store.marks(query).await? {
            let matter = self.matter(row.id).await?;
            let plan = matter.mechanism.plan.get(&row.about);
            let item = self.readable_item(&viewer, row.id, None).await?;
            let (Some(plan), Some(item)) = (plan, item) else { continue };
            let raises = self.mechanism_name(&plan.raises.mechanism, &matter.row.region);
            let day = Timestamp(row.order).date();
            views.push(PlannedView { day, name: plan.name.clone(), raises, of: Some(item), place: None });
        }
        let (region, today) = (self.region_of(cell), self.now().date());
        for (_, _, plan) in self.plans_of(&region, PlanOf::Region) {
            let Some(day) = plan.next_after(today, today) else { continue };
            let raises = self.mechanism_name(&plan.raises.mechanism, &region);
            let place = Some(self.place(&region));
            views.push(PlannedView { day, name: plan.name.clone(), raises, of: None, place });
        }
        views.sort_by_key(|v| v.day);
        Ok(views)
    }

    /// What a mechanism is called in a region.
    pub(crate) fn mechanism_name(&self, mechanism: &str, region: &RegionCode) -> Text {
        let effective = self.catalogue().effective(mechanism, region);
        effective.map_or_else(|| Text::new(mechanism, mechanism), |e| e.mechanism.mechanism.name.clone())
    }
}
