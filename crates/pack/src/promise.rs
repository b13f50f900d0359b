//! The promise: the longest kept run of a mechanism, to the first substantive answer and to the end of the file, as dates
//! for a start and as a number of days over all starts (rule 8).
//!
//! A run is *kept* when nobody lets a clock that he owes expire. Deadlines are absolute and those of later clocks grow with
//! their start, so waiting as long as the tightest clock allows is never worse; the search looks at nothing else. Where an
//! action lets other clocks stand still, the day on which it does so may decide how much is given back; on the way to
//! such a step every day is tried. A test compares all this with plain enumeration.
//! It does not know bodies or the directory, and it never reads today's date.

mod bound;
mod explain;
mod front;
mod memory;
mod merge;
mod quick;
mod run;
mod scan;
mod search;
mod summary;

pub use explain::{explain, explain_path};
pub use summary::{PromiseSummary, Term, Worst, promise_days};

use crate::check::lower::{PROMISE, lower, real};
use crate::check::model::{Model, has_optional};
use crate::check::unroll::Unrolled;
use crate::finding::{Finding, Rule};
use kernel::calendar::Calendar;
use kernel::form::Coded;
use kernel::mechanism::Mechanism;
use kernel::number::Value;
use kernel::text::Text;
use kernel::time::{Date, Length, Timestamp};
use run::Lengths;
use scan::longest;
use search::{Aim, Longest};
use std::collections::BTreeMap;

/// What can be promised to a matter that is raised at a moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Promise {
    /// The first answer at the latest on the ordinary way: nothing counted (returned, reopened), nothing extended.
    pub due_by: Timestamp,
    /// The first answer at the latest that the rules allow. What the raiser herself takes is not in it.
    pub promised_by: Timestamp,
    /// One of the dates rests on a year without a published notice.
    pub provisional: bool,
    /// `promised_by` or `final_end` is a bound: no kept run of the rules is longer, the worked one is shorter.
    pub at_most: bool,
    /// How `promised_by` comes about.
    pub path: Vec<PathStep>,
    /// How `due_by` comes about.
    pub due_path: Vec<PathStep>,
    /// The end of the file at the latest, with every appeal and every window of the raiser.
    pub final_end: Timestamp,
    /// How that comes about.
    pub final_path: Vec<PathStep>,
}

/// One step of a worked path.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PathStep {
    /// The action; none where a window only closes.
    pub action: Option<String>,
    /// The window whose silence it is.
    pub silence: Option<String>,
    /// The state after it.
    pub state: String,
    /// When it is done at the latest.
    pub at: Timestamp,
    /// The clock that had to be kept; none where nothing was waited for.
    pub waited: Option<Waited>,
}

/// A clock that was used to the last moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Waited {
    /// Which.
    pub clock: String,
    /// When it started.
    pub since: Timestamp,
    /// Its length with the number that it comes from, then the prolongations.
    pub lengths: Vec<(String, Length)>,
    /// The clocks for which it stood still.
    pub stood: Vec<String>,
}

/// A mechanism made ready for many questions: build it once, ask for each start.
#[derive(Debug)]
pub struct Plan {
    u: Unrolled,
    lengths: Lengths,
    /// The numbers that no region has given yet.
    missing: Vec<String>,
    live: [Vec<bool>; 3],
    merged: [merge::Merged; 3],
    quick: [quick::Quick; 3],
    /// Whether the search for each aim finds the longest run itself; elsewhere a bound that is never too early counts.
    exact: [bool; 3],
}

impl Plan {
    /// Makes a mechanism ready that `check` accepts. Optional routes without their numbers are left out.
    #[must_use]
    pub fn new(mechanism: &Mechanism) -> Plan {
        let mechanism = &*lower(mechanism, PROMISE);
        Plan::of(Unrolled::new(Model::new(mechanism, has_optional(mechanism))), mechanism)
    }

