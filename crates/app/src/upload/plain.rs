//! PDF, sound and plain text: told by their first bytes and searched for what must not be inside.
//!
//! A PDF can hide scripts in packed streams, hence the rule that nothing of this is shown in place.

use super::{Kind, Refusal, is_riff};

/// Refuses a PDF with scripts, programs or another file at its end. Embedded files stay: electronic
/// invoices carry their data that way.
pub fn pdf(content: &[u8]) -> Result<(), Refusal> {
    let tail = &content[content.len().saturating_sub(1024)..];
    let has = |needle: &[u8]| find(content, needle);
    if has(b"/JavaScript") || has(b"/Launch") {
        return Err(Refusal::ActiveContent);
    }
    if has(b"/Encrypt") {
        return Err(Refusal::Encrypted);
    }
    if find(&content[content.len().saturating_sub(66_000)..], b"PK\x05\x06")
        || looks_like_markup(&content[..content.len().min(1024)])
    {
        return Err(Refusal::TwoKinds);
    }
    if !find(tail, b"%%EOF") { Err(Refusal::BrokenDocument) } else { Ok(()) }
}

/// The kind of a recording, or nothing if it is none.
pub fn sound(content: &[u8]) -> Result<Option<Kind>, Refusal> {
    let kind = if content.starts_with(b"#!AMR\n") || content.starts_with(b"#!AMR-WB\n") {
        Some(Kind::Amr)
    } else if is_riff(content, b"WAVE") && find(&content[..content.len().min(4096)], b"fmt ") {
        Some(Kind::Wav)
    } else if content.get(4..8) == Some(b"ftyp") {
        // A phone's recorder and its camera write the same container: the handler tells them apart.
        let handler = |kind: &[u8]| content.windows(16).any(|w| w.starts_with(b"hdlr") && &w[12..] == kind);
        if handler(b"vide") {
            return Err(Refusal::Video);
        }
        handler(b"soun").then_some(Kind::M4a)
    } else if is_mp3(content) {
        Some(Kind::Mp3)
    } else {
        None
    };
    let hidden = kind.is_some()
        && (find(&content[content.len().saturating_sub(66_000)..], b"PK\x05\x06")
            || looks_like_markup(&content[..content.len().min(1024)]));
    if hidden { Err(Refusal::TwoKinds) } else { Ok(kind) }
}

/// Skips an ID3v2 tag, then wants two frames in a row: eleven set bits alone prove little.
fn is_mp3(content: &[u8]) -> bool {
    let mut at = 0;
    if let (true, Some(size)) = (content.starts_with(b"ID3"), content.get(6..10)) {
        at = 10 + size.iter().fold(0usize, |sum, byte| (sum << 7) | usize::from(byte & 127));
    }
    let first = mp3_frame(content, at);
    first.is_some_and(|len| mp3_frame(content, at + len).is_some())
}

/// The length in bytes of the MPEG layer III frame at `at`.
fn mp3_frame(content: &[u8], at: usize) -> Option<usize> {
    const V1: [usize; 14] = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    const V2: [usize; 14] = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    let head = content.get(at..at.checked_add(4)?)?;
    let version = (head[1] >> 3) & 3;
    if head[0] != 0xff || head[1] & 0xe6 != 0xe2 || version == 1 {
        return None;
    }
    let rates = if version == 3 { V1 } else { V2 };
    let kbps = rates.get(usize::from(head[2] >> 4).checked_sub(1)?)?;
    let base = [44_100, 48_000, 32_000].get(usize::from((head[2] >> 2) & 3))?;
    let (hertz, slots) = match version {
        3 => (*base, 144),
        2 => (base / 2, 72),
        _ => (base / 4, 72),
    };
    Some(slots * kbps * 1000 / hertz + usize::from((head[2] >> 1) & 1))
}

/// The text as UTF-8; older Windows programs save GB 18030, or UTF-16 with a mark that the decoder sees.
pub fn text(content: &[u8]) -> Result<String, Refusal> {
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let text = match std::str::from_utf8(content) {
        Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
        Err(_) => {
            let (text, _, failed) = encoding_rs::GB18030.decode(content);
            if failed {
                return Err(Refusal::UnknownKind);
            }
            text.into_owned()
        }
    };
    if text.chars().any(|c| control(c) || ('\u{e000}'..='\u{f8ff}').contains(&c)) {
        return Err(Refusal::UnknownKind);
    }
    if text.trim_start().starts_with('<') || looks_like_markup(text.as_bytes()) {
        return Err(Refusal::Markup);
    }
    if text.trim().is_empty() { Err(Refusal::Empty) } else { Ok(text) }
}

/// Tags at which a browser that guesses types would begin to see a page.
fn looks_like_markup(bytes: &[u8]) -> bool {
    let tags: [&[u8]; 8] = [b"<html", b"<script", b"<svg", b"<!doctype", b"<iframe", b"<body", b"<object", b"<?xml"];
    tags.iter().any(|tag| bytes.windows(tag.len()).any(|w| w.eq_ignore_ascii_case(tag)))
}

fn find(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle)
}
