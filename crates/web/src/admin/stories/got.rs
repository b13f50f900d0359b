//! What the person got at the end of a story: the answers, the letters, how long it took, and what she said herself.

use crate::desk::about::about;
use crate::desk::words::{days, say};
use crate::i18n::{Lang, Unit, count, t, tf};
use app::catalogue::Story;
use kernel::file::CaseFile;
use kernel::ids::Class;
use kernel::mechanism::{FieldKind, HEARD, RAISER};
use maud::{Markup, html};

/// The box.
#[must_use]
pub fn got(lang: Lang, story: &Story) -> Markup {
    let Some(file) = story.end() else { return html! {} };
    let answers = file.answered.map_or_else(Vec::new, |_| answers(lang, story));
    let letters = letters(lang, story);
    html! { div.got {
        @for line in answers.iter().flat_map(|a| a.lines()) { p.voice { (line) } }
        @if let Some(key) = unanswered(story, file) { p { (t(lang, key)) } }
        @if let Some(waited) = waited(lang, file) { p { (waited) } }
        @if !letters.is_empty() { p { (tf(lang, "story.letters", &[("letters", &letters.join(t(lang, "desk.list")))])) } }
        p { b { (end(lang, story, file)) } }
        @if let Some(heard) = file.facts.get(HEARD) { p { (t(lang, if heard.as_code() == "yes" { "story.heard" } else { "story.not_heard" })) } }
    } }
}

/// What is said where nobody answered; nothing where somebody did, or where the mechanism knows no answer.
fn unanswered(story: &Story, file: &CaseFile) -> Option<&'static str> {
    let action = |id: &str| story.mechanism.action.get(id);
    if file.answered.is_some() || !story.mechanism.action.values().any(|a| a.answers) {
        return None;
    }
    let withdrawn = story
        .scenes
        .iter()
        .filter(|s| s.log.refused.is_none())
        .any(|s| action(s.action()).is_some_and(|a| a.withdraws));
    Some(match file.ended {
        None => "story.no_answer",
        Some(_) if withdrawn => "story.withdrawn",
        Some(_) => "story.never_answered",
    })
}

/// The words of the answers, in the order in which they were given. An answer without words of its own is told by the last
/// words that were published before it, else by those of its letter, else by what was done.
fn answers(lang: Lang, story: &Story) -> Vec<String> {
    let own = own_words(lang, story);
    if !own.is_empty() {
        return own;
    }
    let Some(at) = story.scenes.iter().position(|s| s.log.entries.iter().any(|e| e.answers)) else { return own };
    let before = &story.scenes[..=at];
    let field = |id: &str| story.mechanism.field.get(id);
    let published = before.iter().rev().filter(|s| s.log.refused.is_none() && !s.is_residents()).find_map(|s| {
        let words = |id: &str| field(id).is_some_and(|f| f.class == Class::Public && f.kind == FieldKind::Text);
        s.given.iter().rev().find(|(id, _)| words(id)).map(|(_, v)| say(lang, v).to_owned())
    });
    let answering = before[at].log.entries.iter().find(|e| e.answers);
    let in_letter = || {
        let letter = answering.and_then(|e| e.letter.as_ref()).and_then(|l| story.mechanism.letter.get(l))?;
        let words =
            |id: &str| field(id).is_some_and(|f| f.kind == FieldKind::Text) && letter.fields.iter().any(|f| f == id);
        let given = before.iter().rev().filter(|s| s.log.refused.is_none() && !s.is_residents()).flat_map(|s| &s.given);
        given.into_iter().find(|(id, _)| words(id)).map(|(_, v)| say(lang, v).to_owned())
    };
    let done = || {
        let act = answering.and_then(|e| e.act.effect()).and_then(|id| story.mechanism.action.get(id));
        act.map(|a| say(lang, &a.said).to_owned())
    };
    published.or_else(in_letter).or_else(done).into_iter().collect()
}

fn own_words(lang: Lang, story: &Story) -> Vec<String> {
    let answering = story.scenes.iter().filter(|s| s.log.entries.iter().any(|e| e.answers));
    let is_text = |id: &str| story.mechanism.field.get(id).is_some_and(|f| f.kind == FieldKind::Text);
    // An answer that had to be approved was written in the step that proposed it.
    let words = |scene: &app::catalogue::Scene| {
        let own: Vec<String> =
            scene.given.iter().filter(|(id, _)| is_text(id)).map(|(_, v)| say(lang, v).to_owned()).collect();
        if !own.is_empty() || !scene.log.what.starts_with("approve:") {
            return own;
        }
        let proposed = story.scenes.iter().rev().find(|s| s.log.step < scene.log.step && s.log.what == scene.action());
        let given = proposed.into_iter().flat_map(|s| &s.given);
        given.filter(|(id, _)| is_text(id)).map(|(_, v)| say(lang, v).to_owned()).collect()
    };
    answering.flat_map(words).collect()
}

fn letters(lang: Lang, story: &Story) -> Vec<String> {
    let sent = story.scenes.iter().flat_map(|s| &s.log.entries).filter_map(|e| e.letter.as_ref());
    let hers = sent.filter_map(|l| story.mechanism.letter.get(l)).filter(|l| l.to == RAISER);
    hers.map(|l| tf(lang, "story.letter", &[("letter", say(lang, &l.name))])).collect()
}

fn waited(lang: Lang, file: &CaseFile) -> Option<String> {
    let n = days(file.raised_at?.date(), file.answered?.date()).unsigned_abs();
    Some(tf(lang, "story.answered_after", &[("days", &count(lang, n, Unit::Day))]))
}

fn end(lang: Lang, story: &Story, file: &CaseFile) -> String {
    let state = story.mechanism.state.get(&file.state).map_or_else(String::new, |s| about(lang, &s.name));
    tf(lang, if file.ended.is_some() { "story.ended" } else { "story.stands" }, &[("state", &state)])
}
