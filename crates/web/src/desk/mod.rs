//! The desk: what staff see. One file per page; what may be read and done comes from the use cases.

pub(crate) mod about;
mod calendar;
mod counted;
mod demo_ways;
mod fill;
mod form;
pub(crate) mod frame;
mod inbox;
mod intake;
mod keys;
mod letters;
mod matter;
mod measures;
mod new;
mod plans;
mod roll;
mod roll_form;
mod rows;
mod search;
mod signin;
mod today;
mod vote;
pub(crate) mod words;

use crate::server::Site;
use axum::Router;
use axum::routing::{get, post};

/// The routes.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/desk", get(today::today))
        .route("/desk/sign-in", get(signin::page).post(signin::sign_in))
        .route("/desk/sign-out", post(signin::sign_out))
        .route("/desk/inbox", get(inbox::inbox))
        .route("/desk/search", get(search::start).post(search::search))
        .route("/desk/new", get(new::all).post(new::new))
        .route("/desk/intake", get(intake::page).post(intake::send))
        .route("/desk/calendar", get(calendar::calendar))
        .route("/desk/measures", get(measures::measures))
        .route("/desk/measures/{figure}", get(counted::counted))
        .route("/desk/plans", get(plans::plans))
        .route("/desk/letters", get(letters::letters))
        .route("/desk/keys", get(keys::keys))
        .route("/desk/m/{number}", get(matter::page))
        .route("/desk/m/{number}/open", get(matter::back).post(matter::open))
        .route("/desk/m/{number}/link", get(matter::back).post(matter::link))
        .route("/desk/m/{number}/do/{action}", get(matter::back_from).post(matter::act))
        .route("/desk/m/{number}/letter/{seq}", get(matter::letter))
        .route("/desk/m/{number}/letter/{seq}/docx", get(matter::docx))
        .route("/desk/m/{number}/letter/{seq}/void", get(matter::back_to_letter).post(matter::void))
        .route("/desk/m/{number}/file/{id}", get(matter::file))
        .route("/desk/m/{number}/slips/{vote}", get(vote::slips).post(vote::print))
        .route("/desk/m/{number}/paper/{vote}", get(vote::paper).post(vote::count))
        .route("/desk/m/{number}/count/{vote}", get(vote::counted))
        .route("/desk/m/{number}/roll/{vote}", get(roll::page).post(roll::send))
        .route("/desk/roll.xlsx", get(roll::template))
}
