//! The first whole loop, through the use cases: raised, dispatched, signed, handled, answered, called back, rated; and what
//! everybody sees and does not see on the way.

mod side_by_side;
mod town;

use app::error::AppError;
use app::raise::Raising;
use app::viewer::{Shown, Viewer};
use kernel::ids::MatterId;
use kernel::refusal::Rule;
use town::{Town, form};

const MATTER: &str = "青禾社区东门外面那条消防通道，一到晚上就停满车。";

async fn raised(town: &Town) -> app::raise::Raised {
    let fields = [("what", MATTER.into()), ("name", "林女士".into()), ("phone", "13800000001".into())];
    town.raises("rapid-response", &fields).await.expect("raised")
}

/// Raised, dispatched to the street and signed.
async fn signed(town: &Town) -> MatterId {
    let id = raised(town).await.id;
    let fields = [("unit", town.body("柳巷街道")), ("urgency", "ordinary".into()), ("kind", "complaint".into())];
    town.acts("2026-09-28T22:52", &town.staff("operator"), id, "dispatch", &fields).await.expect("dispatched");
    town.acts("2026-09-29T09:00", &town.staff("street-staff"), id, "sign", &[]).await.expect("signed");
    id
}

fn refused(result: Result<app::act::Acted, AppError>) -> Rule {
    match result {
        Err(AppError::Refused(refusal, _)) => refusal.rule,
        other => panic!("not refused: {other:?}"),
    }
}

#[tokio::test]
async fn the_parking_story_from_the_phone_to_the_rating() {
    parking_story(Town::new("2026-09-28T22:46").await, 1).await;
}

#[tokio::test]
async fn the_parking_story_in_sm4_and_sm3() {
    let store = std::sync::Arc::new(store::MemoryStore::new());
    store::Store::put_setting(&*store, app::profile::SETTING, "sm").await.expect("a profile");
    parking_story(Town::serving("990101", store, "2026-09-28T22:46").await, 2).await;
}

/// The whole life of a matter, under the algorithms of this id.
async fn parking_story(town: Town, alg: u8) {
    let id = signed(&town).await;
    let street = town.staff("street-staff");
    town.acts("2026-09-29T15:40", &street, id, "contact", &[("note", "夜里十点以后最堵。".into())])
        .await
        .expect("contacted");
    let answer = [
        ("outcome", "partly".into()),
        ("answer", "已经划线，今晚起巡查。".into()),
        ("reason", "车挡下周才能装。".into()),
    ];
    town.acts("2026-10-09T16:00", &street, id, "feedback", &answer).await.expect("answered");
    let handler_calls = town.acts("2026-10-10T09:00", &street, id, "call_solved", &[]).await;
    assert!(matches!(refused(handler_calls), Rule::Role { .. }));
    town.acts("2026-10-10T10:00", &town.staff("callback"), id, "call_solved", &[]).await.expect("called back");
    let own = town.app.view(&town.raiser(id), id).await.expect("her own");
    assert_eq!(own.heard.as_deref(), Some("yes"));
    assert_eq!(own.title.as_deref(), Some("青禾社区东门外面那条消防通道，一到晚上就停满车"));
    assert!(own.answered_at.is_some() && own.ring == 5);
    assert!(own.actions.iter().any(|a| a.name == "still_unsolved"), "she may change her mind");
    town.clock.set(town::at("2026-11-10T09:00"));
    let cell = id.cell;
    assert_eq!(town.app.follow(cell).await.expect("a round").settled, 1);
    let own = town.app.view(&town.raiser(id), id).await.expect("her own");
    assert!(own.ended.is_some());
    town.acts("2026-11-10T10:00", &town.raiser(id), id, "rate", &[("satisfied", "satisfied".into())])
        .await
        .expect("rated");
    let verified = town.app.verify_cell(cell, &mut |_| {}).await.expect("verified");
    assert_eq!((verified.matters, verified.damage.len()), (1, 0), "{:?}", verified.damage);
    let entries = town.store.load(id).await.expect("read").expect("a matter").entries;
    let vault = town.store.vault(id).await.expect("read");
    assert!(entries.iter().all(|e| e.alg == alg) && vault.iter().all(|v| v.sealed.alg == alg));
}

