//! Ballots and sets over the API. A ballot needs the slip's code and no account; paper counts need a teller's token.

use crate::api::caller::{Caller, Scope};
use crate::api::document::{Acts, Reads};
use crate::api::problem::ApiError;
use crate::api::shape::Words;
use crate::api::take::{Json, Segments};
use crate::pace::What;
use app::error::AppError;
use app::vote::{Entrusted, Slip};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// A ballot with a slip, or a count of paper ballots.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VoteRequest {
    /// The slip's number, with its code.
    #[serde(default)]
    pub slip: Option<u32>,
    /// The slip's code.
    #[serde(default)]
    pub code: Option<String>,
    /// The slip that it votes for, where that is another's.
    #[serde(default)]
    pub for_slip: Option<u32>,
    /// That slip's code: its holder gave it away with the slip.
    #[serde(default)]
    pub for_code: Option<String>,
    /// The option.
    #[serde(default)]
    pub choice: Option<String>,
    /// Tellers: the slips of the paper ballots.
    #[serde(default)]
    pub slips: Option<Vec<u32>>,
    /// Tellers: how often each option stands on them.
    #[serde(default)]
    pub counts: BTreeMap<String, u32>,
}

/// How the vote stands.
#[derive(Serialize, ToSchema)]
pub struct VoteAnswer {
    /// The matter.
    pub number: String,
    /// The vote.
    pub vote: String,
    /// It was counted.
    pub counted: bool,
}

/// Casts a ballot, or enters paper ballots
///
/// Refused with rule `slip_counted`, `vote_closed`, `proxy_limit`, `paper_sum` and others; nothing is counted then.
#[utoipa::path(
    post, path = "/api/v1/matters/{number}/votes/{vote}", tag = "matters", request_body = VoteRequest,
    params(
        ("number" = String, Path, description = "the public number"),
        ("vote" = String, Path, description = "the id of the vote"),
    ),
    responses((status = 200, description = "counted", body = VoteAnswer), Acts),
    security((), ("token" = ["matters:write"]))
)]
pub async fn vote(
    caller: Caller,
    Segments((number, vote)): Segments<(String, String)>,
    Json(given): Json<VoteRequest>,
) -> Result<axum::Json<VoteAnswer>, ApiError> {
    let fails = caller.fails();
    match (given.slips, given.slip, given.code, given.choice) {
        (Some(slips), None, None, None) => {
            let viewer = caller.viewer(&number, Scope::Write).await?;
            let id = caller.app().by_number(&number).await.map_err(&fails)?;
            caller.app().paper(&viewer, id, &vote, slips, given.counts).await.map_err(&fails)?;
        }
        (None, Some(slip), Some(code), Some(choice)) => {
            caller.pace(What::Ballot)?;
            let slip = Slip { number: number.clone(), slip, code, source: caller.source() };
            let paper = caller.app().ballot_paper(&slip).await.map_err(&fails)?;
            if paper.vote.id != vote {
                return Err(fails(AppError::NotFound));
            }
            let code = given.for_code.as_deref().unwrap_or_default();
            let other = given.for_slip.map(|slip| Entrusted { slip, code });
            caller.app().ballot(&slip, other, &choice).await.map_err(&fails)?;
        }
        _ => return Err(ApiError::new(caller.lang, StatusCode::UNPROCESSABLE_ENTITY, "ballot", &[])),
    }
    Ok(axum::Json(VoteAnswer { number, vote, counted: true }))
}

/// A row of a set.
#[derive(Serialize, ToSchema)]
pub struct Row {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its other columns.
    pub columns: BTreeMap<String, String>,
}

/// A set as it holds.
#[derive(Serialize, ToSchema)]
pub struct SetAnswer {
    /// Its id.
    pub set: String,
    /// Its name.
    pub name: Words,
    /// The version that holds; 0 where nothing was loaded.
    pub version: u32,
    /// Its rows, in their order.
    pub rows: Vec<Row>,
}

/// The rows of a list that holds
#[utoipa::path(
    get, path = "/api/v1/sets/{set}", tag = "mechanisms",
    params(("set" = String, Path, description = "the id of the set")),
    responses((status = 200, description = "the set", body = SetAnswer), Reads)
)]
pub async fn set(caller: Caller, Segments(set): Segments<String>) -> Result<axum::Json<SetAnswer>, ApiError> {
    let view = caller.app().set(&set).await.map_err(caller.fails())?;
    let row = |r: app::set::SetRow| Row { code: r.code, name: r.name, columns: r.columns };
    Ok(axum::Json(SetAnswer {
        set,
        name: (&view.set.name).into(),
        version: view.versions.first().map_or(0, |v| v.version),
        rows: view.rows.into_iter().map(row).collect(),
    }))
}
