//! Votes on a file: slips, ballots on paper and online, and the count when it closes. Whether a slip's code is right is
//! the caller's to compare; a secret choice never stands in an entry, and the count comes from outside when it closes.

use crate::decide::{Context, Decision};
use crate::entry::{Act, By, Entry, PollEvent};
use crate::file::CaseFile;
use crate::form::Coded;
use crate::ids::{BodyId, Class, PersonId};
use crate::mechanism::{FAILED, NO_QUORUM, PASSED, Vote, Whole};
use crate::refusal::{FieldError, Refusal, Rule, VoteRule};
use crate::seal::seal_one;
use crate::text::Text;
use std::collections::{BTreeMap, BTreeSet};

/// The name under which secret choices lie beside the entries; no field of a mechanism can be called so.
pub const BALLOT: &str = "ballot:";
/// The name under which a roll of those entitled lies beside the entry that says how many there are: this, then that field.
pub const ROLL: &str = "roll:";
/// The name under which lies to whom of the roll a slip was handed: this, then the vote.
pub const HANDED: &str = "handed:";
/// What tellers write for a paper ballot that says nothing: it was cast, and it is for none. No option may be called so.
pub const INVALID: &str = "invalid";
/// The most slips that one vote may have.
pub const MOST_SLIPS: u32 = 100_000;

/// Whether what lies under this name belongs to a vote: it is never shown, searched, copied or opened with a reason. A choice is
/// for the count alone; a roll and who came are shown to tellers by use cases of their own.
#[must_use]
pub fn is_kept(field: &str) -> bool {
    [BALLOT, ROLL, HANDED].iter().any(|of| field.starts_with(of))
}

/// A vote on a file, as it stands.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Poll {
    /// The entry that opened it.
    pub opened: u32,
    /// How many slips there are.
    pub base: u32,
    /// The slips that were counted.
    pub counted: BTreeMap<u32, Cast>,
    /// Open votes: how often each option was chosen so far.
    pub tally: BTreeMap<String, u32>,
    /// The result.
    pub closed: Option<Closed>,
    /// How many of the roll were handed a slip.
    pub handed: u32,
    /// Who opened it, and for which body: somebody else prints the slips.
    pub opener: Option<(PersonId, BodyId)>,
    /// How often each slip was printed: only the last code is right.
    pub printed: BTreeMap<u32, u32>,
}

/// How a slip was counted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Cast {
    /// The slip whose holder voted for this one, where it was another.
    pub proxy: Option<u32>,
    /// On paper.
    pub paper: bool,
    /// Open votes, online: what was chosen.
    pub choice: Option<String>,
    /// With which entry.
    pub seq: u32,
}

/// A result.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Closed {
    /// `passed`, `failed` or `no_quorum`.
    pub outcome: String,
    /// How often each option was chosen.
    pub counts: BTreeMap<String, u32>,
    /// With which entry.
    pub seq: u32,
}

impl Poll {
    /// How many slips were counted.
    #[must_use]
    pub fn present(&self) -> u32 {
        u32::try_from(self.counted.len()).unwrap_or(u32::MAX)
    }

    /// How often this slip voted for another.
    fn proxies_of(&self, slip: u32) -> usize {
        self.counted.values().filter(|c| c.proxy == Some(slip)).count()
    }
}

impl CaseFile {
    pub(crate) fn evolve_poll(&mut self, event: &PollEvent, seq: u32, by: By) {
        match event {
            PollEvent::Opened { vote, base } => {
                let opener = if let By::Post { person, body } = by { Some((person, body)) } else { None };
                let poll = Poll { opened: seq, base: *base, opener, ..Poll::default() };
                self.polls.insert(vote.clone(), poll);
            }
            PollEvent::Ballot { vote, slip, proxy, choice } => {
                let poll = self.polls.entry(vote.clone()).or_default();
                choice.iter().for_each(|c| *poll.tally.entry(c.clone()).or_default() += 1);
                poll.counted.insert(*slip, Cast { proxy: *proxy, paper: false, choice: choice.clone(), seq });
            }
            PollEvent::Paper { vote, slips, counts } => {
                let poll = self.polls.entry(vote.clone()).or_default();
                for (option, n) in counts {
                    *poll.tally.entry(option.clone()).or_default() += n;
                }
                let cast = Cast { proxy: None, paper: true, choice: None, seq };
                poll.counted.extend(slips.iter().map(|s| (*s, cast.clone())));
            }
            PollEvent::Handed { vote, n, back } => {
                let poll = self.polls.entry(vote.clone()).or_default();
                poll.handed = if *back { poll.handed.saturating_sub(*n) } else { poll.handed.saturating_add(*n) };
            }
            PollEvent::Printed { vote, slips } => {
                let poll = self.polls.entry(vote.clone()).or_default();
                // What the base does not have cannot have been printed; a damaged entry costs no memory.
                let most = poll.base;
                for slip in slips.iter().flat_map(|(from, to)| *from..=(*to).min(most)) {
                    *poll.printed.entry(slip).or_default() += 1;
                }
            }
            PollEvent::Closed { vote, outcome, counts, .. } => {
                let poll = self.polls.entry(vote.clone()).or_default();
                poll.closed = Some(Closed { outcome: outcome.clone(), counts: counts.clone(), seq });
            }
        }
    }
}

