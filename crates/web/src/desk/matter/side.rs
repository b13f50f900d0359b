//! The side of a matter's page: clocks, facts, what is sealed, letters, and where to look for related matters.

use super::{Beside, clocks};
use crate::components::Tone;
use crate::components::clock_strip::clock_strips;
use crate::components::counts::{Count, counts};
use crate::components::due::{Due, due};
use crate::components::facts::{Fact, facts};
use crate::components::letter_fate::line as fate_line;
use crate::components::sealed::{Sealed, sealed};
use crate::components::tag::tag;
use crate::desk::about::about;
use crate::desk::words::{once, say, when};
use crate::i18n::{date_long, t, tf};
use crate::visitor::Visitor;
use app::view::{ClockView, MatterView, SaidField, SealedView};
use kernel::mechanism::Mechanism;
use maud::{Markup, html};

/// The side.
#[must_use]
pub fn side(visitor: &Visitor, view: &MatterView, mechanism: Option<&Mechanism>, beside: &Beside) -> Markup {
    let lang = visitor.lang;
    html! {
        @if !view.clocks.is_empty() { section.sec { header { h2 { (t(lang, "desk.matter.clocks")) } } (running(visitor, view)) } }
        @if !view.stopped.is_empty() { details.sec { summary { (tf(lang, "desk.matter.stopped", &[("n", &view.stopped.len().to_string())])) } (stopped(visitor, view)) } }
        section.sec { header { h2 { (t(lang, "desk.matter.facts")) } } (facts(&known(visitor, view, mechanism))) }
        @if !view.sealed.is_empty() { section.sec { header { h2 { (t(lang, "desk.matter.sealed")) } }
            (facts(&view.sealed.iter().map(|s| Fact::markup(about(lang, &s.label), seal(visitor, view, s, beside))).collect::<Vec<_>>())) } }
        (personal(visitor, view))
        @if !view.letters.is_empty() { section.sec { header { h2 { (t(lang, "desk.matter.letters")) } } (letters(visitor, view)) } }
        @if let Some(words) = related(view) { form method="post" action="/desk/search" { input type="hidden" name="q" value=(words); button.link { (t(lang, "desk.matter.related")) } } }
    }
}

/// What becomes of the content, and which matter this one is about, without a word of that one.
fn personal(visitor: &Visitor, view: &MatterView) -> Markup {
    let lang = visitor.lang;
    let kept = |k| crate::portal::matter::mine::kept(visitor, k);
    html! {
        @if let Some(about) = &view.about { section.sec { header { h2 { (t(lang, "desk.about.label")) } }
            p { span.num { (about.number) } " " (t(lang, &format!("desk.about.{}", about.standing))) }
            div.small { (kept(&about.keeping)) } } }
        section.sec { header { h2 { (t(lang, "desk.kept.label")) } } div.small { (kept(&view.keeping)) } }
    }
}

fn running(visitor: &Visitor, view: &MatterView) -> Markup {
    let (drawn, said) = clocks::split(visitor, view);
    html! {
        @if !said.is_empty() { ul.plain.stack-s.clock-lines { @for clock in said { li { (line(visitor, clock)) } } } }
        (clock_strips(visitor.lang, &drawn))
    }
}

/// A clock in words: hours, very long ones, and those that stand still.
fn line(visitor: &Visitor, clock: &ClockView) -> Markup {
    let lang = visitor.lang;
    let (left, unit) = clocks::remaining(visitor, clock);
    let words = clock.suspended.then(|| t(lang, "desk.clock.suspended").to_owned());
    let shown = Due { left: Some(left), unit, date: None, words };
    let steps = clocks::steps(lang, clock);
    html! {
        p.clock-head { b { (clocks::label(visitor, clock)) } span.clock-due { (due(lang, &shown)) span.due-date { (clocks::due(lang, clock)) }
            @if clock.provisional { (tag(Tone::Due, t(lang, "clock.provisional.tag"))) } } }
        @if let Some(clause) = clocks::clause(lang, clock) { p.clause { (clause) } }
        @if let Some(silence) = &clock.silence { p.quiet.small { (about(lang, silence)) } }
        @if !steps.is_empty() { details.why { summary { (tf(lang, "clock.why", &[("date", &clocks::due(lang, clock))])) }
            ol { @for step in &steps { li { (step.text) } } } } }
    }
}

fn stopped(visitor: &Visitor, view: &MatterView) -> Markup {
    let lang = visitor.lang;
    let today = visitor.site.app.now().date();
    html! { ul.plain.stack-s { @for clock in &view.stopped { li {
        (clocks::label(visitor, clock)) " "
        @if !clock.window { @if clock.kept == Some(true) { (tag(Tone::Done, t(lang, "desk.clock.kept"))) } @else { (tag(Tone::Warn, t(lang, "desk.clock.late"))) } }
        @if let Some(at) = clock.stopped { small.quiet.nb { " " (when(lang, at, today)) } }
    } } } }
}

