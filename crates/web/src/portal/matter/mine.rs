//! Her personal data in one matter: until when it is kept, who looked, a copy to take along, and asking for more. Only for
//! whoever shows the long code; which requests there are is said by the packs, and decided by them.

use super::{head, looked};
use crate::components::Tone;
use crate::components::field::field as draw;
use crate::components::looks::looks;
use crate::components::notice::outcome;
use crate::error::{WebError, status};
use crate::i18n::{date_long, t, tf};
use crate::layout::portal_page;
use crate::portal::posted::Posted;
use crate::portal::words::{say, when};
use crate::portal::{code, fields};
use crate::visitor::Visitor;
use app::catalogue::Effective;
use app::error::AppError;
use app::own_copy::{AskedView, Asking};
use app::view::{FieldView, KeepingView, MatterView};
use app::viewer::Viewer;
use axum::extract::Path;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use kernel::ids::MatterId;
use kernel::refusal::{FieldError, Rule};
use maud::{Markup, html};

/// What stands on her own page: the way here.
#[must_use]
pub fn entrance(visitor: &Visitor, view: &MatterView) -> Markup {
    let lang = visitor.lang;
    html! { section.block #mine { h2.h2 { (t(lang, "mine.title")) }
        // What was erased is said at the head of the page already.
        @if view.keeping.erased.is_none() { (kept(visitor, &view.keeping)) }
        ul.plain.stack-s {
            li { a href=(format!("/m/{}/looks", view.number)) { (looked_at(visitor, view)) } }
            li { a href=(format!("/m/{}/mine", view.number)) { (t(lang, "mine.go")) } }
        }
    } }
}

fn looked_at(visitor: &Visitor, view: &MatterView) -> String {
    match view.looks.len() {
        0 => t(visitor.lang, "mine.looks.none").to_owned(),
        n => tf(visitor.lang, "mine.looks.some", &[("n", &n.to_string())]),
    }
}

/// Until when the content is kept, or what became of it.
#[must_use]
pub fn kept(visitor: &Visitor, keeping: &KeepingView) -> Markup {
    let lang = visitor.lang;
    let day = |at: kernel::time::Timestamp| date_long(lang, at.date());
    let clause = |source: &Option<String>| {
        let source = source.as_ref().map(|s| crate::i18n::source(lang, s));
        html! { @if let Some(source) = source { " " span.clause { (tf(lang, "portal.clause", &[("source", &source)])) } } }
    };
    if let Some(erased) = &keeping.erased {
        let key = if erased.by_time { "mine.erased.time" } else { "mine.erased.request" };
        return html! { p { (tf(lang, key, &[("date", &day(erased.at)), ("ground", say(lang, &erased.words))])) }
        @if let Some(number) = &erased.number { p.small.quiet { (tf(lang, "mine.decided", &[("number", number)])) } }
        @if let Some(request) = &erased.request { div.small { p { (t(lang, "mine.request")) } (kept(visitor, request)) } } };
    }
    html! {
        @if let Some(stored) = &keeping.restricted { p { (tf(lang, "mine.restricted", &[("date", &day(stored.at)), ("ground", say(lang, &stored.words))])) } }
        @if let Some(archive) = &keeping.archive { p { (say(lang, archive)) (clause(&keeping.source)) } }
        @else if let Some(until) = keeping.until { p { (tf(lang, "mine.until", &[("date", &day(until))])) (clause(&keeping.source)) } }
        @else if let Some(length) = keeping.after_end { p { (tf(lang, "mine.after_end", &[("length", &length_of(visitor, length))])) (clause(&keeping.source)) } }
        @else { p { (t(lang, "mine.until_asked")) } }
        (identity(visitor, keeping))
    }
}

/// Until when it is kept who the people in it are, where that is shorter.
fn identity(visitor: &Visitor, keeping: &KeepingView) -> Markup {
    let lang = visitor.lang;
    let day = |at: kernel::time::Timestamp| date_long(lang, at.date());
    let said = match (&keeping.identity_erased, keeping.identity_until, keeping.identity_after_end) {
        (Some(erased), ..) => Some(tf(lang, "mine.identity.erased", &[("date", &day(erased.at))])),
        (_, Some(until), _) => Some(tf(lang, "mine.identity.until", &[("date", &day(until))])),
        (_, _, Some(length)) => Some(tf(lang, "mine.identity.after_end", &[("length", &length_of(visitor, length))])),
        _ => None,
    };
    html! { @if let Some(said) = said { p { (said) } } }
}

fn length_of(visitor: &Visitor, length: kernel::time::Length) -> String {
    match visitor.lang {
        crate::i18n::Lang::Zh => length.kept_zh(),
        crate::i18n::Lang::En => length.kept_en(),
    }
}

