//! What a mechanism says about other matters: children that it raises, plans, places to be taken, fields that take one.
//! Which matters these are in one file is the file's (`crate::kin`); whether both ends fit together is the pack crate's.

use super::Door;
use crate::region::RegionLevel;
use crate::text::Text;
use crate::time::{Date, Length, date_of, day_number};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A child (子事项): a matter of another mechanism that comes out of this one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Child {
    /// What it is called on the pages of the parent.
    pub name: Text,
    /// Its mechanism.
    pub mechanism: String,
    /// The action of the clock that the parent does when it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// Facts of the parent that its end brings, each from a coded fact of the child.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub brings: BTreeMap<String, String>,
    /// What the clock does here when the child does something: each from an action of the child. Where it is not possible
    /// then, only the word of it is written down.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub told: BTreeMap<String, String>,
    /// What the clock does in the child when something is done here: each an action of the child with `on_word`, from an action
    /// here. Where it is not possible there then, only the word of it is written down.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tells: BTreeMap<String, String>,
    /// What goes with such a word: fields of the child, each from a field that the action here was given.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hands: BTreeMap<String, String>,
    /// A matter of somebody else that a post raises beside this one: its raising names this matter in that field. Whoever
    /// raised the one sees nothing of the other; what passes between them is told here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joins: Option<String>,
    /// A matter of the offices: the person sees that it is under way and how far it is, never its words. Nothing that she
    /// wrote is handed over to it, and what is decided about her words leaves it alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub internal: bool,
    /// Raised by the person alone: it leaves no entry in the parent, whose handlers never learn of it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub hidden: bool,
    /// Anybody may raise it from the page of this matter's published words, for as long as this clock runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open_while: Option<String>,
    /// For a hidden child: its field that takes the bodies which held the parent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shield: Option<String>,
    /// For a hidden child, and one that anybody may raise: fields of it that are filled from the parent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<String, String>,
}

impl Child {
    /// What goes over with the word of an action that was given these fields: name there and here.
    pub fn handed<'a>(&'a self, then: &'a crate::mechanism::Action) -> impl Iterator<Item = (&'a str, &'a str)> {
        let asked = |f: &String| then.needs.contains(f) || then.may.contains(f);
        self.hands
            .iter()
            .filter(move |(theirs, _)| asked(theirs))
            .map(|(theirs, ours)| (theirs.as_str(), ours.as_str()))
    }

    /// Whether it comes by itself: no entry of the parent asks for it.
    #[must_use]
    pub fn comes(&self) -> bool {
        self.open_while.is_some() || self.joins.is_some()
    }

    /// Whether it is not the person's own: she gets no code of it, and what is decided about her words leaves it alone.
    #[must_use]
    pub fn is_others(&self) -> bool {
        self.internal || self.comes()
    }
}

/// What an action raises.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raises {
    /// Which child of this mechanism.
    pub child: String,
    /// Its mechanism again, for the reader; the same as the child's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mechanism: Option<String>,
    /// Fields of the child, each from a field of this mechanism, from [`NUMBER`], a role after [`THE_BODY`], or a value after `=`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<String, String>,
}

/// The word in `with` for the public number of the matter that raises.
pub const NUMBER: &str = "number";
/// What stands in `with` before the name of a role, for the body that is this role.
pub const THE_BODY: char = '@';

/// A plan (计划): matters that the calendar raises.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Its name.
    pub name: Text,
    /// For what.
    pub of: PlanOf,
    /// Every so many days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every: Option<Length>,
    /// On these days of each year, as `03-10`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<String>,
    /// The action that puts a matter of this mechanism into the plan's register.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub starts: Option<String>,
    /// The action that takes it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stops: Option<String>,
    /// Once in each region of a level within it that has an office for it, instead of once for the region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub each: Option<Each>,
    /// When so many matters of one kind came that one more is raised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats: Option<super::Repeats>,
    /// What it raises.
    pub raises: PlanRaises,
}

/// The regions in each of which a plan raises something.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Each {
    /// Of this level.
    pub level: RegionLevel,
    /// Those that have an office with this function.
    pub office: String,
}

