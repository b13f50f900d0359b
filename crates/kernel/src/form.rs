//! Forms: what an action takes, checked and typed. Personal text is checked here and then leaves the kernel's entries:
//! what an entry keeps of it is a salted commitment.

mod ahead;
mod among;
mod columns;
pub(crate) mod linked;
mod service;
mod tasks;

pub(crate) use {
    ahead::{Days, in_time},
    among::among,
};
pub use {linked::held_to_links, tasks::Task};

use crate::directory::Directory;
use crate::identifier;
use crate::ids::{BodyId, Class, MatterId};
use crate::mechanism::{Action, Field, FieldKind, Mechanism};
use crate::refusal::FieldError;
use crate::text::Text;
use crate::time::Date;
use serde::{Deserialize, Serialize};
use std::{borrow::Cow, collections::BTreeMap};

/// A coded value: it stands in the entry itself. Bodies and days are written `{"body": 7}`, `{"bodies": [7]}` and
/// `{"date": "2026-02-12"}`, so that what is read back is never of another kind than what was written.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub enum Coded {
    /// One body.
    Body(BodyId),
    /// Several bodies.
    Bodies(Vec<BodyId>),
    /// Tasks: whose, and until when; what is to be done lies beside the entry.
    Tasks(Vec<Task>),
    /// A number.
    Number(i64),
    /// A day.
    Date(Date),
    /// A code of a choice, `yes` or `no`.
    Code(String),
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Body { body: BodyId },
    Bodies { bodies: Vec<BodyId> },
    Tasks { tasks: Vec<Task> },
    Date { date: Date },
    Number(i64),
    Code(String),
}

impl From<Written> for Coded {
    fn from(written: Written) -> Coded {
        match written {
            Written::Body { body } => Coded::Body(body),
            Written::Bodies { bodies } => Coded::Bodies(bodies),
            Written::Tasks { tasks } => Coded::Tasks(tasks),
            Written::Date { date } => Coded::Date(date),
            Written::Number(n) => Coded::Number(n),
            Written::Code(c) => Coded::Code(c),
        }
    }
}

impl From<Coded> for Written {
    fn from(coded: Coded) -> Written {
        match coded {
            Coded::Body(body) => Written::Body { body },
            Coded::Bodies(bodies) => Written::Bodies { bodies },
            Coded::Tasks(tasks) => Written::Tasks { tasks },
            Coded::Date(date) => Written::Date { date },
            Coded::Number(n) => Written::Number(n),
            Coded::Code(c) => Written::Code(c),
        }
    }
}

impl Coded {
    /// The value as guards compare it.
    #[must_use]
    pub fn as_code(&self) -> Cow<'_, str> {
        match self {
            Coded::Code(c) => Cow::Borrowed(c),
            Coded::Number(n) => Cow::Owned(n.to_string()),
            Coded::Date(d) => Cow::Owned(d.to_string()),
            Coded::Body(b) => Cow::Owned(b.0.to_string()),
            Coded::Bodies(bs) => Cow::Owned(bs.iter().map(|b| b.0.to_string()).collect::<Vec<_>>().join(",")),
            Coded::Tasks(ts) => Cow::Owned(ts.iter().map(|t| t.who.0.to_string()).collect::<Vec<_>>().join(",")),
        }
    }

    /// The bodies that it names.
    #[must_use]
    pub fn bodies(&self) -> &[BodyId] {
        match self {
            Coded::Body(b) => std::slice::from_ref(b),
            Coded::Bodies(bs) => bs,
            _ => &[],
        }
    }
}

/// A checked value of a form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Given {
    /// Stands in the entry.
    Coded(Coded),
    /// Personal or long text: sealed beside the entry.
    Text(String),
    /// Staged attachments, by their ids.
    Files(Vec<String>),
    /// Tasks: what stands in the entry, and what is to be done, row by row.
    Tasks(Vec<Task>, Vec<String>),
    /// Another matter: its number, sealed beside the entry, and which it is.
    Matter(String, MatterId),
}

/// Field id to checked value.
pub type Filled = BTreeMap<String, Given>;

/// Field id to what came in: JSON of an API, or strings of a page (empty strings count as not given).
pub type Raw = BTreeMap<String, serde_json::Value>;

/// Longest text where the pack gives none.
const LONGEST: u32 = 2000;

