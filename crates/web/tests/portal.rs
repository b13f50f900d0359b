//! The portal from outside: raise, receipt, both codes, a wrong code, an action, the person's word; without any script.

#![expect(clippy::unwrap_used, reason = "a test may stop here")]

mod support;

use axum::http::{StatusCode, header};
use kernel::mechanism::Door;
use support::{Answer, Place, place, visible};

const WHAT: &str = "东门外的消防通道，一到晚上就停满了车";

/// The value of a hidden field.
fn hidden(page: &str, name: &str) -> String {
    let open = format!("name=\"{name}\" value=\"");
    page.split(open.as_str()).nth(1).unwrap_or_else(|| panic!("no {name}")).split('"').next().unwrap().to_owned()
}

/// The first offered mechanism of the page: its name stands in packs only.
fn first_way(page: &str) -> String {
    page.split("name=\"way\" value=\"").nth(1).expect("a way").split('"').next().unwrap().to_owned()
}

async fn raise(place: &Place) -> (Answer, String, String) {
    let start = place.post("/raise", "", &[("what", WHAT), ("go", "start")]).await;
    let page = start.text();
    assert_eq!(start.status, StatusCode::OK);
    assert!(page.contains(WHAT), "the words of the home page are kept");
    let (key, way) = (hidden(&page, "key"), first_way(&page));
    let first = [
        ("key", key.as_str()),
        ("what", WHAT),
        ("place", "青禾社区东门"),
        ("r0", "990101001"),
        ("way", way.as_str()),
        ("go", "details"),
    ];
    let details = place.post("/raise", "", &first).await;
    assert_eq!(details.status, StatusCode::OK, "{}", visible(&details.text()));
    assert!(details.text().contains("青禾社区"), "the communities of the street are offered");
    let path = format!("/raise/{way}");
    let second = [
        ("key", key.as_str()),
        ("what", WHAT),
        ("place", "青禾社区东门"),
        ("r0", "990101001"),
        ("r1", "990101001001"),
        ("v-phone", "13800001234"),
        ("v-name", "林女士"),
        ("go", "check"),
    ];
    let check = place.post(&path, "", &second).await;
    assert_eq!(check.status, StatusCode::OK, "{}", visible(&check.text()));
    let text = visible(&check.text());
    for seen in [WHAT, "青禾社区东门", "13800001234", "林女士", "柳巷街道青禾社区"] {
        assert!(text.contains(seen), "{seen} is read once more before sending");
    }
    let mut last = second;
    last[last.len() - 1] = ("go", "send");
    let sent = place.post(&path, "", &last).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", visible(&sent.text()));
    let again = place.post(&path, "", &last).await;
    assert_eq!(again.location(), sent.location(), "a second press is the same matter");
    let number = sent.location().trim_start_matches("/m/").trim_end_matches("?receipt").to_owned();
    let (cookie, rest) = sent.cookie().expect("the code travels in a cookie");
    assert!(rest.contains(&format!("Path=/m/{number}")) && rest.contains("HttpOnly") && rest.contains("SameSite=Lax"));
    assert!(!sent.location().contains(cookie.split('=').nth(1).unwrap()), "no code in an address");
    (sent, number, cookie)
}

/// The ten digits, from the receipt.
fn short_code(page: &str) -> String {
    let all: Vec<&str> = page.split("data-copy>").skip(1).map(|p| p.split('<').next().unwrap()).collect();
    all[1].to_owned()
}

