//! Lowering (化简): a mechanism in which every construct of the language is said with states, clocks, counters and facts
//! alone, so that the nine rules and the promise need to know nothing else. The kernel runs the real one.
//! One module for each construct; what they add has names that no pack can write, and `written` leads back from those.

mod child;
pub(crate) mod slots;

use kernel::mechanism::Mechanism;

/// The same mechanism in plain terms.
pub(crate) fn lower(m: &Mechanism) -> Mechanism {
    let mut low = m.clone();
    child::lower(m, &mut low);
    slots::lower(m, &mut low);
    low
}

/// The path in the pack of what a finding says about a lowered part.
pub(crate) fn written(path: String) -> String {
    match path.strip_prefix(child::ENDS) {
        Some(rest) => format!("child.{}", rest.split('.').next().unwrap_or(rest)),
        None => path,
    }
}
