//! The working calendar of a region: which days are worked, and deadlines with their derivation.
//!
//! A calendar is a Monday-Friday base with dated exceptions taken from published notices. A year without a notice is
//! computed from the statutory days and everything that depends on it is marked provisional, never passed off as
//! certain. The calendar reads no clock and no file, and holds no holiday of its own: all days come in as data.

mod digest;
mod due;
mod explain;
mod step;
mod table;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::time::{Date, day_number};

pub use crate::text::Lang;
pub use due::{Due, DueDates};
pub use explain::explain;
pub use step::{CC_201, CC_203, RestReason, Step};
use table::Table;

/// One dated notice about one year. Several notices for a year are possible; a later one wins day by day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YearNotice {
    /// The year that the notice arranges.
    pub year: i16,
    /// The notice as one would cite it: body, title, date.
    pub source: String,
    /// The days that differ from Monday-Friday (naming an ordinary rest day again does no harm).
    pub exceptions: Vec<(Date, Exception)>,
}

/// How a day differs from the Monday-Friday base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Exception {
    /// A day off, with the holiday it belongs to.
    Rest {
        /// The holiday, in Chinese.
        name: String,
    },
    /// A weekend day that is worked in exchange (调休), with the holiday it belongs to.
    Work {
        /// The holiday, in Chinese.
        name: String,
    },
}

/// What holds where no notice does: the weekly rest and the statutory days.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statutory {
    /// The rule of the weekly rest days.
    pub weekend_source: String,
    /// The rule of the statutory holidays.
    pub holiday_source: String,
    /// Statutory days of single years (lunar ones, and the fixed ones of the same years).
    pub dated: Vec<(Date, String)>,
    /// Month, day and name of the holidays that fall on the same date every year: used beyond the dated years.
    pub fixed: Vec<(i8, i8, String)>,
    /// English names of holidays by their Chinese names, for explanations in English.
    pub english: BTreeMap<String, String>,
}

/// Why a calendar cannot be built.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CalendarError {
    /// A notice names a day that is neither in its year nor in the December before or the January after.
    #[error("the notice for {year} arranges {date}, which is not in that year")]
    OutsideYear {
        /// The year of the notice.
        year: i16,
        /// The stray day.
        date: Date,
    },
    /// One notice says two different things about one day.
    #[error("the notice for {year} names {date} twice")]
    Twice {
        /// The year of the notice.
        year: i16,
        /// The day named twice.
        date: Date,
    },
    /// Years outside 1949-2200 are mistakes of typing.
    #[error("{0} is not a year for a working calendar (1949 to 2200)")]
    Year(i16),
    /// A fixed holiday on a day that no year has.
    #[error("{0:02}-{1:02} is not a day of the year")]
    Fixed(i8, i8),
}

/// What a day is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// The day.
    pub date: Date,
    /// Whether offices work.
    pub working: bool,
    /// Why.
    pub reason: DayReason,
    /// No notice for the year is loaded: the answer may change.
    pub provisional: bool,
    /// The notice or the rule that says so.
    pub source: Arc<str>,
}

/// Why a day is worked or not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum DayReason {
    /// Monday to Friday.
    Weekday,
    /// Saturday or Sunday.
    Weekend,
    /// A day off by notice.
    Holiday {
        /// The holiday, in Chinese.
        name: Arc<str>,
    },
    /// A weekend day worked in exchange, by notice.
    MakeUp {
        /// The holiday, in Chinese.
        name: Arc<str>,
    },
    /// A statutory day in a year without notice.
    Statutory {
        /// The holiday, in Chinese.
        name: Arc<str>,
    },
}

/// The working calendar of one region. Cheap to clone; immutable.
#[derive(Clone, Debug)]
pub struct Calendar(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    region: Box<str>,
    table: Table,
    /// Exceptions and statutory days by day number.
    special: BTreeMap<i32, Special>,
    editions: BTreeMap<i16, Arc<str>>,
    weekend_source: Arc<str>,
    holiday_source: Arc<str>,
    english: BTreeMap<String, String>,
}

#[derive(Clone, Debug)]
struct Special {
    reason: DayReason,
    source: Arc<str>,
}

/// Years computed beyond the last known one; farther years are plain Monday-Friday and provisional as well.
const HORIZON: i16 = 60;

impl Calendar {
    /// A calendar from notices alone. A year without notice is Monday-Friday and provisional; prefer
    /// [`Calendar::with_statutory`], which also knows the statutory days of such years.
    ///
    /// # Errors
    /// When a notice contradicts itself or strays outside its year.
    pub fn new(region: &str, notices: Vec<YearNotice>) -> Result<Calendar, CalendarError> {
        Self::with_statutory(region, notices, Statutory::default())
    }

