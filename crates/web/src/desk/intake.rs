//! Taking a matter down for somebody else, keyboard first: one page, looking for the same matter without leaving it, and
//! the next step at once. Which fields there are is the mechanism's affair.

mod closed;
mod done;
mod sheet;

use super::form::Filling;
use super::frame::page as framed;
use super::new::{Raisable, raisable};
use super::words::{once, say};
use crate::error::{WebError, status, words};
use crate::i18n::{t, tf};
use crate::posted::Posted;
use crate::refusal;
use crate::visitor::Visitor;
use app::catalogue::Effective;
use app::error::AppError;
use app::lists::ItemView;
use app::raise::Raising;
use app::view::{FieldView, form};
use app::viewer::Staff;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kernel::ids::Class;
use kernel::mechanism::{Door, FieldKind, RAISE};
use kernel::permit::{itself, own_field};
use kernel::refusal::Rule;
use kernel::region::RegionCode;
use kernel::time::Timestamp;
use maud::{Markup, html};

/// The sheet as far as it is filled in.
pub struct Draft {
    /// The mechanisms to choose from.
    pub offered: Vec<Effective>,
    /// The one that is chosen.
    pub chosen: Effective,
    /// Where.
    pub region: RegionCode,
    /// Its fields.
    pub fields: Vec<FieldView>,
    /// What was typed.
    pub filling: Filling,
    /// When it was said or posted, as typed.
    pub occurred: String,
    /// Sent along, so that pressing twice registers once.
    pub key: String,
    /// Why it was not registered.
    pub refused: Vec<String>,
    /// The kind of matter that was asked for, where this is another one because that is not open here.
    pub closed: Option<closed::Closed>,
    /// Open matters that look the same; none before looking.
    pub similar: Option<Vec<ItemView>>,
}

impl Draft {
    async fn new(visitor: &Visitor, staff: &Staff, sent: Posted) -> Result<Draft, WebError> {
        let app = &visitor.site.app;
        let territory = app.settings().territory;
        let all = raisable(visitor, staff);
        let wanted = sent.get("mechanism").to_owned();
        // Who takes down for others most often takes the first that residents may send themselves.
        let usual = || all.iter().find(|r| is_usual(r)).or_else(|| all.first());
        let asked = all.iter().find(|r| r.effective.mechanism.mechanism.id == wanted);
        let closed = (asked.is_none() && !wanted.is_empty()).then(|| closed::closed(visitor, staff, &wanted));
        let chosen = asked.or_else(usual);
        let Raisable { effective: chosen, region: own } =
            chosen.cloned().ok_or_else(|| WebError::new(AppError::NotFound, visitor))?;
        let region = sent.get("region").parse().ok().filter(|r| territory.contains(r)).unwrap_or(own);
        let offered = all.into_iter().map(|r| r.effective).collect();
        let raise = chosen.mechanism.action.get(RAISE);
        let mut fields = raise.map(|a| form(app, &chosen.mechanism, a, &region)).unwrap_or_default();
        app.offer_places(&region, &mut fields).await.map_err(visitor.fails())?;
        let occurred = sent.get("occurred").to_owned();
        let key = Some(sent.get("key").to_owned()).filter(|k| !k.is_empty()).unwrap_or_else(once);
        let mut filling = Filling::read(visitor, &fields, sent, &region).await?;
        let by_phone = |f: &&FieldView| f.id == "channel" && f.field.of.iter().any(|o| o.id == "phone");
        if fields.iter().any(|f| by_phone(&f)) && filling.get("channel").is_empty() {
            filling.set("channel", "phone");
        }
        // Who raises for itself does not name itself.
        let own = itself(&chosen.mechanism, &region, &*app.directory(), &staff.posts);
        if let (Some(field), Some(body)) = (own_field(&chosen.mechanism), own)
            && filling.get(field).is_empty()
        {
            filling.set(field, &body.0.to_string());
        }
        Ok(Draft {
            offered,
            chosen,
            region,
            fields,
            filling,
            occurred,
            key,
            refused: Vec::new(),
            closed,
            similar: None,
        })
    }

    /// What was said and where, to look for the same matter.
    fn looked_for(&self) -> String {
        let words = |kind: FieldKind| {
            let fields = self.fields.iter().filter(move |f| f.field.kind == kind && f.field.class != Class::Sealed);
            fields.map(|f| self.filling.get(&f.id)).collect::<Vec<_>>().join(" ")
        };
        format!("{} {}", words(FieldKind::Text), words(FieldKind::Place))
    }
}

