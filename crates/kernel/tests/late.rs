//! What comes late: silence settled late, letters recorded late, a holiday notice published late.

use kernel::calendar::{Calendar, Exception, YearNotice};
use kernel::decide::{Actor, Command, Context, Decision, Opening, Post, decide, possible_for, raise};
use kernel::directory::Directory;
use kernel::entry::{Act, By, ClockEvent, Entry};
use kernel::file::CaseFile;
use kernel::form::{Filled, Raw, check};
use kernel::ids::{BodyId, PersonId};
use kernel::mechanism::{Mechanism, RAISE};
use kernel::refusal::Rule;
use kernel::region::RegionCode;
use kernel::role::Relation;
use kernel::time::Timestamp;

const DESK: BodyId = BodyId(2);
const UNIT: BodyId = BodyId(3);

/// 1 above everything, 2 the desk, 3 a unit.
struct Town;

impl Directory for Town {
    fn offices(&self, function: &str, _: &RegionCode) -> Vec<BodyId> {
        if function == "desk" { vec![DESK] } else { vec![] }
    }
    fn superior(&self, body: BodyId, _: Relation) -> Option<BodyId> {
        (body.0 > 1).then_some(BodyId(1))
    }
    fn under(&self, body: BodyId, ancestor: BodyId) -> bool {
        body == ancestor || (body.0 > 1 && ancestor.0 == 1)
    }
    fn has(&self, body: BodyId, function: &str) -> bool {
        function == "unit" && body == UNIT
    }
    fn knows(&self, body: BodyId) -> bool {
        (1..=3).contains(&body.0)
    }
}

/// The small mechanism with a window in which she may object, a desk that writes her letters down, and windows that
/// follow each other by silence.
const MORE: &str = r#"
[number]
take = { value = "5wd", source = "T 1", confidence = "design" }
handle = { value = { by = "class", lengths = { quick = "2h", slow = "15d" } }, source = "T 2", confidence = "design" }
more = { value = "5d", source = "T 3", confidence = "design" }
say = { value = "10d", source = "T 4", confidence = "design" }
hear = { value = "20d", source = "T 5", confidence = "design" }
up = { value = "3d", source = "T 6", confidence = "design" }
ok = { value = "1wd", source = "T 7", confidence = "design" }
local = { value = "local" }
file_away = { value = "2d", source = "T 8", confidence = "design" }

[state.filing]
name = { zh = "归档", en = "filing" }
ring = "回话"
holder = "office"
[action.object]
label = { zh = "不服", en = "object" }
said = { zh = "她不服", en = "she objects" }
in = ["told"]
by = ["raiser", "office"]
to = "new"
[action.file_away]
label = { zh = "归档", en = "file away" }
said = { zh = "归档了", en = "filed away" }
in = ["filing"]
by = ["office"]
to = "done"
[action.note]
label = { zh = "记一笔", en = "note" }
said = { zh = "记了一笔", en = "noted" }
anytime = true
by = ["office"]
[action.posted]
label = { zh = "寄到", en = "posted" }
said = { zh = "寄到了", en = "posted" }
in = ["busy"]
by = ["handler"]
to = "posting"
[state.posting]
name = { zh = "在路上", en = "under way" }
ring = "答复"
holder = "handler"
[action.deemed]
label = { zh = "视为送达", en = "deemed served" }
said = { zh = "视为送达", en = "deemed served" }
in = ["posting"]
by = ["clock"]
to = "told"
[clock.deemed]
label = { zh = "视为送达", en = "deemed" }
window_of = "handler"
from = ["posted"]
to = ["deemed"]
length = "hear"
silence = { zh = "视为送达", en = "deemed", then = "deemed" }
[clock.filing]
label = { zh = "归档", en = "filing" }
owed_by = "office"
from = ["silent"]
to = ["file_away"]
length = "file_away"
expiry = "top"
"#;

fn mechanism() -> Mechanism {
    let small = include_str!("small.toml");
    let (head, rest) = small.split_once("[number]").expect("numbers");
    let (_, rest) = rest.split_once("[escalation]").expect("the rest");
    let rest = rest.replace(
        "from = [\"answer\"]\nto = [\"fine\", \"silent\"]",
        "from = [\"answer\", \"deemed\"]\nto = [\"fine\", \"object\", \"silent\"]",
    );
    let rest = rest.replace("by = [\"clock\"]\nto = \"done\"", "by = [\"clock\"]\nto = \"filing\"");
    let rest = rest.replace("from = [\"raise\", \"back\"]", "from = [\"raise\", \"back\", \"object\"]");
    toml::from_str(&format!("{head}{MORE}[escalation]{rest}")).expect("the fixture reads")
}

