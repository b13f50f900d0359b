//! Mechanisms that reach over into each other (`tests/kin`): they are proved together, their stories come true, walks break
//! nothing, and each fault that can be planted is told at its place.

use kernel::region::RegionCode;
use pack::demo_directory::DemoDirectory;
use pack::fault::{Fault, text};
use pack::packs::PackSet;
use pack::report::{check_all, check_with};
use pack::scenario::run_scenario;
use pack::walk::{Ground, walk_many};

const NAMES: [&str; 9] =
    ["wish", "job", "grievance", "pledge", "look_back", "reception", "visit", "quarrel", "other_side"];
/// How many stories they tell.
const STORIES: usize = 6;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        vec![$(($name.to_owned(), include_str!(concat!("kin/", $name)).to_owned())),*]
    };
}

fn files() -> Vec<(String, String)> {
    files![
        "national/wish/mechanism.toml",
        "national/job/mechanism.toml",
        "national/grievance/mechanism.toml",
        "national/pledge/mechanism.toml",
        "national/look_back/mechanism.toml",
        "national/reception/mechanism.toml",
        "national/visit/mechanism.toml",
        "national/quarrel/mechanism.toml",
        "national/other_side/mechanism.toml",
        "national/quarrel/scenarios/both.toml",
        "national/wish/scenarios/handed-on.toml",
        "national/wish/scenarios/not-raised.toml",
        "national/pledge/scenarios/enacted.toml",
        "national/reception/scenarios/full.toml",
        "national/look_back/scenarios/raised.toml",
    ]
}

fn with(changes: &[(&str, &str, &str)]) -> PackSet {
    let mut all = files();
    for (mechanism, from, to) in changes {
        let name = format!("national/{mechanism}.toml");
        let (_, text) = all.iter_mut().find(|(n, _)| *n == name).unwrap_or_else(|| panic!("{name}"));
        assert!(text.contains(from), "`{from}` is in {name}");
        *text = text.replacen(from, to, 1);
    }
    PackSet::from_dirs(all)
}

fn directory() -> DemoDirectory {
    DemoDirectory::parse("directory.toml", include_bytes!("fixture/directory.toml")).expect("reads")
}

fn faults(packs: &PackSet) -> Vec<Fault> {
    check_with(packs, &pack::check::check, &|_| String::new()).all_faults()
}

#[test]
fn the_mechanisms_are_proved_together() {
    let packs = with(&[]);
    let report = check_all(&packs, pack::calendar::embedded());
    assert!(report.is_clean(), "{}", report.text(packs.sources(), false));
    let promise = |id: &str| report.checked.iter().find(|c| c.mechanism == id).expect("checked").promise.clone();
    assert!(promise("wish").contains("10"), "{}", promise("wish"));
}

#[test]
fn the_stories_come_true() {
    let packs = with(&[]);
    assert_eq!(packs.scenarios().len(), STORIES);
    for s in packs.scenarios() {
        run_scenario(&packs, &directory(), pack::calendar::embedded(), &s.mechanism, &s.file, &s.text)
            .unwrap_or_else(|faults| panic!("{}", text(&faults, packs.sources(), false)));
    }
}

#[test]
fn a_story_that_goes_otherwise_is_told_at_its_line() {
    for (story, from, to, says) in [
        ("wish/scenarios/handed-on", "order = \"ended\"", "order = \"open\"", "expected open, got ended"),
        ("wish/scenarios/handed-on", "child = \"order\"", "child = \"ordr\"", "there is no `ordr`"),
        ("wish/scenarios/handed-on", "result = \"done\"", "outcome = \"done\"", "there is no `outcome`"),
        ("wish/scenarios/handed-on", "published = true", "published = false", "expected false, got true"),
        ("pledge/scenarios/enacted", "plans = [\"yearly\"]", "plans = []", "expected , got yearly"),
        ("reception/scenarios/full", "places = 0", "places = 1", "expected 1, got 0"),
    ] {
        let packs = with(&[(story, from, to)]);
        let told = packs.scenarios().iter().find_map(|s| {
            run_scenario(&packs, &directory(), pack::calendar::embedded(), &s.mechanism, &s.file, &s.text).err()
        });
        let told = told.unwrap_or_else(|| panic!("{from} → {to} goes unnoticed"));
        assert!(told[0].message.contains(says), "{:?}", told[0].message);
    }
}

