//! A remark that must be seen: information, attention, warning, done.

use super::Tone;
use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// A notice that belongs to the page; `title` is one sentence.
#[must_use]
pub fn notice(tone: Tone, title: &str, body: &Markup) -> Markup {
    html! { div.note data-tone=(tone.name()) { p { b { (title) } } (body) } }
}

/// The outcome of what the person just did: the same, announced to screen readers.
#[must_use]
pub fn outcome(tone: Tone, title: &str, body: &Markup) -> Markup {
    let role = if tone == Tone::Warn { "alert" } else { "status" };
    html! { div.note data-tone=(tone.name()) role=(role) { p { b { (title) } } (body) } }
}

/// All tones.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    html! { div.stack { @for tone in [Tone::Plain, Tone::Due, Tone::Warn, Tone::Done] {
        (notice(tone, t(lang, "sample.notice.label"), &html! { p { (t(lang, "sample.notice.text")) } }))
    } } }
}
