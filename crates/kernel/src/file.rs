//! The case file (案卷) of a matter: the fold of its entries, nothing else. Folding asks nobody.

use crate::entry::{Act, By, ClockEvent, Dates, Entry, Opened, Started};
use crate::form::Coded;
use crate::ids::{BodyId, PersonId};
use crate::lapse::{self, Lapse};
use crate::part::Parts;
use crate::role::Standing;
use crate::time::{Length, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Where a matter stands.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct CaseFile {
    /// How many entries it has.
    pub seq: u32,
    /// How it was opened.
    pub opened: Option<Opened>,
    /// When.
    pub raised_at: Option<Timestamp>,
    /// When the last entry was written.
    pub last_at: Option<Timestamp>,
    /// The state.
    pub state: String,
    /// When the first substantive answer was given.
    pub answered: Option<Timestamp>,
    /// When the file ended.
    pub ended: Option<Timestamp>,
    /// Coded fields and facts.
    pub facts: BTreeMap<String, Coded>,
    /// How often each action took effect.
    pub counts: BTreeMap<String, u32>,
    /// Which body each role is.
    pub roles: BTreeMap<String, BodyId>,
    /// Assignees and shield.
    pub standing: Standing,
    /// Bodies from which the identity is kept.
    pub withheld: BTreeSet<BodyId>,
    /// Bodies that acted on it or were assigned it: they may read it.
    pub took_part: BTreeSet<BodyId>,
    /// Who acted for an assignee, for separation of duty.
    pub handled: BTreeSet<PersonId>,
    /// Who acted for which body, for separation of duty between roles.
    pub hands: BTreeMap<BodyId, BTreeSet<PersonId>>,
    /// The bodies that work on it side by side.
    pub parts: Parts,
    /// Who acted for a part, for separation of duty.
    pub part_hands: BTreeSet<PersonId>,
    /// The clocks that run, overdue ones among them.
    pub clocks: BTreeMap<String, Running>,
    /// The clocks that stopped, in order.
    pub stopped: Vec<Stopped>,
    /// What waits for approval, by action.
    pub proposals: BTreeMap<String, Proposal>,
    /// The letters issued: entry and letter id.
    pub letters: Vec<(u32, String)>,
    /// What became of them.
    pub papers: crate::papers::Papers,
    /// The windows of the raiser in which silence spoke, in order.
    pub lapses: Vec<Lapse>,
    /// Other matters.
    pub kin: crate::kin::KinFile,
    /// Where the newest public words stand.
    pub said: crate::said::Said,
    /// What became of its personal content.
    pub keeping: crate::personal::Keeping,
    /// Votes, the last of each name.
    pub polls: BTreeMap<String, crate::vote::Poll>,
}

impl PartialEq for Standing {
    fn eq(&self, other: &Self) -> bool {
        self.assignee == other.assignee
            && self.former == other.former
            && self.shield == other.shield
            && self.parts == other.parts
            && self.raiser == other.raiser
    }
}
impl Eq for Standing {}

/// A clock that runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Running {
    /// Its start.
    pub started: Started,
    /// Its dates now.
    pub dates: Dates,
    /// The prolongations so far, each with the dates that it changed.
    pub extended: Vec<(Length, Dates)>,
    /// Everything that moved its dates since the start, in order, for computing them again.
    pub changes: Vec<Change>,
    /// Stands still since.
    pub suspended: Option<(String, Timestamp)>,
    /// It passed its date.
    pub expired: bool,
    /// It expired at the top: the public overdue list.
    pub listed: bool,
}

/// What moved the dates of a clock.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// It was prolonged.
    Extended(Length),
    /// It stood still.
    Stood {
        /// From.
        since: Timestamp,
        /// To.
        until: Timestamp,
    },
}

/// A clock that stopped.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stopped {
    /// What it was.
    pub running: Running,
    /// When.
    pub at: Timestamp,
    /// With which entry.
    pub seq: u32,
}

impl Stopped {
    /// Whether it was kept.
    #[must_use]
    pub fn kept(&self) -> bool {
        !self.running.expired && self.at <= self.running.dates.due
    }
}

/// An action that waits for approval.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proposal {
    /// The entry that proposed it.
    pub seq: u32,
    /// By whom.
    pub by: By,
    /// The coded values that it will set.
    pub facts: BTreeMap<String, Coded>,
}

impl CaseFile {
    /// Folds entries into a file.
    #[must_use]
    pub fn fold<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> CaseFile {
        let mut file = CaseFile::default();
        entries.into_iter().for_each(|e| file.evolve(e));
        file
    }

    /// Takes one more entry. Total: any entry can be folded.
    pub fn evolve(&mut self, entry: &Entry) {
        if let Some(restored) = entry.undoes.and_then(|seq| self.without(seq)) {
            *self = restored;
        }
        let lapses = lapse::after(std::mem::take(&mut self.lapses), self, entry);
        self.take(entry);
        self.lapses = lapses;
    }

