//! Raising a matter, reading one, acting on one. The rules are the mechanism's; what may be read is `app::access`'s.

use crate::api::caller::{Caller, Scope};
use crate::api::document::{Acts, Raises, Reads};
use crate::api::file::Matter;
use crate::api::problem::{ApiError, Item};
use crate::api::shape::{Body, Words, time};
use crate::api::take::{Json, Segments};
use crate::pace::What;
use app::act::Acting;
use app::error::AppError;
use app::finished::Answer;
use app::raise::Raising;
use app::viewer::Viewer;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use kernel::mechanism::{FieldKind, RAISE};
use kernel::region::RegionCode;
use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The form of the whole matter among the finished answers; the portal's pages use the numbers below it.
const WHOLE: u8 = 1 << 7;

/// A form: field id to value, as `fields` of a mechanism or an action says.
type Form = BTreeMap<String, Value>;

/// What is raised.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RaiseRequest {
    /// The mechanism.
    pub mechanism: String,
    /// The region's code.
    pub region: String,
    /// The form.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub fields: Form,
    /// Staged attachments, for the form's field that takes files.
    #[serde(default)]
    pub attachments: Vec<String>,
    /// When it happened, where that was earlier (posted, spoken).
    #[serde(default)]
    pub occurred: Option<String>,
}

/// What the raiser gets. Keep the codes: they are shown this once.
#[derive(Serialize, ToSchema)]
pub struct RaiseAnswer {
    /// Its number.
    pub number: String,
    /// The short code: progress.
    pub query_code: String,
    /// The long code: everything, and acting.
    pub long_code: String,
    /// The state.
    pub state: String,
    /// The state's name.
    pub state_name: Words,
    /// Who holds it.
    pub holder: Option<Body>,
    /// The ordinary date of the answer.
    pub due_by: Option<String>,
    /// The latest lawful date.
    pub promised_by: Option<String>,
    /// The signed promise.
    pub receipt: String,
}

/// Raises a matter
///
/// Anybody may; a token makes it the act of its holder's post. With an `Idempotency-Key`, a second sending is the same matter.
#[utoipa::path(
    post, path = "/api/v1/matters", tag = "matters", request_body = RaiseRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 200 visible ASCII characters, chosen at random")),
    responses(
        (status = 201, description = "raised", body = RaiseAnswer, headers(("Location" = String))),
        (status = 200, description = "raised before with the same key", body = RaiseAnswer),
        Raises
    ),
    security((), ("token" = ["matters:write"]))
)]
pub async fn raise(caller: Caller, Json(request): Json<RaiseRequest>) -> Result<Response, ApiError> {
    let viewer = caller.raiser()?;
    let fails = caller.fails();
    let region: RegionCode =
        request.region.parse().map_err(|_| fails(AppError::UnknownRegion { given: request.region.clone() }))?;
    let mut fields = request.fields;
    if !request.attachments.is_empty() {
        let effective = caller.app().offered(&request.mechanism, &region).map_err(&fails)?;
        let takes = files_field(&effective.mechanism, RAISE);
        attach(&caller, &mut fields, takes, request.attachments)?;
    }
    let raising = Raising {
        mechanism: request.mechanism,
        region,
        fields,
        occurred: occurred(&caller, request.occurred.as_deref())?,
        idempotency_key: caller.key.clone(),
    };
    caller.pace(What::Raise)?;
    Ok(answer(&caller, caller.app().raise(&viewer, raising).await.map_err(&fails)?))
}

/// What the raiser gets.
pub fn answer(caller: &Caller, raised: app::raise::Raised) -> Response {
    if !raised.again {
        caller.site.metrics.raised();
    }
    let place = format!("/api/v1/matters/{}", raised.number);
    let answer = RaiseAnswer {
        number: raised.number,
        query_code: raised.query_code,
        long_code: raised.long_code,
        state: raised.state,
        state_name: (&raised.state_name).into(),
        holder: raised.holder.as_ref().map(Body::from),
        due_by: raised.due_by.map(time),
        promised_by: raised.promised_by.map(time),
        receipt: raised.receipt,
    };
    let status = if raised.again { StatusCode::OK } else { StatusCode::CREATED };
    (status, [(header::LOCATION, place)], axum::Json(answer)).into_response()
}

