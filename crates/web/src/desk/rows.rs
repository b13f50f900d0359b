//! Rows of work lists: a use case's row as the list component and the to-do list draw it, the verb first.

use super::about::about;
use super::words::{due_of, ring_of_item, say};
use crate::components::due::due;
use crate::components::ring::{Size, ring};
use crate::components::work_list::WorkRow;
use crate::i18n::{Lang, t, tf};
use crate::visitor::Visitor;
use app::lists::ItemView;
use kernel::mechanism::Mechanism;
use maud::{Markup, html};

/// In which list a row stands, for its verb.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum As {
    /// To be done.
    Mine,
    /// To be approved or not.
    Decide,
    /// Others did not do it in time.
    Escalated,
    /// Somebody else's turn.
    Others,
}

/// The page of a matter.
#[must_use]
pub fn href(item: &ItemView) -> String {
    format!("/desk/m/{}", item.number)
}

/// The title, or the number where the words may not be read.
#[must_use]
pub fn title(item: &ItemView) -> String {
    item.title.clone().unwrap_or_else(|| item.number.clone())
}

/// A row of the list.
#[must_use]
pub fn work_row(visitor: &Visitor, item: &ItemView) -> WorkRow {
    let lang = visitor.lang;
    let holder = item.holder.as_ref().map(|h| say(lang, &h.name).to_owned());
    let nobody = if item.ended_at.is_some() { "desk.holder.nobody" } else { "desk.holder.person" };
    WorkRow {
        href: href(item),
        ring: ring_of_item(item),
        title: title(item),
        number: item.number.clone(),
        mechanism: say(lang, &item.mechanism_name).to_owned(),
        region: say(lang, &item.place).to_owned(),
        holder: holder.unwrap_or_else(|| t(lang, nobody).to_owned()),
        next: Some(about(lang, &item.state_name)),
        due: due_of(lang, item, visitor.site.app.now()),
        select: None,
    }
}

/// A thing to do, its verb first.
#[must_use]
pub fn todo_row(visitor: &Visitor, item: &ItemView, lane: As) -> Markup {
    let lang = visitor.lang;
    let date = due_of(lang, item, visitor.site.app.now());
    let title = tf(lang, "desk.todo", &[("verb", &verb(visitor, item, lane)), ("title", &title(item))]);
    html! { li data-row {
        (ring(lang, Size::S, ring_of_item(item)))
        div { a.t href=(href(item)) { (title) }
            small { (say(lang, &item.place)) " · " (say(lang, &item.mechanism_name)) " · " span.num { (item.number) } } }
        div.end { (due(lang, &date)) }
    } }
}

/// A thing that somebody else is to do.
#[must_use]
pub fn waiting_row(visitor: &Visitor, item: &ItemView) -> Markup {
    let lang = visitor.lang;
    html! { li data-row { div { a.t href=(href(item)) { (tf(lang, "desk.todo", &[("verb", &verb(visitor, item, As::Others)), ("title", &title(item))])) }
    small { (about(lang, &item.state_name)) }
    (due(lang, &due_of(lang, item, visitor.site.app.now()))) } } }
}

fn verb(visitor: &Visitor, item: &ItemView, lane: As) -> String {
    let lang = visitor.lang;
    match lane {
        As::Decide => t(lang, "desk.verb.decide").to_owned(),
        As::Escalated => t(lang, "desk.verb.escalated").to_owned(),
        As::Others => {
            let holder = item.holder.as_ref().map(|h| say(lang, &h.name).to_owned());
            let holder = holder.unwrap_or_else(|| t(lang, "desk.holder.person").to_owned());
            tf(lang, "desk.verb.others", &[("holder", &holder)])
        }
        As::Mine => {
            let app = &visitor.site.app;
            let effective = app.catalogue().effective(&item.mechanism, &app.settings().territory);
            let owed = effective.map(|e| owed(&e.mechanism, &item.state, lang)).unwrap_or_default();
            if owed.is_empty() { t(lang, "desk.verb.mine").to_owned() } else { owed.join(t(lang, "desk.list")) }
        }
    }
}

/// What whoever holds a matter in this state owes: the clocks that his own actions here stop.
fn owed(mechanism: &Mechanism, state: &str, lang: Lang) -> Vec<String> {
    let Some(holder) = mechanism.state.get(state).and_then(|s| s.holder.as_ref()) else { return Vec::new() };
    let own = |id: &String| mechanism.action.get(id).is_some_and(|a| a.states.contains(state) && a.by.contains(holder));
    let owed = mechanism.clock.values().filter(|c| c.owed_by.as_ref() == Some(holder) && c.to.iter().any(own));
    owed.map(|c| about(lang, &c.label)).take(2).collect()
}
