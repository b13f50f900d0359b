//! Signing in and out. In a demo the page offers every post at one press, grouped by where it is.

use super::words::{post, say};
use crate::components::signin_form::{SigninForm, signin_form};
use crate::error::{WebError, status, words};
use crate::i18n::{Lang, t, tf};
use crate::layout::{PageHead, escaped, plain_page};
use crate::posted::Posted;
use crate::visitor::{SESSION, Visitor};
use app::error::AppError;
use app::example::Example;
use app::view::body_name;
use axum::extract::Query;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use kernel::ids::BodyId;
use kernel::region::RegionLevel;
use maud::{Markup, html};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The password of every account of the demo.
pub const DEMO_PASSWORD: &str = "gongzhi-demo";

/// So many matters of the demo stand open at first.
const FIRST: usize = 4;

/// Where to go afterwards.
#[derive(Deserialize)]
pub struct Back {
    #[serde(default)]
    back: String,
}

/// The page.
pub async fn page(visitor: Visitor, Query(back): Query<Back>) -> Result<Response, WebError> {
    Ok(form(&visitor, &back.back, "", None).await?.into_response())
}

/// Signs in; a wrong try keeps the name and says how long to wait.
pub async fn sign_in(visitor: Visitor, sent: Posted) -> Result<Response, WebError> {
    let (user, back) = (sent.get("user").trim(), sent.get("back"));
    match visitor.site.app.sign_in(user, sent.get("password"), visitor.source.hash).await {
        Ok(signed) => Ok(with_cookie(&visitor, &signed.secret, 12 * 3600, local(back))),
        Err(error @ AppError::WrongCode { wait }) => {
            let text = match wait {
                0 => t(visitor.lang, "signin.wrong").to_owned(),
                _ => words(&error, visitor.lang).map(|w| w.1).unwrap_or_default(),
            };
            let mut response = (status(&error), form(&visitor, back, user, Some(text)).await?).into_response();
            if wait > 0 {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
            }
            Ok(response)
        }
        Err(error) => Err(WebError::new(error, &visitor)),
    }
}

/// Signs out.
pub async fn sign_out(visitor: Visitor) -> Result<Response, WebError> {
    if let Some(secret) = &visitor.secret {
        visitor.site.app.sign_out(secret).await.map_err(visitor.fails())?;
    }
    Ok(with_cookie(&visitor, "", 0, "/desk/sign-in"))
}

fn with_cookie(visitor: &Visitor, secret: &str, seconds: u32, to: &str) -> Response {
    let secure = if visitor.site.app.settings().address.starts_with("https:") { "; Secure" } else { "" };
    let cookie = format!("{SESSION}={secret}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
    let mut response = Redirect::to(&escaped(to)).into_response();
    match HeaderValue::from_str(&cookie) {
        Ok(value) => drop(response.headers_mut().append(header::SET_COOKIE, value)),
        Err(_) => *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR,
    }
    response
}

/// Only paths of this site: nobody is led elsewhere by signing in.
fn local(back: &str) -> &str {
    let fine = back.starts_with('/')
        && !back.starts_with("//")
        && !back.starts_with("/desk/sign-")
        && !back.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\');
    if fine { back } else { "/desk" }
}

async fn form(visitor: &Visitor, back: &str, user: &str, error: Option<String>) -> Result<Markup, WebError> {
    let lang = visitor.lang;
    let examples = visitor.site.app.examples().await.map_err(visitor.fails())?;
    let form = SigninForm {
        action: "/desk/sign-in".into(),
        user: user.into(),
        error,
        hidden: vec![("back".into(), local(back).into())],
        demo: Vec::new(),
    };
    let body = html! {
        h1.title { (t(lang, "desk.signin.title")) }
        p.lede { (t(lang, "desk.signin.lede")) " " a href="/" { (t(lang, "desk.signin.portal")) } }
        (signin_form(lang, &form))
        @if visitor.site.app.settings().demo { (super::demo_ways::ways(visitor, &|login, label, to| door(to, login, label))) }
        @if !examples.is_empty() { (residents(lang, &examples)) }
        @if visitor.site.app.settings().demo { (demo(visitor, local(back))) }
    };
    Ok(plain_page(&PageHead { private: true, ..visitor.head(t(lang, "desk.signin.title")) }, &body))
}

/// Living matters of the demo with their codes, each opened as its raiser by one press.
fn residents(lang: Lang, examples: &[Example]) -> Markup {
    let code = |key: &str, code: &str| html! { div { dt { (t(lang, key)) } dd.num { (code) } } };
    let list = |some: &[Example]| {
        html! { ul.plain.demo-matters { @for e in some { li {
            p { b { (e.title) } }
            form method="post" action="/follow" {
                input type="hidden" name="number" value=(e.number);
                input type="hidden" name="code" value=(e.long_code);
                button.btn { (t(lang, "desk.signin.residents.open")) span.vh { " " (e.number) } }
            }
            @if let Some((n, code)) = &e.slip { p.small {
                a href=(format!("/v/{}", e.number)) { (t(lang, "portal.door.now.vote")) } " "
                (tf(lang, "desk.signin.residents.slip", &[("n", &n.to_string()), ("code", code)]))
            } }
            details { summary { (t(lang, "desk.signin.residents.codes")) span.vh { " " (e.number) } }
                dl { (code("receipt.number.label", &e.number)) (code("receipt.code.label", &e.query_code)) (code("receipt.long.label", &e.long_code)) } }
        } } } }
    };
    html! { section.demo #residents aria-labelledby="residents-title" {
        h2.h2 #residents-title { (t(lang, "desk.signin.residents.title")) }
        p.quiet { (tf(lang, "desk.signin.residents.text", &[("n", &examples.len().to_string())])) }
        (list(&examples[..FIRST.min(examples.len())]))
        @if examples.len() > FIRST { details { summary { (tf(lang, "desk.signin.residents.more", &[("n", &(examples.len() - FIRST).to_string())])) } (list(&examples[FIRST..])) } }
    } }
}

