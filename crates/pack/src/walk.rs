//! Walks: a matter is played through random lawful actions of random lawful people, with random waiting, and what must
//! always hold is looked at after every entry. A walk proves nothing; it finds what the proofs and the kernel forgot.
//! Random means: by a seed. The same seed gives the same walk.

mod always;
mod faults;
mod fill;
mod kin;
mod many;
mod random;

use crate::demo_directory::DemoDirectory;
use crate::scenario::ballot::Beside;
use kernel::calendar::Calendar;
use kernel::decide::{
    Actor, Command, Context, Decision, Opening, decidable_by, decide, possible_for, possible_on, takable_by,
};
use kernel::entry::Entry;
use kernel::file::CaseFile;
use kernel::form::Filled;
use kernel::ids::BodyId;
use kernel::mechanism::{CLOCK, Mechanism, RAISE, RAISER};
use kernel::outside::Outside;
use kernel::refusal::{Refusal, Rule};
use kernel::region::RegionCode;
use kernel::time::Timestamp;
use kernel::vote::is_open;
pub use many::{WalkSummary, walk_many};
use random::Random;
use std::collections::BTreeSet;

/// What a walk runs on.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// The effective mechanism.
    pub mechanism: &'a Mechanism,
    /// Bodies and people.
    pub directory: &'a DemoDirectory,
    /// The calendar.
    pub calendar: &'a Calendar,
    /// Where the matter is raised.
    pub region: RegionCode,
    /// Whether something goes wrong between the steps.
    pub faults: bool,
}

/// One walk.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct WalkLog {
    /// The seed that gives it again.
    pub seed: u64,
    /// What happened, a line each, for people.
    pub lines: Vec<String>,
    /// The file's entries.
    pub entries: Vec<Entry>,
    /// The file at the end.
    pub file: CaseFile,
    /// Whether the matter could be raised at all; a complaint about everybody cannot.
    pub raised: bool,
    /// What did not hold: the line, and what.
    pub broken: Vec<String>,
}

/// Plays one matter.
#[must_use]
pub fn walk(ground: Ground<'_>, seed: u64, steps: usize) -> WalkLog {
    let mut walker = Walker {
        ground,
        random: Random::new(seed),
        now: Timestamp(0),
        log: WalkLog { seed, ..WalkLog::default() },
        raiser: Actor { raiser: true, ..Actor::default() },
        beside: Beside::default(),
        used: 0,
        stands: 0,
    };
    walker.now = walker.start();
    walker.log.raised = walker.open();
    for _ in 0..steps {
        if !walker.log.raised || !walker.log.broken.is_empty() {
            break;
        }
        walker.step();
    }
    walker.log
}

struct Walker<'a> {
    ground: Ground<'a>,
    random: Random,
    now: Timestamp,
    log: WalkLog,
    raiser: Actor,
    beside: Beside,
    /// How much of every cap is used just now.
    used: u32,
    /// Where the matter stands just now that this one is about.
    stands: usize,
}

impl<'a> Walker<'a> {
    /// Some minute of the years 2025 and 2026.
    fn start(&mut self) -> Timestamp {
        let first: Timestamp = "2025-01-01T00:00".parse().expect("invariant: a time");
        first.plus_millis(self.random.below(2 * 365 * 24 * 60) as i64 * 60_000)
    }

