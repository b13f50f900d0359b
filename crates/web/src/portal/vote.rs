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
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};

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
                let why = refusal::said(&refusal, mechanism.as_deref(), visitor.lang);
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
    let other = Input::Text { value: posted.get("for_slip").to_owned(), max: Some(6), autocomplete: Some("off") };
    let other = Field::new("for_slip", t(lang, "vote.for_slip.label"), other);
    let (mine, left) = (!paper.used, paper.proxies_left > 0);
    let other = other.hint(tf(lang, "vote.for_slip.hint", &[("n", &paper.proxies_left.to_string())]));
    let code = Input::Text { value: posted.get("for_code").to_owned(), max: Some(20), autocomplete: Some("off") };
    let code = Field::new("for_code", t(lang, "vote.for_code.label"), code).hint(t(lang, "vote.for_code.hint"));
    let [other, code] = [other, code].map(|f| if mine { f.optional() } else { f });
    let body = html! { div.narrow {
        p.overline { span.num { (number) } " · " (tf(lang, "vote.slip.numbered", &[("n", &slip.slip.to_string())])) }
        h1.title { (say(lang, &vote.name)) }
        @if let Some(error) = &error { div.block { (outcome(Tone::Warn, t(lang, "vote.not_counted"), &html! { p { (error) } })) } }
        @if paper.used { div.block { (outcome(Tone::Done, t(lang, "vote.counted_before"), &html! {})) } }
        @if !vote.open { p.lede { (shown::outcome(lang, vote)) } }
        @else if mine || left {
            form.card method="post" action=(format!("/v/{number}")) {
                (carried(slip))
                div.stack { (field(lang, &choice)) @if left { (field(lang, &other)) (field(lang, &code)) } }
                @if vote.secret { p.small.quiet { (t(lang, "vote.secret")) } }
                p.actions { button.btn data-kind="go" name="step" value="confirm" { (t(lang, "vote.next")) } }
            }
        }
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
        h1.title { (tf(lang, "vote.confirm.title", &[("choice", label)])) }
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
