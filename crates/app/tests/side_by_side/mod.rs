//! Several bodies on one matter, through the use cases: who sees it where, what each may do in its row, what is counted.

use crate::town::{self, Town};
use app::lists::{Lane, Listing};
use app::viewer::Viewer;
use kernel::ids::MatterId;

async fn called(town: &Town) -> MatterId {
    let fields = [("what", "路口树枝挡路，摊子占道".into()), ("complaint", false.into())];
    let id = town.raises("gather", &fields).await.expect("raised").id;
    let units = serde_json::json!([town.body("汀云区城市管理局"), town.body("汀云区交警大队")]);
    let fields = [("units", units), ("lead_unit", town.body("柳巷街道"))];
    town.acts("2026-09-21T10:00", &town.staff("operator"), id, "call", &fields).await.expect("called");
    id
}

async fn stands(town: &Town, login: &str, lane: Lane) -> usize {
    let Viewer::Staff(staff) = town.staff(login) else { panic!("staff") };
    town.app.list(&staff, &Listing { lane, limit: 10, ..Listing::default() }).await.expect("a list").len()
}

#[tokio::test]
async fn whoever_is_called_has_the_matter_and_its_own_row() {
    let town = Town::new("2026-09-21T09:00").await;
    let id = called(&town).await;
    assert_eq!(stands(&town, "department", Lane::Mine).await, 1);
    let view = town.app.view(&town.staff("department"), id).await.expect("may read");
    assert_eq!(view.title.as_deref(), Some("路口树枝挡路，摊子占道"));
    assert_eq!(view.parts.len(), 3);
    assert!(view.parts[0].lead && view.parts[0].body.name.zh == "柳巷街道", "the lead comes first");
    let can: Vec<usize> = view.parts.iter().map(|p| p.actions.len()).collect();
    assert_eq!(can.iter().sum::<usize>(), 1, "its own row and no other: {can:?}");
    assert!(view.actions.iter().all(|a| a.name != "report_in"), "acts on parts stand in their rows");
    assert!(view.clocks.iter().all(|c| !c.id.contains('@')), "and so do their clocks");
    assert!(town.app.view(&town.staff("fire"), id).await.is_err(), "who was not called knows nothing of it");
    let letter = town.app.letter(&town.staff("operator"), id, 2).await.expect("a letter");
    assert!(letter.text.contains("汀云区交警大队") && letter.text.contains("2 小时"), "{}", letter.text);
    let own = town.app.view(&town.raiser(id), id).await.expect("her own");
    assert!(own.parts.len() == 3 && own.parts.iter().all(|p| p.actions.is_empty()));
}

#[tokio::test]
async fn a_part_leaves_the_inbox_when_it_ends_and_a_promise_stays_after_the_end() {
    let town = Town::new("2026-09-21T09:00").await;
    let id = called(&town).await;
    let words = [("words", "好了".into())];
    for (login, hour) in [("street-staff", "11:00"), ("department", "11:10"), ("traffic", "13:00")] {
        town.acts(&format!("2026-09-21T{hour}"), &town.staff(login), id, "report_in", &[]).await.expect("reported in");
        town.acts(&format!("2026-09-22T{hour}"), &town.staff(login), id, "finish", &words)
            .await
            .unwrap_or_else(|e| panic!("{login}: {e:?}"));
        town.clock.set(town::at("2026-09-21T12:59"));
    }
    assert_eq!(stands(&town, "traffic", Lane::Mine).await, 0);
    assert_eq!(stands(&town, "operator", Lane::Mine).await, 1, "all have ended: the coordinator answers");
    let promised =
        serde_json::json!([{ "what": "补种两棵树", "who": town.body("汀云区交警大队"), "by": "2026-10-20" }]);
    let answer = [("words", "清好了".into()), ("promised", promised)];
    town.acts("2026-09-23T09:00", &town.staff("operator"), id, "answer", &answer).await.expect("answered");
    assert_eq!(stands(&town, "traffic", Lane::Mine).await, 1, "what was promised is still to be done");
    assert_eq!(stands(&town, "department", Lane::Ended).await, 1);
    let view = town.app.view(&town.staff("traffic"), id).await.expect("may read");
    let task = view.parts.iter().find(|p| p.kind == "measure").expect("the task");
    assert_eq!(task.task.as_deref(), Some("补种两棵树"));
    assert_eq!(task.actions.len(), 1);
    town.acts("2026-10-19T09:00", &town.staff("traffic"), id, "keep", &words).await.expect("kept");
    assert_eq!(stands(&town, "traffic", Lane::Mine).await, 0);
    let after = town.app.view(&town.staff("traffic"), id).await.expect("may read");
    let said = |act: &str| after.entries.iter().find(|e| e.act == act).expect("an entry");
    let promised: Vec<&str> =
        said("answer").fields.iter().filter(|f| f.field == "promised").map(|f| f.value.zh.as_str()).collect();
    assert_eq!(promised, ["补种两棵树（汀云区交警大队，2026年10月20日前）"], "once, with who and by which day");
    assert_eq!(said("keep").part.as_deref(), Some(task.key.as_str()), "the entry says on which part it was done");
    assert_eq!(said("answer").part, None, "what opens parts is about none of them");
    let verified = town.app.verify_cell(id.cell, &mut |_| {}).await.expect("verified");
    assert_eq!((verified.matters, verified.damage.len()), (1, 0), "{:?}", verified.damage);
}