fn notice(year: i16, rest: &[&str], work: &[&str]) -> YearNotice {
    let day = |d: &&str| d.parse().expect("a day");
    let rest = rest.iter().map(|d| (day(d), Exception::Rest { name: "节".into() }));
    let work = work.iter().map(|d| (day(d), Exception::Work { name: "节".into() }));
    YearNotice { year, source: format!("notice of {year}"), exceptions: rest.chain(work).collect() }
}

fn calendar(notices: Vec<YearNotice>) -> Calendar {
    Calendar::new("cn", notices).expect("a calendar")
}

struct Story {
    mechanism: Mechanism,
    calendar: Calendar,
    entries: Vec<Entry>,
    file: CaseFile,
    now: Timestamp,
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn staff(id: u32, body: BodyId) -> Actor {
    Actor { raiser: false, person: Some(PersonId(id)), posts: vec![Post { body, role: "staff".into() }] }
}

fn resident() -> Actor {
    Actor { raiser: true, ..Actor::default() }
}

impl Story {
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

    fn raised(start: &str) -> Story {
        let calendar = calendar(vec![notice(2026, &[], &[])]);
        let (entries, file) = Default::default();
        let mut story = Story { mechanism: mechanism(), calendar, entries, file, now: at(start) };
        let opening = Opening { region: "990101".parse().expect("a region"), promise: None, version: "v".into() };
        let raw: Raw = [("what".to_owned(), "东门堵了".into())].into_iter().collect();
        let action = &story.mechanism.action[RAISE];
        let filled = check(&story.mechanism, action, &raw, &Default::default(), &Town).expect("filled");
        let decision = raise(&story.context(), &resident(), opening, filled, None).expect("raised");
        story.keep(decision);
        story
    }

    /// Raised and assigned; the handler's clock of fifteen days runs from the given time.
    fn assigned(start: &str) -> Story {
        let mut story = Story::raised(start);
        let fields = [("unit", 3.into()), ("class", "slow".into())];
        story.does(start, &staff(1, DESK), "assign", &fields, None).expect("assigned");
        story
    }

    /// Answered on 1 June: her window of ten days ends on 11 June.
    fn answered() -> Story {
        let mut story = Story::assigned("2026-06-01T08:00");
        let why = [("why", "办好了".into())];
        story.does("2026-06-01T09:00", &staff(3, UNIT), "answer", &why, None).expect("answered");
        assert_eq!(story.file.clocks["say"].dates.due.date().to_string(), "2026-06-11");
        story
    }

    fn does(
        &mut self,
        time: &str,
        who: &Actor,
        action: &str,
        fields: &[(&str, serde_json::Value)],
        occurred: Option<&str>,
    ) -> Result<Decision, Rule> {
        self.now = at(time);
        let spec = &self.mechanism.action[action];
        let raw: Raw = fields.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
        let filled: Filled = check(&self.mechanism, spec, &raw, &self.file.facts, &Town).map_err(Rule::Fields)?;
        self.command(who, &Command::Act { action: action.into(), filled, occurred: occurred.map(at), part: None })
    }

    fn command(&mut self, who: &Actor, command: &Command) -> Result<Decision, Rule> {
        let decision = decide(&self.context(), &self.file, who, command).map_err(|r| r.rule)?;
        self.keep(decision.clone());
        Ok(decision)
    }

    /// Every decision folds to its file, also after a way through JSON.
    fn keep(&mut self, decision: Decision) {
        self.entries.extend(decision.entries);
        let json = serde_json::to_string(&self.entries).expect("json");
        let read: Vec<Entry> = serde_json::from_str(&json).expect("reads");
        assert_eq!(CaseFile::fold(&read), decision.file);
        self.file = decision.file;
    }

    fn tick(&mut self, time: &str) -> Decision {
        self.now = at(time);
        self.command(&Actor::default(), &Command::Tick).expect("a tick is never refused")
    }

    fn recomputed(&mut self, time: &str, notices: Vec<YearNotice>) -> Decision {
        self.now = at(time);
        self.calendar = calendar(notices);
        self.command(&Actor::default(), &Command::Recompute).expect("never refused")
    }

