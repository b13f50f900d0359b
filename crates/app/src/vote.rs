//! Votes as people meet them: slips with codes, a ballot by code, paper counts by tellers, and how a vote stands.
//! Who chose what in a secret vote is in none of these views. What may happen is the kernel's to decide.

use crate::error::AppError;
use crate::installation::App;
use crate::keys::Owner;
use crate::matter::{Matter, id_bytes};
use crate::viewer::Viewer;
use kernel::decide::{Actor, Command, Context, decide, teller};
use kernel::entry::PollEvent;
use kernel::file::CaseFile;
use kernel::ids::MatterId;
use kernel::mechanism::{Portion, Vote, Whole};
use kernel::refusal::Refusal;
use kernel::text::Text;
use kernel::time::Timestamp;
use kernel::vote::{INVALID, Poll, is_open};
use serde::Serialize;
use std::collections::BTreeMap;
use store::StoreError;
use subtle::ConstantTimeEq;

/// How often a ballot is tried again when others come at the same moment.
pub(crate) const TRIES: usize = 12;

/// An option with its count, once there is one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OptionView {
    /// Its code.
    pub id: String,
    /// What it says.
    pub label: Text,
    /// It is the one that the majority is counted of.
    pub favour: bool,
    /// How often it was chosen; none before the count.
    pub count: Option<u32>,
}

/// A vote as everybody who may see the matter sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VoteView {
    /// Which.
    pub id: String,
    /// What is voted on.
    pub name: Text,
    /// What has one slip.
    pub per: Text,
    /// The options.
    pub options: Vec<OptionView>,
    /// Ballots are taken now.
    pub open: bool,
    /// Until when.
    pub until: Option<Timestamp>,
    /// How many slips there are.
    pub base: u32,
    /// How many were counted.
    pub present: u32,
    /// How many of them on paper.
    pub on_paper: u32,
    /// How many have to take part.
    pub quorum: u32,
    /// In words.
    pub quorum_rule: Text,
    /// In words: how many have to be for it.
    pub majority_rule: Text,
    /// How many have to be for it; none before the count.
    pub majority: Option<u32>,
    /// `passed`, `failed` or `no_quorum`; none before the count.
    pub outcome: Option<String>,
    /// How many paper ballots said nothing; none before the count, and where there were none.
    pub invalid: Option<u32>,
    /// How many were cast by another.
    pub by_proxy: u32,
    /// How many of the roll were handed a slip; none where that was not written down.
    pub handed: Option<u32>,
    /// The entry that opened it.
    pub opened: u32,
    /// The roles that give out slips and count; none to whoever counts nothing and asks from elsewhere.
    pub tellers: Vec<Text>,
    /// Nobody is shown who chose what.
    pub secret: bool,
    /// For how many others one slip may vote.
    pub proxies: u32,
    /// Paper ballots are taken.
    pub paper: bool,
    /// How many slips were printed.
    pub printed: u32,
    /// How often one was printed once more.
    pub again: u32,
    /// This viewer prints slips and enters paper ballots.
    pub teller: bool,
    /// The clause.
    pub source: Option<String>,
}

/// What the holder of a slip shows.
#[derive(Clone, Debug)]
pub struct Slip {
    /// The public number of the matter.
    pub number: String,
    /// The slip's number.
    pub slip: u32,
    /// Its code.
    pub code: String,
    /// Where the request comes from, hashed.
    pub source: u64,
}

/// Another's slip that its holder entrusted to somebody.
#[derive(Clone, Copy, Debug)]
pub struct Entrusted<'a> {
    /// Its number.
    pub slip: u32,
    /// Its code.
    pub code: &'a str,
}

/// A ballot paper: what may be chosen with a slip.
#[derive(Clone, Debug)]
pub struct BallotPaper {
    /// The matter.
    pub id: MatterId,
    /// The vote.
    pub vote: VoteView,
    /// What is voted on, as it was published for everybody; none where nothing is.
    pub about: Option<String>,
    /// The slip was used.
    pub used: bool,
    /// For how many others it may still vote.
    pub proxies_left: u32,
}

impl App {
    /// How the votes of a matter stand.
    pub(crate) fn vote_views(&self, viewer: &Viewer, matter: &Matter) -> Vec<VoteView> {
        let directory = self.directory();
        let ctx = self.context(matter, &*directory);
        let actor = viewer.actor(matter.id);
        let opened = matter.mechanism.vote.iter().filter(|(id, _)| matter.file.polls.contains_key(*id));
        opened.map(|(id, vote)| view(&ctx, matter, &actor, id, vote)).collect()
    }

