//! Pages that are given again: to whom they may be, in the language and print asked for, with a key of their own.

mod support;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use support::{Place, place};

const WHAT: &str = "东门外的消防通道，一到晚上就停满了车";

struct Raised {
    number: String,
    short: String,
    long: String,
}

async fn raised(place: &Place) -> Raised {
    let fields = json!({"what": WHAT, "phone": "13800001234"});
    let body = json!({"mechanism": "rapid-response", "region": "990101001001", "fields": fields}).to_string();
    let request = Request::post("/api/v1/matters").header(header::CONTENT_TYPE, "application/json");
    let answer = place.send(request.body(Body::from(body)).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    let json: Value = serde_json::from_slice(&answer.body).expect("an answer");
    assert!(json["state_name"]["zh"].as_str().is_some_and(|s| !s.is_empty()), "{json}");
    assert!(json["holder"]["name"]["zh"].is_string() && json["due_by"].is_string(), "{json}");
    let text = |name: &str| json[name].as_str().expect("text").to_owned();
    Raised { number: text("number"), short: text("query_code"), long: text("long_code") }
}

async fn page(place: &Place, of: &Raised, code: &str, query: &str) -> (StatusCode, String) {
    let answer = place.get(&format!("/m/{}{query}", of.number), &format!("gz_code={}", code.replace(' ', ""))).await;
    (answer.status, answer.text())
}

async fn api(place: &Place, of: &Raised, headers: &[(&str, &str)]) -> (StatusCode, String) {
    let mut request = Request::get(format!("/api/v1/matters/{}", of.number));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = place.send(request.body(Body::empty()).expect("a request")).await;
    (answer.status, answer.text())
}

#[tokio::test]
async fn what_was_made_for_one_code_is_given_to_no_other() {
    let place = place().await;
    let of = raised(&place).await;
    for _ in 0..2 {
        assert!(page(&place, &of, &of.long, "").await.1.contains(WHAT));
        let (status, progress) = page(&place, &of, &of.short, "").await;
        assert!(status == StatusCode::OK && !progress.contains(WHAT));
        let (status, text) = page(&place, &of, "00000 00000", "").await;
        assert!(status == StatusCode::UNAUTHORIZED && !text.contains(WHAT));
        assert_eq!(place.get(&format!("/m/{}", of.number), "").await.status, StatusCode::UNAUTHORIZED);
        assert!(api(&place, &of, &[("gongzhi-query-code", &of.long)]).await.1.contains(WHAT));
        let (status, text) = api(&place, &of, &[("gongzhi-query-code", &of.short)]).await;
        assert!(status == StatusCode::OK && !text.contains(WHAT));
        assert_eq!(api(&place, &of, &[]).await.0, StatusCode::NOT_FOUND);
    }
    let another = raised(&place).await;
    assert_eq!(page(&place, &another, &of.long, "").await.0, StatusCode::UNAUTHORIZED, "the code of another matter");
}

#[tokio::test]
async fn a_withdrawn_token_reads_nothing_although_the_answer_is_there() {
    let place = place().await;
    let of = raised(&place).await;
    api(&place, &of, &[("gongzhi-query-code", &of.long)]).await;
    let scopes = vec!["matters:read".to_owned()];
    let token = place.app.make_token("operator", scopes, 1).await.expect("a token");
    let bearer = format!("Bearer {token}");
    let (status, text) = api(&place, &of, &[("authorization", &bearer)]).await;
    assert!(status == StatusCode::OK && text.contains(WHAT) && !text.contains("13800001234"));
    let id = place.app.by_number(&of.number).await.expect("a matter");
    assert_eq!(place.app.store().looks(id).await.expect("looks").len(), 1, "the look is recorded");
    place.app.sign_out(&token).await.expect("withdrawn");
    assert_eq!(api(&place, &of, &[("authorization", &bearer)]).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn language_print_and_address_are_the_visitors_own() {
    let place = place().await;
    let of = raised(&place).await;
    let (_, zh) = page(&place, &of, &of.long, "").await;
    let (_, en) = page(&place, &of, &of.long, "?lang=en").await;
    let (_, large) = page(&place, &of, &of.long, "?size=large").await;
    let (_, done) = page(&place, &of, &of.long, "?done").await;
    assert!(en.contains("lang=\"en\"") && zh != en && zh != large && zh != done && large != en);
    assert_eq!(page(&place, &of, &of.long, "").await.1, zh);
    page(&place, &of, &of.long, "?note=planted-by-a-link").await;
    assert!(!page(&place, &of, &of.long, "").await.1.contains("planted"), "nothing of an address is kept");
}

#[tokio::test]
async fn an_entry_shows_at_once_and_each_form_has_a_key_of_its_own() {
    let place = place().await;
    let of = raised(&place).await;
    let (_, before) = page(&place, &of, &of.long, "").await;
    let street = place.app.directory().bodies().find(|b| b.name == "柳巷街道").expect("the street").id.0;
    let fields = json!({"unit": street, "urgency": "ordinary", "kind": "complaint"});
    place.act("operator", &of.number, "dispatch", fields).await;
    let (_, after) = page(&place, &of, &of.long, "").await;
    assert!(before != after && after.contains("柳巷街道"));
    place.act("street-staff", &of.number, "sign", json!({})).await;
    let answer = json!({"outcome": "solved", "answer": "已经划线，今晚起巡查，请放心。"});
    place.act("street-staff", &of.number, "feedback", answer).await;
    let key = |page: &str| {
        let from = page.split("name=\"key\" value=\"").nth(1).expect("a form");
        from.split('"').next().expect("a value").to_owned()
    };
    let (first, second) = (page(&place, &of, &of.long, "").await.1, page(&place, &of, &of.long, "").await.1);
    assert_eq!(key(&first).len(), 32);
    assert_ne!(key(&first), key(&second), "two visits are two commands");
    assert_eq!(first.replace(&key(&first), ""), second.replace(&key(&second), ""), "and nothing else differs");
}
