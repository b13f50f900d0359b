//! The administration, for the posts admin and auditor alone: what is in force, who is who, and whether it holds.
//! Nothing is changed here but the lists that officials keep, and who may sign in.

mod accounts;
mod beats;
mod clauses;
mod components;
mod mechanism;
mod mechanisms;
mod people;
mod sets;
mod stories;
mod template;
mod trial;
mod verify;

use crate::error::WebError;
use crate::server::Site;
use crate::visitor::Visitor;
use app::error::AppError;
use app::viewer::Staff;
use axum::Router;
use axum::routing::{get, post};

/// The routes.
pub fn routes() -> Router<Site> {
    Router::new()
        .route("/admin", get(mechanisms::list))
        .route("/admin/mechanisms", get(mechanisms::list))
        .route("/admin/mechanisms/{id}", get(mechanism::page))
        .route("/admin/mechanisms/{id}/trial", get(trial::page))
        .route("/admin/clauses", get(clauses::page))
        .route("/admin/stories", get(stories::index))
        .route("/admin/stories/{id}/{slug}", get(stories::story))
        .route("/admin/letters/office.docx", get(template::download))
        .route("/admin/people", get(people::page))
        .route("/admin/accounts", get(accounts::page).post(accounts::find))
        .route("/admin/accounts/{id}", post(accounts::change))
        .route("/admin/sets", get(sets::list))
        .route("/admin/sets/{id}", get(sets::page).post(sets::load))
        .route("/admin/sets/{id}/file", get(sets::file))
        .route("/admin/verify", get(verify::page).post(verify::run))
        .route("/admin/components", get(components::page))
}

/// Whether these posts open the administration.
#[must_use]
pub fn admits(staff: &Staff) -> bool {
    staff.is("admin") || staff.is("auditor")
}

/// Whoever signed in with a post of the administration; for everybody else there is no such page.
///
/// # Errors
/// `SignIn`, `NotFound`.
fn admin(visitor: &Visitor) -> Result<&Staff, WebError> {
    let staff = visitor.staff()?;
    if admits(staff) { Ok(staff) } else { Err(WebError::new(AppError::NotFound, visitor)) }
}
