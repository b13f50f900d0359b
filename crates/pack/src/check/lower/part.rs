//! Parts become facts: `unit@1` and `unit@2` are two parts that stand for any number, the first of them leads. An act on a
//! part becomes one action for each, a clock of parts one clock for each, opening one action for each way to open them.
//! What follows when enough have ended is a step that is taken at once; where most are enough it may be taken later too.

use kernel::guard::{Guard, Many};
use kernel::mechanism::{Action, CLOCK, Clock, Mechanism, PART, Part, RAISE, Waits};
use kernel::role::{BodyExpr, Role};
use std::collections::{BTreeMap, BTreeSet};

/// Which copies of each kind an action opens.
type Opens<'a> = BTreeMap<&'a str, Vec<usize>>;

/// One way to do an action: its id, on what conditions, what it opens.
type Way<'a> = (String, Vec<Guard>, Opens<'a>);

struct Lowering<'a> {
    m: &'a Mechanism,
    copies: usize,
    /// Every real action with what became of it: the id, and for each kind that it opens which copies.
    became: BTreeMap<&'a str, Vec<(String, Opens<'a>)>>,
}

pub(super) fn lower(m: &Mechanism, copies: usize) -> Mechanism {
    let mut l = Lowering { m, copies, became: BTreeMap::new() };
    let mut out = m.clone();
    out.part.clear();
    out.action.clear();
    for (id, action) in &m.action {
        let lowered = match action.part.as_deref().and_then(|k| m.part.get_key_value(k)) {
            Some((kind, _)) => l.acts(id, action, kind),
            None => l.ways(id, action),
        };
        out.action.extend(lowered);
    }
    out.clock = m.clock.iter().flat_map(|(id, c)| l.clocks(id, c)).collect();
    for (kind, part) in &m.part {
        for k in 1..=copies {
            let is = BodyExpr::Office(copy(kind, k));
            out.role.insert(
                copy(kind, k),
                Role { name: part.name.clone(), is, post: None, function: None, not: Vec::new() },
            );
        }
    }
    out
}

fn copy(id: &str, k: usize) -> String {
    format!("{id}@{k}")
}

fn ends(part: &Part) -> BTreeSet<String> {
    part.state.iter().filter(|(_, s)| s.end).map(|(id, _)| id.clone()).collect()
}

fn all_of(mut guards: Vec<Guard>) -> Option<Guard> {
    if guards.len() > 1 { Some(Guard::And(guards)) } else { guards.pop() }
}

/// Not opened, or ended: it may be opened.
fn closed(part: &Part, fact: &str) -> Guard {
    let unset = Guard::Not(Box::new(Guard::Set(fact.to_owned())));
    Guard::Or(vec![unset, Guard::In(fact.to_owned(), ends(part))])
}

/// Somebody works on it.
fn open(part: &Part, fact: &str) -> Guard {
    let states = part.state.iter().filter(|(_, s)| !s.end).map(|(id, _)| id.clone()).collect();
    Guard::In(fact.to_owned(), states)
}

impl<'a> Lowering<'a> {
    /// An act on a part: one for each copy.
    fn acts(&mut self, id: &'a str, action: &Action, kind: &'a str) -> Vec<(String, Action)> {
        let mut out = Vec::new();
        for k in 1..=self.copies {
            let fact = copy(kind, k);
            let here = Guard::In(fact.clone(), action.states.clone());
            let when = action.when.as_ref().map(|g| self.guard(g, true));
            let mut a = Action {
                states: action.during.clone(),
                anytime: action.during.is_empty(),
                when: all_of(std::iter::once(here).chain(when).collect()),
                to: None,
                part: None,
                during: BTreeSet::new(),
                // What is done on a part that outlives the file need not be possible before its end.
                after_end: self.m.part[kind].outlives,
                ..action.clone()
            };
            a.by.iter_mut().filter(|r| *r == PART).for_each(|r| r.clone_from(&fact));
            a.sets.extend(action.to.iter().map(|to| (fact.clone(), to.clone())));
            if let Some(e) = a.extends.as_mut().filter(|e| self.m.clock.get(&e.clock).is_some_and(|c| c.part.is_some()))
            {
                e.clock = copy(&e.clock, k);
            }
            out.push((copy(id, k), a));
        }
        self.became.insert(id, out.iter().map(|(id, _)| (id.clone(), BTreeMap::new())).collect());
        out
    }

