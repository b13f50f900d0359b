//! Which of two lengths is longer, whatever the day on which they start. Different units are compared by their worst case:
//! what cannot be said to be shorter in every calendar counts as longer.

use kernel::guard::Guard;
use kernel::number::Value;
use kernel::time::{DayEnd, Length, Roll};

/// The least and the most hours that a length may take, over all starts and calendars.
fn hours(length: Length) -> (i64, i64) {
    match length {
        Length::Hours(n) => (i64::from(n), i64::from(n)),
        // The first day is not counted: a start at midnight has nearly one day more.
        Length::Days(n) => (i64::from(n) * 24, i64::from(n) * 24 + 24),
        // Two days of rest in five, a holiday of at most nine days with the make-up days around it, once in each month at most.
        Length::WorkingDays(n) => {
            let n = i64::from(n);
            let rest = 2 * ((n + 4) / 5) + 9 * (1 + n / 22);
            (n * 24, (n + rest + 1) * 24)
        }
    }
}

/// Whether `new` never ends later than `old`.
pub(super) fn no_longer(new: Length, old: Length) -> bool {
    match (new, old) {
        (Length::Hours(a), Length::Hours(b))
        | (Length::Days(a), Length::Days(b))
        | (Length::WorkingDays(a), Length::WorkingDays(b)) => a <= b,
        // A count of working days spans at least as many days.
        (Length::Days(a), Length::WorkingDays(b)) => a <= b,
        _ => hours(new).1 <= hours(old).0,
    }
}

/// The same for values; a value that a region took back is longer than any.
pub(super) fn value_no_longer(new: &Value, old: &Value) -> bool {
    pairs(new, old).is_some_and(|all| all.into_iter().all(|(n, o)| no_longer(n, o)))
}

/// Whether `new` never ends earlier than `old`.
pub(super) fn value_no_shorter(new: &Value, old: &Value) -> bool {
    pairs(new, old).is_some_and(|all| all.into_iter().all(|(n, o)| no_longer(o, n)))
}

/// What has to be compared with what; none where the new value is missing. A base that left it open allows all.
fn pairs(new: &Value, old: &Value) -> Option<Vec<(Length, Length)>> {
    if old.is_missing() {
        return Some(Vec::new());
    }
    if let (Value::By { field: f, lengths: new }, Value::By { field: g, lengths: old }) = (new, old)
        && f == g
    {
        return old.iter().map(|(option, o)| Some((*new.get(option)?, *o))).collect();
    }
    let (new, old) = (all(new), all(old));
    (!new.is_empty()).then(|| new.iter().flat_map(|n| old.iter().map(|o| (*n, *o))).collect())
}

fn all(value: &Value) -> Vec<Length> {
    match value {
        Value::Fixed(l) | Value::Until { max: l, .. } => vec![*l],
        Value::Local | Value::Count(_) => Vec::new(),
        Value::By { lengths, .. } => lengths.values().copied().collect(),
    }
}

/// Whether a roll and an end of day never end later than others.
pub(super) fn end_no_later(new: (Roll, DayEnd), old: (Roll, DayEnd)) -> bool {
    let minutes = |end| match end {
        DayEnd::Midnight => 24 * 60,
        DayEnd::Closing { hour, minute } => i32::from(hour) * 60 + i32::from(minute),
    };
    (new.0 == Roll::None || old.0 == Roll::NextWorkingDay) && minutes(new.1) <= minutes(old.1)
}

/// Whether a condition is no narrower: it is the same, or there is none.
pub(super) fn no_narrower(new: Option<&Guard>, old: Option<&Guard>) -> bool {
    new.is_none() || new == old
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(new: &str, old: &str) -> bool {
        no_longer(new.parse().expect("a length"), old.parse().expect("a length"))
    }

    #[test]
    fn units_compare_by_their_worst_case() {
        assert!(is("5d", "5wd") && is("24h", "1d") && is("3wd", "3wd") && is("15wd", "60d"));
        assert!(!is("5wd", "5d") && !is("1d", "24h") && !is("5wd", "14d") && !is("61d", "60d") && !is("25h", "1d"));
    }
}
