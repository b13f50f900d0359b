//! `GET /mine`: where to begin with one's personal data. Nobody has an account here, so nothing of anybody's is shown: her
//! data lie in her matters, behind their codes.

use crate::i18n::{t, tf};
use crate::layout::{PageHead, portal_page};
use crate::portal::words::say;
use crate::visitor::Visitor;
use maud::{Markup, html};

/// The page.
pub async fn page(visitor: Visitor) -> Markup {
    let lang = visitor.lang;
    let territory = visitor.site.app.settings().territory;
    let offered = visitor.site.app.about_data(&territory);
    let body = html! { div.narrow {
        h1.title { (t(lang, "mine.title")) }
        p.lede { (t(lang, "mine.start.lede")) }
        section.card { h2.h2 { (t(lang, "mine.start.with")) } p { (t(lang, "mine.start.with_text")) } p.actions { a.btn data-kind="go" href="/follow" { (t(lang, "mine.start.open")) } } }
        section.block { h2.h2 { (t(lang, "mine.start.without")) } p { (t(lang, "mine.start.without_text")) }
            ul.plain { @for e in &offered { @let m = &e.mechanism.mechanism; li {
                a href=(format!("/raise/{}", m.id)) { (tf(lang, "mine.start.ask", &[("name", say(lang, &m.name))])) } " · "
                a.small href=(format!("/open/mechanisms/{}?region={territory}", m.id)) { (t(lang, "portal.rules.label")) }
            } } } }
        section.block { h2.h2 { (t(lang, "mine.start.may")) } ul.does { @for n in 1..=5 { li { (t(lang, &format!("mine.start.rights.{n}"))) } } } }
    } };
    portal_page(&PageHead { section: "follow", ..visitor.head(t(lang, "mine.title")) }, &body)
}
