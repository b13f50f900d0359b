//! The description is true: every documented call answers with a declared status, and no route is left out.

use crate::place::place;
use serde_json::Value;
use std::path::PathBuf;

/// Compares a text with a golden file, or writes it with `GONGZHI_GOLDEN=write`.
pub fn golden(name: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var("GONGZHI_GOLDEN").is_ok_and(|v| v == "write") {
        std::fs::write(&path, text).expect("the golden file can be written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "{name} is not what it was; look at it with GONGZHI_GOLDEN=write and git diff");
}

#[tokio::test]
async fn the_description_is_as_reviewed() {
    let served = place().await.get("/api/openapi.json", &[]).await;
    assert_eq!(served.status, 200);
    let text = serde_json::to_string_pretty(&served.json()).expect("JSON");
    assert!(served.json()["openapi"].as_str().is_some_and(|v| v.starts_with("3.1")));
    golden("openapi.json", &format!("{text}\n"));
}

#[tokio::test]
async fn every_documented_call_answers_as_declared() {
    let p = place().await;
    let api = serde_json::to_value(web::api::openapi()).expect("JSON");
    let token = p.full("operator").await;
    let bodies = ["", "{", "{}", "[]", "{\"mechanism\":\"x\",\"region\":\"y\"}"];
    let values = ["x", "1", "990101", "2026-02-12", "YX-2026-000001"];
    let mut calls = 0;
    for (path, item) in api["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let declared = operation["responses"].as_object().expect("responses");
            for body in bodies {
                for value in values {
                    let at = fill(path, value);
                    for auth in [None, Some(token.as_str()), Some("Bearer x")] {
                        let mut headers = vec![("content-type", "application/json")];
                        headers.extend(auth.map(|t| ("authorization", t)));
                        let answer = p.send(&method.to_uppercase(), &at, &headers, body).await;
                        let status = answer.status.as_u16().to_string();
                        assert!(declared.contains_key(&status), "{method} {at} gave {status}, not declared");
                        assert!(answer.status.as_u16() < 500, "{method} {at}");
                        if answer.status.is_client_error() {
                            assert_eq!(answer.header("content-type"), "application/problem+json");
                            assert_ne!(answer.json()["type"], "urn:gongzhi:problem:path", "{method} {at} is no route");
                        }
                        calls += 1;
                    }
                }
            }
        }
    }
    assert!(calls > 500, "only {calls} calls: the walk is broken");
}

fn fill(path: &str, value: &str) -> String {
    let steps = path.split('/').map(|step| if step.starts_with('{') { value } else { step });
    steps.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn what_is_not_documented_is_not_routed() {
    let p = place().await;
    let api = serde_json::to_value(web::api::openapi()).expect("JSON");
    for (path, item) in api["paths"].as_object().expect("paths") {
        let item = item.as_object().expect("operations");
        for method in ["get", "post", "put", "delete", "patch"].into_iter().filter(|m| !item.contains_key(*m)) {
            let answer = p.send(&method.to_uppercase(), &fill(path, "x"), &[], "").await;
            answer.problem(405, "method");
            let allowed = answer.header("allow").to_ascii_lowercase();
            let known: Vec<_> = allowed.split(',').filter(|m| *m != "head").collect();
            assert!(!known.is_empty() && known.iter().all(|m| item.contains_key(*m)), "{path}: {allowed}");
        }
    }
    // Routes come in by `routes!`, which documents them; the few that do not are these.
    let source = include_str!("../../src/api/mod.rs");
    let plain: Vec<_> = source.lines().filter(|l| l.contains(".route(")).filter_map(|l| l.split('"').nth(1)).collect();
    assert_eq!(plain, ["/api/openapi.json", "/api/{*rest}", "/api/", "/api", "/readyz", "/metrics"]);
}

#[tokio::test]
async fn every_reference_of_the_description_leads_somewhere() {
    let api = serde_json::to_value(web::api::openapi()).expect("JSON");
    let mut found = 0;
    walk(&api, &mut |name| {
        found += 1;
        let name = name.strip_prefix("#/components/schemas/").expect("a schema");
        assert!(api["components"]["schemas"][name].is_object(), "{name} is not described");
    });
    assert!(found > 50, "only {found} references: the walk is broken");
}

fn walk(value: &Value, see: &mut dyn FnMut(&str)) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(name)) = map.get("$ref") {
                see(name);
            }
            map.values().for_each(|v| walk(v, see));
        }
        Value::Array(all) => all.iter().for_each(|v| walk(v, see)),
        _ => {}
    }
}
