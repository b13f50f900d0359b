//! For whoever operates the installation: readiness and counters. No label is about a person, a matter or a source.

use crate::server::Site;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Answers by method and status.
type Counts = BTreeMap<(&'static str, u16), u64>;

/// Counters since the start of the process.
#[derive(Debug, Default)]
pub struct Metrics {
    raised: AtomicU64,
    /// By route template, then by method and status: bounded by what the router knows.
    requests: Mutex<HashMap<Box<str>, Counts>>,
}

impl Metrics {
    /// One more matter was raised.
    pub fn raised(&self) {
        self.raised.fetch_add(1, Ordering::Relaxed);
    }

    fn answered(&self, route: &str, method: &Method, status: StatusCode) {
        let key = (known(method), status.as_u16());
        let mut all = self.requests.lock().expect("invariant: no panic under this lock");
        match all.get_mut(route) {
            Some(counts) => *counts.entry(key).or_default() += 1,
            None => drop(all.insert(route.into(), BTreeMap::from([(key, 1)]))),
        }
    }

    /// All counters in the text format of Prometheus.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        let all = self.requests.lock().expect("invariant: no panic under this lock");
        let sorted: BTreeMap<_, _> = all.iter().collect();
        out.push_str("# HELP gongzhi_http_requests_total Answers by route, method and status.\n");
        out.push_str("# TYPE gongzhi_http_requests_total counter\n");
        for (route, counts) in sorted {
            for ((method, status), n) in counts {
                let labels = format!("route=\"{route}\",method=\"{method}\",status=\"{status}\"");
                let _ = writeln!(out, "gongzhi_http_requests_total{{{labels}}} {n}");
            }
        }
        out.push_str("# HELP gongzhi_matters_raised_total Matters raised since the start.\n");
        out.push_str("# TYPE gongzhi_matters_raised_total counter\n");
        let _ = writeln!(out, "gongzhi_matters_raised_total {}", self.raised.load(Ordering::Relaxed));
        out.push_str("# HELP gongzhi_build_info The program.\n# TYPE gongzhi_build_info gauge\n");
        let _ = writeln!(out, "gongzhi_build_info{{version=\"{}\"}} 1", env!("CARGO_PKG_VERSION"));
        out
    }
}

/// A method that anybody can invent must not become a label.
fn known(method: &Method) -> &'static str {
    let all = ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"];
    all.into_iter().find(|m| *m == method.as_str()).unwrap_or("other")
}

/// Counts every answer under its route.
pub async fn count(State(site): State<Site>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = request.method().clone();
    let response = next.run(request).await;
    site.metrics.answered(route.as_ref().map_or("none", MatchedPath::as_str), &method, response.status());
    response
}

/// `/readyz`: whether the store answers and can write.
pub async fn ready(State(site): State<Site>) -> Response {
    match site.app.store().ready().await {
        Ok(()) => "ready".into_response(),
        Err(error) => {
            tracing::warn!(%error, "not ready");
            (StatusCode::SERVICE_UNAVAILABLE, "not ready").into_response()
        }
    }
}

/// `/metrics`.
pub async fn metrics(State(site): State<Site>) -> Response {
    let text = site.metrics.text() + &witnessed(&site);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}

/// What each witness cosigned last, and when. None cosigns while nothing comes in: look at the size beside the time.
fn witnessed(site: &Site) -> String {
    let all = site.app.witnesses();
    let mut out = String::new();
    if all.is_empty() {
        return out;
    }
    out.push_str(
        "# HELP gongzhi_witness_size Lines of the log that a witness cosigned.\n# TYPE gongzhi_witness_size gauge\n",
    );
    for (at, one) in all.iter().enumerate() {
        let _ = writeln!(out, "gongzhi_witness_size{{witness=\"{at}\"}} {}", one.last.map_or(0, |l| l.size));
    }
    out.push_str("# HELP gongzhi_witness_time_seconds When it did.\n# TYPE gongzhi_witness_time_seconds gauge\n");
    for (at, one) in all.iter().enumerate() {
        let _ =
            writeln!(out, "gongzhi_witness_time_seconds{{witness=\"{at}\"}} {}", one.last.map_or(0, |l| l.at.0 / 1000));
    }
    out.push_str("# HELP gongzhi_witness_trouble Whether the last answer was no cosignature.\n# TYPE gongzhi_witness_trouble gauge\n");
    for (at, one) in all.iter().enumerate() {
        let _ = writeln!(out, "gongzhi_witness_trouble{{witness=\"{at}\"}} {}", u8::from(one.trouble.is_some()));
    }
    out
}
