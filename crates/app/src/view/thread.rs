//! The thread of a matter: every entry in words, with only those words that this viewer may read.

mod beyond;
mod counted;
mod happened;

use super::{BodyName, LetterView, SealedView, body_name};
use crate::access::Access;
use crate::installation::App;
use crate::matter::Matter;
use happened::{ballots, expired, letter_name, recomputed, voided};
use kernel::clocks::level;
use kernel::entry::{Act, By, ClockEvent, Entry};
use kernel::form::Coded;
use kernel::ids::Class;
use kernel::mechanism::{FieldKind, Mechanism};
use kernel::part::PartEvent;
use kernel::sketch::Sketch;
use kernel::text::Text;
use kernel::time::{Date, Timestamp};
use serde::Serialize;
use std::collections::BTreeMap;

/// Who speaks in an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The person who raised it.
    Raiser,
    /// A body.
    Body(BodyName),
    /// The clock.
    Clock,
}

/// One field with its words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SaidField {
    /// Which.
    pub field: String,
    /// Its label.
    pub label: Text,
    /// What it says.
    pub value: Text,
    /// Somebody's own words (set in Song) rather than a choice.
    pub words: bool,
    /// The drawing that `value` tells in words.
    pub sketch: Option<Sketch>,
    /// The number, where the system counted it and nobody typed it.
    pub counted: Option<Counted>,
}

/// A number that the system counted over whole days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// How many.
    pub n: i64,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
}

/// An attachment in an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileView {
    /// Its id.
    pub id: String,
}

/// A date that was changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DateChange {
    /// Which clock.
    pub label: Text,
    /// Before; none for a clock that started.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub from: Option<Timestamp>,
    /// After.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub to: Timestamp,
}

/// One entry of the thread.
#[derive(Clone, Debug, Serialize)]
pub struct EntryView {
    /// Its place in the file.
    pub seq: u32,
    /// When it was written.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub at: Timestamp,
    /// When it happened, if earlier.
    #[serde(serialize_with = "crate::view::rfc3339")]
    pub occurred: Option<Timestamp>,
    /// Who speaks.
    pub by: Speaker,
    /// What it was: an action's id, or `expired`, `rejected:…`, `proposed:…`.
    pub act: String,
    /// What it says happened.
    pub said: Text,
    /// The key of the part that it moved; none where it opened or moved several.
    pub part: Option<String>,
    /// The words and choices that came with it.
    pub fields: Vec<SaidField>,
    /// Fields that lie sealed or are hidden from this viewer.
    pub kept: u32,
    /// Fields whose content was erased.
    pub gone: Vec<Text>,
    /// What the person may do against it.
    pub remedy: Option<Text>,
    /// Attachments.
    pub files: Vec<FileView>,
    /// The letter issued with it.
    pub letter: Option<LetterView>,
    /// Dates that it changed.
    pub dates: Vec<DateChange>,
    /// It is the answer.
    pub answers: bool,
    /// It is late: a clock passed its date.
    pub late: bool,
}

type Texts = BTreeMap<(u32, String), String>;

pub(super) fn entries(
    app: &App,
    matter: &Matter,
    access: &Access,
    texts: &Texts,
    letters: &[LetterView],
) -> Vec<EntryView> {
    if matches!(access, Access::None) {
        return Vec::new();
    }
    // A ballot is nobody's business but the count's; the vote itself shows how many came.
    let told = matter.entries.iter().filter(|e| e.by != By::Slip);
    told.map(|e| one(app, matter, access, texts, letters, e)).collect()
}

