//! The drawing for wide pages: layers from the top down, lines as curves, each with its words.

use super::place::{Spot, WIDE, place};
use super::{GraphNode, Line, cut, kind, lines_of, short};
use crate::i18n::{Lang, t};
use maud::{Markup, html};
use std::fmt::Write as _;

pub(super) const HIGH: f64 = 62.0;
const STEP: f64 = 136.0;
const EDGE: f64 = 8.0;
const LETTER: f64 = 13.0;

pub(super) fn draw(lang: Lang, nodes: &[GraphNode], lines: &[Line]) -> Markup {
    let placed = place(nodes.len(), lines);
    let (width, height) = (placed.width + 2.0 * EDGE, placed.layers as f64 * STEP - (STEP - HIGH) + 2.0 * EDGE);
    let size = format!("0 0 {width:.0} {height:.0}");
    html! { svg viewBox=(size) width=(format!("{width:.0}")) height=(format!("{height:.0}")) role="group" aria-label=(t(lang, "graph.label")) {
        (arrow("w"))
        @for (line, way) in lines.iter().zip(&placed.ways) {
            path.line data-g=(kind(line)) d=(curve(&placed.spots, way)) marker-end="url(#arrow-w)" { title { (title(nodes, line)) } }
        }
        @for (n, node) in nodes.iter().enumerate() { (state(node, &placed.spots[n])) }
        @for w in labels(lang, lines, &placed.ways, &placed.spots, nodes.len()) {
            text.label data-g=(w.kind) x=(format!("{:.1}", w.x)) y=(format!("{:.1}", w.y)) { (w.text) }
        }
    } }
}

