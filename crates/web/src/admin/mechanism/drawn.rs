//! The states of a mechanism as props of the drawing.

use crate::components::ring::PHASES;
use crate::components::state_graph::{GraphEdge, GraphNode, state_graph};
use crate::desk::about::about;
use crate::desk::words::say;
use crate::i18n::Lang;
use app::catalogue::graph;
use kernel::mechanism::Mechanism;
use maud::Markup;

/// The drawing; each state leads to its row in the table below.
#[must_use]
pub fn drawn(mechanism: &Mechanism, lang: Lang) -> Markup {
    let graph = graph(mechanism);
    let nodes: Vec<GraphNode> = graph
        .nodes
        .iter()
        .map(|n| GraphNode {
            anchor: format!("s-{}", n.id),
            name: about(lang, &n.name),
            holder: n.holder.as_ref().map_or_else(String::new, |h| super::tables::role(mechanism, h, lang)),
            phase: PHASES[n.ring as usize],
            start: n.start,
            end: n.end,
        })
        .collect();
    let place = |id: &str| graph.nodes.iter().position(|n| n.id == id);
    let edge = |e: &app::catalogue::Edge| {
        let label = say(lang, &e.label).to_owned();
        Some(GraphEdge { from: place(&e.from)?, to: place(&e.to)?, label, silence: e.silence, answers: e.answers })
    };
    let edges: Vec<GraphEdge> = graph.edges.iter().filter_map(edge).collect();
    state_graph(lang, &nodes, &edges)
}
