//! The ballot: a slip's number and code, then the choice, then once more before it counts. No account, no script, no cookie;
//! the code travels in the form itself and stands in no address.

use super::posted::Posted;
use super::words::say;
use crate::components::field::{Field, Input, Opt, field};
use crate::components::notice::outcome;
use crate::components::{Tone, vote as shown};
use crate::error::{WebError, retry, status, words};
use crate::i18n::{t, tf};
use crate::layout::{PageHead, portal_page};
use crate::pace::What;
use crate::refusal;
use crate::visitor::Visitor;
use app::error::AppError;
use app::vote::{BallotPaper, Entrusted, Slip, VoteView};
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use std::collections::HashMap;

/// How many characters of the published words stand on a ballot.
const ABOUT: usize = 90;

/// `GET /v`: for whoever holds a slip and not its address; leads to the number that is printed on it.
pub async fn find(visitor: Visitor, Query(query): Query<HashMap<String, String>>) -> Response {
    let given = query.get("number").map(|n| n.chars().map(app::width::half).collect::<String>().trim().to_uppercase());
    let plain = |n: &String| !n.is_empty() && n.len() <= 40 && n.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if let Some(number) = given.as_ref().filter(|n| plain(n)) {
        return Redirect::to(&format!("/v/{number}")).into_response();
    }
    let lang = visitor.lang;
    let value = given.clone().unwrap_or_default();
    let input = Input::Text { value, max: Some(40), autocomplete: Some("off") };
    let error = given.filter(|n| !n.is_empty()).map(|_| t(lang, "vote.find.wrong").to_owned());
    let number =
        Field { error, ..Field::new("number", t(lang, "vote.find.label"), input) }.hint(t(lang, "vote.find.hint"));
    let body = html! { div.narrow {
        h1.title { (t(lang, "vote.find.title")) }
        p.lede { (t(lang, "vote.find.lede")) }
        form.card method="get" action="/v" {
            div.stack { (field(lang, &number)) }
            p.actions { button.btn data-kind="go" { (t(lang, "vote.next")) } }
        }
        p.block { a href="/open/matters?door=join" { (t(lang, "vote.find.under_way")) } }
    } };
    portal_page(&PageHead { section: "home", ..visitor.head(t(lang, "vote.find.title")) }, &body).into_response()
}

/// `GET /v/{number}`: the form, for any number; nobody learns here which numbers there are.
pub async fn start(visitor: Visitor, Path(number): Path<String>) -> Markup {
    form_page(&visitor, &number, &Posted::default(), None)
}

/// `POST /v/{number}`: each step of the way, by the name of the button.
pub async fn step(visitor: Visitor, Path(number): Path<String>, posted: Posted) -> Response {
    let slip = Slip {
        number: number.trim().to_owned(),
        slip: digits(posted.get("slip")).unwrap_or(0),
        code: posted.get("code").to_owned(),
        source: visitor.source.hash,
    };
    if let Err(error) = visitor.pace(What::Ballot) {
        return refused(&visitor, &number, &posted, error);
    }
    let paper = match visitor.site.app.ballot_paper(&slip).await {
        Ok(paper) => paper,
        Err(e) => return refused(&visitor, &number, &posted, e),
    };
    let choice = paper.vote.options.iter().find(|o| o.id == posted.get("choice")).map(|o| o.id.clone());
    let whose = digits(posted.get("for_slip")).filter(|n| *n != slip.slip);
    match (posted.get("step"), choice) {
        ("cast", Some(choice)) => match visitor.site.app.ballot(&slip, entrusted(whose, &posted), &choice).await {
            Ok(paper) => done(&visitor, &number, &paper.vote, whose.unwrap_or(slip.slip)).into_response(),
            Err(AppError::Refused(refusal, mechanism)) => {
                let why = refusal::sentence(&refusal.rule, mechanism.as_deref(), visitor.lang);
                let status = status(&AppError::Refused(refusal, mechanism));
                (status, paper_page(&visitor, &number, &slip, &paper, &posted, Some(why))).into_response()
            }
            Err(e @ AppError::WrongCode { wait }) => {
                let why = match wait {
                    0 => t(visitor.lang, "vote.for_code.wrong").to_owned(),
                    _ => words(&e, visitor.lang).map(|(_, text)| text).unwrap_or_default(),
                };
                let page = paper_page(&visitor, &number, &slip, &paper, &posted, Some(why));
                (status(&e), page).into_response()
            }
            Err(e) => WebError::new(e, &visitor).into_response(),
        },
        ("confirm", Some(choice)) => {
            confirm(&visitor, &number, &slip, &paper.vote, &choice, entrusted(whose, &posted)).into_response()
        }
        ("confirm" | "cast", None) => {
            let why = t(visitor.lang, "vote.choose_one").to_owned();
            let page = paper_page(&visitor, &number, &slip, &paper, &posted, Some(why));
            (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
        }
        _ => paper_page(&visitor, &number, &slip, &paper, &posted, None).into_response(),
    }
}

fn entrusted(whose: Option<u32>, posted: &Posted) -> Option<Entrusted<'_>> {
    whose.map(|slip| Entrusted { slip, code: posted.get("for_code") })
}

