//! desk: one file per page.

use crate::server::Site;
use axum::Router;

/// The routes.
pub fn routes() -> Router<Site> {
    Router::new()
}
