//! Numbers become choices of ranges, cut where some condition cuts them; a share becomes a choice of its own that may be
//! anything once both its numbers are there; room under a cap is anybody's guess at every step; a row brings its columns.

use super::vote::plain;
use kernel::guard::Guard;
use kernel::mechanism::{Action, Choice, ColumnKind, Field, FieldKind, Mechanism, RAISE};
use kernel::numeric::{Comparison, Numeric, room_fact};
use std::collections::{BTreeMap, BTreeSet};

/// The most bodies of a list where the pack gives none (as the kernel's form).
const MOST_BODIES: i64 = 20;

pub(super) fn option(id: &str) -> Choice {
    Choice { id: id.to_owned(), zh: id.to_owned(), en: id.to_owned(), hint: None, source: None, online: false }
}

pub(super) fn field(kind: FieldKind, of: Vec<Choice>) -> Field {
    plain(kind, of)
}

/// The coded columns of each row field stand beside it, in every action that takes it.
pub(super) fn rows(m: &mut Mechanism) {
    let sets = m.set.clone();
    for (id, row) in m.field.clone().into_iter().filter(|(_, f)| f.kind == FieldKind::Row) {
        let Some(set) = row.set.as_ref().and_then(|s| sets.get(s)) else { continue };
        // Ids stand there to be read; no condition does.
        let read = |(_, c): &(&String, &kernel::mechanism::Column)| c.kind.coded() && c.kind != ColumnKind::Codes;
        for (name, column) in set.column.iter().filter(read) {
            let kind = match column.kind {
                ColumnKind::Choice => FieldKind::Choice,
                ColumnKind::Number => FieldKind::Number,
                ColumnKind::Body | ColumnKind::Text | ColumnKind::Codes => FieldKind::Body,
            };
            let column_id = format!("{id}.{name}");
            if !m.field.contains_key(&column_id) {
                m.field.insert(column_id.clone(), field(kind, column.of.clone()));
                m.action.values_mut().for_each(|a| beside(a, &id, &column_id));
            }
        }
    }
}

/// An action that takes one field takes another with it, on the same terms.
fn beside(a: &mut Action, id: &str, with: &str) {
    if a.needs.iter().any(|f| f == id) {
        a.needs.push(with.to_owned());
    } else if let Some(guard) = a.needs_when.get(id).cloned() {
        a.needs_when.insert(with.to_owned(), guard);
    } else if a.may.iter().any(|f| f == id) {
        a.may.push(with.to_owned());
    }
}

/// Every condition of a mechanism's actions.
fn guards(m: &Mechanism) -> impl Iterator<Item = &Guard> {
    m.action.values().flat_map(|a| a.when.iter().chain(a.needs_when.values()))
}

fn atoms(m: &Mechanism) -> Vec<Numeric> {
    let mut all: Vec<Numeric> = Vec::new();
    guards(m).for_each(|g| {
        g.numerics(&mut |n| {
            if !all.contains(n) {
                all.push(n.clone());
            }
        })
    });
    all
}

/// What an action counts by category may come out as anything, like a number that somebody may type.
pub(super) fn tallies(m: &mut Mechanism) {
    for a in m.action.values_mut() {
        let counted: Vec<String> =
            a.counts.iter().filter(|(_, c)| c.tally().is_some()).map(|(f, _)| f.clone()).collect();
        let asked = |f: &String| a.needs.contains(f) || a.may.contains(f) || a.needs_when.contains_key(f);
        let more: Vec<String> = counted.into_iter().filter(|f| !asked(f)).collect();
        a.may.extend(more);
    }
}

pub(super) fn numbers(m: &mut Mechanism) {
    let atoms = atoms(m);
    let mut cuts: BTreeMap<String, BTreeSet<i64>> = BTreeMap::new();
    let mut shares: BTreeMap<(String, String), Vec<Part>> = BTreeMap::new();
    let mut caps: BTreeSet<String> = BTreeSet::new();
    for atom in atoms {
        match atom {
            Numeric::Number(name, how, n) => drop(cuts.entry(name).or_default().insert(cut(how, n))),
            Numeric::Share(a, b, how, n, d) => shares.entry((a, b)).or_default().push(Part::of(how, n, d)),
            Numeric::Room(cap) => drop(caps.insert(cap)),
        }
    }
    also_equal(m, &mut cuts);
    let ranges = cuts.into_iter().map(|(name, cuts)| (name.clone(), ranges(m, &name, &cuts))).collect();
    for parts in shares.values_mut() {
        parts.sort();
        parts.dedup_by(|a, b| (*a).cmp(b).is_eq());
    }
    let lowered = Lowered { ranges, shares };
    lowered.fields(m);
    caps.iter().for_each(|cap| room(m, cap));
    for a in m.action.values_mut() {
        a.when = a.when.take().map(|g| lowered.guard(g));
        a.needs_when.values_mut().for_each(|g| *g = lowered.guard(g.clone()));
    }
}

