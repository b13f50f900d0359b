//! An official letter (after GB/T 9704): red issuing line, number, title, text in Song, signature at the right. Prints
//! on A4 as it is. The text comes from the pack's template.

use crate::i18n::{Lang, t};
use app::letters::LetterPage;
use maud::{Markup, html};

/// A letter as it was sent, or as it will be.
#[derive(Clone, Debug, Default)]
pub struct Letter {
    /// Issuing body as on its letterhead.
    pub issuer: String,
    /// e.g. 柳街复〔2026〕417号; `None` before it is numbered.
    pub number: Option<String>,
    pub title: String,
    /// Whom it addresses, without the colon.
    pub to: String,
    pub paragraphs: Vec<String>,
    /// Signing body and date, line by line.
    pub signature: Vec<String>,
    /// Contact line under the letter.
    pub contact: Option<String>,
    /// Not sent yet: marked as a draft across the head.
    pub draft: bool,
}

/// A letter's text in the parts that its sheet is made of: title, addressee, paragraphs, signature.
#[must_use]
pub fn sent(page: &LetterPage) -> Letter {
    let lines: Vec<&str> = page.text.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    let (title, rest) = lines.split_first().map_or(("", &[][..]), |(t, rest)| (*t, rest));
    let rest = if rest.first() == page.view.number.as_deref().as_ref() { &rest[1..] } else { rest };
    let (to, rest) = match rest.split_first() {
        Some((to, rest)) if to.ends_with('：') => (to.trim_end_matches('：'), rest),
        _ => ("", rest),
    };
    let signed = rest.len().saturating_sub(2);
    let own = |lines: &[&str]| lines.iter().map(|l| (*l).to_owned()).collect::<Vec<_>>();
    Letter {
        issuer: page.from.clone(),
        number: page.view.number.clone(),
        title: title.to_owned(),
        to: to.to_owned(),
        paragraphs: own(&rest[..signed]),
        signature: own(&rest[signed..]),
        contact: None,
        draft: false,
    }
}

/// The letter.
#[must_use]
pub fn letter(lang: Lang, letter: &Letter) -> Markup {
    html! { article.letter lang="zh-CN" data-draft[letter.draft] {
        @if letter.draft { p.letter-draft { (t(lang, "letter.draft")) } }
        p.letter-issuer { (letter.issuer) }
        p.letter-no { @if let Some(number) = &letter.number { (number) } @else { (t(lang, "letter.unnumbered")) } }
        h2 { (letter.title) }
        @if !letter.to.is_empty() { p.letter-to { (letter.to) "：" } }
        @for text in &letter.paragraphs { p { (text) } }
        div.letter-sign { @for line in &letter.signature { p { (line) } } }
        @if let Some(contact) = &letter.contact { p.letter-contact { (contact) } }
    } }
}

/// A sent letter.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let word = |key| t(lang, key).to_owned();
    letter(
        lang,
        &Letter {
            issuer: word("sample.issuer"),
            number: Some("柳街复〔2026〕417号".into()),
            title: word("sample.letter.title"),
            to: word("sample.name.value"),
            paragraphs: vec![word("sample.letter.1"), word("sample.letter.2")],
            signature: vec![word("sample.issuer"), "2026年10月16日".into()],
            contact: Some(word("sample.letter.contact")),
            draft: false,
        },
    )
}
