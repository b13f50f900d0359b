//! The roll of those entitled to vote, as far as a case file knows of it: who was handed a slip, and which slips were printed. The
//! roll itself is sealed text beside an entry, which the kernel does not read. In a secret vote no slip belongs to a line of the
//! roll (ADR 0022): what is written down is that somebody has one, never which.

use crate::decide::{Context, Decision};
use crate::entry::{By, PollEvent};
use crate::refusal::{Refusal, Rule, VoteRule};
use crate::vote::{free, open, record};
use std::collections::BTreeSet;

/// Slips that were handed to lines of the roll, or given back.
pub(crate) fn hand(
    ctx: &Context<'_>,
    decision: &mut Decision,
    by: By,
    id: &str,
    (lines, before): (&BTreeSet<u32>, &BTreeSet<u32>),
    back: bool,
) -> Result<(), Refusal> {
    let (vote, poll) = open(ctx, &decision.file, id)?;
    if !vote.secret {
        // There the slip itself says whose it is.
        return Err(Rule::Vote(VoteRule::OnSlip).into());
    }
    if lines.is_empty() {
        return Err(Rule::Vote(VoteRule::NoLine { line: 0, base: poll.base }).into());
    }
    for line in lines {
        if !(1..=poll.base).contains(line) {
            return Err(Rule::Vote(VoteRule::NoLine { line: *line, base: poll.base }).into());
        }
        if before.contains(line) != back {
            return Err(Rule::Vote(VoteRule::Handed { line: *line, back }).into());
        }
    }
    let n = u32::try_from(lines.len()).unwrap_or(u32::MAX);
    let content = written(lines, back);
    let seq = decision.file.seq + 1;
    record(ctx, decision, id, by, PollEvent::Handed { vote: id.into(), n, back }, Some(content), seq);
    Ok(())
}

/// Slips printed with their codes: those named, or all that were never printed. Whoever opened the vote prints none, nor
/// does her body where another counts as well: codes in the hands of whoever convened the vote are votes in her hands. One
/// that was counted stays counted.
pub(crate) fn print(
    ctx: &Context<'_>,
    decision: &mut Decision,
    by: By,
    id: &str,
    slips: &BTreeSet<u32>,
) -> Result<(), Refusal> {
    let (vote, poll) = open(ctx, &decision.file, id)?;
    if let (By::Post { person, body }, Some((opener, convenes))) = (by, poll.opener) {
        let others = vote.tellers.iter().filter_map(|r| decision.file.roles.get(r)).any(|b| *b != convenes);
        if person == opener || others && body == convenes {
            return Err(Rule::Vote(VoteRule::Opener { body: others }).into());
        }
    }
    let slips: Vec<u32> = if slips.is_empty() {
        (1..=poll.base).filter(|s| !poll.printed.contains_key(s) && !poll.counted.contains_key(s)).collect()
    } else {
        slips.iter().map(|s| free(poll, *s).map(|()| *s)).collect::<Result<_, _>>()?
    };
    if slips.is_empty() {
        return Err(Rule::Vote(VoteRule::AllPrinted).into());
    }
    let seq = decision.file.seq + 1;
    record(ctx, decision, id, by, PollEvent::Printed { vote: id.into(), slips: runs(&slips) }, None, seq);
    Ok(())
}

/// Numbers in order as runs, from which to which.
fn runs(slips: &[u32]) -> Vec<(u32, u32)> {
    slips.chunk_by(|a, b| a + 1 == *b).map(|run| (run[0], run[run.len() - 1])).collect()
}

/// `3,17`, or `-3,-17` for what was given back.
fn written(lines: &BTreeSet<u32>, back: bool) -> String {
    let sign = if back { "-" } else { "" };
    lines.iter().map(|l| format!("{sign}{l}")).collect::<Vec<_>>().join(",")
}

/// The lines that have a slip, from what [`hand`] wrote, in the order of the entries.
#[must_use]
pub fn handed<'a>(contents: impl IntoIterator<Item = &'a str>) -> BTreeSet<u32> {
    let mut lines = BTreeSet::new();
    for part in contents.into_iter().flat_map(|c| c.split(',')) {
        match part.strip_prefix('-') {
            Some(line) => line.parse().ok().map(|l: u32| lines.remove(&l)),
            None => part.parse().ok().map(|l: u32| lines.insert(l)),
        };
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_written_as_runs() {
        assert_eq!(runs(&[1, 2, 3, 7, 9, 10]), [(1, 3), (7, 7), (9, 10)]);
        assert_eq!(runs(&[]), []);
    }

    #[test]
    fn what_was_given_back_can_be_handed_again() {
        let lines: BTreeSet<u32> = [3, 17].into();
        assert_eq!((written(&lines, false).as_str(), written(&lines, true).as_str()), ("3,17", "-3,-17"));
        assert_eq!(handed(["3,17", "-3", "5"]), [5, 17].into());
        assert_eq!(handed(["", "x"]), BTreeSet::new());
    }
}
