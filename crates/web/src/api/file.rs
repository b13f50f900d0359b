//! The shape of one matter: its state, clocks, thread, letters and what may be done, for one viewer.

use crate::api::letters::Letter;
use crate::api::shape::{Action, Blocked, Body, Clock, Words, time};
use app::view as v;
use serde::Serialize;
use utoipa::ToSchema;

/// A matter as the caller may see it now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Matter {
    /// Its public number.
    pub number: String,
    /// The mechanism's id.
    pub mechanism: String,
    /// Its name.
    pub mechanism_name: Words,
    /// The hash of the mechanism that it was raised under.
    pub version: String,
    /// The region's code.
    pub region: String,
    /// The region in words.
    pub place: String,
    /// Its title; none for whoever may not read words.
    pub title: Option<String>,
    /// The state.
    pub state: String,
    /// Its name.
    pub state_name: Words,
    /// The segment of the ring, 1 to 5.
    pub ring: u8,
    /// Who holds it; none is the raiser, or nobody after the end.
    pub holder: Option<Body>,
    /// It waits for the raiser.
    pub yours: bool,
    /// When it was raised.
    pub raised_at: String,
    /// The ordinary date of the first answer.
    pub due_by: Option<String>,
    /// The latest lawful date of it.
    pub promised_by: Option<String>,
    /// They rest on a calendar that is not published.
    pub provisional: bool,
    /// When it was answered.
    pub answered_at: Option<String>,
    /// When the file ended.
    pub ended: Option<String>,
    /// Whether the person was heard: `yes`, `not_heard`, or none yet.
    pub heard: Option<String>,
    /// The clocks that run, what is due first first.
    pub clocks: Vec<Clock>,
    /// The clocks that stopped.
    pub stopped: Vec<Clock>,
    /// What the caller may do now.
    pub actions: Vec<Action>,
    /// What a rule stands in the way of.
    pub blocked: Vec<Blocked>,
    /// The thread, oldest first.
    pub entries: Vec<Entry>,
    /// Coded facts.
    pub facts: Vec<Said>,
    /// The votes that were opened.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub votes: Vec<Vote>,
    /// What lies sealed.
    pub sealed: Vec<Sealed>,
    /// The letters.
    pub letters: Vec<Letter>,
    /// Who looked; on the raiser's own page.
    pub looks: Vec<Look>,
    /// The bodies that work on it side by side.
    pub parts: Vec<Part>,
    /// How many entries the file has; sent back as `seen` when acting.
    pub seq: u32,
    /// The head of its chain.
    pub head: String,
}

/// The part of one body, or one task.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MatterPart)]
pub struct Part {
    /// Its key, sent as `part` when acting on it.
    pub key: String,
    /// Which kind of part.
    pub kind: String,
    /// What such a part is called.
    pub name: Words,
    /// Whose it is.
    pub body: Body,
    /// What is to be done, for a task.
    pub task: Option<String>,
    /// The day that a task names.
    pub until: Option<String>,
    /// It leads.
    pub lead: bool,
    /// Its state.
    pub state: String,
    /// The state's name.
    pub state_name: Words,
    /// It has ended.
    pub ended: bool,
    /// When it was opened.
    pub opened_at: String,
    /// The clock of it that comes due first.
    pub clock: Option<Clock>,
    /// The entry that acted on it last.
    pub last: Option<u32>,
    /// What the caller may do on it now.
    pub actions: Vec<Action>,
}

impl From<&v::PartView> for Part {
    fn from(p: &v::PartView) -> Part {
        Part {
            key: p.key.clone(),
            kind: p.kind.clone(),
            name: (&p.name).into(),
            body: Body::from(&p.body),
            task: p.task.clone(),
            until: p.until.map(|d| d.to_string()),
            lead: p.lead,
            state: p.state.clone(),
            state_name: (&p.state_name).into(),
            ended: p.ended,
            opened_at: time(p.opened_at),
            clock: p.clock.as_ref().map(Clock::from),
            last: p.last.as_ref().map(|l| l.seq),
            actions: p.actions.iter().map(Action::from).collect(),
        }
    }
}

/// One entry of the thread.
#[derive(Debug, Serialize, ToSchema)]
pub struct Entry {
    /// Its place in the file.
    pub seq: u32,
    /// When it was written.
    pub at: String,
    /// When it happened, if earlier.
    pub occurred: Option<String>,
    /// Who speaks: `raiser`, `body` or `clock`.
    pub by: String,
    /// Which body speaks.
    pub body: Option<Body>,
    /// What it was.
    pub act: String,
    /// What it says happened.
    pub said: Words,
    /// The words and choices that came with it.
    pub fields: Vec<Said>,
    /// How many fields are not shown to the caller.
    pub kept: u32,
    /// Ids of its attachments.
    pub attachments: Vec<String>,
    /// It issued a letter, to be read under this entry's number.
    pub letter: bool,
    /// It is the answer.
    pub answers: bool,
    /// A clock passed its date.
    pub late: bool,
}

/// A field with what it says.
#[derive(Debug, Serialize, ToSchema)]
pub struct Said {
    /// Which.
    pub field: String,
    /// Its label.
    pub label: Words,
    /// What it says.
    pub value: Words,
}

