//! The parts of a mechanism as tables, in the reader's words.

use crate::components::Tone;
use crate::components::ring::PHASES;
use crate::components::state_table::StateRow;
use crate::components::tag::tag;
use crate::desk::about::about;
use crate::desk::words::{confidence, length, say};
use crate::i18n::{Lang, t, tf};
use kernel::mechanism::{Action, CLOCK, Mechanism, PART, RAISER, Ring};
use kernel::number::{NumberRow, Value};
use kernel::time::Length;
use maud::{Markup, html};

/// What a role is called.
#[must_use]
pub fn role(mechanism: &Mechanism, id: &str, lang: Lang) -> String {
    match (id, mechanism.role.get(id)) {
        (RAISER, _) => t(lang, "desk.who.person").to_owned(),
        (CLOCK, _) => t(lang, "desk.who.system").to_owned(),
        (PART, None) => t(lang, "admin.role.part").to_owned(),
        (_, Some(role)) => say(lang, &role.name).to_owned(),
        (other, None) => other.to_owned(),
    }
}

fn roles_of(mechanism: &Mechanism, ids: &[String], lang: Lang) -> String {
    ids.iter().map(|r| role(mechanism, r, lang)).collect::<Vec<_>>().join(t(lang, "desk.list"))
}

fn state(mechanism: &Mechanism, id: &str, lang: Lang) -> String {
    mechanism.state.get(id).map_or_else(|| id.to_owned(), |s| about(lang, &s.name))
}

fn label(mechanism: &Mechanism, id: &str, lang: Lang) -> String {
    mechanism.action.get(id).map_or_else(|| id.to_owned(), |a| about(lang, &a.label))
}

/// How long a number is, in words; local ones that the place has not set are said to be missing.
fn value(mechanism: &Mechanism, id: &str, lang: Lang) -> Option<String> {
    Some(match &mechanism.number.get(id)?.value {
        Value::Fixed(fixed) => length(lang, *fixed),
        Value::Local => return None,
        Value::Count(n) => tf(lang, "admin.number.count", &[("n", &n.to_string())]),
        Value::By { field, lengths } => {
            let of = mechanism.field.get(field).map_or(&[][..], |f| &f.of);
            let name = |code: &str| {
                let choice = of.iter().find(|c| c.id == code);
                choice.map_or_else(|| code.to_owned(), |c| if lang == Lang::Zh { c.zh.clone() } else { c.en.clone() })
            };
            let each = lengths
                .iter()
                .map(|(code, l)| tf(lang, "desk.entry.field", &[("label", &name(code)), ("value", &length(lang, *l))]));
            each.collect::<Vec<_>>().join(t(lang, "admin.semicolon"))
        }
        Value::Until { field, max } => {
            let field = mechanism.field.get(field).map_or("", |f| say(lang, &f.label));
            tf(lang, "admin.number.until", &[("field", field), ("max", &length(lang, *max))])
        }
    })
}

/// The same in a few words: of a number that depends on a field only the shortest and the longest.
fn short(mechanism: &Mechanism, id: &str, lang: Lang) -> Option<String> {
    let Some(Value::By { field, lengths }) = mechanism.number.get(id).map(|n| &n.value) else {
        return value(mechanism, id, lang);
    };
    let hours = |l: &&Length| match l {
        Length::Hours(n) => *n,
        Length::Days(n) | Length::WorkingDays(n) => n * 24,
    };
    let ends = lengths.values().min_by_key(hours).zip(lengths.values().max_by_key(hours))?;
    let field = mechanism.field.get(field).map_or("", |f| say(lang, &f.label));
    let [least, most] = [ends.0, ends.1].map(|l| length(lang, *l));
    Some(tf(lang, "admin.number.range", &[("least", &least), ("most", &most), ("field", field)]))
}

