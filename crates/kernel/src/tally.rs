//! Counts of matters of the same kind: over which days, what an entry keeps of them, and when so many of them raise one more.
//! How many came the caller has counted from its counters; nothing here looks at another matter.

use crate::decide::Context;
use crate::file::CaseFile;
use crate::form::{Coded, Filled, Raw, merged};
use crate::guard::Facts;
use crate::kin::Repeated;
use crate::mechanism::{Action, Counted, FieldKind, Mechanism, Plan, Repeats, Tally, Word};
use crate::number::Value;
use crate::refusal::Rule;
use crate::text::Text;
use crate::time::{Date, Length, date_of, day_number};
use std::collections::BTreeMap;

/// Whole days that are counted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Span {
    /// The first.
    pub from: Date,
    /// The last.
    pub to: Date,
}

/// Why nothing was counted, or nothing is raised because of repeats.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum CountRule {
    /// The region has not said how many, or within how many days.
    Off {
        /// The number.
        number: String,
    },
    /// Fewer came than the number says.
    Few {
        /// How many came.
        n: i64,
        /// How many it takes.
        at_least: u32,
    },
    /// One for the same category and place is open.
    Open,
    /// One for them ended not long ago.
    Recent {
        /// From this day on it may be raised again.
        from: Date,
    },
    /// The days to be counted are not over.
    Early {
        /// From this day on.
        from: Date,
    },
    /// Nobody has said of which category.
    Category {
        /// The field that says it.
        field: String,
    },
    /// A number was typed that the system counts.
    Typed {
        /// The field.
        field: String,
    },
}

impl CountRule {
    /// The stable name.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            CountRule::Off { .. } => "count_off",
            CountRule::Few { .. } => "count_few",
            CountRule::Open => "count_open",
            CountRule::Recent { .. } => "count_recent",
            CountRule::Early { .. } => "count_early",
            CountRule::Category { .. } => "count_category",
            CountRule::Typed { .. } => "count_typed",
        }
    }

    /// What is wrong and what to do, in both languages.
    #[must_use]
    pub fn words(&self) -> Text {
        match self {
            CountRule::Off { .. } => Text::new(
                "本地还没有定数几天、满几件，系统不数",
                "the region has not said how many days are counted, or how many it takes",
            ),
            CountRule::Few { n, at_least } => {
                Text::new(format!("来了 {n} 件，不到 {at_least} 件"), format!("{n} came, and it takes {at_least}"))
            }
            CountRule::Open => Text::new("同一类、同一带的题正在办", "one for the same category and place is open"),
            CountRule::Recent { from } => Text::new(
                format!("同一类、同一带的题刚办完，{from} 起才会再提"),
                format!(
                    "one for the same category and place ended not long ago; from {from} on it may be raised again"
                ),
            ),
            CountRule::Early { from } => Text::new(
                format!("要数的日子还没有过完，{from} 起才数得全"),
                format!("the days to be counted are not over; from {from} on they can be"),
            ),
            CountRule::Category { .. } => {
                Text::new("先选是哪一类事，系统才能数", "say first of which category it is, so that it can be counted")
            }
            CountRule::Typed { .. } => Text::new(
                "这个数由系统数，不用填；数的是别处的，请改选“从哪里数的”",
                "the system counts this number, leave it out; if it was counted elsewhere, say so",
            ),
        }
    }
}

/// How the last matter of a category and place stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Last {
    /// It runs.
    Open,
    /// It ended on this day.
    Ended(Date),
}

/// The days that a number says; none where the region has not said it.
#[must_use]
pub fn days(m: &Mechanism, number: &str) -> Option<i32> {
    match m.number.get(number)?.value {
        Value::Fixed(Length::Days(n)) => i32::try_from(n).ok().filter(|n| *n > 0),
        _ => None,
    }
}

/// The days before today that a number says; today is not over and does not count.
#[must_use]
pub fn before(m: &Mechanism, number: &str, today: Date) -> Option<Span> {
    let (n, today) = (days(m, number)?, day_number(today));
    Some(Span { from: date_of(today.saturating_sub(n)), to: date_of(today - 1) })
}

/// The days that a count covers when it is done today.
///
/// # Errors
/// `Off` where the region has not said how many, `Early` where they are not over.
pub fn span(m: &Mechanism, tally: &Tally, file: &CaseFile, today: Date) -> Result<Span, CountRule> {
    let off = || CountRule::Off { number: tally.days.clone() };
    let Some(clock) = &tally.since else { return before(m, &tally.days, today).ok_or_else(off) };
    let n = days(m, &tally.days).ok_or_else(off)?;
    let first = file.clocks.get(clock).map_or(today, |c| c.started.from.date());
    let first = day_number(first) + 1;
    let span = Span { from: date_of(first), to: date_of(first.saturating_add(n) - 1) };
    if span.to < today { Ok(span) } else { Err(CountRule::Early { from: date_of(day_number(span.to) + 1) }) }
}

/// The facts that stand beside a number: whether the system counted it, and over which days.
fn beside(field: &str) -> [String; 3] {
    [format!("{field}.counted"), format!("{field}.from"), format!("{field}.to")]
}