/// Checks what came in for an action.
///
/// # Errors
/// Every fault of every field at once, so that a person mends them in one go.
pub fn check(
    mechanism: &Mechanism,
    action: &Action,
    raw: &Raw,
    facts: &BTreeMap<String, Coded>,
    directory: &dyn Directory,
) -> Result<Filled, Vec<FieldError>> {
    let wanted = mechanism.fields_of(action);
    let mut errors: Vec<FieldError> = raw
        .iter()
        .filter(|(id, value)| !wanted.contains(&id.as_str()) && !is_blank(value))
        .map(|(id, _)| {
            error(id, "unknown_field", "这里没有这一项，请去掉", "there is no such field here; leave it out")
        })
        .collect();
    let mut filled = Filled::new();
    for id in &wanted {
        let Some(field) = mechanism.field.get(*id) else {
            continue;
        };
        let Some(value) = raw.get(*id).filter(|v| !is_blank(v)) else {
            continue;
        };
        match read(id, field, value, directory) {
            Ok(given) => {
                filled.extend(columns::columns(mechanism, id, field, &given, directory));
                filled.insert((*id).to_owned(), given);
            }
            Err(e) => errors.push(e),
        }
    }
    let known = merged(facts, &filled);
    let counts = BTreeMap::new();
    let asked = action.needs_when.iter().filter(|(_, g)| {
        g.holds(&crate::guard::Facts { facts: &known, counts: &counts, parts: &crate::part::NO_PARTS })
    });
    for id in action.needs.iter().chain(asked.map(|(id, _)| id)) {
        if !filled.contains_key(id) && !errors.iter().any(|e| e.field == *id) {
            errors.push(error(id, "required", "这一项要填", "please fill this in"));
        }
    }
    errors.extend(service::without_number(mechanism, &filled));
    if errors.is_empty() { Ok(filled) } else { Err(errors) }
}

/// The file's facts with the coded values of a form laid over them.
#[must_use]
pub fn merged(facts: &BTreeMap<String, Coded>, filled: &Filled) -> BTreeMap<String, Coded> {
    let mut all = facts.clone();
    for (id, given) in filled {
        match given {
            Given::Coded(c) => drop(all.insert(id.clone(), c.clone())),
            Given::Tasks(tasks, _) => drop(all.insert(id.clone(), Coded::Tasks(tasks.clone()))),
            Given::Text(_) | Given::Files(_) | Given::Matter(..) => {}
        }
    }
    all
}

fn is_blank(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::Null => true,
        serde_json::Value::String(s) => s.trim().is_empty(),
        serde_json::Value::Array(a) => a.iter().all(is_blank),
        _ => false,
    }
}

