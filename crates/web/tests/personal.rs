//! Her personal data from outside: a matter with a canary in it, who looked, a copy, a request, two posts at the desk, and
//! then the canary is nowhere, on no page, in no list, in no answer of the API.

#![expect(clippy::unwrap_used, reason = "a test may stop here")]

mod support;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use support::{PASSWORD, Place, place_at, visible};

const MONDAY: &str = "2026-09-21T09:00:00+08:00";
const CANARY: &str = "金丝雀弄十九号的路灯";
const NAME: &str = "金丝雀女士";

/// A matter that she raised and gave up, and the cookie with her long code.
async fn ended(place: &Place) -> (String, String) {
    let fields = serde_json::json!({ "what": CANARY, "name": NAME, "phone": "13800000088" });
    let raising = app::raise::Raising {
        mechanism: "rapid-response".into(),
        region: "990101001001".parse().unwrap(),
        fields: serde_json::from_value(fields).unwrap(),
        occurred: None,
        idempotency_key: None,
    };
    let raised = place.app.raise(&app::viewer::Viewer::Public, raising).await.expect("raised");
    let cookie = format!("gz_code={}", raised.long_code);
    // Somebody looked, with a reason.
    let operator = place.staff("operator").await;
    place.app.open_sealed(&operator, raised.id, 1, "name", "打电话核实位置").await.expect("opened");
    let gone =
        place.post(&format!("/m/{}/do/withdraw", raised.number), &cookie, &[("sure", "yes"), ("seen", "")]).await;
    if gone.status != StatusCode::SEE_OTHER {
        let her = app::viewer::Viewer::Code(raised.id, app::viewer::Shown::Long);
        let acting = app::act::Acting {
            action: "withdraw".into(),
            fields: Default::default(),
            part: None,
            occurred: None,
            idempotency_key: None,
            seen: None,
        };
        place.app.act(&her, raised.id, &acting).await.expect("given up");
    }
    (raised.number, cookie)
}

async fn page(place: &Place, path: &str, cookie: &str) -> String {
    let answer = place.get(path, cookie).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", visible(&answer.text()));
    answer.text()
}

async fn follow(place: &Place, number: &str) {
    let id = place.app.by_number(number).await.unwrap();
    for _ in 0..4 {
        place.app.follow(id.cell).await.expect("followed");
    }
}

/// Every page and answer about the matter that anybody may ask for.
async fn everything(place: &Place, number: &str, cookie: &str) -> String {
    let mut all = String::new();
    for path in ["", "/looks", "/mine", "/copy", "/copy.json", "/receipt.txt", "?receipt", "?lang=en"] {
        all += &page(place, &format!("/m/{number}{path}"), cookie).await;
    }
    let desk =
        place.post("/desk/sign-in", "", &[("user", "operator"), ("password", PASSWORD)]).await.cookie().unwrap().0;
    for path in ["/desk".to_owned(), format!("/desk/m/{number}"), "/desk/inbox?lane=ended".into()] {
        all += &place.get(&encoded(&path), &desk).await.text();
    }
    // Without the words that were searched for themselves, which stand in the field again.
    let sought = place.post("/desk/search", &desk, &[("q", "金丝雀弄")]).await.text();
    all += &sought.replace("value=\"金丝雀弄\"", "");
    for path in ["/", "/open", "/open/matters"] {
        all += &page(place, path, "").await;
    }
    let code = cookie.trim_start_matches("gz_code=");
    let api = Request::get(format!("/api/v1/matters/{number}")).header("gongzhi-query-code", code);
    let api = place.send(api.header(header::ACCEPT, "application/json").body(Body::empty()).unwrap()).await;
    all + &api.text()
}

fn encoded(path: &str) -> String {
    path.chars()
        .map(
            |c| if c.is_ascii() { c.to_string() } else { c.to_string().bytes().map(|b| format!("%{b:02X}")).collect() },
        )
        .collect()
}

#[tokio::test]
async fn the_whole_way_from_the_canary_to_nothing() {
    let place = place_at(MONDAY).await;
    let (number, cookie) = ended(&place).await;
    let before = everything(&place, &number, &cookie).await;
    assert!(before.matches(CANARY).count() > 5 && before.contains(NAME), "the control");

    let looks = visible(&page(&place, &format!("/m/{number}/looks"), &cookie).await);
    assert!(looks.contains("打电话核实位置") && looks.contains("汀云区12345热线中心"), "{looks}");
    let mine = page(&place, &format!("/m/{number}/mine"), &cookie).await;
    assert!(
        visible(&mine).contains("2029年9月2") && visible(&mine).contains("到期自动删除"),
        "how long it is kept is said"
    );
    let what = mine.split("name=\"what\" value=\"").nth(1).expect("a way to ask").split('"').next().unwrap().to_owned();
    let ask = [
        ("what", what.as_str()),
        ("key", "0123456789abcdef0123456789abcdef"),
        ("v-kind", "erase"),
        ("v-what", "办完了，请删掉。"),
    ];
    let short = place.post(&format!("/m/{number}/mine"), &cookie, &ask[..3]).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY, "what is missing is told");
    let asked = place.post(&format!("/m/{number}/mine"), &cookie, &ask).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", visible(&asked.text()));
    let request = asked.text().split("action=\"/m/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert!(visible(&page(&place, &format!("/m/{number}/mine"), &cookie).await).contains(&request));

    place.act("data-office", &request, "accept", serde_json::json!({ "identity": "code" })).await;
    let desk =
        place.post("/desk/sign-in", "", &[("user", "data-office"), ("password", PASSWORD)]).await.cookie().unwrap().0;
    let sheet = page(&place, &format!("/desk/m/{request}"), &desk).await;
    assert!(visible(&sheet).contains(&number) && visible(&sheet).contains("已经办结"));
    assert!(!sheet.contains(CANARY), "whoever decides need not read it");
    let acts = ["erase", "restrict", "refuse"].map(|a| sheet.contains(&format!("/do/{a}\"")));
    assert_eq!((acts, sheet.contains("/do/correct\"")), ([true; 3], false), "only what is lawful");
    let why = serde_json::json!({ "ground": "purpose", "answer": "予以删除。" });
    place.act("data-office", &request, "erase", why).await;
    place.act("data-officer", &request, "approve:erase", serde_json::json!({})).await;
    follow(&place, &number).await;

    let after = everything(&place, &number, &cookie).await;
    assert!(!after.contains(CANARY) && !after.contains(NAME) && !after.contains("13800000088"));
    place.app.log_round().await.expect("a round");
    let file = page(&place, &format!("/m/{number}/receipt.txt"), &cookie).await;
    let checked = place.post("/receipt", "", &[("receipt", &file)]).await;
    assert_eq!(checked.status, StatusCode::OK, "the receipt still holds: {}", visible(&checked.text()));
    assert!(visible(&checked.text()).contains("凭证属实，已经记进公开账本"));
    let own = visible(&page(&place, &format!("/m/{number}"), &cookie).await);
    assert!(own.contains("已应本人请求删除") && own.contains(&request), "{own}");
    assert!(own.contains("另行保存") && own.contains("在办结以后保存"), "the request itself is still kept: {own}");
    let cell = place.app.by_number(&number).await.unwrap().cell;
    let found = place.app.verify_cell(cell, &mut |_| {}).await.expect("verified");
    assert!(found.damage.is_empty(), "{:?}", found.damage);
}

