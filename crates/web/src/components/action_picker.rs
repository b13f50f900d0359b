//! What can be done now, and only that. Choosing shows what pressing does, what it does not do, and the words that go
//! out; a blocked action says why and what to do instead. Each action is its own form; the choice is CSS, not script.

use super::field::{Field, Input, field};
use super::{Hidden, Link, hidden_fields};
use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// At most this many actions have a rule in the style sheet. No state of a pack offers one post that many.
pub const MOST_ACTIONS: usize = 32;

/// A lawful action, or one that is blocked for a reason worth saying.
#[derive(Clone, Debug, Default)]
pub struct Act {
    /// Where its form is posted.
    pub action: String,
    pub label: String,
    /// What happens on pressing, one sentence each, subject first.
    pub does: Vec<String>,
    /// What does not happen although one might think so.
    pub does_not: Vec<String>,
    /// Heading and text of what will be sent or published, exactly as it will be read.
    pub preview: Option<(String, String)>,
    pub fields: Vec<Field>,
    /// Words on the button; start with the verb.
    pub submit: String,
    /// Ends, refuses or publishes: the button is red.
    pub grave: bool,
    pub blocked: Option<Blocked>,
    pub hidden: Hidden,
    /// Why it was not done when it was sent, in sentences.
    pub refused: Vec<String>,
}

/// Why an action is not possible now.
#[derive(Clone, Debug, Default)]
pub struct Blocked {
    pub why: Vec<String>,
    /// The rule that says so.
    pub clause: Option<String>,
    /// What one can do instead.
    pub instead: Vec<Link>,
}

/// All that the viewer can do with this matter now.
#[derive(Clone, Debug, Default)]
pub struct ActionPicker {
    pub title: String,
    pub acts: Vec<Act>,
    /// Index of the action that is open at first, e.g. the one that came back with errors.
    pub open: Option<usize>,
}

/// The picker. Nothing when there is nothing to do.
#[must_use]
pub fn action_picker(lang: Lang, picker: &ActionPicker) -> Markup {
    let acts = || picker.acts.iter().take(MOST_ACTIONS).enumerate();
    html! { @if !picker.acts.is_empty() {
        section.picker #act aria-labelledby="act-title" {
            fieldset.picks {
                legend #act-title { (picker.title) }
                @for (n, act) in acts() {
                    label data-blocked[act.blocked.is_some()] {
                        input type="radio" name="act-choice" value=(n) data-pick=(n) checked[picker.open == Some(n)];
                        span { (act.label) @if act.blocked.is_some() { small { (t(lang, "act.not_yet")) } } }
                        @if n < 9 { kbd aria-hidden="true" { (n + 1) } }
                    }
                }
                label.pick-none { input type="radio" name="act-choice" value="" data-pick="none" checked[picker.open.is_none()];
                    span { (t(lang, "act.none")) } }
            }
            @for (n, act) in acts() {
                div.act data-act=(n) {
                    p.act-name { (act.label) }
                    @match &act.blocked { Some(blocked) => (blocked_view(lang, act, blocked)), None => (act_form(lang, n, act)) }
                }
            }
        }
    } }
}

fn act_form(lang: Lang, n: usize, act: &Act) -> Markup {
    let files = act.fields.iter().any(|field| matches!(field.input, Input::Files { .. } | Input::Sketch { .. }));
    html! {
        form method="post" action=(act.action) enctype=[files.then_some("multipart/form-data")] data-draft=(act.action) {
            (hidden_fields(&act.hidden))
            @if !act.refused.is_empty() { div.note data-tone="warn" { @for line in &act.refused { p { (line) } } } }
            div.act-cols {
                div.act-effect {
                    @if !act.does.is_empty() || !act.does_not.is_empty() {
                        h3 { (t(lang, "act.after")) }
                        ul.does { @for line in &act.does { li { (line) } }
                            @for line in &act.does_not { li.not { (line) } } }
                    }
                    @if let Some((heading, text)) = &act.preview { h3 { (heading) } blockquote.voice.preview { (text) } }
                }
                @if !act.fields.is_empty() { div.stack { @for item in &act.fields { (field(lang, &own_id(n, item))) } } }
            }
            p.actions { button.btn data-kind=(if act.grave { "grave" } else { "go" }) { (act.submit) kbd aria-hidden="true" { "Ctrl Enter" } } }
        }
    }
}

/// Two actions may ask for the same field; ids must differ in one page, names must not.
fn own_id(n: usize, item: &Field) -> Field {
    Field { id: format!("act{n}-{}", item.id), ..item.clone() }
}

fn blocked_view(lang: Lang, act: &Act, blocked: &Blocked) -> Markup {
    html! {
        div.act-cols {
            div { h3 { (t(lang, "act.blocked")) }
                ul.does { @for line in &blocked.why { li.not { (line) } } }
                @if let Some(clause) = &blocked.clause { p.clause { (clause) } } }
            @if !blocked.instead.is_empty() { div { h3 { (t(lang, "act.instead")) }
                ul.plain.stack-s { @for link in &blocked.instead { li { a href=(link.href) { (link.label) } } } } } }
        }
        @if !act.does.is_empty() { p.quiet { (act.does.join(" ")) } }
    }
}

/// One open action with a field, a grave one, a blocked one.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let word = |key| t(lang, key).to_owned();
    let tell = Act {
        label: word("sample.act.tell.label"),
        submit: word("sample.act.tell.go"),
        does: vec![word("sample.act.tell.does")],
        does_not: vec![word("sample.act.tell.not")],
        preview: Some((word("sample.act.tell.head"), word("sample.act.tell.text"))),
        fields: vec![Field::new("s-note", word("sample.what"), Input::long(""))],
        ..Act::default()
    };
    let refuse = Act { label: word("sample.act.end"), submit: word("sample.act.end"), grave: true, ..Act::default() };
    let blocked = Blocked {
        why: vec![word("sample.act.why")],
        clause: Some(word("sample.clause")),
        instead: vec![Link::new("#", word("sample.act.tell.label"))],
    };
    let answer = Act { label: word("sample.act.answer"), blocked: Some(blocked), ..Act::default() };
    action_picker(
        lang,
        &ActionPicker { title: word("sample.act.title"), acts: vec![tell, refuse, answer], open: Some(0) },
    )
}
