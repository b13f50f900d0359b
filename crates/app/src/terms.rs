//! Search terms of a matter: keyed hashes of single characters, overlapping pairs and whole words.
//!
//! The index finds candidates, decrypting confirms them, so a colliding hash costs time and never a wrong
//! hit. The same normalisation serves index, query, confirmation and the recall oracle. It works
//! character by character, hence a substring of a text stays a substring. Traditional and simplified
//! characters are not folded yet. Keyed pairs still leak frequencies: docs/security says so.

use std::borrow::Cow;
use std::hash::Hasher as _;

use siphasher::sip::SipHasher24;
use unicode_normalization::char::decompose_compatible;

use crate::keys::Key;
use kernel::mechanism::{FieldKind, Mechanism};
use kernel::sketch::Sketch;

/// Bits of a keyed term. Forty keep two of a million terms apart almost always, and a row of a few
/// hundred takes five bytes per term instead of nine.
const TERM_BITS: u32 = 40;

/// Folds a text: compatibility forms (full-width, ligatures, circled numbers), case and accents go;
/// punctuation, blanks and symbols vanish, so that `138 0000-1234` is found as `13800001234`.
pub fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // Nearly everything in a Chinese text: nothing to fold.
            '\u{4e00}'..='\u{9fff}' | 'a'..='z' | '0'..='9' => out.push(c),
            _ => decompose_compatible(c, |part| {
                out.extend(part.to_lowercase().filter(|c| c.is_alphanumeric()));
            }),
        }
    }
    out
}

/// Does the text really contain the query? Both are normalised; an empty query matches nothing.
pub fn confirm(text: &str, query: &str) -> bool {
    let query = normalise(query);
    !query.is_empty() && normalise(text).contains(&query)
}

/// Does the text contain every word of the query (words are parted by blanks)?
pub fn confirm_all(text: &str, query: &str) -> bool {
    let text = normalise(text);
    let mut words = query.split_whitespace().map(normalise).filter(|word| !word.is_empty()).peekable();
    words.peek().is_some() && words.all(|word| text.contains(&word))
}

/// The key of the term hash. SipHash-2-4 with a 128-bit key from HMAC: a keyed pseudorandom function made
/// for short inputs, about 0.01 µs per term. HMAC-SHA256 took 0.2 µs even with SHA instructions, 190 µs
/// for the 945 terms of 500 characters, where 150 are allowed (examples/seal_cost.rs measures both).
#[derive(Clone)]
pub struct TermKey(SipHasher24);

impl std::fmt::Debug for TermKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TermKey(…)")
    }
}

impl TermKey {
    /// From `MasterKey::term_key`.
    pub fn new(key: &Key) -> Self {
        let derived = key.derive("gongzhi.term-sip/v1", &[]);
        let half: &[u8; 16] = derived.bytes().first_chunk().expect("invariant: a key has 32 bytes");
        Self(SipHasher24::new_with_key(half))
    }

    /// The keyed term, below 2^40.
    pub fn keyed(&self, term: &str) -> u64 {
        let mut hasher = self.0;
        hasher.write(term.as_bytes());
        hasher.finish() >> (64 - TERM_BITS)
    }

    /// A term that no text can hold: it marks what a matter is, so that a search may ask for it beside words.
    pub fn mark(&self, name: &str) -> u64 {
        self.keyed(&format!("\u{1}{name}"))
    }
}

/// The terms of a whole text, sorted and without doubles.
pub fn of_text(key: &TermKey, text: &str) -> Vec<u64> {
    let text = normalise(text);
    let mut out = Vec::with_capacity(text.len());
    each_char(&text, |single, pair| {
        out.push(key.keyed(single));
        out.extend(pair.map(|pair| key.keyed(pair)));
    });
    out.extend(words(&text).map(|(_, word)| key.keyed(&word_term(word))));
    sorted(out)
}

/// The terms that a matter must have to be a candidate for `query`: for each word (parted by blanks) all
/// its pairs, or its only character, and every Latin word or number that other characters enclose. Empty
/// when there is nothing to look for; then nothing is found.
pub fn of_query(key: &TermKey, query: &str) -> Vec<u64> {
    let mut out = Vec::new();
    for word in query.split_whitespace().map(normalise) {
        let mut singles = 0;
        each_char(&word, |_, pair| {
            singles += 1;
            out.extend(pair.map(|pair| key.keyed(pair)));
        });
        if singles == 1 {
            out.push(key.keyed(&word));
        }
        // A word at the query's edge may go on in the text; only an enclosed one is known to be whole.
        let enclosed = |at: usize, run: &str| at > 0 && at + run.len() < word.len();
        out.extend(words(&word).filter(|(at, run)| enclosed(*at, run)).map(|(_, run)| key.keyed(&word_term(run))));
    }
    sorted(out)
}

