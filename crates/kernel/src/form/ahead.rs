//! Days that a form may only look forward to: a meeting is not called for last week, and nobody is given a task until then.

use super::{Coded, Filled, Given, Task, error};
use crate::mechanism::Mechanism;
use crate::refusal::Rule;
use crate::time::Date;

/// Whether every day that has to lie ahead is today or later: that of a field which asks for it, and of every row of tasks.
///
/// # Errors
/// `Fields`, naming each that lies before.
pub(crate) fn ahead(mechanism: &Mechanism, filled: &Filled, today: Date) -> Result<(), Rule> {
    let gone = |(id, given): (&String, &Given)| match given {
        Given::Coded(Coded::Date(day)) if *day < today && mechanism.field.get(id).is_some_and(|f| f.ahead) => {
            let zh = format!("这一天已经过去了，请填 {today} 或以后的日子");
            Some(error(id, "past", zh, format!("this day is over; give {today} or a later one")))
        }
        Given::Tasks(tasks, _) => {
            let rows = over(tasks, today)?;
            let zh = format!("第 {} 行写的日子已经过去了，请写 {today} 或以后的日子", rows.join("、"));
            let en = format!("the day of row {} is over; give {today} or a later one", rows.join(", "));
            Some(error(id, "past", zh, en))
        }
        _ => None,
    };
    let errors: Vec<_> = filled.iter().filter_map(gone).collect();
    if errors.is_empty() { Ok(()) } else { Err(Rule::Fields(errors)) }
}

/// The numbers of the rows whose day is over; none where there is no such row.
fn over(tasks: &[Task], today: Date) -> Option<Vec<String>> {
    let rows: Vec<_> =
        tasks.iter().zip(1..).filter(|(t, _)| t.by < today).map(|(_, n): (_, u32)| n.to_string()).collect();
    (!rows.is_empty()).then_some(rows)
}
