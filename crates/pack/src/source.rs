//! TOML with places: a file becomes a tree in which every value knows the file and the bytes it stands in, so that what is
//! found later, even after overlays were merged, points at the line somebody wrote. Which keys mean what is `schema`'s.

use crate::fault::{Fault, Place};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value and where it was written.
#[derive(Clone, Debug)]
pub struct Node {
    /// The file.
    pub file: Arc<str>,
    /// The bytes of the key that names it; of the value in an array.
    pub key: Range<usize>,
    /// The bytes of the value.
    pub value: Range<usize>,
    /// What it is.
    pub plain: Plain,
}

/// What a value is.
#[derive(Clone, Debug)]
pub enum Plain {
    /// Named values.
    Table(BTreeMap<String, Node>),
    /// Values in order.
    Array(Vec<Node>),
    /// Words, a number, yes or no. Days are words.
    Leaf(Json),
}

impl Node {
    /// The named values; none of an array or a leaf.
    #[must_use]
    pub fn table(&self) -> Option<&BTreeMap<String, Node>> {
        match &self.plain {
            Plain::Table(t) => Some(t),
            _ => None,
        }
    }

    /// The named values, to change.
    pub fn table_mut(&mut self) -> Option<&mut BTreeMap<String, Node>> {
        match &mut self.plain {
            Plain::Table(t) => Some(t),
            _ => None,
        }
    }

    /// The value at a path of keys joined with dots.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Node> {
        path.split('.').try_fold(self, |node, key| node.table()?.get(key))
    }

    /// Like `get`, with indices of arrays among the keys; the empty path is the value itself.
    #[must_use]
    pub fn get_deep(&self, path: &str) -> Option<&Node> {
        path.split('.').filter(|s| !s.is_empty()).try_fold(self, |node, key| match &node.plain {
            Plain::Table(t) => t.get(key),
            Plain::Array(a) => key.parse::<usize>().ok().and_then(|i| a.get(i)),
            Plain::Leaf(_) => None,
        })
    }

    /// The words at a path.
    #[must_use]
    pub fn words(&self, path: &str) -> Option<&str> {
        match &self.get(path)?.plain {
            Plain::Leaf(Json::String(s)) => Some(s),
            _ => None,
        }
    }

    /// The value without its places.
    #[must_use]
    pub fn json(&self) -> Json {
        match &self.plain {
            Plain::Table(t) => Json::Object(t.iter().map(|(k, v)| (k.clone(), v.json())).collect()),
            Plain::Array(a) => a.iter().map(Node::json).collect(),
            Plain::Leaf(j) => j.clone(),
        }
    }

    /// Where a path stands, or its nearest parent that is written down: the key of a table, the value of a leaf.
    #[must_use]
    pub fn place(&self, path: &str) -> Place {
        let mut at = self;
        let path_of_keys = path.replace('[', ".").replace(']', "");
        for key in path_of_keys.split('.') {
            let Some(next) = at.get_deep(key) else { break };
            at = next;
        }
        at.here(path)
    }

    /// This very value as a place.
    #[must_use]
    pub fn here(&self, path: &str) -> Place {
        let span = match self.plain {
            Plain::Table(_) => &self.key,
            _ => &self.value,
        };
        Place { file: self.file.clone(), path: path.to_owned(), span: Some(span.clone()) }
    }

    /// The key of this value as a place.
    #[must_use]
    pub fn at_key(&self, path: &str) -> Place {
        Place { file: self.file.clone(), path: path.to_owned(), span: Some(self.key.clone()) }
    }
}

/// Reads a file.
///
/// # Errors
/// Every place where it is not TOML, or not UTF-8.
pub fn parse(file: &str, bytes: &[u8]) -> Result<Node, Vec<Fault>> {
    let file: Arc<str> = file.into();
    let text = std::str::from_utf8(bytes).map_err(|_| vec![not_text(&file)])?;
    let (root, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        let whole = 0..text.lines().next().map_or(0, str::len);
        let plain = Plain::Table(table(root.get_ref(), &file));
        return Ok(Node { file, key: whole.clone(), value: whole, plain });
    }
    let mut faults: Vec<Fault> = errors.iter().map(|e| syntax(&file, text, e)).collect();
    faults.sort_by_key(|f| f.span.as_ref().map(|s| s.start));
    Err(faults)
}