/// `GET /m/{number}/looks`
pub async fn looks_page(visitor: Visitor, Path(number): Path<String>) -> Result<Markup, Response> {
    let (_, _, view) = own(&visitor, &number).await?;
    let lang = visitor.lang;
    let object = crate::components::Link::new(format!("/m/{number}/mine"), t(lang, "looks.object"));
    let title = t(lang, "follow.looks.label");
    let body = html! {
        p.overline { a href=(format!("/m/{number}")) { span.num { (view.number) } } }
        h1.title { (title) }
        p.lede { (t(lang, "follow.looks.text")) }
        (looks(lang, &looked(&visitor, &view), Some(&object).filter(|_| !view.looks.is_empty())))
        p.small.quiet.block { (t(lang, "mine.looks.how")) }
        p.block { a href=(format!("/m/{number}")) { (t(lang, "follow.letter.back")) } }
    };
    Ok(portal_page(&head(&visitor, title), &body))
}

/// `GET /m/{number}/mine`
pub async fn page(visitor: Visitor, Path(number): Path<String>) -> Result<Markup, Response> {
    let (viewer, id, view) = own(&visitor, &number).await?;
    let asked = visitor.site.app.asked(&viewer, id).await.map_err(|e| WebError::new(e, &visitor).into_response())?;
    Ok(sheet(&visitor, &view, &asked, None))
}

/// `POST /m/{number}/mine`: asks for something about the data in this matter.
pub async fn send(visitor: Visitor, Path(number): Path<String>, posted: Posted) -> Result<Response, Response> {
    let (viewer, id, view) = own(&visitor, &number).await?;
    let fails = |e| WebError::new(e, &visitor).into_response();
    visitor.pace(crate::pace::What::Raise).map_err(fails)?;
    let Some((effective, views)) =
        visitor.site.app.may_ask(&view).into_iter().find(|(e, _)| id_of(e) == posted.get("what"))
    else {
        return Err(fails(AppError::NotFound));
    };
    let typed = fields::typed(&posted);
    let asking = Asking {
        mechanism: id_of(&effective).to_owned(),
        fields: fields::raw(&views, &typed),
        idempotency_key: Some(posted.get("key").to_owned()).filter(|k| !k.is_empty()),
    };
    match visitor.site.app.ask(&viewer, id, asking).await {
        Ok(raised) => Ok(super::kin::done(&visitor, &number, &raised).into_response()),
        Err(error) => {
            let asked = visitor.site.app.asked(&viewer, id).await.map_err(fails)?;
            let AppError::Refused(refused, mechanism) = &error else { return Err(fails(error)) };
            let (errors, words) = match &refused.rule {
                Rule::Fields(errors) => (errors.clone(), Vec::new()),
                _ => (Vec::new(), crate::refusal::words(refused, mechanism.as_deref(), visitor.lang)),
            };
            let back = Back { what: id_of(&effective).to_owned(), typed, errors, words };
            Err((status(&error), sheet(&visitor, &view, &asked, Some(&back))).into_response())
        }
    }
}

/// `GET /m/{number}/copy`: to read and to print.
pub async fn copy(visitor: Visitor, Path(number): Path<String>) -> Result<Markup, Response> {
    let (viewer, id, _) = own(&visitor, &number).await?;
    let copy = visitor.site.app.own_copy(&viewer, id).await.map_err(|e| WebError::new(e, &visitor).into_response())?;
    let (lang, today) = (visitor.lang, visitor.site.app.now().date());
    let view = &copy.matter;
    let line = |label: &str, value: &str| html! { div { dt { (label) } dd.pre { (value) } } };
    let body = html! {
        p.overline { span.num.nb { (view.number) } " · " (visitor.head("").install) " · " span.nb { (when(lang, copy.made_at, today)) } }
        h1.title { (t(lang, "mine.copy.title")) }
        (kept(&visitor, &view.keeping))
        @for entry in &view.entries { section.block {
            p.overline { (date_long(lang, entry.at.date())) } h2.h3 { (say(lang, &entry.said)) }
            dl.copied { @for f in &entry.fields { (line(say(lang, &f.label), say(lang, &f.value))) } }
            @for f in &entry.gone { p.quiet { (gone(&visitor, view, say(lang, f))) } }
        } }
        @for letter in &copy.letters { section.block { h2.h2 { (say(lang, &letter.name)) } p.pre { (letter.text) } } }
        section.block { h2.h2 { (t(lang, "follow.looks.label")) } (looks(lang, &looked(&visitor, view), None)) }
        p.actions.no-print { button.btn type="button" data-print hidden { (t(lang, "follow.letter.print")) }
            a href=(format!("/m/{number}/copy.json")) { (t(lang, "mine.copy.file")) } a href=(format!("/m/{number}/mine")) { (t(lang, "mine.title")) } }
    };
    Ok(portal_page(&head(&visitor, t(lang, "mine.copy.title")), &body))
}

