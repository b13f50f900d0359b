//! Regions and the working calendar, for whoever asks.

use crate::api::document::Open;
use crate::api::problem::{ApiError, Item};
use crate::api::shape::{Derivation, time};
use crate::api::take::{Params, Segments};
use crate::i18n::Lang;
use crate::server::Site;
use app::error::AppError;
use axum::extract::State;
use axum::http::StatusCode;
use kernel::calendar::{DayReason, explain};
use kernel::region::RegionCode;
use kernel::text::Lang as TextLang;
use kernel::time::{Date, DayEnd, Length, Roll, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A region.
#[derive(Serialize, ToSchema)]
pub struct Region {
    /// Its code.
    pub code: String,
    /// Its level, 1 (province) to 5 (community or village).
    pub level: u8,
    /// Its name.
    pub name: String,
    /// The names from the province down to it.
    pub path: Vec<String>,
    /// First day on which it holds, where known.
    pub valid_from: Option<String>,
    /// First day on which it no longer holds.
    pub valid_to: Option<String>,
    /// The code that took over.
    pub successor: Option<String>,
    /// This installation serves it.
    pub served: bool,
    /// The regions below it today.
    pub children: Vec<Below>,
}

/// A region below another.
#[derive(Serialize, ToSchema)]
pub struct Below {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// A region of the national division
#[utoipa::path(
    get, path = "/api/v1/regions/{code}", tag = "places", params(("code" = String, Path, description = "2 to 12 digits")),
    responses((status = 200, description = "the region, in force or not", body = Region), Open)
)]
pub async fn region(
    State(site): State<Site>,
    lang: Lang,
    Segments(given): Segments<String>,
) -> Result<axum::Json<Region>, ApiError> {
    let (regions, today) = (site.app.regions(), site.app.now().date());
    let code = given.parse::<RegionCode>().ok();
    let found = code.and_then(|c| regions.get(&c, today).or_else(|| regions.get_any(&c)));
    let Some(found) = found else {
        return Err(ApiError::of(&AppError::UnknownRegion { given }, lang).with_status(StatusCode::NOT_FOUND));
    };
    let children = regions.children(&found.code, today);
    Ok(axum::Json(Region {
        code: found.code.to_string(),
        level: found.level().number(),
        name: found.name.to_owned(),
        path: regions.path(&found.code).into_iter().map(str::to_owned).collect(),
        valid_from: found.valid_from.map(|d| d.to_string()),
        valid_to: found.valid_to.map(|d| d.to_string()),
        successor: found.successor.map(|c| c.to_string()),
        served: site.app.settings().territory.contains(&found.code),
        children: children.iter().map(|r| Below { code: r.code.to_string(), name: r.name.to_owned() }).collect(),
    }))
}

/// What kind of day it is.
#[derive(Serialize, ToSchema)]
pub struct Day {
    /// The day.
    pub date: String,
    /// Whether offices work.
    pub working: bool,
    /// `weekday`, `weekend`, `holiday`, `make_up` or `statutory`.
    pub kind: String,
    /// The holiday.
    pub name: Option<String>,
    /// No notice for the year is known: the answer may change.
    pub provisional: bool,
    /// The notice or the rule that says so.
    pub source: String,
}

/// What kind of day it is, and why
#[utoipa::path(
    get, path = "/api/v1/calendar/day/{date}", tag = "places", params(("date" = String, Path, description = "2026-02-12")),
    responses((status = 200, description = "the day", body = Day), Open)
)]
pub async fn day(
    State(site): State<Site>,
    lang: Lang,
    Segments(given): Segments<String>,
) -> Result<axum::Json<Day>, ApiError> {
    let date: Date = given.parse().map_err(|_| ApiError::items(lang, vec![Item::new("date", "date")]))?;
    let day = site.app.calendar().day(date);
    let kind = match day.reason {
        DayReason::Weekday => "weekday",
        DayReason::Weekend => "weekend",
        DayReason::Holiday { .. } => "holiday",
        DayReason::MakeUp { .. } => "make_up",
        DayReason::Statutory { .. } => "statutory",
    };
    Ok(axum::Json(Day {
        date: day.date.to_string(),
        working: day.working,
        kind: kind.to_owned(),
        name: day.reason.name().map(str::to_owned),
        provisional: day.provisional,
        source: day.source.to_string(),
    }))
}

/// Which due date.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// From when: 2026-02-12T10:00:00+08:00
    from: String,
    /// How long: 2h, 15d or 5wd
    length: String,
    /// `none` (the default) or `next_working_day`
    roll: Option<String>,
}

/// A due date with its derivation.
#[derive(Serialize, ToSchema)]
pub struct DueAnswer {
    /// The date that counts.
    pub due: String,
    /// By bare counting.
    pub nominal_due: String,
    /// With the roll over rest days.
    pub legal_due: String,
    /// It rests on a calendar that is not published.
    pub provisional: bool,
    /// The steps, for programs.
    #[schema(value_type = Vec<Object>)]
    pub steps: Vec<serde_json::Value>,
    /// The steps in words.
    pub derivation: Derivation,
    /// The clauses and notices that it rests on.
    pub sources: Vec<String>,
}

/// A due date, explained
#[utoipa::path(
    get, path = "/api/v1/calendar/due", tag = "places", params(Asked),
    responses((status = 200, description = "the date with its derivation", body = DueAnswer), Open)
)]
pub async fn due(
    State(site): State<Site>,
    lang: Lang,
    Params(asked): Params<Asked>,
) -> Result<axum::Json<DueAnswer>, ApiError> {
    let from = asked.from.parse::<Timestamp>().map_err(|_| Item::new("from", "time"));
    let length = asked.length.parse::<Length>().map_err(|_| Item::new("length", "length"));
    let roll = asked.roll.as_deref().unwrap_or("none").parse::<Roll>().map_err(|_| Item::new("roll", "roll"));
    let (from, length, roll) = match (from, length, roll) {
        (Ok(from), Ok(length), Ok(roll)) => (from, length, roll),
        (from, length, roll) => {
            let wrong = [from.err(), length.err(), roll.err()].into_iter().flatten().collect();
            return Err(ApiError::items(lang, wrong));
        }
    };
    let due = site.app.calendar().due(from, length, roll, DayEnd::Midnight);
    let json = |s: &kernel::calendar::Step| serde_json::to_value(s).expect("invariant: a step is plain data");
    let steps: Vec<serde_json::Value> = due.steps.iter().map(json).collect();
    let mut sources: Vec<String> = Vec::new();
    for source in steps.iter().filter_map(|s| s.get("source")?.as_str()) {
        if !sources.iter().any(|s| s == source) {
            sources.push(source.to_owned());
        }
    }
    let derivation = Derivation { zh: explain(&due.steps, TextLang::Zh), en: explain(&due.steps, TextLang::En) };
    Ok(axum::Json(DueAnswer {
        due: time(due.due),
        nominal_due: time(due.nominal_due),
        legal_due: time(due.legal_due),
        provisional: due.provisional,
        steps,
        derivation,
        sources,
    }))
}