fn not_text(file: &Arc<str>) -> Fault {
    let at = Place { file: file.clone(), path: String::new(), span: None };
    let message = ["这个文件不是 UTF-8 编码", "the file is not UTF-8"];
    Fault::new(&at, "syntax", message, ["请另存为 UTF-8 编码", "save it as UTF-8"])
}

fn syntax(file: &Arc<str>, text: &str, error: &toml::de::Error) -> Fault {
    let span = error.span().unwrap_or(0..0);
    let span = span.start.min(text.len())..span.end.min(text.len());
    let at = Place { file: file.clone(), path: String::new(), span: Some(span) };
    let said = error.message();
    let (help_zh, help) = match said {
        s if s.contains("duplicate key") => {
            ("同一个名字只能写一次，请删去或改名", "write each name once; rename one of them")
        }
        s if s.contains("quote") || s.contains("string") => {
            ("文字要放在成对的英文引号里", "put words between straight double quotes")
        }
        _ => ("请看划线处前后的引号、逗号、方括号和花括号是否成对", "look for a missing quote, comma or bracket here"),
    };
    Fault::new(&at, "syntax", ["这里的写法不合 TOML 格式", said], [help_zh, help])
}

fn table(table: &DeTable<'_>, file: &Arc<str>) -> BTreeMap<String, Node> {
    table.iter().map(|(k, v)| (k.get_ref().to_string(), node(v, k.span(), file))).collect()
}

fn node(value: &Spanned<DeValue<'_>>, key: Range<usize>, file: &Arc<str>) -> Node {
    let plain = match value.get_ref() {
        DeValue::Table(t) => Plain::Table(table(t, file)),
        DeValue::Array(a) => Plain::Array(a.iter().map(|v| node(v, v.span(), file)).collect()),
        DeValue::String(s) => Plain::Leaf(Json::String(s.to_string())),
        DeValue::Boolean(b) => Plain::Leaf(Json::Bool(*b)),
        DeValue::Integer(i) => Plain::Leaf(integer(i.as_str(), i.radix())),
        DeValue::Float(f) => Plain::Leaf(f.as_str().parse::<f64>().map_or(Json::Null, Json::from)),
        DeValue::Datetime(d) => Plain::Leaf(Json::String(d.to_string())),
    };
    Node { file: file.clone(), key, value: value.span(), plain }
}

/// A number too large for 64 bits stays words, and is refused as a wrong type where it is used.
fn integer(digits: &str, radix: u32) -> Json {
    i64::from_str_radix(digits, radix).map_or_else(|_| Json::String(digits.to_owned()), Json::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[a]\nx = { \"名\" = \"甲\", n = 3 }\nlist = [\"p\", \"q\"]\nday = 2026-05-01\n";

    #[test]
    fn every_value_knows_its_place() {
        let root = parse("f.toml", TEXT.as_bytes()).expect("reads");
        let shown = |path: &str| root.place(path).span.map(|s| &TEXT[s]);
        assert_eq!(shown("a.x.名"), Some("\"甲\""));
        assert_eq!(shown("a.x"), Some("x"));
        assert_eq!(shown("a.list[1]"), Some("\"q\""));
        assert_eq!(shown("a.x.missing.deeper"), Some("x"));
        assert_eq!(root.json()["a"]["day"], "2026-05-01");
        assert_eq!(root.json()["a"]["x"]["n"], 3);
    }

    #[test]
    fn what_is_not_toml_is_pointed_at() {
        let text = "a = \"甲\"\nbad = \nalso bad\n";
        let faults = parse("f.toml", text.as_bytes()).expect_err("refused");
        assert!(faults.len() >= 2, "all at once: {faults:?}");
        assert_eq!(crate::fault::line_column(text, faults[0].span.clone().expect("a place").start).0, 2);
        assert_eq!(parse("f.toml", &[0xff]).expect_err("refused")[0].rule, "syntax");
    }
}
