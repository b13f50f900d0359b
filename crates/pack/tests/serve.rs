//! Letters that are served: every way of proving it less, or of letting her time run from something else, is refused by the
//! rule that it breaks; a region may not ask for less.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use kernel::mechanism::{Action, Clock, Mechanism, Serve};
use pack::check::check;
use pack::finding::Rule;
use pack::packs::PackSet;

type Change = fn(&mut Mechanism);

fn base() -> Mechanism {
    (*PackSet::embedded().effective("petition", &"990101001001".parse().unwrap()).expect("reads")).clone()
}

fn act<'a>(m: &'a mut Mechanism, id: &str) -> &'a mut Action {
    m.action.get_mut(id).unwrap()
}

fn clock<'a>(m: &'a mut Mechanism, id: &str) -> &'a mut Clock {
    m.clock.get_mut(id).unwrap()
}

fn serve(m: &mut Mechanism) -> &mut Serve {
    m.letter.get_mut("opinion").unwrap().serve.as_mut().unwrap()
}

fn only_when(m: &mut Mechanism, field: &str, guard: &str) {
    act(m, "deliver").needs_when.insert(field.into(), guard.parse().unwrap());
}

const MUTANTS: [(&str, Rule, Change); 27] = [
    ("an appeal from a letter that nobody serves", Rule::Answered, |m| {
        m.letter.get_mut("opinion").unwrap().serve = None;
    }),
    ("an appeal from the day of the letter", Rule::Answered, |m| {
        clock(m, "review_ask").from = vec!["opinion".into()];
    }),
    ("an appeal from a note", Rule::Answered, |m| clock(m, "review_ask").from.push("note".into())),
    ("another time of hers from the day of the letter", Rule::Answered, |m| {
        clock(m, "say").from.push("opinion".into());
    }),
    ("the appeal forgets what counts as served", Rule::Answered, |m| {
        clock(m, "review_ask").from.retain(|a| a != "deem_served");
    }),
    ("the appeal forgets the service", Rule::Answered, |m| clock(m, "review_ask").from.retain(|a| a != "deliver")),
    ("nobody owes the service", Rule::Clocked, |m| clock(m, "serve").from.clear()),
    ("the service does not end the owing", Rule::Clocked, |m| clock(m, "serve").to.retain(|a| a != "deliver")),
    ("never served and nothing follows", Rule::Clocked, |m| {
        clock(m, "deemed").silence.as_mut().unwrap().then = None;
    }),
    ("served by no such act", Rule::Sound, |m| serve(m).by = "nothing".into()),
    ("deemed by no such act", Rule::Sound, |m| serve(m).deemed = "nothing".into()),
    ("deemed by somebody", Rule::Sound, |m| act(m, "deem_served").by = vec!["handler".into()]),
    ("deemed to lead elsewhere", Rule::Sound, |m| act(m, "deem_served").to = Some("closed".into())),
    ("served by the person herself", Rule::Sound, |m| act(m, "deliver").by = vec!["raiser".into()]),
    ("served once somebody agrees", Rule::Sound, |m| act(m, "deliver").approval = Some("head".into())),
    ("served where it is not", Rule::Sound, |m| {
        let here = ["accepted".to_owned()];
        act(m, "deliver").states = here.clone().into();
        act(m, "deem_served").states = here.into();
    }),
    ("a way that there is not", Rule::Sound, |m| m.field.get_mut("delivered_by").unwrap().of[3].id = "pigeon".into()),
    ("no way asked for", Rule::Sound, |m| act(m, "deliver").needs.retain(|f| f != "delivered_by")),
    ("no day asked for", Rule::Sound, |m| act(m, "deliver").needs.retain(|f| f != "delivered_on")),
    ("the day in words", Rule::Sound, |m| serve(m).on = "received_by".into()),
    ("no proof at all", Rule::Sound, |m| drop(act(m, "deliver").needs_when.remove("delivery_proof"))),
    ("left without proof", Rule::Sound, |m| {
        only_when(m, "delivery_proof", "delivered_by in [online, post, notice]");
    }),
    ("proof only of some other thing", Rule::Sound, |m| only_when(m, "delivery_proof", "kind = appeal")),
    ("nobody took it", Rule::Sound, |m| drop(act(m, "deliver").needs_when.remove("received_by"))),
    ("posted to nobody", Rule::Sound, |m| only_when(m, "received_by", "delivered_by in [direct, left]")),
    ("online, whether she likes it or not", Rule::Sound, |m| serve(m).consent = None),
    ("the addressee is a body", Rule::Sound, |m| m.letter.get_mut("opinion").unwrap().to = "office".into()),
];

#[test]
fn every_mutant_is_refused_by_its_rule() {
    let base = base();
    assert_eq!(check(&base, None), [], "the control");
    let mut slipped = Vec::new();
    for (name, rule, change) in MUTANTS {
        let mut m = base.clone();
        change(&mut m);
        assert!(m != base, "{name} changes something");
        let found = check(&m, None);
        let ours = |path: &str| ["letter.opinion", "clock.", "field.delivered_by"].iter().any(|p| path.starts_with(p));
        if !found.iter().any(|f| f.rule == rule && ours(&f.path)) {
            slipped.push(format!("{name}: {found:?}"));
        }
    }
    assert!(slipped.is_empty(), "{slipped:#?}");
}

fn hotline() -> Mechanism {
    (*PackSet::embedded().effective("rapid-response", &"990101001001".parse().unwrap()).expect("reads")).clone()
}

