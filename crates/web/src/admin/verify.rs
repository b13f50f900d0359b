//! Whether the case files hold: one matter by its number, or the whole cell. What is found is shown, never mended.

use super::admin;
use crate::components::field::{Field, Input, field};
use crate::components::notice::{notice, outcome};
use crate::components::{Link, Tone};
use crate::desk::frame::page as framed;
use crate::error::{WebError, status};
use crate::i18n::{t, tf};
use crate::posted::Posted;
use crate::visitor::Visitor;
use app::error::AppError;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use std::time::Duration;

/// Longer than this is work for the command line.
const LONGEST: Duration = Duration::from_secs(20);

/// The page.
pub async fn page(visitor: Visitor) -> Result<Markup, WebError> {
    admin(&visitor)?;
    show(&visitor, "", &html! {}).await
}

/// Verifies one matter, or the cell.
pub async fn run(visitor: Visitor, sent: Posted) -> Result<Response, WebError> {
    admin(&visitor)?;
    let number = sent.get("number").trim().to_owned();
    let (code, result) =
        if number.is_empty() { (StatusCode::OK, cell(&visitor).await?) } else { one(&visitor, &number).await? };
    Ok((code, show(&visitor, &number, &result).await?).into_response())
}

/// Reading a matter checks its chain from the first entry; a chain that does not hold cannot be shown at all.
async fn one(visitor: &Visitor, number: &str) -> Result<(StatusCode, Markup), WebError> {
    let (app, lang) = (&visitor.site.app, visitor.lang);
    let view = match app.by_number(number).await {
        Ok(id) => app.view(&visitor.viewer(), id).await,
        Err(e) => Err(e),
    };
    Ok(match view {
        Ok(view) => {
            let title = tf(lang, "admin.verify.holds", &[("number", &view.number), ("n", &view.seq.to_string())]);
            let link = Link::new(format!("/desk/m/{}", view.number), t(lang, "admin.verify.open"));
            let body = html! { p { (t(lang, "desk.fact.chain")) " " code.num lang="en" { (view.head) } } p { a href=(link.href) { (link.label) } } };
            (StatusCode::OK, outcome(Tone::Done, &title, &body))
        }
        Err(AppError::NotFound) => {
            let text = html! { p { (t(lang, "admin.verify.none_text")) } };
            (StatusCode::NOT_FOUND, outcome(Tone::Warn, &tf(lang, "admin.verify.none", &[("number", number)]), &text))
        }
        Err(error) if status(&error).is_server_error() => {
            crate::error::log(&error);
            (
                StatusCode::OK,
                outcome(
                    Tone::Warn,
                    &tf(lang, "admin.verify.broken", &[("number", number)]),
                    &html! { p { code lang="en" { (error) } } },
                ),
            )
        }
        Err(error) => return Err(WebError::new(error, visitor)),
    })
}

async fn cell(visitor: &Visitor) -> Result<Markup, WebError> {
    let (app, lang) = (&visitor.site.app, visitor.lang);
    let cell = app.cell_of(&app.settings().territory);
    let both = async {
        let mut found = app.verify_cell(cell, &mut |_| {}).await?;
        found.damage.extend(app.verify_log().await?);
        Ok(found)
    };
    let Ok(found) = tokio::time::timeout(LONGEST, both).await else {
        return Ok(notice(
            Tone::Due,
            t(lang, "admin.verify.long"),
            &html! { p { code lang="en" { "gongzhi verify" } } },
        ));
    };
    let found: app::whole::Verified = found.map_err(visitor.fails())?;
    let counts = [("matters", found.matters.to_string()), ("entries", found.entries.to_string())];
    let counts: Vec<(&str, &str)> = counts.iter().map(|(k, v)| (*k, v.as_str())).collect();
    if found.damage.is_empty() {
        let body = html! { p { (t(lang, "admin.verify.what")) } };
        return Ok(outcome(Tone::Done, &tf(lang, "admin.verify.all", &counts), &body));
    }
    let title = tf(lang, "admin.verify.damage", &[("n", &found.damage.len().to_string())]);
    Ok(outcome(
        Tone::Warn,
        &title,
        &html! { ul { @for one in found.damage.iter().take(50) { li {
            @if let Some(number) = &one.number { span.num { (number) } " " } code lang="en" { (one.what) }
        } } } },
    ))
}

async fn show(visitor: &Visitor, number: &str, result: &Markup) -> Result<Markup, WebError> {
    let lang = visitor.lang;
    let input = Input::Text { value: number.into(), max: Some(40), autocomplete: None };
    let item = Field::new("number", t(lang, "desk.fact.number"), input).hint(t(lang, "code.number.hint"));
    let body = html! {
        (result)
        div.half {
            section.sec { header { h2 { (t(lang, "admin.verify.one")) } }
                p { (t(lang, "admin.verify.one_text")) }
                form.stack-s method="post" action="/admin/verify" { (field(lang, &item)) p.actions { button.btn data-kind="go" { (t(lang, "admin.verify.go")) } } } }
            section.sec { header { h2 { (t(lang, "admin.verify.cell")) } }
                p { (t(lang, "admin.verify.cell_text")) }
                form method="post" action="/admin/verify" { p.actions { button.btn { (t(lang, "admin.verify.cell_go")) } } } }
        }
    };
    framed(visitor, visitor.head(t(lang, "admin.verify.title")), "/admin/verify", &html! {}, &body).await
}
