//! The page of a draft that is out, without scripts: everybody reads it and writes a comment, an empty one is told why, a flood
//! waits; what is not published is as if it were not there.

mod support;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use serde_json::json;
use std::net::SocketAddr;
use support::{Place, place_at, place_with, visible};
use web::pace::{Paces, Rate};

async fn place() -> Place {
    let paces = Paces { raise: Rate { burst: 1, per_hour: 6 }, ..Paces::default() };
    place_with("2026-09-28T09:00:00+08:00", std::sync::Arc::new(store::MemoryStore::default()), paces).await
}

/// A convention whose draft is not out yet.
async fn convention(place: &Place) -> String {
    let raising = app::raise::Raising {
        mechanism: "convention".into(),
        region: "990101001001".parse().expect("a region"),
        fields: serde_json::from_value(json!({"title": "养宠公约", "why": "电梯里的狗吓着孩子"})).expect("a form"),
        occurred: None,
        idempotency_key: None,
    };
    let number = place.app.raise(&app::viewer::Viewer::Public, raising).await.expect("raised").number;
    place.act("community-worker", &number, "collect", json!({"asked": 80, "opinions": "多数愿意。"})).await;
    place.act("party-branch", &number, "study", json!({"study_view": "养狗的、怕狗的都要听。"})).await;
    number
}

