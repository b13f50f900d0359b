//! The home page: one box, the doors that lead somewhere, the way back to a matter.

use super::doors;
use crate::components::Tone;
use crate::components::code_form::{CodeForm, code_form};
use crate::components::notice::notice;
use crate::components::tile_doors::tile_doors;
use crate::i18n::{Lang, t, tf};
use crate::layout::portal_page;
use crate::visitor::Visitor;
use maud::{Markup, html};

/// `GET /`
pub async fn page(visitor: Visitor) -> Markup {
    let lang = visitor.lang;
    let tiles = doors::tiles(&visitor);
    let code = CodeForm { action: "/follow".into(), lost: lost(&visitor), ..CodeForm::default() };
    let body = html! { div.cols {
        div.main {
            section {
                h1.title { label for="say" { (t(lang, "portal.home.title")) } }
                p.lede { (t(lang, "portal.home.lede")) }
                form.ask method="post" action="/raise" data-draft="/raise" {
                    textarea.in #say name="what" rows="3" placeholder=(t(lang, "portal.home.example")) {}
                    p.actions { button.btn data-kind="go" name="go" value="start" { (t(lang, "raise.next")) }
                        span.quiet.small { (t(lang, "portal.home.steps")) } }
                }
            }
            div.block { (danger(lang)) }
            div.block { (tile_doors(&tiles)) (coming(&visitor, tiles.len())) }
            section.block { h2.h2 { (t(lang, "portal.how.title")) } (how(lang)) }
        }
        div.side {
            section.card { h2.h2 { (t(lang, "portal.home.follow")) } (code_form(lang, &code)) }
            section.block { h2.h2 { (t(lang, "portal.home.together.title")) }
                p { a href="/open/matters?door=join" { (t(lang, "portal.home.together.now")) } }
                p { a href="/v" { (t(lang, "portal.home.together.vote")) } } }
            section.block { h2.h2 { (t(lang, "portal.know.title")) }
                p { a href="/know" { (t(lang, "portal.home.know")) } } }
            section.block { h2.h2 { (t(lang, "portal.home.open.label")) }
                p { a href="/open" { (t(lang, "portal.open.overdue")) } }
                p.small.quiet { (t(lang, "portal.home.open.text")) } }
        }
    } };
    portal_page(&crate::layout::PageHead { section: "home", ..visitor.head(t(lang, "portal.home.title")) }, &body)
}

/// What to do when the codes are lost: the phone, where there is one.
pub fn lost(visitor: &Visitor) -> String {
    match &visitor.site.app.settings().phone {
        Some(phone) => tf(visitor.lang, "follow.lost.call", &[("phone", phone)]),
        None => t(visitor.lang, "follow.lost.label").to_owned(),
    }
}

fn danger(lang: Lang) -> Markup {
    let call = |key: &str, number: &str| {
        html! { span.nb { (t(lang, key)) " " a href=(format!("tel:{number}")) { (number) } } }
    };
    notice(
        Tone::Warn,
        t(lang, "portal.danger.label"),
        &html! { p { (call("portal.danger.fire", "119")) "　" (call("portal.danger.ambulance", "120")) "　" (call("portal.danger.police", "110")) } },
    )
}

/// Doors that do not lead anywhere yet are not drawn; who looks for them is told whom to call.
fn coming(visitor: &Visitor, drawn: usize) -> Markup {
    let lang = visitor.lang;
    html! { @if drawn < 4 { @if let Some(phone) = &visitor.site.app.settings().phone {
        p.small.quiet.below-summary { (tf(lang, "portal.home.else", &[("phone", phone)])) }
    } } }
}

fn how(lang: Lang) -> Markup {
    html! { ol.steps-text { @for n in 1..=3 { li { (t(lang, &format!("portal.how.{n}"))) } } } }
}