    /// An action of the matter: one for each way to open parts, or itself.
    fn ways(&mut self, id: &'a str, action: &Action) -> Vec<(String, Action)> {
        let mut ways: Vec<Way<'a>> = vec![(id.to_owned(), Vec::new(), BTreeMap::new())];
        for (kind, part) in self.m.part.iter().filter(|(_, p)| p.opened_by.iter().any(|a| a == id)) {
            let choices = self.choices(id, action, part);
            let must = action.needs.contains(&part.each);
            let mut next = Vec::new();
            for (way, guards, opens) in &ways {
                for (n, chosen) in choices.iter().enumerate() {
                    let suffix = chosen.iter().map(ToString::to_string).collect::<String>();
                    // With one copy the first way keeps the name: the promise starts at `raise`.
                    let way = match (n, self.copies) {
                        (0, 1) => way.clone(),
                        _ if chosen.is_empty() => format!("{way}+0"),
                        _ => format!("{way}+{suffix}"),
                    };
                    let (mut guards, mut opens) = (guards.clone(), opens.clone());
                    if id != RAISE {
                        guards.extend(chosen.iter().map(|k| closed(part, &copy(kind, *k))));
                    }
                    // Where both are open there may still be others to call, who change nothing for these two.
                    if chosen.is_empty() && must {
                        guards.extend((1..=self.copies).map(|k| open(part, &copy(kind, k))));
                    }
                    // Parts that do not lead are alike: the first is opened first.
                    if chosen == &[2] && part.lead.is_none() {
                        guards.push(Guard::Set(copy(kind, 1)));
                    }
                    opens.insert(kind.as_str(), chosen.clone());
                    next.push((way, guards, opens));
                }
            }
            ways = next;
        }
        let mut out = Vec::new();
        for (way, guards, opens) in ways {
            let when = action.when.as_ref().map(|g| self.guard(g, true));
            let mut a = action.clone();
            let follows = self.completes(id, &mut a);
            let way = if follows.is_some() && self.exactly(id) { format!("{way}!") } else { way };
            a.when = all_of(when.into_iter().chain(follows).chain(guards).collect());
            for (kind, chosen) in &opens {
                let first = &self.m.part[*kind].first;
                a.sets.extend(chosen.iter().map(|k| (copy(kind, *k), first.clone())));
            }
            out.push((way.clone(), a));
            self.became.entry(id).or_default().push((way, opens));
        }
        out
    }

    /// Which copies one action may open together.
    fn choices(&self, id: &str, action: &Action, part: &Part) -> Vec<Vec<usize>> {
        let must = action.needs.contains(&part.each);
        let led = part.lead.as_ref().is_some_and(|f| action.needs.contains(f));
        let mut all = vec![vec![1]];
        if self.copies > 1 {
            all.push(vec![1, 2]);
            // At raising nothing is open: the second alone is only another first, unless none has to lead.
            if id != RAISE || (part.lead.is_some() && !led) {
                all.push(vec![2]);
            }
        }
        if (self.copies > 1 || !must) && (id != RAISE || (!must && self.copies > 1)) {
            all.push(Vec::new());
        }
        all
    }

    /// For an action that follows by itself: its condition, and somebody who does it, so that it is a step of the graph.
    fn completes(&self, id: &str, a: &mut Action) -> Option<Guard> {
        let kinds: Vec<(&String, &Part)> =
            self.m.part.iter().filter(|(_, p)| p.complete.as_deref() == Some(id)).collect();
        if kinds.is_empty() || a.by.iter().any(|r| r != CLOCK) {
            return None;
        }
        let mut any = Vec::new();
        for (kind, part) in kinds {
            a.by.push(copy(kind, 1));
            // It follows at once, so nobody who holds the matter is ever left with nothing to do before it.
            a.by.extend(a.states.iter().filter_map(|s| self.m.state.get(s)?.holder.clone()));
            let many = match part.waits.unwrap_or_default() {
                Waits::All => Many::All,
                Waits::Lead => Many::Lead,
                Waits::Most => Many::Most,
            };
            any.push(self.guard(&Guard::Parts(many, kind.clone(), ends(part)), true));
        }
        if any.len() > 1 { Some(Guard::Or(any)) } else { any.pop() }
    }

    /// Whether two parts say exactly when enough have ended: not where most are enough.
    fn exactly(&self, id: &str) -> bool {
        let mut kinds = self.m.part.values().filter(|p| p.complete.as_deref() == Some(id));
        kinds.all(|p| p.waits != Some(Waits::Most))
    }