/// `GET /m/{number}/copy.json`: for other programs.
pub async fn copy_file(visitor: Visitor, Path(number): Path<String>) -> Result<Response, Response> {
    let (viewer, id, _) = own(&visitor, &number).await?;
    let copy = visitor.site.app.own_copy(&viewer, id).await.map_err(|e| WebError::new(e, &visitor).into_response())?;
    let name: String = number.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let json = serde_json::to_vec_pretty(&copy).expect("invariant: a copy is plain data");
    let headers = [
        (CONTENT_TYPE, "application/json; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"copy-{name}.json\"")),
    ];
    Ok((headers, json).into_response())
}

/// In the place of a text that was erased.
#[must_use]
pub fn gone(visitor: &Visitor, view: &MatterView, label: &str) -> String {
    let by_time = view.keeping.erased.as_ref().is_none_or(|e| e.by_time);
    let key = if by_time { "mine.gone.time" } else { "mine.gone.request" };
    crate::i18n::labelled(visitor.lang, label, t(visitor.lang, key))
}

async fn own(visitor: &Visitor, number: &str) -> Result<(Viewer, MatterId, MatterView), Response> {
    let (viewer, id) = code::viewer(visitor, number).await?;
    let view = visitor.site.app.own(&viewer, id).await.map_err(|e| WebError::new(e, visitor).into_response())?;
    Ok((viewer, id, view))
}

/// A request that was refused, with what was typed.
struct Back {
    what: String,
    typed: fields::Values,
    errors: Vec<FieldError>,
    words: Vec<String>,
}

fn id_of(effective: &Effective) -> &str {
    &effective.mechanism.mechanism.id
}

fn sheet(visitor: &Visitor, view: &MatterView, asked: &[AskedView], back: Option<&Back>) -> Markup {
    let lang = visitor.lang;
    let number = &view.number;
    let body = html! { div.narrow {
        p.overline { a href=(format!("/m/{number}")) { span.num { (number) } } }
        h1.title { (t(lang, "mine.title")) }
        p.lede { (t(lang, "mine.lede")) }
        section.block { h2.h2 { (t(lang, "mine.kept")) } (kept(visitor, &view.keeping)) }
        section.block { h2.h2 { (t(lang, "follow.looks.label")) } p { a href=(format!("/m/{number}/looks")) { (looked_at(visitor, view)) } } }
        section.block { h2.h2 { (t(lang, "mine.copy.title")) } p.quiet { (t(lang, "mine.copy.text")) }
            p.actions.block { a.btn href=(format!("/m/{number}/copy")) { (t(lang, "mine.copy.open")) } a href=(format!("/m/{number}/copy.json")) { (t(lang, "mine.copy.file")) } } }
        @if !asked.is_empty() { section.block { h2.h2 { (t(lang, "mine.asked")) } ul.plain.stack-s { @for one in asked { li {
            p { span.num { (one.item.number) } " · " (say(lang, &one.item.state_name)) }
            form method="post" action=(format!("/m/{}", one.item.number)) { input type="hidden" name="code" value=(one.code); button.link { (t(lang, "follow.kin.open")) } }
        } } } } }
        @if view.keeping.erased.is_none() { @for (effective, views) in &visitor.site.app.may_ask(view) { (ask(visitor, view, effective, views, back)) } }
        p.block { a href=(format!("/m/{number}")) { (t(lang, "follow.letter.back")) } }
    } };
    portal_page(&head(visitor, t(lang, "mine.title")), &body)
}

fn ask(
    visitor: &Visitor,
    view: &MatterView,
    effective: &Effective,
    views: &[FieldView],
    back: Option<&Back>,
) -> Markup {
    let lang = visitor.lang;
    let back = back.filter(|b| b.what == id_of(effective));
    let typed = back.map(|b| b.typed.clone()).unwrap_or_default();
    let errors = back.map_or(&[][..], |b| &b.errors);
    let words = back.map_or(&[][..], |b| &b.words);
    html! { section.block #ask { h2.h2 { (t(lang, "mine.ask")) }
        p.quiet { (t(lang, "mine.ask_text")) }
        @if !words.is_empty() { (outcome(Tone::Warn, t(lang, "follow.kin.refused"), &html! { @for w in words { p { (w) } } })) }
        form.stack method="post" action=(format!("/m/{}/mine", view.number)) {
            input type="hidden" name="key" value=(crate::desk::words::once());
            input type="hidden" name="what" value=(id_of(effective));
            @for f in views { (draw(lang, &fields::field(lang, f, views, &typed, &[], errors.iter().find(|e| e.field == f.id)))) }
            p.actions { button.btn data-kind="go" { (t(lang, "mine.send")) } }
        }
    } }
}
