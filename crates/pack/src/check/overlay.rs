//! Rule 9: what a region changes is never worse for the person than the base. Compared part by part here: deadlines,
//! raising, answers, appeals, shield, separation, confidentiality. Windows and minimum times are `windows`', what is offered to
//! others than the body that acts `offers`', what binds bodies `stricter`'s, who is above `climb`'s, what a region may not touch
//! at all `kept`'s (the table of all keys is `keys`); the promise as a whole is compared by `promise::finite`.

use super::Findings;
use super::compare::{end_no_later, no_narrower, value_no_longer};
use crate::finding::{Finding, Rule};
use kernel::ids::Class;
use kernel::mechanism::{Action, Clock, Field, Mechanism, RAISE, RAISER};
use kernel::number::Value;

const KEEP: (&str, &str) =
    ("按基础机制写，或者写得更有利于来件人", "write it as the base does, or better for the raiser");

pub(super) fn check(new: &Mechanism, base: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::OverlaySafe);
    clocks(new, base, &mut out);
    general(new, base, &mut out);
    raising(new, base, &mut out);
    for (id, old) in &base.action {
        match new.action.get(id) {
            Some(action) => actions(new, base, id, action, old, &mut out),
            None => removed(base, id, old, &mut out),
        }
    }
    added(new, base, &mut out);
    fields(new, base, &mut out);
    parts(new, base, &mut out);
    for (id, old) in &base.role {
        let kept = new.role.get(id).is_none_or(|r| old.not.iter().all(|n| r.not.contains(n)));
        if !kept {
            lost(&mut out, format!("role.{id}.not"), "回避（not）少了", "keeps fewer people apart (`not`)");
        }
    }
    for (id, old) in base.letter.iter().filter(|(_, l)| l.to == RAISER) {
        if new.letter.get(id).is_none_or(|l| old.fields.iter().any(|f| !l.fields.contains(f))) {
            lost(
                &mut out,
                format!("letter.{id}"),
                "给来件人的函件没了，或者写得少了",
                "takes away a letter to the raiser, or some of it",
            );
        }
    }
    out.list
}

pub(super) fn lost(out: &mut Findings, path: String, zh: &str, en: &str) {
    out.add(
        path,
        Vec::new(),
        (format!("地方规定放松了基础机制：{zh}"), format!("the overlay loosens the base: it {en}")),
        KEEP,
    );
}

pub(super) fn value<'a>(m: &'a Mechanism, number: &str) -> &'a Value {
    m.number.get(number).map_or(&Value::Local, |n| &n.value)
}

fn clocks(new: &Mechanism, base: &Mechanism, out: &mut Findings) {
    for (id, old) in &base.clock {
        let path = |key: &str| format!("clock.{id}{key}");
        let Some(clock) = new.clock.get(id) else {
            if old.owed_by.is_some() {
                lost(out, path(""), "去掉了这个期限", "removes this clock");
            }
            continue;
        };
        let (now, was) = (value(new, &clock.length), value(base, &old.length));
        if old.owed_by.is_some() {
            let end = end_no_later((clock.roll, clock.ends), (old.roll, old.ends));
            if !value_no_longer(now, was) || !end {
                lost(
                    out,
                    path(".length"),
                    "期限变长了（单位不同的按最坏情形比）",
                    "lengthens this clock (units are compared by their worst case)",
                );
            }
            events(new, base, id, clock, old, out);
        }
    }
}

/// An owed clock starts where it did, and nothing that was there before stops it or lets it stand still.
fn events(new: &Mechanism, base: &Mechanism, id: &str, clock: &Clock, old: &Clock, out: &mut Findings) {
    if !old.from.iter().all(|a| clock.from.contains(a) || !new.action.contains_key(a)) {
        lost(out, format!("clock.{id}.from"), "起算的动作少了", "starts this clock less often");
    }
    if !clock.to.iter().all(|a| old.to.contains(a) || !base.action.contains_key(a)) {
        lost(
            out,
            format!("clock.{id}.to"),
            "原有的动作现在也能停掉这个期限",
            "lets an action of the base stop this clock",
        );
    }
    // An added start would restart the clock where the same action also stops it.
    if clock.from.iter().any(|a| clock.to.contains(a) && !(old.from.contains(a) && old.to.contains(a))) {
        lost(out, format!("clock.{id}.from"), "期限可以重新起算了", "lets this clock start anew");
    }
    for (other, suspender) in &new.clock {
        let before = base.clock.get(other).is_some_and(|c| c.suspends.iter().any(|s| s == id));
        if !before && suspender.suspends.iter().any(|s| s == id) {
            lost(out, format!("clock.{other}.suspends"), "新加了一种暂停", "adds a suspension");
        }
    }
}

