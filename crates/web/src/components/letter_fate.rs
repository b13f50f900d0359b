//! What became of a letter (去向): served, when, how, to whom and by what proof; not served yet; void, why, and what came in
//! its place. On the letter's own page, and as one line where letters are listed.

use super::Tone;
use super::notice::notice;
use super::tag::tag;
use crate::i18n::{Lang, date_long, t, tf};
use app::view::{LetterView, ServedView};
use maud::{Markup, html};

fn say(lang: Lang, text: &kernel::text::Text) -> &str {
    if lang == Lang::Zh { &text.zh } else { &text.en }
}

/// Served, in one sentence.
#[must_use]
pub fn served(lang: Lang, served: &ServedView) -> String {
    let date = date_long(lang, served.on);
    let key = if served.how == kernel::mechanism::DEEMED { "letter.deemed" } else { "letter.served" };
    tf(lang, key, &[("date", &date), ("way", say(lang, &served.way))])
}

/// Behind a letter in a list.
#[must_use]
pub fn line(lang: Lang, letter: &LetterView) -> Markup {
    html! {
        @if letter.voided.is_some() { " " (tag(Tone::Warn, t(lang, "letter.void"))) }
        @if let Some(s) = &letter.served { br; small { (served(lang, s)) } }
        @if letter.owed { br; small.quiet { (t(lang, "letter.owed")) } }
    }
}

/// Above a letter, on the page of the matter under `base`.
#[must_use]
pub fn fate(lang: Lang, base: &str, letter: &LetterView) -> Markup {
    let link = |seq: u32, key: &str| html! { p { a href=(format!("{base}/letter/{seq}")) { (t(lang, key)) } } };
    html! { div.no-print {
        @if let Some(void) = &letter.voided {
            (notice(Tone::Warn, &tf(lang, "letter.voided_on", &[("date", &date_long(lang, void.at.date()))]), &html! {
                @if let Some(reason) = &void.reason { p { (tf(lang, "letter.void_reason", &[("reason", reason)])) } }
                @if let Some(anew) = void.anew { (link(anew, "letter.anew")) }
            }))
        }
        @if let Some(before) = letter.instead_of { (notice(Tone::Plain, t(lang, "letter.instead"), &link(before, "letter.before"))) }
        @if let Some(s) = &letter.served { (notice(Tone::Done, &served(lang, s), &proof(lang, base, s))) }
        @if letter.owed { (notice(Tone::Plain, t(lang, "letter.owed"), &html! {})) }
    } }
}

fn proof(lang: Lang, base: &str, s: &ServedView) -> Markup {
    html! {
        @if let Some(who) = &s.who { p { (tf(lang, "letter.served_who", &[("who", who)])) } }
        @if !s.proof.is_empty() { p { (t(lang, "letter.proof"))
            @for (file, n) in s.proof.iter().zip(1_u32..) { " " a href=(format!("{base}/file/{}", file.id)) { (tf(lang, "letter.proof_n", &[("n", &n.to_string())])) } }
        } }
        @if let Some(by) = &s.by { p.quiet { (tf(lang, "letter.served_by", &[("body", say(lang, &by.name))])) } }
    }
}
