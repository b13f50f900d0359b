//! Numbers that the system counted, with the days that it counted over.

use super::{Counted, SaidField};
use kernel::form::Coded;
use kernel::text::Text;
use std::collections::BTreeMap;

/// Says of a number that the system counted it, and over which days.
pub(super) fn days(mut field: SaidField, facts: &BTreeMap<String, Coded>) -> SaidField {
    let Some(days) = kernel::tally::counted_over(facts, &field.field) else { return field };
    if let Some(Coded::Number(n)) = facts.get(&field.field) {
        field.counted = Some(Counted { n: *n, from: days.from, to: days.to });
    }
    field.value = Text::new(
        format!("{}（系统数的：{}至{}）", field.value.zh, crate::words::date(days.from), crate::words::date(days.to)),
        format!(
            "{} (counted by the system: {} to {})",
            field.value.en,
            crate::words::date_en(days.from),
            crate::words::date_en(days.to)
        ),
    );
    field
}
