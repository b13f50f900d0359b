//! Votes, rows and caps in scenarios: a step that votes, the secret choices that lie beside the file, the rows and figures
//! that an installation would look up.

use crate::demo_directory::{DemoDirectory, Rows};
use kernel::chain::Personal;
use kernel::decide::Command;
use kernel::entry::{Entry, PollEvent};
use kernel::file::CaseFile;
use kernel::form::Coded;
use kernel::mechanism::{LIMIT, Mechanism};
use kernel::outside::{Outside, Room};
use kernel::vote::{BALLOT, add_up};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Ballots on paper, as tellers enter them.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Paper {
    slips: Vec<u32>,
    counts: BTreeMap<String, u32>,
}

/// The command of a step that votes: `vote = "x"` with `slip` and `choice`, or with `paper`.
pub(super) fn command(
    vote: &str,
    paper: Option<&Paper>,
    [slip, for_slip]: [Option<u32>; 2],
    choice: Option<&str>,
) -> Option<Command> {
    let vote = vote.to_owned();
    Some(match paper {
        Some(paper) => Command::Paper { vote, slips: paper.slips.clone(), counts: paper.counts.clone() },
        None => {
            let (slip, choice) = (slip.unwrap_or_default(), choice.unwrap_or_default().to_owned());
            Command::Ballot { vote, slip, for_slip, choice }
        }
    })
}

/// What lies beside the file of a story or a walk.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    sealed: BTreeMap<String, Vec<String>>,
}

impl Beside {
    /// Keeps the sealed choices, and forgets those of a vote that was opened again or closed.
    pub fn take(&mut self, entries: &[Entry], personal: &[Personal]) {
        for event in entries.iter().flat_map(|e| &e.polls) {
            if let PollEvent::Opened { vote, .. } | PollEvent::Closed { vote, .. } = event {
                self.sealed.remove(vote);
            }
        }
        for own in personal {
            if let Some(vote) = own.field.strip_prefix(BALLOT) {
                self.sealed.entry(vote.to_owned()).or_default().push(own.content.clone());
            }
        }
    }

    /// What a decision is told; `used` says how much of each cap is used.
    pub fn outside(
        &self,
        m: &Mechanism,
        file: &CaseFile,
        directory: &DemoDirectory,
        used: &dyn Fn(&str) -> u32,
    ) -> Outside {
        let ballots = self.sealed.iter().map(|(v, all)| (v.clone(), add_up(all.iter().map(String::as_str)))).collect();
        let room = |id: &str| Some(Room { used: used(id), most: most(m, id, file, directory)? });
        let rooms = m.cap.keys().filter_map(|id| Some((id.clone(), room(id)?))).collect();
        Outside { rooms, ballots, about: None, tallies: kernel::tally::invented(m, &|field| i64::from(used(field))) }
    }
}

fn most(m: &Mechanism, cap: &str, file: &CaseFile, directory: &DemoDirectory) -> Option<u32> {
    use kernel::directory::Directory;
    let cap = m.cap.get(cap)?;
    let Some(set) = &cap.set else { return cap.number };
    let per = || Some(file.facts.get(cap.per.as_deref()?)?.as_code().into_owned());
    let row = directory.row(set, &cap.row.clone().or_else(per)?)?;
    match row.columns.get(LIMIT)? {
        Coded::Number(n) => u32::try_from(*n).ok(),
        _ => None,
    }
}

/// The rows that a scenario brings, laid over those of the directory.
pub(super) fn with_rows(directory: &DemoDirectory, rows: &Rows) -> DemoDirectory {
    let mut own = directory.clone();
    own.add_rows(rows);
    own
}
