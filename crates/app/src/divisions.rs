//! Divisions that an installation loads over those of the program: villages of its own territory, a merger, a new name. Rows
//! are dated, a code that is loaded replaces every earlier row of it, and a table is taken whole or not at all.

use crate::error::AppError;
use crate::installation::App;
use crate::set::RowFault;
use crate::sheet::{self, Table};
use kernel::ids::PersonId;
use kernel::region::{RegionCode, RegionLevel};
use kernel::text::Text;
use kernel::time::Date;
use pack::regions::{RegionKind, Regions};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use store::{ActRow, Administration, DirectoryRows, Ends};

/// The setting with the rows that were loaded, in the form of the program's own table.
pub const SETTING: &str = "regions";

/// What a table would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DivisionReport {
    /// How many rows it has.
    pub rows: usize,
    /// Codes that are new.
    pub added: Vec<String>,
    /// Codes whose rows change.
    pub changed: Vec<String>,
    /// What is wrong; nothing is loaded while there is any.
    pub faults: Vec<RowFault>,
    /// Whether it was kept.
    pub kept: bool,
}

/// The columns: as programs and as people call them.
const COLUMNS: [(&str, &str); 7] = [
    ("code", "代码"),
    ("name", "名称"),
    ("level", "级别"),
    ("valid_from", "起始日"),
    ("valid_to", "终止日"),
    ("kind", "类型"),
    ("successor", "接续代码"),
];

/// What is told of a code between two dates.
type Told = (String, Option<Date>, Option<Date>, &'static str, Option<RegionCode>);

struct Line {
    line: usize,
    code: RegionCode,
    told: Told,
}

impl App {
    /// Reads a table of divisions and says what it would change; keeps it where nothing is wrong and `keep` says so. It
    /// holds from the next start on.
    ///
    /// # Errors
    /// The store.
    pub async fn load_regions(
        &self,
        by: Option<PersonId>,
        bytes: &[u8],
        keep: bool,
    ) -> Result<DivisionReport, AppError> {
        let stored = self.store().setting(SETTING).await?.unwrap_or_default();
        // Loaded before, since this program started: they count, too.
        let stands = self.regions().with_extra(stored.as_bytes());
        let stands = stands.map_err(|e| AppError::corrupt(format!("the loaded divisions: {e}")))?;
        let (mut report, lines) = read(bytes, &stands);
        if !report.faults.is_empty() {
            return Ok(report);
        }
        let text = merged(&stored, &lines);
        if let Err(error) = stands.with_extra(text.as_bytes()) {
            report.faults.push(RowFault {
                line: 1,
                column: String::new(),
                message: Text::new("区划表对不上", error.to_string()),
            });
            return Ok(report);
        }
        if keep {
            let counts = [("rows", report.rows), ("added", report.added.len()), ("changed", report.changed.len())];
            let about = counts.map(|(key, n)| (key.to_owned(), n.to_string())).into();
            let change = Administration {
                after: self.store().directory_version().await?,
                rows: DirectoryRows::default(),
                ends: Ends::Nothing,
                begins: None,
                setting: Some((SETTING.to_owned(), text)),
                act: ActRow { at: self.now(), by, what: "regions.import".to_owned(), about, rows: BTreeMap::new() },
            };
            self.store().administer(change).await?;
            report.kept = true;
        }
        Ok(report)
    }
}

fn read(bytes: &[u8], stands: &Regions) -> (DivisionReport, Vec<Line>) {
    let mut report = DivisionReport::default();
    let mut fault = |line: usize, column: &str, message: Text| {
        report.faults.push(RowFault { line, column: column.to_owned(), message });
    };
    let table = match sheet::read(bytes) {
        Ok(table) => table,
        Err(message) => {
            fault(1, "", message);
            return (report, Vec::new());
        }
    };
    let at = match columns(&table) {
        Ok(at) => at,
        Err((column, message)) => {
            fault(1, &column, message);
            return (report, Vec::new());
        }
    };
    let mut known: BTreeMap<RegionCode, Vec<Told>> = BTreeMap::new();
    for r in stands.iter() {
        let told = (r.name.to_owned(), r.valid_from, r.valid_to, word(r.kind), r.successor);
        known.entry(r.code).or_default().push(told);
    }
    let mut lines: Vec<Line> = Vec::new();
    for (line, cells) in (2..).zip(&table[1..]) {
        let cell = |column: &str| at.get(column).and_then(|i| cells.get(*i)).map_or("", String::as_str);
        match row(&cell, &known) {
            Ok((code, told)) => lines.push(Line { line, code, told }),
            Err((column, message)) => fault(line, column, message),
        }
    }
    for (line, message) in apart(&lines).into_iter().chain(orphans(&lines, &known)) {
        fault(line, "code", message);
    }
    report.rows = table.len() - 1;
    let mut fresh: BTreeMap<RegionCode, Vec<Told>> = BTreeMap::new();
    lines.iter().for_each(|l| fresh.entry(l.code).or_default().push(l.told.clone()));
    for (code, mut rows) in fresh {
        rows.sort_by_key(|r| r.1);
        match known.get(&code) {
            None => report.added.push(code.to_string()),
            Some(before) if *before != rows => report.changed.push(code.to_string()),
            Some(_) => {}
        }
    }
    (report, lines)
}

/// Where each column stands.
fn columns(table: &Table) -> Result<BTreeMap<&'static str, usize>, (String, Text)> {
    let mut at = BTreeMap::new();
    for (i, name) in table[0].iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        let known = COLUMNS.iter().find(|(en, zh)| name.eq_ignore_ascii_case(en) || name == zh);
        let Some((column, _)) = known else {
            let zh = COLUMNS.map(|(en, zh)| format!("{zh} {en}")).join("、");
            let en = COLUMNS.map(|(en, _)| en).join(", ");
            return Err((
                name.clone(),
                Text::new(format!("没有这一列；可用的列：{zh}"), format!("no such column; there are: {en}")),
            ));
        };
        at.insert(*column, i);
    }
    for (column, zh) in &COLUMNS[..2] {
        if !at.contains_key(column) {
            let message = Text::new(format!("缺少“{zh}”列（{column}）"), format!("the column {column} is missing"));
            return Err(((*column).to_owned(), message));
        }
    }
    Ok(at)
}

