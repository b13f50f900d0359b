//! Other matters, as a story: children are asked for, come and end; links, plans, places and published words. Every step
//! comes twice and is written once.

use kernel::calendar::Calendar;
use kernel::decide::{Actor, Command, Context, Decision, Opening, Post, decide, possible_for, raise, raise_from};
use kernel::directory::Directory;
use kernel::entry::{Act, By, Entry};
use kernel::file::CaseFile;
use kernel::form::{Coded, Given};
use kernel::ids::{BodyId, Cell, MatterId, PersonId};
use kernel::kin::{Kin, LinkKind, Origin, Step};
use kernel::mechanism::Mechanism;
use kernel::refusal::{Refusal, Rule};
use kernel::region::RegionCode;
use kernel::role::Relation;
use kernel::time::Timestamp;

struct Town;
impl Directory for Town {
    fn offices(&self, _: &str, _: &RegionCode) -> Vec<BodyId> {
        vec![BodyId(2)]
    }
    fn superior(&self, body: BodyId, _: Relation) -> Option<BodyId> {
        (body == BodyId(2)).then_some(BodyId(1))
    }
    fn under(&self, body: BodyId, ancestor: BodyId) -> bool {
        body == ancestor
    }
    fn has(&self, _: BodyId, _: &str) -> bool {
        true
    }
    fn knows(&self, _: BodyId) -> bool {
        true
    }
}

struct Story {
    m: Mechanism,
    calendar: Calendar,
    now: Timestamp,
    entries: Vec<Entry>,
}

const ONE: MatterId = MatterId { cell: Cell(990101), serial: 1 };
const TWO: MatterId = MatterId { cell: Cell(990101), serial: 2 };
const THREE: MatterId = MatterId { cell: Cell(990101), serial: 3 };

fn office() -> Actor {
    Actor { raiser: false, person: Some(PersonId(7)), posts: vec![Post { body: BodyId(2), role: "clerk".into() }] }
}

impl Story {
    fn new(places: i64) -> Story {
        let m = toml::from_str(include_str!("kin.toml")).expect("the fixture reads");
        let calendar = Calendar::new("cn", Vec::new()).expect("a calendar");
        let now = "2026-02-02T09:00".parse().expect("a time");
        let mut story = Story { m, calendar, now, entries: Vec::new() };
        let filled = [
            ("what".to_owned(), Given::Text("加一盏灯".into())),
            ("places".to_owned(), Given::Coded(Coded::Number(places))),
        ];
        let opening = Opening { region: "990101".parse().expect("a code"), promise: None, version: "v".into() };
        let who = Actor { raiser: true, ..Actor::default() };
        let decision = raise(&story.ctx(), &who, opening, filled.into(), None).expect("raised");
        story.entries = decision.entries;
        story
    }

    fn ctx(&self) -> Context<'_> {
        Context {
            mechanism: &self.m,
            calendar: &self.calendar,
            directory: &Town,
            now: self.now,
            seed: [7; 16],
            hash: kernel::chain::HashAlg::Sha256,
            outside: &kernel::outside::NOTHING,
        }
    }

    fn file(&self) -> CaseFile {
        CaseFile::fold(&self.entries)
    }

    fn try_it(&mut self, actor: &Actor, command: Command) -> Result<usize, Refusal> {
        self.now = self.now.plus_hours(1);
        let file = self.file();
        let Decision { entries, file: after, .. } = decide(&self.ctx(), &file, actor, &command)?;
        let n = entries.len();
        for entry in entries {
            let json = serde_json::to_string(&entry).expect("writes");
            assert_eq!(serde_json::from_str::<Entry>(&json).expect("reads"), entry, "{json}");
            self.entries.push(entry);
        }
        assert_eq!(self.file(), after, "the fold is what was decided");
        Ok(n)
    }

    fn act(&mut self, action: &str) -> Result<usize, Refusal> {
        let filled = self.m.action[action].needs.iter().map(|f| (f.clone(), Given::Text("字".into()))).collect();
        self.try_it(&office(), Command::Act { action: action.into(), filled, occurred: None, part: None })
    }

    fn step(&mut self, step: Step) -> usize {
        self.try_it(&Actor::default(), Command::Kin(step)).expect("a step is never refused here")
    }

    fn child(&self) -> Option<String> {
        self.file().facts.get("child(order)").map(|c| c.as_code().into_owned())
    }
}

