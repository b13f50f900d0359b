//! Her personal data in one matter, for whoever shows its long code: who looked, a copy to take along, and asking for more.
//! Which requests there are is said by the packs, and decided by them.

use crate::api::caller::{Caller, Scope};
use crate::api::document::{Acts, Reads};
use crate::api::file::Look;
use crate::api::lists::Row;
use crate::api::matters::RaiseAnswer;
use crate::api::problem::ApiError;
use crate::api::shape::{Field, Words};
use crate::api::take::{Json, Segments};
use crate::pace::What;
use app::own_copy::{Asking, OwnCopy};
use app::viewer::Viewer;
use axum::response::Response;
use kernel::ids::MatterId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

async fn hers(caller: &Caller, number: &str) -> Result<(Viewer, MatterId), ApiError> {
    let viewer = caller.viewer(number, Scope::Read).await?;
    let id = caller.app().by_number(number).await.map_err(caller.fails())?;
    Ok((viewer, id))
}

/// Who looked at a matter
///
/// Each opening of a sealed field with its reason; everything else once a day for each post. For whoever shows the long code.
#[utoipa::path(
    get, path = "/api/v1/matters/{number}/looks", tag = "personal data",
    params(
        ("number" = String, Path, description = "the public number"),
        ("Gongzhi-Query-Code" = Option<String>, Header, description = "the long code, or the short one with the phone's end"),
        ("Gongzhi-Phone-Tail" = Option<String>, Header, description = "the last four digits of the phone left with it"),
    ),
    responses((status = 200, description = "the looks, the oldest first", body = Vec<Look>), Reads),
    security(("code" = []))
)]
pub async fn looks(caller: Caller, Segments(number): Segments<String>) -> Result<axum::Json<Vec<Look>>, ApiError> {
    let (viewer, id) = hers(&caller, &number).await?;
    let view = caller.app().own(&viewer, id).await.map_err(caller.fails())?;
    Ok(axum::Json(view.looks.iter().map(Look::from).collect()))
}

/// A copy of everything in a matter
///
/// The file of the page (`gongzhi.copy/v2`): the matter as the person reads it, the letters, who looked, and the ids of the
/// attachments. For whoever shows the long code.
#[utoipa::path(
    get, path = "/api/v1/matters/{number}/copy", tag = "personal data",
    params(
        ("number" = String, Path, description = "the public number"),
        ("Gongzhi-Query-Code" = Option<String>, Header, description = "the long code, or the short one with the phone's end"),
        ("Gongzhi-Phone-Tail" = Option<String>, Header, description = "the last four digits of the phone left with it"),
    ),
    responses((status = 200, description = "the copy", body = Value), Reads),
    security(("code" = []))
)]
pub async fn copy(caller: Caller, Segments(number): Segments<String>) -> Result<axum::Json<OwnCopy>, ApiError> {
    let (viewer, id) = hers(&caller, &number).await?;
    Ok(axum::Json(caller.app().own_copy(&viewer, id).await.map_err(caller.fails())?))
}

/// What was asked for about the data in a matter, and what can be.
#[derive(Serialize, ToSchema)]
pub struct Requests {
    /// What was asked for, the newest first.
    pub asked: Vec<Asked>,
    /// What can be asked for, with the form for it.
    pub possible: Vec<Possible>,
}

/// A request.
#[derive(Serialize, ToSchema)]
pub struct Asked {
    /// The matter in which it was made.
    #[serde(flatten)]
    pub matter: Row,
    /// Its long code.
    pub long_code: String,
}

/// Something that can be asked for.
#[derive(Serialize, ToSchema)]
pub struct Possible {
    /// The mechanism.
    pub mechanism: String,
    /// Its name.
    pub name: Words,
    /// The form; which matter it is about goes without saying.
    pub form: Vec<Field>,
}

/// Requests about the data in a matter
///
/// For whoever shows the long code.
#[utoipa::path(
    get, path = "/api/v1/matters/{number}/requests", tag = "personal data",
    params(
        ("number" = String, Path, description = "the public number"),
        ("Gongzhi-Query-Code" = Option<String>, Header, description = "the long code, or the short one with the phone's end"),
        ("Gongzhi-Phone-Tail" = Option<String>, Header, description = "the last four digits of the phone left with it"),
    ),
    responses((status = 200, description = "made and possible ones", body = Requests), Reads),
    security(("code" = []))
)]
pub async fn requests(caller: Caller, Segments(number): Segments<String>) -> Result<axum::Json<Requests>, ApiError> {
    let (viewer, id) = hers(&caller, &number).await?;
    let (app, fails) = (caller.app(), caller.fails());
    let view = app.own(&viewer, id).await.map_err(&fails)?;
    let asked = app.asked(&viewer, id).await.map_err(&fails)?;
    // What was erased is gone: there is nothing left to ask about.
    let possible = if view.keeping.erased.is_some() { Vec::new() } else { app.may_ask(&view) };
    Ok(axum::Json(Requests {
        asked: asked.iter().map(|a| Asked { matter: (&a.item).into(), long_code: a.code.clone() }).collect(),
        possible: possible
            .iter()
            .map(|(e, form)| Possible {
                mechanism: e.mechanism.mechanism.id.clone(),
                name: (&e.mechanism.mechanism.name).into(),
                form: form.iter().map(Field::from).collect(),
            })
            .collect(),
    }))
}

/// A request about the data in a matter.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskRequest {
    /// One of the possible mechanisms.
    pub mechanism: String,
    /// Its form.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub fields: BTreeMap<String, Value>,
}

/// Asks for something about the data in a matter
///
/// Access, correction, erasure and whatever else a mechanism offers. For whoever shows the long code.
#[utoipa::path(
    post, path = "/api/v1/matters/{number}/requests", tag = "personal data", request_body = AskRequest,
    params(
        ("number" = String, Path, description = "the public number"),
        ("Gongzhi-Query-Code" = Option<String>, Header, description = "the long code, or the short one with the phone's end"),
        ("Gongzhi-Phone-Tail" = Option<String>, Header, description = "the last four digits of the phone left with it"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 200 visible ASCII characters, chosen at random"),
    ),
    responses(
        (status = 201, description = "asked", body = RaiseAnswer, headers(("Location" = String))),
        (status = 200, description = "asked before with the same key", body = RaiseAnswer),
        Acts
    ),
    security(("code" = []))
)]
pub async fn ask(
    caller: Caller,
    Segments(number): Segments<String>,
    Json(request): Json<AskRequest>,
) -> Result<Response, ApiError> {
    let (viewer, id) = hers(&caller, &number).await?;
    let (app, fails) = (caller.app(), caller.fails());
    app.own(&viewer, id).await.map_err(&fails)?;
    caller.pace(What::Raise)?;
    let AskRequest { mechanism, fields } = request;
    let raised = app.ask(&viewer, id, Asking { mechanism, fields, idempotency_key: caller.key.clone() }).await;
    Ok(crate::api::matters::answer(&caller, raised.map_err(&fails)?))
}
