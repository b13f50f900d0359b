//! Checking a receipt: pasted, as a file, or the text of its QR. Says what was received and when, what that proves, and how to
//! check it without us. Keeps nothing of what was brought.

use crate::components::facts::{Fact, facts};
use crate::components::{Tone, notice::outcome};
use crate::error::{WebError, retry, status, words};
use crate::i18n::{Lang, date_time_long, t, tf};
use crate::layout::{PageHead, portal_page};
use crate::pace::What;
use crate::portal::words::{say, when};
use crate::posted::Posted;
use crate::visitor::Visitor;
use app::check_receipt::{Checked, Held, NotOurs};
use app::error::AppError;
use app::note::NoteError;
use app::receipt::ReceiptError;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use kernel::time::Timestamp;
use maud::{Markup, html};

/// The field of the form.
const TEXT: &str = "receipt";

/// `GET /receipt`
pub async fn page(visitor: Visitor) -> Markup {
    show(&visitor, "", &html! {})
}

/// `POST /receipt`
pub async fn check(visitor: Visitor, posted: Posted) -> Response {
    if let Err(error) = visitor.pace(What::Check) {
        return slower(&visitor, &posted, &error);
    }
    let file = posted.files.first().and_then(|f| f.content.as_deref()).map(String::from_utf8_lossy);
    let text = file.as_deref().filter(|text| !text.trim().is_empty()).unwrap_or_else(|| posted.get(TEXT));
    match visitor.site.app.check_receipt(text).await {
        Ok(checked) => show(&visitor, "", &found(&visitor, &checked)).into_response(),
        Err(NotOurs::App(error)) if status(&error).is_server_error() => WebError::new(error, &visitor).into_response(),
        Err(error) => {
            let lang = visitor.lang;
            let result =
                outcome(Tone::Warn, t(lang, "portal.check.bad.label"), &html! { p { (t(lang, why(&error))) } });
            (StatusCode::UNPROCESSABLE_ENTITY, show(&visitor, posted.get(TEXT), &result)).into_response()
        }
    }
}

/// Too many at once from one address: what was pasted stays.
fn slower(visitor: &Visitor, posted: &Posted, error: &AppError) -> Response {
    let (title, text) = words(error, visitor.lang).unwrap_or_default();
    let result = outcome(Tone::Warn, &title, &html! { p { (text) } });
    retry(error, (status(error), show(visitor, posted.get(TEXT), &result)).into_response())
}

fn why(error: &NotOurs) -> &'static str {
    match error {
        NotOurs::Receipt(ReceiptError::Note(NoteError::Unsigned)) => "portal.check.bad.unsigned",
        NotOurs::Receipt(ReceiptError::Note(NoteError::Refused)) => "portal.check.bad.changed",
        NotOurs::Receipt(ReceiptError::Openings) => "portal.check.bad.openings",
        NotOurs::Receipt(ReceiptError::Proof(_)) => "portal.check.bad.proof",
        NotOurs::Qr(_) => "portal.check.bad.qr",
        NotOurs::Receipt(_) | NotOurs::App(_) => "portal.check.bad.format",
    }
}