/// `amount = 3` cuts as well, where the number is compared at all.
fn also_equal(m: &Mechanism, cuts: &mut BTreeMap<String, BTreeSet<i64>>) {
    let mut equal = Vec::new();
    guards(m).for_each(|g| {
        g.visit(
            &mut |name, values| equal.extend(values.into_iter().flatten().map(|v| (name.to_owned(), v.clone()))),
            &mut |_| {},
        );
    });
    for (name, value) in equal {
        if let (Some(cuts), Ok(n)) = (cuts.get_mut(&name), value.parse::<i64>()) {
            cuts.extend([n, n + 1]);
        }
    }
}

/// The first number on the upper side.
fn cut(how: Comparison, n: i64) -> i64 {
    match how {
        Comparison::AtLeast | Comparison::Below => n,
        Comparison::Above | Comparison::AtMost => n.saturating_add(1),
    }
}

/// From, to (none: open), and the word for it.
type Range = (i64, Option<i64>, String);

fn ranges(m: &Mechanism, name: &str, cuts: &BTreeSet<i64>) -> Vec<Range> {
    let (most, list) = match m.field.get(name) {
        Some(f) if f.kind == FieldKind::Bodies => (Some(f.max.map_or(MOST_BODIES, i64::from)), true),
        Some(f) => (f.max.map(i64::from), false),
        None => (None, false),
    };
    // A list that is given is never empty.
    let first = i64::from(list);
    let inside = cuts.iter().copied().filter(|c| *c > first && most.is_none_or(|m| *c <= m));
    let starts: Vec<i64> = std::iter::once(first).chain(inside).collect();
    let ends = starts.iter().skip(1).map(|s| Some(s - 1)).chain([most]);
    let word = |from: i64, to: Option<i64>| to.map_or_else(|| format!("{from}.."), |to| format!("{from}..{to}"));
    starts.iter().copied().zip(ends).map(|(from, to)| (from, to, word(from, to))).collect()
}

/// Whether a number lies in a range of the model, as it is called there.
pub(crate) fn lies_in(range: &str, n: &str) -> bool {
    let (Some((from, to)), Ok(n)) = (range.split_once(".."), n.parse::<i64>()) else { return false };
    from.parse().is_ok_and(|from: i64| from <= n) && (to.is_empty() || to.parse().is_ok_and(|to: i64| n <= to))
}

/// A cut of a share: at a fraction, or just above it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Part {
    n: u32,
    d: u32,
    above: bool,
}

impl Part {
    fn of(how: Comparison, n: u32, d: u32) -> Part {
        Part { n, d, above: matches!(how, Comparison::Above | Comparison::AtMost) }
    }
}

impl Ord for Part {
    fn cmp(&self, other: &Part) -> std::cmp::Ordering {
        let (a, b) = (u64::from(self.n) * u64::from(other.d), u64::from(other.n) * u64::from(self.d));
        a.cmp(&b).then(self.above.cmp(&other.above))
    }
}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Part) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// A list starts at one, a number at nought.
fn is_list(ranges: &[Range]) -> bool {
    ranges.first().is_some_and(|r| r.0 == 1)
}

struct Lowered {
    ranges: BTreeMap<String, Vec<Range>>,
    shares: BTreeMap<(String, String), Vec<Part>>,
}

fn share_fact(a: &str, b: &str) -> String {
    format!("share({a}, {b})")
}

/// A list of bodies stays what it is for rule 7; its size is a fact beside it.
fn size_fact(m: &Mechanism, name: &str) -> String {
    let list = m.field.get(name).is_some_and(|f| f.kind == FieldKind::Bodies);
    if list { format!("size({name})") } else { name.to_owned() }
}

impl Lowered {
    fn fields(&self, m: &mut Mechanism) {
        for (name, ranges) in &self.ranges {
            let of = ranges.iter().map(|(_, _, word)| option(word)).collect();
            let fact = size_fact(m, name);
            if fact != *name {
                m.action.values_mut().for_each(|a| beside(a, name, &fact));
            }
            m.field.insert(fact, field(FieldKind::Choice, of));
        }
        for ((a, b), parts) in &self.shares {
            let fact = share_fact(a, b);
            let words = (0..=parts.len()).filter(|i| !(*i == 0 && parts.first().is_some_and(|p| p.n == 0 && !p.above)));
            let of = words.map(|i| option(&i.to_string())).collect();
            m.field.insert(fact.clone(), field(FieldKind::Choice, of));
            m.action.values_mut().for_each(|action| share(action, a, b, &fact));
        }
    }

