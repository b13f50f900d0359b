//! Rule 9 for what binds bodies: where, when, by whom and on what condition they may act, what they have to say, what follows
//! from it. A region may ask more of them and may put steps of its own between; it loosens none. What people themselves may do
//! and say is `overlay`'s and `offers`'; what is not a region's at all, `kept`'s.

use super::Findings;
use super::climb::approves;
use super::overlay::lost;
use crate::finding::{Finding, Rule};
use kernel::guard::Guard;
use kernel::mechanism::{Action, CLOCK, HEARD, Mechanism, PART, RAISE, RAISER};
use kernel::role::BodyExpr;
use std::collections::BTreeSet;

pub(super) fn overlay(new: &Mechanism, base: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::OverlaySafe);
    for (id, was) in &base.action {
        if let Some(now) = new.action.get(id) {
            let pair = Pair { new, base, id, now, was };
            pair.ways(&mut out);
            pair.who(&mut out);
            if pair.binds() {
                pair.duties(&mut out);
            }
            pair.effects(&mut out);
        }
    }
    added(new, base, &mut out);
    holders(new, base, &mut out);
    out.list
}

/// An action as the base has it and as the region has it.
struct Pair<'a> {
    new: &'a Mechanism,
    base: &'a Mechanism,
    id: &'a str,
    now: &'a Action,
    was: &'a Action,
}

fn by(a: &Action, role: &str) -> bool {
    a.by.iter().any(|r| r == role)
}

impl Pair<'_> {
    fn lost(&self, out: &mut Findings, key: &str, zh: &str, en: &str) {
        lost(out, format!("action.{}.{key}", self.id), zh, en);
    }

    /// Whether a body, or the clock, does it, and not in reply after the end.
    fn binds(&self) -> bool {
        self.id != RAISE && !self.was.after_end && self.was.by.iter().any(|r| r != RAISER)
    }

    /// A state that the base does not have, and whether it is an end.
    fn own(&self, state: &str) -> Option<bool> {
        match self.was.part.as_ref() {
            Some(part) => {
                let has = |m: &Mechanism| m.part.get(part).and_then(|p| p.state.get(state)).map(|s| s.end);
                has(self.new).filter(|_| has(self.base).is_none())
            }
            None => self.new.state.get(state).filter(|_| !self.base.state.contains_key(state)).map(|s| s.end),
        }
    }

    /// Where and when it may be done, and where it leads.
    fn ways(&self, out: &mut Findings) {
        let (now, was) = (self.now, self.was);
        let says = by(was, RAISER) || by(was, PART);
        if self.id != RAISE && !says {
            let more = |now: &BTreeSet<String>, was: &BTreeSet<String>| {
                now.iter().any(|s| !was.contains(s) && self.base.state.contains_key(s))
            };
            if !was.anytime && more(&now.states, &was.states) {
                self.lost(out, "in", WHERE.0, WHERE.1);
            }
            for (key, gained) in
                [("anytime", now.anytime && !was.anytime), ("after_end", now.after_end && !was.after_end)]
            {
                if gained {
                    self.lost(out, key, WHERE.0, WHERE.1);
                }
            }
            if !was.during.is_empty() && (now.during.is_empty() || more(&now.during, &was.during)) {
                self.lost(out, "while", WHERE.0, WHERE.1);
            }
        }
        if now.to == was.to {
            return;
        }
        let ends = |to: &String| match was.part.as_ref() {
            Some(part) => self.base.part.get(part).and_then(|p| p.state.get(to)).is_some_and(|s| s.end),
            None => self.base.state.get(to).is_some_and(|s| s.end),
        };
        // A step of the region's own may come between; it is no new end.
        let between = now.to.as_ref().and_then(|to| self.own(to));
        if !between.is_some_and(|end| !end || was.to.as_ref().is_some_and(ends)) {
            self.lost(out, "to", "办完这一步去了别处", "leads elsewhere than in the base");
        }
    }

    /// Who may do it, and whose approval it needs.
    fn who(&self, out: &mut Findings) {
        let (now, was) = (self.now, self.was);
        if by(now, CLOCK) != by(was, CLOCK) {
            self.lost(out, "by", "没人做也会发生的事变了", "changes what happens when nobody acts");
        }
        let above = |r: &String| self.base.role.get(r).is_some_and(|r| matches!(r.is, BodyExpr::Superior(..)));
        let more = now.by.iter().any(|r| !was.by.contains(r) && r != RAISER);
        if self.id != RAISE && !was.by.is_empty() && was.by.iter().all(above) && more {
            self.lost(out, "by", "由上级做的，交给了别人", "gives to others what is the superior's");
        }
        match (&now.approval, &was.approval) {
            (Some(_), None) if by(was, RAISER) => {
                self.lost(
                    out,
                    "approval",
                    "来件人原来能直接做的，要别人批准",
                    "makes the raiser's own act wait for approval",
                );
            }
            (Some(is), Some(old)) if !approves(self.new, self.base, is, old) => {
                self.lost(
                    out,
                    "approval",
                    "批准的人换成了别人，不是它的上级",
                    "lets another approve who is not its superior",
                );
            }
            _ => {}
        }
    }

    /// What it asks of whoever is bound by it.
    fn duties(&self, out: &mut Findings) {
        let (now, was) = (self.now, self.was);
        if was.needs.iter().any(|f| !now.needs.contains(f)) {
            self.lost(out, "needs", LESS.0, LESS.1);
        }
        if was.needs_when.iter().any(|(f, g)| !now.needs.contains(f) && now.needs_when.get(f) != Some(g)) {
            self.lost(out, "needs_when", LESS.0, LESS.1);
        }
        let clocks = was.by.iter().all(|r| r == CLOCK);
        if !(if clocks { now.when == was.when } else { no_wider(now.when.as_ref(), was.when.as_ref()) }) {
            self.lost(
                out,
                "when",
                "条件少了或者换了（可以在原来的条件后面加“and …”）",
                "drops or changes the condition (more may be added to it with `and`)",
            );
        }
        if was.then.is_some() && now.at_most.is_some() && now.then != was.then {
            self.lost(out, "then", "次数用完以后的路变了", "changes what is left when the rounds are used up");
        }
    }

    /// What follows from it: letters and facts.
    fn effects(&self, out: &mut Findings) {
        let (now, was) = (self.now, self.was);
        let to = |m: &Mechanism, a: &Action| a.letter.as_ref().and_then(|l| m.letter.get(l)).map(|l| l.to.clone());
        let was_to = to(self.base, was);
        let other = now.letter != was.letter && to(self.new, now) != was_to;
        if was_to.as_deref().is_some_and(|to| to != RAISER) && other {
            self.lost(
                out,
                "letter",
                "原来要发的函件不发了，或者发给了别人",
                "no longer sends its letter, or to another",
            );
        }
        let known = facts(self.base);
        let set = was.sets.iter().any(|(fact, value)| now.sets.get(fact) != Some(value))
            || now.sets.keys().any(|fact| !was.sets.contains_key(fact) && known.contains(fact.as_str()));
        if set {
            self.lost(out, "sets", FACT.0, FACT.1);
        }
    }
}

