//! `/api/v1`: the same use cases as the pages, as JSON, with tokens and codes and never with cookies.
//! One file per subject; the description is generated from the handlers, so that it cannot say anything else.

mod caller;
pub mod document;
mod file;
mod files;
mod kin;
mod letters;
mod lists;
mod matters;
mod measures;
mod mechanisms;
mod mine;
pub mod operate;
mod places;
mod problem;
mod receipt;
mod shape;
mod take;
mod votes;

use crate::i18n::Lang;
use crate::server::Site;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::{any, get};
use problem::ApiError;
use std::sync::LazyLock;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

fn described() -> (Router<Site>, OpenApi) {
    OpenApiRouter::with_openapi(document::start())
        .routes(routes!(matters::raise, lists::list))
        .routes(routes!(lists::search))
        .routes(routes!(matters::one))
        .routes(routes!(matters::act))
        .routes(routes!(receipt::one))
        .routes(routes!(letters::letter))
        .routes(routes!(letters::void))
        .routes(routes!(mine::looks))
        .routes(routes!(mine::copy))
        .routes(routes!(mine::requests, mine::ask))
        .routes(routes!(kin::kin))
        .routes(routes!(kin::link))
        .routes(routes!(kin::hidden))
        .routes(routes!(kin::published))
        .routes(routes!(kin::knowledge))
        .routes(routes!(kin::places))
        .routes(routes!(files::stage))
        .routes(routes!(matters::attachment))
        .routes(routes!(mechanisms::all))
        .routes(routes!(mechanisms::one))
        .routes(routes!(measures::one))
        .routes(routes!(votes::vote))
        .routes(routes!(votes::set))
        .routes(routes!(places::region))
        .routes(routes!(places::day))
        .routes(routes!(places::due))
        .split_for_parts()
}

/// The description of the API.
#[must_use]
pub fn openapi() -> OpenApi {
    described().1
}

/// The routes.
pub fn routes() -> Router<Site> {
    let described = described().0.method_not_allowed_fallback(wrong_method);
    described
        .route("/api/openapi.json", get(description))
        .route("/api/{*rest}", any(unknown))
        .route("/api/", any(unknown))
        .route("/api", any(unknown))
        .route("/readyz", get(operate::ready))
        .route("/metrics", get(operate::metrics))
}

async fn description() -> axum::Json<&'static OpenApi> {
    static API: LazyLock<OpenApi> = LazyLock::new(openapi);
    axum::Json(&API)
}

async fn unknown(lang: Lang) -> ApiError {
    ApiError::new(lang, StatusCode::NOT_FOUND, "path", &[])
}

async fn wrong_method(lang: Lang) -> ApiError {
    ApiError::new(lang, StatusCode::METHOD_NOT_ALLOWED, "method", &[])
}
