//! Numbers that people type: identity numbers, credit codes of organisations, telephone numbers.
//!
//! Checks are those of the published standards and nothing more. A well-formed number is no proof that the
//! person or body exists, and nobody is ever refused because of the division part of a number: codes are
//! abolished, people keep theirs. Whether a number may be asked for at all is the mechanism's business.
//! No error and no `Debug` text here repeats the number.

mod fault;
#[cfg(test)]
mod tests;

use std::fmt;

pub use fault::{Identifier, IdentifierError};

const ID_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const ID_CHECKS: &[u8; 11] = b"10X98765432";
/// GB 32100 leaves out I, O, S, V and Z.
const CREDIT_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// A checked number in its one written form. `Debug` hides it; storing and masking are the caller's duty.
#[derive(Clone, PartialEq, Eq)]
pub struct Normalised(String);

impl Normalised {
    /// The number itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number itself, owned.
    pub fn into_string(self) -> String {
        self.0
    }

    /// For lists and letters: the first three and last two characters of long numbers, stars between.
    /// Short service numbers are public and stay whole.
    pub fn masked(&self) -> String {
        let length = self.0.len();
        if length <= 5 {
            return self.0.clone();
        }
        let stars = "*".repeat(length - 5);
        format!("{}{stars}{}", &self.0[..3], &self.0[length - 2..])
    }
}

impl fmt::Debug for Normalised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Normalised(hidden)")
    }
}

/// Checks an identity number: length, digits, date of birth, check character (GB 11643).
///
/// # Errors
/// The first fault found, from left to right; the check character last.
pub fn resident_id(text: &str) -> Result<Normalised, IdentifierError> {
    const WHAT: Identifier = Identifier::ResidentId;
    let id = tidy(text, WHAT)?;
    let bytes = eighteen(&id, WHAT)?;
    let wrong = |(at, byte): (usize, &u8)| !(byte.is_ascii_digit() || (at == 17 && *byte == b'X'));
    if let Some(at) = bytes.iter().enumerate().position(wrong) {
        return Err(IdentifierError::Character { what: WHAT, at: at + 1 });
    }
    let number =
        |from: usize, to: usize| id[from..to].parse::<i16>().expect("invariant: the first 17 characters are digits");
    let (year, month, day) = (number(6, 10), number(10, 12), number(12, 14));
    let (month, day) = (month as i8, day as i8);
    if !(1850..=2199).contains(&year) || jiff::civil::Date::new(year, month, day).is_err() {
        return Err(IdentifierError::BirthDate);
    }
    let sum: u32 = ID_WEIGHTS.iter().zip(bytes).map(|(weight, byte)| weight * u32::from(byte - b'0')).sum();
    if ID_CHECKS[(sum % 11) as usize] != bytes[17] {
        return Err(IdentifierError::CheckDigit(WHAT));
    }
    Ok(Normalised(id))
}

/// Checks a credit code: length, alphabet, check character (GB 32100). Letter prefixes are real and allowed.
///
/// # Errors
/// The first fault found, from left to right; the check character last.
pub fn credit_code(text: &str) -> Result<Normalised, IdentifierError> {
    const WHAT: Identifier = Identifier::CreditCode;
    let code = tidy(text, WHAT)?;
    let bytes = eighteen(&code, WHAT)?;
    let mut sum = 0;
    let mut weight = 1;
    for (at, byte) in bytes.iter().enumerate() {
        let value = CREDIT_ALPHABET
            .iter()
            .position(|c| c == byte)
            .ok_or(IdentifierError::Character { what: WHAT, at: at + 1 })?;
        if at < 17 {
            sum += value * weight;
            weight = weight * 3 % 31;
        }
    }
    // The outer remainder matters: without it a sum divisible by 31 would ask for a 32nd character.
    if CREDIT_ALPHABET[(31 - sum % 31) % 31] != bytes[17] {
        return Err(IdentifierError::CheckDigit(WHAT));
    }
    Ok(Normalised(code))
}

