//! What a region changes in the base, line by line, and which regions do.

use crate::components::Tone;
use crate::components::tag::tag;
use crate::desk::about::about;
use crate::desk::words::say;
use crate::i18n::{Lang, t};
use app::catalogue::{Difference, Direction};
use maud::{Markup, html};

/// The table.
#[must_use]
pub fn changes(lang: Lang, all: &[Difference]) -> Markup {
    let none = kernel::text::Text::new("没有", "none");
    let words = |d: Direction| {
        let tone = match d {
            Direction::Set | Direction::Changed => Tone::Plain,
            Direction::Tighter | Direction::Added => Tone::Done,
            Direction::Looser | Direction::Removed => Tone::Due,
        };
        tag(tone, say(lang, &d.name()))
    };
    html! {
        p.quiet.small { (t(lang, "admin.changes.rule")) }
        @if all.is_empty() { p { (t(lang, "admin.changes.none")) } } @else { table.tbl data-cards {
            thead { tr { @for key in ["what", "from", "to", "direction", "source"] { th scope="col" { (t(lang, &format!("admin.changes.{key}"))) } } } }
            tbody { @for d in all { tr {
                th scope="row" { (about(lang, &d.what)) }
                td data-l=(t(lang, "admin.changes.from")) { (say(lang, d.from.as_ref().unwrap_or(&none))) }
                td data-l=(t(lang, "admin.changes.to")) { b { (say(lang, d.to.as_ref().unwrap_or(&none))) } }
                td data-l=(t(lang, "admin.changes.direction")) { (words(d.direction)) }
                td data-l=(t(lang, "admin.changes.source")) { @match &d.source { Some(s) => (crate::i18n::source(lang, s)), None => "—" } }
            } } }
        } }
    }
}