fn show(visitor: &Visitor, text: &str, result: &Markup) -> Markup {
    let lang = visitor.lang;
    let body = html! { div.narrow {
        h1.title { (t(lang, "portal.check.title")) }
        p.lede { (t(lang, "portal.check.lede")) }
        (result)
        // Neither of the two is needed, one of them is: so neither is marked.
        form.card.block method="post" action="/receipt" enctype="multipart/form-data" {
            div.stack {
                div.field { label for=(TEXT) { (t(lang, "portal.check.text.label")) } span.hint id="text-hint" { (t(lang, "portal.check.text.hint")) }
                    textarea.in id=(TEXT) name=(TEXT) rows="6" spellcheck="false" autocomplete="off" aria-describedby="text-hint" { (text) } }
                div.field { label for="file" { (t(lang, "portal.check.file.label")) } span.hint id="file-hint" { (t(lang, "portal.check.file.hint")) }
                    label.file-add { b { (t(lang, "field.file.add")) } span data-many=(t(lang, "field.file.many")) { (t(lang, "field.file.none")) }
                        input #file type="file" name="file" accept=".txt,text/plain" aria-describedby="file-hint"; } } }
            p.actions { button.btn data-kind="go" { (t(lang, "portal.check.go")) } }
        }
        (yourself(visitor))
    } };
    portal_page(&PageHead { section: "open", ..visitor.head(t(lang, "portal.check.title")) }, &body)
}

fn found(visitor: &Visitor, checked: &Checked) -> Markup {
    let lang = visitor.lang;
    let (tone, title, text) = match &checked.held {
        Held::Yes(_) => (Tone::Done, t(lang, "portal.check.yes").to_owned(), None),
        Held::Soon(n) => (Tone::Due, tf(lang, "portal.check.soon", &[("n", &n.to_string())]), None),
        Held::No => {
            (Tone::Warn, t(lang, "portal.check.no.label").to_owned(), Some(t(lang, "portal.check.no.text").to_owned()))
        }
        Held::Lost(loss) => {
            let at = when(lang, loss.at, visitor.site.app.now().date());
            (
                Tone::Warn,
                t(lang, "portal.check.lost.label").to_owned(),
                Some(tf(lang, "portal.check.lost.text", &[("when", &at)])),
            )
        }
    };
    html! {
        (outcome(tone, &title, &html! { @if let Some(text) = text { p { (text) } } @if matches!(checked.held, Held::Lost(_)) { p { a href="/" { (t(lang, "portal.check.again")) } } } }))
        section.card.block { (received(visitor, checked)) }
        section.block { h2.h2 { (t(lang, "portal.check.proves.label")) } ul.does { @for line in proves(visitor, checked) { li { (line) } }
            li { (t(lang, "portal.check.proves.not")) } } }
        @if !checked.opened.is_empty() { section.card.block { h2.h3 { (t(lang, "portal.check.opened")) }
            (facts(&checked.opened.iter().map(|(label, text)| Fact::text(say(lang, label), text)).collect::<Vec<_>>())) } }
        @if let Some(file) = &checked.file { details.block { summary { (t(lang, "portal.check.complete")) } pre.signed lang="en" tabindex="0" { (file) } } }
    }
}

fn time(visitor: &Visitor, text: &str) -> String {
    text.parse::<Timestamp>()
        .map_or_else(|_| text.to_owned(), |at| date_time_long(visitor.lang, crate::words::moment(at)))
}

fn received(visitor: &Visitor, checked: &Checked) -> Markup {
    let (lang, promise) = (visitor.lang, &checked.promise);
    let name = checked.mechanism.as_ref().map_or(promise.mechanism.as_str(), |name| say(lang, name));
    let mut all = vec![
        Fact::text(t(lang, "receipt.number.label"), &promise.number),
        Fact::text(
            t(lang, "portal.check.received"),
            time(visitor, promise.arrived_at.as_ref().unwrap_or(&promise.received_at)),
        ),
        Fact::text(t(lang, "portal.check.what"), name),
    ];
    if promise.arrived_at.is_some() {
        all.insert(2, Fact::text(t(lang, "portal.check.entered"), time(visitor, &promise.received_at)));
    }
    let over = promise.over();
    for (key, date, over) in
        [("promise.due", &promise.due_by, over.0), ("promise.latest", &promise.promised_by, over.1)]
    {
        if date != "-" {
            let when = time(visitor, date);
            all.push(Fact::text(
                t(lang, key),
                if over { tf(lang, "portal.check.over", &[("when", &when)]) } else { when },
            ));
        }
    }
    if let Held::Yes(i) = &checked.held {
        let line = tf(lang, "portal.check.line", &[("n", &(i.index + 1).to_string()), ("all", &i.size.to_string())]);
        all.push(Fact::markup(t(lang, "portal.log.title"), html! { a href="/open/log" { (line) } }));
    }
    facts(&all)
}

fn proves(visitor: &Visitor, checked: &Checked) -> Vec<String> {
    let (lang, promise) = (visitor.lang, &checked.promise);
    let mut all = vec![
        match &promise.arrived_at {
            None => tf(
                lang,
                "portal.check.proves.received",
                &[("when", &time(visitor, &promise.received_at)), ("number", &promise.number)],
            ),
            Some(arrived) => tf(
                lang,
                "portal.check.proves.arrived",
                &[
                    ("arrived", &time(visitor, arrived)),
                    ("entered", &time(visitor, &promise.received_at)),
                    ("number", &promise.number),
                ],
            ),
        },
        t(lang, "portal.check.proves.promised").to_owned(),
    ];
    let more = [
        (matches!(checked.held, Held::Yes(_)), "portal.check.proves.logged"),
        (!checked.opened.is_empty(), "portal.check.proves.opened"),
        (checked.qr, "portal.check.proves.qr"),
    ];
    all.extend(more.into_iter().filter(|(holds, _)| *holds).map(|(_, key)| t(lang, key).to_owned()));
    all
}

/// How to check without this page.
fn yourself(visitor: &Visitor) -> Markup {
    let lang: Lang = visitor.lang;
    let (key, address) = (visitor.site.app.verifier_key(), &visitor.site.app.settings().address);
    html! { section.block { h2.h2 { (t(lang, "portal.check.self.label")) }
        ol.steps-text {
            li { (t(lang, "portal.check.self.1")) }
            li { (t(lang, "portal.check.self.2")) pre.signed lang="en" tabindex="0" { "gongzhi prove --check receipt.txt \\\n  --key " (key) " \\\n  --log " (address) "/log" } }
            li { (t(lang, "portal.check.self.3")) }
        }
        p.small.block { a href="/open/log" { (t(lang, "portal.log.see")) } " · " a href="/open/key" { (t(lang, "portal.receipt.check")) } }
    } }
}
