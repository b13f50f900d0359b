//! A disk that fills under a running server, seen over HTTP on the embedded database: nothing is acknowledged that is lost,
//! what was typed comes back, reading goes on, and so does writing once there is room. A test only.

use crate::bench::client::{Answer, Request, once};
use crate::bench::server::{self, Running};
use crate::demo;
use crate::open::{About, Place};
use serde_json::Value;
use std::net::SocketAddr;
use std::sync::Arc;
use store_sqlite::{Options, SqliteStore};

/// Refusals in a row after which nothing smaller finds a free page either.
const ENOUGH: u32 = 12;
const WORDS: &str = "东门外的消防通道，一到晚上就停满了车";
/// SQLite makes no file smaller than it is: with this bound no page can be added.
const NO_ROOM: u32 = 1;

async fn ask(at: SocketAddr, request: &Request) -> (u16, String) {
    let Answer { status, body } = once(at, request).await.expect("an answer");
    (status, String::from_utf8(body).expect("text"))
}

fn form(mechanism: &str, language: &str, key: &str) -> Request {
    let hex = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
    let fields = [
        ("key", key),
        ("what", WORDS),
        ("place", "青禾社区东门"),
        ("r0", "990101001"),
        ("r1", "990101001001"),
        ("v-phone", "13800001234"),
        ("v-name", "林女士"),
        ("go", "send"),
    ];
    let body = fields.iter().map(|(n, v)| format!("{}={}", hex(n), hex(v))).collect::<Vec<_>>().join("&");
    let path = format!("/raise/{mechanism}?lang={language}");
    Request::typed("POST", &path, &[], "application/x-www-form-urlencoded", &body)
}

#[tokio::test]
async fn a_disk_that_fills_loses_nothing_that_was_acknowledged() {
    let dir = std::env::temp_dir().join(format!("gongzhi-full-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a directory");
    let place = Place::at(&dir);
    let store = Arc::new(SqliteStore::open(&dir, Options::default()).expect("a new store"));
    let app = place.put_together(store.clone(), &About::default(), true, place.clock()).await.expect("an installation");
    demo::fill(&place, &app).await.expect("the demo");
    let mechanism = server::mechanism(&app).expect("a mechanism for reports");
    let running = Running::start(app.clone()).await.expect("a server");
    let at = running.address;

    store.limit_pages(NO_ROOM).await.expect("a bound");
    let (mut acknowledged, mut refused) = (Vec::new(), 0);
    for n in 0..2000 {
        let (status, text) = ask(at, &server::intake(n)).await;
        let json: Value = serde_json::from_str(&text).expect("JSON");
        match status {
            201 => {
                acknowledged.push(json);
                refused = 0;
            }
            507 => {
                assert_eq!(json["type"], "urn:gongzhi:problem:full", "{text}");
                assert!(json["detail"].as_str().is_some_and(|d| d.contains("没有提交成功")), "{text}");
                refused += 1;
            }
            _ => panic!("an answer of {status}: {text}"),
        }
        // Pages that were free before take a few more.
        if refused == ENOUGH {
            break;
        }
    }
    assert_eq!(refused, ENOUGH, "the disk never filled");
    // A page of less may still fit into what is left of some page of the file.
    let (mut key, mut page) = (String::new(), String::new());
    for n in 0..2000 {
        key = format!("{n:032x}");
        let (status, text) = ask(at, &form(&mechanism, "zh", &key)).await;
        page = text;
        if status == 507 {
            break;
        }
        assert_eq!(status, 303, "{page}");
    }
    for seen in [WORDS, "青禾社区东门", "13800001234", "林女士", "暂时不能保存"] {
        assert!(page.contains(seen), "{seen}");
    }
    assert!(ask(at, &form(&mechanism, "en", &key)).await.1.contains("was not saved"));
    assert_eq!(ask(at, &Request::get("/")).await.0, 200, "reading goes on");
    let matters = server::matters(&app).await.expect("counted");

    store.limit_pages(1_000_000).await.expect("room again");
    assert_eq!(ask(at, &form(&mechanism, "zh", &key)).await.0, 303, "the same form again is taken");
    assert_eq!(server::matters(&app).await.expect("counted"), matters + 1, "and what was refused left nothing");
    for json in &acknowledged {
        let code = json["long_code"].as_str().expect("a code");
        let path = format!("/api/v1/matters/{}", json["number"].as_str().expect("a number"));
        let get = Request::with("GET", &path, &[("gongzhi-query-code", code)], None);
        assert_eq!(ask(at, &get).await.0, 200, "acknowledged, so it is there");
    }
    running.stop();
    for cell in app.store().cells_fanout().await.expect("cells") {
        let verified = app.verify_cell(cell, &mut |_| {}).await.expect("verified");
        assert!(verified.damage.is_empty(), "{:?}", verified.damage);
    }
    std::fs::remove_dir_all(&dir).expect("removed");
}
