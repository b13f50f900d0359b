//! Comments on a draft that is out: anybody writes one from its page while its clock runs, gets a receipt, and is answered;
//! the draft does not go on before. Nothing of it may be done where nothing is published.

mod town;

use app::error::AppError;
use app::kin::PublishedPage;
use app::raise::Raised;
use app::viewer::Viewer;
use kernel::ids::MatterId;
use kernel::refusal::Rule;
use serde_json::Value;
use town::{Town, at, form};

const START: &str = "2026-03-02T09:00";

async fn drafted(town: &Town) -> MatterId {
    let committee = town.staff("community-worker");
    let fields = [("title", "养宠公约".into()), ("why", "电梯里的狗吓着孩子".into())];
    let id = town.raises("convention", &fields).await.expect("raised").id;
    let asked = [("asked", Value::from(118)), ("opinions", "怕、烦、难各有各的".into())];
    town.acts("2026-03-10T20:00", &committee, id, "collect", &asked).await.expect("collected");
    assert!(matches!(town.app.published_page(id, None).await, Err(AppError::NotFound)), "nothing is published yet");
    let studied = [("study_view", "养狗的、怕狗的都要听。".into())];
    town.acts("2026-03-12T09:00", &town.staff("party-branch"), id, "study", &studied).await.expect("studied");
    let draft = [("draft", "一、出门牵绳。".into())];
    town.acts("2026-03-16T09:00", &committee, id, "draft", &draft).await.expect("put out");
    id
}

async fn comment(town: &Town, on: MatterId, text: &str) -> Result<Raised, AppError> {
    town.app.raise_open(on, "comment", form(&[("comment", text.into())]), None).await
}

async fn page(town: &Town, id: MatterId) -> PublishedPage {
    town.app.follow(id.cell).await.expect("a round");
    town.app.published_page(id, None).await.expect("a page")
}

fn rule(error: AppError) -> &'static str {
    let AppError::Refused(refusal, _) = error else { panic!("{error:?}") };
    assert!(!matches!(refusal.rule, Rule::Fields(_)), "{:?}", refusal.rule);
    refusal.rule.code()
}

#[tokio::test]
async fn each_comment_has_a_receipt_and_an_answer_before_the_draft_goes_on() {
    let town = Town::new(START).await;
    let committee = town.staff("community-worker");
    let id = drafted(&town).await;
    let number = town.app.view(&committee, id).await.expect("seen").number;
    let shown = page(&town, id).await;
    assert_eq!((shown.view.words.as_str(), shown.open.len(), shown.came), ("一、出门牵绳。", 1, 0));
    let (_, fields) = town.app.open_form(id, "comment").await.expect("a form");
    let fields: Vec<&str> = fields.iter().map(|f| f.id.as_str()).collect();
    assert_eq!(fields, ["comment", "name", "phone"], "which draft, and who answers, is known");
    let first = comment(&town, id, "给狗留一块草地").await.expect("sent");
    let second = comment(&town, id, "夜里十点太早").await.expect("sent");
    assert!(!first.receipt.is_empty() && first.number != second.number);
    assert_eq!(page(&town, id).await.came, 2);
    // Whoever proposed the draft sees that they came, and is handed no code to what strangers wrote.
    let proposed = town.app.kin(&town.raiser(id), id).await.expect("hers").children;
    assert_eq!(proposed.len(), 2);
    assert!(proposed.iter().all(|c| c.code.is_none() && c.item.title.is_none()), "{proposed:?}");
    // It is hers: with her code she sees it and what it is about, and the committee has it to answer.
    let own = town.raiser(first.id);
    assert_eq!(town.app.kin(&own, first.id).await.expect("seen").parent.expect("the draft").item.number, number);
    assert_eq!(first.holder.expect("held").name.zh, "青禾社区");
    assert!(town.app.view(&town.staff("huaiyin-staff"), first.id).await.is_err());
    let answer = [("verdict", "adopted".into()), ("answer", "加了第二条".into())];
    town.acts("2026-03-18T09:00", &committee, first.id, "answer", &answer).await.expect("answered");
    let words = [("public_text", "留一块撒开绳的草地：采纳，写进第二条。".into())];
    town.acts("2026-03-18T09:10", &committee, first.id, "publish", &words).await.expect("published");
    let shown = page(&town, id).await;
    assert_eq!((shown.came, shown.answered, shown.children.len()), (2, 1, 1));
    assert!(!format!("{shown:?}").contains("给狗留一块草地"), "never what a person wrote");
    // The time is over; one is unanswered.
    town.clock.set(at("2026-04-02T09:00"));
    town.app.tick(id.cell, 100).await.expect("a round");
    assert!(matches!(comment(&town, id, "晚了一天").await, Err(AppError::NotFound)));
    assert!(page(&town, id).await.open.is_empty());
    let submit = [("draft", "一、出门牵绳。二、早晚可以撒开绳。".into()), ("changed", "加了第二条".into())];
    let refused = town.acts("2026-04-02T09:30", &committee, id, "submit", &submit).await.expect_err("one is open");
    assert_eq!(rule(refused), "guard");
    let answer = [("verdict", "not".into()), ("answer", "不改".into()), ("why", "多数人觉得十点合适".into())];
    town.acts("2026-04-02T10:00", &committee, second.id, "answer", &answer).await.expect("answered");
    town.app.follow(id.cell).await.expect("a round");
    town.acts("2026-04-02T10:30", &committee, id, "submit", &submit).await.expect("it goes on");
    let found = town.app.verify_cell(id.cell, &mut |_| {}).await.expect("verified");
    assert!(found.damage.is_empty(), "{:?}", found.damage);
}