/// A change of the packs, and the rule and path of the finding that it must lead to.
#[test]
fn what_is_planted_is_refused_at_its_place() {
    let (wish, quarrel) = ("wish/mechanism", "quarrel/mechanism");
    let cases: &[(&str, &str, &str, &str, &str)] = &[
        // The child's mechanism is there, and what is handed over is all that it asks for.
        (
            wish,
            "[child.order]\nname = { zh = \"转办的事\", en = \"what was handed on\" }\nmechanism = \"job\"",
            "[child.order]\nname = { zh = \"转办的事\", en = \"what was handed on\" }\nmechanism = \"jib\"",
            "sound",
            "child.order.mechanism",
        ),
        (wish, "mechanism = \"job\", with", "mechanism = \"jobs\", with", "sound", "action.hand_on.raises.mechanism"),
        (
            wish,
            "with = { what = \"what\", place = \"place\" } }",
            "with = { what = \"what\" } }",
            "sound",
            "action.hand_on.raises.with",
        ),
        (wish, "place = \"place\" } }", "place = \"palce\" } }", "sound", "action.hand_on.raises.with"),
        (wish, "place = \"place\" } }", "plaec = \"place\" } }", "sound", "action.hand_on.raises.with.plaec"),
        (
            wish,
            "needs = [\"what\", \"place\"]",
            "needs = [\"what\"]\nmay = [\"place\"]",
            "sound",
            "action.hand_on.raises.with",
        ),
        (wish, "raises = { child = \"order\"", "raises = { child = \"ordre\"", "sound", "action.hand_on.raises.child"),
        (wish, "max = 500", "max = 501", "sound", "action.hand_on.raises.with.what"),
        (
            wish,
            "type = \"place\"\nclass = \"handlers\"",
            "type = \"place\"\nclass = \"sealed\"",
            "sound",
            "action.hand_on.raises.with.place",
        ),
        ("job/mechanism", "by = [\"clock\", \"office\"]", "by = [\"office\"]", "sound", "action.hand_on.raises"),
        // What comes back.
        (
            wish,
            "brings = { outcome = \"result\" }",
            "brings = { outcome = \"resutl\" }",
            "sound",
            "child.order.brings.outcome",
        ),
        (wish, "when = \"outcome = done\"", "when = \"outcome = dune\"", "sound", "action.thank.when"),
        (wish, "ended = \"order_ended\"", "ended = \"order_eneded\"", "sound", "child.order.ended"),
        (wish, "ended = \"order_ended\"", "ended = \"answer\"", "sound", "child.order.ended"),
        (wish, "child(order) != open", "child(ordre) != open", "sound", "action.answer.when"),
        (wish, "child(order) != open", "child(order) != opne", "sound", "action.answer.when"),
        (wish, "child(order) != open", "child(grievance) != open", "sound", "action.answer.when"),
        // Nothing waits for ever, and somebody can act.
        (wish, "ended = \"order_ended\"\n", "", "reachable", "state.waiting"),
        (
            wish,
            "from = [\"raise\"]\nto = [\"answer\"",
            "from = [\"raise\"]\nto = [\"hand_on\", \"answer\"",
            "clocked",
            "state.waiting",
        ),
        // Hidden.
        (wish, "shield = \"about\"\n", "", "shielded", "child.grievance.shield"),
        (wish, "hidden = true\n", "", "sound", "child.grievance"),
        (wish, "hidden = true\n", "hidden = true\nbrings = { x = \"y\" }\n", "sound", "child.grievance"),
        (wish, "which = \"number\"", "wich = \"number\"", "sound", "child.grievance.with"),
        ("grievance/mechanism", "by = [\"raiser\"]", "by = [\"office\"]", "sound", "child.grievance"),
        ("grievance/mechanism", "shield = true\n", "", "shielded", "child.grievance.shield"),
        // Who is kept out here is kept out there.
        (
            wish,
            "[field.words]",
            "[field.about]\nlabel = { zh = \"反映谁\", en = \"about\" }\ntype = \"bodies\"\nclass = \"coded\"\nshield = true\n\n[field.words]",
            "shielded",
            "action.hand_on.raises.with",
        ),
        // Published words are written for it.
        (wish, "class = \"public\"", "class = \"handlers\"", "sound", "action.publish.publishes"),
        (wish, "publishes = \"public_text\"", "publishes = \"words\"", "sound", "action.publish.publishes"),
        (wish, "needs = [\"public_text\"]\npublishes", "publishes", "sound", "action.publish.publishes"),
        (wish, "publishes = \"public_text\"\n", "", "sound", "action.take_down.unpublishes"),
        // Plans.
        ("pledge/mechanism", "every = \"365d\"", "every = \"10wd\"", "sound", "plan.yearly.every"),
        ("pledge/mechanism", "every = \"365d\"\n", "", "sound", "plan.yearly"),
        ("pledge/mechanism", "starts = \"enact\"\n", "", "sound", "plan.yearly.of"),
        ("pledge/mechanism", "starts = \"enact\"", "starts = \"enacted\"", "sound", "plan.yearly.starts"),
        ("pledge/mechanism", "stops = \"repeal\"", "stops = \"repel\"", "sound", "plan.yearly.stops"),
        ("pledge/mechanism", "\"03-10\"", "\"02-30\"", "sound", "plan.seasons.on"),
        (
            "pledge/mechanism",
            "raises = { mechanism = \"look_back\", with = { why = \"= season\" } }",
            "raises = { mechanism = \"look_bakc\" }",
            "sound",
            "plan.seasons.raises.mechanism",
        ),
        ("pledge/mechanism", "why = \"= season\"", "why = \"= autumn\"", "sound", "plan.seasons.raises.with.why"),
        ("pledge/mechanism", "why = \"= season\"", "which = \"number\"", "sound", "plan.seasons.raises.with"),
        // Places.
        ("reception/mechanism", "capacity = \"places\"", "capacity = \"place\"", "sound", "slots.capacity"),
        ("reception/mechanism", "capacity = \"places\"", "capacity = \"day\"", "sound", "slots.capacity"),
        (
            "reception/mechanism",
            "in = [\"open\"]\nby = [\"clock\"]",
            "in = [\"open\"]\nby = [\"office\"]",
            "sound",
            "slots",
        ),
        ("visit/mechanism", "action = \"book\"", "action = \"close\"", "sound", "field.day.takes.action"),
        (
            "visit/mechanism",
            "mechanism = \"reception\"",
            "mechanism = \"receptoin\"",
            "sound",
            "field.day.takes.mechanism",
        ),
        ("visit/mechanism", "type = \"matter\"", "type = \"text\"", "sound", "field.day.takes"),
        ("visit/mechanism", "needs = [\"words\"]", "needs = [\"words\", \"day\"]", "sound", "field.day.takes"),
        (
            "job/mechanism",
            "needs = [\"result\"]",
            "needs = [\"result\"]\ngives_back = true",
            "sound",
            "action.finish.gives_back",
        ),
        // A matter of the offices takes nothing of hers along; what anybody raises is raised by no action, beside a clock.
        (
            wish,
            "ended = \"order_ended\"",
            "ended = \"order_ended\"\ninternal = true",
            "sound",
            "action.hand_on.raises.with",
        ),
        (wish, "ended = \"order_ended\"", "ended = \"order_ended\"\nopen_while = \"answer\"", "sound", "child.order"),
        (
            wish,
            "ended = \"order_ended\"",
            "ended = \"order_ended\"\nopen_while = \"anwser\"",
            "sound",
            "child.order.open_while",
        ),
        (wish, "place = \"place\" } }", "place = \"@ofice\" } }", "sound", "action.hand_on.raises.with"),
        (wish, "place = \"place\" } }", "place = \"@office\" } }", "sound", "action.hand_on.raises.with.place"),
        // What a child tells.
        (quarrel, "agree = \"other_agrees\"", "agre = \"other_agrees\"", "sound", "child.other.told"),
        (quarrel, "agree = \"other_agrees\"", "raise = \"other_agrees\"", "sound", "child.other.told"),
        (quarrel, "agree = \"other_agrees\"", "agree = \"other_agree\"", "sound", "child.other.told.agree"),
        (quarrel, "agree = \"other_agrees\"", "agree = \"answer\"", "sound", "child.other.told.agree"),
        (quarrel, "agree = \"other_agrees\"", "agree = \"raise\"", "sound", "child.other.told.agree"),
        (
            quarrel,
            "in = [\"asked\"]\nby = [\"clock\"]",
            "in = [\"asked\"]\nby = [\"clock\"]\nraises = { child = \"other\" }",
            "sound",
            "child.other.told.agree",
        ),
        (
            quarrel,
            "expiry = \"above\"",
            "expiry = \"above\"\n[clock.window]\nlabel = { zh = \"等\", en = \"wait\" }\nwindow_of = \"office\"\nfrom = [\"raise\"]\nto = [\"answer\", \"other_agrees\", \"other_stops\"]\nlength = \"climb\"\nsilence = { zh = \"到期。\", en = \"Over.\", then = \"other_agrees\" }",
            "sound",
            "child.other.told.agree",
        ),
        (quarrel, "joins = \"beside\"", "joins = \"gist\"", "sound", "child.other.joins"),
        (quarrel, "joins = \"beside\"", "joins = \"besides\"", "sound", "child.other.joins"),
        (quarrel, "joins = \"beside\"\n", "", "sound", "child.other"),
        (quarrel, "joins = \"beside\"", "joins = \"beside\"\nhidden = true", "sound", "child.other.told"),
        (quarrel, "joins = \"beside\"", "joins = \"beside\"\ninternal = true", "sound", "child.other.joins"),
        (quarrel, "joins = \"beside\"", "joins = \"beside\"\nwith = { gist = \"what\" }", "sound", "child.other"),
        (quarrel, "other_when = evening", "other_when = night", "sound", "action.meet.when"),
        (quarrel, "other_when = evening", "child(other) = ended", "sound", "action.meet.when"),
        (
            "other_side/mechanism",
            "needs = [\"beside\", \"gist\"]",
            "needs = [\"gist\"]\nmay = [\"beside\"]",
            "sound",
            "child.other.joins",
        ),
        (
            "other_side/mechanism",
            "by = [\"office\"]\nto = \"invited\"",
            "by = [\"raiser\"]\nto = \"invited\"",
            "sound",
            "child.other.joins",
        ),
        // The word of another matter is no way out, and a state that waits for it alone has its clock.
        (
            quarrel,
            "in = [\"asked\", \"talking\", \"halted\"]",
            "in = [\"talking\", \"halted\"]",
            "reachable",
            "state.asked",
        ),
        (quarrel, "from = [\"raise\"]", "from = [\"other_agrees\"]", "clocked", "state.asked"),
        // A field links where it names another matter for its own sake; a role that is whoever raised needs a body to raise.
        (wish, "type = \"place\"", "type = \"place\"\nlink = \"same\"", "sound", "field.place.link"),
        ("job/mechanism", "is = \"office hotline\"", "is = \"raiser_body\"", "sound", "action.raise.by"),
        ("grievance/mechanism", "is = \"office coordination\"", "is = \"raiser_body\"", "sound", "role.office.is"),
    ];
    for (file, from, to, rule, path) in cases {
        let found = faults(&with(&[(file, from, to)]));
        let hit = found.iter().any(|f| f.rule == *rule && (path.is_empty() || f.path == *path));
        let all: Vec<_> = found.iter().map(|f| (f.rule, f.path.as_str(), f.message.as_str())).collect();
        assert!(hit, "{file}: {from:?} → {to:?} must lead to {rule} at `{path}`, found {all:#?}");
    }
}

