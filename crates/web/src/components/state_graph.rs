//! The states of a mechanism as a drawing: layer by layer from the start to the ends where there is room, one state under
//! the other on a phone. Steps that are possible nearly everywhere are told in a line instead of drawn. The table of states
//! says the same in words, and each state leads to its row there.

mod column;
mod layered;
mod place;

use super::ring::Phase;
use crate::i18n::{Lang, t, tf};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// A state.
#[derive(Clone, Debug, Default)]
pub struct GraphNode {
    /// Where its row stands: the anchor in the table.
    pub anchor: String,
    pub name: String,
    pub holder: String,
    pub phase: Phase,
    pub start: bool,
    pub end: bool,
}

/// A step from one state to another, by their places in the list.
#[derive(Clone, Debug)]
pub struct GraphEdge {
    pub from: usize,
    pub to: usize,
    pub label: String,
    /// Nobody does it: a window passed unused.
    pub silence: bool,
    /// It answers the person.
    pub answers: bool,
}

/// A step that is drawn: all that lead from one state to the same other one.
#[derive(Clone, Debug)]
struct Line {
    from: usize,
    to: usize,
    labels: Vec<String>,
    silence: bool,
    answers: bool,
}

/// A step from so many states is said once instead of drawn each time.
const EVERYWHERE: usize = 5;

/// The drawing. States come with the start first and the ends last.
#[must_use]
pub fn state_graph(lang: Lang, nodes: &[GraphNode], edges: &[GraphEdge]) -> Markup {
    let (lines, everywhere) = sort(edges);
    html! { figure.graph {
        div.graph-wide tabindex="0" role="group" aria-label=(t(lang, "graph.label")) { (layered::draw(lang, nodes, &lines)) }
        div.graph-narrow { (column::draw(lang, nodes, &lines)) }
        figcaption {
            p.legend {
                span { i data-g="start" {} (t(lang, "graph.start")) }
                span { i data-g="end" {} (t(lang, "graph.end")) }
                span { i data-g="answers" {} (t(lang, "graph.answers")) }
                @if lines.iter().any(|l| l.silence) { span { i data-g="silence" {} (t(lang, "graph.silence")) } }
            }
            @if !everywhere.is_empty() { ul.plain.small.quiet { @for (label, to, n) in &everywhere {
                li { (tf(lang, "graph.everywhere", &[("label", label), ("n", &n.to_string()), ("to", &nodes[*to].name)])) }
            } } }
            p.quiet.small { (t(lang, "graph.twin")) }
        }
    } }
}

/// Steps to draw, and those to tell: label, where to, from how many states.
fn sort(edges: &[GraphEdge]) -> (Vec<Line>, Vec<(String, usize, usize)>) {
    let mut by_label: BTreeMap<(&str, usize), usize> = BTreeMap::new();
    for e in edges {
        *by_label.entry((&e.label, e.to)).or_default() += 1;
    }
    let often = |e: &GraphEdge| by_label.get(&(e.label.as_str(), e.to)).is_some_and(|n| *n >= EVERYWHERE);
    let mut lines: BTreeMap<(usize, usize), Line> = BTreeMap::new();
    for e in edges.iter().filter(|e| !often(e) && e.from != e.to) {
        let new = || Line { from: e.from, to: e.to, labels: Vec::new(), silence: true, answers: false };
        let line = lines.entry((e.from, e.to)).or_insert_with(new);
        if !line.labels.contains(&e.label) {
            line.labels.push(e.label.clone());
        }
        line.silence &= e.silence;
        line.answers |= e.answers;
    }
    let told = by_label.into_iter().filter(|(_, n)| *n >= EVERYWHERE);
    (lines.into_values().collect(), told.map(|((label, to), n)| (label.to_owned(), to, n)).collect())
}

/// What a line says on the drawing; all of it stands in its title.
fn short(lang: Lang, line: &Line) -> String {
    match line.labels.as_slice() {
        [one] => one.clone(),
        [first, ..] => tf(lang, "graph.more", &[("label", first), ("n", &line.labels.len().to_string())]),
        [] => String::new(),
    }
}

