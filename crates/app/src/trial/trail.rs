//! The trail of a trial run as it stands in an address: `2026-09-28T09:00~n.raiser.raise.kind-help~d.operator.dispatch.unit-7`.
//! What cannot be read is left out: an address is not a form, and nothing depends on it.

use kernel::ids::BodyId;
use kernel::time::Timestamp;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// The move in which nobody does anything.
pub const WAIT: &str = "wait";

/// When a move happens after the one before it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum After {
    /// An hour later.
    Hour,
    /// A day later.
    Day,
    /// A week later.
    Week,
    /// At the last moment of the clock that is due next.
    LastMoment,
    /// Just after the clock that is due next has passed.
    Passed,
}

impl After {
    /// All, in the order of a choice.
    pub const ALL: [After; 5] = [After::Hour, After::Day, After::Week, After::LastMoment, After::Passed];

    /// Its letter in an address.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            After::Hour => "h",
            After::Day => "d",
            After::Week => "w",
            After::LastMoment => "l",
            After::Passed => "p",
        }
    }

    /// Of a letter.
    #[must_use]
    pub fn of(letter: &str) -> Option<After> {
        After::ALL.into_iter().find(|a| a.letter() == letter)
    }
}

/// One move.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Move {
    /// When.
    pub after: After,
    /// The role that does it.
    pub who: String,
    /// The body, where a role is not one body alone.
    pub body: Option<BodyId>,
    /// The action, `approve:…`, `reject:…` or `wait`.
    pub action: String,
    /// What was chosen: field and code.
    pub chosen: BTreeMap<String, String>,
}

/// All moves of a trial run.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trail {
    /// When the matter begins.
    pub start: Timestamp,
    /// The moves.
    pub moves: Vec<Move>,
}

impl Trail {
    /// Without the last `n` moves.
    #[must_use]
    pub fn without(&self, n: usize) -> Trail {
        let kept = self.moves.len().saturating_sub(n);
        Trail { start: self.start, moves: self.moves[..kept].to_vec() }
    }

    /// With one more.
    #[must_use]
    pub fn with(&self, step: Move) -> Trail {
        let mut moves = self.moves.clone();
        moves.push(step);
        Trail { start: self.start, moves }
    }
}

fn plain(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':'))
}

impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.after.letter(), self.who)?;
        if let Some(body) = self.body {
            write!(f, "@{}", body.0)?;
        }
        write!(f, ".{}", self.action)?;
        // An empty choice says that a field which may be left out is left out.
        self.chosen.iter().try_for_each(|(field, code)| write!(f, ".{field}-{code}"))
    }
}

impl FromStr for Move {
    type Err = ();
    fn from_str(text: &str) -> Result<Move, ()> {
        let mut parts = text.split('.');
        let mut next = || parts.next().ok_or(());
        let (after, who, action) = (After::of(next()?).ok_or(())?, next()?, next()?);
        let (who, body) = match who.split_once('@') {
            Some((who, body)) => (who, Some(BodyId(body.parse().map_err(|_| ())?))),
            None => (who, None),
        };
        if !plain(who) || !plain(action) {
            return Err(());
        }
        let chosen = parts.filter_map(|p| p.split_once('-')).filter(|(f, c)| plain(f) && (c.is_empty() || plain(c)));
        let chosen = chosen.map(|(f, c)| (f.to_owned(), c.to_owned())).collect();
        Ok(Move { after, who: who.to_owned(), body, action: action.to_owned(), chosen })
    }
}

impl fmt::Display for Trail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hour, minute) = self.start.hour_minute();
        write!(f, "{}T{hour:02}:{minute:02}", self.start.date())?;
        self.moves.iter().try_for_each(|m| write!(f, "~{m}"))
    }
}

impl FromStr for Trail {
    type Err = ();
    fn from_str(text: &str) -> Result<Trail, ()> {
        let mut parts = text.split('~');
        let start = parts.next().and_then(|s| s.parse().ok()).ok_or(())?;
        // The first move that cannot be read ends the trail: what follows would be another story.
        let moves = parts.map_while(|m| m.parse().ok()).take(super::LONGEST).collect();
        Ok(Trail { start, moves })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_as_it_was_written() {
        let text = "2026-09-28T09:00~h.raiser.raise.kind-help~p.head@7.approve:extend~l.raiser.wait";
        let trail: Trail = text.parse().expect("reads");
        assert_eq!((trail.to_string().as_str(), trail.moves.len()), (text, 3));
        assert_eq!(trail.moves[1].body, Some(BodyId(7)));
        assert_eq!(trail.without(2).to_string(), "2026-09-28T09:00~h.raiser.raise.kind-help");
    }

    #[test]
    fn what_is_no_trail_is_none_or_ends_there() {
        assert!("".parse::<Trail>().is_err() && "x~y".parse::<Trail>().is_err());
        let cut: Trail = "2026-09-28T09:00~h.raiser.raise~q.no.such~h.raiser.raise".parse().expect("reads");
        assert_eq!(cut.moves.len(), 1);
        assert!("h.<b>.raise".parse::<Move>().is_err());
    }
}
