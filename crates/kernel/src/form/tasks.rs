//! A list of tasks in a form: what is to be done, by whom, until which day. Bodies and days are coded; the words are not.

use super::{FieldError, Given, body, error, is_blank, limit};
use crate::directory::Directory;
use crate::ids::BodyId;
use crate::mechanism::Field;
use crate::time::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A task as the entry keeps it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Task {
    /// Who does it.
    pub who: BodyId,
    /// Until which day.
    pub by: Date,
}

/// Most tasks where the pack gives no number, and the longest words of one.
const MOST: u32 = 20;
const LONGEST: usize = 200;

/// Rows `{ what, who, by }`; rows without a word are left out.
pub(super) fn read(id: &str, field: &Field, value: &Value, directory: &dyn Directory) -> Result<Given, FieldError> {
    let wrong = || {
        error(
            id,
            "wrong_type",
            "这一项是任务清单：每行写做什么、谁来做、哪天以前",
            "this is a list of tasks: in each row what, who, by which day",
        )
    };
    let rows = value.as_array().ok_or_else(wrong)?;
    let blank = |row: &Value| row.as_object().is_some_and(|o| o.values().all(is_blank));
    let rows: Vec<&Value> = rows.iter().filter(|r| !is_blank(r) && !blank(r)).collect();
    limit(id, rows.len(), field.max.unwrap_or(MOST), "项任务", "tasks")?;
    let (mut tasks, mut words) = (Vec::new(), Vec::new());
    for (row, n) in rows.into_iter().zip(1..) {
        let row = row.as_object().ok_or_else(wrong)?;
        let part = |key: &str| row.get(key).filter(|v| !is_blank(v)).ok_or_else(|| missing(id, n, key));
        let what = part("what")?.as_str().ok_or_else(wrong)?.split_whitespace().collect::<Vec<_>>().join(" ");
        if what.chars().count() > LONGEST {
            let (zh, en) =
                (format!("第 {n} 行最多 {LONGEST} 字"), format!("row {n} may have {LONGEST} characters at most"));
            return Err(error(id, "too_long", zh, en));
        }
        let who = body(id, field, part("who")?, directory)?;
        let by = part("by")?.as_str().and_then(|s| s.trim().parse::<Date>().ok());
        let by = by.ok_or_else(|| missing(id, n, "by"))?;
        tasks.push(Task { who, by });
        words.push(what);
    }
    Ok(Given::Tasks(tasks, words))
}

fn missing(id: &str, n: u32, key: &str) -> FieldError {
    let (zh, en) = match key {
        "what" => ("做什么", "what is to be done"),
        "who" => ("谁来做", "who does it"),
        _ => ("哪天以前做完，如 2026-02-12", "by which day, such as 2026-02-12"),
    };
    error(id, "required", format!("第 {n} 行要写{zh}"), format!("row {n} must say {en}"))
}
