//! The five words of the ring in a line, the present one marked. Goes beside or under a large ring.

use super::ring::{PHASES, Phase, Ring};
use crate::i18n::{Lang, t};
use maud::{Markup, html};

/// The words under the ring.
#[must_use]
pub fn steps(lang: Lang, ring: Ring) -> Markup {
    html! {
        ol.steps aria-label=(t(lang, "ring.steps")) {
            @for phase in PHASES {
                @let was = phase < ring.phase || (phase == ring.phase && phase == Phase::Heard);
                li.was[was] aria-current=[(phase == ring.phase && !ring.stopped).then_some("step")] {
                    (phase.label(lang)) @if was { span.vh { (t(lang, "ring.step_done")) } }
                }
            }
        }
    }
}

/// Begun and closed.
#[must_use]
pub fn samples(lang: Lang) -> Markup {
    html! { (steps(lang, Ring::at(Phase::Received))) (steps(lang, Ring::at(Phase::Working))) (steps(lang, Ring::at(Phase::Heard))) }
}
