//! A field that names another matter links both. Whoever names it may know of it; a number that is not there and one that may
//! not be known of are refused alike.

mod town;

use app::error::AppError;
use app::raise::Raised;
use app::viewer::Viewer;
use kernel::ids::MatterId;
use kernel::kin::LinkKind;
use kernel::refusal::{FieldError, Rule};
use serde_json::{Value, json};
use town::Town;

const START: &str = "2026-03-02T09:00";

fn petition() -> Vec<(&'static str, Value)> {
    vec![
        ("kind", "appeal".into()),
        ("request", "请修复院墙".into()),
        ("facts", "修沟挖断了地基".into()),
        ("name", "林秀珍".into()),
        ("address", "青禾社区九号楼".into()),
    ]
}

async fn petitioned(town: &Town) -> Raised {
    town.raises("petition", &petition()).await.expect("raised")
}

fn refused(error: AppError) -> Vec<FieldError> {
    let AppError::Refused(refusal, _) = error else { panic!("{error:?}") };
    let Rule::Fields(errors) = refusal.rule else { panic!("{:?}", refusal.rule) };
    errors
}

async fn links(town: &Town, who: &Viewer, id: MatterId) -> Vec<(Option<LinkKind>, String)> {
    town.app.follow(id.cell).await.expect("a round");
    let kin = town.app.kin(who, id).await.expect("seen");
    kin.links.into_iter().map(|l| (l.kind, l.item.number)).collect()
}

async fn oversee(town: &Town, about: &str) -> Result<MatterId, AppError> {
    let raising = app::raise::Raising {
        mechanism: "oversight".into(),
        region: "990101".parse().expect("a region"),
        fields: town::form(&[
            ("kind", "order".into()),
            ("why", "late".into()),
            ("demand", "十日内答复".into()),
            ("about", about.into()),
        ]),
        occurred: None,
        idempotency_key: None,
    };
    Ok(town.app.raise(&town.staff("petition-office"), raising).await?.id)
}

#[tokio::test]
async fn staff_names_what_it_reads_and_both_files_say_so() {
    let town = Town::new(START).await;
    let office = town.staff("petition-office");
    let first = petitioned(&town).await;
    let order = oversee(&town, &first.number).await.expect("raised");
    let number = town.app.view(&office, order).await.expect("seen").number;
    assert_eq!(links(&town, &office, order).await, [(Some(LinkKind::Related), first.number.clone())]);
    assert_eq!(links(&town, &office, first.id).await, [(Some(LinkKind::Related), number)]);
    // Carried again and again it is one link.
    assert_eq!(links(&town, &office, first.id).await.len(), 1);
    // She did not make it and is not told of the other.
    assert!(links(&town, &town.raiser(first.id), first.id).await.is_empty());
    let found = town.app.verify_cell(order.cell, &mut |_| {}).await.expect("verified");
    assert!(found.damage.is_empty(), "{:?}", found.damage);
}

#[tokio::test]
async fn an_unknown_number_and_a_forbidden_one_are_refused_alike() {
    let town = Town::new(START).await;
    // The petition office has no part in a hotline order.
    let order = town.raises("rapid-response", &[("what", "路灯不亮".into())]).await.expect("raised");
    let forbidden = refused(oversee(&town, &order.number).await.expect_err("refused"));
    let gone = order.number.replace("2026", "2025");
    for unknown in [&*gone, "TD-2026-00000001", "不知道", &order.number[1..]] {
        assert_eq!(refused(oversee(&town, unknown).await.expect_err("refused")), forbidden, "{unknown}");
    }
    assert_eq!((forbidden[0].field.as_str(), forbidden[0].code), ("about", "unknown_matter"));
    // With its full code it may be named, as anybody may who was given it.
    oversee(&town, &format!("{} {}", order.number, order.long_code)).await.expect("shown");
    assert!(
        oversee(&town, &format!("{} {}", order.number, order.query_code)).await.is_err(),
        "the short code is not enough"
    );
}

#[tokio::test]
async fn a_resident_names_her_own_by_its_full_code_which_is_kept_nowhere() {
    let town = Town::new(START).await;
    let office = town.staff("petition-office");
    let first = petitioned(&town).await;
    let with = |earlier: String| petition().into_iter().chain([("earlier", earlier.into())]).collect::<Vec<_>>();
    let bare = town.raises("petition", &with(first.number.clone())).await.expect_err("a number alone proves nothing");
    let strange = town.raises("petition", &with("TD-2020-00000001".into())).await.expect_err("there is none");
    assert_eq!(refused(bare), refused(strange));
    let second = town.raises("petition", &with(format!("{} {}", first.number, first.long_code))).await.expect("raised");
    assert_eq!(links(&town, &office, second.id).await, [(Some(LinkKind::Same), first.number.clone())]);
    assert_eq!(links(&town, &office, first.id).await, [(Some(LinkKind::Same), second.number.clone())]);
    // She sees on the new one what she named; the old one says nothing of it to whoever has its code.
    assert_eq!(links(&town, &town.raiser(second.id), second.id).await, [(Some(LinkKind::Same), first.number.clone())]);
    assert!(links(&town, &town.raiser(first.id), first.id).await.is_empty());
    let seen = serde_json::to_string(&town.app.view(&office, second.id).await.expect("seen").entries).expect("JSON");
    assert!(seen.contains(&first.number) && !seen.contains(&first.long_code), "{seen}");
}

#[tokio::test]
async fn a_complaint_leaves_no_trace_in_the_file_that_it_names() {
    let town = Town::new(START).await;
    let street = town.staff("street-staff");
    let first = petitioned(&town).await;
    let transfer = [("unit", town.body("柳巷街道")), ("manner", "transfer".into())];
    town.acts("2026-03-03T09:00", &town.staff("petition-office"), first.id, "transfer", &transfer).await.expect("sent");
    let before = town.app.view(&street, first.id).await.expect("seen").seq;
    let mut fields = petition();
    fields[0].1 = "accusation".into();
    fields.push(("complained", json!([town.body("柳巷街道")])));
    fields.push(("earlier", format!("{} {}", first.number, first.long_code).into()));
    let second = town.raises("petition", &fields).await.expect("raised");
    town.app.follow(second.id.cell).await.expect("a round");
    assert_eq!(town.app.view(&street, first.id).await.expect("seen").seq, before);
    assert_eq!(
        links(&town, &town.staff("petition-office"), second.id).await.len(),
        1,
        "the complaint knows what it names"
    );
}

#[tokio::test]
async fn what_is_published_may_be_named_by_anybody() {
    let town = Town::new(START).await;
    let office = town.staff("suggestion-office");
    let raising = app::raise::Raising {
        mechanism: "suggestion-call".into(),
        region: "990101".parse().expect("a region"),
        fields: town::form(&[
            ("topic", "公园怎么改".into()),
            ("call", "说说公园怎么改".into()),
            ("until", "2026-05-01".into()),
        ]),
        occurred: None,
        idempotency_key: None,
    };
    let call = town.app.raise(&office, raising).await.expect("published");
    let fields =
        [("topic", "加一张长椅".into()), ("measures", "东门放一张".into()), ("call", call.number.as_str().into())];
    let given = town.raises("public-suggestion", &fields).await;
    let suggestion = given.expect("raised").id;
    assert_eq!(
        links(&town, &town.raiser(suggestion), suggestion).await,
        [(Some(LinkKind::Related), call.number.clone())]
    );
    assert_eq!(links(&town, &office, call.id).await.len(), 1);
}
