//! Places: taken by compare-and-set before the matter is raised, given back where that fails or the person gives up.

use crate::error::AppError;
use crate::installation::App;
use crate::project::PLACES;
use crate::view::FieldView;
use kernel::decide::Decision;
use kernel::ids::{Cell, MatterId};
use kernel::kin::Step;
use kernel::mechanism::{Choice, FieldKind, Mechanism, Takes};
use kernel::refusal::{FieldError, Rule};
use kernel::region::RegionCode;
use kernel::text::Text;
use kernel::time::{Date, Timestamp};
use serde::Serialize;
use store::MarkQuery;

/// A day with places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PlaceView {
    /// The number to book with.
    pub number: String,
    /// The day.
    pub day: Date,
    /// How many are free.
    pub free: u32,
    /// How many there are.
    pub places: u32,
    /// What is published about it, such as who receives.
    pub words: Option<String>,
}

/// How many days are read at most.
const DAYS: u32 = 200;

impl App {
    /// The days from today on that have places, the nearest first.
    ///
    /// # Errors
    /// The store.
    pub async fn places(&self, cell: Cell, mechanism: &str) -> Result<Vec<PlaceView>, AppError> {
        let today = self.now().date();
        let (kind, key) = (PLACES.to_owned(), mechanism.to_owned());
        let query = MarkQuery { cell, kind, key, before: None, after: None, limit: DAYS };
        let mut days = Vec::new();
        for row in self.inner.store.marks(query).await? {
            let day = Timestamp(row.order).date();
            let (free, all) = row.about.split_once('/').unwrap_or(("0", "0"));
            if day < today {
                continue;
            }
            let matter = self.inner.store.find_matter(row.id).await?.ok_or(AppError::NotFound)?;
            days.push(PlaceView {
                number: self.number_text(row.id, matter.number),
                day,
                free: free.parse().unwrap_or(0),
                places: all.parse().unwrap_or(0),
                words: self.published_words(row.id).await?,
            });
        }
        Ok(days)
    }

    /// Makes a choice of days out of each field that takes a place, and of running matters out of each field that names one
    /// of those; the value is the number, as the field takes it. Where none runs, that field stays as it is.
    ///
    /// # Errors
    /// The store.
    pub async fn offer_places(&self, region: &RegionCode, fields: &mut [FieldView]) -> Result<(), AppError> {
        for view in fields {
            if let Some(mechanism) = view.field.running.clone() {
                self.offer_running(region, &mechanism, view).await?;
            }
            let Some(takes) = view.field.takes.clone() else { continue };
            let days = self.places(self.cell_of(region), &takes.mechanism).await?;
            let choice = |d: PlaceView| Choice {
                id: d.number,
                zh: format!("{}，还有 {} 个名额", d.day, d.free),
                en: format!("{}, {} left", d.day, d.free),
                source: None,
                online: false,
                hint: d.words.map(|w| Text::new(w.clone(), w)),
            };
            view.field.kind = FieldKind::Choice;
            view.field.of = days.into_iter().filter(|d| d.free > 0).take(30).map(choice).collect();
        }
        Ok(())
    }

    /// Takes the places that a raising asks for.
    pub(crate) async fn take_places(
        &self,
        mechanism: &Mechanism,
        decision: &Decision,
        id: MatterId,
    ) -> Result<Vec<MatterId>, AppError> {
        let mut taken = Vec::new();
        let fields = mechanism.field.iter().filter_map(|(f, x)| Some((f, x.takes.as_ref()?)));
        for (field, takes) in fields {
            let Some(named) = decision.personal.iter().find(|p| p.field == *field) else { continue };
            match self.take_place(mechanism, field, takes, named.content.trim(), id).await {
                Ok(day) => taken.push(day),
                Err(e) => {
                    self.give_back(id, &taken).await;
                    return Err(e);
                }
            }
        }
        Ok(taken)
    }

    async fn take_place(
        &self,
        mechanism: &Mechanism,
        field: &str,
        takes: &Takes,
        number: &str,
        id: MatterId,
    ) -> Result<MatterId, AppError> {
        let wrong = |code: &'static str, message: Text| {
            let error = FieldError { field: field.to_owned(), code, message };
            AppError::Refused(Box::new(Rule::Fields(vec![error]).into()), Some(mechanism.clone().into()))
        };
        let unknown = || {
            wrong(
                "unknown_place",
                Text::new("没有这个日子，请从名单里选", "there is no such day; choose one from the list"),
            )
        };
        let day = self.by_number(number).await.map_err(|_| unknown())?;
        let row = self.inner.store.find_matter(day).await?.filter(|m| m.mechanism == takes.mechanism);
        row.ok_or_else(unknown)?;
        let step = Step::Take { action: takes.action.clone(), taker: id };
        match self.step(day, &step).await {
            Ok(_) => Ok(day),
            Err(AppError::Refused(refusal, _)) => {
                let full = matches!(refusal.rule, Rule::Full { .. });
                Err(wrong(if full { "full" } else { "closed" }, self.other_days(day.cell, takes, full).await?))
            }
            Err(e) => Err(e),
        }
    }

    /// What to say when a day has no place: the next days that have.
    async fn other_days(&self, cell: Cell, takes: &Takes, full: bool) -> Result<Text, AppError> {
        let days = self.places(cell, &takes.mechanism).await?;
        let free: Vec<&PlaceView> = days.iter().filter(|d| d.free > 0).take(3).collect();
        let (zh, en) = if full {
            ("这一天约满了", "this day is full")
        } else {
            ("这一天不能约了", "this day is closed")
        };
        if free.is_empty() {
            return Ok(Text::new(
                format!("{zh}，别的日子也没有名额了，请过几天再来看"),
                format!("{en} and no other has a place; please look again in a few days"),
            ));
        }
        let zhs: Vec<String> = free.iter().map(|d| format!("{}（{}，还有 {} 个）", d.day, d.number, d.free)).collect();
        let ens: Vec<String> = free.iter().map(|d| format!("{} ({}, {} left)", d.day, d.number, d.free)).collect();
        Ok(Text::new(
            format!("{zh}。还有名额的日子：{}", zhs.join("、")),
            format!("{en}. Days with places: {}", ens.join(", ")),
        ))
    }

    /// Gives places back that were taken for nothing; what fails is found by the follower.
    pub(crate) async fn give_back(&self, taker: MatterId, days: &[MatterId]) {
        for day in days {
            if let Err(error) = self.step(*day, &Step::GiveBack { taker }).await {
                tracing::warn!(matter = %day, %error, "a place could not be given back yet");
            }
        }
    }
}
