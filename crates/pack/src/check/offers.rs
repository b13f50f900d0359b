//! Rule 9 for what the base offers to others than the body that acts: to residents the door, children of their own and
//! published words; to bodies that were called their say; to those set apart their judgement; to voters their tellers. A
//! region neither removes nor closes it, and asks nobody for money. How something is called may be changed.

use super::Findings;
use super::compare::no_narrower;
use super::overlay::{lost, offers};
use crate::finding::{Finding, Rule};
use kernel::mechanism::{Action, CLOCK, Door, Mechanism, PART, RAISE, RAISER};
use kernel::role::BodyExpr;
use std::collections::BTreeSet;

pub(super) fn overlay(new: &Mechanism, base: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::OverlaySafe);
    head(new, base, &mut out);
    children(new, base, &mut out);
    for (id, was) in &base.action {
        match new.action.get(id) {
            Some(now) => action(new, base, id, now, was, &mut out),
            None => gone(base, id, was, &mut out),
        }
    }
    added(new, base, &mut out);
    roles(new, base, &mut out);
    votes(new, base, &mut out);
    money(new, base, &mut out);
    out.list
}

fn head(new: &Mechanism, base: &Mechanism, out: &mut Findings) {
    let raised = base.action.get(RAISE).is_some_and(|a| a.by.iter().any(|r| r == RAISER));
    let (now, was) = (&new.mechanism, &base.mechanism);
    if raised && was.door != Door::Staff && now.door == Door::Staff {
        lost(out, "mechanism.door".into(), "居民原来能办的，不再对居民开放", "closes the door to residents");
    }
    let invited = was.invites.as_ref().is_none_or(|w| {
        let all = |n: &kernel::mechanism::Invites| w.clocks.iter().all(|c| n.clocks.contains(c));
        now.invites.as_ref().is_some_and(|n| n.door != Door::Staff && all(n))
    });
    if !invited {
        lost(out, "mechanism.invites".into(), "不再请人参加，或者请得少了", "no longer asks people in, or less often");
    }
    if was.shelf.is_some() && now.shelf.is_none() {
        lost(out, "mechanism.shelf".into(), "公开的问答撤下来了", "takes published answers off the shelf");
    }
    if base.slots.is_some() && new.slots.is_none() {
        lost(out, "slots".into(), "名额没有了", "takes the places away");
    }
}

/// What others raise beside a matter: unseen by its handlers, by anybody while something is open, or for another side.
fn children(new: &Mechanism, base: &Mechanism, out: &mut Findings) {
    for (id, _) in base.child.iter().filter(|(id, c)| (c.hidden || c.comes()) && !new.child.contains_key(*id)) {
        lost(
            out,
            format!("child.{id}"),
            "别人自己可以另外提的事（经办人看不到的、谁都能提的、对方那一边的）没有了",
            "takes away what people may raise beside it (unseen by its handlers, open to anybody, or the other side's)",
        );
    }
}

/// Those whose say an action is: bodies that were called, whoever may still speak after the end, whoever has a window for it.
fn speakers<'a>(m: &'a Mechanism, id: &str, a: &'a Action) -> BTreeSet<&'a str> {
    let windows: BTreeSet<&str> =
        m.clock.values().filter(|c| c.to.iter().any(|t| t == id)).filter_map(|c| c.window_of.as_deref()).collect();
    let after = a.after_end && !a.unpublishes;
    let say = |r: &str| r == PART || after || (windows.contains(r) && !a.optional);
    a.by.iter().map(String::as_str).filter(|r| *r != RAISER && *r != CLOCK && say(r)).collect()
}

/// Whether only roles do it that are set apart from those whose work they judge.
fn apart(m: &Mechanism, id: &str, a: &Action) -> bool {
    id != RAISE && !a.by.is_empty() && a.by.iter().all(|r| m.role.get(r).is_some_and(|r| !r.not.is_empty()))
}

const SAY: (&str, &str) = (
    "被叫来的单位、被评的单位或者有时间说话的一方，不能再说话了",
    "takes the say from a body that was called or rated, or from whoever has time for it",
);

fn gone(base: &Mechanism, id: &str, was: &Action, out: &mut Findings) {
    if !speakers(base, id, was).is_empty() {
        lost(out, format!("action.{id}"), SAY.0, SAY.1);
    }
    if apart(base, id, was) && !was.optional {
        let (zh, en) = ("去掉了由不相干的人来判断的一步", "removes what somebody set apart would judge");
        lost(out, format!("action.{id}"), zh, en);
    }
    if was.publishes.is_some() {
        lost(out, format!("action.{id}"), "不再公开", "no longer publishes");
    }
    if was.raises.is_some() {
        lost(out, format!("action.{id}"), "原来接着会办的事不再办了", "no longer raises what was to follow");
    }
}

