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

/// Prints every promise with the time that it took: `cargo test --release -p pack --test national -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn the_promises_of_all_subjects() {
    let calendar = common::calendar_of_years();
    for (name, m) in common::subjects() {
        let clock = std::time::Instant::now();
        let found = check(&m, None);
        let checked = clock.elapsed();
        let plan = pack::promise::Plan::new(&m);
        let start = kernel::time::Timestamp::at(kernel::time::Date::constant(2024, 1, 29), 9, 0);
        let clock = std::time::Instant::now();
        let one = plan.at(&calendar, start, &Default::default());
        println!(
            "{name}: {} findings in {checked:?}; {} nodes; one start {:?}",
            found.len(),
            plan.size(),
            clock.elapsed()
        );
        for line in one.iter().flat_map(|p| pack::promise::explain_path(&p.final_path, &m, kernel::text::Lang::Zh)) {
            println!("    {line}");
        }
        let clock = std::time::Instant::now();
        let s = promise_days(&m, &calendar);
        let days = |w: &Option<pack::promise::Worst>| w.as_ref().map(|w| (w.days, w.start.date().to_string()));
        println!(
            "{name}: {} findings in {checked:?}; {} nodes; {} starts in {:?}; due {:?}, first {:?}, last {:?}; {}; missing {:?}",
            found.len(),
            plan.size(),
            s.starts,
            clock.elapsed(),
            days(&s.due),
            days(&s.first),
            days(&s.last),
            s.symbolic.zh,
            s.missing
        );
        for f in &found {
            println!("  {:?} {} {:?}\n    {}\n    {}", f.rule, f.path, f.chain, f.message.en, f.message.zh);
        }
    }
}