fn is_usual(r: &Raisable) -> bool {
    r.effective.mechanism.mechanism.door != Door::Staff
}

/// `GET /desk/intake`: the address may name the mechanism and the region.
pub async fn page(visitor: Visitor, Query(asked): Query<Vec<(String, String)>>) -> Result<Markup, WebError> {
    let staff = visitor.staff()?;
    let draft = Draft::new(&visitor, staff, Posted::of(asked)).await?;
    show(&visitor, &draft).await
}

/// Looks for the same matter, changes the mechanism, or registers.
pub async fn send(visitor: Visitor, sent: Posted) -> Result<Response, WebError> {
    let staff = visitor.staff()?;
    let step = sent.get("do").to_owned();
    let mut draft = Draft::new(&visitor, staff, sent).await?;
    match step.as_str() {
        // What was typed for another kind of matter is shown again, never registered as this one.
        _ if draft.closed.is_some() => Ok((StatusCode::CONFLICT, show(&visitor, &draft).await?).into_response()),
        "switch" => {
            draft.filling.errors.clear();
            Ok(show(&visitor, &draft).await?.into_response())
        }
        "fill" => {
            draft.filling.errors.clear();
            draft.filling.fill(&visitor, &draft.fields);
            Ok(show(&visitor, &draft).await?.into_response())
        }
        "similar" => {
            draft.filling.errors.clear();
            draft.similar = Some(similar(&visitor, staff, &draft).await?);
            Ok(show(&visitor, &draft).await?.into_response())
        }
        _ => register(&visitor, draft).await,
    }
}

async fn similar(visitor: &Visitor, staff: &Staff, draft: &Draft) -> Result<Vec<ItemView>, WebError> {
    let words = draft.looked_for();
    let mechanism = &draft.chosen.mechanism.mechanism.id;
    let like = app::kin::Similar { words: &words, region: draft.region, mechanism, except: None };
    visitor.site.app.similar(staff, &like, 8).await.map_err(visitor.fails())
}

async fn register(visitor: &Visitor, mut draft: Draft) -> Result<Response, WebError> {
    let occurred = match draft.occurred.trim() {
        "" => Ok(None),
        text => text.parse::<Timestamp>().map(Some),
    };
    let Ok(occurred) = occurred else {
        draft.refused.push(t(visitor.lang, "desk.intake.occurred_wrong").to_owned());
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, show(visitor, &draft).await?).into_response());
    };
    if !draft.filling.errors.is_empty() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, show(visitor, &draft).await?).into_response());
    }
    let raising = Raising {
        mechanism: draft.chosen.mechanism.mechanism.id.clone(),
        region: draft.region,
        fields: draft.filling.raw(&draft.fields),
        occurred,
        idempotency_key: Some(draft.key.clone()),
    };
    match visitor.site.app.raise(&visitor.viewer(), raising).await {
        Ok(raised) => {
            if !raised.again {
                visitor.site.metrics.raised();
            }
            Ok(done::page(visitor, &raised).await?.into_response())
        }
        Err(error) => refuse(visitor, draft, error).await,
    }
}

async fn refuse(visitor: &Visitor, mut draft: Draft, error: AppError) -> Result<Response, WebError> {
    let code = status(&error);
    match &error {
        AppError::Refused(refused, mechanism) => {
            if let Rule::Fields(errors) = &refused.rule {
                draft.filling.wrong(visitor.lang, errors);
            } else {
                draft.refused = refusal::words(refused, mechanism.as_deref(), visitor.lang);
            }
        }
        other => match words(other, visitor.lang) {
            Some((title, text)) => draft.refused = vec![title, text],
            None => return Err(WebError::new(error, visitor)),
        },
    }
    Ok((code, show(visitor, &draft).await?).into_response())
}

async fn show(visitor: &Visitor, draft: &Draft) -> Result<Markup, WebError> {
    let body = html! { @if let Some(closed) = &draft.closed { (closed::notice(visitor, draft, closed)) } (sheet::sheet(visitor, draft)) };
    let name = say(visitor.lang, &draft.chosen.mechanism.mechanism.name);
    let title = tf(visitor.lang, &sheet::word(draft, "desk.intake.title"), &[("name", name)]);
    framed(visitor, visitor.head(title), "/desk/intake", &html! {}, &body).await
}