/// Over which days a number was counted; none where somebody typed it.
#[must_use]
pub fn counted_over(facts: &BTreeMap<String, Coded>, field: &str) -> Option<Span> {
    let [counted, from, to] = beside(field);
    match (facts.get(&counted)?, facts.get(&from)?, facts.get(&to)?) {
        (Coded::Number(1), Coded::Date(from), Coded::Date(to)) => Some(Span { from: *from, to: *to }),
        _ => None,
    }
}

/// What an action counts of a category, as facts of its entry: the number, and its first and last day.
///
/// # Errors
/// `Count`, where it cannot be counted, or somebody typed what is counted.
pub(crate) fn told(
    ctx: &Context<'_>,
    action: &Action,
    file: &CaseFile,
    filled: &Filled,
) -> Result<BTreeMap<String, Coded>, Rule> {
    let tallies: Vec<_> = action.counts.iter().filter_map(|(f, c)| Some((f, c.tally()?))).collect();
    let mut told = BTreeMap::new();
    if tallies.is_empty() {
        return Ok(told);
    }
    let mut facts = ctx.outside.over(&file.facts);
    facts.extend(merged(&BTreeMap::new(), filled));
    let known = Facts { facts: &facts, counts: &file.counts, parts: &file.parts };
    for (field, tally) in tallies {
        let [counted_here, from, to] = beside(field);
        if tally.when.as_ref().is_some_and(|g| !g.holds(&known)) {
            // Typed: what was counted before no longer stands behind the number.
            told.extend(filled.contains_key(field).then_some((counted_here, Coded::Number(0))));
            continue;
        }
        if filled.contains_key(field) {
            return Err(Rule::Count(CountRule::Typed { field: field.clone() }));
        }
        let category = ctx.mechanism.mechanism.category.as_deref().unwrap_or_default();
        let Some(code) = facts.get(category) else {
            return Err(Rule::Count(CountRule::Category { field: category.to_owned() }));
        };
        let span = span(ctx.mechanism, tally, file, ctx.now.date()).map_err(Rule::Count)?;
        let counted = ctx.outside.tallies.get(field);
        // Nobody counted: better no number than a wrong one.
        let counted = counted.ok_or_else(|| Rule::Count(CountRule::Off { number: tally.days.clone() }))?;
        let n = counted.get(code.as_code().as_ref()).copied().unwrap_or_default();
        told.insert(field.clone(), Coded::Number(n.max(0)));
        let days = [(from, Coded::Date(span.from)), (to, Coded::Date(span.to))];
        told.extend(days.into_iter().chain([(counted_here, Coded::Number(1))]));
    }
    Ok(told)
}

/// Whether so many matters raise one more today.
///
/// # Errors
/// Why not.
pub fn raises(m: &Mechanism, repeats: &Repeats, n: i64, last: Option<Last>, today: Date) -> Result<Span, CountRule> {
    let off = |number: &String| CountRule::Off { number: number.clone() };
    let span = before(m, &repeats.within, today).ok_or_else(|| off(&repeats.within))?;
    let at_least = m.number.get(&repeats.at_least).and_then(|n| n.value.count());
    let at_least = at_least.ok_or_else(|| off(&repeats.at_least))?;
    if n < i64::from(at_least) {
        return Err(CountRule::Few { n, at_least });
    }
    match last {
        Some(Last::Open) => Err(CountRule::Open),
        // The days of that one's end and after it must be all that is counted: nothing counts for two.
        Some(Last::Ended(day)) if day >= span.from => {
            let again = day_number(day) + (day_number(today) - day_number(span.from)) + 1;
            Err(CountRule::Recent { from: date_of(again) })
        }
        _ => Ok(span),
    }
}

/// The form of what repeats raise: values after `=`, and what was counted; `place` is the region's name.
#[must_use]
pub fn form(m: &Mechanism, plan: &Plan, counted: &Repeated, place: &str) -> Raw {
    let field = m.mechanism.category.as_ref().and_then(|c| m.field.get(c));
    let option = field.and_then(|f| f.of.iter().find(|o| o.id == counted.category));
    let name = option.map_or(counted.category.as_str(), |o| &o.zh);
    let value = |target: &String, source: &String| -> Option<serde_json::Value> {
        if let Some(fixed) = source.strip_prefix('=') {
            return Some(fixed.trim().into());
        }
        let choice = m.field.get(target).is_some_and(|f| f.kind == FieldKind::Choice);
        Some(match Word::of(source)? {
            Word::Category if choice => counted.category.as_str().into(),
            Word::Category => name.into(),
            Word::Region => place.into(),
            Word::Count => counted.n.into(),
            Word::From => counted.from.to_string().into(),
            Word::To => counted.to.to_string().into(),
        })
    };
    plan.raises.with.iter().filter_map(|(field, source)| Some((field.clone(), value(field, source)?))).collect()
}

/// Counts for a walk or a trial: every category of every number that an action counts came so often.
#[must_use]
pub fn invented(m: &Mechanism, n: &dyn Fn(&str) -> i64) -> BTreeMap<String, BTreeMap<String, i64>> {
    let options = m.mechanism.category.as_ref().and_then(|c| m.field.get(c));
    let options = options.filter(|f| f.kind == FieldKind::Choice).map_or(&[][..], |f| &f.of);
    let counted = m.action.values().flat_map(|a| &a.counts).filter(|(_, c)| matches!(c, Counted::Tally(_)));
    counted.map(|(field, _)| (field.clone(), options.iter().map(|o| (o.id.clone(), n(field))).collect())).collect()
}
