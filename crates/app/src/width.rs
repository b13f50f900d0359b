//! How people type codes and numbers: with a Chinese input method (full-width), in lower case, with
//! blanks and all sorts of hyphens. One place that forgives this.
//!
//! It decides nothing about meaning: codes and numbers check themselves.

/// Full-width forms become their ASCII twins; everything else stays.
pub fn half(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        _ => c,
    }
}

/// A character that people put between groups, or that a copied message adds.
pub fn is_separator(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '_' | '.' | '·' | '。' | '—' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}')
}

/// What remains of `text` after folding width and case and dropping separators.
pub fn fold(text: &str) -> String {
    text.chars().map(half).filter(|c| !is_separator(*c)).map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_what_people_type() {
        assert_eq!(fold(" ｙｘ－2026—09 "), "YX202609");
        assert_eq!(fold("Ａ　b\u{200b}"), "AB");
    }
}
