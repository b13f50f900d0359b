//! Several bodies on one matter, as a story: called, reported in, done, and what was promised is owed after the end.

use kernel::calendar::Calendar;
use kernel::decide::{Actor, Command, Context, Decision, Opening, Post, decide, possible_for, possible_on, raise};
use kernel::directory::Directory;
use kernel::entry::{Act, By, Entry};
use kernel::file::CaseFile;
use kernel::form::{Raw, check};
use kernel::ids::{BodyId, PersonId};
use kernel::mechanism::{Mechanism, RAISE};
use kernel::part::PartEvent;
use kernel::refusal::Rule;
use kernel::region::RegionCode;
use kernel::role::Relation;
use kernel::time::Timestamp;
use serde_json::json;

/// 1 the top, 2 the office, 3 to 6 units; 6 lies below 5.
struct Town;
const OFFICE: BodyId = BodyId(2);

impl Directory for Town {
    fn offices(&self, _: &str, _: &RegionCode) -> Vec<BodyId> {
        vec![OFFICE, BodyId(1)]
    }
    fn superior(&self, body: BodyId, _: Relation) -> Option<BodyId> {
        match body.0 {
            1 => None,
            6 => Some(BodyId(5)),
            _ => Some(BodyId(1)),
        }
    }
    fn under(&self, body: BodyId, ancestor: BodyId) -> bool {
        body == ancestor || self.superior(body, Relation::PartOf).is_some_and(|b| self.under(b, ancestor))
    }
    fn has(&self, _: BodyId, _: &str) -> bool {
        true
    }
    fn knows(&self, body: BodyId) -> bool {
        (1..=6).contains(&body.0)
    }
}

struct Story {
    mechanism: Mechanism,
    calendar: Calendar,
    file: CaseFile,
    entries: Vec<Entry>,
    now: Timestamp,
}

fn unit(body: u32) -> Actor {
    Actor {
        raiser: false,
        person: Some(PersonId(body)),
        posts: vec![Post { body: BodyId(body), role: "staff".into() }],
    }
}

impl Story {
    fn new(about: Option<u32>) -> Story {
        let text = include_str!("../../pack/tests/parts/national/gather/mechanism.toml");
        let mechanism: Mechanism = toml::from_str(text).expect("the fixture reads");
        let calendar = Calendar::new("cn", Vec::new()).expect("a calendar");
        let now = "2026-11-02T09:00".parse().expect("a time");
        let mut story = Story { mechanism, calendar, file: CaseFile::default(), entries: Vec::new(), now };
        let mut raw: Raw =
            [("what".to_owned(), json!("路口堵了")), ("complaint".to_owned(), about.is_some().into())].into();
        raw.extend(about.map(|b| ("about".to_owned(), json!([b]))));
        let action = &story.mechanism.action[RAISE];
        let filled = check(&story.mechanism, action, &raw, &Default::default(), &Town).expect("a form");
        let opening = Opening { region: "990101".parse().expect("a region"), promise: None, version: "v".into() };
        let raiser = Actor { raiser: true, ..Actor::default() };
        let decision = raise(&story.context(), &raiser, opening, filled, None).expect("raised");
        story.take(decision);
        story
    }

    fn context(&self) -> Context<'_> {
        Context {
            mechanism: &self.mechanism,
            calendar: &self.calendar,
            directory: &Town,
            now: self.now,
            seed: [7; 16],
            hash: kernel::chain::HashAlg::Sha256,
            outside: &kernel::outside::NOTHING,
        }
    }

    fn take(&mut self, decision: Decision) {
        self.entries.extend(decision.entries);
        self.file = decision.file;
        assert_eq!(CaseFile::fold(&self.entries), self.file, "the fold of the entries is the file");
        let json = serde_json::to_string(&self.entries).expect("json");
        assert_eq!(serde_json::from_str::<Vec<Entry>>(&json).expect("reads"), self.entries);
        assert!(!json.contains("补种"), "the words of a task never stand in an entry");
    }

    fn act(
        &mut self,
        time: &str,
        who: &Actor,
        action: &str,
        part: Option<&str>,
        form: serde_json::Value,
    ) -> Result<(), Rule> {
        self.now = time.parse().expect("a time");
        let raw: Raw = form.as_object().expect("an object").clone().into_iter().collect();
        let spec = &self.mechanism.action[action];
        let filled = check(&self.mechanism, spec, &raw, &self.file.facts, &Town).map_err(Rule::Fields)?;
        let command = Command::Act { action: action.into(), filled, occurred: None, part: part.map(str::to_owned) };
        let decision = decide(&self.context(), &self.file, who, &command).map_err(|r| r.rule)?;
        self.take(decision);
        Ok(())
    }

    fn tick(&mut self, time: &str) {
        self.now = time.parse().expect("a time");
        let decision = decide(&self.context(), &self.file, &Actor::default(), &Command::Tick).expect("a tick");
        self.take(decision);
    }

    fn state(&self, part: &str) -> &str {
        &self.file.parts[part].state
    }

    /// 3 leads, 4 is called beside it.
    fn called() -> Story {
        let mut story = Story::new(None);
        let form = json!({ "units": [3, 4], "lead_unit": 3 });
        story.act("2026-11-02T10:00", &unit(2), "call", None, form).expect("called");
        story
    }
}