#[tokio::test]
async fn a_comment_is_sent_from_the_page_of_the_draft() {
    let place = place().await;
    let number = convention(&place).await;
    let (page, form) = (format!("/open/matters/{number}"), format!("/open/matters/{number}/comment"));
    for hidden in [&page, &form, "/open/matters/TD-2026-0000001", "/open/matters/x"] {
        assert_eq!(place.get(hidden, "").await.status, StatusCode::NOT_FOUND, "{hidden}");
    }
    place.act("community-worker", &number, "draft", json!({"draft": "一、出门牵绳。"})).await;
    let shown = place.get(&page, "").await;
    assert!(shown.text().contains("一、出门牵绳。") && shown.text().contains(&form), "{}", visible(&shown.text()));
    assert!(!shown.text().contains("吓着孩子"), "never what a person wrote");
    assert!(place.get("/open/matters", "").await.text().contains(&format!("href=\"{page}\"")));
    assert_eq!(place.get(&format!("/open/matters/{number}/team"), "").await.status, StatusCode::NOT_FOUND);
    let empty = place.post(&form, "", &[("v-comment", " ")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let sent = place.post(&form, "", &[("v-comment", "绳子一米五"), ("key", "k1")]).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", visible(&sent.text()));
    assert!(sent.location().ends_with("?receipt"), "{}", sent.location());
    assert!(sent.cookie().is_some(), "her code travels in a cookie, never in an address");
}

#[tokio::test]
async fn a_flood_of_comments_waits() {
    let place = place().await;
    let number = convention(&place).await;
    place.act("community-worker", &number, "draft", json!({"draft": "一、出门牵绳。"})).await;
    let mut last = StatusCode::OK;
    for n in 0..3 {
        let request = Request::post(format!("/open/matters/{number}/comment"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(format!("v-comment=n{n}")));
        let mut request = request.expect("a request");
        let ip = "192.0.2.7".parse().expect("an address");
        request.extensions_mut().insert(ConnectInfo(SocketAddr::new(ip, 4000)));
        last = place.send(request).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

/// Raised by somebody at a post.
async fn raised(place: &Place, who: &str, mechanism: &str, fields: serde_json::Value) -> String {
    let raising = app::raise::Raising {
        mechanism: mechanism.into(),
        region: "990101001001".parse().expect("a region"),
        fields: serde_json::from_value(fields).expect("a form"),
        occurred: None,
        idempotency_key: None,
    };
    let viewer = if who.is_empty() { app::viewer::Viewer::Public } else { place.staff(who).await };
    place.app.raise(&viewer, raising).await.expect("raised").number
}

async fn call(place: &Place, topic: &str, until: &str) -> String {
    let fields = json!({"topic": topic, "call": format!("{topic}，请大家出主意。"), "until": until});
    raised(place, "suggestion-office", "suggestion-call", fields).await
}

#[tokio::test]
async fn a_door_shows_the_newest_that_is_under_way_until_it_is_over() {
    let place = place_at("2026-09-28T09:00:00+08:00").await;
    assert!(!place.get("/door/suggest", "").await.text().contains("id=\"now\""), "nothing is under way");
    for n in 1..=5 {
        place.clock.set(format!("2026-09-28T09:0{n}:00+08:00").parse().expect("a time"));
        call(&place, &format!("第{n}题"), if n == 5 { "2026-09-30" } else { "2026-10-20" }).await;
    }
    let door = place.get("/door/suggest", "").await.text();
    for (n, shown) in [(5, true), (4, true), (3, true), (2, false)] {
        assert_eq!(visible(&door).contains(&format!("第{n}题")), shown, "{n}: {}", visible(&door));
    }
    assert!(door.contains("/open/matters/") && door.contains("/suggestion\""), "each leads to where one writes to it");
    assert!(door.contains("/open/matters?door=suggest&amp;region=990101"));
    let all = place.get("/open/matters?door=suggest", "").await.text();
    assert!((1..=5).all(|n| visible(&all).contains(&format!("第{n}题"))), "{}", visible(&all));
    let other = place.get("/door/report", "").await.text();
    assert!(!visible(&other).contains("第5题"), "each stands at its own door");
    // The page does not wait for the follower to notice that a day is over.
    place.clock.set("2026-10-01T09:00:00+08:00".parse().expect("a time"));
    let later = visible(&place.get("/door/suggest", "").await.text());
    assert!(!later.contains("第5题") && later.contains("第2题"), "{later}");
}

#[tokio::test]
async fn a_running_call_is_chosen_and_its_number_not_typed() {
    let place = place_at("2026-09-28T09:00:00+08:00").await;
    let step = [("what", "老站房改成阅览室"), ("r0", "990101001"), ("r1", "990101001001"), ("go", "details")];
    let none = place.post("/raise/public-suggestion", "", &step).await.text();
    assert!(!none.contains("name=\"v-call\""), "nothing runs, nothing is asked");
    let number = call(&place, "老站房做什么用", "2026-10-20").await;
    let page = place.post("/raise/public-suggestion", "", &step).await.text();
    assert!(page.contains(&format!("<option value=\"{number}\"")), "{}", visible(&page));
    assert!(visible(&page).contains("老站房做什么用（到 2026-10-20）"));
}

#[tokio::test]
async fn a_place_in_an_activity_is_taken_from_the_door() {
    let place = place_at("2026-09-28T09:00:00+08:00").await;
    let plan = json!({"kind": "community", "theme": "邻里饺子会", "aim": "新老住户认识认识。"});
    let number = raised(&place, "social-worker", "group-activity", plan).await;
    let form = json!({"day": "2026-10-10", "place": "青禾社区广场", "places": 1, "notice": "谁都能来。", "plan": "包饺子。", "safety": "有坡道。"});
    place.act("social-worker", &number, "announce", form).await;
    assert!(!visible(&place.get("/door/join", "").await.text()).contains("邻里饺子会"), "not before it is approved");
    place.act("station-head", &number, "approve:announce", json!({})).await;
    let door = place.get("/door/join", "").await.text();
    assert!(visible(&door).contains("邻里饺子会") && visible(&door).contains("还有 1 个名额"), "{}", visible(&door));
    assert!(door.contains("href=\"/raise/activity-place\""));
    raised(&place, "", "activity-place", json!({"activity": number, "wish": "没有"})).await;
    assert!(visible(&place.get("/door/join", "").await.text()).contains("名额约满了"));
}

async fn later(place: &Place, number: &str, at: &str) {
    place.clock.set(format!("{at}:00+08:00").parse().expect("a time"));
    let id = place.app.by_number(number).await.expect("there");
    place.app.follow(id.cell).await.expect("a round");
}

/// From the home page to the ballot without being told: at the door, on the page of the draft, by the number on the slip.
#[tokio::test]
async fn a_vote_is_found_from_the_home_page_and_its_count_is_published() {
    let place = place_at("2026-09-28T09:00:00+08:00").await;
    let number = convention(&place).await;
    let (page, ballot) = (format!("/open/matters/{number}"), format!("href=\"/v/{number}\""));
    let draft = "青禾养宠公约\n一、出门牵绳。";
    place.act("community-worker", &number, "draft", json!({"draft": draft})).await;
    later(&place, &number, "2026-10-20T09:00").await;
    let nothing = place.get("/door/join", "").await.text();
    assert!(!visible(&nothing).contains("青禾养宠公约"), "between the comments and the notice there is nothing to do");
    place.act("community-worker", &number, "submit", json!({"draft": draft, "changed": "没有改。"})).await;
    let looked = json!({"money_clauses": "没有。", "fines": "no", "rights": "no", "opinion": "可以。"});
    place.act("street-staff", &number, "examine", looked).await;
    place.act("street-staff", &number, "pass", json!({})).await;
    let called = json!({"who": "户代表六名", "eligible": 6, "day": "2026-11-02", "where": "社区二楼"});
    place.act("community-worker", &number, "call_households", called).await;
    place.act("supervision-committee", &number, "check_roll", json!({"roll_ok": "yes"})).await;
    let door = place.get("/door/join", "").await.text();
    assert!(visible(&door).contains("青禾养宠公约") && visible(&door).contains("2026年11月2日"), "{}", visible(&door));
    assert!(!door.contains(&ballot), "no ballots yet");
    let told = visible(&place.get(&page, "").await.text());
    assert!(told.contains("户代表六名") && told.contains("社区二楼"), "{told}");

    later(&place, &number, "2026-11-03T09:00").await;
    place.act("community-worker", &number, "open_half", json!({})).await;
    for at in ["/door/join", "/open/matters?door=join", &page] {
        assert!(place.get(at, "").await.text().contains(&ballot), "{at} leads to the ballot");
    }
    let home = place.get("/", "").await.text();
    assert!(home.contains("href=\"/v\"") && home.contains("href=\"/open/matters?door=join\""));
    let found = place.get(&format!("/v?number=%20{}%20", number.to_lowercase()), "").await;
    assert_eq!((found.status, found.location()), (StatusCode::SEE_OTHER, format!("/v/{number}")));
    assert_eq!(place.get("/v?number=//evil.example", "").await.status, StatusCode::OK, "no way to another site");
    let running = visible(&place.get(&page, "").await.text());
    assert!(running.contains("满 4 票有效，还差 4 票") && !running.contains("赞成：0"), "{running}");

    let id = place.app.by_number(&number).await.expect("there");
    let teller = place.staff("community-worker").await;
    let counts = [("yes".to_owned(), 3), ("no".to_owned(), 1)].into();
    place.app.paper(&teller, id, "half", vec![1, 2, 3, 4], counts).await.expect("entered");
    later(&place, &number, "2026-11-12T09:00").await;
    let closed = visible(&place.get(&page, "").await.text());
    assert!(closed.contains("表决通过") && closed.contains("赞成：3") && closed.contains("反对：1"), "{closed}");
    assert!(!place.get("/door/join", "").await.text().contains(&ballot), "it is over");
}
