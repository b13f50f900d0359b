//! A remark that must be seen: information, attention, warning, done.

use super::Tone;
use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// A notice; `title` is one sentence. Done and warnings are announced to screen readers.
#[must_use]
pub fn notice(tone: Tone, title: &str, body: &Markup) -> Markup {
    let role = match tone {
        Tone::Done => Some("status"),
        Tone::Warn => Some("alert"),
        _ => None,
    };
    html! { div.note data-tone=(tone.name()) role=[role] { p { b { (title) } } (body) } }
}

/// All tones.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    html! { div.stack { @for tone in [Tone::Plain, Tone::Due, Tone::Warn, Tone::Done] {
        (notice(tone, t(lang, "sample.notice.label"), &html! { p { (t(lang, "sample.notice.text")) } }))
    } } }
}
