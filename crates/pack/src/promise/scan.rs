//! The worst of many starts without a full search for each: what the kinder rules of `front` rule out is not searched, a
//! whole row of starts at once where the last of the row cannot take long enough for the first. The outcome is that of
//! looking at every start; a test compares.

use super::Plan;
use super::bound::{Bounds, Most};
use super::front::Front;
use super::run::{Mover, Timed};
use super::search::{Aim, Longest, Search};
use kernel::calendar::Calendar;
use kernel::time::Timestamp;

/// So many starts are weighed together.
const ROW: usize = 64;
/// Every so many starts one is looked at beforehand, so that there is soon something to beat.
const SAMPLE: usize = 499;

pub(super) struct Scan<'a> {
    plan: &'a Plan,
    calendar: &'a Calendar,
    aim: Aim,
    first: &'a [usize],
    search: Search<'a>,
    front: Front<'a>,
    /// The days above which a run is looked for.
    floor: i32,
    /// The first start that takes so many days.
    worst: Option<(Timestamp, Longest)>,
}

/// The first of the starts that take longest, with all of their run in published years.
pub(super) fn worst(
    plan: &Plan,
    calendar: &Calendar,
    aim: Aim,
    first: &[usize],
    starts: &[Timestamp],
) -> Option<(Timestamp, Longest)> {
    let quick = &plan.quick[aim as usize];
    let mut most = Most::new(calendar);
    let bounds = Bounds::new(quick, &mut most);
    let front = Front::new(quick, calendar, &bounds, &mut most);
    let search = Search::with(plan, calendar, aim, &bounds);
    Scan { plan, calendar, aim, first, search, front, floor: -1, worst: None }.over(starts)
}

impl Scan<'_> {
    fn over(mut self, starts: &[Timestamp]) -> Option<(Timestamp, Longest)> {
        let mut best: Vec<(i32, Timestamp)> = Vec::new();
        for start in starts.iter().step_by(SAMPLE) {
            if let Some(end) = self.bound(*start, Timestamp(i64::MIN)) {
                best.push((super::summary::days(*start, end), *start));
            }
        }
        best.sort_by_key(|(days, start)| (-days, *start));
        best.truncate(2);
        best.iter().for_each(|(_, start)| self.one(*start));
        // An earlier start may take as long as the best of the sample.
        self.floor -= 1;
        self.worst = None;
        starts.chunks(ROW).for_each(|row| self.row(row));
        self.worst
    }

    fn bound(&mut self, start: Timestamp, enough: Timestamp) -> Option<Timestamp> {
        self.front.ends_by(raised(self.plan, self.calendar, self.aim, self.first, start), enough)
    }

    fn row(&mut self, starts: &[Timestamp]) {
        let (Some(first), Some(last)) = (starts.first(), starts.last()) else {
            return;
        };
        let enough = self.enough(*first);
        if self.bound(*last, enough).is_some_and(|end| end <= enough) {
            return;
        }
        if let [start] = starts {
            return self.one(*start);
        }
        let (left, right) = starts.split_at(starts.len() / 2);
        self.row(left);
        self.row(right);
    }

    fn one(&mut self, start: Timestamp) {
        let enough = self.enough(start);
        // Where the search may fall short, the bound counts, and the search only shows a way.
        let above = if self.plan.exact[self.aim as usize] { enough } else { Timestamp(i64::MIN) };
        let Some(mut run) = self.search.longer_than(self.first, start, above) else {
            return;
        };
        if !self.plan.exact[self.aim as usize] {
            let bound = self.bound(start, run.end);
            run.rise(bound);
        }
        let inside = !run.provisional && self.calendar.published(run.end.date().year());
        if inside && run.end > enough {
            self.floor = super::summary::days(start, run.end);
            self.worst = Some((start, run));
        }
    }

    /// The last moment of the day to which a run from this start takes no more days than are known.
    fn enough(&self, start: Timestamp) -> Timestamp {
        Timestamp::at(start.date(), 0, 0).plus_days(i64::from(self.floor) + 1).plus_millis(-1)
    }
}

/// The places right after raising.
pub(super) fn raised(
    plan: &Plan,
    calendar: &Calendar,
    aim: Aim,
    first: &[usize],
    start: Timestamp,
) -> impl Iterator<Item = Timed> + use<> {
    let mover = Mover { u: &plan.u, lengths: &plan.lengths, calendar };
    let (live, stands) = (&plan.live[aim as usize], &plan.merged[aim as usize].stands);
    let places: Vec<Timed> =
        first.iter().filter(|n| live[**n]).map(|n| mover.raised(stands[*n] as usize, start)).collect();
    places.into_iter()
}

/// The longest run from one start: exact, or where the search may fall short with the bound as its end.
pub(super) fn longest(
    plan: &Plan,
    calendar: &Calendar,
    aim: Aim,
    first: &[usize],
    start: Timestamp,
) -> Option<Longest> {
    let mut run = Search::new(plan, calendar, aim).longest(first, start)?;
    if !plan.exact[aim as usize] {
        let quick = &plan.quick[aim as usize];
        let mut most = Most::new(calendar);
        let bounds = Bounds::new(quick, &mut most);
        let mut front = Front::new(quick, calendar, &bounds, &mut most);
        run.rise(front.ends_by(raised(plan, calendar, aim, first, start), run.end));
    }
    Some(run)
}
