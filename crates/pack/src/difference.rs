//! What a region changes in a mechanism, in words: numbers first, then clocks, actions, fields, roles and letters. It says
//! what is different and in which direction; whether that is allowed is rule 9's.

mod parts;

use kernel::mechanism::Mechanism;
use kernel::number::{NumberRow, Value, rough_hours};
use kernel::text::Text;
use kernel::time::Length;
use std::cmp::Ordering;

/// In which direction a difference goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// The base left it to the region, and the region says it.
    Set,
    /// Less time, or one more duty.
    Tighter,
    /// More time, or one duty less.
    Looser,
    /// New in the region.
    Added,
    /// Not in the region.
    Removed,
    /// Said otherwise.
    Changed,
}

impl Direction {
    /// In a word.
    #[must_use]
    pub fn name(self) -> Text {
        let (zh, en) = match self {
            Direction::Set => ("地方定", "set"),
            Direction::Tighter => ("更紧", "tighter"),
            Direction::Looser => ("更宽", "looser"),
            Direction::Added => ("增加", "added"),
            Direction::Removed => ("去掉", "removed"),
            Direction::Changed => ("改动", "changed"),
        };
        Text::new(zh, en)
    }
}

/// One thing that is different.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Difference {
    /// The place in the file, such as `number.reply`.
    pub path: String,
    /// What it is about.
    pub what: Text,
    /// What the base says; none for what is new.
    pub from: Option<Text>,
    /// What the region says; none for what is gone.
    pub to: Option<Text>,
    /// In which direction.
    pub direction: Direction,
    /// The clause of the region.
    pub source: Option<String>,
}

impl Difference {
    /// In one line, without the direction: `登记分送：由地方定 → 5 个工作日`.
    #[must_use]
    pub fn line(&self) -> Text {
        let (what, nothing) = (&self.what, Text::new("没有", "none"));
        let (from, to) = (self.from.as_ref().unwrap_or(&nothing), self.to.as_ref().unwrap_or(&nothing));
        Text::new(format!("{}：{} → {}", what.zh, from.zh, to.zh), format!("{}: {} → {}", what.en, from.en, to.en))
    }
}

/// What is different in `new` against `base`, numbers first.
#[must_use]
pub fn differences(new: &Mechanism, base: &Mechanism) -> Vec<Difference> {
    let mut out = Vec::new();
    for (id, row) in &new.number {
        let was = base.number.get(id);
        if was.is_none_or(|w| w.value != row.value) {
            out.push(number(new, base, id, row, was));
        }
    }
    for (id, was) in base.number.iter().filter(|(id, _)| !new.number.contains_key(*id)) {
        out.push(Difference {
            path: format!("number.{id}"),
            what: about(base, id),
            from: Some(kept_or(base, id, &was.value)),
            to: None,
            direction: Direction::Removed,
            source: None,
        });
    }
    parts::differences(new, base, &mut out);
    out
}

fn number(new: &Mechanism, base: &Mechanism, id: &str, row: &NumberRow, was: Option<&NumberRow>) -> Difference {
    let direction = match was.map(|w| &w.value) {
        None => Direction::Added,
        Some(Value::Local) => Direction::Set,
        // More than a minimum binds whoever has to wait for it.
        Some(old) if row.floor => match longest(old).cmp(&longest(&row.value)) {
            Ordering::Less => Direction::Tighter,
            Ordering::Greater => Direction::Looser,
            Ordering::Equal => Direction::Changed,
        },
        Some(old) => match longest(&row.value).cmp(&longest(old)) {
            Ordering::Less => Direction::Tighter,
            Ordering::Greater => Direction::Looser,
            Ordering::Equal => Direction::Changed,
        },
    };
    Difference {
        path: format!("number.{id}"),
        what: about(new, id),
        from: was.map(|w| kept_or(base, id, &w.value)),
        to: Some(kept_or(new, id, &row.value)),
        direction,
        source: Some(row.source.clone()).filter(|s| !s.is_empty()),
    }
}

/// The longest that a value may be, in hours; a value that nobody gave is longer than any.
fn longest(value: &Value) -> i64 {
    match value {
        Value::Fixed(l) | Value::Until { max: l, .. } => rough_hours(*l),
        Value::Local => i64::MAX,
        Value::Count(n) => i64::from(*n),
        Value::By { lengths, .. } => lengths.values().map(|l| rough_hours(*l)).max().unwrap_or(i64::MAX),
    }
}

