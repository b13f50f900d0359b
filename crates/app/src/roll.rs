//! The roll of those entitled to vote, from a table that the community has already: read, looked at, sealed with the act that
//! says how many there are, shown to tellers alone, and marked with who was handed a slip. In a secret vote no slip belongs to
//! a line (ADR 0022); in an open one slip 5 is line 5's. What a column holds that no count needs is left out, not kept.

use crate::error::AppError;
use crate::installation::App;
use crate::matter::{Matter, open_fields};
use crate::viewer::Viewer;
use crate::vote::{TRIES, VoteView, refused, view};
use kernel::decide::{Command, decide, teller};
use kernel::entry::Act;
use kernel::form::{Coded, Filled, Given, Raw};
use kernel::ids::{Class, MatterId};
use kernel::mechanism::{Action, Mechanism, Vote};
use kernel::refusal::{FieldError, Rule, VoteRule};
use kernel::roll::handed;
use kernel::text::Text;
use kernel::vote::{HANDED, MOST_SLIPS, ROLL};
use serde::Serialize;
use std::collections::BTreeSet;
use store::StoreError;

/// The most lines of any roll.
pub const MOST: u32 = MOST_SLIPS;

mod file;

pub use file::{Line, Read, read, template, text};

/// A line of a roll as tellers see it.
#[derive(Clone, Debug)]
pub struct RollLine {
    /// Its number, from 1: in an open vote that of its slip.
    pub n: u32,
    /// Who.
    pub line: Line,
    /// What is known of its vote: never what was chosen in a secret one.
    pub mark: Option<Mark>,
}

/// What a roll says of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mark {
    /// Was handed a slip.
    Handed,
    /// Open votes: voted online.
    Online,
    /// Open votes: was in the ballot box.
    Paper,
    /// Open votes: another voted for it.
    Proxy,
}

/// A roll.
#[derive(Clone, Debug)]
pub struct RollView {
    /// The public number of the matter.
    pub number: String,
    /// The vote.
    pub vote: VoteView,
    /// It was opened, so that slips are handed out.
    pub opened: bool,
    /// Its lines.
    pub lines: Vec<RollLine>,
}

/// That there is a roll, for those who may look at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RollNote {
    /// The vote under which it is shown.
    pub vote: String,
    /// How many lines it has.
    pub n: i64,
}

/// A roll that was opened: its lines, and which were handed a slip.
type Opened = (Vec<Line>, BTreeSet<u32>);

/// The field that a roll is given for, where this field of an action says how many slips a vote has.
#[must_use]
pub fn takes<'a>(mechanism: &'a Mechanism, field: &str) -> Option<&'a Vote> {
    mechanism.vote.values().find(|v| v.base == field)
}

/// The most lines of a roll for a field.
#[must_use]
pub fn most(mechanism: &Mechanism, field: &str) -> u32 {
    mechanism.field.get(field).and_then(|f| f.max).unwrap_or(MOST_SLIPS).min(MOST_SLIPS)
}

/// Takes the rolls out of what came in for an action: how many lines they have is the number that the form asks for.
///
/// # Errors
/// A roll that the action does not ask for, or that is none.
pub(crate) fn taken(m: &Mechanism, action: &Action, raw: &Raw) -> Result<(Raw, Filled), Vec<FieldError>> {
    let (mut fields, mut rolls, mut errors) = (raw.clone(), Filled::new(), Vec::new());
    for (key, value) in raw.iter().filter(|(k, _)| k.starts_with(ROLL)) {
        fields.remove(key);
        let field = &key[ROLL.len()..];
        let asked = m.fields_of(action).contains(&field) && takes(m, field).is_some();
        let read =
            if asked { file::stored(value.as_str().unwrap_or_default(), most(m, field)) } else { Err(unasked()) };
        match read {
            Ok(lines) => {
                fields.insert(field.to_owned(), lines.len().into());
                rolls.insert(key.clone(), Given::Text(text(&lines)));
            }
            Err(message) => errors.push(FieldError { field: field.to_owned(), code: "roll", message }),
        }
    }
    if errors.is_empty() { Ok((fields, rolls)) } else { Err(errors) }
}

fn unasked() -> Text {
    Text::new("这一步不收名册", "no roll is taken here")
}

/// The entry beside which the roll of a vote lies, if the number that holds came from one. While the vote runs it is the
/// roll that it was opened with.
fn entry_of(matter: &Matter, id: &str, vote: &Vote) -> Option<(u32, i64)> {
    let poll = matter.file.polls.get(id).filter(|p| p.closed.is_none());
    let before = |seq: u32| poll.is_none_or(|p| seq <= p.opened);
    let mut said = matter.entries.iter().rev().filter(|e| before(e.seq));
    let entry = said.find(|e| e.facts.contains_key(&vote.base) && e.act.effect().is_some())?;
    let Some(Coded::Number(n)) = entry.facts.get(&vote.base) else { return None };
    let from = if let Act::Approved(_, seq) = entry.act { seq } else { entry.seq };
    let name = format!("{ROLL}{}", vote.base);
    let sealed = matter.entries.iter().find(|e| e.seq == from)?.sealed.iter().any(|c| c.field == name);
    sealed.then_some((from, *n))
}

impl App {
    /// The rolls of a matter that this viewer may look at, one for each number of slips.
    pub(crate) fn roll_notes(&self, viewer: &Viewer, matter: &Matter) -> Vec<RollNote> {
        let directory = self.directory();
        let ctx = self.context(matter, &*directory);
        let actor = viewer.actor(matter.id);
        let mut seen = BTreeSet::new();
        let runs = |id: &str| matter.file.polls.get(id).is_some_and(|p| p.closed.is_none());
        let mut votes: Vec<_> = matter.mechanism.vote.iter().collect();
        votes.sort_by_key(|(id, _)| !runs(id));
        let ours = votes.into_iter().filter(|(id, _)| teller(&ctx, &matter.file, &actor, id).is_ok());
        let notes = ours.filter_map(|(id, v)| {
            let (_, n) = entry_of(matter, id, v).filter(|_| seen.insert(v.base.clone()))?;
            Some(RollNote { vote: id.clone(), n })
        });
        notes.collect()
    }