fn told(m: &mut Mechanism) -> &mut Serve {
    m.letter.get_mut("not_dispatched").unwrap().serve.as_mut().unwrap()
}

fn told_when(m: &mut Mechanism, field: &str, guard: &str) {
    act(m, "tell_done").needs_when.insert(field.into(), guard.parse().unwrap());
}

const TOLD: [(&str, Rule, Change); 20] = [
    ("a refusal that says what to do against it, and is never served", Rule::Answered, |m| {
        m.letter.get_mut("not_dispatched").unwrap().serve = None;
    }),
    ("her time from the day of the refusal", Rule::Answered, |m| clock(m, "told_say").from.push("explain".into())),
    ("nobody is told which telephone", Rule::Sound, |m| told(m).number = None),
    ("a telephone that is open", Rule::Sound, |m| {
        m.field.get_mut("phone").unwrap().class = kernel::ids::Class::Handlers
    }),
    ("a telephone typed in again", Rule::Sound, |m| told(m).number = Some("called_by".into())),
    ("nobody called", Rule::Sound, |m| drop(act(m, "tell_done").needs_when.remove("called_by"))),
    ("the caller in no words", Rule::Sound, |m| told(m).caller = None),
    ("nobody answered the telephone", Rule::Sound, |m| {
        told_when(m, "received_by", "delivered_by in [direct, post, read]");
    }),
    ("a call that nobody answered is recorded nowhere", Rule::Sound, |m| told(m).tried = None),
    ("a call that nobody answered is no such act", Rule::Sound, |m| told(m).tried = Some("nothing".into())),
    ("a call that nobody answered serves", Rule::Sound, |m| act(m, "call_missed").to = Some("told".into())),
    ("a call that nobody answered, by nobody", Rule::Sound, |m| act(m, "call_missed").needs.clear()),
    ("a call that nobody answered, by herself", Rule::Sound, |m| act(m, "call_missed").by = vec!["raiser".into()]),
    ("a call that nobody answered, somewhere else", Rule::Sound, |m| {
        act(m, "call_missed").states = ["received".to_owned()].into();
    }),
    ("by telephone only where she agreed, and nobody asks", Rule::Sound, |m| told(m).agreed = vec!["phone".into()]),
    ("agreed to a way that there is not", Rule::Sound, |m| told(m).agreed = vec!["pigeon".into()]),
    ("read out before nobody", Rule::Sound, |m| drop(act(m, "tell_done").needs_when.remove("read_before"))),
    ("read out and not acknowledged", Rule::Sound, |m| told_when(m, "signed_as", "delivered_by = post")),
    ("acknowledged by a nod", Rule::Sound, |m| m.field.get_mut("signed_as").unwrap().of[1].id = "nod".into()),
    ("the witness is a file", Rule::Sound, |m| told(m).witness = Some("delivery_proof".into())),
];

#[test]
fn what_is_told_or_read_out_is_held_to_its_rules() {
    let base = hotline();
    assert_eq!(check(&base, None), [], "the control");
    let mut slipped = Vec::new();
    for (name, rule, change) in TOLD {
        let mut m = base.clone();
        change(&mut m);
        assert!(m != base, "{name} changes something");
        let found = check(&m, None);
        let ours = |path: &str| ["letter.", "clock.told_say", "field.signed_as"].iter().any(|p| path.starts_with(p));
        if !found.iter().any(|f| f.rule == rule && ours(&f.path)) {
            slipped.push(format!("{name}: {found:?}"));
        }
    }
    assert!(slipped.is_empty(), "{slipped:#?}");
}

#[test]
fn a_refusal_that_may_be_objected_to_is_served() {
    let served = [
        ("rapid-response", &["told_channel", "not_dispatched", "upheld"][..]),
        ("mediation", &["ended"]),
        ("public-suggestion", &["redirect", "merged_result", "declined", "kept"]),
        ("reception", &["written", "explained"]),
        ("personal-data-request", &["unproven", "not_ours", "restricted", "restricted_asked", "refused", "kept"]),
    ];
    for (id, letters) in served {
        let m = PackSet::embedded().effective(id, &"990101001001".parse().unwrap()).expect("reads");
        for letter in letters {
            let by = &m.letter[*letter].serve.as_ref().unwrap_or_else(|| panic!("{id}: {letter} is not served")).by;
            let hers = |c: &Clock| c.window_of.as_deref() == Some("raiser") && c.from.contains(by);
            assert!(m.clock.values().any(hers), "{id}: her time after {letter} runs from its service");
        }
    }
}

#[test]
fn a_region_asks_for_no_less() {
    let base = base();
    assert_eq!(check(&base, Some(&base)), [], "no looser than itself");
    let mut m = base.clone();
    m.letter.get_mut("rereview_opinion").unwrap().serve = None;
    assert!(check(&m, Some(&base)).iter().any(|f| f.rule == Rule::OverlaySafe && f.path.contains("serve")));
}

#[test]
fn the_guide_quotes_the_pack() {
    let guide = include_str!("../../../docs/pack-authoring.md");
    let file = include_str!("../../../packs/national/petition/mechanism.toml");
    let blocks: Vec<&str> = guide.split("```toml petition\n").skip(1).collect();
    assert_eq!(blocks.len(), 1);
    for block in blocks {
        let quoted = block.split("\n```").next().unwrap();
        assert!(file.contains(quoted), "the guide and the pack differ:\n{quoted}");
    }
}
