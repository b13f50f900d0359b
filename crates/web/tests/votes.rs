//! The pages of a vote: slips for tellers, a ballot in three steps without scripts, the bars with their table, the lists.

mod support;

use axum::http::StatusCode;
use support::{PASSWORD, Place, place_packed, visible};

const FILE: &str = include_str!("../../pack/tests/fixture/assembly/mechanism.toml");
const LIST: &str = "code,name,answer,note\nA-1,修路,own,\n";

async fn opened() -> (Place, String) {
    let (place, number) = waiting(FILE).await;
    place.act("operator", &number, "open_vote", serde_json::json!({ "households": 6 })).await;
    (place, number)
}

async fn cookie(place: &Place, login: &str) -> String {
    let signed = place.app.sign_in(login, PASSWORD, 1).await.expect("signs in");
    format!("gz_session={}", signed.secret)
}

#[tokio::test]
async fn a_slip_is_printed_and_used_once() {
    let (place, number) = opened().await;
    let operator = cookie(&place, "operator").await;
    let here = format!("/desk/m/{number}/slips/adopt");
    let asked = place.get(&here, &operator).await;
    assert_eq!(
        (asked.status, asked.text().matches("slip-code").count()),
        (StatusCode::OK, 0),
        "to look prints nothing"
    );
    let opener = place.post(&here, &operator, &[("slips", "")]).await;
    assert_eq!(opener.status, StatusCode::CONFLICT);
    assert!(visible(&opener.text()).contains("谁开始的表决，谁不印票"));
    let printer = cookie(&place, "callback").await;
    let sheet = place.post(&here, &printer, &[("slips", "")]).await;
    assert_eq!(sheet.status, StatusCode::OK);
    assert_eq!(sheet.text().matches("slip-code").count(), 6, "one for each household");
    assert_eq!(place.post(&here, &printer, &[("slips", "")]).await.status, StatusCode::CONFLICT, "once");
    let stranger = cookie(&place, "street-staff").await;
    let hidden = place.get(&format!("/desk/m/{number}/slips/adopt"), &stranger).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);

    let id = place.app.by_number(&number).await.expect("there");
    let one = place.app.print(&place.staff("callback").await, id, "adopt", [1].into()).await.expect("a slip");
    let code = one.slips[0].1.clone();
    let address = format!("/v/{number}");
    assert_eq!(place.get(&address, "").await.status, StatusCode::OK);
    assert_eq!(place.get("/v/YX-2026-99999", "").await.status, StatusCode::OK, "nobody learns which numbers there are");
    let wrong = place.post(&address, "", &[("slip", "1"), ("code", "1")]).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(!visible(&wrong.text()).contains("是否同意"), "nothing is told before the code is right");

    let slip = [("slip", "1"), ("code", code.as_str())];
    let paper = place.post(&address, "", &slip).await.text();
    assert!(visible(&paper).contains("不同意"));
    let step = |step, choice| [slip[0], slip[1], ("step", step), ("choice", choice)];
    let none = place.post(&address, "", &step("confirm", "")).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    let asked = place.post(&address, "", &step("confirm", "no")).await.text();
    assert!(visible(&asked).contains("您要投“不同意”"));
    let done = place.post(&address, "", &step("cast", "no")).await;
    assert_eq!(done.status, StatusCode::OK);
    assert!(visible(&done.text()).contains("1 号票已经收到"));
    let again = place.post(&address, "", &step("cast", "yes")).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
    assert!(visible(&again.text()).contains("已经投过"));
}

