//! Facts that need not be remembered while a mechanism is unrolled: whatever reads them is the condition of a form, and that
//! form asks for them itself. Remembered, each of them would multiply what is proved and change none of it.

use kernel::guard::Guard;
use kernel::mechanism::Mechanism;
use kernel::number::Value;

/// The places of such facts.
pub(super) fn facts<'a>(m: &Mechanism, names: impl Iterator<Item = &'a str>) -> Vec<usize> {
    names.enumerate().filter(|(_, name)| passes(m, name)).map(|(i, _)| i).collect()
}

fn passes(m: &Mechanism, name: &str) -> bool {
    let length = m.number.values().any(|n| matches!(&n.value, Value::By { field, .. } if field == name));
    let asked = m.action.values().any(|a| {
        let own = a.needs.iter().any(|f| f == name);
        a.when.as_ref().is_some_and(|g| reads(g, name)) || (!own && a.needs_when.values().any(|g| reads(g, name)))
    });
    !length && !asked
}

fn reads(guard: &Guard, name: &str) -> bool {
    let mut found = false;
    guard.visit(&mut |fact, _| found |= fact == name, &mut |_| {});
    found
}
