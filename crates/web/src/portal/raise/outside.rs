//! The place lies elsewhere: who is competent there, found by name. Nothing is raised from here.

use crate::components::field::{Field, Input, field};
use crate::i18n::{t, tf};
use crate::layout::{PageHead, portal_page};
use crate::posted::Posted;
use crate::visitor::Visitor;
use kernel::region::RegionLevel;
use maud::{Markup, html};

/// `GET /outside`
pub async fn page(visitor: Visitor) -> Markup {
    draw(&visitor, "", "")
}

/// `POST /outside`: a place, by name. No page puts typed words into an address.
pub async fn ask(visitor: Visitor, asked: Posted) -> Markup {
    draw(&visitor, asked.get("q"), "")
}

/// The same for somebody who has already told what it is about: the words stay to be copied.
pub fn kept(visitor: &Visitor, what: &str) -> Markup {
    draw(visitor, "", what)
}

fn draw(visitor: &Visitor, sought: &str, what: &str) -> Markup {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let here = app.place(&app.settings().territory);
    let here = crate::portal::words::say(lang, &here).to_owned();
    let value = sought.to_owned();
    let input = Input::Text { value, max: Some(40), autocomplete: Some("off") };
    let item = Field::new("q", t(lang, "raise.outside.where.label"), input).hint(t(lang, "raise.outside.where.hint"));
    let body = html! { div.narrow {
        h1.title { (t(lang, "raise.outside.title")) }
        p.lede { (tf(lang, "raise.outside.lede", &[("place", &here)])) }
        form method="post" action="/outside" { div.stack { (field(lang, &item)) } p.actions { button.btn data-kind="go" { (t(lang, "field.search.go")) } } }
        @if !sought.trim().is_empty() { (found(visitor, sought)) }
        @if !what.is_empty() { div.field.block { label for="kept" { (t(lang, "error.kept.label")) } textarea.in #kept readonly rows="5" { (what) } } }
        p.block { a href="/raise" { (tf(lang, "raise.outside.back", &[("place", &here)])) } }
    } };
    portal_page(&PageHead { section: "home", private: true, ..visitor.head(t(lang, "raise.outside.title")) }, &body)
}

fn found(visitor: &Visitor, sought: &str) -> Markup {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let territory = app.settings().territory;
    let hits = app.regions().find(sought, None, 8);
    let today = app.now().date();
    html! { section.block aria-live="polite" {
        @if hits.is_empty() { p { (t(lang, "raise.outside.none")) } } @else { ul.plain.stack { @for hit in &hits { li {
            p { b { (app.regions().path(&hit.code).concat()) } @if hit.valid_to.is_some_and(|to| to <= today) { " " span.tag { (t(lang, "raise.outside.old")) } } }
            @if territory.contains(&hit.code) { p { a href=(format!("/raise?region={}", hit.code)) { (t(lang, "raise.outside.ours")) } } }
            @else { p.small { (tf(lang, "raise.outside.theirs", &[("place", &competent(visitor, &hit.code))])) } }
        } } } }
    } }
}

/// The county of a place, or the wider division where that is what was found.
fn competent(visitor: &Visitor, code: &kernel::region::RegionCode) -> String {
    let at = code.at(RegionLevel::County).unwrap_or(*code);
    visitor.site.app.regions().path(&at).concat()
}
