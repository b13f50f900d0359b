//! After registering: the number and both codes to read out, the promise, and the next step at once. Printed it is the same
//! receipt that whoever sends by herself gets: QR, dates and the signed text.

use crate::components::Link;
use crate::components::Tone;
use crate::components::action_picker::{ActionPicker, action_picker};
use crate::components::notice::{notice, outcome};
use crate::components::receipt::{Receipt, notes, proof, receipt};
use crate::desk::frame::{hints, page as framed};
use crate::desk::matter::{mechanism_of, ordered, picker};
use crate::error::WebError;
use crate::i18n::{date_long, t, tf};
use crate::layout::PageHead;
use crate::portal::matter::now::signed;
use crate::visitor::Visitor;
use app::raise::Raised;
use app::view::MatterView;
use app::viewer::{Shown, Viewer};
use kernel::mechanism::Door;
use maud::{Markup, PreEscaped, html};

/// The page. The codes stand in this answer only.
///
/// # Errors
/// The store.
pub async fn page(visitor: &Visitor, raised: &Raised) -> Result<Markup, WebError> {
    let lang = visitor.lang;
    let view = visitor.site.app.view(&visitor.viewer(), raised.id).await.map_err(visitor.fails())?;
    // The long code stands in this very answer; whoever has it gets the receipt.
    let hers = Viewer::Code(raised.id, Shown::Long);
    let own = visitor.site.app.own_receipt(&hers, raised.id).await.map_err(visitor.fails())?;
    let href = format!("/desk/m/{}", raised.number);
    let notes = notes(lang, &own, view.raised_at, [view.due_by, view.promised_by]);
    let aloud = notes.clone();
    let codes = Receipt {
        notes,
        number: raised.number.clone(),
        query_code: raised.query_code.clone(),
        long_code: raised.long_code.clone(),
        follow_href: href.clone(),
        qr: Some(PreEscaped(own.qr)),
        fingerprint: Some(own.fingerprint),
        logged: Some(t(lang, "desk.intake.logged").to_owned()),
        ..Receipt::default()
    };
    let door = mechanism_of(visitor, &view).map(|m| m.mechanism.door);
    // What a body raises itself is read out to nobody.
    let ours = door == Some(Door::Staff) && !raised.apart;
    let next = if ours { "/desk/new" } else { "/desk/intake" };
    let done = if raised.again { "desk.intake.again" } else { "desk.intake.done" };
    let body = html! {
        (outcome(Tone::Done, &tf(lang, done, &[("number", &raised.number)]), &html! {}))
        @if raised.apart { (notice(Tone::Due, t(lang, "desk.intake.apart"), &html! {})) }
        div.two {
            @if ours {
                div.main { p { a.btn data-kind="go" href=(href) { (t(lang, "desk.intake.open")) } }
                    details { summary { (t(lang, "desk.intake.codes")) } (receipt(lang, &codes)) (proof(lang, &codes)) (signed(visitor, &own.receipt)) } }
            } @else { div.main { (receipt(lang, &codes)) (proof(lang, &codes)) (signed(visitor, &own.receipt)) } }
            div.side { section.sec { header.no-print { h2 { (t(lang, if ours { "desk.intake.read_own" } else { "desk.intake.read" })) } } (spoken(visitor, &view, ours)) @for note in &aloud { p.voice.no-print { (note) } } }
                p.no-print { a.btn href=(next) { (t(lang, if ours { "desk.intake.next_own" } else { "desk.intake.next" })) } } }
        }
        (action_picker(lang, &first_step(visitor, &view)))
    };
    let head = PageHead {
        draft_sent: Some("/desk/intake".into()),
        crumbs: vec![crate::components::breadcrumb::Crumb::link(Link::new("/desk/intake", t(lang, "desk.nav.intake")))],
        ..visitor.head(tf(lang, "desk.intake.done", &[("number", &raised.number)]))
    };
    framed(visitor, head, "/desk/intake", &hints(lang, &[("A", "keys.act"), ("Ctrl Enter", "keys.send")]), &body).await
}

fn spoken(visitor: &Visitor, view: &MatterView, ours: bool) -> Markup {
    let lang = visitor.lang;
    let promise = if ours { "desk.intake.promise_own" } else { "desk.intake.promise" };
    html! {
        @if !ours { p.voice { (tf(lang, "desk.intake.spoken", &[("number", &view.number)])) } }
        @if let (Some(due), Some(latest)) = (view.due_by, view.promised_by) {
            p.voice { (tf(lang, promise, &[("due", &date_long(lang, due.date())), ("latest", &date_long(lang, latest.date()))])) }
        }
    }
}

/// What hands the matter on comes first and stands open: whoever answers the telephone has one thing left to do.
fn first_step(visitor: &Visitor, view: &MatterView) -> ActionPicker {
    let mechanism = mechanism_of(visitor, view);
    let first = ordered(view, mechanism.as_deref()).first().and_then(|a| mechanism.as_ref()?.action.get(&a.name));
    let open = first.is_some_and(|a| a.assign.is_some()).then_some(0);
    let all = picker(visitor, view, mechanism.as_deref(), None);
    ActionPicker { open, title: t(visitor.lang, "desk.intake.step").to_owned(), ..all }
}
