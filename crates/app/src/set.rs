//! Sets: lists that officials keep in a table. A file is read, compared row by row with the columns that mechanisms count on,
//! and becomes a new version as a whole or not at all.

use crate::error::AppError;
use crate::installation::App;
use crate::sheet::{Table, read, to_csv, to_xlsx};
use crate::viewer::Staff;
use kernel::ids::PersonId;
use kernel::mechanism::{Column, ColumnKind, Set};
use kernel::text::Text;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::SetDraft;
pub use store::{SetRow, SetVersion};

/// The longest text of a cell, in characters.
const LONGEST: usize = 500;
/// How many faults are told at once.
const MOST_FAULTS: usize = 200;

/// What is wrong in one row of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RowFault {
    /// The line of the file, from 1.
    pub line: usize,
    /// The column.
    pub column: String,
    /// What is wrong and what to do.
    pub message: Text,
}

/// What a file would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SetReport {
    /// The set.
    pub set: String,
    /// How many rows the file has.
    pub rows: usize,
    /// Codes that are new.
    pub added: Vec<String>,
    /// Codes whose row changes.
    pub changed: Vec<String>,
    /// Codes that fall away.
    pub gone: Vec<String>,
    /// What is wrong; nothing is loaded while there is any.
    pub faults: Vec<RowFault>,
    /// The number of the new version; none where nothing was loaded.
    pub version: Option<u32>,
}

/// A set with what holds today.
#[derive(Clone, Debug)]
pub struct SetView {
    /// Its id.
    pub id: String,
    /// What mechanisms say of it.
    pub set: Set,
    /// Its versions, newest first.
    pub versions: Vec<SetVersion>,
    /// The rows that hold.
    pub rows: Vec<SetRow>,
}

impl App {
    /// The sets that mechanisms of the territory read, by id.
    #[must_use]
    pub fn known_sets(&self) -> BTreeMap<String, Set> {
        let mut all: BTreeMap<String, Set> = BTreeMap::new();
        for id in self.catalogue().ids() {
            let Some(effective) = self.catalogue().effective(&id, &self.settings().territory) else { continue };
            for (set, spec) in effective.mechanism.set.iter().filter(|(_, s)| !s.register) {
                let known = all.entry(set.clone()).or_insert_with(|| spec.clone());
                known.column.extend(spec.column.iter().map(|(c, k)| (c.clone(), k.clone())));
            }
        }
        all
    }

    /// A set with its versions and the rows that hold.
    ///
    /// # Errors
    /// `NotFound` where no mechanism reads such a set.
    pub async fn set(&self, id: &str) -> Result<SetView, AppError> {
        let set = self.known_sets().remove(id).ok_or(AppError::NotFound)?;
        let mut versions = self.inner.store.set_versions().await?;
        versions.retain(|v| v.set == id);
        versions.reverse();
        let rows = match versions.first() {
            Some(v) => self.inner.store.set_rows(id, v.version).await?,
            None => Vec::new(),
        };
        Ok(SetView { id: id.to_owned(), set, versions, rows })
    }

    /// What a file would do; with `load`, it is loaded if nothing is wrong. `by` is none on the command line.
    ///
    /// # Errors
    /// `NotFound`, `Forbidden` for whoever does not administer, `Conflict` if somebody else loaded one meanwhile.
    pub async fn load_set(
        &self,
        by: Option<&Staff>,
        id: &str,
        bytes: &[u8],
        load: bool,
    ) -> Result<SetReport, AppError> {
        if by.is_some_and(|s| !s.posts.iter().any(|p| p.role == "admin")) {
            return Err(AppError::Forbidden);
        }
        let view = self.set(id).await?;
        let mut report = SetReport { set: id.to_owned(), ..SetReport::default() };
        let table = match read(bytes) {
            Ok(table) => table,
            Err(message) => {
                report.faults.push(RowFault { line: 0, column: String::new(), message });
                return Ok(report);
            }
        };
        let directory = self.directory();
        let body = |name: &str| directory.bodies().any(|b| b.name == name);
        let (rows, faults) = rows(&view.set, &table, &body);
        report.rows = table.len() - 1;
        report.faults = faults;
        compare(&view.rows, &rows, &mut report);
        if !load || !report.faults.is_empty() {
            return Ok(report);
        }
        let after = view.versions.first().map_or(0, |v| v.version);
        let by: Option<PersonId> = by.map(|s| s.person);
        let draft = SetDraft { set: id.to_owned(), after, at: self.now(), by, rows };
        report.version = Some(self.inner.store.put_set(draft).await.map_err(|e| match e {
            store::StoreError::Conflict => AppError::Conflict,
            other => other.into(),
        })?);
        self.reload_directory().await?;
        Ok(report)
    }

