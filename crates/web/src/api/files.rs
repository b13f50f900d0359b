//! Staging a file: its bytes alone or as a part of a form. What it is, is told by its content; its name is never kept.

use crate::api::caller::Caller;
use crate::api::document::Stages;
use crate::api::problem::{ApiError, Item};
use crate::api::take::{Params, bytes, refuse_large, too_large};
use crate::pace::What;
use app::error::AppError;
use app::upload::MAX_BYTES;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{StatusCode, header};
use kernel::region::RegionCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// A form's own lines around the file.
const AROUND: usize = 64 * 1024;

/// Where the file will be used.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Where {
    /// The region of the matter that will name it; the installation's own if left out
    region: Option<String>,
}

/// A staged file. It is dropped after a day unless a matter names it.
#[derive(Serialize, ToSchema)]
pub struct StagedFile {
    /// The id to name.
    pub id: String,
    /// What it is.
    pub mime: String,
    /// How many bytes are kept: pictures are drawn anew, without place and camera data.
    pub size: u32,
}

/// Stages a file
///
/// The bytes as they are, or `multipart/form-data` with one file. At most 20 MiB; larger ones are not read.
#[utoipa::path(
    post, path = "/api/v1/attachments", tag = "attachments", params(Where),
    request_body(content((Vec<u8> = "application/octet-stream"), (Vec<u8> = "multipart/form-data"))),
    responses((status = 201, description = "staged", body = StagedFile), Stages),
    security((), ("token" = ["matters:write"]))
)]
pub async fn stage(
    caller: Caller,
    Params(place): Params<Where>,
    request: Request,
) -> Result<(StatusCode, axum::Json<StagedFile>), ApiError> {
    caller.raiser()?;
    caller.pace(What::File)?;
    let region = region(&caller, place.region)?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let content = if kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data") {
        part(request, &caller).await?
    } else {
        bytes(request, MAX_BYTES, caller.lang).await?.to_vec()
    };
    let staged = caller.app().stage(&region, content).await.map_err(caller.fails())?;
    Ok((StatusCode::CREATED, axum::Json(StagedFile { id: staged.id, mime: staged.mime, size: staged.size })))
}

fn region(caller: &Caller, given: Option<String>) -> Result<RegionCode, ApiError> {
    let app = caller.app();
    let territory = app.settings().territory;
    let Some(given) = given else { return Ok(territory) };
    let known = given.parse::<RegionCode>().ok().filter(|r| app.regions().get(r, app.now().date()).is_some());
    let region = known.ok_or_else(|| caller.fails()(AppError::UnknownRegion { given }))?;
    if territory.contains(&region) {
        return Ok(region);
    }
    Err(caller.fails()(AppError::OutsideTerritory { region: region.to_string() }))
}

/// The first file of a form.
async fn part(request: Request, caller: &Caller) -> Result<Vec<u8>, ApiError> {
    refuse_large(request.headers(), MAX_BYTES + AROUND, caller.lang)?;
    let unreadable = || ApiError::new(caller.lang, StatusCode::BAD_REQUEST, "unreadable", &[]);
    let failed = |e: axum::extract::multipart::MultipartError| {
        if e.status() == StatusCode::PAYLOAD_TOO_LARGE { too_large(MAX_BYTES, caller.lang) } else { unreadable() }
    };
    let mut form = Multipart::from_request(request, &caller.site).await.map_err(|_| unreadable())?;
    while let Some(field) = form.next_field().await.map_err(failed)? {
        if field.file_name().is_some() || field.name() == Some("file") {
            return Ok(field.bytes().await.map_err(failed)?.to_vec());
        }
    }
    Err(ApiError::items(caller.lang, vec![Item::new("file", "missing")]))
}
