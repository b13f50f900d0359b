//! The receipt right after sending, and whenever its holder asks: number, codes, both dates, proof. Says only what is
//! true at this moment: the promise is signed at once, the public log holds it some seconds later.

use super::{head, now};
use crate::components::receipt::{Receipt, proof, receipt};
use crate::components::ring::{Size, ring};
use crate::error::WebError;
use crate::i18n::{Lang, date_long, t, tf};
use crate::layout::{PageHead, portal_page};
use crate::portal::words::{due, leading, ring_of, say, when};
use crate::visitor::Visitor;
use app::own_receipt::Standing;
use app::view::MatterView;
use app::viewer::Viewer;
use axum::response::{IntoResponse, Response};
use maud::{Markup, PreEscaped, html};

/// The page.
pub async fn page(visitor: &Visitor, viewer: &Viewer, view: &MatterView) -> Result<Response, Response> {
    let lang = visitor.lang;
    let fails = |e| WebError::new(e, visitor).into_response();
    let own = visitor.site.app.own_receipt(viewer, view.id).await.map_err(fails)?;
    let cookie = visitor.code.clone().unwrap_or_default();
    // The long code is shown to whoever came with it, not to whoever came with the short one and a phone number.
    let long_code = if cookie.len() > 20 && !cookie.contains('~') { cookie } else { String::new() };
    let item = Receipt {
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
    let today = visitor.site.app.now().date();
    let body = html! {
        div.receipt-head { (ring(lang, Size::L, ring_of(view))) div {
            p.overline { (tf(lang, "portal.receipt.at", &[("when", &when(lang, view.raised_at, today))])) }
            h1.title { (t(lang, "portal.receipt.title")) }
            @if let Some(title) = &view.title { p { (title) } }
        } }
        div.cols {
            div.main { (receipt(lang, &item))
                section.block { h2.h2 { (t(lang, "portal.receipt.plan.label")) } (plan(visitor, view)) }
                section.block { h2.h2 { (t(lang, "portal.receipt.keep.title")) } ul.does { @for n in 1..=4 { li { (t(lang, &format!("portal.receipt.keep.{n}"))) } } } } }
            div.side { (proof(lang, &item)) p.small.block { a href="/receipt" { (t(lang, "portal.check.see")) } " · " a href="/open/log" { (t(lang, "portal.log.see")) } } (now::signed(visitor, &own.receipt)) }
        }
    };
    let head = PageHead { draft_sent: Some("/raise".into()), ..head(visitor, t(lang, "portal.receipt.title")) };
    Ok(portal_page(&head, &body).into_response())
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
    let next = leading(view);
    let who = view.holder.as_ref().map(|b| say(lang, &b.name).to_owned());
    html! { ul.plan {
        @if let Some(clock) = next { li { span { (tf(lang, "follow.next.by", &[("date", &due(lang, clock))])) } div { @if let Some(who) = who { (who) (t(lang, "portal.colon")) } (say(lang, &clock.label)) small { (crate::portal::words::clause(lang, clock).unwrap_or_default()) } } } }
        @if let Some(at) = view.due_by { li { span { (date_long(lang, at.date())) } div { (t(lang, "portal.receipt.plan.due")) } } }
        @if let Some(at) = view.promised_by { li { span { (date_long(lang, at.date())) } div { (t(lang, "portal.receipt.plan.latest.label")) small { (t(lang, "portal.receipt.plan.latest.why")) } } } }
        li { span { (t(lang, "portal.receipt.plan.then")) } div { (t(lang, "portal.receipt.plan.say")) } }
    } p.small { a href=(format!("/open/mechanisms/{}?region={}", view.mechanism, view.region)) { (t(lang, "portal.rules.label")) } } }
}
