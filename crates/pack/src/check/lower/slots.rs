//! Places: an action that gives one is done by whoever takes it, in another matter, at any time it is possible.

use kernel::mechanism::{CLOCK, Mechanism};

pub(super) fn lower(m: &Mechanism, low: &mut Mechanism) {
    if m.slots.is_none() {
        return;
    }
    for (id, action) in &mut low.action {
        if gives(m, id) {
            action.by = vec!["whoever takes a place".into()];
        }
    }
}

/// Whether an action gives a place: the clock does it, and neither a silence nor the end of a child sets it off.
pub(crate) fn gives(m: &Mechanism, id: &str) -> bool {
    let silence = m.clock.values().any(|c| c.silence.as_ref().is_some_and(|s| s.then.as_deref() == Some(id)));
    let child = m.child.values().any(|c| c.ended.as_deref() == Some(id));
    let child = child || crate::check::told::is_told(m, id);
    let by_clock = m.action.get(id).is_some_and(|a| a.by == [CLOCK]);
    m.slots.is_some() && by_clock && !silence && !child && id != kernel::mechanism::RAISE
}