/// The states, in the order of the ring.
#[must_use]
pub fn states(mechanism: &Mechanism, lang: Lang) -> Vec<StateRow> {
    let mut rows: Vec<(Ring, bool, StateRow)> = Vec::new();
    for (id, s) in &mechanism.state {
        let here = |a: &Action| a.states.contains(id) && !a.by.iter().all(|r| r == CLOCK);
        let actions: Vec<(&String, &Action)> = mechanism.action.iter().filter(|(_, a)| here(a)).collect();
        let stops = |c: &kernel::mechanism::Clock| {
            c.to.iter().any(|a| mechanism.action.get(a).is_some_and(|a| a.states.contains(id)))
        };
        let clocks = mechanism.clock.values().filter(|c| stops(c));
        let long = |c: &kernel::mechanism::Clock| {
            short(mechanism, &c.length, lang).unwrap_or_else(|| t(lang, "admin.number.missing").to_owned())
        };
        let row = StateRow {
            id: format!("s-{id}"),
            name: about(lang, &s.name),
            phase: PHASES[s.ring as usize],
            holder: s.holder.as_ref().map_or_else(|| "—".to_owned(), |h| role(mechanism, h, lang)),
            clocks: clocks
                .map(|c| tf(lang, "desk.entry.field", &[("label", &about(lang, &c.label)), ("value", &long(c))]))
                .collect(),
            actions: actions.iter().map(|(_, a)| (about(lang, &a.label), leads(mechanism, a, lang))).collect(),
            end: s.end,
        };
        rows.push((s.ring, s.end, row));
    }
    rows.sort_by_key(|row| (row.1, row.0));
    rows.into_iter().map(|(_, _, row)| row).collect()
}

fn leads(mechanism: &Mechanism, action: &Action, lang: Lang) -> String {
    // An act on a part leads to a state of that part alone.
    let part = action.part.as_ref().and_then(|p| mechanism.part.get(p));
    if let Some((part, to)) = part.zip(action.to.as_ref()) {
        let name = part.state.get(to).map_or_else(|| to.clone(), |s| about(lang, &s.name));
        return tf(lang, "admin.action.part", &[("part", say(lang, &part.name)), ("state", &name)]);
    }
    action.to.as_ref().map_or_else(|| t(lang, "admin.action.stays").to_owned(), |to| state(mechanism, to, lang))
}

fn head(lang: Lang, keys: &[&str]) -> Markup {
    html! { thead { tr { @for key in keys { th scope="col" { (t(lang, key)) } } } } }
}

/// The actions: by whom, from where to where, on what condition, with whose approval and which letter.
#[must_use]
pub fn actions(mechanism: &Mechanism, lang: Lang) -> Markup {
    html! { table.tbl data-cards {
        (head(lang, &["admin.action.name", "admin.action.by", "admin.action.to", "admin.action.when", "admin.action.more"]))
        tbody { @for (id, a) in &mechanism.action { tr {
            th scope="row" { (about(lang, &a.label)) small.num { (id) } }
            td data-l=(t(lang, "admin.action.by")) { (roles_of(mechanism, &a.by, lang)) }
            td data-l=(t(lang, "admin.action.to")) { (leads(mechanism, a, lang)) }
            td data-l=(t(lang, "admin.action.when")) { (conditions(mechanism, a, lang)) }
            td data-l=(t(lang, "admin.action.more")) { (more(mechanism, a, lang)) }
        } } }
    } }
}

/// The condition as the pack writes it, and what whoever is refused because of it is told.
fn conditions(mechanism: &Mechanism, a: &Action, lang: Lang) -> Markup {
    html! {
        @if let Some(guard) = &a.when { code lang="en" { (guard.to_string()) } " "
            small { (say(lang, &kernel::guard::sentence(mechanism, Some(a), &guard.conjuncts()))) } " " }
        @if let Some(n) = a.at_most { (tf(lang, "admin.action.at_most", &[("n", &n.to_string())])) }
        @if a.when.is_none() && a.at_most.is_none() { "—" }
    }
}

fn more(mechanism: &Mechanism, a: &Action, lang: Lang) -> Markup {
    let letter = a.letter.as_ref().and_then(|l| mechanism.letter.get(l));
    html! {
        @if let Some(r) = &a.approval { (tag(Tone::Due, &tf(lang, "admin.action.approval", &[("role", &role(mechanism, r, lang))]))) " " }
        @if let Some(letter) = letter { (tf(lang, "admin.action.letter", &[("letter", say(lang, &letter.name))])) " " }
        @if let Some(source) = &a.source { span.clause { (crate::i18n::source(lang, source)) } }
    }
}