#[tokio::test]
async fn who_she_is_goes_by_the_clock_and_the_rest_when_she_asks() {
    let place = place_at(MONDAY).await;
    let (number, cookie) = ended(&place).await;
    let id = place.app.by_number(&number).await.unwrap();
    assert!(everything(&place, &number, &cookie).await.contains(NAME), "the control");
    place.clock.set("2027-12-01T09:00:00+08:00".parse().expect("a time"));
    follow(&place, &number).await;

    let after = everything(&place, &number, &cookie).await;
    assert!(!after.contains(NAME) && !after.contains("13800000088"), "who she is is gone from every page");
    assert!(after.contains(CANARY), "what it was about is not");
    let own = visible(&page(&place, &format!("/m/{number}"), &cookie).await);
    assert!(own.contains("姓名") && own.contains("已删除"), "and her page says so: {own}");
    // Nobody opens what is gone, and she cannot put it back by a form that she had open.
    let operator = place.staff("operator").await;
    assert!(place.app.open_sealed(&operator, id, 1, "name", "核实").await.is_err());
    let again = [("v-name", NAME), ("v-phone", "13800000088"), ("seen", ""), ("sure", "yes")];
    for action in ["withdraw", "add", "remind"] {
        let answer = place.post(&format!("/m/{number}/do/{action}"), &cookie, &again).await;
        assert!(!answer.status.is_success(), "{action}: {}", answer.status);
    }
    assert!(!everything(&place, &number, &cookie).await.contains(NAME));

    // What is left she may still ask for: by the form of her page, as before.
    let mine = page(&place, &format!("/m/{number}/mine"), &cookie).await;
    let what = mine.split("name=\"what\" value=\"").nth(1).expect("a way to ask").split('"').next().unwrap().to_owned();
    let key = "0123456789abcdef0123456789abcdee";
    let ask = [("what", what.as_str()), ("key", key), ("v-kind", "erase"), ("v-what", "都删掉吧。")];
    let asked = place.post(&format!("/m/{number}/mine"), &cookie, &ask).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", visible(&asked.text()));
    let request = asked.text().split("action=\"/m/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    place.act("data-office", &request, "accept", serde_json::json!({ "identity": "code" })).await;
    let why = serde_json::json!({ "ground": "purpose", "answer": "予以删除。" });
    place.act("data-office", &request, "erase", why).await;
    place.act("data-officer", &request, "approve:erase", serde_json::json!({})).await;
    follow(&place, &number).await;
    assert!(!everything(&place, &number, &cookie).await.contains(CANARY), "now that is gone too");
    let found = place.app.verify_cell(id.cell, &mut |_| {}).await.expect("verified");
    assert!(found.damage.is_empty(), "{:?}", found.damage);
}

#[tokio::test]
async fn nobody_else_gets_a_copy_or_the_looks() {
    let place = place_at(MONDAY).await;
    let (number, cookie) = ended(&place).await;
    let (other, _) = ended(&place).await;
    let receipt = page(&place, &format!("/m/{number}?receipt"), &cookie).await;
    let short = receipt.split("data-copy>").nth(2).unwrap().split('<').next().unwrap();
    for path in ["looks", "mine", "copy", "copy.json"] {
        for bad in ["", &format!("gz_code={short}"), "gz_code=wrong"] {
            let answer = place.get(&format!("/m/{number}/{path}"), bad).await;
            assert_ne!(answer.status, StatusCode::OK, "{path} {bad}");
            assert!(!answer.text().contains(CANARY));
        }
        assert_ne!(place.get(&format!("/m/{other}/{path}"), &cookie).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn nobody_looked_is_said_and_the_entrance_shows_nothing_of_anybody() {
    let place = place_at(MONDAY).await;
    let start = visible(&page(&place, "/mine", "").await);
    assert!(start.contains("有编号和查询码") && start.contains("您可以"));
    assert!(page(&place, "/", "").await.contains("href=\"/mine\""), "from every footer");
    let english = visible(&page(&place, "/mine?lang=en", "").await);
    assert!(english.contains("You may"));
}
