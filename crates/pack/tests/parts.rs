//! The mechanism of `tests/parts`, where several bodies work on one matter: its story, walks, what it promises, its faults.

use kernel::region::RegionCode;
use pack::demo_directory::DemoDirectory;
use pack::fault::text;
use pack::packs::PackSet;
use pack::report::check_all;
use pack::scenario::run_scenario;
use pack::walk::{Ground, walk_many};

const MECHANISM: &str = "national/gather/mechanism.toml";

fn files() -> Vec<(String, String)> {
    [
        (MECHANISM, include_str!("parts/national/gather/mechanism.toml")),
        ("national/gather/letters/summons.txt", include_str!("parts/national/gather/letters/summons.txt")),
        ("national/gather/scenarios/together.toml", include_str!("parts/national/gather/scenarios/together.toml")),
    ]
    .map(|(name, text)| (name.to_owned(), text.to_owned()))
    .to_vec()
}

fn with(from: &str, to: &str) -> PackSet {
    let mut files = files();
    assert!(files[0].1.contains(from), "`{from}` is there");
    files[0].1 = files[0].1.replacen(from, to, 1);
    PackSet::from_dirs(files)
}

fn directory() -> DemoDirectory {
    DemoDirectory::parse("directory.toml", include_bytes!("parts/scenarios/directory.toml")).expect("reads")
}

#[test]
fn the_story_comes_true() {
    let packs = PackSet::from_dirs(files());
    let story = &packs.scenarios()[0];
    let played = run_scenario(&packs, &directory(), pack::calendar::embedded(), "gather", &story.file, &story.text);
    played.unwrap_or_else(|faults| panic!("{}", text(&faults, packs.sources(), false)));
}

#[test]
fn walks_break_nothing_and_do_everything() {
    let packs = PackSet::from_dirs(files());
    let region: RegionCode = "990101001".parse().expect("a code");
    let mechanism = packs.base("gather").expect("reads");
    let directory = directory();
    let ground = Ground {
        mechanism: &mechanism,
        directory: &directory,
        calendar: pack::calendar::embedded(),
        region,
        faults: true,
    };
    let sum = walk_many(ground, 11, 60, 600, |_| {});
    assert!(sum.broken.is_none(), "{:#?}", sum.broken.map(|b| (b.seed, b.lines, b.broken)));
    let never: Vec<_> = mechanism.action.keys().filter(|a| !sum.did.contains_key(*a)).collect();
    assert!(never.is_empty() && sum.ended > 20, "never done: {never:?}; {sum:?}");
}

#[test]
fn it_is_proved_and_its_promise_is_a_number() {
    let packs = PackSet::from_dirs(files());
    let report = check_all(&packs, pack::calendar::embedded());
    assert!(report.is_clean(), "{}", report.text(packs.sources(), false));
    insta::assert_snapshot!(report.text(packs.sources(), false));
}

#[test]
fn faults_of_parts_are_shown_at_their_lines() {
    let mut shown = String::new();
    for (from, to) in [
        ("part = \"unit\"\nin = [\"asked\"]", "part = \"unitt\"\nin = [\"asked\"]"),
        ("each = \"units\"", "eech = \"units\""),
        ("in = [\"asked\"]\nto = \"present\"", "in = [\"asked\"]\nto = \"presnt\""),
        (
            "from = [\"report_in\"]\nto = [\"finish\", \"release\"]",
            "from = [\"raise\"]\nto = [\"finish\", \"release\"]",
        ),
        (
            "to = [\"report_in\", \"release\"]\nlength = \"report\"",
            "to = [\"report_in\", \"nudge\"]\nlength = \"report\"",
        ),
        ("all(unit) in [done, released]", "all(unit) in [done, relesed]"),
    ] {
        let packs = with(from, to);
        let faults = check_all(&packs, pack::calendar::embedded()).all_faults();
        assert!(!faults.is_empty(), "{to} is refused");
        shown.push_str(&text(&faults, packs.sources(), false));
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn the_guide_shows_what_is_really_read() {
    let guide = include_str!("../../../docs/pack-authoring.md");
    let mechanism = &files()[0].1;
    let blocks: Vec<&str> =
        guide.split("```toml gather\n").skip(1).filter_map(|block| block.split("```").next()).collect();
    for block in &blocks {
        assert!(mechanism.contains(block), "not in the mechanism:\n{block}");
    }
    assert_eq!(blocks.len(), 3);
}