fn digits(text: &str) -> Option<u32> {
    let digits: String = text.chars().map(app::width::half).filter(|c| !c.is_whitespace()).collect();
    digits.parse().ok()
}

fn head(visitor: &Visitor, title: &str) -> PageHead {
    PageHead { private: true, ..visitor.head(title) }
}

fn refused(visitor: &Visitor, number: &str, posted: &Posted, error: AppError) -> Response {
    let text = match error {
        AppError::WrongCode { wait: 0 } => t(visitor.lang, "vote.wrong").to_owned(),
        AppError::WrongCode { .. } | AppError::TooMany { .. } => {
            words(&error, visitor.lang).map(|(_, text)| text).unwrap_or_default()
        }
        _ => return WebError::new(error, visitor).into_response(),
    };
    retry(&error, (status(&error), form_page(visitor, number, posted, Some(text))).into_response())
}

fn form_page(visitor: &Visitor, number: &str, posted: &Posted, error: Option<String>) -> Markup {
    let lang = visitor.lang;
    let text = |name: &str, max| {
        let input = Input::Text { value: posted.get(name).to_owned(), max: Some(max), autocomplete: Some("off") };
        Field::new(name, t(lang, &format!("vote.{name}.label")), input)
    };
    let slip = text("slip", 6);
    let code = Field { error, ..text("code", 20) }.hint(t(lang, "vote.code.hint"));
    let body = html! { div.narrow {
        p.overline { span.num { (number) } }
        h1.title { (t(lang, "vote.title")) }
        p.lede { (t(lang, "vote.lede")) }
        form.card method="post" action=(format!("/v/{number}")) {
            div.stack { (field(lang, &slip)) (field(lang, &code)) }
            p.actions { button.btn data-kind="go" { (t(lang, "vote.next")) } }
        }
    } };
    portal_page(&head(visitor, t(lang, "vote.title")), &body)
}

/// The other's slip: its number and its code.
fn entrusted_fields(visitor: &Visitor, paper: &BallotPaper, posted: &Posted) -> Markup {
    let lang = visitor.lang;
    let text = |name: &str, max| {
        let input = Input::Text { value: posted.get(name).to_owned(), max: Some(max), autocomplete: Some("off") };
        Field::new(name, t(lang, &format!("vote.{name}.label")), input)
    };
    let (other, code) = (text("for_slip", 6), text("for_code", 20).hint(t(lang, "vote.for_code.hint")));
    let fields = if paper.used {
        [other, code]
    } else {
        [other.hint(t(lang, "vote.for_slip.hint")).optional(), code.optional()]
    };
    html! {
        p.quiet { (tf(lang, "vote.proxies_left", &[("n", &paper.proxies_left.to_string())])) }
        @for item in &fields { (field(lang, item)) }
    }
}

/// That the slip voted for as many others as it may, where it did.
fn used(visitor: &Visitor, paper: &BallotPaper) -> Markup {
    let most = paper.vote.proxies;
    html! { @if most > 0 && paper.proxies_left == 0 { p { (tf(visitor.lang, "vote.proxies_used", &[("n", &most.to_string())])) } } }
}

/// What is voted on: the words that were published for everybody, and where they stand as a whole.
fn about(visitor: &Visitor, number: &str, words: Option<&str>) -> Markup {
    let lang = visitor.lang;
    html! { @if let Some(words) = words { section.block aria-label=(t(lang, "vote.about.title")) {
        h2.h2 { (t(lang, "vote.about.title")) }
        blockquote.voice { (beginning(words)) }
        p { a href=(format!("/open/matters/{number}")) { (t(lang, "vote.about.all")) } }
    } } }
}

/// As much of the words as leaves the choice on the first screen.
fn beginning(words: &str) -> String {
    let short: String = words.chars().take(ABOUT).collect();
    if short.len() < words.len() { format!("{}…", short.trim_end()) } else { short }
}

