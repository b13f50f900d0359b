//! Number and code: the form, the cookie that holds the code for one matter's pages, and who it makes the visitor.
//! Whether a code is right, and how long to wait, is `app::account`'s.

use super::home::lost;
use crate::components::code_form::{CodeForm, code_form};
use crate::components::field::{Field, Input, field};
use crate::error::{WebError, retry, status, words};
use crate::i18n::t;
use crate::layout::{PageHead, portal_page};
use crate::posted::Posted;
use crate::visitor::{CODE, Visitor};
use app::error::AppError;
use app::viewer::Viewer;
use axum::extract::Path;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kernel::ids::MatterId;
use maud::{Markup, html};

/// `GET /follow`
pub async fn follow(visitor: Visitor) -> Markup {
    form_page(&visitor, "", None)
}

/// `POST /follow`
pub async fn show(visitor: Visitor, posted: Posted) -> Response {
    let number = posted.get("number").trim().to_owned();
    enter(&visitor, &number, posted.get("code"), posted.get("tail")).await
}

/// `POST /m/{number}`: the code typed on the matter's own page.
pub async fn show_here(visitor: Visitor, Path(number): Path<String>, posted: Posted) -> Response {
    enter(&visitor, &number, posted.get("code"), posted.get("tail")).await
}

/// `POST /m/{number}/leave`
pub async fn leave(visitor: Visitor, Path(number): Path<String>) -> Response {
    let cookie = set_cookie(&visitor, &number, "", Some(0));
    redirect("/follow", cookie)
}

async fn enter(visitor: &Visitor, number: &str, code: &str, tail: &str) -> Response {
    let (code, tail) = (code.trim(), tail.trim());
    match visitor.site.show_code(number, code, Some(tail), visitor.source).await {
        Ok(Viewer::Code(id, _)) => {
            match visitor.site.app.view(&Viewer::Code(id, app::viewer::Shown::Short), id).await {
                Ok(view) => {
                    let value = if tail.is_empty() { code.to_owned() } else { format!("{code}~{tail}") };
                    redirect(&format!("/m/{}", view.number), set_cookie(visitor, &view.number, &value, None))
                }
                Err(e) => WebError::new(e, visitor).into_response(),
            }
        }
        Ok(_) => refused(visitor, number, &AppError::WrongCode { wait: 0 }),
        Err(e @ (AppError::WrongCode { .. } | AppError::TooMany { .. })) => refused(visitor, number, &e),
        Err(e) => WebError::new(e, visitor).into_response(),
    }
}

/// Who the visitor is on a matter's pages: whoever shows the code of this matter in its cookie.
///
/// # Errors
/// The page that asks for the code, also for a number that does not exist: nobody learns which numbers do.
pub async fn viewer(visitor: &Visitor, number: &str) -> Result<(Viewer, MatterId), Response> {
    let Some(cookie) = visitor.code.as_deref().filter(|c| !c.is_empty()) else {
        return Err((StatusCode::UNAUTHORIZED, form_page(visitor, number, None)).into_response());
    };
    let (code, tail) = cookie.split_once('~').map_or((cookie, None), |(c, t)| (c, Some(t)));
    match visitor.site.show_code(number, code, tail, visitor.source).await {
        Ok(viewer @ Viewer::Code(id, _)) => Ok((viewer, id)),
        Ok(_) => Err(refused(visitor, number, &AppError::WrongCode { wait: 0 })),
        Err(e @ (AppError::WrongCode { .. } | AppError::TooMany { .. })) => Err(refused(visitor, number, &e)),
        Err(e) => Err(WebError::new(e, visitor).into_response()),
    }
}

fn refused(visitor: &Visitor, number: &str, error: &AppError) -> Response {
    let text =
        words(error, visitor.lang).map(|(title, text)| format!("{title}{}{text}", t(visitor.lang, "portal.stop")));
    retry(error, (status(error), form_page(visitor, number, text)).into_response())
}

fn form_page(visitor: &Visitor, number: &str, error: Option<String>) -> Markup {
    let lang = visitor.lang;
    let form = CodeForm {
        action: "/follow".into(),
        number: number.to_owned(),
        error,
        lost: lost(visitor),
        hidden: Vec::new(),
    };
    let body = html! { div.narrow {
        h1.title { (t(lang, "follow.title")) }
        p.lede { (t(lang, "follow.lede")) }
        section.card { (code_form(lang, &form)) }
        p.small.quiet.block { (t(lang, "follow.which")) }
        @if visitor.site.app.settings().demo { p.small { a href="/desk/sign-in#residents" { (t(lang, "follow.demo")) } } }
    } };
    portal_page(&PageHead { section: "follow", private: true, ..visitor.head(t(lang, "follow.title")) }, &body)
}

/// A short form for whoever came with the short code: the long one, or the end of the phone number.
#[must_use]
pub fn more(visitor: &Visitor, number: &str) -> Markup {
    let lang = visitor.lang;
    let text = |name: &str, key: &str, max| {
        Field::new(name, t(lang, key), Input::Text { value: String::new(), max: Some(max), autocomplete: Some("off") })
    };
    let code = text("code", "follow.more.code.label", 80).hint(t(lang, "follow.more.code.hint"));
    let tail = text("tail", "follow.more.tail.label", 8).hint(t(lang, "follow.more.tail.hint")).optional();
    html! { form method="post" action=(format!("/m/{number}")) {
        div.stack { (field(lang, &code)) (field(lang, &tail)) }
        p.actions { button.btn { (t(lang, "follow.more.go")) } }
    } }
}

/// The cookie that holds a code: for this matter's pages only, out of reach of scripts, gone with the browser.
#[must_use]
pub fn set_cookie(visitor: &Visitor, number: &str, value: &str, max_age: Option<u32>) -> Option<HeaderValue> {
    let clean: String =
        value.chars().map(app::width::half).filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '~')).collect();
    let secure = if visitor.site.app.settings().address.starts_with("https:") { "; Secure" } else { "" };
    let age = max_age.map(|s| format!("; Max-Age={s}")).unwrap_or_default();
    let number: String = number.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    format!("{CODE}={clean}; Path=/m/{number}; HttpOnly; SameSite=Lax{age}{secure}").parse().ok()
}

/// Goes on to another page of this site, with the cookie.
#[must_use]
pub fn redirect(to: &str, cookie: Option<HeaderValue>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(LOCATION, to);
    }
    if let Some(cookie) = cookie {
        response.headers_mut().insert(SET_COOKIE, cookie);
    }
    response
}
