//! Lowering: a mechanism with every construct becomes one of states, actions, clocks, counters and facts, which the nine
//! rules and the promise can prove. The kernel runs the real one. One module for each construct; each may be done twice.

pub(crate) mod number;
mod vote;

use kernel::mechanism::Mechanism;

/// The mechanism as the model sees it.
#[must_use]
pub fn lower(mechanism: &Mechanism) -> Mechanism {
    let mut m = facts(mechanism);
    number::numbers(&mut m);
    m
}

/// The mechanism with a field for every fact that some construct gives: columns of rows, results of votes.
#[must_use]
pub fn facts(mechanism: &Mechanism) -> Mechanism {
    let mut m = mechanism.clone();
    number::rows(&mut m);
    vote::votes(&mut m);
    m
}