pub(super) fn arrow(id: &str) -> Markup {
    html! { defs { marker id=(format!("arrow-{id}")) viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto" { path.head d="M0 0 L8 4 L0 8 z" {} } } }
}

pub(super) fn title(nodes: &[GraphNode], line: &Line) -> String {
    format!("{} → {}: {}", nodes[line.from].name, nodes[line.to].name, line.labels.join(" / "))
}

fn top(spot: &Spot) -> f64 {
    EDGE + spot.layer as f64 * STEP
}

/// A state: its name on one or two lines, and below it who holds it.
pub(super) fn inside(node: &GraphNode, wide: f64, name: f64, holder: f64) -> Markup {
    let lines = lines_of(&node.name, name);
    let rows = lines.len() as f64 + if node.holder.is_empty() { 0.0 } else { 0.9 };
    let first = HIGH / 2.0 - rows * 8.5 + 13.0;
    html! {
        title { (node.name) @if !node.holder.is_empty() { " · " (node.holder) } }
        rect width=(wide) height=(HIGH) rx="6" {}
        @if node.end { rect.inner x="3" y="3" width=(wide - 6.0) height=(HIGH - 6.0) rx="4" {} }
        @for (n, line) in lines.iter().enumerate() { text.name x=(wide / 2.0) y=(format!("{:.1}", first + n as f64 * 17.0)) { (line) } }
        text.holder x=(wide / 2.0) y=(format!("{:.1}", first + lines.len() as f64 * 17.0 - 1.0)) { (cut(&node.holder, holder)) }
    }
}

fn state(node: &GraphNode, spot: &Spot) -> Markup {
    let (x, y) = (EDGE + spot.x - WIDE / 2.0, top(spot));
    html! { a href=(format!("#{}", node.anchor)) { g.state data-g=(role(node)) transform=(format!("translate({x:.1} {y:.1})")) {
        (inside(node, WIDE, 11.5, 13.0))
    } } }
}

/// Which of the three shapes it is.
pub(super) fn role(node: &GraphNode) -> &'static str {
    if node.end {
        "end"
    } else if node.start {
        "start"
    } else {
        "state"
    }
}

/// A curve through the spots: out at the bottom, in at the top, and the other way round for a way back.
fn curve(spots: &[Spot], way: &[usize]) -> String {
    let down = spots[way[0]].layer < spots[way[way.len() - 1]].layer;
    let is_state = |n: usize| spots[n].width >= WIDE;
    let leave = |n: usize| if down || !is_state(n) { top(&spots[n]) + HIGH } else { top(&spots[n]) };
    let mut path = String::new();
    for (i, pair) in way.windows(2).enumerate() {
        let (a, b) = (&spots[pair[0]], &spots[pair[1]]);
        let (ax, bx) = (EDGE + port(spots, way, i, a), EDGE + port(spots, way, i + 1, b));
        let (ay, by) = if down { (leave(pair[0]), top(b)) } else { (top(a), top(b) + HIGH) };
        let middle = f64::midpoint(ay, by);
        if i == 0 {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{ax:.1} {ay:.1}");
        } else {
            let _ = write!(path, " L{ax:.1} {ay:.1}");
        }
        let _ = write!(path, " C{ax:.1} {middle:.1} {bx:.1} {middle:.1} {bx:.1} {by:.1}");
    }
    path
}

/// Where a line meets a state: a little towards where it comes from, so that lines do not lie on each other.
fn port(spots: &[Spot], way: &[usize], i: usize, spot: &Spot) -> f64 {
    if spot.width < WIDE {
        return spot.x;
    }
    let other = if i == 0 { way[1] } else { way[i - 1] };
    let lean = (spots[other].x - spot.x) * 0.28;
    let down = spots[way[0]].layer < spots[way[way.len() - 1]].layer;
    spot.x + lean.clamp(-WIDE * 0.42, WIDE * 0.42) + if down { 0.0 } else { 9.0 }
}

/// The words of a line and the middle of where they stand.
struct Words {
    text: String,
    x: f64,
    y: f64,
    kind: &'static str,
}

/// The words of the lines, each on its own line where the least of it lies on other words or on a state.
fn labels(lang: Lang, lines: &[Line], ways: &[Vec<usize>], spots: &[Spot], states: usize) -> Vec<Words> {
    // Left, top, right, bottom.
    let mut taken: Vec<[f64; 4]> = spots[..states]
        .iter()
        .map(|s| [EDGE + s.x - WIDE / 2.0, top(s), EDGE + s.x + WIDE / 2.0, top(s) + HIGH])
        .collect();
    let mut out = Vec::new();
    for (line, way) in lines.iter().zip(ways) {
        let text = cut(&short(lang, line), 9.0);
        let wide = text.chars().map(|c| if c.is_ascii() { 0.56 } else { 1.0 }).sum::<f64>() * LETTER / 2.0 + 3.0;
        let lies = |x: f64, y: f64| [x - wide, y - LETTER * 0.8, x + wide, y + LETTER * 0.45];
        let over = |b: &[f64; 4]| {
            let common =
                |t: &[f64; 4]| (b[2].min(t[2]) - b[0].max(t[0])).max(0.0) * (b[3].min(t[3]) - b[1].max(t[1])).max(0.0);
            taken.iter().map(common).sum::<f64>() + if b[0] < 0.0 { -b[0] * LETTER } else { 0.0 }
        };
        let ends = (0..way.len() - 1).flat_map(|i| [0.5, 0.36, 0.64, 0.25, 0.75].map(|t| (i, t)));
        let places = ends.map(|(i, t)| along(spots, way, i, t));
        let best = places.map(|(x, y)| (over(&lies(x, y)), x, y)).reduce(|a, b| if b.0 < a.0 - 1.0 { b } else { a });
        let Some((_, x, y)) = best else { continue };
        taken.push(lies(x, y));
        out.push(Words { text, x, y, kind: kind(line) });
    }
    out
}

/// A point of a curve's piece.
fn along(spots: &[Spot], way: &[usize], i: usize, t: f64) -> (f64, f64) {
    let down = spots[way[0]].layer < spots[way[way.len() - 1]].layer;
    let (a, b) = (&spots[way[i]], &spots[way[i + 1]]);
    let (ax, bx) = (EDGE + port(spots, way, i, a), EDGE + port(spots, way, i + 1, b));
    let (ay, by) = if down { (top(a) + HIGH, top(b)) } else { (top(a), top(b) + HIGH) };
    let (s, middle) = (1.0 - t, f64::midpoint(ay, by));
    let x = ax + (bx - ax) * (3.0 * t * t - 2.0 * t * t * t);
    (x, ay * s * s * s + 3.0 * middle * (s * s * t + s * t * t) + by * t * t * t + LETTER / 3.0)
}
