//! Who gets which page: every route that the sources name × each kind of visitor × each kind of matter, held in a golden
//! file. A route that is added is not in the file and turns this red until somebody has looked at who may have it.

use crate::authz::{Matters, STAFF, matters};
use crate::document::golden;
use crate::place::{PASSWORD, Place, REPORT, place};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Calls that try a code or end a session: last, because what comes after them would be another visitor's.
const LAST: [&str; 4] = ["POST /follow", "POST /m/{number}", "POST /desk/sign-in", "POST /desk/sign-out"];

/// `METHOD /path` of every route, read from the sources.
fn routes() -> Vec<String> {
    let mut found = BTreeSet::new();
    collect(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut found);
    assert!(found.len() > 40, "only {} routes: the reading is broken", found.len());
    let (last, mut all): (Vec<String>, Vec<String>) = found.into_iter().partition(|r| LAST.contains(&r.as_str()));
    assert_eq!(last.len(), LAST.len());
    all.extend(LAST.map(str::to_owned));
    all
}

fn collect(dir: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(dir).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = fs::read_to_string(&path).expect("a source");
            for call in text.split(".route(").skip(1) {
                let Some((path, rest)) = call.trim_start().strip_prefix('"').and_then(|c| c.split_once('"')) else {
                    panic!("a route without a literal path: {}", call.lines().next().unwrap_or_default())
                };
                let handlers = rest.lines().next().unwrap_or_default();
                let methods =
                    [("get(", "GET"), ("post(", "POST"), ("any(", "GET"), ("put(", "PUT"), ("delete(", "DELETE")];
                let named: Vec<_> = methods.iter().filter(|(word, _)| handlers.contains(word)).collect();
                assert!(!named.is_empty(), "no method is read for {path}");
                found.extend(named.iter().map(|(_, method)| format!("{method} {path}")));
            }
        }
    }
}

fn filled(route: &str, number: &str, seq: u8, m: &Matters) -> String {
    // To act, a name that is no action of any state: it tells how far the visitor comes, and changes nothing.
    let action = if route.starts_with("POST") { "raise" } else { "remind" };
    let id = if route.contains("/file/") { m.blob.as_str() } else { REPORT };
    route
        .split_once(' ')
        .expect("a method")
        .1
        .replace("{number}", number)
        .replace("{seq}", &seq.to_string())
        .replace("{action}", action)
        .replace("{mechanism}", REPORT)
        .replace("{id}", id)
        .replace("{slug}", "parking")
        .replace("{door}", "report")
        .replace("{figure}", "rapid-response.at_once")
        .replace("{hash}/{name}", "0/none.css")
        .replace("{*rest}", "none")
        .replace("{*path}", "0/000.p/1")
}

async fn status(p: &Place, route: &str, path: &str, cookie: &str) -> u16 {
    let (method, _) = route.split_once(' ').expect("a method");
    let form = ("content-type", "application/x-www-form-urlencoded");
    let body = if path.ends_with("/open") { "seq=0&field=x&reason=" } else { "" };
    p.send_apart(method, path, &[("cookie", cookie), form], body).await.status.as_u16()
}

async fn rows(name: &str, p: &Place, m: &Matters, cookie: &str) -> String {
    let mut out = String::new();
    let missing = app::number::Number::new("YX", 2026, 999_999).expect("a number").to_string();
    for route in routes() {
        let mut row = format!("{name:<18} {route:<32}");
        if !route.contains("{number}") {
            let _ = writeln!(out, "{row} {}", status(p, &route, &filled(&route, "", 1, m), cookie).await);
            continue;
        }
        for (kind, matter, seq) in
            [("own", &m.own, 2), ("other", &m.other, 2), ("shielded", &m.shielded, 1), ("above", &m.above, 1)]
        {
            let number = matter["number"].as_str().expect("a number");
            let _ = write!(row, " {kind}={}", status(p, &route, &filled(&route, number, seq, m), cookie).await);
        }
        let _ = writeln!(out, "{row} missing={}", status(p, &route, &filled(&route, &missing, 2, m), cookie).await);
    }
    out
}

/// Each visitor has a place of her own: wrong tries make the next ones wait.
#[tokio::test(flavor = "multi_thread")]
async fn every_page_answers_each_visitor_as_reviewed() {
    let of_codes = [
        ("public", "", ""),
        ("short code of own", "own", "query_code"),
        ("long code of own", "own", "long_code"),
        ("long code of other", "other", "long_code"),
    ];
    let mut visits: Vec<_> = of_codes.map(|(name, of, which)| tokio::spawn(with_code(name, of, which))).into();
    visits.extend(STAFF.map(|(name, login)| tokio::spawn(signed_in(name, login))));
    let mut out = String::new();
    for visit in visits {
        out.push_str(&visit.await.expect("a visit ends"));
    }
    golden("pages.txt", &out);
}

async fn with_code(name: &str, of: &str, which: &str) -> String {
    let p = place().await;
    let m = matters(&p).await;
    let matter = if of == "own" { &m.own } else { &m.other };
    let code: String = matter[which].as_str().unwrap_or_default().split_whitespace().collect();
    rows(name, &p, &m, &format!("gz_code={code}")).await
}

async fn signed_in(name: &str, login: &str) -> String {
    let p = place().await;
    let m = matters(&p).await;
    let signed = p.app.sign_in(login, PASSWORD, 1).await.expect("signs in");
    rows(name, &p, &m, &format!("gz_session={}", signed.secret)).await
}