#[test]
fn calling_opens_a_part_with_a_clock_for_each_body_and_lets_it_read() {
    let story = Story::called();
    let file = &story.file;
    assert_eq!((file.state.as_str(), story.state("unit@3"), story.state("unit@4")), ("gathering", "asked", "asked"));
    assert!(file.parts["unit@3"].lead && !file.parts["unit@4"].lead);
    assert!(file.took_part.contains(&BodyId(4)));
    assert_eq!(file.clocks["report@4"].started.body, Some(BodyId(4)));
    assert_eq!(file.clocks["report@4"].dates.due.to_string(), "2026-11-02T12:00:00+08:00");
    assert!(file.runs("gather") && !file.runs("report"));
}

#[test]
fn a_lead_that_was_not_named_among_the_called_is_called_too() {
    let mut story = Story::new(None);
    story.act("2026-11-02T10:00", &unit(2), "call", None, json!({ "units": [4], "lead_unit": 3 })).expect("called");
    assert!(story.file.parts["unit@3"].lead && story.file.parts.contains_key("unit@4"));
}

#[test]
fn a_body_acts_on_its_own_part_and_on_no_other() {
    let mut story = Story::called();
    let refused = story.act("2026-11-02T10:10", &unit(4), "report_in", Some("unit@3"), json!({}));
    assert_eq!(refused.expect_err("refused"), Rule::Role { roles: vec!["part".into()] });
    let refused = story.act("2026-11-02T10:10", &unit(5), "report_in", None, json!({}));
    assert_eq!(refused.expect_err("refused"), Rule::NoPart { part: "unit".into() });
    story.act("2026-11-02T10:11", &unit(4), "report_in", None, json!({})).expect("its only part need not be named");
    assert_eq!((story.state("unit@4"), story.state("unit@3")), ("present", "asked"));
    assert!(!story.file.runs("report@4") && story.file.runs("work@4") && story.file.runs("report@3"));
    assert_eq!(story.file.parts["unit@4"].counts["report_in"], 1);
    let refused = story.act("2026-11-02T10:12", &unit(4), "report_in", None, json!({}));
    assert_eq!(refused.expect_err("refused"), Rule::State { state: "present".into() });
    let part = &story.file.parts["unit@4"];
    assert_eq!(possible_on(&story.context(), &story.file, &unit(4), part), ["finish"]);
    assert_eq!(possible_on(&story.context(), &story.file, &unit(2), part), ["release"]);
    assert!(possible_for(&story.context(), &story.file, &unit(4)).contains(&"finish"));
}

#[test]
fn when_all_have_ended_the_matter_goes_on_by_itself() {
    let mut story = Story::called();
    story.act("2026-11-02T10:10", &unit(3), "report_in", None, json!({})).expect("reported");
    story.act("2026-11-02T11:10", &unit(3), "finish", None, json!({ "words": "好了" })).expect("done");
    assert_eq!(story.file.state, "gathering");
    assert!(!story.file.runs("work@3"));
    let release = json!({ "words": "不归它" });
    story.act("2026-11-02T11:20", &unit(2), "release", Some("unit@4"), release).expect("released");
    let [.., acted, followed] = &story.entries[..] else { panic!("two entries") };
    assert_eq!(acted.part.as_deref(), Some("unit@4"));
    assert_eq!((followed.by, followed.act.clone()), (By::Clock, Act::Did("all_in".into())));
    assert_eq!(story.file.state, "answering");
    assert!(!story.file.runs("report@4") && !story.file.runs("gather") && story.file.runs("answer"));
}

