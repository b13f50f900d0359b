//! What can be done with a matter now, as the picker shows it: what pressing does and does not do, whose approval, which
//! letter; and what a rule stands in the way of, with the rule.

use super::Refused;
use crate::components::Link;
use crate::components::action_picker::{Act, ActionPicker, Blocked, MOST_ACTIONS};
use crate::components::field::Field;
use crate::desk::about::about;
use crate::desk::form::{Filling, field};
use crate::desk::roll_form;
use crate::desk::words::{once, say};
use crate::i18n::{labelled, source, t, tf};
use crate::refusal::sentence;
use crate::visitor::Visitor;
use app::view::{ActionKind, ActionView, BlockedView, FieldView, MatterView};
use kernel::mechanism::{Mechanism, RAISE, RAISER};
use kernel::refusal::Rule;
use kernel::region::RegionCode;

/// What can be done, the likeliest first: what waits for approval, handing on, answering, what takes one press, the rest.
#[must_use]
pub fn ordered<'a>(view: &'a MatterView, mechanism: Option<&Mechanism>) -> Vec<&'a ActionView> {
    let assigns = |a: &ActionView| mechanism.and_then(|m| m.action.get(&a.name)).is_some_and(|a| a.assign.is_some());
    let few = view.actions.iter().filter(|a| a.answers).count() < 3;
    let rank = |a: &&ActionView| match a.kind {
        ActionKind::Approve | ActionKind::Reject => 0,
        ActionKind::Act if assigns(a) => 1,
        ActionKind::Act if a.answers && few => 2,
        ActionKind::Act if a.leads_to.is_some() && !a.final_act && !a.fields.iter().any(|f| f.required) => 3,
        ActionKind::Act => 4,
        ActionKind::TakeBack => 5,
    };
    let mut all: Vec<&ActionView> = view.actions.iter().collect();
    all.sort_by_key(rank);
    all
}

/// The picker of a matter. What was refused comes back open, with all that was typed.
#[must_use]
pub fn picker(
    visitor: &Visitor,
    view: &MatterView,
    mechanism: Option<&Mechanism>,
    back: Option<&Refused>,
) -> ActionPicker {
    let none = Filling::default();
    let region: RegionCode = view.region.parse().unwrap_or(visitor.site.app.settings().territory);
    let actions = ordered(view, mechanism);
    let back = back.filter(|b| b.part.is_none());
    let one = |a: &&ActionView| {
        let filling = back.filter(|b| b.action == a.name).map_or(&none, |b| &b.filling);
        let refused = back.filter(|b| b.action == a.name).map(|b| b.words.clone()).unwrap_or_default();
        let act = act(visitor, view, mechanism, a, filling, &region);
        let look = back.filter(|b| b.action == a.name).and_then(|b| b.look.clone());
        Act { refused, preview: look.or(act.preview.clone()), ..act }
    };
    let mut acts: Vec<Act> = actions.iter().map(one).collect();
    acts.extend(view.blocked.iter().map(|b| blocked(visitor, mechanism, b)));
    acts.truncate(MOST_ACTIONS);
    let open = back.and_then(|b| actions.iter().position(|a| a.name == b.action));
    let title = tf(visitor.lang, "desk.act.title", &[("n", &view.actions.len().to_string())]);
    ActionPicker { title, acts, open: open.filter(|n| *n < MOST_ACTIONS) }
}

pub(super) fn act(
    visitor: &Visitor,
    view: &MatterView,
    mechanism: Option<&Mechanism>,
    a: &ActionView,
    filling: &Filling,
    region: &RegionCode,
) -> Act {
    let lang = visitor.lang;
    let label = say(lang, &a.label).to_owned();
    let act = Act {
        action: format!("/desk/m/{}/do/{}", view.number, a.name),
        submit: label.clone(),
        label,
        does: does(visitor, mechanism, a),
        does_not: does_not(visitor, a),
        preview: proposal(visitor, view, a),
        fields: a.fields.iter().map(|f| plain(mechanism, f, field(visitor, f, &a.fields, filling, region))).collect(),
        grave: a.final_act,
        hidden: vec![("seen".into(), view.seq.to_string()), ("key".into(), once())],
        ..Act::default()
    };
    roll_form::offered(lang, mechanism, &a.fields, filling, act)
}

