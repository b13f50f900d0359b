//! The receipt right after sending, and whenever its holder asks: number, codes, both dates, proof. Says only what is
//! true at this moment: the promise is signed at once, the public log holds it some seconds later.

use super::{head, now};
use crate::components::receipt::{Receipt, notes, proof, receipt};
use crate::components::ring::{Size, ring};
use crate::error::WebError;
use crate::i18n::{Lang, date_long, date_time_long, t, tf};
use crate::layout::{PageHead, portal_page};
use crate::portal::words::{due, leading, ring_of, say};
use crate::visitor::Visitor;
use app::own_receipt::Standing;
use app::view::MatterView;
use app::viewer::Viewer;
use axum::response::{IntoResponse, Response};
use kernel::time::Timestamp;
use maud::{Markup, PreEscaped, html};

/// The page.
pub async fn page(visitor: &Visitor, viewer: &Viewer, view: &MatterView) -> Result<Response, Response> {
    let lang = visitor.lang;
    let fails = |e| WebError::new(e, visitor).into_response();
    let own = visitor.site.app.own_receipt(viewer, view.id).await.map_err(fails)?;
    let cookie = visitor.code.clone().unwrap_or_default();
    // The long code is shown to whoever came with it, not to whoever came with the short one and a phone number.
    let long_code = if cookie.len() > 20 && !cookie.contains('~') { cookie } else { String::new() };
    let notes = notes(lang, &own, view.raised_at, [view.due_by, view.promised_by]);
    let at = if own.arrived.is_some() { "portal.receipt.entered" } else { "portal.receipt.at" };
    let item = Receipt {
        notes,
        number: view.number.clone(),
        query_code: own.query_code,
        long_code,
        qr: Some(PreEscaped(own.qr)),
        sent_to: Some(t(lang, "portal.receipt.where").to_owned()),
        follow_href: format!("/m/{}", view.number),
        file_href: Some(format!("/m/{}/receipt.txt", view.number)),
        bare_href: Some(format!("/m/{}/receipt.txt?bare", view.number)),
        fingerprint: Some(own.fingerprint),
        logged: Some(logged(lang, &own.standing)),
    };
    let body = html! {
        div.receipt-head { (ring(lang, Size::L, ring_of(view))) div {
            p.overline { (tf(lang, at, &[("when", &date_time_long(lang, crate::words::moment(view.raised_at)))])) }
            h1.title { (t(lang, "portal.receipt.title")) }
            @if let Some(title) = &view.title { p { (title) } }
        } }
        div.cols.receipt-sheet {
            div.main { (receipt(lang, &item))
                section.block { h2.h2 { (t(lang, "portal.receipt.plan.label")) } (plan(visitor, view)) }
                section.block { h2.h2 { (t(lang, "portal.receipt.keep.title")) } ul.does { @for n in 1..=4 { li.no-print[n == 3] { (t(lang, &format!("portal.receipt.keep.{n}"))) } } } } }
            div.side { (proof(lang, &item)) (how(visitor)) (now::signed(visitor, &own.receipt)) }
        }
    };
    let head = PageHead { draft_sent: Some("/raise".into()), ..head(visitor, t(lang, "portal.receipt.title")) };
    Ok(portal_page(&head, &body).into_response())
}

/// What anybody can do with it: follow, check, and check without us. On paper the addresses stand in words.
fn how(visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    let address = visitor.site.app.settings().address.clone();
    html! { section.block.how-to-check { h2.h3 { (t(lang, "receipt.how.label")) }
    ol.steps-text.small {
        li { (t(lang, "receipt.how.scan")) }
        li { (t(lang, "receipt.how.file")) span.no-print { " " a href="/receipt" { (t(lang, "portal.check.see")) } } @if !address.is_empty() { span.on-paper { " " (address) "/receipt" } } }
        li { (t(lang, "receipt.how.own")) span.no-print { " " a href="/open/key" { (t(lang, "portal.receipt.check")) } " · " a href="/open/log" { (t(lang, "portal.log.see")) } } @if !address.is_empty() { span.on-paper { " " (address) "/open/key" } } }
    } } }
}

/// Whether the public log holds it by now.
fn logged(lang: Lang, standing: &Standing) -> String {
    match standing {
        Standing::Logged(i) => tf(lang, "receipt.logged.yes", &[("n", &(i.index + 1).to_string())]),
        Standing::Waiting(n) => tf(lang, "receipt.logged.soon", &[("n", &n.to_string())]),
        Standing::Late => t(lang, "receipt.logged.late").to_owned(),
    }
}

/// What comes next, day by day, as the clocks of the matter say.
fn plan(visitor: &Visitor, view: &MatterView) -> Markup {
    let lang = visitor.lang;
    let answered = view.answered_at.is_some();
    html! { ul.plan {
        @if answered { (dates(visitor, view)) }
        @if let Some(clock) = leading(view) { li { span { (tf(lang, "follow.next.by", &[("date", &due(lang, clock))])) } div { @if let Some(who) = &clock.body { (say(lang, &who.name)) (t(lang, "portal.colon")) } (say(lang, &clock.label)) small { (crate::portal::words::clause(lang, clock).unwrap_or_default()) } } } }
        @if !answered { (dates(visitor, view)) }
        li { span { (t(lang, "portal.receipt.plan.then")) } div { (t(lang, "portal.receipt.plan.say")) } }
    } p.small.no-print { a href=(format!("/open/mechanisms/{}?region={}", view.mechanism, view.region)) { (t(lang, "portal.rules.label")) } } }
}

/// Both promised dates, or that they were kept.
fn dates(visitor: &Visitor, view: &MatterView) -> Markup {
    let lang = visitor.lang;
    let row = |at: Timestamp, text: &str, small: Option<&str>| html! { li { span { (date_long(lang, at.date())) } div { (t(lang, text)) @if let Some(key) = small { small { (t(lang, key)) } } } } };
    if let Some(at) = view.answered_at {
        let late = view.promised_by.is_some_and(|by| at > by);
        let kept = if late { "follow.answered.late" } else { "follow.answered.in_time" };
        return row(at, "portal.receipt.plan.answered", Some(kept));
    }
    let today = visitor.site.app.now();
    let over = |at: Timestamp| (at < today).then_some("portal.receipt.plan.over");
    let latest = view.promised_by.filter(|at| view.due_by.is_none_or(|due| due.date() != at.date()));
    html! {
        @if let Some(at) = view.due_by { (row(at, "portal.receipt.plan.due", over(at))) }
        @if let Some(at) = latest { (row(at, "portal.receipt.plan.latest.label", over(at).or(Some("portal.receipt.plan.latest.why")))) }
    }
}