    /// A condition over parts as one over facts. Of two parts, "most" may be one where it helps and both where it hinders:
    /// either way the real parts do nothing that the lowered ones cannot do.
    fn guard(&self, g: &Guard, holds: bool) -> Guard {
        let each = |gs: &[Guard]| gs.iter().map(|g| self.guard(g, holds)).collect();
        match g {
            Guard::And(gs) => Guard::And(each(gs)),
            Guard::Or(gs) => Guard::Or(each(gs)),
            Guard::Not(g) => Guard::Not(Box::new(self.guard(g, !holds))),
            Guard::Parts(many, kind, states) => self.many(*many, kind, states, holds),
            Guard::In(..) | Guard::Set(_) | Guard::CountBelow(..) | Guard::Numeric(_) => g.clone(),
        }
    }

    fn many(&self, many: Many, kind: &str, states: &BTreeSet<String>, holds: bool) -> Guard {
        let facts: Vec<String> = (1..=self.copies).map(|k| copy(kind, k)).collect();
        let unset = |f: &String| Guard::Not(Box::new(Guard::Set(f.clone())));
        let among = |f: &String| Guard::In(f.clone(), states.clone());
        match many {
            Many::Lead => among(&facts[0]),
            Many::None => Guard::And(facts.iter().map(unset).collect()),
            Many::All | Many::Most if many == Many::All || !holds => {
                let mut all: Vec<Guard> = facts.iter().map(|f| Guard::Or(vec![unset(f), among(f)])).collect();
                all.push(Guard::Or(facts.iter().map(|f| Guard::Set(f.clone())).collect()));
                Guard::And(all)
            }
            _ => Guard::Or(facts.iter().map(among).collect()),
        }
    }

    fn names(&self, action: &str) -> Vec<String> {
        self.became.get(action).map_or_else(Vec::new, |all| all.iter().map(|(id, _)| id.clone()).collect())
    }

    fn clocks(&self, id: &str, clock: &Clock) -> Vec<(String, Clock)> {
        let Some(kind) = clock.part.as_deref() else {
            let mut c = clock.clone();
            (c.from, c.to) = (self.every(&clock.from), self.every(&clock.to));
            if let Some(then) = c.silence.as_mut().and_then(|s| s.then.as_mut()) {
                // The clock names nobody: of several ways it takes the one that opens nothing.
                *then = self.names(then).pop().unwrap_or_else(|| then.clone());
            }
            return vec![(id.to_owned(), c)];
        };
        let of_kind = |a: &String| self.m.action.get(a).is_some_and(|a| a.part.as_deref() == Some(kind));
        let over: Vec<&String> =
            self.m.action.iter().filter(|(id, a)| of_kind(id) && self.ends_part(kind, a)).map(|(id, _)| id).collect();
        let one = |k: usize| {
            let mut c = Clock { part: None, ..clock.clone() };
            for role in [&mut c.owed_by, &mut c.window_of].into_iter().flatten().filter(|r| *r == PART) {
                *role = copy(kind, k);
            }
            c.from = clock
                .from
                .iter()
                .flat_map(|a| if of_kind(a) { vec![copy(a, k)] } else { self.opening(a, kind, k) })
                .collect();
            let stops = |a: &String| if of_kind(a) { vec![copy(a, k)] } else { self.names(a) };
            c.to = clock.to.iter().chain(over.iter().copied()).flat_map(stops).collect();
            if let Some(then) = c.silence.as_mut().and_then(|s| s.then.as_mut()).filter(|t| of_kind(t)) {
                *then = copy(then, k);
            }
            (copy(id, k), c)
        };
        (1..=self.copies).map(one).collect()
    }

    fn ends_part(&self, kind: &str, action: &Action) -> bool {
        let part = self.m.part.get(kind);
        action.to.as_ref().and_then(|to| part?.state.get(to)).is_some_and(|s| s.end)
    }

    fn every(&self, actions: &[String]) -> Vec<String> {
        actions.iter().flat_map(|a| self.names(a)).collect()
    }

    /// The ways of an action that open this copy.
    fn opening(&self, action: &str, kind: &str, k: usize) -> Vec<String> {
        let ways = self.became.get(action).into_iter().flatten();
        let opens = ways.filter(|(_, opens)| opens.get(kind).is_some_and(|chosen| chosen.contains(&k)));
        opens.map(|(id, _)| id.clone()).collect()
    }
}
