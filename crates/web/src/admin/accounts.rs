//! The accounts: locking out, letting in again, a new password; and what was done lately. For
//! the post admin; the auditor reads.

use super::admin;
use crate::components::Tone;
use crate::components::notice::outcome;
use crate::components::tag::tag;
use crate::desk::frame::page as framed;
use crate::desk::words::{post, when};
use crate::error::WebError;
use crate::i18n::{Lang, t, tf};
use crate::posted::Posted;
use crate::visitor::Visitor;
use app::directory::Snapshot;
use app::error::AppError;
use app::people::{ActRow, PeopleError, PersonRow};
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use kernel::ids::PersonId;
use maud::{Markup, html};
use std::collections::HashMap;

/// So many records stand on the page; the command line lists them all.
const LATELY: u32 = 20;

/// So many accounts stand on the page.
const PAGE: usize = 30;

/// Which accounts are shown.
#[derive(Default)]
struct Shown {
    /// Only those with this in name, sign-in name, body or post.
    words: String,
    /// Only those behind this one.
    after: Option<u32>,
}

/// `GET /admin/accounts`
pub async fn page(visitor: Visitor, Query(query): Query<HashMap<String, String>>) -> Result<Markup, WebError> {
    admin(&visitor)?;
    let after = query.get("after").and_then(|id| id.parse().ok());
    render(&visitor, &Shown { after, ..Shown::default() }, None).await
}

/// `POST /admin/accounts`: looks for accounts; names stand in no address.
pub async fn find(visitor: Visitor, posted: Posted) -> Result<Markup, WebError> {
    admin(&visitor)?;
    let words = posted.get("q").trim().chars().take(60).collect();
    render(&visitor, &Shown { words, after: posted.get("after").parse().ok() }, None).await
}

/// The page, with what came of a change.
async fn render(visitor: &Visitor, shown: &Shown, told: Option<Markup>) -> Result<Markup, WebError> {
    let lang = visitor.lang;
    let directory = visitor.site.app.directory();
    let lately = lately(visitor, &directory).await?;
    let body = html! {
        @if let Some(told) = told { (told) }
        p { (t(lang, "admin.accounts.lede")) }
        form.actions role="search" method="post" action="/admin/accounts" {
            label.vh for="q" { (t(lang, "admin.accounts.find")) }
            input.in id="q" type="search" name="q" value=(shown.words) placeholder=(t(lang, "admin.accounts.find")) maxlength="60";
            button.btn { (t(lang, "admin.accounts.go")) }
        }
        (accounts(visitor, &directory, shown))
        (lately)
    };
    framed(visitor, visitor.head(t(lang, "admin.accounts.title")), "/admin/people", &html! {}, &body).await
}

/// `POST /admin/accounts/{id}`: `do` is `lock`, `unlock` or `password`.
pub async fn change(visitor: Visitor, Path(id): Path<String>, posted: Posted) -> Result<Response, WebError> {
    let staff = admin(&visitor)?;
    let app = &visitor.site.app;
    let by = Some(app.administrator(staff).map_err(visitor.fails())?);
    let directory = app.directory();
    let whose = id.parse().ok().and_then(|id| directory.person(PersonId(id)));
    let whose = whose.ok_or_else(|| WebError::new(AppError::NotFound, &visitor))?;
    let login = whose.login.as_str();
    let done = match posted.get("do") {
        "lock" => app.set_locked(by, login, true).await.map(|()| None),
        "unlock" => app.set_locked(by, login, false).await.map(|()| None),
        "password" => app.new_password(by, login, None).await.map(Some),
        _ => return Err(WebError::new(AppError::NotFound, &visitor)),
    };
    match done {
        Ok(None) => Ok(Redirect::to("/admin/accounts").into_response()),
        // Shown this once: the answer is kept nowhere, and no address leads to it.
        Ok(Some(password)) => {
            let told = html! { p { (tf(visitor.lang, "admin.accounts.password_text", &[("login", login)])) }
            p { code lang="en" { (password) } } };
            let told = outcome(Tone::Done, t(visitor.lang, "admin.accounts.password_done"), &told);
            Ok(render(&visitor, &Shown::default(), Some(told)).await?.into_response())
        }
        Err(PeopleError::Refused(why)) => {
            let told = outcome(Tone::Warn, why.get(visitor.text_lang()), &html! {});
            Ok((StatusCode::CONFLICT, render(&visitor, &Shown::default(), Some(told)).await?).into_response())
        }
        Err(PeopleError::App(error)) => Err(WebError::new(error, &visitor)),
    }
}

