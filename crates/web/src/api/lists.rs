//! Work lists and search of a token's holder, a page at a time. What stands in them is decided by `app`.

use crate::api::caller::{Caller, Scope};
use crate::api::document::{Finds, Lists};
use crate::api::problem::{ApiError, Item};
use crate::api::shape::{Body, Words, time};
use crate::api::take::{Json, Params};
use app::error::AppError;
use app::lists::{ItemView, Lane, Listing};
use axum::http::{HeaderMap, HeaderValue, header};
use kernel::region::RegionCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which matters.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// `mine` (the default), `others`, `ended`, `decide` or `escalated`
    lane: Option<String>,
    /// Only this mechanism
    mechanism: Option<String>,
    /// Only this segment of the ring, 1 to 5
    ring: Option<u8>,
    /// Only what is late now
    overdue: Option<bool>,
    /// Only within this region
    region: Option<String>,
    /// Words are posted: an address is logged by proxies and kept by programs.
    #[param(ignore)]
    q: Option<String>,
    /// The position after which the page begins: `next` of the page before
    after: Option<String>,
    /// At most so many, 1 to 100; 25 if left out
    limit: Option<u32>,
}

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub struct Page {
    /// The rows.
    pub items: Vec<Row>,
    /// The position of the next page; none on the last one.
    pub next: Option<String>,
}

/// A row of a list.
#[derive(Serialize, ToSchema)]
pub struct Row {
    /// Its public number.
    pub number: String,
    /// The title, where it can be read.
    pub title: Option<String>,
    /// The mechanism.
    pub mechanism: String,
    /// Its name.
    pub mechanism_name: Words,
    /// The state.
    pub state: String,
    /// The state's name.
    pub state_name: Words,
    /// The segment of the ring.
    pub ring: u8,
    /// Who holds it.
    pub holder: Option<Body>,
    /// Where, in words.
    pub place: String,
    /// When it was raised.
    pub raised_at: String,
    /// What is due first.
    pub due: Option<String>,
    /// Working days until it; negative since.
    pub working_days: Option<i32>,
    /// It is late.
    pub overdue: bool,
    /// When it ended.
    pub ended: Option<String>,
    /// Whether the person was heard.
    pub heard: Option<String>,
}

impl From<&ItemView> for Row {
    fn from(i: &ItemView) -> Row {
        Row {
            number: i.number.clone(),
            title: i.title.clone(),
            mechanism: i.mechanism.clone(),
            mechanism_name: (&i.mechanism_name).into(),
            state: i.state.clone(),
            state_name: (&i.state_name).into(),
            ring: i.ring,
            holder: i.holder.as_ref().map(Body::from),
            place: i.place.zh.clone(),
            raised_at: time(i.raised_at),
            due: i.due_at.map(time),
            working_days: i.working_days,
            overdue: i.overdue,
            ended: i.ended_at.map(time),
            heard: i.heard.clone(),
        }
    }
}

/// Matters of the token's holder
///
/// Lists of the bodies at which the holder has a post, what is due first first. Words are searched for by
/// `POST /api/v1/matters/search`.
#[utoipa::path(
    get, path = "/api/v1/matters", tag = "matters", params(Wanted),
    responses(
        (status = 200, description = "a page; `Link` names the next one", body = Page, headers(("Link" = String))),
        Lists
    ),
    security(("token" = ["matters:read"]))
)]
pub async fn list(caller: Caller, Params(wanted): Params<Wanted>) -> Result<(HeaderMap, axum::Json<Page>), ApiError> {
    let staff = caller.staff(Scope::Read)?;
    let listing = listing(&caller, &wanted)?;
    let app = caller.app();
    let items = app.list(staff, &listing).await.map_err(caller.fails())?;
    let full = items.len() >= listing.limit as usize;
    let next = items.last().filter(|_| full).map(|i| i.cursor.clone());
    let mut headers = HeaderMap::new();
    if let Some(link) = next.as_ref().and_then(|n| HeaderValue::from_str(&link(&wanted, n)).ok()) {
        headers.insert(header::LINK, link);
    }
    Ok((headers, axum::Json(Page { items: items.iter().map(Row::from).collect(), next })))
}

/// What is searched for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchRequest {
    /// Words, parted by blanks; or a number
    pub words: String,
    /// Only this mechanism
    pub mechanism: Option<String>,
    /// Only this segment of the ring, 1 to 5
    pub ring: Option<u8>,
    /// Only what is late now
    #[serde(default)]
    pub overdue: bool,
    /// At most so many, 1 to 100; 25 if left out
    pub limit: Option<u32>,
}

