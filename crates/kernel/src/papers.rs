//! What became of the letters of a file: served, how and by what entry; void, by what entry. Which letter an act serves is
//! resolved when it is done. A void letter keeps its place and its number; what is to be served and is void goes out anew.

use crate::decide::{Actor, Context, Decision};
use crate::entry::{Act, By, Entry};
use crate::file::CaseFile;
use crate::form::{Coded, Filled, Given};
use crate::ids::BodyId;
use crate::mechanism::{DEEMED, PHONE, Serve};
use crate::permit::works_at;
use crate::refusal::{PaperRule, Refusal, Rule};
use crate::seal::{seal, seal_one};
use crate::time::{Date, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Where an entry that voids a letter keeps the reason. No field of a pack: these are made of letters, digits and `_`.
pub const VOID_REASON: &str = "void:reason";

/// A letter was served.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Service {
    /// The entry that issued it.
    pub letter: u32,
    /// How: one of the ways of the language, or `deemed`.
    pub how: String,
    /// On which day.
    pub on: Date,
}

/// What became of the letters of a file, by the entry that issued each.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Papers {
    /// When each was issued.
    pub issued: BTreeMap<u32, Timestamp>,
    /// Served: the entry that says so, and how.
    pub served: BTreeMap<u32, (u32, Service)>,
    /// Void: the entry that says so.
    pub voided: BTreeMap<u32, u32>,
    /// Which fields were filled in with words: a call needs a number that was left.
    pub said: BTreeSet<String>,
}

impl Papers {
    /// Takes one more entry.
    pub(crate) fn evolve(&mut self, entry: &Entry) {
        if let Some(service) = &entry.served {
            self.served.insert(service.letter, (entry.seq, service.clone()));
        }
        if let Act::Voided(letter) = entry.act {
            self.voided.insert(letter, entry.seq);
        }
        // A silence that was taken back takes the letter with it that the silence had issued.
        if let Some(undone) = entry.undoes.filter(|u| self.issued.contains_key(u)) {
            self.voided.insert(undone, entry.seq);
        }
        self.said.extend(entry.sealed.iter().map(|c| c.field.clone()));
        self.issued.extend(entry.letter.iter().map(|_| (entry.seq, entry.at)));
    }
}

/// The letter that an act would serve now: the last one that it is about, neither served nor void.
fn to_serve<'a>(ctx: &Context<'a>, file: &CaseFile, action: &'a str) -> Option<(u32, &'a Serve)> {
    let open = |seq: &u32| !file.papers.served.contains_key(seq) && !file.papers.voided.contains_key(seq);
    let serve = |id: &str| ctx.mechanism.served_by(action).find(|(l, _)| *l == id).map(|(_, s)| s);
    file.letters.iter().rev().filter(|(seq, _)| open(seq)).find_map(|(seq, id)| Some((*seq, serve(id)?)))
}

/// What an act says about the serving of a letter.
///
/// # Errors
/// `Paper` where there is nothing to serve, she did not agree, there is no number to call, or the day cannot be.
pub(crate) fn served(
    ctx: &Context<'_>,
    file: &CaseFile,
    action: &str,
    by: By,
    occurred: Timestamp,
    facts: &BTreeMap<String, Coded>,
) -> Result<Option<Service>, Rule> {
    if let Some(call) = ctx.mechanism.serving(action).find(|s| s.by != action) {
        return if reachable(file, call, by) { Ok(None) } else { Err(Rule::Paper(PaperRule::Number)) };
    }
    if ctx.mechanism.served_by(action).next().is_none() {
        return Ok(None);
    }
    let Some((letter, serve)) = to_serve(ctx, file, action) else {
        // The clock is never in the way.
        return if by == By::Clock { Ok(None) } else { Err(Rule::Paper(PaperRule::Nothing)) };
    };
    if serve.by != action {
        return Ok(Some(Service { letter, how: DEEMED.into(), on: occurred.date() }));
    }
    let (Some(how), Some(Coded::Date(on))) = (facts.get(&serve.how), facts.get(&serve.on)) else {
        return Err(Rule::Paper(PaperRule::Nothing));
    };
    let how = how.as_code().into_owned();
    let agreed = serve.consent.as_ref().and_then(|f| facts.get(f)).is_some_and(|c| c.as_code() == "yes");
    if serve.asks_consent(&how) && !agreed {
        return Err(Rule::Paper(PaperRule::Consent));
    }
    if how == PHONE && !reachable(file, serve, by) {
        return Err(Rule::Paper(PaperRule::Number));
    }
    let issued = file.papers.issued.get(&letter).map_or(*on, |at| at.date());
    if *on < issued || *on > ctx.now.date() {
        return Err(Rule::Paper(PaperRule::Day { from: issued, to: ctx.now.date() }));
    }
    Ok(Some(Service { letter, how, on: *on }))
}