fn error(field: &str, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> FieldError {
    FieldError { field: field.into(), code, message: Text::new(zh, en) }
}

fn wrong_type(id: &str, zh: &str, en: &str) -> FieldError {
    error(id, "wrong_type", format!("这一项要填{zh}"), format!("this must be {en}"))
}

fn read(id: &str, field: &Field, value: &serde_json::Value, directory: &dyn Directory) -> Result<Given, FieldError> {
    match field.kind {
        FieldKind::Choice => choice(id, field, value),
        FieldKind::YesNo => yes_no(id, value),
        FieldKind::Number => number(id, field, value),
        FieldKind::Date => {
            let day = value.as_str().and_then(|s| s.trim().parse::<Date>().ok());
            day.map(|d| Given::Coded(Coded::Date(d)))
                .ok_or_else(|| wrong_type(id, "日期，如 2026-02-12", "a date such as 2026-02-12"))
        }
        FieldKind::Body => {
            let body = body(id, field, value, directory)?;
            Ok(Given::Coded(Coded::Body(body)))
        }
        FieldKind::Bodies => {
            let list = list(value);
            limit(id, list.len(), field.max.unwrap_or(20), "个单位", "bodies")?;
            let bodies: Result<Vec<_>, _> = list.iter().map(|v| body(id, field, v, directory)).collect();
            Ok(Given::Coded(Coded::Bodies(bodies?)))
        }
        FieldKind::Tasks => tasks::read(id, field, value, directory),
        FieldKind::Row => {
            let code = value.as_str().unwrap_or_default().trim();
            columns::known(id, field, code, directory)
        }
        FieldKind::Files => {
            let list = list(value);
            limit(id, list.len(), field.max.unwrap_or(9), "个附件", "attachments")?;
            let ids: Option<Vec<_>> = list.iter().map(|v| v.as_str().map(str::to_owned)).collect();
            ids.map(Given::Files).ok_or_else(|| wrong_type(id, "附件编号", "attachment ids"))
        }
        FieldKind::Sketch => {
            let text = value.as_str().map_or_else(|| value.to_string(), |s| s.trim().to_owned());
            let read = crate::sketch::Sketch::read(&text);
            read.map(|s| Given::Text(s.written())).map_err(|(code, says)| error(id, code, says.zh, says.en))
        }
        FieldKind::Text
        | FieldKind::Place
        | FieldKind::PersonName
        | FieldKind::Phone
        | FieldKind::ResidentId
        | FieldKind::Matter => text(id, field, value),
    }
}

fn list(value: &serde_json::Value) -> Vec<serde_json::Value> {
    match value {
        serde_json::Value::Array(a) => a.iter().filter(|v| !is_blank(v)).cloned().collect(),
        serde_json::Value::String(s) => s.split([',', ' ']).filter(|p| !p.is_empty()).map(Into::into).collect(),
        other => vec![other.clone()],
    }
}

fn limit(id: &str, got: usize, max: u32, zh: &str, en: &str) -> Result<(), FieldError> {
    if got <= max as usize {
        return Ok(());
    }
    Err(error(
        id,
        "too_many",
        format!("最多 {max} {zh}，现在有 {got} {zh}"),
        format!("at most {max} {en}, there are {got}"),
    ))
}

fn choice(id: &str, field: &Field, value: &serde_json::Value) -> Result<Given, FieldError> {
    let code = value.as_str().ok_or_else(|| wrong_type(id, "选项", "one of the options"))?.trim();
    if field.of.iter().any(|c| c.id == code) {
        return Ok(Given::Coded(Coded::Code(code.to_owned())));
    }
    let (zh, en): (Vec<_>, Vec<_>) = field.of.iter().map(|c| (c.zh.as_str(), c.id.as_str())).unzip();
    Err(error(
        id,
        "unknown_choice",
        format!("请选其中一项：{}", zh.join("、")),
        format!("choose one of: {}", en.join(", ")),
    ))
}

fn yes_no(id: &str, value: &serde_json::Value) -> Result<Given, FieldError> {
    let yes = match value {
        serde_json::Value::Bool(b) => *b,
        serde_json::Value::String(s) if matches!(s.as_str(), "yes" | "on" | "true") => true,
        serde_json::Value::String(s) if matches!(s.as_str(), "no" | "false") => false,
        _ => return Err(wrong_type(id, "“是”或“否”", "yes or no")),
    };
    Ok(Given::Coded(Coded::Code(if yes { "yes" } else { "no" }.into())))
}

fn number(id: &str, field: &Field, value: &serde_json::Value) -> Result<Given, FieldError> {
    let n = match value {
        serde_json::Value::Number(n) => n.as_i64(),
        serde_json::Value::String(s) => s.trim().parse().ok(),
        _ => None,
    };
    let n = n.ok_or_else(|| wrong_type(id, "整数", "a whole number"))?;
    let max = i64::from(field.max.unwrap_or(u32::MAX));
    if (0..=max).contains(&n) {
        return Ok(Given::Coded(Coded::Number(n)));
    }
    Err(error(id, "out_of_range", format!("要在 0 到 {max} 之间"), format!("must lie between 0 and {max}")))
}

fn body(id: &str, field: &Field, value: &serde_json::Value, directory: &dyn Directory) -> Result<BodyId, FieldError> {
    let n = match value {
        serde_json::Value::Number(n) => n.as_u64().and_then(|n| u32::try_from(n).ok()),
        serde_json::Value::String(s) => s.trim().parse().ok(),
        _ => None,
    };
    let body = n.map(BodyId).filter(|b| directory.knows(*b)).ok_or_else(|| {
        error(id, "unknown_body", "没有这个单位，请从名单里选", "there is no such body; choose one from the list")
    })?;
    match &field.function {
        Some(function) if !directory.has(body, function) => Err(error(
            id,
            "wrong_body",
            "这个单位不办这类事，请从名单里选",
            "this body does not handle such matters; choose one from the list",
        )),
        _ => Ok(body),
    }
}

fn text(id: &str, field: &Field, value: &serde_json::Value) -> Result<Given, FieldError> {
    let text = value.as_str().ok_or_else(|| wrong_type(id, "文字", "text"))?.trim();
    let (length, max) = (text.chars().count(), field.max.unwrap_or(LONGEST));
    if length > max as usize {
        let (zh, en) = (
            format!("最多 {max} 字，现在 {length} 字，请删去 {} 字", length - max as usize),
            format!("at most {max} characters, there are {length}; please cut {}", length - max as usize),
        );
        return Err(error(id, "too_long", zh, en));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(error(
            id,
            "control_characters",
            "里面有看不见的控制字符，请重新输入",
            "it contains control characters; please type it again",
        ));
    }
    let checked = match field.kind {
        FieldKind::Phone => identifier::phone(text),
        FieldKind::ResidentId => identifier::resident_id(text),
        _ => return Ok(Given::Text(text.replace("\r\n", "\n"))),
    };
    match checked {
        Ok(normalised) => Ok(Given::Text(normalised.into_string())),
        Err(e) => Err(error(id, "invalid", e.zh(), e.en())),
    }
}

/// The class a field's value is kept under: bodies, choices, numbers and days may be coded, text never is.
#[must_use]
pub fn kept_as(field: &Field) -> Class {
    match (field.class, field.kind) {
        (
            Class::Coded,
            FieldKind::Choice
            | FieldKind::YesNo
            | FieldKind::Number
            | FieldKind::Date
            | FieldKind::Body
            | FieldKind::Bodies
            | FieldKind::Tasks
            | FieldKind::Row,
        ) => Class::Coded,
        (Class::Coded, _) => Class::Handlers,
        (class, _) => class,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_coded_value_reads_back_as_what_it_was() {
        let day = "2026-02-12".parse().expect("a day");
        for value in [
            Coded::Body(BodyId(7)),
            Coded::Bodies(vec![BodyId(7)]),
            Coded::Bodies(Vec::new()),
            Coded::Number(7),
            Coded::Date(day),
            Coded::Code("2026-02-12".into()),
        ] {
            let json = serde_json::to_string(&value).expect("writes");
            assert_eq!(serde_json::from_str::<Coded>(&json).expect("reads"), value, "{json}");
        }
    }
}
