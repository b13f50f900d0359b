//! What rests on a clause: every item of a mechanism that names its source, and which items change when a clause does.
//! It knows what the packs cite and nothing of what a clause says; whether a rule follows its clause is for a reader.

use crate::source::{Title, title};
use kernel::mechanism::Mechanism;
use kernel::number::{NumberRow, Value};
use kernel::text::Text;
use kernel::time::Length;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

/// An item of a mechanism that rests on a source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// The mechanism.
    pub mechanism: String,
    /// What the mechanism is called.
    pub name: Text,
    /// Where it stands in the pack, such as `number.reply`.
    pub path: String,
    /// What it is called, where it has a name.
    pub label: Option<Text>,
    /// Its value, for a number.
    pub value: Option<Text>,
    /// The source as the pack writes it.
    pub source: String,
}

/// The first and the last of what lies together.
type Range = (u32, u32);

/// One clause that a source names: `XF 31(6)` is the text `XF` and the article `31(6)`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Clause {
    /// The short name of the text.
    pub text: String,
    /// The first and the last article, for order; none for the whole text or what is no number.
    span: Option<Range>,
    /// The first and the last paragraph of it, where the source names them.
    within: Option<Range>,
    /// The article as written; empty for the whole text.
    pub article: String,
}

impl Clause {
    /// As packs write it.
    #[must_use]
    pub fn key(&self) -> String {
        [self.text.as_str(), self.article.as_str()].join(" ").trim().to_owned()
    }

    fn read(text: &str, article: &str) -> Clause {
        let (span, within) = places(article).map_or((None, None), |(s, w)| (Some(s), w));
        Clause { text: text.to_owned(), span, within, article: article.to_owned() }
    }

    /// Whether what rests on the one is touched when the other changes: they are the same, one holds the other, or they overlap.
    #[must_use]
    pub fn touches(&self, other: &Clause) -> bool {
        let meet = |a: Range, b: Range| a.0 <= b.1 && b.0 <= a.1;
        self.text == other.text
            && match (self.span, other.span) {
                _ if self.article.is_empty() || other.article.is_empty() => true,
                (Some(a), Some(b)) => meet(a, b) && self.within.zip(other.within).is_none_or(|(a, b)| meet(a, b)),
                _ => self.article == other.article,
            }
    }
}

/// `31`, `26-37`, `31(6)`, `31(1)-(5)`: the articles, and the paragraphs of a single one.
fn places(article: &str) -> Option<(Range, Option<Range>)> {
    let range = |s: &str| match s.split_once('-') {
        Some((a, b)) => Some((a.parse().ok()?, b.parse().ok()?)),
        None => s.parse().ok().map(|n| (n, n)),
    };
    let Some((number, within)) = article.split_once('(') else { return Some((range(article)?, None)) };
    let within: String = within.chars().filter(|c| !"()".contains(*c)).collect();
    Some((range(number)?, range(&within)))
}

/// The clauses that a source names.
#[must_use]
pub fn clauses(source: &str) -> Vec<Clause> {
    let each = source.split(';').map(str::trim).filter(|p| !p.is_empty());
    each.flat_map(|part| {
        // Of a text without a short name only what ends with an article is told apart from it.
        let split = part.split_once(' ').filter(|(key, rest)| title(key).is_some() || places(first(rest)).is_some());
        let (text, articles) = split.unwrap_or((part, ""));
        articles.split(',').map(|a| Clause::read(text, a.trim())).collect::<Vec<_>>()
    })
    .collect()
}

fn first(articles: &str) -> &str {
    articles.split(',').next().unwrap_or_default().trim()
}

/// Every item of the mechanism that names a source, in the order of the pack's tables.
#[must_use]
pub fn items(m: &Mechanism) -> Vec<Item> {
    let json = serde_json::to_value(m).expect("invariant: a mechanism is plain data");
    let mut out = Vec::new();
    walk(m, &json, &mut Vec::new(), &mut out);
    out
}

/// Whatever names a source rests on it; so a construct that comes later is found as well.
fn walk(m: &Mechanism, at: &Json, path: &mut Vec<String>, out: &mut Vec<Item>) {
    match at {
        Json::Object(map) => {
            if let Some(source) = map.get("source").and_then(Json::as_str).filter(|s| !s.is_empty()) {
                out.push(item(m, map, path, source));
            }
            for (key, value) in map {
                path.push(key.clone());
                walk(m, value, path, out);
                path.pop();
            }
        }
        Json::Array(list) => {
            for (i, value) in list.iter().enumerate() {
                path.push(value.get("id").and_then(Json::as_str).map_or_else(|| i.to_string(), str::to_owned));
                walk(m, value, path, out);
                path.pop();
            }
        }
        _ => {}
    }
}

fn item(m: &Mechanism, map: &serde_json::Map<String, Json>, path: &[String], source: &str) -> Item {
    let text = |v: &Json| serde_json::from_value::<Text>(v.clone()).ok();
    let both = || Some(Text::new(map.get("zh")?.as_str()?, map.get("en")?.as_str()?));
    let number = path.first().filter(|t| *t == "number").and(path.get(1)).and_then(|id| Some((id, m.number.get(id)?)));
    let label = map.get("label").or_else(|| map.get("name")).and_then(text).or_else(both);
    Item {
        mechanism: m.mechanism.id.clone(),
        name: m.mechanism.name.clone(),
        path: path.join("."),
        label: label.or_else(|| number.and_then(|(id, _)| for_what(m, id))),
        value: number.map(|(id, row)| value(m, id, row)),
        source: source.to_owned(),
    }
}

