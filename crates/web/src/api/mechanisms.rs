//! What is offered where: the form, the graph, the clocks, the numbers and the promise, so that a client can be generic.

use crate::api::document::Open;
use crate::api::problem::ApiError;
use crate::api::shape::{Field, Words, time, word};
use crate::api::take::{Params, Segments};
use crate::i18n::{Lang, tf};
use crate::server::Site;
use app::catalogue::Effective;
use app::error::AppError;
use axum::extract::State;
use axum::http::StatusCode;
use kernel::mechanism::{Mechanism, RAISE};
use kernel::region::RegionCode;
use kernel::text::Text;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// Where.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct At {
    /// The region's code; the installation's own if left out
    region: Option<String>,
}

/// A mechanism in short.
#[derive(Serialize, ToSchema)]
pub struct Brief {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Words,
    /// What it is for.
    pub summary: Words,
    /// Under which door of the home page it stands.
    pub door: String,
    /// The text it rests on.
    pub source: String,
    /// A sample that was not verified.
    pub sample: bool,
    /// The hash of what holds in the region.
    pub version: String,
    /// Somebody would hold what is raised there now, or at a place inside it.
    pub available: bool,
    /// Why it is not available: who is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Words>,
}

/// The mechanisms that are offered in a region.
#[derive(Serialize, ToSchema)]
pub struct Offered {
    /// The region.
    pub region: String,
    /// In the order of the home page.
    pub mechanisms: Vec<Brief>,
}

/// The promise for a matter raised now.
#[derive(Serialize, ToSchema)]
pub struct Promise {
    /// The ordinary date of the answer.
    pub due_by: String,
    /// The latest lawful date.
    pub promised_by: String,
    /// They rest on a calendar that is not published.
    pub provisional: bool,
}

/// Parts of a mechanism by id, each as the pack language says it.
type Parts = BTreeMap<String, serde_json::Value>;

/// A mechanism as it holds in a region.
#[derive(Serialize, ToSchema)]
pub struct Full {
    /// In short.
    #[serde(flatten)]
    pub brief: Brief,
    /// The region.
    pub region: String,
    /// The form for raising.
    pub form: Vec<Field>,
    /// Every field that an action takes, by id.
    #[schema(value_type = Object)]
    pub fields: Parts,
    /// The roles, by id.
    #[schema(value_type = Object)]
    pub roles: Parts,
    /// The states, by id.
    #[schema(value_type = Object)]
    pub states: Parts,
    /// The actions, by id: from which states, by whom, to which state.
    #[schema(value_type = Object)]
    pub actions: Parts,
    /// The clocks, by id.
    #[schema(value_type = Object)]
    pub clocks: Parts,
    /// The numbers, by id: value, clause, validity, confidence.
    #[schema(value_type = Object)]
    pub numbers: Parts,
    /// By when the first answer comes, for a matter raised now.
    pub promise: Option<Promise>,
}

/// The mechanisms offered in a region
#[utoipa::path(
    get, path = "/api/v1/mechanisms", tag = "mechanisms", params(At),
    responses((status = 200, description = "what is offered there", body = Offered), Open)
)]
pub async fn all(
    State(site): State<Site>,
    lang: Lang,
    Params(at): Params<At>,
) -> Result<axum::Json<Offered>, ApiError> {
    let region = region(&site, lang, at.region)?;
    let mut mechanisms = Vec::new();
    for id in site.app.catalogue().ids() {
        match site.app.offered(&id, &region) {
            Ok(effective) => mechanisms.push(brief(&site, &effective, &region)),
            Err(AppError::NotOffered { .. }) => {}
            Err(e) => return Err(ApiError::of(&e, lang)),
        }
    }
    Ok(axum::Json(Offered { region: region.to_string(), mechanisms }))
}

/// A mechanism as it holds in a region
#[utoipa::path(
    get, path = "/api/v1/mechanisms/{id}", tag = "mechanisms",
    params(("id" = String, Path, description = "the mechanism"), At),
    responses((status = 200, description = "form, graph and promise", body = Full), Open)
)]
pub async fn one(
    State(site): State<Site>,
    lang: Lang,
    Segments(id): Segments<String>,
    Params(at): Params<At>,
) -> Result<axum::Json<Full>, ApiError> {
    let region = region(&site, lang, at.region)?;
    let effective = site.app.offered(&id, &region).map_err(|e| match e {
        AppError::UnknownMechanism { .. } => ApiError::of(&e, lang).with_status(StatusCode::NOT_FOUND),
        e => ApiError::of(&e, lang),
    })?;
    let app = &site.app;
    let m = &*effective.mechanism;
    let form = m.action.get(RAISE).map(|a| app::view::form(app, m, a, &region)).unwrap_or_default();
    let promise = app.catalogue().promise(&effective, app.calendar(), app.now());
    let promise =
        promise.map(|(due, latest, provisional)| Promise { due_by: time(due), promised_by: time(latest), provisional });
    Ok(axum::Json(Full {
        brief: brief(&site, &effective, &region),
        region: region.to_string(),
        form: form.iter().map(Field::from).collect(),
        fields: parts(&m.field),
        roles: parts(&m.role),
        states: parts(&m.state),
        actions: parts(&m.action),
        clocks: parts(&m.clock),
        numbers: parts(&m.number),
        promise,
    }))
}

fn region(site: &Site, lang: Lang, given: Option<String>) -> Result<RegionCode, ApiError> {
    let Some(given) = given else { return Ok(site.app.settings().territory) };
    given.parse().map_err(|_| ApiError::of(&AppError::UnknownRegion { given }, lang))
}

fn brief(site: &Site, effective: &Effective, region: &RegionCode) -> Brief {
    let Mechanism { mechanism: head, .. } = &*effective.mechanism;
    let nobody = site.app.nobody_in(effective, region);
    Brief {
        id: head.id.clone(),
        name: (&head.name).into(),
        summary: (&head.summary).into(),
        door: word(&head.door),
        source: head.source.clone(),
        sample: head.sample,
        version: effective.version.to_string(),
        available: nobody.is_none(),
        reason: nobody.map(|n| (&missing(&n.name)).into()),
    }
}

fn missing(role: &Text) -> Text {
    let words = |lang, of: &str| tf(lang, "failure.nobody.role", &[("role", of)]);
    Text::new(words(Lang::Zh, &role.zh), words(Lang::En, &role.en))
}

fn parts<T: Serialize>(all: &BTreeMap<String, T>) -> Parts {
    let json = |v: &T| serde_json::to_value(v).expect("invariant: a mechanism is plain data");
    all.iter().map(|(id, v)| (id.clone(), json(v))).collect()
}
