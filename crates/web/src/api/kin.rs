//! The other matters beside one, links, complaints that nobody who handled the matter sees, published words and days with
//! places. What may be read is `app`'s to say.

use crate::api::caller::{Caller, Scope};
use crate::api::document::{Acts, Open, Reads};
use crate::api::lists::Row;
use crate::api::problem::{ApiError, Item};
use crate::api::shape::{Words, time};
use crate::api::take::{Json, Params, Segments};
use crate::i18n::Lang;
use crate::server::Site;
use app::kin::{KinView, PlaceView, PublishedView, RelativeView, ShelfView};
use axum::extract::State;
use kernel::kin::LinkKind;
use kernel::region::RegionCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

/// The other matters beside one; only what the caller may read.
#[derive(Serialize, ToSchema)]
pub struct Kin {
    /// What it came out of.
    pub parent: Option<Relative>,
    /// What came out of it.
    pub children: Vec<Relative>,
    /// Linked ones.
    pub links: Vec<Relative>,
    /// The caller may link it.
    pub may_link: bool,
    /// What the raiser may raise unseen by whoever handled it.
    pub hidden: Vec<Hidden>,
    /// What everybody may read of it.
    pub published: Option<String>,
    /// How many places are free.
    pub free: Option<u32>,
    /// How many places there are.
    pub places: Option<u32>,
}

/// Another matter.
#[derive(Serialize, ToSchema)]
pub struct Relative {
    /// Itself.
    #[serde(flatten)]
    pub matter: Row,
    /// What it is to this one.
    pub name: Option<Words>,
    /// `same`, `related` or `theme`.
    pub kind: Option<String>,
    /// For the raiser: its long code.
    pub long_code: Option<String>,
}

/// Something that the raiser may raise unseen.
#[derive(Serialize, ToSchema)]
pub struct Hidden {
    /// Its name in the address.
    pub child: String,
    /// What it is.
    pub name: Words,
}

impl From<&RelativeView> for Relative {
    fn from(r: &RelativeView) -> Relative {
        Relative {
            matter: (&r.item).into(),
            name: r.name.as_ref().map(Words::from),
            kind: r.kind.map(|k| k.word().to_owned()),
            long_code: r.code.clone(),
        }
    }
}

impl From<&KinView> for Kin {
    fn from(k: &KinView) -> Kin {
        Kin {
            parent: k.parent.as_ref().map(Relative::from),
            children: k.children.iter().map(Relative::from).collect(),
            links: k.links.iter().map(Relative::from).collect(),
            may_link: k.may_link,
            hidden: k.hidden.iter().map(|h| Hidden { child: h.child.clone(), name: (&h.name).into() }).collect(),
            published: k.published.clone(),
            free: k.places.map(|p| p.0),
            places: k.places.map(|p| p.1),
        }
    }
}

/// The other matters beside one
///
/// What it came out of, what came out of it, what it is linked with. A matter that the caller may not read is left out.
#[utoipa::path(
    get, path = "/api/v1/matters/{number}/kin", tag = "matters",
    params(
        ("number" = String, Path, description = "the public number"),
        ("Gongzhi-Query-Code" = Option<String>, Header, description = "the long code, or the short one with the phone's end"),
        ("Gongzhi-Phone-Tail" = Option<String>, Header, description = "the last four digits of the phone left with it"),
    ),
    responses((status = 200, description = "the other matters", body = Kin), Reads),
    security((), ("code" = []), ("token" = ["matters:read"]))
)]
pub async fn kin(caller: Caller, Segments(number): Segments<String>) -> Result<axum::Json<Kin>, ApiError> {
    let viewer = caller.viewer(&number, Scope::Read).await?;
    let fails = caller.fails();
    let id = caller.app().by_number(&number).await.map_err(&fails)?;
    let kin = caller.app().kin(&viewer, id).await.map_err(&fails)?;
    Ok(axum::Json((&kin).into()))
}

/// A link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    /// The other's public number.
    pub number: String,
    /// `same`, `related` or `theme`.
    pub kind: String,
    /// True takes the link back.
    #[serde(default)]
    pub remove: bool,
}