fn carried(slip: &Slip) -> Markup {
    html! { input type="hidden" name="slip" value=(slip.slip); input type="hidden" name="code" value=(slip.code); }
}

fn paper_page(
    visitor: &Visitor,
    number: &str,
    slip: &Slip,
    paper: &BallotPaper,
    posted: &Posted,
    error: Option<String>,
) -> Markup {
    let (lang, vote) = (visitor.lang, &paper.vote);
    let options = vote.options.iter().map(|o| Opt::new(o.id.clone(), say(lang, &o.label))).collect();
    let value = posted.get("choice").to_owned();
    let choice = Field::new("choice", t(lang, "vote.choice.label"), Input::Choice { value, options });
    let (mine, left) = (!paper.used, paper.proxies_left > 0);
    let secret = html! { @if vote.secret { p.small.quiet { (t(lang, "vote.secret")) } } };
    let next = html! { p.actions { button.btn data-kind="go" name="step" value="confirm" { (t(lang, "vote.next")) } } };
    let folded = |inner: Markup| {
        html! { details open[!posted.get("for_slip").is_empty()] { summary { (t(lang, "vote.for_others")) }
        div.stack.below-summary { (inner) } } }
    };
    let form = |inner: Markup| html! { form.card.block method="post" action=(format!("/v/{number}")) { (carried(slip)) (inner) } };
    let entrusted = || entrusted_fields(visitor, paper, posted);
    let body = html! { div.narrow {
        p.overline { span.num { (number) } " · " (tf(lang, "vote.slip.numbered", &[("n", &slip.slip.to_string())])) }
        h1.title { (say(lang, &vote.name)) }
        @if let Some(error) = &error { div.block { (outcome(Tone::Warn, t(lang, "vote.not_counted"), &html! { p { (error) } })) } }
        (about(visitor, number, paper.about.as_deref()))
        @if paper.used { div.block { (outcome(Tone::Done, t(lang, "vote.counted_before"), &used(visitor, paper))) } }
        @if !vote.open { p.lede.block { (shown::outcome(lang, vote)) } }
        @else if mine { (form(html! { div.stack { (field(lang, &choice)) @if left { (folded(entrusted())) } } (secret) (next) })) }
        @else if left { (form(folded(html! { (entrusted()) (field(lang, &choice)) (secret) (next) }))) }
        (shown::votes(lang, std::slice::from_ref(vote)))
    } };
    portal_page(&head(visitor, say(lang, &vote.name)), &body)
}

fn confirm(
    visitor: &Visitor,
    number: &str,
    slip: &Slip,
    vote: &VoteView,
    choice: &str,
    other: Option<Entrusted<'_>>,
) -> Markup {
    let lang = visitor.lang;
    let label = vote.options.iter().find(|o| o.id == choice).map_or("", |o| say(lang, &o.label));
    let n = other.map_or(slip.slip, |o| o.slip).to_string();
    let hidden = html! {
        (carried(slip))
        input type="hidden" name="choice" value=(choice);
        @if let Some(other) = other {
            input type="hidden" name="for_slip" value=(other.slip);
            input type="hidden" name="for_code" value=(other.code);
        }
    };
    let body = html! { div.narrow {
        p.overline { span.num { (number) } " · " (tf(lang, "vote.slip.numbered", &[("n", &n)])) }
        h1.title { (tf(lang, if other.is_some() { "vote.confirm.for_other" } else { "vote.confirm.title" }, &[("choice", label), ("n", &n)])) }
        p.lede { (t(lang, "vote.confirm.text")) }
        form.card method="post" action=(format!("/v/{number}")) {
            (hidden)
            p.actions.tight {
                button.btn data-kind="go" name="step" value="cast" { (tf(lang, "vote.confirm.go", &[("choice", label)])) }
                button.btn name="step" value="paper" { (t(lang, "vote.confirm.back")) }
            }
        }
    } };
    portal_page(&head(visitor, say(lang, &vote.name)), &body)
}

fn done(visitor: &Visitor, number: &str, vote: &VoteView, slip: u32) -> Markup {
    let lang = visitor.lang;
    let body = html! { div.narrow {
        p.overline { span.num { (number) } }
        h1.title { (tf(lang, "vote.done.title", &[("n", &slip.to_string())])) }
        p.lede { (t(lang, "vote.done.text")) }
        (shown::votes(lang, std::slice::from_ref(vote)))
        p { a href=(format!("/v/{number}")) { (t(lang, "vote.done.again")) } }
    } };
    portal_page(&head(visitor, say(lang, &vote.name)), &body)
}
