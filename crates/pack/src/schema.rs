//! From a tree to a mechanism: each part is read on its own, so that a file shows every fault it has and not only the first.
//! Whether the parts fit together is not judged here; the checker does that.

use crate::fault::{Fault, Place};
use crate::near::nearest;
use crate::source::{Node, Plain};
use kernel::mechanism::{
    Action, Approval, Cap, Child, Clock, Escalation, Field, Head, Letter, Measure, Mechanism, Part, Plan, Retention,
    Set, Slots, State, Vote,
};
use kernel::number::NumberRow;
use kernel::role::Role;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

/// The tables of a mechanism that hold named parts.
pub const NAMED: [&str; 14] = [
    "role", "number", "field", "state", "part", "action", "clock", "letter", "measure", "child", "plan", "vote", "set",
    "cap",
];
/// Those that are one part.
pub const SINGLE: [&str; 5] = ["mechanism", "escalation", "approval", "slots", "retention"];
/// How many unknown keys of one part are told at once.
const MOST_UNKNOWN: usize = 20;

/// Reads a mechanism.
///
/// # Errors
/// Every part that cannot be read, with its place.
pub fn mechanism(root: &Node) -> Result<Mechanism, Vec<Fault>> {
    let mut faults = Vec::new();
    for (key, node) in root.table().into_iter().flatten() {
        match (NAMED.contains(&key.as_str()), SINGLE.contains(&key.as_str())) {
            (true, _) => named(key, node, &mut faults),
            (_, true) => part(key, node, key, &mut faults),
            _ => faults.push(unknown(&node.at_key(key), key, NAMED.into_iter().chain(SINGLE))),
        }
    }
    faults.sort_by_key(|f| (f.file.clone(), f.span.as_ref().map(|s| s.start)));
    for key in ["mechanism", "role", "state", "action"].into_iter().filter(|k| root.get(k).is_none()) {
        faults.push(missing(&root.here(""), key));
    }
    if faults.is_empty() {
        let whole: Option<Mechanism> = read(root, "", &mut faults);
        if let Some(mechanism) = whole {
            return Ok(mechanism);
        }
    }
    Err(faults)
}

fn named(table: &str, node: &Node, faults: &mut Vec<Fault>) {
    let Some(parts) = node.table() else {
        let message = [&*format!("“{table}”下面要写一张一张的表"), &*format!("`{table}` holds named tables")];
        let help = [&*format!("写成 [{table}.名称]"), &*format!("write [{table}.name]")];
        return faults.push(Fault::new(&node.here(table), "wrong_type", message, help));
    };
    for (id, node) in parts {
        let path = format!("{table}.{id}");
        if !id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
            let message = [
                &*format!("“{id}”不能用作名称"),
                &*format!("`{id}` cannot be a name: addresses and conditions use it"),
            ];
            let help = ["只用小写英文字母、数字和下划线", "use lower-case letters a-z, digits and _"];
            faults.push(Fault::new(&node.at_key(&path), "bad_value", message, help));
        }
        part(table, node, &path, faults);
    }
}

/// Reads one part only to find its faults.
pub fn part(table: &str, node: &Node, path: &str, faults: &mut Vec<Fault>) {
    match table {
        "role" => drop(read::<Role>(node, path, faults)),
        "number" => drop(read::<NumberRow>(node, path, faults)),
        "field" => drop(read::<Field>(node, path, faults)),
        "state" => drop(read::<State>(node, path, faults)),
        "part" => drop(read::<Part>(node, path, faults)),
        "action" => drop(read::<Action>(node, path, faults)),
        "clock" => drop(read::<Clock>(node, path, faults)),
        "letter" => drop(read::<Letter>(node, path, faults)),
        "measure" => drop(read::<Measure>(node, path, faults)),
        "child" => drop(read::<Child>(node, path, faults)),
        "plan" => drop(read::<Plan>(node, path, faults)),
        "slots" => drop(read::<Slots>(node, path, faults)),
        "retention" => drop(read::<Retention>(node, path, faults)),
        "vote" => drop(read::<Vote>(node, path, faults)),
        "set" => drop(read::<Set>(node, path, faults)),
        "cap" => drop(read::<Cap>(node, path, faults)),
        "mechanism" => drop(read::<Head>(node, path, faults)),
        "escalation" => drop(read::<Escalation>(node, path, faults)),
        _ => drop(read::<Approval>(node, path, faults)),
    }
}

