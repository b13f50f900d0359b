//! The states of a mechanism and what leads from one to another, for pages and for `check --dot`. Not unrolled and not a
//! proof: which of these steps is possible when is the kernel's `blocked`.

use kernel::mechanism::{CLOCK, Mechanism, RAISE, Ring};
use kernel::text::{Lang, Text};
use std::fmt::Write as _;

/// States and steps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Graph {
    /// The states, in the order of the ring.
    pub nodes: Vec<Node>,
    /// The steps.
    pub edges: Vec<Edge>,
}

/// A state.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Node {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: Text,
    /// Its segment of the ring.
    pub ring: Ring,
    /// Who holds the matter there.
    pub holder: Option<String>,
    /// The file ends there.
    pub end: bool,
    /// Matters begin there.
    pub start: bool,
}

/// A step.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edge {
    /// From this state.
    pub from: String,
    /// To this state.
    pub to: String,
    /// By this action.
    pub action: String,
    /// The words of the action.
    pub label: Text,
    /// Who does it.
    pub by: Vec<String>,
    /// Nobody does it: a window passed unused.
    pub silence: bool,
    /// It answers the raiser.
    pub answers: bool,
}

/// The graph of a mechanism.
#[must_use]
pub fn graph(mechanism: &Mechanism) -> Graph {
    let start = mechanism.action.get(RAISE).and_then(|r| r.to.as_ref());
    let node = |(id, s): (&String, &kernel::mechanism::State)| Node {
        id: id.clone(),
        name: s.name.clone(),
        ring: s.ring,
        holder: s.holder.clone(),
        end: s.end,
        start: start == Some(id),
    };
    let mut nodes: Vec<Node> = mechanism.state.iter().map(node).collect();
    nodes.sort_by_key(|n| (!n.start, n.end, n.ring));
    let mut edges = Vec::new();
    for (id, action) in mechanism.action.iter().filter(|(id, a)| *id != RAISE && a.part.is_none()) {
        let Some(to) = &action.to else {
            continue;
        };
        let open = mechanism.state.iter().filter(|(_, s)| action.anytime && !s.end).map(|(s, _)| s);
        let mut from: Vec<&String> = action.states.iter().chain(open).collect();
        from.sort_unstable();
        from.dedup();
        edges.extend(from.into_iter().map(|from| Edge {
            from: from.clone(),
            to: to.clone(),
            action: id.clone(),
            label: action.label.clone(),
            by: action.by.clone(),
            silence: action.by.iter().all(|r| r == CLOCK),
            answers: action.answers,
        }));
    }
    Graph { nodes, edges }
}

impl Graph {
    /// As Graphviz reads it.
    #[must_use]
    pub fn dot(&self, lang: Lang) -> String {
        let quoted = |s: &str| s.replace('\\', "\\\\").replace('"', "\\\"");
        let mut out = String::from("digraph mechanism {\n  rankdir=LR;\n  node [shape=box, style=rounded];\n");
        for n in &self.nodes {
            let holder = n.holder.as_deref().map_or_else(String::new, |h| format!("\\n{}", quoted(h)));
            let shape = if n.end { ", peripheries=2" } else { "" };
            // Writing to a string cannot fail.
            let _ = writeln!(out, "  \"{}\" [label=\"{}{holder}\"{shape}];", quoted(&n.id), quoted(n.name.get(lang)));
        }
        for e in &self.edges {
            let style = match (e.silence, e.answers) {
                (true, _) => ", style=dashed",
                (false, true) => ", style=bold",
                (false, false) => "",
            };
            let label = quoted(e.label.get(lang));
            let _ = writeln!(out, "  \"{}\" -> \"{}\" [label=\"{label}\"{style}];", quoted(&e.from), quoted(&e.to));
        }
        out.push_str("}\n");
        out
    }
}