    /// What may be chosen with a slip. Nothing is told before its code is right.
    ///
    /// # Errors
    /// `WrongCode`, also for a matter or a slip that does not exist.
    pub async fn ballot_paper(&self, slip: &Slip) -> Result<BallotPaper, AppError> {
        let (matter, vote) = self.proven(slip).await?;
        let about = self.published_alone(&matter).await.ok().map(|published| published.words);
        let directory = self.directory();
        let ctx = self.context(&matter, &*directory);
        let spec = matter.mechanism.vote.get(&vote).ok_or(AppError::NotFound)?;
        let poll = matter.file.polls.get(&vote).ok_or(AppError::NotFound)?;
        let given = poll.counted.values().filter(|c| c.proxy == Some(slip.slip)).count();
        Ok(BallotPaper {
            id: matter.id,
            vote: view(&ctx, &matter, &Actor::default(), &vote, spec),
            about,
            used: poll.counted.contains_key(&slip.slip),
            proxies_left: spec.proxies.saturating_sub(u32::try_from(given).unwrap_or(u32::MAX)),
        })
    }

    /// Casts a ballot, for the slip or with another's, whose holder gave it away together with its code: without it anybody
    /// with a slip could use up those of three neighbours.
    ///
    /// # Errors
    /// `WrongCode`, of either; `Refused` by the rules of the vote, and nothing is counted then.
    pub async fn ballot(
        &self,
        slip: &Slip,
        other: Option<Entrusted<'_>>,
        choice: &str,
    ) -> Result<BallotPaper, AppError> {
        let (first, vote) = self.proven(slip).await?;
        let other = other.filter(|o| o.slip != slip.slip);
        if let Some(other) = other {
            let entrusted = Slip { slip: other.slip, code: other.code.to_owned(), ..slip.clone() };
            let (_, same) = self.proven(&entrusted).await?;
            if same != vote {
                return Err(AppError::NotFound);
            }
        }
        let (id, choice) = (first.id, choice.to_owned());
        let command = Command::Ballot { vote, slip: slip.slip, for_slip: other.map(|o| o.slip), choice };
        self.carry_out(id, &Actor::default(), &command).await?;
        self.ballot_paper(slip).await
    }

    /// Enters paper ballots.
    ///
    /// # Errors
    /// `NotFound` for whoever may not read the matter; `Refused`, and nothing is counted then.
    pub async fn paper(
        &self,
        viewer: &Viewer,
        id: MatterId,
        vote: &str,
        slips: Vec<u32>,
        counts: BTreeMap<String, u32>,
    ) -> Result<(), AppError> {
        let matter = self.matter(id).await?;
        if !self.access(viewer, &matter).reads() {
            return Err(AppError::NotFound);
        }
        let command = Command::Paper { vote: vote.to_owned(), slips, counts };
        self.carry_out(id, &viewer.actor(id), &command).await.map(drop)
    }

    pub(crate) async fn carry_out(
        &self,
        id: MatterId,
        actor: &Actor,
        command: &Command,
    ) -> Result<Vec<PollEvent>, AppError> {
        for _ in 0..TRIES {
            let matter = self.matter(id).await?;
            let directory = self.directory();
            let decided = {
                let ctx = self.context(&matter, &*directory);
                decide(&ctx, &matter.file, actor, command).map_err(|r| refused(&matter, r))
            };
            let decided = decided?;
            match self.commit(&matter, &decided, None).await {
                Err(AppError::Store(StoreError::Conflict)) => {}
                done => return done.map(|()| decided.entries.iter().flat_map(|e| e.polls.clone()).collect()),
            }
        }
        Err(AppError::Conflict)
    }

    /// The matter and the vote that a slip with this code belongs to. What does not exist takes as long as a wrong code.
    async fn proven(&self, slip: &Slip) -> Result<(Matter, String), AppError> {
        let id = self.by_number(&slip.number).await.ok();
        let subject =
            id.map_or_else(|| format!("vote:{}", slip.number.trim().to_uppercase()), |id| format!("vote:{id}"));
        self.may_try(&subject, slip.source)?;
        let matter = match id {
            Some(id) => Some(self.matter(id).await?),
            None => None,
        };
        let given: String = slip.code.chars().map(crate::width::half).filter(char::is_ascii_digit).collect();
        let fits = |matter: &Matter, vote: &str| {
            let poll = matter.file.polls.get(vote);
            let right = self.slip_code(matter.id, vote, slip.slip, poll.map_or(0, |p| printed(p, slip.slip)));
            poll.is_some_and(|p| p.printed.contains_key(&slip.slip))
                & bool::from(right.as_bytes().ct_eq(given.as_bytes()))
        };
        let found = matter.and_then(|m| {
            let vote = m.mechanism.vote.keys().find(|v| fits(&m, v)).cloned()?;
            Some((m, vote))
        });
        found.ok_or_else(|| self.wrong(&subject, slip.source))
    }