/// Reads a value of any type; faults are put where they stand.
pub fn read<T: DeserializeOwned>(node: &Node, path: &str, faults: &mut Vec<Fault>) -> Option<T> {
    let mut json = node.json();
    let mut taken: Vec<String> = Vec::new();
    for _ in 0..MOST_UNKNOWN {
        let error = match serde_path_to_error::deserialize::<_, T>(&json) {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        let (inner, said) = (error.path().to_string(), error.inner().to_string());
        let inner = if inner == "." { String::new() } else { inner.replace('[', ".").replace(']', "") };
        let Some(key) = quoted(&said, "unknown field `") else {
            let lost = quoted(&said, "missing field `").is_some_and(|k| taken.contains(&join(&inner, k)));
            if !lost {
                faults.push(explain(node, path, &inner, &said));
            }
            // Go on without the key at fault, to find the next one; that it is missing then is no news.
            let (parent, key) = inner.rsplit_once('.').unwrap_or(("", &inner));
            let in_list = key.parse::<usize>().is_ok();
            let (parent, key) = if in_list { parent.rsplit_once('.').unwrap_or(("", parent)) } else { (parent, key) };
            if said.starts_with("missing field") || !forget(&mut json, parent, key) {
                return None;
            }
            taken.push(join(parent, key));
            continue;
        };
        let known: Vec<&str> = said.split('`').skip(3).step_by(2).collect();
        let parent = inner.strip_suffix(key).map_or(inner.as_str(), |p| p.trim_end_matches('.'));
        let owner = node.get_deep(parent).unwrap_or(node);
        let place = owner.table().and_then(|t| t.get(key)).unwrap_or(owner).at_key(&join(path, &join(parent, key)));
        faults.push(unknown(&place, key, known));
        if !forget(&mut json, parent, key) {
            return None;
        }
    }
    None
}

fn join(a: &str, b: &str) -> String {
    [a, b].into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(".")
}

/// Takes an unknown key away, so that the next fault can be found.
fn forget(json: &mut Json, parent: &str, key: &str) -> bool {
    let mut at = json;
    for step in parent.split('.').filter(|s| !s.is_empty()) {
        let next = match at {
            Json::Object(o) => o.get_mut(step),
            Json::Array(a) => step.parse::<usize>().ok().and_then(|i| a.get_mut(i)),
            _ => None,
        };
        let Some(next) = next else { return false };
        at = next;
    }
    at.as_object_mut().is_some_and(|o| o.remove(key).is_some())
}

fn quoted<'a>(said: &'a str, before: &str) -> Option<&'a str> {
    said.strip_prefix(before)?.split('`').next()
}

fn unknown<'a>(at: &Place, key: &str, known: impl IntoIterator<Item = &'a str>) -> Fault {
    let known: Vec<&str> = known.into_iter().collect();
    let help = match nearest(key, known.iter().copied()) {
        Some(near) => [format!("是不是想写“{near}”？"), format!("did you mean `{near}`?")],
        None => [format!("这里可以写：{}", known.join("、")), format!("what may stand here: {}", known.join(", "))],
    };
    let message = [&*format!("没有“{key}”这一项"), &*format!("there is no `{key}` here")];
    Fault::new(at, "unknown", message, [&help[0], &help[1]])
}

fn missing(at: &Place, key: &str) -> Fault {
    let message = [&*format!("少了“{key}”"), &*format!("`{key}` is missing")];
    let help = match key {
        "label" | "name" | "said" | "summary" => {
            [format!("补上 {key} = {{ zh = \"…\", en = \"…\" }}"), format!("add {key} = {{ zh = \"…\", en = \"…\" }}")]
        }
        _ => [format!("请补上“{key}”"), format!("add `{key}`")],
    };
    Fault::new(at, "missing", message, [&help[0], &help[1]])
}

/// Says what serde said, in words that name a way out.
fn explain(node: &Node, path: &str, inner: &str, said: &str) -> Fault {
    let full = join(path, inner);
    let at = node.get_deep(inner).unwrap_or(node);
    let here = at.here(&full);
    if let Some(key) = quoted(said, "missing field `") {
        return missing(&at.at_key(&full), key);
    }
    if let Some(word) = quoted(said, "unknown variant `") {
        let known: Vec<&str> = said.split('`').skip(3).step_by(2).collect();
        let mut fault = unknown(&here, word, known.iter().copied());
        fault.zh = format!("“{word}”不在可选之列");
        fault.message = format!("`{word}` is none of the values that may stand here");
        fault.help_zh = format!("{}（可以写：{}）", fault.help_zh, known.join("、"));
        fault.help = format!("{} (one of: {})", fault.help, known.join(", "));
        return fault;
    }
    let leaf = inner.rsplit('.').next().unwrap_or_default();
    if let Some(kinds) = said.strip_prefix("invalid type: ") {
        return wrong_type(&here, at, kinds);
    }
    let (zh, help) = match leaf {
        "is" => ("读不出这个角色是哪个单位", ROLE_HELP),
        "when" => ("读不懂这个条件", GUARD_HELP),
        "quorum" | "majority" => ("读不懂这个比例", PORTION_HELP),
        _ if inner.contains("needs_when") => ("读不懂这个条件", GUARD_HELP),
        "value" | "max" => ("这不是时长", LENGTH_HELP),
        _ if inner.contains("lengths") => ("这不是时长", LENGTH_HELP),
        _ if said.contains("region code") => ("行政区划代码不对", REGION_HELP),
        _ => ("这里的写法读不懂", ["请对照说明改正", "see docs/pack-authoring.md for what may stand here"]),
    };
    let said = if said.contains("untagged") { "this is no length of time" } else { said };
    Fault::new(&here, "bad_value", [zh, said], help)
}

