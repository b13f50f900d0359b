//! Numbers that people type: identity numbers, credit codes of organisations, telephone numbers.
//!
//! Checks are those of the published standards and nothing more. A well-formed number is no proof that the
//! person or body exists, and nobody is ever refused because of the division part of a number: codes are
//! abolished, people keep theirs. Whether a number may be asked for at all is the mechanism's business.
//! No error and no `Debug` text here repeats the number.

use std::fmt;

const ID_WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const ID_CHECKS: &[u8; 11] = b"10X98765432";
/// GB 32100 leaves out I, O, S, V and Z.
const CREDIT_ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";

/// Which number is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identifier {
    /// 公民身份号码 (GB 11643), residence permits with the prefixes 81, 82, 83 included.
    ResidentId,
    /// 统一社会信用代码 (GB 32100).
    CreditCode,
    /// A telephone number reachable in mainland China.
    Phone,
}

impl Identifier {
    fn zh(self) -> &'static str {
        match self {
            Self::ResidentId => "身份证号",
            Self::CreditCode => "统一社会信用代码",
            Self::Phone => "电话号码",
        }
    }

    fn en(self) -> &'static str {
        match self {
            Self::ResidentId => "identity number",
            Self::CreditCode => "credit code",
            Self::Phone => "telephone number",
        }
    }
}

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

/// What is wrong, where, and what to do. Places are counted from 1, after spaces are dropped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// Nothing was typed.
    #[error("{}", self.en())]
    Empty(Identifier),
    /// Too few or too many characters.
    #[error("{}", self.en())]
    Length {
        /// The number that was expected.
        what: Identifier,
        /// Characters found.
        found: usize,
    },
    /// A character that cannot stand there.
    #[error("{}", self.en())]
    Character {
        /// The number that was expected.
        what: Identifier,
        /// Its place.
        at: usize,
    },
    /// Characters 7 to 14 of an identity number are no date.
    #[error("{}", self.en())]
    BirthDate,
    /// The last character does not follow from the others: most likely a typing slip.
    #[error("{}", self.en())]
    CheckDigit(Identifier),
    /// A landline without its area code.
    #[error("{}", self.en())]
    AreaCodeMissing,
    /// Digits that fit no mobile, landline or service number.
    #[error("{}", self.en())]
    NoSuchShape,
}

impl IdentifierError {
    /// For the person at the form, in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Empty(what) => format!("请填写{}。", what.zh()),
            Self::Length { what: Identifier::Phone, found } => {
                format!("电话号码是{found}位，位数不对。手机号应为11位，固定电话请连区号一起填写。")
            }
            Self::Length { what, found } => {
                format!("{}应为18位，现在是{found}位。请对照证件补全或删去多余字符。", what.zh())
            }
            Self::Character { what: Identifier::ResidentId, at } => {
                format!("身份证号第{at}位不对：前17位只能是数字，最后一位是数字或X。请改正。")
            }
            Self::Character { what: Identifier::CreditCode, at } => {
                format!("统一社会信用代码第{at}位不对：只用数字和大写字母，不用I、O、S、V、Z。请对照证书改正。")
            }
            Self::Character { what, at } => {
                format!("{}第{at}个字符不能识别，请只填数字。", what.zh())
            }
            Self::BirthDate => "身份证号第7至14位应是出生年月日，现在不是有效日期。请对照证件改正。".to_owned(),
            Self::CheckDigit(what) => {
                format!("{}的校验位对不上，可能有一位填错。请对照证件逐位核对。", what.zh())
            }
            Self::AreaCodeMissing => "固定电话缺少区号。请在前面加上区号，例如010。".to_owned(),
            Self::NoSuchShape => "这不像手机号、带区号的固定电话或服务热线。请核对后重新填写。".to_owned(),
        }
    }

    /// For the person at the form, in English.
    pub fn en(&self) -> String {
        match self {
            Self::Empty(what) => format!("Please enter the {}.", what.en()),
            Self::Length {
                what: Identifier::Phone,
                found,
            } => format!(
                "A telephone number cannot have {found} digits. A mobile number has 11; give a landline with its area code."
            ),
            Self::Length { what, found } => format!(
                "The {} has 18 characters; this one has {found}. Please compare it with the document.",
                what.en()
            ),
            Self::Character {
                what: Identifier::ResidentId,
                at,
            } => format!(
                "Character {at} of the identity number is wrong: 17 digits, then a digit or X. Please correct it."
            ),
            Self::Character {
                what: Identifier::CreditCode,
                at,
            } => format!(
                "Character {at} of the credit code is wrong: digits and capital letters without I, O, S, V, Z. Please compare it with the certificate."
            ),
            Self::Character { what, at } => format!(
                "Character {at} of the {} is not recognised. Please use digits only.",
                what.en()
            ),
            Self::BirthDate => "Characters 7 to 14 of the identity number should be the date of birth and are not a date. Please compare them with the document.".to_owned(),
            Self::CheckDigit(what) => format!(
                "The last character of the {} does not match the others, so one of them may be mistyped. Please compare each with the document.",
                what.en()
            ),
            Self::AreaCodeMissing => "The area code of the landline is missing. Please put it in front, for example 010.".to_owned(),
            Self::NoSuchShape => "This is not a mobile number, a landline with area code or a service line. Please check it.".to_owned(),
        }
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

fn shape(digits: &str) -> Result<String, IdentifierError> {
    let bytes = digits.as_bytes();
    let shared_cost = digits.len() == 10 && (digits.starts_with("400") || digits.starts_with("800"));
    let service = (3..=5).contains(&bytes.len()) && matches!(bytes[0], b'1' | b'9');
    if is_mobile(digits) || shared_cost || service {
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

#[cfg(test)]
#[path = "identifier_tests.rs"]
mod tests;