fn action(new: &Mechanism, base: &Mechanism, id: &str, now: &Action, was: &Action, out: &mut Findings) {
    let path = |key: &str| format!("action.{id}.{key}");
    for role in speakers(base, id, was) {
        let states = was
            .states
            .iter()
            .all(|s| now.anytime || now.states.contains(s) || was.part.is_none() && !new.state.contains_key(s));
        let during = now.during.is_empty() || !was.during.is_empty() && was.during.is_subset(&now.during);
        let open = states && during && (now.anytime || !was.anytime) && (now.after_end || !was.after_end);
        let free = role != PART && !was.after_end || no_narrower(now.when.as_ref(), was.when.as_ref());
        let often = now.at_most != Some(0) && (!was.after_end || fewer(now.at_most, was.at_most));
        if !now.by.iter().any(|r| r == role) || !open || !free || !often {
            lost(out, path("by"), SAY.0, SAY.1);
        }
    }
    let hers = was.by.iter().any(|r| r == RAISER) && id != RAISE;
    if hers || (was.after_end && was.by.iter().any(|r| r == PART)) {
        words(new, base, id, (now, was), out);
    }
    if apart(base, id, was) && now.by.iter().any(|r| !was.by.contains(r)) {
        lost(out, path("by"), "由不相干的人判断的，交给了别人", "gives a judgement to somebody who is not set apart");
    }
    if now.unpublishes && !was.unpublishes {
        lost(out, path("unpublishes"), "可以撤下公开的内容", "takes published words back");
    }
}

/// Whether it may be done as often.
fn fewer(now: Option<u32>, was: Option<u32>) -> bool {
    now.is_none_or(|n| was.is_some_and(|w| n >= w))
}

/// What may be said in an action of the raiser, or in a reply, may still be said and costs nothing more.
fn words(new: &Mechanism, base: &Mechanism, id: &str, (now, was): (&Action, &Action), out: &mut Findings) {
    for field in base.fields_of(was) {
        let kept = match (new.field.get(field), base.field.get(field)) {
            (Some(n), Some(o)) => new.fields_of(now).contains(&field) && offers(n, o),
            _ => false,
        };
        if !kept {
            lost(
                out,
                format!("field.{field}"),
                "能说的少了",
                "lets people say less (a field, an option or room is missing)",
            );
        }
    }
    if now.needs_when.iter().any(|(f, g)| !was.needs.contains(f) && was.needs_when.get(f) != Some(g)) {
        lost(out, format!("action.{id}.needs_when"), "在更多情形下要多填一项", "asks for a field in more cases");
    }
}

/// What only the overlay has takes nothing back that is public.
fn added(new: &Mechanism, base: &Mechanism, out: &mut Findings) {
    for (id, _) in new.action.iter().filter(|(id, a)| a.unpublishes && !base.action.contains_key(*id)) {
        lost(
            out,
            format!("action.{id}.unpublishes"),
            "新加了撤下公开内容的动作",
            "adds a way to take published words back",
        );
    }
}

/// Who is above another, or set apart, stays who it is: a review by oneself is none.
fn roles(new: &Mechanism, base: &Mechanism, out: &mut Findings) {
    let judges = |r: &kernel::role::Role| !r.not.is_empty() || matches!(r.is, BodyExpr::Superior(..));
    for (id, _) in base.role.iter().filter(|(id, r)| judges(r) && new.role.get(*id).is_some_and(|n| n.is != r.is)) {
        lost(
            out,
            format!("role.{id}.is"),
            "上级或者不相干的一方换成了别人",
            "puts another in the place of a superior, or of one set apart",
        );
    }
}

/// On what people vote, and what may be chosen.
fn votes(new: &Mechanism, base: &Mechanism, out: &mut Findings) {
    for (id, old) in &base.vote {
        let Some(now) = new.vote.get(id) else { continue };
        let options = old.options.iter().all(|o| now.options.iter().any(|n| n.id == o.id));
        let kept = [("paper", now.paper || !old.paper), ("options", options)];
        for (key, _) in kept.into_iter().filter(|(_, kept)| !kept) {
            lost(out, format!("vote.{id}.{key}"), "投票的办法变窄了", "narrows how people vote");
        }
    }
}

/// Words that ask for money, a line each. A field says so in its name or nowhere: this is a barrier against the open case, no
/// proof.
const MONEY: &str = include_str!("../../../../packs/money.tsv");

fn money_words(lang: &'static str) -> impl Iterator<Item = &'static str> {
    MONEY.lines().filter_map(move |l| l.split_once('\t')).filter(move |(of, _)| *of == lang).map(|(_, word)| word)
}

fn money(new: &Mechanism, base: &Mechanism, out: &mut Findings) {
    let asked = |id: &str, label: &kernel::text::Text| base.field.get(id).is_some_and(|f| f.label == *label);
    for (id, field) in new.field.iter().filter(|(id, f)| !asked(id, &f.label)) {
        let words = |text: &str| {
            let text = text.to_lowercase();
            text.split(|c: char| !c.is_ascii_alphabetic()).any(|w| money_words("en").any(|m| m == w))
        };
        let asks = money_words("zh").any(|w| field.label.zh.contains(w))
            || words(&field.label.en)
            || !base.field.contains_key(id) && words(id);
        if asks {
            lost(
                out,
                format!("field.{id}"),
                "这一项像是要钱（收费、罚款、押金）：这只有法律法规可以定",
                "asks for something that seems to be money (a fee, a fine, a deposit): only law may set one",
            );
        }
    }
}
