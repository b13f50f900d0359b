//! What a decision is told from outside the file: rows of sets, room under caps, and the count of secret ballots.
//! The kernel looks none of it up; entries keep what was used.

use crate::form::Coded;
use std::collections::BTreeMap;

/// A row of a set, as a decision uses it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Row {
    /// The version of the set, from 1.
    pub version: u32,
    /// Its coded columns; text stays in the set.
    pub columns: BTreeMap<String, Coded>,
}

/// How much of a cap is used up this calendar year.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Room {
    /// How many there were.
    pub used: u32,
    /// How many there may be.
    pub most: u32,
}

impl Room {
    /// Whether one more fits.
    #[must_use]
    pub fn left(self) -> bool {
        self.used < self.most
    }
}

/// What the caller counted before it asked for a decision.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Outside {
    /// Caps, by their ids. One that is missing has no room: nobody has said how much there is.
    pub rooms: BTreeMap<String, Room>,
    /// For each secret vote that is open: how often each option was chosen. Needed when it closes.
    pub ballots: BTreeMap<String, BTreeMap<String, u32>>,
    /// The matter that this one is about: the field that names it, and where it stands (`personal::STANDINGS`).
    pub about: Option<(String, String)>,
    /// For each number that an action counts by category: how many came, by category. Needed when that action is done.
    pub tallies: BTreeMap<String, BTreeMap<String, i64>>,
}

/// Nothing was counted.
pub static NOTHING: Outside =
    Outside { rooms: BTreeMap::new(), ballots: BTreeMap::new(), about: None, tallies: BTreeMap::new() };

impl Outside {
    /// The facts of a file with what guards read of the caps, and of the matter that it is about, laid over them.
    #[must_use]
    pub fn over(&self, facts: &BTreeMap<String, Coded>) -> BTreeMap<String, Coded> {
        let mut all = facts.clone();
        for (cap, room) in &self.rooms {
            let word = if room.left() { "yes" } else { "no" };
            all.insert(crate::numeric::room_fact(cap), Coded::Code(word.into()));
        }
        if let Some((field, standing)) = &self.about {
            all.insert(crate::personal::about_fact(field), Coded::Code(standing.clone()));
        }
        all
    }
}
