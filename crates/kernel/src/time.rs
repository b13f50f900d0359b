//! Instants, civil dates and the small vocabulary of deadlines: how long, whether the end rolls, when a day ends.
//!
//! Everything lives at one fixed offset, +08:00, without daylight saving. This module reads no clock and knows no
//! holidays: what a working day is belongs to [`crate::calendar`].

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use thiserror::Error;

/// A civil day in the fixed zone.
pub type Date = jiff::civil::Date;

pub(crate) const MILLIS_PER_HOUR: i64 = 3_600_000;
pub(crate) const MILLIS_PER_DAY: i64 = 86_400_000;
const ZONE: jiff::tz::Offset = jiff::tz::offset(8);
const ZONE_MILLIS: i64 = 8 * MILLIS_PER_HOUR;
/// The first and the last day that this module represents (-9998-01-01 and 9999-12-29); farther ones saturate.
pub(crate) const MIN_DAY: i32 = -4_371_222;
pub(crate) const MAX_DAY: i32 = 2_932_894;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The civil day at +08:00. Saturates far outside the years that people use (-9998 to 9999).
    pub fn date(self) -> Date {
        date_of(self.day_number())
    }

    /// Hour (0-23) and minute (0-59) at +08:00.
    pub fn hour_minute(self) -> (i8, i8) {
        let minutes = self.millis_of_day() / 60_000;
        // In range by construction: 0..1440 minutes.
        ((minutes / 60) as i8, (minutes % 60) as i8)
    }

    /// The instant of `hour`:`minute` on `date` at +08:00. Values beyond 23:59 run on into the next day.
    pub fn at(date: Date, hour: i8, minute: i8) -> Timestamp {
        Self::on_day(day_number(date), hour, minute)
    }

    /// `hours` later (earlier when negative); saturating.
    pub fn plus_hours(self, hours: i64) -> Self {
        self.plus_millis(hours.saturating_mul(MILLIS_PER_HOUR))
    }

    /// `days` times 24 hours later, which keeps the time of day because the zone has no daylight saving; saturating.
    pub fn plus_days(self, days: i64) -> Self {
        self.plus_millis(days.saturating_mul(MILLIS_PER_DAY))
    }

    /// `millis` later (earlier when negative); saturating.
    pub fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    pub(crate) fn on_day(day: i32, hour: i8, minute: i8) -> Self {
        let minutes = i64::from(hour) * 60 + i64::from(minute);
        Self(i64::from(day) * MILLIS_PER_DAY + minutes * 60_000 - ZONE_MILLIS)
    }

    /// Days since 1970-01-01 in the zone.
    pub(crate) fn day_number(self) -> i32 {
        let day = self.0.saturating_add(ZONE_MILLIS).div_euclid(MILLIS_PER_DAY);
        // In range of i32 after the clamp.
        day.clamp(i64::from(MIN_DAY), i64::from(MAX_DAY)) as i32
    }

    fn millis_of_day(self) -> i64 {
        self.0.saturating_add(ZONE_MILLIS).rem_euclid(MILLIS_PER_DAY)
    }
}

/// Days from 1970-01-01 to `date`.
pub(crate) fn day_number(date: Date) -> i32 {
    let midnight = jiff::tz::Offset::UTC.to_timestamp(date.to_datetime(jiff::civil::Time::midnight()));
    let second = midnight.map_or(if date.year() < 0 { i64::MIN } else { i64::MAX }, jiff::Timestamp::as_second);
    second.div_euclid(86_400).clamp(i64::from(MIN_DAY), i64::from(MAX_DAY)) as i32
}

/// The civil day `day` days after 1970-01-01.
pub(crate) fn date_of(day: i32) -> Date {
    let day = day.clamp(MIN_DAY, MAX_DAY);
    let midnight = jiff::Timestamp::from_second(i64::from(day) * 86_400);
    let midnight = midnight.expect("invariant: MIN_DAY..=MAX_DAY is inside jiff's range");
    jiff::tz::Offset::UTC.to_datetime(midnight).date()
}

/// RFC 3339 at +08:00, whole seconds (the fraction is cut, so an end of day reads 23:59:59).
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let second = self.millis_of_day() / 1000;
        let (hour, minute) = self.hour_minute();
        write!(f, "{}T{hour:02}:{minute:02}:{:02}+08:00", self.date(), second % 60)
    }
}

/// Why a text is not a time, a length, a roll or an end of day.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TimeError {
    /// Neither RFC 3339 nor a local date or date-time.
    #[error("`{0}` is not a time: write 2026-02-12, 2026-02-12T10:00 or 2026-02-12T10:00:00+08:00")]
    Timestamp(String),
    /// Not a number followed by h, d or wd.
    #[error("`{0}` is not a length: write 2h (hours), 15d (days) or 5wd (working days)")]
    Length(String),
    /// Neither none nor next_working_day.
    #[error("`{0}` is not a roll: write none or next_working_day")]
    Roll(String),
    /// Not HH:MM between 00:00 and 24:00.
    #[error("`{0}` is not an end of day: write 24:00 or a closing hour such as 17:30")]
    DayEnd(String),
}

