//! The packs of the house are proved.

mod common;

use pack::check::check;

#[test]
fn the_national_packs_are_proved() {
    assert!(common::national().len() >= 3, "the packs of the house are built in");
    for (name, m) in common::national() {
        let found = check(&m, None);
        assert!(found.is_empty(), "{name}: {found:#?}");
    }
}
