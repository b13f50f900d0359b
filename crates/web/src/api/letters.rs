//! Letters of a matter: reading one, and declaring one void.

use crate::api::caller::{Caller, Scope};
use crate::api::document::{Acts, Reads};
use crate::api::matters::ActAnswer;
use crate::api::problem::ApiError;
use crate::api::shape::{Words, time};
use crate::api::take::{Json, Segments};
use app::view as v;
use app::voiding::Voiding;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A letter issued in the matter.
#[derive(Debug, Serialize, ToSchema)]
pub struct Letter {
    /// Which letter.
    pub id: String,
    /// Its title.
    pub name: Words,
    /// The entry that issued it.
    pub seq: u32,
    /// Its number, as printed.
    pub number: Option<String>,
    /// When.
    pub at: String,
    /// It is void: the entry that says so, why, and the letter that came in its place.
    pub voided: Option<Voided>,
    /// How it was served.
    pub served: Option<Served>,
    /// It has still to be served.
    pub owed: bool,
    /// Calls about it that nobody answered.
    pub tries: Vec<Tried>,
}

/// A call about a letter that nobody answered.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tried {
    /// The entry that says so.
    pub seq: u32,
    /// When.
    pub at: String,
    /// Who called, and at what time.
    pub caller: Option<String>,
}

/// A letter that is void.
#[derive(Debug, Serialize, ToSchema)]
pub struct Voided {
    /// The entry that says so.
    pub seq: u32,
    /// When.
    pub at: String,
    /// Why; none where a silence was taken back.
    pub reason: Option<String>,
    /// The letter that came in its place.
    pub anew: Option<u32>,
}

/// How a letter was served.
#[derive(Debug, Serialize, ToSchema)]
pub struct Served {
    /// The entry that says so.
    pub seq: u32,
    /// How: `direct`, `left`, `online`, `post`, `notice`, `phone`, `read` or `deemed`.
    pub how: String,
    /// In words.
    pub way: Words,
    /// On which day.
    pub on: String,
    /// Who took it, who was told, or who stood by.
    pub who: Option<String>,
    /// Who called, and at what time.
    pub caller: Option<String>,
    /// Before whom it was read out or told.
    pub witness: Option<String>,
    /// How it was acknowledged that it was read out.
    pub signed: Option<Words>,
    /// Ids of the attachments that prove it.
    pub proof: Vec<String>,
}

impl From<&v::LetterView> for Letter {
    fn from(l: &v::LetterView) -> Letter {
        Letter {
            id: l.id.clone(),
            name: (&l.name).into(),
            seq: l.seq,
            number: l.number.clone(),
            at: time(l.at),
            voided: l.voided.as_ref().map(|v| Voided {
                seq: v.seq,
                at: time(v.at),
                reason: v.reason.clone(),
                anew: v.anew,
            }),
            served: l.served.as_ref().map(|s| Served {
                seq: s.seq,
                how: s.how.clone(),
                way: (&s.way).into(),
                on: s.on.to_string(),
                who: s.who.clone(),
                caller: s.caller.clone(),
                witness: s.witness.clone(),
                signed: s.signed.as_ref().map(Into::into),
                proof: s.proof.iter().map(|f| f.id.clone()).collect(),
            }),
            owed: l.owed,
            tries: l.tries.iter().map(|t| Tried { seq: t.seq, at: time(t.at), caller: t.caller.clone() }).collect(),
        }
    }
}

/// A letter.
#[derive(Serialize, ToSchema)]
pub struct LetterAnswer {
    /// Its facts.
    #[serde(flatten)]
    pub letter: Letter,
    /// Who signs.
    pub from: String,
    /// The text.
    pub text: String,
}

/// A letter as it was issued
#[utoipa::path(
    get, path = "/api/v1/matters/{number}/letters/{seq}", tag = "matters",
    params(
        ("number" = String, Path, description = "the public number"),
        ("seq" = u32, Path, description = "the entry that issued it"),
        ("Gongzhi-Query-Code" = Option<String>, Header, description = "the long code, or the short one with the phone's end"),
        ("Gongzhi-Phone-Tail" = Option<String>, Header, description = "the last four digits of the phone left with it"),
    ),
    responses((status = 200, description = "the letter", body = LetterAnswer), Reads),
    security((), ("code" = []), ("token" = ["matters:read"]))
)]
pub async fn letter(
    caller: Caller,
    Segments((number, seq)): Segments<(String, u32)>,
) -> Result<axum::Json<LetterAnswer>, ApiError> {
    let viewer = caller.viewer(&number, Scope::Read).await?;
    let fails = caller.fails();
    let id = caller.app().by_number(&number).await.map_err(&fails)?;
    let page = caller.app().letter(&viewer, id, seq).await.map_err(&fails)?;
    Ok(axum::Json(LetterAnswer { letter: (&page.view).into(), from: page.from, text: page.text }))
}

/// Why a letter is void.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoidRequest {
    /// Why, in at most 500 characters.
    pub reason: String,
    /// Issue it anew at once, with these of its words put right; an empty object leaves them as they are. A letter that has
    /// still to be served is never void without it.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub anew: Option<BTreeMap<String, Value>>,
    /// The number of entries that the actor saw; another number is a conflict.
    #[serde(default)]
    pub seen: Option<u32>,
}

/// Declares a letter void
///
/// For the body that issued it, until it was served. Its number is kept and given to no other letter.
#[utoipa::path(
    post, path = "/api/v1/matters/{number}/letters/{seq}/void", tag = "matters", request_body = VoidRequest,
    params(
        ("number" = String, Path, description = "the public number"),
        ("seq" = u32, Path, description = "the entry that issued it"),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 200 visible ASCII characters"),
    ),
    responses((status = 200, description = "done", body = ActAnswer), Acts),
    security(("token" = ["matters:write"]))
)]
pub async fn void(
    caller: Caller,
    Segments((number, seq)): Segments<(String, u32)>,
    Json(request): Json<VoidRequest>,
) -> Result<axum::Json<ActAnswer>, ApiError> {
    let viewer = caller.viewer(&number, Scope::Write).await?;
    let fails = caller.fails();
    let id = caller.app().by_number(&number).await.map_err(&fails)?;
    let voiding =
        Voiding { reason: request.reason, anew: request.anew, idempotency_key: caller.key.clone(), seen: request.seen };
    let done = caller.app().void_letter(&viewer, id, seq, &voiding).await.map_err(&fails)?;
    Ok(axum::Json(ActAnswer { number, state: done.state, entries: done.entries, also: Vec::new() }))
}
