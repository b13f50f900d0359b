//! Numbers that the system counted, the earliest days first, as bars on one scale: before and after side by side. Counts nothing.

use super::vote::bar;
use crate::i18n::{Lang, labelled};
use kernel::time::Date;
use maud::{Markup, html};

/// One number.
#[derive(Clone, Debug)]
pub struct Count {
    /// What was counted.
    pub label: String,
    /// How many.
    pub n: i64,
    /// The first day on which it was counted; none stands last.
    pub from: Option<Date>,
    /// Over which days and of what, in words.
    pub over: Option<String>,
}

/// The bars, each with its number and days in words.
#[must_use]
pub fn counts(lang: Lang, mut all: Vec<Count>) -> Markup {
    all.sort_by_key(|c| (c.from.is_none(), c.from));
    let n = |c: &Count| u32::try_from(c.n).unwrap_or(0);
    let most = all.iter().map(n).max().unwrap_or(0);
    html! { @if !all.is_empty() { ul.plain.counts { @for count in &all { li {
        (bar(&labelled(lang, &count.label, &count.n.to_string()), n(count), most, None, true))
        @if let Some(over) = &count.over { p.small.quiet { (over) } }
    } } } } }
}
