//! The configuration graph: every configuration that a matter can come to, found breadth first, so that the way back from
//! any of them is a shortest one. Which actions are possible is asked of the kernel's own `blocked`.

use super::lower::{at_once, is_raise, one_of_ways, real};
use super::model::{Config, Model, OFF, RUNS};
use kernel::mechanism::{CLOCK, RAISE};
use kernel::part::NO_PARTS;
use kernel::possible::{Position, blocked};
use kernel::refusal::Rule;
use std::collections::BTreeMap;
#[expect(clippy::disallowed_types, reason = "only looked up, never walked; a BTreeMap compares too much")]
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, DefaultHasher};

/// More configurations than any mechanism that a person can follow; above it the check stops with a finding.
pub(crate) const MOST: usize = 100_000;

/// The number of each configuration that was met.
#[expect(clippy::disallowed_types, reason = "only looked up, never walked; a BTreeMap compares too much")]
type Seen = HashMap<Config, usize, BuildHasherDefault<DefaultHasher>>;

/// One step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Edge {
    /// The action; none where a window only closes.
    pub action: Option<usize>,
    /// The window whose silence it is.
    pub silence: Option<usize>,
    pub to: usize,
}

/// The unrolled mechanism.
#[derive(Debug)]
pub(crate) struct Unrolled {
    pub model: Model,
    pub nodes: Vec<Config>,
    pub edges: Vec<Vec<Edge>>,
    /// Every action that is possible, those that move nothing too.
    pub possible: Vec<Vec<usize>>,
    /// How each was first reached.
    parents: Vec<Option<(usize, Edge)>>,
    pub first: Vec<usize>,
    /// Something follows there by itself and at once.
    pub at_once: Vec<bool>,
    /// Silences whose action is not possible where the window runs: configuration, window.
    pub misfires: Vec<(usize, usize)>,
    /// There were more configurations than `MOST`.
    pub overflow: bool,
}

impl Unrolled {
    /// Unrolls.
    pub fn new(model: Model) -> Unrolled {
        let mut u = Unrolled {
            nodes: Vec::new(),
            edges: Vec::new(),
            possible: Vec::new(),
            parents: Vec::new(),
            first: Vec::new(),
            at_once: Vec::new(),
            misfires: Vec::new(),
            overflow: false,
            model,
        };
        let mut seen = Seen::default();
        let blank = Config {
            state: 0,
            clocks: vec![OFF; u.model.clocks.len()],
            counts: vec![0; u.model.counters.len()],
            facts: vec![0; u.model.facts.len()],
        };
        let raising: Vec<usize> = (0..u.model.actions.len()).filter(|a| is_raise(&u.model.actions[*a].0)).collect();
        for raise in raising {
            for facts in u.model.branches(&blank.facts, raise, false) {
                let config = u.model.step(&blank, raise, facts, None);
                let node = u.node(config, None, &mut seen);
                u.first.push(node);
            }
        }
        let edge_actions: Vec<bool> = (0..u.model.actions.len()).map(|a| u.model.is_edge(a)).collect();
        let mut at = 0;
        while at < u.nodes.len() && !u.overflow {
            u.expand(at, &edge_actions, &mut seen);
            at += 1;
        }
        u
    }

    fn node(&mut self, config: Config, parent: Option<(usize, Edge)>, seen: &mut Seen) -> usize {
        if let Some(known) = seen.get(&config) {
            return *known;
        }
        let id = self.nodes.len();
        self.overflow |= id >= MOST;
        seen.insert(config.clone(), id);
        self.nodes.push(config);
        self.edges.push(Vec::new());
        self.possible.push(Vec::new());
        self.at_once.push(false);
        self.parents.push(parent.map(|(from, e)| (from, Edge { to: id, ..e })));
        id
    }

    fn expand(&mut self, n: usize, edge_actions: &[bool], seen: &mut Seen) {
        if self.ended(n) {
            return;
        }
        let config = self.nodes[n].clone();
        let open = self.open(&config);
        let mut steps = open.clone();
        if let Some(follows) = open.iter().copied().find(|a| at_once(&self.model.actions[*a].0)) {
            steps = vec![follows];
            self.at_once[n] = true;
        }
        let waits = !self.at_once[n];
        let mut next: Vec<(Option<usize>, Option<usize>, Config)> = Vec::new();
        for a in steps.into_iter().filter(|a| edge_actions[*a]) {
            // What only the clock does happens at a silence.
            if self.model.actions[a].1.by.iter().any(|r| r != CLOCK) {
                let branches = self.model.branches(&config.facts, a, false);
                next.extend(branches.into_iter().map(|f| (Some(a), None, self.model.step(&config, a, f, None))));
            }
        }
        for w in (0..config.clocks.len()).filter(|w| waits && config.clocks[*w] == RUNS) {
            let Some(silence) = &self.model.clocks[w].1.silence else {
                continue;
            };
            match silence.then.as_deref().and_then(|t| self.model.action(t)) {
                Some(a) => {
                    if !open.contains(&a) {
                        self.misfires.push((n, w));
                    }
                    let branches = self.model.branches(&config.facts, a, true);
                    let silent = |f| (Some(a), Some(w), self.model.step(&config, a, f, Some(w)));
                    next.extend(branches.into_iter().map(silent));
                }
                None => next.push((None, Some(w), self.model.quiet(&config, w))),
            }
        }
        for (action, silence, config) in next {
            let edge = Edge { action, silence, to: 0 };
            let to = self.node(config, Some((n, edge)), seen);
            let edge = Edge { to, ..edge };
            if !self.edges[n].contains(&edge) {
                self.edges[n].push(edge);
            }
        }
        self.possible[n] = open;
    }

