//! Reading the table: tab-separated lines, plain or gzip, into sorted rows. Refuses what would later mislead:
//! entries without a parent, two meanings of one code on one day. The columns are those of `packs/regions/SOURCES.md`.

use std::io::Read;

use flate2::read::GzDecoder;
use jiff::civil::Date;
use kernel::region::{RegionCode, RegionCodeError};

use super::{DateBasis, RegionKind, Regions, Row};

/// All five levels of the country are about 40 MB; more is no division table.
const LARGEST: u64 = 128 * 1024 * 1024;

/// Why a table cannot be used. Lines are counted from 1.
#[derive(Debug, thiserror::Error)]
pub enum RegionsError {
    /// The gzip data is damaged or cut short.
    #[error("the division table cannot be unpacked; please fetch the file again")]
    Damaged(#[source] std::io::Error),
    /// Unpacked, the data is beyond any real table.
    #[error("the division table is larger than {} MB", LARGEST / 1024 / 1024)]
    TooLarge,
    /// The text is not UTF-8.
    #[error("the division table is not UTF-8; please convert it")]
    NotUtf8,
    /// A code that is none.
    #[error("line {line}: {reason}")]
    Code {
        /// The line.
        line: usize,
        /// What is wrong with the code.
        reason: RegionCodeError,
    },
    /// A column that is missing or does not fit.
    #[error("line {line}: the column {column} is missing or wrong")]
    Column {
        /// The line.
        line: usize,
        /// The name of the column.
        column: &'static str,
    },
    /// An entry whose parent is nowhere in the table.
    #[error("{0} has no parent in the table; please add the division above it")]
    Orphan(RegionCode),
    /// Two entries of one code that hold on the same day.
    #[error("{0} has two entries that hold on the same day; please correct their dates")]
    Overlap(RegionCode),
}

#[derive(Default)]
pub(super) struct Builder {
    names: String,
    rows: Vec<Row>,
}

impl Builder {
    /// Adds every line of a table.
    pub(super) fn add(&mut self, bytes: &[u8]) -> Result<(), RegionsError> {
        let text = String::from_utf8(unpack(bytes)?).map_err(|_| RegionsError::NotUtf8)?;
        // A data line has about 40 bytes, of which about 15 are the name.
        self.names.reserve(text.len() / 2);
        self.rows.reserve(text.len() / 38);
        for (at, line) in text.trim_start_matches('\u{FEFF}').lines().enumerate() {
            if !line.is_empty() && !line.starts_with('#') {
                self.line(at + 1, line)?;
            }
        }
        Ok(())
    }

    /// Adds the rows of `base` for codes that have none yet.
    pub(super) fn keep_unless_given(&mut self, base: &Regions) {
        self.rows.sort_by_key(|row| row.code);
        let given: Vec<RegionCode> = self.rows.iter().map(|row| row.code).collect();
        for row in &base.rows {
            if given.binary_search(&row.code).is_err() {
                let name_at = self.keep_name(base.name(row));
                self.rows.push(Row { name_at, ..*row });
            }
        }
    }

    /// Sorts, checks and closes the table.
    pub(super) fn finish(mut self) -> Result<Regions, RegionsError> {
        self.rows.sort_by_key(|row| (row.code, row.valid_from));
        for pair in self.rows.windows(2) {
            let [one, two] = pair else { continue };
            let apart = matches!((one.valid_to, two.valid_from), (Some(to), Some(from)) if to <= from);
            if one.code == two.code && !apart {
                return Err(RegionsError::Overlap(one.code));
            }
        }
        for row in &self.rows {
            let Some(parent) = row.code.parent() else {
                continue;
            };
            if self.rows.binary_search_by_key(&parent, |row| row.code).is_err() {
                return Err(RegionsError::Orphan(row.code));
            }
        }
        self.names.shrink_to_fit();
        self.rows.shrink_to_fit();
        Ok(Regions { names: self.names, rows: self.rows })
    }

    fn line(&mut self, line: usize, text: &str) -> Result<(), RegionsError> {
        let mut columns = text.split('\t');
        let mut next = || columns.next().unwrap_or_default();
        let wrong = |column| RegionsError::Column { line, column };
        let parse = |text: &str| text.parse().map_err(|reason| RegionsError::Code { line, reason });
        let code: RegionCode = parse(next())?;
        if next() != digit(code.level().number()) {
            return Err(wrong("level"));
        }
        let name = next();
        if name.is_empty() || name.len() > usize::from(u16::MAX) {
            return Err(wrong("name"));
        }
        let parent = code.parent();
        if next() != parent.as_ref().map_or("", RegionCode::as_str) {
            return Err(wrong("parent"));
        }
        let valid_from = date(next()).ok_or_else(|| wrong("valid_from"))?;
        let valid_to = date(next()).ok_or_else(|| wrong("valid_to"))?;
        if matches!((valid_from, valid_to), (Some(from), Some(to)) if to <= from) {
            return Err(wrong("valid_to"));
        }
        let kind = kind(next()).ok_or_else(|| wrong("kind"))?;
        let successor = match next() {
            "" => None,
            text => Some(parse(text)?),
        };
        let basis = basis(next()).ok_or_else(|| wrong("basis"))?;
        let name_len = u16::try_from(name.len()).map_err(|_| wrong("name"))?;
        let name_at = self.keep_name(name);
        self.rows.push(Row { code, kind, basis, name_at, name_len, valid_from, valid_to, successor });
        Ok(())
    }

    fn keep_name(&mut self, name: &str) -> u32 {
        let at = u32::try_from(self.names.len()).expect("invariant: LARGEST fits in 32 bits");
        self.names.push_str(name);
        at
    }
}

fn unpack(bytes: &[u8]) -> Result<Vec<u8>, RegionsError> {
    let mut found = Vec::new();
    if bytes.starts_with(&[0x1F, 0x8B]) {
        found.reserve(bytes.len() * 5);
        let mut limited = GzDecoder::new(bytes).take(LARGEST + 1);
        limited.read_to_end(&mut found).map_err(RegionsError::Damaged)?;
    } else {
        found.extend_from_slice(bytes);
    }
    if found.len() as u64 > LARGEST {
        return Err(RegionsError::TooLarge);
    }
    Ok(found)
}

fn digit(number: u8) -> &'static str {
    ["", "1", "2", "3", "4", "5"][usize::from(number)]
}

/// The outer `None` is a malformed date, the inner one an empty column.
fn date(text: &str) -> Option<Option<Date>> {
    if text.is_empty() {
        return Some(None);
    }
    text.parse().ok().map(Some)
}

fn kind(text: &str) -> Option<RegionKind> {
    Some(match text {
        "" | "o" => RegionKind::Ordinary,
        "p" => RegionKind::Placeholder,
        "z" => RegionKind::Zone,
        "r" => RegionKind::Repeat,
        _ => return None,
    })
}

fn basis(text: &str) -> Option<DateBasis> {
    Some(match text {
        "" => DateBasis::None,
        "day" => DateBasis::Day,
        "year" => DateBasis::Year,
        "seen" => DateBasis::Seen,
        _ => return None,
    })
}
