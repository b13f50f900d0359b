//! What the API is for: raise, follow, act, list, letters, files, regions, calendar, metrics.

use crate::place::{HERE, PETITION, REPORT, body, place};
use serde_json::json;

#[tokio::test]
async fn a_report_is_raised_followed_and_acted_on() {
    let p = place().await;
    let file = p.send("POST", "/api/v1/attachments", &[], "门口的记录").await;
    assert_eq!(file.status, 201);
    let id = file.json()["id"].clone();
    let raise = json!({"mechanism": REPORT, "region": HERE, "fields": {"what": "东门停车", "phone": "13900001234"},
        "attachments": [id]});
    let raised = p.post("/api/v1/matters", &[("idempotency-key", "one")], &raise).await;
    assert_eq!(raised.status, 201, "{}", String::from_utf8_lossy(&raised.body));
    let first = raised.json();
    for key in ["number", "query_code", "long_code", "state", "due_by", "promised_by", "receipt"] {
        assert!(first[key].is_string(), "{key} of {first}");
    }
    assert!(first["due_by"].as_str().is_some_and(|t| t.ends_with("+08:00")));
    assert!(first["holder"]["id"].is_u64());
    let again = p.post("/api/v1/matters", &[("idempotency-key", "one")], &raise).await;
    assert_eq!((again.status.as_u16(), again.json()), (200, first.clone()));
    let mut other = raise.clone();
    other["fields"]["what"] = "另一件".into();
    p.post("/api/v1/matters", &[("idempotency-key", "one")], &other).await.problem(409, "key_reused");

    let number = first["number"].as_str().expect("a number");
    let path = format!("/api/v1/matters/{number}");
    let (short, long) = (first["query_code"].as_str().expect("code"), first["long_code"].as_str().expect("code"));
    let progress = p.get(&path, &[("gongzhi-query-code", short)]).await;
    assert_eq!(progress.status, 200);
    assert!(!String::from_utf8_lossy(&progress.body).contains("东门停车"));
    assert!(progress.json()["clocks"][0]["derivation"]["zh"][0].is_string());
    for headers in
        [&[("gongzhi-query-code", long)][..], &[("gongzhi-query-code", short), ("gongzhi-phone-tail", "1234")]]
    {
        assert!(String::from_utf8_lossy(&p.get(&path, headers).await.body).contains("东门停车"));
    }
    let blob = id.as_str().expect("an id");
    let got = p.get(&format!("{path}/attachments/{blob}"), &[("gongzhi-query-code", long)]).await;
    assert_eq!((got.status.as_u16(), &*got.body), (200, "门口的记录".as_bytes()));
    assert!(got.header("content-disposition").starts_with("attachment"));

    let street = body("柳巷街道");
    let form = json!({"fields": {"unit": street, "urgency": "ordinary", "kind": "report"}});
    p.act("operator", &first["number"], "dispatch", form).await;
    p.act("street-staff", &first["number"], "sign", json!({})).await;
    let reader = p.token("street-staff", &["matters:read"]).await;
    let list = p.get("/api/v1/matters?limit=1", &[("authorization", &reader)]).await;
    assert_eq!(list.json()["items"][0]["number"], number);
    assert!(list.header("link").contains("rel=\"next\""), "{:?}", list.headers);
    let next = list.json()["next"].as_str().expect("a cursor").to_owned();
    let empty = p.get(&format!("/api/v1/matters?limit=1&after={next}"), &[("authorization", &reader)]).await;
    assert_eq!((empty.json()["items"].as_array().map(Vec::len), empty.json()["next"].is_null()), (Some(0), true));
    let reads = [("authorization", reader.as_str())];
    let found = p.post("/api/v1/matters/search", &reads, &json!({"words": "停车"})).await;
    assert_eq!(found.json()["items"][0]["number"], number);
    let ended = p.post("/api/v1/matters/search", &reads, &json!({"words": "停车", "ring": 5})).await;
    assert_eq!(ended.json()["items"], json!([]), "the filters hold");
    let seen = p.get(&path, &[("authorization", &reader)]).await.json();
    assert_eq!(seen["actions"], json!([]), "a reading token is offered no action");
    let full = p.full("street-staff").await;
    let seen = p.get(&path, &[("authorization", &full)]).await.json();
    assert!(seen["actions"].as_array().is_some_and(|a| !a.is_empty()));
    assert!(p.get(&format!("{path}/letters/2"), &[("authorization", &full)]).await.json()["text"].is_string());
    let refused = p.post(&format!("{path}/actions/sign"), &[("authorization", &full)], &json!({})).await;
    let problem = refused.problem(409, "refused");
    assert_eq!(problem["rule"], "state");
    assert!(problem["possible"].as_array().is_some_and(|a| !a.is_empty()), "{problem}");
    let metrics = String::from_utf8(p.get("/metrics", &[]).await.body).expect("text");
    assert!(metrics.contains("gongzhi_matters_raised_total 1"), "{metrics}");
    assert!(metrics.contains("route=\"/api/v1/matters/{number}\",method=\"GET\",status=\"200\""), "{metrics}");
    assert!(!metrics.contains(number), "no number in a label");
}