#[tokio::test]
async fn a_due_date_explains_itself() {
    let town = Town::new("2026-09-28T22:46").await;
    let id = signed(&town).await;
    let view = town.app.view(&town.raiser(id), id).await.expect("her own");
    let reply = view.clocks.iter().find(|c| c.id == "reply").expect("the reply clock runs");
    assert_eq!(reply.due.date().to_string(), "2026-10-10", "five working days; 10 October is a make-up day");
    let words = reply.derivation.zh.join("\n");
    assert!(words.contains("国庆") && words.contains("10月10日"), "{words}");
    assert!(!reply.source.is_empty());
    let promised = view.promised_by.expect("promised");
    assert!(view.due_by.expect("due") <= promised && promised >= reply.due);
}

#[tokio::test]
async fn who_may_not_do_it_is_not_asked_to_fill_in_the_form() {
    let town = Town::new("2026-09-28T22:46").await;
    let id = raised(&town).await.id;
    let hers = Viewer::Code(id, Shown::Long);
    for (who, action) in [(&hers, "dispatch"), (&town.staff("operator"), "feedback")] {
        let refused = town.acts("2026-09-28T23:00", who, id, action, &[]).await;
        let Err(AppError::Refused(refusal, _)) = refused else { panic!("{action}: {refused:?}") };
        assert!(matches!(refusal.rule, Rule::Role { .. } | Rule::State { .. }), "{action}: {:?}", refusal.rule);
    }
    let empty = town.acts("2026-09-28T23:00", &town.staff("operator"), id, "dispatch", &[]).await;
    assert!(matches!(empty, Err(AppError::Refused(r, _)) if matches!(r.rule, Rule::Fields(_))), "she who may is");
}

#[tokio::test]
async fn what_may_not_be_known_is_not_there() {
    let town = Town::new("2026-09-28T22:46").await;
    let raised = raised(&town).await;
    let id = raised.id;
    let hidden = |r: Result<app::view::MatterView, AppError>| matches!(r, Err(AppError::NotFound));
    assert!(hidden(town.app.view(&Viewer::Public, id).await));
    assert!(hidden(town.app.view(&town.staff("community-worker"), id).await));
    assert!(hidden(town.app.view(&town.staff("admin"), id).await), "who looks after the system reads nothing");
    let short = town.app.view(&Viewer::Code(id, Shown::Short), id).await.expect("progress");
    assert!(short.title.is_none() && short.actions.is_empty() && short.facts.is_empty() && short.looks.is_empty());
    assert!(short.entries.iter().all(|e| e.fields.is_empty()));
    let json = serde_json::to_string(&short).expect("json");
    assert!(!json.contains("消防") && !json.contains("林女士") && !json.contains("13800000001"), "{json}");
    let operator = town.app.view(&town.staff("operator"), id).await.expect("the holder reads");
    let json = serde_json::to_string(&operator).expect("json");
    assert!(json.contains("消防通道") && !json.contains("林女士") && !json.contains("13800000001"));
    let audit = town.app.view(&town.staff("auditor"), id).await.expect("the chain");
    assert!(!serde_json::to_string(&audit).expect("json").contains("消防"));
}

#[tokio::test]
async fn a_sealed_field_opens_with_a_reason_that_she_sees() {
    let town = Town::new("2026-09-28T22:46").await;
    let id = signed(&town).await;
    let street = town.staff("street-staff");
    let view = town.app.view(&street, id).await.expect("the handler reads");
    let phone = view.sealed.iter().find(|s| s.field == "phone").expect("sealed");
    assert!(phone.may_open);
    assert!(town.app.open_sealed(&street, id, phone.seq, "phone", " ").await.is_err(), "no reason, no look");
    let value = town.app.open_sealed(&street, id, phone.seq, "phone", "打电话核实").await.expect("opened");
    assert_eq!(value, "13800000001");
    let own = town.app.view(&town.raiser(id), id).await.expect("her own");
    let look = own.looks.iter().find(|l| !l.fields.is_empty()).expect("recorded");
    assert_eq!((look.reason.as_str(), look.fields.len()), ("打电话核实", 1));
    assert!(look.body.as_ref().is_some_and(|b| b.name.zh == "柳巷街道"));
    let other = town.app.open_sealed(&town.staff("community-worker"), id, phone.seq, "phone", "好奇").await;
    assert!(matches!(other, Err(AppError::NotFound)));
}

