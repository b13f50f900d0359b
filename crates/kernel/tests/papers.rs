//! What becomes of letters: served with proof, from which her time runs; void with a reason, and issued anew.

use kernel::calendar::Calendar;
use kernel::decide::{Actor, Command, Context, Decision, Opening, Post, decide, raise};
use kernel::directory::Directory;
use kernel::entry::{Act, Entry};
use kernel::file::CaseFile;
use kernel::form::{Filled, Given, Raw, check};
use kernel::ids::{BodyId, PersonId};
use kernel::mechanism::{DEEMED, Mechanism, RAISE};
use kernel::papers::VOID_REASON;
use kernel::refusal::{PaperRule, Rule};
use kernel::region::RegionCode;
use kernel::role::Relation;
use kernel::time::Timestamp;

const DESK: BodyId = BodyId(2);

struct Town;

impl Directory for Town {
    fn offices(&self, function: &str, _: &RegionCode) -> Vec<BodyId> {
        if function == "desk" { vec![DESK] } else { vec![] }
    }
    fn superior(&self, body: BodyId, _: Relation) -> Option<BodyId> {
        (body.0 > 1).then_some(BodyId(1))
    }
    fn under(&self, body: BodyId, ancestor: BodyId) -> bool {
        body == ancestor || ancestor.0 == 1
    }
    fn has(&self, _: BodyId, _: &str) -> bool {
        true
    }
    fn knows(&self, _: BodyId) -> bool {
        true
    }
}

const PACK: &str = r#"
mechanism = { id = "m", name = { zh = "事", en = "m" }, summary = { zh = "事", en = "m" }, door = "report", source = "T" }
[role]
desk = { name = { zh = "窗口", en = "desk" }, is = "office desk" }
above = { name = { zh = "上级", en = "above" }, is = "part_of of desk" }
[number]
decide = { value = "60d", source = "T", confidence = "design" }
serve = { value = "7d", source = "T", confidence = "design" }
deemed = { value = "30d", source = "T", confidence = "design" }
ask = { value = "15d", source = "T", confidence = "design" }
[field]
phone = { label = { zh = "电话", en = "phone" }, type = "phone", class = "sealed" }
caller = { label = { zh = "谁打的", en = "caller" }, type = "text", class = "handlers" }
not_to = { label = { zh = "不告诉", en = "not to" }, type = "bodies", class = "coded", withhold = true }
words = { label = { zh = "话", en = "words" }, type = "text", class = "handlers" }
how = { label = { zh = "怎样", en = "how" }, type = "choice", class = "coded", of = [{ id = "direct", zh = "当面", en = "direct" }, { id = "online", zh = "网上", en = "online" }, { id = "post", zh = "邮寄", en = "post" }, { id = "phone", zh = "电话", en = "phone" }] }
on = { label = { zh = "哪天", en = "on" }, type = "date", class = "coded" }
who = { label = { zh = "谁", en = "who" }, type = "text", class = "handlers" }
proof = { label = { zh = "凭证", en = "proof" }, type = "files", class = "handlers" }
agrees = { label = { zh = "同意", en = "agrees" }, type = "yes_no", class = "coded" }
[state]
new = { name = { zh = "新", en = "new" }, ring = "收到", holder = "desk" }
issued = { name = { zh = "作出", en = "issued" }, ring = "答复", holder = "desk" }
served = { name = { zh = "送达", en = "served" }, ring = "回话", holder = "raiser" }
done = { name = { zh = "完", en = "done" }, ring = "回话", end = true }
[action]
raise = { label = { zh = "提", en = "raise" }, said = { zh = "提", en = "raised" }, by = ["raiser"], to = "new", may = ["phone", "not_to"], letter = "receipt" }
decide = { label = { zh = "定", en = "decide" }, said = { zh = "定", en = "decided" }, in = ["new"], by = ["desk"], to = "issued", needs = ["words"], letter = "opinion", answers = true }
deliver = { label = { zh = "送", en = "deliver" }, said = { zh = "送", en = "delivered" }, in = ["issued"], by = ["desk"], to = "served", needs = ["how", "on"], may = ["who", "proof", "agrees", "caller"] }
try = { label = { zh = "没人接", en = "missed" }, said = { zh = "没人接", en = "missed" }, in = ["issued"], by = ["desk"], needs = ["caller"] }
deem = { label = { zh = "视为", en = "deem" }, said = { zh = "视为", en = "deemed" }, in = ["issued"], by = ["clock"], to = "served" }
lapsed = { label = { zh = "过", en = "over" }, said = { zh = "过", en = "over" }, in = ["served"], by = ["clock"], to = "done" }
[clock]
decide = { label = { zh = "定", en = "decide" }, owed_by = "desk", from = ["raise"], to = ["decide"], length = "decide", expiry = "above" }
serve = { label = { zh = "送", en = "serve" }, owed_by = "desk", from = ["decide"], to = ["deliver", "deem"], length = "serve", expiry = "above" }
deemed = { label = { zh = "视为", en = "deemed" }, window_of = "desk", from = ["decide"], to = ["deliver", "deem"], length = "deemed", silence = { zh = "视为", en = "deemed", then = "deem" } }
ask = { label = { zh = "问", en = "ask" }, window_of = "raiser", from = ["deliver", "deem"], to = ["lapsed"], length = "ask", silence = { zh = "过", en = "over", then = "lapsed" } }
[letter]
receipt = { name = { zh = "回执", en = "receipt" }, to = "raiser", from = "desk", series = { zh = "受", en = "R" }, template = "t" }
opinion = { name = { zh = "意见", en = "opinion" }, to = "raiser", from = "desk", series = { zh = "意", en = "O" }, template = "t", fields = ["words", "how"], serve = { by = "deliver", how = "how", on = "on", who = "who", proof = "proof", consent = "agrees", deemed = "deem", number = "phone", caller = "caller", tried = "try" } }
"#;

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

