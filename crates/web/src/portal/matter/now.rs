//! The card “now”: the ring, who has it, by when, and why that day.

use crate::components::clock_strip::clock_strip;
use crate::components::promise::split_date;
use crate::components::ring::{Size, ring};
use crate::components::steps::steps;
use crate::components::tag::tag;
use crate::components::{Tone, due::Due, due::due};
use crate::i18n::{date_long, t, tf};
use crate::portal::words::{clause, due as due_text, leading, left, owner, ring_of, say, strip};
use crate::visitor::Visitor;
use app::access::Access;
use app::view::{ClockView, MatterView};
use maud::{Markup, html};

/// The card.
pub fn card(visitor: &Visitor, view: &MatterView) -> Markup {
    let lang = visitor.lang;
    let state = ring_of(view);
    let clock = leading(view);
    html! { section.promise.now.block aria-label=(t(lang, "follow.now")) {
        div.now-head { (ring(lang, Size::L, state))
            dl.promise-dates {
                div { dt { (t(lang, "follow.holder")) } dd { (holder(visitor, view)) } }
                (first_answer(visitor, view))
            } }
        (steps(lang, state))
        @if let Some(clock) = clock { p.clock-head { b { (say(lang, &clock.label)) } span.quiet { " " (owner(lang, clock)) } } (one(visitor, clock, view.access == Access::Own)) }
        @if let Some(silence) = clock.filter(|c| c.window).and_then(|c| c.silence.as_ref()) { p.small { (say(lang, silence)) } }
    } }
}

fn holder(visitor: &Visitor, view: &MatterView) -> Markup {
    let lang = visitor.lang;
    let small = |text: &str| html! { small { (text) } };
    if let Some(at) = view.ended {
        let text = tf(lang, "follow.ended.at", &[("date", &date_long(lang, at.date()))]);
        return html! { (t(lang, "follow.ended.label")) (small(&text)) };
    }
    if view.yours && view.heard.as_deref() != Some("yes") {
        return html! { (t(lang, "follow.yours")) (small(say(lang, &view.state_name))) };
    }
    match &view.holder {
        Some(body) => html! { (say(lang, &body.name)) small { (say(lang, &view.state_name))
        @if let Some(phone) = &body.phone { (t(lang, "portal.stop_soft")) (tf(lang, "follow.phone", &[("phone", phone)])) } } },
        None => html! { (say(lang, &view.state_name)) },
    }
}

/// What was promised when it was raised, until it is kept.
fn first_answer(visitor: &Visitor, view: &MatterView) -> Markup {
    let lang = visitor.lang;
    if let Some(at) = view.answered_at {
        let late = view.promised_by.is_some_and(|p| at > p);
        let key = if late { "follow.answered.late" } else { "follow.answered.in_time" };
        return html! { div { dt { (t(lang, "follow.answered.label")) } dd { (split_date(lang, at.date())) small { (t(lang, key)) } } } };
    }
    let (Some(due_by), Some(latest)) = (view.due_by, view.promised_by) else { return html! {} };
    if view.ended.is_some() {
        return html! {};
    }
    if due_by.date() == latest.date() {
        return html! { div { dt { (t(lang, "promise.both")) } dd { (split_date(lang, latest.date()))
        @if view.provisional { " " (tag(Tone::Due, t(lang, "clock.provisional.tag"))) }
        small { (t(lang, "promise.both_why")) br; (tf(lang, "follow.promised", &[("date", &date_long(lang, view.raised_at.date()))])) } } } };
    }
    html! {
        div { dt { (t(lang, "promise.due")) } dd { (split_date(lang, due_by.date()))
            @if view.provisional && due_by.date().year() == latest.date().year() { " " (tag(Tone::Due, t(lang, "clock.provisional.tag"))) } } }
        div data-late { dt { (t(lang, "promise.latest")) } dd { (split_date(lang, latest.date()))
            @if view.provisional { " " (tag(Tone::Due, t(lang, "clock.provisional.tag"))) }
            small { (tf(lang, "follow.promised", &[("date", &date_long(lang, view.raised_at.date()))])) } } }
    }
}

/// Every running clock, each with what is left and why that day.
pub fn clocks(visitor: &Visitor, view: &MatterView) -> Markup {
    let lang = visitor.lang;
    html! { @if view.clocks.is_empty() { p.quiet { (t(lang, "follow.clocks.none")) } } @else {
        ul.plain.stack { @for clock in &view.clocks { li { p { b { (say(lang, &clock.label)) } " " span.quiet { (owner(lang, clock)) } } (one(visitor, clock, false)) } } }
    } }
}

/// One clock: its strip, or its date and derivation where no strip can be drawn.
fn one(visitor: &Visitor, clock: &ClockView, wide: bool) -> Markup {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    if clock.suspended {
        return html! { p { (t(lang, "follow.suspended")) } };
    }
    if let Some(strip) = strip(app, lang, clock) {
        let rest = Due { left: Some(strip.left), unit: strip.unit, date: None, words: None };
        return html! { p { (due_text(lang, clock)) (t(lang, "portal.stop_soft")) (due(lang, &rest)) } (clock_strip(lang, &strip))
        @if wide && let Some(text) = &strip.clause { p.clause { (text) } } };
    }
    let steps = if lang == crate::i18n::Lang::Zh { &clock.derivation.zh } else { &clock.derivation.en };
    let today = app.now().date();
    let late = clock.overdue || left(clock, today) < 0;
    let words = due_text(lang, clock);
    html! {
        p { (due_text(lang, clock)) @if late { " " (tag(Tone::Warn, t(lang, "follow.overdue"))) } }
        details.why { summary { (tf(lang, "clock.why", &[("date", &words)])) } div.why-body { ol { @for step in steps { li { (step) } } } @if let Some(text) = clause(lang, clock) { p.clause { (text) } } } }
    }
}

/// The signed promise as it stands in the file, for whoever wants to read it.
pub fn signed(visitor: &Visitor, text: &str) -> Markup {
    let lang = visitor.lang;
    html! { details.block { summary { (t(lang, "portal.receipt.signed")) } pre.signed lang="en" tabindex="0" { (text) } } }
}
