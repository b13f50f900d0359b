//! The packs of the house are proved, and what they promise is measured.
#![expect(clippy::disallowed_methods, reason = "one test measures time")]

mod common;

use pack::check::check;
use pack::promise::promise_days;

#[test]
fn the_national_packs_are_proved() {
    assert!(common::national().len() >= 3, "the packs of the house are built in");
    for (name, m) in common::national() {
        let found = check(&m, None);
        assert!(found.is_empty(), "{name}: {found:#?}");
    }
}