    fn guard(&self, guard: Guard) -> Guard {
        let all = |gs: Vec<Guard>| gs.into_iter().map(|g| self.guard(g)).collect();
        match guard {
            Guard::And(gs) => Guard::And(all(gs)),
            Guard::Or(gs) => Guard::Or(all(gs)),
            Guard::Not(g) => Guard::Not(Box::new(self.guard(*g))),
            Guard::In(name, values) => match self.ranges.get(&name).filter(|r| !is_list(r)) {
                Some(ranges) => {
                    let hit = |r: &&Range| values.iter().any(|v| lies_in(&r.2, v) || *v == r.2);
                    Guard::In(name, ranges.iter().filter(hit).map(|r| r.2.clone()).collect())
                }
                None => Guard::In(name, values),
            },
            Guard::Numeric(Numeric::Room(cap)) => Guard::In(room_fact(&cap), ["yes".to_owned()].into()),
            Guard::Numeric(Numeric::Number(name, how, n)) => {
                let ranges = self.ranges.get(&name).map_or(&[][..], Vec::as_slice);
                let hit = ranges.iter().filter(|r| how.holds(r.0, n)).map(|r| r.2.clone()).collect();
                Guard::In(self.named(name), hit)
            }
            Guard::Numeric(Numeric::Share(a, b, how, n, d)) => {
                let parts = self.shares.get(&(a.clone(), b.clone())).map_or(&[][..], Vec::as_slice);
                let at = parts.iter().position(|p| p.cmp(&Part::of(how, n, d)).is_eq()).unwrap_or(0);
                let upper = matches!(how, Comparison::AtLeast | Comparison::Above);
                let hit = (0..=parts.len()).filter(|i| (*i > at) == upper).map(|i| i.to_string()).collect();
                Guard::In(share_fact(&a, &b), hit)
            }
            other => other,
        }
    }

    fn named(&self, name: String) -> String {
        let list = self.ranges.get(&name).is_some_and(|r| is_list(r));
        if list { format!("size({name})") } else { name }
    }
}

/// A share is there as soon as both its numbers are, and whoever gives one of them may change it to anything.
fn share(action: &mut Action, a: &str, b: &str, fact: &str) {
    let takes = |f: &str| action.needs.iter().chain(&action.may).chain(action.needs_when.keys()).any(|x| x == f);
    if !takes(a) && !takes(b) {
        return;
    }
    let both = Guard::And(vec![Guard::Set(a.to_owned()), Guard::Set(b.to_owned())]);
    if action.needs.iter().any(|f| f == a) && action.needs.iter().any(|f| f == b) {
        action.needs.push(fact.to_owned());
    } else {
        action.needs_when.insert(fact.to_owned(), both);
    }
}

/// Room may come and go; it is asked anew at raising and whenever a state is entered in which it is asked for.
fn room(m: &mut Mechanism, cap: &str) {
    let fact = room_fact(cap);
    m.field.insert(fact.clone(), field(FieldKind::YesNo, Vec::new()));
    let asks = |a: &Action| {
        let mut hit = false;
        a.when.iter().for_each(|g| g.numerics(&mut |n| hit |= *n == Numeric::Room(cap.to_owned())));
        hit
    };
    let asking: Vec<&Action> = m.action.values().filter(|a| asks(a)).collect();
    let anytime = asking.iter().any(|a| a.anytime);
    let states: BTreeSet<String> = asking.iter().flat_map(|a| a.states.clone()).collect();
    for (id, action) in &mut m.action {
        if id == RAISE || action.to.as_ref().is_some_and(|t| anytime || states.contains(t)) {
            action.needs.push(fact.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_lies_in_one_range() {
        assert!(lies_in("5..9", "9") && lies_in("10..", "10") && !lies_in("5..9", "10") && !lies_in("x", "1"));
    }

    #[test]
    fn cuts_of_a_share_are_in_order() {
        let mut parts =
            [Part { n: 2, d: 3, above: false }, Part { n: 1, d: 2, above: true }, Part { n: 2, d: 4, above: false }];
        parts.sort();
        assert_eq!(parts.map(|p| (p.n, p.above)), [(2, false), (1, true), (2, false)]);
    }
}
