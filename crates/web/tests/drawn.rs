//! Rows of tasks and drawings over a photo on the portal's forms: through the steps of raising and on an action's page,
//! without scripts; who may see the photo, what it carries, and that the rows are found again.

mod support;

use axum::http::StatusCode;
use support::{Answer, PASSWORD, Place, place_packed};

/// A resident brings a list of tasks and a sketch.
const FILE: &str = r#"
[mechanism]
id = "yard"
name = { zh = "院里的事", en = "The yard" }
summary = { zh = "写下要做的几件事，画在照片上。", en = "Write what is to be done, and draw it on a photo." }
door = "report"
source = "example"
[role.office]
name = { zh = "热线", en = "hotline" }
is = "office hotline"
[role.above]
name = { zh = "热线的上级", en = "above" }
is = "part_of of office"
[number]
answer = { value = "5d", source = "example 1" }
climb = { value = "2d", source = "example 2" }
[field]
what = { label = { zh = "什么事", en = "What" }, type = "text", class = "handlers", max = 500 }
photos = { label = { zh = "照片", en = "Photos" }, type = "files", class = "handlers", max = 3 }
plan = { label = { zh = "示意图", en = "Sketch" }, type = "sketch", class = "handlers" }
steps = { label = { zh = "谁做什么", en = "Who does what" }, type = "tasks", class = "coded" }
note = { label = { zh = "写几句", en = "A few words" }, type = "text", class = "handlers", max = 500 }
[state]
received = { name = { zh = "收到了", en = "received" }, ring = "收到", holder = "office" }
done = { name = { zh = "办完了", en = "done" }, ring = "回话", end = true }
[action.raise]
label = { zh = "提交", en = "send" }
said = { zh = "提交了", en = "sent it" }
by = ["raiser"]
to = "received"
needs = ["what", "steps"]
may = ["photos", "plan"]
[action.add]
label = { zh = "补充", en = "add" }
said = { zh = "补充了", en = "added" }
anytime = true
by = ["raiser"]
may = ["steps", "plan"]
[action.answer]
label = { zh = "答复", en = "answer" }
said = { zh = "答复了", en = "answered" }
in = ["received"]
by = ["office"]
to = "done"
needs = ["note"]
answers = true
[clock.answer]
label = { zh = "答复", en = "answer" }
owed_by = "office"
from = ["raise"]
to = ["answer"]
length = "answer"
expiry = "above"
[escalation]
within = "climb"
up = "part_of"
"#;

/// Two pixels, and a text that says where they were taken.
const PHOTO: &[u8] =
    b"\x89\x50\x4e\x47\x0d\x0a\x1a\x0a\x00\x00\x00\x0d\x49\x48\x44\x52\x00\x00\x00\x02\x00\x00\x00\x01\
      \x08\x02\x00\x00\x00\x7b\x40\xe8\xdd\x00\x00\x00\x1c\x74\x45\x58\x74\x4c\x6f\x63\x61\x74\x69\x6f\
      \x6e\x00\x63\x61\x6e\x61\x72\x79\x20\x33\x30\x2e\x32\x4e\x20\x31\x32\x30\x2e\x31\x45\xe1\xe1\xce\
      \xba\x00\x00\x00\x0f\x49\x44\x41\x54\x78\x9c\x63\xf8\xcf\xc0\xc0\xf0\x9f\x01\x00\x07\xff\x01\xff\
      \x01\x7f\x89\xa7\x00\x00\x00\x00\x49\x45\x4e\x44\xae\x42\x60\x82";
const CANARY: &[u8] = b"canary 30.2N";

/// The hidden fields of a page, as a browser would send them.
fn hidden(page: &str) -> Vec<(String, String)> {
    let inputs = page.split("<input type=\"hidden\" name=\"").skip(1);
    let one = |rest: &str| {
        let (name, rest) = rest.split_once("\" value=\"")?;
        let value = rest.split_once('"')?.0.replace("&quot;", "\"").replace("&lt;", "<").replace("&amp;", "&");
        Some((name.to_owned(), value))
    };
    inputs.filter_map(one).collect()
}

