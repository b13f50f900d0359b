//! One published matter: its words, what anybody may send in answer to them while a clock runs, and what was published of
//! what came. Each that is sent is a matter of its own; its receipt is the page that follows.

use super::fields;
use super::posted::Posted;
use super::raise::arrived;
use super::words::{ring_at, say, when};
use crate::components::Tone;
use crate::components::counts::{Count, counts};
use crate::components::field::field as draw;
use crate::components::notice::outcome;
use crate::components::ring::{Size, ring};
use crate::error::{WebError, status};
use crate::i18n::{Lang, date_long, t, tf};
use crate::layout::{PageHead, portal_page, with_query};
use crate::pace::What;
use crate::visitor::Visitor;
use app::error::AppError;
use app::kin::{CountedView, OpenChild, PublishedPage, PublishedView, TakePart};
use app::lists::MarkRow;
use app::view::FieldView;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kernel::ids::MatterId;
use kernel::mechanism::FieldKind;
use kernel::refusal::{FieldError, Rule};
use kernel::text::Text;
use maud::{Markup, html};
use std::collections::HashMap;

/// The longest first line that is a heading, in characters.
const HEADLINE: usize = 30;

/// `GET /open/matters/{number}`
pub async fn page(
    visitor: Visitor,
    Path(number): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Markup, WebError> {
    let app = &visitor.site.app;
    let id = app.by_number(&number).await.map_err(visitor.fails())?;
    let after = query.get("after").and_then(|a| place(id, a));
    let page = app.published_page(id, after).await.map_err(visitor.fails())?;
    Ok(portal_page(&PageHead { section: "open", ..visitor.head(&page.view.number) }, &body(&visitor, &page)))
}

fn body(visitor: &Visitor, page: &PublishedPage) -> Markup {
    let (lang, v) = (visitor.lang, &page.view);
    let today = visitor.site.app.now().date();
    let here = format!("/open/matters/{}", v.number);
    let figures = [("came", page.came.to_string()), ("answered", page.answered.to_string())];
    let figures = figures.each_ref().map(|(k, n)| (*k, n.as_str()));
    let title = page.title.as_deref().or_else(|| headline(&v.words));
    html! { div.narrow {
        p.overline { (say(lang, &v.mechanism)) " · " span.num { (v.number) } }
        h1.title { @if let Some(title) = title { (title) } @else { (say(lang, &v.state)) } }
        p.quiet { @if title.is_some() { b { (say(lang, &v.state)) } " · " } (say(lang, &v.place)) " · " (tf(lang, "portal.published.at", &[("when", &when(lang, v.at, today))])) }
        blockquote.voice { (v.words) }
        @if !page.tells.is_empty() { dl.facts.block { @for (label, told) in &page.tells { dt { (say(lang, label)) } dd { (say(lang, told)) } } } }
        (crate::components::vote::votes(lang, &page.votes))
        (crate::components::count::links(lang, &here, &page.votes))
        @if page.votes.iter().any(|v| v.open) { p.actions { a.btn data-kind="go" href=(format!("/v/{}", v.number)) { (t(lang, "portal.door.now.vote")) } } }
        (counts(lang, v.counted.iter().map(|c| count(lang, c)).collect()))
        @for way in &page.places { (place_in(visitor, way)) }
        @for open in &page.open { (invite(visitor, &here, open)) }
        @if page.came > 0 { section.block #came {
            h2.h2 { (t(lang, "portal.draft.came")) }
            p { (tf(lang, "portal.draft.figures", &figures)) }
            @if page.children.is_empty() { p.quiet { (t(lang, "portal.draft.none")) } }
            @else { ul.matters { @for child in &page.children { (one(visitor, child)) } } }
            @if let Some(next) = &page.next { p { a href=(with_query(&here, "after", &format!("{}.{}", next.order, next.id.serial))) { (t(lang, "portal.draft.more")) } } }
        } }
        p.src.block { (t(lang, "portal.published.source")) }
        p { a href="/open/matters" { (t(lang, "portal.draft.all")) } }
    } }
}

/// The first line, where it is a heading: short, and others follow.
fn headline(words: &str) -> Option<&str> {
    let (first, rest) = words.split_once('\n')?;
    (!rest.trim().is_empty() && first.chars().count() <= HEADLINE).then(|| first.trim())
}

fn count(lang: Lang, c: &CountedView) -> Count {
    let over = c.days.as_ref().map(|(category, from, to)| {
        tf(
            lang,
            "portal.counted",
            &[("category", say(lang, category)), ("from", &date_long(lang, *from)), ("to", &date_long(lang, *to))],
        )
    });
    Count { label: say(lang, &c.label).to_owned(), n: c.n, from: c.days.as_ref().map(|d| d.1), over }
}

