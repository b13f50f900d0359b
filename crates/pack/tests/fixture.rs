//! The small mechanism of `tests/fixture`: overlays, letters, scenarios and their faults.

use kernel::region::RegionCode;
use pack::coverage::{at, list, not_covered, superfluous, unfilled_roles};
use pack::demo_directory::DemoDirectory;
use pack::fault::{Fault, text};
use pack::packs::{PackSet, missing_values};
use pack::report::{check_all, check_with};
use pack::scenario::{StepLog, run_scenario};
use pack::walk::{Ground, walk, walk_many};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        vec![$(($name.to_owned(), include_bytes!(concat!("fixture/", $name)).to_vec())),*]
    };
}

fn files() -> Vec<(String, Vec<u8>)> {
    files![
        "national/lamp/mechanism.toml",
        "national/lamp/letters/answer.txt",
        "national/lamp/scenarios/late.toml",
        "national/lamp/scenarios/lit.toml",
        "national/lamp/scenarios/overdue.toml",
        "national/lamp/scenarios/separate.toml",
        "overlays/990101/lamp.toml",
    ]
}

fn with(file: &str, from: &str, to: &str) -> PackSet {
    let mut files = files();
    let (_, bytes) = files.iter_mut().find(|(name, _)| name == file).expect("the file");
    let text = String::from_utf8(bytes.clone()).expect("UTF-8");
    assert!(text.contains(from), "`{from}` is in {file}");
    *bytes = text.replacen(from, to, 1).into_bytes();
    PackSet::from_dirs(files)
}

fn directory() -> DemoDirectory {
    DemoDirectory::parse("directory.toml", include_bytes!("fixture/directory.toml")).expect("reads")
}

fn code(text: &str) -> RegionCode {
    text.parse().expect("a code")
}

fn play(packs: &PackSet) -> Result<Vec<StepLog>, Vec<Fault>> {
    let (directory, calendar) = (directory(), pack::calendar::embedded());
    let each =
        packs.scenarios().iter().map(|s| run_scenario(packs, &directory, calendar, &s.mechanism, &s.file, &s.text));
    each.collect::<Result<Vec<_>, _>>().map(|logs| logs.into_iter().flatten().collect())
}

#[test]
fn the_region_has_its_own_number_and_the_rest_of_the_country_does_not() {
    let packs = PackSet::from_dirs(files());
    assert_eq!(packs.faults(), []);
    let length = |region: &str| {
        let m = packs.effective("lamp", &code(region)).expect("reads");
        let facts = [("urgency".to_owned(), kernel::form::Coded::Code("ordinary".into()))].into();
        (m.number["repair"].value.length(&facts).expect("set").to_string(), m.mechanism.sample)
    };
    assert_eq!(length("990101001"), ("3wd".into(), true));
    assert_eq!(length("330898"), ("5wd".into(), false));
    assert_eq!(packs.regions_with_overlays("lamp"), [code("990101")]);
    assert!(packs.offered("lamp", &code("990101")) && !packs.offered("lamb", &code("990101")));
    assert!(packs.names().contains("路灯坏了"));
}

#[test]
fn a_letter_stands_in_the_place_of_its_file_name() {
    let packs = PackSet::from_dirs(files());
    let m = packs.base("lamp").expect("reads");
    assert!(m.letter["answer"].template.starts_with("答复书"));
    let broken = with("national/lamp/letters/answer.txt", "fields.words", "fields.urgency");
    let faults = broken.base("lamp").expect_err("refused");
    assert_eq!(faults[0].help, "list `urgency` in the letter's `fields` first");
    insta::assert_snapshot!(text(&faults, broken.sources(), false));
    let gone = with("national/lamp/mechanism.toml", "answer.txt", "answr.txt");
    assert_eq!(gone.base("lamp").expect_err("refused")[0].rule, "letter");
}

#[test]
fn a_missing_value_counts_only_where_a_required_route_uses_it() {
    let missing = |packs: &PackSet| missing_values(&packs.base("lamp").expect("reads"));
    let file = "national/lamp/mechanism.toml";
    assert_eq!(missing(&with(file, "longer = { value = \"5wd\"", "longer = { value = \"local\"")), ["longer"]);
    let mut files = files();
    let lamp = files.iter_mut().find(|(n, _)| n == file).expect("there");
    let text = String::from_utf8(lamp.1.clone()).expect("UTF-8");
    let text = text.replace("longer = { value = \"5wd\"", "longer = { value = \"local\"");
    lamp.1 = text.replace("[action.extend]", "[action.extend]\noptional = true").into_bytes();
    assert!(missing(&PackSet::from_dirs(files)).is_empty());
}

