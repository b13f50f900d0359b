//! The roll of a vote at the desk: who is entitled, who was handed a slip. In a secret vote a line
//! never says which slip; in an open one slip 5 is line 5's.

use super::frame::page as framed;
use super::vote::ranges;
use super::words::say;
use crate::components::count::XLSX;
use crate::components::field::{Field, Input, field};
use crate::components::notice::{notice, outcome};
use crate::components::{Tone, vote as shown};
use crate::error::{WebError, status};
use crate::i18n::{Lang, t, tf};
use crate::posted::Posted;
use crate::refusal;
use crate::visitor::Visitor;
use app::error::AppError;
use app::roll::{Mark, RollLine, RollView};
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use kernel::ids::MatterId;
use maud::{Markup, html};
use std::collections::{BTreeSet, HashMap};

/// How many lines stand on a page.
const PAGE: usize = 500;

/// `GET /desk/roll.xlsx`: an empty table with the names of the columns.
pub async fn template(visitor: Visitor) -> Result<Response, WebError> {
    visitor.staff()?;
    let bytes = app::roll::template(true).map_err(|t| WebError::new(AppError::corrupt(t.en), &visitor))?;
    let how = "attachment; filename=\"roll.xlsx\"";
    Ok(([(CONTENT_TYPE, XLSX), (CONTENT_DISPOSITION, how)], bytes).into_response())
}

async fn read(visitor: &Visitor, number: &str, vote: &str) -> Result<(MatterId, RollView), WebError> {
    visitor.staff()?;
    let app = &visitor.site.app;
    let id = app.by_number(number).await.map_err(visitor.fails())?;
    let view = app.roll(&visitor.viewer(), id, vote).await.map_err(visitor.fails())?;
    Ok((id, view))
}

