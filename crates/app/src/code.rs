//! Query codes: the short one that is read out on the phone, the long one in the file and QR.
//!
//! Neither is stored. Both are keyed hashes of the matter and its issue number; resending raises the
//! issue number and so invalidates the old codes. Back-off per number and source is the caller's.

use std::fmt;

use subtle::{Choice, ConstantTimeEq};

use crate::keys::{Key, Owner};
use crate::width;

const BASE32: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LONG_CHARS: usize = 27;

/// The codes of one matter at one issue number.
#[derive(Clone, PartialEq, Eq)]
pub struct Codes {
    /// Ten digits: shows progress only (decision 26).
    pub short: ShortCode,
    /// 128 bits: opens content, answering and rating.
    pub long: LongCode,
}

/// Makes both codes. `issue` starts at 1 and rises each time the person asks for new codes.
pub fn issue(code_key: &Key, owner: Owner<'_>, issue: u32) -> Codes {
    let mac = code_key.mac(&owner.bind("gongzhi.query-code/v1", &[&issue.to_be_bytes()]));
    let half = |at: usize| {
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&mac[at..at + 16]);
        bytes
    };
    // 128 bits modulo 10^10: the most favoured code is likelier than the least by 3 in 10^29.
    let digits = u128::from_be_bytes(half(0)) % 10_000_000_000;
    Codes { short: ShortCode(u64::try_from(digits).expect("invariant: ten digits fit")), long: LongCode(half(16)) }
}

/// Ten digits. Printed only by `Display`, never by `Debug`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ShortCode(u64);

/// 128 bits in Crockford's base 32 with one check character.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LongCode([u8; 16]);

impl fmt::Display for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:05} {:05}", self.0 / 100_000, self.0 % 100_000)
    }
}

impl fmt::Display for LongCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let symbols = self.symbols();
        for (i, symbol) in symbols.iter().enumerate() {
            if i > 0 && i % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{}", BASE32[usize::from(*symbol)] as char)?;
        }
        Ok(())
    }
}

impl fmt::Debug for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShortCode(…)")
    }
}

impl fmt::Debug for LongCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LongCode(…)")
    }
}

impl fmt::Debug for Codes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Codes(…)")
    }
}

impl LongCode {
    fn symbols(&self) -> [u8; LONG_CHARS] {
        let value = u128::from_be_bytes(self.0);
        let mut out = [0; LONG_CHARS];
        for (i, symbol) in out[..LONG_CHARS - 1].iter_mut().enumerate() {
            *symbol = ((value >> (125 - 5 * i)) & 31) as u8;
        }
        out[LONG_CHARS - 1] = check_symbol(&out[..LONG_CHARS - 1]);
        out
    }

    fn from_symbols(symbols: &[u8; LONG_CHARS]) -> Option<Self> {
        let (body, check) = symbols.split_at(LONG_CHARS - 1);
        // 26 symbols carry 130 bits; the two above 128 are always zero.
        if check_symbol(body) != check[0] || body[0] > 7 {
            return None;
        }
        let value = body.iter().fold(0u128, |value, symbol| (value << 5) | u128::from(*symbol));
        Some(Self(value.to_be_bytes()))
    }
}

/// A polynomial over GF(32) at its generator: sees every single wrong character and every exchange of
/// two, at any distance, because the generator's 31 powers differ.
fn check_symbol(body: &[u8]) -> u8 {
    body.iter().fold(0, |sum, symbol| times_generator(sum ^ symbol))
}

fn times_generator(x: u8) -> u8 {
    let shifted = x << 1;
    if shifted & 32 == 0 { shifted } else { (shifted ^ 0b10_0101) & 31 }
}

/// What a person typed, if it has the shape of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// Ten digits.
    Short(ShortCode),
    /// A long code whose check character is right.
    Long(LongCode),
    /// Neither: most likely a slip of the fingers.
    Unreadable,
}

