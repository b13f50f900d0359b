//! An installation in memory for the tests of pages: the real packs, the invented district, a clock that stands still.
//! Shared by the tests of portal and desk; holds nothing that only one of them needs.

#![expect(dead_code, reason = "each test file uses a part of it")]

use app::catalogue::{Catalogue, Difference, Packs, Proof, Stories, Worked};
use app::clock::SetClock;
use app::installation::{App, Parts, Settings};
use app::keys::MasterKey;
use app::offer::FromPacks;
use app::random::{Random, SeededRandom};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use kernel::calendar::Calendar;
use kernel::mechanism::Mechanism;
use kernel::region::RegionCode;
use kernel::text::Text;
use kernel::time::Timestamp;
use pack::demo_directory::DemoDirectory;
use pack::packs::PackSet;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};
use store::{MemoryStore, Store};
use tower::ServiceExt;
use web::pace::Paces;

/// The password of everybody.
pub const PASSWORD: &str = "gongzhi-demo";
/// The invented regions.
const REGIONS: &str = include_str!("../../../../packs/demo/regions.tsv");

/// A site to ask.
pub struct Place {
    /// The installation.
    pub app: App,
    /// Its clock.
    pub clock: SetClock,
    router: Router,
}

/// An answer.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// The page.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Where it leads.
    pub fn location(&self) -> String {
        self.headers.get(header::LOCATION).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned()
    }

    /// The cookies that it sets, `name=value`, the attributes apart.
    pub fn cookie(&self) -> Option<(String, String)> {
        let text = self.headers.get(header::SET_COOKIE)?.to_str().ok()?;
        let (pair, rest) = text.split_once(';').unwrap_or((text, ""));
        Some((pair.to_owned(), rest.trim().to_owned()))
    }
}

/// The district on a Monday morning.
pub async fn place() -> Place {
    place_at("2026-09-28T09:00:00+08:00").await
}

/// The district at a time.
pub async fn place_at(time: &str) -> Place {
    place_with(time, Arc::new(MemoryStore::default()), Paces::default()).await
}

/// The district at a time over a store, with its paces.
pub async fn place_with(time: &str, store: Arc<dyn Store>, paces: Paces) -> Place {
    place_of(time, store, paces, Box::new(Shared)).await
}

/// The district with one mechanism of its own and no other.
pub async fn place_packed(time: &str, mechanism: &str, file: &str) -> Place {
    let name = format!("national/{mechanism}/mechanism.toml");
    let packs = FromPacks::new(PackSet::from_dirs(vec![(name, file.as_bytes().to_vec())]));
    place_of(time, Arc::new(MemoryStore::default()), Paces::default(), Box::new(packs)).await
}

async fn place_of(time: &str, store: Arc<dyn Store>, paces: Paces, packs: Box<dyn Packs>) -> Place {
    heard::listen();
    let clock = SetClock::at(time.parse::<Timestamp>().expect("a time"));
    let demo = DemoDirectory::embedded().expect("the built-in directory");
    let hash = app::password::hash(PASSWORD, &mut SeededRandom::new(3)).expect("a hash");
    store.put_directory(app::directory::invented(&demo, Some(&hash))).await.expect("memory");
    let seed = AtomicU64::new(1);
    let random =
        move || -> Box<dyn Random + Send> { Box::new(SeededRandom::new(seed.fetch_add(1, Ordering::Relaxed))) };
    let key = MasterKey::generate(&mut SeededRandom::new(7));
    let parts = Parts {
        store,
        catalogue: Catalogue::new(packs),
        calendar: pack::calendar::embedded().clone(),
        regions: pack::regions::embedded().with_extra(REGIONS.as_bytes()).expect("the invented regions"),
        clock: Arc::new(clock.clone()),
        random: Arc::new(random),
        master: MasterKey::from_text(&key).expect("a key"),
        settings: settings(),
    };
    let app = App::new(parts).await.expect("an installation");
    Place { router: web::server::router_at(app.clone(), paces), app, clock }
}

/// The packs of the binary, read and unrolled once for all tests of a file: without optimisation that takes seconds.
struct Shared;

static PACKS: LazyLock<FromPacks> = LazyLock::new(|| FromPacks::new(PackSet::embedded()));

/// A version of a mechanism, and when.
type At = ([u8; 32], i64);
type Dates = Option<(Timestamp, Timestamp, bool)>;
static PROMISED: LazyLock<Mutex<HashMap<At, Dates>>> = LazyLock::new(Mutex::default);
static WORKED: LazyLock<Mutex<HashMap<At, Option<Worked>>>> = LazyLock::new(Mutex::default);

