//! Who has reported in: the bodies that work on a matter side by side, one row each, and what can be done in the row.
//! Each act is a form of its own behind its name, so that it works without scripts.

use super::{Refused, acts, clocks};
use crate::components::Tone;
use crate::components::action_picker::Act;
use crate::components::due::{Due, due};
use crate::components::field::{Field, Input, field};
use crate::components::hidden_fields;
use crate::components::tag::tag;
use crate::desk::about::about;
use crate::desk::form::Filling;
use crate::desk::words::{say, when};
use crate::i18n::{labelled, t, tf};
use crate::visitor::Visitor;
use app::view::{MatterView, PartView};
use kernel::mechanism::Mechanism;
use kernel::region::RegionCode;
use maud::{Markup, html};

/// So many characters of what was said stand in the table.
const SAID: usize = 48;

/// One table for each kind of part; nothing where there is none.
#[must_use]
pub fn tables(visitor: &Visitor, view: &MatterView, mechanism: Option<&Mechanism>, back: Option<&Refused>) -> Markup {
    let mut kinds: Vec<&str> = view.parts.iter().map(|p| p.kind.as_str()).collect();
    kinds.dedup();
    html! { @for kind in kinds {
        (table(visitor, view, mechanism, back, &view.parts.iter().filter(|p| p.kind == kind).collect::<Vec<_>>()))
    } }
}

fn table(
    visitor: &Visitor,
    view: &MatterView,
    mechanism: Option<&Mechanism>,
    back: Option<&Refused>,
    parts: &[&PartView],
) -> Markup {
    let lang = visitor.lang;
    let Some(first) = parts.first() else { return html! {} };
    let ended = parts.iter().filter(|p| p.ended).count();
    let counted = if first.until.is_some() { "desk.parts.tasks" } else { "desk.parts.count" };
    let count = tf(lang, counted, &[("n", &parts.len().to_string()), ("ended", &ended.to_string())]);
    html! { section.sec {
        header { h2 { (say(lang, &first.name)) } span.quiet { (count) } }
        table.tbl.parts data-cards {
            thead { tr {
                th scope="col" { (t(lang, "desk.parts.body")) }
                th scope="col" { (t(lang, "desk.parts.state")) }
                th scope="col" { (t(lang, "desk.parts.due")) }
                th scope="col" { (t(lang, "desk.parts.last")) }
            } }
            @for part in parts { tbody { (row(visitor, view, part)) (doing(visitor, view, mechanism, back, part)) } }
        }
    } }
}

fn row(visitor: &Visitor, view: &MatterView, part: &PartView) -> Markup {
    let lang = visitor.lang;
    html! { tr {
        th scope="row" { (say(lang, &part.body.name)) @if part.lead { " " (tag(Tone::Plain, t(lang, "desk.parts.leading"))) }
            @if let Some(task) = &part.task { small { (task) } } }
        td data-l=(t(lang, "desk.parts.state")) { (about(lang, &part.state_name)) }
        td.when data-l=(t(lang, "desk.parts.due")) data-none[part.clock.is_none()] { @if let Some(clock) = &part.clock { (left(visitor, clock)) } @else { "—" } }
        td data-l=(t(lang, "desk.parts.last")) data-none[part.last.is_none()] { @if let Some(last) = &part.last { (say(lang, &last.said)) small { (when(lang, last.at, visitor.site.app.now().date())) } @for line in said(visitor, view, last.seq) { small { (line) } } } @else { "—" } }
    } }
}

/// What was said with the last act, so that nobody has to look for it in the thread; long words are cut there.
fn said(visitor: &Visitor, view: &MatterView, seq: u32) -> Vec<String> {
    let lang = visitor.lang;
    let fields = view.entries.iter().filter(|e| e.seq == seq).flat_map(|e| &e.fields);
    let line = |f: &app::view::SaidField| {
        let value = say(lang, &f.value);
        let short: String = value.chars().take(SAID).collect();
        let cut = if short.len() < value.len() { "…" } else { "" };
        labelled(lang, &about(lang, &f.label), &format!("{short}{cut}"))
    };
    fields.filter(|f| f.sketch.is_none()).map(line).collect()
}

fn left(visitor: &Visitor, clock: &app::view::ClockView) -> Markup {
    let lang = visitor.lang;
    let (left, unit) = clocks::remaining(visitor, clock);
    let shown = Due { left: Some(left), unit, date: None, words: None };
    html! { (due(lang, &shown)) " " span.due-date { (clocks::due(lang, clock)) } }
}

/// What can be done on this part, each behind its name; what was refused comes back open with all that was typed.
fn doing(
    visitor: &Visitor,
    view: &MatterView,
    mechanism: Option<&Mechanism>,
    back: Option<&Refused>,
    part: &PartView,
) -> Markup {
    let region: RegionCode = view.region.parse().unwrap_or(visitor.site.app.settings().territory);
    let none = Filling::default();
    let ours = |name: &str| back.filter(|b| b.action == name && b.part.as_deref() == Some(&part.key));
    let one = |a: &app::view::ActionView| {
        let filling = ours(&a.name).map_or(&none, |b| &b.filling);
        let mut act = acts::act(visitor, view, mechanism, a, filling, &region);
        act.hidden.push(("part".into(), part.key.clone()));
        (act, ours(&a.name).is_some())
    };
    let all: Vec<(Act, bool)> = part.actions.iter().map(one).collect();
    html! { @if !all.is_empty() { tr.part-acts { td colspan="4" { div.row-acts {
        @for (n, (act, open)) in all.iter().enumerate() { (form(visitor, &format!("{}-{n}", part.key.replace('@', "-")), act, *open)) }
    } } } } }
}

fn form(visitor: &Visitor, id: &str, act: &Act, open: bool) -> Markup {
    let lang = visitor.lang;
    let files = act.fields.iter().any(|field| matches!(field.input, Input::Files { .. } | Input::Sketch { .. }));
    let own = |f: &Field| Field { id: format!("{id}-{}", f.id), ..f.clone() };
    let kind = if act.grave { "grave" } else { "go" };
    html! { details open[open] {
        summary { (act.label) }
        form method="post" action=(act.action) enctype=[files.then_some("multipart/form-data")] {
            (hidden_fields(&act.hidden))
            @if !act.does.is_empty() { ul.does { @for line in &act.does { li { (line) } } } }
            @if !act.fields.is_empty() { div.stack { @for item in &act.fields { (field(lang, &own(item))) } } }
            p.actions { button.btn data-kind=(kind) { (act.submit) } }
        }
    } }
}