/// A matter
///
/// With the short code: progress. With the long code, or the short one and the end of the phone number: everything that is the
/// raiser's. With a token: what its holder may read. Whatever the caller may not know of is 404.
#[utoipa::path(
    get, path = "/api/v1/matters/{number}", tag = "matters",
    params(
        ("number" = String, Path, description = "the public number"),
        ("Gongzhi-Query-Code" = Option<String>, Header, description = "the short or the long code"),
        ("Gongzhi-Phone-Tail" = Option<String>, Header, description = "the last four digits of the phone left with it"),
    ),
    responses((status = 200, description = "what the caller may see and do now", body = Matter), Reads),
    security((), ("code" = []), ("token" = ["matters:read"]))
)]
pub async fn one(caller: Caller, Segments(number): Segments<String>) -> Result<Response, ApiError> {
    let viewer = caller.viewer(&number, Scope::Read).await?;
    let fails = caller.fails();
    let id = caller.app().by_number(&number).await.map_err(&fails)?;
    let acts = !matches!(viewer, Viewer::Staff(_)) || caller.may(Scope::Write);
    let make = |view: &app::view::MatterView| {
        let mut matter = Matter::from(view);
        if !acts {
            matter.actions.clear();
        }
        let bytes = serde_json::to_vec(&matter).expect("invariant: a view is plain data");
        Answer { bytes, ..Answer::default() }
    };
    let answer = caller.app().finished(&viewer, id, WHOLE, make).await.map_err(&fails)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], answer.bytes.clone()).into_response())
}

/// What somebody does: the form in `fields`, or the form alone.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActRequest {
    /// The form.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub fields: Form,
    /// The key of the part that it is done on, such as `unit@12`; may be left out by a body that has only one.
    #[serde(default)]
    pub part: Option<String>,
    /// Staged attachments, for the form's field that takes files.
    #[serde(default)]
    pub attachments: Vec<String>,
    /// When it happened, where that was earlier.
    #[serde(default)]
    pub occurred: Option<String>,
    /// The number of entries that the actor saw; another number is a conflict.
    #[serde(default)]
    pub seen: Option<u32>,
    /// Numbers of matters linked as the same on which the same is done.
    #[serde(default)]
    pub also: Vec<String>,
}

/// What came of it.
#[derive(Serialize, ToSchema)]
pub struct ActAnswer {
    /// The matter.
    pub number: String,
    /// The state now.
    pub state: String,
    /// How many entries were added; 0 for a repeated command.
    pub entries: u32,
    /// What came of the others, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<AlsoAnswer>,
}

/// What came of another matter.
#[derive(Serialize, ToSchema)]
pub struct AlsoAnswer {
    /// Its number.
    pub number: String,
    /// It was done.
    pub done: bool,
    /// Why not: the rule that refused, or `not_found`.
    pub why: Option<String>,
}

impl From<&app::kin::AlsoDone> for AlsoAnswer {
    fn from(d: &app::kin::AlsoDone) -> AlsoAnswer {
        let why = d.result.as_ref().err().map(|e| match e {
            AppError::Refused(refused, _) => refused.rule.code().to_owned(),
            AppError::NotFound => "not_found".to_owned(),
            AppError::Conflict => "conflict".to_owned(),
            _ => "failed".to_owned(),
        });
        AlsoAnswer { number: d.number.clone(), done: d.result.is_ok(), why }
    }
}

/// Acts on a matter
///
/// An action of the mechanism, or `approve:ACTION`, `reject:ACTION` and `take_back:ACTION` for a proposal.
#[utoipa::path(
    post, path = "/api/v1/matters/{number}/actions/{action}", tag = "matters", request_body = ActRequest,
    params(
        ("number" = String, Path, description = "the public number"),
        ("action" = String, Path, description = "a name from `actions` of the matter"),
        ("Gongzhi-Query-Code" = Option<String>, Header, description = "the long code, or the short one with the phone's end"),
        ("Gongzhi-Phone-Tail" = Option<String>, Header, description = "the last four digits of the phone left with it"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 200 visible ASCII characters"),
    ),
    responses((status = 200, description = "done", body = ActAnswer), Acts),
    security((), ("code" = []), ("token" = ["matters:write"]))
)]
pub async fn act(
    caller: Caller,
    Segments((number, action)): Segments<(String, String)>,
    Json(given): Json<Form>,
) -> Result<axum::Json<ActAnswer>, ApiError> {
    let viewer = caller.viewer(&number, Scope::Write).await?;
    let fails = caller.fails();
    let id = caller.app().by_number(&number).await.map_err(&fails)?;
    let request = envelope(&caller, given)?;
    let mut fields = request.fields;
    if !request.attachments.is_empty() {
        // Seen as anybody who acts sees it: an action that is not open to the caller takes no files either.
        let view = caller.app().view(&viewer, id).await.map_err(&fails)?;
        let of_parts = view.parts.iter().flat_map(|p| &p.actions);
        let open = view.actions.iter().chain(of_parts).find(|a| a.name == action);
        let takes = open.and_then(|a| a.fields.iter().find(|f| f.field.kind == FieldKind::Files)).map(|f| f.id.clone());
        attach(&caller, &mut fields, takes, request.attachments)?;
    }
    let acting = Acting {
        action,
        fields,
        part: request.part,
        occurred: occurred(&caller, request.occurred.as_deref())?,
        idempotency_key: caller.key.clone(),
        seen: request.seen,
    };
    let acted = caller.app().act(&viewer, id, &acting).await.map_err(&fails)?;
    let also = caller.app().act_also(&viewer, id, &acting, &request.also).await;
    let also = also.iter().map(AlsoAnswer::from).collect();
    Ok(axum::Json(ActAnswer { number, state: acted.state, entries: acted.entries, also }))
}

