//! What was played, as a thread: the same shapes as on the page of a matter, over people and bodies that do not exist.

use crate::components::thread::{Entry, Speaker};
use crate::desk::about::about;
use crate::desk::words::{moment, say};
use crate::i18n::{Lang, date_short, date_time, labelled, t, tf};
use app::played::{Beat, Due, Who};
use kernel::time::Timestamp;
use maud::{Markup, html};

/// One entry.
#[must_use]
pub fn entry(lang: Lang, beat: &Beat, post: Option<&str>) -> Entry {
    let mut moved = beat.moved.iter();
    let first = moved.next();
    let speaker = match (&beat.by, first) {
        (_, Some(_)) => Speaker::DateChange,
        (Who::Person, _) => Speaker::Person,
        (Who::Body(_), _) => Speaker::Body,
        (Who::Clock, _) => Speaker::System,
    };
    let who = match &beat.by {
        Who::Person => t(lang, "desk.who.person").to_owned(),
        Who::Clock if beat.late => t(lang, "desk.who.clock").to_owned(),
        Who::Clock => t(lang, "desk.who.system").to_owned(),
        Who::Body(body) => match post.filter(|_| lang == Lang::Zh) {
            Some(post) if post.contains(body.zh.as_str()) => post.to_owned(),
            Some(post) => format!("{} · {post}", body.zh),
            None => say(lang, body).to_owned(),
        },
    };
    let said = match &beat.on {
        Some(body) => labelled(lang, say(lang, &beat.said), say(lang, body)),
        None => say(lang, &beat.said).to_owned(),
    };
    let mut text: Vec<String> = Vec::new();
    text.extend(beat.occurred.map(|at| tf(lang, "desk.entry.occurred", &[("time", &date_time(lang, moment(at)))])));
    let plain = beat.fields.iter().filter(|(_, _, words)| !words);
    text.extend(plain.map(|(label, value, _)| labelled(lang, say(lang, label), say(lang, value))));
    text.extend(moved.map(|(label, from, to)| change(lang, label, *from, *to)));
    text.extend(beat.letter.iter().map(|l| tf(lang, "played.letter", &[("letter", say(lang, l))])));
    text.extend(
        beat.started.iter().map(|(label, due)| {
            tf(lang, "played.started", &[("clock", &about(lang, label)), ("date", &day(lang, *due))])
        }),
    );
    text.extend(beat.state.iter().map(|s| tf(lang, "played.state", &[("state", &about(lang, s))])));
    Entry {
        speaker,
        late: beat.late,
        when: date_time(lang, moment(beat.at)),
        datetime: Some(beat.at.to_string()),
        title: said,
        who: Some(who),
        voice: beat.fields.iter().filter(|f| f.2).flat_map(|f| say(lang, &f.1).lines().map(str::to_owned)).collect(),
        text,
        swap: first.map(|(label, from, to)| (labelled(lang, &about(lang, label), &day(lang, *from)), day(lang, *to))),
        ..Entry::default()
    }
}

fn change(lang: Lang, label: &kernel::text::Text, from: Timestamp, to: Timestamp) -> String {
    let (from, to) = (date_short(lang, from.date()), date_short(lang, to.date()));
    tf(lang, "follow.moved_also", &[("label", &about(lang, label)), ("from", &from), ("to", &to)])
}

/// A date as a clock says it: with its time where that is not the end of the day.
fn day(lang: Lang, at: Timestamp) -> String {
    match at.hour_minute() {
        (0, 0) | (23, 59) => date_short(lang, at.date()),
        _ => date_time(lang, moment(at)),
    }
}

/// Where the clocks stand.
#[must_use]
pub fn clocks(lang: Lang, all: &[Due]) -> Markup {
    html! { ul.clock-now { @for due in all {
        li data-late[due.overdue] {
            (tf(lang, if due.overdue { "played.overdue" } else if due.suspended { "played.stands" } else { "played.due" }, &[("clock", &about(lang, &due.label)), ("date", &day(lang, due.at))]))
            @if let Some(body) = &due.body { " · " (say(lang, body)) }
        }
    } } }
}
