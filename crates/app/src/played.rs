//! What was played without a store, in words: the beats of a trial run or of a story. Who may read what is no question here,
//! for nobody is real; matters of people are `view`'s.

use crate::view::clocks::label;
use crate::view::thread::told;
use crate::vote::VoteView;
use kernel::clocks::level;
use kernel::entry::{Act, By, ClockEvent, Entry};
use kernel::file::CaseFile;
use kernel::ids::BodyId;
use kernel::mechanism::{FieldKind, Mechanism};
use kernel::text::Text;
use kernel::time::Timestamp;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Who speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// The person who raised it.
    Person,
    /// A body.
    Body(Text),
    /// The clock.
    Clock,
}

/// One entry in words.
#[derive(Clone, Debug)]
pub struct Beat {
    /// When it was written.
    pub at: Timestamp,
    /// When it happened, if earlier.
    pub occurred: Option<Timestamp>,
    /// Who speaks.
    pub by: Who,
    /// What it says happened.
    pub said: Text,
    /// Whose part it was about, where somebody else did it.
    pub on: Option<Text>,
    /// What was filled in: label, words, and whether they are somebody's own words.
    pub fields: Vec<(Text, Text, bool)>,
    /// The letter that went out with it.
    pub letter: Option<Text>,
    /// Dates that moved: what is due, before, after.
    pub moved: Vec<(Text, Timestamp, Timestamp)>,
    /// Clocks that it started, with their dates.
    pub started: Vec<(Text, Timestamp)>,
    /// It is the substantive answer.
    pub answers: bool,
    /// A clock passed its date.
    pub late: bool,
    /// The state that it leads to.
    pub state: Option<Text>,
}

/// A clock that runs.
#[derive(Clone, Debug)]
pub struct Due {
    /// What is due.
    pub label: Text,
    /// Who owes it; none for a window of the person.
    pub body: Option<Text>,
    /// When.
    pub at: Timestamp,
    /// It passed.
    pub overdue: bool,
    /// It stands still.
    pub suspended: bool,
}

/// Whose part somebody else moved with an entry.
fn whose(file: &CaseFile, entry: &Entry) -> Option<BodyId> {
    let body = file.parts.get(&crate::view::thread::moved(entry)?)?.body;
    (!matches!(entry.by, By::Post { body: by, .. } if by == body)).then_some(body)
}

/// The entries of one step; what was filled in belongs to the last that is not the clock's.
#[must_use]
pub fn beats(
    mechanism: &Mechanism,
    names: &dyn Fn(BodyId) -> Text,
    before: &CaseFile,
    entries: &[Entry],
    given: &[(String, Text)],
) -> Vec<Beat> {
    let own = entries.iter().rposition(|e| !matches!(e.act, Act::Expired(_) | Act::Recomputed));
    let mut file = before.clone();
    let mut out = Vec::new();
    for (n, entry) in entries.iter().enumerate() {
        let clock = |id: &str| label(mechanism, level(id).0, level(id).1);
        let moved = |event: &ClockEvent| match event {
            ClockEvent::Extended { id, dates, .. }
            | ClockEvent::Resumed { id, dates }
            | ClockEvent::Recomputed { id, dates, .. } => {
                let from = file.clocks.get(id)?.dates.due;
                (from != dates.due).then(|| (clock(id), from, dates.due))
            }
            _ => None,
        };
        let started = |event: &ClockEvent| match event {
            ClockEvent::Started(s) => Some((clock(&s.id), s.dates.due)),
            _ => None,
        };
        let fields = given.iter().filter(|_| own == Some(n));
        out.push(Beat {
            at: entry.at,
            occurred: entry.occurred,
            by: match entry.by {
                By::Raiser => Who::Person,
                By::Clock | By::Slip => Who::Clock,
                By::Post { body, .. } => Who::Body(names(body)),
            },
            said: told(mechanism, entry).1,
            on: whose(&file, entry).map(names),
            fields: fields.map(|(id, value)| field(mechanism, id, value)).collect(),
            letter: entry.letter.as_ref().and_then(|l| mechanism.letter.get(l)).map(|l| l.name.clone()),
            moved: entry.clocks.iter().filter_map(moved).collect(),
            started: entry.clocks.iter().filter_map(started).collect(),
            answers: entry.answers,
            late: entry.clocks.iter().any(|c| matches!(c, ClockEvent::Expired { .. })),
            state: entry.state.as_ref().and_then(|s| mechanism.state.get(s)).map(|s| s.name.clone()),
        });
        file.evolve(entry);
    }
    out
}

fn field(mechanism: &Mechanism, id: &str, value: &Text) -> (Text, Text, bool) {
    let field = mechanism.field.get(id);
    let label = field.map_or_else(
        || if id == "reason" { Text::new("理由", "reason") } else { Text::new(id, id) },
        |f| f.label.clone(),
    );
    let words = field.is_some_and(|f| f.kind == FieldKind::Text) && value.zh.chars().count() > 16;
    let named =
        matches!(field.map(|f| f.kind), Some(FieldKind::Body | FieldKind::Bodies | FieldKind::Date | FieldKind::Tasks));
    (label, if named { in_both(value) } else { value.clone() }, words)
}