/// A hint of what residents are asked is written for them: “leave it empty” is no help to whoever has to say it now.
fn plain(mechanism: Option<&Mechanism>, view: &FieldView, field: Field) -> Field {
    let raise = mechanism.and_then(|m| m.action.get(RAISE));
    let asked = raise.is_some_and(|a| a.by.iter().any(|r| r == RAISER) && a.may.contains(&view.id));
    Field { hint: field.hint.filter(|_| !(asked && view.required)), ..field }
}

fn does(visitor: &Visitor, mechanism: Option<&Mechanism>, a: &ActionView) -> Vec<String> {
    let lang = visitor.lang;
    let with = |key: &str, name: &str, value: &str| tf(lang, key, &[(name, value)]);
    let mut lines = Vec::new();
    match a.kind {
        ActionKind::Approve => lines.push(t(lang, "desk.act.approve.does").to_owned()),
        ActionKind::Reject => lines.push(t(lang, "desk.act.reject.does").to_owned()),
        ActionKind::TakeBack => lines.push(t(lang, "desk.act.take_back.does").to_owned()),
        ActionKind::Act => {}
    }
    let inner = a.name.strip_prefix("approve:").and_then(|name| mechanism?.action.get(name));
    let text = a.does.as_ref().or_else(|| inner.and_then(|i| i.does.as_ref()));
    lines.extend(text.map(|d| say(lang, d).to_owned()));
    lines.extend(a.approval.as_ref().map(|r| with("desk.act.approval", "role", say(lang, r))));
    let of_part = mechanism.and_then(|m| m.action.get(&a.name)).is_some_and(|a| a.part.is_some());
    let leads = if of_part { "desk.parts.leads" } else { "desk.act.leads" };
    lines.extend(a.leads_to.as_ref().map(|s| with(leads, "state", &about(lang, s))));
    lines.extend(a.letter.as_ref().map(|l| with("desk.act.letter", "letter", say(lang, l))));
    if a.answers {
        lines.push(t(lang, "desk.act.answers").to_owned());
    }
    if let Some(left) = a.left {
        lines.push(with("desk.act.left", "n", &left.to_string()));
    }
    lines.extend(a.source.as_ref().map(|s| with("desk.act.source", "source", &source(lang, s))));
    lines
}

fn does_not(visitor: &Visitor, a: &ActionView) -> Vec<String> {
    let lang = visitor.lang;
    if a.approval.is_some() {
        return vec![t(lang, "desk.act.not_before").to_owned()];
    }
    if a.kind == ActionKind::Act && a.leads_to.is_none() {
        return vec![t(lang, "desk.act.stays").to_owned()];
    }
    Vec::new()
}

/// What is asked to be approved: who asked, and all that was written.
fn proposal(visitor: &Visitor, view: &MatterView, a: &ActionView) -> Option<(String, String)> {
    let lang = visitor.lang;
    let name = a.name.strip_prefix("approve:").or_else(|| a.name.strip_prefix("reject:"))?;
    let proposed = view.entries.iter().rev().find(|e| e.act == format!("proposed:{name}"))?;
    let line = |f: &app::view::SaidField| labelled(lang, &about(lang, &f.label), say(lang, &f.value));
    let lines: Vec<String> = proposed.fields.iter().map(line).collect();
    Some((super::thread::sentence(visitor, view, proposed), lines.join("\n")))
}

fn blocked(visitor: &Visitor, mechanism: Option<&Mechanism>, b: &BlockedView) -> Act {
    let lang = visitor.lang;
    let instead = match &b.rule {
        Rule::AtMost { then: Some(then), .. } => {
            mechanism.and_then(|m| m.action.get(then)).map(|a| say(lang, &a.label))
        }
        _ => None,
    };
    let label = say(lang, &b.label).to_owned();
    Act {
        submit: label.clone(),
        label,
        blocked: Some(Blocked {
            why: std::iter::once(sentence(&b.rule, Some(&b.mechanism), lang))
                .chain(b.short.iter().map(|short| say(lang, short).to_owned()))
                .collect(),
            clause: b.source.as_ref().map(|s| source(lang, s)),
            instead: instead.map(|label| Link::new("#act", label)).into_iter().collect(),
        }),
        ..Act::default()
    }
}