impl Story {
    /// A decision of 2 March that waits to be served.
    fn issued() -> Story {
        Story::raised(Filled::new())
    }

    fn raised(with: Filled) -> Story {
        let mechanism: Mechanism = toml::from_str(PACK).expect("reads");
        let calendar = Calendar::new("cn", Vec::new()).expect("a calendar");
        let mut s =
            Story { mechanism, calendar, entries: Vec::new(), file: CaseFile::default(), now: at("2026-03-01T09:00") };
        let her = Actor { raiser: true, ..Actor::default() };
        let opening = Opening { region: "990101".parse().expect("a region"), promise: None, version: "v".into() };
        let raised = raise(&s.context(), &her, opening, with, None).expect("raised");
        s.take(&raised);
        s.does("2026-03-02T09:00", "decide", &[("words", "维持。".into())]).expect("decided");
        s
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

    fn take(&mut self, decision: &Decision) {
        self.entries.extend(decision.entries.iter().cloned());
        self.file = decision.file.clone();
        let again = CaseFile::fold(&self.entries);
        assert_eq!(again, self.file, "folding gives the same file");
    }

    fn command(&mut self, time: &str, who: &Actor, command: &Command) -> Result<(), Rule> {
        self.now = at(time);
        let decision = decide(&self.context(), &self.file, who, command).map_err(|r| r.rule)?;
        self.take(&decision);
        Ok(())
    }

    fn does(&mut self, time: &str, action: &str, fields: &[(&str, serde_json::Value)]) -> Result<(), Rule> {
        let raw: Raw = fields.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
        let spec = &self.mechanism.action[action];
        let filled = check(&self.mechanism, spec, &raw, &self.file.facts, &Town).map_err(Rule::Fields)?;
        let command = Command::Act { action: action.into(), filled, occurred: None, part: None };
        self.command(time, &staff(1, DESK), &command)
    }

    fn void(&mut self, letter: u32, anew: Option<Filled>) -> Result<(), Rule> {
        let command = Command::Void { letter, body: DESK, reason: "写错了".into(), anew };
        self.command("2026-03-03T09:00", &staff(1, DESK), &command)
    }

    fn due(&self, clock: &str) -> Option<String> {
        self.file.clocks.get(clock).map(|c| c.dates.due.date().to_string())
    }
}

fn paper(rule: PaperRule) -> Result<(), Rule> {
    Err(Rule::Paper(rule))
}

fn words(text: &str) -> Filled {
    Filled::from([("words".to_owned(), Given::Text(text.to_owned()))])
}

#[test]
fn her_time_runs_from_the_day_on_which_it_was_served() {
    let mut s = Story::issued();
    let served = [("how", "post".into()), ("on", "2026-03-04".into())];
    s.does("2026-03-09T09:00", "deliver", &served).expect("served");
    let (by, service) = &s.file.papers.served[&2];
    assert_eq!((*by, service.how.as_str(), service.on.to_string().as_str()), (3, "post", "2026-03-04"));
    assert_eq!(s.due("ask").as_deref(), Some("2026-03-19"), "15 days after the 4th, recorded on the 9th");
}

#[test]
fn a_time_that_would_be_over_when_it_is_recorded_begins_then() {
    let mut s = Story::issued();
    let served = [("how", "post".into()), ("on", "2026-03-02".into())];
    s.does("2026-03-25T09:00", "deliver", &served).expect("served");
    assert_eq!(s.due("ask").as_deref(), Some("2026-04-09"));
}

#[test]
fn what_cannot_be_is_not_taken_down() {
    let mut s = Story::issued();
    let day = |from: &str, to: &str| PaperRule::Day { from: at(from).date(), to: at(to).date() };
    for on in ["2026-03-01", "2026-03-06"] {
        let served = s.does("2026-03-05T09:00", "deliver", &[("how", "direct".into()), ("on", on.into())]);
        assert_eq!(served, paper(day("2026-03-02T00:00", "2026-03-05T00:00")), "{on}");
    }
    for agrees in [None, Some(false)] {
        let mut fields = vec![("how", "online".into()), ("on", "2026-03-04".into())];
        fields.extend(agrees.map(|a| ("agrees", a.into())));
        assert_eq!(s.does("2026-03-05T09:00", "deliver", &fields), paper(PaperRule::Consent), "{agrees:?}");
    }
    let agreed = [("how", "online".into()), ("on", "2026-03-04".into()), ("agrees", true.into())];
    s.does("2026-03-05T09:00", "deliver", &agreed).expect("she agreed");
}

fn number() -> (String, Given) {
    ("phone".to_owned(), Given::Text("13800001234".to_owned()))
}

const CALLED: [(&str, &str); 3] = [("how", "phone"), ("on", "2026-03-04"), ("caller", "话务员，10 时 30 分")];

#[test]
fn a_call_goes_to_the_number_that_was_left() {
    let called = CALLED.map(|(k, v)| (k, v.into()));
    let mut none = Story::issued();
    assert_eq!(none.does("2026-03-04T11:00", "deliver", &called), paper(PaperRule::Number));
    assert_eq!(none.does("2026-03-04T11:00", "try", &called[2..]), paper(PaperRule::Number));
    let kept = Given::Coded(kernel::form::Coded::Bodies(vec![DESK]));
    let mut kept_from = Story::raised(Filled::from([number(), ("not_to".to_owned(), kept)]));
    assert_eq!(kept_from.does("2026-03-04T11:00", "deliver", &called), paper(PaperRule::Number));

    let mut s = Story::raised(Filled::from([number()]));
    s.does("2026-03-04T09:00", "try", &called[2..]).expect("recorded");
    assert!(s.file.papers.served.is_empty(), "nobody answered: nothing is served");
    assert_eq!((s.file.state.as_str(), s.due("ask")), ("issued", None));
    s.does("2026-03-04T11:00", "deliver", &called).expect("somebody answered");
    assert_eq!(s.file.papers.served[&2].1.how, "phone");
    assert_eq!(s.due("ask").as_deref(), Some("2026-03-19"));
}

#[test]
fn the_number_is_not_written_into_the_words() {
    let mut s = Story::raised(Filled::from([number()]));
    for words in ["拨了 13800001234", "138 0000 1234，本人接的", "８７６５４３２１"] {
        let typed = [("how", "phone".into()), ("on", "2026-03-04".into()), ("caller", words.into())];
        let refused = s.does("2026-03-04T11:00", "deliver", &typed);
        let Err(Rule::Fields(faults)) = refused else { panic!("{words}: {refused:?}") };
        assert_eq!(faults.iter().map(|f| (f.field.as_str(), f.code)).collect::<Vec<_>>(), [("caller", "number_typed")]);
    }
}

#[test]
fn a_way_may_ask_for_her_consent() {
    let mut s = Story::raised(Filled::from([number()]));
    let serve = s.mechanism.letter.get_mut("opinion").and_then(|l| l.serve.as_mut()).expect("it is served");
    serve.agreed = vec!["phone".into()];
    let mut called: Vec<(&str, serde_json::Value)> = CALLED.map(|(k, v)| (k, v.into())).into();
    assert_eq!(s.does("2026-03-04T11:00", "deliver", &called), paper(PaperRule::Consent));
    called.push(("agrees", true.into()));
    s.does("2026-03-04T11:00", "deliver", &called).expect("she agreed");
}

#[test]
fn what_could_not_be_served_counts_as_served_in_the_end() {
    let mut s = Story::issued();
    s.command("2026-04-03T09:00", &Actor::default(), &Command::Tick).expect("silence");
    assert_eq!(s.file.papers.served[&2].1.how, DEEMED);
    assert_eq!((s.file.state.as_str(), s.due("ask").as_deref()), ("served", Some("2026-04-16")));
}

#[test]
fn a_letter_that_has_to_be_served_is_void_only_with_another_in_its_place() {
    let mut s = Story::issued();
    assert_eq!(s.void(2, None), paper(PaperRule::Owed));
    s.void(2, Some(words("撤销。"))).expect("void and anew");
    let entry = s.entries.last().expect("an entry");
    assert_eq!((&entry.act, entry.letter.as_deref()), (&Act::Voided(2), Some("opinion")));
    let kept: Vec<&str> = entry.sealed.iter().map(|c| c.field.as_str()).collect();
    assert_eq!(kept, ["words", VOID_REASON]);
    assert_eq!((s.file.state.as_str(), s.due("serve").as_deref()), ("issued", Some("2026-03-09")), "it moves nothing");
    assert_eq!(s.file.papers.voided, [(2, 3)].into());
    assert_eq!(s.void(2, Some(Filled::new())), paper(PaperRule::Void));
    s.does("2026-03-04T09:00", "deliver", &[("how", "direct".into()), ("on", "2026-03-04".into())]).expect("served");
    assert!(s.file.papers.served.contains_key(&3) && !s.file.papers.served.contains_key(&2), "the new one is served");
    assert_eq!(s.void(3, Some(Filled::new())), paper(PaperRule::Served));
}

#[test]
fn only_who_issued_it_says_so_and_only_its_words_are_put_right() {
    let mut s = Story::issued();
    let command = |body| Command::Void { letter: 1, body, reason: "写错了".into(), anew: None };
    let refused = |r: Result<(), Rule>| matches!(r, Err(Rule::Role { .. }));
    assert!(refused(s.command("2026-03-03T09:00", &staff(2, BodyId(3)), &command(DESK))), "another body");
    assert!(refused(s.command("2026-03-03T09:00", &Actor { raiser: true, ..Actor::default() }, &command(DESK))));
    let mut auditor = staff(3, DESK);
    auditor.posts[0].role = "auditor".into();
    assert!(refused(s.command("2026-03-03T09:00", &auditor, &command(DESK))), "who checks does not work");
    assert_eq!(s.void(7, None), paper(PaperRule::Nothing));
    let other = Filled::from([
        ("who".to_owned(), Given::Text("不在函里".into())),
        ("how".to_owned(), Given::Coded(kernel::form::Coded::Code("post".into()))),
    ]);
    s.void(1, Some(other)).expect("the receipt needs no service");
    let entry = s.entries.last().expect("an entry");
    assert!(entry.facts.is_empty() && entry.sealed.iter().all(|c| c.field == VOID_REASON));
    assert!(s.file.proposals.is_empty() && s.file.state == "issued");
}

#[test]
fn what_she_wrote_herself_is_not_put_right_for_her() {
    let mut s = Story::issued();
    assert_eq!(s.mechanism.correctable("opinion"), ["words"], "a coded choice stays");
    s.mechanism.action.get_mut(RAISE).expect("raise").needs = vec!["words".into()];
    assert!(s.mechanism.correctable("opinion").is_empty(), "raised with it");
    s.mechanism.action.get_mut(RAISE).expect("raise").needs.clear();
    s.mechanism.action.get_mut("decide").expect("decide").by = vec!["raiser".into()];
    assert!(s.mechanism.correctable("opinion").is_empty(), "only she writes it");
}