/// Bodies by their names and days as people write them: a scenario says both as a file does, in Chinese alone.
fn in_both(value: &Text) -> Text {
    static NAMES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
        let directory = pack::demo_directory::DemoDirectory::embedded().unwrap_or_default();
        directory.bodies().map(|b| (b.name.clone(), b.en.clone())).collect()
    });
    let each = |text: &str, zh: bool| match text.parse::<kernel::time::Date>() {
        Ok(day) if zh => crate::words::date(day),
        Ok(day) => crate::words::date_en(day),
        Err(_) => NAMES.get(text).filter(|_| !zh).cloned().unwrap_or_else(|| text.to_owned()),
    };
    let all = |text: &str, zh: bool, list: &str| {
        let parts = |part: &str| part.split(" · ").map(|t| each(t, zh)).collect::<Vec<_>>().join(" · ");
        text.split(list).map(parts).collect::<Vec<_>>().join(list)
    };
    Text::new(all(&value.zh, true, "、"), all(&value.en, false, ", "))
}

/// The clocks that run, the next first.
#[must_use]
pub fn running(mechanism: &Mechanism, names: &dyn Fn(BodyId) -> Text, file: &CaseFile) -> Vec<Due> {
    let one = |(id, c): (&String, &kernel::file::Running)| Due {
        label: label(mechanism, level(id).0, level(id).1),
        body: c.started.body.map(names),
        at: c.dates.due,
        overdue: c.expired,
        suspended: c.suspended.is_some(),
    };
    let mut all: Vec<Due> = file.clocks.iter().map(one).collect();
    all.sort_by_key(|d| d.at);
    all
}

/// A body's part in it.
#[derive(Clone, Debug)]
pub struct PartRow {
    /// What such parts are called.
    pub name: Text,
    /// Whose it is.
    pub body: Text,
    /// It leads.
    pub lead: bool,
    /// How far it is.
    pub state: Text,
    /// When what it owes next is due.
    pub due: Option<Timestamp>,
}

/// Who works on it side by side, by kind, as they were called.
#[must_use]
pub fn parts(mechanism: &Mechanism, names: &dyn Fn(BodyId) -> Text, file: &CaseFile) -> Vec<PartRow> {
    let mut all: Vec<_> = file.parts.values().collect();
    all.sort_by_key(|p| (p.kind(), !p.lead, p.seq, p.key.len(), &p.key));
    let row = |p: &kernel::part::PartFile| {
        let kind = mechanism.part.get(p.kind())?;
        let own = |id: &String| kernel::clocks::part_key(mechanism, id).as_ref() == Some(&p.key);
        Some(PartRow {
            name: kind.name.clone(),
            body: names(p.body),
            lead: p.lead,
            state: kind.state.get(&p.state).map(|s| s.name.clone()).unwrap_or_default(),
            due: file.clocks.iter().filter(|(id, _)| own(id)).map(|(_, c)| c.dates.due).min(),
        })
    };
    all.into_iter().filter_map(row).collect()
}

/// How every vote that was opened stands at an instant.
#[must_use]
pub fn votes(mechanism: &Mechanism, file: &CaseFile, now: Timestamp) -> Vec<VoteView> {
    let opened = mechanism.vote.iter().filter(|(id, _)| file.polls.contains_key(*id));
    opened.map(|(id, vote)| crate::vote::stands(file, now, id, vote)).collect()
}

/// The segment of the ring that a file has reached, 1 to 5, and whether it was heard.
#[must_use]
pub fn reached(mechanism: &Mechanism, file: &CaseFile) -> (u8, Option<String>) {
    let ring = mechanism.state.get(&file.state).map_or(1, |s| crate::project::segment(s.ring));
    (ring, file.facts.get(kernel::mechanism::HEARD).map(|h| h.as_code().into_owned()))
}

/// The bodies of the invented district in which scenarios play.
pub fn invented() -> impl Fn(BodyId) -> Text {
    let directory = pack::demo_directory::DemoDirectory::embedded().unwrap_or_default();
    move |id| directory.body(id).map_or_else(Text::default, |b| Text::new(&b.name, &b.en))
}

/// An account of a scenario: what its post is called, and the body.
#[must_use]
pub fn account(user: &str) -> Option<(String, Text)> {
    let directory = pack::demo_directory::DemoDirectory::embedded().ok()?;
    let person = directory.person(user)?;
    let body = person.posts.first().and_then(|p| directory.body(p.body));
    Some((person.name.clone(), body.map_or_else(Text::default, |b| Text::new(&b.name, &b.en))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_and_days_of_a_scenario_are_said_in_both_languages() {
        let said = in_both(&Text::new("柳巷街道、2026-10-20", "柳巷街道, 2026-10-20"));
        assert_eq!(said, Text::new("柳巷街道、2026年10月20日", "Liuxiang Street, 20 October 2026"));
        let task = in_both(&Text::new("画线 · 柳巷街道 · 2026-10-20", "画线 · 柳巷街道 · 2026-10-20"));
        assert_eq!(task.en, "画线 · Liuxiang Street · 20 October 2026");
    }
}
