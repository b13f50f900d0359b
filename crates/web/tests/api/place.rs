//! An installation in memory and a client for it. Holds no expectations.

use app::catalogue::Catalogue;
use app::clock::SetClock;
use app::installation::{App, Parts, Settings};
use app::keys::MasterKey;
use app::offer::FromPacks;
use app::random::{Random, SeededRandom};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use pack::demo_directory::DemoDirectory;
use pack::packs::PackSet;
use serde_json::Value;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use store::{MemoryStore, Store};
use tower::ServiceExt;

const REGIONS: &str = include_str!("../../../../packs/demo/regions.tsv");
static PACKS: LazyLock<PackSet> = LazyLock::new(PackSet::embedded);

/// The mechanism for reports, the other one, and where.
pub const REPORT: &str = "rapid-response";
pub const PETITION: &str = "petition";
/// The password of everybody, and its hash, which is slow to make.
pub const PASSWORD: &str = "gongzhi-demo";
static HASH: LazyLock<String> =
    LazyLock::new(|| app::password::hash(PASSWORD, &mut SeededRandom::new(3)).expect("a hash"));
pub const HERE: &str = "990101001001";

pub struct Place {
    pub app: App,
    router: Router,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("no JSON: {}", String::from_utf8_lossy(&self.body)))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// Holds that it is a problem with this status and name.
    pub fn problem(&self, status: u16, name: &str) -> Value {
        let text = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status.as_u16(), status, "{text}");
        assert_eq!(self.header("content-type"), "application/problem+json", "{text}");
        let json = self.json();
        assert_eq!(json["type"], format!("urn:gongzhi:problem:{name}"), "{text}");
        assert_eq!(json["status"], status);
        assert!(json["detail"].as_str().is_some_and(|d| !d.is_empty()), "{text}");
        json
    }
}

pub async fn place() -> Place {
    heard::listen();
    let clock = SetClock::at("2026-09-28T09:00:00+08:00".parse().expect("a time"));
    let store: Arc<dyn Store> = Arc::new(MemoryStore::default());
    let demo = DemoDirectory::embedded().expect("the built-in directory");
    store.put_directory(app::directory::invented(&demo, Some(&HASH))).await.expect("memory");
    let seed = AtomicU64::new(1);
    let random =
        move || -> Box<dyn Random + Send> { Box::new(SeededRandom::new(seed.fetch_add(1, Ordering::Relaxed))) };
    let parts = Parts {
        store,
        catalogue: Catalogue::new(Box::new(FromPacks::new(PACKS.clone()))),
        calendar: pack::calendar::embedded().clone(),
        regions: pack::regions::embedded().with_extra(REGIONS.as_bytes()).expect("the invented regions"),
        clock: Arc::new(clock),
        random: Arc::new(random),
        master: MasterKey::from_text(&MasterKey::generate(&mut SeededRandom::new(7))).expect("a key"),
        settings: Settings {
            name: "汀云共治".into(),
            name_en: "Tingyun".into(),
            origin: "demo.example/gongzhi".into(),
            territory: "990101".parse().expect("a code"),
            alias: "YX".into(),
            phone: Some("12345".into()),
            demo: true,
            address: "http://127.0.0.1:8088".into(),
        },
    };
    let app = App::new(parts).await.expect("an installation");
    Place { router: web::server::router(app.clone()), app }
}

/// The id of a body of the district.
pub fn body(name: &str) -> u32 {
    DemoDirectory::embedded().expect("the directory").body_named(name).expect("a body").0
}

/// Headers of a call.
pub type Headers<'a> = &'a [(&'a str, &'a str)];

impl Place {
    pub async fn send(&self, method: &str, path: &str, headers: Headers<'_>, body: impl Into<Body>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).expect("a request");
        let (parts, body) = self.router.clone().oneshot(request).await.expect("a router answers").into_parts();
        let body = body.collect().await.expect("a body").to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// The same from an address of its own, so that wrong tries before do not make it wait.
    pub async fn send_apart(&self, method: &str, path: &str, headers: Headers<'_>, body: &'static str) -> Answer {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let address = SocketAddr::from((Ipv4Addr::from(NEXT.fetch_add(1, Ordering::Relaxed)), 1));
        let mut request = Request::builder().method(method).uri(path).extension(ConnectInfo(address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body)).expect("a request");
        let (parts, body) = self.router.clone().oneshot(request).await.expect("a router answers").into_parts();
        let body = body.collect().await.expect("a body").to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub async fn get(&self, path: &str, headers: Headers<'_>) -> Answer {
        self.send("GET", path, headers, Body::empty()).await
    }

    pub async fn post(&self, path: &str, headers: Headers<'_>, json: &Value) -> Answer {
        let all: Vec<_> = headers.iter().copied().chain([("content-type", "application/json")]).collect();
        self.send("POST", path, &all, json.to_string()).await
    }

    /// The header of somebody's token.
    pub async fn token(&self, login: &str, scopes: &[&str]) -> String {
        let scopes = scopes.iter().map(|s| (*s).to_owned()).collect();
        let secret = self.app.make_token(login, scopes, 1).await.expect("a token");
        format!("Bearer {secret}")
    }

    /// A token for everything.
    pub async fn full(&self, login: &str) -> String {
        self.token(login, &["matters:read", "matters:write"]).await
    }

    /// Raises a report; the answer's JSON.
    pub async fn report(&self, what: &str) -> Value {
        let json =
            serde_json::json!({"mechanism": REPORT, "region": HERE, "fields": {"what": what, "phone": "13900001234"}});
        let answer = self.post("/api/v1/matters", &[], &json).await;
        assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
        answer.json()
    }

    /// Acts, and holds that it was done.
    pub async fn act(&self, who: &str, number: &Value, action: &str, form: Value) {
        let token = self.full(who).await;
        let path = format!("/api/v1/matters/{}/actions/{action}", number.as_str().expect("a number"));
        let answer = self.post(&path, &[("authorization", &token)], &form).await;
        assert_eq!(answer.status, 200, "{who} {action}: {}", String::from_utf8_lossy(&answer.body));
    }
}
