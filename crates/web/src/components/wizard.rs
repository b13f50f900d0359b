//! Where one is among a few steps. Steps already done are links where they have an address; a form that carries what was typed goes back by its own button.

use super::Link;
use crate::i18n::{Lang, t, tf};
use maud::{Markup, html};

/// The line of steps; `steps` are all of them, `now` counts from 0.
#[must_use]
pub fn wizard(lang: Lang, steps: &[Link], now: usize) -> Markup {
    let (n, all) = ((now + 1).to_string(), steps.len().to_string());
    html! { nav.wizard aria-label=(t(lang, "wizard.label")) {
        p.vh { (tf(lang, "wizard.at", &[("n", &n), ("all", &all)])) }
        ol { @for (index, step) in steps.iter().enumerate() { li data-done[index < now] aria-current=[(index == now).then_some("step")] {
            @if index < now && !step.href.is_empty() { a href=(step.href) { (step.label) } } @else { (step.label) }
        } } }
    } }
}

/// In the second of three.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let step = |key| Link::new("#", t(lang, key));
    wizard(lang, &[step("wizard.what"), step("wizard.where"), step("wizard.check")], 1)
}