#[tokio::test]
async fn the_codes_show_what_they_should() {
    let town = Town::new("2026-09-28T22:46").await;
    let raised = raised(&town).await;
    let shown = |v: Viewer| match v {
        Viewer::Code(_, shown) => shown,
        _ => panic!("a code"),
    };
    let (number, short, long) = (&raised.number, &raised.query_code, &raised.long_code);
    assert_eq!(shown(town.app.show_code(number, short, None, 1).await.expect("short")), Shown::Short);
    assert_eq!(shown(town.app.show_code(number, long, None, 1).await.expect("long")), Shown::Long);
    assert_eq!(shown(town.app.show_code(number, short, Some("0001"), 1).await.expect("with tail")), Shown::Long);
    assert!(town.app.show_code(number, short, Some("0002"), 1).await.is_err());
    for _ in 0..6 {
        assert!(town.app.show_code(number, "00000 00000", None, 2).await.is_err());
    }
    let waits = town.app.show_code(number, short, None, 2).await;
    assert!(matches!(waits, Err(AppError::WrongCode { wait }) if wait > 0), "who guesses waits");
    assert!(town.app.show_code(number, short, None, 3).await.is_ok(), "and locks nobody else out");
}

#[tokio::test]
async fn guessing_the_last_digits_of_the_phone_is_slowed_although_the_short_code_is_right() {
    let town = Town::new("2026-09-28T22:46").await;
    let raised = raised(&town).await;
    let (number, short) = (&raised.number, &raised.query_code);
    for n in 0..6 {
        let tail = format!("{:04}", 9000 + n);
        assert!(town.app.show_code(number, short, Some(&tail), 1).await.is_err());
        town.app.show_code(number, short, None, 1).await.expect("progress stays open");
    }
    let waits = town.app.show_code(number, short, Some("0001"), 1).await;
    assert!(matches!(waits, Err(AppError::WrongCode { wait }) if wait > 0), "{:?}", waits.is_ok());
}

#[tokio::test]
async fn the_same_key_is_the_same_matter_and_another_body_is_refused() {
    let town = Town::new("2026-09-28T22:46").await;
    let raising = |what: &str| Raising {
        mechanism: "rapid-response".into(),
        region: "990101001001".parse().expect("a region"),
        fields: form(&[("what", what.into())]),
        occurred: None,
        idempotency_key: Some("k1".into()),
    };
    let first = town.app.raise(&Viewer::Public, raising("路灯坏了")).await.expect("raised");
    let again = town.app.raise(&Viewer::Public, raising("路灯坏了")).await.expect("the same");
    assert_eq!((first.id, &first.receipt, &first.query_code), (again.id, &again.receipt, &again.query_code));
    assert!(again.again && !first.again);
    let other = town.app.raise(&Viewer::Public, raising("别的事")).await;
    assert!(matches!(other, Err(AppError::KeyReused)));
}

#[tokio::test]
async fn an_installation_of_a_province_finds_its_numbers_again() {
    let town = Town::serving("99", std::sync::Arc::new(store::MemoryStore::new()), "2026-09-28T22:46").await;
    let raised = raised(&town).await;
    assert!(raised.number.starts_with('C') && raised.number.contains("-2026-"), "{}", raised.number);
    assert_eq!(town.app.by_number(&raised.number).await.expect("found"), raised.id);
    let shown = town.app.show_code(&raised.number, &raised.query_code, None, 1).await;
    assert!(matches!(shown, Ok(Viewer::Code(id, Shown::Short)) if id == raised.id));
}

#[tokio::test]
async fn the_receipt_is_genuine_and_nothing_else_is() {
    let town = Town::new("2026-09-28T22:46").await;
    let raised = raised(&town).await;
    let key = app::note::VerifierKey::parse(&town.app.verifier_key()).expect("a key");
    let receipt = app::receipt::check(&raised.receipt, &key).expect("genuine");
    assert_eq!(receipt.number, raised.number);
    let forged = raised.receipt.replace("2026-09-28", "2026-09-27");
    assert!(app::receipt::check(&forged, &key).is_err());
}

