//! Where the matter stands that this one is about is anybody's guess at every step: as room under a cap, it is asked anew at
//! raising and whenever a state is entered in which a condition asks for it.

use super::number::{field, option};
use kernel::guard::Guard;
use kernel::mechanism::{Action, FieldKind, Mechanism, RAISE};
use kernel::personal::{STANDINGS, about_fact};
use std::collections::BTreeSet;

pub(super) fn lower(low: &mut Mechanism) {
    let Some(name) = low.about().map(str::to_owned) else { return };
    let fact = about_fact(&name);
    let asks = |a: &Action| {
        let mut hit = false;
        let mut note = |n: &str, _: Option<&BTreeSet<String>>| hit |= n == fact;
        a.when.iter().for_each(|g: &Guard| g.visit(&mut note, &mut |_| {}));
        hit
    };
    let asking: Vec<&Action> = low.action.values().filter(|a| asks(a)).collect();
    if asking.is_empty() {
        return;
    }
    let anytime = asking.iter().any(|a| a.anytime);
    let states: BTreeSet<String> = asking.iter().flat_map(|a| a.states.clone()).collect();
    for (id, action) in &mut low.action {
        if id == RAISE || action.to.as_ref().is_some_and(|t| anytime || states.contains(t)) {
            action.may.push(fact.clone());
        }
    }
    let options = STANDINGS.map(option).into();
    low.field.insert(fact, field(FieldKind::Choice, options));
}
