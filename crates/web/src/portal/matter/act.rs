//! Doing something in one's own matter: what it does and does not do, what it asks, one press. Whether it is lawful now
//! is the kernel's to say; what was typed is never lost.

use super::{head, yours};
use crate::components::error_summary::error_summary;
use crate::components::field::{Field, Input, field};
use crate::components::notice::outcome;
use crate::components::{Tone, hidden_fields};
use crate::error::{WebError, status, words};
use crate::i18n::{t, tf};
use crate::layout::portal_page;
use crate::portal::code::{self, redirect};
use crate::portal::fields::{self, Kept, Unstaged, Values, stage};
use crate::portal::words::say;
use crate::posted::Posted;
use crate::visitor::Visitor;
use app::act::Acting;
use app::error::AppError;
use app::view::{ActionView, MatterView};
use app::viewer::Viewer;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use kernel::ids::MatterId;
use kernel::mechanism::FieldKind;
use kernel::refusal::{FieldError, Rule};
use maud::{Markup, html};
use std::collections::BTreeSet;
use std::sync::Arc;

/// What was typed into the form of an action.
#[derive(Default)]
struct Typed {
    values: Values,
    files: Vec<Kept>,
    file_error: Option<String>,
    errors: Vec<FieldError>,
    unconfirmed: bool,
    key: String,
}

/// `GET /m/{number}/do/{action}`
pub async fn page(visitor: Visitor, Path((number, action)): Path<(String, String)>) -> Result<Response, Response> {
    let (view, _, _) = load(&visitor, &number).await?;
    let Some(act) = view.actions.iter().find(|a| a.name == action) else {
        return Err(not_now(&visitor, &view, &action));
    };
    Ok(draw(&visitor, &view, act, &Typed::default(), None).into_response())
}

/// `POST /m/{number}/do`: the answer form of the matter's page names its action in a field.
pub async fn answer(visitor: Visitor, Path(number): Path<String>, posted: Posted) -> Result<Response, Response> {
    let action = posted.get("act").to_owned();
    if action.is_empty() {
        let (view, _, _) = load(&visitor, &number).await?;
        return Ok(redirect(&format!("/m/{}#say", view.number), None));
    }
    carry_out(&visitor, &number, &action, posted).await
}