/// Whether this body can call her: over the number on file, which is not kept from it.
fn reachable(file: &CaseFile, serve: &Serve, by: By) -> bool {
    let kept_from = matches!(by, By::Post { body, .. } if file.withheld.contains(&body));
    !kept_from && serve.number.as_ref().is_some_and(|n| file.papers.said.contains(n))
}

/// From when a clock of the person counts that begins with a service: from the day that the proof shows.
#[must_use]
pub(crate) fn begins(service: &Service, at: Timestamp) -> Timestamp {
    if service.on < at.date() { Timestamp::at(service.on, 0, 0) } else { at }
}

/// A body declares a letter of its own void. Whoever calls has read which body issued it.
pub(crate) fn void(
    ctx: &Context<'_>,
    decision: &mut Decision,
    actor: &Actor,
    (letter, body): (u32, BodyId),
    reason: &str,
    anew: Option<&Filled>,
) -> Result<(), Refusal> {
    let (by, id) = voidable(ctx, &decision.file, actor, letter, body)?;
    if anew.is_none() && owed(ctx, &decision.file, letter) {
        return Err(Rule::Paper(PaperRule::Owed).into());
    }
    let allowed = ctx.mechanism.correctable(&id);
    let words: Filled = anew
        .into_iter()
        .flatten()
        .filter(|(f, g)| allowed.contains(&f.as_str()) && matches!(g, Given::Text(_)))
        .map(|(f, g)| (f.clone(), g.clone()))
        .collect();
    let seq = decision.file.seq + 1;
    let (mut sealed, mut personal) = seal(ctx, seq, &words);
    let (why, own) = seal_one(ctx, seq, VOID_REASON, crate::ids::Class::Handlers, reason.to_owned());
    sealed.push(why);
    personal.push(own);
    let entry = Entry::new(seq, ctx.now, Act::Voided(letter), by);
    decision.push(Entry { sealed, letter: anew.is_some().then_some(id), ..entry });
    decision.personal.extend(personal);
    Ok(())
}

/// Whether this actor may declare the letter void, and as whom; and which letter of the mechanism it is.
///
/// # Errors
/// `Role` for whoever has no post at the body that issued it; `Paper` where it is none, void already or served.
pub fn voidable(
    ctx: &Context<'_>,
    file: &CaseFile,
    actor: &Actor,
    letter: u32,
    body: BodyId,
) -> Result<(By, String), Rule> {
    let (_, id) = file.letters.iter().find(|(seq, _)| *seq == letter).ok_or(Rule::Paper(PaperRule::Nothing))?;
    let from = ctx.mechanism.letter.get(id).map(|l| l.from.clone()).unwrap_or_default();
    let by = works_at(ctx, file, actor, body).ok_or(Rule::Role { roles: vec![from] })?;
    if file.papers.voided.contains_key(&letter) {
        return Err(Rule::Paper(PaperRule::Void));
    }
    if file.papers.served.contains_key(&letter) {
        return Err(Rule::Paper(PaperRule::Served));
    }
    Ok((by, id.clone()))
}

/// Whether a letter has still to be served: it is never void without another in its place.
#[must_use]
pub fn owed(ctx: &Context<'_>, file: &CaseFile, letter: u32) -> bool {
    let id = file.letters.iter().find(|(seq, _)| *seq == letter).map(|(_, id)| id);
    let serve = id.and_then(|id| ctx.mechanism.letter.get(id)).is_some_and(|l| l.serve.is_some());
    serve && !file.papers.served.contains_key(&letter) && !file.papers.voided.contains_key(&letter)
}