    /// A roll with its marks. Each look is recorded before anything is shown.
    ///
    /// # Errors
    /// `NotFound` for whoever may not read the matter and where there is no roll, or none any more; `Refused` for whoever is no teller.
    pub async fn roll(&self, viewer: &Viewer, id: MatterId, vote: &str) -> Result<RollView, AppError> {
        let matter = self.matter(id).await?;
        self.tells(viewer, &matter, vote)?;
        let (lines, handed) = self.opened_roll(&matter, vote).await?.ok_or(AppError::NotFound)?;
        self.record_roll(viewer, &matter, vote).await?;
        let spec = matter.mechanism.vote.get(vote).ok_or(AppError::NotFound)?;
        let poll = matter.file.polls.get(vote);
        let mark = |n: u32| match poll.and_then(|p| p.counted.get(&n)).filter(|_| !spec.secret) {
            _ if spec.secret => handed.contains(&n).then_some(Mark::Handed),
            Some(cast) if cast.proxy.is_some() => Some(Mark::Proxy),
            Some(cast) => Some(if cast.paper { Mark::Paper } else { Mark::Online }),
            None => None,
        };
        let lines = (1u32..).zip(lines).map(|(n, line)| RollLine { n, line, mark: mark(n) }).collect();
        let directory = self.directory();
        let ctx = self.context(&matter, &*directory);
        Ok(RollView {
            number: self.number_text(id, matter.row.number),
            vote: view(&ctx, &matter, &viewer.actor(id), vote, spec),
            opened: poll.is_some_and(|p| p.closed.is_none()),
            lines,
        })
    }

    /// Whom the slips of an open vote belong to, in their order; nobody where there is no roll or the vote is secret.
    pub(crate) async fn names_on_slips(&self, matter: &Matter, vote: &str) -> Result<Vec<String>, AppError> {
        if matter.mechanism.vote.get(vote).is_none_or(|v| v.secret) {
            return Ok(Vec::new());
        }
        let opened = self.opened_roll(matter, vote).await?;
        Ok(opened.map_or_else(Vec::new, |(lines, _)| lines.iter().map(Line::words).collect()))
    }

    /// Writes down who of the roll was handed a slip, or gave it back.
    ///
    /// # Errors
    /// As [`App::roll`]; `Refused` for a line that has one already, and nothing is written then.
    pub async fn hand_out(
        &self,
        viewer: &Viewer,
        id: MatterId,
        vote: &str,
        lines: &BTreeSet<u32>,
        back: bool,
    ) -> Result<(), AppError> {
        for _ in 0..TRIES {
            let matter = self.matter(id).await?;
            self.tells(viewer, &matter, vote)?;
            let (_, before) = self.opened_roll(&matter, vote).await?.ok_or(AppError::NotFound)?;
            let command = Command::Hand { vote: vote.to_owned(), lines: lines.clone(), before, back };
            let directory = self.directory();
            let decided = {
                let ctx = self.context(&matter, &*directory);
                decide(&ctx, &matter.file, &viewer.actor(id), &command).map_err(|r| refused(&matter, r))
            };
            match self.commit(&matter, &decided?, None).await {
                Err(AppError::Store(StoreError::Conflict)) => {}
                done => return done,
            }
        }
        Err(AppError::Conflict)
    }

    fn tells(&self, viewer: &Viewer, matter: &Matter, vote: &str) -> Result<(), AppError> {
        if !self.access(viewer, matter).reads() {
            return Err(AppError::NotFound);
        }
        let directory = self.directory();
        let ctx = self.context(matter, &*directory);
        teller(&ctx, &matter.file, &viewer.actor(matter.id), vote).map_err(|rule| match rule {
            Rule::Vote(VoteRule::Unknown(_)) => AppError::NotFound,
            rule => refused(matter, rule.into()),
        })?;
        Ok(())
    }

    /// The lines of a vote's roll and which of them have a slip; none where there is no roll or its key was destroyed.
    async fn opened_roll(&self, matter: &Matter, id: &str) -> Result<Option<Opened>, AppError> {
        let Some(vote) = matter.mechanism.vote.get(id) else { return Ok(None) };
        let Some((from, _)) = entry_of(matter, id, vote) else { return Ok(None) };
        let Some(keys) = matter.keys.as_ref().filter(|k| k.identity.is_some()) else { return Ok(None) };
        let since = matter.file.polls.get(id).map_or(u32::MAX, |p| p.opened).max(from);
        let (roll, marks) = (format!("{ROLL}{}", vote.base), format!("{HANDED}{id}"));
        let mut lines = None;
        let mut written: Vec<(u32, String)> = Vec::new();
        for row in self.inner.store.vault(matter.id).await?.iter().filter(|r| r.class == Class::Sealed && r.seq >= from)
        {
            for (field, value) in open_fields(keys, matter.id, row)? {
                if row.seq == from && field == roll {
                    lines = Some(file::stored(&value.text, MOST_SLIPS).map_err(|t| AppError::corrupt(t.en))?);
                } else if row.seq > since && field == marks {
                    written.push((row.seq, value.text));
                }
            }
        }
        written.sort_unstable();
        Ok(lines.map(|lines| (lines, handed(written.iter().map(|(_, text)| text.as_str())))))
    }
}