/// Links two matters
///
/// For whoever holds or dispatches one of them and may read both. Each person keeps her own receipt, code, dates and answer.
#[utoipa::path(
    post, path = "/api/v1/matters/{number}/links", tag = "matters", request_body = LinkRequest,
    params(("number" = String, Path, description = "the public number")),
    responses((status = 200, description = "the other matters now", body = Kin), Acts),
    security(("token" = ["matters:write"]))
)]
pub async fn link(
    caller: Caller,
    Segments(number): Segments<String>,
    Json(given): Json<LinkRequest>,
) -> Result<axum::Json<Kin>, ApiError> {
    let viewer = caller.viewer(&number, Scope::Write).await?;
    let fails = caller.fails();
    let id = caller.app().by_number(&number).await.map_err(&fails)?;
    let Some(kind) = LinkKind::ALL.into_iter().find(|k| k.word() == given.kind) else {
        return Err(ApiError::items(caller.lang, vec![Item::new("kind", "link")]));
    };
    caller.app().link(&viewer, id, &given.number, kind, !given.remove).await.map_err(&fails)?;
    let kin = caller.app().kin(&viewer, id).await.map_err(&fails)?;
    Ok(axum::Json((&kin).into()))
}

/// A form of something raised unseen: the fields that the parent does not fill in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HiddenRequest {
    /// The form.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub fields: BTreeMap<String, Value>,
}

/// What the raiser gets.
#[derive(Serialize, ToSchema)]
pub struct HiddenAnswer {
    /// Its number.
    pub number: String,
    /// The short code.
    pub query_code: String,
    /// The long code.
    pub long_code: String,
    /// The signed promise.
    pub receipt: String,
}

/// Raises something that whoever handled the matter never sees
///
/// Only with the raiser's code. It leaves no entry in the matter; the bodies that held it are kept out of the new one.
#[utoipa::path(
    post, path = "/api/v1/matters/{number}/hidden/{child}", tag = "matters", request_body = HiddenRequest,
    params(
        ("number" = String, Path, description = "the public number"),
        ("child" = String, Path, description = "a name from `hidden` of its kin"),
        ("Gongzhi-Query-Code" = Option<String>, Header, description = "the long code, or the short one with the phone's end"),
        ("Gongzhi-Phone-Tail" = Option<String>, Header, description = "the last four digits of the phone left with it"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 200 visible ASCII characters"),
    ),
    responses((status = 200, description = "raised", body = HiddenAnswer), Acts),
    security(("code" = []))
)]
pub async fn hidden(
    caller: Caller,
    Segments((number, child)): Segments<(String, String)>,
    Json(given): Json<HiddenRequest>,
) -> Result<axum::Json<HiddenAnswer>, ApiError> {
    let viewer = caller.viewer(&number, Scope::Write).await?;
    let fails = caller.fails();
    let id = caller.app().by_number(&number).await.map_err(&fails)?;
    let key = caller.key.clone();
    let raised = caller.app().raise_hidden(&viewer, id, &child, given.fields, key).await.map_err(&fails)?;
    let app::raise::Raised { number, query_code, long_code, receipt, .. } = raised;
    Ok(axum::Json(HiddenAnswer { number, query_code, long_code, receipt }))
}

/// Which published matters.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Only within this region
    region: Option<String>,
    /// At most so many, 1 to 100; 20 if left out
    limit: Option<u32>,
}

/// A matter as everybody may see it.
#[derive(Serialize, ToSchema)]
pub struct Published {
    /// Its public number.
    pub number: String,
    /// What it is.
    pub mechanism_name: Words,
    /// Where, in words.
    pub place: String,
    /// What was written for everybody.
    pub words: String,
    /// Where it stands.
    pub state_name: Words,
    /// The segment of the ring.
    pub ring: u8,
    /// It has ended.
    pub ended: bool,
    /// When it was published.
    pub published_at: String,
}

impl From<&PublishedView> for Published {
    fn from(p: &PublishedView) -> Published {
        Published {
            number: p.number.clone(),
            mechanism_name: (&p.mechanism).into(),
            place: p.place.zh.clone(),
            words: p.words.clone(),
            state_name: (&p.state).into(),
            ring: p.ring,
            ended: p.ended,
            published_at: time(p.at),
        }
    }
}

fn region(site: &Site, lang: Lang, given: Option<&str>) -> Result<RegionCode, ApiError> {
    let territory = site.app.settings().territory;
    let Some(given) = given else { return Ok(territory) };
    let region = given.parse::<RegionCode>().ok().filter(|r| territory.contains(r));
    region.ok_or_else(|| ApiError::items(lang, vec![Item::new("region", "region")]))
}

