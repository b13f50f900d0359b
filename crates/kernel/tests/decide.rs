//! The kernel as a story: given a file, when somebody acts, then entries follow or a refusal says why.

use kernel::calendar::{Calendar, Exception, YearNotice};
use kernel::decide::{
    Actor, Command, Context, Decision, Opening, Post, decidable_by, decide, possible_for, raise, takable_by,
};
use kernel::directory::Directory;
use kernel::entry::{Act, By, ClockEvent};
use kernel::file::CaseFile;
use kernel::form::{Raw, check};
use kernel::ids::{BodyId, PersonId};
use kernel::mechanism::{Mechanism, RAISE};
use kernel::refusal::Rule;
use kernel::region::RegionCode;
use kernel::role::Relation;
use kernel::time::Timestamp;

/// 1 the top, 2 the desk, 3 and 4 units below 5, 5 below 1.
struct Town;
const TOP: BodyId = BodyId(1);
const DESK: BodyId = BodyId(2);
const UNIT: BodyId = BodyId(3);
const OTHER: BodyId = BodyId(4);
const BUREAU: BodyId = BodyId(5);

impl Directory for Town {
    fn offices(&self, function: &str, _: &RegionCode) -> Vec<BodyId> {
        if function == "desk" { vec![DESK, TOP] } else { vec![] }
    }
    fn superior(&self, body: BodyId, _: Relation) -> Option<BodyId> {
        match body {
            UNIT | OTHER => Some(BUREAU),
            DESK | BUREAU => Some(TOP),
            _ => None,
        }
    }
    fn under(&self, body: BodyId, ancestor: BodyId) -> bool {
        body == ancestor || self.superior(body, Relation::PartOf).is_some_and(|b| self.under(b, ancestor))
    }
    fn has(&self, body: BodyId, function: &str) -> bool {
        function == "unit" && matches!(body, UNIT | OTHER)
    }
    fn knows(&self, body: BodyId) -> bool {
        (1..=5).contains(&body.0)
    }
}