/// Checks a telephone number and writes it one way: `13800000000`, `010-12345678`, `010-12345678-801`,
/// `4001234567`, `12345`. Full-width digits, spaces, brackets and +86 are understood.
///
/// # Errors
/// A character that is no digit, a missing area code, or a shape that no number has.
pub fn phone(text: &str) -> Result<Normalised, IdentifierError> {
    const WHAT: Identifier = Identifier::Phone;
    let spelled = text.replace("转", "#");
    let kept = tidy(&spelled, WHAT)?;
    let (main, extension) = split_extension(&kept);
    let digits: String = main.chars().filter(|c| !"-().".contains(*c)).collect();
    let digits = without_country(&digits);
    if let Some(at) = digits.chars().position(|c| !c.is_ascii_digit()) {
        return Err(IdentifierError::Character { what: WHAT, at: at + 1 });
    }
    let Some(extension) = extension else {
        return shape(&digits).map(Normalised);
    };
    let inside = (1..=6).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_digit());
    if !inside || !digits.starts_with('0') {
        return Err(IdentifierError::NoSuchShape);
    }
    Ok(Normalised(format!("{}-{extension}", shape(&digits)?)))
}

/// The extension follows `#`, or the second hyphen of a landline written with hyphens.
fn split_extension(text: &str) -> (&str, Option<&str>) {
    if let Some((main, extension)) = text.split_once('#') {
        return (main, Some(extension));
    }
    let hyphens: Vec<usize> = text.match_indices('-').map(|(at, _)| at).collect();
    match hyphens[..] {
        [_, second] if text.starts_with('0') => (&text[..second], Some(&text[second + 1..])),
        _ => (text, None),
    }
}

fn without_country(digits: &str) -> String {
    let rest = digits
        .strip_prefix("+86")
        .or_else(|| digits.strip_prefix("0086"))
        .or_else(|| digits.strip_prefix("86").filter(|rest| rest.len() == 11 && rest.starts_with('1')));
    match rest {
        // Abroad the zero of the area code is dropped: +86 10 ... is 010 ...
        Some(rest) if !rest.starts_with('0') && !is_mobile(rest) && rest.len() >= 9 => {
            format!("0{rest}")
        }
        Some(rest) => rest.to_owned(),
        None => digits.to_owned(),
    }
}

fn is_mobile(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1])
}

/// A service number that can be called back: 12345 and its like, the carriers, 95xxx of companies, 96xxx of a province.
/// Emergency numbers of three digits are nobody's own.
fn is_service(digits: &str) -> bool {
    const CARRIERS: [&str; 4] = ["10000", "10010", "10086", "10099"];
    let of = |start: &str, lengths: &[usize]| digits.starts_with(start) && lengths.contains(&digits.len());
    of("12", &[5]) || of("95", &[5, 6]) || of("96", &[5, 6]) || CARRIERS.contains(&digits)
}

fn shape(digits: &str) -> Result<String, IdentifierError> {
    let bytes = digits.as_bytes();
    let shared_cost = digits.len() == 10 && (digits.starts_with("400") || digits.starts_with("800"));
    if is_mobile(digits) || shared_cost || is_service(digits) {
        return Ok(digits.to_owned());
    }
    match bytes {
        [] => Err(IdentifierError::Empty(Identifier::Phone)),
        [b'0', b'1'..=b'9', ..] => {
            let area = if matches!(bytes[1], b'1' | b'2') { 3 } else { 4 };
            let local = digits.get(area..).unwrap_or_default();
            let fits = matches!(local.len(), 7 | 8) && matches!(local.as_bytes()[0], b'2'..=b'9' | b'1');
            if fits {
                Ok(format!("{}-{local}", &digits[..area]))
            } else {
                Err(IdentifierError::Length { what: Identifier::Phone, found: digits.len() })
            }
        }
        [b'2'..=b'9', ..] if matches!(bytes.len(), 7 | 8) => Err(IdentifierError::AreaCodeMissing),
        [b'1', b'3'..=b'9', ..] => Err(IdentifierError::Length { what: Identifier::Phone, found: digits.len() }),
        _ => Err(IdentifierError::NoSuchShape),
    }
}

/// Full-width to plain, small letters to capitals, blanks and invisible marks dropped.
fn tidy(text: &str, what: Identifier) -> Result<String, IdentifierError> {
    let kept: String = text.chars().filter_map(plain).collect();
    if kept.is_empty() {
        return Err(IdentifierError::Empty(what));
    }
    Ok(kept)
}

fn plain(c: char) -> Option<char> {
    let ascii = match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{FEFF}' => return None,
        _ => c,
    };
    (!ascii.is_whitespace()).then(|| ascii.to_ascii_uppercase())
}

fn eighteen(text: &str, what: Identifier) -> Result<&[u8; 18], IdentifierError> {
    if let Some(at) = text.chars().position(|c| !c.is_ascii_alphanumeric()) {
        return Err(IdentifierError::Character { what, at: at + 1 });
    }
    text.as_bytes().try_into().map_err(|_| IdentifierError::Length { what, found: text.len() })
}
