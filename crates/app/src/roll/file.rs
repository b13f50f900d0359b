//! A roll as a table of the community's own: which columns are read, what is wrong line by line, and how it is kept. A column
//! that no count needs (an identity number, a telephone) is named and not taken.

use crate::set::RowFault;
use crate::sheet::{Table, to_csv, to_xlsx};
use kernel::text::Text;
use std::collections::{BTreeMap, BTreeSet};

/// The longest text of a cell, in characters.
const LONGEST: usize = 100;
/// How many faults are told at once.
const MOST_FAULTS: usize = 50;
/// The names of columns may stand below a title: so many rows are looked at.
const HEADS: usize = 5;

const NAMES: [&str; 14] = [
    "姓名",
    "户主",
    "户主姓名",
    "户代表",
    "户代表姓名",
    "代表",
    "代表姓名",
    "成员",
    "成员姓名",
    "居民姓名",
    "村民姓名",
    "name",
    "household",
    "person",
];
const PLACES: [&str; 13] = [
    "地址",
    "住址",
    "家庭住址",
    "门牌",
    "门牌号",
    "房号",
    "楼栋房号",
    "小区房号",
    "村民小组",
    "组别",
    "address",
    "place",
    "group",
];
const CODES: [&str; 6] = ["户号", "编号", "户编号", "代表证号", "code", "no"];

/// Somebody on a roll: a household, a person, a representative.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Line {
    /// The number that the community gives it; may be empty.
    pub code: String,
    /// Who.
    pub name: String,
    /// Where; may be empty.
    pub place: String,
}

impl Line {
    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        [&self.code, &self.name, &self.place]
            .into_iter()
            .filter(|w| !w.is_empty())
            .cloned()
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// What tells it from the others: its number where it has one.
    fn same(&self) -> String {
        let plain = |t: &str| t.chars().filter(|c| !c.is_whitespace()).map(crate::width::half).collect::<String>();
        if self.code.is_empty() { format!("{}\t{}", plain(&self.name), plain(&self.place)) } else { plain(&self.code) }
    }
}

/// What a file says.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// Its lines.
    pub lines: Vec<Line>,
    /// What is wrong; the roll is not taken while there is any.
    pub faults: Vec<RowFault>,
    /// Empty lines of the file, which were passed over.
    pub blank: Vec<usize>,
    /// Columns that were not taken.
    pub left_out: Vec<String>,
}

impl Read {
    fn fault(&mut self, line: usize, zh: impl Into<String>, en: impl Into<String>) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(RowFault { line, column: String::new(), message: Text::new(zh, en) });
        }
    }
}

/// Reads a file, `.xlsx` or csv, as a roll of at most so many lines.
#[must_use]
pub fn read(bytes: &[u8], most: u32) -> Read {
    let mut read = Read::default();
    match crate::sheet::read(bytes) {
        Ok(table) => lines(&table, most, &mut read),
        Err(message) => read.faults.push(RowFault { line: 0, column: String::new(), message }),
    }
    read
}

fn column(text: &str) -> Option<usize> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase();
    [&CODES[..], &NAMES[..], &PLACES[..]].iter().position(|names| names.contains(&text.as_str()))
}

fn lines(table: &Table, most: u32, read: &mut Read) {
    let named = |row: &&Vec<String>| row.iter().any(|c| column(c) == Some(1));
    let Some(top) = table.iter().take(HEADS).position(|row| named(&row)) else {
        return read.fault(
            1,
            "没有找到“姓名”（或“户主”“代表”）这一列，第一行要写列名",
            "no column `name` was found; the first row holds the names of the columns",
        );
    };
    let mut places: [Option<usize>; 3] = [None; 3];
    for (at, text) in table[top].iter().enumerate().filter(|(_, t)| !t.is_empty()) {
        match column(text) {
            Some(which) if places[which].is_none() => places[which] = Some(at),
            _ => read.left_out.push(text.clone()),
        }
    }
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (n, cells) in table.iter().enumerate().skip(top + 1) {
        let at = n + 1;
        if cells.iter().all(|c| c.trim().is_empty()) {
            read.blank.push(at);
            continue;
        }
        let cell = |which: usize| clean(places[which].and_then(|p| cells.get(p)).map_or("", String::as_str));
        let line = Line { code: cell(0), name: cell(1), place: cell(2) };
        judge(&line, at, &mut seen, read);
        read.lines.push(line);
    }
    if read.lines.is_empty() {
        read.fault(
            0,
            "名册是空的，列名下面一行也没有",
            "the roll is empty: there is no line below the names of the columns",
        );
    }
    if read.lines.len() > most as usize {
        let n = read.lines.len();
        read.fault(0, format!("一共 {n} 行，最多 {most} 行"), format!("it has {n} lines; {most} at most"));
    }
}

