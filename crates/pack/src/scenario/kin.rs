//! Steps between this matter and others in a scenario: a child comes by itself, as the app would bring it; its end, a place
//! that is taken or given back are steps of the story.

use super::{Stage, Step, Then, Told};
use crate::fault::Fault;
use kernel::decide::{Actor, Command, Context, Decision, Opening, decide, raise, raise_from};
use kernel::entry::Entry;
use kernel::file::CaseFile;
use kernel::form::{Coded, Filled};
use kernel::ids::{Cell, MatterId};
use kernel::kin::{Origin, Parent, Step as Between};
use kernel::mechanism::{Child, Mechanism};
use kernel::personal::STANDINGS;
use kernel::refusal::Refusal;
use kernel::time::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// The matter that stands for a child in a story.
fn stand_in(seq: u32) -> MatterId {
    MatterId { cell: Cell::INSTALLATION, serial: i64::from(seq) }
}

/// The matter that a form is about, where it names one: there is always one of that number in a story.
pub(crate) fn about(m: &Mechanism, filled: &Filled) -> Origin {
    let about = m.about().filter(|f| filled.contains_key(*f)).map(|_| stand_in(0));
    Origin { about, ..Origin::default() }
}

/// Raises a matter as the app does: what it is about stands in its opening.
pub(crate) fn raised(
    ctx: &Context<'_>,
    actor: &Actor,
    opening: Opening,
    filled: Filled,
    occurred: Option<Timestamp>,
) -> Result<Decision, Refusal> {
    let origin = about(ctx.mechanism, &filled);
    let decision = raise(ctx, actor, opening.clone(), filled.clone(), occurred)?;
    if origin.is_empty() {
        return Ok(decision);
    }
    raise_from(ctx, decision.entries[0].by, opening, origin, filled, occurred)
}

/// What an entry asked for comes at once: the child is raised.
pub(super) fn carried(ctx: &Context<'_>, mut entries: Vec<Entry>, file: CaseFile, to: &mut CaseFile) -> Vec<Entry> {
    let asked: Vec<u32> = entries.iter().filter(|e| e.beyond.raises.is_some()).map(|e| e.seq).collect();
    *to = file;
    for seq in asked {
        let step = Between::Raised { seq, matter: stand_in(seq) };
        if let Ok(decision) = decide(ctx, to, &Default::default(), &Command::Kin(step)) {
            entries.extend(decision.entries);
            *to = decision.file;
        }
    }
    entries
}