    fn open(&self, config: &Config) -> Vec<usize> {
        let mut open = Vec::new();
        self.ask(config, |a, refused| {
            if refused.is_none() && !is_raise(&self.model.actions[a].0) {
                open.push(a);
            }
        });
        open
    }

    /// Tells of each action why it is not possible in a configuration, whoever asks; nothing where it is. At an end, what
    /// may be done after it is asked as well.
    pub fn ask(&self, config: &Config, mut tell: impl FnMut(usize, Option<Rule>)) {
        let facts = self.model.coded(&config.facts);
        let counted = self.model.actions.iter().zip(&self.model.effects);
        let counted = counted.filter_map(|((a, _), e)| Some((a, u32::from(config.counts[e.counter?]))));
        let counts: BTreeMap<String, u32> =
            counted.flat_map(|(a, n)| [(a.clone(), n), (one_of_ways(a).to_owned(), n)]).collect();
        let runs = |c: &str| self.model.clock(c).is_some_and(|c| config.clocks[c] != OFF);
        let state = &self.model.states[usize::from(config.state)];
        let m = &self.model.mechanism;
        let ended = m.state.get(state).is_some_and(|s| s.end);
        let at = Position { state, ended, facts: &facts, counts: &counts, parts: &NO_PARTS, part: None, runs: &runs };
        self.model.actions.iter().enumerate().for_each(|(i, (id, a))| tell(i, blocked(m, id, a, &at)));
    }

    /// The actions of the shortest way from raising to a configuration; a silence stands in brackets.
    pub fn way(&self, n: usize) -> Vec<String> {
        let mut steps = Vec::new();
        let mut at = n;
        while let Some((from, edge)) = &self.parents[at] {
            let id = edge.action.map_or("", |a| real(&self.model.actions[a].0));
            steps.push(if edge.silence.is_some() { format!("({id})") } else { id.to_owned() });
            at = *from;
        }
        steps.push(RAISE.to_owned());
        steps.reverse();
        steps
    }

    /// The state of a configuration.
    pub fn state(&self, n: usize) -> &str {
        &self.model.states[usize::from(self.nodes[n].state)]
    }

    /// Whether the file has ended there.
    pub fn ended(&self, n: usize) -> bool {
        self.model.mechanism.state.get(self.state(n)).is_some_and(|s| s.end)
    }

    /// A step in words.
    pub fn link(&self, from: usize, edge: &Edge) -> String {
        let via = match (edge.action, edge.silence) {
            (Some(a), None) => self.model.actions[a].0.clone(),
            (Some(a), Some(w)) => format!("{} (silence of {})", self.model.actions[a].0, self.model.clocks[w].0),
            (None, w) => format!("(silence of {})", w.map_or("", |w| self.model.clocks[w].0.as_str())),
        };
        format!("{} -{via}-> {}", self.state(from), self.state(edge.to))
    }

    /// The shortest way from raising to a configuration.
    pub fn chain(&self, n: usize) -> Vec<String> {
        let mut links = Vec::new();
        let mut at = n;
        while let Some((from, edge)) = &self.parents[at] {
            links.push(self.link(*from, edge));
            at = *from;
        }
        links.push(format!("-{RAISE}-> {}", self.state(at)));
        links.reverse();
        links
    }

    /// What is set and what runs in a configuration, for a reader of a finding.
    pub fn details(&self, n: usize) -> String {
        let config = &self.nodes[n];
        let facts = self.model.coded(&config.facts);
        let facts = facts.iter().map(|(k, v)| format!("{k} = {}", v.as_code()));
        let counts = self.model.counters.iter().zip(&config.counts).filter(|(_, n)| **n > 0);
        let counts = counts.map(|((a, _), n)| format!("count({}) = {n}", self.model.actions[*a].0));
        facts.chain(counts).collect::<Vec<_>>().join(", ")
    }

    /// Breadth first from some configurations along the steps that pass, to the first one that fits; with the way.
    pub fn find(
        &self,
        from: &[usize],
        pass: impl Fn(usize, &Edge) -> bool,
        fits: impl Fn(usize) -> bool,
    ) -> Option<(usize, Vec<String>)> {
        let mut before: BTreeMap<usize, Option<(usize, Edge)>> = from.iter().map(|n| (*n, None)).collect();
        let mut queue: std::collections::VecDeque<usize> = from.iter().copied().collect();
        while let Some(n) = queue.pop_front() {
            if fits(n) {
                let mut links = Vec::new();
                let mut at = n;
                while let Some(Some((back, edge))) = before.get(&at) {
                    links.push(self.link(*back, edge));
                    at = *back;
                }
                links.reverse();
                let start = self.chain(at);
                return Some((n, start.into_iter().chain(links).collect()));
            }
            for edge in self.edges[n].iter().filter(|e| pass(n, e)) {
                if let std::collections::btree_map::Entry::Vacant(slot) = before.entry(edge.to) {
                    slot.insert(Some((n, *edge)));
                    queue.push_back(edge.to);
                }
            }
        }
        None
    }
}
