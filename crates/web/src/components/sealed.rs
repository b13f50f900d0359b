//! A sealed value: closed until somebody who may says why. Opening is a posted form, recorded, and shown to the person.

use super::{Hidden, hidden_fields};
use crate::i18n::{Lang, t, tf};
use maud::{Markup, html};

/// A sealed value as its viewer may have it.
#[derive(Clone, Debug)]
pub enum Sealed {
    /// Not yet opened; this viewer may. `who` says how many or which posts can.
    Closed { id: String, action: String, who: String, person: String, hidden: Hidden },
    /// Opened just now; the look is already recorded.
    Open { value: String, recorded: String },
    /// This viewer may not.
    Barred { who: String },
}

/// The sealed value.
#[must_use]
pub fn sealed(lang: Lang, state: &Sealed) -> Markup {
    let mark = html! { span.tag.seal { (t(lang, "sealed.mark")) } };
    match state {
        Sealed::Barred { who } => html! { div.sealed { (mark) small.quiet { (who) } } },
        Sealed::Open { value, recorded } => {
            html! { div.sealed { b.num { (value) } small.quiet role="status" { (recorded) } } }
        }
        Sealed::Closed { id, action, who, person, hidden } => html! {
            div.sealed { (mark) details { summary { (t(lang, "sealed.open")) }
                form method="post" action=(action) {
                    (hidden_fields(hidden))
                    p.quiet { (who) " " (tf(lang, "sealed.told", &[("person", person)])) }
                    label for=(id) { (t(lang, "sealed.why")) }
                    div.search { input.in id=(id) name="reason" required maxlength="200"; button.btn { (t(lang, "sealed.go")) } }
                }
            } }
        },
    }
}

/// Closed, open, barred.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    let who = t(lang, "sample.sealed.who").to_owned();
    let closed = Sealed::Closed {
        id: "s-seal".into(),
        action: "#".into(),
        who: who.clone(),
        person: t(lang, "sample.name.value").into(),
        hidden: vec![],
    };
    html! { div.stack { (sealed(lang, &closed))
    (sealed(lang, &Sealed::Open { value: "0570-000 0937".into(), recorded: t(lang, "sample.sealed.done").into() }))
    (sealed(lang, &Sealed::Barred { who })) } }
}