/// RFC 3339 with any offset; without an offset the text is local (+08:00), and a bare date is its midnight.
impl FromStr for Timestamp {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let text = text.trim();
        if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            return Ok(Self(instant.as_millisecond()));
        }
        let local = text.parse::<jiff::civil::DateTime>().ok();
        let instant = local.and_then(|local| ZONE.to_timestamp(local).ok());
        instant.map(|instant| Self(instant.as_millisecond())).ok_or_else(|| TimeError::Timestamp(text.to_owned()))
    }
}

/// How long a clock runs. Working days only where the text of the rule says so.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Length {
    /// Hours, from the instant itself (CC 201).
    Hours(u32),
    /// Calendar days, the first one not counted (CC 201).
    Days(u32),
    /// Working days of the calendar, the first day not counted.
    WorkingDays(u32),
}

impl Length {
    /// For people, in Chinese: `5 个工作日`, `15 日`, `2 小时`.
    pub fn zh(self) -> String {
        match self {
            Self::Hours(n) => format!("{n} 小时"),
            Self::Days(n) => format!("{n} 日"),
            Self::WorkingDays(n) => format!("{n} 个工作日"),
        }
    }

    /// For people, in English: `5 working days`, `1 day`, `2 hours`.
    pub fn en(self) -> String {
        let (n, unit) = match self {
            Self::Hours(n) => (n, "hour"),
            Self::Days(n) => (n, "day"),
            Self::WorkingDays(n) => (n, "working day"),
        };
        format!("{n} {unit}{}", if n == 1 { "" } else { "s" })
    }

    /// How long something is kept, in Chinese: whole years are said as years, `3 年`.
    pub fn kept_zh(self) -> String {
        self.years().map_or_else(|| self.zh(), |n| format!("{n} 年"))
    }

    /// The same in English: `3 years`.
    pub fn kept_en(self) -> String {
        self.years().map_or_else(|| self.en(), |n| format!("{n} year{}", if n == 1 { "" } else { "s" }))
    }

    /// Whole years of 365 days, if it is that.
    fn years(self) -> Option<u32> {
        match self {
            Self::Days(n) if n > 0 && n.is_multiple_of(365) => Some(n / 365),
            _ => None,
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hours(n) => write!(f, "{n}h"),
            Self::Days(n) => write!(f, "{n}d"),
            Self::WorkingDays(n) => write!(f, "{n}wd"),
        }
    }
}

impl FromStr for Length {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        let wrong = || TimeError::Length(text.to_owned());
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (number, unit) = text.split_at(digits);
        let n = number.parse().map_err(|_| wrong())?;
        match unit {
            "h" => Ok(Self::Hours(n)),
            "d" => Ok(Self::Days(n)),
            "wd" => Ok(Self::WorkingDays(n)),
            _ => Err(wrong()),
        }
    }
}

/// What happens when the last day of a clock is a rest day.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Roll {
    /// The bare count stands.
    #[default]
    None,
    /// The end moves to the next working day (CC 203).
    NextWorkingDay,
}

impl fmt::Display for Roll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::NextWorkingDay => "next_working_day",
        })
    }
}

impl FromStr for Roll {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        match text {
            "none" => Ok(Self::None),
            "next_working_day" => Ok(Self::NextWorkingDay),
            _ => Err(TimeError::Roll(text.to_owned())),
        }
    }
}

/// When the last day of a clock ends (CC 203).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum DayEnd {
    /// 24:00, kept as the last millisecond of the day, so that the date of the deadline is the day itself.
    #[default]
    Midnight,
    /// The closing hour of the body, to the minute.
    Closing {
        /// 0-23.
        hour: i8,
        /// 0-59.
        minute: i8,
    },
}

impl DayEnd {
    /// The last instant of `day` (days since 1970-01-01).
    pub(crate) fn of(self, day: i32) -> Timestamp {
        match self {
            Self::Midnight => Timestamp::on_day(day, 24, 0).plus_millis(-1),
            Self::Closing { hour, minute } => Timestamp::on_day(day, hour, minute),
        }
    }
}

impl fmt::Display for DayEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Midnight => f.write_str("24:00"),
            Self::Closing { hour, minute } => write!(f, "{hour:02}:{minute:02}"),
        }
    }
}

impl FromStr for DayEnd {
    type Err = TimeError;

    fn from_str(text: &str) -> Result<Self, TimeError> {
        if text == "24:00" {
            return Ok(Self::Midnight);
        }
        let wrong = || TimeError::DayEnd(text.to_owned());
        let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        let part = |part: &str, limit: i8| match part.parse::<i8>() {
            Ok(n) if digits(part) && (0..limit).contains(&n) => Ok(n),
            _ => Err(wrong()),
        };
        let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
        Ok(Self::Closing { hour: part(hour, 24)?, minute: part(minute, 60)? })
    }
}

macro_rules! serde_as_string {
    ($($name:ty),+) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

serde_as_string!(Length, DayEnd);

#[cfg(test)]
#[path = "time/tests.rs"]
mod tests;