#[test]
fn a_child_comes_and_ends_and_the_parent_goes_on_with_what_it_brought() {
    let mut s = Story::new(0);
    assert_eq!(s.child(), None);
    s.act("convert").expect("done");
    assert_eq!(s.child().as_deref(), Some("open"));
    let seq = s.file().seq;
    assert_eq!(s.step(Step::Raised { seq, matter: ONE }), 1);
    assert_eq!(s.step(Step::Raised { seq, matter: TWO }), 0, "told twice, written once");
    assert_eq!(s.file().kin.children[0].matter, Some(ONE));
    let open = possible_for(&s.ctx(), &s.file(), &office());
    assert!(!open.contains(&"answer") && !open.contains(&"convert"), "{open:?}");
    let facts = [("result".to_owned(), Coded::Code("built".into())), ("other".to_owned(), Coded::Number(3))];
    assert_eq!(s.step(Step::Ended { matter: TWO, facts: facts.clone().into() }), 0, "no child of this matter");
    assert_eq!(s.step(Step::Ended { matter: ONE, facts: facts.clone().into() }), 2);
    assert_eq!(s.step(Step::Ended { matter: ONE, facts: facts.into() }), 0);
    let file = s.file();
    assert_eq!((file.state.as_str(), s.child().as_deref()), ("back", Some("ended")));
    assert_eq!(file.facts.get("outcome"), Some(&Coded::Code("built".into())));
    assert!(!file.facts.contains_key("other") && file.runs("wait"));
    s.act("answer").expect("possible again");
}

#[test]
fn what_a_child_does_is_told_once_in_its_order_and_the_parent_goes_on_where_it_can() {
    let mut s = Story::new(0);
    let fact = |v: &str| [("mood".to_owned(), Coded::Code(v.into())), ("other".to_owned(), Coded::Number(3))];
    let word = |matter, seq, did: &str, v: &str| Step::Told { matter, seq, did: did.into(), facts: fact(v).into() };
    assert_eq!(s.step(word(ONE, 2, "agree", "calm")), 0, "no child of this matter");
    assert_eq!(s.step(Step::Came { child: "side".into(), matter: ONE }), 1);
    assert_eq!(s.step(Step::Came { child: "side".into(), matter: ONE }), 0);
    assert_eq!(s.step(word(ONE, 2, "refuse", "calm")), 0, "nobody asked to be told of that");
    assert_eq!(s.step(word(ONE, 3, "agree", "calm")), 2);
    let file = s.file();
    assert_eq!((file.state.as_str(), file.facts.get("outcome")), ("back", Some(&Coded::Code("calm".into()))));
    assert!(!file.facts.contains_key("other"), "only what is brought");
    assert_eq!(s.step(word(ONE, 3, "agree", "calm")), 0, "carried twice, written once");
    assert_eq!(s.step(word(ONE, 2, "agree", "angry")), 0, "an older word comes too late to change anything");
    // It is not possible any more: the word stays, with what it brings, and nothing follows.
    assert_eq!(s.step(word(ONE, 5, "agree", "angry")), 1);
    let (file, last) = (s.file(), s.entries.last().expect("there").act.clone());
    assert!(matches!(last, Act::Kin(Kin::Told { alone: true, seq: 5, .. })), "{last:?}");
    assert_eq!((file.state.as_str(), file.facts.get("outcome")), ("back", Some(&Coded::Code("angry".into()))));
    assert_eq!(s.step(Step::Ended { matter: ONE, facts: fact("calm").into() }), 1);
    assert_eq!(s.step(word(ONE, 9, "add", "calm")), 0, "it has ended");
}