#[test]
fn what_is_handed_on_again_and_again_is_bounded() {
    let wish = "wish/mechanism";
    let again = (
        wish,
        "in = [\"received\"]\nby = [\"office\"]\nto = \"waiting\"",
        "in = [\"received\", \"back\"]\nby = [\"office\"]\nto = \"waiting\"",
    );
    // The same clock runs all the time, so it bounds the circle; a clock that starts anew each time does not.
    assert_eq!(faults(&with(&[again])), []);
    let anew = (
        wish,
        "from = [\"raise\"]\nto = [\"answer\"",
        "from = [\"raise\", \"hand_on\"]\nto = [\"hand_on\", \"answer\"",
    );
    assert!(faults(&with(&[again, anew])).iter().any(|f| f.rule == "bounded"));
    let counted = (wish, "raises = { child", "at_most = 2\nthen = \"answer\"\nraises = { child");
    assert_eq!(faults(&with(&[again, anew, counted])), []);
}

#[test]
fn what_is_told_again_and_again_is_bounded() {
    let quarrel = "quarrel/mechanism";
    let back = (quarrel, "to = \"halted\"", "to = \"asked\"");
    let from = (quarrel, "in = [\"asked\", \"talking\"]\nby = [\"clock\"]", "in = [\"talking\"]\nby = [\"clock\"]");
    let no_halt = (quarrel, "in = [\"asked\", \"talking\", \"halted\"]", "in = [\"asked\", \"talking\"]");
    let gone = (
        quarrel,
        "[state.halted]\nname = { zh = \"对方不谈了，等答复您\", en = \"the other side stopped; we answer you\" }\nring = \"办理\"\nholder = \"office\"\n\n",
        "",
    );
    // The same clock runs all the time; one that each word starts anew bounds nothing, unless the words are counted.
    assert_eq!(faults(&with(&[back, from, no_halt, gone])), []);
    let anew = (
        quarrel,
        "from = [\"raise\"]\nto = [\"answer\"]",
        "from = [\"raise\", \"other_agrees\"]\nto = [\"answer\", \"other_agrees\"]",
    );
    let found = faults(&with(&[back, from, no_halt, gone, anew]));
    assert!(found.iter().any(|f| f.rule == "bounded"), "{found:#?}");
    let counted = (quarrel, "to = \"talking\"", "to = \"talking\"\nat_most = 2\nthen = \"answer\"");
    assert_eq!(faults(&with(&[back, from, no_halt, gone, anew, counted])), []);
}