/// Reads a code, forgiving case, full-width forms, separators, and O, I, L for 0, 1, 1.
pub fn parse(text: &str) -> Given {
    let mut symbols = [0u8; LONG_CHARS];
    let mut count = 0;
    for c in text.chars().take(200).map(width::half).filter(|c| !width::is_separator(*c)) {
        let Some(symbol) = symbol(c) else {
            return Given::Unreadable;
        };
        if count == LONG_CHARS {
            return Given::Unreadable;
        }
        symbols[count] = symbol;
        count += 1;
    }
    match count {
        10 if symbols[..10].iter().all(|s| *s < 10) => {
            Given::Short(ShortCode(symbols[..10].iter().fold(0, |n, s| n * 10 + u64::from(*s))))
        }
        LONG_CHARS => LongCode::from_symbols(&symbols).map_or(Given::Unreadable, Given::Long),
        _ => Given::Unreadable,
    }
}

fn symbol(c: char) -> Option<u8> {
    let c = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        c => c,
    };
    let at = BASE32.iter().position(|s| *s as char == c)?;
    u8::try_from(at).ok()
}

/// What a code proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Nothing; also for a matter that does not exist.
    None,
    /// The short code: progress only, unless the phone's last four digits are right as well.
    Short,
    /// The long code.
    Long,
}

