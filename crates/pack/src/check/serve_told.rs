//! Names and rule 4 for what is told by telephone or read out, and for refusals: a call goes to the number on file, and
//! what nobody answered is recorded; what was read out is acknowledged; an answer that says what the person may do against
//! it is served, so that her time never runs from a letter that she has not received.

use super::Findings;
use super::kin::unknown;
use super::serve::say;
use crate::finding::{Finding, Rule};
use kernel::mechanism::{Action, CLOCK, Mechanism, PHONE, RAISER, SIGNED, Serve, WAYS};

pub(super) fn check(m: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Sound);
    for (id, serve) in m.letter.iter().filter_map(|(id, l)| Some((id, l.serve.as_ref()?))) {
        let at = |key: &str| format!("letter.{id}.serve.{key}");
        call(m, serve, &at, &mut out);
        signed(m, serve, &mut out);
        for way in serve.agreed.iter().filter(|w| !WAYS.contains(&w.as_str())) {
            let (zh, en) = (format!("没有“{way}”这种送达方式"), format!("there is no way of serving called `{way}`"));
            say(&mut out, at("agreed"), &zh, &en, ("写送达方式的 id", "write the id of a way"));
        }
    }
    out.list.extend(remedies(m));
    out.list
}

/// Whether one of these ways may be chosen.
fn offers(m: &Mechanism, s: &Serve, way: &str) -> bool {
    m.field.get(&s.how).is_some_and(|f| f.of.iter().any(|o| o.id == way))
}

/// A call: the number that was left, and an action for the call that nobody answered.
fn call(m: &Mechanism, s: &Serve, at: &dyn Fn(&str) -> String, out: &mut Findings) {
    if !offers(m, s, PHONE) {
        return;
    }
    if s.number.is_none() {
        let help = ("写 number = 来件时留的电话那一项", "write `number`, the field of the telephone that was left");
        say(out, at("number"), "没有写打哪个电话", "it is not said which telephone is called", help);
    }
    let Some(tried) = &s.tried else {
        let help = ("写 tried = 记“打了没人接”的动作", "write `tried`, the action that records that nobody answered");
        say(out, at("tried"), "打了没人接，没有地方记", "a call that nobody answered cannot be recorded", help);
        return;
    };
    match (m.action.get(tried), m.action.get(&s.by)) {
        (None, _) => unknown(out, at("tried"), ("动作", "action"), tried, m.action.keys()),
        (Some(a), Some(by)) if !records_a_try(a, by, s) => {
            let help = (
                "in、by 和送达的动作相同，不写 to、letter、approval，needs 里有 caller 那一项",
                "let `in` and `by` be those of the act of serving, without `to`, `letter` or `approval`, and need the field of `caller`",
            );
            let (zh, en) = (
                format!("“{tried}”不是只记一次没打通的动作"),
                format!("`{tried}` does not just record a call that nobody answered"),
            );
            say(out, at("tried"), &zh, &en, help);
        }
        _ => {}
    }
}

fn records_a_try(a: &Action, by: &Action, s: &Serve) -> bool {
    let staff = !a.by.is_empty() && a.by.iter().all(|r| r != RAISER && r != CLOCK && by.by.contains(r));
    let still = a.to.is_none() && a.letter.is_none() && a.approval.is_none() && a.part.is_none();
    staff && still && a.states == by.states && s.caller.as_ref().is_some_and(|c| a.needs.contains(c))
}

/// How it was acknowledged: signed, by a thumbprint, or by the witness.
fn signed(m: &Mechanism, s: &Serve, out: &mut Findings) {
    let Some((id, field)) = s.signed.as_ref().and_then(|id| Some((id, m.field.get(id)?))) else { return };
    for option in field.of.iter().filter(|o| !SIGNED.contains(&o.id.as_str())) {
        let (zh, en) =
            (format!("没有“{}”这种签收办法", option.id), format!("there is no acknowledgement called `{}`", option.id));
        let help = ("选项的 id 只用 signature、thumbprint、witness", "let the ids be signature, thumbprint or witness");
        say(out, format!("field.{id}.of"), &zh, &en, help);
    }
}

/// What says what she may do against it is served.
fn remedies(m: &Mechanism) -> Vec<Finding> {
    let mut out = Findings::of(Rule::Answered);
    let told = m.action.iter().filter(|(_, a)| a.remedy.is_some() && !a.by.iter().any(|r| r == RAISER));
    let letters = told.filter_map(|(id, a)| Some((id, a.letter.as_ref()?)));
    for (id, letter) in letters.filter(|(_, l)| m.letter.get(*l).is_some_and(|l| l.to == RAISER && l.serve.is_none())) {
        let (zh, en) = (
            format!("“{id}”说了不服可以怎么办，可这份文书没有送达的凭据"),
            format!("`{id}` says what one may do against it, and nothing proves that its letter was received"),
        );
        let help = (
            "给这份文书写 serve，期限从送达和视为送达的动作起算",
            "write `serve` in that letter and let the time begin with the service",
        );
        say(&mut out, format!("letter.{letter}.serve"), &zh, &en, help);
    }
    out.list
}