type Wrong = (&'static str, Text);

fn row<'a>(
    cell: &impl Fn(&str) -> &'a str,
    known: &BTreeMap<RegionCode, Vec<Told>>,
) -> Result<(RegionCode, Told), Wrong> {
    let code = code(cell("code"), cell("level"))?;
    let name = cell("name");
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(("name", Text::new("要写名称，最多 100 个字", "a name is needed, 100 characters at most")));
    }
    let date = |column: &'static str| match cell(column) {
        "" => Ok(None),
        text => text
            .parse::<Date>()
            .map(Some)
            .map_err(|_| (column, Text::new("日期写成 2026-01-31 的样子", "write dates like 2026-01-31"))),
    };
    let (from, to) = (date("valid_from")?, date("valid_to")?);
    if matches!((from, to), (Some(from), Some(to)) if to <= from) {
        return Err(("valid_to", Text::new("终止日要晚于起始日", "it ends on a day after it begins")));
    }
    let kind = match cell("kind") {
        // What the program knows of a code stays, where nothing else is said.
        "" => known.get(&code).and_then(|rows| rows.last()).map_or("o", |r| r.3),
        "o" => "o",
        "p" => "p",
        "z" => "z",
        "r" => "r",
        _ => return Err(("kind", Text::new("类型只有 o、p、z、r", "a kind is o, p, z or r"))),
    };
    let successor = match cell("successor") {
        "" => None,
        text => Some(self::code(text, "").map_err(|(_, message)| ("successor", message))?),
    };
    Ok((code, (name.to_owned(), from, to, kind, successor)))
}

const LEVELS: [RegionLevel; 5] =
    [RegionLevel::Province, RegionLevel::Prefecture, RegionLevel::County, RegionLevel::Town, RegionLevel::Village];