#[tokio::test]
async fn a_token_does_what_its_scopes_say_and_a_cookie_nothing() {
    let p = place().await;
    let raised = p.report("路灯").await;
    let path = format!("/api/v1/matters/{}", raised["number"].as_str().expect("a number"));
    let (read, write) = (p.token("operator", &["matters:read"]).await, p.token("operator", &["matters:write"]).await);
    p.get(&path, &[("authorization", &write)]).await.problem(403, "scope");
    p.get("/api/v1/matters", &[("authorization", &write)]).await.problem(403, "scope");
    p.post(&format!("{path}/actions/dispatch"), &[("authorization", &read)], &json!({})).await.problem(403, "scope");
    let raise = json!({"mechanism": REPORT, "region": HERE, "fields": {"what": "x"}});
    p.post("/api/v1/matters", &[("authorization", &read)], &raise).await.problem(403, "scope");
    p.get(&path, &[("authorization", "Bearer nonsense")]).await.problem(401, "sign_in");
    p.get(&path, &[("authorization", "Basic eDp5")]).await.problem(401, "sign_in");
    let secret = read.trim_start_matches("Bearer ");
    let cookie = format!("gz_session={secret}");
    p.get("/api/v1/matters", &[("cookie", &cookie)]).await.problem(401, "sign_in");
    p.get(&path, &[("cookie", &cookie)]).await.problem(404, "not_found");
}

#[tokio::test]
async fn what_is_offered_and_the_calendar_can_be_asked_by_anybody() {
    let p = place().await;
    let all = p.get(&format!("/api/v1/mechanisms?region={HERE}"), &[]).await.json();
    let ids: Vec<_> = all["mechanisms"].as_array().expect("a list").iter().map(|m| m["id"].clone()).collect();
    assert!(ids.contains(&json!(REPORT)) && ids.contains(&json!(PETITION)), "{ids:?}");
    let one = p.get(&format!("/api/v1/mechanisms/{REPORT}"), &[]).await.json();
    assert!(one["form"].as_array().is_some_and(|f| f.iter().any(|f| f["id"] == "what" && f["required"] == true)));
    assert!(one["promise"]["due_by"].is_string() && one["states"]["received"]["name"]["zh"].is_string());
    p.get("/api/v1/mechanisms/nothing", &[]).await.problem(404, "mechanism");
    p.get("/api/v1/mechanisms?region=110101", &[]).await.problem(422, "outside");
    p.get("/api/v1/mechanisms?region=98", &[]).await.problem(422, "region");
    let region = p.get("/api/v1/regions/990101001", &[]).await.json();
    assert_eq!((&region["level"], &region["served"]), (&json!(4), &json!(true)));
    assert_eq!(region["children"].as_array().map(Vec::len), Some(2), "{region}");
    p.get("/api/v1/regions/98", &[]).await.problem(404, "region");
    let day = p.get("/api/v1/calendar/day/2026-10-01", &[]).await.json();
    assert_eq!((&day["working"], &day["kind"]), (&json!(false), &json!("holiday")));
    p.get("/api/v1/calendar/day/2026-02-30", &[]).await.problem(422, "shape");
    let due = p.get("/api/v1/calendar/due?from=2026-09-28T09:00&length=5wd", &[]).await.json();
    assert!(due["due"].as_str().is_some_and(|d| d.starts_with("2026-10-")), "{due}");
    assert!(due["sources"].as_array().is_some_and(|s| !s.is_empty()));
    let wrong = p.get("/api/v1/calendar/due?from=x&length=y&roll=z", &[("accept-language", "en")]).await;
    assert_eq!(wrong.problem(422, "shape")["errors"].as_array().map(Vec::len), Some(3));
    assert_eq!(p.get("/readyz", &[]).await.status, 200);
}

