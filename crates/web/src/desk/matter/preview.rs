//! The page before publishing: exactly what everybody will read, and what else goes with it. Nothing has been done yet.

use super::MatterView;
use crate::desk::about::about;
use crate::desk::form::name;
use crate::desk::frame::page as framed;
use crate::desk::words::say;
use crate::error::WebError;
use crate::i18n::t;
use crate::visitor::Visitor;
use app::act::Acting;
use axum::response::{IntoResponse, Response};
use maud::html;

/// The page.
///
/// # Errors
/// The store.
pub async fn page(
    visitor: &Visitor,
    view: &MatterView,
    acting: &Acting,
    also: &[String],
    words: &str,
) -> Result<Response, WebError> {
    let lang = visitor.lang;
    let back = format!("/desk/m/{}", view.number);
    let sent = acting.fields.iter().flat_map(|(id, value)| {
        let values = match value {
            serde_json::Value::Array(all) => all.clone(),
            one => vec![one.clone()],
        };
        values.into_iter().map(move |v| (name(id), v.as_str().map_or_else(|| v.to_string(), str::to_owned)))
    });
    let body = html! { div.narrow.stack {
        p { (t(lang, "desk.publish.lede")) }
        section.card {
            p.small.quiet { (say(lang, &view.mechanism_name)) " · " (about(lang, &view.state_name)) " · " (say(lang, &view.place)) " · " span.num { (view.number) } }
            blockquote.voice.preview { (words) }
        }
        ul.does { li { (t(lang, "desk.publish.where")) } li.not { (t(lang, "desk.publish.not")) } }
        form method="post" action=(format!("{back}/do/{}", acting.action)) {
            input type="hidden" name="sure" value="yes";
            input type="hidden" name="key" value=(acting.idempotency_key.as_deref().unwrap_or_default());
            input type="hidden" name="seen" value=(acting.seen.map(|s| s.to_string()).unwrap_or_default());
            @for (name, value) in sent { input type="hidden" name=(name) value=(value); }
            @for number in also { input type="hidden" name="also" value=(number); }
            p.actions { button.btn data-kind="grave" { (t(lang, "desk.publish.go")) } " " a href=(back) { (t(lang, "desk.publish.back")) } }
        }
    } };
    let page = framed(visitor, visitor.head(t(lang, "desk.publish.title")), "", &html! {}, &body).await?;
    Ok(page.into_response())
}
