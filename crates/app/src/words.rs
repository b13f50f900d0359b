//! Dates of official letters, in Chinese as they are written.

use kernel::time::Date;

/// 2026年12月6日
#[must_use]
pub fn date(d: Date) -> String {
    format!("{}年{}月{}日", d.year(), d.month(), d.day())
}

/// 6 December 2026
#[must_use]
pub fn date_en(d: Date) -> String {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let month = usize::try_from(d.month() - 1).ok().and_then(|n| MONTHS.get(n)).copied().unwrap_or_default();
    format!("{} {month} {}", d.day(), d.year())
}