    fn of(u: Unrolled, mechanism: &Mechanism) -> Plan {
        let model = &u.model.mechanism;
        let gone = |id: &String| model.number.get(id).is_some_and(|n| !n.value.is_missing());
        let missing = mechanism.number.iter().filter(|(id, n)| n.value.is_missing() && gone(id) && used(mechanism, id));
        let missing = missing.map(|(id, _)| id.clone()).collect();
        let lengths = Lengths::new(&u.model);
        let live = Aim::ALL.map(|aim| search::live(&u, aim));
        let merged = Aim::ALL.map(|aim| merge::Merged::new(&u, aim, &live[aim as usize]));
        let quick = Aim::ALL
            .map(|aim| quick::Quick::new(&u, &lengths, aim, &merged[aim as usize], &search::sensitive(&u, aim)));
        let exact = Aim::ALL.map(|aim| quick[aim as usize].is_exact());
        Plan { u, lengths, missing, live, merged, quick, exact }
    }

    /// The numbers that a region has still to give before the mechanism can be offered.
    #[must_use]
    pub fn missing(&self) -> &[String] {
        &self.missing
    }

    /// How many configurations the mechanism has: a measure of its size.
    #[must_use]
    pub fn size(&self) -> usize {
        self.u.nodes.len()
    }

    /// How many of them the search for each aim has to tell apart.
    #[must_use]
    pub fn merged_sizes(&self) -> [usize; 3] {
        let size = |m: &merge::Merged| m.stands.iter().enumerate().filter(|(n, s)| **s as usize == *n).count();
        [size(&self.merged[0]), size(&self.merged[1]), size(&self.merged[2])]
    }

    /// The promise for a matter raised at `start` with these facts; none while numbers are missing or nothing bounds it.
    #[must_use]
    pub fn at(&self, calendar: &Calendar, start: Timestamp, facts: &BTreeMap<String, Coded>) -> Option<Promise> {
        if self.missing.is_empty() { self.reckon(calendar, start, facts) } else { None }
    }

    /// Only the two dates of the first answer of [`Plan::at`], and whether one is provisional: `due_by`, `promised_by`.
    /// The way to the end of the file is much the longest to search, and whoever raises a matter does not ask for it.
    #[must_use]
    pub fn answer(
        &self,
        calendar: &Calendar,
        start: Timestamp,
        facts: &BTreeMap<String, Coded>,
    ) -> Option<(Timestamp, Timestamp, bool)> {
        if !self.missing.is_empty() {
            return None;
        }
        let (ordinary, latest) = self.first_answer(calendar, start, &self.first(facts))?;
        Some((ordinary.end, latest.end, latest.provisional || ordinary.provisional))
    }

    /// The first answer on the ordinary way and at the latest.
    fn first_answer(&self, calendar: &Calendar, start: Timestamp, first: &[usize]) -> Option<(Longest, Longest)> {
        let worst = |aim: Aim| longest(self, calendar, aim, first, start);
        let latest = worst(Aim::Answer)?;
        Some((worst(Aim::Ordinary).unwrap_or_else(|| latest.clone()), latest))
    }

    fn reckon(&self, calendar: &Calendar, start: Timestamp, facts: &BTreeMap<String, Coded>) -> Option<Promise> {
        let first = self.first(facts);
        let (ordinary, latest) = self.first_answer(calendar, start, &first)?;
        let mut last = longest(self, calendar, Aim::End, &first, start)?;
        let (mut ordinary, mut latest) = (ordinary, latest);
        [&mut ordinary, &mut latest, &mut last].into_iter().for_each(|l| l.path.iter_mut().for_each(as_written));
        Some(Promise {
            due_by: ordinary.end,
            promised_by: latest.end,
            provisional: latest.provisional || ordinary.provisional,
            at_most: latest.at_most || last.at_most,
            path: latest.path,
            due_path: ordinary.path,
            final_end: last.end,
            final_path: last.path,
        })
    }

    /// The configurations after raising that agree with the facts.
    fn first(&self, facts: &BTreeMap<String, Coded>) -> Vec<usize> {
        let mut first = self.u.first.clone();
        for (name, value) in facts {
            let Some((i, class)) = self.u.model.fact_value(name, &value.as_code()) else {
                continue;
            };
            let fits = |n: &usize| self.u.nodes[*n].facts[i] == class;
            if first.iter().any(fits) {
                first.retain(fits);
            }
        }
        first
    }
}