/// What a number is for: the clocks that it measures, what it prolongs, how long an approval or a superior has.
#[must_use]
pub fn about(mechanism: &Mechanism, number: &str) -> Text {
    let mut all: Vec<Text> = mechanism.clock.values().filter(|c| c.length == number).map(|c| c.label.clone()).collect();
    let prolongs = |a: &&kernel::mechanism::Action| a.extends.as_ref().is_some_and(|e| e.by == number);
    all.extend(mechanism.action.values().filter(prolongs).map(|a| a.label.clone()));
    if mechanism.escalation.as_ref().is_some_and(|e| e.within == number) {
        all.push(Text::new("逾期后上级督办", "what a superior has after an expiry"));
    }
    if mechanism.approval.as_ref().is_some_and(|a| a.within == number) {
        all.push(Text::new("批准", "approval"));
    }
    for plan in mechanism.plan.values() {
        let Some(repeats) = &plan.repeats else { continue };
        if repeats.within == number {
            all.push(Text::new("反复来：多少天里", "repeats: within"));
        }
        if repeats.at_least == number {
            all.push(Text::new("反复来：满多少件就提出来", "repeats: as many as raise one"));
        }
    }
    all.dedup();
    if all.is_empty() {
        let is = |named: &Option<String>| named.as_deref() == Some(number);
        return match &mechanism.retention {
            Some(r) if is(&r.after_end) => Text::new("办结后保存", "kept after the end"),
            Some(r) if is(&r.identity) => Text::new("办结后姓名、电话等保存", "names and numbers kept after the end"),
            _ => Text::new(number, number),
        };
    }
    join(&all, "、", ", ")
}

pub(super) fn join(all: &[Text], zh: &str, en: &str) -> Text {
    let with = |get: fn(&Text) -> &str, by: &str| all.iter().map(get).collect::<Vec<_>>().join(by);
    Text::new(with(|t| &t.zh, zh), with(|t| &t.en, en))
}

fn said(length: Length) -> Text {
    Text::new(length.zh(), length.en())
}

/// A number in words; how long something is kept is said in years where it is whole years.
#[must_use]
pub fn kept_or(mechanism: &Mechanism, id: &str, number: &Value) -> Text {
    let kept = mechanism.retention.as_ref();
    let keeps = kept.is_some_and(|r| [&r.after_end, &r.identity].into_iter().any(|n| n.as_deref() == Some(id)));
    match number {
        Value::Fixed(l) if keeps => Text::new(l.kept_zh(), l.kept_en()),
        other => value(mechanism, other),
    }
}

/// A value in words.
#[must_use]
pub fn value(mechanism: &Mechanism, value: &Value) -> Text {
    match value {
        Value::Fixed(l) => said(*l),
        Value::Local => Text::new("由地方定", "left to the region"),
        Value::Count(n) => Text::new(format!("{n} 件"), n.to_string()),
        Value::By { field, lengths } => {
            let of = mechanism.field.get(field).map_or(&[][..], |f| &f.of);
            let each: Vec<Text> = lengths
                .iter()
                .map(|(code, l)| {
                    let name = of.iter().find(|c| c.id == *code);
                    let name = name.map_or_else(|| Text::new(code, code), |c| Text::new(&c.zh, &c.en));
                    Text::new(format!("{} {}", name.zh, l.zh()), format!("{} {}", name.en, l.en()))
                })
                .collect();
            join(&each, "；", "; ")
        }
        Value::Until { field, max } => {
            let label = mechanism.field.get(field).map_or_else(|| Text::new(field, field), |f| f.label.clone());
            Text::new(
                format!("到“{}”那天，最多 {}", label.zh, max.zh()),
                format!("until “{}”, {} at most", label.en, max.en()),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packs::PackSet;

    #[test]
    fn every_overlay_says_what_it_sets_and_the_base_differs_from_itself_in_nothing() {
        let set = PackSet::embedded();
        let mut seen = 0;
        for (id, region, effective) in set.variants() {
            let (Ok(effective), Some(_)) = (effective, region) else { continue };
            let base = set.base(id).expect("a base");
            assert!(differences(&base, &base).is_empty());
            let found = differences(&effective.mechanism, &base);
            assert!(!found.is_empty(), "{id} in {region:?} changes nothing");
            assert!(found.iter().all(|d| !d.line().zh.contains("::") && !d.what.zh.is_empty()), "{found:?}");
            seen += found.iter().filter(|d| d.direction == Direction::Set).count();
        }
        assert!(seen > 20, "overlays set {seen} numbers only");
    }

    #[test]
    fn a_shorter_number_is_tighter_and_a_longer_one_looser() {
        let set = PackSet::embedded();
        let (id, region) =
            set.variants().find_map(|(id, r, e)| e.ok().and(r).map(|r| (id.to_owned(), *r))).expect("some overlay");
        let old = set.effective(&id, &region).expect("reads");
        let mut new = (*old).clone();
        let (name, row) = new
            .number
            .iter_mut()
            .find(|(_, r)| matches!(r.value, Value::Fixed(Length::WorkingDays(n)) if n > 1))
            .expect("a number of working days");
        let name = name.clone();
        row.value = Value::Fixed(Length::WorkingDays(1));
        let found = differences(&new, &old);
        assert_eq!((found.len(), found[0].direction), (1, Direction::Tighter), "{name}");
        assert!(found[0].line().zh.ends_with("→ 1 个工作日"), "{}", found[0].line().zh);
        assert_eq!(differences(&old, &new)[0].direction, Direction::Looser);
    }
}
