//! A figure: the title says the finding, numerator and denominator lead to the matters, source and as-of date stand
//! under it. Too few cases are not shown, and that is said.

use super::Link;
use crate::i18n::{Lang, t, tf};
use maud::{Markup, html};

/// One part of a bar with its words.
#[derive(Clone, Debug, Default)]
pub struct Part {
    pub label: Link,
    /// Per mille of the whole; parts add up to at most 1000.
    pub permille: u16,
}

/// A figure.
#[derive(Clone, Debug, Default)]
pub struct Stat {
    /// The finding, as a sentence.
    pub title: String,
    /// The figure, e.g. 94.1%; `None` when there are too few cases.
    pub value: Option<String>,
    pub numerator: Link,
    pub denominator: Link,
    /// At most three parts: full, hatched, open.
    pub parts: Vec<Part>,
    pub source: String,
    pub as_of: String,
    /// How it is computed and what is not in it.
    pub note: Option<String>,
}

/// The figure.
#[must_use]
pub fn stat(lang: Lang, stat: &Stat) -> Markup {
    html! { figure.stat {
        figcaption { h3 { (stat.title) } }
        @if let Some(value) = &stat.value {
            p.stat-value { b { (value) } span { a href=(stat.numerator.href) { (stat.numerator.label) } " / " a href=(stat.denominator.href) { (stat.denominator.label) } } }
            @if !stat.parts.is_empty() { (bar(&stat.parts)) ul.stat-parts { @for part in &stat.parts { li {
                @if part.label.href.is_empty() { (part.label.label) } @else { a href=(part.label.href) { (part.label.label) } } } } } }
        } @else { p.quiet { (t(lang, "stat.few")) } }
        p.src { (tf(lang, "stat.source", &[("source", &stat.source), ("as_of", &stat.as_of)])) @if let Some(note) = &stat.note { " " (note) } }
    } }
}

fn bar(parts: &[Part]) -> Markup {
    let mut x = 0;
    html! { svg.bar viewBox="0 0 1000 18" preserveAspectRatio="none" aria-hidden="true" { @for part in parts {
        rect x=(x) y="1" width=(part.permille) height="16" vector-effect="non-scaling-stroke" {}
        ({ x += part.permille; "" })
    } } }
}

/// A rate with its parts, and one with too few cases.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let part = |key, permille| Part { label: Link::new("#", t(lang, key)), permille };
    let full = Stat {
        title: t(lang, "sample.stat.title").into(),
        value: Some("94.1%".into()),
        numerator: Link::new("#", "3,019"),
        denominator: Link::new("#", "3,208"),
        parts: vec![part("sample.stat.a", 941), part("sample.stat.b", 47), part("sample.stat.c", 12)],
        source: t(lang, "sample.stat.source").into(),
        as_of: "2026-10-13 24:00".into(),
        note: None,
    };
    html! { (stat(lang, &full)) (stat(lang, &Stat { value: None, ..full.clone() })) }
}