#[test]
fn faults_of_overlays_and_of_stray_files_are_told() {
    let packs = with("overlays/990101/lamp.toml", "of = \"lamp\"", "of = \"lamb\"");
    assert_eq!(packs.faults()[0].help, "did you mean `lamp`?");
    let packs = with("overlays/990101/lamp.toml", "repair =", "repiar =");
    let faults = packs.effective("lamp", &code("990101")).expect_err("refused");
    assert_eq!(
        (faults[0].file.as_str(), faults[0].help.as_str()),
        ("overlays/990101/lamp.toml", "did you mean `repair`?")
    );
    assert!(packs.base("lamp").is_ok(), "the rest of the country is not affected");
    let stray = files().into_iter().chain([("national/lamp/mechansim.toml".to_owned(), Vec::new())]);
    assert_eq!(PackSet::from_dirs(stray).faults()[0].rule, "unknown_file");
    let twice = ("overlays/other/lamp.toml".to_owned(), include_bytes!("fixture/overlays/990101/lamp.toml").to_vec());
    let faults = PackSet::from_dirs(files().into_iter().chain([twice])).faults().to_vec();
    assert_eq!(faults[0].rule, "overlay");
}

#[test]
fn the_scenarios_hold_and_show_everything() {
    let packs = PackSet::from_dirs(files());
    let logs = play(&packs).unwrap_or_else(|faults| panic!("{}", text(&faults, packs.sources(), false)));
    let m = packs.base("lamp").expect("reads");
    let here = packs.effective_with_places("lamp", None).expect("reads");
    let list = |logs: &[StepLog]| list(&not_covered(&m, &m, logs), here, packs.sources());
    assert_eq!(list(&logs), "");
    let shown: Vec<StepLog> =
        logs.into_iter().filter(|l| l.state != "withdrawn" && l.refused != Some("guard")).collect();
    insta::assert_snapshot!(list(&shown));
}

#[test]
fn a_step_that_is_left_out_is_asked_for() {
    let packs = PackSet::from_dirs(files());
    let (m, logs) = (packs.base("lamp").expect("reads"), play(&packs).expect("plays"));
    let without = |gone: &dyn Fn(&StepLog) -> bool| {
        let left: Vec<StepLog> = logs.iter().filter(|l| !gone(l)).cloned().collect();
        not_covered(&m, &m, &left).into_iter().map(|d| d.path).collect::<Vec<_>>()
    };
    let refused = |rule: &'static str| without(&|l| l.refused == Some(rule));
    assert_eq!(without(&|_| false), Vec::<String>::new());
    assert_eq!(refused("at_most"), ["action.extend.at_most", "action.note_call.at_most", "action.still_dark.at_most"]);
    assert_eq!(refused("shielded"), ["action.dispatch.assign"]);
    assert_eq!(refused("separation"), ["role.callback.not", "action.extend.approval"]);
    assert_eq!(without(&|l| l.apart.is_empty() && l.refused == Some("separation")), ["action.extend.approval"]);
    assert_eq!(without(&|l| l.left_out.contains("about")), ["action.raise.needs_when.about"]);
    assert_eq!(without(&|l| l.what == "reject:extend"), ["action.extend.approval"]);
    assert_eq!(without(&|l| l.state == "ended" && !l.entries.is_empty() && l.who == "clock"), ["clock.say.silence"]);
    let late = without(&|l| l.what == "wait");
    assert_eq!(
        late,
        ["approval", "clock.ask.expiry", "clock.dispatch.expiry", "clock.repair.expiry", "clock.say.silence"]
    );
}

#[test]
fn a_condition_that_can_never_refuse_is_told() {
    let file = "national/lamp/mechanism.toml";
    let idle = |packs: &PackSet| superfluous(&packs.base("lamp").expect("reads"));
    assert_eq!(idle(&PackSet::from_dirs(files())), []);
    let packs = with(file, "when = \"urgency = ordinary\"", "when = \"urgency in [danger, ordinary]\"");
    let found = idle(&packs);
    assert_eq!(found.iter().map(|(path, _)| path.as_str()).collect::<Vec<_>>(), ["action.extend.when"]);
    let here = packs.effective_with_places("lamp", None).expect("reads");
    assert_eq!(at(&found[0].0, here, packs.sources()), "national/lamp/mechanism.toml:131");
}