    /// A calendar from notices, with the rules that hold in years without notice.
    ///
    /// # Errors
    /// When a notice contradicts itself or strays outside its year, or a fixed holiday is no day of the year.
    pub fn with_statutory(
        region: &str,
        notices: Vec<YearNotice>,
        statutory: Statutory,
    ) -> Result<Calendar, CalendarError> {
        let holiday_source: Arc<str> = statutory.holiday_source.into();
        let mut editions: BTreeMap<i16, Arc<str>> = BTreeMap::new();
        for notice in &notices {
            check_year(notice.year)?;
            let joined = match editions.get(&notice.year) {
                Some(earlier) => format!("{earlier}；{}", notice.source),
                None => notice.source.clone(),
            };
            editions.insert(notice.year, joined.into());
        }
        let mut special = BTreeMap::new();
        let dated = statutory.dated;
        let first = editions.keys().next().copied().into_iter().chain(dated.iter().map(|(d, _)| d.year())).min();
        let last = editions.keys().last().copied().into_iter().chain(dated.iter().map(|(d, _)| d.year())).max();
        let (first, last) = (first.unwrap_or(2000), last.unwrap_or(2000) + HORIZON);
        let with_rows: Vec<i16> = dated.iter().map(|(date, _)| date.year()).collect();
        let unpublished = |year: &i16| !editions.contains_key(year);
        for year in (first..=last).filter(unpublished).filter(|year| !with_rows.contains(year)) {
            for (month, day, name) in &statutory.fixed {
                let date = Date::new(year, *month, *day).map_err(|_| CalendarError::Fixed(*month, *day))?;
                special.insert(day_number(date), statutory_day(name, &holiday_source));
            }
        }
        for (date, name) in dated.iter().filter(|(date, _)| unpublished(&date.year())) {
            check_year(date.year())?;
            special.insert(day_number(*date), statutory_day(name, &holiday_source));
        }
        for notice in notices {
            add_notice(&mut special, notice)?;
        }
        let published: Vec<i16> = editions.keys().copied().collect();
        let table =
            Table::new(first, last, &published, |day| special.get(&day).map(|special| special.reason.working()));
        let weekend_source = statutory.weekend_source.into();
        let english = statutory.english;
        let region = region.into();
        Ok(Self(Arc::new(Inner { region, table, special, editions, weekend_source, holiday_source, english })))
    }

    /// The region whose calendar this is, as given.
    pub fn region(&self) -> &str {
        &self.0.region
    }

    /// What kind of day `d` is and who says so.
    pub fn day(&self, d: Date) -> Day {
        let number = day_number(d);
        let edition = self.0.editions.get(&d.year());
        let working = self.0.table.working(number);
        let provisional = edition.is_none();
        if let Some(Special { reason, source }) = self.0.special.get(&number) {
            return Day { date: d, working, reason: reason.clone(), provisional, source: source.clone() };
        }
        let (reason, source) = if working {
            (DayReason::Weekday, edition.unwrap_or(&self.0.holiday_source))
        } else {
            (DayReason::Weekend, &self.0.weekend_source)
        };
        Day { date: d, working, reason, provisional, source: source.clone() }
    }

    /// Working days in (a, b]; negative when b is before a. Constant time.
    pub fn working_days_between(&self, a: Date, b: Date) -> i32 {
        self.0.table.index_after(day_number(b)) - self.0.table.index_after(day_number(a))
    }

    /// The notice or notices that arrange `year`, for the record; `None` when the year is provisional.
    pub fn edition(&self, year: i16) -> Option<&str> {
        self.0.editions.get(&year).map(AsRef::as_ref)
    }

    /// Whether a notice for `year` is loaded.
    pub fn published(&self, year: i16) -> bool {
        self.0.editions.contains_key(&year)
    }

    /// The first to the last published year; empty (1..=0) when there is none.
    pub fn years(&self) -> RangeInclusive<i16> {
        match (self.0.editions.keys().next(), self.0.editions.keys().last()) {
            (Some(first), Some(last)) => *first..=*last,
            _ => RangeInclusive::new(1, 0),
        }
    }

    fn english<'a>(&'a self, name: &'a str) -> &'a str {
        self.0.english.get(name).map_or(name, String::as_str)
    }
}

impl DayReason {
    /// Whether a day of this kind is worked.
    pub fn working(&self) -> bool {
        matches!(self, Self::Weekday | Self::MakeUp { .. })
    }

    /// The holiday that the day belongs to, in Chinese.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Weekday | Self::Weekend => None,
            Self::Holiday { name } | Self::MakeUp { name } | Self::Statutory { name } => Some(name),
        }
    }
}

fn check_year(year: i16) -> Result<(), CalendarError> {
    if (1949..=2200).contains(&year) { Ok(()) } else { Err(CalendarError::Year(year)) }
}

fn statutory_day(name: &str, source: &Arc<str>) -> Special {
    Special { reason: DayReason::Statutory { name: name.into() }, source: source.clone() }
}

fn add_notice(special: &mut BTreeMap<i32, Special>, notice: YearNotice) -> Result<(), CalendarError> {
    let year = notice.year;
    let source: Arc<str> = notice.source.into();
    let mut seen = std::collections::BTreeSet::new();
    for (date, exception) in notice.exceptions {
        // A New Year arrangement reaches into the neighbouring December or January.
        let neighbour =
            (date.year() == year - 1 && date.month() == 12) || (date.year() == year + 1 && date.month() == 1);
        if date.year() != year && !neighbour {
            return Err(CalendarError::OutsideYear { year, date });
        }
        if !seen.insert(date) {
            return Err(CalendarError::Twice { year, date });
        }
        let reason = match exception {
            Exception::Rest { name } => DayReason::Holiday { name: name.into() },
            Exception::Work { name } => DayReason::MakeUp { name: name.into() },
        };
        special.insert(day_number(date), Special { reason, source: source.clone() });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