#[tokio::test]
async fn her_looks_a_copy_and_a_request_about_her_data() {
    let p = place().await;
    let raised = p.report("东门停车，找林女士").await;
    let (number, code) = (raised["number"].as_str().expect("text"), raised["long_code"].as_str().expect("text"));
    let (path, hers) = (format!("/api/v1/matters/{number}"), [("gongzhi-query-code", code)]);
    assert_eq!(p.get(&format!("{path}/looks"), &hers).await.json(), json!([]));
    let reader = p.token("operator", &["matters:read"]).await;
    assert_eq!(p.get(&path, &[("authorization", &reader)]).await.status, 200);
    let looks = p.get(&format!("{path}/looks"), &hers).await.json();
    assert_eq!((looks.as_array().map(Vec::len), &looks[0]["role"]), (Some(1), &json!("operator")), "{looks}");
    let copy = p.get(&format!("{path}/copy"), &hers).await.json();
    assert_eq!((&copy["format"], &copy["matter"]["number"]), (&json!("gongzhi.copy/v2"), &json!(number)));
    assert!(copy.to_string().contains("东门停车，找林女士"));
    assert!(copy["made_at"].as_str().is_some_and(|at| at.ends_with("+08:00")), "{}", copy["made_at"]);
    assert_eq!(milliseconds(&copy), 0, "times as everywhere else: {copy}");
    assert_eq!(copy["matter"]["looks"].as_array().map(Vec::len), Some(1));

    let requests = p.get(&format!("{path}/requests"), &hers).await.json();
    let possible = &requests["possible"][0];
    assert_eq!(requests["asked"], json!([]));
    let fields: Vec<_> = possible["form"].as_array().expect("a form").iter().map(|f| f["id"].clone()).collect();
    assert!(
        fields.contains(&json!("kind")) && !fields.contains(&json!("about")),
        "which matter goes without saying: {fields:?}"
    );
    let key = [hers[0], ("idempotency-key", "ask-1")];
    let ask = json!({"mechanism": possible["mechanism"], "fields": {"kind": "erase", "what": "办完了，请删掉。"}});
    let asked = p.post(&format!("{path}/requests"), &key, &ask).await;
    assert_eq!(asked.status, 201, "{}", asked.json());
    let again = p.post(&format!("{path}/requests"), &key, &ask).await;
    assert_eq!((again.status.as_u16(), &again.json()["number"]), (200, &asked.json()["number"]), "asked once");
    let known = p.get(&format!("{path}/requests"), &hers).await.json();
    assert_eq!(known["asked"][0]["number"], asked.json()["number"]);
    let own = [("gongzhi-query-code", known["asked"][0]["long_code"].as_str().expect("a code"))];
    let of = format!("/api/v1/matters/{}", asked.json()["number"].as_str().expect("a number"));
    assert_eq!(p.get(&of, &own).await.status, 200, "its code opens it");
    let other = json!({"mechanism": REPORT, "fields": {"what": "x"}});
    p.post(&format!("{path}/requests"), &hers, &other).await.problem(404, "not_found");
    p.post(&format!("{path}/requests"), &hers, &json!({"mechanism": possible["mechanism"]}))
        .await
        .problem(422, "fields");
    let staff = p.full("operator").await;
    p.get(&format!("{path}/copy"), &[("authorization", &staff)]).await.problem(404, "not_found");
}

#[tokio::test]
async fn a_condition_that_does_not_hold_is_named() {
    let p = place().await;
    let fields =
        json!({"kind": "appeal", "request": "补发补助", "facts": "至今没有发", "name": "某人", "address": "某处"});
    let raised =
        p.post("/api/v1/matters", &[], &json!({"mechanism": PETITION, "region": HERE, "fields": fields})).await;
    assert_eq!(raised.status, 201, "{}", String::from_utf8_lossy(&raised.body));
    let path = format!("/api/v1/matters/{}", raised.json()["number"].as_str().expect("a number"));
    let office = p.full("petition-office").await;
    let form = json!({"fields": {"reason": "重看"}});
    let refused = p.post(&format!("{path}/actions/mark_appeal"), &[("authorization", &office)], &form).await;
    let problem = refused.problem(409, "refused");
    assert_eq!(problem["rule"], "guard");
    let (zh, en) = ("“哪一类”选的是“建议意见”", "“Which kind?” is “Suggestion or opinion”");
    let condition = json!({"code": "value", "about": ["kind"], "zh": zh, "en": en});
    assert_eq!(problem["conditions"], json!([condition]));
    let detail = problem["detail"].as_str().expect("words");
    assert!(detail.starts_with(&format!("只有{zh}，才能办这一步。现在可以：")), "{detail}");
    let english = [("authorization", &*office), ("accept-language", "en")];
    let refused = p.post(&format!("{path}/actions/mark_appeal"), &english, &form).await.problem(409, "refused");
    let detail = refused["detail"].as_str().expect("words");
    assert!(detail.starts_with(&format!("This step is possible only if {en}. Possible now: ")), "{detail}");
    let seen = p.get(&path, &[("authorization", &office)]).await.json();
    let blocked = seen["blocked"].as_array().expect("a list").iter().find(|b| b["name"] == "mark_appeal");
    assert_eq!(blocked.expect("it is shown as not possible yet")["conditions"], json!([condition]));
    // What only the clock does is nobody's to do, and says so.
    let clock = p.post(&format!("{path}/actions/no_objection"), &[("authorization", &office)], &json!({})).await;
    let problem = clock.problem(403, "refused");
    assert_eq!((&problem["rule"], &problem["conditions"]), (&json!("role"), &json!(null)));
    let detail = problem["detail"].as_str().expect("words");
    assert!(detail.starts_with("这一步由时限到期时自动办理，不用人办。"), "{detail}");
}

/// How many numbers in it can only be times in milliseconds.
fn milliseconds(value: &serde_json::Value) -> usize {
    match value {
        serde_json::Value::Array(all) => all.iter().map(milliseconds).sum(),
        serde_json::Value::Object(all) => all.values().map(milliseconds).sum(),
        other => usize::from(other.as_i64().is_some_and(|n| n > 1_000_000_000_000)),
    }
}
