//! Calendar files: published notices and statutory days as TOML, and the one that is built in.
//!
//! This module only reads the file; what a working day means is the kernel's business.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use kernel::calendar::{Calendar, CalendarError, Exception, Statutory, YearNotice};
use kernel::time::Date;
use serde::Deserialize;
use thiserror::Error;

const EMBEDDED: &str = include_str!("../../../packs/calendars/cn.toml");

/// Why a calendar file cannot be used.
#[derive(Debug, Error)]
pub enum CalendarFileError {
    /// Not TOML, an unknown key, or a value of the wrong kind; the message names line and column.
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
    /// A row whose `to` is before its `from`, or longer than any holiday.
    #[error("the row from {from} to {to} runs backwards or is longer than 31 days")]
    Row {
        /// First day of the row.
        from: Date,
        /// Last day of the row.
        to: Date,
    },
    /// A TOML value that is not a plain date.
    #[error("`{0}` is not a date: write 2026-10-01")]
    Date(String),
    /// The rows contradict each other.
    #[error(transparent)]
    Calendar(#[from] CalendarError),
    /// A file that is laid over another and is of another region, or says nothing.
    #[error(
        "a file laid over the calendar of `{ours}` must be of `{ours}` and hold a notice; this one is of `{theirs}`"
    )]
    Layer {
        /// The region of the calendar.
        ours: String,
        /// The region of the file.
        theirs: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    region: String,
    #[serde(default)]
    statutory: StatutoryRows,
    #[serde(default)]
    english: BTreeMap<String, String>,
    #[serde(default)]
    notice: Vec<Notice>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct StatutoryRows {
    weekend_source: String,
    holiday_source: String,
    #[serde(default)]
    dated: Vec<Row>,
    #[serde(default)]
    fixed: Vec<Fixed>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fixed {
    month: i8,
    day: i8,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Notice {
    year: i16,
    title: String,
    number: Option<String>,
    date: Option<toml::value::Datetime>,
    #[serde(default)]
    rest: Vec<Row>,
    #[serde(default)]
    work: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    from: toml::value::Datetime,
    to: toml::value::Datetime,
    name: String,
}

impl Row {
    fn days(&self) -> Result<Vec<(Date, String)>, CalendarFileError> {
        let (from, to) = (date(&self.from)?, date(&self.to)?);
        let mut days = Vec::new();
        let mut day = from;
        while day <= to && days.len() <= 31 {
            days.push(day);
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        if days.is_empty() || days.len() > 31 {
            return Err(CalendarFileError::Row { from, to });
        }
        Ok(days.into_iter().map(|day| (day, self.name.clone())).collect())
    }
}

impl Notice {
    /// The title with number and date, as one would cite it.
    fn source(&self) -> String {
        let details: Vec<String> =
            self.number.iter().cloned().chain(self.date.iter().map(ToString::to_string)).collect();
        if details.is_empty() { self.title.clone() } else { format!("{}（{}）", self.title, details.join("，")) }
    }

    fn into_year(self) -> Result<YearNotice, CalendarFileError> {
        let mut exceptions = Vec::new();
        for row in &self.rest {
            exceptions.extend(row.days()?.into_iter().map(|(day, name)| (day, Exception::Rest { name })));
        }
        for row in &self.work {
            exceptions.extend(row.days()?.into_iter().map(|(day, name)| (day, Exception::Work { name })));
        }
        Ok(YearNotice { year: self.year, source: self.source(), exceptions })
    }
}

/// The calendar that a file describes.
///
/// # Errors
/// When the text is not a calendar file or its rows contradict each other.
pub fn parse(text: &str) -> Result<Calendar, CalendarFileError> {
    build(toml::from_str(text)?)
}

/// The built-in calendar with the notices of further files laid over it, in their order: a notice with the same year and
/// citation takes the place of the earlier one, another one of the same year wins day by day. Statutory days stay built in.
///
/// # Errors
/// When a text is not a calendar file of the same region, holds no notice, or its rows contradict each other.
pub fn layered<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Calendar, CalendarFileError> {
    let mut base: File = toml::from_str(EMBEDDED)?;
    for text in texts {
        let over: File = toml::from_str(text)?;
        if over.region != base.region || over.notice.is_empty() {
            return Err(CalendarFileError::Layer { ours: base.region, theirs: over.region });
        }
        for notice in over.notice {
            let same = |n: &Notice| n.year == notice.year && n.source() == notice.source();
            base.notice.retain(|n| !same(n));
            base.notice.push(notice);
        }
        base.english.extend(over.english);
    }
    build(base)
}

fn build(file: File) -> Result<Calendar, CalendarFileError> {
    let mut dated = Vec::new();
    for row in &file.statutory.dated {
        dated.extend(row.days()?);
    }
    let statutory = Statutory {
        weekend_source: file.statutory.weekend_source,
        holiday_source: file.statutory.holiday_source,
        dated,
        fixed: file.statutory.fixed.into_iter().map(|row| (row.month, row.day, row.name)).collect(),
        english: file.english,
    };
    let notices = file.notice.into_iter().map(Notice::into_year).collect::<Result<_, _>>()?;
    Ok(Calendar::with_statutory(&file.region, notices, statutory)?)
}

/// The built-in national calendar, read once.
pub fn embedded() -> &'static Calendar {
    static CALENDAR: OnceLock<Calendar> = OnceLock::new();
    CALENDAR.get_or_init(|| parse(EMBEDDED).expect("invariant: the tests read the built-in calendar"))
}

fn date(value: &toml::value::Datetime) -> Result<Date, CalendarFileError> {
    let wrong = || CalendarFileError::Date(value.to_string());
    if value.time.is_some() {
        return Err(wrong());
    }
    value.to_string().parse().map_err(|_| wrong())
}

#[cfg(test)]
#[path = "calendar/tests.rs"]
mod tests;