impl Packs for Shared {
    fn ids(&self) -> Vec<String> {
        PACKS.ids()
    }
    fn effective(&self, id: &str, region: &RegionCode) -> Option<Arc<Mechanism>> {
        PACKS.effective(id, region)
    }
    fn promise(&self, m: &Mechanism, calendar: &Calendar, start: Timestamp) -> Option<(Timestamp, Timestamp, bool)> {
        let key = (m.hash(), start.0);
        let mut known = PROMISED.lock().expect("no panic under this lock");
        *known.entry(key).or_insert_with(|| PACKS.promise(m, calendar, start))
    }
    fn explained(&self, m: &Mechanism, calendar: &Calendar, start: Timestamp) -> Option<Worked> {
        // The minute is exact enough, and every test asks at the same one.
        let key = (m.hash(), start.0.div_euclid(60_000));
        let mut known = WORKED.lock().expect("no panic under this lock");
        known.entry(key).or_insert_with(|| PACKS.explained(m, calendar, start)).clone()
    }
    fn findings(&self, id: &str, region: Option<&RegionCode>) -> Vec<Text> {
        PACKS.findings(id, region)
    }
    fn regions(&self, id: &str) -> Vec<RegionCode> {
        PACKS.regions(id)
    }
    fn base(&self, id: &str) -> Option<Arc<Mechanism>> {
        PACKS.base(id)
    }
    fn proofs(&self, id: &str, region: Option<&RegionCode>) -> Vec<Proof> {
        PACKS.proofs(id, region)
    }
    fn differences(&self, id: &str, region: &RegionCode) -> Vec<Difference> {
        PACKS.differences(id, region)
    }
    fn stories(&self) -> Arc<Stories> {
        PACKS.stories()
    }
}

fn settings() -> Settings {
    Settings {
        name: "汀云共治".into(),
        name_en: "Tingyun".into(),
        origin: "demo.example/gongzhi".into(),
        territory: "990101".parse().expect("a code"),
        alias: "YX".into(),
        phone: Some("12345".into()),
        demo: true,
        address: "http://127.0.0.1:8088".into(),
    }
}

impl Place {
    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.expect("a router answers");
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a body").to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Asks for a page, with cookies.
    pub async fn get(&self, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path).header(header::COOKIE, cookie);
        self.send(request.body(Body::empty()).expect("a request")).await
    }

    /// Sends a form, with cookies.
    pub async fn post(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> = fields.iter().map(|(n, v)| format!("{}={}", encode(n), encode(v))).collect();
        let request = Request::post(path)
            .header(header::COOKIE, cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body.join("&"))).expect("a request")).await
    }

    /// Sends a form with files: field, name, bytes.
    pub async fn post_files(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &str, &[u8])]) -> Answer {
        const LINE: &str = "gongzhi-test-boundary";
        let mut body = Vec::new();
        for (name, value) in fields {
            body.extend(
                format!("--{LINE}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").as_bytes(),
            );
        }
        for (name, file, bytes) in files {
            body.extend(
                format!("--{LINE}\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\ncontent-type: application/octet-stream\r\n\r\n").as_bytes(),
            );
            body.extend_from_slice(bytes);
            body.extend(b"\r\n");
        }
        body.extend(format!("--{LINE}--\r\n").as_bytes());
        let request = Request::post(path).header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={LINE}"));
        self.send(request.body(Body::from(body)).expect("a request")).await
    }

    /// Somebody of the district at work.
    pub async fn staff(&self, login: &str) -> app::viewer::Viewer {
        let signed = self.app.sign_in(login, PASSWORD, 1).await.expect("signs in");
        let staff = self.app.who(&signed.secret).await.expect("memory").expect("somebody");
        app::viewer::Viewer::Staff(staff)
    }

    /// Somebody does something in a matter.
    pub async fn act(&self, login: &str, number: &str, action: &str, fields: serde_json::Value) {
        let viewer = self.staff(login).await;
        let id = self.app.by_number(number).await.expect("a matter");
        let fields = serde_json::from_value(fields).expect("a form");
        let acting = app::act::Acting {
            action: action.into(),
            fields,
            part: None,
            occurred: None,
            idempotency_key: None,
            seen: None,
        };
        self.app.act(&viewer, id, &acting).await.unwrap_or_else(|e| panic!("{login} cannot {action}: {}", told(&e)));
    }
}

/// An error in few words: a refusal holds its whole mechanism.
fn told(error: &app::error::AppError) -> String {
    match error {
        app::error::AppError::Refused(refusal, _) => format!("{:?}", refusal.rule),
        other => other.to_string(),
    }
}

fn encode(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

/// The text that a reader sees: without tags, scripts, styles and the content of attributes.
pub fn visible(page: &str) -> String {
    let mut text = String::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        rest = &rest[at..];
        for hidden in ["<script", "<style", "<title", "<pre"] {
            if rest.starts_with(hidden) {
                let end = format!("</{}>", &hidden[1..]);
                rest = rest.split_once(end.as_str()).map_or("", |(_, after)| after);
            }
        }
        rest = match rest.strip_prefix('<') {
            Some(tag) => tag.split_once('>').map_or("", |(_, after)| after),
            None => rest,
        };
        text.push('\n');
    }
    text.push_str(rest);
    text.replace("&amp;", "&").replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">")
}
