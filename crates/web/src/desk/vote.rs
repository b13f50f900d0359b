//! What tellers do: print slips with their codes, and enter what was in the ballot box.

use super::frame::page as framed;
use super::words::say;
use crate::components::field::{Field, Input, field};
use crate::components::notice::outcome;
use crate::components::{Tone, count, vote as shown};
use crate::error::{WebError, status};
use crate::i18n::{t, tf};
use crate::posted::Posted;
use crate::refusal;
use crate::visitor::Visitor;
use app::error::AppError;
use app::slips::Slips;
use app::view::MatterView;
use app::vote::VoteView;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use kernel::ids::MatterId;
use kernel::mechanism::Mechanism;
use kernel::vote::INVALID;
use maud::{Markup, html};
use std::collections::{BTreeMap, HashMap};

/// The votes on a matter's page, with what a teller can do.
#[must_use]
pub fn section(visitor: &Visitor, view: &MatterView, mechanism: Option<&Mechanism>) -> Markup {
    let (lang, number, votes) = (visitor.lang, &view.number, &view.votes);
    let fills = view.actions.iter().any(|a| super::roll_form::any(mechanism, &a.fields));
    html! {
        (shown::votes(lang, votes))
        @if fills { p.small { (t(lang, "roll.file.have")) " " a href="/desk/roll.xlsx" { (t(lang, "roll.file.template")) } } }
        @for roll in &view.rolls { p.actions { a.btn href=(format!("/desk/m/{number}/roll/{}", roll.vote)) { (tf(lang, "roll.open", &[("n", &roll.n.to_string())])) } } }
        (count::links(lang, &format!("/desk/m/{number}"), votes))
        @for vote in votes.iter().filter(|v| v.teller && v.open) { p.actions {
            a.btn href=(format!("/desk/m/{number}/slips/{}", vote.id)) { (t(lang, "vote.slips.print")) }
            @if vote.paper { a.btn href=(format!("/desk/m/{number}/paper/{}", vote.id)) { (t(lang, "vote.paper.enter")) } }
        } }
    }
}

async fn told(visitor: &Visitor, number: &str, vote: &str) -> Result<(MatterId, VoteView), WebError> {
    visitor.staff()?;
    let id = visitor.site.app.by_number(number).await.map_err(visitor.fails())?;
    let view = visitor.site.app.telling(&visitor.viewer(), id, vote).await.map_err(visitor.fails())?;
    Ok((id, view))
}

