//! What came out of her matter, with its codes, and a complaint about the handling that whoever handles it never sees.

use crate::components::Tone;
use crate::components::field::field as draw;
use crate::components::notice::{notice, outcome};
use crate::error::{WebError, status};
use crate::i18n::{t, tf};
use crate::layout::{PageHead, portal_page};
use crate::portal::posted::Posted;
use crate::portal::words::say;
use crate::portal::{code, fields};
use crate::visitor::Visitor;
use app::error::AppError;
use app::kin::{KinView, RelativeView};
use app::view::{FieldView, MatterView};
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kernel::refusal::{FieldError, Rule};
use kernel::text::Text;
use maud::{Markup, html};

/// The section on her page.
#[must_use]
pub fn section(visitor: &Visitor, view: &MatterView, kin: &KinView) -> Markup {
    let lang = visitor.lang;
    html! {
        @if !kin.children.is_empty() || !kin.links.is_empty() || kin.parent.is_some() { section.block #kin { h2.h2 { (t(lang, "follow.kin.label")) }
            ul.plain.stack-s {
                @if let Some(parent) = &kin.parent { li { (t(lang, "follow.kin.parent")) " " a href=(format!("/m/{}", parent.item.number)) { span.num { (parent.item.number) } } } }
                @for child in &kin.children { (own(visitor, child)) }
                @for link in &kin.links { li { (t(lang, "follow.kin.linked")) " " a href=(format!("/m/{}", link.item.number)) { span.num { (link.item.number) } } } }
            } } }
        @for hidden in &kin.hidden { section.block { (notice(Tone::Plain, say(lang, &hidden.name), &html! {
            p.small { (t(lang, "follow.kin.hidden")) }
            p { a href=(format!("/m/{}/complain/{}", view.number, hidden.child)) { (say(lang, &hidden.name)) } } })) } }
    }
}

fn own(visitor: &Visitor, child: &RelativeView) -> Markup {
    let lang = visitor.lang;
    let item = &child.item;
    let name = child.name.as_ref().unwrap_or(&item.mechanism_name);
    html! { li {
        p { b { (say(lang, name)) } " · " (say(lang, &item.state_name)) @if let Some(holder) = &item.holder { " · " (say(lang, &holder.name)) } }
        @if let Some(code) = &child.code {
            p.small { (tf(lang, "follow.kin.code", &[("number", &item.number)])) " " span.num { (code) } }
            form method="post" action=(format!("/m/{}", item.number)) { input type="hidden" name="code" value=(code); button.link { (t(lang, "follow.kin.open")) } }
        }
    } }
}

/// `GET /m/{number}/complain/{child}`
pub async fn page(visitor: Visitor, Path((number, child)): Path<(String, String)>) -> Result<Response, Response> {
    let (name, views, _) = form(&visitor, &number, &child).await?;
    Ok(sheet(&visitor, &number, &child, &name, &views, &Default::default(), &[], &[]).into_response())
}

/// `POST /m/{number}/complain/{child}`
pub async fn send(
    visitor: Visitor,
    Path((number, child)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let (name, views, parent) = form(&visitor, &number, &child).await?;
    let typed = fields::typed(&posted);
    let raw = fields::raw(&views, &typed);
    let key = Some(posted.get("key").to_owned()).filter(|k| !k.is_empty());
    let (viewer, id) = parent;
    match visitor.site.app.raise_hidden(&viewer, id, &child, raw, key).await {
        Ok(raised) => Ok(done(&visitor, &number, &raised).into_response()),
        Err(error) => {
            let AppError::Refused(refused, mechanism) = &error else {
                return Err(WebError::new(error, &visitor).into_response());
            };
            let (errors, words) = match &refused.rule {
                Rule::Fields(errors) => (errors.clone(), Vec::new()),
                _ => (Vec::new(), crate::refusal::words(refused, mechanism.as_deref(), visitor.lang)),
            };
            let page = sheet(&visitor, &number, &child, &name, &views, &typed, &errors, &words);
            Err((status(&error), page).into_response())
        }
    }
}

type Parent = (app::viewer::Viewer, kernel::ids::MatterId);

async fn form(visitor: &Visitor, number: &str, child: &str) -> Result<(Text, Vec<FieldView>, Parent), Response> {
    let (viewer, id) = code::viewer(visitor, number).await?;
    let found = visitor.site.app.hidden_form(&viewer, id, child).await;
    let (effective, views) = found.map_err(|e| WebError::new(e, visitor).into_response())?;
    Ok((effective.mechanism.mechanism.name.clone(), views, (viewer, id)))
}

#[expect(clippy::too_many_arguments, reason = "one page's whole content, used twice")]
fn sheet(
    visitor: &Visitor,
    number: &str,
    child: &str,
    name: &Text,
    views: &[FieldView],
    typed: &fields::Values,
    errors: &[FieldError],
    words: &[String],
) -> Markup {
    let lang = visitor.lang;
    let action = format!("/m/{number}/complain/{child}");
    let body = html! { div.narrow {
        p.overline { span.num { (number) } }
        h1.title { (say(lang, name)) }
        p.lede { (t(lang, "follow.kin.hidden")) }
        @if !words.is_empty() { (outcome(Tone::Warn, t(lang, "follow.kin.refused"), &html! { @for w in words { p { (w) } } })) }
        form.stack method="post" action=(action) data-draft=(action) {
            input type="hidden" name="key" value=(crate::desk::words::once());
            @for view in views { (draw(lang, &fields::field(lang, view, views, typed, &[], errors.iter().find(|e| e.field == view.id)))) }
            p.actions { button.btn data-kind="go" { (t(lang, "follow.kin.send")) } }
        }
        p { a href=(format!("/m/{number}")) { (t(lang, "follow.kin.back")) } }
    } };
    portal_page(&PageHead { section: "follow", private: true, ..visitor.head(say(lang, name)) }, &body)
}

pub(super) fn done(visitor: &Visitor, number: &str, raised: &app::raise::Raised) -> (StatusCode, Markup) {
    let lang = visitor.lang;
    let body = html! { div.narrow {
        h1.title { (t(lang, "follow.kin.done")) }
        p.lede { (tf(lang, "follow.kin.code", &[("number", &raised.number)])) " " b.num { (raised.long_code) } }
        p { (t(lang, "follow.kin.done_text")) }
        form method="post" action=(format!("/m/{}", raised.number)) { input type="hidden" name="code" value=(raised.long_code); p.actions { button.btn data-kind="go" { (t(lang, "follow.kin.open")) } } }
        p { a href=(format!("/m/{number}")) { (t(lang, "follow.kin.back")) } }
    } };
    let head = PageHead { section: "follow", private: true, ..visitor.head(t(lang, "follow.kin.done")) };
    (StatusCode::CREATED, portal_page(&head, &body))
}