/// What was published, the newest first
#[utoipa::path(
    get, path = "/api/v1/published", tag = "places", params(Wanted),
    responses((status = 200, description = "published matters", body = Vec<Published>), Open)
)]
pub async fn published(
    State(site): State<Site>,
    lang: Lang,
    Params(wanted): Params<Wanted>,
) -> Result<axum::Json<Vec<Published>>, ApiError> {
    let region = region(&site, lang, wanted.region.as_deref())?;
    let (app, limit) = (&site.app, wanted.limit.unwrap_or(20).clamp(1, 100));
    let found = app.published(app.cell_of(&region), Some(&region), None, limit).await;
    let (views, _) = found.map_err(|e| ApiError::of(&e, lang))?;
    Ok(axum::Json(views.iter().map(Published::from).collect()))
}

/// What is looked up.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Words that question or answer hold; all of them if left out
    q: Option<String>,
    /// Those that hold in this region
    region: Option<String>,
    /// At most so many, 1 to 100; 20 if left out
    limit: Option<u32>,
}

/// A question with its answer.
#[derive(Serialize, ToSchema)]
pub struct Answered {
    /// The number of the matter that keeps it.
    pub number: String,
    /// The question.
    pub question: String,
    /// The answer.
    pub answer: String,
    /// Whose it is.
    pub keeper: Option<Words>,
    /// Where it holds, in words.
    pub place: String,
    /// Where it stands.
    pub state_name: Words,
    /// When these words were published.
    pub published_at: String,
    /// When its keeper last wrote or checked it.
    pub checked_at: String,
    /// By when it is to be checked again; in the past where that was missed.
    pub check_by: Option<String>,
}

impl From<&ShelfView> for Answered {
    fn from(v: &ShelfView) -> Answered {
        Answered {
            number: v.number.clone(),
            question: v.title.clone(),
            answer: v.words.clone(),
            keeper: v.keeper.as_ref().map(|k| (&k.name).into()),
            place: v.place.zh.clone(),
            state_name: (&v.state).into(),
            published_at: time(v.at),
            checked_at: time(v.touched),
            check_by: v.check_by.map(time),
        }
    }
}

/// What is asked often, with whose it is
#[utoipa::path(
    get, path = "/api/v1/knowledge", tag = "places", params(Asked),
    responses((status = 200, description = "questions and answers", body = Vec<Answered>), Open)
)]
pub async fn knowledge(
    State(site): State<Site>,
    lang: Lang,
    Params(asked): Params<Asked>,
) -> Result<axum::Json<Vec<Answered>>, ApiError> {
    let region = region(&site, lang, asked.region.as_deref())?;
    let (app, limit) = (&site.app, asked.limit.unwrap_or(20).clamp(1, 100));
    let words: String = asked.q.unwrap_or_default().chars().take(60).collect();
    let found = app.shelf(app.cell_of(&region), &region, &words, None, limit).await;
    let (views, _) = found.map_err(|e| ApiError::of(&e, lang))?;
    Ok(axum::Json(views.iter().map(Answered::from).collect()))
}

/// Where there are days with places.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Where {
    /// The region
    region: Option<String>,
}

/// A day with places.
#[derive(Serialize, ToSchema)]
pub struct PlaceDay {
    /// The number to book with.
    pub number: String,
    /// The day.
    pub date: String,
    /// How many are free.
    pub free: u32,
    /// How many there are.
    pub places: u32,
    /// What is published about it.
    pub words: Option<String>,
}

impl From<&PlaceView> for PlaceDay {
    fn from(p: &PlaceView) -> PlaceDay {
        let (number, date, words) = (p.number.clone(), p.day.to_string(), p.words.clone());
        PlaceDay { number, date, free: p.free, places: p.places, words }
    }
}

/// The days with places of a mechanism, the nearest first
#[utoipa::path(
    get, path = "/api/v1/mechanisms/{id}/places", tag = "mechanisms",
    params(("id" = String, Path, description = "the mechanism that has the places"), Where),
    responses((status = 200, description = "the days", body = Vec<PlaceDay>), Open)
)]
pub async fn places(
    State(site): State<Site>,
    lang: Lang,
    Segments(id): Segments<String>,
    Params(at): Params<Where>,
) -> Result<axum::Json<Vec<PlaceDay>>, ApiError> {
    let region = region(&site, lang, at.region.as_deref())?;
    let days = site.app.places(site.app.cell_of(&region), &id).await.map_err(|e| ApiError::of(&e, lang))?;
    Ok(axum::Json(days.iter().map(PlaceDay::from).collect()))
}