fn as_refs(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect()
}

/// The body of the list that is called so.
fn body(page: &str, name: &str) -> String {
    let option = page.split("<option value=\"").find(|o| o.contains(&format!(">{name}<"))).expect("a body to choose");
    option.split_once('"').expect("a value").0.to_owned()
}

async fn first(place: &Place) -> Answer {
    let fields = [("what", "楼道的灯太暗。"), ("r0", "990101001"), ("r1", "990101001001"), ("go", "details")];
    place.post_files("/raise/yard", &fields, &[]).await
}

#[tokio::test]
async fn a_resident_draws_on_a_photo_and_lists_what_is_to_be_done() {
    let place = place_packed("2026-09-02T09:00:00+08:00", "yard", FILE).await;
    let details = first(&place).await.text();
    assert!(details.contains("v-steps.0.what") && details.contains("v-plan.under"), "rows and a photo can be given");
    let who = body(&details, "汀云区城市管理局");
    let mut fields = hidden(&details);
    let steps = [("v-steps.0.what", "换成暖光灯泡"), ("v-steps.0.who", &who), ("v-steps.0.by", "2026-10-10")];
    let marks = [("v-plan.0.kind", "mark"), ("v-plan.0.square", "C4"), ("v-plan.0.text", "最暗的拐角")];
    fields.extend(steps.iter().chain(&marks).map(|(n, v)| ((*n).to_owned(), (*v).to_owned())));
    fields.push(("go".into(), "check".into()));

    let wrong =
        place.post_files("/raise/yard", &as_refs(&fields), &[("v-plan.under", "a.txt", "文字".as_bytes())]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("要是照片或图片"), "what lies under it is a picture");

    let check = place.post_files("/raise/yard", &as_refs(&fields), &[("v-plan.under", "p.png", PHOTO)]).await;
    let check = check.text();
    assert!(check.contains("换成暖光灯泡（汀云区城市管理局，2026-10-10 前）"), "the rows are told before sending");
    assert!(check.contains("画在一张照片或平面图上") && check.contains("最暗的拐角"), "and the drawing in words");
    let mut fields = hidden(&check);
    fields.push(("go".into(), "send".into()));
    let sent = place.post("/raise/yard", "", &as_refs(&fields)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.text());
    let number = sent.location().trim_start_matches("/m/").split('?').next().expect("a number").to_owned();
    let cookie = sent.cookie().expect("her code").0;

    let page = place.get(&format!("/m/{number}"), &cookie).await.text();
    let href =
        page.split("<image href=\"").nth(1).expect("the photo lies under the lines").split('"').next().expect("it");
    assert!(href.starts_with(&format!("/m/{number}/file/")));
    let photo = place.get(href, &cookie).await;
    assert_eq!((photo.status, &photo.body[1..4]), (StatusCode::OK, &b"PNG"[..]));
    assert!(PHOTO.windows(CANARY.len()).any(|w| w == CANARY), "the control");
    assert!(!photo.body.windows(CANARY.len()).any(|w| w == CANARY), "where it was taken is gone");
    let stranger = place.get(href, "").await;
    assert!(stranger.status != StatusCode::OK, "nobody else sees it");

    let operator = place.staff("operator").await;
    let app::viewer::Viewer::Staff(staff) = &operator else { panic!("somebody at work") };
    for words in ["暖光灯泡", "最暗的拐角", "楼道的灯"] {
        assert_eq!(place.app.search(staff, words, 9).await.expect("searched").len(), 1, "{words}");
    }
    sound(&place).await;
    again(&place, &number, &cookie, (&who, href)).await;
}

