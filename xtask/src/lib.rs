//! The rules of the house as tests (`cargo test -p xtask`).
//!
//! Each rule is a pure function from text or from the crate graph to findings, with a test that plants the fault it is for,
//! and one test that holds it against the working tree. Nothing here builds, formats or repairs anything.

pub mod edges;
pub mod manifests;
pub mod names;
pub mod rust;
pub mod text;
pub mod tree;

use std::fmt;

/// One broken rule at one place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Path from the root of the repository, or the name of a crate.
    pub place: String,
    /// Line counted from 1; 0 when the finding is about the whole.
    pub line: usize,
    /// What is wrong and what to do instead.
    pub what: String,
}

impl Finding {
    /// A finding at a line (0: the whole).
    pub fn new(place: impl Into<String>, line: usize, what: impl Into<String>) -> Self {
        Self { place: place.into(), line, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(f, "{}: {}", self.place, self.what)
        } else {
            write!(f, "{}:{}: {}", self.place, self.line, self.what)
        }
    }
}

/// Holds every rule against the working tree.
///
/// # Errors
/// When the tree, the manifests or the crate graph cannot be read.
pub fn tidy() -> anyhow::Result<Vec<Finding>> {
    let tree = tree::Tree::read()?;
    let mut findings = edges::check(&edges::Graph::read(&tree.root)?);
    findings.extend(manifests::check(&tree));
    findings.extend(rust::check(&tree));
    findings.extend(names::check(&tree));
    findings.extend(text::check(&tree));
    findings.sort();
    Ok(findings)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tree_is_tidy() {
        let findings = super::tidy().expect("the tree can be read");
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(lines.is_empty(), "{} findings\n{}", lines.len(), lines.join("\n"));
    }
}
