//! The Word template that letters are written into: the office's own where the packs have one, else the built-in one to make
//! one's own from.

use super::admin;
use crate::error::WebError;
use crate::visitor::Visitor;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// `GET /admin/letters/office.docx`
///
/// # Errors
/// `SignIn`, `NotFound`.
pub async fn download(visitor: Visitor) -> Result<Response, WebError> {
    admin(&visitor)?;
    let own = visitor.site.app.catalogue().packs().letterhead(app::docx::EVERYBODY);
    let file = own.map_or_else(app::docx::built_in, |own| own.to_vec());
    let headers = [(CONTENT_TYPE, app::docx::MIME), (CONTENT_DISPOSITION, "attachment; filename=\"office.docx\"")];
    Ok((headers, file).into_response())
}
