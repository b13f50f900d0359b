//! Days that a form may only look forward to, and days that it can only look back on: a meeting is not called for last week,
//! nobody is given a task until then, and no minutes are written of what has yet to take place.

use super::{Coded, Filled, Given, Task, error};
use crate::calendar::Calendar;
use crate::clocks::{dates, length};
use crate::mechanism::Mechanism;
use crate::refusal::Rule;
use crate::time::{Date, Timestamp};
use std::collections::BTreeMap;

/// The days between which a form is filled in.
pub(crate) struct Days<'a> {
    /// When it happened.
    pub then: Timestamp,
    /// When it is written down.
    pub now: Timestamp,
    /// The calendar.
    pub calendar: &'a Calendar,
    /// What the file knows; lengths may differ by it.
    pub facts: &'a BTreeMap<String, Coded>,
}

/// Whether every day that has to lie ahead does, that of a field which asks for it and of every row of tasks; that a day with a
/// minimum time lies after it; and every day that has to be over is over.
///
/// # Errors
/// `Fields`, naming each that lies on the wrong side; `NotOffered` where a minimum time has no value.
pub(crate) fn in_time(mechanism: &Mechanism, filled: &Filled, days: &Days<'_>) -> Result<(), Rule> {
    let (then, today) = (days.then.date(), days.now.date());
    let mut early = Vec::new();
    for (id, given) in filled {
        let after = mechanism.field.get(id).and_then(|f| f.after.as_ref()).and_then(|c| mechanism.clock.get(c));
        if let (Given::Coded(Coded::Date(day)), Some(clock)) = (given, after) {
            let length = length(mechanism, &clock.length, days.facts)?;
            let last = dates(days.calendar, days.then, length, clock.roll, clock.ends).due.date();
            if *day <= last {
                let zh = format!("太早了：{}到 {last} 才满，请填以后的日子", clock.label.zh);
                let en = format!("too early: {} ends on {last}; give a later day", clock.label.en);
                early.push(error(id, "early", zh, en));
            }
        }
    }
    let wrong = |(id, given): (&String, &Given)| match given {
        Given::Coded(Coded::Date(day)) if *day > today && mechanism.field.get(id).is_some_and(|f| f.past) => {
            let zh = format!("这一天还没有到，请填 {today} 或以前的日子");
            Some(error(id, "future", zh, format!("this day is yet to come; give {today} or an earlier one")))
        }
        Given::Coded(Coded::Date(day)) if *day < then && mechanism.field.get(id).is_some_and(|f| f.ahead) => {
            let zh = format!("这一天已经过去了，请填 {then} 或以后的日子");
            Some(error(id, "past", zh, format!("this day is over; give {then} or a later one")))
        }
        Given::Tasks(tasks, _) => {
            let rows = over(tasks, then)?;
            let zh = format!("第 {} 行写的日子已经过去了，请写 {then} 或以后的日子", rows.join("、"));
            let en = format!("the day of row {} is over; give {then} or a later one", rows.join(", "));
            Some(error(id, "past", zh, en))
        }
        _ => None,
    };
    let errors: Vec<_> = filled.iter().filter_map(wrong).chain(early).collect();
    if errors.is_empty() { Ok(()) } else { Err(Rule::Fields(errors)) }
}

/// The numbers of the rows whose day is over; none where there is no such row.
fn over(tasks: &[Task], today: Date) -> Option<Vec<String>> {
    let rows: Vec<_> =
        tasks.iter().zip(1..).filter(|(t, _)| t.by < today).map(|(_, n): (_, u32)| n.to_string()).collect();
    (!rows.is_empty()).then_some(rows)
}