#[tokio::test]
async fn the_same_sending_is_one_comment_and_an_empty_one_is_none() {
    let town = Town::new(START).await;
    let id = drafted(&town).await;
    let send = async || {
        town.app.raise_open(id, "comment", form(&[("comment", "绳子一米五".into())]), Some("once".into())).await
    };
    let (first, again) = (send().await.expect("sent"), send().await.expect("sent again"));
    assert_eq!((first.id, again.again), (again.id, true));
    assert_eq!(page(&town, id).await.came, 1);
    assert!(comment(&town, id, " ").await.is_err());
    // What the page fills in cannot be put there by whoever writes: who answers is the committee of the draft.
    let to = [("comment", "绳子一米五".into()), ("to", town.body("汀云区城市管理局"))];
    let sent = town.app.raise_open(id, "comment", form(&to), None).await.expect("sent");
    assert_eq!(sent.holder.expect("held").name.zh, "青禾社区");
    // Nobody goes round the page, and so round the time that it is open.
    let number = town.app.view(&town.raiser(id), id).await.expect("hers").number;
    let past = [("draft", number.into()), ("to", town.body("青禾社区")), ("comment", "绳子一米五".into())];
    assert!(matches!(town.raises("draft-comment", &past).await, Err(AppError::NotOffered { .. })));
    assert!(town.app.raise_open(id, "team", form(&[]), None).await.is_err(), "no other child is anybody's");
}

#[tokio::test]
async fn a_call_is_answered_from_its_own_page() {
    let town = Town::new(START).await;
    let office = town.staff("suggestion-office");
    let fields = [("topic", "公园怎么改".into()), ("call", "说说公园怎么改".into()), ("until", "2026-05-01".into())];
    let raising = app::raise::Raising {
        mechanism: "suggestion-call".into(),
        region: "990101".parse().expect("a region"),
        fields: form(&fields),
        occurred: None,
        idempotency_key: None,
    };
    let call = town.app.raise(&office, raising).await.expect("published");
    let fields = form(&[("topic", "加一张长椅".into()), ("measures", "东门放一张".into())]);
    let sent = town.app.raise_open(call.id, "suggestion", fields, None).await.expect("sent");
    assert_eq!(page(&town, call.id).await.came, 1);
    let chain = town.app.kin(&office, call.id).await.expect("seen").children;
    assert_eq!(chain.len(), 1);
    assert_eq!(chain[0].item.number, sent.number);
    let viewer = Viewer::Staff(match office {
        Viewer::Staff(s) => s,
        _ => panic!("nobody"),
    });
    assert_eq!(town.app.kin(&viewer, sent.id).await.expect("seen").parent.expect("the call").item.number, call.number);
}
