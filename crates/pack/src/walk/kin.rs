//! What other matters do to the one that is walked: children come, are refused or end with any value that a condition
//! compares; places are taken and given back.

use super::{Ground, Walker};
use kernel::decide::{Command, decide};
use kernel::form::Coded;
use kernel::ids::{Cell, MatterId};
use kernel::kin::Step;
use kernel::mechanism::{Child, Mechanism};
use kernel::outside::Outside;
use kernel::personal::STANDINGS;
use std::collections::{BTreeMap, BTreeSet};

/// How many others there are that may take a place.
const OTHERS: usize = 12;

impl Walker<'_> {
    /// What a decision is told from outside the file just now.
    pub(super) fn outside(&self) -> Outside {
        let Ground { mechanism, directory, .. } = self.ground;
        let mut outside = self.beside.outside(mechanism, &self.log.file, directory, &|_| self.used);
        let standing = || STANDINGS[self.stands % STANDINGS.len()].to_owned();
        outside.about = mechanism.about().zip(self.log.file.about()).map(|(f, _)| (f.to_owned(), standing()));
        let came = |field: &str| i64::from((self.log.file.seq * 7 + u32::try_from(field.len()).unwrap_or(0)) % 40);
        outside.tallies = kernel::tally::invented(mechanism, &came);
        outside
    }

    /// Lets another matter do something; whether it did.
    pub(super) fn elsewhere(&mut self) -> bool {
        let Some(step) = self.happens() else { return false };
        let outside = self.outside();
        let ctx = self.ctx(&outside);
        match decide(&ctx, &self.log.file, &Default::default(), &Command::Kin(step.clone())) {
            Ok(decision) => self.take("another matter", "", decision),
            Err(refusal) if matches!(step, Step::Take { .. }) && refusal.rule.code() != "nobody" => {}
            Err(refusal) => self.broke(format!("what another matter does was refused: {refusal}")),
        }
        self.full();
        true
    }

    fn happens(&mut self) -> Option<Step> {
        let m = self.ground.mechanism;
        let open = self.log.file.kin.children.iter().find(|c| c.ended.is_none() && c.refused.is_none()).cloned();
        if let Some(child) = open {
            let Some(matter) = child.matter else {
                let (seq, matter) = (child.seq, other(100 + child.seq as usize));
                let rule = || "not_offered".to_owned();
                return Some(match self.random.below(8) {
                    0 => Step::NotRaised { seq, rule: rule() },
                    _ => Step::Raised { seq, matter },
                });
            };
            if let Some(step) = self.tells(m, &child.child, matter, child.told) {
                return Some(step);
            }
            if self.random.below(6) == 0 {
                return Some(Step::Ended { matter, facts: self.brought(m, &child.child) });
            }
        }
        if let Some(step) = self.heard(m) {
            return Some(step);
        }
        let comes = |c: &Child| match &c.open_while {
            Some(clock) => self.log.file.runs(clock),
            None => c.joins.is_some(),
        };
        let open = m.child.iter().find(|(_, c)| comes(c));
        if let Some((child, _)) = open.filter(|_| self.random.below(6) == 0) {
            let matter = other(1000 + self.log.file.seq as usize);
            return Some(Step::Came { child: child.clone(), matter });
        }
        let gives = m.action.keys().find(|a| crate::check::gives(m, a))?;
        match self.random.below(8) {
            0 | 1 => Some(Step::Take { action: gives.clone(), taker: other(self.random.below(OTHERS)) }),
            2 => Some(Step::GiveBack { taker: other(self.random.below(OTHERS)) }),
            _ => None,
        }
    }

    /// What a child says now: any of what it may tell, also where nothing can follow from it.
    fn tells(&mut self, m: &Mechanism, child: &str, matter: MatterId, told: u32) -> Option<Step> {
        let known: Vec<&String> = m.child.get(child)?.told.keys().collect();
        if known.is_empty() || self.random.below(4) != 0 {
            return None;
        }
        let did = known[self.random.below(known.len())].clone();
        Some(Step::Told { matter, seq: told + 1, did, facts: self.brought(m, child) })
    }

    /// What the matter out of which this one came says now: any of what it may, also where nothing can follow from it.
    fn heard(&mut self, m: &Mechanism) -> Option<Step> {
        let known: Vec<&String> = m.action.iter().filter(|(_, a)| a.on_word).map(|(id, _)| id).collect();
        if known.is_empty() || self.random.below(8) != 0 {
            return None;
        }
        let then = known[self.random.below(known.len())].clone();
        let given = self.fill(m.action.get(&then)?)?;
        let seq = self.log.file.kin.heard + 1;
        Some(Step::Heard { matter: other(0), seq, then, given })
    }

    fn brought(&mut self, m: &Mechanism, child: &str) -> BTreeMap<String, Coded> {
        let mut facts = BTreeMap::new();
        for (ours, theirs) in m.child.get(child).into_iter().flat_map(|c| &c.brings) {
            let mut values: BTreeSet<String> = BTreeSet::from(["another value".to_owned()]);
            for guard in m.action.values().filter_map(|a| a.when.as_ref()) {
                let mut note = |fact: &str, v: Option<&BTreeSet<String>>| {
                    values.extend(v.filter(|_| fact == ours).into_iter().flatten().cloned());
                };
                guard.visit(&mut note, &mut |_| {});
            }
            let values: Vec<String> = values.into_iter().collect();
            let value = self.random.below(values.len() + 1);
            facts.extend(values.get(value).map(|v| (theirs.clone(), Coded::Code(v.clone()))));
        }
        facts
    }

    /// There are never more in a place than it holds.
    fn full(&mut self) {
        let file = &self.log.file;
        let (places, taken) = (kernel::kin::places(self.ground.mechanism, file), file.kin.takers.len());
        if self.ground.mechanism.slots.is_some() && taken > places as usize {
            self.broke(format!("{taken} hold {places} places"));
        }
    }
}

fn other(n: usize) -> MatterId {
    MatterId { cell: Cell(1), serial: i64::try_from(n).unwrap_or(0) }
}