impl Stage<'_> {
    /// The other matter out of which one comes that nobody sends.
    pub(super) fn origin(&self, step: &Step, told: &Told<'_>) -> Result<Origin, Box<Fault>> {
        let Some(name) = &step.raised_for else { return Ok(Origin::default()) };
        let known = self.directory.bodies().map(|b| b.name.as_str());
        let body = self.directory.body_named(name).ok_or_else(|| told.unknown("for", name, known))?;
        let parent = Parent { seq: Some(1), body: Some(body), ..Parent::of(stand_in(0), "") };
        Ok(Origin { parent: Some(parent), ..Origin::default() })
    }

    /// Where the matter stands that this one is about.
    pub(super) fn stands(&self, step: &Step, told: &Told<'_>) -> Result<Option<(String, String)>, Box<Fault>> {
        if let Some(word) = step.about.as_ref().filter(|w| !STANDINGS.contains(&w.as_str())) {
            return Err(told.unknown("about", word, STANDINGS));
        }
        let Some((field, _)) = self.mechanism.about().zip(self.file.about()) else { return Ok(None) };
        Ok(Some((field.to_owned(), step.about.clone().unwrap_or_else(|| STANDINGS[1].to_owned()))))
    }

    /// A step that another matter takes.
    pub(super) fn between(&self, step: &Step, told: &Told<'_>) -> Result<Option<Command>, Box<Fault>> {
        if let Some(action) = step.what.strip_prefix("take:") {
            let taker = MatterId { cell: Cell(1), serial: number(step, told)? };
            let action = action.to_owned();
            return Ok(Some(Command::Kin(Between::Take { action, taker })));
        }
        if step.what == "give_back" {
            let taker = MatterId { cell: Cell(1), serial: number(step, told)? };
            return Ok(Some(Command::Kin(Between::GiveBack { taker })));
        }
        if let Some(then) = step.what.strip_prefix("heard:") {
            return self.heard(then, step, told).map(Some);
        }
        let Some(name) = &step.child else { return Ok(None) };
        let Some(child) = self.mechanism.child.get(name) else {
            return Err(told.unknown("child", name, self.mechanism.child.keys().map(String::as_str)));
        };
        if step.what == "came" {
            let runs = child.open_while.as_ref().is_some_and(|clock| self.file.runs(clock));
            if !runs && child.joins.is_none() {
                return Err(told.says("do", ["现在谁也不能提", "nobody may raise it now"]));
            }
            let matter = stand_in(self.file.seq + 1);
            return Ok(Some(Command::Kin(Between::Came { child: name.clone(), matter })));
        }
        let open = self.file.kin.children.iter().find(|c| c.child == *name && c.ended.is_none() && c.refused.is_none());
        let Some(open) = open else {
            return Err(told.says("child", [&format!("没有正在办的“{name}”"), &format!("no `{name}` is open")]));
        };
        let (seq, matter, last) = (open.seq, open.matter, open.told);
        if let Some(did) = step.what.strip_prefix("told:") {
            if !child.told.contains_key(did) {
                return Err(told.unknown("do", did, child.told.keys().map(String::as_str)));
            }
            let (did, facts) = (did.to_owned(), brings(child, step, told)?);
            let matter = matter.unwrap_or_else(|| stand_in(seq));
            return Ok(Some(Command::Kin(Between::Told { matter, seq: last + 1, did, facts })));
        }
        match step.what.as_str() {
            "not_raised" => Ok(Some(Command::Kin(Between::NotRaised { seq, rule: "not_offered".into() }))),
            "ended" => {
                let (matter, facts) = (matter.unwrap_or_else(|| stand_in(seq)), brings(child, step, told)?);
                Ok(Some(Command::Kin(Between::Ended { matter, facts })))
            }
            other => Err(told.unknown("do", other, ["came", "ended", "not_raised", "told:ACTION"])),
        }
    }

    /// A word of the matter out of which this one came, with what it hands over.
    fn heard(&self, then: &str, step: &Step, told: &Told<'_>) -> Result<Command, Box<Fault>> {
        let Some(action) = self.mechanism.action.get(then).filter(|a| a.on_word) else {
            let known = self.mechanism.action.iter().filter(|(_, a)| a.on_word).map(|(id, _)| id.as_str());
            return Err(told.unknown("do", then, known));
        };
        let raw = self.raw(&step.with, told)?;
        let given = kernel::form::check(&self.mechanism, action, &raw, &self.file.facts, self.directory)
            .map_err(|e| told.fault("with", "", &format!("{e:?}")))?;
        let parent = self.file.opened.as_ref().and_then(|o| o.origin.parent.as_ref());
        let matter = parent.map_or_else(|| stand_in(0), |p| p.matter);
        Ok(Command::Kin(Between::Heard { matter, seq: self.file.kin.heard + 1, then: then.to_owned(), given }))
    }

    /// What must hold of other matters.
    pub(super) fn then_kin(&self, then: &Then, told: &Told<'_>) -> Result<(), Box<Fault>> {
        let kin = &self.file.kin;
        for (child, expected) in &then.children {
            if !self.mechanism.child.contains_key(child) {
                let known = self.mechanism.child.keys().map(String::as_str);
                return Err(told.unknown(&format!("then.children.{child}"), child, known));
            }
            told.same(&format!("then.children.{child}"), expected, kin.standing(child))?;
        }
        if let Some(expected) = then.published {
            told.same("then.published", &expected.to_string(), &kin.published.is_some().to_string())?;
        }
        if let Some(expected) = &then.plans {
            let list = |all: &BTreeSet<String>| all.iter().cloned().collect::<Vec<_>>().join(", ");
            told.same("then.plans", &list(expected), &list(&kin.plans.keys().cloned().collect()))?;
        }
        if let Some(expected) = then.places {
            let taken = u32::try_from(kin.takers.len()).unwrap_or(u32::MAX);
            let free = kernel::kin::places(&self.mechanism, &self.file).saturating_sub(taken);
            told.same("then.places", &expected.to_string(), &free.to_string())?;
        }
        Ok(())
    }
}

/// The facts that a child brings in a step.
fn brings(child: &Child, step: &Step, told: &Told<'_>) -> Result<BTreeMap<String, Coded>, Box<Fault>> {
    let known = child.brings.values().map(String::as_str).collect::<BTreeSet<_>>();
    if let Some(stray) = step.with.keys().find(|f| !known.contains(f.as_str())) {
        return Err(told.unknown("with", stray, known));
    }
    let coded = |v: &serde_json::Value| match v {
        serde_json::Value::Bool(b) => Coded::Code(if *b { "yes" } else { "no" }.into()),
        serde_json::Value::Number(n) => Coded::Number(n.as_i64().unwrap_or_default()),
        other => Coded::Code(other.as_str().unwrap_or_default().to_owned()),
    };
    Ok(step.with.iter().map(|(f, v)| (f.clone(), coded(v))).collect())
}

fn number(step: &Step, told: &Told<'_>) -> Result<i64, Box<Fault>> {
    let number = step.with.get("matter").and_then(serde_json::Value::as_i64);
    number.ok_or_else(|| {
        told.says("with", ["写 with = { matter = 1 }：哪一件来占", "say with = { matter = 1 }: which one takes it"])
    })
}
