//! Region codes: which administrative division a thing belongs to.
//!
//! A code is the division code of the statistics bureau cut to its own length, never padded: 2 digits for a
//! province, 4 for a prefecture, 6 for a county, 9 for a town or street, 12 for a village or community.
//! Padding to 12 digits makes four real places collide, so the length carries the level.
//! This module knows the shape of codes only. Names, dates and whether a code exists are in `pack::regions`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const LONGEST: usize = 12;

/// How deep a division lies, 1 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegionLevel {
    /// 省级: two digits.
    Province = 1,
    /// 地级: four digits.
    Prefecture = 2,
    /// 县级: six digits.
    County = 3,
    /// 乡级: nine digits.
    Town = 4,
    /// 村级: twelve digits.
    Village = 5,
}

impl RegionLevel {
    /// Every level, from the province down.
    pub const ALL: [Self; 5] = [Self::Province, Self::Prefecture, Self::County, Self::Town, Self::Village];

    /// The number 1 to 5 that the published tables use.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// How many digits a code of this level has.
    pub fn digits(self) -> usize {
        match self {
            Self::Province => 2,
            Self::Prefecture => 4,
            Self::County => 6,
            Self::Town => 9,
            Self::Village => LONGEST,
        }
    }

    fn of_length(length: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.digits() == length)
    }

    fn above(self) -> Option<Self> {
        Self::ALL.into_iter().rev().find(|level| level.digits() < self.digits())
    }
}

/// A division code of 2, 4, 6, 9 or 12 digits. Sorts as text, so a division stands before what it contains.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionCode {
    // Unused places hold zero bytes, which sort before every digit.
    digits: [u8; LONGEST],
    level: RegionLevel,
}

/// Why a text is not a region code. Places are counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegionCodeError {
    /// The length is that of no level.
    #[error("a region code has 2, 4, 6, 9 or 12 digits, without zero padding; this one has {found}")]
    Length {
        /// Characters found.
        found: usize,
    },
    /// Something other than 0-9, full-width digits included.
    #[error("a region code has digits 0-9 only; check character {at}")]
    NotADigit {
        /// Place of the first wrong character.
        at: usize,
    },
    /// No province code begins with zero.
    #[error("a region code does not begin with 0")]
    LeadingZero,
}

impl RegionCodeError {
    /// The same reason in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Length { found } => {
                format!("行政区划代码应为2、4、6、9或12位数字，不补零；现在是{found}位，请核对。")
            }
            Self::NotADigit { at } => {
                format!("行政区划代码只能用数字0到9，请改正第{at}个字符。")
            }
            Self::LeadingZero => "行政区划代码不以0开头，请核对。".to_owned(),
        }
    }
}

impl RegionCode {
    /// The level that the length implies.
    pub fn level(&self) -> RegionLevel {
        self.level
    }

    /// The digits as written.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.digits[..self.level.digits()]).expect("invariant: a code holds ASCII digits")
    }

    /// The code one level up, cut from this one; `None` for a province. It may be a placeholder such as the
    /// prefecture level of a municipality.
    pub fn parent(&self) -> Option<Self> {
        self.level.above().map(|level| self.cut(level))
    }

    /// This code cut to `level`; `None` when the code is shorter.
    pub fn at(&self, level: RegionLevel) -> Option<Self> {
        (level <= self.level).then(|| self.cut(level))
    }

    /// The codes above this one, from the province down, without this one.
    pub fn ancestors(&self) -> impl Iterator<Item = Self> + use<> {
        let code = *self;
        RegionLevel::ALL.into_iter().take_while(move |level| *level < code.level).map(move |level| code.cut(level))
    }

    /// Whether `other` is this division or lies within it, judged by its digits alone.
    pub fn contains(&self, other: &Self) -> bool {
        other.as_str().starts_with(self.as_str())
    }

    fn cut(&self, level: RegionLevel) -> Self {
        let mut digits = [0; LONGEST];
        let length = level.digits();
        digits[..length].copy_from_slice(&self.digits[..length]);
        Self { digits, level }
    }
}

impl FromStr for RegionCode {
    type Err = RegionCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(at) = text.chars().position(|c| !c.is_ascii_digit()) {
            return Err(RegionCodeError::NotADigit { at: at + 1 });
        }
        let level = RegionLevel::of_length(text.len()).ok_or(RegionCodeError::Length { found: text.len() })?;
        if text.starts_with('0') {
            return Err(RegionCodeError::LeadingZero);
        }
        let mut digits = [0; LONGEST];
        digits[..text.len()].copy_from_slice(text.as_bytes());
        Ok(Self { digits, level })
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RegionCode({})", self.as_str())
    }
}

impl Serialize for RegionCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for RegionCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn code(text: &str) -> RegionCode {
        text.parse().expect("a valid code")
    }

    #[test]
    fn length_gives_level_and_parent() {
        let village = code("110101001001");
        assert_eq!(village.level(), RegionLevel::Village);
        let up: Vec<String> = village.ancestors().map(|c| c.to_string()).collect();
        assert_eq!(up, ["11", "1101", "110101", "110101001"]);
        assert_eq!(village.parent(), Some(code("110101001")));
        assert_eq!(code("11").parent(), None);
        assert_eq!(village.at(RegionLevel::County), Some(code("110101")));
        assert_eq!(code("11").at(RegionLevel::County), None);
    }

    #[test]
    fn unpadded_codes_never_collide() {
        assert_ne!(code("4419"), code("441900"));
        assert!(code("4419") < code("441900"));
        assert!(code("350527") < code("350527000"));
    }

    #[test]
    fn contains_is_itself_and_below() {
        assert!(code("11").contains(&code("110101")));
        assert!(code("110101").contains(&code("110101")));
        assert!(!code("110101").contains(&code("11")));
        assert!(!code("1101").contains(&code("1102")));
    }

    #[test]
    fn refusals_say_where() {
        let error = |text: &str| text.parse::<RegionCode>().expect_err("refused");
        assert_eq!(error("123"), RegionCodeError::Length { found: 3 });
        assert_eq!(error(""), RegionCodeError::Length { found: 0 });
        assert_eq!(error("1101０1"), RegionCodeError::NotADigit { at: 5 });
        assert_eq!(error("01"), RegionCodeError::LeadingZero);
        assert!(error("123").zh().contains("现在是3位"));
    }

    #[test]
    fn serde_is_a_string() {
        let json = serde_json::to_string(&code("460302")).expect("serialises");
        assert_eq!(json, "\"460302\"");
        let back: RegionCode = serde_json::from_str(&json).expect("parses");
        assert_eq!(back, code("460302"));
        assert!(serde_json::from_str::<RegionCode>("\"46030\"").is_err());
    }

    proptest! {
        #[test]
        fn order_is_the_order_of_text(a in "[1-9][0-9]", b in "[1-9][0-9]{3}", c in "[1-9][0-9]{8}") {
            let mut codes = [code(&a), code(&b), code(&c)];
            let mut texts = [a, b, c];
            codes.sort();
            texts.sort();
            prop_assert_eq!(codes.map(|c| c.to_string()), texts);
        }

        #[test]
        fn no_text_panics(text in ".{0,16}") {
            let _ = text.parse::<RegionCode>();
        }
    }
}