fn sorted(mut terms: Vec<u64>) -> Vec<u64> {
    terms.sort_unstable();
    terms.dedup();
    terms
}

fn each_char<'t>(text: &'t str, mut visit: impl FnMut(&'t str, Option<&'t str>)) {
    let mut before = 0;
    for (at, c) in text.char_indices() {
        let end = at + c.len_utf8();
        visit(&text[at..end], (at > 0).then(|| &text[before..end]));
        before = at;
    }
}

/// Runs of three or more ASCII letters and digits with where they begin; shorter ones are terms anyway.
fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &text[at..];
        let start = at + rest.find(|c: char| c.is_ascii_alphanumeric())?;
        let len = text[start..].find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len() - start);
        at = start + len;
        Some((start, &text[start..at]))
    })
    .filter(|(_, word)| word.len() > 2)
}

/// A whole word is another term than the same letters inside a longer one.
fn word_term(word: &str) -> String {
    format!("\u{1}{word}")
}

/// The words of a field by which it is found: what was written, what is to be done in each row of a list of tasks, and
/// what stands on a sketch.
#[must_use]
pub fn searched<'a>(mechanism: &Mechanism, field: &str, text: &'a str) -> Option<Cow<'a, str>> {
    match mechanism.field.get(field)?.kind {
        FieldKind::Text | FieldKind::Place | FieldKind::Tasks => Some(text.into()),
        FieldKind::Sketch => {
            let marks = Sketch::read(text).ok()?.marks;
            Some(marks.iter().map(|m| m.text.as_str()).collect::<Vec<_>>().join("\n").into())
        }
        _ => None,
    }
}

/// Why a stored row of terms could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a row of search terms is damaged: rebuild the search terms")]
pub struct TermRowError;

/// A matter's sorted terms as differences in seven-bit groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermRow(Vec<u8>);

impl TermRow {
    /// Encodes sorted terms without doubles, as `of_text` gives them.
    pub fn encode(terms: &[u64]) -> Self {
        let mut out = Vec::with_capacity(terms.len() * 5);
        let mut before = 0;
        for term in terms {
            let mut delta = term.wrapping_sub(before);
            before = *term;
            while delta > 127 {
                out.push((delta & 127) as u8 | 128);
                delta >>= 7;
            }
            out.push(delta as u8);
        }
        Self(out)
    }

    /// The stored bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Takes stored bytes after checking that they are a sorted row.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, TermRowError> {
        let mut before = None;
        for term in Deltas::new(&bytes) {
            let term = term?;
            if before.is_some_and(|before| before >= term) {
                return Err(TermRowError);
            }
            before = Some(term);
        }
        Ok(Self(bytes))
    }

    /// The terms, sorted.
    pub fn decode(&self) -> Vec<u64> {
        Deltas::new(&self.0).map_while(Result::ok).collect()
    }

    /// Has this row every one of the sorted `terms`? No for an empty query.
    pub fn contains_all(&self, terms: &[u64]) -> bool {
        let mut wanted = terms.iter().peekable();
        for term in Deltas::new(&self.0).map_while(Result::ok) {
            match wanted.peek() {
                Some(want) if **want == term => wanted.next(),
                Some(want) if **want < term => return false,
                Some(_) => continue,
                None => break,
            };
        }
        !terms.is_empty() && wanted.peek().is_none()
    }
}

struct Deltas<'a> {
    rest: std::slice::Iter<'a, u8>,
    sum: u64,
}

impl<'a> Deltas<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes.iter(), sum: 0 }
    }
}

