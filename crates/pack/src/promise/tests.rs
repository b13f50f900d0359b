//! The honesty of the promise: greedy waiting against plain enumeration of waiting times, on random small mechanisms
//! (PROPTEST_CASES asks for more of them).

use super::run::{Mover, NEVER, Timed};
use super::search::{Aim, Search};
use super::*;
use kernel::mechanism::RAISER;
use proptest::prelude::*;
use std::fmt::Write as _;

/// Every step at every day's same hour from now to the last moment, and at that moment itself.
struct Plain<'a> {
    plan: &'a Plan,
    mover: Mover<'a>,
    aim: Aim,
    memory: BTreeMap<Timed, Option<Timestamp>>,
}

impl Plain<'_> {
    fn longest(&mut self, timed: &Timed) -> Option<Timestamp> {
        if let Some(known) = self.memory.get(timed) {
            return *known;
        }
        // A place that is met again while it is open adds nothing: no time has passed.
        self.memory.insert(timed.clone(), None);
        let u = &self.plan.u;
        let going: Vec<_> = timed.runs.iter().filter(|r| r.since == NEVER).collect();
        let hers = u.model.mechanism.state[u.state(timed.node as usize)].holder.as_deref() == Some(RAISER);
        let ours = going.iter().map(|r| &u.model.clocks[usize::from(r.clock)].1);
        let ours = ours.clone().any(|c| c.owed_by.is_some() || (c.whose() != RAISER && !hers));
        let waits = self.aim == Aim::End || ours;
        let due = going.iter().map(|r| r.due).min()?.max(timed.now);
        let latest = if waits { due } else { timed.now };
        let mut times = vec![latest];
        let mut at = timed.now;
        while at < latest {
            times.push(at);
            at = at.plus_hours(8);
        }
        let mut best = None;
        for edge in u.edges[timed.node as usize].clone() {
            let action = edge.action.map(|a| &u.model.actions[a].1);
            let counted = action.is_some_and(|a| a.at_most.is_some() || a.extends.is_some());
            if action.is_some_and(|a| a.withdraws) || (self.aim == Aim::Ordinary && counted) {
                continue;
            }
            for at in times.clone() {
                if let Some(w) = edge.silence {
                    let run = timed.runs.iter().find(|r| usize::from(r.clock) == w);
                    if waits && !run.is_some_and(|r| r.due == at || (r.due < at && at == latest)) {
                        continue;
                    }
                }
                let reached = match self.aim {
                    Aim::End => u.ended(edge.to),
                    _ => action.is_some_and(|a| a.answers),
                };
                let end = if reached { Some(at) } else { self.longest(&self.mover.after(timed, &edge, at).0) };
                best = best.max(end);
            }
        }
        self.memory.insert(timed.clone(), best);
        best
    }
}

#[derive(Debug, Clone)]
struct Small {
    lengths: Vec<(u8, u8)>,
    back: u8,
    extend: bool,
    suspend: Option<bool>,
    overall: bool,
    window: bool,
    roll: bool,
}

fn small() -> impl Strategy<Value = Small> {
    let lengths = prop::collection::vec((1u8..6, 0u8..3), 6);
    let flags = (0u8..3, any::<bool>(), prop::option::of(any::<bool>()), any::<bool>(), any::<bool>(), any::<bool>());
    (lengths, flags).prop_map(|(lengths, (back, extend, suspend, overall, window, roll))| Small {
        lengths,
        back,
        extend,
        suspend,
        overall,
        window,
        roll,
    })
}

impl Small {
    fn length(&self, i: usize, units: usize) -> String {
        let (n, unit) = self.lengths[i];
        format!("{n}{}", ["d", "wd", "h"][usize::from(unit) % units])
    }

