//! Days that a form may only look forward to: a meeting is not called for last week.

use super::{Coded, Filled, Given, error};
use crate::mechanism::Mechanism;
use crate::refusal::Rule;
use crate::time::Date;

/// Whether every day that has to lie ahead is today or later.
///
/// # Errors
/// `Fields`, naming each that lies before.
pub(crate) fn ahead(mechanism: &Mechanism, filled: &Filled, today: Date) -> Result<(), Rule> {
    let gone = filled.iter().filter(|(id, given)| {
        let field = mechanism.field.get(*id);
        field.is_some_and(|f| f.ahead) && matches!(given, Given::Coded(Coded::Date(day)) if *day < today)
    });
    let (zh, en) = (
        format!("这一天已经过去了，请填 {today} 或以后的日子"),
        format!("this day is over; give {today} or a later one"),
    );
    let errors: Vec<_> = gone.map(|(id, _)| error(id, "past", zh.clone(), en.clone())).collect();
    if errors.is_empty() { Ok(()) } else { Err(Rule::Fields(errors)) }
}
