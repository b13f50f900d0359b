//! The router and what holds for every answer: headers, same-origin posts, limits. Routes are in `portal`, `desk`, `admin`, `api`.

use crate::api::operate::{Metrics, count};
use crate::assets;
use crate::pace::{Pace, Paces};
use crate::visitor::{LANG, SIZE};
use app::installation::App;
use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Path, Request};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::sync::Arc;
use tower_http::compression::CompressionLayer;

/// What handlers share.
#[derive(Clone)]
pub struct Site {
    /// The installation.
    pub app: App,
    /// What is counted since the start.
    pub metrics: Arc<Metrics>,
    /// How fast one address may post.
    pub pace: Arc<Pace>,
}

/// The largest request: an attachment and a little more.
const LARGEST: usize = app::upload::MAX_BYTES + 256 * 1024;

/// The whole site, with the usual paces.
pub fn router(app: App) -> Router {
    router_at(app, Paces::default())
}

/// The whole site.
pub fn router_at(app: App, paces: Paces) -> Router {
    let site = Site { pace: Arc::new(Pace::new(&app, paces)), app, metrics: Arc::default() };
    Router::new()
        .merge(crate::portal::routes())
        .merge(crate::desk::routes())
        .merge(crate::admin::routes())
        .merge(crate::api::routes())
        .route("/assets/{hash}/{name}", get(asset))
        .route("/healthz", get(async || "ok"))
        .fallback(crate::portal::missing)
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(from_fn(guard))
        .layer(from_fn_with_state(site.clone(), count))
        .layer(CompressionLayer::new())
        .with_state(site)
}

async fn asset(Path((hash, name)): Path<(String, String)>) -> Response {
    match assets::find(&hash, &name) {
        Some((mime, bytes)) => {
            ([(header::CONTENT_TYPE, mime), (header::CACHE_CONTROL, assets::CACHE_CONTROL)], bytes).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Refuses writing from other sites, and puts the headers on that every answer has.
async fn guard(request: Request, next: Next) -> Response {
    // The API knows no cookies, so no other site can borrow anybody's.
    if !request.uri().path().starts_with("/api/") && !same_origin(&request) {
        return (StatusCode::FORBIDDEN, "a form of another site cannot be sent here").into_response();
    }
    let choices = remember(&request);
    let own_cache = request.uri().path().starts_with("/assets/");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, assets::CONTENT_SECURITY_POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "geolocation=(), camera=(), microphone=()");
    if !own_cache {
        set(header::CACHE_CONTROL, "no-store");
    }
    for choice in choices {
        headers.append(header::SET_COOKIE, choice);
    }
    response
}

/// A write with cookies must come from our own pages: browsers say so. Programs send tokens and no cookies.
fn same_origin(request: &Request<Body>) -> bool {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return true;
    }
    let text = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok());
    match (text("sec-fetch-site"), text("origin"), text("host")) {
        (Some("same-origin" | "none"), ..) => true,
        (Some(_), ..) => false,
        (None, Some(origin), Some(host)) => origin.split_once("//").is_some_and(|(_, o)| o == host),
        (None, None, _) => true,
        (None, Some(_), None) => false,
    }
}

/// A language or print size chosen in the address is remembered.
fn remember(request: &Request<Body>) -> Vec<HeaderValue> {
    let Some(query) = request.uri().query() else { return Vec::new() };
    let chosen = query.split('&').filter_map(|p| p.split_once('=')).filter_map(|(name, value)| match (name, value) {
        ("lang", "zh" | "en") => Some((LANG, value)),
        ("size", "large" | "normal") => Some((SIZE, value)),
        _ => None,
    });
    let cookie =
        |(name, value)| format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly").parse().ok();
    chosen.filter_map(cookie).collect()
}
