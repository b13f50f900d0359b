//! What silence did can be taken back: a window of the raiser that the clock closed, and the file as it would stand if
//! silence had not spoken. Folding keeps this beside the file, so that it asks nobody. Whether an act may take silence
//! back is decided in `late`; this only remembers.

use crate::clocks::level;
use crate::entry::{Act, By, ClockEvent, Entry};
use crate::file::{CaseFile, Running};
use crate::kin::Kin;

/// A window of the raiser in which silence spoke.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lapse {
    /// The entry with which it spoke.
    pub seq: u32,
    /// The window as it ran until then.
    pub window: Running,
    /// What it would take to undo it; none once somebody acted on what followed.
    pub open: Option<Box<Open>>,
}

/// What it takes to undo a silence.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Open {
    /// The file before silence spoke; its own lapses stay with the file now.
    pub before: CaseFile,
    /// The entry of the silence and all since: by the clock, or without any effect on where the matter stands.
    pub since: Vec<Entry>,
}

impl Open {
    /// The entries since that hold without the silence: what the clock found late in clocks that ran before it already,
    /// and words that moved nothing.
    #[must_use]
    pub fn kept(&self) -> Vec<Entry> {
        let Some((silence, since)) = self.since.split_first() else { return Vec::new() };
        let runs_on = |event: &ClockEvent| {
            let base = level(id_of(event)).0;
            self.before.clocks.contains_key(base) && !stops(silence, base)
        };
        let keep = |entry: &Entry| {
            let mut entry = entry.clone();
            entry.clocks.retain(runs_on);
            let idle = entry.by == By::Clock && (matches!(entry.act, Act::Did(_)) || entry.clocks.is_empty());
            (!idle).then_some(entry)
        };
        since.iter().filter_map(keep).collect()
    }

    /// Whether the clock spoke in a window that ran beside this one: that silence is nobody's consequence.
    fn crossed_by(&self, entry: &Entry, file: &CaseFile) -> bool {
        let run = |f: &CaseFile, id: &str| f.clocks.get(id).map(|c| c.started.clone());
        silent_clock(file, entry).is_some_and(|id| run(&self.before, id) == run(file, id))
    }
}

/// The lapses of a file after one more entry. `file` is the one before it, without its lapses.
pub(crate) fn after(mut lapses: Vec<Lapse>, file: &CaseFile, entry: &Entry) -> Vec<Lapse> {
    for lapse in &mut lapses {
        // A child that came, did something or ended acted on what followed, though the clock wrote it down.
        let child = matches!(
            entry.act,
            Act::Kin(
                Kin::Child { .. } | Kin::NoChild { .. } | Kin::Told { .. } | Kin::Heard { .. } | Kin::Ended { .. }
            )
        );
        let holds = (entry.by == By::Clock || moves_nothing(entry)) && entry.undoes.is_none() && !child;
        lapse.open = lapse.open.take().filter(|open| holds && !open.crossed_by(entry, file)).map(|mut open| {
            open.since.push(entry.clone());
            open
        });
    }
    let window = silent_clock(file, entry).and_then(|id| file.clocks.get(id)).filter(|c| c.started.body.is_none());
    if let Some(window) = window.cloned() {
        let open = Open { before: file.clone(), since: vec![entry.clone()] };
        lapses.push(Lapse { seq: entry.seq, window, open: Some(Box::new(open)) });
    }
    lapses
}

/// The file as it would stand if this silence had not spoken; none if it cannot be taken back.
pub(crate) fn without(file: &CaseFile, seq: u32) -> Option<CaseFile> {
    let at = file.lapses.iter().position(|l| l.seq == seq)?;
    let open = file.lapses.get(at)?.open.as_deref()?;
    let mut restored = open.before.clone();
    open.kept().iter().for_each(|e| restored.evolve(e));
    // What was written stays written: the place in the file and the letters that went out.
    (restored.seq, restored.last_at, restored.letters) = (file.seq, file.last_at, file.letters.clone());
    restored.papers.clone_from(&file.papers);
    // What other matters did to this one they have done.
    restored.kin.clone_from(&file.kin);
    restored.kin.tell(&mut restored.facts);
    restored.keeping.restored(&file.keeping);
    restored.lapses = file.lapses.iter().take(at).cloned().collect();
    Some(restored)
}

/// The window in which the clock speaks with this entry: it stops at the moment at which it was due.
fn silent_clock<'a>(file: &CaseFile, entry: &'a Entry) -> Option<&'a str> {
    let speaks = entry.by == By::Clock && matches!(entry.act, Act::Did(_));
    let due = |id: &str| file.clocks.get(id).map(|c| c.dates.due);
    let stopped = entry.clocks.iter().filter_map(|e| match e {
        ClockEvent::Stopped { id } => Some(id.as_str()),
        _ => None,
    });
    stopped.into_iter().find(|id| speaks && entry.occurred.is_some() && due(id) == entry.occurred)
}

fn moves_nothing(entry: &Entry) -> bool {
    matches!(entry.act, Act::Did(_) | Act::Voided(_))
        && entry.state.is_none()
        && !entry.ends
        && !entry.answers
        && entry.assigned.is_none()
        && entry.letter.is_none()
        && entry.roles.is_empty()
        && entry.shields.is_empty()
        && entry.clocks.is_empty()
}

fn stops(entry: &Entry, clock: &str) -> bool {
    entry.clocks.iter().any(|e| matches!(e, ClockEvent::Stopped { id } if id == clock))
}

fn id_of(event: &ClockEvent) -> &str {
    match event {
        ClockEvent::Started(s) => &s.id,
        ClockEvent::Stopped { id }
        | ClockEvent::Extended { id, .. }
        | ClockEvent::Suspended { id, .. }
        | ClockEvent::Resumed { id, .. }
        | ClockEvent::Expired { id, .. }
        | ClockEvent::Recomputed { id, .. } => id,
    }
}