/// A number has no name of its own: what it is the length of has one.
fn for_what(m: &Mechanism, id: &str) -> Option<Text> {
    let kept = m.retention.as_ref();
    let above = [
        (m.approval.as_ref().map(|a| a.within.as_str()), "等批准", "waiting for approval"),
        (m.escalation.as_ref().map(|e| e.within.as_str()), "逾期以后上级接着管", "the superior, after it was missed"),
        (kept.and_then(|r| r.after_end.as_deref()), "办结以后保存", "kept after the end"),
        (kept.and_then(|r| r.identity.as_deref()), "姓名、电话等办结以后保存", "names and numbers kept after the end"),
    ];
    let clock = m.clock.values().find(|c| c.length == id).map(|c| c.label.clone());
    let longer = m.action.values().find(|a| a.extends.as_ref().is_some_and(|e| e.by == id));
    let above = above.into_iter().find(|(number, ..)| *number == Some(id)).map(|(_, zh, en)| Text::new(zh, en));
    clock.or_else(|| longer.map(|a| a.label.clone())).or(above)
}

fn value(m: &Mechanism, id: &str, row: &NumberRow) -> Text {
    let kept = m.retention.as_ref();
    let keeps = kept.is_some_and(|r| [&r.after_end, &r.identity].into_iter().any(|n| n.as_deref() == Some(id)));
    let said = |l: &Length| if keeps { Text::new(l.kept_zh(), l.kept_en()) } else { Text::new(l.zh(), l.en()) };
    match &row.value {
        Value::Fixed(l) => said(l),
        Value::Local => Text::new("由当地定", "to be set locally"),
        Value::Count(n) => Text::new(format!("{n} 件"), n.to_string()),
        Value::Until { max, .. } => Text::new(format!("最长 {}", max.zh()), format!("at most {}", max.en())),
        Value::By { field, lengths } => {
            let of = m.field.get(field).map_or(&[][..], |f| &f.of);
            let each = lengths.iter().map(|(code, l)| {
                let (choice, l) = (of.iter().find(|c| c.id == *code), said(l));
                let name = choice.map_or_else(|| Text::new(code, code), |c| Text::new(&c.zh, &c.en));
                Text::new(format!("{}：{}", name.zh, l.zh), format!("{}: {}", name.en, l.en))
            });
            let each: Vec<Text> = each.collect();
            let join = |get: fn(&Text) -> &str, with| each.iter().map(get).collect::<Vec<_>>().join(with);
            Text::new(join(|t| &t.zh, "；"), join(|t| &t.en, "; "))
        }
    }
}

/// The items that are touched when the clause changes.
#[must_use]
pub fn resting<'a>(items: &'a [Item], on: &Clause) -> Vec<&'a Item> {
    items.iter().filter(|i| clauses(&i.source).iter().any(|c| c.touches(on))).collect()
}

/// A text with its clauses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cited {
    /// The short name.
    pub key: String,
    /// Its title; none where packs write it out.
    pub title: Option<Title>,
    /// How many items name it.
    pub items: usize,
    /// Its clauses as the packs name them, and how many items are touched when one changes.
    pub clauses: Vec<(Clause, usize)>,
}

/// Every text that the items name: laws first, those with most items first; what is no document comes last.
#[must_use]
pub fn cited(items: &[Item]) -> Vec<Cited> {
    let mut texts: BTreeMap<String, BTreeSet<Clause>> = BTreeMap::new();
    for clause in items.iter().flat_map(|i| clauses(&i.source)) {
        texts.entry(clause.text.clone()).or_default().insert(clause);
    }
    let count = |c: &Clause| resting(items, c).len();
    let mut all: Vec<Cited> = texts
        .into_iter()
        .map(|(key, named)| {
            let whole = Clause::read(&key, "");
            let clauses = named.into_iter().filter(|c| !c.article.is_empty()).map(|c| (c.clone(), count(&c))).collect();
            Cited { title: title(&key), items: count(&whole), clauses, key }
        })
        .collect();
    all.sort_by_key(|c| (c.title.as_ref().is_some_and(|t| t.plain), std::cmp::Reverse(c.items), c.key.clone()));
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clause(text: &str) -> Clause {
        clauses(text).remove(0)
    }

    #[test]
    fn a_source_is_read_clause_by_clause() {
        let keys = |s: &str| clauses(s).iter().map(Clause::key).collect::<Vec<_>>();
        assert_eq!(keys("XF 31(6), 36; CC 203"), ["XF 31(6)", "XF 36", "CC 203"]);
        assert_eq!(keys("SEVEN"), ["SEVEN"]);
        assert_eq!(keys("国信发〔2022〕11号"), ["国信发〔2022〕11号"]);
        assert_eq!(keys("未成年人保护法 11"), ["未成年人保护法 11"]);
        assert_eq!(keys("示例 local rule"), ["示例 local rule"], "words after a text of its own are its name");
    }

    #[test]
    fn what_overlaps_is_touched_and_what_stands_beside_is_not() {
        let touches = |a: &str, b: &str| {
            assert_eq!(clause(a).touches(&clause(b)), clause(b).touches(&clause(a)), "{a}, {b}");
            clause(a).touches(&clause(b))
        };
        assert!(touches("XF 34", "XF 34") && touches("XF 29-35", "XF 34") && touches("XF", "XF 34"));
        assert!(touches("XF 31", "XF 31(6)") && touches("XF 31(1)-(5)", "XF 31(3)"));
        assert!(!touches("XF 3", "XF 34") && !touches("XF 31(6)", "XF 31(1)-(5)") && !touches("CC 34", "XF 34"));
        assert!(!touches("XF 29-31", "XF 34") && !touches("SRC 当天讨论", "SRC 当周试行"));
    }
}
