//! Lists of tasks in forms: rows of what, who and by which day, as they are drawn, sent, carried from page to page as one
//! value, and told in words. What a list may hold is the kernel's.

use crate::components::field::{Input, Opt};
use crate::i18n::{Lang, t, tf};
use crate::posted::Posted;
use serde_json::{Value, json};

/// How many rows a list has on a page.
const ROWS: usize = 5;
/// The parts of a row.
const PARTS: [&str; 3] = ["what", "who", "by"];

/// The rows that say anything.
#[must_use]
pub fn posted(sent: &Posted, name: &str) -> Vec<[String; 3]> {
    let row = |n: usize| PARTS.map(|key| sent.get(&format!("{name}.{n}.{key}")).trim().to_owned());
    (0..ROWS).map(row).filter(|r| r.iter().any(|v| !v.is_empty())).collect()
}

/// Whether a form sent rows of this name, filled in or not.
#[must_use]
pub fn asked(sent: &Posted, name: &str) -> bool {
    sent.names(name).any(|rest| rest == ".0.what")
}

/// As a form carries them.
#[must_use]
pub fn carried(rows: &[[String; 3]]) -> Vec<String> {
    if rows.is_empty() { Vec::new() } else { vec![value(rows).to_string()] }
}

/// As it came back; what is no list of rows is none.
#[must_use]
pub fn read(carried: &str) -> Vec<[String; 3]> {
    let rows: Vec<Value> = serde_json::from_str(carried).unwrap_or_default();
    let part = |row: &Value, key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    rows.iter().take(ROWS).map(|row| PARTS.map(|key| part(row, key))).collect()
}

/// As the use cases take them.
#[must_use]
pub fn value(rows: &[[String; 3]]) -> Value {
    rows.iter().map(|[what, who, by]| json!({ "what": what, "who": who, "by": by })).collect()
}

/// The control: what was typed, and empty rows after it.
#[must_use]
pub fn input(rows: Vec<[String; 3]>, options: Vec<Opt>) -> Input {
    let rows = rows.into_iter().chain(std::iter::repeat_n(Default::default(), ROWS)).take(ROWS).collect();
    Input::Tasks { rows, options }
}

/// The rows for reading once more; `name` says who a body is.
#[must_use]
pub fn in_words(lang: Lang, rows: &[[String; 3]], name: impl Fn(&str) -> String) -> String {
    let row =
        |[what, who, by]: &[String; 3]| tf(lang, "field.task.row", &[("what", what), ("who", &name(who)), ("by", by)]);
    rows.iter().map(row).collect::<Vec<_>>().join(t(lang, "field.task.joint"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_travel_as_one_value_and_come_back() {
        let mut sent = Posted::default();
        for (name, value) in [
            ("v-x.0.what", "修灯"),
            ("v-x.0.who", "7"),
            ("v-x.0.by", "2026-04-01"),
            ("v-x.1.what", " "),
            ("v-x.1.who", ""),
            ("v-x.2.what", "修灯"),
            ("v-x.2.by", "2026-04-01"),
        ] {
            sent.push(name.into(), value);
        }
        assert!(asked(&sent, "v-x") && !asked(&sent, "v-y"));
        let rows = posted(&sent, "v-x");
        assert_eq!(rows.len(), 2, "blank rows are left out, a row that lacks something is not");
        assert_eq!(rows[1], ["修灯", "", "2026-04-01"].map(str::to_owned));
        assert_eq!(read(&carried(&rows)[0]), rows);
        assert!(carried(&[]).is_empty() && read("{").is_empty() && read("[1]")[0][0].is_empty());
        let told = in_words(Lang::Zh, &rows[..1], |id| format!("单位{id}"));
        assert_eq!(told, "修灯（单位7，2026-04-01 前）");
    }
}
