//! Public numbers of matters, `{alias}-{year}-{serial}{check digit}`, such as `YX-2026-0941733`.
//!
//! The check digit is Damm's (H. M. Damm 2004). Among decimal schemes it sees every single wrong digit and
//! every exchange of neighbours; Luhn misses 09/90 and ISO 7064 MOD 11,10 misses some exchanges too. It
//! also covers the letters of the alias, of which ten digits can only see most errors. The kind of
//! matter is never in the number, and nothing secret: a number proves nothing without a code.

use std::fmt;

use crate::width;

/// Damm's quasigroup of order ten.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

const SERIAL_WIDTH: usize = 6;

/// Why a number was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// An alias is two to six letters A-Z.
    #[error("编号开头应为二至六个字母，如 YX-2026-0941733。A number begins with two to six letters.")]
    Alias,
    /// The year is 2000 to 2999.
    #[error("编号中的年份不对，如 YX-2026-0941733。The year in the number is not right.")]
    Year,
    /// At least seven digits after the year, at most eighteen, without needless zeros.
    #[error("编号最后一段应为七位以上数字，如 YX-2026-0941733。The last part of a number has at least seven digits.")]
    Serial,
    /// Something was mistyped.
    #[error("编号有误，请对照回执逐字核对。The number is mistyped: compare it with the receipt.")]
    Check,
}

/// A checked public number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Number {
    alias: String,
    year: u16,
    serial: u64,
}

impl Number {
    /// A number from its parts; `alias` in capitals.
    pub fn new(alias: &str, year: u16, serial: u64) -> Result<Self, NumberError> {
        if !(2..=6).contains(&alias.len()) || !alias.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(NumberError::Alias);
        }
        if !(2000..3000).contains(&year) {
            return Err(NumberError::Year);
        }
        if serial >= 100_000_000_000_000_000 {
            return Err(NumberError::Serial);
        }
        Ok(Self { alias: alias.to_owned(), year, serial })
    }

    /// Reads what a person typed: lower case, full-width, blanks, any hyphens or none.
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let folded = width::fold(text);
        let letters = folded.bytes().take_while(u8::is_ascii_uppercase).count();
        let (alias, digits) = folded.split_at(letters);
        if !(2..=6).contains(&letters) {
            return Err(NumberError::Alias);
        }
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NumberError::Serial);
        }
        let (year, rest) = digits.split_at_checked(4).ok_or(NumberError::Year)?;
        let year = year.parse().map_err(|_| NumberError::Year)?;
        let grown = rest.len() > SERIAL_WIDTH + 1 && rest.starts_with('0');
        if rest.len() < SERIAL_WIDTH + 1 || rest.len() > 18 || grown {
            return Err(NumberError::Serial);
        }
        let (serial, check) = rest.split_at(rest.len() - 1);
        let number = Self::new(alias, year, serial.parse().map_err(|_| NumberError::Serial)?)?;
        if check.as_bytes()[0] != b'0' + number.check_digit() {
            return Err(NumberError::Check);
        }
        Ok(number)
    }

    /// Which cell: numbers are routed by it without a search.
    pub fn alias(&self) -> &str {
        &self.alias
    }

    /// The year in which the number was given.
    pub fn year(&self) -> u16 {
        self.year
    }

    /// The running number within cell and year, without the check digit.
    pub fn serial(&self) -> u64 {
        self.serial
    }

    fn check_digit(&self) -> u8 {
        let letters = self.alias.bytes().map(|b| b - b'A' + 10).flat_map(|v| [v / 10, v % 10]);
        let digits = format!("{}{:0w$}", self.year, self.serial, w = SERIAL_WIDTH);
        letters
            .chain(digits.bytes().map(|b| b - b'0'))
            .fold(0, |row: u8, digit| DAMM[usize::from(row)][usize::from(digit)])
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { alias, year, serial } = self;
        write!(f, "{alias}-{year}-{serial:0w$}{}", self.check_digit(), w = SERIAL_WIDTH)
    }
}

