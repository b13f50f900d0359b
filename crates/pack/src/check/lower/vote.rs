//! A vote becomes a choice of three results that the closing action gives, whoever closes it and whatever was chosen.

use kernel::ids::Class;
use kernel::mechanism::{Choice, FieldKind, Mechanism, OUTCOMES};

pub(super) fn votes(m: &mut Mechanism) {
    for (id, vote) in m.vote.clone() {
        if m.field.contains_key(&id) {
            continue;
        }
        let of = OUTCOMES.map(super::number::option).to_vec();
        m.field.insert(id.clone(), super::number::field(FieldKind::Choice, of));
        if let Some(action) = m.action.get_mut(&vote.closed_by) {
            action.needs.push(id);
        }
    }
}

/// What a field of the model is: coded, and nothing else said of it.
pub(super) fn plain(kind: FieldKind, of: Vec<Choice>) -> kernel::mechanism::Field {
    kernel::mechanism::Field {
        label: kernel::text::Text::default(),
        hint: None,
        kind,
        class: Class::Coded,
        of,
        max: None,
        function: None,
        set: None,
        proposes: None,
        within: None,
        shield: false,
        withhold: false,
        outside: None,
        ahead: false,
        after: None,
        past: false,
        among: None,
        hidden_until_end_from: Vec::new(),
        takes: None,
        running: None,
        about: false,
        link: None,
        source: None,
    }
}
