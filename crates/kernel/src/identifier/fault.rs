//! Why a number is refused, said to the person at the form: what is wrong, where, what to do. Never the number.

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
