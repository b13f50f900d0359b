//! Means: of marks by what each is worth, of hours by their minutes and bands. From counters, as every figure.

use super::{Ratio, series};
use crate::count::BANDS;
use kernel::mechanism::Measure;
use store::CounterRow;

/// What kind of figure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// How many.
    Count,
    /// A share of something.
    Share,
    /// A mean of marks, of which the best is worth so much: what they were worth, over how many there are.
    Marks(u32),
    /// Hours: minutes over how often.
    Hours,
}

impl Kind {
    /// The kind of a measure.
    #[must_use]
    pub fn of(measure: &Measure) -> Kind {
        match (&measure.marks, &measure.hours) {
            (Some(marks), _) => Kind::Marks(marks.best()),
            (None, Some(_)) => Kind::Hours,
            (None, None) if measure.denominator.is_empty() => Kind::Count,
            (None, None) => Kind::Share,
        }
    }
}

/// The series that a mean reads.
pub(super) fn read(measure: &Measure) -> Vec<String> {
    let marks = measure.marks.iter().flat_map(|m| m.series().map(|(s, _)| s));
    let hours = measure.hours.iter().flat_map(|h| ["hours", "minutes"].map(|s| format!("{s}/{}", h.series())));
    marks.chain(hours).collect()
}

/// A mean's parts; none for a measure that is no mean.
pub(super) fn ratio(rows: &[&CounterRow], id: &str, measure: &Measure) -> Option<Ratio> {
    let of = |written: &str| {
        let name = series(id, written);
        rows.iter().filter(move |r| r.key.series == name)
    };
    let sum = |written: &str| of(written).map(|r| r.n).sum::<i64>();
    let mean = |numerator, denominator, half_within| {
        Some(Ratio { numerator, denominator: Some(denominator), open_overdue: None, half_within })
    };
    if let Some(marks) = &measure.marks {
        let worth = marks.series().map(|(s, worth)| worth * sum(&s)).sum();
        return mean(worth, marks.series().map(|(s, _)| sum(&s)).sum(), None);
    }
    let name = measure.hours.as_ref()?.series();
    let written = format!("hours/{name}");
    let mut bands = [0; BANDS.len() + 1];
    for row in of(&written) {
        bands[usize::from(row.key.bucket).min(BANDS.len())] += row.n;
    }
    let all: i64 = bands.iter().sum();
    mean(sum(&format!("minutes/{name}")), all, half(&bands))
}

/// The end of the band in which the middle one lies.
fn half(bands: &[i64]) -> Option<u32> {
    let (all, mut seen) = (bands.iter().sum::<i64>(), 0);
    let place = bands.iter().position(|n| {
        seen += n;
        seen > 0 && seen * 2 >= all
    });
    BANDS.get(place?).copied()
}

#[cfg(test)]
mod tests {
    use super::{half, ratio};
    use kernel::ids::BodyId;
    use kernel::mechanism::Measure;
    use store::{CounterKey, CounterRow};

    fn counted(series: &str, n: i64) -> CounterRow {
        let key = CounterKey {
            cell: kernel::ids::Cell(0),
            book: 0,
            series: format!("m/{series}"),
            day: "2026-03-02".parse().expect("a day"),
            body: BodyId(1),
            region: "990101".parse().expect("a region"),
            class: String::new(),
            bucket: 0,
        };
        CounterRow { key, n }
    }

    #[test]
    fn a_mean_of_marks_is_what_one_gets_who_adds_them_up() {
        let text = serde_json::json!({
            "name": { "zh": "平均分", "en": "mean" }, "formula": { "zh": "分数 ÷ 项数", "en": "marks" },
            "marks": { "of": ["arrival", "outcome"], "worth": { "good": 3, "fair": 2, "poor": 1 } }
        });
        let measure: Measure = serde_json::from_value(text).expect("a measure");
        let given = [("arrival", "good"), ("arrival", "good"), ("arrival", "poor"), ("outcome", "fair")];
        let rows: Vec<CounterRow> = given.iter().map(|(f, o)| counted(&format!("fact/{f}/{o}"), 1)).collect();
        // What is no mark of these choices counts for nothing.
        let rows = [rows, vec![counted("fact/attitude/good", 9), counted("did/rate", 2)]].concat();
        let one_by_one: i64 = given
            .iter()
            .map(|(_, o)| {
                if *o == "good" {
                    3
                } else if *o == "fair" {
                    2
                } else {
                    1
                }
            })
            .sum();
        let found = ratio(&rows.iter().collect::<Vec<_>>(), "m", &measure).expect("a mean");
        assert_eq!((found.numerator, found.denominator), (one_by_one, Some(4)));
    }

    #[test]
    fn half_of_them_lay_within_the_band_of_the_middle_one() {
        assert_eq!(half(&[1, 0, 3, 1]), Some(4), "the third of five lies within four hours");
        assert_eq!(half(&[2, 2]), Some(1), "two of four do");
        assert_eq!(half(&[0, 0]), None);
        let mut late = [0; 14];
        late[13] = 3;
        assert_eq!(half(&late), None, "above the last band nothing is said");
    }
}