#[test]
fn what_is_done_where_it_came_from_is_heard_once_in_its_order_with_what_was_handed_over() {
    let mut s = Story::new(0);
    let words = |text: &str| [("what".to_owned(), Given::Text(text.into()))].into();
    let word = |matter, seq, then: &str, text: &str| Step::Heard { matter, seq, then: then.into(), given: words(text) };
    assert_eq!(s.step(word(ONE, 3, "back", "x")), 0, "that does not wait for a word");
    assert_eq!(s.step(word(ONE, 3, "draft_came", "两家一家一半")), 2);
    let last = s.entries.last().expect("there").clone();
    assert_eq!((last.by, last.sealed[0].field.as_str()), (By::Clock, "what"), "sealed beside it, under its own field");
    assert_eq!(s.step(word(ONE, 3, "draft_came", "两家一家一半")), 0, "carried twice, written once");
    assert_eq!(s.step(word(ONE, 2, "draft_came", "older")), 0, "an older word comes too late");
    let bare = Step::Heard { matter: ONE, seq: 5, then: "draft_came".into(), given: Default::default() };
    assert_eq!(s.step(bare), 1, "without what it needs the word alone stays");
    assert!(matches!(s.entries.last().expect("there").act, Act::Kin(Kin::Heard { alone: true, seq: 5, .. })));
}

#[test]
fn a_child_that_cannot_be_raised_leaves_the_parent_free_to_ask_again() {
    let mut s = Story::new(0);
    s.act("convert").expect("done");
    let seq = s.file().seq;
    assert_eq!(s.step(Step::NotRaised { seq, rule: "not_offered".into() }), 1);
    assert_eq!(s.step(Step::Raised { seq, matter: ONE }), 0, "it was said that it could not be");
    assert_eq!(s.child(), None);
    assert_eq!(s.file().kin.children[0].refused.as_deref(), Some("not_offered"));
}

#[test]
fn links_are_written_by_whoever_holds_the_matter_and_taken_back() {
    let mut s = Story::new(0);
    let link = |on, by| Command::Kin(Step::Link { kind: LinkKind::Same, other: ONE, on, by });
    let stranger = Actor { person: Some(PersonId(9)), ..Actor::default() };
    for who in [stranger, Actor { raiser: true, ..Actor::default() }] {
        let refused = s.try_it(&who, link(true, None)).expect_err("may not");
        assert_eq!(refused.rule, Rule::Role { roles: vec!["office".into()] });
    }
    assert_eq!(s.try_it(&office(), link(true, None)).expect("may"), 1);
    assert_eq!(s.try_it(&office(), link(true, None)).expect("may"), 0);
    assert!(s.file().kin.links.contains(&(LinkKind::Same, ONE)));
    // The other file is told by whom.
    let by = By::Post { person: PersonId(9), body: BodyId(3) };
    assert_eq!(s.try_it(&Actor::default(), link(false, Some(by))).expect("told"), 1);
    assert!(s.file().kin.links.is_empty());
    assert_eq!(s.entries.last().map(|e| e.by), Some(by));
}

#[test]
fn places_are_taken_until_there_are_none_and_given_back() {
    let mut s = Story::new(2);
    let take = |taker| Command::Kin(Step::Take { action: "book".into(), taker });
    for (taker, n) in [(ONE, 1), (ONE, 0), (TWO, 1)] {
        assert_eq!(s.try_it(&Actor::default(), take(taker)).expect("a place"), n);
    }
    let refused = s.try_it(&Actor::default(), take(THREE)).expect_err("full");
    assert_eq!((refused.rule.code(), refused.rule), ("full", Rule::Full { places: 2 }));
    assert_eq!(s.step(Step::GiveBack { taker: ONE }), 1);
    assert_eq!(s.step(Step::GiveBack { taker: ONE }), 0);
    assert_eq!(s.try_it(&Actor::default(), take(THREE)).expect("free again"), 1);
    assert_eq!(s.file().counts.get("book"), Some(&3));
    s.act("convert").expect("done");
    let refused = s.try_it(&Actor::default(), take(ONE)).expect_err("no longer");
    assert_eq!(refused.rule.code(), "state");
}

