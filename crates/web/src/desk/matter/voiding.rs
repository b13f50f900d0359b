//! Declaring a letter void: the form under the letter, and what was sent with it. Whether it may be done, and whether another
//! letter has to come in its place, the use case says.

use super::read;
use crate::components::field::{Field, Input};
use crate::components::notice::outcome;
use crate::components::{Tone, field::field as input};
use crate::desk::form::{Filling, field};
use crate::desk::words::once;
use crate::error::{WebError, status, words};
use crate::i18n::t;
use crate::posted::Posted;
use crate::refusal;
use crate::visitor::Visitor;
use app::error::AppError;
use app::voiding::{LONGEST_REASON, VoidForm, Voiding};
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use kernel::refusal::Rule;
use kernel::region::RegionCode;
use maud::{Markup, html};

/// What was typed and why it was refused.
#[derive(Default)]
pub struct Back {
    reason: String,
    filling: Filling,
    words: Vec<String>,
}

/// `POST /desk/m/{number}/letter/{seq}/void`
pub async fn void(
    visitor: Visitor,
    Path((number, seq)): Path<(String, u32)>,
    sent: Posted,
) -> Result<Response, WebError> {
    let (id, view) = read(&visitor, &number).await?;
    let page = visitor.site.app.letter(&visitor.viewer(), id, seq).await.map_err(visitor.fails())?;
    let region: RegionCode = view.region.parse().unwrap_or(visitor.site.app.settings().territory);
    let fields = page.may_void.map(|f| f.fields).unwrap_or_default();
    let reason = sent.get("reason").to_owned();
    let (anew, seen, key) = (sent.get("anew") == "yes", sent.get("seen").parse().ok(), sent.get("key").to_owned());
    let mut filling = Filling::read(&visitor, &fields, sent, &region).await?;
    let voiding = Voiding {
        reason: reason.clone(),
        anew: anew.then(|| filling.raw(&fields)),
        idempotency_key: Some(key).filter(|k| !k.is_empty()),
        seen,
    };
    let error = match visitor.site.app.void_letter(&visitor.viewer(), id, seq, &voiding).await {
        Ok(_) => return Ok(Redirect::to(&format!("/desk/m/{number}/letter/{seq}")).into_response()),
        Err(error) => error,
    };
    let status = status(&error);
    let words = match &error {
        AppError::Refused(refused, mechanism) => {
            if let Rule::Fields(errors) = &refused.rule {
                filling.wrong(visitor.lang, errors);
            }
            vec![refusal::sentence(&refused.rule, mechanism.as_deref(), visitor.lang)]
        }
        AppError::Conflict | AppError::KeyReused => {
            words(&error, visitor.lang).map(|(title, text)| vec![title, text]).unwrap_or_default()
        }
        _ => return Err(WebError::new(error, &visitor)),
    };
    let again = super::papers::sheet_of(&visitor, &number, seq, Some(Back { reason, filling, words })).await?;
    Ok((status, again).into_response())
}

/// The form, folded until it is wanted or came back.
#[must_use]
pub fn form(visitor: &Visitor, number: &str, seq: u32, region: &str, of: &VoidForm, back: Option<Back>) -> Markup {
    let lang = visitor.lang;
    let near: RegionCode = region.parse().unwrap_or(visitor.site.app.settings().territory);
    let came_back = back.is_some();
    let Back { reason, mut filling, words } = back.unwrap_or_default();
    for (id, text) in of.words.iter().filter(|_| !came_back) {
        filling.set(id, text);
    }
    let longest = u32::try_from(LONGEST_REASON).ok();
    let why = Field {
        required: true,
        error: filling.errors.get("reason").cloned(),
        ..Field::new("reason", t(lang, "letter.void_why"), Input::LongText { value: reason, rows: 2, max: longest })
    };
    html! { details.narrow.no-print open[came_back] {
        summary { (t(lang, "letter.void_do")) }
        @if !words.is_empty() { (outcome(Tone::Warn, t(lang, "desk.matter.refused"), &html! { @for line in &words { p { (line) } } })) }
        form.stack method="post" action=(format!("/desk/m/{number}/letter/{seq}/void")) {
            input type="hidden" name="seen" value=(of.seq);
            input type="hidden" name="key" value=(once());
            ul.does { li { (t(lang, "letter.void_keeps")) } li { (t(lang, "letter.void_told")) }
                @if of.owed { li { (t(lang, "letter.void_owed")) } } }
            (input(lang, &why))
            @if of.owed { input type="hidden" name="anew" value="yes"; }
            @else { p { label { input type="checkbox" name="anew" value="yes"; " " (t(lang, "letter.void_anew")) } } }
            @if !of.fields.is_empty() { p.quiet { (t(lang, "letter.void_words")) } }
            @for f in &of.fields { (input(lang, &field(visitor, f, &of.fields, &filling, &near))) }
            p.actions { button.btn data-kind="grave" { (t(lang, "letter.void_go")) } }
        }
    } }
}
