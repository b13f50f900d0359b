//! Faults between the steps: the process starts again, a write never reaches the disk, the clock steps back, somebody who may
//! not tries something, a form is filled with rubbish. None of it may change the file or break what must always hold.

use super::Walker;
use kernel::decide::{Actor, Command, decide, possible_for};
use kernel::entry::Entry;
use kernel::file::CaseFile;
use kernel::form::{Raw, check};
use kernel::mechanism::RAISE;
use serde_json::json;

/// The furthest that a clock steps back, in milliseconds: a day.
const BACK: usize = 86_400_000;

impl Walker<'_> {
    /// One fault by chance.
    pub(super) fn fault(&mut self) {
        match self.random.below(6) {
            0 => self.starts_again(),
            1 => self.clock_steps_back(),
            2 => self.unknown_names(),
            3 => self.rubbish(),
            _ => self.somebody_tries(),
        }
    }

    /// What was written is all there is: folded again from its own bytes it gives the same file.
    fn starts_again(&mut self) {
        let bytes: Vec<Vec<u8>> = self.log.entries.iter().filter_map(|e| serde_json::to_vec(e).ok()).collect();
        let read: Vec<Entry> = bytes.iter().filter_map(|b| serde_json::from_slice(b).ok()).collect();
        if read != self.log.entries || CaseFile::fold(&read) != self.log.file {
            self.broke("after a restart the file is another".to_owned());
        }
    }

    /// Time passes although the clock says that it is earlier: nothing is written before what stands there.
    fn clock_steps_back(&mut self) {
        let last = self.log.file.last_at;
        let outside = self.outside();
        let mut ctx = self.ctx(&outside);
        let back = i64::try_from(self.random.below(BACK)).unwrap_or_default();
        ctx.now = ctx.now.plus_millis(-back);
        match decide(&ctx, &self.log.file, &Actor::default(), &Command::Tick) {
            Ok(decision) if decision.entries.iter().all(|e| Some(e.at) >= last) => {}
            Ok(_) => self.broke("an entry was written before the one that it follows".to_owned()),
            Err(refusal) => self.broke(format!("a clock that steps back stops everything: {refusal}")),
        }
    }

    fn unknown_names(&mut self) {
        let (name, reason) = ("no_such_thing".to_owned(), "x".to_owned());
        let outside = self.outside();
        let ctx = self.ctx(&outside);
        for command in [
            Command::Act { action: name.clone(), filled: Default::default(), occurred: None, part: None },
            Command::Act { action: RAISE.to_owned(), filled: Default::default(), occurred: None, part: None },
            Command::Approve { action: name.clone() },
            Command::Reject { action: name.clone(), reason },
            Command::TakeBack { action: name },
        ] {
            if decide(&ctx, &self.log.file, &self.raiser.clone(), &command).is_ok() {
                self.broke(format!("{command:?} was carried out"));
                return;
            }
        }
    }

    /// A form filled with whatever a client may send: refused or read, never worse.
    fn rubbish(&mut self) {
        let all: Vec<&String> = self.ground.mechanism.action.keys().collect();
        let action = &self.ground.mechanism.action[all[self.random.below(all.len())]];
        let odd =
            [json!(null), json!(-1), json!(1e300), json!("\u{0}\u{202e}"), json!([[]]), json!({"a": 1}), json!(true)];
        let mut raw = Raw::new();
        for field in self.ground.mechanism.field.keys() {
            raw.insert(field.clone(), odd[self.random.below(odd.len())].clone());
        }
        raw.insert("no_such_field".to_owned(), json!("x"));
        let read = check(self.ground.mechanism, action, &raw, &self.log.file.facts, self.ground.directory);
        if read.is_ok() {
            self.broke("a form with an unknown field was taken".to_owned());
        }
    }

    /// Anybody tries anything. What is carried out must have been possible for him, and is then lost before it is written.
    fn somebody_tries(&mut self) {
        let actors = self.actors();
        let (who, actor) = &actors[self.random.below(actors.len())];
        let all: Vec<&String> = self.ground.mechanism.action.keys().filter(|id| *id != RAISE).collect();
        let id = all[self.random.below(all.len())];
        let Some(filled) = self.fill(&self.ground.mechanism.action[id]) else { return };
        let outside = self.outside();
        let ctx = self.ctx(&outside);
        let part = self.part(&ctx, actor, id);
        let command = Command::Act { action: id.clone(), filled, occurred: None, part };
        let possible = possible_for(&ctx, &self.log.file, actor).contains(&id.as_str());
        if decide(&ctx, &self.log.file, actor, &command).is_ok() && !possible {
            self.broke(format!("{who} did `{id}`, which was not possible for him"));
        }
    }
}
