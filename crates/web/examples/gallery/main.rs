//! Serves every component and a mocked form of every page, for looking at: `cargo run -p web --example gallery [SECONDS]`.
//! The places and people are invented. Nothing here is used by the product.

mod desk;
mod error;
mod intake;
mod portal;
mod raise;
mod shared;

use axum::Router;
use axum::extract::{Query, Request};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use std::collections::HashMap;
use std::time::Duration;
use web::assets;
use web::i18n::Lang;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let seconds: u64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(3600);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8099").await?;
    let app = Router::new().fallback(answer);
    axum::serve(listener, app).with_graceful_shutdown(tokio::time::sleep(Duration::from_secs(seconds))).await
}

async fn answer(Query(query): Query<HashMap<String, String>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    if let Some((hash, name)) = path.strip_prefix("/assets/").and_then(|rest| rest.split_once('/')) {
        return match assets::find(hash, name) {
            Some((mime, bytes)) => {
                ([(header::CONTENT_TYPE, mime), (header::CACHE_CONTROL, assets::CACHE_CONTROL)], bytes).into_response()
            }
            None => StatusCode::NOT_FOUND.into_response(),
        };
    }
    let view = shared::View {
        lang: query.get("lang").and_then(|text| Lang::parse(text)).unwrap_or_default(),
        large: query.get("size").is_some_and(|size| size == "large"),
        path: request.uri().to_string(),
    };
    let page = match path.as_str() {
        "/" => portal::home(&view),
        "/raise" => raise::one(&view),
        "/raise/way" => raise::two(&view),
        "/raise/check" => raise::three(&view),
        "/receipt" => portal::receipt_page(&view),
        "/follow" => portal::follow(&view),
        "/answer" => portal::answer(&view),
        "/desk" => desk::today(&view),
        "/desk/inbox" => desk::inbox(&view),
        "/desk/matter" => desk::matter(&view),
        "/desk/intake" => intake::intake(&view),
        "/admin/mechanism" => desk::mechanism(&view),
        "/admin/components" => desk::components(&view),
        "/sign-in" => portal::sign_in(&view),
        "/error/refused" => error::refused(&view),
        "/error/forbidden" => error::forbidden(&view),
        "/error/offline" => error::offline(&view),
        "/error/broken" => error::broken(&view),
        _ => error::not_found(&view),
    };
    ([(header::CONTENT_SECURITY_POLICY, assets::CONTENT_SECURITY_POLICY)], page).into_response()
}
