//! No mechanism and no region has a name in Rust: what differs from place to place is data in packs/.
//! Comments and tests may name them; strings and identifiers of production code may not.

use std::collections::BTreeSet;
use std::str::FromStr as _;

use proc_macro2::TokenStream;
use toml::{Table, Value};

use crate::{
    Finding,
    rust::{flat, is_test_file, without_tests},
    tree::Tree,
};

/// Names that hold whether or not a pack of that name exists yet.
const ALWAYS: &[&str] = &[
    "信访",
    "吹哨",
    "接诉即办",
    "12345",
    "人民调解",
    "金点子",
    "hotline",
    "petition",
    "whistle",
    "rapid response",
    "service order",
    "mediation",
];

/// Provinces by their short names; what lies below them is data of the regions.
const REGIONS: &[&str] = &[
    "北京",
    "天津",
    "河北",
    "山西",
    "内蒙古",
    "辽宁",
    "吉林",
    "黑龙江",
    "上海",
    "江苏",
    "浙江",
    "安徽",
    "福建",
    "江西",
    "山东",
    "河南",
    "湖北",
    "湖南",
    "广东",
    "广西",
    "海南",
    "重庆",
    "四川",
    "贵州",
    "云南",
    "西藏",
    "陕西",
    "甘肃",
    "青海",
    "宁夏",
    "新疆",
    "香港",
    "澳门",
    "台湾",
];

/// Places that may use a name, each with its reason: (file, name, why). A line that no longer matches is itself a finding.
const EXCEPTIONS: &[(&str, &str, &str)] =
    &[("crates/kernel/src/kin.rs", "theme", "a kind of link between any matters, as files and the API write it")];

/// Every Rust file under crates/*/src.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let names = collect(tree);
    let mut findings = Vec::new();
    let mut used = BTreeSet::new();
    for (path, text) in
        tree.rust().filter(|(path, _)| path.starts_with("crates/") && path.contains("/src/") && !is_test_file(path))
    {
        for (line, name) in named(text, &names) {
            if EXCEPTIONS.iter().any(|(file, word, _)| *file == path && *word == name) {
                used.insert((path.to_owned(), name));
            } else {
                findings.push(Finding::new(
                    path,
                    line,
                    format!("names `{name}`: what differs by mechanism or region belongs into packs/"),
                ));
            }
        }
    }
    for (file, word, _) in EXCEPTIONS {
        if !used.contains(&((*file).to_owned(), (*word).to_owned())) {
            findings.push(Finding::new(
                "xtask/src/names.rs",
                0,
                format!("the exception ({file}, {word}) matches nothing: remove it"),
            ));
        }
    }
    findings
}

/// The fixed names, the directories under packs/national, and the names that their mechanisms give themselves.
pub fn collect(tree: &Tree) -> BTreeSet<String> {
    let mut names: BTreeSet<String> = ALWAYS.iter().chain(REGIONS).map(ToString::to_string).collect();
    for file in tree.files.iter().filter(|f| f.path.starts_with("packs/national/")) {
        let mut parts = file.path.split('/').skip(2);
        if let (Some(id), Some(_)) = (parts.next(), parts.next()) {
            names.insert(words(id));
        }
        if file.path.ends_with("/mechanism.toml") {
            names.extend(own_names(file.text.as_deref().unwrap_or_default()));
        }
    }
    names
}

/// `name` of `[mechanism]` (or of the root): a text, or one text per language.
fn own_names(text: &str) -> Vec<String> {
    let Ok(table) = text.parse::<Table>() else {
        return Vec::new();
    };
    let name = table.get("mechanism").and_then(|m| m.get("name")).or_else(|| table.get("name"));
    let texts: Vec<&str> = match name {
        Some(Value::String(text)) => vec![text],
        Some(Value::Table(languages)) => languages.values().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    texts.into_iter().map(words).filter(|name| !name.is_empty()).collect()
}

/// Lines and names found in the production code of one file.
pub fn named(text: &str, names: &BTreeSet<String>) -> Vec<(usize, String)> {
    let Ok(tokens) = TokenStream::from_str(text) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for (token, line) in flat(without_tests(tokens)) {
        if token.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let spread = format!(" {} ", words(&token));
        for name in names {
            let hit = if is_everyday(name) {
                token.trim_matches('"').len() + 2 == token.len() && words(&token) == *name
            } else if name.is_ascii() {
                spread.contains(&format!(" {name} ")) || spread.contains(&format!(" {name}s "))
            } else {
                token.contains(name.as_str())
            };
            if hit {
                found.push((line, name.clone()));
            }
        }
    }
    found
}

/// An id of one English word (`watch`, `theme`) is an ordinary word of the language too: it names a mechanism only where it
/// stands alone in quotes. Words that only this field uses stand in `ALWAYS` and count everywhere.
fn is_everyday(name: &str) -> bool {
    name.is_ascii() && !name.contains(' ') && !ALWAYS.contains(&name)
}

/// `RapidResponse`, `rapid_response` and `rapid-response` all become `rapid response`; other scripts stay as they are.
fn words(text: &str) -> String {
    let mut out = String::new();
    let mut before = ' ';
    for c in text.chars() {
        if !c.is_alphanumeric() {
            out.push(' ');
        } else {
            if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
                out.push(' ');
            }
            out.extend(c.to_lowercase());
        }
        before = c;
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::File;

    fn names() -> BTreeSet<String> {
        let mut tree = Tree::default();
        tree.files.push(File::sample(
            "packs/national/idea-board/mechanism.toml",
            "[mechanism]\nname = { zh = \"点子墙\", en = \"Idea wall\" }",
        ));
        tree.files.push(File::sample("packs/national/README.md", ""));
        collect(&tree)
    }

    #[test]
    fn names_come_from_the_packs_as_well() {
        let names = names();
        assert!(["idea board", "点子墙", "idea wall", "信访"].iter().all(|name| names.contains(*name)));
        assert!(!names.contains("readme md"));
    }

    #[test]
    fn a_name_in_code_is_found() {
        for bad in [
            "fn a() { b(\"petition\") }",
            "struct PetitionOffice;",
            "fn a() { b(\"/raise/idea-board\") }",
            "mod idea_board;",
            "const A: &str = \"拨打 12345\";",
            "const A: &str = r#\"信访事项\"#;",
            "html! { h1 { \"点子墙\" } }",
            "const A: &str = \"湖南省\";",
        ] {
            assert_eq!(named(bad, &names()).len(), 1, "{bad}");
        }
    }

    #[test]
    fn comments_tests_and_other_words_are_free() {
        for good in [
            "// a petition\n/// 信访\nfn a() {}",
            "#[cfg(test)] mod tests { const A: &str = \"petition\"; }",
            "fn competition_repetition() { b(\"13812345678\"); let n = 12345; }",
        ] {
            assert_eq!(named(good, &names()), [], "{good}");
        }
    }
}