fn known(visitor: &Visitor, view: &MatterView, mechanism: Option<&Mechanism>) -> Vec<Fact> {
    let lang = visitor.lang;
    let today = visitor.site.app.now().date();
    let mut all = vec![
        Fact::text(t(lang, "desk.fact.number"), &view.number),
        Fact::text(t(lang, "desk.fact.place"), say(lang, &view.place)),
        Fact::text(t(lang, "desk.fact.raised"), when(lang, view.raised_at, today)),
    ];
    all.extend(view.due_by.map(|d| Fact::text(t(lang, "promise.due"), date_long(lang, d.date()))));
    all.extend(view.promised_by.map(|d| Fact::text(t(lang, "promise.latest"), date_long(lang, d.date()))));
    all.extend(view.answered_at.map(|d| Fact::text(t(lang, "desk.fact.answered"), when(lang, d, today))));
    all.extend(view.ended.map(|d| Fact::text(t(lang, "desk.fact.ended"), when(lang, d, today))));
    all.extend(whole(view, mechanism).iter().map(|f| Fact::text(about(lang, &f.label), say(lang, &f.value))));
    let head = html! { span.num title=(view.head) { (&view.head[..12.min(view.head.len())]) } " " small.quiet { (tf(lang, "desk.fact.chain_text", &[("n", &view.seq.to_string())])) } };
    all.push(Fact::markup(t(lang, "desk.fact.chain"), head));
    all
}

/// What holds for the matter as a whole, in the order in which it was said. What was said of one part, or names the parts,
/// stands in their table: beside it the last one's answer would look like everybody's. What the system counted is drawn.
fn whole<'a>(view: &'a MatterView, mechanism: Option<&Mechanism>) -> Vec<&'a SaidField> {
    let named = |field: &str| {
        let parts = mechanism.into_iter().flat_map(|m| &m.part);
        parts.into_iter().any(|(kind, p)| p.each == field && view.parts.iter().any(|v| v.kind == *kind))
    };
    let of_one = |field: &String| {
        let mut asking = mechanism
            .into_iter()
            .flat_map(|m| m.action.values())
            .filter(|a| a.needs.contains(field) || a.may.contains(field));
        asking.clone().next().is_some() && asking.all(|a| a.part.is_some())
    };
    let said: Vec<&str> = view.entries.iter().flat_map(|e| e.fields.iter().map(|f| f.field.as_str())).collect();
    let mut facts: Vec<&SaidField> =
        view.facts.iter().filter(|f| !named(&f.field) && !of_one(&f.field) && f.counted.is_none()).collect();
    facts.sort_by_key(|f| said.iter().position(|s| *s == f.field));
    facts
}

/// What the system counted, as bars: before and after.
#[must_use]
pub fn counted(visitor: &Visitor, view: &MatterView) -> Markup {
    let lang = visitor.lang;
    let count = |f: &SaidField| {
        let c = f.counted.as_ref()?;
        let days = [("from", date_long(lang, c.from)), ("to", date_long(lang, c.to))];
        let over = tf(lang, "desk.counts.over", &days.each_ref().map(|(k, v)| (*k, v.as_str())));
        Some(Count { label: about(lang, &f.label), n: c.n, from: Some(c.from), over: Some(over) })
    };
    let all: Vec<Count> = view.facts.iter().filter_map(count).collect();
    html! { @if !all.is_empty() { section.sec { header { h2 { (t(lang, "desk.counts.title")) } } (counts(lang, all)) } } }
}

fn seal(visitor: &Visitor, view: &MatterView, s: &SealedView, beside: &Beside) -> Markup {
    let lang = visitor.lang;
    let opened = beside.opened.as_ref().filter(|(seq, field, _)| *seq == s.seq && *field == s.field);
    let state = match (opened, s.may_open) {
        (Some((_, _, value)), _) => {
            Sealed::Open { value: value.clone(), recorded: t(lang, "desk.sealed.recorded").into() }
        }
        (None, true) => Sealed::Closed {
            id: format!("seal-{}-{}", s.seq, s.field),
            action: format!("/desk/m/{}/open", view.number),
            who: t(lang, "desk.sealed.who").into(),
            person: t(lang, "desk.who.person").into(),
            hidden: vec![("seq".into(), s.seq.to_string()), ("field".into(), s.field.clone()), ("key".into(), once())],
        },
        (None, false) => Sealed::Barred { who: t(lang, "desk.sealed.barred").into() },
    };
    sealed(lang, &state)
}

fn letters(visitor: &Visitor, view: &MatterView) -> Markup {
    let lang = visitor.lang;
    let today = visitor.site.app.now().date();
    html! { ul.plain.stack-s { @for letter in &view.letters { li {
        a href=(format!("/desk/m/{}/letter/{}", view.number, letter.seq)) { (say(lang, &letter.name)) }
        small.quiet { @if let Some(number) = &letter.number { " " span.num { (number) } } " " (when(lang, letter.at, today)) }
        (fate_line(lang, letter))
    } } } }
}

/// The first words of the title, for a search; nothing where the title may not be read.
fn related(view: &MatterView) -> Option<String> {
    let title = view.title.as_deref()?;
    let clause =
        title.split(|c: char| c.is_whitespace() || c.is_ascii_punctuation() || "，。、；：！？（）“”".contains(c));
    Some(clause.map(str::trim).find(|c| c.chars().count() >= 2)?.chars().take(6).collect())
}