    /// Taken, handled, answered, asked; perhaps sent back, extended, suspended, inside one clock of the whole.
    fn toml(&self) -> String {
        let mut t = String::from(
            r#"[mechanism]
id="x"
name={zh="甲",en="a"}
summary={zh="甲",en="a"}
door="report"
source="t"
[role.office]
name={zh="甲",en="a"}
is="office intake"
[role.above]
name={zh="乙",en="b"}
is="part_of of office"
[escalation]
within="n0"
up="part_of"
"#,
        );
        let put = |t: &mut String, lines: &str| t.push_str(lines);
        let suspender = if self.suspend == Some(true) { 3 } else { 1 };
        for (s, holder) in [("a", "office"), ("b", "office"), ("w", "raiser"), ("c", "raiser")] {
            if s == "w" && self.suspend.is_none() {
                continue;
            }
            let _ = writeln!(t, "[state.{s}]\nname={{zh=\"甲\",en=\"a\"}}\nring=\"办理\"\nholder=\"{holder}\"");
        }
        put(&mut t, "[state.z]\nname={zh=\"甲\",en=\"a\"}\nring=\"办理\"\nend=true\n");
        let act = |t: &mut String, id: &str, from: &str, by: &str, to: &str, more: &str| {
            let _ =
                writeln!(t, "[action.{id}]\nlabel={{zh=\"甲\",en=\"a\"}}\nsaid={{zh=\"甲\",en=\"a\"}}\nby=[\"{by}\"]");
            if !from.is_empty() {
                let _ = writeln!(t, "in=[\"{from}\"]");
            }
            if !to.is_empty() {
                let _ = writeln!(t, "to=\"{to}\"");
            }
            let _ = writeln!(t, "{more}");
        };
        act(&mut t, "raise", "", "raiser", "a", "");
        act(&mut t, "take", "a", "office", "b", "");
        act(&mut t, "answer", "b", "office", "c", "answers=true");
        act(&mut t, "silent", "c", "clock", "z", "");
        act(&mut t, "content", "c", "raiser", "z", "");
        act(&mut t, "watch", "", "above", "", "anytime=true");
        if self.back > 0 {
            act(&mut t, "back", "b", "office", "a", &format!("at_most={}\nthen=\"answer\"", self.back));
        }
        if self.extend {
            act(&mut t, "extend", "b", "office", "", "at_most=1\nthen=\"answer\"\nextends={clock=\"do\",by=\"n5\"}");
        }
        if self.suspend.is_some() {
            act(&mut t, "ask", "b", "office", "w", "at_most=1\nthen=\"answer\"");
            act(&mut t, "give", "w", "raiser", "b", "");
            act(&mut t, "lapse", "w", "clock", "b", "");
        }
        let clock = |t: &mut String, id: &str, whose: &str, from: &str, to: &str, n: usize, more: &str| {
            let roll = if self.roll { "next_working_day" } else { "none" };
            let _ = writeln!(t, "[clock.{id}]\nlabel={{zh=\"甲\",en=\"a\"}}\n{whose}\nfrom=[{from}]\nto=[{to}]");
            let _ = writeln!(t, "length=\"n{n}\"\nroll=\"{roll}\"\n{more}");
        };
        let owed = "owed_by=\"office\"\nexpiry=\"above\"";
        let back = if self.back > 0 { ",\"back\"" } else { "" };
        clock(&mut t, "route", owed, &format!("\"raise\"{back}"), "\"take\"", 0, "");
        clock(&mut t, "do", owed, "\"take\"", &format!("\"answer\"{back}"), 1, "");
        if self.overall {
            clock(&mut t, "all", owed, "\"raise\"", "\"answer\"", 2, "");
        }
        let window = "window_of=\"raiser\"";
        clock(&mut t, "reply", window, "\"answer\"", "\"content\"", 3, "silence={zh=\"甲\",en=\"a\",then=\"silent\"}");
        if self.window {
            clock(&mut t, "note", "window_of=\"office\"", "\"take\"", "\"answer\"", 5, "silence={zh=\"甲\",en=\"a\"}");
        }
        if self.suspend.is_some() {
            let all = if self.overall { ",\"all\"" } else { "" };
            let more = format!("suspends=[\"do\"{all}]\nsilence={{zh=\"甲\",en=\"a\",then=\"lapse\"}}");
            clock(&mut t, "stuff", window, "\"ask\"", "\"give\",\"lapse\"", 4, &more);
        }
        // A number that nothing uses is a finding.
        for i in (0..6).filter(|i| t.contains(&format!("\"n{i}\""))).collect::<Vec<_>>() {
            let units = if i == 4 { suspender } else { 3 };
            let _ = writeln!(t, "[number.n{i}]\nvalue=\"{}\"", self.length(i, units));
        }
        t
    }
}