fn kind(line: &Line) -> &'static str {
    match (line.silence, line.answers) {
        (true, _) => "silence",
        (_, true) => "answers",
        _ => "step",
    }
}

/// As many characters as fit; a Latin letter is about half as wide as a Chinese one.
fn cut(text: &str, wide: f64) -> String {
    let mut room = wide;
    let mut out = String::new();
    for c in text.chars() {
        room -= if c.is_ascii() { 0.56 } else { 1.0 };
        if room < 0.0 {
            return out.trim_end().to_owned() + "…";
        }
        out.push(c);
    }
    out
}

/// A name on two lines at most, broken where a clause ends if that is near enough.
fn lines_of(text: &str, wide: f64) -> Vec<String> {
    let width = |s: &str| s.chars().map(|c| if c.is_ascii() { 0.56 } else { 1.0 }).sum::<f64>();
    if width(text) <= wide {
        return vec![text.to_owned()];
    }
    let ends = |c: char| matches!(c, '，' | '；' | ',' | ';' | ' ');
    let breaks = text.char_indices().filter(|(_, c)| ends(*c)).map(|(at, c)| at + c.len_utf8());
    let fits = |at: &usize| width(&text[..*at]) <= wide;
    let at = breaks.rev().find(fits).filter(|at| width(&text[*at..]) <= wide + 1.0);
    let first: usize = at.unwrap_or_else(|| {
        // A Latin word is not torn where there is room for a whole one; its rest is cut short on the second line.
        let blank = text.match_indices(' ').map(|(at, _)| at + 1).rfind(fits);
        let all = text.char_indices().map(|(at, c)| at + c.len_utf8());
        // No line begins with what closes the one before.
        let closes = |at: &usize| text[*at..].starts_with(['，', '；', '。', '、', '）', '”']);
        blank.or_else(|| all.rev().find(|at| fits(at) && !closes(at))).unwrap_or(text.len())
    });
    vec![text[..first].trim_end().to_owned(), cut(text[first..].trim_start(), wide)]
}

/// Three states with a way back.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let node = |phase: Phase, start, end| GraphNode {
        anchor: "c-state_graph".into(),
        name: phase.label(lang).into(),
        holder: t(lang, "sample.holder").into(),
        phase,
        start,
        end,
    };
    let edge = |from, to, answers, silence| GraphEdge {
        from,
        to,
        label: t(lang, "sample.act.answer").into(),
        silence,
        answers,
    };
    let nodes = [
        node(Phase::Received, true, false),
        node(Phase::Working, false, false),
        node(Phase::Answered, false, false),
        node(Phase::Heard, false, true),
    ];
    let edges = [
        edge(0, 1, false, false),
        edge(1, 0, false, false),
        edge(1, 2, true, false),
        edge(2, 3, false, true),
        edge(2, 1, false, false),
    ];
    state_graph(lang, &nodes, &edges)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_between_the_same_states_are_one_line_and_frequent_ones_are_told() {
        let edge = |from, to, label: &str| GraphEdge { from, to, label: label.into(), silence: false, answers: false };
        let mut edges: Vec<GraphEdge> = (0..6).map(|n| edge(n, 7, "撤回")).collect();
        edges.extend([edge(0, 1, "受理"), edge(0, 1, "转送"), edge(2, 2, "催办")]);
        let (lines, told) = sort(&edges);
        assert_eq!((lines.len(), lines[0].labels.len()), (1, 2));
        assert_eq!(told, [("撤回".to_owned(), 7, 6)]);
    }

    #[test]
    fn long_words_are_cut_by_their_width() {
        assert_eq!(cut("登记分送", 4.0), "登记分送");
        assert_eq!(cut("登记分送中", 4.0), "登记分送…");
        assert_eq!(cut("transfer", 4.6), "transfer");
        assert_eq!(lines_of("意见书已送达，等您回话", 8.0), ["意见书已送达，", "等您回话"]);
        assert_eq!(lines_of("正在办理", 8.0), ["正在办理"]);
        assert_eq!(lines_of("街道吹哨了；答复的日子不变", 5.0), ["街道吹哨", "了；答复的…"]);
        assert_eq!(lines_of("The street whistled: several bodies act", 9.0), ["The street", "whistled: several…"]);
    }
}