    /// A version of a set as a file; the one that holds where none is named.
    ///
    /// # Errors
    /// `NotFound` for a set or version that is not there.
    pub async fn export_set(&self, id: &str, version: Option<u32>, xlsx: bool) -> Result<Vec<u8>, AppError> {
        let view = self.set(id).await?;
        let rows = match version {
            Some(v) if view.versions.iter().any(|known| known.version == v) => self.inner.store.set_rows(id, v).await?,
            Some(_) => return Err(AppError::NotFound),
            None => view.rows,
        };
        let table = table(&view.set, &rows);
        let file = if xlsx { to_xlsx(&table) } else { to_csv(&table) };
        file.map_err(|t| AppError::corrupt(t.en))
    }
}

/// The rows of a set as a table; an empty set gives the head alone, to be filled in.
#[must_use]
pub fn table(set: &Set, rows: &[SetRow]) -> Table {
    let columns: Vec<&String> = set.column.keys().collect();
    let head = ["code".to_owned(), "name".to_owned()].into_iter().chain(columns.iter().map(|c| (*c).clone()));
    let line = |r: &SetRow| {
        let cells = columns.iter().map(|c| r.columns.get(*c).cloned().unwrap_or_default());
        [r.code.clone(), r.name.clone()].into_iter().chain(cells).collect()
    };
    std::iter::once(head.collect()).chain(rows.iter().map(line)).collect()
}

fn compare(old: &[SetRow], new: &[SetRow], report: &mut SetReport) {
    let old: BTreeMap<&str, &SetRow> = old.iter().map(|r| (r.code.as_str(), r)).collect();
    let codes: BTreeSet<&str> = new.iter().map(|r| r.code.as_str()).collect();
    for row in new {
        match old.get(row.code.as_str()) {
            None => report.added.push(row.code.clone()),
            Some(was) if *was != row => report.changed.push(row.code.clone()),
            Some(_) => {}
        }
    }
    report.gone = old.keys().filter(|c| !codes.contains(*c)).map(|c| (*c).to_owned()).collect();
}

struct Faults(Vec<RowFault>);

impl Faults {
    fn add(&mut self, line: usize, column: &str, zh: impl Into<String>, en: impl Into<String>) {
        if self.0.len() < MOST_FAULTS {
            self.0.push(RowFault { line, column: column.to_owned(), message: Text::new(zh, en) });
        }
    }
}

/// Reads a table as rows of a set, with everything that is wrong in it.
#[must_use]
pub fn rows(set: &Set, table: &Table, body: &dyn Fn(&str) -> bool) -> (Vec<SetRow>, Vec<RowFault>) {
    let mut faults = Faults(Vec::new());
    let places = head(set, &table[0], &mut faults);
    let mut rows: Vec<SetRow> = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (line, cells) in (2..).zip(&table[1..]) {
        if cells.iter().all(String::is_empty) {
            continue;
        }
        let cell = |name: &str| places.get(name).and_then(|at| cells.get(*at)).map_or("", |c| c.trim());
        let code = cell("code").to_owned();
        if code.is_empty() {
            faults.add(line, "code", "没有编号", "there is no code");
        } else if code.chars().count() > 64 || code.chars().any(|c| c.is_control() || matches!(c, '/' | ',' | '\\')) {
            faults.add(
                line,
                "code",
                "编号最多 64 字，不能有 / \\ 和逗号",
                "a code has at most 64 characters, no / \\ or comma",
            );
        }
        if let Some(first) = seen.insert(code.clone(), line) {
            faults.add(
                line,
                "code",
                format!("编号“{code}”和第 {first} 行重复"),
                format!("the code {code} stands in line {first} already"),
            );
        }
        let mut columns = BTreeMap::new();
        for (id, column) in &set.column {
            match value(column, cell(id), body) {
                Ok(text) if text.is_empty() => {}
                Ok(text) => drop(columns.insert(id.clone(), text)),
                Err(says) => faults.add(line, id, says.zh, says.en),
            }
        }
        let name = cell("name").chars().take(LONGEST).collect();
        rows.push(SetRow { code, name, columns });
    }
    (rows, faults.0)
}