const WHERE: (&str, &str) = ("单位能在更多的时候做这一步", "lets bodies do this where or when they could not");
const LESS: (&str, &str) = ("办事的单位可以少填、少交代", "lets whoever acts leave out what has to be said");
const FACT: (&str, &str) =
    ("写进档案的结果变了（例如算不算回应到）", "writes another result into the file (such as who counts as heard)");

/// The facts that the base writes or reads.
fn facts(base: &Mechanism) -> BTreeSet<&str> {
    let set = base.action.values().flat_map(|a| a.sets.keys()).map(String::as_str);
    let brought = base.child.values().flat_map(|c| c.brings.keys()).map(String::as_str);
    set.chain(brought).chain(base.field.keys().map(String::as_str)).chain([HEARD]).collect()
}

/// Whether a condition holds nowhere where the other did not: it is the same, or the other and more.
fn no_wider(now: Option<&Guard>, was: Option<&Guard>) -> bool {
    let all = |g: &Guard| if let Guard::And(gs) = g { gs.clone() } else { vec![g.clone()] };
    match (now, was) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(now), Some(was)) => {
            let now = all(now);
            all(was).iter().all(|g| now.contains(g))
        }
    }
}

/// What only the region has: no way to an end, no answer and no result beside those of the base, unless it is hers alone.
fn added(new: &Mechanism, base: &Mechanism, out: &mut Findings) {
    let known = facts(base);
    let alone = |a: &Action| !a.by.is_empty() && a.by.iter().all(|r| r == RAISER);
    for (id, a) in new.action.iter().filter(|(id, a)| !base.action.contains_key(*id) && !alone(a)) {
        let ends = a.part.is_none() && a.to.as_ref().and_then(|to| new.state.get(to)).is_some_and(|s| s.end);
        if ends {
            lost(out, format!("action.{id}.to"), "新加了一条由单位结束这件事的路", "adds a way for bodies to end it");
        }
        if a.answers {
            lost(out, format!("action.{id}.answers"), "新加了一种答复", "adds another answer than the base's");
        }
        if a.sets.keys().any(|f| known.contains(f.as_str())) {
            lost(out, format!("action.{id}.sets"), FACT.0, FACT.1);
        }
    }
}

/// Whose turn it is stays the person's, and of whoever is set apart.
fn holders(new: &Mechanism, base: &Mechanism, out: &mut Findings) {
    for (id, was) in &base.state {
        let holder = was.holder.as_deref();
        let stays = holder.is_some_and(|h| h == RAISER || base.role.get(h).is_some_and(|r| !r.not.is_empty()));
        if stays && new.state.get(id).is_some_and(|s| s.holder != was.holder) {
            lost(
                out,
                format!("state.{id}.holder"),
                "轮到来件人或者不相干的一方，换成了别人",
                "gives to another what waits for the raiser, or for one set apart",
            );
        }
    }
}
