//! Slips of a vote, printed by those who count it: who printed which is written down, a code is told once. What may be done with
//! a slip is `vote`'s.

use crate::error::AppError;
use crate::installation::App;
use crate::matter::Matter;
use crate::viewer::Viewer;
use crate::vote::{VoteView, printed, refused, view};
use kernel::decide::{Command, teller};
use kernel::entry::PollEvent;
use kernel::ids::MatterId;
use kernel::refusal::{Rule, VoteRule};
use std::collections::BTreeSet;

/// The slips of a vote, for printing.
#[derive(Clone, Debug)]
pub struct Slips {
    /// The public number of the matter.
    pub number: String,
    /// The vote.
    pub vote: VoteView,
    /// What is voted on, as it was published for everybody; none where nothing is.
    pub about: Option<String>,
    /// Number and code of each.
    pub slips: Vec<(u32, String)>,
    /// Whose each is, where the vote is open and there is a roll.
    pub names: Vec<String>,
}

impl App {
    /// A vote as its tellers see it.
    ///
    /// # Errors
    /// `NotFound` for whoever may not read the matter, `Refused` for whoever is no teller.
    pub async fn telling(&self, viewer: &Viewer, id: MatterId, vote: &str) -> Result<VoteView, AppError> {
        let matter = self.told_to(viewer, id, vote).await?;
        let directory = self.directory();
        let ctx = self.context(&matter, &*directory);
        let spec = matter.mechanism.vote.get(vote).ok_or(AppError::NotFound)?;
        Ok(view(&ctx, &matter, &viewer.actor(id), vote, spec))
    }

    /// Prints slips with their codes, those named or all that were never printed; the file says who did, and which. A code is
    /// told only now: the former one of a slip that was printed before is good for nothing.
    ///
    /// # Errors
    /// `NotFound` for whoever may not read the matter; `Refused` for whoever is no teller or has opened the vote, and for a
    /// slip that was counted.
    pub async fn print(
        &self,
        viewer: &Viewer,
        id: MatterId,
        vote: &str,
        slips: BTreeSet<u32>,
    ) -> Result<Slips, AppError> {
        self.told_to(viewer, id, vote).await?;
        let command = Command::Print { vote: vote.to_owned(), slips };
        let done = self.carry_out(id, &viewer.actor(id), &command).await?;
        let matter = self.matter(id).await?;
        let directory = self.directory();
        let ctx = self.context(&matter, &*directory);
        let spec = matter.mechanism.vote.get(vote).ok_or(AppError::NotFound)?;
        let poll = matter.file.polls.get(vote).ok_or(AppError::NotFound)?;
        let runs =
            done.iter().filter_map(|e| if let PollEvent::Printed { slips, .. } = e { Some(slips) } else { None });
        let slips = runs.flatten().flat_map(|(from, to)| *from..=*to);
        let slips = slips.map(|n| (n, self.slip_code(id, vote, n, printed(poll, n)))).collect();
        let names = self.names_on_slips(&matter, vote).await?;
        let about = self.published_alone(&matter).await.ok().map(|published| published.words);
        let number = self.number_text(id, matter.row.number);
        Ok(Slips { number, about, vote: view(&ctx, &matter, &viewer.actor(id), vote, spec), slips, names })
    }

    async fn told_to(&self, viewer: &Viewer, id: MatterId, vote: &str) -> Result<Matter, AppError> {
        let matter = self.matter(id).await?;
        if !self.access(viewer, &matter).reads() {
            return Err(AppError::NotFound);
        }
        let directory = self.directory();
        let ctx = self.context(&matter, &*directory);
        teller(&ctx, &matter.file, &viewer.actor(id), vote).map_err(|r| refused(&matter, r.into()))?;
        if !matter.file.polls.contains_key(vote) {
            return Err(refused(&matter, Rule::Vote(VoteRule::NotOpen).into()));
        }
        Ok(matter)
    }
}
