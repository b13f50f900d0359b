//! An official letter (after GB/T 9704): red issuing line, number, title, text in Song, signature at the right. Prints
//! on A4 as it is. The text comes from the pack's template.

use crate::i18n::{Lang, t, tf};
use app::docx::Sheet;
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
    /// What it says does not count any more (作废), by that entry.
    pub voided: Option<u32>,
}

/// A letter that was issued.
#[must_use]
pub fn sent(page: &LetterPage) -> Letter {
    let Sheet { issuer, number, title, to, paragraphs, signature, void: _ } = page.sheet();
    Letter {
        issuer,
        number,
        title,
        to,
        paragraphs,
        signature,
        contact: None,
        draft: false,
        voided: page.view.voided.as_ref().map(|v| v.seq),
    }
}

/// The letter.
#[must_use]
pub fn letter(lang: Lang, letter: &Letter) -> Markup {
    html! { article.letter lang="zh-CN" data-draft[letter.draft] {
        @if letter.draft { p.letter-draft { (t(lang, "letter.draft")) } }
        @if let Some(seq) = letter.voided { p.letter-draft { (tf(lang, "letter.voided", &[("seq", &seq.to_string())])) } }
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
            voided: None,
        },
    )
}