fn one(app: &App, matter: &Matter, access: &Access, texts: &Texts, letters: &[LetterView], entry: &Entry) -> EntryView {
    let (mechanism, directory) = (&matter.mechanism, app.directory());
    let coded = entry.facts.iter().filter_map(|(id, value)| coded(app, matter, access, id, value));
    let mut fields: Vec<SaidField> = coded.map(|f| counted::days(f, &entry.facts)).collect();
    let mut files = Vec::new();
    let (mut kept, mut gone) = (0, Vec::new());
    let keeping = &matter.file.keeping;
    for c in &entry.sealed {
        let text = texts.get(&(entry.seq, c.field.clone())).filter(|_| access.shows(mechanism, &matter.file, &c.field));
        let Some(text) = text else {
            let erased = keeping.erased.is_some() || (keeping.anonymous() && c.class == Class::Sealed);
            match erased && !kernel::vote::is_kept(&c.field) {
                true => gone.push(label_of(mechanism, &c.field)),
                false => kept += 1,
            }
            continue;
        };
        let field = mechanism.field.get(&c.field);
        if field.is_some_and(|f| f.kind == FieldKind::Files) {
            files.extend(text.split(',').map(|id| FileView { id: id.to_owned() }));
            continue;
        }
        let label = label_of(mechanism, &c.field);
        let sketch = field.filter(|f| f.kind == FieldKind::Sketch).and_then(|_| Sketch::read(text).ok());
        let said = match field.map(|f| f.kind) {
            Some(FieldKind::Tasks) => {
                // One line for what, by whom and by which day, instead of two that have to be matched up.
                fields.retain(|f| f.field != c.field);
                super::coded::tasks(&directory, entry.facts.get(&c.field), text)
            }
            _ => Text::new(text, text),
        };
        let value = sketch.as_ref().map_or(said, drawn_in_words);
        fields.push(SaidField { field: c.field.clone(), label, value, words: sketch.is_none(), sketch, counted: None });
    }
    // In the order in which the form asked.
    let form = entry.act.effect().and_then(|a| mechanism.action.get(a));
    let asked: Vec<&String> = form.iter().flat_map(|a| a.needs.iter().chain(&a.may)).collect();
    fields.sort_by_key(|f| asked.iter().position(|id| **id == f.field).unwrap_or(usize::MAX));
    let (act, said) = said(matter, entry);
    let said = counted(matter, entry, said);
    EntryView {
        seq: entry.seq,
        at: entry.at,
        occurred: entry.occurred,
        by: match entry.by {
            By::Raiser => Speaker::Raiser,
            By::Clock | By::Slip => Speaker::Clock,
            By::Post { body, .. } => Speaker::Body(body_name(&directory, body)),
        },
        act,
        said,
        part: moved(entry),
        fields: if access.reads() || matches!(access, Access::Audit) { fields } else { Vec::new() },
        kept,
        gone,
        remedy: entry.act.effect().and_then(|a| mechanism.action.get(a)).and_then(|a| a.remedy.clone()),
        files,
        letter: letters.iter().find(|l| l.seq == entry.seq).cloned(),
        dates: entry.clocks.iter().filter_map(|c| changed(matter, entry, c)).collect(),
        answers: entry.answers,
        late: entry.clocks.iter().any(|c| matches!(c, ClockEvent::Expired { .. })),
    }
}

/// The one part that an entry moved.
pub(crate) fn moved(entry: &Entry) -> Option<String> {
    match entry.parts.as_slice() {
        [PartEvent::Moved { key, .. }] => Some(key.clone()),
        _ => None,
    }
}

/// What stands before the content of a field; some are the program's own.
fn label_of(mechanism: &Mechanism, field: &str) -> Text {
    let own = || match field {
        kernel::personal::CORRECTION => Text::new("更正为", "corrected to"),
        _ => Text::new("理由", "reason"),
    };
    mechanism.field.get(field).map_or_else(own, |f| f.label.clone())
}

/// A drawing for whoever cannot see it.
pub(crate) fn drawn_in_words(sketch: &Sketch) -> Text {
    let lines = sketch.twin();
    let join = |part: fn(&Text) -> &str, joint: &str| lines.iter().map(part).collect::<Vec<_>>().join(joint);
    Text::new(join(|t| &t.zh, "；"), join(|t| &t.en, "; "))
}

fn said(matter: &Matter, entry: &Entry) -> (String, Text) {
    match &entry.act {
        Act::Recomputed => ("recomputed".into(), recomputed(matter, entry)),
        Act::Voided(letter) => ("voided".into(), voided(letter_name(matter, *letter), entry, *letter)),
        _ => told(&matter.mechanism, entry),
    }
}