#[tokio::test]
async fn rebuilding_gives_what_was_there_byte_for_byte() {
    let town = Town::new("2026-09-28T22:46").await;
    let id = signed(&town).await;
    raised(&town).await;
    town.app.follow(id.cell).await.expect("a round");
    let before = (town.store.find_matter(id).await.expect("row"), town.store.derived(id).await.expect("derived"));
    let query = || store::CounterQuery::everything(id.cell);
    let counters = town.store.counters(query()).await.expect("counters");
    assert!(!counters.is_empty());
    assert_eq!(town.app.rebuild_cell(id.cell, &mut |_| {}).await.expect("rebuilt"), 2);
    let after = (town.store.find_matter(id).await.expect("row"), town.store.derived(id).await.expect("derived"));
    assert_eq!(before, after);
    assert_eq!(counters, town.store.counters(query()).await.expect("counters"));
    assert!(town.app.verify_cell(id.cell, &mut |_| {}).await.expect("verified").damage.is_empty());
}

#[tokio::test]
async fn search_finds_every_piece_of_the_words_for_those_who_may_read() {
    let town = Town::new("2026-09-28T22:46").await;
    let id = signed(&town).await;
    town.app.follow(id.cell).await.expect("merged");
    let Viewer::Staff(operator) = town.staff("operator") else { panic!("staff") };
    let Viewer::Staff(stranger) = town.staff("community-worker") else { panic!("staff") };
    for words in ["消防通道", "停满车", "东", "青禾 停满"] {
        assert_eq!(town.app.search(&operator, words, 10).await.expect("found").len(), 1, "{words}");
        assert!(town.app.search(&stranger, words, 10).await.expect("nothing").is_empty(), "{words}");
    }
    assert!(town.app.search(&operator, "林女士", 10).await.expect("nothing").is_empty(), "no search by name");
    assert!(town.app.search(&operator, "道通防消", 10).await.expect("nothing").is_empty());
}

#[tokio::test]
async fn the_lists_follow_the_matter() {
    let town = Town::new("2026-09-28T22:46").await;
    let id = raised(&town).await.id;
    let Viewer::Staff(operator) = town.staff("operator") else { panic!("staff") };
    let Viewer::Staff(street) = town.staff("street-staff") else { panic!("staff") };
    assert_eq!(town.app.lane_counts(&operator).await.expect("counts").mine, 1);
    let fields = [("unit", town.body("柳巷街道")), ("urgency", "ordinary".into()), ("kind", "complaint".into())];
    town.acts("2026-09-28T22:52", &town.staff("operator"), id, "dispatch", &fields).await.expect("dispatched");
    let counts = town.app.lane_counts(&operator).await.expect("counts");
    assert_eq!((counts.mine, counts.others), (0, 1));
    let mine = town.app.list(&street, &Default::default()).await.expect("a list");
    assert_eq!(mine.len(), 1);
    assert!(mine[0].title.as_deref().is_some_and(|t| t.contains("消防通道")));
}

#[tokio::test]
async fn an_accusation_is_not_there_for_the_body_complained_about() {
    let town = Town::new("2026-09-28T10:00").await;
    let fields = [
        ("kind", "accusation".into()),
        ("request", "请查一查".into()),
        ("facts", "柳巷街道有人收钱办事。".into()),
        ("name", "某女士".into()),
        ("address", "柳巷一号".into()),
        ("phone", "13800000002".into()),
        ("complained", serde_json::json!([town.body("柳巷街道")])),
    ];
    let id = town.raises("petition", &fields).await.expect("raised").id;
    for inside in ["street-staff", "street-head"] {
        assert!(matches!(town.app.view(&town.staff(inside), id).await, Err(AppError::NotFound)), "{inside}");
        let Viewer::Staff(staff) = town.staff(inside) else { panic!("staff") };
        assert!(town.app.search(&staff, "收钱办事", 10).await.expect("nothing").is_empty());
    }
    let office = town.app.view(&town.staff("petition-office"), id).await.expect("the office reads");
    assert!(office.actions.iter().any(|a| a.name == "to_discipline"));
    let counters = |shielded| {
        let town = &town;
        async move {
            let query = store::CounterQuery { shielded, ..store::CounterQuery::everything(id.cell) };
            town.store.counters(query).await.expect("counters")
        }
    };
    assert!(counters(false).await.is_empty(), "the public book does not know of it");
    assert!(!counters(true).await.is_empty());
}