/// A leased run of serials, so that giving a number needs no look at a shared counter. A serial that was
/// taken and not used stays unused: gaps are explained by the lease, never filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberBlock {
    /// The next serial to give.
    pub next: u64,
    /// One past the last serial.
    pub end: u64,
}

impl NumberBlock {
    /// Takes one serial; `None` when the block is used up and a new lease is due.
    pub fn take(&mut self) -> Option<u64> {
        (self.next < self.end).then(|| {
            self.next += 1;
            self.next - 1
        })
    }

    /// How many are left.
    pub fn left(&self) -> u64 {
        self.end.saturating_sub(self.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_however_it_is_typed() {
        let number = Number::new("YX", 2026, 94_173).expect("valid");
        let text = number.to_string();
        assert!(text.starts_with("YX-2026-094173") && text.len() == 15, "{text}");
        let wide = text.replace("YX-", "ｙｘ－");
        for typed in [text.clone(), text.to_lowercase(), text.replace('-', " "), text.replace('-', ""), wide] {
            assert_eq!(Number::parse(&typed), Ok(number.clone()), "{typed}");
        }
        let long = Number::new("ABCDEF", 2026, 12_345_678_901).expect("valid");
        assert_eq!(Number::parse(&long.to_string()), Ok(long));
    }

    #[test]
    fn every_wrong_digit_and_every_exchange_of_neighbours_is_seen() {
        for serial in (0..1_000_000).step_by(3331) {
            let text = Number::new("YX", 2026, serial).expect("valid").to_string();
            let bytes = text.as_bytes();
            for at in 3..bytes.len() {
                if bytes[at] == b'-' {
                    continue;
                }
                for digit in b'0'..=b'9' {
                    let mut bad = bytes.to_vec();
                    bad[at] = digit;
                    let bad = String::from_utf8(bad).expect("ascii");
                    assert_eq!(Number::parse(&bad).is_ok(), bad == text, "{bad}");
                }
                let next = if bytes[at - 1] == b'-' { at - 2 } else { at - 1 };
                if next > 2 {
                    let mut bad = bytes.to_vec();
                    bad.swap(at, next);
                    let bad = String::from_utf8(bad).expect("ascii");
                    assert_eq!(Number::parse(&bad).is_ok(), bad == text, "{bad}");
                }
            }
        }
    }

    #[test]
    fn most_wrong_letters_are_seen() {
        let text = Number::new("YX", 2026, 94_173).expect("valid").to_string();
        let missed =
            (b'A'..=b'Z').filter(|c| Number::parse(&text.replacen('Y', &(*c as char).to_string(), 1)).is_ok()).count();
        assert!(missed <= 4, "{missed}");
    }

    #[test]
    fn what_is_no_number_says_why() {
        assert_eq!(Number::parse(""), Err(NumberError::Alias));
        assert_eq!(Number::parse("2026-0941733"), Err(NumberError::Alias));
        assert_eq!(Number::parse("YX-20"), Err(NumberError::Year));
        assert_eq!(Number::parse("YX-2026-123"), Err(NumberError::Serial));
        assert_eq!(Number::parse("YX-2026-00941733"), Err(NumberError::Serial));
        assert_eq!(Number::parse("YX-2026-路灯"), Err(NumberError::Serial));
        assert_eq!(Number::parse(&format!("YX-2026-{}", "9".repeat(99))), Err(NumberError::Serial));
        assert_eq!(Number::new("yx", 2026, 1), Err(NumberError::Alias));
    }

    #[test]
    fn a_block_gives_each_serial_once() {
        let mut block = NumberBlock { next: 5, end: 8 };
        let given: Vec<u64> = std::iter::from_fn(|| block.take()).collect();
        assert_eq!((given, block.left()), (vec![5, 6, 7], 0));
    }
}