/// Whether ballots are taken now.
#[must_use]
pub fn is_open(vote: &Vote, id: &str, file: &CaseFile) -> bool {
    file.ended.is_none() && file.polls.get(id).is_some_and(|p| p.closed.is_none()) && file.runs(&vote.window)
}

pub(crate) fn open<'a>(ctx: &Context<'a>, file: &'a CaseFile, id: &str) -> Result<(&'a Vote, &'a Poll), Refusal> {
    let vote = ctx.mechanism.vote.get(id).ok_or_else(|| Rule::Vote(VoteRule::Unknown(id.into())))?;
    match file.polls.get(id) {
        None => Err(Rule::Vote(VoteRule::NotOpen).into()),
        Some(_) if !is_open(vote, id, file) => Err(Rule::Vote(VoteRule::Closed).into()),
        Some(poll) => Ok((vote, poll)),
    }
}

pub(crate) fn free(poll: &Poll, slip: u32) -> Result<(), Rule> {
    if !(1..=poll.base).contains(&slip) {
        return Err(Rule::Vote(VoteRule::NoSlip { slip, base: poll.base }));
    }
    match poll.counted.get(&slip) {
        Some(cast) => Err(Rule::Vote(VoteRule::Counted { slip, paper: cast.paper })),
        None => Ok(()),
    }
}

fn known(vote: &Vote, option: &str) -> Result<(), Rule> {
    if vote.options.iter().any(|o| o.id == option) { Ok(()) } else { Err(Rule::Vote(VoteRule::Option(option.into()))) }
}

/// A ballot that the holder of a slip casts, for that slip or as proxy for another.
pub(crate) fn ballot(
    ctx: &Context<'_>,
    decision: &mut Decision,
    id: &str,
    slip: u32,
    for_slip: Option<u32>,
    choice: &str,
) -> Result<(), Refusal> {
    let file = &decision.file;
    let (vote, poll) = open(ctx, file, id)?;
    known(vote, choice)?;
    let counted = for_slip.unwrap_or(slip);
    if !(1..=poll.base).contains(&slip) {
        return Err(Rule::Vote(VoteRule::NoSlip { slip, base: poll.base }).into());
    }
    free(poll, counted)?;
    let proxy = (counted != slip).then_some(slip);
    if proxy.is_some() && poll.proxies_of(slip) >= vote.proxies as usize {
        return Err(Rule::Vote(VoteRule::Proxies { most: vote.proxies }).into());
    }
    let seq = file.seq + 1;
    let shown = (!vote.secret).then(|| choice.to_owned());
    let event = PollEvent::Ballot { vote: id.into(), slip: counted, proxy, choice: shown };
    record(ctx, decision, id, By::Slip, event, vote.secret.then(|| choice.to_owned()), seq);
    Ok(())
}

/// Paper ballots that tellers have counted: which slips were in the box, and how often each option was on them.
pub(crate) fn paper(
    ctx: &Context<'_>,
    decision: &mut Decision,
    by: By,
    id: &str,
    slips: &[u32],
    counts: &BTreeMap<String, u32>,
) -> Result<(), Refusal> {
    let file = &decision.file;
    let (vote, poll) = open(ctx, file, id)?;
    if !vote.paper {
        return Err(Rule::Vote(VoteRule::NoPaper).into());
    }
    counts.keys().filter(|o| *o != INVALID).try_for_each(|o| known(vote, o))?;
    let mut seen = BTreeSet::new();
    for slip in slips {
        free(poll, *slip)?;
        if !seen.insert(*slip) {
            return Err(Rule::Vote(VoteRule::Twice { slip: *slip }).into());
        }
    }
    let sum: u64 = counts.values().map(|n| u64::from(*n)).sum();
    if sum != slips.len() as u64 || slips.is_empty() {
        return Err(Rule::Vote(VoteRule::Sum { slips: slips.len(), counts: sum }).into());
    }
    let seq = file.seq + 1;
    let counts: BTreeMap<String, u32> = counts.iter().filter(|(_, n)| **n > 0).map(|(o, n)| (o.clone(), *n)).collect();
    let sealed = vote.secret.then(|| written(&counts));
    let shown = if vote.secret { BTreeMap::new() } else { counts };
    let event = PollEvent::Paper { vote: id.into(), slips: seen.into_iter().collect(), counts: shown };
    record(ctx, decision, id, by, event, sealed, seq);
    Ok(())
}

