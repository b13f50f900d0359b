//! After a restore: how far every run of numbers goes on, so that none is given a second time that stands on a lost paper.

use kernel::time::Timestamp;
use serde::{Deserialize, Serialize};

const DAY: i64 = 86_400_000;

/// Numbers of a body's letters that may have been given in a part that is lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterGap {
    /// Of which series.
    pub series: String,
    /// The first.
    pub low: u32,
    /// The last.
    pub high: u32,
    /// When it was declared.
    pub at: Timestamp,
}

/// Numbers that are given no more, because they may have been given in a part that is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Skip {
    /// When the store was restored, or its loss declared.
    pub at: Timestamp,
    /// The first year in which something may have been given.
    pub from: i16,
    /// The last one.
    pub to: i16,
    /// So many numbers of matters in every cell.
    pub matters: u32,
    /// So many numbers of letters in every series of every body.
    pub letters: u32,
}

impl Skip {
    /// Numbers of matters that are skipped whatever is known. Numbers are lent in blocks of 256 and what is left of a block is
    /// gone with the process, so this covers 4,096 starts of the server between the backup and the loss.
    pub const MARGIN: u32 = 1 << 20;
    /// … and for every day since the backup: more than the largest city in the country takes in.
    pub const MATTERS_A_DAY: u32 = 1 << 17;
    /// Letters of one body and series are numbered one by one, when they are issued: nothing is lent.
    pub const LETTERS_A_DAY: u32 = 1_000;

    /// What may have been given between a backup and now, with so many lines of the log known to be lost: each matter and
    /// each numbered letter has a line of its own.
    #[must_use]
    pub fn after(backup: Timestamp, now: Timestamp, lost: u64) -> Skip {
        let days = (now.0.saturating_sub(backup.0) / DAY).clamp(0, 3_650) + 1;
        let days = u32::try_from(days).unwrap_or(1);
        // More lines than this no store that counts numbers in 32 bits can have lost.
        let lost = u32::try_from(lost).unwrap_or(u32::MAX).min(1 << 30);
        let year = |at: Timestamp| at.date().year();
        Skip {
            at: now,
            from: year(backup).min(year(now)),
            to: year(now).max(year(backup)),
            matters: lost + Skip::MARGIN + days * Skip::MATTERS_A_DAY,
            letters: lost + days * Skip::LETTERS_A_DAY,
        }
    }

    /// Whether a year is one of those.
    #[must_use]
    pub fn covers(&self, year: i16) -> bool {
        (self.from..=self.to).contains(&year)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::time::Date;

    #[test]
    fn the_block_is_larger_than_what_may_have_been_given() {
        let at = |y, m, d| Timestamp::at(Date::new(y, m, d).expect("a day"), 12, 0);
        let known = Skip::after(at(2026, 12, 31), at(2027, 1, 1), 1_719);
        assert!(known.covers(2026) && known.covers(2027) && !known.covers(2025) && !known.covers(2028));
        assert!(known.matters >= 1_719 + Skip::MARGIN && known.letters >= 1_719 + Skip::LETTERS_A_DAY);
        let old = Skip::after(at(2026, 1, 1), at(2026, 12, 1), 0);
        assert!(old.matters > 334 * Skip::MATTERS_A_DAY && old.letters > 334 * Skip::LETTERS_A_DAY);
        // A clock that stood wrong breaks nothing.
        let back = Skip::after(at(2027, 1, 1), at(2026, 12, 31), u64::MAX);
        assert!(back.from == 2026 && back.to == 2027 && back.matters > Skip::MARGIN);
    }
}
