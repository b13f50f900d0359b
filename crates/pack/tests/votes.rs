//! Votes, numbers in conditions, sets and caps: proved, played, walked; and what breaks them is refused where it stands.

use kernel::mechanism::Mechanism;
use pack::check::check;
use pack::demo_directory::DemoDirectory;
use pack::finding::Rule;
use pack::packs::PackSet;
use pack::scenario::run_scenario;
use pack::walk::{Ground, walk_many};

const FILE: &str = include_str!("fixture/assembly/mechanism.toml");
const STORIES: [(&str, &str); 3] = [
    ("carried.toml", include_str!("fixture/assembly/scenarios/carried.toml")),
    ("too_few.toml", include_str!("fixture/assembly/scenarios/too_few.toml")),
    ("no_quorum.toml", include_str!("fixture/assembly/scenarios/no_quorum.toml")),
];

fn mechanism(from: &str, to: &str) -> Mechanism {
    assert!(FILE.contains(from), "`{from}` is in the file");
    toml::from_str(&FILE.replacen(from, to, 1)).expect("reads")
}

fn packs() -> PackSet {
    let packs = PackSet::from_dirs(vec![("national/assembly/mechanism.toml".to_owned(), FILE.as_bytes().to_vec())]);
    assert_eq!(packs.faults(), []);
    packs
}

fn directory() -> DemoDirectory {
    let rows = "\n[set.duty_list.A-1]\nanswer = \"own\"\n[set.duty_list.A-2]\nanswer = \"taken_back\"\n";
    let text = format!("{}{rows}", include_str!("fixture/directory.toml"));
    DemoDirectory::parse("directory.toml", text.as_bytes()).expect("reads")
}