/// The accounts of the demo by the level of their body, then by body.
fn demo(visitor: &Visitor, back: &str) -> Markup {
    let (lang, directory) = (visitor.lang, visitor.site.app.directory());
    let mut levels: BTreeMap<usize, BTreeMap<BodyId, Vec<(String, String)>>> = BTreeMap::new();
    for person in directory.persons().filter(|p| p.active) {
        let posts: Vec<_> = directory.posts_of(person.id).collect();
        let Some(body) = posts.first().and_then(|p| directory.body(p.body)) else { continue };
        let list = t(lang, "desk.list");
        let own: Vec<String> = posts.iter().filter(|p| p.body == body.id).map(|p| post(lang, &p.role)).collect();
        let own = own.join(list);
        let elsewhere = posts.iter().filter(|p| p.body != body.id).map(|p| body_name(&directory, p.body));
        let others: Vec<String> = elsewhere.map(|b| say(lang, &b.name).to_owned()).collect();
        let words = [("posts", own.as_str()), ("others", &others.join(list))];
        let label = if others.is_empty() { own.clone() } else { tf(lang, "desk.signin.beside", &words) };
        levels
            .entry(place_in_order(body.region.level()))
            .or_default()
            .entry(body.id)
            .or_default()
            .push((person.login.clone(), label));
    }
    html! { section.demo aria-labelledby="demo-title" {
        h2.h2 #demo-title { (t(lang, "signin.demo")) }
        p.quiet { (tf(lang, "desk.signin.demo", &[("password", DEMO_PASSWORD)])) }
        @for (level, bodies) in &levels {
            h3.h3 { (t(lang, LEVELS[*level])) }
            dl.demo-doors { @for (id, people) in bodies { div {
                dt { (say(lang, &body_name(&directory, *id).name)) }
                dd { @for (login, label) in people { (door(back, login, label)) } }
            } } }
        }
    } }
}

fn door(back: &str, login: &str, label: &str) -> Markup {
    html! { form method="post" action="/desk/sign-in" {
        input type="hidden" name="back" value=(back);
        input type="hidden" name="user" value=(login);
        input type="hidden" name="password" value=(DEMO_PASSWORD);
        button.btn title=(login) { (label) }
    } }
}

/// The headings of the demo's list, from those who act first.
const LEVELS: [&str; 4] =
    ["desk.signin.level.county", "desk.signin.level.town", "desk.signin.level.village", "desk.signin.level.above"];

fn place_in_order(level: RegionLevel) -> usize {
    match level {
        RegionLevel::County => 0,
        RegionLevel::Town => 1,
        RegionLevel::Village => 2,
        RegionLevel::Province | RegionLevel::Prefecture => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::local;

    #[test]
    fn nobody_is_led_to_another_site() {
        assert_eq!(local("/desk/m/YX-2026-000001?lang=en"), "/desk/m/YX-2026-000001?lang=en");
        assert_eq!(local("/desk/search?q=停车"), "/desk/search?q=停车");
        for elsewhere in ["//evil.example", "https://evil.example", "/\\evil.example", "", "/desk/sign-out", "/a\r\nb"]
        {
            assert_eq!(local(elsewhere), "/desk", "{elsewhere:?}");
        }
    }
}