struct Story {
    mechanism: Mechanism,
    calendar: Calendar,
    file: CaseFile,
    now: Timestamp,
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn person(id: u32, body: BodyId, role: &str) -> Actor {
    Actor { raiser: false, person: Some(PersonId(id)), posts: vec![Post { body, role: role.into() }] }
}

fn resident() -> Actor {
    Actor { raiser: true, ..Actor::default() }
}

fn raw(fields: &[(&str, serde_json::Value)]) -> Raw {
    fields.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect()
}

impl Story {
    fn new(start: &str) -> Story {
        let mechanism = toml::from_str(include_str!("small.toml")).expect("the fixture reads");
        let rest = |d: &str| (d.parse().expect("a day"), Exception::Rest { name: "国庆节".into() });
        let notice = YearNotice {
            year: 2026,
            source: "notice".into(),
            exceptions: ["2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07"].map(rest).to_vec(),
        };
        let calendar = Calendar::new("cn", vec![notice]).expect("a calendar");
        Story { mechanism, calendar, file: CaseFile::default(), now: at(start) }
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

    fn raise(&mut self, fields: &[(&str, serde_json::Value)]) -> Result<Decision, Rule> {
        let action = &self.mechanism.action[RAISE];
        let filled = check(&self.mechanism, action, &raw(fields), &Default::default(), &Town).map_err(Rule::Fields)?;
        let opening = Opening { region: "990101".parse().expect("a region"), promise: None, version: "v".into() };
        let decision = raise(&self.context(), &resident(), opening, filled, None).map_err(|r| r.rule)?;
        self.file = decision.file.clone();
        Ok(decision)
    }

    fn act(
        &mut self,
        time: &str,
        who: &Actor,
        action: &str,
        fields: &[(&str, serde_json::Value)],
    ) -> Result<Decision, Rule> {
        self.now = at(time);
        let spec = &self.mechanism.action[action];
        let filled = check(&self.mechanism, spec, &raw(fields), &self.file.facts, &Town).map_err(Rule::Fields)?;
        self.command(who, &Command::Act { action: action.into(), filled, occurred: None, part: None })
    }

    fn command(&mut self, who: &Actor, command: &Command) -> Result<Decision, Rule> {
        let decision = decide(&self.context(), &self.file, who, command).map_err(|r| r.rule)?;
        let folded = CaseFile { ..decision.file.clone() };
        self.file = folded;
        Ok(decision)
    }

    fn tick(&mut self, time: &str) -> Decision {
        self.now = at(time);
        self.command(&Actor::default(), &Command::Tick).expect("a tick is never refused")
    }

    fn due(&self, clock: &str) -> String {
        self.file.clocks[clock].dates.due.date().to_string()
    }

    fn assigned(class: &str) -> Story {
        let mut story = Story::new("2026-09-28T22:46");
        story.raise(&[("what", "东门堵了".into())]).expect("raised");
        let fields = [("unit", 3.into()), ("class", class.into())];
        story.act("2026-09-29T09:00", &person(1, DESK, "staff"), "assign", &fields).expect("assigned");
        story
    }
}

#[test]
fn raising_opens_a_file_with_a_holder_a_clock_and_no_words() {
    let mut story = Story::new("2026-09-28T22:46");
    let decision = story.raise(&[("what", "东门堵了".into()), ("who", "某某".into())]).expect("raised");
    assert_eq!(story.file.state, "new");
    assert_eq!(story.file.roles["office"], DESK);
    assert_eq!(story.due("take"), "2026-10-12", "five working days after the National Day rest");
    let json = serde_json::to_string(&decision.entries[0]).expect("json");
    assert!(!json.contains("东门") && !json.contains("某某"), "{json}");
    assert_eq!(decision.personal.len(), 2);
    assert_eq!(decision.entries[0].sealed.len(), 2);
}

#[test]
fn what_is_wrong_with_a_form_is_said_at_once() {
    let mut story = Story::new("2026-09-28T22:46");
    let long = "长".repeat(21);
    let Err(Rule::Fields(errors)) = story.raise(&[("what", long.into()), ("nothing", 1.into())]) else {
        panic!("refused")
    };
    let codes: Vec<_> = errors.iter().map(|e| (e.field.as_str(), e.code)).collect();
    assert_eq!(codes, [("nothing", "unknown_field"), ("what", "too_long")]);
    let Err(Rule::Fields(errors)) = story.raise(&[]) else { panic!("refused") };
    assert_eq!(errors[0].code, "required");
}

#[test]
fn only_the_holder_may_act_and_the_refusal_names_the_rule() {
    let mut story = Story::assigned("slow");
    let stranger = person(9, OTHER, "staff");
    let refused = story.act("2026-09-30T09:00", &stranger, "answer", &[("why", "办好了".into())]);
    assert_eq!(refused.expect_err("refused"), Rule::Role { roles: vec!["handler".into()] });
    let desk = person(1, DESK, "staff");
    let refused = story.act("2026-09-30T09:00", &desk, "assign", &[("unit", 3.into()), ("class", "slow".into())]);
    assert_eq!(refused.expect_err("refused"), Rule::State { state: "busy".into() });
}

#[test]
fn a_post_that_only_checks_never_works_a_matter() {
    let mut story = Story::assigned("slow");
    let refused = story.act("2026-09-30T09:00", &person(8, UNIT, "auditor"), "answer", &[("why", "好".into())]);
    assert!(matches!(refused, Err(Rule::Role { .. })));
}

#[test]
fn a_counted_action_ends_and_names_what_remains() {
    let mut story = Story::assigned("slow");
    let unit = person(3, UNIT, "staff");
    story.act("2026-09-30T09:00", &unit, "back", &[("why", "不归我们".into())]).expect("once");
    assert_eq!(story.file.state, "new");
    assert!(story.file.runs("take") && !story.file.runs("handle"));
    let fields = [("unit", 3.into()), ("class", "slow".into())];
    story.act("2026-09-30T10:00", &person(1, DESK, "staff"), "assign", &fields).expect("assigned again");
    let refused = story.act("2026-09-30T11:00", &unit, "back", &[("why", "还是不归".into())]);
    assert_eq!(refused.expect_err("refused"), Rule::AtMost { at_most: 1, then: Some("answer".into()) });
}

#[test]
fn an_extension_takes_effect_with_the_heads_approval_only() {
    let mut story = Story::assigned("slow");
    assert_eq!(story.due("handle"), "2026-10-14");
    let (unit, head) = (person(3, UNIT, "staff"), person(4, UNIT, "head"));
    story.act("2026-10-08T09:00", &unit, "extend", &[]).expect("proposed");
    assert_eq!(story.due("handle"), "2026-10-14", "nothing moves before the approval");
    assert!(story.file.runs("approve:extend"));
    let again = story.act("2026-10-08T09:01", &unit, "extend", &[]);
    assert_eq!(again.expect_err("refused"), Rule::Pending);
    let own = person(3, UNIT, "head");
    let refused = story.command(&own, &Command::Approve { action: "extend".into() });
    assert_eq!(refused.expect_err("refused"), Rule::Separation, "nobody approves his own proposal");
    assert_eq!(decidable_by(&story.context(), &story.file, &head), ["extend"]);
    let decision = story.command(&head, &Command::Approve { action: "extend".into() }).expect("approved");
    assert!(matches!(decision.entries[0].act, Act::Approved(ref a, 3) if a == "extend"));
    assert_eq!(story.due("handle"), "2026-10-19");
    assert!(!story.file.runs("approve:extend"));
    let refused = story.act("2026-10-09T09:00", &unit, "extend", &[]);
    assert!(matches!(refused, Err(Rule::AtMost { .. })));
}

#[test]
fn a_rejected_proposal_leaves_the_dates_and_the_reason() {
    let mut story = Story::assigned("slow");
    story.act("2026-10-08T09:00", &person(3, UNIT, "staff"), "extend", &[]).expect("proposed");
    let head = person(4, UNIT, "head");
    let decision =
        story.command(&head, &Command::Reject { action: "extend".into(), reason: "来得及".into() }).expect("rejected");
    assert_eq!(decision.personal[0].content, "来得及");
    assert_eq!(story.due("handle"), "2026-10-14");
    assert!(story.file.proposals.is_empty());
    assert_eq!(story.file.counts.get("extend"), None, "what was not approved does not count");
}

#[test]
fn an_expired_clock_keeps_running_and_climbs_to_the_public_list() {
    let mut story = Story::assigned("slow");
    let decision = story.tick("2026-10-15T00:00");
    assert_eq!(decision.entries.len(), 1);
    let clock = &story.file.clocks["handle"];
    assert!(clock.expired && !clock.listed);
    assert_eq!(story.file.clocks["handle^1"].started.body, Some(BUREAU));
    assert_eq!(story.due("handle^1"), "2026-10-17");
    // The superior may act meanwhile, and the one above after that.
    assert!(story.act("2026-10-16T09:00", &person(5, BUREAU, "staff"), "watch", &[]).is_ok());
    story.tick("2026-10-18T00:00");
    assert_eq!(story.file.clocks["handle^2"].started.body, Some(TOP));
    let decision = story.tick("2026-11-01T00:00");
    assert!(matches!(decision.entries[0].clocks[0], ClockEvent::Expired { listed: true, .. }));
    assert!(story.file.clocks["handle^2"].listed);
    // Answering late stops all of it.
    story
        .act("2026-11-02T09:00", &person(3, UNIT, "staff"), "answer", &[("why", "办好了".into())])
        .expect("answered late");
    assert!(!story.file.runs("handle") && !story.file.runs("handle^1") && !story.file.runs("handle^2"));
    assert!(!story.file.stopped.iter().find(|s| s.running.started.id == "handle").expect("stopped").kept());
}

#[test]
fn one_long_sleep_settles_every_level_at_its_own_time() {
    let mut story = Story::assigned("slow");
    let decision = story.tick("2026-12-01T00:00");
    let dates: Vec<String> =
        decision.entries.iter().map(|e| e.occurred.expect("the due date").date().to_string()).collect();
    assert_eq!(dates, ["2026-10-14", "2026-10-17", "2026-10-20"]);
}

#[test]
fn silence_speaks_when_the_window_closes_and_is_never_solved() {
    let mut story = Story::assigned("quick");
    story.act("2026-09-29T10:00", &person(3, UNIT, "staff"), "answer", &[("why", "办好了".into())]).expect("answered");
    assert_eq!(story.file.letters, [(3, "reply".to_owned())]);
    // Ten days from 29 September is 9 October, a working day.
    assert_eq!(story.due("say"), "2026-10-09");
    assert!(story.tick("2026-10-09T23:00").entries.is_empty());
    let decision = story.tick("2026-10-10T08:00");
    assert_eq!(decision.entries[0].by, By::Clock);
    assert_eq!(story.file.facts["heard"].as_code(), "not_heard");
    assert!(story.file.ended.is_some() && story.file.clocks.is_empty());
}

#[test]
fn a_hearing_gives_its_days_back() {
    let mut story = Story::assigned("slow");
    let unit = person(3, UNIT, "staff");
    story.act("2026-10-08T09:00", &unit, "hear", &[]).expect("opened");
    assert!(story.file.clocks["handle"].suspended.is_some());
    assert!(story.tick("2026-10-20T09:00").entries.is_empty(), "what stands still does not expire");
    story.act("2026-10-20T09:00", &unit, "heard", &[]).expect("over");
    assert!(story.file.clocks["handle"].suspended.is_none());
    assert_eq!(story.due("handle"), "2026-10-26", "six days were left on the 8th, counted from the 20th");
    assert!(!story.file.runs("hearing"));
}

#[test]
fn who_handled_it_may_not_call_back_and_a_guard_holds() {
    let mut story = Story::assigned("quick");
    let both = Actor {
        raiser: false,
        person: Some(PersonId(3)),
        posts: vec![Post { body: UNIT, role: "staff".into() }, Post { body: DESK, role: "caller".into() }],
    };
    let refused = story.act("2026-09-29T09:20", &both, "heard", &[]);
    assert!(matches!(refused, Err(Rule::Guard { .. })));
    story.act("2026-09-29T09:30", &both, "answer", &[("why", "办好了".into())]).expect("answered");
    let refused = story.act("2026-09-29T11:00", &both, "fine", &[]);
    assert_eq!(refused.expect_err("refused"), Rule::Separation);
    story.act("2026-09-29T12:00", &person(6, DESK, "caller"), "fine", &[]).expect("somebody else may");
    assert_eq!(story.file.facts["heard"].as_code(), "yes");
}

#[test]
fn a_route_without_its_local_value_is_not_offered() {
    let mut story = Story::assigned("slow");
    let unit = person(3, UNIT, "staff");
    assert!(!possible_for(&story.context(), &story.file, &unit).contains(&"odd"));
    let refused = story.act("2026-10-08T09:00", &unit, "odd", &[]);
    assert_eq!(refused.expect_err("refused"), Rule::NotOffered { number: "local".into() });
}

#[test]
fn the_shield_keeps_a_body_and_what_is_below_it_out_of_everything() {
    let mut story = Story::new("2026-09-28T22:46");
    story.raise(&[("what", "局里有问题".into()), ("about", serde_json::json!([5]))]).expect("raised");
    assert_eq!(story.file.standing.shield.len(), 1);
    let fields = [("unit", 3.into()), ("class", "slow".into())];
    let refused = story.act("2026-09-29T09:00", &person(1, DESK, "staff"), "assign", &fields);
    assert_eq!(refused.expect_err("refused"), Rule::Shielded { field: "unit".into(), body: UNIT });
    // Somebody with any post inside is outside, whatever his other post is.
    let spy = Actor {
        raiser: false,
        person: Some(PersonId(8)),
        posts: vec![Post { body: DESK, role: "staff".into() }, Post { body: OTHER, role: "staff".into() }],
    };
    assert!(possible_for(&story.context(), &story.file, &spy).is_empty());
    // The desk itself complained about: its superior holds the matter.
    let mut story = Story::new("2026-09-28T22:46");
    story.raise(&[("what", "窗口有问题".into()), ("about", serde_json::json!([2]))]).expect("raised");
    assert_eq!(story.file.roles["office"], TOP);
    // Everybody complained about: nobody is left, and that is said.
    let mut story = Story::new("2026-09-28T22:46");
    let refused = story.raise(&[("what", "都有问题".into()), ("about", serde_json::json!([1]))]);
    assert_eq!(refused.expect_err("refused"), Rule::Nobody { role: "office".into() });
}

#[test]
fn time_never_runs_backwards_in_a_file() {
    let mut story = Story::assigned("slow");
    let decision = story.act("2026-09-01T00:00", &resident(), "remind", &[]).expect("reminded");
    assert_eq!(decision.entries[0].at, at("2026-09-29T09:00"));
    let filled = Default::default();
    let command = Command::Act { action: "remind".into(), filled, occurred: Some(at("2027-01-01")), part: None };
    assert!(matches!(story.command(&resident(), &command), Err(Rule::Time { .. })));
}

#[test]
fn a_refused_command_leaves_nothing() {
    let mut story = Story::assigned("slow");
    let before = story.file.clone();
    assert!(story.act("2026-12-01T09:00", &person(9, OTHER, "staff"), "answer", &[("why", "我来".into())]).is_err());
    assert_eq!(story.file, before);
}

#[test]
fn any_prefix_folds_to_the_file_that_was() {
    let mut story = Story::new("2026-09-28T22:46");
    let mut entries = story.raise(&[("what", "东门堵了".into())]).expect("raised").entries;
    let fields = [("unit", 3.into()), ("class", "slow".into())];
    entries
        .extend(story.act("2026-09-29T09:00", &person(1, DESK, "staff"), "assign", &fields).expect("assigned").entries);
    entries.extend(story.tick("2026-11-01T00:00").entries);
    let json = serde_json::to_string(&entries).expect("json");
    let read: Vec<kernel::entry::Entry> = serde_json::from_str(&json).expect("reads");
    assert_eq!(read, entries);
    assert_eq!(CaseFile::fold(&read), story.file);
    let seqs: Vec<u32> = entries.iter().map(|e| e.seq).collect();
    assert_eq!(seqs, (1..=u32::try_from(entries.len()).expect("few")).collect::<Vec<_>>());
}

#[test]
fn whoever_proposed_it_takes_it_back_and_nobody_else() {
    let mut story = Story::assigned("slow");
    let unit = person(3, UNIT, "staff");
    story.act("2026-10-08T09:00", &unit, "extend", &[]).expect("proposed");
    assert_eq!(takable_by(&story.file, &unit), ["extend"]);
    let take = Command::TakeBack { action: "extend".into() };
    let head = person(4, UNIT, "head");
    assert!(takable_by(&story.file, &head).is_empty());
    assert_eq!(story.command(&head, &take).err(), Some(Rule::NoProposal), "not another's");
    story.command(&unit, &take).expect("taken back");
    assert!(story.file.proposals.is_empty() && !story.file.runs("approval:extend"));
    assert_eq!(story.due("handle"), "2026-10-14", "the dates stay");
    assert_eq!(story.command(&unit, &take).err(), Some(Rule::NoProposal), "only once");
    story.act("2026-10-08T10:00", &unit, "extend", &[]).expect("and may propose again");
}