/// A step in the names of the file, not of its lowering.
fn as_written(step: &mut PathStep) {
    for id in [&mut step.action, &mut step.silence].into_iter().flatten() {
        *id = real(id).to_owned();
    }
    if let Some(waited) = &mut step.waited {
        waited.clock = real(&waited.clock).to_owned();
        waited.stood.iter_mut().for_each(|c| *c = real(c).to_owned());
    }
}

fn used(m: &Mechanism, number: &str) -> bool {
    m.clock.values().any(|c| c.length == number)
        || m.action.values().any(|a| a.extends.as_ref().is_some_and(|e| e.by == number))
}

/// The promise for one start. Callers with many starts keep a [`Plan`].
#[must_use]
pub fn promise_at(
    mechanism: &Mechanism,
    calendar: &Calendar,
    start: Timestamp,
    facts: &BTreeMap<String, Coded>,
) -> Option<Promise> {
    Plan::new(mechanism).at(calendar, start, facts)
}

/// Rule 8, and rule 9 for the promise as a whole: over every weekday of a start in a calendar without holidays.
pub(crate) fn finite(u: Unrolled, base: Option<&Mechanism>) -> Vec<Finding> {
    let Ok(calendar) = Calendar::new("", Vec::new()) else {
        return Vec::new();
    };
    let mechanism = u.model.mechanism.clone();
    let plan = Plan::of(u, &mechanism);
    let first_day = Timestamp::at(Date::constant(2024, 1, 1), 0, 0);
    let none = BTreeMap::new();
    let starts: Vec<Timestamp> = (0..7).map(|d| first_day.plus_days(d)).collect();
    let first = plan.first(&none);
    let ends = plan.quick[Aim::End as usize].always_bound() && first.iter().any(|n| plan.live[Aim::End as usize][*n]);
    let both = |plan: &Plan, start: Timestamp| {
        let (ordinary, latest) = plan.first_answer(&calendar, start, &plan.first(&none))?;
        Some((ordinary.end, latest.end))
    };
    let one = |start: &Timestamp| {
        // Where a clock goes everywhere, there is an end: how late it is does not matter here.
        let ended = ends || longest(&plan, &calendar, Aim::End, &first, *start).is_some();
        both(&plan, *start).filter(|_| ended)
    };
    let promises: Vec<Option<(Timestamp, Timestamp)>> = starts.iter().map(one).collect();
    if promises.iter().any(Option::is_none) {
        return vec![Finding {
            rule: Rule::Promise,
            path: "mechanism".into(),
            chain: Vec::new(),
            message: Text::new(
                "最长多久说不出来：有一条路上没有期限管着",
                "the longest time is no number: on some path no clock bounds it",
            ),
            help: Text::new(
                "让每一步都有期限，暂停也要有期限",
                "let a clock run at every step, also while others stand still",
            ),
        }];
    }
    let Some(base) = base else {
        return Vec::new();
    };
    let mut old = base.clone();
    for (id, row) in old.number.iter_mut().filter(|(_, n)| n.value.is_missing()) {
        let given = mechanism.number.get(id).map_or(Value::Local, |n| n.value.clone());
        row.value = given;
    }
    let old = Plan::of(Unrolled::new(Model::new(&old, false)), &old);
    let longer = starts.iter().zip(&promises).find_map(|(start, new)| {
        let (was, now) = (both(&old, *start)?, (*new)?);
        (now.1 > was.1 || now.0 > was.0).then_some((was, now))
    });
    let Some((was, now)) = longer else {
        return Vec::new();
    };
    let (was, now) = if now.1 > was.1 { (was.1, now.1) } else { (was.0, now.0) };
    vec![Finding {
        rule: Rule::OverlaySafe,
        path: "mechanism".into(),
        chain: Vec::new(),
        message: Text::new(
            format!("地方规定放松了基础机制：第一次答复最晚从 {} 推到了 {}", was.date(), now.date()),
            format!(
                "the overlay loosens the base: the first answer moves from {} to {} at the latest",
                was.date(),
                now.date()
            ),
        ),
        help: Text::new("缩短期限或者去掉多出来的步骤", "shorten a clock, or remove the steps that were added"),
    }]
}

#[cfg(test)]
mod tests;
