//! The witness over HTTP, as C2SP tlog-witness says.

use super::state::{Failure, State};
use crate::clock::SystemClock;
use app::clock::Clock;
use app::log::witness::{Refusal, Request};
use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State as Shared};
use axum::http::{StatusCode, header::CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::sync::Arc;

/// More than the longest proof and a checkpoint with many signatures.
const LONGEST: usize = 64 * 1024;
const TEXT: &str = "text/plain; charset=utf-8";

/// The routes.
pub fn router(state: Arc<State>) -> Router {
    Router::new()
        .route("/", get(about))
        .route("/add-checkpoint", post(add))
        .route("/{origin}/checkpoint", get(last))
        .layer(DefaultBodyLimit::max(LONGEST))
        .with_state(state)
}

async fn about(Shared(state): Shared<Arc<State>>) -> Response {
    let text = format!("见证 a witness (c2sp.org/tlog-witness)\n{}\n", state.key());
    ([(CONTENT_TYPE, TEXT)], text).into_response()
}

async fn last(Shared(state): Shared<Arc<State>>, Path(origin): Path<String>) -> Response {
    match state.last(&origin) {
        Some(note) => ([(CONTENT_TYPE, TEXT)], note).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn add(Shared(state): Shared<Arc<State>>, body: String) -> Response {
    let Some(request) = Request::parse(&body) else { return refuse(Refusal::Malformed) };
    let at = u64::try_from(SystemClock::real().now().0 / 1000).unwrap_or_default();
    let origin = request.note.lines().next().unwrap_or_default().to_owned();
    // It writes and flushes files.
    match tokio::task::spawn_blocking(move || state.add(&request, at)).await {
        Ok(Ok(line)) => ([(CONTENT_TYPE, TEXT)], line).into_response(),
        Ok(Err(Failure::Refused(refusal))) => {
            if refusal == Refusal::Inconsistent {
                tracing::error!(%origin, "a log does not go on from what was cosigned: it was forked or rolled back");
            }
            refuse(refusal)
        }
        Ok(Err(error)) => {
            tracing::error!(%error, "nothing was cosigned");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn refuse(refusal: Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let kind = if matches!(refusal, Refusal::Size(_)) { "text/x.tlog.size" } else { TEXT };
    (status, [(CONTENT_TYPE, kind)], format!("{refusal}\n")).into_response()
}
