//! Who may know whom: the crate graph against the table of ARCHITECTURE.md. Says nothing about modules inside a crate.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context as _;
use cargo_metadata::{DependencyKind, MetadataCommand};

use crate::Finding;

/// One row of the table: what a crate may use of ours, in its code and in its tests only.
struct Row {
    name: &'static str,
    normal: &'static [&'static str],
    tests: &'static [&'static str],
    /// Third-party crates that must not be reachable over normal edges.
    never: &'static [&'static str],
}

const EVERYTHING: &[&str] = &["kernel", "pack", "store", "store-sqlite", "app", "web"];
const PURE: &[&str] = &["tokio", "axum", "hyper", "rusqlite", "tokio-postgres", "rand", "getrandom"];

/// The table. A new row or a new word in a row is a decision: write it in docs/adr as well.
const TABLE: &[Row] = &[
    // What a test logs, for checks/whole_run.py; it knows none of the others.
    Row { name: "heard", normal: &[], tests: &[], never: &["tokio", "axum", "rusqlite"] },
    Row { name: "kernel", normal: &[], tests: &[], never: PURE },
    Row { name: "pack", normal: &["kernel"], tests: &[], never: PURE },
    Row { name: "store", normal: &["kernel"], tests: &[], never: &["rusqlite", "tokio-postgres", "axum"] },
    Row { name: "store-sqlite", normal: &["kernel", "store"], tests: &[], never: &["axum", "tokio-postgres"] },
    Row {
        name: "app",
        normal: &["kernel", "pack", "store"],
        tests: &["heard"],
        never: &["rusqlite", "tokio-postgres", "axum"],
    },
    Row {
        name: "web",
        normal: &["kernel", "app"],
        tests: &["heard", "pack", "store"],
        never: &["rusqlite", "tokio-postgres"],
    },
    Row { name: "gongzhi", normal: EVERYTHING, tests: &["heard"], never: &["sqlx"] },
    Row { name: "xtask", normal: &[], tests: &[], never: &["tokio", "rusqlite"] },
];

/// Direct third-party dependencies that a crate may have; the kernel fewer.
const MOST_DEPENDENCIES: usize = 30;
const MOST_OF_KERNEL: usize = 6;
/// Packages in the lock file.
const MOST_PACKAGES: usize = 400;

/// The part of `cargo metadata` that the rules look at.
#[derive(Debug, Default)]
pub struct Graph {
    /// Direct normal and build dependencies of each of our crates.
    pub normal: BTreeMap<String, BTreeSet<String>>,
    /// Direct dev-dependencies of each of our crates.
    pub dev: BTreeMap<String, BTreeSet<String>>,
    /// Everything reachable from each of our crates over normal edges.
    pub reach: BTreeMap<String, BTreeSet<String>>,
    /// Number of packages.
    pub packages: usize,
}

impl Graph {
    /// Asks cargo, offline: the lock file is not touched.
    ///
    /// # Errors
    /// When cargo fails.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let metadata = MetadataCommand::new()
            .current_dir(root)
            .other_options(vec!["--locked".into(), "--filter-platform".into(), "x86_64-unknown-linux-gnu".into()])
            .exec()
            .context("cargo metadata")?;
        let resolve = metadata.resolve.as_ref().context("cargo resolves the graph")?;
        let names: BTreeMap<_, _> = metadata.packages.iter().map(|p| (&p.id, p.name.to_string())).collect();
        let mut edges: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for node in &resolve.nodes {
            for dep in &node.deps {
                if dep.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal) {
                    edges.entry(&node.id).or_default().push(&dep.pkg);
                }
            }
        }
        let mut graph = Self { packages: metadata.packages.len(), ..Self::default() };
        for package in metadata.workspace_packages() {
            let name = package.name.to_string();
            let (dev, normal): (Vec<_>, Vec<_>) =
                package.dependencies.iter().partition(|d| d.kind == DependencyKind::Development);
            graph.normal.insert(name.clone(), normal.iter().map(|d| d.name.clone()).collect());
            graph.dev.insert(name.clone(), dev.iter().map(|d| d.name.clone()).collect());
            let mut seen = BTreeSet::new();
            let mut open = vec![&package.id];
            while let Some(id) = open.pop() {
                for next in edges.get(id).into_iter().flatten() {
                    if seen.insert(*next) {
                        open.push(next);
                    }
                }
            }
            graph.reach.insert(name, seen.into_iter().map(|id| names[id].clone()).collect());
        }
        Ok(graph)
    }
}