impl SearchRequest {
    /// Whether what was found also fits the other filters.
    fn fits(&self, item: &ItemView) -> bool {
        self.mechanism.as_ref().is_none_or(|m| *m == item.mechanism)
            && self.ring.is_none_or(|r| r == item.ring)
            && (!self.overdue || item.overdue)
    }
}

/// Searches the matters that the token's holder may read
///
/// Newest first, one page. Posted, because words may be a name, and an address is logged by proxies and kept by programs.
#[utoipa::path(
    post, path = "/api/v1/matters/search", tag = "matters", request_body = SearchRequest,
    responses((status = 200, description = "what was found", body = Page), Finds),
    security(("token" = ["matters:read"]))
)]
pub async fn search(caller: Caller, Json(wanted): Json<SearchRequest>) -> Result<axum::Json<Page>, ApiError> {
    let staff = caller.staff(Scope::Read)?;
    let (words, limit) = (wanted.words.trim(), wanted.limit.unwrap_or(25));
    let mut wrong = out_of_range(wanted.ring, wanted.limit);
    if words.is_empty() {
        wrong.push(Item::new("words", "missing"));
    }
    if !wrong.is_empty() {
        return Err(ApiError::items(caller.lang, wrong));
    }
    let mut found = caller.app().search(staff, words, limit).await.map_err(caller.fails())?;
    found.retain(|item| wanted.fits(item));
    Ok(axum::Json(Page { items: found.iter().map(Row::from).collect(), next: None }))
}

fn out_of_range(ring: Option<u8>, limit: Option<u32>) -> Vec<Item> {
    let ring = ring.filter(|r| !(1..=5).contains(r)).map(|_| Item::new("ring", "ring"));
    let limit = limit.filter(|n| !(1..=100).contains(n)).map(|_| Item::new("limit", "limit"));
    ring.into_iter().chain(limit).collect()
}

fn listing(caller: &Caller, wanted: &Wanted) -> Result<Listing, ApiError> {
    let mut wrong = out_of_range(wanted.ring, wanted.limit);
    wrong.extend(wanted.q.as_ref().map(|_| Item::new("q", "words")));
    let lane = match wanted.lane.as_deref() {
        None | Some("mine") => Lane::Mine,
        Some("others") => Lane::Others,
        Some("ended") => Lane::Ended,
        Some("decide") => Lane::Decide,
        Some("escalated") => Lane::Escalated,
        Some(_) => {
            wrong.push(Item::new("lane", "lane"));
            Lane::Mine
        }
    };
    if wanted.after.as_deref().is_some_and(|a| !is_cursor(a)) {
        wrong.push(Item::new("after", "cursor"));
    }
    if !wrong.is_empty() {
        return Err(ApiError::items(caller.lang, wrong));
    }
    let region = wanted.region.as_ref().map(|given| {
        given.parse::<RegionCode>().map_err(|_| caller.fails()(AppError::UnknownRegion { given: given.clone() }))
    });
    Ok(Listing {
        lane,
        body: None,
        mechanism: wanted.mechanism.clone(),
        region: region.transpose()?,
        ring: wanted.ring,
        overdue: wanted.overdue.unwrap_or(false),
        after: wanted.after.clone(),
        limit: wanted.limit.unwrap_or(25),
    })
}

/// The form of a position: order, serial, body, lane. Another text would start the list anew without a word.
fn is_cursor(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    matches!(parts[..], [order, serial, body, lane]
        if order.parse::<i64>().is_ok() && serial.parse::<i64>().is_ok() && body.parse::<u32>().is_ok()
            && matches!(lane, "0" | "1" | "2" | "3" | "4"))
}

fn link(wanted: &Wanted, next: &str) -> String {
    let mut query = vec![format!("after={}", escape(next))];
    let mut add = |name: &str, value: Option<String>| query.extend(value.map(|v| format!("{name}={}", escape(&v))));
    add("lane", wanted.lane.clone());
    add("mechanism", wanted.mechanism.clone());
    add("ring", wanted.ring.map(|r| r.to_string()));
    add("overdue", wanted.overdue.map(|o| o.to_string()));
    add("region", wanted.region.clone());
    add("limit", wanted.limit.map(|l| l.to_string()));
    format!("</api/v1/matters?{}>; rel=\"next\"", query.join("&"))
}

fn escape(text: &str) -> String {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"-._~".contains(b);
    text.bytes().map(|b| if plain(&b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}