fn general(new: &Mechanism, base: &Mechanism, out: &mut Findings) {
    let number = |m: &Mechanism, n: Option<&str>| n.map(|n| value(m, n).clone());
    let climbs = (
        number(new, new.escalation.as_ref().map(|e| e.within.as_str())),
        number(base, base.escalation.as_ref().map(|e| e.within.as_str())),
    );
    let approves = (
        number(new, new.approval.as_ref().map(|a| a.within.as_str())),
        number(base, base.approval.as_ref().map(|a| a.within.as_str())),
    );
    for (table, (now, was)) in [("escalation", climbs), ("approval", approves)] {
        let kept = match (now, was) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(now), Some(was)) => value_no_longer(&now, &was),
        };
        if !kept {
            lost(
                out,
                table.to_owned(),
                "逾期上报或批准没有了，或者更慢",
                "removes or slows the escalation or the approval",
            );
        }
    }
    if base.mechanism.feedback && !new.mechanism.feedback {
        lost(out, "mechanism.feedback".into(), "不再问来件人解决没有", "no longer asks for feedback");
    }
}

fn raising(new: &Mechanism, base: &Mechanism, out: &mut Findings) {
    let (Some(now), Some(was)) = (new.action.get(RAISE), base.action.get(RAISE)) else {
        return;
    };
    if now.needs.iter().any(|f| !was.needs.contains(f)) {
        lost(out, "action.raise.needs".into(), "提交要多填一项", "asks for one more field when raising");
    }
    let more = now.needs_when.iter().any(|(f, g)| !was.needs.contains(f) && was.needs_when.get(f) != Some(g));
    if more {
        lost(
            out,
            "action.raise.needs_when".into(),
            "提交在更多情形下要多填一项",
            "asks for a field in more cases when raising",
        );
    }
    if was.by.iter().any(|r| !now.by.contains(r)) {
        lost(out, "action.raise.by".into(), "能提交的人少了", "lets fewer people raise");
    }
    if !no_narrower(now.when.as_ref(), was.when.as_ref()) {
        lost(out, "action.raise.when".into(), "提交附了条件", "puts a condition on raising");
    }
    for id in base.fields_of(was) {
        let kept = new.fields_of(now).contains(&id)
            && match (new.field.get(id), base.field.get(id)) {
                (Some(n), Some(o)) => offers(n, o),
                _ => false,
            };
        if !kept {
            lost(
                out,
                format!("field.{id}"),
                "提交时能说的少了（少了这一项、少了选项或者限得更紧）",
                "lets people say less when raising (a field, an option or room is missing)",
            );
        }
    }
}

/// Whether a form takes at least what it took.
pub(super) fn offers(new: &Field, old: &Field) -> bool {
    let options = old.of.iter().all(|o| new.of.iter().any(|n| n.id == o.id));
    let room = match (new.max, old.max) {
        (Some(n), Some(o)) => n >= o,
        (Some(_), None) => false,
        (None, _) => true,
    };
    new.kind == old.kind && options && room && (new.function.is_none() || new.function == old.function)
}

