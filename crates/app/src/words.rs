//! Dates of official letters, in Chinese as they are written.

use kernel::time::Date;

/// 2026年12月6日
#[must_use]
pub fn date(d: Date) -> String {
    format!("{}年{}月{}日", d.year(), d.month(), d.day())
}