#[test]
fn whoever_gives_up_gives_the_place_back() {
    let mut s = Story::new(0);
    let origin = Origin { takes: vec![ONE], ..Origin::default() };
    let opening = Opening { region: "990101".parse().expect("a code"), promise: None, version: "v".into() };
    let what = [("what".to_owned(), Given::Text("来谈谈".into()))];
    s.entries = raise_from(&s.ctx(), By::Raiser, opening, origin, what.into(), None).expect("raised").entries;
    assert!(s.file().kin.holds.contains(&ONE));
    let who = Actor { raiser: true, ..Actor::default() };
    s.try_it(&who, Command::Act { action: "withdraw".into(), filled: Default::default(), occurred: None, part: None })
        .expect("withdrawn");
    assert_eq!(s.entries.last().map(|e| e.beyond.frees.clone()), Some(vec![ONE]));
    assert!(s.file().kin.holds.is_empty());
}

#[test]
fn words_are_published_and_taken_back() {
    let mut s = Story::new(0);
    s.act("publish").expect("done");
    let published = s.file().kin.published.map(|p| (p.seq, p.field));
    assert_eq!(published, Some((2, "public_text".into())));
    s.act("unpublish").expect("done");
    assert_eq!(s.file().kin.published, None);
    assert_eq!(s.entries.len(), 3, "the entries stay");
}

#[test]
fn a_plan_goes_on_after_the_end_until_it_is_stopped() {
    let mut s = Story::new(0);
    s.act("enact").expect("done");
    let since = s.file().kin.plans["yearly"].since;
    let day = s.m.plan["yearly"].next_after(since, since).expect("a day");
    assert_eq!(day.to_string(), "2027-02-02");
    let planned = |matter| Step::Planned { plan: "yearly".into(), day, matter };
    assert_eq!((s.step(planned(ONE)), s.step(planned(TWO))), (1, 0));
    assert!(matches!(s.entries.last().map(|e| &e.act), Some(Act::Kin(Kin::Planned { matter: ONE, .. }))));
    s.act("repeal").expect("done");
    assert!(s.file().kin.plans.is_empty());
    assert_eq!(s.step(planned(THREE)), 0);
}

#[test]
fn who_they_are_goes_first_and_nobody_writes_it_there_again() {
    let mut s = Story::new(0);
    let kept = kernel::mechanism::Retention {
        after_end: Some("wait".into()),
        identity: Some("within".into()),
        archive: None,
        source: "test".into(),
    };
    s.m.retention = Some(kept);
    let name = kernel::mechanism::Field { class: kernel::ids::Class::Sealed, ..s.m.field["what"].clone() };
    s.m.field.insert("name".into(), name);
    s.m.action.get_mut("repeal").expect("there").may = vec!["name".into()];
    s.act("enact").expect("done");
    let day = |at: Option<Timestamp>| at.expect("a day").date().to_string();
    let keeping = s.file().keeping;
    assert_eq!((day(keeping.identity_until), day(keeping.until)), ("2026-02-05".into(), "2026-02-12".into()));
    let words = kernel::text::Text::new("到期", "over");
    assert_eq!(s.step(Step::EraseIdentity { words: words.clone() }), 1);
    assert_eq!(s.step(Step::EraseIdentity { words: words.clone() }), 0, "once");
    let file = s.file();
    assert!(file.keeping.anonymous() && file.keeping.erased.is_none() && file.keeping.titled());
    let with = |name: Option<&str>| {
        let filled = name.map(|n| ("name".to_owned(), Given::Text(n.into()))).into_iter().collect();
        Command::Act { action: "repeal".into(), filled, occurred: None, part: None }
    };
    let refused = s.try_it(&office(), with(Some("阮女士"))).expect_err("its key is gone");
    assert_eq!(refused.rule, Rule::Ended);
    assert_eq!(s.try_it(&office(), with(None)), Ok(1), "what names nobody goes on");
    assert_eq!(s.step(Step::Erase { by: None, ground: "retention".into(), words }), 1, "then the rest");

    // Not shorter than the rest: everything goes at once.
    let mut s = Story::new(0);
    let kept = |id: &str| Some(id.to_owned());
    let same = kernel::mechanism::Retention {
        after_end: kept("wait"),
        identity: kept("wait"),
        archive: None,
        source: "test".into(),
    };
    s.m.retention = Some(same);
    s.act("enact").expect("done");
    assert!(s.file().keeping.until.is_some() && s.file().keeping.identity_until.is_none());
}