/// An object with `fields` is the envelope; any other object is the form itself.
fn envelope(caller: &Caller, given: Form) -> Result<ActRequest, ApiError> {
    if !given.contains_key("fields")
        && !given.keys().all(|k| matches!(k.as_str(), "attachments" | "occurred" | "part" | "seen" | "also"))
    {
        return Ok(ActRequest { fields: given, ..ActRequest::default() });
    }
    let bytes = serde_json::to_vec(&given).expect("invariant: JSON that was read can be written");
    crate::api::take::read(&bytes, caller.lang)
}

/// An attachment of a matter
///
/// Always a download: nothing that people sent is shown as a page.
#[utoipa::path(
    get, path = "/api/v1/matters/{number}/attachments/{id}", tag = "attachments",
    params(
        ("number" = String, Path, description = "the public number"),
        ("id" = String, Path, description = "from `attachments` of an entry"),
        ("Gongzhi-Query-Code" = Option<String>, Header, description = "the long code, or the short one with the phone's end"),
        ("Gongzhi-Phone-Tail" = Option<String>, Header, description = "the last four digits of the phone left with it"),
    ),
    responses((status = 200, description = "the file", content_type = "application/octet-stream", body = Vec<u8>), Reads),
    security((), ("code" = []), ("token" = ["matters:read"]))
)]
pub async fn attachment(
    caller: Caller,
    Segments((number, blob)): Segments<(String, String)>,
) -> Result<Response, ApiError> {
    let viewer = caller.viewer(&number, Scope::Read).await?;
    let fails = caller.fails();
    let id = caller.app().by_number(&number).await.map_err(&fails)?;
    let file = caller.app().attachment(&viewer, id, &blob).await.map_err(&fails)?;
    let name = format!("attachment; filename=\"{}\"", file.name);
    let headers: [(HeaderName, String); 2] = [(header::CONTENT_TYPE, file.mime), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, file.content).into_response())
}

fn occurred(caller: &Caller, given: Option<&str>) -> Result<Option<Timestamp>, ApiError> {
    let parsed = given.map(str::parse::<Timestamp>).transpose();
    parsed.map_err(|_| ApiError::items(caller.lang, vec![Item::new("occurred", "time")]))
}

fn files_field(mechanism: &kernel::mechanism::Mechanism, action: &str) -> Option<String> {
    let fields = mechanism.fields_of(mechanism.action.get(action)?);
    let takes = |id: &&str| mechanism.field.get(*id).is_some_and(|f| f.kind == FieldKind::Files);
    fields.into_iter().find(takes).map(str::to_owned)
}

/// Puts attachments into the field of the form that takes files, after those that it names itself.
fn attach(caller: &Caller, fields: &mut Form, takes: Option<String>, files: Vec<String>) -> Result<(), ApiError> {
    let Some(field) = takes else {
        return Err(ApiError::items(caller.lang, vec![Item::new("attachments", "no_files")]));
    };
    let mut all = match fields.remove(&field) {
        Some(Value::Array(named)) => named,
        Some(Value::Null) | None => Vec::new(),
        Some(one) => vec![one],
    };
    for file in files.into_iter().map(Value::String) {
        if !all.contains(&file) {
            all.push(file);
        }
    }
    fields.insert(field, Value::Array(all));
    Ok(())
}
