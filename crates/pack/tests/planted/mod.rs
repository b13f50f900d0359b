//! Faults for each key that a region may only write in favour of people: what an overlay would do to loosen it, and the place at
//! which it has to be refused. A planter looks for parts of a mechanism to which its fault can be done.

mod acts;
mod rest;

use kernel::mechanism::{Action, CLOCK, Clock, Field, Mechanism, PART, RAISE, RAISER};
use kernel::number::Value;
use kernel::time::Length;

/// A mechanism that does worse than another.
pub struct Planted {
    pub base: Mechanism,
    pub new: Mechanism,
    pub path: String,
}

/// Plants one fault wherever a mechanism has room for it.
pub type Plant = fn(&Mechanism) -> Vec<Planted>;

/// By key; a key with several faults stands several times, with a word after it.
pub fn better() -> Vec<(&'static str, Plant)> {
    [acts::ALL.as_slice(), rest::ALL.as_slice(), rest::LISTS.as_slice()].concat()
}

fn changed(base: &Mechanism, path: impl Into<String>, change: impl FnOnce(&mut Mechanism)) -> Planted {
    let mut new = base.clone();
    change(&mut new);
    Planted { base: base.clone(), new, path: path.into() }
}

/// In every action that fits.
fn actions(
    m: &Mechanism,
    key: &str,
    fits: impl Fn(&str, &Action) -> bool,
    change: impl Fn(&mut Action),
) -> Vec<Planted> {
    let all = m.action.iter().filter(|(id, a)| fits(id, a));
    all.map(|(id, _)| changed(m, format!("action.{id}.{key}"), |m| change(m.action.get_mut(id).unwrap()))).collect()
}

fn fields(m: &Mechanism, key: &str, fits: impl Fn(&str, &Field) -> bool, change: impl Fn(&mut Field)) -> Vec<Planted> {
    let dot = if key.is_empty() { "" } else { "." };
    let all = m.field.iter().filter(|(id, f)| fits(id, f));
    all.map(|(id, _)| changed(m, format!("field.{id}{dot}{key}"), |m| change(m.field.get_mut(id).unwrap()))).collect()
}

fn clocks(m: &Mechanism, key: &str, fits: impl Fn(&Clock) -> bool, change: impl Fn(&mut Clock)) -> Vec<Planted> {
    let all = m.clock.iter().filter(|(_, c)| fits(c));
    all.map(|(id, _)| changed(m, format!("clock.{id}.{key}"), |m| change(m.clock.get_mut(id).unwrap()))).collect()
}

fn hers(a: &Action) -> bool {
    a.by.iter().any(|r| r == RAISER)
}

/// Whether only bodies do it, and not one that was called.
fn official(id: &str, a: &Action) -> bool {
    id != RAISE && !a.by.iter().any(|r| [RAISER, CLOCK, PART].contains(&r.as_str()))
}

/// Whether the person may say it: when raising, or later.
fn said_by_her(m: &Mechanism, field: &str) -> bool {
    m.action.values().any(|a| hers(a) && m.fields_of(a).contains(&field))
}

fn more(value: &mut Value, by: i64) {
    let n = |n: u32| u32::try_from((i64::from(n) + by).max(0)).unwrap();
    let longer = |l: Length| match l {
        Length::Hours(h) => Length::Hours(n(h)),
        Length::Days(d) => Length::Days(n(d)),
        Length::WorkingDays(d) => Length::WorkingDays(n(d)),
    };
    match value {
        Value::Fixed(l) | Value::Until { max: l, .. } => *l = longer(*l),
        Value::By { lengths, .. } => lengths.values_mut().for_each(|l| *l = longer(*l)),
        Value::Count(c) => *c = n(*c),
        Value::Local => {}
    }
}
