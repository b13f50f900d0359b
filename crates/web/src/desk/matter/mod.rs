//! The page of a matter: the file left, clocks and facts right, at the foot what can be done now. Sealed values are shown
//! once, in the answer to opening them, and never stand in an address.

mod acts;
mod clocks;
mod doing;
mod kin;
mod late;
mod papers;
mod parts;
mod preview;
mod side;
mod thread;
mod voiding;

pub use acts::{ordered, picker};
pub use doing::{act, back_from, open};
pub use kin::link;
pub use papers::{docx, file, letter};
pub use voiding::void;

use super::about::about;
use super::form::Filling;
use super::frame::{hints, page as framed};
use super::words::{ring_of, say};
use crate::components::breadcrumb::Crumb;
use crate::components::notice::{notice, outcome};
use crate::components::ring::{Size, ring};
use crate::components::thread::{thread as thread_view, thread_legend};
use crate::components::{Link, Tone};
use crate::error::WebError;
use crate::i18n::{t, tf};
use crate::layout::PageHead;
use crate::visitor::Visitor;
use app::access::Access;
use app::view::MatterView;
use axum::extract::{Path, Query};
use axum::response::Redirect;
use kernel::ids::MatterId;
use kernel::mechanism::Mechanism;
use maud::{Markup, html};
use serde::Deserialize;
use std::sync::Arc;

/// What stands on the page beside the matter itself.
#[derive(Default)]
pub struct Beside {
    /// An action that was refused, with what was typed.
    pub back: Option<Refused>,
    /// A sealed value that was opened just now: entry, field, value.
    pub opened: Option<(u32, String, String)>,
    /// What was done just now: the action, and the entries after which its own begin.
    pub did: Option<(String, u32)>,
    /// Said at the head of the page.
    pub alert: Option<String>,
    /// What came of the others that were to be answered alike.
    pub also: Option<Markup>,
}

/// An action that was refused, or whose form comes back to be looked at.
#[derive(Default)]
pub struct Refused {
    /// Which.
    pub action: String,
    /// On which part.
    pub part: Option<String>,
    /// What was typed, with what is wrong.
    pub filling: Filling,
    /// The rule and what is possible, in sentences.
    pub words: Vec<String>,
    /// The clause.
    pub clause: Option<String>,
    /// What came with the form and is to be looked at before it counts: heading and words.
    pub look: Option<(String, String)>,
}

/// What was done just now, in the address after a redirect.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Did {
    did: Option<String>,
    from: Option<u32>,
}

/// The page.
pub async fn page(visitor: Visitor, Path(number): Path<String>, Query(did): Query<Did>) -> Result<Markup, WebError> {
    let (_, view) = read(&visitor, &number).await?;
    let beside = Beside { did: did.did.zip(did.from), ..Beside::default() };
    render(&visitor, &view, &beside).await
}

/// The address of the form for declaring a letter void leads back to the letter.
pub async fn back_to_letter(Path((number, seq)): Path<(String, u32)>) -> Redirect {
    Redirect::to(&format!("/desk/m/{number}/letter/{seq}"))
}

/// An address that only takes what is posted leads back to the matter.
pub async fn back(Path(number): Path<String>) -> Redirect {
    Redirect::to(&format!("/desk/m/{number}"))
}

/// The matter as whoever signed in may see it.
async fn read(visitor: &Visitor, number: &str) -> Result<(MatterId, MatterView), WebError> {
    visitor.staff()?;
    let id = visitor.site.app.by_number(number).await.map_err(visitor.fails())?;
    let view = visitor.site.app.view(&visitor.viewer(), id).await.map_err(visitor.fails())?;
    Ok((id, view))
}

/// The mechanism as it is in force where the matter is; its words are those of the matter's own version unless it changed.
#[must_use]
pub fn mechanism_of(visitor: &Visitor, view: &MatterView) -> Option<Arc<Mechanism>> {
    let region = view.region.parse().ok()?;
    visitor.site.app.catalogue().effective(&view.mechanism, &region).map(|e| e.mechanism)
}