/// What an entry says happened: its name for programs, and in words.
pub(crate) fn told(mechanism: &Mechanism, entry: &Entry) -> (String, Text) {
    let label = |a: &str| mechanism.action.get(a).map(|a| a.label.clone()).unwrap_or_default();
    match &entry.act {
        Act::Did(a) | Act::Approved(a, _) => {
            (a.clone(), mechanism.action.get(a).map(|a| a.said.clone()).unwrap_or_default())
        }
        Act::Proposed(a) => {
            let l = label(a);
            (
                format!("proposed:{a}"),
                Text::new(format!("提请“{}”，等批准", l.zh), format!("asked for approval: {}", l.en)),
            )
        }
        Act::Rejected(a, _) => {
            let l = label(a);
            (format!("rejected:{a}"), Text::new(format!("没有同意“{}”", l.zh), format!("not approved: {}", l.en)))
        }
        Act::TakenBack(a, _) => {
            let l = label(a);
            (
                format!("taken_back:{a}"),
                Text::new(format!("撤回了“{}”的提请", l.zh), format!("took back the request: {}", l.en)),
            )
        }
        Act::Expired(clock) => ("expired".into(), expired(mechanism, clock, entry)),
        Act::Recomputed => ("recomputed".into(), Text::new("日期重新算过", "dates were computed again")),
        Act::Kin(kin) => beyond::said(mechanism, kin),
        Act::Voted(vote) => (format!("voted:{vote}"), ballots(entry)),
        Act::Voided(letter) => ("voided".into(), voided(Text::new("文书", "letter"), entry, *letter)),
    }
}

/// With what is to be said where an act took a silence back, on both entries.
fn counted(matter: &Matter, entry: &Entry, said: Text) -> Text {
    if let Some(seq) = entry.undoes {
        let zh = format!("{}（在期限内寄出，按时算；第 {seq} 条“没有回话”不算）", said.zh);
        return Text::new(zh, format!("{} (posted in time, so it counts; entry {seq} does not)", said.en));
    }
    match matter.entries.iter().find(|e| e.undoes == Some(entry.seq)) {
        Some(later) => Text::new(
            format!("{}（后来收到期限内寄出的信，这一条不算，见第 {} 条）", said.zh, later.seq),
            format!("{} (does not count: a letter posted in time came later, see entry {})", said.en, later.seq),
        ),
        None => said,
    }
}

fn changed(matter: &Matter, entry: &Entry, event: &ClockEvent) -> Option<DateChange> {
    let label = |id: &str| super::clocks::label(&matter.mechanism, level(id).0, level(id).1);
    match event {
        ClockEvent::Extended { id, dates, .. }
        | ClockEvent::Resumed { id, dates }
        | ClockEvent::Recomputed { id, dates, .. } => {
            let before = kernel::file::CaseFile::fold(matter.entries.iter().take_while(|e| e.seq < entry.seq));
            let from = before.clocks.get(id).map(|c| c.dates.due);
            if matches!(event, ClockEvent::Recomputed { .. }) && from == Some(dates.due) {
                return None;
            }
            Some(DateChange { label: label(id), from, to: dates.due })
        }
        _ => None,
    }
}

/// A coded value in words, if the viewer may see it.
fn coded(app: &App, matter: &Matter, access: &Access, id: &str, value: &Coded) -> Option<SaidField> {
    let field = matter.mechanism.field.get(id)?;
    if !access.shows(&matter.mechanism, &matter.file, id) {
        return None;
    }
    let value = super::coded::in_words(&app.directory(), Some(field), value, None);
    Some(SaidField {
        field: id.to_owned(),
        label: field.label.clone(),
        value,
        words: false,
        sketch: None,
        counted: None,
    })
}

pub(super) fn facts(app: &App, matter: &Matter, access: &Access) -> Vec<SaidField> {
    let facts = &matter.file.facts;
    let said = facts.iter().filter_map(|(id, value)| coded(app, matter, access, id, value));
    said.map(|f| counted::days(f, facts)).collect()
}

pub(super) fn sealed(matter: &Matter, access: &Access) -> Vec<SealedView> {
    let Access::Handler { identity, .. } = access else { return Vec::new() };
    let all = matter.entries.iter().flat_map(|e| e.sealed.iter().map(move |c| (e.seq, c)));
    let sealed = all.filter(|(_, c)| c.class == Class::Sealed && !kernel::vote::is_kept(&c.field));
    sealed
        .map(|(seq, c)| SealedView {
            field: c.field.clone(),
            label: matter.mechanism.field.get(&c.field).map(|f| f.label.clone()).unwrap_or_default(),
            seq,
            may_open: *identity && matter.keys.as_ref().is_some_and(|k| k.identity.is_some()),
        })
        .collect()
}
