//! When something is due: words, a shape (pips) and a colour, in this order of importance.

use super::Tone;
use crate::i18n::{Lang, Unit, date_short, due_words, t};
use jiff::civil::Date;
use maud::{Markup, html};

/// What is left of a clock.
#[derive(Clone, Debug, Default)]
pub struct Due {
    /// Units left; 0 is today, negative is overdue; `None` has no clock.
    pub left: Option<i32>,
    pub unit: Unit,
    /// The day; shown under the words in lists.
    pub date: Option<Date>,
    /// Said instead of the computed words, e.g. 今天 17:30.
    pub words: Option<String>,
}

impl Due {
    /// `left` working days until `date`.
    #[must_use]
    pub fn working(left: i32, date: Date) -> Self {
        Self { left: Some(left), unit: Unit::WorkingDay, date: Some(date), words: None }
    }

    /// The words.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        match (&self.words, self.left) {
            (Some(words), _) => words.clone(),
            (None, Some(left)) => due_words(lang, left, self.unit),
            (None, None) => t(lang, "due.none").to_owned(),
        }
    }

    /// Overdue warns, today is amber, anything later is plain.
    #[must_use]
    pub fn tone(&self) -> Tone {
        match self.left {
            Some(left) if left < 0 => Tone::Warn,
            Some(0) => Tone::Due,
            _ => Tone::Plain,
        }
    }
}

/// The words with up to five pips: hollow is left, half is today, full is overdue.
#[must_use]
pub fn due(lang: Lang, due: &Due) -> Markup {
    let pips = match due.left {
        Some(0) => 1,
        Some(left) if left < 0 || left <= 5 => left.unsigned_abs().min(5),
        _ => 0,
    };
    html! {
        span.due data-tone=(due.tone().name()) {
            @if pips > 0 { span.pips aria-hidden="true" { @for _ in 0..pips { i {} } } }
            (due.text(lang))
        }
        @if let Some(date) = due.date { span.due-date { (date_short(lang, date)) } }
    }
}

/// Far, near, today, overdue, none.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let day = jiff::civil::date(2026, 10, 16);
    html! { ul.plain.stack-s {
        @for left in [12, 3, 0, -2] { li { (due(lang, &Due::working(left, day))) } }
        li { (due(lang, &Due::default())) }
    } }
}