    fn take(&mut self, entry: &Entry) {
        let when = entry.occurred.map_or(entry.at, |o| o.min(entry.at));
        self.seq = entry.seq;
        self.last_at = Some(entry.at);
        if let Some(opened) = &entry.opened {
            self.opened = Some(opened.clone());
            self.raised_at = Some(entry.at);
            // Whoever had it raised follows it to its end.
            self.took_part.extend(opened.origin.body());
            self.standing.raiser = opened.origin.raised_for(entry.by);
        }
        if let By::Post { person, body } = entry.by {
            self.took_part.insert(body);
            self.hands.entry(body).or_default().insert(person);
        }
        self.took_part.extend(entry.assigned);
        if let By::Post { person, body } = entry.by
            && (self.standing.assignee == Some(body) || entry.assigned == Some(body))
        {
            self.handled.insert(person);
        }
        self.evolve_act(entry);
        self.kin.evolve(entry, &mut self.facts);
        self.keeping.evolve(entry);
        self.said.evolve(entry);
        if let Some(body) = entry.assigned
            && let Some(old) = self.standing.assignee.replace(body).filter(|old| *old != body)
        {
            self.standing.former.insert(old);
        }
        self.standing.shield.extend(&entry.shields);
        self.withheld.extend(&entry.withholds);
        for (role, body) in &entry.roles {
            match body {
                Some(b) => drop(self.roles.insert(role.clone(), *b)),
                None => drop(self.roles.remove(role)),
            }
        }
        if let Some(state) = &entry.state {
            self.state.clone_from(state);
            self.proposals.clear();
        }
        if entry.answers {
            self.answered.get_or_insert(when);
        }
        if entry.ends {
            self.ended = Some(when);
        }
        entry.parts.iter().for_each(|p| self.evolve_part(p, when, entry.seq));
        self.evolve_acted(entry);
        entry.clocks.iter().for_each(|c| self.evolve_clock(c, entry));
        entry.polls.iter().for_each(|p| self.evolve_poll(p, entry.seq, entry.by));
        self.papers.evolve(entry);
        self.letters.extend(entry.letter.iter().map(|l| (entry.seq, l.clone())));
    }

    fn evolve_act(&mut self, entry: &Entry) {
        match &entry.act {
            Act::Proposed(action) => {
                let proposal = Proposal { seq: entry.seq, by: entry.by, facts: entry.facts.clone() };
                self.proposals.insert(action.clone(), proposal);
                return;
            }
            Act::Rejected(action, _) | Act::TakenBack(action, _) => {
                self.proposals.remove(action);
            }
            Act::Did(action) | Act::Approved(action, _) => {
                self.proposals.remove(action);
                *self.counts.entry(action.clone()).or_default() += 1;
            }
            Act::Expired(_) | Act::Recomputed | Act::Kin(_) | Act::Voted(_) | Act::Voided(_) => {}
        }
        self.facts.extend(entry.facts.iter().map(|(k, v)| (k.clone(), v.clone())));
    }

    fn evolve_acted(&mut self, entry: &Entry) {
        let Some(part) = entry.part.as_ref().and_then(|key| self.parts.get_mut(key)) else {
            return;
        };
        part.last = Some(entry.seq);
        if let Some(action) = entry.act.effect() {
            *part.counts.entry(action.to_owned()).or_default() += 1;
        }
        if let By::Post { person, body } = entry.by
            && body == part.body
        {
            self.part_hands.insert(person);
        }
    }

    fn evolve_clock(&mut self, event: &ClockEvent, entry: &Entry) {
        let at = entry.occurred.map_or(entry.at, |o| o.min(entry.at));
        match event {
            ClockEvent::Started(s) => {
                let running = Running {
                    started: s.clone(),
                    dates: s.dates,
                    extended: Vec::new(),
                    changes: Vec::new(),
                    suspended: None,
                    expired: false,
                    listed: false,
                };
                self.clocks.insert(s.id.clone(), running);
            }
            ClockEvent::Stopped { id } => {
                if let Some(running) = self.clocks.remove(id) {
                    self.stopped.push(Stopped { running, at, seq: entry.seq });
                }
            }
            ClockEvent::Extended { id, by, dates } => self.on_clock(id, |c| {
                c.extended.push((*by, c.dates));
                c.changes.push(Change::Extended(*by));
                c.dates = *dates;
            }),
            ClockEvent::Suspended { id, by } => self.on_clock(id, |c| c.suspended = Some((by.clone(), at))),
            ClockEvent::Resumed { id, dates } => self.on_clock(id, |c| {
                c.changes.extend(c.suspended.take().map(|(_, since)| Change::Stood { since, until: at }));
                c.dates = *dates;
            }),
            ClockEvent::Expired { id, listed } => self.on_clock(id, |c| {
                c.expired = true;
                c.listed = *listed;
            }),
            ClockEvent::Recomputed { id, dates, .. } => self.on_clock(id, |c| c.dates = *dates),
        }
    }

    fn on_clock(&mut self, id: &str, change: impl FnOnce(&mut Running)) {
        if let Some(clock) = self.clocks.get_mut(id) {
            change(clock);
        }
    }

    /// The file as it would stand if the silence of this entry had not spoken; none where that cannot be taken back.
    #[must_use]
    pub fn without(&self, seq: u32) -> Option<CaseFile> {
        lapse::without(self, seq)
    }

    /// The owed clock or window that comes due first, standing ones and expired ones apart.
    #[must_use]
    pub fn next_due(&self) -> Option<(&str, &Running)> {
        let running = self.clocks.iter().filter(|(_, c)| !c.expired && c.suspended.is_none());
        running.min_by_key(|(_, c)| c.dates.due).map(|(id, c)| (id.as_str(), c))
    }

    /// Whether a clock of this id runs (overdue ones run).
    #[must_use]
    pub fn runs(&self, clock: &str) -> bool {
        self.clocks.contains_key(clock)
    }
}