    fn ctx<'c>(&mut self, outside: &'c Outside) -> Context<'c>
    where
        'a: 'c,
    {
        let Ground { mechanism, directory, calendar, .. } = self.ground;
        let mut seed = [0; 16];
        seed[..8].copy_from_slice(&self.random.next().to_be_bytes());
        Context { mechanism, calendar, directory, now: self.now, seed, hash: kernel::chain::HashAlg::Sha256, outside }
    }

    fn actors(&self) -> Vec<(String, Actor)> {
        let people = self.ground.directory.people().iter().map(|p| (p.user.clone(), p.actor()));
        std::iter::once((RAISER.to_owned(), self.raiser.clone())).chain(people).collect()
    }

    /// The raiser and whoever has a post at a body that is somebody in this file; nobody else could act.
    fn concerned(&self) -> Vec<(String, Actor)> {
        let file = &self.log.file;
        let clocks = file.clocks.values().filter_map(|c| c.started.body);
        let parts = file.parts.values().map(|p| p.body);
        let bodies: BTreeSet<BodyId> = file.roles.values().copied().chain(clocks).chain(parts).collect();
        let mut actors = self.actors();
        actors.retain(|(_, a)| a.raiser || a.posts.iter().any(|p| bodies.contains(&p.body)));
        actors
    }

    fn open(&mut self) -> bool {
        let Some(action) = self.ground.mechanism.action.get(RAISE) else { return false };
        let mut actors = self.actors();
        let first = self.random.below(actors.len() + 1).saturating_sub(1);
        actors.rotate_left(first);
        let outside = self.outside();
        let ctx = self.ctx(&outside);
        let Some(filled) = self.fill(action) else { return false };
        // The version names the mechanism; no walk looks it up, and to compute it takes longer than a step.
        let opening = Opening { region: self.ground.region, promise: None, version: String::new() };
        for (who, actor) in actors {
            match crate::scenario::kin::raised(&ctx, &actor, opening.clone(), filled.clone(), None) {
                Ok(decision) => {
                    self.take(&who, RAISE, decision);
                    return true;
                }
                Err(Refusal { rule: Rule::Role { .. }, .. }) => {}
                // Whoever complains about everybody finds nobody; the page says where to go instead.
                Err(Refusal { rule: Rule::Nobody { .. }, .. }) if shields(&self.ground, &filled) => return false,
                Err(refusal) => {
                    self.broke(format!("raising was refused: {refusal}"));
                    return false;
                }
            }
        }
        // What only the calendar or another matter raises.
        if let Ok(by) = kernel::decide::raises_as(self.ground.mechanism)
            && let Ok(decision) =
                kernel::decide::raise_from(&ctx, by, opening, kernel::kin::Origin::default(), filled, None)
        {
            self.take(CLOCK, RAISE, decision);
            return true;
        }
        self.broke("nobody may raise".to_owned());
        false
    }

    /// Most of the time what moves the matter on, seldom giving it up: a walk that only reminds sees little of a mechanism.
    fn likely<'c>(
        mechanism: &Mechanism,
        (gives_up, idles): (bool, bool),
        choices: Vec<(&'c str, bool)>,
    ) -> Vec<(&'c str, bool)> {
        let likely = |id: &str| {
            let Some(action) = mechanism.action.get(id) else { return true };
            (gives_up || !action.withdraws) && (idles || mechanism.moves(id, action))
        };
        choices.into_iter().filter(|(id, proposal)| *proposal || likely(id)).collect()
    }

    fn step(&mut self) {
        if self.ground.faults && self.random.below(2) == 0 {
            self.fault();
        }
        self.wait();
        if !self.ground.mechanism.cap.is_empty() {
            self.used = if self.random.below(3) == 0 { u32::MAX } else { 0 };
        }
        if self.ground.mechanism.about().is_some() {
            self.stands = self.random.below(kernel::personal::STANDINGS.len());
        }
        let outside = self.outside();
        let ctx = self.ctx(&outside);
        match decide(&ctx, &self.log.file, &Actor::default(), &Command::Tick) {
            Ok(decision) => self.take("clock", "time passes", decision),
            Err(refusal) => return self.broke(format!("time cannot pass: {refusal}")),
        }
        if self.elsewhere() {
            return;
        }
        if self.votes() {
            return;
        }
        let outside = self.outside();
        let ctx = Context { outside: &outside, ..ctx };
        let mut actors = self.concerned();
        let first = self.random.below(actors.len());
        let mood = (self.random.below(12) == 0, self.random.below(4) == 0);
        actors.rotate_left(first);
        // What waits for approval is mostly decided before something else happens.
        if !self.log.file.proposals.is_empty() && self.random.below(4) > 0 {
            if self.random.below(12) == 0 && self.takes_back(&actors) {
                return;
            }
            for (who, actor) in &actors {
                let waiting = decidable_by(&ctx, &self.log.file, actor).first().map(|a| (*a).to_owned());
                if let Some(action) = waiting {
                    return self.judge(who, actor, &action);
                }
            }
        }
        for (who, actor) in actors {
            let possible = possible_for(&ctx, &self.log.file, &actor);
            let decidable = decidable_by(&ctx, &self.log.file, &actor);
            let choices: Vec<(&str, bool)> =
                possible.into_iter().map(|a| (a, false)).chain(decidable.into_iter().map(|a| (a, true))).collect();
            let choices = Walker::likely(self.ground.mechanism, mood, choices);
            if choices.is_empty() || self.random.below(4) == 0 {
                continue;
            }
            let (action, proposal) = choices[self.random.below(choices.len())];
            let action = action.to_owned();
            return if proposal { self.judge(&who, &actor, &action) } else { self.act(&who, &actor, &action) };
        }
    }

    fn act(&mut self, who: &str, actor: &Actor, id: &str) {
        let Some(action) = self.ground.mechanism.action.get(id) else { return };
        let Some(filled) = self.fill(action) else { return };
        let outside = self.outside();
        let ctx = self.ctx(&outside);
        let adds_shield = shields(&self.ground, &filled);
        let part = self.part(&ctx, actor, id);
        let command = Command::Act { action: id.to_owned(), filled, occurred: None, part };
        match decide(&ctx, &self.log.file, actor, &command) {
            Ok(decision) => self.take(who, id, decision),
            Err(Refusal { rule: Rule::Nobody { .. }, .. }) if adds_shield => {}
            // Whoever is called while it works on the matter already.
            Err(Refusal { rule: Rule::PartOpen { .. }, .. }) => {}
            // What is to be counted is not over yet, or nobody said of what.
            Err(Refusal { rule: Rule::Count(_), .. }) => {}
            Err(refusal) => self.broke(format!("`{id}` is possible for {who} and was refused: {refusal}")),
        }
    }

    /// Some part on which this may be done.
    fn part(&mut self, ctx: &Context<'_>, actor: &Actor, id: &str) -> Option<String> {
        let file = &self.log.file;
        let fits = |p: &&kernel::part::PartFile| possible_on(ctx, file, actor, p).contains(&id);
        let keys: Vec<String> = file.parts.values().filter(fits).map(|p| p.key.clone()).collect();
        let chosen = self.random.below(keys.len().max(1));
        keys.into_iter().nth(chosen)
    }

    /// Where a vote is open somebody mostly votes, for himself or for another.
    fn votes(&mut self) -> bool {
        let file = &self.log.file;
        let open = self.ground.mechanism.vote.iter().find(|(id, v)| is_open(v, id, file));
        let Some((id, vote)) = open.filter(|_| self.random.below(4) > 0) else { return false };
        let Some(poll) = self.log.file.polls.get(id) else { return false };
        let Some(slip) = (1..=poll.base).find(|s| !poll.counted.contains_key(s)) else { return false };
        let choice = vote.options[self.random.below(vote.options.len())].id.clone();
        let command = Command::Ballot { vote: id.clone(), slip, for_slip: None, choice };
        let outside = self.outside();
        let ctx = self.ctx(&outside);
        match decide(&ctx, &self.log.file, &Actor::default(), &command) {
            Ok(decision) => self.take("voter", "votes", decision),
            Err(refusal) => self.broke(format!("slip {slip} cannot vote: {refusal}")),
        }
        true
    }

    /// Somebody thinks better of what he proposed.
    fn takes_back(&mut self, actors: &[(String, Actor)]) -> bool {
        let own = |(who, actor): &(String, Actor)| {
            takable_by(&self.log.file, actor).first().map(|a| (who.clone(), actor.clone(), (*a).to_owned()))
        };
        let Some((who, actor, action)) = actors.iter().find_map(own) else { return false };
        let outside = self.outside();
        match decide(&self.ctx(&outside), &self.log.file, &actor, &Command::TakeBack { action: action.clone() }) {
            Ok(decision) => self.take(&who, &format!("take_back {action}"), decision),
            Err(refusal) => self.broke(format!("{who} may take {action} back and was refused: {refusal}")),
        }
        true
    }

    fn judge(&mut self, who: &str, actor: &Actor, action: &str) {
        let outside = self.outside();
        let ctx = self.ctx(&outside);
        let yes = self.random.below(3) > 0;
        let (action, reason) = (action.to_owned(), "理由".to_owned());
        let said = format!("{} {action}", if yes { "approve" } else { "reject" });
        let command = if yes { Command::Approve { action } } else { Command::Reject { action, reason } };
        match decide(&ctx, &self.log.file, actor, &command) {
            Ok(decision) => self.take(who, &said, decision),
            // What was proposed may have been overtaken by another act.
            Err(Refusal { rule: Rule::Guard { .. } | Rule::AtMost { .. } | Rule::ClockStopped { .. }, .. }) if yes => {}
            Err(refusal) => self.broke(format!("{who} may {said} and was refused: {refusal}")),
        }
    }

    fn fill(&mut self, action: &kernel::mechanism::Action) -> Option<Filled> {
        fill::fill(&self.ground, &mut self.random, action, &self.log.file, self.now)
    }

    fn wait(&mut self) {
        const MINUTE: i64 = 60_000;
        let due = self.log.file.next_due().map(|(_, c)| c.dates.due);
        let some = |random: &mut Random, most: usize| 1 + random.below(most) as i64;
        let later = match self.random.below(20) {
            0..=5 => self.now.plus_millis(some(&mut self.random, 90) * MINUTE),
            6..=10 => self.now.plus_hours(some(&mut self.random, 30)),
            11..=14 => self.now.plus_days(some(&mut self.random, 5)),
            15 | 16 => due.unwrap_or(self.now),
            17 | 18 => due.unwrap_or(self.now).plus_millis(1),
            _ => self.now.plus_days(some(&mut self.random, 90)),
        };
        self.now = self.now.max(later);
    }

    fn take(&mut self, who: &str, what: &str, decision: Decision) {
        if decision.entries.is_empty() {
            return;
        }
        let before = self.log.entries.len();
        let broken = always::broken(&self.ground, &self.log.file, &self.log.entries, &decision);
        self.beside.take(&decision.entries, &decision.personal);
        self.log.entries.extend(decision.entries);
        self.log.file = decision.file;
        for entry in &self.log.entries[before..] {
            let state = entry.state.as_ref().map(|s| format!(" → {s}")).unwrap_or_default();
            let act = serde_json::to_string(&entry.act).unwrap_or_default();
            self.log.lines.push(format!("{} {who}: {what} {act}{state}", entry.at));
        }
        broken.into_iter().for_each(|b| self.broke(b));
    }

    fn broke(&mut self, what: String) {
        let line = self.log.lines.last().cloned().unwrap_or_default();
        self.log.broken.push(format!("after `{line}`: {what}"));
    }
}

fn shields(ground: &Ground<'_>, filled: &Filled) -> bool {
    filled.keys().any(|f| ground.mechanism.field.get(f).is_some_and(|f| f.shield))
}
