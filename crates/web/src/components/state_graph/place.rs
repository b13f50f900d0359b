//! Where things stand in a layered drawing: layers without cycles, few crossings, straight lines. After the usual scheme of
//! Sugiyama, Tagawa and Toda: break cycles, assign layers, order them by barycentres, then move to the middle of neighbours.

use super::Line;
use std::collections::BTreeMap;

/// A place in a layer: a state, or where a long line passes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Spot {
    pub layer: usize,
    /// The middle.
    pub x: f64,
    pub width: f64,
}

/// A drawing.
pub(super) struct Placed {
    /// First the states, then the passages.
    pub spots: Vec<Spot>,
    /// For each line the spots that it goes through, in its own direction.
    pub ways: Vec<Vec<usize>>,
    pub layers: usize,
    pub width: f64,
}

/// How many states stand in a layer at most.
const MOST: usize = 5;
pub(super) const WIDE: f64 = 172.0;
const PASSAGE: f64 = 26.0;
const GAP: f64 = 22.0;
const ROUNDS: usize = 12;

pub(super) fn place(states: usize, lines: &[Line]) -> Placed {
    let back = backward(states, lines);
    let layer = layers(states, lines, &back);
    let count = layer.iter().max().map_or(0, |l| l + 1);
    let mut spots: Vec<Spot> = layer.iter().map(|l| Spot { layer: *l, x: 0.0, width: WIDE }).collect();
    let mut ways = Vec::new();
    for (line, back) in lines.iter().zip(&back) {
        let (top, bottom) = if *back { (line.to, line.from) } else { (line.from, line.to) };
        let mut way = vec![top];
        for passed in layer[top] + 1..layer[bottom] {
            way.push(spots.len());
            spots.push(Spot { layer: passed, x: 0.0, width: PASSAGE });
        }
        way.push(bottom);
        if *back {
            way.reverse();
        }
        ways.push(way);
    }
    let mut near: Vec<Vec<usize>> = vec![Vec::new(); spots.len()];
    for pair in ways.iter().flat_map(|w| w.windows(2)) {
        near[pair[0]].push(pair[1]);
        near[pair[1]].push(pair[0]);
    }
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (n, spot) in spots.iter().enumerate() {
        rows[spot.layer].push(n);
    }
    order(&mut rows, &near, &spots);
    settle(&rows, &near, &mut spots);
    let edge = |side: fn(f64, f64) -> f64, start: f64, sign: f64| {
        spots.iter().map(|s| s.x + sign * s.width / 2.0).fold(start, side)
    };
    let (left, right) = (edge(f64::min, f64::MAX, -1.0), edge(f64::max, f64::MIN, 1.0));
    spots.iter_mut().for_each(|s| s.x -= left);
    Placed { spots, ways, layers: count, width: (right - left).max(WIDE) }
}

/// The lines that close a cycle, seen from the start.
fn backward(states: usize, lines: &[Line]) -> Vec<bool> {
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); states];
    for (n, line) in lines.iter().enumerate() {
        out[line.from].push(n);
    }
    let mut back = vec![false; lines.len()];
    // 0 unseen, 1 on the way, 2 done.
    let mut seen = vec![0u8; states];
    for root in 0..states {
        let mut stack = vec![(root, 0)];
        if seen[root] != 0 {
            continue;
        }
        seen[root] = 1;
        while let Some((at, next)) = stack.pop() {
            let Some(&n) = out[at].get(next) else {
                seen[at] = 2;
                continue;
            };
            stack.push((at, next + 1));
            let to = lines[n].to;
            match seen[to] {
                0 => {
                    seen[to] = 1;
                    stack.push((to, 0));
                }
                1 => back[n] = true,
                _ => {}
            }
        }
    }
    back
}

/// Each state below all that lead to it, and no layer too full.
fn layers(states: usize, lines: &[Line], back: &[bool]) -> Vec<usize> {
    let ahead: Vec<(usize, usize)> =
        lines.iter().zip(back).map(|(l, b)| if *b { (l.to, l.from) } else { (l.from, l.to) }).collect();
    let mut waits = vec![0usize; states];
    ahead.iter().for_each(|(_, to)| waits[*to] += 1);
    let mut layer = vec![0usize; states];
    let mut full: BTreeMap<usize, usize> = BTreeMap::new();
    let alone = |s: usize| s > 0 && !ahead.iter().any(|(from, to)| *from == s || *to == s);
    let mut open: Vec<usize> = (0..states).filter(|s| waits[*s] == 0 && !alone(*s)).collect();
    let mut at = 0;
    while at < open.len() {
        let state = open[at];
        at += 1;
        while full.get(&layer[state]).is_some_and(|n| *n >= MOST) {
            layer[state] += 1;
        }
        *full.entry(layer[state]).or_default() += 1;
        for (_, to) in ahead.iter().filter(|(from, _)| *from == state) {
            layer[*to] = layer[*to].max(layer[state] + 1);
            waits[*to] -= 1;
            if waits[*to] == 0 {
                open.push(*to);
            }
        }
    }
    // What is only told of and not drawn to stands at the bottom.
    let last = layer.iter().max().copied().unwrap_or(0);
    (0..states).filter(|s| alone(*s)).for_each(|s| layer[s] = last);
    layer
}

