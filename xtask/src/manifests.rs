//! Manifests and lint files: every crate inherits lints and versions, and the stricter clippy files repeat the common rules.

use std::collections::BTreeSet;

use toml::{Table, Value};

use crate::{Finding, tree::Tree};

const ROOT_RULES: &str = "clippy.toml";
const STRICTER: &[&str] = &["crates/kernel/clippy.toml", "crates/pack/clippy.toml"];

/// Every manifest and lint file of the tree.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|f| f.path != "Cargo.toml" && f.path.ends_with("Cargo.toml")) {
        findings.extend(manifest(&file.path, file.text.as_deref().unwrap_or_default()));
    }
    let root = tree.text(ROOT_RULES).unwrap_or_default();
    for path in STRICTER {
        findings.extend(lint_file(path, root, tree.text(path).unwrap_or_default()));
    }
    findings
}

/// One crate's manifest.
pub fn manifest(path: &str, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let Ok(table) = text.parse::<Table>() else {
        return vec![Finding::new(path, 0, "is no TOML")];
    };
    let inherits =
        |value: Option<&Value>| value.and_then(|v| v.get("workspace")).and_then(Value::as_bool) == Some(true);
    if !inherits(table.get("lints")) {
        findings.push(Finding::new(path, 0, "does not inherit the lints: add [lints] workspace = true"));
    }
    for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
        for (name, value) in table.get(kind).and_then(Value::as_table).into_iter().flatten() {
            if !inherits(Some(value)) {
                findings.push(Finding::new(
                    path,
                    0,
                    format!("`{name}` has a version of its own: put it into the root manifest"),
                ));
            }
        }
    }
    findings
}

/// A crate's clippy.toml replaces the root one, so it must hold everything that the root one says.
pub fn lint_file(path: &str, root: &str, own: &str) -> Vec<Finding> {
    let (Ok(root), Ok(own)) = (root.parse::<Table>(), own.parse::<Table>()) else {
        return vec![Finding::new(path, 0, "is no TOML, or clippy.toml is none")];
    };
    let mut findings = Vec::new();
    for (key, value) in &root {
        let holds = match (value, own.get(key)) {
            (Value::Array(rules), Some(Value::Array(repeated))) => paths(rules).is_subset(&paths(repeated)),
            (value, repeated) => Some(value) == repeated,
        };
        if !holds {
            findings.push(Finding::new(path, 0, format!("does not repeat `{key}` of clippy.toml, which it replaces")));
        }
    }
    findings
}

fn paths(rules: &[Value]) -> BTreeSet<&str> {
    rules.iter().filter_map(|rule| rule.get("path").or(Some(rule)).and_then(Value::as_str)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_that_goes_its_own_way_is_found() {
        assert_eq!(manifest("a", "[lints]\nworkspace = true\n[dependencies]\nserde.workspace = true"), []);
        assert_eq!(manifest("a", "[dependencies]\n").len(), 1);
        assert_eq!(manifest("a", "[lints]\nworkspace = true\n[dev-dependencies]\nserde = \"1\"").len(), 1);
    }

    #[test]
    fn a_lint_file_that_forgets_a_common_rule_is_found() {
        let root = "allow-unwrap-in-tests = true\ndisallowed-methods = [{ path = \"a::b\" }]";
        let good = "allow-unwrap-in-tests = true\ndisallowed-methods = [{ path = \"c::d\" }, { path = \"a::b\" }]";
        assert_eq!(lint_file("x", root, good), []);
        assert_eq!(lint_file("x", root, "allow-unwrap-in-tests = true\ndisallowed-methods = []").len(), 1);
        assert_eq!(lint_file("x", root, "disallowed-methods = [\"a::b\"]").len(), 1);
    }
}
