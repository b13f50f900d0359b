//! The receipt: number, codes, what was promised, and the proof that it exists. Printable; copyable with a script.

use crate::i18n::{Lang, date_long, t, tf};
use crate::words::say;
use app::own_receipt::OwnReceipt;
use kernel::time::Timestamp;
use maud::{Markup, html};

/// The receipt of a matter.
#[derive(Clone, Debug, Default)]
pub struct Receipt {
    pub number: String,
    /// Short code: progress only.
    pub query_code: String,
    /// Long code: content, answering, review.
    pub long_code: String,
    /// QR code as SVG, drawn by the caller.
    pub qr: Option<Markup>,
    /// Where the codes were sent, masked.
    pub sent_to: Option<String>,
    pub follow_href: String,
    /// The file with her own words in it, to keep.
    pub file_href: Option<String>,
    /// The file without them, to hand on.
    pub bare_href: Option<String>,
    /// Fingerprint for comparing by eye.
    pub fingerprint: Option<String>,
    /// When it arrived and when it was entered, where these differ; what is over already.
    pub notes: Vec<String>,
    /// When the entry into the public log can be checked.
    pub logged: Option<String>,
}

/// Number and codes, then the proof.
#[must_use]
pub fn receipt(lang: Lang, receipt: &Receipt) -> Markup {
    html! {
        section.card.receipt {
            dl.codes {
                div { dt { (t(lang, "receipt.number.label")) } dd { b.num data-copy { (receipt.number) } small { (t(lang, "receipt.number.hint")) } } }
                div { dt { (t(lang, "receipt.code.label")) } dd { b.num data-copy { (group(&receipt.query_code)) } small { (t(lang, "receipt.code.hint")) } } }
                @if !receipt.long_code.is_empty() { div.wide { dt { (t(lang, "receipt.long.label")) } dd { b.num.long data-copy { (receipt.long_code) } small { (t(lang, "receipt.long.hint")) } } } }
            }
            @for note in &receipt.notes { p { (note) } }
            @if let Some(to) = &receipt.sent_to { p.small.no-print { (to) } }
            p.actions {
                a.btn data-kind="go" href=(receipt.follow_href) { (t(lang, "receipt.follow")) }
                @if let Some(file) = &receipt.bare_href { a.btn href=(file) download { (t(lang, "receipt.bare")) } }
                @if let Some(file) = &receipt.file_href { a.btn href=(file) download { (t(lang, "receipt.file")) } }
                button.btn type="button" data-print hidden { (t(lang, "receipt.print")) }
            }
            @if receipt.bare_href.is_some() { p.small.no-print { (t(lang, "receipt.which")) } }
        }
    }
}

/// What is said of a matter that was entered some time after it had arrived, and of dates that were over by then.
#[must_use]
pub fn notes(lang: Lang, own: &OwnReceipt, entered: Timestamp, due: [Option<Timestamp>; 2]) -> Vec<String> {
    let Some((arrived, how)) = &own.arrived else { return Vec::new() };
    let day = |at: Timestamp| date_long(lang, at.date());
    let how = how.as_ref().map_or_else(String::new, |how| tf(lang, "receipt.arrived.how", &[("how", say(lang, how))]));
    let first =
        tf(lang, "receipt.arrived.label", &[("arrived", &day(*arrived)), ("how", &how), ("entered", &day(entered))]);
    let over = match (own.over, due) {
        ((_, true), [_, Some(latest)]) => Some(tf(lang, "receipt.over.both", &[("latest", &day(latest))])),
        ((true, _), [Some(due), _]) => Some(tf(lang, "receipt.over.due", &[("due", &day(due))])),
        _ => None,
    };
    [Some(first), over].into_iter().flatten().collect()
}

/// The proof with its QR code; stands at the side.
#[must_use]
pub fn proof(lang: Lang, receipt: &Receipt) -> Markup {
    html! { section.card.proof {
        @if let Some(qr) = &receipt.qr { div.qr role="img" aria-label=(t(lang, "receipt.qr")) { (qr) } }
        div { h2.h3 { (t(lang, "receipt.proof.title")) } p.small { (t(lang, "receipt.proof.text")) }
            @if let Some(logged) = &receipt.logged { p.small { (logged) } }
            @if let Some(print) = &receipt.fingerprint { p.small { (t(lang, "receipt.fingerprint")) " " span.num.nb { (print) } br; span.quiet { (t(lang, "receipt.fingerprint_hint")) } } } }
    } }
}

/// Groups of four or five digits are read out and typed without slips.
fn group(code: &str) -> String {
    let digits: Vec<char> = code.chars().filter(|c| !c.is_whitespace()).collect();
    let size = if digits.len().is_multiple_of(5) { 5 } else { 4 };
    digits.chunks(size).map(|chunk| chunk.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// With all codes.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let item = Receipt {
        number: "YX-2026-094173".into(),
        query_code: "6182947530".into(),
        long_code: "7kq2m-x4v9p-b3t8r-w6h1n-c5y0d".into(),
        follow_href: "#".into(),
        file_href: Some("#".into()),
        bare_href: Some("#".into()),
        fingerprint: Some("3f9a 0c51 d27e 88b4".into()),
        ..Receipt::default()
    };
    html! { div.half { (receipt(lang, &item)) (proof(lang, &item)) } }
}
