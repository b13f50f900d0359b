//! Overlays (地方规定): a region's file lays named parts over a mechanism. Tables are laid over key by key, everything else
//! is replaced. Whether a region may do so is rule 9 and judged by the checker, not here.

use crate::fault::{Fault, Place};
use crate::near::nearest;
use crate::schema::{NAMED, SINGLE, part, read};
use crate::source::{Node, Plain};
use kernel::region::RegionCode;
use kernel::text::Text;
use serde::Deserialize;

/// An overlay as read.
#[derive(Clone, Debug)]
pub struct Overlay {
    /// What it says about itself.
    pub head: Head,
    /// Its file.
    pub file: String,
    /// The file without `[overlay]`.
    pub parts: Node,
    head_node: Node,
}

/// `[overlay]`.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// The mechanism that it changes.
    pub of: String,
    /// Where it holds.
    pub region: Regions,
    /// What people call it.
    pub name: Text,
    /// The text that it rests on.
    pub source: String,
    /// A sample that was not verified.
    #[serde(default)]
    pub sample: bool,
    /// Parts that fall away: `action.x`, `clock.y`, `action.x.when`.
    #[serde(default)]
    pub remove: Vec<String>,
}

/// One region or several.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(untagged)]
pub enum Regions {
    /// One.
    One(RegionCode),
    /// Several.
    Several(Vec<RegionCode>),
}

impl Head {
    /// The regions where it holds, each with all below it.
    #[must_use]
    pub fn regions(&self) -> &[RegionCode] {
        match &self.region {
            Regions::One(r) => std::slice::from_ref(r),
            Regions::Several(rs) => rs,
        }
    }
}

impl Overlay {
    /// Takes a file apart.
    ///
    /// # Errors
    /// What `[overlay]` lacks or says wrongly.
    pub fn new(file: &str, mut root: Node) -> Result<Overlay, Vec<Fault>> {
        let mut faults = Vec::new();
        let whole = root.here("overlay");
        let Some(head_node) = root.table_mut().and_then(|t| t.remove("overlay")) else {
            let message = ["这份地方规定没有写 [overlay]", "the overlay has no [overlay] table"];
            let help = [
                "写明 [overlay] of（机制）、region（行政区划代码）、name、source",
                "say `[overlay]` with `of` (mechanism), `region` (code), `name` and `source`",
            ];
            return Err(vec![Fault::new(&whole, "missing", message, help)]);
        };
        let head = read::<Head>(&head_node, "overlay", &mut faults);
        match head.filter(|_| faults.is_empty()) {
            Some(head) => Ok(Overlay { head, file: file.to_owned(), parts: root, head_node }),
            None => Err(faults),
        }
    }

    /// Where a key of `[overlay]` stands.
    #[must_use]
    pub fn place(&self, key: &str) -> Place {
        let at = self.head_node.get(key).unwrap_or(&self.head_node);
        at.here(&format!("overlay.{key}"))
    }
}

/// Lays an overlay over a mechanism.
///
/// # Errors
/// Parts that the mechanism does not have and that are not whole by themselves, unknown tables, removals of nothing.
pub fn merge(base: &Node, overlay: &Overlay) -> Result<Node, Vec<Fault>> {
    let mut merged = base.clone();
    let mut faults = Vec::new();
    for path in &overlay.head.remove {
        if !remove(&mut merged, path) {
            faults.push(nothing_there(base, overlay, path));
        }
    }
    for (table, node) in overlay.parts.table().into_iter().flatten() {
        strangers(base, table, node, &mut faults);
    }
    lay(&mut merged, &overlay.parts);
    if let Some(id) =
        overlay.parts.get("mechanism.id").filter(|_| overlay.parts.words("mechanism.id") != base.words("mechanism.id"))
    {
        let message = ["地方规定不能改机制的编号", "an overlay cannot change the mechanism's id"];
        let help = ["去掉这一行", "take this line away"];
        faults.push(Fault::new(&id.here("mechanism.id"), "overlay", message, help));
    }
    if overlay.head.sample {
        mark_sample(&mut merged, &overlay.head_node);
    }
    if faults.is_empty() { Ok(merged) } else { Err(faults) }
}

/// Deeply: a table over a table key by key, everything else in place of what was there.
fn lay(under: &mut Node, over: &Node) {
    match (under.table_mut(), over.table()) {
        (Some(old), Some(new)) => {
            for (key, node) in new {
                match old.get_mut(key) {
                    Some(there) => lay(there, node),
                    None => drop(old.insert(key.clone(), node.clone())),
                }
            }
        }
        _ => *under = over.clone(),
    }
}

fn remove(root: &mut Node, path: &str) -> bool {
    let (parent, key) = path.rsplit_once('.').unwrap_or(("", path));
    let steps = parent.split('.').filter(|s| !s.is_empty());
    let owner = steps.into_iter().try_fold(root, |node, step| node.table_mut()?.get_mut(step));
    owner.and_then(Node::table_mut).is_some_and(|t| t.remove(key).is_some())
}

fn nothing_there(base: &Node, overlay: &Overlay, path: &str) -> Fault {
    let known = parts(base);
    let message =
        [&*format!("机制里没有“{path}”，无从去掉"), &*format!("there is no `{path}` to remove in the mechanism")];
    let near = nearest(path, known.iter().map(String::as_str));
    let help = near.map_or_else(
        || [String::from("写法如 action.名称"), String::from("write it as `action.NAME`")],
        |n| [format!("是不是想写“{n}”？"), format!("did you mean `{n}`?")],
    );
    Fault::new(&overlay.place("remove"), "unknown_part", message, [&help[0], &help[1]])
}

