//! Too much from one address: 429 with the time to go on, nothing lost, nobody else held up, and never for staff.

mod support;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use std::net::SocketAddr;
use support::{Answer, Place, place_with, visible};
use web::pace::{Paces, Rate};

const WHAT: &str = "东门外的消防通道，一到晚上就停满了车";
const KEY: &str = "0123456789abcdef0123456789abcdef";

fn paces() -> Paces {
    Paces {
        raise: Rate { burst: 2, per_hour: 60 },
        file: Rate { burst: 1, per_hour: 6 },
        code: Rate { burst: 3, per_hour: 60 },
        check: Rate { burst: 2, per_hour: 60 },
        ballot: Rate { burst: 2, per_hour: 60 },
        proxies: vec!["10.0.0.1".parse().expect("an address")],
    }
}

async fn place() -> Place {
    place_with("2026-09-28T09:00:00+08:00", std::sync::Arc::new(store::MemoryStore::default()), paces()).await
}

/// A request from an address, with more headers.
async fn from(place: &Place, ip: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
    let mut request = Request::post(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(body.into()).expect("a request");
    request.extensions_mut().insert(ConnectInfo(SocketAddr::new(ip.parse().expect("an address"), 4000)));
    place.send(request).await
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const JSON: (&str, &str) = ("content-type", "application/json");

fn report(n: u32) -> String {
    let fields = serde_json::json!({"what": format!("{WHAT}{n}"), "phone": "13800001234"});
    serde_json::json!({"mechanism": "rapid-response", "region": "990101001001", "fields": fields}).to_string()
}

async fn raise(place: &Place, ip: &str, n: u32) -> StatusCode {
    from(place, ip, "/api/v1/matters", &[JSON], report(n)).await.status
}

fn wait(answer: &Answer) -> u32 {
    assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{}", answer.text());
    answer.headers[header::RETRY_AFTER].to_str().expect("text").parse().expect("seconds")
}

#[tokio::test]
async fn an_address_that_floods_waits_and_the_others_do_not() {
    let place = place().await;
    for n in 0..2 {
        assert_eq!(raise(&place, "192.0.2.7", n).await, StatusCode::CREATED);
    }
    let late = from(&place, "192.0.2.7", "/api/v1/matters", &[JSON], report(2)).await;
    assert_eq!(wait(&late), 60, "one a minute");
    let problem: serde_json::Value = serde_json::from_slice(&late.body).expect("a problem");
    assert_eq!(problem["type"], "urn:gongzhi:problem:pace");
    assert_eq!(raise(&place, "192.0.2.8", 3).await, StatusCode::CREATED, "a neighbour");
    place.clock.set(place.app.now().plus_millis(59_000));
    assert_eq!(raise(&place, "192.0.2.7", 4).await, StatusCode::TOO_MANY_REQUESTS);
    place.clock.set(place.app.now().plus_millis(1_000));
    assert_eq!(raise(&place, "192.0.2.7", 5).await, StatusCode::CREATED, "and then it goes on");
    for n in 6..12 {
        assert_eq!(raise(&place, "127.0.0.1", n).await, StatusCode::CREATED, "a proxy that nobody named is no town");
    }
}

#[tokio::test]
async fn behind_a_known_proxy_everybody_has_a_pace_of_his_own_and_nobody_forges_one() {
    let place = place().await;
    let told = |who: &'static str| [JSON, ("x-forwarded-for", who)];
    for who in ["192.0.2.1", "192.0.2.2", "192.0.2.3", "198.51.100.9, 192.0.2.4"] {
        let answer = from(&place, "10.0.0.1", "/api/v1/matters", &told(who), report(1)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{who}");
    }
    from(&place, "10.0.0.1", "/api/v1/matters", &told("203.0.113.5, 192.0.2.4"), report(2)).await;
    let third = from(&place, "10.0.0.1", "/api/v1/matters", &told("203.0.113.6, 192.0.2.4"), report(3)).await;
    wait(&third);
    // Whoever comes without the proxy is believed nothing.
    for n in 0..3 {
        let answer = from(&place, "192.0.2.77", "/api/v1/matters", &told("203.0.113.7"), report(n)).await;
        assert_eq!(answer.status == StatusCode::CREATED, n < 2);
    }
}

fn encode(fields: &[(&str, &str)]) -> String {
    let hex = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    fields.iter().map(|(n, v)| format!("{}={}", hex(n), hex(v))).collect::<Vec<_>>().join("&")
}

#[tokio::test]
async fn the_page_keeps_what_was_typed_and_says_when_to_go_on() {
    let place = place().await;
    for n in 0..2 {
        raise(&place, "192.0.2.7", n).await;
    }
    let fields = [
        ("key", KEY),
        ("what", WHAT),
        ("place", "青禾社区东门"),
        ("r0", "990101001"),
        ("r1", "990101001001"),
        ("v-phone", "13800001234"),
        ("v-name", "林女士"),
        ("go", "send"),
    ];
    let body = encode(&fields);
    let answer = from(&place, "192.0.2.7", "/raise/rapid-response", &[FORM], body.clone()).await;
    assert_eq!(wait(&answer), 60);
    let text = visible(&answer.text());
    for seen in [WHAT, "林女士", "13800001234", "请过 60 秒再试", "没有丢"] {
        assert!(text.contains(seen), "{seen}: {text}");
    }
    let english = from(&place, "192.0.2.7", "/raise/rapid-response?lang=en", &[FORM], body.clone()).await;
    assert!(visible(&english.text()).contains("try again in 60 s"), "{}", visible(&english.text()));
    place.clock.set(place.app.now().plus_millis(60_000));
    let sent = from(&place, "192.0.2.7", "/raise/rapid-response", &[FORM], body).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "the same form again is taken");
}

#[tokio::test]
async fn whoever_signed_in_has_no_pace() {
    let place = place().await;
    let signed = place.app.sign_in("operator", support::PASSWORD, 1).await.expect("signs in");
    let token = place.app.make_token("operator", vec!["matters:write".into()], 1).await.expect("a token");
    let bearer = format!("Bearer {token}");
    for n in 0..6 {
        let report = report(n).replace("\"phone\"", "\"channel\":\"phone\",\"phone\"");
        let answer = from(&place, "192.0.2.7", "/api/v1/matters", &[JSON, ("authorization", &bearer)], report).await;
        assert_ne!(answer.status, StatusCode::TOO_MANY_REQUESTS);
    }
    let cookie = format!("gz_session={}", signed.secret);
    for _ in 0..6 {
        let fields = encode(&[("number", "YX-2026-0000019"), ("code", "00000 00000")]);
        let answer = from(&place, "192.0.2.7", "/follow", &[FORM, ("cookie", &cookie)], fields).await;
        assert!(!answer.text().contains("提交得太密"), "codes have their own back-off");
    }
    assert_eq!(raise(&place, "192.0.2.7", 9).await, StatusCode::CREATED, "and nothing of it was counted");
}

#[tokio::test]
async fn files_have_a_pace_of_their_own() {
    let place = place().await;
    let stage = || from(&place, "192.0.2.7", "/api/v1/attachments", &[], "说明文字");
    assert_eq!(stage().await.status, StatusCode::CREATED);
    assert_eq!(wait(&stage().await), 600);
    assert_eq!(raise(&place, "192.0.2.7", 1).await, StatusCode::CREATED);
}

#[tokio::test]
async fn trying_number_after_number_is_slowed_and_reading_ones_own_is_not() {
    let place = place().await;
    let raised = from(&place, "192.0.2.9", "/api/v1/matters", &[JSON], report(1)).await;
    let raised: serde_json::Value = serde_json::from_slice(&raised.body).expect("an answer");
    let (number, code) = (raised["number"].as_str().expect("text"), raised["long_code"].as_str().expect("text"));
    let read = async || {
        let mut request = Request::get(format!("/m/{number}")).header(header::COOKIE, format!("gz_code={code}"));
        let ip = ConnectInfo(SocketAddr::new("192.0.2.7".parse().expect("an address"), 4000));
        request.extensions_mut().expect("extensions").insert(ip);
        place.send(request.body(Body::empty()).expect("a request")).await.status
    };
    for _ in 0..9 {
        assert_eq!(read().await, StatusCode::OK, "a right code is counted once");
    }
    let guess = async |n: u32| {
        let number = format!("YX-2026-{n:07}");
        from(&place, "192.0.2.7", "/follow", &[FORM], encode(&[("number", &number), ("code", "00000 00000")])).await
    };
    assert_eq!(guess(1).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(guess(2).await.status, StatusCode::UNAUTHORIZED);
    assert!(wait(&guess(3).await) > 0, "another number is no fresh start");
    assert_eq!(read().await, StatusCode::OK, "and whoever knows his code still reads");
}

#[tokio::test]
async fn checking_receipts_and_voting_have_paces_of_their_own() {
    let place = place().await;
    let check = async |ip: &'static str| {
        from(&place, ip, "/receipt", &[FORM], encode(&[("receipt", "一张看不懂的回执")])).await
    };
    for _ in 0..2 {
        assert_eq!(check("192.0.2.7").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let late = check("192.0.2.7").await;
    assert_eq!(wait(&late), 60);
    let text = late.text();
    assert!(visible(&text).contains("同一个网络地址") && text.contains("一张看不懂的回执"), "what was pasted stays");
    assert_eq!(check("192.0.2.8").await.status, StatusCode::UNPROCESSABLE_ENTITY, "a neighbour");

    // Another matter each time, so that the back-off of codes is not what answers.
    let slip = async |n: u32| {
        let fields = encode(&[("slip", "1"), ("code", "12345678")]);
        from(&place, "192.0.2.7", &format!("/v/YX-2026-{n:07}"), &[FORM], fields).await
    };
    for n in 0..2 {
        assert_eq!(slip(n).await.status, StatusCode::UNAUTHORIZED);
    }
    let late = slip(2).await;
    assert_eq!(wait(&late), 60);
    assert!(visible(&late.text()).contains("同一个网络地址"));
    let vote = serde_json::json!({"slip": 1, "code": "12345678", "choice": "yes"}).to_string();
    let late = from(&place, "192.0.2.7", "/api/v1/matters/YX-2026-0000003/votes/adopt", &[JSON], vote).await;
    wait(&late);
    let problem: serde_json::Value = serde_json::from_slice(&late.body).expect("a problem");
    assert_eq!(problem["type"], "urn:gongzhi:problem:pace");
    assert_eq!(raise(&place, "192.0.2.7", 1).await, StatusCode::CREATED, "and raising is not slowed by it");
}