/// `GET /desk/m/{number}/roll/{vote}?from=`
pub async fn page(
    visitor: Visitor,
    Path((number, vote)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Markup, WebError> {
    let (_, view) = read(&visitor, &number, &vote).await?;
    let from = query.get("from").and_then(|f| f.parse().ok()).unwrap_or(0);
    let done = query.get("done").and_then(|n| n.parse::<u32>().ok());
    render(&visitor, &view, from, &Posted::default(), &done.map(Ok)).await
}

/// `POST /desk/m/{number}/roll/{vote}`: slips handed out or given back.
pub async fn send(
    visitor: Visitor,
    Path((number, vote)): Path<(String, String)>,
    sent: Posted,
) -> Result<Response, WebError> {
    visitor.staff()?;
    let app = &visitor.site.app;
    let id = app.by_number(&number).await.map_err(visitor.fails())?;
    let here = format!("/desk/m/{number}/roll/{vote}");
    let typed = ranges(sent.get("lines"), app::roll::MOST);
    let ticked = sent.all("line").into_iter().filter_map(|l| l.parse().ok());
    let lines: BTreeSet<u32> = typed.unwrap_or_default().into_iter().chain(ticked).collect();
    match app.hand_out(&visitor.viewer(), id, &vote, &lines, sent.get("do") == "back").await {
        Ok(()) => {
            let from = sent.get("from").parse::<usize>().unwrap_or(0);
            Ok(Redirect::to(&format!("{here}?from={from}&done={}", lines.len())).into_response())
        }
        Err(AppError::Refused(refused, mechanism)) => {
            let why = refusal::sentence(&refused.rule, mechanism.as_deref(), visitor.lang);
            let status = status(&AppError::Refused(refused, mechanism));
            if status == StatusCode::NOT_FOUND {
                return Err(WebError::new(AppError::NotFound, &visitor));
            }
            let (_, view) = read(&visitor, &number, &vote).await?;
            let from = sent.get("from").parse().unwrap_or(0);
            Ok((status, render(&visitor, &view, from, &sent, &Some(Err(why))).await?).into_response())
        }
        Err(e) => Err(WebError::new(e, &visitor)),
    }
}

async fn render(
    visitor: &Visitor,
    view: &RollView,
    from: usize,
    sent: &Posted,
    said: &Option<Result<u32, String>>,
) -> Result<Markup, WebError> {
    let (lang, vote) = (visitor.lang, &view.vote);
    let here = format!("/desk/m/{}/roll/{}", view.number, vote.id);
    let all = view.lines.len();
    let lines: Vec<&RollLine> = view.lines.iter().skip(from).take(PAGE).collect();
    let (n, back) = (all.to_string(), format!("/desk/m/{}", view.number));
    let hands = view.opened && vote.secret;
    let body = html! {
        @match said {
            Some(Ok(n)) => (outcome(Tone::Done, &tf(lang, "roll.done", &[("n", &n.to_string())]), &html! {})),
            Some(Err(why)) => (outcome(Tone::Warn, t(lang, "roll.not_done"), &html! { p { (why) } })),
            None => {}
        }
        p { (tf(lang, "roll.lede", &[("n", &n)])) " " (t(lang, if vote.secret { "roll.secret" } else { "roll.named" })) }
        @if let Some(handed) = vote.handed { p { b { (tf(lang, "roll.handed", &[("n", &handed.to_string()), ("all", &n)])) } }
            @if vote.present > handed { (notice(Tone::Warn, &tf(lang, "roll.more", &[("present", &vote.present.to_string()), ("handed", &handed.to_string())]), &html! {})) } }
        p.no-print.actions { button.btn type="button" data-print hidden { (t(lang, "roll.print")) } a href=(back) { (t(lang, "vote.back")) } }
        form.keep method="post" action=(here) {
            input type="hidden" name="from" value=(from);
            (table(lang, &lines, hands, sent))
            (pages(lang, &here, from, all))
            @if hands { (hand(lang, sent)) }
        }
        @if view.opened { p.no-print { a href=(format!("{back}/slips/{}", vote.id)) { (t(lang, "roll.anew.label")) } } }
        (shown::votes(lang, std::slice::from_ref(vote)))
    };
    let title = tf(lang, "roll.title", &[("name", say(lang, &vote.name))]);
    framed(visitor, visitor.head(title), "", &html! {}, &body).await
}

fn table(lang: Lang, lines: &[&RollLine], hands: bool, sent: &Posted) -> Markup {
    let ticked = sent.all("line");
    html! { table.tbl data-cards {
        thead { tr { @for key in ["n", "code", "name", "place", "mark.label"] { th scope="col" { (t(lang, &format!("roll.{key}"))) } } } }
        tbody { @for l in lines { tr {
            td.num data-l=(t(lang, "roll.n")) { (l.n) }
            td data-l=(t(lang, "roll.code")) { (l.line.code) }
            th scope="row" { (l.line.name) }
            td data-l=(t(lang, "roll.place")) { (l.line.place) }
            td data-l=(t(lang, "roll.mark.label")) { @match l.mark {
                Some(mark) => (t(lang, word(mark))),
                None if hands => label.nb { input type="checkbox" name="line" value=(l.n) checked[ticked.contains(&l.n.to_string())]; " " (t(lang, "roll.tick")) },
                None => "—",
            } }
        } } }
    } }
}

fn word(mark: Mark) -> &'static str {
    match mark {
        Mark::Handed => "roll.mark.handed",
        Mark::Online => "roll.mark.online",
        Mark::Paper => "roll.mark.paper",
        Mark::Proxy => "roll.mark.proxy",
    }
}

fn pages(lang: Lang, here: &str, from: usize, all: usize) -> Markup {
    html! { @if all > PAGE { p.no-print { @for first in (0..all).step_by(PAGE) {
        @let label = tf(lang, "roll.page", &[("from", &(first + 1).to_string()), ("to", &(first + PAGE).min(all).to_string())]);
        @if first == from { b { (label) } } @else { a href=(format!("{here}?from={first}")) { (label) } } " "
    } } } }
}

fn hand(lang: Lang, sent: &Posted) -> Markup {
    let input = Input::Text { value: sent.get("lines").to_owned(), max: Some(2000), autocomplete: Some("off") };
    let lines = Field::new("lines", t(lang, "roll.lines.label"), input).hint(t(lang, "roll.lines.hint")).optional();
    html! { div.ballots.no-print {
        div.stack { (field(lang, &lines)) }
        p.actions { button.btn data-kind="go" name="do" value="hand" { (t(lang, "roll.hand.label")) } button.btn name="do" value="back" { (t(lang, "roll.back")) } }
        p.small.quiet { (t(lang, "roll.hand.note")) }
    } }
}
