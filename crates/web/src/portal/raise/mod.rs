//! Raising in three steps: what and where, what else is asked, one look before sending. No session: what was told
//! travels in the form. Which mechanisms there are, and what they ask, comes from the catalogue.

mod check;
mod details;
pub mod draft;
mod nobody;
mod outside;
mod what;

pub use outside::{ask as ask_outside, page as outside};

use super::code::{redirect, set_cookie};
use super::doors;
use super::fields::stage;
use crate::error::{WebError, retry, status};
use crate::pace::What;
use crate::posted::Posted;
use crate::visitor::Visitor;
use app::catalogue::Effective;
use app::error::AppError;
use app::raise::{Raised, Raising};
use app::viewer::Viewer;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use draft::{Draft, Shape};
use kernel::mechanism::Door;
use kernel::refusal::{FieldError, Rule};
use kernel::region::RegionCode;
use maud::Markup;
use std::collections::HashMap;

/// `GET /raise`: which way is chosen on the page.
pub async fn start(visitor: Visitor, Query(query): Query<HashMap<String, String>>) -> Markup {
    let mut draft = Draft::of(&Posted::default());
    draft.what = query.get("what").cloned().unwrap_or_default();
    draft.picks = query.get("region").map(|code| draft::picks(&visitor, code)).unwrap_or_default();
    let door = doors::door(query.get("door").map_or("", String::as_str));
    what::page(&visitor, &what::Step { door, ..what::Step::new(&draft) })
}

/// `GET /raise/{mechanism}`: the way is given.
pub async fn start_on(
    visitor: Visitor,
    Path(mechanism): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, WebError> {
    let mut draft = Draft::of(&Posted::default());
    draft.picks = query.get("region").map(|code| draft::picks(&visitor, code)).unwrap_or_default();
    let region = draft.region(&visitor.site.app.settings().territory);
    for_residents(&visitor, &mechanism, &region)?;
    let effective = match visitor.site.app.open_to(&mechanism, &region) {
        Err(AppError::Nobody { mechanism, unfilled, .. }) => {
            return Ok(nobody::page(&visitor, (&mechanism, &unfilled), &draft));
        }
        other => other.map_err(visitor.fails())?,
    };
    let shape = Shape::of(&visitor, effective, &region).with_places(&visitor, &region).await?;
    Ok(what::page(&visitor, &what::Step { shape: Some(&shape), ..what::Step::new(&draft) }).into_response())
}

/// `POST /raise`
pub async fn next(visitor: Visitor, posted: Posted) -> Result<Response, WebError> {
    go_on(&visitor, None, posted).await
}

/// `POST /raise/{mechanism}`
pub async fn next_on(visitor: Visitor, Path(mechanism): Path<String>, posted: Posted) -> Result<Response, WebError> {
    go_on(&visitor, Some(mechanism), posted).await
}

async fn go_on(visitor: &Visitor, fixed: Option<String>, posted: Posted) -> Result<Response, WebError> {
    let mut draft = Draft::of(&posted);
    if draft.is_outside() {
        return Ok(outside::kept(visitor, &draft.what).into_response());
    }
    let region = draft.region(&visitor.site.app.settings().territory);
    let (posted, unstaged) = stage(visitor, &region, posted, &mut draft.files).await;
    draft.values = super::fields::typed(&posted);
    let file_error = unstaged.as_ref().map(|u| u.text.clone());
    let door = doors::door(posted.get("door"));
    let way = fixed.clone().or_else(|| posted.all("way").pop());
    let shape = match &way {
        Some(id) => {
            let effective = for_residents(visitor, id, &region)?;
            if let Some(unfilled) = nobody::missing(visitor, &effective, &draft) {
                return Ok(nobody::page(visitor, (&effective.mechanism, &unfilled), &draft));
            }
            Some(Shape::of(visitor, effective, &region).with_places(visitor, &region).await?)
        }
        None => None,
    };
    let first = what::Step {
        shape: shape.as_ref().filter(|_| fixed.is_some()),
        door,
        way,
        file_error,
        ..what::Step::new(&draft)
    };
    let go = posted.get("go");
    let (Some(shape), "details" | "check" | "send") = (&shape, go) else {
        let asked = !matches!(go, "" | "start" | "what" | "region");
        let step = what::Step { no_way: asked && shape.is_none(), checked: asked, ..first };
        let page = what::page(visitor, &step);
        return Ok(unstaged.map_or_else(|| (invalid(asked), page.clone()).into_response(), |u| u.answer(page.clone())));
    };
    let errors = shape.errors(visitor, &draft);
    if let Some(unstaged) = &unstaged {
        let step = what::Step { errors: &errors, checked: true, shape: Some(shape), ..first };
        return Ok(unstaged.answer(what::page(visitor, &step)));
    }
    if draft.lacks_county(visitor) || errors.iter().any(|e| shape.is_first(e)) {
        let step = what::Step { errors: &errors, checked: true, shape: Some(shape), ..first };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, what::page(visitor, &step)).into_response());
    }
    match go {
        "details" => Ok(details::page(visitor, &draft, shape, &[]).into_response()),
        _ if !errors.is_empty() => {
            Ok((StatusCode::UNPROCESSABLE_ENTITY, details::page(visitor, &draft, shape, &errors)).into_response())
        }
        "check" => Ok(check::page(visitor, &draft, shape, None).into_response()),
        _ => send(visitor, &draft, shape).await,
    }
}

