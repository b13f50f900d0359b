//! The entries of a matter as the thread draws them: who speaks by shape, a person's words in Song, both dates of a change.

use crate::components::Link;
use crate::components::sketch::drawings;
use crate::components::thread::{Entry, Speaker};
use crate::desk::about::about;
use crate::desk::words::{moment, say, when};
use crate::i18n::{date_short, date_time, labelled, t, tf};
use crate::visitor::Visitor;
use app::view::{DateChange, EntryView, MatterView, Speaker as Who};
use kernel::time::Timestamp;

/// The entries, oldest first, and what comes next.
#[must_use]
pub fn entries(visitor: &Visitor, view: &MatterView) -> Vec<Entry> {
    let mut all: Vec<Entry> = view.entries.iter().map(|e| entry(visitor, view, e)).collect();
    all.extend(next(visitor, view));
    all
}

/// One entry in a sentence: who, and what it says happened.
#[must_use]
pub fn sentence(visitor: &Visitor, view: &MatterView, entry: &EntryView) -> String {
    let said = said(visitor, view, entry);
    tf(visitor.lang, "desk.entry.said", &[("who", &who(visitor, entry)), ("said", &said)])
}

/// What happened, and on whose part or on which task, where somebody else did it or there are several of his own.
fn said(visitor: &Visitor, view: &MatterView, entry: &EntryView) -> String {
    let lang = visitor.lang;
    let said = about(lang, &entry.said);
    let Some(part) = entry.part.as_ref().and_then(|key| view.parts.iter().find(|p| p.key == *key)) else { return said };
    match &part.task {
        Some(task) => labelled(lang, &said, task),
        None if entry.by == Who::Body(part.body.clone()) => said,
        None => labelled(lang, &said, say(lang, &part.body.name)),
    }
}

fn who(visitor: &Visitor, entry: &EntryView) -> String {
    let lang = visitor.lang;
    match &entry.by {
        Who::Raiser => t(lang, "desk.who.person").to_owned(),
        Who::Body(body) => say(lang, &body.name).to_owned(),
        Who::Clock if entry.late || entry.act == "expired" => t(lang, "desk.who.clock").to_owned(),
        Who::Clock => t(lang, "desk.who.system").to_owned(),
    }
}

fn entry(visitor: &Visitor, view: &MatterView, e: &EntryView) -> Entry {
    let lang = visitor.lang;
    let today = visitor.site.app.now().date();
    let mut changes = e.dates.iter().filter(|d| d.from.is_some());
    let moved = changes.next();
    let shape = match (&e.by, moved) {
        (_, Some(_)) => Speaker::DateChange,
        (Who::Raiser, _) => Speaker::Person,
        (Who::Body(_), _) => Speaker::Body,
        (Who::Clock, _) => Speaker::System,
    };
    // What the person said stands in Song, whether she wrote it or somebody took it down; short answers keep their label.
    let hers = e.by == Who::Raiser || e.seq == 1;
    let own = |f: &&app::view::SaidField| hers && f.words && say(lang, &f.value).chars().count() > 16;
    let lines = |value: &str| value.lines().filter(|l| !l.trim().is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let labelled = |f: &app::view::SaidField| labelled(lang, &about(lang, &f.label), say(lang, &f.value));
    let voice = e.fields.iter().filter(own).flat_map(|f| lines(say(lang, &f.value)));
    let mut text: Vec<String> = e.fields.iter().filter(|f| !own(f) && f.sketch.is_none()).map(labelled).collect();
    text.extend(e.gone.iter().map(|label| crate::portal::matter::mine::gone(visitor, view, &about(lang, label))));
    text.extend(e.remedy.iter().map(|r| tf(lang, "mine.remedy", &[("text", &about(lang, r))])));
    if let Some(at) = e.occurred {
        text.insert(0, tf(lang, "desk.entry.occurred", &[("time", &when(lang, at, today))]));
    }
    text.extend(changes.filter_map(|d| {
        let (from, to) = (date_short(lang, d.from?.date()), date_short(lang, d.to.date()));
        Some(tf(lang, "follow.moved_also", &[("label", say(lang, &d.label)), ("from", &from), ("to", &to)]))
    }));
    if e.kept > 0 {
        text.push(tf(lang, "desk.entry.kept", &[("n", &e.kept.to_string())]));
    }
    Entry {
        id: Some(format!("e{}", e.seq)),
        speaker: shape,
        late: e.late,
        when: when(lang, e.at, today),
        datetime: Some(e.at.to_string()),
        title: said(visitor, view, e),
        who: Some(who(visitor, e)),
        text,
        voice: voice.collect(),
        swap: moved.and_then(|d| swap(visitor, d)),
        links: links(visitor, view, e),
        extra: drawings(lang, &e.fields, &format!("/desk/m/{}/file/", view.number)),
        ..Entry::default()
    }
}

fn swap(visitor: &Visitor, change: &DateChange) -> Option<(String, String)> {
    let day = |at: Timestamp| date_short(visitor.lang, at.date());
    let label = &about(visitor.lang, &change.label);
    let old = tf(visitor.lang, "desk.entry.field", &[("label", label), ("value", &day(change.from?))]);
    Some((old, day(change.to)))
}

fn links(visitor: &Visitor, view: &MatterView, e: &EntryView) -> Vec<Link> {
    let base = format!("/desk/m/{}", view.number);
    let letter = e.letter.iter().map(|l| {
        let label = tf(visitor.lang, "desk.letter.read", &[("letter", say(visitor.lang, &l.name))]);
        Link::new(format!("{base}/letter/{}", l.seq), label)
    });
    let files = e.files.iter().zip(1..).map(|(f, n): (_, u32)| {
        Link::new(format!("{base}/file/{}", f.id), tf(visitor.lang, "desk.file", &[("n", &n.to_string())]))
    });
    letter.chain(files).collect()
}

/// What is to happen next, from the clock that is due first.
fn next(visitor: &Visitor, view: &MatterView) -> Option<Entry> {
    let lang = visitor.lang;
    let clock = view.clocks.iter().find(|c| !c.suspended && !c.window).or_else(|| view.clocks.first())?;
    let due = if clock.unit == "h" { date_time(lang, moment(clock.due)) } else { date_short(lang, clock.due.date()) };
    let who =
        clock.body.as_ref().map_or_else(|| t(lang, "desk.who.person").to_owned(), |b| say(lang, &b.name).to_owned());
    Some(Entry {
        speaker: Speaker::Next,
        title: tf(lang, "desk.entry.next", &[("what", &about(lang, &clock.label))]),
        when: tf(lang, "desk.entry.by", &[("date", &due)]),
        who: Some(who),
        ..Entry::default()
    })
}
