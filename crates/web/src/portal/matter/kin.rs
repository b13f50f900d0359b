//! What came out of her matter, with its codes, and a complaint about the handling that whoever handles it never sees.

use crate::components::Tone;
use crate::components::field::{Field, field as draw};
use crate::components::notice::{notice, outcome};
use crate::error::{WebError, status};
use crate::i18n::{t, tf};
use crate::layout::{PageHead, portal_page};
use crate::portal::code;
use crate::portal::fields::{self, Kept, stage};
use crate::portal::posted::Posted;
use crate::portal::words::say;
use crate::visitor::Visitor;
use app::error::AppError;
use app::kin::{KinView, RelativeView};
use app::view::{FieldView, MatterView};
use app::viewer::Viewer;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kernel::ids::MatterId;
use kernel::mechanism::FieldKind;
use kernel::refusal::{FieldError, Rule};
use kernel::region::RegionCode;
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
            p.actions { a.btn href=(format!("/m/{}/complain/{}", view.number, hidden.child)) { (t(lang, "follow.kin.hidden_go")) span.vh { " " (say(lang, &hidden.name)) } } } })) } }
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
    let form = form(&visitor, &number, &child).await?;
    Ok(sheet(&visitor, &number, &child, &form, &Typed::default()).into_response())
}

/// `POST /m/{number}/complain/{child}`
pub async fn send(
    visitor: Visitor,
    Path((number, child)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    let form = form(&visitor, &number, &child).await?;
    let key = posted.get("key").to_owned();
    let mut files: Vec<Kept> = form
        .views
        .iter()
        .flat_map(|v| posted.all(&format!("{}_keep", fields::name(&v.id))))
        .filter_map(|k| Kept::read(&k))
        .collect();
    let (posted, unstaged) = stage(&visitor, &form.region, posted, &mut files).await;
    let typed = Typed { values: fields::typed(&posted), files, key, ..Typed::default() };
    if let Some(unstaged) = unstaged {
        let typed = Typed { file_error: Some(unstaged.text.clone()), ..typed };
        return Ok(unstaged.answer(sheet(&visitor, &number, &child, &form, &typed)));
    }
    let mut raw = fields::raw(&form.views, &typed.values);
    if let Some(field) = form.views.iter().find(|v| v.field.kind == FieldKind::Files) {
        raw.insert(field.id.clone(), typed.files.iter().map(|f| f.id.as_str()).collect());
    }
    let key = Some(typed.key.clone()).filter(|k| !k.is_empty());
    match visitor.site.app.raise_hidden(&form.viewer, form.parent, &child, raw, key).await {
        Ok(raised) => Ok(done(&visitor, &number, &raised).into_response()),
        Err(error) => {
            let AppError::Refused(refused, mechanism) = &error else {
                return Err(WebError::new(error, &visitor).into_response());
            };
            let (errors, words) = match &refused.rule {
                Rule::Fields(errors) => (errors.clone(), Vec::new()),
                _ => (Vec::new(), crate::refusal::words(refused, mechanism.as_deref(), visitor.lang)),
            };
            let page = sheet(&visitor, &number, &child, &form, &Typed { errors, words, ..typed });
            Err((status(&error), page).into_response())
        }
    }
}

/// The form of a complaint, and whose it is.
struct Form {
    /// What the way is called on her page.
    name: Text,
    /// The kind of matter that it becomes.
    becomes: Text,
    views: Vec<FieldView>,
    viewer: Viewer,
    parent: MatterId,
    region: RegionCode,
}

/// What was typed, and what came of it.
#[derive(Default)]
struct Typed {
    values: fields::Values,
    files: Vec<Kept>,
    errors: Vec<FieldError>,
    words: Vec<String>,
    file_error: Option<String>,
    key: String,
}

async fn form(visitor: &Visitor, number: &str, child: &str) -> Result<Form, Response> {
    let fails = |e| WebError::new(e, visitor).into_response();
    let (viewer, parent) = code::viewer(visitor, number).await?;
    let app = &visitor.site.app;
    let (effective, views) = app.hidden_form(&viewer, parent, child).await.map_err(fails)?;
    let becomes = effective.mechanism.mechanism.name.clone();
    let kin = app.kin(&viewer, parent).await.map_err(fails)?;
    let name = kin.hidden.into_iter().find(|h| h.child == child).map_or_else(|| becomes.clone(), |h| h.name);
    let region = app.view(&viewer, parent).await.map_err(fails)?.region.parse();
    let region = region.unwrap_or(app.settings().territory);
    Ok(Form { name, becomes, views, viewer, parent, region })
}

fn sheet(visitor: &Visitor, number: &str, child: &str, form: &Form, typed: &Typed) -> Markup {
    let lang = visitor.lang;
    let (action, name) = (format!("/m/{number}/complain/{child}"), say(lang, &form.name));
    let multipart = form.views.iter().any(|v| matches!(v.field.kind, FieldKind::Files | FieldKind::Sketch));
    let key = if typed.key.is_empty() { crate::desk::words::once() } else { typed.key.clone() };
    let one = |view: &FieldView| {
        let wrong = typed.errors.iter().find(|e| e.field == view.id);
        let field = fields::field(lang, view, &form.views, &typed.values, &typed.files, wrong);
        let refused = typed.file_error.clone().filter(|_| view.field.kind == FieldKind::Files);
        Field { error: refused.or(field.error.clone()), ..field }
    };
    let body = html! { div.narrow {
        p.overline { span.num { (number) } }
        h1.title { (name) }
        p.lede { (t(lang, "follow.kin.hidden")) }
        p { (tf(lang, "follow.kin.becomes", &[("name", say(lang, &form.becomes))])) }
        @if !typed.words.is_empty() { (outcome(Tone::Warn, t(lang, "follow.kin.refused"), &html! { @for w in &typed.words { p { (w) } } })) }
        form.stack method="post" action=(action) enctype=[multipart.then_some("multipart/form-data")] data-draft=(action) {
            input type="hidden" name="key" value=(key);
            @for view in &form.views { (draw(lang, &one(view))) }
            p.actions { button.btn data-kind="go" { (t(lang, "follow.kin.send")) } }
        }
        p { a href=(format!("/m/{number}")) { (t(lang, "follow.kin.back")) } }
    } };
    portal_page(&PageHead { section: "follow", private: true, ..visitor.head(name) }, &body)
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
