//! Which bodies work on her matter and how far each one is, plainly, for the person.

use crate::i18n::{date_long, t, tf};
use crate::portal::words::say;
use crate::visitor::Visitor;
use app::view::{MatterView, PartView};
use maud::{Markup, html};

/// The list; nothing where one body does it alone.
#[must_use]
pub fn list(visitor: &Visitor, view: &MatterView) -> Markup {
    let lang = visitor.lang;
    html! { @if !view.parts.is_empty() { section.block {
        h2.h2 { (t(lang, "follow.parts.label")) }
        ul.plain.stack-s { @for part in &view.parts { li { (one(visitor, part)) } } }
    } } }
}

fn one(visitor: &Visitor, part: &PartView) -> Markup {
    let lang = visitor.lang;
    let until = part.until.filter(|_| !part.ended).or_else(|| Some(part.clock.as_ref()?.due.date()));
    html! {
        p { b { (say(lang, &part.body.name)) } @if part.lead { span.quiet { (t(lang, "follow.parts.lead")) } }
            (t(lang, "portal.stop_soft")) (say(lang, &part.state_name))
            @if let Some(until) = until { span.quiet { (tf(lang, "follow.parts.until", &[("date", &date_long(lang, until))])) } } }
        @if let Some(task) = &part.task { p.small { (task) } }
    }
}
