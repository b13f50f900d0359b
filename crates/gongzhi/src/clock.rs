//! The machine's clock: the only place where the program asks for the time, and the set clock of `--clock`.

use app::clock::Clock;
use kernel::time::Timestamp;
use std::time::SystemTime;

/// The machine's clock, moved by a fixed amount where `--clock` was given.
pub struct SystemClock {
    offset: i64,
}

impl SystemClock {
    /// The machine's own time.
    #[must_use]
    pub fn real() -> SystemClock {
        SystemClock { offset: 0 }
    }

    /// A clock that shows `start` now and goes on from there.
    #[must_use]
    pub fn starting_at(start: Timestamp) -> SystemClock {
        SystemClock { offset: start.0 - machine() }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the machine's time comes in")]
fn machine() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp(machine() + self.offset)
    }
}
