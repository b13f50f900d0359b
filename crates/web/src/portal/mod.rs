//! The portal: what residents and riders see. One file per page; every page works without scripts.

pub mod check;
pub mod code;
mod count;
pub mod door;
pub mod doors;
pub mod draft;
pub mod fields;
pub mod home;
pub mod know;
pub mod log;
pub mod matter;
pub mod mine;
mod now;
pub mod open;
pub mod published;
pub mod raise;
pub mod vote;
pub mod words;

use crate::error::WebError;
use crate::posted;
use crate::server::Site;
use crate::visitor::Visitor;
use app::error::AppError;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::Redirect;
use axum::routing::{get, post};

/// The routes of the portal.
pub fn routes() -> Router<Site> {
    let with_files = Router::new()
        .route("/raise", get(raise::start).post(raise::next))
        .route("/raise/{mechanism}", get(raise::start_on).post(raise::next_on))
        .route("/m/{number}/do", post(matter::act::answer))
        .route("/m/{number}/do/{action}", get(matter::act::page).post(matter::act::submit))
        .layer(DefaultBodyLimit::max(posted::LARGEST));
    let receipt = Router::new()
        .route("/receipt", get(check::page).post(check::check))
        .layer(DefaultBodyLimit::max(2 * app::check_receipt::LONGEST));
    Router::new()
        .route("/", get(home::page))
        .route("/door/{door}", get(door::page))
        .route("/find", get(|| async { Redirect::permanent("/door/find") }))
        .route("/take-part", get(|| async { Redirect::permanent("/door/join") }))
        .route("/outside", get(raise::outside).post(raise::ask_outside))
        .route("/follow", get(code::follow).post(code::show))
        .route("/m/{number}", get(matter::page).post(code::show_here))
        .route("/m/{number}/complain/{child}", get(matter::kin::page).post(matter::kin::send))
        .route("/m/{number}/mine", get(matter::mine::page).post(matter::mine::send))
        .route("/m/{number}/looks", get(matter::mine::looks_page))
        .route("/m/{number}/copy", get(matter::mine::copy))
        .route("/m/{number}/copy.json", get(matter::mine::copy_file))
        .route("/mine", get(mine::page))
        .route("/m/{number}/leave", post(code::leave))
        .route("/m/{number}/letter/{seq}", get(matter::paper::letter))
        .route("/m/{number}/file/{id}", get(matter::paper::file))
        .route("/m/{number}/receipt.txt", get(matter::paper::receipt))
        .route("/v", get(vote::find))
        .route("/v/{number}", get(vote::start).post(vote::step))
        .route("/know", get(know::page).post(know::ask))
        .route("/open", get(open::overdue))
        .route("/open/matters", get(published::matters))
        .route("/open/matters/{number}", get(draft::page))
        .route("/open/matters/{number}/count/{vote}", get(count::open))
        .route("/m/{number}/count/{vote}", get(count::own))
        .route("/open/matters/{number}/{child}", get(draft::form).post(draft::send))
        .route("/open/key", get(open::key))
        .route("/open/log", get(log::page))
        .route("/log/checkpoint", get(log::checkpoint))
        .route("/log/cosigned", get(log::cosigned))
        .route("/log/tile/{*path}", get(log::tile))
        .route("/open/mechanisms/{id}", get(open::rules))
        .merge(with_files)
        .merge(receipt)
}

/// What is not there, and what this visitor may not know of: the same answer.
pub async fn missing(visitor: Visitor) -> WebError {
    WebError::new(AppError::NotFound, &visitor)
}