/// Fewer crossings: each spot moves to the average place of its neighbours, down and up; the best order is kept.
fn order(rows: &mut [Vec<usize>], near: &[Vec<usize>], spots: &[Spot]) {
    let mut best = (crossings(rows, near, spots), rows.to_vec());
    for round in 0..ROUNDS {
        let down = round % 2 == 0;
        let all: Vec<usize> =
            if down { (1..rows.len()).collect() } else { (0..rows.len().saturating_sub(1)).rev().collect() };
        for r in all {
            let other = if down { r - 1 } else { r + 1 };
            let places: BTreeMap<usize, f64> = rows[other].iter().enumerate().map(|(i, n)| (*n, i as f64)).collect();
            let own: BTreeMap<usize, f64> = rows[r].iter().enumerate().map(|(i, n)| (*n, i as f64)).collect();
            let mean = |n: &usize| {
                let at: Vec<f64> = near[*n].iter().filter_map(|m| places.get(m).copied()).collect();
                if at.is_empty() { own[n] } else { at.iter().sum::<f64>() / at.len() as f64 }
            };
            rows[r].sort_by(|a, b| mean(a).total_cmp(&mean(b)));
        }
        let found = crossings(rows, near, spots);
        if found < best.0 {
            best = (found, rows.to_vec());
        }
    }
    rows.clone_from_slice(&best.1);
}

fn crossings(rows: &[Vec<usize>], near: &[Vec<usize>], spots: &[Spot]) -> usize {
    let mut sum = 0;
    for pair in rows.windows(2) {
        let below: BTreeMap<usize, usize> = pair[1].iter().enumerate().map(|(i, n)| (*n, i)).collect();
        let mut ends: Vec<(usize, usize)> = Vec::new();
        for (i, n) in pair[0].iter().enumerate() {
            let down = near[*n].iter().filter(|m| spots[**m].layer > spots[*n].layer);
            ends.extend(down.filter_map(|m| Some((i, *below.get(m)?))));
        }
        for (k, a) in ends.iter().enumerate() {
            sum += ends[k + 1..].iter().filter(|b| (a.0 < b.0 && a.1 > b.1) || (a.0 > b.0 && a.1 < b.1)).count();
        }
    }
    sum
}

/// Each spot as near to the middle of its neighbours as the order of its layer allows.
fn settle(rows: &[Vec<usize>], near: &[Vec<usize>], spots: &mut [Spot]) {
    for row in rows {
        spread(row, &vec![0.0; row.len()], spots);
    }
    for round in 0..ROUNDS * 2 {
        let all: Vec<&Vec<usize>> = if round % 2 == 0 { rows.iter().collect() } else { rows.iter().rev().collect() };
        for row in all {
            let mean = |n: &usize| {
                let at: Vec<f64> = near[*n].iter().map(|m| spots[*m].x).collect();
                if at.is_empty() { spots[*n].x } else { at.iter().sum::<f64>() / at.len() as f64 }
            };
            let wanted: Vec<f64> = row.iter().map(mean).collect();
            spread(row, &wanted, spots);
        }
    }
}

/// The nearest places to the wanted ones that keep order and distance: least squares, by pooling neighbours that collide.
fn spread(row: &[usize], wanted: &[f64], spots: &mut [Spot]) {
    let mut offset = vec![0.0; row.len()];
    for i in 1..row.len() {
        offset[i] = offset[i - 1] + (spots[row[i - 1]].width + spots[row[i]].width) / 2.0 + GAP;
    }
    let mut blocks: Vec<(f64, usize)> = Vec::new();
    for i in 0..row.len() {
        let mut block = (wanted[i] - offset[i], 1);
        while let Some(last) = blocks.last().filter(|l| l.0 > block.0) {
            block = ((last.0 * last.1 as f64 + block.0 * block.1 as f64) / (last.1 + block.1) as f64, last.1 + block.1);
            blocks.pop();
        }
        blocks.push(block);
    }
    let places = blocks.iter().flat_map(|(at, n)| std::iter::repeat_n(*at, *n));
    for (i, at) in places.enumerate() {
        spots[row[i]].x = at + offset[i];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(from: usize, to: usize) -> Line {
        Line { from, to, labels: vec!["x".into()], silence: false, answers: false }
    }

    #[test]
    fn cycles_are_broken_long_lines_pass_and_nothing_overlaps() {
        let lines = [line(0, 1), line(1, 2), line(2, 0), line(0, 3), line(2, 3), line(1, 4)];
        let placed = place(5, &lines);
        assert_eq!(placed.spots[..5].iter().map(|s| s.layer).collect::<Vec<_>>(), [0, 1, 2, 3, 2]);
        assert_eq!(placed.ways[3].len(), 4, "0 to 3 passes two layers");
        assert_eq!((placed.ways[2][0], placed.ways[2][2]), (2, 0), "a way back keeps its direction");
        for (i, a) in placed.spots.iter().enumerate() {
            for b in placed.spots[i + 1..].iter().filter(|b| b.layer == a.layer) {
                assert!((a.x - b.x).abs() >= (a.width + b.width) / 2.0, "{a:?} lies on {b:?}");
            }
        }
    }

    #[test]
    fn a_full_layer_runs_over_into_the_next() {
        let lines: Vec<Line> = (1..10).map(|n| line(0, n)).collect();
        let placed = place(11, &lines);
        assert_eq!(placed.spots[10].layer, 2, "what no line leads to stands at the bottom");
        assert!(placed.layers == 3 && placed.width < 9.0 * (WIDE + GAP), "{} {}", placed.layers, placed.width);
    }
}
