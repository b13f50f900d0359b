//! The pages of a vote: slips for tellers, a ballot in three steps without scripts, the bars with their table, the lists.

mod support;

use axum::http::StatusCode;
use support::{PASSWORD, Place, place_packed, visible};

const FILE: &str = include_str!("../../pack/tests/fixture/assembly/mechanism.toml");
const LIST: &str = "code,name,answer,note\nA-1,修路,own,\n";

async fn opened() -> (Place, String) {
    let place = place_packed("2026-09-02T09:00:00+08:00", "assembly", FILE).await;
    place.app.load_set(None, "duty_list", LIST.as_bytes(), true).await.expect("loaded");
    let raising = app::raise::Raising {
        mechanism: "assembly".into(),
        region: "990101001001".parse().expect("a region"),
        fields: [("words".to_owned(), "给楼道装灯".into())].into(),
        occurred: None,
        idempotency_key: None,
    };
    let raised = place.app.raise(&app::viewer::Viewer::Public, raising).await.expect("raised");
    let held = serde_json::json!({ "invited": 9, "attended": 5, "cost": 100, "duty": "A-1" });
    place.act("operator", &raised.number, "hold", held).await;
    place.act("operator", &raised.number, "open_vote", serde_json::json!({ "households": 6 })).await;
    (place, raised.number)
}

async fn cookie(place: &Place, login: &str) -> String {
    let signed = place.app.sign_in(login, PASSWORD, 1).await.expect("signs in");
    format!("gz_session={}", signed.secret)
}

#[tokio::test]
async fn a_slip_is_printed_and_used_once() {
    let (place, number) = opened().await;
    let operator = cookie(&place, "operator").await;
    let sheet = place.get(&format!("/desk/m/{number}/slips/adopt"), &operator).await;
    assert_eq!(sheet.status, StatusCode::OK);
    assert_eq!(sheet.text().matches("slip-code").count(), 6, "one for each household");
    let stranger = cookie(&place, "street-staff").await;
    let hidden = place.get(&format!("/desk/m/{number}/slips/adopt"), &stranger).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);

    let id = place.app.by_number(&number).await.expect("there");
    let slips = place.app.slips(&place.staff("operator").await, id, "adopt").await.expect("slips");
    let code = slips.slips[0].1.clone();
    let address = format!("/v/{number}");
    assert_eq!(place.get(&address, "").await.status, StatusCode::OK);
    assert_eq!(place.get("/v/YX-2026-99999", "").await.status, StatusCode::OK, "nobody learns which numbers there are");
    let wrong = place.post(&address, "", &[("slip", "1"), ("code", "1")]).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(!visible(&wrong.text()).contains("是否同意"), "nothing is told before the code is right");

    let slip = [("slip", "1"), ("code", code.as_str())];
    let paper = place.post(&address, "", &slip).await.text();
    assert!(visible(&paper).contains("不同意"));
    let step = |step, choice| [slip[0], slip[1], ("step", step), ("choice", choice)];
    let none = place.post(&address, "", &step("confirm", "")).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    let asked = place.post(&address, "", &step("confirm", "no")).await.text();
    assert!(visible(&asked).contains("您要投“不同意”"));
    let done = place.post(&address, "", &step("cast", "no")).await;
    assert_eq!(done.status, StatusCode::OK);
    assert!(visible(&done.text()).contains("1 号票已经收到"));
    let again = place.post(&address, "", &step("cast", "yes")).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(visible(&again.text()).contains("已经投过"));
}

#[tokio::test]
async fn tellers_enter_paper_and_lose_nothing_when_refused() {
    let (place, number) = opened().await;
    let operator = cookie(&place, "operator").await;
    let address = format!("/desk/m/{number}/paper/adopt");
    assert_eq!(place.get(&address, &operator).await.status, StatusCode::OK);
    let wrong = place.post(&address, &operator, &[("slips", "1-3"), ("n-yes", "2")]).await;
    assert_eq!(wrong.status, StatusCode::CONFLICT);
    assert!(wrong.text().contains("1-3"), "what was typed is still there");
    let unreadable = place.post(&address, &operator, &[("slips", "1 bis 3"), ("n-yes", "2")]).await;
    assert_eq!(unreadable.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = place.post(&address, &operator, &[("slips", "1-3"), ("n-yes", "2"), ("n-no", "1")]).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
    let page = visible(&place.get(&format!("/desk/m/{number}"), &operator).await.text());
    assert!(page.contains("已投 3 户，共 6 户；满 4 户有效"), "{page}");
    assert!(page.contains("登记了 3 张纸质票") && !page.contains("同意：2"), "no count before the closing");
    place.clock.set("2026-09-20T09:00:00+08:00".parse().expect("a time"));
    let id = place.app.by_number(&number).await.expect("there");
    place.app.follow(id.cell).await.expect("a round");
    let operator = cookie(&place, "operator").await;
    let page = visible(&place.get(&format!("/desk/m/{number}"), &operator).await.text());
    assert!(page.contains("参加的人不够") && page.contains("同意：2"), "{page}");
}

#[tokio::test]
async fn a_list_is_looked_at_before_it_is_loaded() {
    let (place, _) = opened().await;
    let admin = cookie(&place, "admin").await;
    let page = place.get("/admin/sets", &admin).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(visible(&page.text()).contains("履行职责事项清单"));
    let bad =
        place.post("/admin/sets/duty_list", &admin, &[("table", "code,name,answer,note\nA,x,own,\nA,y,own,\n")]).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(visible(&bad.text()).contains("和第 2 行重复"));
    let table = "code,name,answer,note\nA-1,修桥,own,\n";
    let looked = place.post("/admin/sets/duty_list", &admin, &[("table", table)]).await;
    assert_eq!(looked.status, StatusCode::OK);
    assert_eq!(place.app.set("duty_list").await.expect("the set").versions.len(), 1, "only looked at");
    let loaded = place.post("/admin/sets/duty_list", &admin, &[("table", table), ("step", "load")]).await;
    assert_eq!(loaded.status, StatusCode::SEE_OTHER);
    let file = place.get("/admin/sets/duty_list/file?format=csv", &admin).await;
    assert!(file.text().contains("修桥"));
    let operator = cookie(&place, "operator").await;
    assert_eq!(place.get("/admin/sets", &operator).await.status, StatusCode::NOT_FOUND);
}