#[tokio::test]
async fn tellers_enter_paper_and_lose_nothing_when_refused() {
    let (place, number) = opened().await;
    let operator = cookie(&place, "operator").await;
    let address = format!("/desk/m/{number}/paper/adopt");
    assert_eq!(place.get(&address, &operator).await.status, StatusCode::OK);
    let wrong = place.post(&address, &operator, &[("slips", "1-3"), ("n-yes", "2")]).await;
    assert_eq!(wrong.status, StatusCode::CONFLICT);
    assert!(wrong.text().contains("1-3"), "what was typed is still there");
    let unreadable = place.post(&address, &operator, &[("slips", "1 bis 3"), ("n-yes", "2")]).await;
    assert_eq!(unreadable.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = place.post(&address, &operator, &[("slips", "1-3"), ("n-yes", "2"), ("n-no", "1")]).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
    let page = visible(&place.get(&format!("/desk/m/{number}"), &operator).await.text());
    assert!(page.contains("已投 3 户，共 6 户；满 4 户有效"), "{page}");
    assert!(page.contains("登记了 3 张纸质票") && !page.contains("同意：2"), "no count before the closing");
    place.clock.set("2026-09-20T09:00:00+08:00".parse().expect("a time"));
    let id = place.app.by_number(&number).await.expect("there");
    place.app.follow(id.cell).await.expect("a round");
    let operator = cookie(&place, "operator").await;
    let page = visible(&place.get(&format!("/desk/m/{number}"), &operator).await.text());
    assert!(page.contains("参加的人不够") && page.contains("同意：2"), "{page}");
}

#[tokio::test]
async fn a_list_is_looked_at_before_it_is_loaded() {
    let (place, _) = opened().await;
    let admin = cookie(&place, "admin").await;
    let page = place.get("/admin/sets", &admin).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(visible(&page.text()).contains("履行职责事项清单"));
    let bad =
        place.post("/admin/sets/duty_list", &admin, &[("table", "code,name,answer,note\nA,x,own,\nA,y,own,\n")]).await;
    assert_eq!(bad.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(visible(&bad.text()).contains("和第 2 行重复"));
    let table = "code,name,answer,note\nA-1,修桥,own,\n";
    let looked = place.post("/admin/sets/duty_list", &admin, &[("table", table)]).await;
    assert_eq!(looked.status, StatusCode::OK);
    assert_eq!(place.app.set("duty_list").await.expect("the set").versions.len(), 1, "only looked at");
    let loaded = place.post("/admin/sets/duty_list", &admin, &[("table", table), ("step", "load")]).await;
    assert_eq!(loaded.status, StatusCode::SEE_OTHER);
    let file = place.get("/admin/sets/duty_list/file?format=csv", &admin).await;
    assert!(file.text().contains("修桥"));
    let operator = cookie(&place, "operator").await;
    assert_eq!(place.get("/admin/sets", &operator).await.status, StatusCode::NOT_FOUND);
}

/// Sends a form with a file of the desk.
async fn send(
    place: &Place,
    path: &str,
    cookie: &str,
    fields: &[(&str, &str)],
    file: (&str, &[u8]),
) -> support::Answer {
    use axum::http::{Request, header};
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(format!("--x\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes());
    }
    let head = format!("--x\r\ncontent-disposition: form-data; name=\"{}\"; filename=\"r.xlsx\"\r\n\r\n", file.0);
    body.extend(head.bytes());
    body.extend(file.1);
    body.extend(b"\r\n--x--\r\n");
    let request = Request::post(path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x")
        .body(axum::body::Body::from(body));
    place.send(request.expect("a request")).await
}

/// A matter whose vote waits to be opened.
async fn waiting(file: &str) -> (Place, String) {
    let place = place_packed("2026-09-02T09:00:00+08:00", "assembly", file).await;
    place.app.load_set(None, "duty_list", LIST.as_bytes(), true).await.expect("loaded");
    let raising = app::raise::Raising {
        mechanism: "assembly".into(),
        region: "990101001001".parse().expect("a region"),
        fields: [("words".to_owned(), "给楼道装灯".into())].into(),
        occurred: None,
        idempotency_key: None,
    };
    let raised = place.app.raise(&app::viewer::Viewer::Public, raising).await.expect("raised");
    place
        .act(
            "operator",
            &raised.number,
            "hold",
            serde_json::json!({ "invited": 9, "attended": 5, "cost": 100, "duty": "A-1" }),
        )
        .await;
    (place, raised.number)
}

fn roll() -> Vec<u8> {
    let row = |cells: [&str; 4]| cells.map(str::to_owned).to_vec();
    app::sheet::to_xlsx(&vec![
        row(["柳岸社区户代表名册", "", "", ""]),
        row(["序号", "户主", "门牌号", "身份证号"]),
        row(["1", "顾禾", "1-101", "990101199001011234"]),
        row(["2", "=林晚", "1-102", ""]),
        row(["", "", "", ""]),
        row(["3", "顾禾", "2-101", ""]),
    ])
    .expect("a file")
}

fn carried(page: &str) -> String {
    let at = page.split("name=\"v-roll:households\" value=\"").nth(1).expect("the roll is carried on");
    at.split('"').next().expect("a value").to_owned()
}

/// Looks at the roll and opens the vote with it.
async fn open_with_roll(place: &Place, number: &str, operator: &str) {
    let path = format!("/desk/m/{number}/do/open_vote");
    let looked = send(place, &path, operator, &[("v-households", "")], ("roll-households", &roll())).await;
    assert_eq!(looked.status, StatusCode::OK);
    let page = looked.text();
    let said = visible(&page);
    assert!(said.contains("名册看过了，还没有保存：3 行") && said.contains("第 5 行"), "{said}");
    assert!(said.contains("身份证号") && !page.contains("990101199001011234"), "that column is not taken");
    let text = carried(&page);
    let done =
        send(place, &path, operator, &[("v-households", "99"), ("v-roll:households", &text)], ("none", b"")).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", visible(&done.text()));
}

#[tokio::test]
async fn a_roll_from_excel_is_looked_at_and_gives_the_number_of_slips() {
    let (place, number) = waiting(FILE).await;
    let operator = cookie(&place, "operator").await;
    assert!(visible(&place.get(&format!("/desk/m/{number}"), &operator).await.text()).contains("下载空表"));
    let empty = place.get("/desk/roll.xlsx", &operator).await;
    assert_eq!(app::sheet::read(&empty.body).expect_err("only its head").zh, "表里没有数据：第一行写列名，下面是内容");
    open_with_roll(&place, &number, &operator).await;
    let id = place.app.by_number(&number).await.expect("there");
    let staff = place.staff("operator").await;
    let slips = place.app.print(&place.staff("callback").await, id, "adopt", Default::default()).await.expect("slips");
    assert_eq!(
        (slips.slips.len(), slips.names.len()),
        (3, 0),
        "the number typed does not count, and no slip bears a name"
    );

    // Nobody but tellers, each look recorded; no name anywhere else, also not for whoever raised it.
    let here = format!("/desk/m/{number}/roll/adopt");
    let stranger = cookie(&place, "street-staff").await;
    assert_eq!(place.get(&here, &stranger).await.status, StatusCode::NOT_FOUND);
    assert_eq!(place.get(&here, "").await.status, StatusCode::SEE_OTHER);
    let page = visible(&place.get(&here, &operator).await.text());
    assert!(page.contains("1-102") && page.contains("查不到谁投了什么"), "{page}");
    let raiser = app::viewer::Viewer::Code(id, app::viewer::Shown::Long);
    let own = place.app.view(&raiser, id).await.expect("her own");
    assert!(own.looks.iter().any(|l| l.reason.contains("照名册")), "she sees that the roll was looked at");
    for viewer in [&raiser, &staff] {
        let view = place.app.view(viewer, id).await.expect("the file");
        let said = format!("{view:?}");
        assert!(!said.contains("顾禾") && !said.contains("1-102"), "a name outside the roll: {said}");
        assert!(view.sealed.iter().all(|s| !s.field.starts_with("roll")));
    }
    let seq = own.entries.last().expect("the opening").seq;
    assert!(place.app.open_sealed(&staff, id, seq, "roll:households", "想看看").await.is_err());

    // One slip a line; who has one is written down, which one is not.
    let handed = place.post(&here, &operator, &[("do", "hand"), ("line", "1"), ("lines", "2")]).await;
    assert_eq!(handed.status, StatusCode::SEE_OTHER);
    for (lines, code) in [("2-3", "已经领过票"), ("4", "没有第 4 行"), ("", "哪几行")] {
        let again = place.post(&here, &operator, &[("do", "hand"), ("lines", lines)]).await;
        assert!(
            again.status.is_client_error() && visible(&again.text()).contains(code),
            "{lines}: {}",
            visible(&again.text())
        );
    }
    assert_eq!(place.post(&here, &operator, &[("do", "back"), ("lines", "2")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(place.post(&here, &operator, &[("do", "hand"), ("lines", "3")]).await.status, StatusCode::SEE_OTHER);
    let view = place.app.roll(&staff, id, "adopt").await.expect("the roll");
    let marks: Vec<_> = view.lines.iter().map(|l| l.mark.is_some()).collect();
    assert_eq!((marks, view.vote.handed), (vec![true, false, true], Some(2)));
    assert_eq!(place.post(&here, &stranger, &[("do", "hand"), ("lines", "2")]).await.status, StatusCode::NOT_FOUND);
    let found = place.app.verify_cell(id.cell, &mut |_| {}).await.expect("verified");
    assert!(found.damage.is_empty(), "{:?}", found.damage.iter().map(|d| &d.what).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_slip_printed_anew_voids_the_former_code() {
    let (place, number) = opened().await;
    let id = place.app.by_number(&number).await.expect("there");
    let staff = place.staff("operator").await;
    let printer = place.staff("callback").await;
    let first = place.app.print(&printer, id, "adopt", Default::default()).await.expect("slips");
    let before = first.slips[1].1.clone();
    let after = place.app.print(&printer, id, "adopt", [2].into()).await.expect("printed").slips[0].1.clone();
    assert_ne!(before, after);
    let cast = |code: &str| {
        vec![
            ("slip", "2".to_owned()),
            ("code", code.to_owned()),
            ("step", "cast".to_owned()),
            ("choice", "yes".to_owned()),
        ]
    };
    for (code, status) in [(&before, StatusCode::UNAUTHORIZED), (&after, StatusCode::OK)] {
        let form = cast(code);
        let form: Vec<(&str, &str)> = form.iter().map(|(n, v)| (*n, v.as_str())).collect();
        assert_eq!(place.post(&format!("/v/{number}"), "", &form).await.status, status);
    }
    assert!(place.app.print(&printer, id, "adopt", [2].into()).await.is_err(), "it was counted");
    assert!(place.app.print(&printer, id, "adopt", [7].into()).await.is_err(), "there is no such slip");
    assert!(place.app.print(&place.staff("street-staff").await, id, "adopt", [3].into()).await.is_err());
    let view = place.app.telling(&staff, id, "adopt").await.expect("the vote");
    assert_eq!((view.printed, view.again), (6, 1));
}

#[tokio::test]
async fn in_an_open_vote_the_slip_bears_the_name_of_its_line() {
    let file = FILE.replacen("secret    = true", "secret    = false", 1).replacen("secret = true", "secret = false", 1);
    assert_ne!(file, FILE);
    let (place, number) = waiting(&file).await;
    let operator = cookie(&place, "operator").await;
    open_with_roll(&place, &number, &operator).await;
    let id = place.app.by_number(&number).await.expect("there");
    let staff = place.staff("operator").await;
    let slips = place.app.print(&place.staff("callback").await, id, "adopt", Default::default()).await.expect("slips");
    assert_eq!(slips.names, ["顾禾 1-101", "=林晚 1-102", "顾禾 2-101"]);
    let slip = app::vote::Slip { number: number.clone(), slip: 2, code: slips.slips[1].1.clone(), source: 1 };
    place.app.ballot(&slip, None, "yes").await.expect("counted");
    let view = place.app.roll(&staff, id, "adopt").await.expect("the roll");
    let marks: Vec<_> = view.lines.iter().map(|l| l.mark).collect();
    assert_eq!(marks, [None, Some(app::roll::Mark::Online), None]);
    let refused =
        place.post(&format!("/desk/m/{number}/roll/adopt"), &operator, &[("do", "hand"), ("lines", "1")]).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_roll_that_cannot_be_is_told_by_its_lines() {
    let (place, number) = waiting(FILE).await;
    let operator = cookie(&place, "operator").await;
    let path = format!("/desk/m/{number}/do/open_vote");
    let many: String = (0..100_000).map(|n| format!("户{n}\n")).collect();
    // The same three lines as Excel writes them in GBK.
    let gbk = b"\xD0\xD5\xC3\xFB,\xB5\xD8\xD6\xB7\n\xBC\xD7,1\n\xD2\xD2,2\n\xBC\xD7,1\n";
    let table = |text: &str| text.as_bytes().to_vec();
    for (file, told) in [
        (table("姓名\n"), "表里没有数据"),
        (table(&format!("户主\n{many}")), "最多"),
        (gbk.to_vec(), "第 4 行：和第 2 行重复（甲 1）"),
        (table("姓名,地址\n,1\n"), "第 2 行：没有写姓名"),
        (table("%PDF-1.4 nothing"), "表里没有数据"),
        (b"PK\x03\x04 nothing".to_vec(), "打不开"),
        (vec![b'x'; app::upload::MAX_BYTES + 1000], "太大"),
    ] {
        let answer = send(&place, &path, &operator, &[("v-households", "")], ("roll-households", &file)).await;
        let said = visible(&answer.text());
        assert!(
            answer.status == StatusCode::UNPROCESSABLE_ENTITY && said.contains(told),
            "{told}: {} {said}",
            answer.status
        );
    }
    let typed = place.post(&path, &operator, &[("v-roll:households", "甲"), ("v-households", "3")]).await;
    assert_eq!(typed.status, StatusCode::UNPROCESSABLE_ENTITY, "what is no roll does not count");
    let other = format!("/desk/m/{number}/do/add");
    let unasked = place.post(&other, &operator, &[("v-roll:households", "\t甲\t1")]).await;
    assert_ne!(unasked.status, StatusCode::SEE_OTHER);
    let id = place.app.by_number(&number).await.expect("there");
    assert!(
        place.app.view(&place.staff("operator").await, id).await.expect("the file").votes.is_empty(),
        "nothing was opened"
    );
}

#[tokio::test]
async fn the_count_is_taken_along_by_whoever_may_see_it() {
    let (place, number) = opened().await;
    let operator = cookie(&place, "operator").await;
    let sheet = format!("/desk/m/{number}/count/adopt");
    assert_eq!(place.get(&sheet, &operator).await.status, StatusCode::NOT_FOUND, "nothing before the count");
    let paper = [("slips", "1-5"), ("n-yes", "3"), ("n-no", "1"), ("n-invalid", "1")];
    assert_eq!(
        place.post(&format!("/desk/m/{number}/paper/adopt"), &operator, &paper).await.status,
        StatusCode::SEE_OTHER
    );
    place.clock.set("2026-09-20T09:00:00+08:00".parse().expect("a time"));
    let id = place.app.by_number(&number).await.expect("there");
    place.app.follow(id.cell).await.expect("a round");
    let operator = cookie(&place, "operator").await;
    let page = visible(&place.get(&sheet, &operator).await.text());
    assert!(page.contains("废票") && page.contains("够了"), "{page}");
    let file = place.get(&format!("{sheet}?format=xlsx"), &operator).await;
    let rows = app::sheet::read(&file.body).expect("a table");
    let of = |label: &str| rows.iter().find(|r| r[0] == label).map(|r| r[1].clone()).unwrap_or_default();
    let told = ["应到", "实到（收回的票）", "其中纸质票", "其中网上投票", "废票", "结果"].map(of);
    assert_eq!(told, ["6 户", "5 户", "5 户", "0 户", "1", "通过"]);
    let stranger = cookie(&place, "street-staff").await;
    assert_eq!(place.get(&sheet, &stranger).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        place.get(&format!("/open/matters/{number}/count/adopt"), "").await.status,
        StatusCode::NOT_FOUND,
        "it was not published"
    );
    assert_eq!(place.get(&format!("/m/{number}/count/adopt"), "").await.status, StatusCode::UNAUTHORIZED);
}
