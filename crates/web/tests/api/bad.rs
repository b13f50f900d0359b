//! Bad input over HTTP: a clear problem in the reader's language, the right status, and nothing lost or kept.

use crate::place::{Answer, HERE, PETITION, Place, REPORT, place};
use axum::body::Body;
use serde_json::{Value, json};

const MATTERS: &str = "/api/v1/matters";

async fn raise(p: &Place, json: Value) -> Answer {
    p.post(MATTERS, &[], &json).await
}

#[tokio::test]
async fn an_envelope_that_is_not_right_is_refused_item_by_item() {
    let p = place().await;
    let raw = |text: &'static str| p.send("POST", MATTERS, &[("content-type", "application/json")], text);
    for text in ["", "{", "[1,", "{}x", "{\"mechanism\": \"\\ud800\"}"] {
        raw(text).await.problem(400, "json");
    }
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    p.send("POST", MATTERS, &[("content-type", "application/json")], format!("{{\"fields\":{{\"what\":{deep}}}}}"))
        .await
        .problem(400, "json");
    let first = |answer: Answer| answer.problem(422, "shape")["errors"][0].clone();
    let item = first(raw("{\"mechanism\": 5}").await);
    assert_eq!((&item["field"], &item["code"]), (&json!("mechanism"), &json!("wrong_type")));
    let item = first(raw("{\"mechanism\":\"a\",\"region\":\"b\",\"colour\":1}").await);
    assert_eq!((&item["field"], &item["code"]), (&json!("colour"), &json!("unknown_field")));
    let item = first(raw("{\"mechanism\":\"a\"}").await);
    assert_eq!((&item["field"], &item["code"]), (&json!("region"), &json!("missing")));
    let item = first(raw("{\"mechanism\":\"a\",\"region\":\"b\",\"attachments\":[3]}").await);
    assert_eq!((&item["field"], &item["code"]), (&json!("attachments[0]"), &json!("wrong_type")));
    raw("[]").await.problem(422, "shape");
    p.send("POST", MATTERS, &[("content-type", "text/plain")], "{}").await.problem(415, "media_type");
    p.send("POST", MATTERS, &[], "{}").await.problem(415, "media_type");
    for key in ["", "a b", "\u{e9}"] {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        p.send("POST", MATTERS, &headers, "{}").await.problem(422, "shape");
    }
}

#[tokio::test]
async fn nobody_but_staff_says_that_it_came_by_telephone() {
    let p = place().await;
    let report = |channel: &str| json!({ "mechanism": REPORT, "region": HERE, "fields": { "what": "路灯不亮三天了", "channel": channel } });
    for channel in ["phone", "letter", "no such"] {
        let problem = raise(&p, report(channel)).await.problem(422, "fields");
        assert_eq!(
            (&problem["errors"][0]["field"], &problem["errors"][0]["code"]),
            (&json!("channel"), &json!("not_yours"))
        );
    }
    assert_eq!(raise(&p, report("web")).await.status, axum::http::StatusCode::CREATED, "her own way");
}

#[tokio::test]
async fn what_is_too_large_is_not_read() {
    let p = place().await;
    let huge = [("content-type", "application/json"), ("content-length", "209715200")];
    p.send("POST", MATTERS, &huge, Body::empty()).await.problem(413, "too_large");
    let big = format!("{{\"mechanism\":\"{}\"}}", "a".repeat(1024 * 1024));
    p.send("POST", MATTERS, &huge[..1], big).await.problem(413, "too_large");
    let staging = "/api/v1/attachments";
    p.send("POST", staging, &[("content-length", "209715200")], Body::empty()).await.problem(413, "too_large");
    p.send("POST", staging, &[], vec![b'a'; app::upload::MAX_BYTES + 1]).await.problem(413, "too_large");
    let form = [("content-type", "multipart/form-data; boundary=b"), ("content-length", "209715200")];
    p.send("POST", staging, &form, Body::empty()).await.problem(413, "too_large");
    p.send("POST", staging, &form[..1], "no form").await.problem(400, "unreadable");
    p.send("POST", staging, &form[..1], "--b--\r\n").await.problem(422, "shape");
    p.send("POST", staging, &[], "").await.problem(422, "upload");
    p.send("POST", staging, &[], b"\xff\xd8\xff not a picture".to_vec()).await.problem(422, "upload");
    p.send("POST", "/api/v1/attachments?region=110101", &[], "x").await.problem(422, "outside");
    p.send("POST", "/api/v1/attachments?region=9", &[], "x").await.problem(422, "region");
    p.send("POST", "/api/v1/attachments?colour=9", &[], "x").await.problem(422, "shape");
}