/// The clocks: who owes, how long, by which clause, what starts and stops them, and who hears of it when they pass.
#[must_use]
pub fn clocks(mechanism: &Mechanism, lang: Lang) -> Markup {
    let list =
        |ids: &[String]| ids.iter().map(|a| label(mechanism, a, lang)).collect::<Vec<_>>().join(t(lang, "desk.list"));
    html! { table.tbl data-cards {
        (head(lang, &["admin.clock.name", "admin.clock.owed", "admin.clock.length", "admin.clock.from", "admin.clock.to", "admin.clock.expiry"]))
        tbody { @for clock in mechanism.clock.values() { tr {
            th scope="row" { (about(lang, &clock.label)) }
            td data-l=(t(lang, "admin.clock.owed")) { (role(mechanism, clock.whose(), lang)) @if clock.window_of.is_some() { small { (t(lang, "admin.clock.window")) } } }
            td data-l=(t(lang, "admin.clock.length")) { (number(mechanism, &clock.length, lang)) }
            td data-l=(t(lang, "admin.clock.from")) { (list(&clock.from)) }
            td data-l=(t(lang, "admin.clock.to")) { (list(&clock.to)) }
            td data-l=(t(lang, "admin.clock.expiry")) {
                @if let Some(r) = &clock.expiry { (role(mechanism, r, lang)) }
                @if let Some(silence) = &clock.silence { (if lang == Lang::Zh { &silence.zh } else { &silence.en }) }
            }
        } } }
    } }
}

fn number(mechanism: &Mechanism, id: &str, lang: Lang) -> Markup {
    let row = mechanism.number.get(id);
    html! {
        @match value(mechanism, id, lang) { Some(text) => { (text) }, None => { (tag(Tone::Warn, t(lang, "admin.number.missing"))) } }
        @if let Some(row) = row { @let (from, sure) = (crate::i18n::source(lang, &row.source), confidence(lang, row.confidence));
            small { (from) @if from != sure { " · " (sure) } } (floor(row, lang)) }
    }
}

/// What it means that a number is a minimum.
fn floor(row: &NumberRow, lang: Lang) -> Markup {
    html! { @if row.floor { small { (t(lang, "admin.number.floor")) } } }
}

/// The numbers with their sources.
#[must_use]
pub fn numbers(mechanism: &Mechanism, lang: Lang) -> Markup {
    html! { table.tbl data-cards {
        (head(lang, &["admin.number.name", "admin.number.value", "admin.number.source", "admin.number.sure", "admin.number.since"]))
        tbody { @for (id, row) in &mechanism.number { tr {
            th scope="row" { span.num { (id) } @if let Some(note) = row.note.as_ref().filter(|_| lang == Lang::Zh) { small { (note) } } }
            td data-l=(t(lang, "admin.number.value")) { @match value(mechanism, id, lang) { Some(text) => { (text) }, None => { (tag(Tone::Due, t(lang, "admin.number.missing"))) } } (floor(row, lang)) }
            td data-l=(t(lang, "admin.number.source")) { (crate::i18n::source(lang, &row.source)) }
            td data-l=(t(lang, "admin.number.sure")) { (confidence(lang, row.confidence)) }
            td data-l=(t(lang, "admin.number.since")) { @match row.valid_from { Some(d) => (d), None => "—" } }
        } } }
    } }
}

/// The roles.
#[must_use]
pub fn roles(mechanism: &Mechanism, lang: Lang) -> Markup {
    html! { table.tbl data-cards {
        (head(lang, &["admin.role.name", "admin.role.is"]))
        tbody { @for r in mechanism.role.values() { tr {
            th scope="row" { (say(lang, &r.name)) }
            td data-l=(t(lang, "admin.role.is")) { code lang="en" { (r.is.to_string()) @if let Some(post) = &r.post { " / " (post) } } }
        } } }
    } }
}

/// The letters.
#[must_use]
pub fn letters(mechanism: &Mechanism, lang: Lang) -> Markup {
    html! { table.tbl data-cards {
        (head(lang, &["admin.letter.name", "admin.letter.from", "admin.letter.to"]))
        tbody { @for l in mechanism.letter.values() { tr {
            th scope="row" { (say(lang, &l.name)) }
            td data-l=(t(lang, "admin.letter.from")) { (role(mechanism, &l.from, lang)) }
            td data-l=(t(lang, "admin.letter.to")) { (role(mechanism, &l.to, lang)) }
        } } }
    } }
}