/// For what a plan raises matters.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PlanOf {
    /// For each matter of its register.
    Register,
    /// Once for each region that an installation serves.
    Region,
    /// For a category and a region of which so many matters came; the calendar has no day for it.
    Repeats,
}

/// What a plan raises.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanRaises {
    /// The mechanism.
    pub mechanism: String,
    /// Its fields, as in [`Raises`]; a plan for a region has only values after `=`, one of repeats [`super::WORDS`] as well.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub with: BTreeMap<String, String>,
}

/// Places that other matters take (名额).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slots {
    /// The number field that says how many there are.
    pub capacity: String,
    /// The date field that says when; lists of free places are in its order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
}

/// A `matter` field that takes a place in the matter which it names.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Takes {
    /// The mechanism that has the places.
    pub mechanism: String,
    /// Its action that gives one.
    pub action: String,
}

/// How matters ask people in: once published they stand at a door of the home page while a clock runs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invites {
    /// At which door.
    pub door: Door,
    /// While one of these clocks runs.
    #[serde(rename = "while")]
    pub clocks: Vec<String>,
    /// The public text, written by a body, that is its title; the beginning of the published words where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The date on which it takes place; where nothing is said, it is open until the clock is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<String>,
    /// It is not over with that day: there are further rounds, or a vote.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub goes_on: bool,
    /// What else its page tells whoever wants to come: who is meant, where, on which day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tells: Vec<String>,
}

impl Door {
    /// Its word in packs, addresses and indexes.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Door::Report => "report",
            Door::Suggest => "suggest",
            Door::Find => "find",
            Door::Join => "join",
            Door::Staff => "staff",
        }
    }
}

impl Plan {
    /// The first day of the plan after another, for a row that was put into it on `since`. None where it has no days.
    #[must_use]
    pub fn next_after(&self, since: Date, after: Date) -> Option<Date> {
        let yearly = self.on.iter().filter_map(|day| {
            let (month, day) = day.split_once('-')?;
            let (month, day): (i8, i8) = (month.parse().ok()?, day.parse().ok()?);
            // 29 February does not exist every year; four years always hold one, unless a century falls between.
            (0..9).filter_map(|n| Date::new(after.year() + n, month, day).ok()).find(|d| *d > after)
        });
        let every = match self.every {
            Some(Length::Days(n)) if n > 0 => {
                let (from, n) = (day_number(since), i32::try_from(n).unwrap_or(i32::MAX));
                let passed = (day_number(after) - from).max(0);
                Some(date_of(from + n.saturating_mul(passed / n + 1)))
            }
            _ => None,
        };
        yearly.chain(every).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(every: Option<&str>, on: &[&str]) -> Plan {
        let raises = PlanRaises { mechanism: "x".into(), with: BTreeMap::new() };
        let on = on.iter().map(|s| (*s).to_owned()).collect();
        let every = every.map(|e| e.parse().expect("a length"));
        Plan {
            name: Text::new("计划", "plan"),
            of: PlanOf::Register,
            every,
            on,
            starts: None,
            stops: None,
            each: None,
            repeats: None,
            raises,
        }
    }

    #[test]
    fn the_next_day_follows_the_last() {
        let day = |s: &str| s.parse().expect("a day");
        let every = plan(Some("30d"), &[]);
        assert_eq!(every.next_after(day("2026-01-01"), day("2026-01-01")), Some(day("2026-01-31")));
        assert_eq!(every.next_after(day("2026-01-01"), day("2026-01-30")), Some(day("2026-01-31")));
        assert_eq!(every.next_after(day("2026-01-01"), day("2026-01-31")), Some(day("2026-03-02")));
        let on = plan(None, &["03-10", "09-10"]);
        assert_eq!(on.next_after(day("2026-01-01"), day("2026-03-10")), Some(day("2026-09-10")));
        assert_eq!(on.next_after(day("2026-01-01"), day("2026-10-01")), Some(day("2027-03-10")));
        let leap = plan(None, &["02-29"]);
        assert_eq!(leap.next_after(day("2026-01-01"), day("2026-03-10")), Some(day("2028-02-29")));
        assert_eq!(plan(None, &[]).next_after(day("2026-01-01"), day("2026-01-01")), None);
    }
}
