//! The states of a mechanism: who holds each, what can be done, which clocks run, where it leads. The table is the
//! truth; a drawing of the graph may stand above it, and on a phone the table is what remains.

use super::ring::{Phase, Ring, Size, ring};
use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// One state.
#[derive(Clone, Debug, Default)]
pub struct StateRow {
    pub id: String,
    pub name: String,
    pub phase: Phase,
    pub holder: String,
    pub clocks: Vec<String>,
    /// Action and the name of the state that it leads to.
    pub actions: Vec<(String, String)>,
    pub end: bool,
}

/// The table.
#[must_use]
pub fn state_table(lang: Lang, states: &[StateRow]) -> Markup {
    html! { table.tbl.states data-cards {
        thead { tr { th scope="col" { (t(lang, "state.name")) } th scope="col" { (t(lang, "state.holder")) } th scope="col" { (t(lang, "state.clocks")) } th scope="col" { (t(lang, "state.actions")) } } }
        tbody { @for state in states { tr id=(state.id) data-end[state.end] {
            th scope="row" { span.state-name { (ring(lang, Size::S, Ring { stopped: state.end && state.phase < Phase::Answered, ..Ring::at(state.phase) })) span { (state.name) @if state.end { " " span.tag { (t(lang, "state.end")) } } } } }
            td data-l=(t(lang, "state.holder")) { (state.holder) }
            td data-l=(t(lang, "state.clocks")) { @if state.clocks.is_empty() { "—" } @else { ul.plain { @for clock in &state.clocks { li { (clock) } } } } }
            td data-l=(t(lang, "state.actions")) { @if state.actions.is_empty() { "—" } @else { ul.plain { @for (action, to) in &state.actions { li { (action) " " span.quiet { "→ " (to) } } } } } }
        } } }
    } }
}

/// Two states.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let row = |phase: Phase, end| StateRow {
        id: format!("s-{}", phase as u8),
        name: phase.label(lang).into(),
        phase,
        holder: t(lang, "sample.holder").into(),
        clocks: vec![t(lang, "sample.path.length").into()],
        actions: vec![(t(lang, "sample.act.answer").into(), Phase::Answered.label(lang).into())],
        end,
    };
    state_table(lang, &[row(Phase::Working, false), row(Phase::Heard, true)])
}
