//! What happened, newest first, under what comes next. Words only where the view holds them.

use crate::components::Link;
use crate::components::sketch::drawings;
use crate::components::thread::{Entry, Speaker, thread};
use crate::i18n::{date_long, labelled, tf};
use crate::portal::words::{due, owner, say, when};
use crate::visitor::Visitor;
use app::view::{EntryView, MatterView, Speaker as By};
use maud::Markup;

/// The thread of a matter as its raiser reads it.
pub fn thread_of(visitor: &Visitor, view: &MatterView) -> Markup {
    let lang = visitor.lang;
    let mut entries: Vec<Entry> = view.entries.iter().map(|e| entry(visitor, view, e)).collect();
    // The future stands above: what is due first comes nearest to what has happened.
    let coming = view.clocks.iter().filter(|c| !c.suspended && !c.overdue).take(3);
    entries.extend(coming.map(|c| Entry {
        speaker: Speaker::Next,
        when: tf(lang, "follow.next.by", &[("date", &due(lang, c))]),
        title: say(lang, &c.label).to_owned(),
        who: Some(owner(lang, c)),
        ..Entry::default()
    }));
    thread(lang, &entries, true)
}

fn entry(visitor: &Visitor, view: &MatterView, e: &EntryView) -> Entry {
    let (lang, today) = (visitor.lang, visitor.site.app.now().date());
    let said = say(lang, &e.said).to_owned();
    let you = e.by == By::Raiser;
    let (speaker, who, title) = match &e.by {
        By::Raiser => (Speaker::Person, None, tf(lang, "follow.you_said", &[("said", &said)])),
        By::Body(body) => (Speaker::Body, Some(say(lang, &body.name).to_owned()), said),
        By::Clock => (Speaker::System, None, said),
    };
    let (mut voice, mut text) = (Vec::new(), Vec::new());
    // A sketch stands below, with its words.
    for field in e.fields.iter().filter(|f| f.sketch.is_none()) {
        let value = say(lang, &field.value);
        let line = labelled(lang, say(lang, &field.label), value);
        if field.words && (you || e.answers) && value.chars().count() > 16 {
            voice.extend(value.lines().map(str::to_owned));
        } else {
            text.push(line);
        }
    }
    if let Some(at) = e.occurred.filter(|at| at.date() != e.at.date()) {
        text.push(tf(lang, "follow.occurred", &[("when", &when(lang, at, today))]));
    }
    let mut changes = e.dates.iter().filter_map(|d| Some((d, d.from?)));
    let moved = changes.next();
    text.extend(moved.iter().map(|(d, _)| tf(lang, "follow.moved", &[("label", say(lang, &d.label))])));
    text.extend(changes.map(|(d, from)| {
        let (from, to) = (date_long(lang, from.date()), date_long(lang, d.to.date()));
        tf(lang, "follow.moved_also", &[("label", say(lang, &d.label)), ("from", &from), ("to", &to)])
    }));
    text.extend(e.gone.iter().map(|label| super::mine::gone(visitor, view, say(lang, label))));
    text.extend(e.remedy.iter().map(|r| tf(lang, "mine.remedy", &[("text", say(lang, r))])));
    Entry {
        id: Some(format!("e{}", e.seq)),
        speaker: if moved.is_some() { Speaker::DateChange } else { speaker },
        you,
        late: e.late,
        when: when(lang, e.at, today),
        datetime: Some(e.at.to_string()),
        title,
        who,
        text,
        voice,
        swap: moved.map(|(d, from)| (date_long(lang, from.date()), date_long(lang, d.to.date()))),
        links: links(visitor, view, e),
        extra: drawings(lang, &e.fields, &format!("/m/{}/file/", view.number)),
        ..Entry::default()
    }
}

fn links(visitor: &Visitor, view: &MatterView, e: &EntryView) -> Vec<Link> {
    let lang = visitor.lang;
    let letter = e.letter.iter().map(|l| Link::new(format!("/m/{}/letter/{}", view.number, l.seq), say(lang, &l.name)));
    let file = |(n, f): (usize, &app::view::FileView)| {
        Link::new(format!("/m/{}/file/{}", view.number, f.id), tf(lang, "follow.file", &[("n", &(n + 1).to_string())]))
    };
    letter.chain(e.files.iter().enumerate().map(file)).collect()
}
