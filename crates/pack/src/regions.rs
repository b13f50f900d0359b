//! The administrative divisions of the country, levels 1 to 4, with the dates between which they held.
//!
//! Reads the table that `packs/regions/make.py` builds, answers which division a code meant on a day, what lies
//! below it, and how to write its path for people. Villages and invented demonstration districts come in as
//! extra rows of the same form. Nothing here guesses: an unknown code is `None`, and a code that was abolished
//! keeps its rows, because a case keeps the code of its day.

mod find;
mod read;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::OnceLock;

use jiff::civil::Date;
use kernel::region::{RegionCode, RegionCodeError, RegionLevel};

pub use read::RegionsError;

const EMBEDDED: &[u8] = include_bytes!("../../../packs/regions/cn.tsv.gz");

/// What sort of entry a code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegionKind {
    /// A division proper.
    Ordinary,
    /// A level that exists only so that codes keep their length, as under a municipality.
    Placeholder,
    /// An area the statistics bureau counts separately (development zone, state farm): no division in law.
    Zone,
    /// A division repeated one level down because that level is missing there.
    Repeat,
}

/// How exactly the dates of an entry are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateBasis {
    /// No date is given: the entry has held for as long as the sources reach.
    None,
    /// The day of the public announcement.
    Day,
    /// The year only: ends are put at the end of the year, beginnings at its start, so the two may overlap.
    Year,
    /// The first day on which the change is known; it may be earlier.
    Seen,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    code: RegionCode,
    kind: RegionKind,
    basis: DateBasis,
    name_at: u32,
    name_len: u16,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
    successor: Option<RegionCode>,
}

impl Row {
    fn holds(&self, on: Date) -> bool {
        self.valid_from.is_none_or(|from| from <= on) && self.valid_to.is_none_or(|to| on < to)
    }

    fn hidden(&self) -> bool {
        matches!(self.kind, RegionKind::Placeholder | RegionKind::Repeat)
    }
}

/// One entry of the table: a code with the name it had between two dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region<'a> {
    /// The code.
    pub code: RegionCode,
    /// The name as the statistics list writes it.
    pub name: &'a str,
    /// What sort of entry it is.
    pub kind: RegionKind,
    /// How exactly the dates are known.
    pub basis: DateBasis,
    /// First day on which the entry holds; `None` when it is older than the sources.
    pub valid_from: Option<Date>,
    /// First day on which it no longer holds; `None` while it holds.
    pub valid_to: Option<Date>,
    /// The code that took over, where the sources say so. It may be a level higher, and the same code after a
    /// change of name.
    pub successor: Option<RegionCode>,
}

impl Region<'_> {
    /// The level of its code.
    pub fn level(&self) -> RegionLevel {
        self.code.level()
    }

    /// Whether a path written for people leaves it out.
    pub fn is_hidden(&self) -> bool {
        matches!(self.kind, RegionKind::Placeholder | RegionKind::Repeat)
    }
}

/// The table: names in one text, rows of fixed size sorted by code and date.
#[derive(Clone, Debug)]
pub struct Regions {
    names: String,
    rows: Vec<Row>,
}

/// The table that is part of the program, read on first use.
pub fn embedded() -> &'static Regions {
    static TABLE: OnceLock<Regions> = OnceLock::new();
    TABLE.get_or_init(|| Regions::parse(EMBEDDED).expect("invariant: a test reads the embedded division table"))
}

impl Regions {
    /// Reads a table, plain or gzip.
    ///
    /// # Errors
    /// Damaged compression, a malformed line, an entry without its parent, or two entries of one code that hold
    /// on the same day.
    pub fn parse(bytes: &[u8]) -> Result<Self, RegionsError> {
        let mut table = read::Builder::default();
        table.add(bytes)?;
        table.finish()
    }

    /// This table with more rows, plain or gzip. A code in `extra` replaces every row this table has for it.
    ///
    /// # Errors
    /// As for [`Regions::parse`], judged on the merged table.
    pub fn with_extra(&self, extra: &[u8]) -> Result<Self, RegionsError> {
        let mut table = read::Builder::default();
        table.add(extra)?;
        table.keep_unless_given(self);
        table.finish()
    }

    /// The number of rows; a code that changed its name has several.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Bytes held in memory, for the start-up report.
    pub fn resident_bytes(&self) -> usize {
        self.names.capacity() + self.rows.capacity() * size_of::<Row>()
    }