/// `GET /desk/m/{number}/slips/{vote}?only=`: which slips to print. Printing is an act that the file keeps.
pub async fn slips(
    visitor: Visitor,
    Path((number, vote)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Markup, WebError> {
    let (_, view) = told(&visitor, &number, &vote).await?;
    let only = query.get("only").map_or("", String::as_str);
    ask(&visitor, &number, &view, only, None).await
}

async fn ask(
    visitor: &Visitor,
    number: &str,
    vote: &VoteView,
    only: &str,
    refused: Option<String>,
) -> Result<Markup, WebError> {
    let lang = visitor.lang;
    let input = Input::Text { value: only.to_owned(), max: Some(2000), autocomplete: Some("off") };
    let slips =
        Field::new("slips", t(lang, "vote.paper.slips.label"), input).hint(t(lang, "vote.slips.which")).optional();
    let figures =
        [("printed", vote.printed.to_string()), ("base", vote.base.to_string()), ("again", vote.again.to_string())];
    let figures: Vec<(&str, &str)> = figures.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let body = html! {
        @if let Some(why) = &refused { (outcome(Tone::Warn, t(lang, "vote.slips.not"), &html! { p { (why) } })) }
        p { (say(lang, &vote.name)) " " b { (tf(lang, "vote.slips.figures", &figures)) } }
        form.stack method="post" action=(format!("/desk/m/{number}/slips/{}", vote.id)) {
            (field(lang, &slips))
            ul.does { li { (t(lang, "vote.slips.kept")) } li.not { (t(lang, "vote.slips.void")) } }
            p.actions { button.btn data-kind="go" { (t(lang, "vote.slips.print")) } a href=(format!("/desk/m/{number}")) { (t(lang, "vote.back")) } }
        }
    };
    framed(visitor, visitor.head(t(lang, "vote.slips.title")), "", &html! {}, &body).await
}

/// `POST /desk/m/{number}/slips/{vote}`: a sheet to print and to cut.
pub async fn print(
    visitor: Visitor,
    Path((number, vote)): Path<(String, String)>,
    sent: Posted,
) -> Result<Response, WebError> {
    let (id, view) = told(&visitor, &number, &vote).await?;
    let again = |why: String| ask(&visitor, &number, &view, sent.get("slips"), Some(why));
    let Some(which) = ranges(sent.get("slips"), view.base) else {
        let page = again(t(visitor.lang, "vote.paper.unreadable").to_owned()).await?;
        return Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    match visitor.site.app.print(&visitor.viewer(), id, &vote, which.into_iter().collect()).await {
        Ok(slips) => Ok(sheet(&visitor, &number, &slips).await?.into_response()),
        Err(AppError::Refused(refused, mechanism)) => {
            let why = refusal::sentence(&refused.rule, mechanism.as_deref(), visitor.lang);
            let status = status(&AppError::Refused(refused, mechanism));
            Ok((status, again(why).await?).into_response())
        }
        Err(e) => Err(WebError::new(e, &visitor)),
    }
}

async fn sheet(visitor: &Visitor, number: &str, slips: &Slips) -> Result<Markup, WebError> {
    let whose = |n: u32| slips.names.get(n as usize - 1);
    let lang = visitor.lang;
    let address = format!("{}/v/{}", visitor.site.app.settings().address.trim_end_matches('/'), slips.number);
    let until = slips.vote.until.map(|u| tf(lang, "vote.until", &[("when", &crate::words::when(lang, u, u.date()))]));
    let head = visitor.head(t(lang, "vote.slips.title"));
    let body = html! {
        p.no-print { (tf(lang, "vote.slips.lede", &[("n", &slips.slips.len().to_string())])) @if slips.vote.secret { " " (t(lang, "vote.slips.mixed")) } }
        p.no-print.actions { button.btn type="button" data-print hidden { (t(lang, "vote.slips.print")) } a href=(format!("/desk/m/{number}")) { (t(lang, "vote.back")) } }
        div.slips { @for (n, code) in &slips.slips { div.slip data-slip=(n) {
            b { (say(lang, &slips.vote.name)) }
            @if let Some(about) = &slips.about { p.small { (first_line(about)) } }
            p { (tf(lang, "vote.slips.number", &[("n", &n.to_string())])) @if let Some(name) = whose(*n) { " " (name) } }
            @if slips.vote.paper { p.slip-choices { @for o in &slips.vote.options { span.nb { "□ " (say(lang, &o.label)) } " " } } }
            p.slip-code { (t(lang, "vote.code.label")) " " span.num { (&code[..4]) " " (&code[4..]) } }
            p.small { (address) }
            p.small { (t(lang, if slips.vote.paper { "vote.slips.keep" } else { "vote.slips.online" }))
                @if let Some(until) = &until { " " b.nb { (until) } } }
        } } }
    };
    framed(visitor, head, "", &html! {}, &body).await
}

/// The name that the published words begin with.
fn first_line(words: &str) -> String {
    let line = words.lines().map(str::trim).find(|l| !l.is_empty()).unwrap_or_default();
    let short: String = line.chars().take(30).collect();
    if short.len() < line.len() { format!("{short}…") } else { short }
}

/// `GET /desk/m/{number}/paper/{vote}`
pub async fn paper(visitor: Visitor, Path((number, vote)): Path<(String, String)>) -> Result<Markup, WebError> {
    let (_, view) = told(&visitor, &number, &vote).await?;
    paper_page(&visitor, &number, &view, &Posted::default(), None).await
}

/// `POST /desk/m/{number}/paper/{vote}`
pub async fn count(
    visitor: Visitor,
    Path((number, vote)): Path<(String, String)>,
    sent: Posted,
) -> Result<Response, WebError> {
    let (id, view) = told(&visitor, &number, &vote).await?;
    let view = &view;
    let numbers = match ranges(sent.get("slips"), view.base) {
        Some(numbers) => numbers,
        None => {
            let why = t(visitor.lang, "vote.paper.unreadable").to_owned();
            let page = paper_page(&visitor, &number, view, &sent, Some(why)).await?;
            return Ok((axum::http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
    };
    let one = |id: &str| sent.get(&format!("n-{id}")).trim().parse::<u32>().unwrap_or(0);
    let options = view.options.iter().map(|o| o.id.as_str()).chain([INVALID]);
    let counts: BTreeMap<String, u32> = options.map(|o| (o.to_owned(), one(o))).collect();
    match visitor.site.app.paper(&visitor.viewer(), id, &vote, numbers, counts).await {
        Ok(()) => Ok(Redirect::to(&format!("/desk/m/{number}")).into_response()),
        Err(AppError::Refused(refused, mechanism)) => {
            let why = refusal::sentence(&refused.rule, mechanism.as_deref(), visitor.lang);
            let status = status(&AppError::Refused(refused, mechanism));
            Ok((status, paper_page(&visitor, &number, view, &sent, Some(why)).await?).into_response())
        }
        Err(e) => Err(WebError::new(e, &visitor)),
    }
}

/// `GET /desk/m/{number}/count/{vote}`: the count, to print and as a file.
pub async fn counted(
    visitor: Visitor,
    Path((number, vote)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, WebError> {
    visitor.staff()?;
    let (app, lang) = (&visitor.site.app, visitor.lang);
    let id = app.by_number(&number).await.map_err(visitor.fails())?;
    let sheet = app.count_sheet(&visitor.viewer(), id, &vote).await.map_err(visitor.fails())?;
    if query.get("format").is_some_and(|f| f == "xlsx") {
        return count::file(lang, &sheet).map_err(visitor.fails());
    }
    let back = format!("/desk/m/{number}");
    let body = count::count(lang, &sheet, &format!("{back}/count/{vote}"), &back);
    let head = visitor.head(t(lang, "vote.count.title"));
    Ok(framed(&visitor, head, "", &html! {}, &body).await?.into_response())
}

/// `1-20, 23` as numbers; none for what is no such list. Repeats stay, so that the rule of the vote tells of them.
pub(super) fn ranges(text: &str, most: u32) -> Option<Vec<u32>> {
    let mut all = Vec::new();
    let text: String = text.chars().map(app::width::half).collect();
    for part in text.split([',', '，', '、', ' ', '\n', '\t', '\r']).filter(|p| !p.is_empty()) {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let (from, to): (u32, u32) = (from.trim().parse().ok()?, to.trim().parse().ok()?);
        if from > to || to > most.max(from) || to - from > most {
            return None;
        }
        all.extend(from..=to);
    }
    Some(all)
}

async fn paper_page(
    visitor: &Visitor,
    number: &str,
    vote: &VoteView,
    sent: &Posted,
    error: Option<String>,
) -> Result<Markup, WebError> {
    let lang = visitor.lang;
    let list = Input::LongText { value: sent.get("slips").to_owned(), rows: 3, max: Some(20_000) };
    let list = Field::new("slips", t(lang, "vote.paper.slips.label"), list).hint(t(lang, "vote.paper.slips.hint"));
    let options = vote.options.iter().map(|o| (o.id.as_str(), say(lang, &o.label)));
    let counts = options.chain([(INVALID, t(lang, "vote.invalid"))]).map(|(id, label)| {
        let name = format!("n-{id}");
        let typed = sent.get(&name);
        let input = Input::Number {
            value: if typed.is_empty() { "0" } else { typed }.to_owned(),
            min: Some(0),
            max: Some(i64::from(vote.base)),
            unit: None,
        };
        Field::new(name, label, input)
    });
    let body = html! {
        @if let Some(error) = &error { (outcome(Tone::Warn, t(lang, "vote.not_counted"), &html! { p { (error) } })) }
        p { (t(lang, "vote.paper.lede")) }
        form.ballots method="post" action=(format!("/desk/m/{number}/paper/{}", vote.id)) {
            div.stack { (field(lang, &list)) @for count in counts { (field(lang, &count)) } }
            p.actions { button.btn data-kind="go" { (t(lang, "vote.paper.send")) } a href=(format!("/desk/m/{number}")) { (t(lang, "vote.back")) } }
        }
        (shown::votes(lang, std::slice::from_ref(vote)))
    };
    let title = tf(lang, "vote.paper.title", &[("name", say(lang, &vote.name))]);
    framed(visitor, visitor.head(title), "", &html! {}, &body).await
}

#[cfg(test)]
mod tests {
    use super::ranges;

    #[test]
    fn a_list_of_slips_is_read() {
        assert_eq!(ranges("1-3，5、７", 9), Some(vec![1, 2, 3, 5, 7]));
        assert_eq!(ranges("", 9), Some(vec![]));
        assert!(ranges("3-1", 9).is_none() && ranges("a", 9).is_none() && ranges("1-4000000000", 9).is_none());
    }
}