const ROLE_HELP: [&str; 2] = [
    "写 office 职能、assignee、part_of of 角色（或 guided_by、reviewed_by、cadre_authority）、same as 角色、raiser",
    "write `office FUNCTION`, `assignee`, `RELATION of ROLE`, `same as ROLE` or `raiser`",
];
const GUARD_HELP: [&str; 2] = [
    "写成 kind = appeal and not route in [a, b] and count(object) < 2 and x is set；数字写 amount >= 5、share(a, b) >= 1/2、room(限额)",
    "write it as `kind = appeal and not route in [a, b] and count(object) < 2 and x is set`; numbers as `amount >= 5`, `share(a, b) >= 1/2`, `room(CAP)`",
];
const PORTION_HELP: [&str; 2] = [
    "写 more than 1/2 of base（超过半数）或 at least 2/3 of present（到场的三分之二以上）",
    "write `more than 1/2 of base` or `at least 2/3 of present`",
];
const LENGTH_HELP: [&str; 2] = [
    "写 \"15d\"（日）、\"5wd\"（工作日）、\"2h\"（小时）、\"local\"（由地方定）、{ by = \"字段\", lengths = { … } } 或 { until = \"日期字段\", max = \"15d\" }",
    "write \"15d\" (days), \"5wd\" (working days), \"2h\" (hours), \"local\", { by = \"field\", lengths = { … } } or { until = \"date_field\", max = \"15d\" }",
];
const REGION_HELP: [&str; 2] =
    ["写 2、4、6、9 或 12 位数字，不补零", "write 2, 4, 6, 9 or 12 digits without zero padding"];

fn wrong_type(here: &Place, at: &Node, kinds: &str) -> Fault {
    let expected = kinds.split("expected ").nth(1).unwrap_or_default();
    let english = format!("wrong kind of value: {kinds}");
    let help: [&str; 2] = match (expected, &at.plain) {
        ("struct Text", _) => ["写成 { zh = \"…\", en = \"…\" }", "write { zh = \"…\", en = \"…\" }"],
        (e, _) if e.contains("sequence") => ["写成方括号里的一列：[\"…\"]", "write a list in brackets: [\"…\"]"],
        (e, _) if e.contains("bool") => ["写 true 或 false，不加引号", "write true or false without quotes"],
        (e, _) if e.starts_with('u') || e.starts_with('i') => {
            ["写整数，不加引号", "write a whole number without quotes"]
        }
        (e, Plain::Leaf(_)) if e.contains("string") => ["写成引号里的文字", "write words between quotes"],
        _ => ["请对照说明改正", "see docs/pack-authoring.md for what may stand here"],
    };
    Fault::new(here, "wrong_type", ["这里的值类型不对", &english], help)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::parse;

    fn faults(text: &str) -> (Vec<Fault>, String) {
        let root = parse("national/x/mechanism.toml", text.as_bytes()).expect("TOML");
        let faults = mechanism(&root).expect_err("refused");
        let sources = [("national/x/mechanism.toml".to_owned(), text.into())].into();
        let shown = crate::fault::text(&faults, &sources, false);
        (faults, shown)
    }

    const SLIPS: &str = r#"
[mechanism]
id = "x"
name = "事项"
door = "reprot"
source = "S 1"
summary = { zh = "反映问题", en = "report", fr = "non" }

[role]
office = { name = { zh = "受理单位", en = "office" }, is = "ofice front" }

[number]
quick = { value = "5 days", source = "S 2" }

[state.open]
name = { zh = "办理中", en = "open" }
ring = "办理"
holdr = "office"

[action.raise]
label = { zh = "提交事项", en = "raise" }
by = "raiser"

[action.close]
label = { zh = "办结", en = "close" }
said = { zh = "办结了", en = "closed" }
in = ["open"]
by = ["office"]
when = "kind == appeal"
needs = [1]
at_most = "twice"

[clok.x]
"#;

    #[test]
    fn every_slip_is_shown_at_its_place() {
        let (faults, shown) = faults(SLIPS);
        insta::assert_snapshot!(shown);
        let rules: Vec<_> = faults.iter().map(|f| (f.path.as_str(), f.rule)).collect();
        for expected in [
            ("action.close.when", "bad_value"),
            ("role.office.is", "bad_value"),
            ("number.quick.value", "bad_value"),
            ("state.open.holdr", "unknown"),
            ("clok", "unknown"),
            ("mechanism.summary.fr", "unknown"),
            ("mechanism.name", "wrong_type"),
            ("action.raise", "missing"),
        ] {
            assert!(rules.contains(&expected), "{expected:?} in {rules:?}");
        }
    }
}