proptest! {
    #[test]
    fn greedy_waiting_is_never_beaten(small in small(), day in 0i64..14, hour in 0i64..24) {
        let m: Mechanism = toml::from_str(&small.toml()).expect("reads");
        let calendar = Calendar::new("", Vec::new()).expect("builds");
        let start = Timestamp::at(Date::constant(2024, 1, 1), 0, 0).plus_days(day).plus_hours(hour);
        let found = crate::check::check(&m, None);
        prop_assert!(found.is_empty(), "{found:#?}");
        let plan = Plan::new(&m);
        for aim in Aim::ALL {
            let greedy = Search::new(&plan, &calendar, aim).longest(&plan.u.first, start).map(|l| l.end);
            let mover = || Mover { u: &plan.u, lengths: &plan.lengths, calendar: &calendar };
            let mut plain = Plain { plan: &plan, mover: mover(), aim, memory: BTreeMap::new() };
            let first: Vec<Timed> = plan.u.first.iter().map(|n| mover().raised(*n, start)).collect();
            let every = first.iter().filter_map(|t| plain.longest(t)).max();
            // Where a clock stands still a bound counts, which is never too early.
            let most = super::scan::longest(&plan, &calendar, aim, &plan.u.first, start).map(|l| l.end);
            prop_assert!(most >= every, "{most:?} < {every:?}: {aim:?} of\n{}", small.toml());
            if small.suspend.is_none() {
                prop_assert_eq!(greedy, every, "{:?} of\n{}", aim, small.toml());
            }
        }
    }
}

/// The search as it reads in mechanisms.md: no merging of dates, nothing ruled out beforehand.
struct Slow<'a> {
    plan: &'a Plan,
    mover: Mover<'a>,
    aim: Aim,
    memory: BTreeMap<Timed, Option<Timestamp>>,
}

impl Slow<'_> {
    fn longest(&mut self, timed: &Timed) -> Option<Timestamp> {
        if let Some(known) = self.memory.get(timed) {
            return *known;
        }
        self.memory.insert(timed.clone(), None);
        let (u, quick) = (&self.plan.u, &self.plan.quick[self.aim as usize]);
        let (latest, bound) = quick.latest(timed)?;
        let mut best = None;
        for edge in u.edges[timed.node as usize].clone() {
            if !self.aim.passes(u, &edge) {
                continue;
            }
            if let Some(w) = edge.silence.filter(|_| bound)
                && !timed.runs.iter().any(|r| usize::from(r.clock) == w && r.due <= latest)
            {
                continue;
            }
            let end = if self.aim.reached(u, &edge) {
                Some(latest)
            } else {
                let mut next = self.mover.after(timed, &edge, latest).0;
                next.node = self.plan.merged[self.aim as usize].stands[next.node as usize];
                self.longest(&next)
            };
            best = best.max(end);
        }
        self.memory.insert(timed.clone(), best);
        best
    }
}

#[test]
fn the_quick_way_finds_what_the_plain_one_finds() {
    let packs = crate::packs::PackSet::embedded();
    let calendar = crate::calendar::embedded();
    for (id, region, effective) in packs.variants() {
        let plan = Plan::new(&effective.expect("reads").mechanism);
        let first = plan.first(&BTreeMap::new());
        for aim in Aim::ALL.into_iter().filter(|aim| plan.missing.is_empty() && plan.exact[*aim as usize]) {
            let stands = &plan.merged[aim as usize].stands;
            // The plain way takes minutes where a mechanism has very many configurations: fewer days of those.
            let apart = 487 * (1 + stands.len() / 2_000);
            let all: Vec<Timestamp> = plan.starts(calendar).into_iter().skip(5800).step_by(apart).collect();
            let mut worst: Option<(i32, Timestamp)> = None;
            let mover = || Mover { u: &plan.u, lengths: &plan.lengths, calendar };
            for start in &all {
                let mut slow = Slow { plan: &plan, mover: mover(), aim, memory: BTreeMap::new() };
                let live = first.iter().filter(|n| plan.live[aim as usize][**n]);
                let ends = live.filter_map(|n| slow.longest(&mover().raised(stands[*n] as usize, *start)));
                let slow = ends.max();
                let quick = Search::new(&plan, calendar, aim).longest(&first, *start).expect("bounded");
                assert_eq!(Some(quick.end), slow, "{id} {region:?} {aim:?} from {start}");
                let days = super::summary::days(*start, quick.end);
                let inside = !quick.provisional && calendar.published(quick.end.date().year());
                if inside && worst.is_none_or(|(most, _)| days > most) {
                    worst = Some((days, *start));
                }
            }
            let scanned = super::scan::worst(&plan, calendar, aim, &first, &all);
            let scanned = scanned.map(|(start, run)| (super::summary::days(start, run.end), start));
            assert_eq!(scanned, worst, "{id} {region:?} {aim:?}: the worst of them");
        }
    }
}
