//! Acting on a matter and opening what is sealed. A refusal brings the page back with the rule and all that was typed.

use super::{Beside, Refused, late, read, render};
use crate::desk::form::Filling;
use crate::desk::roll_form;
use crate::error::{WebError, status, words};
use crate::i18n::{source, t};
use crate::posted::Posted;
use crate::refusal;
use crate::visitor::Visitor;
use app::act::Acting;
use app::error::AppError;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kernel::refusal::Rule;
use kernel::region::RegionCode;

/// Does what was chosen.
pub async fn act(
    visitor: Visitor,
    Path((number, action)): Path<(String, String)>,
    sent: Posted,
) -> Result<Response, WebError> {
    let (id, view) = read(&visitor, &number).await?;
    let region: RegionCode = view.region.parse().unwrap_or(visitor.site.app.settings().territory);
    let part = Some(sent.get("part").to_owned()).filter(|p| !p.is_empty());
    let on = view.parts.iter().filter(|p| part.as_ref() == Some(&p.key)).flat_map(|p| &p.actions);
    let late = view.late.iter().map(|l| &l.action);
    let mut open = view.actions.iter().filter(|_| part.is_none()).chain(on).chain(late);
    let fields = open.find(|a| a.name == action).map(|a| a.fields.clone()).unwrap_or_default();
    let (seen, key) = (sent.get("seen").parse().unwrap_or(view.seq), sent.get("key").to_owned());
    let (also, sure) = (sent.all("also"), sent.get("sure") == "yes");
    let occurred = late::posted(sent.get("occurred"));
    let fill = sent.get("do") == "fill";
    let mut sent = sent;
    let mut rolls = roll_form::take(&visitor, super::mechanism_of(&visitor, &view).as_deref(), &fields, &mut sent);
    let mut filling = Filling::read(&visitor, &fields, sent, &region).await?;
    rolls.show(&mut filling);
    if let Some(look) = rolls.look.take().filter(|_| filling.errors.is_empty()) {
        let back = Refused { action, part, filling, look: Some(look), ..Refused::default() };
        return again(&visitor, &number, back, StatusCode::OK).await;
    }
    if fill {
        filling.errors.clear();
        filling.fill(&visitor, &fields);
        let back = Refused { action, part, filling, ..Refused::default() };
        return again(&visitor, &number, back, StatusCode::OK).await;
    }
    if occurred.is_err() || !filling.errors.is_empty() {
        let words = occurred.err().map(|()| t(visitor.lang, "desk.intake.occurred_wrong").to_owned());
        let back = Refused { action, part, filling, words: words.into_iter().collect(), ..Refused::default() };
        return again(&visitor, &number, back, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let mut given = filling.raw(&fields);
    rolls.into_act(&mut given);
    let acting = Acting {
        action: action.clone(),
        fields: given,
        part: part.clone(),
        occurred: occurred.as_ref().ok().copied().flatten(),
        idempotency_key: Some(key).filter(|k| !k.is_empty()),
        seen: Some(seen),
    };
    // What everybody will read is read once more before it goes out.
    if let Some(words) = published(&visitor, &view, &acting).filter(|_| !sure) {
        return super::preview::page(&visitor, &view, &acting, &also, &words).await;
    }
    match visitor.site.app.act(&visitor.viewer(), id, &acting).await {
        Ok(_) if !also.is_empty() => {
            let done = visitor.site.app.act_also(&visitor.viewer(), id, &acting, &also).await;
            let (_, view) = read(&visitor, &number).await?;
            let report = Some(super::kin::report(&visitor, &done));
            let beside = Beside { did: Some((action, seen)), also: report, ..Beside::default() };
            Ok(render(&visitor, &view, &beside).await?.into_response())
        }
        Ok(_) => Ok(Redirect::to(&format!("/desk/m/{number}?did={action}&from={seen}")).into_response()),
        Err(error) => refuse(&visitor, &number, (action, part), filling, error).await,
    }
}

/// The words that an action publishes: as typed now, or as they were given before.
fn published(visitor: &Visitor, view: &app::view::MatterView, acting: &Acting) -> Option<String> {
    let mechanism = super::mechanism_of(visitor, view)?;
    let field = mechanism.action.get(&acting.action)?.publishes.clone()?;
    let before = || view.actions.iter().find(|a| a.name == acting.action)?.publishes.clone();
    acting.fields.get(&field).and_then(|v| v.as_str()).map(str::to_owned).or_else(before)
}

/// An address that only takes what is posted leads back to the matter.
pub async fn back_from(Path((number, _)): Path<(String, String)>) -> Redirect {
    Redirect::to(&format!("/desk/m/{number}"))
}

async fn refuse(
    visitor: &Visitor,
    number: &str,
    (action, part): (String, Option<String>),
    mut filling: Filling,
    error: AppError,
) -> Result<Response, WebError> {
    let status = status(&error);
    let back = match &error {
        AppError::Refused(refused, mechanism) => {
            if let Rule::Fields(errors) = &refused.rule {
                filling.wrong(visitor.lang, errors);
            }
            let words = refusal::words(refused, mechanism.as_deref(), visitor.lang);
            Refused {
                action,
                part,
                filling,
                words,
                clause: refused.clause.as_ref().map(|c| source(visitor.lang, c)),
                look: None,
            }
        }
        AppError::Conflict | AppError::KeyReused | AppError::UnknownAttachment => {
            let words = words(&error, visitor.lang).map(|(title, text)| vec![title, text]).unwrap_or_default();
            Refused { action, part, filling, words, ..Refused::default() }
        }
        _ => return Err(WebError::new(error, visitor)),
    };
    if status == StatusCode::NOT_FOUND {
        return Err(WebError::new(AppError::NotFound, visitor));
    }
    again(visitor, number, back, status).await
}

async fn again(visitor: &Visitor, number: &str, back: Refused, status: StatusCode) -> Result<Response, WebError> {
    let (_, view) = read(visitor, number).await?;
    let page = render(visitor, &view, &Beside { back: Some(back), ..Beside::default() }).await?;
    Ok((status, page).into_response())
}

/// Opens one sealed value and shows it in this answer only; the look is recorded before.
pub async fn open(visitor: Visitor, Path(number): Path<String>, sent: Posted) -> Result<Response, WebError> {
    let (id, _) = read(&visitor, &number).await?;
    let (seq, field, reason) = (sent.get("seq").parse().unwrap_or(0), sent.get("field"), sent.get("reason"));
    let opened = visitor.site.app.open_sealed(&visitor.viewer(), id, seq, field, reason).await;
    let (code, beside) = match opened {
        Ok(value) => (StatusCode::OK, Beside { opened: Some((seq, field.to_owned(), value)), ..Beside::default() }),
        Err(AppError::Forbidden) => {
            let alert = t(visitor.lang, "desk.sealed.reason").to_owned();
            (StatusCode::UNPROCESSABLE_ENTITY, Beside { alert: Some(alert), ..Beside::default() })
        }
        Err(error) => return Err(WebError::new(error, &visitor)),
    };
    let (_, view) = read(&visitor, &number).await?;
    Ok((code, render(&visitor, &view, &beside).await?).into_response())
}