#[tokio::test]
async fn what_the_rules_do_not_know_is_named() {
    let p = place().await;
    let with = |mechanism: &str, region: &str, fields: Value| json!({"mechanism": mechanism, "region": region, "fields": fields});
    raise(&p, with("nothing", HERE, json!({}))).await.problem(422, "mechanism");
    raise(&p, with(REPORT, "x'; --", json!({}))).await.problem(422, "region");
    raise(&p, with(REPORT, "999999", json!({}))).await.problem(422, "region");
    raise(&p, with(REPORT, "110101", json!({}))).await.problem(422, "outside");
    let bad = json!({"what": "字".repeat(5001), "colour": "red", "phone": "12", "kind": 7, "place": "a\u{7}"});
    let answer = p.post(MATTERS, &[("accept-language", "en")], &with(REPORT, HERE, bad)).await;
    let problem = answer.problem(422, "fields");
    assert_eq!(problem["rule"], "fields");
    let codes: Vec<_> =
        problem["errors"].as_array().expect("a list").iter().map(|e| (e["field"].clone(), e["code"].clone())).collect();
    for (field, code) in [
        ("what", "too_long"),
        ("colour", "unknown_field"),
        ("phone", "invalid"),
        ("kind", "wrong_type"),
        ("place", "control_characters"),
    ] {
        assert!(codes.contains(&(json!(field), json!(code))), "{field} {code} in {codes:?}");
    }
    assert!(problem["detail"].as_str().is_some_and(|d| d.starts_with("Please correct 5")), "{problem}");
    raise(&p, with(REPORT, HERE, json!({}))).await.problem(422, "fields");
    let mut named = with(REPORT, HERE, json!({"what": "x"}));
    named["attachments"] = json!(["0123456789abcdef0123456789abcdef"]);
    raise(&p, named).await.problem(422, "attachment");
    let mut late = with(REPORT, HERE, json!({"what": "x"}));
    late["occurred"] = json!("yesterday");
    raise(&p, late).await.problem(422, "shape");
    raise(&p, with(PETITION, HERE, json!({"kind": "appeal"}))).await.problem(422, "fields");
}

#[tokio::test]
async fn wrong_codes_wait_and_say_nothing_about_what_is_there() {
    let p = place().await;
    let raised = p.report("路灯坏了").await;
    let there = format!("{MATTERS}/{}", raised["number"].as_str().expect("a number"));
    let wrong = [("gongzhi-query-code", "0000000000")];
    let a = p.get(&there, &wrong).await;
    let b = p.get(&format!("{MATTERS}/YX-2026-000000"), &wrong).await;
    a.problem(401, "wrong_code");
    assert_eq!(a.body, b.body);
    for _ in 0..4 {
        p.get(&there, &wrong).await;
    }
    let waits = p.get(&there, &[("gongzhi-query-code", raised["long_code"].as_str().expect("a code"))]).await;
    waits.problem(429, "wait");
    assert!(waits.header("retry-after").parse::<u32>().is_ok_and(|s| s > 0));
    p.get(&there, &[]).await.problem(404, "not_found");
}