/// Holds the graph against the table.
pub fn check(graph: &Graph) -> Vec<Finding> {
    let mut findings = Vec::new();
    let ours: BTreeSet<&str> = graph.normal.keys().map(String::as_str).collect();
    let empty = BTreeSet::new();
    for (name, normal) in &graph.normal {
        let Some(row) = TABLE.iter().find(|row| row.name == name) else {
            findings.push(Finding::new(
                name,
                0,
                "a crate that the table of xtask/src/edges.rs does not know: it needs an ADR and a row",
            ));
            continue;
        };
        for dep in normal.iter().filter(|d| ours.contains(d.as_str()) && !row.normal.contains(&d.as_str())) {
            findings.push(Finding::new(name, 0, format!("may not use `{dep}` (ARCHITECTURE.md, who may know whom)")));
        }
        for dep in graph.dev.get(name).unwrap_or(&empty).iter().filter(|d| ours.contains(d.as_str())) {
            if !row.normal.contains(&dep.as_str()) && !row.tests.contains(&dep.as_str()) {
                findings.push(Finding::new(name, 0, format!("may not use `{dep}`, not even in tests")));
            }
        }
        for dep in graph.reach.get(name).unwrap_or(&empty).iter().filter(|d| row.never.contains(&d.as_str())) {
            findings.push(Finding::new(
                name,
                0,
                format!("must never see `{dep}`: `cargo tree -p {name} -e normal -i {dep}` shows the way"),
            ));
        }
        let outside = normal.iter().filter(|d| !ours.contains(d.as_str())).count();
        let most = if name == "kernel" { MOST_OF_KERNEL } else { MOST_DEPENDENCIES };
        if outside > most {
            findings.push(Finding::new(name, 0, format!("{outside} direct dependencies, at most {most}")));
        }
    }
    if graph.packages > MOST_PACKAGES {
        findings.push(Finding::new("Cargo.lock", 0, format!("{} packages, at most {MOST_PACKAGES}", graph.packages)));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(words: &[&str]) -> BTreeSet<String> {
        words.iter().map(ToString::to_string).collect()
    }

    fn sound() -> Graph {
        let mut graph = Graph::default();
        for row in TABLE {
            graph.normal.insert(row.name.into(), set(row.normal));
        }
        graph
    }

    #[track_caller]
    fn finds(graph: &Graph, words: &str) {
        let findings = check(graph);
        assert!(findings.len() == 1 && findings[0].to_string().contains(words), "{findings:?}");
    }

    #[test]
    fn a_sound_graph_has_no_findings() {
        assert_eq!(check(&sound()), []);
    }

    #[test]
    fn a_forbidden_edge_is_found() {
        let mut graph = sound();
        graph.normal.insert("store".into(), set(&["kernel", "pack"]));
        finds(&graph, "store: may not use `pack`");
    }

    #[test]
    fn a_forbidden_edge_of_tests_is_found() {
        let mut graph = sound();
        graph.dev.insert("web".into(), set(&["store", "store-sqlite"]));
        finds(&graph, "web: may not use `store-sqlite`, not even in tests");
    }

    #[test]
    fn a_forbidden_library_is_found_at_any_depth() {
        for (name, library) in [("kernel", "tokio"), ("pack", "rusqlite"), ("app", "axum"), ("web", "rusqlite")] {
            let mut graph = sound();
            graph.reach.insert(name.into(), set(&["serde", library]));
            finds(&graph, &format!("{name}: must never see `{library}`"));
        }
    }

    #[test]
    fn an_unknown_crate_and_too_many_dependencies_are_found() {
        let mut graph = sound();
        graph.normal.insert("common".into(), set(&[]));
        finds(&graph, "common: a crate that the table");
        let mut graph = sound();
        graph.normal.insert("kernel".into(), set(&["a", "b", "c", "d", "e", "f", "g"]));
        finds(&graph, "7 direct dependencies, at most 6");
        let mut graph = sound();
        graph.packages = 401;
        finds(&graph, "401 packages");
    }
}