#[test]
fn mechanisms_that_raise_each_other_for_ever_are_refused() {
    let child = "\n[child.again]\nname = { zh = \"又来\", en = \"again\" }\nmechanism = \"wish\"\n\n[escalation]";
    let packs = with(&[
        (
            "job/mechanism",
            "answers = true",
            "answers = true\nraises = { child = \"again\", with = { what = \"what\", place = \"place\" } }",
        ),
        ("job/mechanism", "\n[escalation]", child),
    ]);
    let found = faults(&packs);
    let round: Vec<_> = found.iter().filter(|f| f.message.contains("raise each other without end")).collect();
    assert_eq!(round.len(), 2, "told at both: {found:#?}");
    assert!(round.iter().any(|f| f.message.contains("wish → job → wish")));
}

#[test]
fn a_name_that_was_mistyped_is_told_with_the_nearest() {
    let found = faults(&with(&[("wish/mechanism", "ended = \"order_ended\"", "ended = \"order_eneded\"")]));
    assert!(found.iter().any(|f| f.help.contains("did you mean `order_ended`?")), "{found:#?}");
}

#[test]
fn walks_break_nothing() {
    let packs = with(&[]);
    let (directory, calendar) = (directory(), pack::calendar::embedded());
    let region: RegionCode = "990101001".parse().expect("a code");
    for name in NAMES.iter().filter(|n| **n != "grievance") {
        let mechanism = packs.effective(name, &region).expect("reads");
        let ground = Ground { mechanism: &mechanism, directory: &directory, calendar, region, faults: true };
        let sum = walk_many(ground, 3, 40, 200, |_| {});
        assert!(sum.broken.is_none(), "{name}: {:#?}", sum.broken.map(|b| (b.seed, b.lines, b.broken)));
        let never: Vec<_> =
            mechanism.action.iter().filter(|(id, a)| !sum.did.contains_key(*id) && !a.after_end).map(|a| a.0).collect();
        assert!(never.is_empty(), "{name}: never done: {never:?}");
    }
}

#[test]
fn the_guide_shows_what_is_really_read() {
    let guide = include_str!("../../../docs/pack-authoring.md");
    let all = files();
    let mut shown = 0;
    for (mark, name) in [
        ("```toml wish\n", "national/wish/mechanism.toml"),
        ("```toml pledge\n", "national/pledge/mechanism.toml"),
        ("```toml reception\n", "national/reception/mechanism.toml"),
        ("```toml visit\n", "national/visit/mechanism.toml"),
        ("```toml wish-story\n", "national/wish/scenarios/handed-on.toml"),
        ("```toml quarrel\n", "national/quarrel/mechanism.toml"),
        ("```toml quarrel-story\n", "national/quarrel/scenarios/both.toml"),
    ] {
        let (_, text) = all.iter().find(|(n, _)| n == name).expect("there");
        for block in guide.split(mark).skip(1) {
            let block = block.split("```").next().expect("an end");
            assert!(text.contains(block), "not in {name}:\n{block}");
            shown += 1;
        }
    }
    assert_eq!(shown, 10);
}
