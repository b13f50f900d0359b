//! The thread: what happened to a matter. The shape says who speaks (disc a person, square a body, bar a clock or the
//! system, amber square a changed date); a person's words are set in Song. Portal: newest first under a dotted future.
//! Desk: oldest first.

use super::Link;
use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// Who speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Speaker {
    /// The raiser or another resident: disc. On the portal the reader herself is hollow, see [`Entry::you`].
    Person,
    /// A body or somebody acting for it: square.
    #[default]
    Body,
    /// A clock or the system: bar.
    System,
    /// A date was changed: amber square.
    DateChange,
    /// Has not happened yet: dotted.
    Next,
}

/// One entry as its viewer may see it.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// Anchor of the entry, e.g. `e7`.
    pub id: Option<String>,
    pub speaker: Speaker,
    /// The reader did it herself (portal).
    pub you: bool,
    /// Something is overdue or was refused: the shape turns red.
    pub late: bool,
    /// When, in words; with its machine form in `datetime`.
    pub when: String,
    pub datetime: Option<String>,
    /// What happened, as a short sentence.
    pub title: String,
    /// Who and in which role; never a name that the viewer may not see.
    pub who: Option<String>,
    /// Plain text of the entry, paragraph by paragraph.
    pub text: Vec<String>,
    /// A person's own words, or words sent to her: in Song.
    pub voice: Vec<String>,
    /// Original and new date of a change; both stay visible.
    pub swap: Option<(String, String)>,
    /// An answer within the entry: who and when, then the words.
    pub reply: Option<(String, String)>,
    pub links: Vec<Link>,
    /// Anything else, e.g. a letter that opens in place.
    pub extra: Option<Markup>,
}

/// The thread. `entries` come oldest first and are turned round for `newest_first`.
#[must_use]
pub fn thread(lang: Lang, entries: &[Entry], newest_first: bool) -> Markup {
    let order: Vec<&Entry> = if newest_first { entries.iter().rev().collect() } else { entries.iter().collect() };
    html! { ol.thread reversed[newest_first] { @for entry in order { (entry_view(lang, entry)) } } }
}

fn entry_view(lang: Lang, entry: &Entry) -> Markup {
    let by = match (entry.speaker, entry.you) {
        (_, true) => "you",
        (Speaker::Person, _) => "person",
        (Speaker::Body, _) => "body",
        (Speaker::System, _) => "system",
        (Speaker::DateChange, _) => "date",
        (Speaker::Next, _) => "next",
    };
    html! {
        li id=[&entry.id] data-by=(by) data-late[entry.late] {
            div.entry-head {
                h3 { (entry.title) }
                @if let Some(who) = &entry.who { span.who { (who) } }
                @if !entry.when.is_empty() { time datetime=[&entry.datetime] { (entry.when) } }
            }
            @if let Some((old, new)) = &entry.swap {
                p.swap { s { span.vh { (t(lang, "thread.was")) } (old) } " "
                    span aria-hidden="true" { "→" } " " b { span.vh { (t(lang, "thread.now")) } (new) } }
            }
            @for line in &entry.voice { p.voice { (line) } }
            @for line in &entry.text { p { (line) } }
            @if let Some((who, words)) = &entry.reply { div.reply { p.who { (who) } p { (words) } } }
            @if !entry.links.is_empty() { p.files { @for link in &entry.links { a href=(link.href) { (link.label) } } } }
            @if let Some(extra) = &entry.extra { (extra) }
        }
    }
}

/// What the shapes mean; stands at the head of a desk thread.
#[must_use]
pub fn thread_legend(lang: Lang) -> Markup {
    html! { p.legend {
        span { i data-by="person" {} (t(lang, "thread.person")) }
        span { i data-by="body" {} (t(lang, "thread.body")) }
        span { i data-by="system" {} (t(lang, "thread.system")) }
        span { i data-by="date" {} (t(lang, "thread.date")) }
    } }
}

/// Each shape, in both orders.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let entry = |speaker, key: &str| Entry {
        speaker,
        title: t(lang, key).to_owned(),
        when: "10-09 16:05".into(),
        ..Entry::default()
    };
    let list = [
        Entry { voice: vec![t(lang, "sample.voice").into()], ..entry(Speaker::Person, "sample.raised") },
        Entry { text: vec![t(lang, "sample.text").into()], ..entry(Speaker::Body, "sample.called") },
        Entry { swap: Some(("10-10".into(), "10-16".into())), ..entry(Speaker::DateChange, "sample.moved") },
        Entry { late: true, ..entry(Speaker::System, "sample.expired") },
        entry(Speaker::Next, "sample.next"),
    ];
    html! { (thread_legend(lang)) div.half { div { (thread(lang, &list, false)) } div { (thread(lang, &list, true)) } } }
}