/// The whole page.
///
/// # Errors
/// The store.
pub async fn render(visitor: &Visitor, view: &MatterView, beside: &Beside) -> Result<Markup, WebError> {
    let lang = visitor.lang;
    let mechanism = mechanism_of(visitor, view);
    let mut picker = acts::picker(visitor, view, mechanism.as_deref(), beside.back.as_ref());
    kin::offer_also(visitor, view, &mut picker).await?;
    let others = kin::beside(visitor, view.id, view).await?;
    let title = view.title.clone().unwrap_or_else(|| say(lang, &view.mechanism_name).to_owned());
    let head = PageHead {
        crumbs: vec![
            Crumb::link(Link::new("/desk/inbox", t(lang, "desk.nav.inbox"))),
            Crumb::link(Link::new(rules(visitor, view), say(lang, &view.mechanism_name))),
            Crumb::text(&view.number),
        ],
        draft_sent: done(visitor, view, beside).map(|(action, _)| format!("/desk/m/{}/do/{action}", view.number)),
        ..visitor.head(title)
    };
    let body = html! {
        (heads(visitor, view, beside))
        div.two {
            div.main { (crate::desk::vote::section(visitor, view, mechanism.as_deref())) (side::counted(visitor, view)) (parts::tables(visitor, view, mechanism.as_deref(), beside.back.as_ref())) section.sec {
                header { h2 { (t(lang, "desk.matter.file")) } (thread_legend(lang)) }
                (thread_view(lang, &thread::entries(visitor, view), false))
            } }
            div.side { (side::side(visitor, view, mechanism.as_deref(), beside)) (others) }
        }
        (late::section(visitor, view, beside.back.as_ref()))
        (crate::components::action_picker::action_picker(lang, &picker))
    };
    let keys = if picker.acts.is_empty() {
        html! {}
    } else {
        hints(lang, &[("A", "keys.act"), ("1–9", "keys.choose"), ("?", "keys.title")])
    };
    framed(visitor, head, "", &keys, &body).await
}

/// Where the rules of this kind of matter can be read: with states and checks by whoever sees the administration.
fn rules(visitor: &Visitor, view: &MatterView) -> String {
    let admits = visitor.staff().is_ok_and(crate::admin::admits);
    let pages = if admits { "/admin/mechanisms" } else { "/open/mechanisms" };
    format!("{pages}/{}?region={}", view.mechanism, view.region)
}

/// What has to be said before the file: what was done, what was refused, where it stands.
fn heads(visitor: &Visitor, view: &MatterView, beside: &Beside) -> Markup {
    let lang = visitor.lang;
    let said = done(visitor, view, beside);
    html! {
        @if let Some(alert) = &beside.alert { (outcome(Tone::Warn, alert, &html! {})) }
        @if let Some(also) = &beside.also { (also) }
        @if let Some(back) = beside.back.as_ref().filter(|b| !b.words.is_empty() || !b.filling.errors.is_empty()) { (refused(visitor, view, back)) }
        @if let Some((_, lines)) = &said { (outcome(Tone::Done, t(lang, "desk.matter.done"), &html! { ul { @for line in lines { li { (line) } } } })) }
        @if view.access == Access::Audit { (notice(Tone::Plain, t(lang, "desk.matter.audit"), &html! { p { (t(lang, "desk.matter.audit_text")) } })) }
        div.sheet.state-now {
            (ring(lang, Size::M, ring_of(view)))
            div { p { b { (about(lang, &view.state_name)) } } p.quiet { (holder(visitor, view)) } }
            @if !view.actions.is_empty() { a.btn.to-act href="#act" { (tf(lang, "desk.act.title", &[("n", &view.actions.len().to_string())])) } }
        }
    }
}

fn holder(visitor: &Visitor, view: &MatterView) -> String {
    let lang = visitor.lang;
    match (&view.holder, view.yours) {
        (Some(body), _) => tf(lang, "desk.matter.holder", &[("body", say(lang, &body.name))]),
        (None, true) => t(lang, "desk.matter.holder_person").to_owned(),
        (None, false) => t(lang, "desk.matter.holder_nobody").to_owned(),
    }
}

/// What the entries since then say, if they say anything.
fn done(visitor: &Visitor, view: &MatterView, beside: &Beside) -> Option<(String, Vec<String>)> {
    let (action, from) = beside.did.as_ref()?;
    let entries = view.entries.iter().filter(|e| e.seq > *from);
    let lines: Vec<String> = entries.map(|e| thread::sentence(visitor, view, e)).collect();
    (!lines.is_empty()).then(|| (action.clone(), lines))
}

fn refused(visitor: &Visitor, view: &MatterView, back: &Refused) -> Markup {
    let lang = visitor.lang;
    let gone = !view.actions.iter().any(|a| a.name == back.action);
    let typed = back.filling.typed();
    outcome(
        Tone::Warn,
        t(lang, "desk.matter.refused"),
        &html! {
            @for line in &back.words { p { (line) } }
            @if let Some(clause) = &back.clause { p.clause { (clause) } }
            @if gone && !typed.is_empty() {
                div.field { label for="kept" { (t(lang, "error.kept.label")) } textarea.in #kept readonly rows="4" { (typed) } }
            }
        },
    )
}