/// Where each column stands; its id or its name may be over it.
fn head(set: &Set, line: &[String], faults: &mut Faults) -> BTreeMap<String, usize> {
    let mut places = BTreeMap::new();
    let known = |text: &str| -> Option<String> {
        match text {
            "code" | "编号" | "代码" => return Some("code".into()),
            "name" | "名称" => return Some("name".into()),
            _ => {}
        }
        let named = |c: &Column| c.name.as_ref().is_some_and(|n| n.zh == text || n.en == text);
        set.column.iter().find(|(id, c)| *id == text || named(c)).map(|(id, _)| id.clone())
    };
    for (at, text) in line.iter().enumerate().filter(|(_, t)| !t.is_empty()) {
        match known(text) {
            Some(id) if places.contains_key(&id) => {
                faults.add(1, text, format!("“{text}”这一列写了两次"), format!("the column {text} is there twice"));
            }
            Some(id) => drop(places.insert(id, at)),
            None => faults.add(
                1,
                text,
                format!("不认识“{text}”这一列，请去掉"),
                format!("the column {text} is not known; leave it out"),
            ),
        }
    }
    let wanted = ["code", "name"].into_iter().chain(set.column.keys().map(String::as_str));
    for id in wanted.filter(|id| !places.contains_key(*id)) {
        faults.add(1, id, format!("少了“{id}”这一列"), format!("the column {id} is missing"));
    }
    places
}

/// A cell as it is kept: the code of a choice, digits, the name of a body, words.
fn value(column: &Column, text: &str, body: &dyn Fn(&str) -> bool) -> Result<String, Text> {
    if text.is_empty() {
        let wrong = Text::new("这一格要填", "this cell must be filled in");
        return if column.kind.coded() { Err(wrong) } else { Ok(String::new()) };
    }
    match column.kind {
        ColumnKind::Choice => {
            let found = column.of.iter().find(|o| [&o.id, &o.zh, &o.en].into_iter().any(|x| x == text));
            found.map(|o| o.id.clone()).ok_or_else(|| {
                let (zh, en): (Vec<_>, Vec<_>) = column.of.iter().map(|o| (o.zh.as_str(), o.id.as_str())).unzip();
                Text::new(
                    format!("“{text}”不在选项里：{}", zh.join("、")),
                    format!("`{text}` is none of: {}", en.join(", ")),
                )
            })
        }
        ColumnKind::Number => match text.parse::<u32>() {
            Ok(n) => Ok(n.to_string()),
            Err(_) => Err(Text::new(format!("“{text}”不是整数"), format!("`{text}` is no whole number"))),
        },
        ColumnKind::Body if body(text) => Ok(text.to_owned()),
        ColumnKind::Body => Err(Text::new(format!("没有“{text}”这个单位"), format!("there is no body `{text}`"))),
        ColumnKind::Text if text.chars().count() > LONGEST => {
            Err(Text::new(format!("最多 {LONGEST} 字"), format!("at most {LONGEST} characters")))
        }
        ColumnKind::Text | ColumnKind::Codes => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set() -> Set {
        let json = serde_json::json!({
            "name": { "zh": "清单", "en": "list" },
            "column": {
                "answer": { "type": "choice", "of": [{ "id": "own", "zh": "自己办", "en": "ours" }] },
                "limit": { "type": "number", "name": { "zh": "一年几次", "en": "a year" } },
                "office": { "type": "body" },
                "note": { "type": "text" },
            },
        });
        serde_json::from_value(json).expect("a set")
    }

    fn told(lines: &[&str]) -> (Vec<SetRow>, Vec<(usize, String)>) {
        let table = lines.iter().map(|l| l.split('|').map(str::to_owned).collect()).collect();
        let (rows, faults) = rows(&set(), &table, &|b| b == "街道");
        (rows, faults.into_iter().map(|f| (f.line, f.column)).collect())
    }

    #[test]
    fn a_table_becomes_rows() {
        let (rows, faults) = told(&["编号|名称|answer|一年几次|office|note", "A-1|修路|自己办|04|街道|", "|||||"]);
        assert_eq!(faults, []);
        let columns = [("answer", "own"), ("limit", "4"), ("office", "街道")];
        let columns = columns.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        assert_eq!(rows, [SetRow { code: "A-1".into(), name: "修路".into(), columns }]);
    }

    #[test]
    fn every_fault_is_told_at_its_place() {
        let (_, faults) = told(&[
            "code|name|answer|limit|office|note",
            "A|x|own|1|街道|",
            "A|x|own|1|街道|",
            "|x|own|1|街道|",
            "B|x|theirs|many|村|",
            "C|x||1|街道|",
        ]);
        let wanted = [(3, "code"), (4, "code"), (5, "answer"), (5, "limit"), (5, "office"), (6, "answer")];
        assert_eq!(faults, wanted.map(|(l, c)| (l, c.to_owned())));
        let (_, faults) = told(&["code|code|wrong", "A|B|c"]);
        let columns: Vec<_> = faults.iter().filter(|f| f.0 == 1).map(|f| f.1.as_str()).collect();
        assert_eq!(columns, ["code", "wrong", "name", "answer", "limit", "note", "office"]);
    }
}