fn parts(base: &Node) -> Vec<String> {
    let tables = base.table().into_iter().flatten().filter(|(t, _)| NAMED.contains(&t.as_str()));
    tables.flat_map(|(t, n)| n.table().into_iter().flatten().map(move |(id, _)| format!("{t}.{id}"))).collect()
}

/// A named part that the mechanism does not have must be whole; otherwise it is a change of something mistyped.
fn strangers(base: &Node, table: &str, node: &Node, faults: &mut Vec<Fault>) {
    if !NAMED.contains(&table) {
        if !SINGLE.contains(&table) {
            let known: Vec<&str> = NAMED.into_iter().chain(SINGLE).collect();
            faults.push(no_part(node, table, table, &known));
        }
        return;
    }
    let there = base.get(table).and_then(Node::table);
    for (id, part_node) in
        node.table().into_iter().flatten().filter(|(id, _)| there.is_none_or(|t| !t.contains_key(*id)))
    {
        let path = format!("{table}.{id}");
        let mut own = Vec::new();
        part(table, part_node, &path, &mut own);
        let known: Vec<&str> = there.into_iter().flatten().map(|(k, _)| k.as_str()).collect();
        let mistyped = !own.is_empty() && nearest(id, known.iter().copied()).is_some();
        let not_whole = own.iter().any(|f| f.rule == "missing") || part_node.table().is_none();
        if mistyped || not_whole {
            faults.push(no_part(part_node, &path, id, &known));
        }
    }
}

fn no_part(node: &Node, path: &str, id: &str, known: &[&str]) -> Fault {
    let message = [
        &*format!("机制里没有“{path}”，要新增的话又不完整"),
        &*format!("the mechanism has no `{path}`, and to add it more must be said"),
    ];
    let help = match nearest(id, known.iter().copied()) {
        Some(near) => [format!("是不是想改“{near}”？"), format!("did you mean `{near}`?")],
        None => [
            format!("机制里有：{}；要新增就把这一项写全", known.join("、")),
            format!("there are: {}; to add a part, write all of it", known.join(", ")),
        ],
    };
    Fault::new(&node.at_key(path), "unknown_part", message, [&help[0], &help[1]])
}

fn mark_sample(merged: &mut Node, at: &Node) {
    let yes = Node { plain: Plain::Leaf(serde_json::Value::Bool(true)), ..at.clone() };
    if let Some(head) = merged.table_mut().and_then(|t| t.get_mut("mechanism")).and_then(Node::table_mut) {
        head.insert("sample".into(), yes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::parse;

    const BASE: &str = r#"
[mechanism]
id = "x"
[number]
handle = { value = "15d", source = "S" }
[action.transfer]
by = ["office"]
label = { zh = "转送", en = "transfer" }
[action.refuse]
by = ["office"]
"#;

    fn with(overlay: &str) -> Result<serde_json::Value, Vec<Fault>> {
        let base = parse("b", BASE.as_bytes()).expect("TOML");
        let head = "[overlay]\nof = \"x\"\nregion = [\"3308\", \"990101\"]\nname = { zh = \"规定\", en = \"rule\" }\nsource = \"T\"\n";
        let root = parse("o", format!("{head}{overlay}").as_bytes()).expect("TOML");
        merge(&base, &Overlay::new("o", root)?).map(|n| n.json())
    }

    #[test]
    fn tables_are_laid_over_key_by_key_and_lists_replaced() {
        let merged =
            with("[number]\nhandle.value = \"10d\"\n[action.transfer]\nby = [\"a\", \"b\"]\nlabel.zh = \"转\"\n")
                .expect("merges");
        assert_eq!(merged["number"]["handle"], serde_json::json!({ "value": "10d", "source": "S" }));
        assert_eq!(merged["action"]["transfer"]["by"], serde_json::json!(["a", "b"]));
        assert_eq!(merged["action"]["transfer"]["label"], serde_json::json!({ "zh": "转", "en": "transfer" }));
    }

    #[test]
    fn parts_are_removed_and_samples_marked() {
        let merged = with("remove = [\"action.refuse\"]\nsample = true\n").expect("merges");
        assert!(merged["action"].get("refuse").is_none());
        assert_eq!(merged["mechanism"]["sample"], true);
    }

    #[test]
    fn what_is_mistyped_is_told_with_the_nearest_name() {
        let one = |text: &str| with(text).expect_err("refused").remove(0);
        let fault = one("[action.trasnfer]\nby = [\"a\"]\n");
        assert_eq!((fault.rule, fault.help.as_str()), ("unknown_part", "did you mean `transfer`?"));
        assert_eq!(one("remove = [\"action.refse\"]\n").help, "did you mean `action.refuse`?");
        assert_eq!(one("[actoin.x]\n").help, "did you mean `action`?");
        assert_eq!(one("[mechanism]\nid = \"y\"\n").rule, "overlay");
        assert_eq!(one("regon = 1\n").help, "did you mean `region`?");
    }

    #[test]
    fn a_new_part_that_is_whole_is_added() {
        let merged = with("[number.extra]\nvalue = \"2d\"\nsource = \"T\"\n").expect("merges");
        assert_eq!(merged["number"]["extra"]["value"], "2d");
    }
}
