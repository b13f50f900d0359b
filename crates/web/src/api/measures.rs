//! The figures of mechanisms, with numerator, denominator and what is still open beside them: from counters alone.

use crate::api::caller::{Caller, Scope};
use crate::api::document::Reads;
use crate::api::problem::{ApiError, Item};
use crate::api::shape::{Words, time};
use crate::api::take::{Params, Segments};
use app::measures::{Figure, Kind, Ratio, Span};
use kernel::time::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// For which place and days.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// The region's code; the installation's own if left out
    region: Option<String>,
    /// From this day, `2026-01-01`; a year back if left out
    from: Option<String>,
    /// To this day, inclusive; today if left out
    to: Option<String>,
    /// `region`: also by the regions one level below
    by: Option<String>,
}

/// A figure.
#[derive(Serialize, ToSchema)]
pub struct Measure {
    /// `{mechanism}.{measure}`.
    pub measure: String,
    /// Its name.
    pub name: Words,
    /// Its formula in one line.
    pub formula: Words,
    /// Its code in the annual report.
    pub code: Option<String>,
    /// `count`, `share`, `marks` (what they were worth over how many) or `hours` (minutes over how often).
    pub kind: String,
    /// Where.
    pub region: String,
    /// From this day.
    pub from: String,
    /// To this day, inclusive.
    pub to: String,
    /// When the counters were read.
    pub as_of: String,
    /// The figure; none where there are fewer than 5 cases.
    pub value: Option<Value>,
    /// By region, in the order of their codes.
    pub parts: Vec<Part>,
}

/// What is above and below the line.
#[derive(Serialize, ToSchema)]
pub struct Value {
    /// Above the line.
    pub numerator: i64,
    /// Below the line; none for a plain count.
    pub denominator: Option<i64>,
    /// Past their day and still open; they are below the line, except of hours, which know only what is over.
    pub open_overdue: Option<i64>,
    /// Of hours: within how many half of the cases lay.
    pub half_within: Option<u32>,
}

/// The figure of one region.
#[derive(Serialize, ToSchema)]
pub struct Part {
    /// The region.
    pub region: String,
    /// The figure; none where it is withheld.
    pub value: Option<Value>,
}

impl From<&Ratio> for Value {
    fn from(r: &Ratio) -> Value {
        Value {
            numerator: r.numerator,
            denominator: r.denominator,
            open_overdue: r.open_overdue,
            half_within: r.half_within,
        }
    }
}

/// A figure of a mechanism
///
/// Counted from counters; the shielded book is not in it.
#[utoipa::path(
    get, path = "/api/v1/measures/{measure}", tag = "measures",
    params(("measure" = String, Path, description = "`{mechanism}.{measure}`"), Asked),
    responses((status = 200, description = "the figure", body = Measure), Reads),
    security(("token" = ["matters:read"]))
)]
pub async fn one(
    caller: Caller,
    Segments(id): Segments<String>,
    Params(asked): Params<Asked>,
) -> Result<axum::Json<Measure>, ApiError> {
    caller.staff(Scope::Read)?;
    let span = span(&caller, &asked)?;
    let mut figures = caller.app().measures(&span, Some(&id)).await.map_err(caller.fails())?;
    let figure = figures.pop().expect("invariant: a measure that is not there is an error");
    Ok(axum::Json(shape(&figure, &span)))
}

fn span(caller: &Caller, asked: &Asked) -> Result<Span, ApiError> {
    let today = caller.app().now().date();
    let mut wrong = Vec::new();
    let mut day = |name: &'static str, given: &Option<String>, or: Date| match given.as_deref().map(str::parse::<Date>)
    {
        None => or,
        Some(Ok(day)) => day,
        Some(Err(_)) => {
            wrong.push(Item::new(name, "date"));
            or
        }
    };
    let from = day("from", &asked.from, app::measures::year_before(today));
    let to = day("to", &asked.to, today);
    let territory = caller.app().settings().territory;
    let region = asked.region.as_deref().map_or(Ok(territory), str::parse);
    if region.is_err() {
        wrong.push(Item::new("region", "region"));
    }
    if !matches!(asked.by.as_deref(), None | Some("region")) {
        wrong.push(Item::new("by", "by"));
    }
    if wrong.is_empty() {
        let region = region.unwrap_or(territory);
        return Ok(Span { region, from, to, by_region: asked.by.is_some() });
    }
    Err(ApiError::items(caller.lang, wrong))
}

fn shape(figure: &Figure, span: &Span) -> Measure {
    let part = |(region, value): &(kernel::region::RegionCode, Option<Ratio>)| Part {
        region: region.to_string(),
        value: value.as_ref().map(Value::from),
    };
    Measure {
        measure: figure.id.clone(),
        name: (&figure.name).into(),
        formula: (&figure.formula).into(),
        code: figure.code.clone(),
        kind: match figure.kind {
            Kind::Count => "count",
            Kind::Share => "share",
            Kind::Marks(_) => "marks",
            Kind::Hours => "hours",
        }
        .to_owned(),
        region: span.region.to_string(),
        from: span.from.to_string(),
        to: span.to.to_string(),
        as_of: time(figure.as_of),
        value: figure.whole.as_ref().map(Value::from),
        parts: figure.parts.iter().map(part).collect(),
    }
}