#[test]
fn a_body_is_called_again_only_after_its_part_has_ended() {
    let mut story = Story::called();
    let again = story.act("2026-11-02T10:30", &unit(2), "add_units", None, json!({ "units": [4] }));
    assert_eq!(again.expect_err("refused"), Rule::PartOpen { field: "units".into(), body: BodyId(4) });
    story.act("2026-11-02T10:31", &unit(2), "release", Some("unit@4"), json!({ "words": "错了" })).expect("released");
    story.act("2026-11-02T10:32", &unit(2), "add_units", None, json!({ "units": [4, 5] })).expect("called again");
    assert_eq!((story.state("unit@4"), story.state("unit@5")), ("asked", "asked"));
    assert!(story.file.runs("report@4") && story.file.parts["unit@3"].lead);
}

#[test]
fn a_late_part_climbs_by_itself_and_the_others_do_not() {
    let mut story = Story::called();
    story.act("2026-11-02T10:10", &unit(3), "report_in", None, json!({})).expect("reported");
    story.tick("2026-11-02T13:00");
    assert!(story.file.clocks["report@4"].expired && story.file.runs("report@4^1"));
    assert_eq!(story.file.clocks["report@4^1"].started.body, Some(OFFICE));
    assert!(!story.file.runs("work@3^1"));
    story.act("2026-11-02T14:00", &unit(4), "report_in", None, json!({})).expect("late, but here");
    assert!(!story.file.runs("report@4") && !story.file.runs("report@4^1"));
    assert!(!story.file.stopped.iter().find(|s| s.running.started.id == "report@4").expect("stopped").kept());
}

#[test]
fn nobody_inside_the_shield_is_called() {
    let mut story = Story::new(Some(5));
    let refused = story.act("2026-11-02T10:00", &unit(2), "call", None, json!({ "units": [3, 6], "lead_unit": 3 }));
    assert_eq!(refused.expect_err("refused"), Rule::Shielded { field: "units".into(), body: BodyId(6) });
    let refused = story.act("2026-11-02T10:00", &unit(2), "call", None, json!({ "units": [3], "lead_unit": 5 }));
    assert!(matches!(refused, Err(Rule::Shielded { .. })));
}

#[test]
fn whoever_works_on_a_part_is_kept_out_of_the_role_that_says_so() {
    let mut story = Story::new(None);
    story.act("2026-11-02T10:00", &unit(2), "call", None, json!({ "units": [2, 3], "lead_unit": 3 })).expect("called");
    assert_eq!(story.file.roles["coordinator"], BodyId(1), "the coordinator is no part itself");
}

#[test]
fn a_promised_task_is_owed_after_the_end() {
    let mut story = Story::called();
    for body in [3, 4] {
        story.act("2026-11-03T09:00", &unit(body), "report_in", None, json!({})).expect("reported");
        story.act("2026-11-03T10:00", &unit(body), "finish", None, json!({ "words": "好了" })).expect("done");
    }
    let tasks = json!([
        { "what": "补种两棵树", "who": 4, "by": "2026-11-20" },
        { "what": "补种草", "who": 4, "by": "2027-11-20" },
        {},
    ]);
    let blank = json!({ "words": "都好了", "promised": [{ "what": "补种", "who": "", "by": "" }] });
    let refused = story.act("2026-11-03T11:00", &unit(2), "answer", None, blank);
    assert!(matches!(refused, Err(Rule::Fields(e)) if e[0].field == "promised"));
    let form = json!({ "words": "都好了", "promised": tasks });
    story.act("2026-11-03T11:00", &unit(2), "answer", None, form).expect("answered");
    let file = &story.file;
    assert!(file.ended.is_some());
    assert_eq!(file.clocks.keys().collect::<Vec<_>>(), ["keep@1", "keep@2"]);
    assert_eq!(file.clocks["keep@1"].dates.due.date().to_string(), "2026-11-20");
    assert_eq!(file.clocks["keep@2"].dates.due.date().to_string(), "2027-02-01", "at most ninety days");
    let opened = story.entries.last().expect("the answer").parts.clone();
    assert!(matches!(&opened[0], PartEvent::Opened { key, until: Some(_), .. } if key == "measure@1"));
    let refused = story.act("2026-11-04T09:00", &unit(4), "keep", None, json!({ "words": "种了" }));
    assert_eq!(refused.expect_err("two are open"), Rule::NoPart { part: "measure".into() });
    story.act("2026-11-04T09:00", &unit(4), "keep", Some("measure@1"), json!({ "words": "种了" })).expect("kept");
    assert!(!story.file.runs("keep@1"));
    story.tick("2027-02-02T00:00");
    assert!(story.file.clocks["keep@2"].expired && story.file.runs("keep@2^1"), "it climbs after the end as before");
    story.act("2027-02-03T09:00", &unit(4), "keep", None, json!({ "words": "种了" })).expect("the only open one");
    assert!(story.file.clocks.is_empty());
}