/// A code as it is, or padded to twelve digits; then its zeros say the level, unless the column does.
fn code(text: &str, level: &str) -> Result<RegionCode, Wrong> {
    let level = match level {
        "" => None,
        word => match LEVELS.iter().find(|l| l.number().to_string() == word) {
            Some(level) => Some(*level),
            None => return Err(("level", Text::new("级别是 1 到 5", "a level is 1 to 5"))),
        },
    };
    let parse = |text: &str| text.parse::<RegionCode>().map_err(|e| ("code", Text::new(e.zh(), e.to_string())));
    let full = parse(text)?;
    let zeros = |l: RegionLevel| text[l.digits()..].bytes().all(|b| b == b'0');
    let level = match level {
        Some(level) if level == full.level() => level,
        Some(level) if full.level() == RegionLevel::Village && zeros(level) => level,
        Some(level) => {
            let (n, digits) = (level.number(), level.digits());
            let zh = format!("第 {n} 级的代码是 {digits} 位，或者补零到 12 位");
            return Err(("level", Text::new(zh, format!("a code of level {n} has {digits} digits, or 12 with zeros"))));
        }
        None if full.level() == RegionLevel::Village => {
            LEVELS.into_iter().find(|l| zeros(*l)).unwrap_or(RegionLevel::Village)
        }
        None => full.level(),
    };
    parse(&text[..level.digits()])
}

/// Two rows of a code may not hold on the same day.
fn apart(lines: &[Line]) -> Vec<(usize, Text)> {
    let mut sorted: Vec<&Line> = lines.iter().collect();
    sorted.sort_by_key(|l| (l.code, l.told.1, l.line));
    let clash = |pair: &[&Line]| {
        let ([one, two], true) = ([pair[0], pair[1]], pair[0].code == pair[1].code) else { return None };
        let apart = matches!((one.told.2, two.told.1), (Some(to), Some(from)) if to <= from);
        let (code, other) = (two.code, one.line);
        let zh = format!("{code} 和第 {other} 行在同一天都有效；改日期，补零的代码还要写级别");
        let en =
            format!("{code} holds on the same day as line {other}; mend the dates, or say the level of a padded code");
        (!apart).then(|| (two.line, Text::new(zh, en)))
    };
    sorted.windows(2).filter_map(clash).collect()
}

/// What a code lies in must be known.
fn orphans(lines: &[Line], known: &BTreeMap<RegionCode, Vec<Told>>) -> Vec<(usize, Text)> {
    let here: BTreeSet<RegionCode> = lines.iter().map(|l| l.code).collect();
    let orphan = |l: &Line| {
        let parent = l.code.parent().filter(|p| !here.contains(p) && !known.contains_key(p))?;
        let zh = format!("没有它的上一级 {parent}；请把上一级也写进表里");
        Some((l.line, Text::new(zh, format!("there is no {parent}, in which it lies; put that into the table, too"))))
    };
    lines.iter().filter_map(orphan).collect()
}

fn word(kind: RegionKind) -> &'static str {
    match kind {
        RegionKind::Ordinary => "o",
        RegionKind::Placeholder => "p",
        RegionKind::Zone => "z",
        RegionKind::Repeat => "r",
    }
}

/// The rows kept so far without the codes that come now, and these.
fn merged(stored: &str, lines: &[Line]) -> String {
    let fresh: BTreeSet<&str> = lines.iter().map(|l| l.code.as_str()).collect();
    let old = stored.lines().filter(|l| !fresh.contains(l.split('\t').next().unwrap_or_default()));
    let day = |d: Option<Date>| d.map_or_else(String::new, |d| d.to_string());
    let new = lines.iter().map(|l| {
        let (name, from, to, kind, successor) = &l.told;
        let parent = l.code.parent().map_or_else(String::new, |p| p.to_string());
        let successor = successor.map_or_else(String::new, |s| s.to_string());
        let basis = if from.is_some() || to.is_some() { "day" } else { "" };
        let (code, level, from, to) = (l.code, l.code.level().number(), day(*from), day(*to));
        format!("{code}\t{level}\t{name}\t{parent}\t{from}\t{to}\t{kind}\t{successor}\t{basis}")
    });
    old.map(str::to_owned).chain(new).collect::<Vec<_>>().join("\n")
}