#[tokio::test]
async fn actions_that_are_not_possible_say_what_is() {
    let p = place().await;
    let raised = p.report("路灯坏了").await;
    let path = format!("{MATTERS}/{}/actions", raised["number"].as_str().expect("a number"));
    let long = [("gongzhi-query-code", raised["long_code"].as_str().expect("a code"))];
    let short = [("gongzhi-query-code", raised["query_code"].as_str().expect("a code"))];
    let problem = p.post(&format!("{path}/say_solved"), &long, &json!({})).await.problem(409, "refused");
    assert_eq!(problem["rule"], "state");
    assert!(problem["possible"].is_array());
    p.post(&format!("{path}/nothing"), &long, &json!({})).await.problem(404, "refused");
    p.post(&format!("{path}/sign"), &short, &json!({})).await.problem(403, "forbidden");
    p.post(&format!("{path}/sign"), &long, &json!({"fields": 5})).await.problem(422, "shape");
    p.post(&format!("{path}/sign"), &long, &json!({"fields": {}, "colour": 5})).await.problem(422, "shape");
    p.post(&format!("{path}/add_material"), &long, &json!({"colour": 5})).await.problem(422, "fields");
    // Who may not do it at all is told so, and not what its form lacks.
    p.post(&format!("{path}/sign"), &long, &json!({"colour": 5})).await.problem(403, "refused");
    p.post(&format!("{path}/withdraw"), &long, &json!({"fields": {}, "seen": 99})).await.problem(409, "conflict");
}

#[tokio::test]
async fn addresses_and_methods_that_are_not_there() {
    let p = place().await;
    for path in ["/api", "/api/", "/api/v2/matters", "/api/v1/matters/", "/api/v1/nothing"] {
        p.get(path, &[]).await.problem(404, "path");
        p.send("DELETE", path, &[], "").await.problem(404, "path");
    }
    let answer = p.send("DELETE", MATTERS, &[], "").await;
    answer.problem(405, "method");
    assert!(answer.header("allow").contains("POST"), "{:?}", answer.headers);
    p.get("/api/v1/matters/%ff", &[]).await.problem(404, "not_found");
    p.get("/api/v1/matters/YX-2026-000000/letters/x", &[]).await.problem(404, "not_found");
    let token = p.full("operator").await;
    let auth = [("authorization", token.as_str())];
    for query in [
        "lane=x",
        "ring=0",
        "ring=x",
        "limit=0",
        "limit=101",
        "after=x",
        "colour=1",
        "overdue=perhaps",
        "q=a",
        "limit=1&limit=2",
    ] {
        let answer = p.get(&format!("{MATTERS}?{query}"), &auth).await;
        assert!(!answer.problem(422, "shape")["errors"].as_array().expect("items").is_empty(), "{query}");
    }
    let words = p.get(&format!("{MATTERS}?q=%E5%81%9C"), &auth).await.problem(422, "shape")["errors"][0].clone();
    assert_eq!((&words["field"], &words["code"]), (&json!("q"), &json!("words")));
    assert!(words["en"].as_str().is_some_and(|t| t.contains("POST /api/v1/matters/search")), "{words}");
    for wrong in
        [json!({}), json!({"words": " "}), json!({"words": "a", "limit": 0}), json!({"words": "a", "lane": "mine"})]
    {
        p.post(&format!("{MATTERS}/search"), &auth, &wrong).await.problem(422, "shape");
    }
    p.post(&format!("{MATTERS}/search"), &[], &json!({"words": "a"})).await.problem(401, "sign_in");
    p.get(&format!("{MATTERS}?region=x"), &auth).await.problem(422, "region");
    let zh = p.get("/api/v1/nothing", &[]).await.json()["title"].clone();
    let en = p.get("/api/v1/nothing", &[("accept-language", "en;q=0.9, zh;q=0.5")]).await;
    assert_eq!(en.header("content-language"), "en");
    assert_ne!(zh, en.json()["title"]);
}
