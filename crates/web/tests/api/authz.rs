//! Who gets what: each operation × kind of viewer × kind of matter, held in a golden file. What is hidden answers like what is missing.

use crate::document::golden;
use crate::place::{Answer, HERE, PETITION, Place, REPORT, body, place};
use serde_json::{Value, json};
use std::fmt::Write;

const OPERATIONS: [&str; 10] =
    ["read", "act", "letter", "attachment", "receipt", "looks", "copy", "requests", "ask", "void"];
/// A handler of the matter, another unit, staff of the body complained about, and so on: logins of the district.
pub const STAFF: [(&str, &str); 9] = [
    ("handler", "street-staff"),
    ("head", "street-head"),
    ("operator", "operator"),
    ("other unit", "housing"),
    ("complained", "department"),
    ("its head", "department-head"),
    ("office", "petition-office"),
    ("auditor", "auditor"),
    ("admin", "admin"),
];

pub struct Matters {
    pub own: Value,
    pub other: Value,
    pub shielded: Value,
    /// Against the body that everybody of the district stands under, the auditor too, who may otherwise look into all.
    pub above: Value,
    pub blob: String,
}

pub async fn matters(p: &Place) -> Matters {
    let staged = p.send("POST", "/api/v1/attachments", &[], "材料").await.json();
    let blob = staged["id"].as_str().expect("an id").to_owned();
    let raise = json!({"mechanism": REPORT, "region": HERE, "fields": {"what": "东门停车"}, "attachments": [blob]});
    let own = p.post("/api/v1/matters", &[], &raise).await.json();
    let other = p.report("屋顶漏水").await;
    for (matter, unit, who) in [(&own, "柳巷街道", "street-staff"), (&other, "汀云区水务局", "water")] {
        let form = json!({"unit": body(unit), "urgency": "ordinary", "kind": "report"});
        p.act("operator", &matter["number"], "dispatch", form).await;
        p.act(who, &matter["number"], "sign", json!({})).await;
    }
    let shielded = accuse(p, "汀云区城市管理局").await;
    let above = accuse(p, "汀云区委区政府").await;
    Matters { own, other, shielded, above, blob }
}

async fn accuse(p: &Place, complained: &str) -> Value {
    let fields = json!({"kind": "accusation", "request": "请查处", "facts": "收费不开票", "name": "某人", "address": "某处",
        "complained": [body(complained)]});
    let raise = json!({"mechanism": PETITION, "region": HERE, "fields": fields});
    let raised = p.post("/api/v1/matters", &[], &raise).await;
    assert_eq!(raised.status, 201, "{}", String::from_utf8_lossy(&raised.body));
    raised.json()
}

async fn ask(p: &Place, operation: &str, number: &str, m: &Matters, headers: &[(&str, &str)]) -> Answer {
    let path = format!("/api/v1/matters/{number}");
    match operation {
        "read" => p.get(&path, headers).await,
        "receipt" | "looks" | "copy" | "requests" => p.get(&format!("{path}/{operation}"), headers).await,
        "ask" => {
            let form = json!({"mechanism": "personal-data-request", "fields": {"no_such_field": "x"}});
            p.post(&format!("{path}/requests"), headers, &form).await
        }
        "letter" => {
            let seq = if m.shielded["number"] == number || m.above["number"] == number { 1 } else { 2 };
            p.get(&format!("{path}/letters/{seq}"), headers).await
        }
        // Without a reason: only whoever may declare it void gets as far as being asked for one.
        "void" => {
            let seq = if m.shielded["number"] == number || m.above["number"] == number { 1 } else { 2 };
            p.post(&format!("{path}/letters/{seq}/void"), headers, &json!({"reason": ""})).await
        }
        "attachment" => p.get(&format!("{path}/attachments/{}", m.blob), headers).await,
        // A form that is never right: it tells who gets as far as the rules, and changes nothing.
        _ => p.post(&format!("{path}/actions/raise"), headers, &json!({"no_such_field": "x"})).await,
    }
}

async fn rows(name: &str, out: &mut String, p: &Place, m: &Matters, headers: &[(&str, &str)]) {
    let missing = app::number::Number::new("YX", 2026, 999_999).expect("a number").to_string();
    for operation in OPERATIONS {
        let none = ask(p, operation, &missing, m, headers).await;
        let mut row = format!("{operation:<10} {name:<22}");
        for (kind, matter) in [("own", &m.own), ("other", &m.other), ("shielded", &m.shielded), ("above", &m.above)] {
            let number = matter["number"].as_str().expect("a number");
            let answer = ask(p, operation, number, m, headers).await;
            let _ = write!(row, " {kind}={}", answer.status.as_u16());
            if answer.status == none.status {
                assert_eq!(answer.body, none.body, "{operation} {name} {kind}: hidden and missing differ");
            }
        }
        let _ = writeln!(out, "{row} missing={}", none.status.as_u16());
    }
}

#[tokio::test]
async fn the_matrix_is_as_reviewed() {
    let mut out = String::new();
    let p = place().await;
    let m = matters(&p).await;
    rows("public", &mut out, &p, &m, &[]).await;
    for (name, login) in STAFF {
        let token = p.full(login).await;
        rows(name, &mut out, &p, &m, &[("authorization", &token)]).await;
    }
    for (name, of, which) in [
        ("short code of own", "own", "query_code"),
        ("long code of own", "own", "long_code"),
        ("long code of other", "other", "long_code"),
    ] {
        // A place of its own: wrong tries make the next ones wait.
        let p = place().await;
        let m = matters(&p).await;
        let matter = if of == "own" { &m.own } else { &m.other };
        rows(name, &mut out, &p, &m, &[("gongzhi-query-code", matter[which].as_str().expect("a code"))]).await;
    }
    golden("authz.txt", &out);
}

/// Lists and search give away no more than reading does.
#[tokio::test]
async fn nobody_finds_in_a_list_what_he_may_not_read() {
    let p = place().await;
    matters(&p).await;
    for (_, login) in STAFF {
        let token = p.full(login).await;
        let auth = [("authorization", token.as_str())];
        let mut found = Vec::new();
        let mut take = |page: Answer, what: &str| {
            assert_eq!(page.status, 200, "{login} {what}");
            found.extend(page.json()["items"].as_array().expect("items").iter().map(|i| i["number"].clone()));
        };
        for lane in ["mine", "others", "ended", "decide", "escalated"] {
            take(p.get(&format!("/api/v1/matters?lane={lane}"), &auth).await, lane);
        }
        for words in ["停车", "收费"] {
            take(p.post("/api/v1/matters/search", &auth, &json!({"words": words})).await, words);
        }
        for number in found {
            let number = number.as_str().expect("a number");
            assert_eq!(p.get(&format!("/api/v1/matters/{number}"), &auth).await.status, 200, "{login} {number}");
        }
    }
}
