//! Errors as pages: what happened, what to do now, and that nothing typed is lost. One shape for all; the refusal of a
//! rule (409) additionally names the rule. What went wrong inside never shows; the request id leads support to it.

use super::Link;
use crate::i18n::{Lang, t, tf};
use maud::{Markup, html};

/// Which error; decides the default words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// 404: not there, or not for this viewer; the page does not say which.
    NotFound,
    /// 403: signed in, but this post may not.
    Forbidden,
    /// 409: the rules say no.
    Refused,
    /// 410 or too many attempts and the like bring their own words.
    Other,
    /// No connection.
    Offline,
    /// 500 and 503.
    Broken,
}

/// An error page. Empty texts fall back to the default words of the kind.
#[derive(Clone, Debug)]
pub struct ErrorPage {
    pub kind: ErrorKind,
    pub title: Option<String>,
    pub text: Vec<String>,
    /// The rule that says no.
    pub clause: Option<String>,
    /// What one can do now.
    pub links: Vec<Link>,
    /// What the person had typed, to copy or to send again.
    pub kept: Option<String>,
    pub request_id: Option<String>,
}

impl ErrorPage {
    /// With the default words.
    #[must_use]
    pub fn new(kind: ErrorKind) -> Self {
        Self { kind, title: None, text: vec![], clause: None, links: vec![], kept: None, request_id: None }
    }

    /// The title, for `<title>` too.
    #[must_use]
    pub fn title(&self, lang: Lang) -> String {
        self.title.clone().unwrap_or_else(|| t(lang, &format!("error.{}.title", self.key())).to_owned())
    }

    fn key(&self) -> &'static str {
        match self.kind {
            ErrorKind::NotFound => "not_found",
            ErrorKind::Forbidden => "forbidden",
            ErrorKind::Refused => "refused",
            ErrorKind::Other => "other",
            ErrorKind::Offline => "offline",
            ErrorKind::Broken => "broken",
        }
    }
}

/// The body of the page; goes into `plain_page`, or into the frame where the person was.
#[must_use]
pub fn error_page(lang: Lang, page: &ErrorPage) -> Markup {
    html! { section.error-page {
        svg.ring data-size="l" viewBox="0 0 48 48" aria-hidden="true" { circle.r-todo cx="24" cy="24" r="20" pathLength="100" stroke-dasharray="68 32" stroke-dashoffset="-16" {} }
        div {
            h1.title { (page.title(lang)) }
            @if page.text.is_empty() { p.lead { (t(lang, &format!("error.{}.text", page.key()))) } } @else { @for line in &page.text { p.lead { (line) } } }
            @if let Some(clause) = &page.clause { p.clause { (clause) } }
            @if !page.links.is_empty() { h2.h3 { (t(lang, "error.now")) } ul.todo { @for link in &page.links { li { a href=(link.href) { b { (link.label) } } } } } }
            @if let Some(kept) = &page.kept { div.field { label for="kept" { (t(lang, "error.kept.label")) } textarea.in #kept readonly rows="4" { (kept) } } }
            @if let Some(id) = &page.request_id { p.small.quiet { (tf(lang, "error.id", &[("id", id)])) } }
        }
    } }
}

/// A refusal with everything.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    error_page(
        lang,
        &ErrorPage {
            clause: Some(t(lang, "sample.clause").into()),
            links: vec![Link::new("#", t(lang, "sample.act.tell.label"))],
            kept: Some(t(lang, "sample.voice").into()),
            request_id: Some("01K7-4Q2M".into()),
            ..ErrorPage::new(ErrorKind::Refused)
        },
    )
}
