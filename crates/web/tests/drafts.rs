//! The page of a draft that is out, without scripts: everybody reads it and writes a comment, an empty one is told why, a flood
//! waits; what is not published is as if it were not there.

mod support;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode};
use serde_json::json;
use std::net::SocketAddr;
use support::{Place, place_with, visible};
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
        fields: serde_json::from_value(json!({"title": "养宠公约", "why": "电梯里的狗吓着孩子", "area": "urban"}))
            .expect("a form"),
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