    /// Every row in order of code, then date.
    pub fn iter(&self) -> impl Iterator<Item = Region<'_>> {
        self.rows.iter().map(|row| self.region(row))
    }

    /// What the code meant on a day.
    pub fn get(&self, code: &RegionCode, on: Date) -> Option<Region<'_>> {
        self.rows_of(code).iter().find(|row| row.holds(on)).map(|row| self.region(row))
    }

    /// The latest meaning of the code, whether or not it still holds.
    pub fn get_any(&self, code: &RegionCode) -> Option<Region<'_>> {
        self.rows_of(code).last().map(|row| self.region(row))
    }

    /// The provinces on a day, in order of code.
    pub fn provinces(&self, on: Date) -> impl Iterator<Item = Region<'_>> {
        self.rows
            .iter()
            .filter(move |row| row.code.level() == RegionLevel::Province && row.holds(on))
            .map(|row| self.region(row))
    }

    /// The entries one level below a code on a day, placeholders included.
    pub fn children(&self, code: &RegionCode, on: Date) -> Vec<Region<'_>> {
        self.rows[self.within(code)]
            .iter()
            .filter(|row| row.code.parent() == Some(*code) && row.holds(on))
            .map(|row| self.region(row))
            .collect()
    }

    /// What a person picks from below a code: as [`Regions::children`], but a hidden level is replaced by what
    /// lies below it, so a municipality offers its districts at once.
    pub fn choices(&self, code: &RegionCode, on: Date) -> Vec<Region<'_>> {
        let mut found = Vec::new();
        for child in self.children(code, on) {
            if child.is_hidden() {
                found.extend(self.choices(&child.code, on));
            } else {
                found.push(child);
            }
        }
        found
    }

    /// The names from the province down to the code, hidden levels left out. Levels that are not
    /// in the table are left out too, so an unknown village still gets the path of its town.
    pub fn path(&self, code: &RegionCode) -> Vec<&str> {
        code.ancestors()
            .chain([*code])
            .filter_map(|code| self.rows_of(&code).last())
            .filter(|row| !row.hidden())
            .map(|row| self.name(row))
            .collect()
    }

    /// As [`Regions::path`], with the names of a day: what a letter of that day has to say.
    pub fn path_on(&self, code: &RegionCode, on: Date) -> Vec<&str> {
        code.ancestors()
            .chain([*code])
            .filter_map(|code| self.rows_of(&code).iter().find(|row| row.holds(on)))
            .filter(|row| !row.hidden())
            .map(|row| self.name(row))
            .collect()
    }

    /// The codes that a padded 12-digit statistical code can mean, from the widest to the narrowest. Several
    /// where padding collides: a prefecture without counties, a county without towns. A code that ends in no
    /// zeros is a village of a known town, whether or not villages are loaded.
    ///
    /// # Errors
    /// When the text is not twelve digits of a code.
    pub fn from_12_digits(&self, text: &str) -> Result<Vec<RegionCode>, RegionCodeError> {
        let full: RegionCode = text.parse()?;
        if full.level() != RegionLevel::Village {
            return Err(RegionCodeError::Length { found: text.len() });
        }
        let shorter = full.ancestors().filter(|code| {
            let rest = &text[code.level().digits()..];
            rest.bytes().all(|b| b == b'0') && !self.rows_of(code).is_empty()
        });
        let mut found: Vec<RegionCode> = shorter.collect();
        let town = full.parent().filter(|_| !text.ends_with("000"));
        let known_town = town.is_some_and(|town| !self.rows_of(&town).is_empty());
        if known_town || !self.rows_of(&full).is_empty() {
            found.push(full);
        }
        Ok(found)
    }

    /// Entries whose name holds `part`, best first, closed ones after those that hold, at most `limit`. The kind
    /// of town in `part` (街道, 街道办事处, 镇, 乡) need not be the one in the table.
    pub fn find(&self, part: &str, within: Option<&RegionCode>, limit: usize) -> Vec<Region<'_>> {
        let range = within.map_or(0..self.rows.len(), |code| self.within(code));
        find::best(self, &self.rows[range], part, limit)
    }

    fn rows_of(&self, code: &RegionCode) -> &[Row] {
        let from = self.rows.partition_point(|row| row.code < *code);
        let many = self.rows[from..].partition_point(|row| row.code == *code);
        &self.rows[from..from + many]
    }

    /// The code's own rows and every row below it.
    fn within(&self, code: &RegionCode) -> Range<usize> {
        let from = self.rows.partition_point(|row| row.code < *code);
        let many = self.rows[from..].partition_point(|row| code.contains(&row.code));
        from..from + many
    }

    fn name(&self, row: &Row) -> &str {
        let from = row.name_at as usize;
        &self.names[from..from + usize::from(row.name_len)]
    }

    fn region(&self, row: &Row) -> Region<'_> {
        Region {
            code: row.code,
            name: self.name(row),
            kind: row.kind,
            basis: row.basis,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            successor: row.successor,
        }
    }
}
