//! The drawing for phones: one state under the other, lines to others run beside them, all that lead to one state in one lane.

use super::layered::{HIGH, arrow, inside, role, title};
use super::{GraphNode, Line, kind};
use crate::i18n::{Lang, t};
use maud::{Markup, html};

const ROW: f64 = 80.0;
const BOX: f64 = 216.0;
const TOTAL: f64 = 343.0;
const TOP: f64 = 6.0;

/// A lane beside the states: the lines that lead to one state.
struct Lane<'a> {
    to: usize,
    lines: Vec<&'a Line>,
    /// Rows that it runs along.
    from: usize,
    until: usize,
    at: usize,
}

pub(super) fn draw(lang: Lang, nodes: &[GraphNode], lines: &[Line]) -> Markup {
    let next = |l: &&Line| l.to == l.from + 1;
    let mut lanes = lanes(nodes.len(), lines.iter().filter(|l| !next(l)));
    let count = share(&mut lanes);
    let room = (TOTAL - BOX - 12.0) / count.max(1) as f64;
    let height = nodes.len() as f64 * ROW - (ROW - HIGH) + 2.0 * TOP;
    html! { svg viewBox=(format!("0 0 {TOTAL:.0} {height:.0}")) width=(TOTAL) height=(format!("{height:.0}")) role="group" aria-label=(t(lang, "graph.label")) {
        (arrow("n"))
        @for line in lines.iter().filter(next) {
            path.line data-g=(kind(line)) marker-end="url(#arrow-n)" d=(format!("M{x} {a:.1} L{x} {b:.1}", x = BOX / 2.0, a = y(line.from) + HIGH, b = y(line.to))) { title { (title(nodes, line)) } }
        }
        @for lane in &lanes { @for line in &lane.lines {
            path.line data-g=(kind(line)) marker-end="url(#arrow-n)" d=(way(line, BOX + 8.0 + (lane.at as f64 + 0.5) * room.min(18.0))) { title { (title(nodes, line)) } }
        } }
        @for (n, node) in nodes.iter().enumerate() { (state(node, y(n))) }
    } }
}

fn y(row: usize) -> f64 {
    TOP + row as f64 * ROW
}

fn state(node: &GraphNode, y: f64) -> Markup {
    html! { a href=(format!("#{}", node.anchor)) { g.state data-g=(role(node)) transform=(format!("translate(1 {y:.1})")) {
        (inside(node, BOX - 2.0, 14.0, 16.0))
    } } }
}

/// Out at the right of one state, along the lane, in at the right of the other. What leaves stands below what arrives.
fn way(line: &Line, x: f64) -> String {
    let (a, b) = (y(line.from) + HIGH * 0.7, y(line.to) + HIGH * 0.3);
    let (edge, bend) = (BOX - 1.0, if b > a { 5.0 } else { -5.0 });
    format!(
        "M{edge} {a:.1} H{:.1} Q{x:.1} {a:.1} {x:.1} {:.1} V{:.1} Q{x:.1} {b:.1} {:.1} {b:.1} H{:.1}",
        x - 5.0,
        a + bend,
        b - bend,
        x - 5.0,
        edge + 1.0
    )
}

fn lanes<'a>(states: usize, lines: impl Iterator<Item = &'a Line>) -> Vec<Lane<'a>> {
    let mut lanes: Vec<Lane<'a>> =
        (0..states).map(|to| Lane { to, lines: Vec::new(), from: to, until: to, at: 0 }).collect();
    for line in lines {
        let lane = &mut lanes[line.to];
        lane.from = lane.from.min(line.from);
        lane.until = lane.until.max(line.from);
        lane.lines.push(line);
    }
    lanes.retain(|l| !l.lines.is_empty());
    // Short ones stand nearest to the states.
    lanes.sort_by_key(|l| (l.until - l.from, l.to));
    lanes
}

/// Lanes that do not meet share a track; how many tracks there are.
fn share(lanes: &mut [Lane<'_>]) -> usize {
    let mut count = 0;
    for i in 0..lanes.len() {
        let (done, rest) = lanes.split_at_mut(i);
        let meets = |o: &&Lane<'_>| o.from <= rest[0].until && rest[0].from <= o.until;
        let taken: Vec<usize> = done.iter().filter(meets).map(|o| o.at).collect();
        let free = (0..).find(|t| !taken.contains(t)).unwrap_or(0);
        rest[0].at = free;
        count = count.max(free + 1);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_that_meet_do_not_share_a_track() {
        let line = |from, to| Line { from, to, labels: Vec::new(), silence: false, answers: false };
        let lines = [line(0, 3), line(2, 5), line(5, 7), line(7, 5)];
        let mut lanes = lanes(8, lines.iter());
        assert_eq!(share(&mut lanes), 2);
        for (i, a) in lanes.iter().enumerate() {
            for b in &lanes[i + 1..] {
                assert!(a.at != b.at || a.from > b.until || b.from > a.until);
            }
        }
    }
}
