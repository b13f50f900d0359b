//! It waits for the person: what she can say, in one form, from the actions that the mechanism offers her now.
//! Her word on the matter and her word on how she was treated are apart; nothing is chosen beforehand.

use crate::components::field::{Field, Input, Opt, field};
use crate::components::ring::{Size, ring};
use crate::components::{Hidden, hidden_fields};
use crate::i18n::{t, tf};
use crate::needs::by_answer;
use crate::portal::fields::{self, Values};
use crate::portal::words::{due, leading, ring_of, say};
use crate::visitor::Visitor;
use app::view::{ActionView, FieldView, LetterView, MatterView, Speaker};
use kernel::mechanism::FieldKind;
use maud::{Markup, html};

/// The actions of the person: those that answer the question that the state asks, and the rest.
pub struct Parts<'a> {
    /// Her answer moves the matter on.
    pub say: Vec<&'a ActionView>,
    /// What she may do besides.
    pub rest: Vec<&'a ActionView>,
}

/// Sorts the actions. What may be done at any time, and giving the matter up, is no answer to a question of this state.
pub fn parts<'a>(visitor: &Visitor, view: &'a MatterView) -> Parts<'a> {
    let mechanism = view.region.parse().ok().and_then(|r| visitor.site.app.catalogue().effective(&view.mechanism, &r));
    let anytime = |a: &ActionView| {
        let known = mechanism.as_ref().and_then(|m| m.mechanism.action.get(&a.name));
        known.is_none_or(|a| a.anytime || a.after_end || a.withdraws)
    };
    // After an answer, and until she was heard, what the state offers her is her word on it.
    let asked = view.heard.as_deref() != Some("yes") && (view.yours || view.answered_at.is_some());
    let answers = |a: &&ActionView| asked && a.leads_to.is_some() && !anytime(a);
    let (say, mut rest): (Vec<&ActionView>, Vec<&ActionView>) = view.actions.iter().partition(answers);
    // What gives the matter up stands last.
    rest.sort_by_key(|a| a.final_act);
    Parts { say, rest }
}

/// Whether an action must be confirmed once more: it ends the matter and is no answer to a question.
pub fn grave(visitor: &Visitor, view: &MatterView, act: &ActionView) -> bool {
    act.final_act && !parts(visitor, view).say.iter().any(|a| a.name == act.name)
}

/// The form; none while it is not her turn.
pub fn form(visitor: &Visitor, view: &MatterView, parts: &Parts<'_>) -> Option<Markup> {
    if parts.say.is_empty() {
        return None;
    }
    let lang = visitor.lang;
    let option = |a: &&ActionView| {
        let opt = Opt::new(a.name.clone(), say(lang, &a.label));
        match &a.does {
            Some(does) => opt.hint(say(lang, does)),
            None => opt,
        }
    };
    let options = parts.say.iter().map(option).collect();
    let choice = Field::new("act", t(lang, "follow.say.question"), Input::Choice { value: String::new(), options });
    let shared = shared(&parts.say);
    let files = shared.iter().any(|v| matches!(v.field.kind, FieldKind::Files | FieldKind::Sketch));
    let draw = |v: &FieldView| {
        let asks = |a: &&&ActionView| a.fields.iter().any(|f| f.id == v.id && f.required);
        let asking: Vec<(&str, &str)> =
            parts.say.iter().filter(asks).map(|a| (a.name.as_str(), say(lang, &a.label))).collect();
        // What every answer asks for is simply required; what some ask for says which.
        let required = asking.len() == parts.say.len();
        let plain = fields::field(lang, v, &[], &Values::new(), &[], None);
        Field { required, needed: by_answer(lang, "act", &asking).or(plain.needed.clone()), ..plain }
    };
    let window = leading(view).filter(|c| c.window).map(|c| {
        // What no word means is the window's own affair.
        let silence = c.silence.as_ref().map_or_else(|| t(lang, "follow.say.silence"), |s| say(lang, s));
        tf(lang, "follow.say.until", &[("date", &due(lang, c)), ("silence", silence)])
    });
    Some(
        html! { form.rating.card #say method="post" action=(format!("/m/{}/do", view.number)) enctype=[files.then_some("multipart/form-data")] {
            (hidden_fields(&hidden(view)))
            div.rating-head { div { h2.h2 { (t(lang, "follow.say.title")) } p.quiet { (t(lang, "follow.say.text")) } } (ring(lang, Size::M, ring_of(view))) }
            @if let Some(letter) = paper(view) { p { a href=(format!("/m/{}/letter/{}", view.number, letter.seq)) {
                (tf(lang, "follow.say.paper", &[("letter", say(lang, &letter.name))])) } } }
            div.stack { (field(lang, &choice)) @for view in &shared { (field(lang, &draw(view))) } }
            p.actions { button.btn data-kind="go" { (t(lang, "rating.send")) } }
            @if let Some(window) = window { p.note { (window) } }
        } },
    )
}

/// The letter to which she replies: what a body did last issued it.
fn paper(view: &MatterView) -> Option<&LetterView> {
    let last = view.entries.iter().filter(|e| matches!(e.by, Speaker::Body(_))).max_by_key(|e| e.seq)?;
    last.letter.as_ref().filter(|l| l.voided.is_none())
}

/// The fields that any of the answers takes, once each; an answer that does not take one leaves it out.
fn shared<'a>(actions: &[&'a ActionView]) -> Vec<&'a FieldView> {
    let mut found: Vec<&FieldView> = Vec::new();
    for view in actions.iter().flat_map(|a| &a.fields) {
        if !found.iter().any(|f| f.id == view.id) {
            found.push(view);
        }
    }
    // A choice such as a rating comes before free words.
    found.sort_by_key(|v| (v.field.kind != FieldKind::Choice, v.field.kind == FieldKind::Files));
    found
}

/// What every form of an action carries: how far the person had read, and a key for a second press.
pub fn hidden(view: &MatterView) -> Hidden {
    let key = crate::portal::raise::draft::fresh_key();
    vec![("seen".into(), view.seq.to_string()), ("key".into(), key)]
}