impl Iterator for Deltas<'_> {
    type Item = Result<u64, TermRowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.len() == 0 {
            return None;
        }
        let mut delta = 0u64;
        for shift in (0..64).step_by(7) {
            let Some(byte) = self.rest.next() else { break };
            delta |= u64::from(byte & 127) << shift;
            if byte & 128 == 0 {
                let sum = self.sum.checked_add(delta);
                self.sum = sum.unwrap_or_default();
                return Some(sum.ok_or(TermRowError));
            }
        }
        Some(Err(TermRowError))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;
    use proptest::prelude::*;

    fn key(seed: u64) -> TermKey {
        TermKey::new(&Key::random(&mut SeededRandom::new(seed)))
    }

    fn found(text: &str, query: &str) -> bool {
        TermRow::encode(&of_text(&key(1), text)).contains_all(&of_query(&key(1), query)) && confirm_all(text, query)
    }

    #[test]
    fn width_case_accents_and_punctuation_do_not_matter() {
        assert_eq!(normalise("ＡＢＣ，１２３。"), "abc123");
        assert_eq!(normalise("Café ①㎡ ﾊﾟ"), normalise("cafe 1m2 ハ"));
        assert_eq!(normalise("路灯\u{3000}不亮！"), "路灯不亮");
        assert_eq!(normalise("\u{f900}"), "\u{8c48}");
        assert_eq!(normalise("，。 \n"), "");
        // Tibetan vowel signs are combining marks and carry meaning.
        assert_ne!(normalise("བོད"), normalise("བད"));
    }

    #[test]
    fn finds_words_phrases_and_numbers_and_nothing_else() {
        let text = "北街路灯不亮三天了，电话 138-0000-1234 找老李，车牌AB123的车挡着。";
        for query in ["灯", "路灯", "不亮三天", "路灯 老李", "1380000", "ab123", "找老李，车牌AB123的车", "ＡＢ"]
        {
            assert!(found(text, query), "{query}");
        }
        for query in ["", "，", "灯路", "水管", "路灯 水管", "牌AB12的", "北灯"] {
            assert!(!found(text, query), "{query}");
        }
    }

    #[test]
    fn an_enclosed_number_must_be_whole() {
        let row = TermRow::encode(&of_text(&key(1), "号12345楼"));
        assert!(row.contains_all(&of_query(&key(1), "号12345楼")));
        assert!(!TermRow::encode(&of_text(&key(1), "号1234楼2345楼")).contains_all(&of_query(&key(1), "号12345楼")));
    }

    #[test]
    fn another_key_gives_other_terms() {
        let (one, two) = (of_text(&key(1), "路灯不亮"), of_text(&key(2), "路灯不亮"));
        assert_eq!(one.len(), 7);
        assert!(one.iter().all(|term| !two.contains(term) && *term < 1 << TERM_BITS));
    }

    #[test]
    fn damaged_rows_are_noticed() {
        assert!(TermRow::from_bytes(vec![1, 0]).is_err(), "a double");
        assert!(TermRow::from_bytes(vec![128]).is_err(), "cut short");
        assert!(TermRow::from_bytes(vec![255; 12]).is_err(), "too long");
        assert!(TermRow::from_bytes(vec![]).is_ok());
    }

    fn chinese() -> impl Strategy<Value = String> {
        let character = prop_oneof![
            8 => prop::char::range('\u{4e00}', '\u{4e40}'),
            2 => prop::char::ranges(vec!['a'..='e', 'A'..='E', '0'..='9', '０'..='９', 'Ａ'..='Ｅ'].into()),
            1 => prop::sample::select(vec!['，', '。', ' ', '-', '①', 'é', 'İ', '\u{301}', 'ß', 'ﬁ', '㎡', '한']),
            1 => any::<char>(),
        ];
        prop::collection::vec(character, 1..60).prop_map(String::from_iter)
    }

    proptest! {
        #[test]
        fn every_substring_is_found(text in chinese(), from in 0usize..60, len in 1usize..20) {
            let from = from % text.chars().count();
            let query: String = text.chars().skip(from).take(len).collect();
            if normalise(&query).is_empty() {
                return Ok(());
            }
            prop_assert!(found(&text, &query), "{text:?} {query:?}");
            prop_assert!(confirm(&text, &query));
        }

        #[test]
        fn confirmation_agrees_with_the_candidates(text in chinese(), query in chinese()) {
            if confirm_all(&text, &query) {
                prop_assert!(TermRow::encode(&of_text(&key(1), &text)).contains_all(&of_query(&key(1), &query)));
            }
        }

        #[test]
        fn normalising_is_done_once_and_splits_anywhere(text in chinese(), at in 0usize..60) {
            let once = normalise(&text);
            prop_assert_eq!(&normalise(&once), &once);
            let (a, b): (String, String) = (text.chars().take(at).collect(), text.chars().skip(at).collect());
            prop_assert_eq!(normalise(&a) + &normalise(&b), once);
        }

        #[test]
        fn rows_come_back(terms in prop::collection::btree_set(any::<u64>(), 0..50)) {
            let terms: Vec<u64> = terms.into_iter().collect();
            let row = TermRow::encode(&terms);
            prop_assert_eq!(row.decode(), terms.clone());
            prop_assert_eq!(TermRow::from_bytes(row.as_bytes().to_vec()), Ok(row.clone()));
            for term in &terms {
                prop_assert!(row.contains_all(&[*term]));
                prop_assert!(!row.contains_all(&[term ^ 1]) || terms.contains(&(term ^ 1)));
            }
        }
    }
}
