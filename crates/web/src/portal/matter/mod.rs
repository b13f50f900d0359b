//! A matter's page for whoever shows its code: progress only for the short code, everything of her own for the long one.
//! What may be shown is in the view's type; nothing is decided here.

pub mod act;
mod kept;
pub mod kin;
pub mod mine;
pub(crate) mod now;
pub mod paper;
mod parts;
mod receipt;
mod thread;
mod yours;

use super::code;
use super::words::{say, when};
use crate::components::looks::{Look, looks};
use crate::components::notice::{notice, outcome};
use crate::components::todo::{Todo, todo};
use crate::components::{Link, Tone};
use crate::i18n::{t, tf};
use crate::layout::{PageHead, portal_page};
use crate::visitor::Visitor;
use app::access::Access;
use app::finished::Answer;
use app::view::MatterView;
use app::viewer::{Shown, Viewer};
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use std::collections::HashMap;

/// `GET /m/{number}`; `?receipt` shows the receipt, `?done` says that an action was carried out.
pub async fn page(
    visitor: Visitor,
    Path(number): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Response> {
    let (viewer, id) = code::viewer(&visitor, &number).await?;
    let failed = |e| visitor.fails()(e).into_response();
    if matches!(viewer, Viewer::Code(_, Shown::Long)) && query.contains_key("receipt") {
        let view = visitor.site.app.view(&viewer, id).await.map_err(failed)?;
        return receipt::page(&visitor, &viewer, &view).await;
    }
    let done = query.contains_key("done");
    let make = |view: &MatterView| {
        if view.access == Access::Own && view.beside {
            return Answer { once: true, ..Answer::default() };
        }
        let anybody = kept::anybody(&visitor, view, done);
        let alone = app::kin::KinView::default();
        let markup =
            if view.access == Access::Own { own(&anybody, view, &alone, done) } else { progress(&anybody, view) };
        kept::answer(markup)
    };
    let answer = visitor.site.app.finished(&viewer, id, kept::form(&visitor, done), make).await.map_err(failed)?;
    if answer.once {
        // What happens in other matters changes nothing here, so that a page that tells of them is made each time.
        let view = visitor.site.app.view(&viewer, id).await.map_err(failed)?;
        let beside = visitor.site.app.kin(&viewer, id).await.map_err(failed)?;
        return Ok(own(&visitor, &view, &beside, done).into_response());
    }
    Ok(kept::respond(&answer))
}

fn head(visitor: &Visitor, title: &str) -> PageHead {
    PageHead { section: "follow", private: true, ..visitor.head(title) }
}

fn progress(visitor: &Visitor, view: &MatterView) -> Markup {
    let lang = visitor.lang;
    let body = html! {
        p.overline { span.num { (view.number) } " · " (say(lang, &view.mechanism_name)) }
        h1.title { (say(lang, &view.state_name)) }
        (now::card(visitor, view))
        (parts::list(visitor, view))
        (crate::components::vote::votes(lang, &view.votes))
        (crate::components::count::links(lang, &format!("/m/{}", view.number), &view.votes))
        div.cols.block {
            section.main { h2.h2 { (t(lang, "follow.clocks.label")) } (now::clocks(visitor, view)) }
            section.side { div.card { h2.h2 { (t(lang, "follow.more.title")) } p.small.quiet { (t(lang, "follow.more.text")) } (code::more(visitor, &view.number)) } (leave(visitor, view)) }
        }
    };
    portal_page(&head(visitor, &view.number), &body)
}

fn own(visitor: &Visitor, view: &MatterView, beside: &app::kin::KinView, done: bool) -> Markup {
    let lang = visitor.lang;
    let title = view.title.clone().unwrap_or_else(|| say(lang, &view.state_name).to_owned());
    let parts = yours::parts(visitor, view);
    let body = html! {
        p.overline { span.num { (view.number) } " · " (say(lang, &view.mechanism_name)) " · " a href=(format!("/m/{}?receipt", view.number)) { (t(lang, "follow.receipt")) } }
        h1.title.voice-title { (title) }
        @if done { div.block { (outcome(Tone::Done, t(lang, "follow.done.label"), &html! { p { (t(lang, "follow.done.text")) } })) } }
        @if view.keeping.erased.is_some() { div.block { (notice(Tone::Plain, t(lang, "mine.title"), &mine::kept(visitor, &view.keeping))) } }
        (now::card(visitor, view))
        (parts::list(visitor, view))
        @if let Some(say_form) = yours::form(visitor, view, &parts) { div.block { (say_form) } }
        div.cols.block {
            section.side { h2.h2 { (t(lang, "follow.can.label")) } (can(visitor, view, &parts.rest)) }
            section.main { h2.h2 { (t(lang, "follow.thread")) } (thread::thread_of(visitor, view))
                p.small.quiet { (tf(lang, "follow.chain", &[("n", &view.entries.len().to_string())])) } }
        }
        (crate::components::vote::votes(lang, &view.votes))
        (crate::components::count::links(lang, &format!("/m/{}", view.number), &view.votes))
        (kin::section(visitor, view, beside))
        (letters(visitor, view))
        section.block { h2.h2 { (t(lang, "follow.looks.label")) } p.quiet { (t(lang, "follow.looks.text")) } (looks(lang, &looked(visitor, view), None)) }
        (mine::entrance(visitor, view))
        (leave(visitor, view))
    };
    portal_page(&head(visitor, &title), &body)
}

fn can(visitor: &Visitor, view: &MatterView, rest: &[&app::view::ActionView]) -> Markup {
    let lang = visitor.lang;
    let one = |a: &&app::view::ActionView| Todo {
        link: Link::new(format!("/m/{}/do/{}", view.number, a.name), say(lang, &a.label)),
        text: a.does.as_ref().map(|d| say(lang, d).to_owned()).unwrap_or_default(),
    };
    let mut list: Vec<Todo> = rest.iter().map(one).collect();
    let territory = visitor.site.app.settings().territory;
    list.extend(super::doors::others(visitor, &territory, &view.mechanism).iter().map(|e| {
        let head = &e.mechanism.mechanism;
        let label = tf(lang, "follow.other_way.label", &[("name", say(lang, &head.name))]);
        Todo {
            link: Link::new(format!("/raise/{}", head.id), label),
            text: t(lang, "follow.other_way.text").to_owned(),
        }
    }));
    html! {
        @if list.is_empty() { p.quiet { (t(lang, "follow.can.none")) } } @else { (todo(&list)) }
        @for blocked in &view.blocked { div.block { (notice(Tone::Plain, &tf(lang, "follow.blocked", &[("label", say(lang, &blocked.label))]), &html! {
            p.small { (crate::refusal::sentence(&blocked.rule, Some(&blocked.mechanism), lang)) @for short in &blocked.short { " " (say(lang, short)) } @if let Some(source) = &blocked.source { " " span.clause { (tf(lang, "portal.clause", &[("source", &crate::i18n::source(lang, source))])) } } } })) } }
    }
}

fn letters(visitor: &Visitor, view: &MatterView) -> Markup {
    let (lang, today) = (visitor.lang, visitor.site.app.now().date());
    html! { @if !view.letters.is_empty() { section.block { h2.h2 { (t(lang, "follow.letters")) }
        ul.plain.stack-s { @for letter in &view.letters { li {
            a href=(format!("/m/{}/letter/{}", view.number, letter.seq)) { (say(lang, &letter.name)) }
            span.quiet.small { @if let Some(number) = &letter.number { " " span.nb { (number) } } " " span.nb { (when(lang, letter.at, today)) } }
            (crate::components::letter_fate::line(lang, letter))
        } } }
    } } }
}

/// The roles of posts that have a word of their own; every other is somebody who handles it.
const POSTS: [&str; 8] = ["staff", "head", "operator", "callback", "leader", "mediator", "social_worker", "supervisor"];

fn looked(visitor: &Visitor, view: &MatterView) -> Vec<Look> {
    let (lang, today) = (visitor.lang, visitor.site.app.now().date());
    let one = |l: &app::view::LookView| {
        let key = format!("portal.post.{}", l.role);
        let known = POSTS.contains(&l.role.as_str());
        let fields: Vec<&str> = l.fields.iter().map(|f| say(lang, f)).collect();
        let all = t(lang, "follow.looks.file").to_owned();
        Look {
            when: when(lang, l.at, today),
            role: t(lang, if known { &key } else { "portal.post.staff" }).to_owned(),
            body: l.body.as_ref().map(|b| say(lang, &b.name).to_owned()).unwrap_or_default(),
            what: if fields.is_empty() { all } else { fields.join(t(lang, "portal.list_comma")) },
            why: Some(l.reason.clone()).filter(|r| !r.is_empty()),
        }
    };
    view.looks.iter().rev().map(one).collect()
}

/// On a shared device somebody else must not find the page open.
fn leave(visitor: &Visitor, view: &MatterView) -> Markup {
    let lang = visitor.lang;
    html! { form.block method="post" action=(format!("/m/{}/leave", view.number)) {
        p.small.quiet { (t(lang, "follow.leave.text")) " " button.link { (t(lang, "follow.leave.label")) } }
    } }
}
