//! Why the kind of matter that an address names cannot be taken down here, and what can be done instead. Another kind is
//! never taken in its place: what was typed for one is not registered as another.

use super::Draft;
use crate::components::Tone;
use crate::components::notice::outcome;
use crate::desk::words::say;
use crate::i18n::{t, tf};
use crate::visitor::Visitor;
use app::view::body_name;
use app::viewer::Staff;
use kernel::mechanism::{Door, Mechanism, RAISE, RAISER};
use kernel::role::{Standing, resolve};
use maud::{Markup, html};

/// A kind of matter that was asked for and is not open to whoever asks.
pub struct Closed {
    name: String,
    why: String,
    /// Where the person can send it without this desk.
    portal: Option<String>,
}

/// What stands in the way of a kind of matter that is not among those to choose from.
pub fn closed(visitor: &Visitor, staff: &Staff, wanted: &str) -> Closed {
    let (lang, app) = (visitor.lang, &visitor.site.app);
    let territory = app.settings().territory;
    let Some(effective) = app.catalogue().effective(wanted, &territory) else {
        let why = t(lang, "desk.intake.closed.unknown").to_owned();
        return Closed { name: wanted.to_owned(), why, portal: None };
    };
    let mechanism = &effective.mechanism;
    let head = &mechanism.mechanism;
    let by_person = mechanism.action.get(RAISE).is_some_and(|a| a.by.iter().any(|r| r == RAISER));
    let missing = app.nobody_in(&effective, &territory);
    let why = match &missing {
        Some(unfilled) => tf(
            lang,
            "desk.intake.closed.nobody",
            &[("role", say(lang, &unfilled.name)), ("lacks", say(lang, &unfilled.lacks))],
        ),
        None => match raisers(visitor, staff, mechanism) {
            who if !who.is_empty() => tf(lang, "desk.intake.closed.others", &[("who", &who)]),
            _ if by_person => t(lang, "desk.intake.closed.person").to_owned(),
            _ => t(lang, "desk.intake.closed.system").to_owned(),
        },
    };
    let portal = (by_person && head.door != Door::Staff && missing.is_none()).then(|| format!("/raise/{}", head.id));
    Closed { name: say(lang, &head.name).to_owned(), why, portal }
}

/// Who may: each role with the body that holds it where the post of whoever asks is.
fn raisers(visitor: &Visitor, staff: &Staff, mechanism: &Mechanism) -> String {
    let (lang, directory) = (visitor.lang, visitor.site.app.directory());
    let own = staff.posts.iter().find_map(|p| Some(directory.body(p.body)?.region));
    let region = own.unwrap_or(visitor.site.app.settings().territory);
    let found = resolve(mechanism, &region, &Standing::default(), &*directory);
    let by = mechanism.action.get(RAISE).map_or(&[][..], |a| &a.by);
    let name = |id: &String| {
        let role = say(lang, &mechanism.role.get(id)?.name).to_owned();
        Some(match found.get(id) {
            Some(body) => {
                let body = body_name(&directory, *body);
                tf(lang, "desk.intake.closed.role", &[("role", &role), ("body", say(lang, &body.name))])
            }
            None => role,
        })
    };
    by.iter().filter(|id| *id != RAISER).filter_map(name).collect::<Vec<_>>().join(t(lang, "desk.list"))
}

/// The notice above the sheet.
pub fn notice(visitor: &Visitor, draft: &Draft, closed: &Closed) -> Markup {
    let lang = visitor.lang;
    let now = say(lang, &draft.chosen.mechanism.mechanism.name);
    outcome(
        Tone::Warn,
        &tf(lang, "desk.intake.closed.title", &[("name", &closed.name)]),
        &html! {
            p { (closed.why) }
            p { (tf(lang, "desk.intake.closed.instead", &[("name", now)])) " "
                a href="/desk/new" { (t(lang, "desk.intake.closed.all")) }
                @if let Some(portal) = &closed.portal { " · " a href=(portal) { (t(lang, "desk.intake.closed.portal")) } } }
        },
    )
}