#[test]
fn the_end_of_the_file_stops_parts_that_do_not_outlive_it() {
    let mut story = Story::called();
    story.mechanism.action.get_mut("answer").expect("there").states.insert("gathering".into());
    story.mechanism.action.get_mut("answer").expect("there").when = None;
    story.act("2026-11-02T10:30", &unit(2), "answer", None, json!({ "words": "算了" })).expect("answered");
    assert!(story.file.clocks.is_empty());
    let refused = story.act("2026-11-02T10:40", &unit(4), "report_in", None, json!({}));
    assert_eq!(refused.expect_err("refused"), Rule::Ended);
}

#[test]
fn conditions_count_parts() {
    let mut story = Story::called();
    let holds = |story: &Story, text: &str| {
        let guard: kernel::guard::Guard = text.parse().expect("reads");
        let file = &story.file;
        guard.holds(&kernel::guard::Facts { facts: &file.facts, counts: &file.counts, parts: &file.parts })
    };
    assert!(holds(&story, "all(unit) in [asked] and none(measure) and not none(unit)"));
    assert!(!holds(&story, "all(measure) in [kept]"), "all of none is false");
    story.act("2026-11-02T10:10", &unit(3), "report_in", None, json!({})).expect("reported");
    assert!(holds(&story, "lead(unit) in [present] and some(unit) in [asked] and not most(unit) in [present]"));
    story.act("2026-11-02T10:20", &unit(2), "add_units", None, json!({ "units": [5] })).expect("added");
    story.act("2026-11-02T10:30", &unit(5), "report_in", None, json!({})).expect("reported");
    assert!(holds(&story, "most(unit) in [present] and not all(unit) in [present]"));
}

fn codes(refused: Result<(), Rule>) -> Vec<(String, String)> {
    let Err(Rule::Fields(errors)) = refused else { panic!("{refused:?}") };
    errors.into_iter().map(|e| (e.field, e.code.to_owned())).collect()
}

#[test]
fn bodies_taken_from_the_parts_are_those_that_were_called_and_all_of_them() {
    let mut story = Story::called();
    let among = kernel::mechanism::Among {
        part: "unit".into(),
        all: true,
        not: vec!["released".into()],
        states: Vec::new(),
        also: Vec::new(),
    };
    story.mechanism.field.get_mut("units").expect("a field").among = Some(among);
    let named = |story: &mut Story, bodies: &[u32]| {
        let form = json!({ "units": bodies });
        story.act("2026-11-02T11:00", &unit(2), "add_units", None, form)
    };
    let wrong = |code: &str| vec![("units".to_owned(), code.to_owned())];
    assert_eq!(codes(named(&mut story, &[3, 4, 5])), wrong("not_among"));
    assert_eq!(codes(named(&mut story, &[3])), wrong("not_all"));
    assert!(matches!(named(&mut story, &[4, 3]), Err(Rule::PartOpen { .. })), "these are right");
    // Whoever was let go of does not count, unless nobody else is left.
    story.file.parts.get_mut("unit@4").expect("a part").state = "released".into();
    assert_eq!(codes(named(&mut story, &[3, 4])), wrong("not_among"));
    assert!(matches!(named(&mut story, &[3]), Err(Rule::PartOpen { .. })));
    story.file.parts.get_mut("unit@3").expect("a part").state = "released".into();
    assert_eq!(codes(named(&mut story, &[3])), wrong("not_all"));
}