pub(crate) fn record(
    ctx: &Context<'_>,
    decision: &mut Decision,
    id: &str,
    by: By,
    event: PollEvent,
    sealed: Option<String>,
    seq: u32,
) {
    let under = if matches!(event, PollEvent::Handed { .. }) { HANDED } else { BALLOT };
    let mut entry = Entry { polls: vec![event], ..Entry::new(seq, ctx.now, Act::Voted(id.into()), by) };
    if let Some(content) = sealed {
        let (commitment, personal) = seal_one(ctx, seq, &format!("{under}{id}"), Class::Sealed, content);
        entry.sealed.push(commitment);
        decision.personal.push(personal);
    }
    decision.push(entry);
}

/// Sealed counts as one line, `no=1,yes=2`; one ballot is just its option.
fn written(counts: &BTreeMap<String, u32>) -> String {
    counts.iter().map(|(o, n)| format!("{o}={n}")).collect::<Vec<_>>().join(",")
}

/// Adds up sealed choices as [`ballot`] and [`paper`] wrote them.
#[must_use]
pub fn add_up<'a>(contents: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, u32> {
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for part in contents.into_iter().flat_map(|c| c.split(',')).filter(|p| !p.is_empty()) {
        let (option, n) = part.split_once('=').map_or((part, 1), |(o, n)| (o, n.parse().unwrap_or(0)));
        *counts.entry(option.to_owned()).or_default() += n;
    }
    counts
}

/// Why an action that opens or closes a vote has to wait, whoever asks.
#[must_use]
pub fn hinders(ctx: &Context<'_>, file: &CaseFile, action: &str) -> Option<Rule> {
    ctx.mechanism.vote.iter().find_map(|(id, vote)| {
        let poll = file.polls.get(id)?;
        let running = is_open(vote, id, file);
        if vote.opened_by == action && poll.closed.is_none() && running {
            return Some(Rule::Vote(VoteRule::Open));
        }
        // Closing early would let whoever counts choose the moment.
        let early = vote.closed_by == action && running && poll.present() < poll.base;
        let due = file.clocks.get(&vote.window).map(|c| c.dates.due)?;
        early.then_some(Rule::Vote(VoteRule::Running { until: due }))
    })
}

/// What an action that takes effect does to votes; the result is put among the facts.
pub(crate) fn events(
    ctx: &Context<'_>,
    file: &CaseFile,
    action: &str,
    facts: &mut BTreeMap<String, Coded>,
) -> Result<Vec<PollEvent>, Rule> {
    let mut events = Vec::new();
    for (id, vote) in &ctx.mechanism.vote {
        if vote.opened_by == action {
            // Fixed before and perhaps checked by somebody else; whoever opens the vote need not give it.
            let size =
                crate::numeric::size(facts, &vote.base).or_else(|| crate::numeric::size(&file.facts, &vote.base));
            let base = size.and_then(|n| u32::try_from(n).ok());
            let base =
                base.filter(|n| (1..=MOST_SLIPS).contains(n)).ok_or_else(|| Rule::Fields(vec![no_base(vote)]))?;
            events.push(PollEvent::Opened { vote: id.clone(), base });
        }
        if vote.closed_by == action {
            let closed = close(ctx, file, id, vote)?;
            facts.insert(id.clone(), Coded::Code(closed.as_ref().map_or(NO_QUORUM, |c| c.0).to_owned()));
            events.extend(closed.map(|c| c.1));
        }
    }
    Ok(events)
}

fn no_base(vote: &Vote) -> FieldError {
    let message = Text::new(
        format!("要有多少张选票：1 到 {MOST_SLIPS} 之间"),
        format!("how many slips there are: between 1 and {MOST_SLIPS}"),
    );
    FieldError { field: vote.base.clone(), code: "out_of_range", message }
}

fn close(ctx: &Context<'_>, file: &CaseFile, id: &str, vote: &Vote) -> Result<Option<(&'static str, PollEvent)>, Rule> {
    let Some(poll) = file.polls.get(id).filter(|p| p.closed.is_none()) else {
        return Ok(None);
    };
    let secret = ctx.outside.ballots.get(id).filter(|_| vote.secret);
    let mut counts: BTreeMap<String, u32> = vote.options.iter().map(|o| (o.id.clone(), 0)).collect();
    for (option, n) in secret.unwrap_or(&poll.tally) {
        *counts.entry(option.clone()).or_default() += n;
    }
    let (base, present) = (poll.base, poll.present());
    if counts.values().sum::<u32>() != present {
        return Err(Rule::Vote(VoteRule::Uncounted));
    }
    let favour = counts.get(&vote.favour).copied().unwrap_or(0);
    let whole = if vote.majority.of == Whole::Base { base } else { present };
    let outcome = match (vote.quorum.met(present, base), vote.majority.met(favour, whole)) {
        (false, _) => NO_QUORUM,
        (true, true) => PASSED,
        (true, false) => FAILED,
    };
    let event = PollEvent::Closed { vote: id.into(), outcome: outcome.into(), base, present, counts };
    Ok(Some((outcome, event)))
}