async fn sound(place: &Place) {
    let found = place.app.verify_cell(place.app.cell_of(&"990101".parse().expect("a code")), &mut |_| {}).await;
    let found = found.expect("verified");
    assert!(found.damage.is_empty() && found.matters == 1, "{:?}", found.damage);
}

/// On the page of an action: incomplete rows stay, and the photo of the matter may be drawn over once more.
async fn again(place: &Place, number: &str, cookie: &str, (who, href): (&str, &str)) {
    let form = format!("/m/{number}/do/add");
    let page = place.get(&form, cookie).await.text();
    assert!(page.contains(&format!("data-src=\"{href}\"")), "the photo of the matter is offered");
    assert!(page.contains("multipart/form-data") && page.contains("v-steps.4.by"));
    let id = href.rsplit('/').next().expect("an id");
    let mut fields = vec![("v-steps.0.what", "装感应开关"), ("v-plan.0.square", "B2"), ("v-plan.0.text", "装在这里")];
    fields.extend([("v-plan.under", id), ("v-steps.0.by", "2026-11-01")]);
    let missing = place.post(&form, cookie, &fields).await;
    assert_eq!(missing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = missing.text();
    assert!(text.contains("value=\"装感应开关\"") && text.contains("第 1 行要写谁来做"), "{text}");
    fields.push(("v-steps.0.who", who));
    let done = place.post(&form, cookie, &fields).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let page = place.get(&format!("/m/{number}"), cookie).await.text();
    assert_eq!(page.matches(&format!("<image href=\"{href}\"")).count(), 2);
    assert!(page.contains("装感应开关"), "the rows are in the thread");
    sound(place).await;
}

#[tokio::test]
async fn on_the_desk_the_photo_is_served_under_the_desk() {
    let place = place_packed("2026-09-02T09:00:00+08:00", "yard", FILE).await;
    let region = "990101001001".parse().expect("a region");
    let under = place.app.stage(&region, PHOTO.to_vec()).await.expect("staged").id;
    let office = place.app.directory().bodies().find(|b| b.name == "汀云区城市管理局").expect("a body").id.0;
    let sketch = serde_json::json!({ "base": under, "marks": [{ "kind": "mark", "points": [[10, 10]] }] }).to_string();
    let fields = serde_json::json!({ "what": "灯暗。", "steps": [{ "what": "换灯", "who": office, "by": "2026-10-01" }], "plan": sketch });
    let raising = |fields: serde_json::Value| app::raise::Raising {
        mechanism: "yard".into(),
        region,
        fields: serde_json::from_value(fields).expect("a form"),
        occurred: None,
        idempotency_key: None,
    };
    let raised = place.app.raise(&app::viewer::Viewer::Public, raising(fields.clone())).await.expect("raised");
    let stolen = place.app.raise(&app::viewer::Viewer::Public, raising(fields)).await;
    assert!(matches!(stolen, Err(app::error::AppError::UnknownAttachment)), "the photo of another matter");
    let text = place.app.stage(&region, "文字".as_bytes().to_vec()).await.expect("staged").id;
    let sketch = serde_json::json!({ "base": text, "marks": [{ "kind": "mark", "points": [[10, 10]] }] }).to_string();
    let fields = serde_json::json!({ "what": "灯。", "steps": [{ "what": "换灯", "who": office, "by": "2026-10-01" }], "plan": sketch });
    let no_picture = place.app.raise(&app::viewer::Viewer::Public, raising(fields)).await;
    assert!(matches!(no_picture, Err(app::error::AppError::UnknownAttachment)), "no picture");

    let signed = place.app.sign_in("operator", PASSWORD, 1).await.expect("signs in");
    let cookie = format!("gz_session={}", signed.secret);
    let page = place.get(&format!("/desk/m/{}", raised.number), &cookie).await.text();
    let href = format!("/desk/m/{}/file/{under}", raised.number);
    assert!(page.contains(&format!("<image href=\"{href}\"")), "under the lines");
    assert_eq!(place.get(&href, &cookie).await.status, StatusCode::OK);
}