#[test]
fn a_task_goes_to_a_body_that_was_called_and_is_far_enough() {
    let mut story = Story::called();
    let among = |also: &[&str]| kernel::mechanism::Among {
        part: "unit".into(),
        all: false,
        not: Vec::new(),
        states: vec!["done".into()],
        also: also.iter().map(|r| (*r).to_owned()).collect(),
    };
    story.mechanism.field.get_mut("promised").expect("a field").among = Some(among(&[]));
    for body in [3, 4] {
        story.act("2026-11-02T11:00", &unit(body), "report_in", None, json!({})).expect("reported in");
        story.act("2026-11-03T11:00", &unit(body), "finish", None, json!({ "words": "好了" })).expect("done");
    }
    let hand_out = |story: &mut Story, who: &[u32]| {
        let row = |who: &u32| json!({ "what": "补种两棵树", "who": who, "by": "2026-11-20" });
        let form = json!({ "words": "好了", "promised": who.iter().map(row).collect::<Vec<_>>() });
        story.act("2026-11-04T10:00", &unit(2), "answer", None, form)
    };
    let told = |refused: Result<(), Rule>| {
        let Err(Rule::Fields(errors)) = refused else { panic!("{refused:?}") };
        assert_eq!((errors[0].field.as_str(), errors[0].code), ("promised", "not_among"));
        errors[0].message.clone()
    };
    // Who was never called is named, and what calls one now.
    let stranger = told(hand_out(&mut story, &[3, 5]));
    assert!(stranger.zh.starts_with("单位5不是这件事的“"), "{}", stranger.zh);
    assert!(stranger.en.starts_with("body 5 is no “"), "{}", stranger.en);
    // Who is called and does not count is told where it stands.
    let part = story.file.parts.get_mut("unit@4").expect("a part");
    part.state = "released".into();
    let early = told(hand_out(&mut story, &[4]));
    let state = &story.mechanism.part["unit"].state["released"].name;
    assert!(early.zh.contains(&format!("单位4现在是“{}”", state.zh)), "{}", early.zh);
    assert!(early.en.contains(&state.en), "{}", early.en);
    // The coordinator may take one itself where the pack says so.
    told(hand_out(&mut story, &[2]));
    story.file.parts.get_mut("unit@4").expect("a part").state = "done".into();
    story.mechanism.field.get_mut("promised").expect("a field").among = Some(among(&["coordinator"]));
    hand_out(&mut story, &[2, 3]).expect("both are right");
}

#[test]
fn no_task_is_given_until_a_day_that_is_over() {
    let mut story = Story::called();
    for body in [3, 4] {
        story.act("2026-11-02T11:00", &unit(body), "report_in", None, json!({})).expect("reported in");
        story.act("2026-11-03T11:00", &unit(body), "finish", None, json!({ "words": "好了" })).expect("done");
    }
    let task = |by: &str| json!({ "what": "补种两棵树", "who": 3, "by": by });
    let answer = |story: &mut Story, days: &[&str]| {
        let tasks: Vec<_> = days.iter().map(|d| task(d)).collect();
        story.act("2026-11-04T10:00", &unit(2), "answer", None, json!({ "words": "好了", "promised": tasks }))
    };
    assert_eq!(codes(answer(&mut story, &["2026-11-04", "2020-01-01"])), [("promised".to_owned(), "past".to_owned())]);
    answer(&mut story, &["2026-11-04", "2026-11-20"]).expect("today is not over");
}

#[test]
fn a_day_is_recorded_when_it_is_over_and_called_for_when_its_notice_is() {
    use kernel::ids::Class;
    let with = |change: fn(&mut kernel::mechanism::Field)| {
        let mut story = Story::called();
        let words = story.mechanism.field.get_mut("words").expect("a field");
        (words.kind, words.class, words.max) = (kernel::mechanism::FieldKind::Date, Class::Coded, None);
        change(words);
        story.act("2026-11-02T11:00", &unit(3), "report_in", None, json!({})).expect("reported in");
        story
    };
    let finish =
        |story: &mut Story, day: &str| story.act("2026-11-03T11:00", &unit(3), "finish", None, json!({ "words": day }));
    let wrong = |code: &str| vec![("words".to_owned(), code.to_owned())];
    let mut over = with(|f| f.past = true);
    assert_eq!(codes(finish(&mut over, "2026-11-04")), wrong("future"));
    finish(&mut over, "2026-11-03").expect("today may be told of");
    // One working day from Tuesday ends with Wednesday.
    let mut called = with(|f| f.after = Some("call".into()));
    assert_eq!(codes(finish(&mut called, "2026-11-04")), wrong("early"));
    finish(&mut called, "2026-11-05").expect("the notice is over by then");
}
