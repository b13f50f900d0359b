//! The promise, before sending and after: the ordinary date and the latest lawful one, each with its reason, and who
//! answers. Both are always shown; a single comfortable date would be a lie.

use super::Link;
use crate::i18n::{Lang, date_long, t};
use jiff::civil::Date;
use maud::{Markup, html};

/// The promise of an answer.
#[derive(Clone, Debug, Default)]
pub struct Promise {
    pub title: Option<String>,
    /// Who answers.
    pub holder: Option<(String, Option<String>)>,
    /// When there is no extension and nothing is sent back.
    pub due_by: Date,
    /// Reason in a sentence.
    pub due_why: String,
    /// The longest that the rules allow to the first answer.
    pub promised_by: Date,
    pub promised_why: String,
    /// What happens if nobody answers by then.
    pub after: Option<String>,
    /// The year's calendar is not published yet.
    pub provisional: bool,
    pub link: Option<Link>,
}

/// The promise; `more` follows inside the frame, e.g. the clock strip.
#[must_use]
pub fn promise(lang: Lang, promise: &Promise, more: &Markup) -> Markup {
    html! { section.promise {
        @if let Some(title) = &promise.title { h2.h2 { (title) } }
        dl.promise-dates {
            @if let Some((who, why)) = &promise.holder { div { dt { (t(lang, "promise.holder")) } dd { (who) @if let Some(why) = why { small { (why) } } } } }
            div { dt { (t(lang, "promise.due")) } dd { (split_date(lang, promise.due_by)) @if promise.provisional && promise.due_by.year() == promise.promised_by.year() { (provisional(lang)) } small { (promise.due_why) } } }
            div data-late { dt { (t(lang, "promise.latest")) } dd { (split_date(lang, promise.promised_by)) @if promise.provisional { (provisional(lang)) } small { (promise.promised_why) } } }
        }
        @if let Some(after) = &promise.after { p.small { (after) } }
        @if let Some(link) = &promise.link { p { a href=(link.href) { (link.label) } } }
        (more)
    } }
}

/// The mark of a date that rests on a year whose calendar is not published: years are published whole.
fn provisional(lang: Lang) -> Markup {
    html! { " " span.tag data-tone="due" { (t(lang, "clock.provisional.tag")) } }
}

/// A date that may break only before its weekday.
#[must_use]
pub fn split_date(lang: Lang, date: Date) -> Markup {
    let text = date_long(lang, date);
    match text.split_once('（') {
        Some((day, rest)) => html! { span.nb { (day) } span.nb { "（" (rest) } },
        None => html! { span.nb { (text) } },
    }
}

/// With everything.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let word = |key| t(lang, key).to_owned();
    let day = |d| jiff::civil::date(2026, 10, d);
    promise(
        lang,
        &Promise {
            title: Some(word("sample.promise.title")),
            holder: Some((word("sample.holder"), Some(word("sample.promise.holder")))),
            due_by: day(10),
            due_why: word("sample.promise.due"),
            promised_by: day(21),
            promised_why: word("sample.promise.latest"),
            after: Some(word("sample.promise.after")),
            provisional: false,
            link: None,
        },
        &html! {},
    )
}
