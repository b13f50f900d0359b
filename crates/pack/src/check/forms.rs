//! Rule 9 for what forms and letters say: options, public texts, what a letter prints, what a page that asks people in tells.
//! What somebody raises or replies with is `overlay`'s and `offers`'.

use super::Findings;
use super::overlay::lost;
use crate::finding::{Finding, Rule};
use kernel::ids::Class;
use kernel::mechanism::{Field, Letter, Mechanism, RAISER};

pub(super) fn overlay(new: &Mechanism, base: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::OverlaySafe);
    for (id, was) in &base.field {
        if let Some(now) = new.field.get(id) {
            field(base, id, now, was, &mut out);
        }
    }
    for (id, was) in &base.letter {
        if let Some(now) = new.letter.get(id) {
            letter(id, now, was, &mut out);
        }
    }
    let told = |m: &Mechanism| m.mechanism.invites.as_ref().map(|i| i.tells.clone()).unwrap_or_default();
    let now = told(new);
    if new.mechanism.invites.is_some() && told(base).iter().any(|f| !now.contains(f)) {
        lost(
            &mut out,
            "mechanism.invites.tells".into(),
            "请人参加的页面上说得少了",
            "tells less to whoever wants to come",
        );
    }
    out.list
}

fn field(base: &Mechanism, id: &str, now: &Field, was: &Field, out: &mut Findings) {
    let hers = base.action.values().any(|a| a.by.iter().any(|r| r == RAISER) && base.fields_of(a).contains(&id));
    let gone = was.of.iter().any(|o| now.of.iter().all(|n| n.id != o.id));
    // Where the person fills it in, `overlay` has said so.
    if gone && !hers {
        lost(out, format!("field.{id}.of"), "少了选项", "takes an option away");
    }
    let law = was.of.iter().any(|o| o.source.is_some());
    if law && now.of.iter().any(|n| was.of.iter().all(|o| o.id != n.id)) {
        lost(
            out,
            format!("field.{id}.of"),
            "这几个选项是法规列的理由，地方不能另加",
            "adds to grounds that name their clauses: only law may add one",
        );
    }
    if was.class == Class::Public && now.class != Class::Public {
        lost(out, format!("field.{id}.class"), "原来公开的不再公开", "keeps from the public what was public");
    }
    if was.ahead && !now.ahead || now.ahead && !was.ahead && hers {
        let (zh, en) = match was.ahead {
            true => ("可以填已经过去的日子", "lets a day be named that has passed"),
            false => ("来件人能填的日子少了", "lets people name fewer days"),
        };
        lost(out, format!("field.{id}.ahead"), zh, en);
    }
    for (key, narrower) in [("past", now.past && !was.past), ("after", now.after.is_some() && was.after.is_none())] {
        if narrower && hers {
            lost(out, format!("field.{id}.{key}"), "来件人能填的日子少了", "lets people name fewer days");
        }
    }
}

/// A letter quotes and prints at least what it did; in which words is the region's.
fn letter(id: &str, now: &Letter, was: &Letter, out: &mut Findings) {
    if was.to != RAISER && was.fields.iter().any(|f| !now.fields.contains(f)) {
        lost(out, format!("letter.{id}.fields"), "函件里写得少了", "leaves out of the letter what it said");
    }
    if now.template != was.template {
        let prints = crate::letters::prints(&now.template);
        if let Some(gone) = crate::letters::prints(&was.template).into_iter().find(|name| !prints.contains(name)) {
            let (zh, en) = (format!("函件里不再写“{gone}”"), format!("no longer prints `{gone}` in the letter"));
            lost(out, format!("letter.{id}.template"), &zh, &en);
        }
    }
}
