//! What is proved of parts on the unrolled mechanism: no part is left in a state in which nobody owes the next step.

use crate::check::lower::real;
use crate::check::model::{Model, OFF, body_of};
use crate::check::unroll::Unrolled;
use crate::check::{Findings, graph_rules};
use crate::finding::{Finding, Rule};
use kernel::mechanism::{Action, Mechanism, PART, Part, PartState, RAISE, Ring, State};
use kernel::role::{BodyExpr, Role};
use std::collections::BTreeSet;

/// Rules 1 to 3 for parts, on the mechanism as `lower` left it; and every rule for parts that outlive the file.
pub(in crate::check) fn proved(m: &Mechanism, u: &Unrolled) -> Vec<Finding> {
    if u.overflow {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (kind, part) in &m.part {
        found.extend(reached(m, u, kind, part));
        found.extend(owed(m, u, kind, part));
        if part.outlives {
            found.extend(after_the_end(m, kind, part));
        }
    }
    found
}

fn reached(m: &Mechanism, u: &Unrolled, kind: &str, part: &Part) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Reachable);
    let alone = part.outlives.then(|| Unrolled::new(Model::new(&alone(m, kind, part), false)));
    let both = std::iter::once(u).chain(&alone);
    let open: BTreeSet<&str> =
        both.flat_map(|u| u.possible.iter().flatten().map(|a| real(&u.model.actions[*a].0))).collect();
    let led = |state: &String| {
        let to = |(id, a): (&String, &Action)| {
            a.part.as_deref() == Some(kind) && a.to.as_ref() == Some(state) && open.contains(id.as_str())
        };
        part.first == *state || m.action.iter().any(to)
    };
    for state in part.state.keys().filter(|s| !led(s)) {
        out.add(
            format!("part.{kind}.state.{state}"),
            Vec::new(),
            (format!("“{kind}”怎么走都到不了“{state}”"), format!("no act on `{kind}` leads to `{state}`")),
            ("删去这个状态，或者让某个动作通到这里", "remove the state, or let an act on the part lead to it"),
        );
    }
    out.list
}

/// The clocks of parts and the acts on them, for the copy that stands for all: their numbers, and whose they are.
struct Own {
    clocks: Vec<(usize, String)>,
    acts: Vec<(usize, BTreeSet<String>)>,
}

impl Own {
    fn new(u: &Unrolled, clock: impl Fn(&str) -> bool, act: impl Fn(&str) -> bool) -> Own {
        let m = &u.model.mechanism;
        let clocks = u.model.clocks.iter().enumerate().filter(|(_, (id, _))| clock(id));
        let acts = u.model.actions.iter().enumerate().filter(|(_, (id, _))| act(id));
        Own {
            clocks: clocks.map(|(i, (_, c))| (i, body_of(m, c.whose()))).collect(),
            acts: acts.map(|(i, (_, a))| (i, a.by.iter().map(|r| body_of(m, r)).collect())).collect(),
        }
    }

    /// Whether somebody owes the next step here and can take it, or silence takes it.
    fn owed(&self, u: &Unrolled, n: usize) -> bool {
        let can = |who: &String| self.acts.iter().any(|(a, by)| u.possible[n].contains(a) && by.contains(who));
        let says = |i: usize| u.model.clocks[i].1.silence.is_some();
        self.clocks.iter().any(|(i, who)| u.nodes[n].clocks[*i] != OFF && (says(*i) || can(who)))
    }
}

/// Wherever the matter is open and a part is not at an end, a clock of the part runs and whoever owes it can act on it.
fn owed(m: &Mechanism, u: &Unrolled, kind: &str, part: &Part) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Clocked);
    let fact = format!("{kind}@1");
    let states = part.state.iter().filter(|(_, s)| !s.end);
    let open: Vec<(&String, (usize, u8))> =
        states.filter_map(|(id, _)| Some((id, u.model.fact_value(&fact, id)?))).collect();
    let first = |id: &str| id.ends_with("@1");
    let own = Own::new(
        u,
        |id| first(id) && m.clock.get(real(id)).is_some_and(|c| c.part.as_deref() == Some(kind)),
        |id| first(id) && m.action.get(real(id)).is_some_and(|a| a.part.as_deref() == Some(kind)),
    );
    for n in (0..u.nodes.len()).filter(|n| !u.ended(*n)) {
        let at = open.iter().find(|(_, (i, class))| u.nodes[n].facts[*i] == *class);
        if let Some((state, _)) = at.filter(|_| !own.owed(u, n)) {
            let place = (format!("，而事情在“{}”", u.state(n)), format!(" while the matter is in `{}`", u.state(n)));
            nobody_owes(&mut out, (kind, state), u.chain(n), place);
            break;
        }
    }
    out.list
}

fn nobody_owes(out: &mut Findings, (kind, state): (&str, &str), chain: Vec<String>, place: (String, String)) {
    out.add(
        format!("part.{kind}.state.{state}"),
        chain,
        (
            format!("“{kind}”在“{state}”{}，这时没有走着的期限，或者欠着期限的人什么也做不了", place.0),
            format!("a `{kind}` in `{state}`{} has no running clock whose owner can act on it", place.1),
        ),
        (
            "让这一部分的一个期限（写 part）在这里走着，并给欠着的人一个动作；检查 from、to 和 while",
            "let a clock with `part` run here and give its owner an act on the part; look at `from`, `to` and `while`",
        ),
    );
}

