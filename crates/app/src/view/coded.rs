//! A coded value in words: names of options, bodies and rows of lists, never their codes. Who may see it is asked elsewhere.

use super::body_name;
use crate::directory::Snapshot;
use crate::resting::{SAID, SAID_EN};
use kernel::form::{Coded, Task};
use kernel::mechanism::{Field, FieldKind, RULES};
use kernel::text::Text;

/// A value of a field in words. `named` is what a row of a list was called when it was chosen; without it, what it is called
/// today.
pub(crate) fn in_words(directory: &Snapshot, field: Option<&Field>, value: &Coded, named: Option<&str>) -> Text {
    if let Some(text) = clause(directory, field, &value.as_code()) {
        return text;
    }
    match value {
        // A list's code says nothing by itself; one that is only a word for the machine says nothing beside the name either.
        Coded::Code(code) if field.is_some_and(|f| f.kind == FieldKind::Row) => {
            let today = || Some(directory.set_row(field?.set.as_deref()?, code)?.name.clone());
            let row = |name: String| {
                if code.contains(|c: char| c.is_ascii_digit()) { format!("{code} {name}") } else { name }
            };
            let text = named.map(str::to_owned).or_else(today).map_or_else(|| code.clone(), row);
            Text::new(text.clone(), text)
        }
        Coded::Code(code) => field.and_then(|f| f.of.iter().find(|c| c.id == *code)).map_or_else(
            || match code.as_str() {
                "yes" => Text::new("是", "yes"),
                "no" => Text::new("否", "no"),
                other => Text::new(other, other),
            },
            |c| Text::new(&c.zh, &c.en),
        ),
        Coded::Number(n) => Text::new(n.to_string(), n.to_string()),
        Coded::Date(d) => Text::new(crate::words::date(*d), crate::words::date_en(*d)),
        Coded::Body(b) => body_name(directory, *b).name,
        Coded::Tasks(tasks) => {
            let row = |t: &Task| {
                let (who, by) = who_by(directory, t);
                (format!("{}（{}前）", who.zh, by.zh), format!("{} (by {})", who.en, by.en))
            };
            let (zh, en): (Vec<_>, Vec<_>) = tasks.iter().map(row).unzip();
            Text::new(zh.join("；"), en.join("; "))
        }
        Coded::Bodies(bs) => {
            let names: Vec<Text> = bs.iter().map(|b| body_name(directory, *b).name).collect();
            let join = |get: fn(&Text) -> &str, with| names.iter().map(get).collect::<Vec<_>>().join(with);
            Text::new(join(|t| &t.zh, "、"), join(|t| &t.en, ", "))
        }
    }
}

/// Tasks with what is to be done, a line of `text` for each; where they do not match, the words alone.
pub(super) fn tasks(directory: &Snapshot, value: Option<&Coded>, text: &str) -> Text {
    let lines: Vec<&str> = text.lines().collect();
    let Some(Coded::Tasks(tasks)) = value.filter(|v| matches!(v, Coded::Tasks(t) if t.len() == lines.len())) else {
        return Text::new(lines.join("；"), lines.join("; "));
    };
    let row = |(t, line): (&Task, &&str)| {
        let (who, by) = who_by(directory, t);
        (format!("{line}（{}，{}前）", who.zh, by.zh), format!("{line} ({}, by {})", who.en, by.en))
    };
    let (zh, en): (Vec<_>, Vec<_>) = tasks.iter().zip(&lines).map(row).unzip();
    Text::new(zh.join("；"), en.join("; "))
}

fn who_by(directory: &Snapshot, task: &Task) -> (Text, Text) {
    let by = Text::new(crate::words::date(task.by), crate::words::date_en(task.by));
    (body_name(directory, task.who).name, by)
}

/// A clause of the register, with the rules that rest on it today.
fn clause(directory: &Snapshot, field: Option<&Field>, code: &str) -> Option<Text> {
    let row = directory.set_row(field?.set.as_deref()?, code)?;
    let (zh, en) = (row.columns.get(SAID)?, row.columns.get(SAID_EN)?);
    let title = pack::titles::spelled(code);
    let n = row.columns.get(RULES).map_or(0, |r| r.split(' ').count());
    Some(Text::new(
        format!("{}，靠着它的规则 {n} 条：{zh}", title.zh),
        format!("{}; {n} rules rest on it: {en}", title.en),
    ))
}
