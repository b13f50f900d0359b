//! The figures that mechanisms contribute, from counters alone: no matter is read or counted for them. The shielded book
//! is in none of them. Cells of fewer than [`FEWEST`] cases are not given, nor the one that would reveal such a cell.

mod counted;
mod means;

pub use counted::{Counted, Side};
pub use means::Kind;

use crate::error::AppError;
use crate::installation::App;
use kernel::mechanism::{Measure, Mechanism};
use kernel::region::{RegionCode, RegionLevel};
use kernel::text::Text;
use kernel::time::{Date, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use store::{CounterQuery, CounterRow};

/// A rate over fewer cases says more about the people in them than about the work.
pub const FEWEST: i64 = 5;

/// For which place and days, and whether by the divisions of the place.
#[derive(Clone, Debug)]
pub struct Span {
    /// Where; within the territory.
    pub region: RegionCode,
    /// From this day.
    pub from: Date,
    /// To this day, inclusive.
    pub to: Date,
    /// Also by the regions one level below.
    pub by_region: bool,
}

/// What is above and below the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    /// Above the line.
    pub numerator: i64,
    /// Below the line; none for a plain count.
    pub denominator: Option<i64>,
    /// Past their day and still open: below the line, or nobody would have to finish what is late. None where the
    /// measure is about no period.
    pub open_overdue: Option<i64>,
    /// Of hours: within how many of them half of the cases lay; none where that is above the last band.
    pub half_within: Option<u32>,
}

/// A figure.
#[derive(Clone, Debug)]
pub struct Figure {
    /// `{mechanism}.{measure}`.
    pub id: String,
    /// The mechanism's name.
    pub mechanism: Text,
    /// Its name.
    pub name: Text,
    /// Its formula in one line.
    pub formula: Text,
    /// Its code in the annual report.
    pub code: Option<String>,
    /// What kind of figure it is.
    pub kind: Kind,
    /// The figure; none where there are too few cases.
    pub whole: Option<Ratio>,
    /// By region, in the order of their codes: never ranked.
    pub parts: Vec<(RegionCode, Option<Ratio>)>,
    /// When the counters were read.
    pub as_of: Timestamp,
}

impl App {
    /// The figures of all mechanisms that are offered, or the one called `only`.
    ///
    /// # Errors
    /// `OutsideTerritory`; `NotFound` for a name that no mechanism has; the store.
    pub async fn measures(&self, span: &Span, only: Option<&str>) -> Result<Vec<Figure>, AppError> {
        let territory = self.settings().territory;
        if !territory.contains(&span.region) {
            return Err(AppError::OutsideTerritory { region: span.region.to_string() });
        }
        let mut figures = Vec::new();
        for id in self.catalogue().ids() {
            let Some(effective) = self.catalogue().effective(&id, &territory) else { continue };
            let named = |m: &str| format!("{id}.{m}");
            let wanted = effective.mechanism.measure.iter().filter(|(m, _)| only.is_none_or(|o| o == named(m)));
            for (name, measure) in wanted {
                figures.push(self.figure(span, &effective.mechanism, &id, name, measure).await?);
            }
        }
        if figures.is_empty() && only.is_some() { Err(AppError::NotFound) } else { Ok(figures) }
    }

    async fn figure(
        &self,
        span: &Span,
        mechanism: &Mechanism,
        id: &str,
        name: &str,
        measure: &Measure,
    ) -> Result<Figure, AppError> {
        let clocks = clocks(measure);
        let due = clocks.iter().flat_map(|c| ["due", "kept", "missed"].map(|s| format!("{s} {c}")));
        let lines = measure.numerator.iter().chain(&measure.denominator).cloned();
        let all: BTreeSet<String> = lines.chain(due).chain(means::read(measure)).collect();
        let query = CounterQuery {
            cell: self.cell_of(&span.region),
            shielded: false,
            series: all.iter().map(|s| series(id, s)).collect(),
            from: span.from,
            to: span.to,
            body: None,
            region: Some(span.region),
        };
        let rows = self.store().counters(query).await?;
        let today = self.now().date();
        let ratio = |rows: &[&CounterRow]| ratio(rows, id, measure, &clocks, today);
        let everything: Vec<&CounterRow> = rows.iter().collect();
        let mut parts: BTreeMap<RegionCode, Vec<&CounterRow>> = BTreeMap::new();
        if let Some(below) = below(&span.region).filter(|_| span.by_region) {
            for row in &rows {
                parts.entry(row.key.region.at(below).unwrap_or(row.key.region)).or_default().push(row);
            }
        }
        let parts: Vec<(RegionCode, Ratio)> = parts.into_iter().map(|(r, rows)| (r, ratio(&rows))).collect();
        Ok(Figure {
            id: format!("{id}.{name}"),
            mechanism: mechanism.mechanism.name.clone(),
            name: measure.name.clone(),
            formula: measure.formula.clone(),
            code: measure.code.clone(),
            kind: Kind::of(measure),
            whole: Some(ratio(&everything)).filter(|r| size(r) >= FEWEST),
            parts: hide(parts),
            as_of: self.now(),
        })
    }
}