/// A sealed field.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sealed {
    /// Which.
    pub field: String,
    /// Its label.
    pub label: Words,
    /// In which entry.
    pub seq: u32,
    /// The caller may open it on the desk, with a reason.
    pub may_open: bool,
}

/// A look at the matter.
#[derive(Debug, Serialize, ToSchema)]
pub struct Look {
    /// When.
    pub at: String,
    /// Which body.
    pub body: Option<Body>,
    /// As what.
    pub role: String,
    /// Why.
    pub reason: String,
    /// Which sealed fields.
    pub fields: Vec<Words>,
}

/// How a vote stands. Who chose what is never told of a secret one.
#[derive(Debug, Serialize, ToSchema)]
pub struct Vote {
    /// Its id.
    pub id: String,
    /// What is voted on.
    pub name: Words,
    /// Ballots are taken now.
    pub open: bool,
    /// How many slips there are.
    pub base: u32,
    /// How many were counted.
    pub present: u32,
    /// How many have to take part.
    pub quorum: u32,
    /// `passed`, `failed` or `no_quorum`; none before the count.
    pub outcome: Option<String>,
    /// The options, with their counts after the closing.
    pub options: Vec<VoteOption>,
}

/// An option of a vote.
#[derive(Debug, Serialize, ToSchema)]
pub struct VoteOption {
    /// Its id.
    pub id: String,
    /// What it says.
    pub label: Words,
    /// How often it was chosen; none before the count.
    pub count: Option<u32>,
}

impl From<&app::vote::VoteView> for Vote {
    fn from(v: &app::vote::VoteView) -> Vote {
        let option =
            |o: &app::vote::OptionView| VoteOption { id: o.id.clone(), label: (&o.label).into(), count: o.count };
        Vote {
            id: v.id.clone(),
            name: (&v.name).into(),
            open: v.open,
            base: v.base,
            present: v.present,
            quorum: v.quorum,
            outcome: v.outcome.clone(),
            options: v.options.iter().map(option).collect(),
        }
    }
}

impl From<&v::MatterView> for Matter {
    fn from(m: &v::MatterView) -> Matter {
        Matter {
            number: m.number.clone(),
            mechanism: m.mechanism.clone(),
            mechanism_name: (&m.mechanism_name).into(),
            version: m.version.clone(),
            region: m.region.clone(),
            place: m.place.zh.clone(),
            title: m.title.clone(),
            state: m.state.clone(),
            state_name: (&m.state_name).into(),
            ring: m.ring,
            holder: m.holder.as_ref().map(Body::from),
            yours: m.yours,
            raised_at: time(m.raised_at),
            due_by: m.due_by.map(time),
            promised_by: m.promised_by.map(time),
            provisional: m.provisional,
            answered_at: m.answered_at.map(time),
            ended: m.ended.map(time),
            heard: m.heard.clone(),
            clocks: m.clocks.iter().map(Clock::from).collect(),
            stopped: m.stopped.iter().map(Clock::from).collect(),
            actions: m.actions.iter().map(Action::from).collect(),
            blocked: m.blocked.iter().map(Blocked::from).collect(),
            entries: m.entries.iter().map(Entry::from).collect(),
            facts: m.facts.iter().map(Said::from).collect(),
            votes: m.votes.iter().map(Vote::from).collect(),
            sealed: m.sealed.iter().map(Sealed::from).collect(),
            letters: m.letters.iter().map(Letter::from).collect(),
            looks: m.looks.iter().map(Look::from).collect(),
            parts: m.parts.iter().map(Part::from).collect(),
            seq: m.seq,
            head: m.head.clone(),
        }
    }
}

impl From<&v::EntryView> for Entry {
    fn from(e: &v::EntryView) -> Entry {
        let (by, body) = match &e.by {
            v::Speaker::Raiser => ("raiser", None),
            v::Speaker::Body(b) => ("body", Some(Body::from(b))),
            v::Speaker::Clock => ("clock", None),
        };
        Entry {
            seq: e.seq,
            at: time(e.at),
            occurred: e.occurred.map(time),
            by: by.to_owned(),
            body,
            act: e.act.clone(),
            said: (&e.said).into(),
            fields: e.fields.iter().map(Said::from).collect(),
            kept: e.kept,
            attachments: e.files.iter().map(|f| f.id.clone()).collect(),
            letter: e.letter.is_some(),
            answers: e.answers,
            late: e.late,
        }
    }
}

impl From<&v::SaidField> for Said {
    fn from(f: &v::SaidField) -> Said {
        Said { field: f.field.clone(), label: (&f.label).into(), value: (&f.value).into() }
    }
}

impl From<&v::SealedView> for Sealed {
    fn from(s: &v::SealedView) -> Sealed {
        Sealed { field: s.field.clone(), label: (&s.label).into(), seq: s.seq, may_open: s.may_open }
    }
}

impl From<&v::LookView> for Look {
    fn from(l: &v::LookView) -> Look {
        Look {
            at: time(l.at),
            body: l.body.as_ref().map(Body::from),
            role: l.role.clone(),
            reason: l.reason.clone(),
            fields: l.fields.iter().map(Words::from).collect(),
        }
    }
}
