//! The conditions of which a condition is made, and which of them do not hold. What they mean to people is `words`'.

use super::{Facts, Guard};

impl Guard {
    /// The smallest conditions that all have to hold: of `a and not (b or c)` those are `a`, `not (b)` and `not (c)`.
    #[must_use]
    pub fn conjuncts(&self) -> Vec<Guard> {
        let mut out = Vec::new();
        self.split(true, &mut out);
        out
    }

    /// Those of them that do not hold; none where all of it does.
    #[must_use]
    pub fn unmet(&self, f: &Facts<'_>) -> Vec<Guard> {
        let mut all = self.conjuncts();
        all.retain(|g| !g.holds(f));
        all
    }

    fn split(&self, wanted: bool, out: &mut Vec<Guard>) {
        match (self, wanted) {
            (Guard::And(gs), true) | (Guard::Or(gs), false) => gs.iter().for_each(|g| g.split(wanted, out)),
            (Guard::Not(g), _) => g.split(!wanted, out),
            (_, true) => out.push(self.clone()),
            (_, false) => out.push(Guard::Not(Box::new(self.clone()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Coded;
    use std::collections::BTreeMap;

    #[test]
    fn what_does_not_hold_is_told_apart_from_what_does() {
        let facts: BTreeMap<String, Coded> =
            [("a", "x"), ("b", "y")].map(|(k, v)| (k.to_owned(), Coded::Code(v.into()))).into();
        let facts = Facts { facts: &facts, counts: &BTreeMap::new(), parts: &crate::part::NO_PARTS };
        let unmet = |text: &str| {
            let guard: Guard = text.parse().expect("reads");
            let unmet = guard.unmet(&facts);
            assert_eq!(unmet.is_empty(), guard.holds(&facts), "{text}: it holds where nothing is unmet");
            unmet.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        assert_eq!(unmet("a = x and b = z and c is set"), ["b = z", "c is set"]);
        assert_eq!(unmet("not (a = x or c = d or b = y)"), ["not (a = x)", "not (b = y)"]);
        assert_eq!(unmet("not (not (a = z and b = y))"), ["a = z"]);
        assert_eq!(unmet("a = z or b = z"), ["a = z or b = z"], "alternatives stay together");
        assert_eq!(unmet("not (a = x and b = y)"), ["not (a = x and b = y)"]);
        assert!(unmet("a = x and (b = z or a in [x, z])").is_empty());
    }
}