/// Compares what was given with the matter's codes. `subject` is the matter and its current issue number,
/// or nothing where there is no such matter: the work done is the same, so that the time does not tell.
pub fn verify(code_key: &Key, subject: Option<(Owner<'_>, u32)>, given: Given) -> Proof {
    const NOBODY: Owner<'static> = Owner { cell: 0, matter: &[0; 16] };
    let (owner, number) = subject.unwrap_or((NOBODY, 0));
    let codes = issue(code_key, owner, number);
    let (short, long) = match given {
        Given::Short(short) => (short.0, [0; 16]),
        Given::Long(long) => (u64::MAX, long.0),
        Given::Unreadable => (u64::MAX, [0; 16]),
    };
    let present = Choice::from(u8::from(subject.is_some()));
    let is_short = present & codes.short.0.ct_eq(&short);
    let is_long = present & codes.long.0.ct_eq(&long) & Choice::from(u8::from(matches!(given, Given::Long(_))));
    if is_long.into() {
        Proof::Long
    } else if is_short.into() {
        Proof::Short
    } else {
        Proof::None
    }
}

/// A keyed commitment to the last four digits of the phone that was left with a matter; `None` if there
/// are not four digits. Ten thousand values can be tried by whoever holds the key: it is a second factor
/// under back-off and no way of hiding a number.
pub fn phone_tail(code_key: &Key, owner: Owner<'_>, phone: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = phone.chars().map(width::half).filter(char::is_ascii_digit).map(|c| c as u8).collect();
    let tail = digits.len().checked_sub(4).map(|from| &digits[from..])?;
    Some(code_key.mac(&owner.bind("gongzhi.phone-tail/v1", &[tail])))
}

/// Do the four digits belong to the stored commitment? Same work where nothing is stored.
pub fn phone_matches(code_key: &Key, owner: Owner<'_>, stored: Option<&[u8; 32]>, given: &str) -> bool {
    let computed = phone_tail(code_key, owner, given);
    let same = computed.unwrap_or([0; 32]).ct_eq(stored.unwrap_or(&[1; 32]));
    bool::from(same & Choice::from(u8::from(computed.is_some() && stored.is_some())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    const OWNER: Owner<'static> = Owner { cell: 3, matter: b"0123456789abcdef" };

    fn key() -> Key {
        Key::random(&mut SeededRandom::new(1))
    }

    #[test]
    fn codes_are_read_however_they_are_typed() {
        for number in 1..300 {
            let codes = issue(&key(), OWNER, number);
            let (short, long) = (codes.short.to_string(), codes.long.to_string());
            assert_eq!(short.len(), 11);
            assert_eq!(long.len(), 33);
            assert_eq!(parse(&short), Given::Short(codes.short));
            assert_eq!(parse(&long), Given::Long(codes.long));
            let sloppy = long.to_lowercase().replace('0', "O").replace('1', "l").replace('-', "　");
            assert_eq!(parse(&sloppy), Given::Long(codes.long));
            let wide: String = short
                .chars()
                .map(|c| if c.is_ascii_digit() { char::from_u32(c as u32 + 0xfee0).expect("a digit") } else { c })
                .collect();
            assert_eq!(parse(&wide), Given::Short(codes.short));
        }
        for bad in ["", "12345", "12345 6789A", "12345678901", "路灯", &"0".repeat(500)] {
            assert_eq!(parse(bad), Given::Unreadable, "{bad}");
        }
    }

    #[test]
    fn the_check_character_sees_every_wrong_or_exchanged_character() {
        let code = issue(&key(), OWNER, 1).long;
        let right = code.symbols();
        assert_eq!(LongCode::from_symbols(&right), Some(code));
        for at in 0..LONG_CHARS {
            for wrong in 0..32 {
                let mut bad = right;
                bad[at] = wrong;
                assert_eq!(LongCode::from_symbols(&bad).is_some(), bad == right);
            }
            for other in 0..LONG_CHARS {
                let mut bad = right;
                bad.swap(at, other);
                assert_eq!(LongCode::from_symbols(&bad).is_some(), bad == right, "{at} and {other}");
            }
        }
    }

    #[test]
    fn a_code_proves_its_own_matter_at_its_own_issue_only() {
        let key = key();
        let codes = issue(&key, OWNER, 1);
        let (short, long) = (Given::Short(codes.short), Given::Long(codes.long));
        assert_eq!(verify(&key, Some((OWNER, 1)), short), Proof::Short);
        assert_eq!(verify(&key, Some((OWNER, 1)), long), Proof::Long);
        let other = Owner { matter: b"0123456789abcdeg", ..OWNER };
        for subject in [None, Some((OWNER, 2)), Some((other, 1)), Some((Owner { cell: 4, ..OWNER }, 1))] {
            for given in [short, long, Given::Unreadable] {
                assert_eq!(verify(&key, subject, given), Proof::None);
            }
        }
    }

    #[test]
    fn the_absent_matter_has_no_code_even_if_guessed() {
        let key = key();
        let dummy = issue(&key, Owner { cell: 0, matter: &[0; 16] }, 0);
        assert_eq!(verify(&key, None, Given::Short(dummy.short)), Proof::None);
        assert_eq!(verify(&key, None, Given::Long(dummy.long)), Proof::None);
    }

    #[test]
    fn short_codes_spread_evenly() {
        let key = key();
        let mut counts = [0u32; 10];
        for number in 0..4000 {
            counts[(issue(&key, OWNER, number).short.0 / 1_000_000_000) as usize] += 1;
        }
        assert!(counts.iter().all(|n| (300..500).contains(n)), "{counts:?}");
    }

    #[test]
    fn the_phone_tail_matches_only_the_same_digits() {
        let key = key();
        let stored = phone_tail(&key, OWNER, "+86 199-0000-1234").expect("four digits");
        assert!(phone_matches(&key, OWNER, Some(&stored), "１２３４"));
        assert!(!phone_matches(&key, OWNER, Some(&stored), "1235"));
        assert!(!phone_matches(&key, OWNER, Some(&stored), ""));
        assert!(!phone_matches(&key, OWNER, None, "1234"));
        assert_eq!(phone_tail(&key, OWNER, "123"), None);
        assert_ne!(phone_tail(&key, Owner { cell: 4, ..OWNER }, "1234"), Some(stored));
    }

    #[test]
    fn debug_hides_codes() {
        let codes = issue(&key(), OWNER, 1);
        let shown = format!("{codes:?} {:?} {:?}", codes.short, Given::Long(codes.long));
        assert!(!shown.chars().any(|c| c.is_ascii_digit()), "{shown}");
    }
}
