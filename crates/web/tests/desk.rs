//! The desk as people use it, over the real packs and the invented district: an order from the telephone to its end, a
//! petition to its review, and what wrong posts, wrong forms and wrong reasons get.

#[path = "support/mod.rs"]
mod support;

use app::viewer::Viewer;
use axum::http::StatusCode;
use kernel::ids::BodyId;
use pack::demo_directory::DemoDirectory;
use support::{Answer, PASSWORD, Place, place_at, visible};

const MONDAY: &str = "2026-09-21T09:00:00+08:00";
/// Who finds, each at her own desk, all that staff raise.
const FINDERS: [&str; 8] = [
    "street-staff",
    "petition-office",
    "suggestion-office",
    "social-worker",
    "operator",
    "care-team",
    "community-worker",
    "justice",
];

/// A desk that somebody signed in to.
struct Desk<'a> {
    place: &'a Place,
    cookie: String,
}

async fn sign_in<'a>(place: &'a Place, user: &str) -> Desk<'a> {
    let answer = place.post("/desk/sign-in", "", &[("user", user), ("password", PASSWORD)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{user}");
    let (cookie, attributes) = answer.cookie().expect("a cookie");
    assert!(attributes.contains("HttpOnly") && attributes.contains("SameSite=Lax"), "{attributes}");
    Desk { place, cookie }
}

impl Desk<'_> {
    async fn get(&self, path: &str) -> Answer {
        self.place.get(path, &self.cookie).await
    }

    async fn page(&self, path: &str) -> String {
        let answer = self.get(path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", visible(&answer.text()));
        answer.text()
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.place.post(path, &self.cookie, fields).await
    }

    /// Does something as the page offers it: the button must be there, and the notice afterwards too.
    async fn does(&self, number: &str, action: &str, fields: &[(&str, &str)]) -> String {
        let page = self.page(&format!("/desk/m/{number}")).await;
        let form = format!("/desk/m/{number}/do/{action}");
        let at = page.find(&format!("action=\"{form}\"")).unwrap_or_else(|| panic!("{action} is not offered"));
        let seen = page[at..].split("name=\"seen\" value=\"").nth(1).and_then(|r| r.split('"').next()).expect("seen");
        let all: Vec<(&str, &str)> = fields.iter().copied().chain([("seen", seen)]).collect();
        let answer = self.post(&form, &all).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{action}: {}", visible(&answer.text()));
        let after = self.page(&answer.location()).await;
        assert!(after.contains("role=\"status\""), "{action} says nothing of what happened");
        after
    }

    /// Tries what the post may not do.
    async fn refused(&self, number: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.post(&format!("/desk/m/{number}/do/{action}"), fields).await;
        assert!(answer.status.is_client_error(), "{action}: {}", answer.status);
        answer
    }
}

fn body(name: &str) -> String {
    let BodyId(id) = DemoDirectory::embedded().expect("a directory").body_named(name).expect(name);
    id.to_string()
}

fn number_of(page: &str) -> String {
    let at = page.find("YX-2026-").expect("a number");
    page[at..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
}

fn long_code_of(page: &str) -> String {
    let rest = page.split("class=\"num long\"").nth(1).expect("a long code");
    rest.split('>').nth(1).and_then(|r| r.split('<').next()).expect("a code").to_owned()
}

const ORDER: [(&str, &str); 7] = [
    ("mechanism", "rapid-response"),
    ("region", "990101001001"),
    ("v-what", "东门外的消防通道夜里停满了车，救护车进不来。"),
    ("v-place", "青禾社区东门外"),
    ("v-name", "林女士"),
    ("v-phone", "13800000001"),
    ("v-channel", "phone"),
];

/// An order taken down on the telephone: its number and long code.
async fn order(place: &Place) -> (String, String) {
    let operator = sign_in(place, "operator").await;
    let answer = operator.post("/desk/intake", &[&ORDER[..], &[("do", "send")]].concat()).await;
    let page = answer.text();
    assert_eq!(answer.status, StatusCode::OK, "{} {}", answer.location(), visible(&page));
    assert!(page.contains("/do/dispatch"), "the next step stands on the same page");
    (number_of(&page), long_code_of(&page))
}

async fn dispatched(place: &Place, unit: &str) -> (String, String) {
    let (number, code) = order(place).await;
    let form = [("v-unit", &*body(unit)), ("v-urgency", "ordinary"), ("v-kind", "complaint")];
    sign_in(place, "operator").await.does(&number, "dispatch", &form).await;
    (number, code)
}

#[tokio::test]
async fn an_order_goes_from_the_telephone_to_its_end() {
    let place = place_at(MONDAY).await;
    let (number, _) = dispatched(&place, "汀云区城市管理局").await;
    let department = sign_in(&place, "department").await;
    let today = visible(&department.page("/desk").await);
    assert!(today.contains("签收") && today.contains(&number), "the verb comes first: {today}");
    let street = body("柳巷街道");
    department.does(&number, "object", &[("v-whose", &street), ("v-reason", "通道由街道管理")]).await;
    let operator = sign_in(&place, "operator").await;
    operator.does(&number, "redispatch", &[("v-unit", &street), ("v-reason", "属地街道")]).await;
    let staff = sign_in(&place, "street-staff").await;
    staff.does(&number, "sign", &[]).await;
    staff.does(&number, "contact", &[("v-note", "电话里说夜里十点后最堵")]).await;
    staff.does(&number, "extend", &[("v-reason", "要夜里到现场看")]).await;
    staff.refused(&number, "approve:extend", &[]).await;
    let head = sign_in(&place, "street-head").await;
    let asked = head.page(&format!("/desk/m/{number}")).await;
    assert!(asked.contains("class=\"voice preview\"") && asked.contains("要夜里到现场看"), "what is approved is shown");
    let after = head.does(&number, "approve:extend", &[]).await;
    assert!(after.contains("data-by=\"date\"") && after.contains("class=\"swap\""), "both dates stay");
    staff.does(&number, "feedback", &[("v-outcome", "solved"), ("v-answer", "已划禁停线，交警每晚巡查")]).await;
    let own = staff.refused(&number, "call_solved", &[]).await;
    assert_eq!(own.status, StatusCode::FORBIDDEN, "whoever handled it does not call back");
    let callback = sign_in(&place, "callback").await;
    callback.does(&number, "call_solved", &[("v-satisfied", "satisfied")]).await;
    place.clock.set("2026-11-20T09:00:00+08:00".parse().expect("a time"));
    let cell = place.app.cell_of(&"990101".parse().expect("a code"));
    place.app.tick(cell, 10).await.expect("memory");
    let callback = sign_in(&place, "callback").await;
    let ended = visible(&callback.page(&format!("/desk/m/{number}")).await);
    assert!(ended.contains("解决了，环合上"), "{ended}");
}

/// A petition of the street whose opinion was served on the first day: its number, its code and the page after it.
async fn petition_served(place: &Place) -> (String, String, String) {
    let office = sign_in(place, "petition-office").await;
    let form = [
        ("mechanism", "petition"),
        ("region", "990101001001"),
        ("v-kind", "appeal"),
        ("v-channel", "letter"),
        ("v-request", "请补发去年的安置补助"),
        ("v-facts", "协议写明去年六月发，至今没有发。"),
    ];
    let page = office.post("/desk/intake", &form).await.text();
    let (number, code) = (number_of(&page), long_code_of(&page));
    office.does(&number, "transfer", &[("v-unit", &body("柳巷街道")), ("v-manner", "transfer")]).await;
    let staff = sign_in(place, "street-staff").await;
    staff.does(&number, "accept", &[]).await;
    let opinion = [
        ("v-opinion_request", "补发补助"),
        ("v-findings", "协议属实"),
        ("v-opinion", "十月三十一日前补发"),
        ("v-basis", "安置协议第六条"),
        ("v-outcome", "supported"),
    ];
    staff.does(&number, "opinion", &opinion).await;
    sign_in(place, "street-head").await.does(&number, "approve:opinion", &[]).await;
    let taken = [("v-delivered_by", "direct"), ("v-delivered_on", "2026-09-21"), ("v-received_by", "本人")];
    let served = staff.does(&number, "deliver", &taken).await;
    (number, code, served)
}

#[tokio::test]
async fn a_petition_goes_to_its_review() {
    let place = place_at(MONDAY).await;
    let (number, code, served) = petition_served(&place).await;
    let staff = sign_in(&place, "street-staff").await;
    assert!(visible(&served).contains("以“当面送交”方式送达"), "the list of letters says so");
    let id = place.app.by_number(&number).await.expect("there");
    let resident = place.app.show_code(&number, &code, None, 1).await.expect("her code");
    let own = place.app.view(&resident, id).await.expect("her own");
    let letter = own.letters.iter().find(|l| l.served.is_some()).expect("a letter that was served").seq;
    let sheet = staff.page(&format!("/desk/m/{number}/letter/{letter}")).await;
    assert!(sheet.contains("class=\"letter\""));
    let served = visible(&sheet);
    assert!(served.contains("以“当面送交”方式送达") && served.contains("签收人：本人"), "{served}");
    assert!(!sheet.contains("/void"), "what was served is not void any more");
    let path = format!("/desk/m/{number}/letter/{letter}/docx");
    assert!(sheet.contains(&path), "the Word file is offered");
    let file = staff.get(&path).await;
    assert_eq!((file.status, &file.body[..4]), (StatusCode::OK, &b"PK\x03\x04"[..]));
    assert!(app::upload::check(&file.body, None).is_ok(), "a Word file without anything that does not belong there");
    let other = sign_in(&place, "education").await;
    assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
    let ask = app::act::Acting {
        action: "ask_review".into(),
        fields: [("reason".to_owned(), "补发数额不对".into())].into(),
        part: None,
        occurred: None,
        idempotency_key: None,
        seen: None,
    };
    place.app.act(&resident, id, &ask).await.expect("review is asked for");
    let district = sign_in(&place, "district-office").await;
    assert!(visible(&district.page("/desk").await).contains(&number), "the review waits for the body above");
    staff.refused(&number, "review_opinion", &[]).await;
}

#[tokio::test]
async fn a_letter_is_declared_void_by_the_body_that_issued_it() {
    let place = place_at(MONDAY).await;
    let office = sign_in(&place, "petition-office").await;
    let form = [
        ("mechanism", "petition"),
        ("region", "990101001001"),
        ("v-kind", "appeal"),
        ("v-channel", "letter"),
        ("v-request", "请补发去年的安置补助"),
        ("v-facts", "协议写明去年六月发，至今没有发。"),
    ];
    let page = office.post("/desk/intake", &form).await.text();
    let (number, code) = (number_of(&page), long_code_of(&page));
    office.does(&number, "transfer", &[("v-unit", &body("柳巷街道")), ("v-manner", "transfer")]).await;
    let staff = sign_in(&place, "street-staff").await;
    let accepted = staff.does(&number, "accept", &[]).await;
    let letter = accepted.split("/letter/").filter_map(|r| r.split('"').next()?.parse::<u32>().ok()).max();
    let path = format!("/desk/m/{number}/letter/{}", letter.expect("a letter"));
    assert!(!office.page(&path).await.contains("/void"), "another body is not asked");
    let sheet = staff.page(&path).await;
    assert!(sheet.contains(&format!("{path}/void")) && sheet.contains("作废这份文书"));
    let without = staff.post(&format!("{path}/void"), &[("reason", " ")]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(without.text().contains("请写明为什么作废"));
    let others = office.post(&format!("{path}/void"), &[("reason", "不归我们")]).await;
    assert_ne!(others.status, StatusCode::SEE_OTHER, "another body cannot");
    let done = staff.post(&format!("{path}/void"), &[("reason", "发错了人"), ("anew", "yes")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let sheet = visible(&staff.page(&path).await);
    assert!(
        sheet.contains("作废") && sheet.contains("原因：发错了人") && sheet.contains("看重新出具的那一份"),
        "{sheet}"
    );
    let register = staff.page("/desk/letters").await;
    assert_eq!(register.matches(&format!("/desk/m/{number}/letter/")).count(), 2, "both numbers stand there");
    assert!(visible(&register).contains("作废"));
    let id = place.app.by_number(&number).await.expect("there");
    let resident = place.app.show_code(&number, &code, None, 1).await.expect("her code");
    let view = place.app.view(&resident, id).await.expect("her own");
    assert!(view.letters.iter().any(|l| l.voided.is_some()), "she is told");
    assert_eq!(staff.get(&format!("{path}/void")).await.status, StatusCode::SEE_OTHER, "the address leads back");
}

#[tokio::test]
async fn a_letter_that_came_late_is_recorded_at_the_desk() {
    let place = place_at(MONDAY).await;
    let (number, _, _) = petition_served(&place).await;
    let path = format!("/desk/m/{number}");
    let office = sign_in(&place, "petition-office").await;
    assert!(!office.page(&path).await.contains("id=\"late\""), "nothing is late while her time runs");
    place.clock.set("2026-10-22T09:00".parse().expect("a time"));
    let id = place.app.by_number(&number).await.expect("there");
    place.app.follow(id.cell).await.expect("silence speaks");
    let office = sign_in(&place, "petition-office").await;
    let page = office.page(&path).await;
    assert!(page.contains("id=\"late\"") && visible(&page).contains("期限内寄出、现在才收到的信"));
    let other = sign_in(&place, "street-staff").await;
    assert!(!other.page(&path).await.contains("id=\"late\""), "only where she may be heard through this desk");
    let form = |posted| [("v-reason", "补发数额不对"), ("occurred", posted)];
    let address = format!("{path}/do/ask_review");
    let wrong = office.post(&address, &form("昨天")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("补发数额不对"), "what was typed stays");
    let after = office.post(&address, &form("2026-10-22T08:00")).await;
    assert_eq!(after.status, StatusCode::CONFLICT, "posted after her time was over");
    let done = office.post(&address, &form("2026-10-20T16:00")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let page = office.page(&path).await;
    assert!(visible(&page).contains("在期限内寄出") && !page.contains("id=\"late\""));
}

const LIST: &[u8] = include_bytes!("../../../packs/sets/990101/duty_list.csv");

#[tokio::test]
async fn the_duty_list_proposes_the_entry_and_puts_its_body_first() {
    let place = place_at(MONDAY).await;
    let report = place.app.load_set(None, "duty_list", LIST, true).await.expect("loaded");
    assert!(report.faults.is_empty(), "{:?}", report.faults);
    let raising = app::raise::Raising {
        mechanism: "rapid-response".into(),
        region: "990101001001".parse().expect("a region"),
        fields: serde_json::from_value(serde_json::json!({"what": "东门外的消防通道，一到晚上就停满了车"}))
            .expect("a form"),
        occurred: None,
        idempotency_key: None,
    };
    let number = place.app.raise(&Viewer::Public, raising).await.expect("raised").number;
    let operator = sign_in(&place, "operator").await;
    let page = operator.page(&format!("/desk/m/{number}")).await;
    let form = page.split("/do/dispatch\"").nth(2).and_then(|r| r.split("</form>").next()).expect("the form");
    let radio = |code: &str| form.contains(&format!("name=\"v-duty\" value=\"{code}\""));
    assert!(radio("P04") && radio("") && !radio("P02") && !radio("J02"), "{}", visible(form));
    assert!(form.contains("<option value=\"P02\""), "every other entry may be chosen all the same");
    let unit = form.split("name=\"v-unit\"").nth(1).expect("the list of bodies");
    let first = unit.split("<option").nth(2).expect("one after the empty line");
    assert!(visible(&format!("<o{first}")).contains("汀云区消防救援大队（清单上的主责单位：P04）"), "{first}");
    let with = [
        ("v-unit", &*body("汀云区消防救援大队")),
        ("v-urgency", "ordinary"),
        ("v-kind", "complaint"),
        ("v-duty", "P04"),
    ];
    let fire = body("汀云区消防救援大队");
    assert!(
        form.contains(&format!("value=\"P04\" required data-fills=\"v-unit={fire}\""))
            || form.contains(&format!("value=\"P04\" data-fills=\"v-unit={fire}\"")),
        "{form}"
    );
    let filled = operator.post(&format!("/desk/m/{number}/do/dispatch"), &[("v-duty", "P04"), ("do", "fill")]).await;
    assert_eq!(filled.status, StatusCode::OK);
    let filled = filled.text();
    assert!(filled.contains(&format!("<option value=\"{fire}\" selected")), "without scripts a button fills it in");
    assert!(!filled.contains("role=\"alert\"") && number_of(&filled) == number, "nothing was refused or sent by it");
    let own = [("v-duty", "P04"), ("v-unit", &*body("柳巷街道")), ("do", "fill")];
    let kept = operator.post(&format!("/desk/m/{number}/do/dispatch"), &own).await.text();
    assert!(kept.contains(&format!("<option value=\"{}\" selected", body("柳巷街道"))), "what was chosen stays");
    let after = operator.does(&number, "dispatch", &with).await;
    assert!(visible(&after).contains("P04"), "the entry stands in the order");
}

#[tokio::test]
async fn what_is_closed_here_says_why_and_registers_nothing_else() {
    let place = place_at(MONDAY).await;
    let street = sign_in(&place, "street-head").await;
    let page = visible(&street.page("/desk/intake?mechanism=rapid-response").await);
    assert!(page.contains("“反映一件事（接诉即办）”在这个岗位上不能登记"), "{page}");
    assert!(
        page.contains("12345 话务与派单") && page.contains("看看能登记的全部"),
        "who may, and where to go on: {page}"
    );
    let unknown = visible(&street.page("/desk/intake?mechanism=nonsense").await);
    assert!(unknown.contains("没有这一种事"), "{unknown}");
    let sent = street.post("/desk/intake", &[&ORDER[..], &[("do", "send")]].concat()).await;
    assert_eq!(sent.status, StatusCode::CONFLICT, "never taken for another kind");
    assert!(!sent.text().contains("YX-2026-"), "nothing was registered");
    let plain = visible(&street.page("/desk/intake").await);
    assert!(!plain.contains("在这个岗位上不能登记"), "nothing was asked for");
}

#[tokio::test]
async fn what_is_not_ones_own_does_not_exist() {
    let place = place_at(MONDAY).await;
    let (number, _) = dispatched(&place, "柳巷街道").await;
    let path = format!("/desk/m/{number}");
    let stranger = place.get(&path, "").await;
    assert_eq!(stranger.status, StatusCode::SEE_OTHER);
    assert!(stranger.location().starts_with("/desk/sign-in?back="));
    let other = sign_in(&place, "education").await;
    assert_eq!(other.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(other.refused(&number, "sign", &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(other.get("/desk/m/YX-2026-999999").await.status, StatusCode::NOT_FOUND);
    let auditor = sign_in(&place, "auditor").await;
    assert_eq!(auditor.get("/desk/intake").await.status, StatusCode::NOT_FOUND, "no mechanism lets this post raise");
    for page in
        ["/admin/mechanisms", "/admin/mechanisms/rapid-response", "/admin/people", "/admin/verify", "/admin/components"]
    {
        assert_eq!(other.get(page).await.status, StatusCode::NOT_FOUND, "{page}");
    }
    let found = other.post("/desk/search", &[("q", "东门")]).await;
    assert_eq!(found.status, StatusCode::OK);
    assert!(!visible(&found.text()).contains(&number), "search finds only what may be read");
    let operator = sign_in(&place, "operator").await;
    let page = operator.post("/desk/search", &[("q", "东门")]).await.text();
    assert!(visible(&page).contains(&number), "whoever may read it finds it");
    for page in [page, operator.page(&path).await, operator.page("/desk/search").await] {
        assert!(!page.contains("search?q="), "what is searched for stands in no address");
        assert!(page.contains("method=\"post\" action=\"/desk/search\""));
    }
}

#[tokio::test]
async fn a_refused_form_keeps_what_was_typed() {
    let place = place_at(MONDAY).await;
    let (number, _) = order(&place).await;
    let operator = sign_in(&place, "operator").await;
    let half = operator
        .post(&format!("/desk/m/{number}/do/dispatch"), &[("v-note", "请夜里去看"), ("v-kind", "report")])
        .await;
    assert_eq!(half.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = half.text();
    assert!(page.contains("请夜里去看") && page.contains("这一项要填") && page.contains("role=\"alert\""));
    let form = [
        ("v-unit", &*body("柳巷街道")),
        ("v-urgency", "ordinary"),
        ("v-kind", "report"),
        ("v-note", "请夜里去看"),
        ("seen", "0"),
    ];
    let late = operator.post(&format!("/desk/m/{number}/do/dispatch"), &form).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "somebody was quicker");
    assert!(late.text().contains("请夜里去看"));
    let empty =
        operator.post("/desk/intake", &[("mechanism", "rapid-response"), ("v-place", "东门"), ("do", "send")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.text().contains("value=\"东门\""));
}

#[tokio::test]
async fn pressing_twice_registers_once() {
    let place = place_at(MONDAY).await;
    let operator = sign_in(&place, "operator").await;
    let form = [&ORDER[..], &[("do", "send"), ("key", "the-same-key")]].concat();
    let first = number_of(&operator.post("/desk/intake", &form).await.text());
    let second = operator.post("/desk/intake", &form).await.text();
    assert!(second.contains("<svg") && second.contains("gongzhi.receipt/v1"), "the receipt to print, again");
    assert!(second.contains("约 10 秒后还会记进公开账本"));
    assert_eq!(number_of(&second), first);
    let similar = operator.post("/desk/intake", &[&ORDER[..], &[("do", "similar")]].concat()).await.text();
    assert!(
        similar.contains(&first) && similar.contains("东门外的消防通道"),
        "the same matter is found, the sheet is kept"
    );
}

#[tokio::test]
async fn opening_a_seal_leaves_a_look_that_the_person_sees() {
    let place = place_at(MONDAY).await;
    let (number, code) = dispatched(&place, "柳巷街道").await;
    let staff = sign_in(&place, "street-staff").await;
    let closed = staff.page(&format!("/desk/m/{number}")).await;
    assert!(!closed.contains("13800000001") && !closed.contains("林女士"), "sealed until opened");
    let path = format!("/desk/m/{number}/open");
    let without = staff.post(&path, &[("seq", "1"), ("field", "phone"), ("reason", " ")]).await;
    assert_eq!(without.status, StatusCode::UNPROCESSABLE_ENTITY);
    let opened = staff.post(&path, &[("seq", "1"), ("field", "phone"), ("reason", "约时间上门")]).await;
    assert!(opened.text().contains("13800000001"));
    assert_eq!(opened.headers["cache-control"], "no-store");
    assert!(!staff.page(&format!("/desk/m/{number}")).await.contains("13800000001"), "shown once");
    let id = place.app.by_number(&number).await.expect("there");
    let resident = place.app.show_code(&number, &code, None, 1).await.expect("her code");
    assert!(matches!(resident, Viewer::Code(..)));
    let looks = place.app.view(&resident, id).await.expect("hers").looks;
    assert!(looks.iter().any(|l| l.reason == "约时间上门"), "{looks:?}");
}

#[tokio::test]
async fn signing_in_keeps_the_name_and_leads_only_here() {
    let place = place_at(MONDAY).await;
    let wrong = place.post("/desk/sign-in", "", &[("user", "operator"), ("password", "x")]).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(wrong.text().contains("role=\"alert\"") && wrong.text().contains("value=\"operator\""));
    let form = [("user", "operator"), ("password", PASSWORD), ("back", "//elsewhere.example/")];
    assert_eq!(place.post("/desk/sign-in", "", &form).await.location(), "/desk");
    let desk = sign_in(&place, "operator").await;
    desk.page("/desk").await;
    let out = desk.post("/desk/sign-out", &[]).await;
    assert!(out.cookie().expect("a cookie").1.contains("Max-Age=0"));
    assert_eq!(desk.get("/desk").await.status, StatusCode::SEE_OTHER, "the session is over on the server too");
}

#[tokio::test]
async fn no_english_is_left_on_chinese_pages() {
    let place = place_at(MONDAY).await;
    let (number, _) = dispatched(&place, "柳巷街道").await;
    let staff = sign_in(&place, "street-staff").await;
    let operator = sign_in(&place, "operator").await;
    let matter = format!("/desk/m/{number}");
    let calculated = "/desk/calendar?from=2026-09-28T09:00&n=5&unit=wd&roll=yes";
    for (desk, path) in [
        (&staff, "/desk"),
        (&staff, "/desk/inbox"),
        (&staff, &*matter),
        (&operator, &*matter),
        (&operator, "/desk/intake"),
        (&staff, "/desk/calendar"),
        (&staff, calculated),
        (&staff, "/desk/search"),
        (&staff, "/desk/keys"),
    ] {
        let text = visible(&desk.page(path).await);
        let words = text.split(|c: char| !c.is_ascii_alphabetic()).filter(|w| w.len() > 2);
        let known =
            |w: &&str| ["English", "Enter", "Ctrl", "Esc"].contains(w) || w.bytes().all(|b| b"abcdef".contains(&b));
        let left: Vec<&str> = words.filter(|w| !known(w)).collect();
        assert!(left.is_empty(), "{path}: {left:?}");
    }
}

#[tokio::test]
async fn every_page_answers_in_english_and_large_print_too() {
    let place = place_at(MONDAY).await;
    let (number, _) = dispatched(&place, "柳巷街道").await;
    let staff = sign_in(&place, "street-staff").await;
    let matter = format!("/desk/m/{number}");
    for path in ["/desk", "/desk/inbox", &*matter, "/desk/calendar", "/desk/search", "/desk/keys"] {
        let page = staff.page(&format!("{path}?lang=en&size=large")).await;
        assert!(page.contains("<html lang=\"en\" data-size=\"large\">"), "{path}");
    }
    for view in ["mine", "decide", "escalated", "others", "ended"] {
        staff
            .page(&format!(
                "/desk/inbox?view={view}&ring=2&overdue=yes&region=990101001&mechanism=rapid-response&after=x"
            ))
            .await;
    }
}

/// The mechanisms that a page offers to raise.
fn offered(page: &str) -> Vec<String> {
    page.split("/desk/intake?mechanism=").skip(1).map(|p| p.split('"').next().expect("an id").to_owned()).collect()
}

#[tokio::test]
async fn whoever_may_raise_something_finds_it_and_nothing_else() {
    let place = place_at(MONDAY).await;
    let catalogue = place.app.catalogue();
    let territory = place.app.settings().territory;
    let below = |id: &str| ["990101001", "990101003"].iter().find_map(|r| catalogue.effective(id, &r.parse().ok()?));
    // What only the calendar or another matter raises is nobody's to find.
    let mut left: Vec<String> = catalogue.ids();
    left.retain(|id| {
        let offered = catalogue.effective(id, &territory).or_else(|| below(id));
        offered.is_some_and(|e| e.mechanism.action["raise"].by.iter().all(|r| r != "raiser" && r != "clock"))
    });
    let mut sums = Vec::new();
    for user in FINDERS {
        let desk = sign_in(&place, user).await;
        let page = desk.page("/desk/new").await;
        let found = offered(&page);
        assert!(!found.is_empty(), "{user}");
        assert!(page.contains("href=\"/desk/new\"") && page.contains("data-row"), "{user}: rail and keys");
        for id in &found {
            let sheet = desk.page(&format!("/desk/intake?mechanism={id}")).await;
            assert!(
                sheet.contains(&format!("name=\"mechanism\" value=\"{id}\""))
                    || sheet.contains(&format!("value=\"{id}\" selected")),
                "{user}: {id} is chosen"
            );
            let region =
                sheet.split("name=\"region\"").nth(1).and_then(|r| r.split("selected").next()).unwrap_or_default();
            let region = region.rsplit("value=\"").next().and_then(|r| r.split('"').next()).unwrap_or_default();
            let sent = desk.post("/desk/intake", &[("mechanism", id), ("region", region), ("do", "send")]).await;
            assert_eq!(
                sent.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{user}: the empty form of {id} is refused as a form"
            );
        }
        left.retain(|id| !found.contains(id));
        sums.push(found.len());
        let effective = catalogue.effective(&found[0], &territory).or_else(|| below(&found[0])).expect("offered");
        let name = &effective.mechanism.mechanism.name.en;
        assert!(
            desk.page("/desk/new").await.contains("method=\"post\" action=\"/desk/new\""),
            "no words in an address"
        );
        let one = desk.post("/desk/new", &[("q", name)]).await.text();
        assert!(offered(&one).contains(&found[0]), "{user}: {name} is found by its name");
        let none = desk.post("/desk/new", &[("q", "zzzz")]).await.text();
        assert!(offered(&none).is_empty() && visible(&none).contains("没有找到"), "{user}");
    }
    assert!(left.is_empty(), "nobody finds {left:?}");
    assert!(sums.iter().any(|n| *n != sums[0]), "not everybody is shown the same");
    let auditor = sign_in(&place, "auditor").await;
    let page = auditor.page("/desk/new").await;
    assert!(offered(&page).is_empty() && visible(&page).contains("没有可以新建的"));
    assert_eq!(place.get("/desk/new", "").await.status, StatusCode::SEE_OTHER, "nobody without a post");
}

#[tokio::test]
async fn a_refusal_of_a_condition_says_which() {
    let place = place_at("2026-09-21T09:00:00+08:00").await;
    let office = sign_in(&place, "petition-office").await;
    let form = [
        ("mechanism", "petition"),
        ("region", "990101001001"),
        ("v-kind", "appeal"),
        ("v-channel", "letter"),
        ("v-request", "请补发去年的安置补助"),
        ("v-facts", "协议写明去年六月发，至今没有发。"),
    ];
    let number = number_of(&office.post("/desk/intake", &form).await.text());
    let told = "只有“哪一类”选的是“建议意见”，才能办这一步。";
    assert!(visible(&office.page(&format!("/desk/m/{number}")).await).contains(told), "the step says why not yet");
    let page = visible(&office.refused(&number, "mark_appeal", &[("v-reason", "重看")]).await.text());
    assert!(page.contains(told) && page.contains("现在可以："), "{page}");
    office.does(&number, "transfer", &[("v-unit", &body("柳巷街道")), ("v-manner", "transfer")]).await;
    let street = sign_in(&place, "street-staff").await;
    let own = visible(&street.refused(&number, "accept_simple", &[]).await.text());
    assert!(own.contains("这件事没有按简易办理转送，请按一般程序受理。"), "{own}");
}
