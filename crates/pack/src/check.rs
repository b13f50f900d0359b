//! The proof of a mechanism: names first, then nine rules on the unrolled configuration graph (docs: mechanisms).
//! It reads nothing and prints nothing; what it cannot prove it refuses with a finding.
//!
//! What is proved is about every run, kept or not: expiries change no state, so a clock that runs is taken as one that
//! may have expired. Not proved here: that the directory has a body for each role (the start of an installation asks).

mod answered;
mod bounded;
mod clause;
mod climb;
mod compare;
mod escalates;
mod eyes;
mod figures;
mod forms;
mod guards;
mod invites;
mod kept;
pub mod keys;
mod kin;
mod linked;
pub(crate) mod lower;
pub(crate) mod model;
mod names;
mod offers;
mod overlay;
mod parts;
mod passing;
mod personal;
mod reach;
mod regular;
mod repeats;
pub(crate) mod roles;
mod said;
mod serve;
mod serve_told;
mod shielded;
mod slots;
mod stricter;
mod tallies;
pub(crate) mod told;
pub(crate) mod unroll;
mod unused;
mod votes;
mod windows;
mod wiring;

use crate::finding::{Finding, Rule};
use kernel::mechanism::Mechanism;
use kernel::text::Text;
pub(crate) use kin::unknown;
pub(crate) use lower::slots::gives;
use model::{Model, has_optional};
use unroll::{MOST, Unrolled};

/// Checks a mechanism; with a base, also that the overlay takes nothing away from it. Empty means proved.
#[must_use]
pub fn check(mechanism: &Mechanism, base: Option<&Mechanism>) -> Vec<Finding> {
    let mut found = until(mechanism, base, |_| false);
    if let Some(base) = base {
        clause::cite(&mut found, base);
    }
    // What nothing uses takes no proof away, so it comes last and stops none.
    found.extend(unused::check(mechanism));
    once(found)
}

/// Whether the proof fails by one of these rules; what is merely unused is not asked. It stops at the first: thousands of mutants are judged by it.
#[must_use]
pub fn refused_by(mechanism: &Mechanism, base: Option<&Mechanism>, rules: &[Rule]) -> bool {
    let hit = |found: &[Finding]| found.iter().any(|f| rules.contains(&f.rule));
    hit(&until(mechanism, base, hit))
}

/// The stages of the proof, the cheap ones first, until one of them gave enough.
fn until(mechanism: &Mechanism, base: Option<&Mechanism>, enough: impl Fn(&[Finding]) -> bool) -> Vec<Finding> {
    let mut found = static_rules(mechanism, base);
    if found.iter().any(|f| f.rule == Rule::Sound) || enough(&found) {
        return once(found);
    }
    let lowered = lower::lower(mechanism, lower::RULES);
    let whole = Unrolled::new(Model::new(&lowered, false));
    found.extend(graph_rules(&whole, true));
    found.extend(parts::proved(mechanism, &whole));
    found.extend(tallies::check(&whole));
    if !enough(&found) && has_optional(&lowered) {
        // A region that leaves the optional routes out must be safe as well.
        found.extend(graph_rules(&Unrolled::new(Model::new(&lowered, true)), false));
    }
    if !enough(&found)
        && let Some(rest) = roles::without(&lowered)
    {
        found.extend(graph_rules(&Unrolled::new(Model::new(&rest, false)), false));
    }
    if found.is_empty() {
        // The promise is reckoned with other stand-ins where the lowering made some.
        let alone = matches!(lowered, std::borrow::Cow::Owned(_));
        let again = |m: &Mechanism| Unrolled::new(Model::new(&lower::lower(m, lower::PROMISE), false));
        let base = base.map(|b| lower::lower(b, lower::PROMISE));
        found.extend(crate::promise::finite(if alone { again(mechanism) } else { whole }, base.as_deref()));
    }
    once(lower::plainly(found))
}

/// What is seen without unrolling.
fn static_rules(mechanism: &Mechanism, base: Option<&Mechanism>) -> Vec<Finding> {
    let mut found = names::check(mechanism, base.is_some());
    found.extend(roles::check(mechanism));
    found.extend(guards::check(mechanism));
    found.extend(wiring::check(mechanism));
    found.extend(kin::check(mechanism));
    found.extend(personal::check(mechanism));
    found.extend(figures::check(mechanism));
    found.extend(votes::check(mechanism));
    found.extend(escalates::named(mechanism));
    found.extend(shielded::check(mechanism));
    found.extend(parts::check(mechanism));
    found.extend(serve::check(mechanism));
    found.extend(serve_told::check(mechanism));
    found.extend(windows::check(mechanism));
    if let Some(base) = base {
        found.extend(guards::overlay(mechanism, base));
        found.extend(loosening(mechanism, base));
    }
    found
}

/// What a mechanism takes away from a base, with the clause on which each part of the base rests: rule 9 without the promise,
/// which needs the graph. Nothing else is judged.
#[must_use]
pub fn loosened(mechanism: &Mechanism, base: &Mechanism) -> Vec<Finding> {
    let mut found = once(loosening(mechanism, base));
    clause::cite(&mut found, base);
    found
}

fn loosening(mechanism: &Mechanism, base: &Mechanism) -> Vec<Finding> {
    let rules = [
        overlay::check,
        eyes::check,
        windows::overlay,
        offers::overlay,
        votes::overlay,
        personal::overlay,
        kept::overlay,
        climb::overlay,
        stricter::overlay,
        regular::overlay,
        forms::overlay,
    ];
    rules.iter().flat_map(|rule| rule(mechanism, base)).collect()
}

fn graph_rules(u: &Unrolled, all_routes: bool) -> Vec<Finding> {
    if u.overflow {
        let message = Text::new(
            format!("情形太多（超过 {MOST} 种），没法逐一证明"),
            format!("more than {MOST} configurations: they cannot be proved one by one"),
        );
        let help = Text::new(
            "减少互相独立的计数和条件，或者拆成两个机制",
            "use fewer independent counters and conditions, or make two mechanisms of it",
        );
        return vec![Finding { rule: Rule::Bounded, path: "mechanism".into(), chain: Vec::new(), message, help }];
    }
    let mut found = reach::check(u, all_routes);
    found.extend(answered::check(u));
    found.extend(bounded::check(u));
    found.extend(escalates::check(u));
    found
}

/// The first finding of each rule and place; it has the shortest path.
fn once(found: Vec<Finding>) -> Vec<Finding> {
    let mut out: Vec<Finding> = Vec::new();
    for mut f in found {
        f.path = lower::written(f.path);
        if !out.iter().any(|o| o.rule == f.rule && o.path == f.path && o.message == f.message) {
            out.push(f);
        }
    }
    out.sort_by_key(|f| f.rule);
    out
}

/// Collects findings of one rule.
pub(crate) struct Findings {
    rule: Rule,
    pub list: Vec<Finding>,
}

impl Findings {
    pub fn of(rule: Rule) -> Findings {
        Findings { rule, list: Vec::new() }
    }

    /// Words come as (中文, English).
    pub fn add(&mut self, path: impl Into<String>, chain: Vec<String>, says: (String, String), help: (&str, &str)) {
        let path = path.into();
        if self.list.iter().any(|f| f.path == path && f.message.en == says.1) {
            return;
        }
        let (message, help) = (Text::new(says.0, says.1), Text::new(help.0, help.1));
        self.list.push(Finding { rule: self.rule, path, chain, message, help });
    }
}