#[test]
fn a_step_that_goes_otherwise_is_shown_at_its_line() {
    let file = "national/lamp/scenarios/lit.toml";
    let cases = [
        ("holder = \"区热线\"", "holder = \"柳巷街道\""),
        ("repair = \"2026-10-15\"", "repair = \"2026-10-16\""),
        ("refused = \"at_most\"", "refused = \"guard\""),
        ("unit = \"柳巷街道\", urgency", "unit = \"柳港街道\", urgency"),
        ("who = \"street-head\"", "who = \"stret-head\""),
        ("do = \"answer\"", "do = \"anwser\""),
    ];
    let mut shown = String::new();
    for (from, to) in cases {
        let packs = with(file, from, to);
        let faults = play(&packs).expect_err("the step fails");
        assert_eq!(faults[0].file, file);
        shown.push_str(&text(&faults, packs.sources(), false));
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn roles_that_find_nobody_are_named() {
    let packs = PackSet::from_dirs(files());
    let m = packs.base("lamp").expect("reads");
    assert!(unfilled_roles(&m, &code("990101001"), &directory()).is_empty());
    assert!(unfilled_roles(&m, &code("11"), &directory()).contains("office"));
}

#[test]
fn walks_break_nothing() {
    let packs = PackSet::from_dirs(files());
    let (directory, calendar, region) = (directory(), pack::calendar::embedded(), code("990101001"));
    let mechanism = packs.effective("lamp", &region).expect("reads");
    let ground = Ground { mechanism: &mechanism, directory: &directory, calendar, region, faults: true };
    let sum = walk_many(ground, 7, 40, 400, |_| {});
    assert!(sum.broken.is_none(), "{:#?}", sum.broken.map(|b| (b.seed, b.lines, b.broken)));
    assert!(sum.ended > 100 && sum.raised > 200, "{sum:?}");
    let never: Vec<_> = mechanism.action.keys().filter(|a| !sum.did.contains_key(*a)).collect();
    assert!(never.is_empty(), "never done: {never:?}");
    assert_eq!(walk(ground, 9, 40), walk(ground, 9, 40), "a seed gives the same walk");
}

#[test]
fn a_walk_finds_a_clock_that_nobody_watches() {
    let packs =
        with("national/lamp/mechanism.toml", "from = [\"answer\"]\nto = [\"lit\"", "from = [\"lit\"]\nto = [\"lit\"");
    let packs = (packs, directory());
    let mechanism = packs.0.base("lamp").expect("reads");
    let region = code("990101001");
    let ground = Ground {
        mechanism: &mechanism,
        directory: &packs.1,
        calendar: pack::calendar::embedded(),
        region,
        faults: true,
    };
    let sum = walk_many(ground, 7, 40, 400, |_| {});
    let broken = sum.broken.expect("it breaks").broken;
    assert!(broken[0].contains("no clock runs in `answered`"), "{broken:?}");
}

#[test]
fn findings_are_shown_where_they_were_written() {
    let packs = PackSet::from_dirs(files());
    let finding = |path: &str| pack::finding::Finding {
        rule: pack::finding::Rule::OverlaySafe,
        path: path.to_owned(),
        chain: vec!["received".into(), "-dispatch→".into(), "repairing".into()],
        message: kernel::text::Text::new("时限变长了", "the clock is longer"),
        help: kernel::text::Text::new("改短", "make it shorter"),
    };
    let prove = |_: &kernel::mechanism::Mechanism, base: Option<&kernel::mechanism::Mechanism>| {
        if base.is_some() {
            vec![finding("number.repair.value.lengths.ordinary"), finding("clock.repair")]
        } else {
            vec![]
        }
    };
    let report = check_with(&packs, &prove, &|_| "最迟 promised: 10".to_owned());
    assert!(!report.is_clean());
    let json = report.json(packs.sources());
    assert_eq!(json["checked"][1]["faults"][0]["file"], "overlays/990101/lamp.toml");
    assert_eq!(json["checked"][1]["faults"][1]["file"], "national/lamp/mechanism.toml");
    insta::assert_snapshot!(report.text(packs.sources(), false));
}

#[test]
fn the_guide_shows_what_is_really_read() {
    let guide = include_str!("../../../docs/pack-authoring.md");
    let all = files();
    let file = |name: &str| {
        let found = all.iter().find(|(n, _)| n == name).expect("there");
        String::from_utf8(found.1.clone()).expect("UTF-8")
    };
    let mut shown = 0;
    for (mark, name) in [
        ("```toml lamp\n", "national/lamp/mechanism.toml"),
        ("```toml overlay\n", "overlays/990101/lamp.toml"),
        ("```toml scenario\n", "national/lamp/scenarios/lit.toml"),
    ] {
        for block in guide.split(mark).skip(1) {
            let block = block.split("```").next().expect("an end");
            assert!(file(name).contains(block), "not in {name}:\n{block}");
            shown += 1;
        }
    }
    assert_eq!(shown, 11);
}

#[test]
fn the_worked_example_is_proved_and_a_longer_clock_is_not() {
    let report = |packs: &PackSet| check_all(packs, pack::calendar::embedded());
    let packs = PackSet::from_dirs(files());
    let good = report(&packs);
    assert!(good.is_clean(), "{}", good.text(packs.sources(), false));
    insta::assert_snapshot!(good.text(packs.sources(), false));
    let packs = with("overlays/990101/lamp.toml", "ordinary = \"3wd\"", "ordinary = \"6wd\"");
    let faults = report(&packs).all_faults();
    assert!(faults.iter().any(|f| f.rule == "overlay_safe" && f.file == "overlays/990101/lamp.toml"), "{faults:?}");
}
