//! A short state in a frame. The word carries it; the colour only helps.

use super::Tone;
use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// The tag.
#[must_use]
pub fn tag(tone: Tone, text: &str) -> Markup {
    html! { span.tag data-tone=(tone.name()) { (text) } }
}

/// All tones.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    html! { p.row { (tag(Tone::Plain, t(lang, "sample.tag.plain"))) (tag(Tone::Due, t(lang, "sample.tag.due"))) (tag(Tone::Warn, t(lang, "sample.tag.warn"))) (tag(Tone::Done, t(lang, "sample.tag.done"))) } }
}
