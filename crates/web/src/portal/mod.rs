//! The portal: what residents and riders see. One file per page.

use crate::error::WebError;
use crate::server::Site;
use crate::visitor::Visitor;
use app::error::AppError;
use axum::Router;

/// The routes of the portal.
pub fn routes() -> Router<Site> {
    Router::new()
}

/// What is not there, and what this visitor may not know of: the same answer.
pub async fn missing(visitor: Visitor) -> WebError {
    WebError::new(AppError::NotFound, &visitor)
}