/// `POST /m/{number}/do/{action}`
pub async fn submit(
    visitor: Visitor,
    Path((number, action)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Response> {
    carry_out(&visitor, &number, &action, posted).await
}

async fn load(visitor: &Visitor, number: &str) -> Result<(MatterView, Viewer, MatterId), Response> {
    let (viewer, id) = code::viewer(visitor, number).await?;
    let fails = |e| WebError::new(e, visitor).into_response();
    Ok((visitor.site.app.view(&viewer, id).await.map_err(fails)?, viewer, id))
}

/// An action that is not offered now: the rule that stands in its way, else it does not exist.
fn not_now(visitor: &Visitor, view: &MatterView, action: &str) -> Response {
    let blocked = view.blocked.iter().find(|b| b.name == action);
    let error = blocked.map_or(AppError::NotFound, |b| {
        AppError::Refused(Box::new(b.rule.clone().into()), Some(Arc::clone(&b.mechanism)))
    });
    WebError::new(error, visitor).into_response()
}

async fn carry_out(visitor: &Visitor, number: &str, action: &str, posted: Posted) -> Result<Response, Response> {
    let (view, viewer, id) = load(visitor, number).await?;
    let kept: BTreeSet<&str> = posted.names("v-").filter(|n| n.ends_with("_keep")).collect();
    let mut files: Vec<Kept> =
        kept.iter().flat_map(|n| posted.all(&fields::name(n))).filter_map(|k| Kept::read(&k)).collect();
    let region = view.region.parse().unwrap_or(visitor.site.app.settings().territory);
    let (posted, unstaged) = stage(visitor, &region, posted, &mut files).await;
    let file_error = unstaged.as_ref().map(|u| u.text.clone());
    let typed = Typed {
        values: fields::typed(&posted),
        files,
        file_error,
        key: posted.get("key").to_owned(),
        ..Typed::default()
    };
    let Some(act) = view.actions.iter().find(|a| a.name == action) else {
        return Ok(moved_on(visitor, &view, action, &posted));
    };
    if typed.file_error.is_some() || (yours::grave(visitor, &view, act) && posted.get("sure") != "yes") {
        let unconfirmed = typed.file_error.is_none();
        let markup = draw(visitor, &view, act, &Typed { unconfirmed, ..typed }, None);
        let unstaged = unstaged.unwrap_or(Unstaged { text: String::new(), error: None });
        return Ok(unstaged.answer(markup));
    }
    let acting = Acting {
        action: action.to_owned(),
        fields: raw(act, &typed),
        part: None,
        occurred: None,
        idempotency_key: Some(typed.key.clone()).filter(|k| !k.is_empty()),
        seen: posted.get("seen").parse().ok(),
    };
    match visitor.site.app.act(&viewer, id, &acting).await {
        Ok(_) => Ok(redirect(&format!("/m/{}?done", view.number), None)),
        Err(e) => Ok(refused(visitor, &view, act, typed, &e)),
    }
}

/// What the action takes of what was typed; the answer form asks for more than each answer takes.
fn raw(act: &ActionView, typed: &Typed) -> kernel::form::Raw {
    let mut raw = fields::raw(&act.fields, &typed.values);
    let ids: Vec<&String> = typed.files.iter().map(|f| &f.id).collect();
    if let Some(field) = act.fields.iter().find(|v| v.field.kind == FieldKind::Files) {
        raw.insert(field.id.clone(), serde_json::json!(ids));
    }
    raw
}

/// The same form again: with the faults at the fields, or with the reason above it.
fn refused(visitor: &Visitor, view: &MatterView, act: &ActionView, typed: Typed, error: &AppError) -> Response {
    let code = status(error);
    if let AppError::Refused(refusal, _) = error
        && let Rule::Fields(errors) = &refusal.rule
    {
        let typed = Typed { errors: errors.clone(), ..typed };
        return (code, draw(visitor, view, act, &typed, None)).into_response();
    }
    // A new attempt after a conflict is a new command: the person has seen what changed.
    let typed = Typed { key: String::new(), ..typed };
    (code, draw(visitor, view, act, &typed, Some(error))).into_response()
}

/// The matter moved on while the page was open: what was typed stays to be copied.
fn moved_on(visitor: &Visitor, view: &MatterView, action: &str, posted: &Posted) -> Response {
    let lang = visitor.lang;
    if !view.blocked.iter().any(|b| b.name == action) && posted.get("seen").parse() == Ok(view.seq) {
        return WebError::new(AppError::NotFound, visitor).into_response();
    }
    let kept: Vec<String> = fields::typed(posted).into_values().flatten().filter(|v| v.chars().count() > 3).collect();
    let body = html! { div.narrow {
        h1.title { (t(lang, "follow.act.moved.title")) }
        p.lede { (tf(lang, "follow.act.moved.text", &[("state", say(lang, &view.state_name))])) }
        @if !kept.is_empty() { div.field { label for="kept" { (t(lang, "error.kept.label")) } textarea.in #kept readonly rows="5" { (kept.join("\n")) } } }
        p.actions { a.btn data-kind="go" href=(format!("/m/{}", view.number)) { (t(lang, "follow.act.moved.back")) } }
    } };
    let title = t(lang, "follow.act.moved.title");
    (axum::http::StatusCode::CONFLICT, portal_page(&head(visitor, title), &body)).into_response()
}

fn draw(visitor: &Visitor, view: &MatterView, act: &ActionView, typed: &Typed, error: Option<&AppError>) -> Markup {
    let lang = visitor.lang;
    let all = form_fields(visitor, view, act, typed);
    let multipart = act.fields.iter().any(|v| matches!(v.field.kind, FieldKind::Files | FieldKind::Sketch));
    let label = say(lang, &act.label);
    let grave = yours::grave(visitor, view, act);
    let mut hidden = yours::hidden(view);
    if !typed.key.is_empty() {
        hidden.retain(|(name, _)| name != "key");
        hidden.push(("key".into(), typed.key.clone()));
    }
    let body = html! { div.narrow {
        p.overline { a href=(format!("/m/{}", view.number)) { span.num { (view.number) } } }
        h1.title { (label) }
        @if let Some(error) = error { div.block { (why(visitor, error)) } }
        (effects(visitor, act))
        (error_summary(lang, &all))
        form.block method="post" action=(format!("/m/{}/do/{}", view.number, act.name)) enctype=[multipart.then_some("multipart/form-data")] {
            (hidden_fields(&hidden))
            div.stack { @for item in &all { (field(lang, item)) } }
            p.actions { button.btn data-kind=(if grave { "grave" } else { "go" }) { (label) }
                a href=(format!("/m/{}", view.number)) { (t(lang, "follow.act.back")) } }
        }
    } };
    portal_page(&head(visitor, label), &body)
}

fn form_fields(visitor: &Visitor, view: &MatterView, act: &ActionView, typed: &Typed) -> Vec<Field> {
    let lang = visitor.lang;
    let draw = |v: &app::view::FieldView| {
        let wrong = typed.errors.iter().find(|e| e.field == v.id);
        let mut field = fields::field(lang, v, &act.fields, &typed.values, &typed.files, wrong);
        if v.field.kind == FieldKind::Files && typed.file_error.is_some() {
            field.error.clone_from(&typed.file_error);
        }
        field
    };
    let mut all: Vec<Field> = act.fields.iter().map(draw).collect();
    // What ends or gives up the matter is asked once more, unless the page itself asked for her answer.
    if yours::grave(visitor, view, act) {
        let statement = t(lang, "follow.act.sure.statement").to_owned();
        let error = typed.unconfirmed.then(|| t(lang, "follow.act.sure.missing").to_owned());
        let input = Input::Check { checked: false, statement };
        all.push(Field { error, ..Field::new("sure", t(lang, "follow.act.sure.label"), input) });
    }
    all
}

/// What pressing does and what it does not do, and where the matter then stands.
fn effects(visitor: &Visitor, act: &ActionView) -> Markup {
    let lang = visitor.lang;
    html! { ul.does {
        @if let Some(does) = &act.does { li { (say(lang, does)) } }
        @match &act.leads_to { Some(state) => li { (tf(lang, "follow.act.leads", &[("state", say(lang, state))])) }, None => li { (t(lang, "follow.act.stays")) } }
        @if let Some(letter) = &act.letter { li { (tf(lang, "follow.act.letter", &[("letter", say(lang, letter))])) } }
        @if let Some(left) = act.left { li { (tf(lang, "follow.act.left", &[("n", &left.to_string())])) } }
        @if let Some(source) = &act.source { li.quiet { (tf(lang, "portal.clause", &[("source", &crate::i18n::source(lang, source))])) } }
    } }
}

fn why(visitor: &Visitor, error: &AppError) -> Markup {
    let lang = visitor.lang;
    let id = crate::error::log(error);
    let (title, text) = match error {
        AppError::Refused(refusal, mechanism) => {
            (t(lang, "error.refused.title").to_owned(), crate::refusal::said(refusal, mechanism.as_deref(), lang))
        }
        AppError::Conflict => {
            (t(lang, "follow.act.conflict.title").to_owned(), t(lang, "follow.act.conflict.text").to_owned())
        }
        _ => words(error, lang)
            .unwrap_or_else(|| (t(lang, "raise.failed.label").to_owned(), t(lang, "raise.failed.text").to_owned())),
    };
    outcome(
        Tone::Warn,
        &title,
        &html! { p { (text) } @if let Some(id) = id { p.small { (tf(lang, "error.id", &[("id", &id)])) } } },
    )
}