/// The same day a year before, from which figures count when nobody says otherwise.
#[must_use]
pub fn year_before(day: Date) -> Date {
    day.with().year(day.year() - 1).build().unwrap_or(day)
}

/// `kept reply` of a pack is `{mechanism}/kept/reply` of the counters.
fn series(mechanism: &str, written: &str) -> String {
    format!("{mechanism}/{}", written.split_whitespace().collect::<Vec<_>>().join("/"))
}

/// The clocks whose keeping the measure is about: those that count below the line when they were missed, and the one whose
/// hours it is.
fn clocks(measure: &Measure) -> Vec<String> {
    let missed = measure.denominator.iter().filter_map(|s| s.strip_prefix("missed "));
    let hours = measure.hours.as_ref().and_then(|h| h.clock.as_deref());
    missed.chain(hours).map(str::to_owned).collect::<BTreeSet<_>>().into_iter().collect()
}

fn ratio(rows: &[&CounterRow], id: &str, measure: &Measure, clocks: &[String], today: Date) -> Ratio {
    let sum = |written: &str, before: Option<Date>| -> i64 {
        let name = series(id, written);
        let fits = |r: &&&CounterRow| r.key.series == name && before.is_none_or(|b| r.key.day < b);
        rows.iter().filter(fits).map(|r| r.n).sum()
    };
    let total = |all: &[String]| all.iter().map(|s| sum(s, None)).sum::<i64>();
    let open = |clock: &String| {
        let n = |s: &str| sum(&format!("{s} {clock}"), Some(today));
        (n("due") - n("kept") - n("missed")).max(0)
    };
    let open: i64 = clocks.iter().map(open).sum();
    let open_overdue = (!clocks.is_empty()).then_some(open);
    if let Some(mean) = means::ratio(rows, id, measure) {
        return Ratio { open_overdue, ..mean };
    }
    Ratio {
        numerator: total(&measure.numerator),
        denominator: (!measure.denominator.is_empty()).then(|| total(&measure.denominator) + open),
        open_overdue,
        half_within: None,
    }
}

/// How many cases stand behind a ratio.
fn size(ratio: &Ratio) -> i64 {
    ratio.denominator.unwrap_or(ratio.numerator)
}

fn below(region: &RegionCode) -> Option<RegionLevel> {
    RegionLevel::ALL.into_iter().find(|level| *level > region.level())
}

/// Leaves out small cells; where only one would be missing it could be reckoned from the whole, so the next goes too.
fn hide(parts: Vec<(RegionCode, Ratio)>) -> Vec<(RegionCode, Option<Ratio>)> {
    let small = |r: &Ratio| size(r) < FEWEST;
    let alone = parts.iter().filter(|(_, r)| small(r)).count() == 1;
    let least = parts.iter().filter(|(_, r)| !small(r)).map(|(_, r)| size(r)).min();
    let mut also = least.filter(|_| alone);
    let show = |(region, r): (RegionCode, Ratio)| {
        let goes = small(&r) || also.take_if(|n| *n == size(&r)).is_some();
        (region, (!goes).then_some(r))
    };
    parts.into_iter().map(show).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_cell_cannot_be_reckoned_from_the_whole() {
        let cell = |code: &str, n| {
            let ratio = Ratio { numerator: n, denominator: Some(n), open_overdue: None, half_within: None };
            (code.parse().expect("a code"), ratio)
        };
        let shown = hide(vec![cell("990101001", 20), cell("990101002", 3), cell("990101003", 7)]);
        let seen: Vec<_> = shown.iter().map(|(_, r)| r.map(|r| r.numerator)).collect();
        assert_eq!(seen, [Some(20), None, None]);
        let shown = hide(vec![cell("990101001", 20), cell("990101002", 5)]);
        assert!(shown.iter().all(|(_, r)| r.is_some()));
    }
}