#[tokio::test]
async fn one_sentence_becomes_a_matter_with_a_receipt() {
    let place = place().await;
    let (sent, number, cookie) = raise(&place).await;
    let receipt = place.get(&sent.location(), &cookie).await;
    let page = receipt.text();
    assert_eq!(receipt.status, StatusCode::OK);
    assert!(page.contains(&number) && page.contains("<svg") && page.contains("gongzhi.receipt/v1"));
    assert!(page.contains("noindex"), "a private page");
    let file = place.get(&format!("/m/{number}/receipt.txt"), &cookie).await;
    let key = app::note::VerifierKey::parse(&place.app.verifier_key()).unwrap();
    let checked = app::receipt::check_file(&file.text(), &key).expect("the file checks offline");
    assert_eq!(checked.promise.number, number);
    assert!(checked.openings.is_some() && checked.logged.is_none());
    assert!(page.contains("秒后还会记进公开账本"), "not in the log yet, and said so");
    // To hand on: without her words, and both pages recommend that one.
    let bare = place.get(&format!("/m/{number}/receipt.txt?bare"), &cookie).await;
    let name = bare.headers.get("content-disposition").and_then(|v| v.to_str().ok()).unwrap_or_default();
    assert!(name.contains(&format!("proof-{number}.txt")), "{name}");
    assert!(file.text().contains(WHAT) && file.text().contains("林女士"), "the control");
    assert!(!bare.text().contains(WHAT) && !bare.text().contains("林女士") && !bare.text().contains("13800001234"));
    assert_eq!(app::receipt::check_file(&bare.text(), &key).expect("checks as well").openings, None);
    assert!(page.contains(&format!("/m/{number}/receipt.txt?bare")) && page.contains("请别人核对"), "said beside it");
    assert!(visible(&place.get("/open/key", "").await.text()).contains("存下不含内容的凭证"));
    let cut = file.text().split("gongzhi.openings/v1").next().unwrap().replace('\n', "\r\n");
    let checked = place.post("/receipt", "", &[("receipt", &format!("\u{feff}{cut}"))]).await;
    assert_eq!(checked.status, StatusCode::OK, "cut off as the page says: {}", visible(&checked.text()));
    let changed = file.text().replace(&number, "YX-2026-0000000");
    assert!(app::receipt::check_file(&changed, &key).is_err());
}