/// How many places are free, and the form that takes one.
fn place_in(visitor: &Visitor, way: &TakePart) -> Markup {
    let lang = visitor.lang;
    html! { @if let TakePart::Book { mechanism, label, free } = way { section.block {
        @if *free == 0 { p { b { (t(lang, "portal.door.now.full")) } } p.quiet { (t(lang, "portal.draft.full")) } }
        @else { p { b { (tf(lang, "portal.door.now.free", &[("n", &free.to_string())])) } }
            p.actions { a.btn data-kind="go" href=(format!("/raise/{mechanism}")) { (say(lang, label)) } } }
    } } }
}

fn invite(visitor: &Visitor, here: &str, open: &OpenChild) -> Markup {
    let lang = visitor.lang;
    let until = when(lang, open.until, visitor.site.app.now().date());
    html! { section.block { h2.h2 { (say(lang, &open.name)) }
        p { (tf(lang, "portal.draft.until", &[("when", &until)])) }
        p.actions { a.btn data-kind="go" href=(format!("{here}/{}", open.child)) { (t(lang, "portal.draft.write")) } }
    } }
}

fn one(visitor: &Visitor, v: &PublishedView) -> Markup {
    let lang = visitor.lang;
    html! { li { (ring(lang, Size::S, ring_at(v.ring, v.ended)))
    p { b { (v.words) } span { (say(lang, &v.state)) " · " (v.number) } } } }
}

fn place(of: MatterId, after: &str) -> Option<MarkRow> {
    let (order, serial) = after.split_once('.')?;
    let id = MatterId { cell: of.cell, serial: serial.parse().ok()? };
    let (kind, key, about) = ("child".to_owned(), of.to_string(), String::new());
    Some(MarkRow { kind, key, order: order.parse().ok()?, id, about })
}

/// `GET /open/matters/{number}/{child}`
pub async fn form(visitor: Visitor, Path((number, child)): Path<(String, String)>) -> Result<Markup, WebError> {
    let (_, name, views) = asked(&visitor, &number, &child).await?;
    let sheet = Sheet { number: &number, child: &child, name: &name, views: &views };
    Ok(sheet.page(&visitor, &Default::default(), &[], &[]))
}

/// `POST /open/matters/{number}/{child}`
pub async fn send(
    visitor: Visitor,
    Path((number, child)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, WebError> {
    let (id, name, views) = asked(&visitor, &number, &child).await?;
    let typed = fields::typed(&posted);
    let raw = fields::raw(&views, &typed);
    let key = Some(posted.get("key").to_owned()).filter(|k| !k.is_empty());
    let raised = match visitor.pace(What::Raise) {
        Ok(()) => visitor.site.app.raise_open(id, &child, raw, key).await,
        Err(e) => Err(e),
    };
    let error = match raised {
        Ok(raised) => return Ok(arrived(&visitor, &raised)),
        Err(error) => error,
    };
    let AppError::Refused(refused, mechanism) = &error else { return Err(WebError::new(error, &visitor)) };
    let (errors, words) = match &refused.rule {
        Rule::Fields(errors) => (errors.clone(), Vec::new()),
        _ => (Vec::new(), crate::refusal::words(refused, mechanism.as_deref(), visitor.lang)),
    };
    let sheet = Sheet { number: &number, child: &child, name: &name, views: &views };
    let code: StatusCode = status(&error);
    Ok((code, sheet.page(&visitor, &typed, &errors, &words)).into_response())
}

async fn asked(visitor: &Visitor, number: &str, child: &str) -> Result<(MatterId, Text, Vec<FieldView>), WebError> {
    let app = &visitor.site.app;
    let id = app.by_number(number).await.map_err(visitor.fails())?;
    let (effective, mut views) = app.open_form(id, child).await.map_err(visitor.fails())?;
    // One sheet, without the staging of files.
    views.retain(|f| f.field.kind != FieldKind::Files);
    Ok((id, effective.mechanism.mechanism.name.clone(), views))
}

struct Sheet<'a> {
    number: &'a str,
    child: &'a str,
    name: &'a Text,
    views: &'a [FieldView],
}

impl Sheet<'_> {
    fn page(&self, visitor: &Visitor, typed: &fields::Values, errors: &[FieldError], words: &[String]) -> Markup {
        let lang = visitor.lang;
        let action = format!("/open/matters/{}/{}", self.number, self.child);
        let body = html! { div.narrow {
            p.overline { span.num { (self.number) } }
            h1.title { (say(lang, self.name)) }
            p.lede { (t(lang, "portal.draft.lede")) }
            @if !words.is_empty() { (outcome(Tone::Warn, t(lang, "follow.kin.refused"), &html! { @for w in words { p { (w) } } })) }
            form.stack method="post" action=(action) data-draft=(action) {
                input type="hidden" name="key" value=(crate::desk::words::once());
                @for view in self.views { (draw(lang, &fields::field(lang, view, self.views, typed, &[], errors.iter().find(|e| e.field == view.id)))) }
                p.actions { button.btn data-kind="go" { (t(lang, "portal.draft.send")) } }
            }
            p { a href=(format!("/open/matters/{}", self.number)) { (t(lang, "portal.draft.back")) } }
        } };
        portal_page(&PageHead { section: "open", private: true, ..visitor.head(say(lang, self.name)) }, &body)
    }
}
