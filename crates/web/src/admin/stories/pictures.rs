//! What a step of a story looks like: the ring where the matter moved, who has reported in, how the vote stands, what was
//! drawn. The same shapes as on the page of a matter.

use crate::components::Tone;
use crate::components::ring::{Size, ring};
use crate::components::sketch::drawing;
use crate::components::tag::tag;
use crate::components::vote::votes;
use crate::desk::about::about;
use crate::desk::words::{moment, say};
use crate::i18n::{Lang, date_time, t};
use crate::words::draw;
use app::catalogue::{Scene, Story};
use app::played::{self, PartRow};
use kernel::ids::BodyId;
use kernel::text::Text;
use maud::{Markup, html};

/// The pictures of a step; nothing for one that changed nothing.
#[must_use]
pub fn pictures(lang: Lang, story: &Story, scene: &Scene, names: &dyn Fn(BodyId) -> Text) -> Markup {
    let entries = &scene.log.entries;
    let moved = entries.iter().any(|e| e.state.is_some());
    let counted = entries.iter().any(|e| !e.polls.is_empty());
    let parts = entries.iter().any(|e| !e.parts.is_empty());
    let label = |id: &str| story.mechanism.field.get(id).map_or(id, |f| say(lang, &f.label)).to_owned();
    html! {
        @for (id, sketch) in &scene.drawn { (drawing(lang, sketch, &label(id), None)) }
        @if parts { (table(lang, &played::parts(&story.mechanism, names, &scene.after))) }
        @if counted { (votes(lang, &played::votes(&story.mechanism, &scene.after, scene.log.at))) }
        @if moved { (reached(lang, story, scene)) }
    }
}

fn reached(lang: Lang, story: &Story, scene: &Scene) -> Markup {
    let (segment, heard) = played::reached(&story.mechanism, &scene.after);
    let late = scene.after.clocks.values().any(|c| c.expired);
    let state = story.mechanism.state.get(&scene.after.state).map(|s| about(lang, &s.name)).unwrap_or_default();
    html! { p.reached { (ring(lang, Size::S, draw(segment, heard.as_deref(), scene.after.ended.is_some(), late))) " " (state) } }
}

/// One table for each kind of part.
fn table(lang: Lang, rows: &[PartRow]) -> Markup {
    html! { @for rows in rows.chunk_by(|a, b| a.name == b.name) { table.tbl.parts data-cards {
        caption { (say(lang, &rows[0].name)) }
        thead { tr { th scope="col" { (t(lang, "desk.parts.body")) } th scope="col" { (t(lang, "desk.parts.state")) } th scope="col" { (t(lang, "desk.parts.due")) } } }
        tbody { @for row in rows { tr {
            th scope="row" { (say(lang, &row.body)) @if row.lead { " " (tag(Tone::Plain, t(lang, "desk.parts.leading"))) } }
            td data-l=(t(lang, "desk.parts.state")) { (about(lang, &row.state)) }
            td data-l=(t(lang, "desk.parts.due")) data-none[row.due.is_none()] { @if let Some(due) = row.due { (date_time(lang, moment(due))) } @else { "—" } }
        } } }
    } } }
}
