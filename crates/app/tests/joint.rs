//! From an order to joint action, through the packs of the binary: a whistle and a theme out of a hotline order, a mediation out
//! of a petition. The person's own matter goes on by its own dates, and she sees how far the rest is without a word of it.

mod town;

use app::act::Acting;
use app::error::AppError;
use app::kin::RelativeView;
use app::raise::Raised;
use app::viewer::Viewer;
use kernel::ids::MatterId;
use serde_json::{Value, json};
use town::Town;

const START: &str = "2026-06-01T09:00";

async fn ordered(town: &Town, unit: &str) -> Raised {
    let order =
        town.raises("rapid-response", &[("what", "北门外夜里停满车，救护车进不来".into())]).await.expect("raised");
    let with = [("unit", town.body(unit)), ("urgency", "complex".into()), ("kind", "complaint".into())];
    town.acts("2026-06-01T09:20", &town.staff("operator"), order.id, "dispatch", &with).await.expect("dispatched");
    order
}

fn whistle() -> [(&'static str, Value); 4] {
    [
        ("whistle", "project".into()),
        ("beyond", "several".into()),
        ("facts", "支路夜停六十一辆，划线三十八个".into()),
        ("spot", "北门外支路".into()),
    ]
}

async fn child(town: &Town, who: &Viewer, of: MatterId) -> RelativeView {
    let mut all = town.app.kin(who, of).await.expect("seen").children;
    assert_eq!(all.len(), 1);
    all.remove(0)
}

async fn id(town: &Town, of: &RelativeView) -> MatterId {
    town.app.by_number(&of.item.number).await.expect("there")
}

async fn state(town: &Town, who: &Viewer, id: MatterId) -> String {
    town.app.view(who, id).await.expect("seen").state
}

#[tokio::test]
async fn a_street_whistles_out_of_an_order_and_the_chain_is_seen_from_both_ends() {
    let town = Town::new(START).await;
    let (street, head, traffic) = (town.staff("street-staff"), town.staff("street-head"), town.staff("traffic"));
    let order = ordered(&town, "柳巷街道").await;
    town.acts("2026-06-01T10:00", &street, order.id, "sign", &[]).await.expect("signed");
    let due = town.app.view(&street, order.id).await.expect("seen").due_by;
    town.acts("2026-06-01T11:00", &street, order.id, "whistle", &whistle()).await.expect("whistled");
    town.app.follow(order.id.cell).await.expect("a round");
    let view = town.app.view(&street, order.id).await.expect("seen");
    assert_eq!((view.state.as_str(), view.due_by), ("joint", due), "her date stays");
    let found = child(&town, &street, order.id).await;
    assert!(found.item.title.as_deref().is_some_and(|t| t.contains("六十一辆")));
    let joint = id(&town, &found).await;
    let back = town.app.kin(&street, joint).await.expect("seen").parent.expect("what it came out of");
    assert_eq!(back.item.number, order.number);
    // She sees that it is under way and where it stands: no code to open it, and no word of it.
    let own = child(&town, &town.raiser(order.id), order.id).await;
    assert_eq!((own.code, own.item.title), (None, None));
    assert_eq!(own.item.holder.expect("held").name.zh, "柳巷街道");
    // Whoever is called reads the whistle and not what she wrote.
    let call = [
        ("units", json!([town.body("汀云区交警大队")])),
        ("lead", town.body("汀云区交警大队")),
        ("ask", "晚上八点到北门".into()),
        ("wanted", "2026-06-02".into()),
    ];
    town.acts("2026-06-01T12:00", &street, joint, "whistle", &call).await.expect("proposed");
    town.acts("2026-06-01T13:00", &head, joint, "approve:whistle", &[]).await.expect("approved");
    assert!(town.app.view(&traffic, joint).await.is_ok());
    assert!(town.app.view(&traffic, order.id).await.is_err());
    assert!(town.app.kin(&traffic, joint).await.expect("seen").parent.is_none());
    // It may be answered before the whistle is over.
    let answer = [("outcome", "partly".into()), ("answer", "交警先清了通道".into()), ("reason", "车位还要划".into())];
    town.acts("2026-06-03T10:00", &street, order.id, "feedback", &answer).await.expect("answered");
    assert!(town.app.verify_cell(joint.cell, &mut |_| {}).await.expect("verified").damage.is_empty());
}

#[tokio::test]
async fn the_end_of_a_whistle_brings_the_order_back_and_erasing_her_words_leaves_it_alone() {
    let town = Town::new(START).await;
    let street = town.staff("street-staff");
    let order = ordered(&town, "柳巷街道").await;
    town.acts("2026-06-01T10:00", &street, order.id, "sign", &[]).await.expect("signed");
    town.acts("2026-06-01T11:00", &street, order.id, "whistle", &whistle()).await.expect("whistled");
    town.app.follow(order.id.cell).await.expect("a round");
    let joint = id(&town, &child(&town, &street, order.id).await).await;
    town.acts("2026-06-01T12:00", &street, joint, "cancel", &[("note", "物业今天就清".into())]).await.expect("ended");
    for _ in 0..2 {
        town.app.follow(order.id.cell).await.expect("a round");
    }
    assert_eq!(state(&town, &street, order.id).await, "handling");
}

#[tokio::test]
async fn word_from_another_matter_does_not_cost_what_somebody_was_typing() {
    let town = Town::new(START).await;
    let (operator, street) = (town.staff("operator"), town.staff("street-staff"));
    let order = ordered(&town, "柳巷街道").await;
    let with = [("repeats", json!(46)), ("topic", "楼道里给电动车充电".into())];
    town.acts("2026-06-01T10:00", &operator, order.id, "propose_theme", &with).await.expect("proposed");
    let seen = u32::try_from(town.app.view(&street, order.id).await.expect("seen").entries.len()).expect("few");
    town.app.follow(order.id.cell).await.expect("a round");
    let sign = Acting { action: "sign".into(), seen: Some(seen), ..Acting::default() };
    let signed = town.app.act(&street, order.id, &sign).await;
    assert!(signed.is_ok(), "the theme's entry is aside: {signed:?}");
    // What somebody did is not: here her own signing, of which this page knows nothing.
    let whistle = Acting { action: "whistle".into(), seen: Some(seen + 1), ..Acting::default() };
    assert!(matches!(town.app.act(&street, order.id, &whistle).await, Err(AppError::Conflict)));
    let ahead = Acting { seen: Some(seen + 9), ..whistle.clone() };
    assert!(matches!(town.app.act(&street, order.id, &ahead).await, Err(AppError::Conflict)));
}

#[tokio::test]
async fn the_same_key_gives_the_same_answer_however_far_the_matter_went_since() {
    let town = Town::new(START).await;
    let street = town.staff("street-staff");
    let order = ordered(&town, "柳巷街道").await;
    let sign = Acting { action: "sign".into(), idempotency_key: Some("once".into()), ..Acting::default() };
    town.clock.set(town::at("2026-06-01T10:00"));
    let first = town.app.act(&street, order.id, &sign).await.expect("signed");
    assert!(first.entries > 0);
    town.acts("2026-06-01T11:00", &street, order.id, "whistle", &whistle()).await.expect("whistled");
    town.app.follow(order.id.cell).await.expect("a round");
    assert_ne!(state(&town, &street, order.id).await, first.state);
    let again = town.app.act(&street, order.id, &sign).await.expect("answered again");
    assert_eq!((again.state, again.entries), (first.state, first.entries));
}

#[tokio::test]
async fn a_department_cannot_whistle() {
    let town = Town::new(START).await;
    let department = town.staff("department");
    let order = ordered(&town, "汀云区城市管理局").await;
    town.acts("2026-06-01T10:00", &department, order.id, "sign", &[]).await.expect("signed");
    assert!(town.acts("2026-06-01T11:00", &department, order.id, "whistle", &whistle()).await.is_err());
    assert!(
        town.app.view(&town.staff("street-staff"), order.id).await.is_err(),
        "the street of the place reads nothing"
    );
}

#[tokio::test]
async fn the_hotline_proposes_a_theme_and_follows_it() {
    let town = Town::new(START).await;
    let operator = town.staff("operator");
    let order = ordered(&town, "柳巷街道").await;
    let with = [("repeats", json!(46)), ("topic", "楼道里给电动车充电".into())];
    town.acts("2026-06-01T10:00", &operator, order.id, "propose_theme", &with).await.expect("proposed");
    town.app.follow(order.id.cell).await.expect("a round");
    let found = child(&town, &operator, order.id).await;
    let theme = id(&town, &found).await;
    assert_eq!(state(&town, &town.staff("coordination"), theme).await, "proposed");
    let back = town.app.kin(&town.staff("coordination"), theme).await.expect("seen").parent.expect("the order");
    assert_eq!(back.item.number, order.number);
    let own = child(&town, &town.raiser(order.id), order.id).await;
    assert_eq!((own.code, own.item.title), (None, None));
}

#[tokio::test]
async fn a_count_from_links_is_no_larger_than_what_is_linked() {
    let town = Town::new(START).await;
    let (operator, office) = (town.staff("operator"), town.staff("coordination"));
    let order = ordered(&town, "柳巷街道").await;
    let with = [("repeats", json!(46)), ("topic", "楼道里给电动车充电".into())];
    town.acts("2026-06-01T10:00", &operator, order.id, "propose_theme", &with).await.expect("proposed");
    town.app.follow(order.id.cell).await.expect("a round");
    let theme = id(&town, &child(&town, &operator, order.id).await).await;
    let count = |n: i64, from: &str| {
        [("recount", json!(n)), ("counted_from", from.into()), ("scope", "楼道充电，全区，最近一年".into())]
    };
    let linked =
        |view: &app::view::MatterView| view.facts.iter().find(|f| f.field == "linked_n").map(|f| f.value.zh.clone());
    let refused = town.acts("2026-06-01T10:10", &office, theme, "recount", &count(1, "links")).await;
    let Err(app::error::AppError::Refused(refusal, _)) = refused else { panic!("nothing is linked yet") };
    assert!(format!("{:?}", refusal.rule).contains("more_than_linked"));
    // What was counted elsewhere is not held against the links; how many there are is counted all the same.
    town.acts("2026-06-01T10:20", &office, theme, "recount", &count(58, "several")).await.expect("counted");
    assert_eq!(linked(&town.app.view(&office, theme).await.expect("seen")).as_deref(), Some("0"));
    let other = ordered(&town, "柳巷街道").await;
    town.app.link(&office, theme, &other.number, kernel::kin::LinkKind::Theme, true).await.expect("linked");
    assert_eq!(town.app.kin(&office, theme).await.expect("seen").counted, [(kernel::kin::LinkKind::Theme, 1)]);
    town.acts("2026-06-01T10:30", &office, theme, "recount", &count(1, "links")).await.expect("one is linked");
    // The entry keeps the number: taking the link back changes nothing that was counted.
    town.app.link(&office, theme, &other.number, kernel::kin::LinkKind::Theme, false).await.expect("taken back");
    assert_eq!(linked(&town.app.view(&office, theme).await.expect("seen")).as_deref(), Some("1"));
    assert!(town.app.verify_cell(theme.cell, &mut |_| {}).await.expect("verified").damage.is_empty());
}

#[tokio::test]
async fn the_period_of_a_petition_runs_on_while_both_sides_are_mediated() {
    let town = Town::new("2026-03-02T09:00").await;
    let (street, mediator) = (town.staff("street-staff"), town.staff("mediator"));
    let fields = [
        ("kind", "appeal".into()),
        ("request", "请修复院墙".into()),
        ("facts", "修沟挖断了地基".into()),
        ("name", "林秀珍".into()),
        ("address", "青禾社区九号楼".into()),
    ];
    let petition = town.raises("petition", &fields).await.expect("raised");
    let transfer = [("unit", town.body("柳巷街道")), ("manner", "transfer".into())];
    let office = town.staff("petition-office");
    town.acts("2026-03-03T09:00", &office, petition.id, "transfer", &transfer).await.expect("sent");
    town.acts("2026-03-04T09:00", &street, petition.id, "accept", &[]).await.expect("accepted");
    let handle = async || {
        let view = town.app.view(&street, petition.id).await.expect("seen");
        let clock = view.clocks.iter().find(|c| c.id == "handle").expect("it runs");
        (view.state.clone(), clock.due, clock.suspended, clock.overdue)
    };
    let first = handle().await;
    assert_eq!((first.0.as_str(), first.2, first.3), ("accepted", false, false));
    let own = town.raiser(petition.id);
    let ask = [("dispute", "和施工队谈不拢".into()), ("dispute_kind", "damage".into())];
    town.acts("2026-03-05T09:00", &own, petition.id, "ask_mediation", &ask).await.expect("asked");
    town.app.follow(petition.id.cell).await.expect("a round");
    let found = child(&town, &own, petition.id).await;
    let mediation = id(&town, &found).await;
    // The other side gets a matter of its own, says yes in it, and the mediation begins: the petition's date stands where it stood.
    let fields = town::form(&[("dispute", found.item.number.clone().into()), ("gist", "请来谈谈院墙".into())]);
    let (mechanism, region) = ("mediation-side".into(), "990101001001".parse().expect("a code"));
    let raising = app::raise::Raising { mechanism, region, fields, occurred: None, idempotency_key: None };
    town.clock.set(town::at("2026-03-05T10:00"));
    let side = town.app.raise(&mediator, raising).await.expect("registered").id;
    let yes = [("mediator_choice", "accept".into())];
    town.acts("2026-03-05T20:00", &town.raiser(side), side, "agree", &yes).await.expect("said yes");
    for _ in 0..3 {
        town.app.follow(petition.id.cell).await.expect("a round");
    }
    let begin = [("chosen", "committee".into())];
    town.acts("2026-03-06T09:00", &mediator, mediation, "accept", &begin).await.expect("its yes is there by itself");
    assert_eq!(handle().await, first);
    // What is done in the mediation comes to the other side's own matter by itself: the beginning, the draft, written once.
    let rounds = async || {
        for _ in 0..3 {
            town.app.follow(petition.id.cell).await.expect("a round");
        }
    };
    rounds().await;
    let own = town.app.view(&town.raiser(side), side).await.expect("its own");
    assert_eq!((own.state.as_str(), own.letters.last().map(|l| l.id.as_str())), ("talking", Some("rights")));
    let terms = [("terms", "墙退十厘米，砖钱一家一半".into()), ("perform_by", "2026-06-30".into())];
    town.acts("2026-03-06T10:00", &mediator, mediation, "draft", &terms).await.expect("drafted once");
    rounds().await;
    let own = town.app.view(&town.raiser(side), side).await.expect("its own");
    let said = |field: &str| {
        own.entries.last().and_then(|e| e.fields.iter().find(|f| f.field == field).map(|f| f.value.zh.clone()))
    };
    assert_eq!((own.state.as_str(), said("terms").as_deref()), ("reading", Some("墙退十厘米，砖钱一家一半")));
    assert!(town.app.view(&street, side).await.is_err(), "who handles the petition does not read the other side");
    // It runs out while they still talk: overdue, and nothing of it waited for the mediation.
    town.clock.set(first.1.plus_hours(1));
    for _ in 0..2 {
        town.app.follow(petition.id.cell).await.expect("a round");
    }
    let late = handle().await;
    assert_eq!((late.1, late.2, late.3), (first.1, false, true));
    assert_eq!(state(&town, &mediator, mediation).await, "mediating");
    // Who sees what: the petitioner her mediation and nothing of the other side, the other side nothing of either.
    assert!(town.app.kin(&town.raiser(mediation), mediation).await.expect("hers").children.is_empty());
    assert!(town.app.kin(&town.raiser(side), side).await.expect("theirs").parent.is_none());
    assert!(town.app.verify_cell(side.cell, &mut |_| {}).await.expect("verified").damage.is_empty());
}

#[tokio::test]
async fn a_petitioner_asks_for_mediation_which_is_her_own() {
    let town = Town::new("2026-03-02T09:00").await;
    let street = town.staff("street-staff");
    let fields = [
        ("kind", "appeal".into()),
        ("request", "请修复院墙".into()),
        ("facts", "修沟挖断了地基".into()),
        ("name", "林秀珍".into()),
        ("address", "青禾社区九号楼".into()),
        ("not_to", json!([town.body("汀云区交警大队")])),
    ];
    let petition = town.raises("petition", &fields).await.expect("raised");
    let transfer = [("unit", town.body("柳巷街道")), ("manner", "transfer".into())];
    town.acts("2026-03-03T09:00", &town.staff("petition-office"), petition.id, "transfer", &transfer)
        .await
        .expect("sent");
    town.acts("2026-03-04T09:00", &street, petition.id, "accept", &[]).await.expect("accepted");
    let own = town.raiser(petition.id);
    let ask = [("dispute", "和施工队谈不拢".into()), ("dispute_kind", "damage".into())];
    town.acts("2026-03-05T09:00", &own, petition.id, "ask_mediation", &ask).await.expect("asked");
    town.app.follow(petition.id.cell).await.expect("a round");
    let found = child(&town, &own, petition.id).await;
    let (mediation, code) = (id(&town, &found).await, found.code.expect("hers, with its code"));
    let shown = town.app.show_code(&found.item.number, &code, None, 1).await.expect("it opens");
    assert!(matches!(shown, Viewer::Code(at, _) if at == mediation));
    assert_eq!(state(&town, &own, petition.id).await, "accepted", "the petition goes on");
    assert!(town.app.view(&street, mediation).await.is_err(), "who handles the petition does not read it");
}