    fn due(&self, clock: &str) -> String {
        self.file.clocks[clock].dates.due.date().to_string()
    }
}

// ── silence settled late ──────────────────────────────────────────────────────────────────────────────────────────

#[test]
fn a_window_that_silence_opens_runs_from_the_moment_it_fell_due_however_late_that_is_settled() {
    let windows = ["2026-06-22T00:00:01", "2026-06-26T12:00"].map(|settled| {
        let mut story = Story::assigned("2026-06-01T08:00");
        story.does("2026-06-01T09:00", &staff(3, UNIT), "posted", &[], None).expect("posted");
        assert_eq!(story.due("deemed"), "2026-06-21");
        let decision = story.tick(settled);
        assert!(decision.entries.iter().any(|e| e.act == Act::Did("deemed".into())));
        story.file.clocks["say"].started.clone()
    });
    assert_eq!(windows[0], windows[1]);
    assert_eq!(windows[0].from.date().to_string(), "2026-06-21");
    assert_eq!(windows[0].dates.due.date().to_string(), "2026-07-01");
}

#[test]
fn a_window_that_somebody_opens_late_still_runs_from_when_it_was_recorded() {
    let mut story = Story::assigned("2026-06-01T08:00");
    let (why, before) = ([("why", "办好了".into())], Some("2026-06-02T09:00"));
    let own = story.does("2026-06-04T09:00", &staff(3, UNIT), "answer", &why, before);
    assert_eq!(own.expect_err("its own act"), Rule::OwnAct);
    // What the raiser may do too is taken down for her.
    story.mechanism.action.get_mut("answer").expect("an action").by.push("raiser".into());
    story.does("2026-06-04T09:00", &staff(3, UNIT), "answer", &why, before).expect("answered");
    assert_eq!(story.due("say"), "2026-06-15", "ten days from 4 June is a Sunday");
}

// ── posted in time, recorded late ─────────────────────────────────────────────────────────────────────────────────

#[test]
fn what_she_posted_in_time_counts_although_silence_was_settled() {
    let mut story = Story::answered();
    story.tick("2026-06-12T00:01");
    assert_eq!((story.file.state.as_str(), story.file.facts["heard"].as_code().as_ref()), ("filing", "not_heard"));
    assert!(story.file.runs("filing"));
    let posted = Some("2026-06-11T17:00");
    let decision = story.does("2026-06-14T10:00", &staff(1, DESK), "object", &[], posted).expect("in time");
    let entry = decision.entries.last().expect("an entry");
    assert_eq!(entry.undoes, Some(decision.entries[0].seq - 1), "the silence, not the expiry");
    assert_eq!(story.file.state, "new");
    assert_eq!(story.file.facts.get("heard"), None, "silence is as if it had not spoken");
    assert!(!story.file.runs("filing") && !story.file.runs("say"));
    let say = story.file.stopped.iter().rfind(|s| s.running.started.id == "say").expect("her window stopped");
    assert!(say.kept() && say.at == at("2026-06-11T17:00"));
    assert_eq!(story.due("take"), "2026-06-18", "what is owed runs from the posting");
    assert_eq!(story.file.seq, u32::try_from(story.entries.len()).expect("few"));
}

#[test]
fn one_call_settles_the_silence_and_takes_it_back() {
    let mut story = Story::answered();
    let decision =
        story.does("2026-06-12T10:00", &staff(1, DESK), "object", &[], Some("2026-06-11T23:59")).expect("in time");
    assert_eq!(decision.entries.len(), 2);
    assert_eq!(decision.entries[1].undoes, Some(decision.entries[0].seq));
    assert_eq!(story.file.state, "new");
}

#[test]
fn what_was_posted_after_the_window_is_refused_as_before() {
    let mut story = Story::answered();
    story.tick("2026-06-12T00:01");
    for posted in [None, Some("2026-06-12T00:00:01")] {
        let refused = story.does("2026-06-12T10:00", &staff(1, DESK), "object", &[], posted);
        assert_eq!(refused.expect_err("too late"), Rule::State { state: "filing".into() });
    }
}

#[test]
fn only_who_writes_it_down_says_when_it_was_posted_and_not_for_ever() {
    let mut story = Story::answered();
    let posted = Some("2026-06-11T17:00");
    let herself = story.does("2026-06-11T18:00", &resident(), "object", &[], posted);
    assert!(matches!(herself, Err(Rule::Time { .. })), "her own act counts when she does it");
    story.tick("2026-06-12T00:01");
    let herself = story.does("2026-06-12T10:00", &resident(), "object", &[], posted);
    assert!(matches!(herself, Err(Rule::Time { .. })));
    let stranger = story.does("2026-06-12T10:00", &staff(9, UNIT), "object", &[], posted);
    assert!(matches!(stranger, Err(Rule::Role { .. })));
    let much_later = story.does("2026-07-12T10:00", &staff(1, DESK), "object", &[], posted);
    assert!(matches!(much_later, Err(Rule::Time { .. })));
    story.does("2026-07-11T10:00", &staff(1, DESK), "object", &[], posted).expect("thirty days later just holds");
}

#[test]
fn what_a_body_does_itself_counts_from_when_it_is_recorded() {
    let mut story = Story::answered();
    let earlier = Some("2026-06-11T09:00");
    let note = |story: &mut Story, when| story.does("2026-06-11T18:00", &staff(1, DESK), "note", &[], when);
    assert_eq!(note(&mut story, earlier).expect_err("its own act"), Rule::OwnAct);
    note(&mut story, Some("2026-06-11T18:00")).expect("now is now");
    story.does("2026-06-11T18:10", &staff(1, DESK), "object", &[], earlier).expect("hers, written down for her");
}

#[test]
fn what_others_did_since_stands_against_it_and_what_moved_nothing_does_not() {
    let posted = Some("2026-06-11T17:00");
    let mut story = Story::answered();
    story.tick("2026-06-12T00:01");
    story.does("2026-06-12T09:00", &staff(1, DESK), "note", &[], None).expect("noted");
    story.does("2026-06-12T09:30", &resident(), "remind", &[], None).expect("reminded");
    let mut other = Story {
        mechanism: mechanism(),
        calendar: story.calendar.clone(),
        entries: story.entries.clone(),
        file: story.file.clone(),
        now: story.now,
    };
    story.does("2026-06-14T10:00", &staff(1, DESK), "object", &[], posted).expect("words stand against nothing");
    assert_eq!((story.file.counts["note"], story.file.counts["remind"]), (1, 1), "and they stay");
    other.does("2026-06-13T09:00", &staff(1, DESK), "file_away", &[], None).expect("filed away");
    let refused = other.does("2026-06-14T10:00", &staff(1, DESK), "object", &[], posted);
    assert_eq!(refused.expect_err("acted on"), Rule::Overtaken);
    assert!(other.file.ended.is_some());
}

#[test]
fn a_silence_is_taken_back_once() {
    let mut story = Story::answered();
    story.tick("2026-06-12T00:01");
    let posted = Some("2026-06-11T17:00");
    story.does("2026-06-13T10:00", &staff(1, DESK), "object", &[], posted).expect("in time");
    let again = story.does("2026-06-13T11:00", &staff(1, DESK), "object", &[], posted);
    assert_eq!(again.expect_err("once"), Rule::State { state: "new".into() });
    assert!(possible_for(&story.context(), &story.file, &staff(1, DESK)).contains(&"assign"));
}

#[test]
fn an_entry_that_takes_back_what_never_was_still_folds() {
    let mut story = Story::answered();
    let before = story.file.clone();
    let mut entry = story.tick("2026-06-12T00:01").entries[0].clone();
    entry.undoes = Some(77);
    let mut file = before;
    file.evolve(&entry);
    assert_eq!(file.state, "filing");
}

// ── a notice published late ───────────────────────────────────────────────────────────────────────────────────────

/// Raised at the end of December 2026: five working days reach into a year that is not published.
fn over_new_year() -> Story {
    let story = Story::raised("2026-12-29T09:00");
    assert_eq!(story.due("take"), "2027-01-05");
    assert!(story.file.clocks["take"].dates.provisional);
    story
}

fn moved(decision: &Decision) -> Vec<(&str, String, &str)> {
    let events = decision.entries.iter().filter(|e| e.act == Act::Recomputed).flat_map(|e| &e.clocks);
    let one = |e| match e {
        &ClockEvent::Recomputed { ref id, dates, ref edition } => {
            (id.as_str(), dates.due.date().to_string(), &**edition)
        }
        other => panic!("{other:?}"),
    };
    events.map(one).collect()
}

#[test]
fn a_notice_moves_what_is_owed_and_says_which_notice_it_was() {
    let mut story = over_new_year();
    let year = || vec![notice(2026, &[], &[]), notice(2027, &["2027-01-01"], &["2027-01-02"])];
    let decision = story.recomputed("2026-12-30T09:00", year());
    assert_eq!(moved(&decision), [("take", "2027-01-05".into(), "notice of 2027")]);
    assert!(!story.file.clocks["take"].dates.provisional, "the same day, known for certain");
    assert_eq!(decision.entries[0].by, By::Clock);
    assert!(story.recomputed("2026-12-30T10:00", year()).entries.is_empty(), "twice gives nothing");
    let mut story = over_new_year();
    let decision = story
        .recomputed("2026-12-30T09:00", vec![notice(2026, &[], &[]), notice(2027, &["2026-12-31", "2027-01-01"], &[])]);
    assert_eq!(moved(&decision), [("take", "2027-01-07".into(), "notice of 2027")], "a day of December counts too");
}

#[test]
fn what_is_owed_comes_nearer_but_never_into_the_past() {
    let nearer = || vec![notice(2026, &[], &[]), notice(2027, &[], &["2027-01-02", "2027-01-03"])];
    let mut story = over_new_year();
    story.recomputed("2026-12-30T09:00", nearer());
    assert_eq!(story.due("take"), "2027-01-03");
    let mut story = over_new_year();
    story.recomputed("2027-01-04T09:00", nearer());
    assert_eq!(story.due("take"), "2027-01-05", "the 3rd has gone: the date that was told stands");
    assert!(!story.file.clocks["take"].dates.provisional && !story.file.clocks["take"].expired);
    assert!(story.recomputed("2027-01-05T09:00", nearer()).entries.is_empty(), "and it stays so");
}

#[test]
fn her_window_is_never_shortened() {
    let mut story = Story::assigned("2026-12-23T08:00");
    let why = [("why", "办好了".into())];
    story.does("2026-12-23T09:00", &staff(3, UNIT), "answer", &why, None).expect("answered");
    // Ten days reach Saturday 2 January, so Monday; a notice that has people work on that Saturday would bring it nearer.
    assert_eq!(story.due("say"), "2027-01-04");
    let shorter = || vec![notice(2026, &[], &[]), notice(2027, &[], &["2027-01-02", "2027-01-03"])];
    story.recomputed("2026-12-28T09:00", shorter());
    assert_eq!(story.due("say"), "2027-01-04");
    assert!(story.recomputed("2026-12-28T10:00", shorter()).entries.is_empty());
    let longer = vec![notice(2026, &[], &[]), notice(2027, &["2027-01-04", "2027-01-05"], &[])];
    story.recomputed("2026-12-28T11:00", longer);
    assert_eq!(story.due("say"), "2027-01-06");
}

#[test]
fn a_clock_that_stood_still_or_was_prolonged_keeps_what_it_was_given() {
    let same = || vec![notice(2026, &[], &[])];
    let mut story = Story::assigned("2026-12-20T08:00");
    let (unit, head) =
        (staff(3, UNIT), Actor { posts: vec![Post { body: UNIT, role: "head".into() }], ..staff(4, UNIT) });
    story.does("2026-12-21T09:00", &unit, "extend", &[], None).expect("proposed");
    story.now = at("2026-12-21T10:00");
    story.command(&head, &Command::Approve { action: "extend".into() }).expect("approved");
    story.does("2026-12-22T09:00", &unit, "hear", &[], None).expect("opened");
    assert!(story.recomputed("2026-12-22T10:00", same()).entries.is_empty(), "standing");
    story.does("2026-12-28T09:00", &unit, "heard", &[], None).expect("over");
    assert_eq!(story.due("handle"), "2027-01-15", "fifteen days, five more, six given back");
    assert!(story.recomputed("2026-12-28T10:00", same()).entries.is_empty(), "the same calendar, the same date");
    let decision = story.recomputed("2026-12-28T11:00", vec![notice(2026, &[], &[]), notice(2027, &[], &[])]);
    assert_eq!(moved(&decision), [("handle", "2027-01-15".into(), "notice of 2027")]);
}

#[test]
fn a_notice_that_comes_in_time_is_heard_before_silence_is() {
    let mut story = Story::assigned("2026-12-25T08:00");
    story.does("2026-12-25T09:00", &staff(3, UNIT), "answer", &[("why", "好".into())], None).expect("answered");
    // Not settled on the 5th, because nothing ran; the notice says that she had until the 6th.
    let longer = vec![notice(2026, &[], &[]), notice(2027, &["2027-01-04", "2027-01-05"], &[])];
    let decision = story.recomputed("2027-01-05T09:00", longer);
    assert_eq!(decision.entries.len(), 1);
    assert_eq!((story.file.state.as_str(), story.due("say").as_str()), ("told", "2027-01-06"));
}