/// A part that outlives the file, proved by itself: it can be left, it is not sent round for ever, somebody owes it.
fn after_the_end(m: &Mechanism, kind: &str, part: &Part) -> Vec<Finding> {
    let u = Unrolled::new(Model::new(&alone(m, kind, part), false));
    let rules = [Rule::Reachable, Rule::Bounded];
    let mut found: Vec<Finding> = graph_rules(&u, false).into_iter().filter(|f| rules.contains(&f.rule)).collect();
    for f in &mut found {
        f.path = f.path.strip_prefix("state.").map_or(f.path.clone(), |s| format!("part.{kind}.state.{s}"));
        f.message.zh = format!("事情结束以后（“{kind}”不随之结束）：{}", f.message.zh);
        f.message.en = format!("after the end of the matter, which a `{kind}` outlives: {}", f.message.en);
    }
    let mut out = Findings::of(Rule::Clocked);
    let own = Own::new(&u, |_| true, |_| true);
    if let Some(n) = (0..u.nodes.len()).find(|n| !u.ended(*n) && !own.owed(&u, *n)) {
        let place = ("，而事情已经结束".to_owned(), " after the matter has ended".to_owned());
        nobody_owes(&mut out, (kind, u.state(n)), u.chain(n), place);
    }
    found.extend(out.list);
    found.extend(climbs(m, kind, &u));
    found
}

/// Whether the body that an expiry reaches after the end can do anything then.
fn climbs(m: &Mechanism, kind: &str, u: &Unrolled) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Escalates);
    let does = |a: &Action, body: &String| a.by.iter().any(|r| body_of(m, r) == *body);
    let ours = m.clock.iter().filter(|(_, c)| c.part.as_deref() == Some(kind));
    for (id, expiry) in ours.filter_map(|(id, c)| Some((id, c.expiry.as_ref()?))) {
        let body = body_of(m, expiry);
        let later = m.action.values().any(|a| a.after_end && a.part.is_none() && does(a, &body));
        let acts = |n: usize| u.possible[n].iter().any(|a| does(&u.model.actions[*a].1, &body));
        let runs = |n: &usize| u.model.clock(id).is_some_and(|c| u.nodes[*n].clocks[c] != OFF);
        if later || !(0..u.nodes.len()).filter(|n| !u.ended(*n)).filter(runs).any(|n| !acts(n)) {
            continue;
        }
        out.add(
            format!("clock.{id}.expiry"),
            Vec::new(),
            (
                format!("事情结束以后逾期，交给“{expiry}”，但它那时什么也做不了"),
                format!("an expiry after the end goes to `{expiry}`, who can do nothing then"),
            ),
            (
                "给它一个结束以后还能做的动作（例如督办，after_end = true），或者一个对这一部分的动作",
                "give that role an action with `after_end = true`, or an act on the part",
            ),
        );
    }
    out.list
}

/// What is left of such a part when nothing of the matter helps any more, as a mechanism of its own. An act that needs the
/// matter in an open state, or a condition, cannot be counted upon then.
fn alone(m: &Mechanism, kind: &str, part: &Part) -> Mechanism {
    let mut out = m.clone();
    let state = |(id, s): (&String, &PartState)| {
        let holder = (!s.end).then(|| PART.to_owned());
        (id.clone(), State { name: s.name.clone(), ring: Ring::Handling, holder, end: s.end })
    };
    out.state = part.state.iter().map(state).collect();
    let ended = |s: &String| m.state.get(s).is_some_and(|s| s.end);
    let later = |a: &Action| a.during.is_empty() || a.during.iter().any(ended);
    out.action.retain(|_, a| a.part.as_deref() == Some(kind) && a.when.is_none() && later(a));
    for a in out.action.values_mut() {
        (a.part, a.during) = (None, BTreeSet::new());
    }
    let left = out.action.clone();
    // It may have got anywhere before the end, by acts that are not possible any more; their clocks run on, no others are
    // counted upon.
    let mut begins: Vec<(String, &String, Vec<&String>)> =
        vec![(RAISE.to_owned(), &part.first, part.opened_by.iter().collect())];
    let gone = m.action.iter().filter(|(id, a)| a.part.as_deref() == Some(kind) && !left.contains_key(*id));
    begins.extend(gone.filter_map(|(id, a)| Some((format!("{RAISE}+{id}"), a.to.as_ref()?, vec![id]))));
    for (id, to, _) in &begins {
        let raise = Action { by: vec![PART.to_owned()], to: Some((*to).clone()), ..Action::default() };
        out.action.insert(id.clone(), raise);
    }
    out.clock.retain(|_, c| c.part.as_deref() == Some(kind));
    for c in out.clock.values_mut() {
        let starts = begins.iter().filter(|(_, _, by)| by.iter().any(|a| c.from.contains(a)));
        let starts: Vec<String> = starts.map(|(id, _, _)| id.clone()).collect();
        c.from.retain(|a| left.contains_key(a));
        c.from.extend(starts);
        c.to.retain(|a| left.contains_key(a));
        // Whom an expiry goes to is the same as before the end and was proved there.
        (c.part, c.expiry) = (None, None);
    }
    let is = BodyExpr::Office(PART.to_owned());
    out.role.insert(PART.to_owned(), Role { name: part.name.clone(), is, post: None, function: None, not: Vec::new() });
    out.part.clear();
    out
}