/// What is offered, unless it has no door for residents: what staff register, or what is sent from the page of another matter.
fn for_residents(visitor: &Visitor, mechanism: &str, region: &RegionCode) -> Result<Effective, WebError> {
    let effective = visitor.site.app.offered(mechanism, region).map_err(visitor.fails())?;
    match effective.mechanism.mechanism.door {
        Door::Staff => Err(WebError::new(AppError::NotFound, visitor)),
        _ => Ok(effective),
    }
}

fn invalid(yes: bool) -> StatusCode {
    if yes { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

async fn send(visitor: &Visitor, draft: &Draft, shape: &Shape) -> Result<Response, WebError> {
    let raising = Raising {
        mechanism: shape.effective.mechanism.mechanism.id.clone(),
        region: draft.region(&visitor.site.app.settings().territory),
        fields: shape.raw(draft),
        occurred: None,
        idempotency_key: Some(draft.key.clone()),
    };
    let raised = match visitor.pace(What::Raise) {
        Ok(()) => visitor.site.app.raise(&Viewer::Public, raising).await,
        Err(e) => Err(e),
    };
    match raised {
        Ok(raised) => {
            if !raised.again {
                visitor.site.metrics.raised();
            }
            Ok(arrived(visitor, &raised))
        }
        Err(AppError::UnknownAttachment) => {
            let lost = Draft { files: Vec::new(), ..draft.clone() };
            let file_error = Some(crate::i18n::t(visitor.lang, "raise.file.lost").to_owned());
            let step = what::Step { shape: Some(shape), file_error, checked: true, ..what::Step::new(&lost) };
            Ok((StatusCode::UNPROCESSABLE_ENTITY, what::page(visitor, &step)).into_response())
        }
        Err(e) => Ok(kept(visitor, draft, shape, e)),
    }
}

/// The codes travel in a cookie for this matter's pages, never in an address.
pub(in crate::portal) fn arrived(visitor: &Visitor, raised: &Raised) -> Response {
    let cookie = set_cookie(visitor, &raised.number, &raised.long_code, None);
    redirect(&format!("/m/{}?receipt", raised.number), cookie)
}

/// It could not be sent: the same page again with the reason, nothing lost.
fn kept(visitor: &Visitor, draft: &Draft, shape: &Shape, error: AppError) -> Response {
    let status = status(&error);
    if let AppError::Refused(refusal, _) = &error
        && let Rule::Fields(errors) = &refusal.rule
    {
        let errors: &[FieldError] = errors;
        return (status, details::page(visitor, draft, shape, errors)).into_response();
    }
    retry(&error, (status, check::page(visitor, draft, shape, Some(&error))).into_response())
}