fn actions(new: &Mechanism, base: &Mechanism, id: &str, now: &Action, was: &Action, out: &mut Findings) {
    let path = |key: &str| format!("action.{id}.{key}");
    let is_raisers = |a: &Action| a.by.iter().any(|r| r == RAISER);
    if was.asks && !now.asks {
        lost(out, path("asks"), "回访没有了", "removes the asking");
    }
    if now.withdraws && !was.withdraws {
        lost(out, path("withdraws"), "把别的动作算成撤回", "counts another action as giving up");
    }
    if now.optional && !was.optional {
        lost(out, path("optional"), "原来一定有的路成了可选", "makes a route optional");
    }
    let to_raiser =
        |m: &Mechanism, a: &Action| a.letter.as_ref().and_then(|l| m.letter.get(l)).is_some_and(|l| l.to == RAISER);
    if to_raiser(base, was) && now.letter != was.letter && !to_raiser(new, now) {
        lost(out, path("letter"), "不再给来件人发函", "no longer sends the raiser its letter");
    }
    if was.approval.is_some() && now.approval.is_none() {
        lost(out, path("approval"), "不再要批准", "needs no approval any more");
    }
    let counted = match (now.at_most, was.at_most) {
        (Some(n), Some(o)) if is_raisers(was) => n >= o,
        (Some(n), Some(o)) => n <= o,
        (Some(_), None) => !is_raisers(was),
        (None, Some(_)) => is_raisers(was),
        (None, None) => true,
    };
    if !counted {
        lost(
            out,
            path("at_most"),
            "转来转去的次数多了，或者来件人的次数少了",
            "allows more rounds, or the raiser fewer",
        );
    }
    if let Some(extends) = &now.extends {
        let kept = was
            .extends
            .as_ref()
            .is_some_and(|w| w.clock == extends.clock && value_no_longer(value(new, &extends.by), value(base, &w.by)));
        if !kept {
            lost(out, path("extends"), "延长得更多", "prolongs a clock by more");
        }
    }
    if is_raisers(was) && id != RAISE {
        let states = was.states.iter().all(|s| now.anytime || now.states.contains(s) || !new.state.contains_key(s));
        let kept = is_raisers(now) && states && (now.anytime || !was.anytime) && (now.after_end || !was.after_end);
        let fields = now.needs.iter().all(|f| was.needs.contains(f));
        if !kept || !fields || !no_narrower(now.when.as_ref(), was.when.as_ref()) {
            lost(
                out,
                path("by"),
                "来件人原来能做的，现在做不了或者更难",
                "takes this from the raiser, or makes it harder",
            );
        }
    }
}

fn removed(base: &Mechanism, id: &str, was: &Action, out: &mut Findings) {
    let letter = was.letter.as_ref().and_then(|l| base.letter.get(l)).is_some_and(|l| l.to == RAISER);
    if was.answers || was.asks || letter || was.by.iter().any(|r| r == RAISER) {
        lost(
            out,
            format!("action.{id}"),
            "去掉了答复、回访、给来件人的函件或者来件人自己的动作",
            "removes an answer, the asking, a letter to the raiser or an action of hers",
        );
    }
}

/// Parts that the base opens are opened, and kept after the end as it says.
fn parts(new: &Mechanism, base: &Mechanism, out: &mut Findings) {
    for (id, old) in &base.part {
        let kept = new.part.get(id).is_some_and(|p| {
            let opened = old.opened_by.iter().all(|a| p.opened_by.contains(a) || !new.action.contains_key(a));
            opened && (p.outlives || !old.outlives)
        });
        if !kept {
            lost(
                out,
                format!("part.{id}"),
                "分头办理的开出、结束后继续这几条改松了",
                "opens parts less often, or drops them at the end",
            );
        }
    }
}

/// What only the overlay has may not prolong what the base promised.
fn added(new: &Mechanism, base: &Mechanism, out: &mut Findings) {
    for (id, action) in new.action.iter().filter(|(id, _)| !base.action.contains_key(*id)) {
        if action.extends.as_ref().is_some_and(|e| base.clock.contains_key(&e.clock)) {
            lost(out, format!("action.{id}.extends"), "新加了一种延长", "adds a prolongation");
        }
    }
}

fn fields(new: &Mechanism, base: &Mechanism, out: &mut Findings) {
    let rank = |class: Class| match class {
        Class::Public => 0,
        Class::Coded => 1,
        Class::Handlers => 2,
        Class::Sealed => 3,
    };
    for (id, old) in &base.field {
        let path = |key: &str| format!("field.{id}.{key}");
        let Some(field) = new.field.get(id) else {
            if old.shield || old.withhold {
                lost(out, format!("field.{id}"), "去掉了回避或者隐去身份", "removes the shield or the withholding");
            }
            continue;
        };
        if (old.shield && !field.shield) || (old.withhold && !field.withhold) {
            lost(out, path("shield"), "去掉了回避或者隐去身份", "removes the shield or the withholding");
        }
        if old.hidden_until_end_from.iter().any(|r| !field.hidden_until_end_from.contains(r)) {
            lost(
                out,
                path("hidden_until_end_from"),
                "评价提前给被评的人看",
                "shows a rating to the rated before the end",
            );
        }
        if rank(field.class) < rank(old.class) {
            lost(out, path("class"), "保密级别降低了", "lowers the confidentiality of this field");
        }
    }
}
