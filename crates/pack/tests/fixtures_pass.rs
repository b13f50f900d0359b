//! The fixtures are proved, and what they promise is what a person reckons by hand.

mod common;

use common::{calendar, fixture};
use kernel::text::Lang;
use kernel::time::{Date, Timestamp};
use pack::check::check;
use pack::promise::{Plan, explain, explain_path};
use std::collections::BTreeMap;

#[test]
fn the_fixtures_are_proved() {
    for name in ["full", "plain", "parts"] {
        let found = check(&fixture(name), None);
        assert!(found.is_empty(), "{name}: {found:#?}");
    }
}

#[test]
fn the_promise_is_what_one_reckons_by_hand() {
    let m = fixture("plain");
    let calendar = calendar();
    let start = Timestamp::at(Date::constant(2024, 1, 1), 9, 0);
    let p = Plan::new(&m).at(&calendar, start, &BTreeMap::new()).unwrap();
    assert_eq!(p.promised_by.date(), Date::constant(2024, 1, 15));
    assert_eq!(p.due_by, p.promised_by);

    let m = fixture("full");
    let p = Plan::new(&m).at(&calendar, start, &BTreeMap::new()).unwrap();
    let answer = Plan::new(&m).answer(&calendar, start, &BTreeMap::new());
    assert_eq!(answer, Some((p.due_by, p.promised_by, p.provisional)));
    // Designated on the last day of 5 working days (8 January), then 60 days.
    assert_eq!(p.due_by.date(), Date::constant(2024, 3, 8), "{:#?}", explain_path(&p.due_path, &m, Lang::En));
    // 5wd + 3wd + 5wd (objection) + 3wd or designate, then 60 d + 30 d: Jan 8, 11, 18, 23, then 90 days.
    // The clock may also stand still for 10 days of material, so that what is promised is a bound: never less than that.
    assert!(p.at_most, "it can be prolonged and stand still");
    let (least, most) = (Date::constant(2024, 4, 22), Date::constant(2024, 5, 2));
    assert!((least..=most).contains(&p.promised_by.date()), "{:#?}", explain(&p, &m, Lang::En));
    // Material 10 d, service 7 d, asking 30 d rolled from a Saturday, review 30 d, visit 7 d.
    assert_eq!(p.final_end.date(), Date::constant(2024, 7, 17), "{:#?}", explain_path(&p.final_path, &m, Lang::En));
}
