//! What became of a letter (去向): served, when, how, to whom and by what proof; not served yet; void, why, and what came in
//! its place. On the letter's own page, and as one line where letters are listed; with the letter is printed the slip that
//! proves its service (送达回证).

use super::Tone;
use super::notice::notice;
use super::tag::tag;
use crate::i18n::{Lang, date_long, t, tf};
use app::view::{LetterView, ServedView};
use maud::{Markup, html};

fn say(lang: Lang, text: &kernel::text::Text) -> &str {
    if lang == Lang::Zh { &text.zh } else { &text.en }
}

/// Served, in one sentence.
#[must_use]
pub fn served(lang: Lang, served: &ServedView) -> String {
    let date = date_long(lang, served.on);
    let key = if served.how == kernel::mechanism::DEEMED { "letter.deemed" } else { "letter.served" };
    tf(lang, key, &[("date", &date), ("way", say(lang, &served.way))])
}

/// Who took it, in one line.
fn taken(lang: Lang, s: &ServedView) -> Option<String> {
    let key = if s.how == kernel::mechanism::PHONE { "letter.told_who" } else { "letter.served_who" };
    s.who.as_ref().map(|who| tf(lang, key, &[("who", who)]))
}

/// The calls that nobody answered.
fn tries(lang: Lang, letter: &LetterView) -> Vec<String> {
    let one = |t: &app::view::TryView| {
        let date = date_long(lang, t.at.date());
        let caller = t.caller.clone().unwrap_or_default();
        tf(lang, "letter.tried", &[("date", &date), ("caller", &caller)])
    };
    letter.tries.iter().map(one).collect()
}

/// The slip that proves the service, printed below the letter. No number stands on it: the one on file was called.
#[must_use]
pub fn slip(lang: Lang, letter: &LetterView) -> Markup {
    let Some(s) = letter.served.as_ref().filter(|s| s.how != kernel::mechanism::DEEMED) else { return html! {} };
    let zh = Lang::Zh;
    let mut rows: Vec<(&str, String)> = Vec::new();
    rows.push(("slip.letter", letter.name.zh.clone()));
    rows.extend(letter.number.iter().map(|n| ("slip.number", n.clone())));
    rows.push(("slip.way", s.way.zh.clone()));
    rows.push(("slip.on", date_long(zh, s.on)));
    rows.extend(s.who.iter().map(|w| ("slip.who", w.clone())));
    rows.extend(s.caller.iter().map(|c| ("slip.caller", c.clone())));
    rows.extend((s.how == kernel::mechanism::PHONE).then(|| ("slip.to", t(zh, "slip.to_value").to_owned())));
    rows.extend(s.signed.iter().map(|x| ("slip.signed", x.zh.clone())));
    rows.extend(s.witness.iter().map(|w| ("slip.witness", w.clone())));
    rows.extend(tries(zh, letter).into_iter().map(|x| ("slip.tried", x)));
    let files = s.proof.len().to_string();
    rows.extend((!s.proof.is_empty()).then(|| ("slip.proof", tf(zh, "slip.proof_n", &[("n", &files)]))));
    rows.extend(s.by.iter().map(|b| ("slip.by", b.name.zh.clone())));
    html! { section.letter.proof-slip lang="zh-CN" aria-label=(t(lang, "slip.title")) {
        h2 { (t(zh, "slip.title")) }
        table { tbody { @for (key, value) in &rows { tr { th scope="row" { (t(zh, key)) } td { (value) } } } } }
    } }
}

/// Behind a letter in a list.
#[must_use]
pub fn line(lang: Lang, letter: &LetterView) -> Markup {
    html! {
        @if letter.voided.is_some() { " " (tag(Tone::Warn, t(lang, "letter.void"))) }
        @if let Some(s) = &letter.served { br; small { (served(lang, s)) } }
        @if letter.owed { br; small.quiet { (t(lang, "letter.owed")) } }
    }
}

/// Above a letter, on the page of the matter under `base`.
#[must_use]
pub fn fate(lang: Lang, base: &str, letter: &LetterView) -> Markup {
    let link = |seq: u32, key: &str| html! { p { a href=(format!("{base}/letter/{seq}")) { (t(lang, key)) } } };
    html! { div.no-print {
        @if let Some(void) = &letter.voided {
            (notice(Tone::Warn, &tf(lang, "letter.voided_on", &[("date", &date_long(lang, void.at.date()))]), &html! {
                @if let Some(reason) = &void.reason { p { (tf(lang, "letter.void_reason", &[("reason", reason)])) } }
                @if let Some(anew) = void.anew { (link(anew, "letter.anew")) }
            }))
        }
        @if let Some(before) = letter.instead_of { (notice(Tone::Plain, t(lang, "letter.instead"), &link(before, "letter.before"))) }
        @if let Some(s) = &letter.served { (notice(Tone::Done, &served(lang, s), &proof(lang, base, s))) }
        @if letter.owed { (notice(Tone::Plain, t(lang, "letter.owed"), &html! { @for line in tries(lang, letter) { p { (line) } } })) }
    } }
}

fn proof(lang: Lang, base: &str, s: &ServedView) -> Markup {
    html! {
        @if let Some(line) = taken(lang, s) { p { (line) } }
        @if let Some(caller) = &s.caller { p { (tf(lang, "letter.caller", &[("caller", caller)])) } }
        @if let Some(signed) = &s.signed { p { (tf(lang, "letter.signed", &[("how", say(lang, signed))])) } }
        @if let Some(witness) = &s.witness { p { (tf(lang, "letter.witness", &[("who", witness)])) } }
        @if !s.proof.is_empty() { p { (t(lang, "letter.proof"))
            @for (file, n) in s.proof.iter().zip(1_u32..) { " " a href=(format!("{base}/file/{}", file.id)) { (tf(lang, "letter.proof_n", &[("n", &n.to_string())])) } }
        } }
        @if let Some(by) = &s.by { p.quiet { (tf(lang, "letter.served_by", &[("body", say(lang, &by.name))])) } }
    }
}
