//! Drawings over a photo: who may see it, and whose photo it may be.

mod support;

use axum::http::StatusCode;
use support::{PASSWORD, place_packed};

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