#[test]
fn it_is_proved() {
    let found = check(&mechanism("", ""), None);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn its_stories_come_true() {
    let (packs, directory) = (packs(), directory());
    for (file, text) in STORIES {
        let played = run_scenario(&packs, &directory, pack::calendar::embedded(), "assembly", file, text);
        assert!(played.is_ok(), "{file}: {played:#?}");
    }
    let wrong = STORIES[0].1.replacen("adopt = \"passed\"", "adopt = \"failed\"", 1);
    let told = run_scenario(&packs, &directory, pack::calendar::embedded(), "assembly", "carried.toml", &wrong);
    assert!(told.is_err(), "a story that goes otherwise is told");
}

#[test]
fn walks_vote_and_every_result_comes() {
    let (m, directory) = (mechanism("", ""), directory());
    let region = "990101001".parse().expect("a code");
    let ground =
        Ground { mechanism: &m, directory: &directory, calendar: pack::calendar::embedded(), region, faults: true };
    let sum = walk_many(ground, 1, 60, 600, |_| {});
    assert!(sum.broken.is_none(), "{:#?}", sum.broken);
    for action in ["carry_out", "not_carried", "put_off", "count_votes"] {
        assert!(sum.did.get(action).is_some_and(|n| *n > 0), "{action}: {:?}", sum.did);
    }
}

/// What is changed, into what, which rule refuses it, and where it says so.
const MUTANTS: [(&str, &str, Rule, &str); 26] = [
    ("opened_by = \"open_vote\"", "opened_by = \"open\"", Rule::Sound, "vote.adopt.opened_by"),
    ("closed_by = \"count_votes\"", "closed_by = \"count\"", Rule::Sound, "vote.adopt.closed_by"),
    ("closed_by = \"count_votes\"", "closed_by = \"open_vote\"", Rule::Sound, "vote.adopt.closed_by"),
    ("base = \"households\"", "base = \"words\"", Rule::Sound, "vote.adopt.base"),
    ("needs = [\"households\"]", "needs = []", Rule::Sound, "vote.adopt.base"),
    ("for = \"yes\"", "for = \"aye\"", Rule::Sound, "vote.adopt.for"),
    ("{ id = \"no\", zh", "{ id = \"yes\", zh", Rule::Sound, "vote.adopt.options"),
    ("{ id = \"no\", zh", "{ id = \"n=o\", zh", Rule::Sound, "vote.adopt.options"),
    ("1/2 of base", "1/2 of present", Rule::Sound, "vote.adopt.quorum"),
    ("window = \"voting\"", "window = \"prepare\"", Rule::Sound, "vote.adopt.window"),
    ("window = \"voting\"", "window = \"votin\"", Rule::Sound, "vote.adopt.window"),
    ("tellers = [\"office\"]", "tellers = [\"raiser\"]", Rule::Sound, "vote.adopt.tellers"),
    ("tellers = [\"office\"]", "tellers = []", Rule::Sound, "vote.adopt.tellers"),
    ("[vote.adopt]", "[vote.cost]", Rule::Sound, "vote.cost"),
    ("adopt in [failed, no_quorum]", "adopt = failed", Rule::Reachable, "state.counted"),
    ("adopt in [failed, no_quorum]", "adopt in [failed, no_qorum]", Rule::Sound, "action.not_carried.when"),
    ("adopt = passed and cost < 10000", "adopt = passed and cost < 9000", Rule::Reachable, "state.counted"),
    ("cost < 10000", "words < 10000", Rule::Sound, "action.carry_out.when"),
    ("cost < 10000", "cots < 10000", Rule::Sound, "action.carry_out.when"),
    ("not (share(attended, invited) >= 1/2) or", "share(attended, invited) < 1/3 or", Rule::Reachable, "state.met"),
    ("or not room(meetings) or", "or", Rule::Reachable, "state.met"),
    ("room(meetings) and duty", "room(meeting) and duty", Rule::Sound, "action.open_vote.when"),
    ("or duty.answer = taken_back", "or duty.answer = given_back", Rule::Sound, "action.put_off.when"),
    ("or duty.answer = taken_back", "or duty.anser = taken_back", Rule::Sound, "action.put_off.when"),
    ("set = \"duty_list\"", "set = \"duties\"", Rule::Sound, "field.duty.set"),
    ("counts = \"did open_vote\"", "counts = \"did open\"", Rule::Sound, "cap.meetings.counts"),
];

#[test]
fn what_breaks_it_is_refused_where_it_stands() {
    for (from, to, rule, path) in MUTANTS {
        let found = check(&mechanism(from, to), None);
        let hit = found.iter().any(|f| f.rule == rule && f.path == path);
        assert!(hit, "`{to}` for `{from}` should be refused by {rule:?} at {path}: {found:#?}");
    }
}

/// The mechanism with one letter that these actions issue.
fn with_letter(template: &str, actions: &[&str]) -> String {
    let mut file = FILE.to_owned();
    for action in actions {
        file = file.replacen(&format!("[action.{action}]\n"), &format!("[action.{action}]\nletter = \"told\"\n"), 1);
    }
    let letter = "[letter.told]\nname = { zh = \"结果\", en = \"result\" }\nto = \"raiser\"\nfrom = \"office\"";
    format!("{file}\n{letter}\ntemplate = '{template}'\n")
}

#[test]
fn a_letter_names_only_votes_and_options_that_exist() {
    let faults = |template: &str| {
        let file = with_letter("told.txt", &["carry_out"]);
        let packs = PackSet::from_dirs(vec![
            ("national/assembly/mechanism.toml".to_owned(), file.into_bytes()),
            ("national/assembly/letters/told.txt".to_owned(), template.as_bytes().to_vec()),
        ]);
        let read = packs.effective("assembly", &"990101001".parse().expect("a code"));
        let told = read.err().unwrap_or_default();
        told.iter().map(|f| format!("{}: {}", f.file, f.message)).collect::<Vec<_>>()
    };
    assert_eq!(faults("{{ votes.adopt.said }} {{ votes.adopt.counts.yes }} {{ votes.adopt.quorum }}"), [""; 0]);
    for wrong in ["votes.adpot.said", "votes.adopt.counts.yess", "votes.adopt.sayd", "votes"] {
        let told = faults(&format!("{{{{ {wrong} }}}}"));
        assert_eq!(told, [format!("national/assembly/letters/told.txt: a letter has no `{wrong}`")]);
    }
}

#[test]
fn a_letter_tells_a_count_only_after_it() {
    let found = |template: &str, actions: &[&str]| {
        let m: Mechanism = toml::from_str(&with_letter(template, actions)).expect("reads");
        let found = check(&m, None).into_iter().filter(|f| f.path == "letter.told");
        found.map(|f| f.message.en).collect::<Vec<_>>()
    };
    let (count, opened) = ("{{ votes.adopt.counts.yes }}", "{{ votes.adopt.eligible }}");
    let early = "the letter tells the count of `adopt` and can be issued before it is counted";
    let never = "the letter cannot be written where the vote `adopt` was never opened";
    assert_eq!(found(count, &["carry_out"]), [""; 0]);
    assert_eq!(found(count, &["count_votes"]), [""; 0], "the very action that counts may tell it");
    assert_eq!(found(opened, &["open_vote"]), [""; 0]);
    assert_eq!(found(count, &["open_vote"]), [early]);
    assert_eq!(found(opened, &["hold"]), [never]);
    assert_eq!(found(count, &["carry_out", "put_off"]), [never], "one way to it has no vote");
    let guarded = "{% if votes.adopt is defined %}{{ votes.adopt.said }}{% endif %}";
    assert_eq!(found(guarded, &["carry_out", "put_off"]), [""; 0]);
    assert_eq!(found(guarded, &["put_off"]), [early], "a count that never comes");
}

#[test]
fn a_region_may_not_make_a_vote_easier() {
    let base = mechanism("", "");
    for (from, to, path) in [
        ("more than 1/2 of base", "at least 1/2 of base", "vote.adopt.quorum"),
        ("more than 1/2 of present", "more than 1/3 of present", "vote.adopt.majority"),
        ("secret = true", "secret = false", "vote.adopt.secret"),
        ("proxies = 1", "proxies = 2", "vote.adopt.proxies"),
        ("number = 4\n", "number = 5\n", "cap.meetings"),
    ] {
        let found = check(&mechanism(from, to), Some(&base));
        assert!(found.iter().any(|f| f.rule == Rule::OverlaySafe && f.path == path), "{to}: {found:#?}");
    }
    for (from, to) in [("more than 1/2 of base", "more than 2/3 of base"), ("number = 4\n", "number = 3\n")] {
        let found = check(&mechanism(from, to), Some(&base));
        assert!(found.is_empty(), "{to}: {found:#?}");
    }
}

#[test]
fn the_guide_shows_what_is_really_read() {
    let guide = include_str!("../../../docs/pack-authoring.md");
    let mut shown = 0;
    for (mark, file) in [("```toml assembly\n", FILE), ("```toml assembly-story\n", STORIES[0].1)] {
        for block in guide.split(mark).skip(1) {
            let block = block.split("```").next().expect("an end");
            assert!(file.contains(block), "not in the fixture:\n{block}");
            shown += 1;
        }
    }
    assert_eq!(shown, 6);
}