fn judge(line: &Line, at: usize, seen: &mut BTreeMap<String, usize>, read: &mut Read) {
    if line.name.is_empty() {
        return read.fault(at, "没有写姓名", "there is no name");
    }
    if [&line.code, &line.name, &line.place].iter().any(|c| c.chars().count() > LONGEST) {
        read.fault(at, format!("一格最多 {LONGEST} 字"), format!("at most {LONGEST} characters in a cell"));
    }
    let first = *seen.entry(line.same()).or_insert(at);
    if first != at {
        let who = line.words();
        read.fault(
            at,
            format!("和第 {first} 行重复（{who}）；同名不同人的，请加一列地址或者编号"),
            format!("the same as line {first} ({who}); where two share a name, add a column with address or number"),
        );
    }
}

/// A cell without what would break a line.
fn clean(text: &str) -> String {
    text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A roll as it is kept: a line each, its number, name and place apart by tabs.
#[must_use]
pub fn text(lines: &[Line]) -> String {
    lines.iter().map(|l| format!("{}\t{}\t{}", l.code, l.name, l.place)).collect::<Vec<_>>().join("\n")
}

/// Reads what [`text`] wrote.
///
/// # Errors
/// What is no such text, has more lines than it may, none, or one twice.
pub(super) fn stored(text: &str, most: u32) -> Result<Vec<Line>, Text> {
    let wrong =
        |zh: &str, en: &str| Err(Text::new(format!("名册读不出来：{zh}"), format!("the roll cannot be read: {en}")));
    let mut lines = Vec::new();
    let mut seen = BTreeSet::new();
    for row in text.split('\n').filter(|l| !l.is_empty()) {
        let cells: Vec<&str> = row.split('\t').collect();
        let [code, name, place] = cells[..] else { return wrong("每行三格", "three cells a line") };
        let line = Line { code: clean(code), name: clean(name), place: clean(place) };
        let long = cells.iter().any(|c| c.chars().count() > LONGEST);
        if line.name.is_empty() || long || !seen.insert(line.same()) {
            return wrong("有空的、太长的或者重复的", "something is empty, too long or twice");
        }
        lines.push(line);
        if lines.len() > most as usize {
            return wrong(&format!("最多 {most} 行"), &format!("{most} lines at most"));
        }
    }
    if lines.is_empty() { wrong("是空的", "it is empty") } else { Ok(lines) }
}

/// An empty table with the names of the columns, to be filled in.
///
/// # Errors
/// None in practice: it is written to memory.
pub fn template(xlsx: bool) -> Result<Vec<u8>, Text> {
    let table = vec![["编号", "姓名", "地址"].map(str::to_owned).to_vec()];
    if xlsx { to_xlsx(&table) } else { to_csv(&table) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(csv: &str) -> Read {
        read(csv.as_bytes(), 20_000)
    }

    #[test]
    fn a_table_with_a_title_and_more_columns_is_read() {
        let read = told("柳岸社区户代表名册,,,\n序号,户主,门牌号,身份证号\n1,林晚,1-101,x\n,,,\n2,林晚,1-102,y\n");
        assert!(read.faults.is_empty(), "{:?}", read.faults);
        assert_eq!((read.lines.len(), &read.blank, read.left_out.join(" ").as_str()), (2, &vec![4], "序号 身份证号"));
        assert_eq!(text(&read.lines), "\t林晚\t1-101\n\t林晚\t1-102");
        assert_eq!(stored(&text(&read.lines), 2).expect("reads"), read.lines);
        assert!(stored(&text(&read.lines), 1).is_err());
    }

    #[test]
    fn what_is_wrong_is_told_by_its_line() {
        let lines = |read: &Read| read.faults.iter().map(|f| f.line).collect::<Vec<_>>();
        assert_eq!(lines(&told("姓名,地址\n甲,1\n甲 ,１\n,2\n")), [3, 4]);
        assert_eq!(lines(&told("编号,姓名\nA1,甲\nA1,乙\n")), [3], "one number, two people");
        assert_eq!(lines(&told("姓名,地址\n")), [0]);
        assert_eq!(lines(&told("a,b\n1,2\n")), [1]);
        let many: String = (0..20_001).map(|n| format!("户{n}\n")).collect();
        assert_eq!(lines(&told(&format!("户主\n{many}"))), [0]);
        let far: String = (0..100_000).map(|n| format!("户{n}\n")).collect();
        assert_eq!(lines(&told(&format!("户主\n{far}"))), [0]);
        assert!(told("").lines.is_empty() && !told("PK\u{3}\u{4}").faults.is_empty());
    }

    #[test]
    fn the_template_is_read_as_an_empty_roll() {
        for xlsx in [true, false] {
            assert_eq!(read(&template(xlsx).expect("written"), 9).faults.len(), 1);
        }
    }

    #[test]
    fn what_is_kept_holds_no_line_twice() {
        for wrong in ["", "甲", "\t\t1", "\t甲\t1\n\t甲\t1", "\t甲\t1\t2"] {
            assert!(stored(wrong, 9).is_err(), "{wrong:?}");
        }
    }
}