#[tokio::test]
async fn a_receipt_is_in_the_log_and_anybody_checks_it_on_the_page() {
    let place = place().await;
    let (_, number, cookie) = raise(&place).await;
    assert_eq!(place.get("/log/checkpoint", "").await.status, StatusCode::NOT_FOUND, "nothing is signed yet");
    place.app.log_round().await.expect("a round");
    let page = place.get(&format!("/m/{number}?receipt"), &cookie).await.text();
    assert!(page.contains("已记进公开账本，在第"), "said on her page");
    let file = place.get(&format!("/m/{number}/receipt.txt"), &cookie).await.text();
    let checked = place.post("/receipt", "", &[("receipt", &file)]).await;
    let text = visible(&checked.text());
    assert_eq!(checked.status, StatusCode::OK);
    assert!(text.contains("凭证属实，已经记进公开账本") && text.contains(&number), "{text}");
    let changed = place.post("/receipt", "", &[("receipt", &file.replace(&number, "YX-2026-0000000"))]).await;
    assert_eq!(changed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(visible(&changed.text()).contains("签名和内容对不上"));
    let empty = place.post("/receipt", "", &[("receipt", "")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);

    let checkpoint = place.get("/log/checkpoint", "").await;
    assert!(checkpoint.text().contains("\n— "), "a signed note");
    let size: u64 = checkpoint.text().lines().nth(1).and_then(|l| l.parse().ok()).expect("a size");
    for (path, bytes) in [(format!("0/000.p/{size}"), 32), (format!("entries/000.p/{size}"), 36)] {
        let tile = place.get(&format!("/log/tile/{path}"), "").await;
        assert_eq!((tile.status, tile.body.len() as u64), (StatusCode::OK, size * bytes), "{path}");
        let kept = tile.headers.get("cache-control").and_then(|v| v.to_str().ok()).unwrap_or_default();
        assert_eq!(kept, "public, max-age=300", "after a declared loss the path holds other lines");
    }
    for path in [format!("0/000.p/{}", size + 1), "0/000".into(), "1/000.p/1".into(), "9/000".into()] {
        assert_eq!(place.get(&format!("/log/tile/{path}"), "").await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(visible(&place.get("/open/log", "").await.text()).contains("公开账本"));
}

#[tokio::test]
async fn the_short_code_shows_progress_and_the_long_one_the_words() {
    let place = place().await;
    let (sent, number, cookie) = raise(&place).await;
    let code = short_code(&place.get(&sent.location(), &cookie).await.text());
    let shown = place.post("/follow", "", &[("number", &number), ("code", &code)]).await;
    assert_eq!(shown.location(), format!("/m/{number}"));
    let short = shown.cookie().unwrap().0;
    let page = place.get(&shown.location(), &short).await.text();
    assert!(page.contains(&number) && !page.contains(WHAT) && !page.contains("林女士"), "progress only");
    let receipt = place.get(&format!("/m/{number}?receipt"), &short).await.text();
    assert!(!receipt.contains(cookie.split('=').nth(1).unwrap()), "the short code does not lead to the long one");
    let more = place.post(&format!("/m/{number}"), "", &[("code", &code), ("tail", "1234")]).await;
    let own = place.get(&format!("/m/{number}"), &more.cookie().unwrap().0).await.text();
    assert!(own.contains(WHAT), "with the end of the phone number it is her own page");
    assert!(place.get(&format!("/m/{number}"), &cookie).await.text().contains(WHAT));
    let left = place.post(&format!("/m/{number}/leave"), &cookie, &[]).await;
    assert!(left.cookie().unwrap().1.contains("Max-Age=0"));
}

#[tokio::test]
async fn a_wrong_code_and_a_number_that_is_not_there_answer_alike_and_then_wait() {
    let place = place().await;
    let (_, number, _) = raise(&place).await;
    let try_it = async |number: &str| place.post("/follow", "", &[("number", number), ("code", "1234567890")]).await;
    let wrong = try_it(&number).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    assert!(wrong.text().contains(&number), "the number stays in the form");
    let missing = try_it("YX-2026-9999990").await;
    assert_eq!(missing.status, wrong.status);
    assert_eq!(visible(&missing.text()), visible(&wrong.text()));
    for _ in 0..6 {
        try_it(&number).await;
    }
    let waits = try_it(&number).await;
    assert_eq!(waits.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(waits.headers.contains_key(header::RETRY_AFTER));
    let nothing = place.get(&format!("/m/{number}"), "").await;
    assert!(!nothing.text().contains(WHAT));
}

#[tokio::test]
async fn she_adds_a_photo_then_says_whether_it_is_solved() {
    let place = place().await;
    let (_, number, cookie) = raise(&place).await;
    let act = |name: &str| format!("/m/{number}/do/{name}");
    let page = place.get(&act("add_material"), &cookie).await.text();
    let seen = hidden(&page, "seen");
    let bare = place.post(&act("add_material"), &cookie, &[("seen", &seen)]).await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(bare.text().contains("#f-note"), "the summary leads to the field");
    let done = place.post(&act("add_material"), &cookie, &[("seen", &seen), ("v-note", "昨晚又堵了")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let stale = place.post(&act("remind"), &cookie, &[("seen", &seen), ("v-note", "请快一点好吗")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.text().contains("请快一点好吗"), "what was typed stays");
    let street = place.app.directory().bodies().find(|b| b.name == "柳巷街道").unwrap().id.0;
    place
        .act(
            "operator",
            &number,
            "dispatch",
            serde_json::json!({ "unit": street, "urgency": "ordinary", "kind": "help" }),
        )
        .await;
    place.act("street-staff", &number, "sign", serde_json::json!({})).await;
    place
        .act(
            "street-staff",
            &number,
            "feedback",
            serde_json::json!({ "outcome": "solved", "answer": "通道划了禁停线，另有车位。" }),
        )
        .await;
    let turn = place.get(&format!("/m/{number}"), &cookie).await.text();
    assert!(turn.contains("通道划了禁停线"), "she reads the answer");
    let word = [
        ("seen", hidden(&turn, "seen")),
        ("key", hidden(&turn, "key")),
        ("act", "say_solved".into()),
        ("v-satisfied", "satisfied".into()),
    ];
    let word: Vec<(&str, &str)> = word.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let said = place.post(&format!("/m/{number}/do"), &cookie, &word).await;
    assert_eq!(said.status, StatusCode::SEE_OTHER, "{}", visible(&said.text()));
    let end = place.get(&said.location(), &cookie).await.text();
    assert!(end.contains("听到了回话"), "the ring is closed");
    assert!(!end.contains("name=\"act\""), "she is not asked again");
    let letters: Vec<&str> = end.split("/letter/").skip(1).map(|l| l.split('"').next().unwrap()).collect();
    assert!(!letters.is_empty());
    for seq in letters {
        assert_eq!(place.get(&format!("/m/{number}/letter/{seq}"), &cookie).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn giving_up_asks_once_more() {
    let place = place().await;
    let (_, number, cookie) = raise(&place).await;
    let path = format!("/m/{number}/do/withdraw");
    let seen = hidden(&place.get(&path, &cookie).await.text(), "seen");
    let asked = place.post(&path, &cookie, &[("seen", &seen)]).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = place.post(&path, &cookie, &[("seen", &seen), ("sure", "yes")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER);
    let again = place.post(&path, &cookie, &[("seen", &seen), ("sure", "yes")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_bad_file_is_told_at_its_field_and_nothing_else_is_lost() {
    let place = place().await;
    let page = place.get("/raise", "").await.text();
    let (key, way) = (hidden(&page, "key"), first_way(&page));
    let fields = [("key", key.as_str()), ("what", WHAT), ("way", way.as_str()), ("go", "details")];
    let empty: &[u8] = b"";
    for (name, bytes) in [("a.jpg", empty), ("b.jpg", b"\xff\xd8\xffnot a picture"), ("c.html", b"<html>")] {
        let answer = place.post_files("/raise", &fields, &[("files", name, bytes)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(answer.text().contains(WHAT) && answer.text().contains(name), "{name}");
    }
    let large = vec![b'x'; app::upload::MAX_BYTES + 1];
    let answer = place.post_files("/raise", &fields, &[("files", "d.txt", &large)]).await;
    assert!(answer.text().contains("20 MB") && answer.text().contains(WHAT));
    let good = place.post_files("/raise", &fields, &[("files", "e.txt", "夜里的记录".as_bytes())]).await;
    assert_eq!(good.status, StatusCode::OK, "{}", visible(&good.text()));
    let kept = hidden(&good.text(), "files_keep");
    let last = [("key", key.as_str()), ("what", WHAT), ("files_keep", kept.as_str()), ("go", "send")];
    let sent = place.post(&format!("/raise/{way}"), "", &last).await;
    let (number, cookie) =
        (sent.location().trim_start_matches("/m/").trim_end_matches("?receipt").to_owned(), sent.cookie().unwrap().0);
    let own = place.get(&format!("/m/{number}"), &cookie).await.text();
    let id = own.split("/file/").nth(1).expect("the attachment").split('"').next().unwrap();
    let file = place.get(&format!("/m/{number}/file/{id}"), &cookie).await;
    let head = |name| file.headers.get(name).unwrap().to_str().unwrap().to_owned();
    assert!(head(header::CONTENT_DISPOSITION).starts_with("attachment"));
    assert!(head(header::CONTENT_SECURITY_POLICY).contains("sandbox"));
    assert_eq!(place.get(&format!("/m/{number}/file/{id}"), "").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn elsewhere_is_told_who_is_competent() {
    let place = place().await;
    let outside = place.post("/raise", "", &[("what", WHAT), ("r0", "outside"), ("go", "details")]).await.text();
    assert!(outside.contains(WHAT), "the words stay to be copied");
    assert!(place.post("/outside", "", &[("q", "西湖区")]).await.text().contains("杭州市西湖区"));
    let ours = place.post("/outside", "", &[("q", "青禾社区")]).await.text();
    for path in ["/outside", "/know"] {
        let form = place.get(path, "").await.text();
        assert!(!form.contains("method=\"get\""), "no words in the address of {path}");
    }
    assert!(ours.contains("/raise?region=990101001001"));
    assert!(place.get("/raise?region=990101001001", "").await.text().contains("value=\"990101001001\" selected"));
    assert_eq!(place.get("/raise/nothing", "").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// Words that stand in pages of the other language on purpose.
const CHINESE_PAGES: &[&str] = &["English", "YX", "JPG", "PNG", "MB", "Word", "Excel", "PDF", "BJ", "XF"];

/// Every page that a resident meets, in one language.
async fn pages(place: &Place, lang: &str) -> Vec<(String, String)> {
    let (sent, number, cookie) = raise(place).await;
    let way = first_way(&place.get("/raise", "").await.text());
    let mut paths: Vec<String> =
        ["/", "/raise", "/follow", "/open", "/open/key", "/outside"].map(String::from).to_vec();
    let (catalogue, territory) = (place.app.catalogue(), place.app.settings().territory);
    let for_residents =
        |id: &String| catalogue.effective(id, &territory).is_some_and(|e| e.mechanism.mechanism.door != Door::Staff);
    paths.extend(catalogue.ids().iter().filter(|id| for_residents(id)).map(|id| format!("/raise/{id}")));
    paths.extend([format!("/open/mechanisms/{way}"), format!("/m/{number}"), sent.location(), "/nothing".into()]);
    paths.extend(["add_material", "remind", "withdraw", "withhold"].map(|a| format!("/m/{number}/do/{a}")));
    let mut all = Vec::new();
    for path in paths {
        let cookie = format!("{cookie}; gz_lang={lang}");
        all.push((path.clone(), place.get(&path, &cookie).await.text()));
    }
    let key = "0123456789abcdef0123456789abcdef";
    for go in ["details", "check"] {
        let form = [("key", key), ("what", "x"), ("r0", "990101001"), ("go", go)];
        let answer = place.post(&format!("/raise/{way}"), &format!("gz_lang={lang}"), &form).await;
        all.push((format!("{go} of /raise"), answer.text()));
    }
    all
}

fn words(text: &str) -> Vec<String> {
    let ascii = text.split(|c: char| !c.is_ascii_alphabetic());
    ascii.filter(|w| w.len() > 1).map(str::to_owned).collect()
}

#[tokio::test]
async fn chinese_pages_hold_no_english() {
    let place = place().await;
    for (path, page) in pages(&place, "zh").await {
        let shown = visible(&page);
        let left: Vec<String> = words(&shown)
            .into_iter()
            .filter(|w| !CHINESE_PAGES.contains(&w.as_str()))
            .filter(|w| !is_code(&shown, w))
            .collect();
        assert!(left.is_empty(), "{path}: {left:?}");
    }
}

/// Parts of codes, hashes and keys: they stand in a word with digits or hyphens.
fn is_code(text: &str, word: &str) -> bool {
    let tokens: Vec<&str> = text.split_whitespace().collect();
    // A digest stands in groups of four, and one in fifty of them has no digit.
    let group = |at: usize| tokens.get(at).is_some_and(|t| t.len() == 4 && t.chars().all(|c| c.is_ascii_hexdigit()));
    let mut found = tokens.iter().enumerate().filter(|(_, t)| t.contains(word)).peekable();
    found.peek().is_some()
        && found.all(|(at, t)| {
            t.chars().any(|c| c.is_ascii_digit()) || group(at) && (group(at + 1) || group(at.wrapping_sub(1)))
        })
}

#[tokio::test]
async fn english_pages_hold_no_chinese_of_ours() {
    let place = place().await;
    // Names of places and bodies' clauses are Chinese by nature, and so is what the person wrote.
    let names = [
        "汀云",
        "柳巷",
        "槐荫",
        "河湾",
        "青禾",
        "梧桐",
        "云岭",
        "东门",
        "林女士",
        "中文",
        "浙江",
        "衢州",
        "社区",
        "街道",
        "村",
    ];
    for (path, page) in pages(&place, "en").await {
        let shown = visible(&page);
        let ours = shown.lines().filter(|l| l.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)));
        let left: Vec<&str> = ours.filter(|l| !names.iter().any(|n| l.contains(n)) && !l.contains("Rule:")).collect();
        assert!(left.is_empty(), "{path}: {left:?}");
    }
}

#[tokio::test]
async fn no_link_of_the_portal_leads_nowhere() {
    let place = place().await;
    for (path, page) in pages(&place, "zh").await {
        for href in page.split("href=\"").skip(1).map(|h| h.split('"').next().unwrap()) {
            let inside = href.starts_with('/')
                && !href.starts_with("/assets")
                && !href.starts_with("/m/")
                && !href.starts_with("/desk");
            if inside && path != "/nothing" {
                let answer = place.get(&href.replace("&amp;", "&"), "").await;
                assert!(answer.status.is_success(), "{path} leads to {href}: {}", answer.status);
            }
        }
    }
}

/// What stands after this in links of a page, in order.
fn linked(page: &str, before: &str) -> Vec<String> {
    let open = format!("href=\"{before}");
    page.split(open.as_str()).skip(1).map(|p| p.split(['"', '?']).next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn every_way_stands_behind_one_door_with_its_dates() {
    let place = place().await;
    let home = place.get("/", "").await.text();
    let doors = linked(&home, "/door/");
    assert!(doors.len() > 1 && linked(&home, "/raise/").is_empty(), "the home page shows doors, no single way");
    let territory = place.app.settings().territory;
    let catalogue = place.app.catalogue();
    let by_raiser = |id: &String| {
        let offered = catalogue.effective(id, &territory);
        offered.filter(|e| e.mechanism.action["raise"].by.iter().any(|r| r == "raiser"))
    };
    // What staff register, and what is sent from the page of another matter, has no door; nor can it be had by its address.
    let staffs = |id: &String| by_raiser(id).is_some_and(|e| e.mechanism.mechanism.door == Door::Staff);
    let (closed, mut open): (Vec<String>, Vec<String>) =
        catalogue.ids().into_iter().filter(|id| by_raiser(id).is_some()).partition(staffs);
    assert!(!closed.is_empty());
    for id in closed {
        assert_eq!(place.get(&format!("/raise/{id}"), "").await.status, StatusCode::NOT_FOUND, "{id}");
    }
    let mut found = Vec::new();
    for door in doors {
        let page = place.get(&format!("/door/{door}"), "").await;
        assert_eq!(page.status, StatusCode::OK);
        let ways = linked(&page.text(), "/raise/");
        for way in &ways {
            let effective = catalogue.effective(way, &territory).expect("offered here");
            let head = &effective.mechanism.mechanism;
            let text = visible(&page.text());
            assert!(text.contains(&head.name.zh) && text.contains(&head.summary.zh), "{way}");
            assert_eq!(place.get(&format!("/raise/{way}"), "").await.status, StatusCode::OK, "{way}");
        }
        let dates = visible(&page.text()).matches("今天提出").count();
        assert_eq!(dates, ways.len(), "{door}: by when the first answer comes stands at each");
        let english = place.get(&format!("/door/{door}?lang=en"), "").await.text();
        assert!(visible(&english).contains("Sent today"), "{door}");
        let sent = place.post("/raise", "", &[("door", &door), ("what", WHAT), ("go", "start")]).await.text();
        assert!(sent.contains(WHAT) && ways.contains(&first_way(&sent)), "one sentence, and the ways of this door");
        found.extend(ways);
    }
    found.sort();
    open.sort();
    assert_eq!(found, open, "each once, and nothing that is not offered");
    for none in ["/door/staff", "/door/nothing"] {
        assert_eq!(place.get(none, "").await.status, StatusCode::NOT_FOUND, "{none}");
    }
}