/// The accounts with their posts and what may be done.
fn accounts(visitor: &Visitor, directory: &Snapshot, shown: &Shown) -> Markup {
    let lang = visitor.lang;
    let fits = |p: &&PersonRow| {
        let all = [vec![p.name.clone(), p.login.clone()], held(lang, directory, p.id)].concat();
        shown.words.is_empty() || all.iter().any(|text| text.contains(&shown.words))
    };
    let behind = directory.persons().filter(|p| shown.after.is_none_or(|after| p.id.0 > after)).filter(fits);
    let mut persons: Vec<&PersonRow> = behind.take(PAGE + 1).collect();
    let more = (persons.len() > PAGE).then(|| persons.truncate(PAGE));
    let staff = visitor.staff.as_ref();
    let own = staff.map(|s| s.person);
    let may = staff.is_some_and(|s| visitor.site.app.administrator(s).is_ok());
    html! {
        @if persons.is_empty() { p.quiet { (t(lang, "admin.accounts.none")) } } @else { table.tbl data-cards {
            thead { tr { @for key in ["account", "posts", "state"] { th scope="col" { (t(lang, &format!("admin.accounts.{key}"))) } } @if may { th scope="col" { (t(lang, "admin.accounts.change")) } } } }
            tbody { @for person in &persons { tr {
                th scope="row" { (person.name) small { code lang="en" { (person.login) } } }
                td data-l=(t(lang, "admin.accounts.posts")) { (posts(lang, directory, person.id)) }
                td data-l=(t(lang, "admin.accounts.state")) { @if person.active { (t(lang, "admin.accounts.active")) } @else { (tag(Tone::Warn, t(lang, "admin.accounts.locked"))) } }
                @if may { td data-l=(t(lang, "admin.accounts.change")) { (buttons(lang, person, own)) } }
            } } }
        } }
        @if more.is_some() || shown.after.is_some() { form.pager method="post" action="/admin/accounts" {
            input type="hidden" name="q" value=(shown.words);
            @if shown.after.is_some() { button.btn { (t(lang, "admin.accounts.first")) } }
            @if let (Some(()), Some(last)) = (more, persons.last()) { button.btn name="after" value=(last.id.0) { (t(lang, "admin.accounts.more")) " →" } }
        } }
    }
}

fn posts(lang: Lang, directory: &Snapshot, person: PersonId) -> Markup {
    let held = held(lang, directory, person);
    html! { @if held.is_empty() { "—" } @else { ul.plain { @for line in &held { li { (line) } } } } }
}

/// The posts of somebody, in words.
fn held(lang: Lang, directory: &Snapshot, person: PersonId) -> Vec<String> {
    directory
        .posts_of(person)
        .filter_map(|p| {
            let body = app::view::body_name(directory, directory.body(p.body)?.id);
            let body = crate::desk::words::say(lang, &body.name).to_owned();
            Some(tf(lang, "desk.entry.field", &[("label", &body), ("value", &post(lang, &p.role))]))
        })
        .collect()
}

fn buttons(lang: Lang, person: &PersonRow, own: Option<PersonId>) -> Markup {
    let turn = if person.active { "lock" } else { "unlock" };
    html! { form.actions method="post" action=(format!("/admin/accounts/{}", person.id.0)) {
        @if own != Some(person.id) { button.link name="do" value=(turn) { (t(lang, &format!("admin.accounts.{turn}"))) span.vh { (person.name) } } }
        button.link name="do" value="password" { (t(lang, "admin.accounts.password")) span.vh { (person.name) } }
    } }
}

/// What was done lately.
async fn lately(visitor: &Visitor, directory: &Snapshot) -> Result<Markup, WebError> {
    let lang = visitor.lang;
    let acts = visitor.site.app.acts(None, LATELY).await.map_err(visitor.fails())?;
    Ok(html! { section.sec #acts { header { h2 { (t(lang, "admin.acts.title")) } }
        @if acts.is_empty() { p.quiet { (t(lang, "admin.acts.none")) } } @else { table.tbl data-cards {
            thead { tr { @for key in ["at", "by", "what"] { th scope="col" { (t(lang, &format!("admin.acts.{key}"))) } } } }
            tbody { @for (_, act) in &acts { (line(visitor, directory, act)) } }
        } }
    } })
}

fn line(visitor: &Visitor, directory: &Snapshot, act: &ActRow) -> Markup {
    let lang = visitor.lang;
    let by = act.by.and_then(|p| directory.person(p)).map(|p| p.name.clone());
    let about: Vec<String> = act.about.iter().map(|(key, value)| format!("{key}={value}")).collect();
    html! { tr {
        th scope="row" { span.nb { (when(lang, act.at, visitor.site.app.now().date())) } }
        td data-l=(t(lang, "admin.acts.by")) { (by.as_deref().unwrap_or(t(lang, "admin.acts.command"))) }
        td data-l=(t(lang, "admin.acts.what")) { (t(lang, &format!("admin.act.{}", act.what))) small { code lang="en" { (about.join(" ")) } } }
    } }
}
