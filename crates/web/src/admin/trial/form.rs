//! The forms of a trial run: one for each action of each role, with when it happens; and what such a form says.

use super::{Asked, Tried};
use crate::desk::about::about;
use crate::desk::words::say;
use crate::i18n::{Lang, t, tf};
use app::trial::{After, Move, Offer, Trail, Trial, WAIT};
use kernel::ids::BodyId;
use kernel::mechanism::RAISER;
use maud::{Markup, html};

/// The move that a form asks for.
#[must_use]
pub fn step(asked: &Asked) -> Option<Move> {
    let action = asked.get("do")?.clone();
    let (who, body) = asked.get("who").map_or((RAISER, None), |w| match w.split_once('@') {
        Some((who, body)) => (who, body.parse().ok().map(BodyId)),
        None => (w.as_str(), None),
    });
    let chosen = asked.iter().filter_map(|(k, v)| Some((k.strip_prefix("f-")?.to_owned(), v.clone())));
    let step = Move {
        after: asked.get("after").and_then(|a| After::of(a)).unwrap_or(After::Hour),
        who: who.to_owned(),
        body,
        action,
        chosen: chosen.filter(|(_, v)| !v.is_empty()).collect(),
    };
    // What an address cannot hold is no move.
    step.to_string().parse().ok()
}

/// All that can be done now.
#[must_use]
pub fn offers(lang: Lang, tried: &Tried<'_>, trail: &Trail, trial: &Trial) -> Markup {
    html! { div.trial-offers {
        @for offer in &trial.offers { (one(lang, tried, trail, trial, offer)) }
        @if !trial.ended && !trial.clocks.is_empty() { form method="get" action=(action(tried)) {
            (hidden(tried, trail)) input type="hidden" name="do" value=(WAIT); input type="hidden" name="after" value=(After::Passed.letter());
            h3 { (t(lang, "trial.wait")) small { (t(lang, "trial.wait_text")) } }
            button.btn { (t(lang, "trial.wait_do")) }
        } }
    } }
}

fn action(tried: &Tried<'_>) -> String {
    format!("/admin/mechanisms/{}/trial", tried.id)
}

fn hidden(tried: &Tried<'_>, trail: &Trail) -> Markup {
    html! { input type="hidden" name="region" value=(tried.region); input type="hidden" name="t" value=(trail); }
}

fn one(lang: Lang, tried: &Tried<'_>, trail: &Trail, trial: &Trial, offer: &Offer) -> Markup {
    let who = match &offer.body {
        Some((body, _)) => format!("{}@{}", offer.who, body.0),
        None => offer.who.clone(),
    };
    let by = match &offer.body {
        Some((_, name)) if name != &offer.role => {
            tf(lang, "trial.by_body", &[("role", say(lang, &offer.role)), ("body", say(lang, name))])
        }
        _ => say(lang, &offer.role).to_owned(),
    };
    html! { form method="get" action=(action(tried)) {
        (hidden(tried, trail)) input type="hidden" name="do" value=(offer.action); input type="hidden" name="who" value=(who);
        h3 { (say(lang, &offer.label)) small { (by) @if let Some(to) = &offer.to { " → " (about(lang, to)) } @if offer.approval { " · " (t(lang, "trial.approval")) } } }
        @if let Some(does) = &offer.does { p.small.quiet { (say(lang, does)) } }
        @for ask in &offer.asked { label { (say(lang, &ask.label))
            select.in name=(format!("f-{}", ask.field)) {
                @if ask.optional { option value="" { (t(lang, "trial.leave_out")) } }
                @for (code, words) in &ask.options { option value=(code) { (say(lang, words)) } }
            } } }
        @if !trial.moves.is_empty() { label { (t(lang, "trial.when"))
            select.in name="after" { @for after in After::ALL { @if !trial.clocks.is_empty() || !matches!(after, After::LastMoment | After::Passed) {
                option value=(after.letter()) { (t(lang, &format!("trial.after.{}", after.letter()))) }
            } } } } }
        button.btn { (tf(lang, "trial.do", &[("action", say(lang, &offer.label))])) }
    } }
}