    /// The code of a slip: eight digits, derived and never stored; another each time that it was printed anew.
    pub(crate) fn slip_code(&self, id: MatterId, vote: &str, slip: u32, anew: u32) -> String {
        let serial = id_bytes(id);
        let owner = Owner { cell: id.cell.0, matter: &serial };
        let (slip, again) = (slip.to_be_bytes(), anew.to_be_bytes());
        let message = match anew {
            0 => owner.bind("gongzhi.slip/v1", &[vote.as_bytes(), &slip]),
            _ => owner.bind("gongzhi.slip/v1", &[vote.as_bytes(), &slip, &again]),
        };
        let mac = self.inner.keyring.code_key().mac(&message);
        let mut first = [0; 16];
        first.copy_from_slice(&mac[..16]);
        format!("{:08}", u128::from_be_bytes(first) % 100_000_000)
    }
}

/// How often a slip was printed after the first time.
pub(crate) fn printed(poll: &Poll, slip: u32) -> u32 {
    poll.printed.get(&slip).copied().unwrap_or(0).saturating_sub(1)
}

pub(crate) fn refused(matter: &Matter, refusal: Refusal) -> AppError {
    AppError::Refused(Box::new(refusal), Some(matter.mechanism.clone()))
}

pub(crate) fn view(ctx: &Context<'_>, matter: &Matter, actor: &Actor, id: &str, vote: &Vote) -> VoteView {
    let tellers = vote.tellers.iter().map(|r| role_name(matter, r)).collect();
    let teller = teller(ctx, &matter.file, actor, id).is_ok();
    VoteView { teller, tellers, ..stands(&matter.file, ctx.now, id, vote) }
}

/// How a vote stands at an instant, to whoever counts nothing.
#[must_use]
pub fn stands(file: &CaseFile, now: Timestamp, id: &str, vote: &Vote) -> VoteView {
    let poll = file.polls.get(id).cloned().unwrap_or_default();
    let open = is_open(vote, id, file) && file.clocks.get(&vote.window).is_some_and(|c| c.dates.due >= now);
    let counts = poll.closed.as_ref().map(|c| &c.counts);
    let option = |o: &kernel::mechanism::Choice| OptionView {
        id: o.id.clone(),
        label: Text::new(&o.zh, &o.en),
        favour: o.id == vote.favour,
        count: counts.map(|c| c.get(&o.id).copied().unwrap_or(0)),
    };
    VoteView {
        id: id.to_owned(),
        name: vote.name.clone(),
        per: vote.per.clone(),
        options: vote.options.iter().map(option).collect(),
        open,
        until: file.clocks.get(&vote.window).map(|c| c.dates.due),
        base: poll.base,
        present: poll.present(),
        on_paper: u32::try_from(poll.counted.values().filter(|c| c.paper).count()).unwrap_or(u32::MAX),
        quorum: vote.quorum.least(poll.base),
        printed: u32::try_from(poll.printed.len()).unwrap_or(u32::MAX),
        again: poll.printed.values().map(|n| n.saturating_sub(1)).sum(),
        quorum_rule: quorum_rule(vote),
        majority_rule: majority_rule(vote),
        majority: counts
            .map(|_| vote.majority.least(if vote.majority.of == Whole::Base { poll.base } else { poll.present() })),
        outcome: poll.closed.as_ref().map(|c| c.outcome.clone()),
        invalid: counts.and_then(|c| c.get(INVALID)).copied().filter(|n| *n > 0),
        by_proxy: u32::try_from(poll.counted.values().filter(|c| c.proxy.is_some()).count()).unwrap_or(u32::MAX),
        handed: Some(poll.handed).filter(|n| *n > 0),
        opened: poll.opened,
        tellers: Vec::new(),
        secret: vote.secret,
        proxies: vote.proxies,
        paper: vote.paper,
        teller: false,
        source: vote.source.clone(),
    }
}

fn role_name(matter: &Matter, role: &str) -> Text {
    matter.mechanism.role.get(role).map(|r| r.name.clone()).unwrap_or_default()
}

/// How many have to take part, in words.
pub(crate) fn quorum_rule(vote: &Vote) -> Text {
    portion(&vote.quorum, vote, ["参加投票的要", "Taking part: "])
}

/// How many have to be for it, in words.
pub(crate) fn majority_rule(vote: &Vote) -> Text {
    portion(&vote.majority, vote, ["同意的要", "in favour: "])
}

fn portion(p: &Portion, vote: &Vote, [zh, en]: [&str; 2]) -> Text {
    let (how_zh, how_en) = if p.more { ("超过", "more than") } else { ("不少于", "at least") };
    let (of_zh, of_en) = match p.of {
        Whole::Base => (format!("全部{}数", vote.per.zh), "of all slips"),
        Whole::Present => ("投票数".to_owned(), "of those who took part"),
    };
    Text::new(format!("{zh}{how_zh}{of_zh}的 {}/{}", p.n, p.d), format!("{en}{how_en} {}/{} {of_en}", p.n, p.d))
}
