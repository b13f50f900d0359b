//! The editions of the calendar that this process has known, the newest last. Readers hold a plain reference: an edition
//! lives as long as the process, and there are a few a year.

use kernel::calendar::Calendar;
use std::sync::OnceLock;

/// An edition and the one that took its place.
pub(crate) struct Editions {
    calendar: Calendar,
    next: OnceLock<Box<Editions>>,
}

impl Editions {
    pub fn new(calendar: Calendar) -> Editions {
        Editions { calendar, next: OnceLock::new() }
    }

    fn last(&self) -> &Editions {
        let mut at = self;
        while let Some(next) = at.next.get() {
            at = next;
        }
        at
    }

    /// The newest edition.
    pub fn newest(&self) -> &Calendar {
        &self.last().calendar
    }

    /// Puts an edition in the place of the newest.
    pub fn put(&self, calendar: Calendar) {
        let mut fresh = Box::new(Editions::new(calendar));
        // Somebody may have been quicker: then this one follows that one.
        while let Err(back) = self.last().next.set(fresh) {
            fresh = back;
        }
    }
}
